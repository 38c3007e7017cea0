// tuple: a fixed array of references inside the object.
//
// `()` is one static object. Tuples of 1 to 19 items go through CPython's free lists. A new tuple is tracked at
// once; the collector untracks those that hold nothing tracked (tuple_maybe_untrack).
#pragma once

#include <initializer_list>

#include "vm/heap/collector_state.h"
#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct TupleObject : VarObject {
    Object* items[];
};

extern Type tuple_type;

inline bool tuple_check_exact(const Object* object) { return object->type == &tuple_type; }
inline bool tuple_check(const Object* object) { return fast_subclass(object, kTupleSubclass); }
inline TupleObject* as_tuple(Object* object) { return static_cast<TupleObject*>(object); }

Object* empty_tuple();          // borrowed
Owned tuple_new(intptr_t size);  // items null: fill with tuple_init_item before anyone sees it
inline intptr_t tuple_size(const Object* tuple) { return static_cast<const VarObject*>(tuple)->size; }
inline Object* tuple_get_item(const Object* tuple, intptr_t index) {  // borrowed, unchecked
    return static_cast<const TupleObject*>(tuple)->items[index];
}
inline Object** tuple_items(Object* tuple) { return static_cast<TupleObject*>(tuple)->items; }
inline void tuple_init_item(Object* tuple, intptr_t index, Object* stolen) {
    static_cast<TupleObject*>(tuple)->items[index] = stolen;
}
Owned tuple_pack(std::initializer_list<Object*> items);  // takes references of its own
Owned tuple_from_array(Object* const* items, intptr_t count);
Owned tuple_from_array_steal(Object* const* items, intptr_t count);  // steals also on failure
Owned tuple_get_slice(Object* tuple, intptr_t low, intptr_t high);
// _PyTuple_Resize: *slot holds a tuple that nobody else has seen. On failure it is released and the slot null.
int tuple_resize(Object** slot, intptr_t new_size);
// False for what the collector need not know because of this reference: atomic objects and untracked tuples.
inline bool gc_may_be_tracked(Object* object) {
    return is_collected(object) && (!tuple_check_exact(object) || gc_is_tracked(object));
}
// Untracks a tuple whose items are all complete and untracked.
void tuple_maybe_untrack(Object* tuple);
Hash tuple_hash(Object* tuple);

void tuple_clear_free_lists();
int init_tuple_types();

}  // namespace refscope::vm
