// Operators, comparisons, subscripts.
#include "vm/bytecode/opcode.h"
#include "vm/interpreter/ops.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

Owned power(Object* a, Object* b) { return number_power(a, b, none()); }
Owned inplace_power(Object* a, Object* b) { return number_inplace_power(a, b, none()); }

// In the order of bytecode::BinaryOperator.
constexpr BinaryFn kBinary[] = {
    number_add, number_and, number_floor_divide, number_lshift, number_matrix_multiply, number_multiply, number_remainder,
    number_or, power, number_rshift, number_subtract, number_true_divide, number_xor,
    number_inplace_add, number_inplace_and, number_inplace_floor_divide, number_inplace_lshift, number_inplace_matrix_multiply,
    number_inplace_multiply, number_inplace_remainder, number_inplace_or, inplace_power, number_inplace_rshift,
    number_inplace_subtract, number_inplace_true_divide, number_inplace_xor,
};

Owned boolean(bool value) { return newref(value ? py_true() : py_false()); }

bool unary(Frame* frame, const Instruction* pc, UnaryFn function) {
    Owned result = function(operand(frame, pc->a));
    frame->in_flight = result;
    consume(frame, pc->a);
    return result != nullptr;
}

}  // namespace

bool op_unary_positive(Frame* frame, const Instruction* pc) { return unary(frame, pc, number_positive); }
bool op_unary_negative(Frame* frame, const Instruction* pc) { return unary(frame, pc, number_negative); }
bool op_unary_invert(Frame* frame, const Instruction* pc) { return unary(frame, pc, number_invert); }
bool op_unary_not(Frame* frame, const Instruction* pc) {
    int truth = object_is_true(operand(frame, pc->a));
    consume(frame, pc->a);
    if (truth < 0) return false;
    return finish(frame, boolean(!truth));
}

bool op_binary(Frame* frame, const Instruction* pc) {
    Object *a = operand(frame, pc->a), *b = operand(frame, pc->b);
    auto op = static_cast<bytecode::BinaryOperator>(pc->imm);
    // `s += t` and `s = s + t` grow a string in place when the variable is its only holder, as CPython does.
    if (str_check_exact(a) && str_check_exact(b) && (pc->dst & bytecode::kStoreBit) &&
        (op == bytecode::BinaryOperator::kAdd || op == bytecode::BinaryOperator::kInplaceAdd) &&
        pc->a == (pc->dst & bytecode::kIndexMask)) {
        drop_shadows(frame);
        Object*& local = frame->registers[pc->a];
        str_append(&local, b);
        if (!local) return false;
        Object* grown = local;
        local = nullptr;
        frame->in_flight = grown;
        consume(frame, pc->b);
        return true;
    }
    Owned result = kBinary[pc->imm](a, b);
    frame->in_flight = result;
    consume(frame, pc->a);
    consume(frame, pc->b);
    return result != nullptr;
}

bool op_compare(Frame* frame, const Instruction* pc) {
    Owned result = object_rich_compare(operand(frame, pc->a), operand(frame, pc->b), static_cast<int>(pc->imm));
    frame->in_flight = result;
    consume(frame, pc->a);
    consume(frame, pc->b);
    return result != nullptr;
}

bool op_compare_truth(Frame* frame, const Instruction* pc, bool* truth) {
    Owned result = object_rich_compare(operand(frame, pc->a), operand(frame, pc->b), pc->dst & 7);
    frame->in_flight = result;
    consume(frame, pc->a);
    consume(frame, pc->b);
    if (!result) return false;
    int value = object_is_true(result);
    frame->in_flight = nullptr;
    decref(result);
    *truth = value > 0;
    return value >= 0;
}

bool op_truth(Frame* frame, const Instruction* pc, bool* truth) {
    int value = object_is_true(operand(frame, pc->a));
    if (value < 0) return false;
    *truth = value > 0;
    return true;
}

bool op_contains(Frame* frame, const Instruction* pc) {
    int found = sequence_contains(operand(frame, pc->b), operand(frame, pc->a));
    consume(frame, pc->a);
    consume(frame, pc->b);
    if (found < 0) return false;
    return finish(frame, boolean((found != 0) != (pc->imm != 0)));
}

bool op_subscr(Frame* frame, const Instruction* pc) {
    Object *a = operand(frame, pc->a), *b = operand(frame, pc->b);
    Owned result = nullptr;
    if (str_check_exact(a) && str_kind(a) == 1 && b->type == &int_type && int_is_compact(b)) {
        // A character of a latin-1 text is one of the shared ones.
        auto index = static_cast<intptr_t>(int_compact_value(b));
        if (index < 0) index += str_length(a);
        if (index >= 0 && index < str_length(a)) result = newref(str_character(str_latin1(a)[index]));
    }
    if (!result) result = object_get_item(a, b);
    frame->in_flight = result;
    consume(frame, pc->a);
    consume(frame, pc->b);
    return result != nullptr;
}

bool op_store_subscr(Frame* frame, const Instruction* pc) {
    bool ok = object_set_item(operand(frame, pc->b), operand(frame, pc->dst), operand(frame, pc->a)) == 0;
    consume(frame, pc->a);
    consume(frame, pc->b);
    consume(frame, pc->dst);
    return ok;
}

bool op_delete_subscr(Frame* frame, const Instruction* pc) {
    bool ok = object_del_item(operand(frame, pc->a), operand(frame, pc->b)) == 0;
    consume(frame, pc->a);
    consume(frame, pc->b);
    return ok;
}

}  // namespace refscope::vm
