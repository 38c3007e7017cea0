#include "vm/compiler/future.h"

#include "vm/compiler/failure.h"

namespace refscope::compiler {

using namespace syntax;

namespace {

uint32_t feature_flag(const Alias* alias, const ImportFrom* node) {
    static constexpr std::string_view kAlwaysOn[] = {"nested_scopes",  "generators",       "division",
                                                     "absolute_import", "with_statement",  "print_function",
                                                     "unicode_literals", "generator_stop"};
    std::string_view name = alias->name;
    for (std::string_view known : kAlwaysOn) {
        if (name == known) return 0;
    }
    if (name == "barry_as_FLUFL") return bytecode::kCoFutureBarryAsBdfl;
    if (name == "annotations") return bytecode::kCoFutureAnnotations;
    bytecode::Position at{node->range.lineno, node->range.lineno, node->range.col_offset, -1};  // no end column
    if (name == "braces") fail("not a chance", at);
    fail("future feature " + std::string(name.substr(0, 100)) + " is not defined", at);
}

bool is_docstring(const StmtNode* node) {
    auto* statement = node_cast<Expr>(node);
    auto* constant = statement ? node_cast<syntax::Constant>(statement->value) : nullptr;
    return constant && constant->constant_kind == ConstantKind::Str;
}

}  // namespace

FutureFeatures find_future_features(const ModNode* tree) {
    FutureFeatures features;
    base::Sequence<StmtNode*> body;
    if (tree->kind == NodeKind::Module) {
        body = static_cast<const Module*>(tree)->body;
    } else if (tree->kind == NodeKind::Interactive) {
        body = static_cast<const Interactive*>(tree)->body;
    }
    bool done = false;
    int previous_line = 0;
    for (size_t i = !body.empty() && is_docstring(body.front()) ? 1 : 0; i < body.size(); i++) {
        const StmtNode* node = body[i];
        if (done && node->range.lineno > previous_line) break;
        previous_line = node->range.lineno;
        auto* import = node_cast<ImportFrom>(node);
        if (!import || import->module.text != "__future__") {
            done = true;
            continue;
        }
        if (done) {
            fail("from __future__ imports must occur at the beginning of the file",
                 // One column too far to the left, as CPython has it here.
                 {node->range.lineno, node->range.lineno, node->range.col_offset - 1, -1});
        }
        for (Alias* alias : import->names) features.flags |= feature_flag(alias, import);
        features.last_line = node->range.lineno;
    }
    return features;
}

}  // namespace refscope::compiler
