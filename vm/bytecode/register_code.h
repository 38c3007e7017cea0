// The register form of a code unit: what the interpreter runs.
//
// It is derived from the stack form (vm/bytecode/translate.h) and keeps, for every instruction, what CPython's evaluation stack
// would hold there (the stack map). An entry of that stack is *owned*, in its home register (number of locals + depth), or *borrowed*:
// a local or constant that CPython would have pushed with a reference of its own, and that here is only named by the instruction that
// consumes it. When an instruction leaves its fast path, the borrowed entries are materialised into their home registers, so that
// all that Python code can see has CPython's counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/bytecode/code_unit.h"

namespace refscope::bytecode {

enum class RegisterOp : uint16_t {
#define REFSCOPE_REGISTER_OPCODE(name, operands, extra, doc) name,
#include "vm/bytecode/register_opcodes.def"
    kCount,
};

// Operand fields: which of the frame's registers or the code's constants, and whether the instruction consumes it.
inline constexpr uint16_t kConstBit = 0x8000;
inline constexpr uint16_t kTempBit = 0x4000;  // an owned temporary: released or moved by the instruction
inline constexpr uint16_t kIndexMask = 0x3fff;
// In dst: the result replaces a local, whose old value is dropped.
inline constexpr uint16_t kStoreBit = 0x8000;
// CALL's b: the entry below the callable is known to be empty (and its register holds nothing meaningful).
inline constexpr uint16_t kKnownNull = 0x8000;
// COMPARE_JUMP's dst.
inline constexpr uint16_t kJumpIfTrue = 8;

struct Instruction {
    uint32_t handler = 0;  // address in the fast loop, or that of the breakpoint handler
    uint16_t op_bits = 0;  // RegisterOp, and kBorrowsBit
    uint16_t dst = 0;
    uint16_t a = 0, b = 0;
    uint32_t imm = 0;

    RegisterOp op() const { return static_cast<RegisterOp>(op_bits & 0x7fff); }
    // The stack map has borrowed entries here: they must be materialised before Python code can run.
    bool borrows() const { return op_bits & 0x8000; }
};
inline constexpr uint16_t kBorrowsBit = 0x8000;
static_assert(sizeof(Instruction) == 16);

// One entry of a stack map: what CPython's evaluation stack holds at a depth.
using StackEntry = uint16_t;
inline constexpr StackEntry kOwnedEntry = 0x7fff;  // in the home register
inline constexpr StackEntry kNullEntry = 0x7ffe;   // nothing (below a callable)
// else: a local's index, or kConstBit | constant's index: borrowed

struct InstructionInfo {
    uint32_t unit;           // code unit of the stack instruction it stands for: gives position and line
    uint32_t stack;          // index of its stack map in `stack_entries`
    uint16_t depth;          // entries on the stack when it begins
    uint16_t depth_consumed;  // entries left once its operands are gone: what is unwound when it fails
    bool borrows;            // any borrowed entry
    bool starts_line;        // a line begins here: line breakpoints and steps stop before it
    int line;                // -1: none
};

struct RegisterCode {
    std::vector<Instruction> instructions;
    std::vector<InstructionInfo> info;     // one for each instruction (cache slots repeat their owner's)
    std::vector<StackEntry> stack_entries;
    std::vector<uint32_t> instruction_of_unit;  // for each code unit: the first instruction at or after it
    int nlocals = 0;    // locals, cells and free variables: registers [0, nlocals)
    int stacksize = 0;  // home registers [nlocals, nlocals + stacksize)

    struct Handler {  // exception table in instructions
        uint32_t start, end, target;
        uint16_t depth;
        bool lasti;
    };
    std::vector<Handler> handlers;

    const Handler* handler_at(uint32_t instruction) const;
    int registers() const { return nlocals + stacksize; }
};

int cache_slots(RegisterOp op);
const char* register_op_name(RegisterOp op);
const char* register_op_operands(RegisterOp op);
const char* register_op_doc(RegisterOp op);

// A listing that people read: instructions with operands by name and the line they belong to.
std::string disassemble(const RegisterCode& code, const CodeUnit& unit);

}  // namespace refscope::bytecode
