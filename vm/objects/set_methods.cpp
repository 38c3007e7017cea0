// set and frozenset as Python sees them: constructors, methods, operators, iterator, types.
#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/set_internal.h"
#include "vm/objects/set_operations.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct SetIteratorObject : Object {
    SetObject* set;  // null: exhausted
    intptr_t used;
    intptr_t position;
    intptr_t remaining;
};

Owned set_repr(Object* self) {
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    const char* name = self->type->tp_name;
    if (guard.recursive()) return str_from_format("%s(...)", name);
    if (set_size(self) == 0) return str_from_format("%s()", name);
    Ref<Object> keys = own(sequence_list(self));
    if (!keys) return nullptr;
    Ref<Object> text = own(object_repr(keys.get()));
    if (!text) return nullptr;
    keys.reset();
    Ref<Object> inner = own(str_substring(text.get(), 1, str_length(text.get()) - 1));
    if (!inner) return nullptr;
    return set_check_exact(self) ? str_from_format("{%U}", inner.get()) : str_from_format("%s({%U})", name, inner.get());
}

intptr_t set_length(Object* self) { return set_size(self); }

// A set as a key stands for the frozenset with its items. `f` returns -1 with an exception.
template <class F>
int with_key(Object* key, F&& f) {
    int result = f(key);
    if (result >= 0 || !set_check(key) || !err_matches(exc::TypeError)) return result;
    err_clear();
    Ref<Object> frozen = own(set_make(&frozenset_type, key));
    return frozen ? f(frozen.get()) : -1;
}

int contains(Object* self, Object* key) {
    return with_key(key, [&](Object* k) { return set_contains(self, k); });
}

Owned set_or(Object* left, Object* right) {
    if (!anyset_check(left) || !anyset_check(right)) return new_not_implemented();
    Ref<Object> result = own(set_copy(left));
    if (!result) return nullptr;
    if (left != right && set_update(result.get(), right) < 0) return nullptr;
    return result.release();
}
template <Owned (*operation)(Object*, Object*)>
Owned set_binary(Object* left, Object* right) {
    if (!anyset_check(left) || !anyset_check(right)) return new_not_implemented();
    return operation(left, right);
}
template <int (*operation)(Object*, Object*)>
Owned set_inplace(Object* self, Object* other) {
    if (!anyset_check(other)) return new_not_implemented();
    return operation(self, other) < 0 ? nullptr : newref(self);
}
int intersection_update(Object* self, Object* other) {
    Ref<Object> common = own(set_intersection(self, other));
    if (!common) return -1;
    set_swap_bodies(as_set(self), as_set(common.get()));
    return 0;
}

// --- construction ---

Owned set_tp_new(Type* type, Object*, Object*) { return set_make(type, nullptr); }

int set_tp_init(Object* self, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("set", kwargs)) return -1;
    intptr_t count = tuple_size(args);
    if (!check_positional(self->type->tp_name, count, 0, 1)) return -1;
    if (as_set(self)->fill) set_clear(self);
    as_set(self)->hash = -1;
    return count ? set_update(self, tuple_get_item(args, 0)) : 0;
}

Owned set_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && !no_keyword_arguments("set", kwnames)) return nullptr;
    auto nargs = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    if (!check_positional("set", nargs, 0, 1)) return nullptr;
    return set_make(as_type(type), nargs ? args[0] : nullptr);
}

Owned make_frozenset(Type* type, Object* iterable) {
    if (type == &frozenset_type && iterable && frozenset_check_exact(iterable)) return newref(iterable);
    return set_make(type, iterable);
}

Owned frozenset_tp_new(Type* type, Object* args, Object* kwargs) {
    if ((type == &frozenset_type || type->tp_init == frozenset_type.tp_init) &&
        !no_keyword_arguments("frozenset", kwargs)) {
        return nullptr;
    }
    intptr_t count = tuple_size(args);
    if (!check_positional(type->tp_name, count, 0, 1)) return nullptr;
    return make_frozenset(type, count ? tuple_get_item(args, 0) : nullptr);
}

Owned frozenset_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && !no_keyword_arguments("frozenset", kwnames)) return nullptr;
    auto nargs = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    if (!check_positional("frozenset", nargs, 0, 1)) return nullptr;
    return make_frozenset(as_type(type), nargs ? args[0] : nullptr);
}

// --- methods ---

Owned method_add(Object* self, Object* key) { return set_add(self, key) < 0 ? nullptr : new_none(); }
Owned method_clear(Object* self, Object*) {
    set_clear(self);
    return new_none();
}
Owned method_contains(Object* self, Object* key) {
    int present = contains(self, key);
    return present < 0 ? nullptr : bool_from(present != 0);
}
Owned method_copy(Object* self, Object*) { return set_copy(self); }
Owned method_frozen_copy(Object* self, Object*) { return frozenset_check_exact(self) ? newref(self) : set_copy(self); }
Owned method_discard(Object* self, Object* key) {
    return with_key(key, [&](Object* k) { return set_discard(self, k); }) < 0 ? nullptr : new_none();
}
Owned method_remove(Object* self, Object* key) {
    int removed = with_key(key, [&](Object* k) { return set_discard(self, k); });
    if (removed < 0) return nullptr;
    if (removed) return new_none();
    dict_raise_key_error(key);
    return nullptr;
}
Owned method_pop(Object* self, Object*) { return set_pop(self); }

Owned method_update(Object* self, Object* const* args, intptr_t nargs) {
    for (intptr_t i = 0; i < nargs; ++i) {
        if (set_update(self, args[i]) < 0) return nullptr;
    }
    return new_none();
}
Owned method_union(Object* self, Object* const* args, intptr_t nargs) {
    Ref<Object> result = own(set_copy(self));
    if (!result) return nullptr;
    for (intptr_t i = 0; i < nargs; ++i) {
        if (args[i] != self && set_update(result.get(), args[i]) < 0) return nullptr;
    }
    return result.release();
}
Owned method_intersection(Object* self, Object* const* args, intptr_t nargs) {
    if (nargs == 0) return set_copy(self);
    Ref<Object> result = share(self);
    for (intptr_t i = 0; i < nargs; ++i) {
        Ref<Object> next = own(set_intersection(result.get(), args[i]));
        if (!next) return nullptr;
        result.reset_steal(next.release());
    }
    return result.release();
}
Owned method_intersection_update(Object* self, Object* const* args, intptr_t nargs) {
    Ref<Object> common = own(method_intersection(self, args, nargs));
    if (!common) return nullptr;
    set_swap_bodies(as_set(self), as_set(common.get()));
    return new_none();
}
Owned method_difference(Object* self, Object* const* args, intptr_t nargs) {
    if (nargs == 0) return set_copy(self);
    Ref<Object> result = own(set_difference(self, args[0]));
    if (!result) return nullptr;
    for (intptr_t i = 1; i < nargs; ++i) {
        if (set_difference_update(result.get(), args[i]) < 0) return nullptr;
    }
    return result.release();
}
Owned method_difference_update(Object* self, Object* const* args, intptr_t nargs) {
    for (intptr_t i = 0; i < nargs; ++i) {
        if (set_difference_update(self, args[i]) < 0) return nullptr;
    }
    return new_none();
}
Owned method_symmetric_difference_update(Object* self, Object* other) {
    return set_symmetric_difference_update(self, other) < 0 ? nullptr : new_none();
}
template <int (*predicate)(Object*, Object*)>
Owned method_predicate(Object* self, Object* other) {
    int result = predicate(self, other);
    return result < 0 ? nullptr : bool_from(result != 0);
}
Owned method_sizeof(Object* self, Object*) { return int_from_size(set_size_of(self)); }

Owned method_reduce(Object* self, Object*) {
    Ref<Object> keys = own(sequence_list(self));
    if (!keys) return nullptr;
    Ref<Object> arguments = own(tuple_pack({keys.get()}));
    if (!arguments) return nullptr;
    Ref<Object> state = own(object_get_state(self));
    return state ? tuple_pack({self->type, arguments.get(), state.get()}) : nullptr;
}

constexpr const char *kContainsDoc = "x.__contains__(y) <==> y in x.", *kCopyDoc = "Return a shallow copy of a set.",
                     *kDifferenceDoc = "Return the difference of two or more sets as a new set.\n\n"
                                       "(i.e. all elements that are in this set but not the others.)",
                     *kIntersectionDoc = "Return the intersection of two sets as a new set.\n\n"
                                         "(i.e. all elements that are in both sets.)",
                     *kDisjointDoc = "Return True if two sets have a null intersection.",
                     *kSubsetDoc = "Report whether another set contains this set.",
                     *kSupersetDoc = "Report whether this set contains another set.",
                     *kReduceDoc = "Return state information for pickling.",
                     *kSizeofDoc = "S.__sizeof__() -> size of S in memory, in bytes",
                     *kSymmetricDoc = "Return the symmetric difference of two sets as a new set.\n\n"
                                      "(i.e. all elements that are in exactly one of the sets.)",
                     *kUnionDoc = "Return the union of sets as a new set.\n\n"
                                  "(i.e. all elements that are in either set.)";

// What both have; `copy` differs.
#define RS_SET_METHODS(copy_function)                                                          \
    method_def("__contains__", method_contains, kMethO | kMethCoexist, kContainsDoc),          \
        method_def("copy", copy_function, kMethNoargs, kCopyDoc),                              \
        method_def("difference", method_difference, kMethFastcall, kDifferenceDoc),            \
        method_def("intersection", method_intersection, kMethFastcall, kIntersectionDoc),      \
        method_def("isdisjoint", method_predicate<set_is_disjoint>, kMethO, kDisjointDoc),     \
        method_def("issubset", method_predicate<set_is_subset>, kMethO, kSubsetDoc),           \
        method_def("issuperset", method_predicate<set_is_superset>, kMethO, kSupersetDoc),     \
        method_def("__reduce__", method_reduce, kMethNoargs, kReduceDoc),                      \
        method_def("__sizeof__", method_sizeof, kMethNoargs, kSizeofDoc),                      \
        method_def("symmetric_difference", set_symmetric_difference, kMethO, kSymmetricDoc),   \
        method_def("union", method_union, kMethFastcall, kUnionDoc),                           \
        method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585")

const MethodDef set_methods[] = {
    RS_SET_METHODS(method_copy),
    method_def("add", method_add, kMethO,
               "Add an element to a set.\n\nThis has no effect if the element is already present."),
    method_def("clear", method_clear, kMethNoargs, "Remove all elements from this set."),
    method_def("discard", method_discard, kMethO,
               "Remove an element from a set if it is a member.\n\nUnlike set.remove(), the discard() method does not raise\n"
               "an exception when an element is missing from the set."),
    method_def("difference_update", method_difference_update, kMethFastcall,
               "Remove all elements of another set from this set."),
    method_def("intersection_update", method_intersection_update, kMethFastcall,
               "Update a set with the intersection of itself and another."),
    method_def("pop", method_pop, kMethNoargs,
               "Remove and return an arbitrary set element.\nRaises KeyError if the set is empty."),
    method_def("remove", method_remove, kMethO,
               "Remove an element from a set; it must be a member.\n\nIf the element is not a member, raise a KeyError."),
    method_def("symmetric_difference_update", method_symmetric_difference_update, kMethO,
               "Update a set with the symmetric difference of itself and another."),
    method_def("update", method_update, kMethFastcall, "Update a set with the union of itself and others."),
    {nullptr, nullptr, 0, nullptr},
};
const MethodDef frozenset_methods[] = {RS_SET_METHODS(method_frozen_copy), {nullptr, nullptr, 0, nullptr}};
#undef RS_SET_METHODS

// --- iterator ---

SetIteratorObject* as_iterator(Object* object) { return static_cast<SetIteratorObject*>(object); }

Owned set_iter(Object* self) {
    auto* iterator = new_object<SetIteratorObject>(&set_iterator_type);
    if (!iterator) return nullptr;
    iterator->set = newref(as_set(self));
    iterator->used = iterator->remaining = set_size(self);
    iterator->position = 0;
    gc_track(iterator);
    return iterator;
}
Owned iterator_next(Object* self) {
    SetIteratorObject* iterator = as_iterator(self);
    SetObject* set = iterator->set;
    if (!set) return nullptr;
    if (iterator->used != set->used) {
        iterator->used = -1;
        return err_set_string(exc::RuntimeError, "Set changed size during iteration");
    }
    Object* key;
    if (set_next(set, &iterator->position, &key, nullptr)) {
        --iterator->remaining;
        return newref(key);
    }
    iterator->set = nullptr;
    decref(set);
    return nullptr;
}
void iterator_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(as_iterator(self)->set);
    free_object(self);
}
int iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_iterator(self)->set, Edge::field("set"));
    return 0;
}
Owned iterator_length_hint(Object* self, Object*) {
    SetIteratorObject* iterator = as_iterator(self);
    return int_from_ssize(iterator->set && iterator->used == iterator->set->used ? iterator->remaining : 0);
}
Owned iterator_reduce_method(Object* self, Object*) {
    // A copy is run to its end, so that the iterator itself stays where it is.
    SetIteratorObject* iterator = as_iterator(self);
    auto* copy = new_object<SetIteratorObject>(&set_iterator_type);
    if (!copy) return nullptr;
    copy->set = xnewref(iterator->set);
    copy->used = iterator->used;
    copy->position = iterator->position;
    copy->remaining = iterator->remaining;
    Ref<Object> held = own<Object>(copy);
    gc_track(copy);
    return iterator_reduce(ID(iter), sequence_list(copy), kNoIndex);
}
const MethodDef iterator_methods[] = {
    method_def("__length_hint__", iterator_length_hint, kMethNoargs, "Private method returning an estimate of len(list(it))."),
    method_def("__reduce__", iterator_reduce_method, kMethNoargs, kReduceDoc),
    {nullptr, nullptr, 0, nullptr},
};

Type make_type(const char* name, const char* doc, const MethodDef* methods) {
    Type type = static_type(name, sizeof(SetObject), 0, kHaveGc | kBaseType | kMatchSelf);
    type.tp_doc = doc;
    type.tp_dealloc = set_dealloc;
    type.tp_repr = set_repr;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = set_traverse;
    type.tp_clear = set_clear;
    type.tp_richcompare = set_rich_compare;
    type.tp_weaklistoffset = sizeof(SetObject) - sizeof(Object*);
    type.tp_iter = set_iter;
    type.tp_methods = methods;
    type.tp_alloc = type_generic_alloc;
    type.tp_free = type_generic_free;
    type.tp_sizeof = set_size_of;
    type.nb_subtract = set_binary<set_difference>;
    type.nb_and = set_binary<set_intersection>;
    type.nb_xor = set_binary<set_symmetric_difference>;
    type.nb_or = set_or;
    type.sq_length = set_length;
    type.sq_contains = contains;
    return type;
}

}  // namespace

Type set_type = [] {
    Type type = make_type("set",
                          "set() -> new empty set object\nset(iterable) -> new set object\n\n"
                          "Build an unordered collection of unique elements.",
                          set_methods);
    type.tp_hash = object_hash_not_implemented;
    type.tp_init = set_tp_init;
    type.tp_new = set_tp_new;
    type.tp_vectorcall = set_vectorcall;
    type.nb_inplace_subtract = set_inplace<set_difference_update>;
    type.nb_inplace_and = set_inplace<intersection_update>;
    type.nb_inplace_xor = set_inplace<set_symmetric_difference_update>;
    type.nb_inplace_or = set_inplace<set_update>;
    return type;
}();

Type frozenset_type = [] {
    Type type = make_type("frozenset",
                          "frozenset() -> empty frozenset object\nfrozenset(iterable) -> frozenset object\n\n"
                          "Build an immutable unordered collection of unique elements.",
                          frozenset_methods);
    type.tp_hash = frozenset_hash;
    type.tp_new = frozenset_tp_new;
    type.tp_vectorcall = frozenset_vectorcall;
    return type;
}();

Type set_iterator_type = [] {
    Type type = static_type("set_iterator", sizeof(SetIteratorObject), 0, kHaveGc);
    type.tp_dealloc = iterator_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = iterator_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = iterator_next;
    type.tp_methods = iterator_methods;
    return type;
}();

int init_set_types() {
    for (Type* type : {&set_type, &frozenset_type, &set_iterator_type}) {
        if (type_ready(type) < 0) return -1;
    }
    return 0;
}

}  // namespace refscope::vm
