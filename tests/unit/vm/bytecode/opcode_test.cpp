// The table of opcodes against the installed CPython's own.
#include <catch2/catch.hpp>

#include <cstdio>
#include <string>

#include "vm/bytecode/opcode.h"

using namespace refscope::bytecode;

TEST_CASE("opcodes have CPython's numbers, caches and stack effects") {
    FILE* pipe = popen("/usr/bin/python3.11 " REFSCOPE_SOURCE_DIR "/tests/unit/vm/bytecode/opcodes.py", "r");
    REQUIRE(pipe);
    int rows = 0;
    char name[64];
    int number, caches, arg, jump, effect;
    while (std::fscanf(pipe, "%63s %d %d %d %d %d", name, &number, &caches, &arg, &jump, &effect) == 6) {
        INFO(name << " " << arg << " " << jump);
        auto opcode = static_cast<Opcode>(number);
        CHECK(info(opcode).name == name);
        CHECK(cache_count(opcode) == caches);
        CHECK(dis_stack_effect(opcode, arg, jump != 0) == effect);
        rows++;
    }
    pclose(pipe);
    CHECK(rows > 1000);
    int known = 0;
    for (int i = 0; i < 256; i++) known += !info(static_cast<uint8_t>(i)).name.empty();
    CHECK(known == 110);
}
