// Broken and odd programs: whatever the text, compiling ends in a code unit that the validator accepts or in one error.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "tests/unit/vm/compiler/code_dump.h"
#include "vm/base/source_text.h"
#include "vm/bytecode/serialize.h"
#include "vm/bytecode/validator.h"
#include "vm/compiler/compile.h"
#include "vm/syntax/parse.h"

using namespace refscope;
using compiler::test::read_file;

namespace {

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> lines;
    for (size_t at = 0; at < text.size();) {
        size_t end = text.find('\n', at);
        end = end == std::string::npos ? text.size() : end + 1;
        lines.push_back(text.substr(at, end - at));
        at = end;
    }
    return lines;
}

/// A small change that often leaves a program that parses: lines moved, doubled or dropped, words exchanged.
std::string mutate(const std::string& text, std::mt19937& random) {
    auto below = [&random](size_t n) { return n ? std::uniform_int_distribution<size_t>(0, n - 1)(random) : 0; };
    std::vector<std::string> lines = split_lines(text);
    if (lines.empty()) return text;
    switch (below(7)) {
        case 0: return text.substr(0, below(text.size()));
        case 1: lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(below(lines.size()))); break;
        case 2: {
            std::string line = lines[below(lines.size())];
            lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(below(lines.size())), line);
            break;
        }
        case 3: {
            static const char* const kWords[] = {"return",   "yield",  "await x", "break", "continue", "global a", "nonlocal a",
                                                 "del a",    "x: int", "raise",   "pass",  "async",    "lambda: (yield)",
                                                 "from a import *", "[a async for a in b]", "(a := 1)", "*a, b = c"};
            std::string& line = lines[below(lines.size())];
            size_t start = line.find_first_not_of(" \t");
            if (start == std::string::npos) start = 0;
            line = line.substr(0, start) + kWords[below(std::size(kWords))] + "\n";
            break;
        }
        case 4: std::swap(lines[below(lines.size())], lines[below(lines.size())]); break;
        case 5: {
            static const char* const kPairs[][2] = {{"def ", "async def "}, {"for ", "async for "}, {"with ", "async with "},
                                                    {"self", "__debug__"},  {"=", ":="},            {"(", "(*"},
                                                    {"return", "yield"},    {"if ", "while "},      {"except", "except*"},
                                                    {"class ", "def "},     {"[", "{"},             {", ", ", **"}};
            const auto& pair = kPairs[below(std::size(kPairs))];
            std::string changed = text;
            size_t at = changed.find(pair[0], below(changed.size()));
            if (at != std::string::npos) changed.replace(at, std::string(pair[0]).size(), pair[1]);
            return changed;
        }
        default: {
            std::string changed = text;
            changed[below(changed.size())] = static_cast<char>(" \t\n()[]{}:,.=*'\"\\#@aA_09"[below(25)]);
            return changed;
        }
    }
    std::string out;
    for (const std::string& line : lines) out += line;
    return out;
}

/// False if the text does not parse.
bool check_compiles_or_fails(const std::string& text, bool serialized = true) {
    base::DecodedSource decoded = base::decode_source(text, "mutated.py");
    if (!decoded.error.empty()) return false;
    syntax::ParseResult parsed = syntax::parse(decoded.source, {});
    if (!parsed.tree) return false;
    compiler::CompileResult compiled = compiler::compile(*parsed.tree, decoded.source.text(), "mutated.py");
    if (compiled.error) {
        CHECK(!compiled.code);
        CHECK(!compiled.error->message.empty());
        return true;
    }
    REQUIRE(compiled.code);
    if (auto problem = bytecode::validate(*compiled.code)) {
        INFO(text);
        FAIL(*problem);
    }
    if (!serialized) return true;
    std::string bytes = bytecode::serialize(*compiled.code);
    bytecode::CodeUnitRef read = bytecode::deserialize(bytes);
    REQUIRE(read);
    CHECK(bytecode::serialize(*read) == bytes);
    return true;
}

void run(size_t step, int mutations, unsigned seed) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("/usr/lib/python3.11")) {
        if (entry.path().extension() == ".py" && entry.is_regular_file() && entry.file_size() < 60000) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::mt19937 random(seed);
    int parsed = 0;
    int total = 0;
    for (size_t i = seed % step; i < files.size(); i += step) {
        std::string text = read_file(files[i]);
        INFO(files[i]);
        for (int m = 0; m < mutations; m++) {
            parsed += check_compiles_or_fails(mutate(text, random));
            total++;
        }
    }
    CHECK(total > 0);
    WARN(parsed << " of " << total << " mutated files parsed");
}

}  // namespace

TEST_CASE("mutated files compile to valid code or fail with one error") { run(80, 6, 11); }

// REFSCOPE_SEED chooses the mutations.
TEST_CASE("many mutated files compile to valid code or fail with one error", "[.fuzz]") {
    const char* seed = std::getenv("REFSCOPE_SEED");
    run(1, 10, seed ? static_cast<unsigned>(std::atoi(seed)) : 1);
}

TEST_CASE("deep nesting ends in an error, not in a crash") {
    for (const char* unit : {"-", "not ", "(", "[", "a(", "x if y else ", "lambda: "}) {
        for (int depth : {50, 2000, 5000, 100000}) {
            std::string text;
            for (int i = 0; i < depth; i++) text += unit;
            text += "1";
            for (int i = 0; i < depth; i++) {
                if (unit[0] == '(' || unit[1] == '(') text += ")";
                if (unit[0] == '[') text += "]";
            }
            INFO(unit << depth);
            check_compiles_or_fails(text, false);
        }
    }
    std::string chain = "1";
    for (int i = 0; i < 20000; i++) chain += "+a";
    check_compiles_or_fails(chain);
    std::string calls = "a";
    for (int i = 0; i < 20000; i++) calls += ".b()";
    check_compiles_or_fails(calls);
}
