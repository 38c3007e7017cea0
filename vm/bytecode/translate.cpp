// How the translation works.
//
// 1. Decode the stack code; find the blocks (jump targets, exception handlers, edges of protected ranges), the stack depth at each, and
//    which locals are certainly bound there.
// 2. Walk the code once in its order with a *virtual stack*. A load pushes a borrowed entry and emits nothing; an instruction that
//    consumes entries names them as operands; results are owned, in the home register of their depth.
// 3. At the edges of blocks every entry is copied to its home, so that all ways into a block agree.
//
// Two pairs are fused: a result that is at once stored to a local, and a comparison that only decides a jump. Neither changes
// what Python code can see: both halves stand on one line, and the order of references taken and dropped stays.
#include "vm/bytecode/translate.h"

#include <algorithm>

#include "vm/base/check.h"
#include "vm/bytecode/opcode.h"

namespace refscope::bytecode {

namespace {

struct Decoded {
    uint32_t start;  // first unit, of the EXTENDED_ARGs if there are any
    uint32_t unit;   // the opcode's own unit
    uint32_t next;   // first unit behind it and its caches
    Opcode op;
    int arg;
};

using BitSet = std::vector<uint64_t>;
bool test_bit(const BitSet& bits, int index) { return bits[index >> 6] >> (index & 63) & 1; }
void set_bit(BitSet& bits, int index) { bits[index >> 6] |= uint64_t{1} << (index & 63); }

uint32_t jump_target(const Decoded& d) {
    OperandKind kind = info(d.op).operand;
    if (kind == OperandKind::kJumpForward) return d.next + static_cast<uint32_t>(d.arg);
    return d.next - static_cast<uint32_t>(d.arg);
}

class Translator {
  public:
    explicit Translator(const CodeUnit& unit) : unit_(unit) {}

    RegisterCode run();

  private:
    void decode();
    void find_blocks();
    void find_depths();
    void find_bound_locals();
    void translate_one(size_t index);
    void finish();

    // virtual stack
    int depth() const { return static_cast<int>(stack_.size()); }
    uint16_t home(int depth) const { return static_cast<uint16_t>(code_.nlocals + depth); }
    struct Entry {
        StackEntry value;
        uint32_t unit;  // where it was loaded: a copy made later still belongs to that place in the source
    };
    void push(StackEntry value) { stack_.push_back({value, current_->unit}); }
    void push_owned(int count = 1) {
        for (int i = 0; i < count; ++i) push(kOwnedEntry);
    }
    void pop(int count) { stack_.resize(stack_.size() - static_cast<size_t>(count)); }
    uint16_t operand(int depth) const {
        StackEntry value = stack_[depth].value;
        return value == kOwnedEntry ? static_cast<uint16_t>(home(depth) | kTempBit) : value;
    }
    uint16_t top_operand(int from_top = 0) const { return operand(depth() - 1 - from_top); }
    void own(int depth);
    void own_from(int base) {
        for (int i = base; i < depth(); ++i) own(i);
    }
    void own_all_but(int from_top) {
        for (int i = 0; i < depth() - from_top; ++i) own(i);
    }
    void own_local(int local) {
        for (int i = 0; i < depth(); ++i) {
            if (stack_[i].value == local) own(i);
        }
    }

    // emission; `consumed`: entries of the stack that are operands
    Instruction& emit(RegisterOp op, uint16_t dst, uint16_t a, uint16_t b, uint32_t imm, int consumed);
    uint16_t result_register(size_t index, int depth, int consumed);
    void emit_result(size_t index, RegisterOp op, uint16_t a, uint16_t b, uint32_t imm, int consumed);
    void emit_jump(RegisterOp op, uint16_t dst, uint16_t a, uint16_t b, const Decoded& jump, int consumed);
    void emit_row(size_t index, RegisterOp op, int count, uint32_t imm, bool may_store);

    const CodeUnit& unit_;
    RegisterCode code_;
    std::vector<Decoded> decoded_;
    std::vector<uint32_t> index_of_unit_;
    std::vector<char> is_target_;  // by decoded index: control can come from elsewhere, or a protected range begins or ends
    std::vector<int> depth_at_;
    std::vector<BitSet> bound_at_;  // at targets only
    std::vector<int> line_of_unit_;
    std::vector<ExceptionEntry> exceptions_;
    std::vector<Entry> stack_;
    BitSet bound_;
    std::vector<char> ever_deleted_;
    const Decoded* current_ = nullptr;
    uint32_t emit_unit_ = 0;
    uint32_t keyword_names_ = 0;
    size_t skip_ = 0;
    struct Fixup {
        uint32_t instruction, unit;
    };
    std::vector<Fixup> fixups_;
    std::vector<std::pair<uint32_t, int>> jump_lines_;  // target unit, line it comes from
};

void Translator::decode() {
    const auto& code = unit_.code;
    index_of_unit_.assign(code.size() + 1, 0);
    for (uint32_t u = 0; u < code.size();) {
        uint32_t start = u;
        int arg = 0;
        auto op = static_cast<Opcode>(code[u] & 0xff);
        arg = code[u] >> 8;
        while (op == Opcode::EXTENDED_ARG) {
            ++u;
            op = static_cast<Opcode>(code[u] & 0xff);
            arg = arg << 8 | code[u] >> 8;
        }
        uint32_t next = u + 1 + static_cast<uint32_t>(cache_count(op));
        for (uint32_t k = start; k < next && k < index_of_unit_.size(); ++k) {
            index_of_unit_[k] = static_cast<uint32_t>(decoded_.size());
        }
        decoded_.push_back({start, u, next, op, arg});
        u = next;
    }
    index_of_unit_[code.size()] = static_cast<uint32_t>(decoded_.size());
}

void Translator::find_blocks() {
    is_target_.assign(decoded_.size() + 1, 0);
    for (const Decoded& d : decoded_) {
        if (is_jump(d.op)) is_target_[index_of_unit_[jump_target(d)]] = 1;
    }
    exceptions_ = unit_.exception_entries();
    for (const ExceptionEntry& entry : exceptions_) {
        is_target_[index_of_unit_[entry.start]] = 1;
        is_target_[index_of_unit_[entry.end]] = 1;
        is_target_[index_of_unit_[entry.target]] = 1;
    }
}

void Translator::find_depths() {
    depth_at_.assign(decoded_.size() + 1, -1);
    std::vector<size_t> work;
    auto reach = [&](size_t index, int depth) {
        if (index < decoded_.size() && depth_at_[index] < 0) {
            depth_at_[index] = depth;
            work.push_back(index);
        }
    };
    reach(0, 0);
    for (const ExceptionEntry& entry : exceptions_) {
        reach(index_of_unit_[entry.target], entry.depth + (entry.lasti ? 1 : 0) + 1);
    }
    while (!work.empty()) {
        size_t index = work.back();
        work.pop_back();
        int depth = depth_at_[index];
        for (;;) {
            const Decoded& d = decoded_[index];
            if (is_jump(d.op)) reach(index_of_unit_[jump_target(d)], depth + stack_effect(d.op, d.arg, true));
            if (is_terminal(d.op)) break;
            depth += stack_effect(d.op, d.arg, false);
            ++index;
            if (index >= decoded_.size() || depth_at_[index] >= 0) break;
            depth_at_[index] = depth;
        }
    }
}

void Translator::find_bound_locals() {
    size_t words = (static_cast<size_t>(code_.nlocals) + 63) / 64 + 1;
    ever_deleted_.assign(code_.nlocals + 1, 0);
    for (const Decoded& d : decoded_) {
        if (d.op == Opcode::DELETE_FAST) ever_deleted_[d.arg] = 1;
    }
    BitSet all(words, ~uint64_t{0});
    bound_at_.assign(decoded_.size() + 1, BitSet());
    BitSet entry(words, 0);
    int arguments = unit_.argcount + unit_.kwonlyargcount + (unit_.flags & kCoVarArgs ? 1 : 0) +
                    (unit_.flags & kCoVarKeywords ? 1 : 0);
    for (int i = 0; i < arguments; ++i) {
        if (!ever_deleted_[i]) set_bit(entry, i);
    }
    if (decoded_.empty()) return;
    std::vector<size_t> work;
    auto meet = [&](size_t index, const BitSet& bits) {
        if (index >= decoded_.size()) return;
        BitSet& there = bound_at_[index];
        if (there.empty()) {
            there = bits;
            work.push_back(index);
            return;
        }
        bool changed = false;
        for (size_t w = 0; w < words; ++w) {
            uint64_t joined = there[w] & bits[w];
            changed |= joined != there[w];
            there[w] = joined;
        }
        if (changed) work.push_back(index);
    };
    is_target_[0] = 1;
    meet(0, entry);
    while (!work.empty()) {
        size_t index = work.back();
        work.pop_back();
        BitSet bits = bound_at_[index];
        // What a block has bound only grows inside it, so its start is the weakest state a handler can see.
        for (const ExceptionEntry& e : exceptions_) {
            if (decoded_[index].start >= static_cast<uint32_t>(e.start) && decoded_[index].start < static_cast<uint32_t>(e.end)) {
                meet(index_of_unit_[e.target], bits);
            }
        }
        for (;;) {
            const Decoded& d = decoded_[index];
            if ((d.op == Opcode::STORE_FAST || d.op == Opcode::LOAD_FAST) && !ever_deleted_[d.arg]) set_bit(bits, d.arg);
            if (is_jump(d.op)) meet(index_of_unit_[jump_target(d)], bits);
            if (is_terminal(d.op)) break;
            ++index;
            if (index >= decoded_.size()) break;
            if (is_target_[index]) {
                meet(index, bits);
                break;
            }
        }
    }
}

void Translator::own(int depth) {
    Entry& entry = stack_[depth];
    if (entry.value == kOwnedEntry) return;
    uint32_t unit = std::exchange(emit_unit_, entry.unit);
    if (entry.value == kNullEntry) {
        emit(RegisterOp::SET_NULL, home(depth), 0, 0, 0, 0);
    } else {
        emit(RegisterOp::COPY, home(depth), entry.value, 0, 0, 0);
    }
    emit_unit_ = unit;
    stack_[depth].value = kOwnedEntry;
}

Instruction& Translator::emit(RegisterOp op, uint16_t dst, uint16_t a, uint16_t b, uint32_t imm, int consumed) {
    InstructionInfo info{};
    info.unit = emit_unit_;
    info.stack = static_cast<uint32_t>(code_.stack_entries.size());
    info.depth = static_cast<uint16_t>(depth());
    info.depth_consumed = static_cast<uint16_t>(depth() - consumed);
    info.line = line_of_unit_[emit_unit_];
    for (const Entry& entry : stack_) {
        code_.stack_entries.push_back(entry.value);
        info.borrows |= entry.value < kNullEntry || (entry.value & kConstBit);
    }
    Instruction instruction;
    instruction.op_bits = static_cast<uint16_t>(static_cast<uint16_t>(op) | (info.borrows ? kBorrowsBit : 0));
    instruction.dst = dst;
    instruction.a = a;
    instruction.b = b;
    instruction.imm = imm;
    code_.instructions.push_back(instruction);
    code_.info.push_back(info);
    size_t index = code_.instructions.size() - 1;
    for (int i = 0; i < cache_slots(op); ++i) {
        code_.instructions.emplace_back();
        code_.info.push_back(info);
    }
    return code_.instructions[index];
}

// Where the result goes: its home, or the local that the next instruction would store it to.
uint16_t Translator::result_register(size_t index, int depth, int consumed) {
    if (index + 1 < decoded_.size() && decoded_[index + 1].op == Opcode::STORE_FAST && !is_target_[index + 1] &&
        line_of_unit_[decoded_[index + 1].unit] == line_of_unit_[decoded_[index].unit]) {
        int local = decoded_[index + 1].arg;
        // Entries below the operands that borrow the local must keep its old value.
        for (int i = 0; i < this->depth() - consumed; ++i) {
            if (stack_[i].value == local) own(i);
        }
        skip_ = 1;
        if (!ever_deleted_[local]) set_bit(bound_, local);
        return static_cast<uint16_t>(local | kStoreBit);
    }
    return home(depth);
}

void Translator::emit_result(size_t index, RegisterOp op, uint16_t a, uint16_t b, uint32_t imm, int consumed) {
    uint16_t dst = result_register(index, depth() - consumed, consumed);
    emit(op, dst, a, b, imm, consumed);
    pop(consumed);
    if (!skip_) push_owned();
}

void Translator::emit_jump(RegisterOp op, uint16_t dst, uint16_t a, uint16_t b, const Decoded& jump, int consumed) {
    emit(op, dst, a, b, 0, consumed);
    fixups_.push_back({static_cast<uint32_t>(code_.instructions.size() - 1), jump_target(jump)});
    jump_lines_.push_back({jump_target(jump), line_of_unit_[jump.unit]});
}

// Instructions that take a row of owned entries.
void Translator::emit_row(size_t index, RegisterOp op, int count, uint32_t imm, bool may_store) {
    int base = depth() - count;
    own_from(base);
    uint16_t dst = may_store ? result_register(index, base, count) : home(base);
    emit(op, dst, home(base), 0, imm, count);
    pop(count);
    if (!skip_) push_owned();
}

void Translator::translate_one(size_t index) {
    const Decoded& d = decoded_[index];
    const int arg = d.arg;
    const auto imm = static_cast<uint32_t>(arg);
    const int top = depth() - 1;
    switch (d.op) {
        case Opcode::CACHE:
        case Opcode::EXTENDED_ARG:
        case Opcode::PRECALL: break;
        case Opcode::NOP: emit(RegisterOp::NOP, 0, 0, 0, 0, 0); break;
        case Opcode::RESUME: emit(RegisterOp::RESUME, 0, 0, 0, imm, 0); break;
        case Opcode::PUSH_NULL: push(kNullEntry); break;

        case Opcode::POP_TOP:
            if (stack_[top].value == kOwnedEntry) {
                emit(RegisterOp::RELEASE, 0, top_operand(), 0, 0, 1);
            } else if (code_.info.empty() || code_.info.back().line != line_of_unit_[d.unit]) {
                emit(RegisterOp::NOP, 0, 0, 0, 0, 0);  // the line's only instruction: a stop can be made there
            }
            pop(1);
            break;
        case Opcode::COPY: {
            int source = depth() - arg;
            if (stack_[source].value == kOwnedEntry) {
                emit(RegisterOp::COPY, home(depth()), home(source), 0, 0, 0);
                push_owned();
            } else {
                push(stack_[source].value);
            }
            break;
        }
        case Opcode::SWAP: {
            int other = depth() - arg;
            if (stack_[top].value != kOwnedEntry && stack_[other].value != kOwnedEntry) {
                std::swap(stack_[top], stack_[other]);
            } else {
                own(other);
                own(top);
                emit(RegisterOp::SWAP, 0, home(top), home(other), 0, 0);
            }
            break;
        }
        case Opcode::LOAD_CONST:
            if (arg > kIndexMask) {
                emit(RegisterOp::COPY_CONST_FAR, home(depth()), 0, 0, imm, 0);
                push_owned();
            } else {
                push(static_cast<StackEntry>(arg | kConstBit));
            }
            break;
        case Opcode::LOAD_FAST:
            if (!test_bit(bound_, arg)) {
                emit(RegisterOp::CHECK_LOCAL, 0, static_cast<uint16_t>(arg), 0, 0, 0);
                if (!ever_deleted_[arg]) set_bit(bound_, arg);
            }
            push(static_cast<StackEntry>(arg));
            break;
        case Opcode::LOAD_CLOSURE: push(static_cast<StackEntry>(arg)); break;
        case Opcode::STORE_FAST: {
            Entry value = stack_[top];
            uint16_t source = top_operand();
            stack_.pop_back();
            own_local(arg);
            stack_.push_back(value);
            emit(RegisterOp::STORE_LOCAL, static_cast<uint16_t>(arg), source, 0, 0, 1);
            pop(1);
            if (!ever_deleted_[arg]) set_bit(bound_, arg);
            break;
        }
        case Opcode::DELETE_FAST:
            own_local(arg);
            emit(RegisterOp::DELETE_LOCAL, 0, static_cast<uint16_t>(arg), 0, 0, 0);
            break;

        case Opcode::MAKE_CELL: emit(RegisterOp::MAKE_CELL, 0, static_cast<uint16_t>(arg), 0, 0, 0); break;
        case Opcode::COPY_FREE_VARS: emit(RegisterOp::COPY_FREE_VARS, 0, 0, 0, imm, 0); break;
        case Opcode::LOAD_DEREF:
        case Opcode::LOAD_CLASSDEREF:
            emit(d.op == Opcode::LOAD_DEREF ? RegisterOp::LOAD_DEREF : RegisterOp::LOAD_CLASSDEREF, home(depth()),
                 static_cast<uint16_t>(arg), 0, 0, 0);
            push_owned();
            break;
        case Opcode::STORE_DEREF:
            emit(RegisterOp::STORE_DEREF, 0, static_cast<uint16_t>(arg), top_operand(), 0, 1);
            pop(1);
            break;
        case Opcode::DELETE_DEREF: emit(RegisterOp::DELETE_DEREF, 0, static_cast<uint16_t>(arg), 0, 0, 0); break;

        case Opcode::LOAD_NAME:
            emit(RegisterOp::LOAD_NAME, home(depth()), 0, 0, imm, 0);
            push_owned();
            break;
        case Opcode::LOAD_GLOBAL:
            if (arg & 1) push(kNullEntry);
            emit(RegisterOp::LOAD_GLOBAL, home(depth()), 0, 0, imm >> 1, 0);
            push_owned();
            break;
        case Opcode::STORE_NAME:
        case Opcode::STORE_GLOBAL:
            emit(d.op == Opcode::STORE_NAME ? RegisterOp::STORE_NAME : RegisterOp::STORE_GLOBAL, 0, top_operand(), 0, imm, 1);
            pop(1);
            break;
        case Opcode::DELETE_NAME: emit(RegisterOp::DELETE_NAME, 0, 0, 0, imm, 0); break;
        case Opcode::DELETE_GLOBAL: emit(RegisterOp::DELETE_GLOBAL, 0, 0, 0, imm, 0); break;
        case Opcode::LOAD_BUILD_CLASS:
            emit(RegisterOp::LOAD_BUILD_CLASS, home(depth()), 0, 0, 0, 0);
            push_owned();
            break;
        case Opcode::LOAD_ASSERTION_ERROR:
            emit(RegisterOp::LOAD_ASSERTION_ERROR, home(depth()), 0, 0, 0, 0);
            push_owned();
            break;
        case Opcode::SETUP_ANNOTATIONS: emit(RegisterOp::SETUP_ANNOTATIONS, 0, 0, 0, 0, 0); break;
        case Opcode::IMPORT_NAME:
            emit(RegisterOp::IMPORT_NAME, home(depth() - 2), top_operand(1), top_operand(0), imm, 2);
            pop(2);
            push_owned();
            break;
        case Opcode::IMPORT_FROM:
            own(top);
            emit(RegisterOp::IMPORT_FROM, home(depth()), home(top), 0, imm, 0);
            push_owned();
            break;
        case Opcode::IMPORT_STAR:
            emit(RegisterOp::IMPORT_STAR, 0, top_operand(), 0, 0, 1);
            pop(1);
            break;

        case Opcode::UNARY_POSITIVE: emit_result(index, RegisterOp::UNARY_POSITIVE, top_operand(), 0, 0, 1); break;
        case Opcode::UNARY_NEGATIVE: emit_result(index, RegisterOp::UNARY_NEGATIVE, top_operand(), 0, 0, 1); break;
        case Opcode::UNARY_NOT: emit_result(index, RegisterOp::UNARY_NOT, top_operand(), 0, 0, 1); break;
        case Opcode::UNARY_INVERT: emit_result(index, RegisterOp::UNARY_INVERT, top_operand(), 0, 0, 1); break;
        case Opcode::BINARY_OP: {
            auto binary = static_cast<BinaryOperator>(arg);
            RegisterOp op = RegisterOp::BINARY_OP;
            if (binary == BinaryOperator::kAdd || binary == BinaryOperator::kInplaceAdd) op = RegisterOp::ADD;
            if (binary == BinaryOperator::kSubtract || binary == BinaryOperator::kInplaceSubtract) op = RegisterOp::SUBTRACT;
            if (binary == BinaryOperator::kMultiply || binary == BinaryOperator::kInplaceMultiply) op = RegisterOp::MULTIPLY;
            emit_result(index, op, top_operand(1), top_operand(0), imm, 2);
            break;
        }
        case Opcode::COMPARE_OP: {
            const Decoded* next = index + 1 < decoded_.size() && !is_target_[index + 1] ? &decoded_[index + 1] : nullptr;
            bool if_true = next && (next->op == Opcode::POP_JUMP_FORWARD_IF_TRUE || next->op == Opcode::POP_JUMP_BACKWARD_IF_TRUE);
            bool if_false = next && (next->op == Opcode::POP_JUMP_FORWARD_IF_FALSE || next->op == Opcode::POP_JUMP_BACKWARD_IF_FALSE);
            if ((if_true || if_false) && line_of_unit_[next->unit] == line_of_unit_[d.unit]) {
                own_all_but(2);
                emit_jump(RegisterOp::COMPARE_JUMP, static_cast<uint16_t>(arg | (if_true ? kJumpIfTrue : 0)), top_operand(1),
                          top_operand(0), *next, 2);
                pop(2);
                skip_ = 1;
                break;
            }
            emit_result(index, RegisterOp::COMPARE, top_operand(1), top_operand(0), imm, 2);
            break;
        }
        case Opcode::IS_OP: emit_result(index, RegisterOp::IS, top_operand(1), top_operand(0), imm, 2); break;
        case Opcode::CONTAINS_OP: emit_result(index, RegisterOp::CONTAINS, top_operand(1), top_operand(0), imm, 2); break;
        case Opcode::BINARY_SUBSCR: emit_result(index, RegisterOp::SUBSCR, top_operand(1), top_operand(0), 0, 2); break;
        case Opcode::STORE_SUBSCR:
            emit(RegisterOp::STORE_SUBSCR, top_operand(0), top_operand(2), top_operand(1), 0, 3);
            pop(3);
            break;
        case Opcode::DELETE_SUBSCR:
            emit(RegisterOp::DELETE_SUBSCR, 0, top_operand(1), top_operand(0), 0, 2);
            pop(2);
            break;
        case Opcode::LOAD_ATTR: emit_result(index, RegisterOp::LOAD_ATTR, top_operand(), 0, imm, 1); break;
        case Opcode::STORE_ATTR:
            emit(RegisterOp::STORE_ATTR, 0, top_operand(1), top_operand(0), imm, 2);
            pop(2);
            break;
        case Opcode::DELETE_ATTR:
            emit(RegisterOp::DELETE_ATTR, 0, top_operand(), 0, imm, 1);
            pop(1);
            break;
        case Opcode::LOAD_METHOD:
            emit(RegisterOp::LOAD_METHOD, home(top), top_operand(), 0, imm, 1);
            pop(1);
            push_owned(2);
            break;

        case Opcode::BUILD_TUPLE: emit_row(index, RegisterOp::BUILD_TUPLE, arg, imm, true); break;
        case Opcode::BUILD_LIST: emit_row(index, RegisterOp::BUILD_LIST, arg, imm, true); break;
        case Opcode::BUILD_SET: emit_row(index, RegisterOp::BUILD_SET, arg, imm, false); break;
        case Opcode::BUILD_MAP: emit_row(index, RegisterOp::BUILD_MAP, 2 * arg, imm, false); break;
        case Opcode::BUILD_CONST_KEY_MAP: emit_row(index, RegisterOp::BUILD_CONST_KEY_MAP, arg + 1, imm, false); break;
        case Opcode::BUILD_STRING: emit_row(index, RegisterOp::BUILD_STRING, arg, imm, false); break;
        case Opcode::BUILD_SLICE: emit_row(index, RegisterOp::BUILD_SLICE, arg == 3 ? 3 : 2, arg == 3 ? 3 : 2, false); break;
        case Opcode::LIST_APPEND:
        case Opcode::LIST_EXTEND:
        case Opcode::SET_ADD:
        case Opcode::SET_UPDATE:
        case Opcode::DICT_UPDATE:
        case Opcode::DICT_MERGE: {
            RegisterOp op = d.op == Opcode::LIST_APPEND   ? RegisterOp::LIST_APPEND
                            : d.op == Opcode::LIST_EXTEND ? RegisterOp::LIST_EXTEND
                            : d.op == Opcode::SET_ADD     ? RegisterOp::SET_ADD
                            : d.op == Opcode::SET_UPDATE  ? RegisterOp::SET_UPDATE
                            : d.op == Opcode::DICT_UPDATE ? RegisterOp::DICT_UPDATE
                                                          : RegisterOp::DICT_MERGE;
            uint32_t callable = 0;
            if (op == RegisterOp::DICT_MERGE) {
                int at = top - (2 + arg);
                own(at);
                callable = home(at);
            }
            emit(op, 0, home(top - arg), top_operand(), callable, 1);
            pop(1);
            break;
        }
        case Opcode::MAP_ADD:
            emit(RegisterOp::MAP_ADD, top_operand(0), home(top - 1 - arg), top_operand(1), 0, 2);
            pop(2);
            break;
        case Opcode::LIST_TO_TUPLE:
            emit(RegisterOp::LIST_TO_TUPLE, home(top), top_operand(), 0, 0, 1);
            pop(1);
            push_owned();
            break;
        case Opcode::FORMAT_VALUE: {
            bool spec = (arg & 4) != 0;
            emit_result(index, RegisterOp::FORMAT_VALUE, top_operand(spec ? 1 : 0), spec ? top_operand(0) : 0, imm, spec ? 2 : 1);
            break;
        }
        case Opcode::MAKE_FUNCTION: emit_row(index, RegisterOp::MAKE_FUNCTION, pops(d.op, arg), imm, false); break;
        case Opcode::UNPACK_SEQUENCE:
        case Opcode::UNPACK_EX: {
            bool plain = d.op == Opcode::UNPACK_SEQUENCE;
            emit(plain ? RegisterOp::UNPACK_SEQUENCE : RegisterOp::UNPACK_EX, home(top), top_operand(), 0, imm, 1);
            pop(1);
            push_owned(plain ? arg : (arg & 0xff) + (arg >> 8) + 1);
            break;
        }

        case Opcode::JUMP_FORWARD:
        case Opcode::JUMP_BACKWARD:
        case Opcode::JUMP_BACKWARD_NO_INTERRUPT:
            own_from(0);
            emit_jump(d.op == Opcode::JUMP_FORWARD    ? RegisterOp::JUMP
                      : d.op == Opcode::JUMP_BACKWARD ? RegisterOp::JUMP_BACK
                                                      : RegisterOp::JUMP_BACK_QUIET,
                      0, 0, 0, d, 0);
            break;
        case Opcode::POP_JUMP_FORWARD_IF_FALSE:
        case Opcode::POP_JUMP_BACKWARD_IF_FALSE:
        case Opcode::POP_JUMP_FORWARD_IF_TRUE:
        case Opcode::POP_JUMP_BACKWARD_IF_TRUE:
        case Opcode::POP_JUMP_FORWARD_IF_NONE:
        case Opcode::POP_JUMP_BACKWARD_IF_NONE:
        case Opcode::POP_JUMP_FORWARD_IF_NOT_NONE:
        case Opcode::POP_JUMP_BACKWARD_IF_NOT_NONE: {
            RegisterOp op = RegisterOp::JUMP_IF_NOT_NONE;
            if (d.op == Opcode::POP_JUMP_FORWARD_IF_FALSE || d.op == Opcode::POP_JUMP_BACKWARD_IF_FALSE) op = RegisterOp::JUMP_IF_FALSE;
            if (d.op == Opcode::POP_JUMP_FORWARD_IF_TRUE || d.op == Opcode::POP_JUMP_BACKWARD_IF_TRUE) op = RegisterOp::JUMP_IF_TRUE;
            if (d.op == Opcode::POP_JUMP_FORWARD_IF_NONE || d.op == Opcode::POP_JUMP_BACKWARD_IF_NONE) op = RegisterOp::JUMP_IF_NONE;
            own_all_but(1);
            emit_jump(op, 0, top_operand(), 0, d, 1);
            pop(1);
            break;
        }
        case Opcode::JUMP_IF_FALSE_OR_POP:
        case Opcode::JUMP_IF_TRUE_OR_POP:
            own_from(0);
            emit_jump(d.op == Opcode::JUMP_IF_FALSE_OR_POP ? RegisterOp::JUMP_IF_FALSE_OR_POP : RegisterOp::JUMP_IF_TRUE_OR_POP, 0,
                      home(top), 0, d, 0);
            pop(1);
            break;
        case Opcode::GET_ITER:
        case Opcode::GET_YIELD_FROM_ITER:
        case Opcode::GET_AITER:
        case Opcode::GET_AWAITABLE: {
            RegisterOp op = d.op == Opcode::GET_ITER              ? RegisterOp::GET_ITER
                            : d.op == Opcode::GET_YIELD_FROM_ITER ? RegisterOp::GET_YIELD_FROM_ITER
                            : d.op == Opcode::GET_AITER           ? RegisterOp::GET_AITER
                                                                  : RegisterOp::GET_AWAITABLE;
            emit(op, home(top), top_operand(), 0, imm, 1);
            pop(1);
            push_owned();
            break;
        }
        case Opcode::FOR_ITER: {
            own_from(0);
            uint16_t dst = result_register(index, depth(), 0);
            emit_jump(RegisterOp::FOR_ITER, dst, home(top), 0, d, 0);
            if (!skip_) push_owned();
            break;
        }
        case Opcode::KW_NAMES: keyword_names_ = imm + 1; break;
        case Opcode::CALL: {
            int base = depth() - arg - 2;
            bool known_null = stack_[base].value == kNullEntry;
            for (int i = 0; i < depth(); ++i) {
                if (i != base || !known_null) own(i);
            }
            emit(RegisterOp::CALL, home(base), home(base),
                 static_cast<uint16_t>(keyword_names_ | (known_null ? kKnownNull : 0)), imm, arg + 2);
            keyword_names_ = 0;
            pop(arg + 2);
            push_owned();
            break;
        }
        case Opcode::CALL_FUNCTION_EX: {
            int count = 3 + (arg & 1);
            own_from(0);
            emit(RegisterOp::CALL_EX, home(depth() - count), home(depth() - count), 0, imm, count);
            pop(count);
            push_owned();
            break;
        }
        case Opcode::RETURN_VALUE:
            emit(RegisterOp::RETURN, 0, top_operand(), 0, 0, 1);
            pop(1);
            break;

        case Opcode::RETURN_GENERATOR:
            emit(RegisterOp::RETURN_GENERATOR, home(depth()), 0, 0, 0, 0);
            push_owned();
            break;
        case Opcode::YIELD_VALUE:
            own_from(0);
            emit(RegisterOp::YIELD, home(top), home(top), 0, 0, 1);
            break;
        case Opcode::ASYNC_GEN_WRAP:
            own(top);
            emit(RegisterOp::ASYNC_GEN_WRAP, home(top), home(top), 0, 0, 1);
            break;
        case Opcode::SEND:
            own_all_but(1);
            emit_jump(RegisterOp::SEND, home(top), home(top - 1), top_operand(), d, 1);
            pop(1);
            push_owned();
            break;
        case Opcode::GET_ANEXT:
            own(top);
            emit(RegisterOp::GET_ANEXT, home(depth()), home(top), 0, 0, 0);
            push_owned();
            break;
        case Opcode::END_ASYNC_FOR:
            own_from(top - 1);
            emit(RegisterOp::END_ASYNC_FOR, 0, home(top - 1), 0, 0, 2);
            pop(2);
            break;
        case Opcode::BEFORE_WITH:
        case Opcode::BEFORE_ASYNC_WITH:
            emit(d.op == Opcode::BEFORE_WITH ? RegisterOp::BEFORE_WITH : RegisterOp::BEFORE_ASYNC_WITH, home(top), top_operand(), 0,
                 0, 1);
            pop(1);
            push_owned(2);
            break;
        case Opcode::WITH_EXCEPT_START:
            own_from(0);
            emit(RegisterOp::WITH_EXCEPT_START, home(depth()), home(depth() - 4), 0, 0, 0);
            push_owned();
            break;
        case Opcode::PUSH_EXC_INFO:
            own(top);
            emit(RegisterOp::PUSH_EXC_INFO, 0, home(top), 0, 0, 0);
            push_owned();
            break;
        case Opcode::POP_EXCEPT:
            emit(RegisterOp::POP_EXCEPT, 0, top_operand(), 0, 0, 1);
            pop(1);
            break;
        case Opcode::CHECK_EXC_MATCH:
            emit(RegisterOp::CHECK_EXC_MATCH, home(top), home(top - 1), top_operand(), 0, 1);
            pop(1);
            push_owned();
            break;
        case Opcode::CHECK_EG_MATCH:
            own_from(top - 1);
            emit(RegisterOp::CHECK_EG_MATCH, 0, home(top - 1), 0, 0, 2);
            break;
        case Opcode::PREP_RERAISE_STAR: emit_row(index, RegisterOp::PREP_RERAISE_STAR, 2, 0, false); break;
        case Opcode::RERAISE:
            own(top);
            emit(RegisterOp::RERAISE, 0, home(top), 0, arg ? static_cast<uint32_t>(home(top - arg)) + 1 : 0, 1);
            pop(1);
            break;
        case Opcode::RAISE_VARARGS:
            own_from(depth() - arg);
            emit(RegisterOp::RAISE, 0, home(depth() - arg), 0, imm, arg);
            pop(arg);
            break;

        case Opcode::GET_LEN:
        case Opcode::MATCH_MAPPING:
        case Opcode::MATCH_SEQUENCE: {
            own(top);
            RegisterOp op = d.op == Opcode::GET_LEN         ? RegisterOp::GET_LEN
                            : d.op == Opcode::MATCH_MAPPING ? RegisterOp::MATCH_MAPPING
                                                            : RegisterOp::MATCH_SEQUENCE;
            emit(op, home(depth()), home(top), 0, 0, 0);
            push_owned();
            break;
        }
        case Opcode::MATCH_KEYS:
            own_from(top - 1);
            emit(RegisterOp::MATCH_KEYS, home(depth()), home(top - 1), 0, 0, 0);
            push_owned();
            break;
        case Opcode::MATCH_CLASS: emit_row(index, RegisterOp::MATCH_CLASS, 3, imm, false); break;
        case Opcode::PRINT_EXPR:
            emit(RegisterOp::PRINT_EXPR, 0, top_operand(), 0, 0, 1);
            pop(1);
            break;
    }
}

void Translator::finish() {
    for (const Fixup& fixup : fixups_) {
        code_.instructions[fixup.instruction].imm = code_.instruction_of_unit[fixup.unit];
    }
    for (const ExceptionEntry& entry : exceptions_) {
        uint32_t start = code_.instruction_of_unit[entry.start], end = code_.instruction_of_unit[entry.end];
        if (start == end) continue;
        code_.handlers.push_back({start, end, code_.instruction_of_unit[entry.target], static_cast<uint16_t>(entry.depth), entry.lasti});
    }
    std::sort(code_.handlers.begin(), code_.handlers.end(),
              [](const auto& a, const auto& b) { return a.start < b.start; });

    int previous = -1;
    for (size_t i = 0; i < code_.info.size(); i += 1 + static_cast<size_t>(cache_slots(code_.instructions[i].op()))) {
        InstructionInfo& info = code_.info[i];
        bool entry = code_.instructions[i].op() == RegisterOp::RESUME && code_.instructions[i].imm == 0;
        bool prologue = entry || code_.instructions[i].op() == RegisterOp::MAKE_CELL ||
                        code_.instructions[i].op() == RegisterOp::COPY_FREE_VARS ||
                        code_.instructions[i].op() == RegisterOp::RETURN_GENERATOR;
        info.starts_line = !prologue && info.line >= 0 && info.line != previous;
        previous = entry ? -1 : info.line;
    }
    for (const auto& [unit, line] : jump_lines_) {
        uint32_t at = code_.instruction_of_unit[unit];
        if (at < code_.info.size() && code_.info[at].line >= 0 && code_.info[at].line != line) code_.info[at].starts_line = true;
    }
}

RegisterCode Translator::run() {
    code_.nlocals = unit_.nlocalsplus();
    code_.stacksize = unit_.stacksize;
    if (code_.nlocals + code_.stacksize >= kIndexMask) return {};
    decode();
    find_blocks();
    find_depths();
    find_bound_locals();
    line_of_unit_.assign(unit_.code.size() + 1, -1);
    std::vector<Position> positions = unit_.positions();
    for (size_t u = 0; u < positions.size() && u < line_of_unit_.size(); ++u) line_of_unit_[u] = positions[u].line;
    code_.instruction_of_unit.assign(unit_.code.size() + 1, 0);

    bool falls_in = true;
    for (size_t index = 0; index < decoded_.size(); ++index) {
        const Decoded& d = decoded_[index];
        if (is_target_[index] || !falls_in) {
            if (falls_in) {
                own_from(0);
            } else if (depth_at_[index] >= 0) {
                stack_.assign(static_cast<size_t>(depth_at_[index]), Entry{kOwnedEntry, d.unit});
            }
            if (!bound_at_[index].empty()) bound_ = bound_at_[index];
        }
        auto at = static_cast<uint32_t>(code_.instructions.size());
        for (uint32_t u = d.start; u < d.next; ++u) code_.instruction_of_unit[u] = at;
        if (depth_at_[index] < 0) {  // unreachable
            falls_in = false;
            continue;
        }
        current_ = &d;
        emit_unit_ = d.unit;
        skip_ = 0;
        translate_one(index);
        falls_in = !is_terminal(d.op);
        for (; skip_; --skip_) {
            const Decoded& skipped = decoded_[++index];
            for (uint32_t u = skipped.start; u < skipped.next; ++u) {
                code_.instruction_of_unit[u] = static_cast<uint32_t>(code_.instructions.size());
            }
        }
    }
    code_.instruction_of_unit[unit_.code.size()] = static_cast<uint32_t>(code_.instructions.size());
    finish();
    return std::move(code_);
}

}  // namespace

RegisterCode translate(const CodeUnit& unit) { return Translator(unit).run(); }

}  // namespace refscope::bytecode
