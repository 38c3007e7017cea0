// Trees of half-typed programs, as an editor needs them.
#include <catch2/catch.hpp>
#include <random>

#include "tests/unit/vm/syntax/oracle.h"
#include "vm/syntax/ast_visitor.h"
#include "vm/syntax/dump.h"

using namespace refscope;
using namespace refscope::syntax;

namespace {

ParseResult tolerant(std::string_view text, ParseMode mode = ParseMode::Exec) {
    const base::SourceText source{std::string(text)};
    ParseOptions options;
    options.tolerant = true;
    options.mode = mode;
    return parse(source, options);
}

void collect(const Node& node, std::string& names) {
    if (node.kind == NodeKind::FunctionDef)
        names += std::string(static_cast<const FunctionDef&>(node).name) + " ";
    if (node.kind == NodeKind::ClassDef)
        names += std::string(static_cast<const ClassDef&>(node).name) + " ";
    for_each_child(node, [&](const Node& child) { collect(child, names); });
}

std::string definitions(std::string_view text) {
    const ParseResult result = tolerant(text);
    std::string names;
    collect(*result.tree, names);
    return names;
}

std::string shape(std::string_view text) {
    const ParseResult result = tolerant(text);
    return dump(*result.tree, false);
}

}  // namespace

TEST_CASE("an unclosed bracket does not swallow the definitions after it") {
    CHECK(definitions("x = foo(1, [2\ndef f(): pass\nclass A: pass\n") == "f A ");
    CHECK(definitions("def f(a, b:\n    return a\ndef g(): pass\n") == "f g ");
    CHECK(definitions(
              "class A(\n    def m(self): return (1\n    def n(self): pass\ndef g(): pass\n") ==
          "A m n g ");
    CHECK(definitions(
              "class A:\n    x = {\n    def m(self): pass\n    y = [\n    def n(self): pass\n") ==
          "A m n ");
    CHECK(tolerant("foo(a, b\nx = 1\n").diagnostics.at(0).message == "'(' was never closed");
}

TEST_CASE("a broken statement costs that statement only") {
    CHECK(definitions("def f(): pass\nx = = 3\ndef g(): pass\nclass 1: pass\nclass B: pass\n") ==
          "f g  B ");
    CHECK(definitions("try:\n    def f(): pass\ny = 1\ndef g(): pass\n") == "f g ");
    CHECK(definitions("else:\n    def f(): pass\ndef g(): pass\n") == "f g ");
    CHECK(tolerant("a b\nc d\ne\nf g\n").diagnostics.size() == 3);
    CHECK(definitions("x = 'abc\ndef f(): pass\n") == "f ");
    CHECK(definitions("x = '''abc\ndef f(): pass\n") == "f ");
}

TEST_CASE("half-typed code keeps names and structure") {
    CHECK(
        shape("foo.\nx = 1\n") ==
        "Module(body=[Expr(value=Attribute(value=Name(id='foo', ctx=Load()), ctx=Load())), "
        "Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1))], type_ignores=[])");
    CHECK(shape("x = \n") ==
          "Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=ErrorExpr(parts=[]))], "
          "type_ignores=[])");
    CHECK(shape("if a:") ==
          "Module(body=[If(test=Name(id='a', ctx=Load()), body=[], orelse=[])], type_ignores=[])");
    CHECK(shape("f(a, b=") ==
          "Module(body=[Expr(value=Call(func=Name(id='f', ctx=Load()), args=[Name(id='a', "
          "ctx=Load())], "
          "keywords=[keyword(arg='b', value=ErrorExpr(parts=[]))]))], type_ignores=[])");
    CHECK(definitions("def f(") == "f ");
    CHECK(definitions("class A(") == "A ");
    CHECK(definitions("@dec\ndef f(x") == "f ");
}

TEST_CASE("the error CPython raises is among those of a tolerant parse") {
    for (const char* text : {"x = (1,\ny = 2\n", "if x\n  y\n", "f(aa b)\n", "a = = b\nc\n",
                             "  x\n", "def f(:\n  pass\n"}) {
        const Diagnostic strict = parse(base::SourceText(text)).diagnostics.at(0);
        bool found = false;
        for (const Diagnostic& item : tolerant(text).diagnostics) {
            found = found || (item.message == strict.message && item.lineno == strict.lineno &&
                              item.offset == strict.offset);
        }
        INFO(text);
        CHECK(found);
    }
}

TEST_CASE("names have their own ranges") {
    const std::string text =
        "async def f(aa, *bb):\n    global gg\n    import os.path as pp\n    x.attr(kw=1)\n";
    const base::SourceText source(text);
    const ParseResult result = parse(source);
    const auto at = [&](const Range& range) {
        return text.substr(range.begin, range.end - range.begin);
    };
    const auto& function =
        static_cast<const FunctionDef&>(*static_cast<const Module&>(*result.tree).body[0]);
    CHECK(at(function.name.range) == "f");
    CHECK(at(function.args->args[0]->arg.range) == "aa");
    CHECK(at(function.args->vararg->arg.range) == "bb");
    CHECK(at(static_cast<const Global&>(*function.body[0]).names[0].range) == "gg");
    const Alias& alias = *static_cast<const Import&>(*function.body[1]).names[0];
    CHECK(at(alias.name.range) == "os.path");
    CHECK(at(alias.asname.range) == "pp");
    const auto& called =
        static_cast<const Call&>(*static_cast<const Expr&>(*function.body[2]).value);
    CHECK(at(static_cast<const Attribute&>(*called.func).attr.range) == "attr");
    CHECK(at(called.keywords[0]->arg.range) == "kw");
}

TEST_CASE("equal names of one tree share their text") {
    const base::SourceText source("abc = abc + x.abc\n");
    const ParseResult result = parse(source);
    const auto& assign =
        static_cast<const Assign&>(*static_cast<const Module&>(*result.tree).body[0]);
    const auto& sum = static_cast<const BinOp&>(*assign.value);
    const char* first = static_cast<const Name&>(*assign.targets[0]).id.data();
    CHECK(static_cast<const Name&>(*sum.left).id.data() == first);
    CHECK(static_cast<const Attribute&>(*sum.right).attr.text.data() == first);
}

TEST_CASE("no text makes the parser crash, hang or lose its tree") {
    std::mt19937 random(7);
    const auto upto = [&](std::size_t limit) {
        return static_cast<std::size_t>(random() % (limit + 1));
    };
    std::vector<std::string> sources;
    for (const char* path :
         {"/usr/lib/python3.11/dataclasses.py", "/usr/lib/python3.11/typing.py"}) {
        sources.push_back(read_file(path));
    }
    sources.push_back("match x:\n    case {'a': [1, *b], **c} if d: f'{a!r:>{w}}'\n");
    constexpr std::string_view kSalt = "()[]{}:'\"\\\n \t#f=,.\xC3@*";
    for (int round = 0; round < 200; ++round) {
        std::string text = sources[upto(sources.size() - 1)];
        if (text.size() > 4000) text = text.substr(upto(text.size() - 4000), 4000);
        if (round % 3 == 0) text.resize(upto(text.size()));
        for (std::size_t i = 0; round % 3 == 1 && i < 12 && !text.empty(); ++i) {
            text[upto(text.size() - 1)] = kSalt[upto(kSalt.size() - 1)];
        }
        if (round % 3 == 2) {
            for (char& c : text) {
                if (upto(40) == 0) c = static_cast<char>(random());
            }
        }
        const base::DecodedSource decoded = base::decode_source(text, "random");
        for (const ParseMode mode : {ParseMode::Exec, ParseMode::Eval, ParseMode::Single}) {
            ParseOptions options;
            options.mode = mode;
            const ParseResult strict = parse(decoded.source, options);
            REQUIRE((strict.tree != nullptr) == strict.diagnostics.empty());
            REQUIRE(strict.diagnostics.size() <= 1);
            options.tolerant = true;
            const ParseResult kept = parse(decoded.source, options);
            REQUIRE(kept.tree != nullptr);
            REQUIRE(!dump(*kept.tree).empty());
        }
    }
}

TEST_CASE("a file of 10 MB is read whole") {
    std::string text;
    while (text.size() < 10'000'000)
        text += "def f(a, b=1):\n    return [a + b * 2 for a in range(b)]\n";
    const base::SourceText source(std::move(text));
    const ParseResult result = parse(source);
    REQUIRE(result.tree != nullptr);
    CHECK(static_cast<const Module&>(*result.tree).body.size() > 150'000);
}
