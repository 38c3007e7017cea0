#include "vm/bytecode/register_code.h"

#include <algorithm>
#include <cstdio>

#include "vm/bytecode/opcode.h"

namespace refscope::bytecode {

namespace {

struct RegisterOpInfo {
    const char* name;
    const char* operands;
    int extra;
    const char* doc;
};
constexpr RegisterOpInfo kOps[] = {
#define REFSCOPE_REGISTER_OPCODE(name, operands, extra, doc) {#name, operands, extra, doc},
#include "vm/bytecode/register_opcodes.def"
};

std::string operand_text(uint16_t operand, const RegisterCode& code, const CodeUnit& unit) {
    int index = operand & kIndexMask;
    if (operand & kConstBit) {
        return index < static_cast<int>(unit.consts.size()) ? repr(*unit.consts[index]) : "?";
    }
    if (index < code.nlocals) return unit.localsplusnames[index];
    std::string text = "t" + std::to_string(index - code.nlocals);
    return operand & kTempBit ? text + "!" : text;
}

}  // namespace

int cache_slots(RegisterOp op) { return kOps[static_cast<int>(op)].extra; }
const char* register_op_name(RegisterOp op) { return kOps[static_cast<int>(op)].name; }
const char* register_op_operands(RegisterOp op) { return kOps[static_cast<int>(op)].operands; }
const char* register_op_doc(RegisterOp op) { return kOps[static_cast<int>(op)].doc; }

const RegisterCode::Handler* RegisterCode::handler_at(uint32_t instruction) const {
    // Entries are in order and do not overlap.
    auto after = std::upper_bound(handlers.begin(), handlers.end(), instruction,
                                  [](uint32_t value, const Handler& handler) { return value < handler.start; });
    if (after == handlers.begin()) return nullptr;
    const Handler& candidate = *(after - 1);
    return instruction < candidate.end ? &candidate : nullptr;
}

std::string disassemble(const RegisterCode& code, const CodeUnit& unit) {
    std::string out;
    int last_line = -1;
    for (uint32_t i = 0; i < code.instructions.size();) {
        const Instruction& instruction = code.instructions[i];
        const RegisterOpInfo& op = kOps[static_cast<int>(instruction.op())];
        const InstructionInfo& info = code.info[i];
        char head[64];
        if (info.line != last_line && info.line >= 0) {
            std::snprintf(head, sizeof head, "%5d ", info.line);
        } else {
            std::snprintf(head, sizeof head, "      ");
        }
        last_line = info.line;
        out += head;
        std::snprintf(head, sizeof head, "%5u  %-20s", i, op.name);
        out += head;
        bool first = true;
        auto add = [&](const std::string& text) {
            out += first ? " " : ", ";
            out += text;
            first = false;
        };
        for (const char* p = op.operands; *p; ++p) {
            switch (*p) {
                case 'd':
                case 'D':
                    if (instruction.dst & kStoreBit) {
                        add("-> " + unit.localsplusnames[instruction.dst & kIndexMask]);
                    } else {
                        add("-> " + operand_text(instruction.dst, code, unit));
                    }
                    break;
                case 'a':
                case 'A':
                case 'l': add(operand_text(instruction.a, code, unit)); break;
                case 'b': add(operand_text(instruction.b, code, unit)); break;
                case 'c': add(operand_text(instruction.dst, code, unit)); break;
                case 'i': add(std::to_string(instruction.imm)); break;
                case 'n': add(instruction.imm < unit.names.size() ? unit.names[instruction.imm] : "?"); break;
                case 'k': add(instruction.imm < unit.consts.size() ? repr(*unit.consts[instruction.imm]) : "?"); break;
                case 'j': add("to " + std::to_string(instruction.imm)); break;
                default: break;
            }
        }
        out += '\n';
        i += 1 + static_cast<uint32_t>(op.extra);
    }
    return out;
}

}  // namespace refscope::bytecode
