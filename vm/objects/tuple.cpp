// tuple.
//
// Free lists are chained through the first item, one chain for each length from 1 to 20.
#include "vm/objects/tuple.h"

#include <bit>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/small_alloc.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/compare_items.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/iterators.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/type.h"

namespace refscope::vm {

void forget_watched(const Object* object);  // vm/heap/release.cpp

namespace {

constexpr intptr_t kFreeListSizes = 20, kFreeListLimit = 2000;
TupleObject* free_tuples[kFreeListSizes];
int free_counts[kFreeListSizes];

struct StaticTuple {
    GcHead head;
    Object object;
    intptr_t size;
};
StaticTuple empty{{0, 0}, {1, 0, &tuple_type}, 0};

bool put_on_free_list(Object* object) {
    intptr_t index = tuple_size(object) - 1;
    if (index < 0 || index >= kFreeListSizes || free_counts[index] >= kFreeListLimit || !tuple_check_exact(object)) {
        return false;
    }
    if (RS_UNLIKELY(object->refcount < 0)) forget_watched(object);
    TupleObject* tuple = as_tuple(object);
    tuple->type = nullptr;
    tuple->items[0] = reinterpret_cast<Object*>(free_tuples[index]);
    free_tuples[index] = tuple;
    ++free_counts[index];
    return true;
}

// Untracked, items unset.
TupleObject* allocate_tuple(intptr_t size) {
    intptr_t index = size - 1;
    if (RS_LIKELY(index < kFreeListSizes)) {
        if (TupleObject* tuple = free_tuples[index]) {
            free_tuples[index] = reinterpret_cast<TupleObject*>(tuple->items[0]);
            --free_counts[index];
            tuple->refcount = 1;
            tuple->site = current_site();
            tuple->type = &tuple_type;
            if (RS_UNLIKELY(allocation_listened)) notify_allocated(tuple);
            return tuple;
        }
    } else if (size > (PTRDIFF_MAX - 64) / static_cast<intptr_t>(sizeof(Object*))) {
        err_no_memory();
        return nullptr;
    }
    return new_var_object<TupleObject>(&tuple_type, size);
}

}  // namespace

Object* empty_tuple() { return &empty.object; }

Owned tuple_new(intptr_t size) {
    if (size == 0) return newref(empty_tuple());
    TupleObject* tuple = allocate_tuple(size);
    if (!tuple) return nullptr;
    for (intptr_t i = 0; i < size; ++i) tuple->items[i] = nullptr;
    gc_track(tuple);
    return tuple;
}

Owned tuple_from_array(Object* const* items, intptr_t count) {
    if (count == 0) return newref(empty_tuple());
    TupleObject* tuple = allocate_tuple(count);
    if (!tuple) return nullptr;
    for (intptr_t i = 0; i < count; ++i) tuple->items[i] = newref(items[i]);
    gc_track(tuple);
    return tuple;
}

Owned tuple_from_array_steal(Object* const* items, intptr_t count) {
    if (count == 0) return newref(empty_tuple());
    TupleObject* tuple = allocate_tuple(count);
    if (!tuple) {
        for (intptr_t i = 0; i < count; ++i) decref(items[i]);
        return nullptr;
    }
    std::memcpy(tuple->items, items, static_cast<size_t>(count) * sizeof(Object*));
    gc_track(tuple);
    return tuple;
}

Owned tuple_pack(std::initializer_list<Object*> items) {
    return tuple_from_array(items.begin(), static_cast<intptr_t>(items.size()));
}

Owned tuple_get_slice(Object* tuple, intptr_t low, intptr_t high) {
    intptr_t size = tuple_size(tuple);
    if (low < 0) low = 0;
    if (high > size) high = size;
    if (high < low) high = low;
    if (low == 0 && high == size && tuple_check_exact(tuple)) return newref(tuple);
    return tuple_from_array(tuple_items(tuple) + low, high - low);
}

int tuple_resize(Object** slot, intptr_t new_size) {
    Object* tuple = *slot;
    intptr_t old_size = tuple_size(tuple);
    if (old_size == new_size) return 0;
    if (new_size == 0 || old_size == 0) {
        decref(tuple);
        *slot = tuple_new(new_size);
        return *slot ? 0 : -1;
    }
    gc_untrack(tuple);
    for (intptr_t i = new_size; i < old_size; ++i) clear_ref(as_tuple(tuple)->items[i]);
    as_tuple(tuple)->size = new_size < old_size ? new_size : old_size;
    Object* moved = reallocate_object(tuple, sizeof(TupleObject) + static_cast<size_t>(new_size) * sizeof(Object*));
    if (!moved) {
        *slot = nullptr;
        decref(tuple);
        return -1;
    }
    for (intptr_t i = old_size; i < new_size; ++i) as_tuple(moved)->items[i] = nullptr;
    as_tuple(moved)->size = new_size;
    *slot = moved;
    gc_track(moved);
    return 0;
}

void tuple_maybe_untrack(Object* tuple) {
    if (!tuple_check_exact(tuple) || !gc_is_tracked(tuple)) return;
    for (intptr_t i = 0; i < tuple_size(tuple); ++i) {
        Object* item = tuple_get_item(tuple, i);
        if (!item || gc_may_be_tracked(item)) return;
    }
    gc_untrack_unchecked(tuple);
}

Hash tuple_hash(Object* tuple) {
    constexpr uint64_t kPrime1 = 11400714785074694791ull, kPrime2 = 14029467366897019727ull,
                       kPrime5 = 2870177450012600261ull;
    uint64_t accumulator = kPrime5;
    intptr_t size = tuple_size(tuple);
    for (intptr_t i = 0; i < size; ++i) {
        Hash lane = object_hash(tuple_get_item(tuple, i));
        if (lane == -1) return -1;
        accumulator += static_cast<uint64_t>(lane) * kPrime2;
        accumulator = std::rotl(accumulator, 31) * kPrime1;
    }
    accumulator += static_cast<uint64_t>(size) ^ (kPrime5 ^ 3527539ull);
    return accumulator == ~uint64_t{0} ? 1546275796 : static_cast<Hash>(accumulator);
}

void tuple_clear_free_lists() {
    for (intptr_t i = 0; i < kFreeListSizes; ++i) {
        TupleObject* tuple = free_tuples[i];
        free_tuples[i] = nullptr;
        free_counts[i] = 0;
        while (tuple) {
            auto* next = reinterpret_cast<TupleObject*>(tuple->items[0]);
            tuple->refcount = 0;
            tuple->type = &tuple_type;
            free_object_uncounted(tuple);
            tuple = next;
        }
    }
}

namespace {

void tuple_dealloc(Object* object) {
    gc_untrack(object);
    if (!trash_begin(object)) return;
    TupleObject* tuple = as_tuple(object);
    for (intptr_t i = tuple->size; --i >= 0;) {
        Object* item = tuple->items[i];
        tuple->items[i] = nullptr;
        xdecref(item);
    }
    if (!put_on_free_list(object)) object->type->tp_free(object);
    trash_end();
}

int tuple_traverse(Object* object, Visit visit, void* context) {
    for (intptr_t i = tuple_size(object); --i >= 0;) {
        RS_VISIT(tuple_get_item(object, i), Edge::at(EdgeKind::kItem, static_cast<uint32_t>(i)));
    }
    return 0;
}

Owned tuple_repr(Object* self) {
    intptr_t size = tuple_size(self);
    if (size == 0) return str_from_string("()");
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return str_from_string("(...)");
    StrWriter writer(size > 1 ? 1 + 1 + (2 + 1) * (size - 1) + 1 : 4);
    if (!writer.put('(')) return nullptr;
    for (intptr_t i = 0; i < size; ++i) {
        if (i > 0 && !writer.put_ascii(", ")) return nullptr;
        Ref<Object> text = own(object_repr(tuple_get_item(self, i)));
        if (!text || !writer.put_str(text.get())) return nullptr;
    }
    if (!writer.put_ascii(size > 1 ? ")" : ",)")) return nullptr;
    return writer.finish();
}

// The tuple keeps its items alive: no item is held apart from it.
inline int tuple_item_equals(Object* item, Object* value) {
    if (item == value) return 1;
    int equal = items_equal_fast(item, value);
    return equal >= 0 ? equal : object_rich_compare_bool(item, value, kEQ);
}

Owned tuple_rich_compare(Object* left, Object* right, int op) {
    if (!tuple_check(left) || !tuple_check(right)) return new_not_implemented();
    intptr_t left_size = tuple_size(left), right_size = tuple_size(right), i = 0;
    for (; i < left_size && i < right_size; ++i) {
        int equal = tuple_item_equals(tuple_get_item(left, i), tuple_get_item(right, i));
        if (equal < 0) return nullptr;
        if (!equal) break;
    }
    if (i >= left_size || i >= right_size) return bool_from(compare_sizes(left_size, right_size, op));
    if (op == kEQ) return bool_from(false);
    if (op == kNE) return bool_from(true);
    return object_rich_compare(tuple_get_item(left, i), tuple_get_item(right, i), op);
}

intptr_t tuple_length(Object* self) { return tuple_size(self); }

int tuple_contains(Object* self, Object* value) {
    for (intptr_t i = 0; i < tuple_size(self); ++i) {
        int equal = tuple_item_equals(tuple_get_item(self, i), value);
        if (equal) return equal;
    }
    return 0;
}

Owned tuple_item(Object* self, intptr_t index) {
    if (static_cast<size_t>(index) >= static_cast<size_t>(tuple_size(self))) {
        return err_set_string(exc::IndexError, "tuple index out of range");
    }
    return newref(tuple_get_item(self, index));
}

Owned tuple_concat(Object* left, Object* right) {
    if (tuple_size(left) == 0 && tuple_check_exact(right)) return newref(right);
    if (!tuple_check(right)) {
        return err_format(exc::TypeError, "can only concatenate tuple (not \"%.200s\") to tuple", right->type->tp_name);
    }
    if (tuple_size(right) == 0 && tuple_check_exact(left)) return newref(left);
    intptr_t left_size = tuple_size(left), right_size = tuple_size(right);
    if (left_size > PTRDIFF_MAX - right_size) return err_no_memory();
    if (left_size + right_size == 0) return newref(empty_tuple());
    TupleObject* result = allocate_tuple(left_size + right_size);
    if (!result) return nullptr;
    for (intptr_t i = 0; i < left_size; ++i) result->items[i] = newref(tuple_get_item(left, i));
    for (intptr_t i = 0; i < right_size; ++i) result->items[left_size + i] = newref(tuple_get_item(right, i));
    gc_track(result);
    return result;
}

Owned tuple_repeat(Object* self, intptr_t count) {
    intptr_t size = tuple_size(self);
    if ((size == 0 || count == 1) && tuple_check_exact(self)) return newref(self);
    if (size == 0 || count <= 0) return newref(empty_tuple());
    if (size > PTRDIFF_MAX / count) return err_no_memory();
    TupleObject* result = allocate_tuple(size * count);
    if (!result) return nullptr;
    Object** target = result->items;
    for (intptr_t n = 0; n < count; ++n) {
        for (intptr_t i = 0; i < size; ++i) *target++ = newref(tuple_get_item(self, i));
    }
    gc_track(result);
    return result;
}

Owned tuple_subscript(Object* self, Object* index) {
    if (index_check(index)) {
        intptr_t i = number_as_ssize(index, &exc::IndexError);
        if (i == -1 && err_occurred()) return nullptr;
        if (i < 0) i += tuple_size(self);
        return tuple_item(self, i);
    }
    if (!slice_check(index)) {
        return err_format(exc::TypeError, "tuple indices must be integers or slices, not %.200s", index->type->tp_name);
    }
    intptr_t start, stop, step;
    if (slice_unpack(index, &start, &stop, &step) < 0) return nullptr;
    intptr_t count = slice_adjust_indices(tuple_size(self), &start, &stop, step);
    if (count <= 0) return newref(empty_tuple());
    if (start == 0 && step == 1 && count == tuple_size(self) && tuple_check_exact(self)) return newref(self);
    TupleObject* result = allocate_tuple(count);
    if (!result) return nullptr;
    for (intptr_t i = 0, at = start; i < count; ++i, at += step) result->items[i] = newref(tuple_get_item(self, at));
    gc_track(result);
    return result;
}

Owned make_tuple(Type* type, Object* iterable) {
    if (type == &tuple_type) return iterable ? sequence_tuple(iterable) : newref(empty_tuple());
    Ref<Object> items = own(make_tuple(&tuple_type, iterable));
    if (!items) return nullptr;
    intptr_t size = tuple_size(items.get());
    Object* result = type->tp_alloc(type, size);
    if (!result) return nullptr;
    for (intptr_t i = 0; i < size; ++i) as_tuple(result)->items[i] = newref(tuple_get_item(items.get(), i));
    if (!gc_is_tracked(result)) gc_track(result);
    return result;
}

Owned tuple_tp_new(Type* type, Object* args, Object* kwargs) {
    if ((type == &tuple_type || type->tp_init == tuple_type.tp_init) && !no_keyword_arguments("tuple", kwargs)) {
        return nullptr;
    }
    intptr_t count = tuple_size(args);
    if (!check_positional("tuple", count, 0, 1)) return nullptr;
    return make_tuple(type, count ? tuple_get_item(args, 0) : nullptr);
}

Owned tuple_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && !no_keyword_arguments("tuple", kwnames)) return nullptr;
    auto nargs = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    if (!check_positional("tuple", nargs, 0, 1)) return nullptr;
    return make_tuple(as_type(type), nargs ? args[0] : nullptr);
}

Owned method_index(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("index", nargs, 1, 3)) return nullptr;
    intptr_t start = 0, stop = PTRDIFF_MAX, size = tuple_size(self);
    if (nargs > 1 && !slice_index_not_none(args[1], &start)) return nullptr;
    if (nargs > 2 && !slice_index_not_none(args[2], &stop)) return nullptr;
    if (start < 0) start = start + size < 0 ? 0 : start + size;
    if (stop < 0) stop += size;
    else if (stop > size) stop = size;
    for (intptr_t i = start; i < stop; ++i) {
        int equal = tuple_item_equals(tuple_get_item(self, i), args[0]);
        if (equal < 0) return nullptr;
        if (equal) return int_from_ssize(i);
    }
    return err_set_string(exc::ValueError, "tuple.index(x): x not in tuple");
}

Owned method_count(Object* self, Object* value) {
    intptr_t count = 0;
    for (intptr_t i = 0; i < tuple_size(self); ++i) {
        int equal = tuple_item_equals(tuple_get_item(self, i), value);
        if (equal < 0) return nullptr;
        count += equal;
    }
    return int_from_ssize(count);
}

Owned method_getnewargs(Object* self, Object*) {
    Ref<Object> copy = own(tuple_from_array(tuple_items(self), tuple_size(self)));
    return copy ? tuple_pack({copy.get()}) : nullptr;
}

const MethodDef tuple_methods[] = {
    method_def("__getnewargs__", method_getnewargs, kMethNoargs, "__getnewargs__($self, /)\n--\n\n"),
    method_def("index", method_index, kMethFastcall,
               "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nReturn first index of value.\n\n"
               "Raises ValueError if the value is not present."),
    method_def("count", method_count, kMethO, "count($self, value, /)\n--\n\nReturn number of occurrences of value."),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"),
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Type tuple_type = [] {
    Type type = static_type("tuple", sizeof(TupleObject), sizeof(Object*),
                            kHaveGc | kBaseType | kTupleSubclass | kMatchSelf | kSequencePattern | kItemsInline);
    type.tp_doc =
        "tuple(iterable=(), /)\n--\n\nBuilt-in immutable sequence.\n\n"
        "If no argument is given, the constructor returns an empty tuple.\n"
        "If iterable is specified the tuple is initialized from iterable's items.\n\n"
        "If the argument is a tuple, the return value is the same object.";
    type.tp_dealloc = tuple_dealloc;
    type.tp_repr = tuple_repr;
    type.tp_hash = tuple_hash;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = tuple_traverse;
    type.tp_richcompare = tuple_rich_compare;
    type.tp_iter = tuple_iterator_new;
    type.tp_methods = tuple_methods;
    type.tp_new = tuple_tp_new;
    type.tp_free = type_generic_free;
    type.tp_vectorcall = tuple_vectorcall;
    type.sq_length = tuple_length;
    type.sq_concat = tuple_concat;
    type.sq_repeat = tuple_repeat;
    type.sq_item = tuple_item;
    type.sq_contains = tuple_contains;
    type.mp_length = tuple_length;
    type.mp_subscript = tuple_subscript;
    return type;
}();

int init_tuple_types() {
    register_static_object(empty_tuple());
    return type_ready(&tuple_type);
}

}  // namespace refscope::vm
