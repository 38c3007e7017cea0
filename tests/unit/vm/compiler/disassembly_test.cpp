#include <catch2/catch.hpp>

#include <cstdio>

#include "tests/unit/vm/compiler/code_dump.h"
#include "vm/base/source_text.h"
#include "vm/bytecode/disassembler.h"
#include "vm/compiler/compile.h"
#include "vm/syntax/parse.h"

using namespace refscope;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (size_t at = 0; at < text.size();) {
        size_t end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return lines;
}

}  // namespace

TEST_CASE("the disassembly reads as that of CPython's dis") {
    for (const char* name : {"contextlib", "fractions", "bisect", "asyncio/locks", "dataclasses"}) {
        std::string path = std::string("/usr/lib/python3.11/") + name + ".py";
        FILE* pipe = popen(("/usr/bin/python3.11 " REFSCOPE_SOURCE_DIR "/tests/unit/vm/compiler/disassembly.py " + path).c_str(), "r");
        REQUIRE(pipe);
        std::string expected;
        char buffer[4096];
        while (size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) expected.append(buffer, got);
        pclose(pipe);
        base::DecodedSource decoded = base::decode_source(compiler::test::read_file(path), path);
        syntax::ParseResult parsed = syntax::parse(decoded.source, {});
        REQUIRE(parsed.tree);
        compiler::CompileResult compiled = compiler::compile(*parsed.tree, decoded.source.text(), path);
        REQUIRE(compiled.code);
        std::vector<std::string> ours = lines_of(bytecode::disassemble(*compiled.code));
        std::vector<std::string> theirs = lines_of(expected);
        INFO(path);
        for (size_t i = 0; i < std::min(ours.size(), theirs.size()); i++) REQUIRE(ours[i] == theirs[i]);
        CHECK(ours.size() == theirs.size());
    }
}
