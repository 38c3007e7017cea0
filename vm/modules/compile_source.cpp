// From source text to a code object: what compile(), exec(), import and the main program share.
#include "vm/modules/compile_source.h"

#include <cstring>

#include "vm/compiler/compile.h"
#include "vm/host/host.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/modules/ast_objects.h"
#include "vm/modules/interpreter_flags.h"
#include "vm/modules/module_cache.h"
#include "vm/modules/source_lines.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/code_object.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/syntax/parse.h"

namespace refscope::vm {

namespace {

Type& type_of_diagnostic(syntax::DiagnosticKind kind) {
    switch (kind) {
        case syntax::DiagnosticKind::IndentationError: return exc::IndentationError;
        case syntax::DiagnosticKind::TabError: return exc::TabError;
        case syntax::DiagnosticKind::MemoryError: return exc::MemoryError;
        case syntax::DiagnosticKind::RecursionError: return exc::RecursionError;
        default: return exc::SyntaxError;
    }
}

struct ErrorPlace {
    int line, offset, end_line, end_offset;
    std::string text;
    bool has_text;
};

Owned raise_syntax_error(Type& type, const std::string& message, const std::string& filename, const ErrorPlace& place) {
    Ref<> text = place.has_text ? own(str_from_view(place.text)) : share(none());
    Ref<> file = own(str_from_filesystem(filename)), words = own(str_from_view(message));
    Ref<> line = own(int_from_int(place.line)), offset = own(int_from_int(place.offset)), end_line = own(int_from_int(place.end_line)),
          end_offset = own(int_from_int(place.end_offset));
    if (!text || !file || !words || !line || !offset || !end_line || !end_offset) return nullptr;
    Ref<> details = own(tuple_pack({file.get(), line.get(), offset.get(), text.get(), end_line.get(), end_offset.get()}));
    Ref<> error = details ? own(object_call_args(&type, {words.get(), details.get()})) : Ref<>();
    if (error) err_set_object(&type, error.get());
    return nullptr;
}

std::string line_with_end(const base::SourceText& source, int line) {
    if (line < 1 || static_cast<uint32_t>(line) > source.line_count()) return "";
    std::string text(source.line_text(static_cast<uint32_t>(line)));
    if (static_cast<uint32_t>(line) < source.line_count() || (source.size() && source.text().back() == '\n')) text += '\n';
    return text;
}

void raise_first(const syntax::ParseResult& parsed, const base::SourceText& source, const std::string& filename) {
    const syntax::Diagnostic& d = parsed.diagnostics.front();
    Type& type = type_of_diagnostic(d.kind);
    if (&type == &exc::MemoryError) {
        err_set_none(type);
    } else if (&type == &exc::RecursionError) {
        err_set_string(type, d.message.c_str());
    } else {
        std::string text = d.text.empty() ? line_with_end(source, d.lineno) : d.text;
        if (!d.lexical && (text.empty() || text.back() != '\n')) text += '\n';
        raise_syntax_error(type, d.message, filename, {d.lineno, d.offset, d.end_lineno, d.end_offset, text, true});
    }
}

// What compile() and its kin are given: a text, and what it is to be read as. False: an exception is pending.
struct GivenSource {
    std::string name;
    base::SourceText text;
    syntax::ParseMode mode;

    bool read(Object* source, Object* filename, const char* mode_name) {
        if (std::strcmp(mode_name, "exec") == 0) {
            mode = syntax::ParseMode::Exec;
        } else if (std::strcmp(mode_name, "eval") == 0) {
            mode = syntax::ParseMode::Eval;
        } else if (std::strcmp(mode_name, "single") == 0) {
            mode = syntax::ParseMode::Single;
        } else {
            return fail(exc::ValueError, "compile() mode must be 'exec', 'eval' or 'single'");
        }
        name = str_check(filename) ? str_to_filesystem(filename) : "<string>";
        if (str_check(source)) {
            text = base::SourceText(str_to_utf8(source), name);
        } else if (bytes_check(source)) {
            base::DecodedSource decoded =
                base::decode_source(std::string_view(bytes_data(source), static_cast<size_t>(bytes_size(source))), name);
            if (!decoded.error.empty()) return fail(exc::SyntaxError, decoded.error.c_str());
            text = std::move(decoded.source);
        } else {
            return fail(exc::TypeError, "compile() arg 1 must be a string, bytes or AST object");
        }
        if (std::memchr(text.text().data(), 0, text.text().size())) {
            return fail(exc::ValueError, "source code string cannot contain null bytes");
        }
        return true;
    }

  private:
    static bool fail(Type& type, const char* message) {
        err_set_string(type, message);
        return false;
    }
};

}  // namespace

namespace {

// Null: an exception is pending.
bytecode::CodeUnitRef compile_unit(const base::SourceText& source, const std::string& filename, syntax::ParseMode mode,
                                   unsigned inherited_flags, int optimize) {
    syntax::ParseOptions options;
    options.mode = mode;
    // The parser's depth is bounded by the C++ stack as well.
    syntax::ParseResult parsed = syntax::parse(source, options);
    if (!parsed.ok()) {
        raise_first(parsed, source, filename);
        return nullptr;
    }
    compiler::CompileOptions compile_options;
    compile_options.optimize = optimize;
    compile_options.inherited_flags = inherited_flags;
    compiler::CompileResult result = compiler::compile(*parsed.tree, source.text(), filename, compile_options);
    for (const compiler::CompileWarning& warning : result.warnings) {
        Type& category = warning.category == "DeprecationWarning" ? exc::DeprecationWarning : exc::SyntaxWarning;
        if (warn_explicit(category, warning.message, filename, warning.at.line) < 0) return nullptr;
    }
    if (result.error) {
        const compiler::CompileError& e = *result.error;
        if (e.type == "RecursionError" || e.at.line < 0) {
            err_set_string(e.type == "RecursionError" ? exc::RecursionError : exc::SyntaxError, e.message.c_str());
            return nullptr;
        }
        auto line = static_cast<uint32_t>(e.at.line);
        int offset = e.at.column < 0 ? 0 : static_cast<int>(source.character_column(line, static_cast<uint32_t>(e.at.column))) + 1;
        int end = e.at.end_column < 0 ? 0
                                      : static_cast<int>(source.character_column(static_cast<uint32_t>(e.at.end_line),
                                                                                 static_cast<uint32_t>(e.at.end_column))) + 1;
        // Found after parsing: the line comes from the file of that name, if there is one.
        std::string text;
        const bool has_text = find_source_line(filename, e.at.line, &text);
        if (has_text) text += '\n';
        raise_syntax_error(exc::SyntaxError, e.message, filename, {e.at.line, offset, e.at.end_line, end, text, has_text});
        return nullptr;
    }
    return result.code;
}

bytecode::CodeUnitRef compile_module(std::string_view bytes, const std::string& filename) {
    base::DecodedSource decoded = base::decode_source(bytes, filename);
    if (!decoded.error.empty()) {
        raise_syntax_error(exc::SyntaxError, decoded.error, filename,
                           {static_cast<int>(decoded.error_line), 0, static_cast<int>(decoded.error_line), 0, "", false});
        return nullptr;
    }
    if (std::memchr(decoded.source.text().data(), 0, decoded.source.text().size())) {
        err_set_string(exc::ValueError, "source code string cannot contain null bytes");
        return nullptr;
    }
    return compile_unit(decoded.source, filename, syntax::ParseMode::Exec, 0, interpreter_flags.optimize);
}

}  // namespace

Owned compile_text(const base::SourceText& source, const std::string& filename, syntax::ParseMode mode, unsigned inherited_flags,
                   int optimize, Object* literal_holder) {
    auto unit = compile_unit(source, filename, mode, inherited_flags, optimize);
    return unit ? code_new(unit, literal_holder) : nullptr;
}

Owned compile_bytes(std::string_view bytes, const std::string& filename, Object* literal_holder) {
    auto unit = compile_module(bytes, filename);
    return unit ? code_new(unit, literal_holder) : nullptr;
}

Owned compile_file(const std::string& path) {
    ModuleCache cache(path);
    bytecode::CodeUnitRef unit = cache.load();
    if (!unit) {
        std::string bytes;
        if (!read_file(path, &bytes)) {
            Ref<> name = own(str_from_filesystem(path));
            return err_set_from_errno(exc::OSError, name.get());
        }
        unit = compile_module(bytes, path);
        if (!unit) return nullptr;
        cache.store(*unit);
    }
    return code_new(unit, nullptr);
}

Owned compile_source(Object* source, Object* filename, const char* mode, unsigned inherited_flags, int optimize) {
    GivenSource given;
    if (!given.read(source, filename, mode)) return nullptr;
    return compile_text(given.text, given.name, given.mode, inherited_flags, optimize < 0 ? interpreter_flags.optimize : optimize, nullptr);
}

Owned parse_source(Object* source, Object* filename, const char* mode) {
    GivenSource given;
    if (!given.read(source, filename, mode)) return nullptr;
    syntax::ParseOptions options;
    options.mode = given.mode;
    syntax::ParseResult parsed = syntax::parse(given.text, options);
    if (parsed.ok()) return ast_objects(*parsed.tree);
    raise_first(parsed, given.text, given.name);
    return nullptr;
}

// Before the library's `warnings` is loaded there are no filters but the default: a SyntaxWarning shows, a DeprecationWarning
// does not (unless it is __main__'s).
int warn_explicit(Type& category, const std::string& message, const std::string& filename, int line) {
    Ref<> module = own(import_module("warnings"));
    if (!module) {
        err_clear();
        return 0;
    }
    Ref<> words = own(str_from_view(message)), file = own(str_from_filesystem(filename)), number = own(int_from_int(line));
    Ref<> result = words && file && number ? own(object_call_method_string(module.get(), "warn_explicit",
                                                                            {words.get(), &category, file.get(), number.get()}))
                                           : Ref<>();
    if (result) return 0;
    if (!err_matches(category)) {
        err_clear();
        return 0;
    }
    return -1;
}

}  // namespace refscope::vm
