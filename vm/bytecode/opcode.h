// Opcodes as types and questions about them, all expanded from opcodes.def. Plain data without state: usable from any thread
// and any layer that may see bytecode.
#pragma once

#include <cstdint>
#include <string_view>

namespace refscope::bytecode {

enum class Opcode : uint8_t {
#define REFSCOPE_OPCODE(name, number, operand, caches, pops, pushes, counts, doc) name = number,
#include "vm/bytecode/opcodes.def"
};

/// The first opcode whose argument means something.
constexpr int kHaveArgument = 90;

enum class OperandKind : uint8_t {
    kNone,
    kCount,         // a number of entries or items
    kConst,         // index into consts
    kName,          // index into names (LOAD_GLOBAL: shifted left by one)
    kLocal,         // index into the localsplus names
    kFree,          // the same, of a cell or free variable
    kJumpForward,   // code units from the end of the instruction and its caches
    kJumpBackward,  // the same, to be subtracted
    kCompare,       // < <= == != > >=
    kBinary,        // BinaryOperator
    kFlags,
    kDepth,         // a stack entry, 1 is the top
};

/// What an instruction does to reference counts; see opcodes.def.
enum CountEffect : uint8_t {
    kNothing = 0,
    kTakes = 1,
    kMoves = 2,
    kDrops = 4,
    kResult = 8,
    kRunsCode = 16,
};

struct OpcodeInfo {
    std::string_view name;  // empty: no such opcode
    std::string_view doc;
    OperandKind operand = OperandKind::kNone;
    uint8_t caches = 0;
    uint8_t counts = kNothing;
};

const OpcodeInfo& info(uint8_t opcode);
inline const OpcodeInfo& info(Opcode opcode) { return info(static_cast<uint8_t>(opcode)); }

inline int cache_count(Opcode opcode) { return info(opcode).caches; }
inline bool has_arg(Opcode opcode) { return static_cast<int>(opcode) >= kHaveArgument; }
inline bool is_jump(Opcode opcode) {
    OperandKind kind = info(opcode).operand;
    return kind == OperandKind::kJumpForward || kind == OperandKind::kJumpBackward;
}
/// Whether control never reaches the next instruction.
bool is_terminal(Opcode opcode);

/// Entries that the instruction consumes and leaves; `jump`: the branch is taken.
int pops(Opcode opcode, int arg, bool jump = false);
int pushes(Opcode opcode, int arg, bool jump = false);
inline int stack_effect(Opcode opcode, int arg, bool jump = false) {
    return pushes(opcode, arg, jump) - pops(opcode, arg, jump);
}
/// What `dis.stack_effect` answers: as above, except that CPython counts the arguments of a call as gone after PRECALL.
int dis_stack_effect(Opcode opcode, int arg, bool jump = false);

/// BINARY_OP's argument.
enum class BinaryOperator : uint8_t {
    kAdd, kAnd, kFloorDivide, kLshift, kMatrixMultiply, kMultiply, kRemainder, kOr, kPower, kRshift, kSubtract,
    kTrueDivide, kXor,
    kInplaceAdd, kInplaceAnd, kInplaceFloorDivide, kInplaceLshift, kInplaceMatrixMultiply, kInplaceMultiply,
    kInplaceRemainder, kInplaceOr, kInplacePower, kInplaceRshift, kInplaceSubtract, kInplaceTrueDivide, kInplaceXor,
};
constexpr int kInplaceOffset = 13;
/// "+", "+=" …; empty out of range.
std::string_view binary_operator_text(int arg);

/// COMPARE_OP's argument: "<" "<=" "==" "!=" ">" ">="; empty out of range.
std::string_view compare_operator_text(int arg);

}  // namespace refscope::bytecode
