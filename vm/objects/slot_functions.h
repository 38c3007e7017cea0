// The generic slot functions of Python classes (type_slots.cpp), for the table in slot_table.cpp.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

Owned slot_tp_repr(Object*);
Owned slot_tp_str(Object*);
Hash slot_tp_hash(Object*);
Owned slot_tp_getattro(Object*, Object*);
int slot_tp_setattro(Object*, Object*, Object*);
Owned slot_tp_richcompare(Object*, Object*, int);
Owned slot_tp_iter(Object*);
Owned slot_tp_iternext(Object*);
int slot_tp_descr_set(Object*, Object*, Object*);
int slot_tp_init(Object*, Object*, Object*);
Owned slot_am_await(Object*);
Owned slot_am_aiter(Object*);
Owned slot_am_anext(Object*);
#define RS_BINARY_SLOTS(X)                                                                                       \
    X(nb_add) X(nb_subtract) X(nb_multiply) X(nb_matrix_multiply) X(nb_remainder) X(nb_divmod) X(nb_lshift)       \
    X(nb_rshift) X(nb_and) X(nb_xor) X(nb_or) X(nb_floor_divide) X(nb_true_divide) X(nb_inplace_add)              \
    X(nb_inplace_subtract) X(nb_inplace_multiply) X(nb_inplace_matrix_multiply) X(nb_inplace_remainder)           \
    X(nb_inplace_lshift) X(nb_inplace_rshift) X(nb_inplace_and) X(nb_inplace_xor) X(nb_inplace_or)                \
    X(nb_inplace_floor_divide) X(nb_inplace_true_divide) X(mp_subscript)
#define RS_DECLARE(field) Owned slot_##field(Object*, Object*);
RS_BINARY_SLOTS(RS_DECLARE)
#undef RS_DECLARE
Owned slot_nb_power(Object*, Object*, Object*);
Owned slot_nb_inplace_power(Object*, Object*, Object*);
Owned slot_nb_negative(Object*);
Owned slot_nb_positive(Object*);
Owned slot_nb_absolute(Object*);
Owned slot_nb_invert(Object*);
Owned slot_nb_int(Object*);
Owned slot_nb_float(Object*);
Owned slot_nb_index(Object*);
int slot_nb_bool(Object*);
intptr_t slot_sq_length(Object*);
Owned slot_sq_item(Object*, intptr_t);
int slot_sq_ass_item(Object*, intptr_t, Object*);
int slot_sq_contains(Object*, Object*);
int slot_mp_ass_subscript(Object*, Object*, Object*);

}  // namespace refscope::vm
