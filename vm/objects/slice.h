// slice: start, stop and step as given, with CPython's free list of one.
#pragma once

#include <cstddef>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct SliceObject : Object {
    Object *start, *stop, *step;  // owned, None when left out
};

extern Type slice_type;

inline bool slice_check(const Object* object) { return object->type == &slice_type; }
Owned slice_new(Object* start_or_null, Object* stop_or_null, Object* step_or_null);
Owned slice_new_steal(Object* start, Object* stop, Object* step);  // takes the three references
Owned slice_from_indices(intptr_t start, intptr_t stop);
// PySlice_Unpack and PySlice_AdjustIndices: bounds as machine integers, then clipped to `length`; the result is the count.
int slice_unpack(Object* slice, intptr_t* start, intptr_t* stop, intptr_t* step);
intptr_t slice_adjust_indices(intptr_t length, intptr_t* start, intptr_t* stop, intptr_t step);
int slice_get_long_indices(Object* slice, Object* length, Object** start, Object** stop, Object** step);
// _PyEval_SliceIndex: None leaves *result alone; false with an exception. The second form refuses None.
bool slice_index(Object* value, intptr_t* result);
bool slice_index_not_none(Object* value, intptr_t* result);
void slice_clear_cache();

int init_slice_types();

}  // namespace refscope::vm
