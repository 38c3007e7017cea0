// The iterators of str: one type for ASCII text, one for the rest, as in CPython 3.11.
#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct StrIterator : Object {
    intptr_t index;
    Object* text;  // nullptr: exhausted
};

Owned next(Object* self) {
    auto* iterator = static_cast<StrIterator*>(self);
    Object* text = iterator->text;
    if (!text) return nullptr;
    if (iterator->index < str_length(text)) return str_from_ordinal(str_read(text, iterator->index++));
    iterator->text = nullptr;
    decref(text);
    return nullptr;
}
Owned next_ascii(Object* self) {
    auto* iterator = static_cast<StrIterator*>(self);
    Object* text = iterator->text;
    if (!text) return nullptr;
    if (iterator->index < str_length(text)) return newref(str_character(str_latin1(text)[iterator->index++]));
    iterator->text = nullptr;
    decref(text);
    return nullptr;
}

void dealloc(Object* self) {
    gc_untrack(self);
    xdecref(static_cast<StrIterator*>(self)->text);
    free_object(self);
}
int traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<StrIterator*>(self)->text, Edge::field("string"));
    return 0;
}

Owned length_hint(Object* self, Object*) {
    auto* iterator = static_cast<StrIterator*>(self);
    intptr_t left = iterator->text ? str_length(iterator->text) - iterator->index : 0;
    return int_from_ssize(left < 0 ? 0 : left);
}
Owned reduce(Object* self, Object*) {
    auto* iterator = static_cast<StrIterator*>(self);
    auto function = own(xnewref(builtin_lookup(ID(iter))));
    if (!function) return nullptr;
    auto arguments = own(tuple_pack({iterator->text ? iterator->text : str_empty()}));
    if (!arguments) return nullptr;
    if (!iterator->text) return tuple_pack({function.get(), arguments.get()});
    auto index = own(int_from_ssize(iterator->index));
    return index ? tuple_pack({function.get(), arguments.get(), index.get()}) : nullptr;
}
Owned set_state(Object* self, Object* state) {
    auto* iterator = static_cast<StrIterator*>(self);
    intptr_t index = int_as_ssize(state);
    if (index == -1 && err_occurred()) return nullptr;
    if (iterator->text) {
        intptr_t length = str_length(iterator->text);
        iterator->index = index < 0 ? 0 : index > length ? length : index;
    }
    return new_none();
}

const MethodDef methods[] = {
    method_def("__length_hint__", length_hint, kMethNoargs),
    method_def("__reduce__", reduce, kMethNoargs),
    method_def("__setstate__", set_state, kMethO),
    {nullptr, nullptr, 0},
};

Type iterator_type(const char* name, UnaryFn next_function) {
    Type t = static_type(name, sizeof(StrIterator), 0, kHaveGc);
    t.tp_dealloc = dealloc;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = traverse;
    t.tp_iter = object_self_iter;
    t.tp_iternext = next_function;
    t.tp_methods = methods;
    return t;
}

}  // namespace

Type str_iterator_type = iterator_type("str_iterator", next);
Type str_ascii_iterator_type = iterator_type("str_ascii_iterator", next_ascii);

Owned str_iterator_new(Object* text) {
    auto* iterator = new_object<StrIterator>(str_is_ascii(text) ? &str_ascii_iterator_type : &str_iterator_type);
    if (!iterator) return nullptr;
    iterator->index = 0;
    iterator->text = newref(text);
    gc_track(iterator);
    return iterator;
}

int init_str_iterator_types() { return type_ready(&str_iterator_type) < 0 ? -1 : type_ready(&str_ascii_iterator_type); }

}  // namespace refscope::vm
