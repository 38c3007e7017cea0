#include "tests/unit/vm/compiler/code_dump.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <climits>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "vm/base/source_text.h"
#include "vm/compiler/compile.h"
#include "vm/syntax/parse.h"

namespace refscope::compiler::test {

using bytecode::Constant;
using bytecode::ConstantRef;

namespace {

std::string hex(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (char c : bytes) {
        out += kDigits[static_cast<unsigned char>(c) >> 4];
        out += kDigits[c & 15];
    }
    return out;
}

std::string number(double value) {
    if (std::isnan(value)) return "nan";
    char buffer[17];
    std::snprintf(buffer, sizeof buffer, "%016llx", static_cast<unsigned long long>(std::bit_cast<uint64_t>(value)));
    return buffer;
}

std::string join(const std::vector<std::string>& parts) {
    std::string out;
    for (size_t i = 0; i < parts.size(); i++) out += (i ? " " : "") + parts[i];
    return out;
}

std::string text_of(const Constant& constant) {
    switch (constant.kind) {
        case Constant::Kind::kInt: return "i:" + constant.integer.to_string(16);
        case Constant::Kind::kFloat: return "f:" + number(constant.real);
        case Constant::Kind::kComplex: return "c:" + number(constant.real) + "," + number(constant.imag);
        case Constant::Kind::kStr: return "s:" + hex(constant.text);
        case Constant::Kind::kBytes: return "b:" + hex(constant.text);
        case Constant::Kind::kTuple:
        case Constant::Kind::kFrozenSet: {
            std::vector<std::string> items;
            for (const ConstantRef& item : constant.items) items.push_back(text_of(*item));
            if (constant.kind == Constant::Kind::kTuple) return "(" + join(items) + ")";
            std::sort(items.begin(), items.end());
            return "{" + join(items) + "}";
        }
        case Constant::Kind::kCode: return "code";
        default: return repr(constant);
    }
}

std::string interned(const std::vector<ConstantRef>& constants) {
    std::string out;
    for (const ConstantRef& c : constants) {
        if (c->kind == Constant::Kind::kTuple) out += interned(c->items);
        bool one_character = c->text.size() < 2 || (c->text.size() <= 4 && (c->text[0] & 0xc0) == 0xc0 &&
                                                    std::all_of(c->text.begin() + 1, c->text.end(),
                                                                [](char b) { return (b & 0xc0) == 0x80; }));
        if (c->kind == Constant::Kind::kStr && !one_character) out += c->interned ? '1' : '0';
    }
    return out;
}

void dump_into(const bytecode::CodeUnit& code, std::vector<CodeDump>& out) {
    std::string units;
    for (uint16_t unit : code.code) {
        units += static_cast<char>(unit & 0xff);
        units += static_cast<char>(unit >> 8);
    }
    std::vector<std::string> consts;
    for (const ConstantRef& constant : code.consts) consts.push_back(text_of(*constant));
    char flags[16];
    std::snprintf(flags, sizeof flags, "%x", code.flags);
    out.push_back({{
        {"code", code.qualname},
        {"name", code.name},
        {"line", std::to_string(code.firstlineno)},
        {"args", std::to_string(code.argcount) + " " + std::to_string(code.posonlyargcount) + " " +
                     std::to_string(code.kwonlyargcount) + " " + std::to_string(code.nlocals)},
        {"flags", flags},
        {"bytecode", hex(units)},
        {"consts", join(consts)},
        {"interned", interned(code.consts)},
        {"names", join(code.names)},
        {"varnames", join(code.varnames())},
        {"cellvars", join(code.cellvars())},
        {"freevars", join(code.freevars())},
        {"stacksize", std::to_string(code.stacksize)},
        {"exceptions", hex(code.exceptiontable)},
        {"lines", hex(code.linetable)},
    }});
    for (const ConstantRef& constant : code.consts) {
        if (constant->kind == Constant::Kind::kCode) dump_into(*constant->code, out);
    }
}

constexpr int kPythonNone = INT_MIN;

std::string describe(std::string_view type, const std::string& message, std::initializer_list<int> numbers) {
    std::string text = std::string(type) + ": " + message + " (";
    const char* separator = "";
    for (int n : numbers) {
        text += separator + (n == kPythonNone ? std::string("None") : std::to_string(n));
        separator = ", ";
    }
    return text + ")";
}

}  // namespace

std::vector<CodeDump> dump(const bytecode::CodeUnit& code) {
    std::vector<CodeDump> out;
    dump_into(code, out);
    return out;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
}

FileDump dump_file(const std::string& path, const std::string& mode, int optimize) {
    FileDump result;
    result.path = path;
    base::DecodedSource decoded = base::decode_source(read_file(path), path);
    if (!decoded.error.empty()) {
        result.error = "SyntaxError: " + decoded.error;
        result.undecodable = true;
        return result;
    }
    syntax::ParseOptions parse_options;
    if (mode == "eval") parse_options.mode = syntax::ParseMode::Eval;
    if (mode == "single") parse_options.mode = syntax::ParseMode::Single;
    syntax::ParseResult parsed = syntax::parse(decoded.source, parse_options);
    if (!parsed.tree) {
        const syntax::Diagnostic& d = parsed.diagnostics.front();
        result.error = describe(syntax::diagnostic_kind_name(d.kind), d.message,
                                {d.lineno, d.offset, d.end_lineno, d.end_offset});
        return result;
    }
    CompileOptions options;
    options.optimize = optimize;
    options.allow_top_level_await = mode == "await";
    CompileResult compiled = compile(*parsed.tree, decoded.source.text(), path, options);
    if (compiled.error) {
        const CompileError& e = *compiled.error;
        int end_offset = e.at.end_column < 0 ? kPythonNone : e.at.end_column + 1;
        result.error = e.type == "SyntaxError"
                           ? describe(e.type, e.message, {e.at.line, e.at.column + 1, e.at.end_line, end_offset})
                           : e.type;
        return result;
    }
    for (const CompileWarning& warning : compiled.warnings) {
        result.warnings.push_back(warning.category + " " + std::to_string(warning.at.line) + " " + warning.message);
    }
    result.codes = dump(*compiled.code);
    return result;
}

std::vector<FileDump> oracle_dumps(const std::vector<std::string>& paths, const std::string& mode, int optimize) {
    char list[] = "/tmp/refscope-dump-XXXXXX";
    int descriptor = mkstemp(list);
    {
        std::ofstream file(list);
        for (const std::string& path : paths) file << path << '\n';
    }
    close(descriptor);
    std::string command = "/usr/bin/python3.11 " REFSCOPE_SOURCE_DIR "/tests/unit/vm/compiler/dump_code.py " + mode + ":" +
                          std::to_string(optimize) + " " + list;
    std::vector<FileDump> files;
    FILE* pipe = popen(command.c_str(), "r");
    char* line = nullptr;
    size_t capacity = 0;
    ssize_t length;
    while (pipe && (length = getline(&line, &capacity, pipe)) > 0) {
        std::string text(line, static_cast<size_t>(length - 1));
        if (text == "end") break;
        if (text.starts_with("file ")) {
            files.push_back({text.substr(5), {}, false, {}, {}});
        } else if (text.starts_with("warning ")) {
            files.back().warnings.push_back(text.substr(8));
        } else if (text.starts_with("error ")) {
            files.back().error = text.substr(6);
        } else {
            size_t equals = text.find('=');
            std::string key = text.substr(0, equals);
            if (key == "code") files.back().codes.emplace_back();
            files.back().codes.back().fields.emplace_back(key, text.substr(equals + 1));
        }
    }
    free(line);
    if (pipe) pclose(pipe);
    unlink(list);
    return files;
}

}  // namespace refscope::compiler::test
