#include "lsp/features/diagnostics.h"

#include "vm/compiler/compile.h"

namespace refscope::lsp {

namespace {

protocol::lsp::Diagnostic make_diagnostic(const protocol::lsp::Range& range, protocol::Int severity,
                                          std::string message) {
    protocol::lsp::Diagnostic diagnostic;
    diagnostic.range = range;
    diagnostic.severity = severity;
    diagnostic.source = "refscope";
    diagnostic.message = std::move(message);
    return diagnostic;
}

protocol::lsp::Range range_of(Document& document, const bytecode::Position& at) {
    const base::SourceText& source = document.source();
    const auto line = static_cast<std::uint32_t>(at.line < 1 ? 1 : at.line);
    syntax::Range range;
    if (at.column < 0) {
        range.begin = source.line_start(line);
        range.end = range.begin + static_cast<std::uint32_t>(source.line_text(line).size());
    } else {
        range.begin = source.offset(line, static_cast<std::uint32_t>(at.column));
        range.end = range.begin;
        if (at.end_line >= at.line && at.end_column >= 0) {
            range.end = source.offset(static_cast<std::uint32_t>(at.end_line),
                                      static_cast<std::uint32_t>(at.end_column));
        }
    }
    return document.range_of(range);
}

}  // namespace

std::vector<protocol::lsp::Diagnostic> diagnose(Document& document) {
    namespace severity = protocol::lsp::DiagnosticSeverity;
    std::vector<protocol::lsp::Diagnostic> found;
    const syntax::ParseResult& parsed = document.parsed();
    for (const syntax::Diagnostic& each : parsed.diagnostics) {
        const std::string message =
            each.message.empty() ? std::string(syntax::diagnostic_kind_name(each.kind)) : each.message;
        found.push_back(make_diagnostic(document.range_of(each.range), severity::kError, message));
    }
    if (!parsed.ok()) return found;

    compiler::CompileResult compiled =
        compiler::compile(*parsed.tree, document.source().text(), document.uri());
    if (compiled.error) {
        found.push_back(make_diagnostic(range_of(document, compiled.error->at), severity::kError,
                                        compiled.error->message));
    }
    for (const compiler::CompileWarning& each : compiled.warnings) {
        found.push_back(make_diagnostic(range_of(document, each.at), severity::kWarning, each.message));
    }
    return found;
}

}  // namespace refscope::lsp
