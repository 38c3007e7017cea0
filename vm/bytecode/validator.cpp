#include "vm/bytecode/validator.h"

#include "vm/bytecode/disassembler.h"

namespace refscope::bytecode {

namespace {

class Validator {
  public:
    explicit Validator(const CodeUnit& code) : code_(code), size_(static_cast<int>(code.code.size())) {}

    bool run() { return check_fields() && check_instructions() && check_tables() && check_depths(); }
    const std::string& problem() const { return problem_; }
    const std::vector<int>& depths() const { return depths_; }

  private:
    bool fail(const std::string& what, int unit = -1) {
        problem_ = code_.qualname + ": " + what;
        if (unit >= 0) problem_ += " at " + std::to_string(unit * 2);
        return false;
    }

    bool check_fields() {
        if (code_.code.empty()) return fail("no code");
        if (code_.localsplusnames.size() != code_.localspluskinds.size()) return fail("names and kinds differ in length");
        int arguments = code_.argcount + code_.kwonlyargcount + ((code_.flags & kCoVarArgs) != 0) +
                        ((code_.flags & kCoVarKeywords) != 0);
        if (code_.posonlyargcount > code_.argcount) return fail("more positional-only arguments than arguments");
        if (arguments > code_.nlocals || code_.nlocals > code_.nlocalsplus()) return fail("too few locals");
        return true;
    }

    bool in_range(int index, size_t size) { return index >= 0 && static_cast<size_t>(index) < size; }

    bool check_instructions() {
        starts_.assign(static_cast<size_t>(size_), false);
        int end = 0;
        for (int unit = 0; unit < size_; unit = end) {
            DecodedInstruction i = decode_instruction(code_, unit);
            end = i.next;
            if (info(i.opcode).name.empty() || i.opcode == Opcode::CACHE || i.opcode == Opcode::EXTENDED_ARG) {
                return fail("not an instruction", unit);
            }
            if (end > size_) return fail("instruction is cut off", unit);
            for (int cache = i.unit + 1; cache < end; cache++) {
                if (code_.code[static_cast<size_t>(cache)] != 0) return fail("cache is not empty", cache);
            }
            switch (info(i.opcode).operand) {
                case OperandKind::kConst:
                    if (!in_range(i.arg, code_.consts.size())) return fail("no such constant", unit);
                    break;
                case OperandKind::kName:
                    if (!in_range(i.opcode == Opcode::LOAD_GLOBAL ? i.arg >> 1 : i.arg, code_.names.size())) {
                        return fail("no such name", unit);
                    }
                    break;
                case OperandKind::kLocal:
                case OperandKind::kFree:
                    if (!in_range(i.arg, code_.localsplusnames.size())) return fail("no such variable", unit);
                    break;
                case OperandKind::kCompare:
                    if (compare_operator_text(i.arg).empty()) return fail("no such comparison", unit);
                    break;
                case OperandKind::kBinary:
                    if (binary_operator_text(i.arg).empty()) return fail("no such operator", unit);
                    break;
                case OperandKind::kDepth:
                    if (i.arg < 1) return fail("no such stack entry", unit);
                    break;
                default: break;
            }
            starts_[static_cast<size_t>(unit)] = true;
            instructions_.push_back(i);
        }
        for (const DecodedInstruction& i : instructions_) {
            if (i.is_jump() && (!in_range(i.target, starts_.size()) || !starts_[static_cast<size_t>(i.target)])) {
                return fail("jump does not land on an instruction", i.offset);
            }
        }
        return true;
    }

    bool check_tables() {
        if (code_.positions().size() != code_.code.size()) return fail("line table does not cover the code");
        int previous_end = 0;
        for (const ExceptionEntry& entry : code_.exception_entries()) {
            if (entry.start < previous_end || entry.end <= entry.start || entry.end > size_) {
                return fail("exception table is not in order");
            }
            if (!in_range(entry.target, starts_.size()) || !starts_[static_cast<size_t>(entry.target)]) {
                return fail("handler is not an instruction");
            }
            previous_end = entry.end;
        }
        return true;
    }

    bool reach(int unit, int depth, int from) {
        if (depth < 0) return fail("stack underflow", from);
        if (depth > code_.stacksize) return fail("stack overflow", from);
        if (unit >= size_) return fail("control runs off the end", from);
        int& known = depths_[static_cast<size_t>(unit)];
        if (known == depth) return true;
        if (known >= 0) return fail("two stack depths", unit);
        known = depth;
        todo_.push_back(unit);
        return true;
    }

    bool check_depths() {
        depths_.assign(static_cast<size_t>(size_), -1);
        if (!reach(0, 0, 0)) return false;
        while (!todo_.empty()) {
            int unit = todo_.back();
            todo_.pop_back();
            if (!step(decode_instruction(code_, unit), depths_[static_cast<size_t>(unit)])) return false;
        }
        // An instruction that a try covers is seen only when it is reached: handlers follow from there.
        return true;
    }

    bool step(const DecodedInstruction& i, int depth) {
        for (const ExceptionEntry& entry : code_.exception_entries()) {
            if (i.unit < entry.start || i.unit >= entry.end) continue;
            if (entry.depth > depth) return fail("handler keeps more than there is", i.offset);
            if (!reach(entry.target, entry.depth + (entry.lasti ? 2 : 1), i.offset)) return false;
        }
        if (depth < pops(i.opcode, i.arg)) return fail("stack underflow", i.offset);
        if (info(i.opcode).operand == OperandKind::kDepth && depth < i.arg) return fail("no such stack entry", i.offset);
        if (i.is_jump() && !reach(i.target, depth + stack_effect(i.opcode, i.arg, true), i.offset)) return false;
        if (is_terminal(i.opcode)) return true;
        return reach(i.next, depth + stack_effect(i.opcode, i.arg, false), i.offset);
    }

    const CodeUnit& code_;
    int size_;
    std::string problem_;
    std::vector<DecodedInstruction> instructions_;
    std::vector<bool> starts_;
    std::vector<int> depths_;
    std::vector<int> todo_;
};

}  // namespace

std::optional<std::string> validate(const CodeUnit& code) {
    Validator validator(code);
    if (!validator.run()) return validator.problem();
    for (const ConstantRef& constant : code.consts) {
        if (constant->kind != Constant::Kind::kCode) continue;
        if (auto problem = validate(*constant->code)) return problem;
    }
    return std::nullopt;
}

std::vector<int> stack_depths(const CodeUnit& code) {
    Validator validator(code);
    validator.run();
    return validator.depths();
}

}  // namespace refscope::bytecode
