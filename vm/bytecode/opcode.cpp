#include "vm/bytecode/opcode.h"

#include <array>

namespace refscope::bytecode {

namespace {

constexpr uint8_t T = kTakes, M = kMoves, D = kDrops, R = kResult, X = kRunsCode;

constexpr std::array<OpcodeInfo, 256> make_infos() {
    std::array<OpcodeInfo, 256> infos{};
#define REFSCOPE_OPCODE(name, number, operand, caches, pops, pushes, counts, doc) \
    infos[number] = {#name, doc, OperandKind::operand, caches, static_cast<uint8_t>(counts)};
#include "vm/bytecode/opcodes.def"
    return infos;
}

constexpr std::array<OpcodeInfo, 256> kInfos = make_infos();

}  // namespace

const OpcodeInfo& info(uint8_t opcode) { return kInfos[opcode]; }

bool is_terminal(Opcode opcode) {
    switch (opcode) {
        case Opcode::RETURN_VALUE:
        case Opcode::RAISE_VARARGS:
        case Opcode::RERAISE:
        case Opcode::JUMP_FORWARD:
        case Opcode::JUMP_BACKWARD:
        case Opcode::JUMP_BACKWARD_NO_INTERRUPT: return true;
        default: return false;
    }
}

int pops(Opcode opcode, [[maybe_unused]] int arg, [[maybe_unused]] bool jump) {
    switch (opcode) {
#define REFSCOPE_OPCODE(name, number, operand, caches, pops, pushes, counts, doc) \
    case Opcode::name: return (pops);
#include "vm/bytecode/opcodes.def"
    }
    return 0;
}

int pushes(Opcode opcode, [[maybe_unused]] int arg, [[maybe_unused]] bool jump) {
    switch (opcode) {
#define REFSCOPE_OPCODE(name, number, operand, caches, pops, pushes, counts, doc) \
    case Opcode::name: return (pushes);
#include "vm/bytecode/opcodes.def"
    }
    return 0;
}

int dis_stack_effect(Opcode opcode, int arg, bool jump) {
    if (opcode == Opcode::PRECALL) return -arg;
    if (opcode == Opcode::CALL) return -1;
    if (opcode == Opcode::RETURN_GENERATOR) return 0;
    return stack_effect(opcode, arg, jump);
}

std::string_view binary_operator_text(int arg) {
    static constexpr std::string_view kTexts[] = {"+",  "&",  "//",  "<<",  "@",  "*",  "%",  "|",  "**",
                                                  ">>", "-",  "/",   "^",   "+=", "&=", "//=", "<<=", "@=",
                                                  "*=", "%=", "|=",  "**=", ">>=", "-=", "/=", "^="};
    return arg >= 0 && arg < static_cast<int>(std::size(kTexts)) ? kTexts[arg] : std::string_view();
}

std::string_view compare_operator_text(int arg) {
    static constexpr std::string_view kTexts[] = {"<", "<=", "==", "!=", ">", ">="};
    return arg >= 0 && arg < static_cast<int>(std::size(kTexts)) ? kTexts[arg] : std::string_view();
}

}  // namespace refscope::bytecode
