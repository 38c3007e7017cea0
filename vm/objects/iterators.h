// The iterators over lists, tuples, any sequence (`iterator`) and a callable with a sentinel.
//
// Each owns its container until it is exhausted, then drops it. FOR_ITER reads the list and tuple iterators directly.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

struct ListIteratorObject : Object {
    intptr_t index;
    ListObject* list;  // null: exhausted
};
struct TupleIteratorObject : Object {
    intptr_t index;
    TupleObject* tuple;  // null: exhausted
};
struct SequenceIteratorObject : Object {
    intptr_t index;
    Object* sequence;  // null: exhausted
};
struct CallableIteratorObject : Object {
    Object* callable;  // null: exhausted
    Object* sentinel;
};

extern Type list_iterator_type, list_reverse_iterator_type, tuple_iterator_type, sequence_iterator_type,
    callable_iterator_type;

// FOR_ITER over a list: a new reference, or nullptr without an exception when exhausted.
inline Object* list_iterator_next(Object* object) {
    auto* iterator = static_cast<ListIteratorObject*>(object);
    ListObject* list = iterator->list;
    if (!list) return nullptr;
    if (iterator->index < list->size) return newref(list->items[iterator->index++]);
    iterator->list = nullptr;
    decref(list);
    return nullptr;
}
inline Object* tuple_iterator_next(Object* object) {
    auto* iterator = static_cast<TupleIteratorObject*>(object);
    TupleObject* tuple = iterator->tuple;
    if (!tuple) return nullptr;
    if (iterator->index < tuple->size) return newref(tuple->items[iterator->index++]);
    iterator->tuple = nullptr;
    decref(tuple);
    return nullptr;
}

Owned list_iterator_new(Object* list);
Owned tuple_iterator_new(Object* tuple);
Owned sequence_iterator_new(Object* sequence);                       // PySeqIter_New
Owned callable_iterator_new(Object* callable, Object* sentinel);      // PyCallIter_New
// __reduce__ of iterators: (builtin of that name, (argument,)[, index]); takes the argument; index kNoIndex: none.
inline constexpr intptr_t kNoIndex = INTPTR_MIN;  // (function, (argument,)) without a state
Owned iterator_reduce(Object* function_name, Object* stolen_argument, intptr_t index);
int init_iterator_types();

}  // namespace refscope::vm
