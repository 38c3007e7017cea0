// Type, message and position of syntax errors, as the reference CPython gives them in the same run.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/vm/syntax/oracle.h"

using namespace refscope;
using namespace refscope::syntax;

namespace {

const std::vector<std::string> kBrokenPrograms = {
#include "tests/unit/vm/syntax/broken_programs.inc"
};

void compare(const std::vector<std::string>& programs, ParseMode mode) {
    if (!oracle_available()) return;
    const std::vector<std::string> wanted = oracle_answers(programs, mode);
    REQUIRE(wanted.size() == programs.size());
    for (std::size_t i = 0; i < programs.size(); ++i) {
        INFO(programs[i]);
        CHECK(our_answer(programs[i], mode) == wanted[i]);
    }
}

}  // namespace

TEST_CASE("syntax errors have CPython's type, wording and position") {
    CHECK(kBrokenPrograms.size() > 300);
    compare(kBrokenPrograms, ParseMode::Exec);
}

TEST_CASE("the same errors in an expression and in an interactive statement agree too") {
    compare(kBrokenPrograms, ParseMode::Eval);
    compare(kBrokenPrograms, ParseMode::Single);
}

TEST_CASE("a file cut off anywhere has CPython's error") {
    if (!oracle_available()) return;
    const std::string source = read_file("/usr/lib/python3.11/contextlib.py");
    std::vector<std::string> programs;
    for (std::size_t i = 0; i < 60; ++i) programs.push_back(source.substr(0, 1500 + i * 97));
    compare(programs, ParseMode::Exec);
}

TEST_CASE("a suggestion names what to write instead") {
    const auto suggestion = [](const char* text) {
        return parse(base::SourceText(text)).diagnostics.at(0).suggestion;
    };
    CHECK(suggestion("print 'x'") == "print(...)");
    CHECK(suggestion("if a = 1: pass") == "==");
    CHECK(suggestion("f(aa b)") == ",");
    CHECK(suggestion("if x\n  y") == ":");
}

TEST_CASE("nesting has CPython's limits and never overflows the stack") {
    const auto repeat = [](std::string_view text, std::size_t count) {
        std::string result;
        for (std::size_t i = 0; i < count; ++i) result += text;
        return result;
    };
    CHECK(our_answer(repeat("(", 200) + "1" + repeat(")", 200), ParseMode::Exec).starts_with("OK"));
    CHECK(our_answer(repeat("(", 201) + "1" + repeat(")", 201), ParseMode::Exec) ==
          "SyntaxError|too many nested parentheses|1|201|1|201");
    CHECK(our_answer(repeat("(", 10000), ParseMode::Exec) ==
          "SyntaxError|too many nested parentheses|1|201|1|201");
    for (const std::string text : {"-", "not ", "lambda:", "1 if 1 else ", "1**-"}) {
        CHECK(our_answer(repeat(text, 100000) + "1", ParseMode::Exec) == "MemoryError");
        const base::SourceText source(repeat(text, 100000));
        ParseOptions options;
        options.tolerant = true;
        CHECK(parse(source, options).tree != nullptr);
    }
    std::string blocks;
    for (int i = 0; i < 150; ++i)
        blocks += std::string(static_cast<std::size_t>(i), ' ') + "if x:\n";
    CHECK(our_answer(blocks, ParseMode::Exec)
              .starts_with("IndentationError|too many levels of indentation|101|1|101|0"));
}
