// The object protocol: CPython's abstract layer (PyObject_*, PyNumber_*, PySequence_*, PyMapping_*, PyIter_*) under our
// names, with the same results, errors and counts. Objects given are borrowed; results are new references.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

// Attributes
Owned object_get_attr(Object* object, Object* name);
Owned object_get_attr_string(Object* object, const char* name);
int object_lookup_attr(Object* object, Object* name, Object** result);  // 1 found, 0 absent (no exception), -1 error
int object_set_attr(Object* object, Object* name, Object* value_or_null);
bool object_has_attr(Object* object, Object* name);  // swallows exceptions, as hasattr does for AttributeError
Owned object_generic_get_attr(Object* object, Object* name);
int object_generic_set_attr(Object* object, Object* name, Object* value_or_null);
Owned object_generic_get_dict(Object* object, void* closure);
int object_generic_set_dict(Object* object, Object* value, void* closure);
Object* type_lookup(Type* type, Object* name);                    // _PyType_Lookup: borrowed, no exception
Owned object_lookup_special(Object* object, Object* name);        // nullptr without exception: absent
// _PyObject_GetMethod: 1: *method is unbound, call it with the object first; 0: *method is bound; result nullptr: error.
int object_get_method(Object* object, Object* name, Object** method);

// Whole-object operations
Owned object_repr(Object* object);
Owned object_str(Object* object);
Owned object_ascii(Object* object);
Owned object_bytes(Object* object);
Owned object_format(Object* object, Object* spec_or_null);
Hash object_hash(Object* object);
Hash object_hash_not_implemented(Object* object);
Owned object_rich_compare(Object* left, Object* right, int op);
int object_rich_compare_bool(Object* left, Object* right, int op);  // identity first; -1 error
int object_is_true(Object* object);
int object_not(Object* object);
intptr_t object_size(Object* object);  // len(); -1 error
intptr_t object_length_hint(Object* object, intptr_t fallback);
Owned object_dir(Object* object_or_null);
int object_is_instance(Object* object, Object* type_or_tuple);
int object_is_subclass(Object* type, Object* type_or_tuple);
bool callable_check(Object* object);
Owned object_self_iter(Object* object);

// Items
Owned object_get_item(Object* container, Object* key);
int object_set_item(Object* container, Object* key, Object* value);
int object_del_item(Object* container, Object* key);
Owned sequence_get_item(Object* sequence, intptr_t index);
int sequence_contains(Object* sequence, Object* item);
// _PySequence_IterSearch: how often, whether (0/1), or where (ValueError when nowhere) the item occurs. -1: error.
enum IterSearch : int { kIterCount = 1, kIterIndex = 2, kIterContains = 3 };
intptr_t sequence_iter_search(Object* iterable, Object* item, IterSearch operation);
Owned sequence_list(Object* iterable);
Owned sequence_tuple(Object* iterable);
Owned sequence_fast(Object* iterable, const char* error);  // list or tuple
Owned sequence_concat(Object* left, Object* right);
Owned sequence_repeat(Object* sequence, intptr_t count);
bool sequence_check(Object* object);
bool mapping_check(Object* object);
Owned mapping_keys(Object* mapping);
Owned mapping_items(Object* mapping);
Owned mapping_values(Object* mapping);

// Iteration
Owned object_get_iter(Object* object);
Owned iter_next(Object* iterator);  // nullptr without exception: exhausted (StopIteration swallowed)
bool iter_check(Object* object);
// The tp_iternext of classes that have none, so that a static base's is not inherited by accident.
Owned object_next_not_implemented(Object* object);
// PyIter_Send
int iter_send(Object* iterator, Object* value, Object** result);

// Numbers
Owned number_add(Object*, Object*);
Owned number_subtract(Object*, Object*);
Owned number_multiply(Object*, Object*);
Owned number_matrix_multiply(Object*, Object*);
Owned number_true_divide(Object*, Object*);
Owned number_floor_divide(Object*, Object*);
Owned number_remainder(Object*, Object*);
Owned number_divmod(Object*, Object*);
Owned number_power(Object*, Object*, Object* modulus_or_none);
Owned number_lshift(Object*, Object*);
Owned number_rshift(Object*, Object*);
Owned number_and(Object*, Object*);
Owned number_or(Object*, Object*);
Owned number_xor(Object*, Object*);
Owned number_inplace_add(Object*, Object*);
Owned number_inplace_subtract(Object*, Object*);
Owned number_inplace_multiply(Object*, Object*);
Owned number_inplace_matrix_multiply(Object*, Object*);
Owned number_inplace_true_divide(Object*, Object*);
Owned number_inplace_floor_divide(Object*, Object*);
Owned number_inplace_remainder(Object*, Object*);
Owned number_inplace_power(Object*, Object*, Object* modulus_or_none);
Owned number_inplace_lshift(Object*, Object*);
Owned number_inplace_rshift(Object*, Object*);
Owned number_inplace_and(Object*, Object*);
Owned number_inplace_or(Object*, Object*);
Owned number_inplace_xor(Object*, Object*);
Owned number_negative(Object*);
Owned number_positive(Object*);
Owned number_invert(Object*);
Owned number_absolute(Object*);
Owned number_int(Object*);    // PyNumber_Long
Owned number_float(Object*);
Owned number_index(Object*);  // an int, of no subclass
bool index_check(Object*);
bool number_check(Object*);
intptr_t number_as_ssize(Object* object, Type* overflow_error_or_null);  // -1 with exception; nullptr: clamp

}  // namespace refscope::vm
