#include "vm/bytecode/disassembler.h"

#include <algorithm>
#include <cstdio>
#include <set>

namespace refscope::bytecode {

DecodedInstruction decode_instruction(const CodeUnit& code, int unit) {
    DecodedInstruction decoded;
    decoded.offset = unit;
    int size = static_cast<int>(code.code.size());
    int arg = 0;
    uint16_t raw = code.code[static_cast<size_t>(unit)];
    while ((raw & 0xff) == static_cast<int>(Opcode::EXTENDED_ARG) && unit + 1 < size) {
        arg = (arg | raw >> 8) << 8;
        raw = code.code[static_cast<size_t>(++unit)];
    }
    decoded.unit = unit;
    decoded.opcode = static_cast<Opcode>(raw & 0xff);
    decoded.arg = arg | raw >> 8;
    decoded.next = unit + 1 + cache_count(decoded.opcode);
    switch (info(decoded.opcode).operand) {
        case OperandKind::kJumpForward: decoded.target = decoded.next + decoded.arg; break;
        case OperandKind::kJumpBackward: decoded.target = decoded.next - decoded.arg; break;
        default: break;
    }
    return decoded;
}

std::vector<DecodedInstruction> decode(const CodeUnit& code) {
    std::vector<DecodedInstruction> all;
    for (int unit = 0; unit < static_cast<int>(code.code.size());) {
        all.push_back(decode_instruction(code, unit));
        unit = all.back().next;
    }
    return all;
}

namespace {

std::string at_or_unknown(const std::vector<std::string>& names, int index) {
    return index >= 0 && index < static_cast<int>(names.size()) ? names[static_cast<size_t>(index)] : "?";
}

std::string describe_flags(Opcode opcode, int arg) {
    if (opcode == Opcode::MAKE_FUNCTION) {
        static constexpr const char* kParts[] = {"defaults", "kwdefaults", "annotations", "closure"};
        std::string text;
        for (int bit = 0; bit < 4; bit++) {
            if (arg >> bit & 1) text += std::string(text.empty() ? "" : ", ") + kParts[bit];
        }
        return text;
    }
    if (opcode == Opcode::FORMAT_VALUE) {
        static constexpr const char* kConversions[] = {"", "str", "repr", "ascii"};
        std::string text = kConversions[arg & 3];
        if (arg & 4) text += text.empty() ? "with format" : ", with format";
        return text;
    }
    return {};
}

}  // namespace

std::string describe_argument(const CodeUnit& code, const DecodedInstruction& i) {
    switch (info(i.opcode).operand) {
        case OperandKind::kConst:
            if (i.arg >= static_cast<int>(code.consts.size())) return "?";
            return repr(*code.consts[static_cast<size_t>(i.arg)]);
        case OperandKind::kName:
            if (i.opcode == Opcode::LOAD_GLOBAL) {
                return (i.arg & 1 ? "NULL + " : "") + at_or_unknown(code.names, i.arg >> 1);
            }
            return at_or_unknown(code.names, i.arg);
        case OperandKind::kLocal:
        case OperandKind::kFree: return at_or_unknown(code.localsplusnames, i.arg);
        case OperandKind::kJumpForward:
        case OperandKind::kJumpBackward: return "to " + std::to_string(i.target * 2);
        case OperandKind::kCompare: return std::string(compare_operator_text(i.arg));
        case OperandKind::kBinary: return std::string(binary_operator_text(i.arg));
        case OperandKind::kFlags: return describe_flags(i.opcode, i.arg);
        default: return {};
    }
}

std::string disassemble(const CodeUnit& code, const DisassemblyOptions& options) {
    std::vector<DecodedInstruction> all = decode(code);
    std::vector<Position> positions = code.positions();
    std::vector<ExceptionEntry> entries = code.exception_entries();
    std::set<int> labels;
    for (const DecodedInstruction& i : all) {
        if (i.is_jump()) labels.insert(i.target);
    }
    for (const ExceptionEntry& entry : entries) labels.insert(entry.target);

    std::string out;
    char buffer[128];
    int line = -1;
    int last_line = 0;
    for (const DecodedInstruction& i : all) {
        if (i.offset < static_cast<int>(positions.size())) last_line = std::max(last_line, positions[static_cast<size_t>(i.offset)].line);
    }
    int line_width = static_cast<int>(std::to_string(last_line).size());
    line_width = std::max(line_width, 3);
    int offset_width = static_cast<int>(std::to_string(all.empty() ? 0 : all.back().unit * 2).size());
    offset_width = std::max(offset_width, 4);
    auto row = [&](int offset, Opcode opcode, int arg, const std::string& description) {
        int this_line = offset < static_cast<int>(positions.size()) ? positions[static_cast<size_t>(offset)].line : -1;
        if (this_line != line && this_line >= 0) {
            if (offset > 0) out += '\n';
            std::snprintf(buffer, sizeof buffer, "%*d ", line_width, this_line);
            line = this_line;
        } else {
            std::snprintf(buffer, sizeof buffer, "%*s ", line_width, "");
        }
        out += buffer;
        std::snprintf(buffer, sizeof buffer, "%3s %2s %*d ", offset == options.current ? "-->" : "",
                      labels.count(offset) ? ">>" : "", offset_width, offset * 2);
        out += buffer;
        out += info(opcode).name;
        if (has_arg(opcode)) {
            size_t width = info(opcode).name.size();
            out.append(width < 20 ? 20 - width : 0, ' ');
            std::snprintf(buffer, sizeof buffer, " %5d", arg);
            out += buffer;
            if (!description.empty()) out += " (" + description + ")";
        }
        out += '\n';
    };
    for (const DecodedInstruction& i : all) {
        int high = 0;
        for (int unit = i.offset; unit < i.unit; unit++) {
            high = high << 8 | code.code[static_cast<size_t>(unit)] >> 8;
            row(unit, Opcode::EXTENDED_ARG, high, {});
        }
        // `dis` of 3.11 leaves the names of a call's keywords out.
        row(i.unit, i.opcode, i.arg, i.opcode == Opcode::KW_NAMES ? std::string() : describe_argument(code, i));
    }
    if (options.exception_table && !entries.empty()) {
        out += "ExceptionTable:\n";
        for (const ExceptionEntry& entry : entries) {
            // The end is shown as the last unit that is covered, as `dis` does.
            std::snprintf(buffer, sizeof buffer, "  %d to %d -> %d [%d]%s\n", entry.start * 2, (entry.end - 1) * 2,
                          entry.target * 2, entry.depth, entry.lasti ? " lasti" : "");
            out += buffer;
        }
    }
    if (options.nested) {
        for (const ConstantRef& constant : code.consts) {
            if (constant->kind != Constant::Kind::kCode) continue;
            out += "\nDisassembly of " + repr(*constant) + ":\n";
            DisassemblyOptions inner = options;
            inner.current = -1;
            out += disassemble(*constant->code, inner);
        }
    }
    return out;
}

}  // namespace refscope::bytecode
