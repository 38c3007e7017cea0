// Instructions out of line: everything that is not worth its place in the loop.
//
// An op reads its operands from the frame (state kInside: they are owned by registers, borrowed ones materialised). It leaves a
// result in frame->in_flight, which the loop stores once the operands' shadows are gone. False: an exception is pending; operands
// that are still in registers are released by unwinding.
#pragma once

#include "vm/interpreter/frame.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

using Op = bool (*)(Frame* frame, const Instruction* pc);

inline Object* operand(const Frame* frame, uint16_t field) {
    uint16_t index = field & bytecode::kIndexMask;
    return field & bytecode::kConstBit ? tuple_get_item(frame->code->co_consts, index) : frame->registers[index];
}
// Releases an operand that the instruction consumes.
inline void consume(Frame* frame, uint16_t field) {
    if (!(field & bytecode::kTempBit)) return;
    Object*& slot = frame->registers[field & bytecode::kIndexMask];
    Object* value = slot;
    slot = nullptr;
    xdecref(value);
}
// The operand as a reference of the caller's own: moved out of a temporary, else a new one.
inline Object* take(Frame* frame, uint16_t field) {
    if (!(field & bytecode::kTempBit)) return newref(operand(frame, field));
    Object*& slot = frame->registers[field & bytecode::kIndexMask];
    Object* value = slot;
    slot = nullptr;
    return value;
}
inline Object* name_at(const Frame* frame, uint32_t index) { return tuple_get_item(frame->code->co_names, index); }
// The result of an op: nullptr means failure.
inline bool finish(Frame* frame, Object* stolen_result) {
    frame->in_flight = stolen_result;
    return stolen_result != nullptr;
}

// ops_names.cpp
bool op_load_name(Frame*, const Instruction*);
bool op_store_name(Frame*, const Instruction*);
bool op_delete_name(Frame*, const Instruction*);
bool op_load_global(Frame*, const Instruction*);
bool op_store_global(Frame*, const Instruction*);
bool op_delete_global(Frame*, const Instruction*);
bool op_load_classderef(Frame*, const Instruction*);
bool op_unbound_local(Frame*, const Instruction*);  // always fails
bool op_unbound_deref(Frame*, const Instruction*);  // always fails
bool op_load_build_class(Frame*, const Instruction*);
bool op_load_assertion_error(Frame*, const Instruction*);
bool op_setup_annotations(Frame*, const Instruction*);
bool op_import_name(Frame*, const Instruction*);
bool op_import_from(Frame*, const Instruction*);
bool op_import_star(Frame*, const Instruction*);
// ops_operators.cpp
bool op_unary_positive(Frame*, const Instruction*);
bool op_unary_negative(Frame*, const Instruction*);
bool op_unary_not(Frame*, const Instruction*);
bool op_unary_invert(Frame*, const Instruction*);
bool op_binary(Frame*, const Instruction*);
bool op_compare(Frame*, const Instruction*);
// COMPARE_JUMP and JUMP_IF_…: in_flight stays null; the truth goes to *truth.
bool op_compare_truth(Frame*, const Instruction*, bool* truth);
bool op_truth(Frame*, const Instruction*, bool* truth);
bool op_contains(Frame*, const Instruction*);
bool op_subscr(Frame*, const Instruction*);
bool op_store_subscr(Frame*, const Instruction*);
bool op_delete_subscr(Frame*, const Instruction*);
// ops_attributes.cpp: the slow ways, which fill the inline caches
bool op_load_attr(Frame*, const Instruction*);
bool op_store_attr(Frame*, const Instruction*);
bool op_delete_attr(Frame*, const Instruction*);
bool op_load_method(Frame*, const Instruction*);
// ops_build.cpp
bool op_build_tuple(Frame*, const Instruction*);
bool op_build_list(Frame*, const Instruction*);
bool op_build_set(Frame*, const Instruction*);
bool op_build_map(Frame*, const Instruction*);
bool op_build_const_key_map(Frame*, const Instruction*);
bool op_build_string(Frame*, const Instruction*);
bool op_build_slice(Frame*, const Instruction*);
bool op_list_append(Frame*, const Instruction*);
bool op_list_extend(Frame*, const Instruction*);
bool op_set_add(Frame*, const Instruction*);
bool op_set_update(Frame*, const Instruction*);
bool op_map_add(Frame*, const Instruction*);
bool op_dict_update(Frame*, const Instruction*);
bool op_dict_merge(Frame*, const Instruction*);
bool op_list_to_tuple(Frame*, const Instruction*);
bool op_format_value(Frame*, const Instruction*);
bool op_make_function(Frame*, const Instruction*);
bool op_unpack_sequence(Frame*, const Instruction*);
bool op_unpack_ex(Frame*, const Instruction*);
// ops_control.cpp
bool op_get_iter(Frame*, const Instruction*);
bool op_for_iter(Frame*, const Instruction*);  // in_flight null: exhausted
bool op_get_yield_from_iter(Frame*, const Instruction*);
bool op_get_awaitable(Frame*, const Instruction*);
bool op_get_aiter(Frame*, const Instruction*);
bool op_get_anext(Frame*, const Instruction*);
bool op_end_async_for(Frame*, const Instruction*);
bool op_before_with(Frame*, const Instruction*);
bool op_before_async_with(Frame*, const Instruction*);
bool op_with_except_start(Frame*, const Instruction*);
bool op_check_exc_match(Frame*, const Instruction*);
bool op_check_eg_match(Frame*, const Instruction*);
bool op_prep_reraise_star(Frame*, const Instruction*);
bool op_raise(Frame*, const Instruction*);  // always fails; *reraised through frame->in_flight being… see RAISE in the loop
bool op_print_expr(Frame*, const Instruction*);
// ops_match.cpp
bool op_get_len(Frame*, const Instruction*);
bool op_match_keys(Frame*, const Instruction*);
bool op_match_class(Frame*, const Instruction*);
// ops_call.cpp
bool op_call_object(Frame*, const Instruction*);  // a callable that is no Python function
bool op_call_ex(Frame*, const Instruction*);

}  // namespace refscope::vm
