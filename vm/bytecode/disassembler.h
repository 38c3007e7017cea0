// Text of code for people: the listing of CPython's `dis` and, for tests, the same in a canonical form.
#pragma once

#include <string>

#include "vm/bytecode/code_unit.h"
#include "vm/bytecode/opcode.h"

namespace refscope::bytecode {

/// One instruction with its extended arguments folded in.
struct DecodedInstruction {
    int offset = 0;  // code unit of the first EXTENDED_ARG or of the opcode itself
    int unit = 0;    // code unit of the opcode
    int next = 0;    // code unit after the caches
    Opcode opcode = Opcode::NOP;
    int arg = 0;
    int target = -1;  // code unit, of jumps

    bool is_jump() const { return target >= 0; }
};

/// The instruction whose first unit is `unit`.
DecodedInstruction decode_instruction(const CodeUnit& code, int unit);
std::vector<DecodedInstruction> decode(const CodeUnit& code);

/// What `dis` prints in parentheses after the argument; empty if nothing.
std::string describe_argument(const CodeUnit& code, const DecodedInstruction& instruction);

struct DisassemblyOptions {
    bool nested = true;            // also the functions and classes inside
    bool exception_table = true;
    int current = -1;              // code unit marked with an arrow
};
std::string disassemble(const CodeUnit& code, const DisassemblyOptions& options = {});

}  // namespace refscope::bytecode
