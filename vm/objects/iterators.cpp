// Iterators over lists, tuples, other sequences, and a callable with a sentinel.
#include "vm/objects/iterators.h"

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

Owned iterator_reduce(Object* function_name, Object* argument, intptr_t index) {
    Ref<Object> held = own(argument);
    if (!held) return nullptr;
    Object* function = builtin_lookup(function_name);
    if (!function) return err_occurred() ? nullptr : err_format(exc::AttributeError, "%U", function_name);
    Ref<Object> held_function = share(function);
    Ref<Object> arguments = own(tuple_pack({argument}));
    if (!arguments) return nullptr;
    if (index == kNoIndex) return tuple_pack({function, arguments.get()});
    Ref<Object> number = own(int_from_ssize(index));
    return number ? tuple_pack({function, arguments.get(), number.get()}) : nullptr;
}

namespace {

// The four share one shape for the collector: one or two references after the header.
void list_iterator_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(static_cast<ListIteratorObject*>(self)->list);
    free_object(self);
}
int list_iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<ListIteratorObject*>(self)->list, Edge::field("sequence"));
    return 0;
}
void tuple_iterator_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(static_cast<TupleIteratorObject*>(self)->tuple);
    free_object(self);
}
int tuple_iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<TupleIteratorObject*>(self)->tuple, Edge::field("sequence"));
    return 0;
}

Owned list_next(Object* self) { return list_iterator_next(self); }
Owned tuple_next(Object* self) { return tuple_iterator_next(self); }

Owned list_length_hint(Object* self, Object*) {
    auto* iterator = static_cast<ListIteratorObject*>(self);
    intptr_t length = iterator->list ? iterator->list->size - iterator->index : 0;
    return int_from_ssize(length > 0 ? length : 0);
}
Owned list_reduce(Object* self, Object*) {
    auto* iterator = static_cast<ListIteratorObject*>(self);
    if (iterator->list) return iterator_reduce(ID(iter), newref<Object>(iterator->list), iterator->index);
    return iterator_reduce(ID(iter), list_new(0), kNoIndex);
}
Owned list_setstate(Object* self, Object* state) {
    auto* iterator = static_cast<ListIteratorObject*>(self);
    intptr_t index = int_as_ssize(state);
    if (index == -1 && err_occurred()) return nullptr;
    if (iterator->list) {
        if (index < 0) index = 0;
        else if (index > iterator->list->size) index = iterator->list->size;
        iterator->index = index;
    }
    return new_none();
}

Owned list_reverse_next(Object* self) {
    auto* iterator = static_cast<ListIteratorObject*>(self);
    ListObject* list = iterator->list;
    if (!list) return nullptr;
    if (iterator->index >= 0 && iterator->index < list->size) return newref(list->items[iterator->index--]);
    iterator->index = -1;
    iterator->list = nullptr;
    decref(list);
    return nullptr;
}
Owned list_reverse_length_hint(Object* self, Object*) {
    auto* iterator = static_cast<ListIteratorObject*>(self);
    intptr_t length = iterator->index + 1;
    return int_from_ssize(!iterator->list || iterator->list->size < length ? 0 : length);
}
Owned list_reverse_reduce(Object* self, Object*) {
    auto* iterator = static_cast<ListIteratorObject*>(self);
    if (iterator->list) return iterator_reduce(ID(reversed), newref<Object>(iterator->list), iterator->index);
    return iterator_reduce(ID(iter), list_new(0), kNoIndex);
}
Owned list_reverse_setstate(Object* self, Object* state) {
    auto* iterator = static_cast<ListIteratorObject*>(self);
    intptr_t index = int_as_ssize(state);
    if (index == -1 && err_occurred()) return nullptr;
    if (iterator->list) {
        if (index < -1) index = -1;
        else if (index > iterator->list->size - 1) index = iterator->list->size - 1;
        iterator->index = index;
    }
    return new_none();
}

Owned tuple_length_hint(Object* self, Object*) {
    auto* iterator = static_cast<TupleIteratorObject*>(self);
    return int_from_ssize(iterator->tuple ? iterator->tuple->size - iterator->index : 0);
}
Owned tuple_reduce(Object* self, Object*) {
    auto* iterator = static_cast<TupleIteratorObject*>(self);
    if (iterator->tuple) return iterator_reduce(ID(iter), newref<Object>(iterator->tuple), iterator->index);
    return iterator_reduce(ID(iter), tuple_new(0), kNoIndex);
}
Owned tuple_setstate(Object* self, Object* state) {
    auto* iterator = static_cast<TupleIteratorObject*>(self);
    intptr_t index = int_as_ssize(state);
    if (index == -1 && err_occurred()) return nullptr;
    if (iterator->tuple) {
        if (index < 0) index = 0;
        else if (index > iterator->tuple->size) index = iterator->tuple->size;
        iterator->index = index;
    }
    return new_none();
}

SequenceIteratorObject* as_sequence_iterator(Object* o) { return static_cast<SequenceIteratorObject*>(o); }

void sequence_iterator_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(as_sequence_iterator(self)->sequence);
    free_object(self);
}
int sequence_iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_sequence_iterator(self)->sequence, Edge::field("sequence"));
    return 0;
}
Owned sequence_next(Object* self) {
    SequenceIteratorObject* iterator = as_sequence_iterator(self);
    Object* sequence = iterator->sequence;
    if (!sequence) return nullptr;
    if (iterator->index == PTRDIFF_MAX) return err_set_string(exc::OverflowError, "iter index too large");
    Object* result = sequence_get_item(sequence, iterator->index);
    if (result) {
        ++iterator->index;
        return result;
    }
    if (err_matches(exc::IndexError) || err_matches(exc::StopIteration)) {
        err_clear();
        clear_ref(iterator->sequence);
    }
    return nullptr;
}
Owned sequence_length_hint(Object* self, Object*) {
    SequenceIteratorObject* iterator = as_sequence_iterator(self);
    if (!iterator->sequence) return int_from_ssize(0);
    Type* type = iterator->sequence->type;
    if (!type->sq_length && !type->mp_length) return new_not_implemented();
    intptr_t size = object_size(iterator->sequence);
    if (size < 0) return nullptr;
    intptr_t length = size - iterator->index;
    return int_from_ssize(length > 0 ? length : 0);
}
Owned sequence_reduce(Object* self, Object*) {
    SequenceIteratorObject* iterator = as_sequence_iterator(self);
    if (iterator->sequence) return iterator_reduce(ID(iter), newref(iterator->sequence), iterator->index);
    return iterator_reduce(ID(iter), tuple_new(0), kNoIndex);
}
Owned sequence_setstate(Object* self, Object* state) {
    SequenceIteratorObject* iterator = as_sequence_iterator(self);
    intptr_t index = int_as_ssize(state);
    if (index == -1 && err_occurred()) return nullptr;
    if (iterator->sequence) iterator->index = index < 0 ? 0 : index;
    return new_none();
}

CallableIteratorObject* as_callable_iterator(Object* o) { return static_cast<CallableIteratorObject*>(o); }

void callable_iterator_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(as_callable_iterator(self)->callable);
    clear_ref(as_callable_iterator(self)->sentinel);
    free_object(self);
}
int callable_iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_callable_iterator(self)->callable, Edge::field("callable"));
    RS_VISIT(as_callable_iterator(self)->sentinel, Edge::field("sentinel"));
    return 0;
}
Owned callable_next(Object* self) {
    CallableIteratorObject* iterator = as_callable_iterator(self);
    if (!iterator->callable) return nullptr;
    Ref<Object> result = own(object_call_noargs(iterator->callable));
    if (result) {
        // The call may have exhausted the iterator.
        if (!iterator->sentinel) return result.release();
        int equal = object_rich_compare_bool(iterator->sentinel, result.get(), kEQ);
        if (equal == 0) return result.release();
        result.reset();
        if (equal > 0) {
            clear_ref(iterator->callable);
            clear_ref(iterator->sentinel);
        }
    } else if (err_matches(exc::StopIteration)) {
        err_clear();
        clear_ref(iterator->callable);
        clear_ref(iterator->sentinel);
    }
    return nullptr;
}
Owned callable_reduce(Object* self, Object*) {
    CallableIteratorObject* iterator = as_callable_iterator(self);
    if (!iterator->callable || !iterator->sentinel) return iterator_reduce(ID(iter), tuple_new(0), kNoIndex);
    Object* function = builtin_lookup(ID(iter));
    if (!function) return nullptr;
    Ref<Object> arguments = own(tuple_pack({iterator->callable, iterator->sentinel}));
    return arguments ? tuple_pack({function, arguments.get()}) : nullptr;
}

constexpr const char* kHintDoc = "Private method returning an estimate of len(list(it)).";
constexpr const char* kReduceDoc = "Return state information for pickling.";
constexpr const char* kStateDoc = "Set state information for unpickling.";
#define RS_ITERATOR_METHODS(name)                                              \
    const MethodDef name##_methods[] = {                                       \
        method_def("__length_hint__", name##_length_hint, kMethNoargs, kHintDoc), \
        method_def("__reduce__", name##_reduce, kMethNoargs, kReduceDoc),      \
        method_def("__setstate__", name##_setstate, kMethO, kStateDoc),        \
        {nullptr, nullptr, 0, nullptr},                                        \
    }
RS_ITERATOR_METHODS(list);
RS_ITERATOR_METHODS(list_reverse);
RS_ITERATOR_METHODS(tuple);
RS_ITERATOR_METHODS(sequence);
#undef RS_ITERATOR_METHODS
const MethodDef callable_methods[] = {
    method_def("__reduce__", callable_reduce, kMethNoargs, kReduceDoc),
    {nullptr, nullptr, 0, nullptr},
};

Type iterator_type(const char* name, DestructorFn dealloc, TraverseFn traverse, UnaryFn next, const MethodDef* methods) {
    Type type = static_type(name, 32, 0, kHaveGc);
    type.tp_dealloc = dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = next;
    type.tp_methods = methods;
    return type;
}
static_assert(sizeof(ListIteratorObject) == 32 && sizeof(TupleIteratorObject) == 32);
static_assert(sizeof(SequenceIteratorObject) == 32 && sizeof(CallableIteratorObject) == 32);

}  // namespace

Type list_iterator_type = iterator_type("list_iterator", list_iterator_dealloc, list_iterator_traverse, list_next, list_methods);
Type list_reverse_iterator_type =
    iterator_type("list_reverseiterator", list_iterator_dealloc, list_iterator_traverse, list_reverse_next, list_reverse_methods);
Type tuple_iterator_type =
    iterator_type("tuple_iterator", tuple_iterator_dealloc, tuple_iterator_traverse, tuple_next, tuple_methods);
Type sequence_iterator_type =
    iterator_type("iterator", sequence_iterator_dealloc, sequence_iterator_traverse, sequence_next, sequence_methods);
Type callable_iterator_type = iterator_type("callable_iterator", callable_iterator_dealloc, callable_iterator_traverse,
                                            callable_next, callable_methods);

Owned list_iterator_new(Object* list) {
    auto* iterator = new_object<ListIteratorObject>(&list_iterator_type);
    if (!iterator) return nullptr;
    iterator->index = 0;
    iterator->list = newref(as_list(list));
    gc_track(iterator);
    return iterator;
}
Owned tuple_iterator_new(Object* tuple) {
    auto* iterator = new_object<TupleIteratorObject>(&tuple_iterator_type);
    if (!iterator) return nullptr;
    iterator->index = 0;
    iterator->tuple = newref(as_tuple(tuple));
    gc_track(iterator);
    return iterator;
}
Owned sequence_iterator_new(Object* sequence) {
    auto* iterator = new_object<SequenceIteratorObject>(&sequence_iterator_type);
    if (!iterator) return nullptr;
    iterator->index = 0;
    iterator->sequence = newref(sequence);
    gc_track(iterator);
    return iterator;
}
Owned callable_iterator_new(Object* callable, Object* sentinel) {
    auto* iterator = new_object<CallableIteratorObject>(&callable_iterator_type);
    if (!iterator) return nullptr;
    iterator->callable = newref(callable);
    iterator->sentinel = newref(sentinel);
    gc_track(iterator);
    return iterator;
}

int init_iterator_types() {
    for (Type* type : {&list_iterator_type, &list_reverse_iterator_type, &tuple_iterator_type, &sequence_iterator_type,
                       &callable_iterator_type}) {
        if (type_ready(type) < 0) return -1;
    }
    return 0;
}

}  // namespace refscope::vm
