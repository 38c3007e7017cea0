#include <catch2/catch.hpp>

#include "vm/bytecode/disassembler.h"
#include "vm/bytecode/line_table.h"
#include "vm/bytecode/serialize.h"
#include "vm/bytecode/validator.h"

using namespace refscope::bytecode;

namespace {

uint16_t unit(Opcode opcode, int arg = 0) { return static_cast<uint16_t>(static_cast<int>(opcode) | arg << 8); }

/// def f(x): return x
CodeUnit identity_function() {
    CodeUnit code;
    code.name = code.qualname = "f";
    code.filename = "a.py";
    code.argcount = code.nlocals = code.stacksize = 1;
    code.flags = kCoOptimized | kCoNewLocals;
    code.code = {unit(Opcode::RESUME), unit(Opcode::LOAD_FAST, 0), unit(Opcode::RETURN_VALUE)};
    code.consts = {Constant::none()};
    code.localsplusnames = {"x"};
    code.localspluskinds = {kLocalFast};
    LineTableWriter lines(1);
    lines.add({1, 1, 0, 0}, 1);
    lines.add({1, 1, 17, 18}, 2);
    code.linetable = lines.take();
    return code;
}

}  // namespace

TEST_CASE("every form of a location entry survives encoding and decoding") {
    std::vector<std::pair<Position, int>> entries = {
        {{10, 10, 4, 12}, 1},    {{10, 10, 79, 90}, 3},  {{11, 11, 100, 110}, 8}, {{13, 13, 0, 127}, 2},
        {{5, 5, 200, 300}, 7},   {{6, 9, 4, 0}, 20},     {{}, 9},                 {{7, 7, -1, -1}, 1},
        {{4000, 4000, 3, 3}, 1}, {{1, 90000, 0, 70}, 4},
    };
    LineTableWriter writer(10);
    for (const auto& [at, units] : entries) writer.add(at, units);
    std::string table = writer.take();
    LineTableReader reader(table, 10);
    for (const auto& [at, units] : entries) {
        int seen = 0;
        while (seen < units) {
            Position read;
            int length;
            REQUIRE(reader.next(read, length));
            CHECK(read == at);
            seen += length;
        }
        CHECK(seen == units);
    }
}

TEST_CASE("exception tables survive encoding and decoding") {
    std::vector<ExceptionEntry> entries = {{0, 5, 70, 0, false}, {63, 64, 4097, 3, true}, {300000, 300001, 1, 63, true}};
    CHECK(decode_exception_table(encode_exception_table(entries)) == entries);
}

TEST_CASE("a damaged table ends early") {
    CHECK(decode_exception_table("\x80").empty());
    CHECK(decode_exception_table(std::string(3, '\x7f')).empty());
}

TEST_CASE("the disassembly has lines, opcodes and what arguments mean") {
    CodeUnit code = identity_function();
    std::string text = disassemble(code);
    CHECK(text.find("  1 ") == 0);
    CHECK(text.find("LOAD_FAST                0 (x)") != std::string::npos);
    CHECK(text.find("RETURN_VALUE") != std::string::npos);
}

TEST_CASE("positions are looked up by code unit") {
    CodeUnit code = identity_function();
    CHECK(code.position_at(1) == Position{1, 1, 17, 18});
    CHECK(code.positions().size() == 3);
    CHECK(code.line_at(2) == 1);
}

TEST_CASE("the validator accepts sound code") { CHECK(!validate(identity_function())); }

TEST_CASE("the validator refuses unsound code") {
    CodeUnit code = identity_function();
    SECTION("an index out of range") { code.code[1] = unit(Opcode::LOAD_FAST, 1); }
    SECTION("stack underflow") { code.code[1] = unit(Opcode::POP_TOP); }
    SECTION("stack overflow") { code.stacksize = 0; }
    SECTION("no end") { code.code[2] = unit(Opcode::NOP); }
    SECTION("a jump between instructions") { code.code[1] = unit(Opcode::JUMP_FORWARD, 7); }
    SECTION("an unknown opcode") { code.code[1] = 255; }
    SECTION("a short line table") { code.linetable.clear(); }
    SECTION("a handler outside") { code.exceptiontable = encode_exception_table({{0, 1, 90, 0, false}}); }
    CHECK(validate(code));
}

TEST_CASE("stack depths are known for each instruction") {
    CHECK(stack_depths(identity_function()) == std::vector<int>{0, 0, 1});
}

TEST_CASE("serialized code reads back equal and shares what was shared") {
    auto code = std::make_shared<CodeUnit>(identity_function());
    ConstantRef name = Constant::str("name", true);
    code->consts = {Constant::none(), name, Constant::tuple({name, Constant::of_int(refscope::base::BigInt(-7))}),
                    Constant::of_float(-0.0), Constant::of_complex(1, -2), Constant::bytes(std::string("\0\xff", 2)),
                    Constant::frozenset({Constant::ellipsis(), Constant::boolean(true)})};
    CodeUnit outer = identity_function();
    outer.consts.push_back(Constant::of_code(code));
    std::string bytes = serialize(outer);
    CodeUnitRef read = deserialize(bytes);
    REQUIRE(read);
    CHECK(serialize(*read) == bytes);
    const CodeUnit& inner = *read->consts[1]->code;
    CHECK(inner.consts[1] == inner.consts[2]->items[0]);
    CHECK(inner.consts[1]->interned);
    CHECK(same_constant(*read->consts[1], *outer.consts[1]));
}

TEST_CASE("damaged serialized code is refused") {
    std::string bytes = serialize(identity_function());
    CHECK(!deserialize(""));
    for (size_t length = 0; length < bytes.size(); length++) CHECK(!deserialize(bytes.substr(0, length)));
    CHECK(!deserialize(bytes + "x"));
    bytes[4] = 99;
    CHECK(!deserialize(bytes));
}

TEST_CASE("a constant's repr is Python's") {
    CHECK(repr(*Constant::of_float(1e16)) == "1e+16");
    CHECK(repr(*Constant::of_float(0.0001)) == "0.0001");
    CHECK(repr(*Constant::of_float(1e-5)) == "1e-05");
    CHECK(repr(*Constant::of_float(123456.75)) == "123456.75");
    CHECK(repr(*Constant::of_complex(0, 2)) == "2j");
    CHECK(repr(*Constant::of_complex(-0.0, 2.5)) == "(-0+2.5j)");
    CHECK(repr(*Constant::str("it's")) == "\"it's\"");
    CHECK(repr(*Constant::str("a\n'\"")) == "'a\\n\\'\"'");
    CHECK(repr(*Constant::bytes("\xff'")) == "b\"\\xff'\"");
    CHECK(repr(*Constant::tuple({Constant::none()})) == "(None,)");
    CHECK(repr(*Constant::frozenset({})) == "frozenset()");
}
