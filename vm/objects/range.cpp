#include "vm/objects/range.h"

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

RangeObject* as_range(Object* object) { return static_cast<RangeObject*>(object); }

// The number of items, for any ints.
Owned range_length_of(Object* start, Object* stop, Object* step) {
    int64_t a, b, s;
    int o1, o2, o3;
    a = int_as_int64_overflow(start, &o1);
    b = int_as_int64_overflow(stop, &o2);
    s = int_as_int64_overflow(step, &o3);
    if (!o1 && !o2 && !o3) {
        uint64_t count = 0;
        if (s > 0 && a < b) count = (static_cast<uint64_t>(b) - static_cast<uint64_t>(a) - 1) / static_cast<uint64_t>(s) + 1;
        else if (s < 0 && a > b) count = (static_cast<uint64_t>(a) - static_cast<uint64_t>(b) - 1) / (0 - static_cast<uint64_t>(s)) + 1;
        return int_from_uint64(count);
    }
    bool up = int_sign(step) > 0;
    Object *low = up ? start : stop, *high = up ? stop : start;
    if (int_compare(low, high) >= 0) return newref(small_int(0));
    auto distance = own(int_subtract(high, low));
    if (!distance) return nullptr;
    distance = own(int_subtract(distance.get(), small_int(1)));
    auto stride = own(up ? newref(step) : int_negative(step));
    if (!distance || !stride) return nullptr;
    auto count = own(int_floor_divide(distance.get(), stride.get()));
    return count ? int_add(count.get(), small_int(1)) : nullptr;
}

Owned range_new_steal(Object* start, Object* stop, Object* step) {
    auto a = own(start), b = own(stop), s = own(step);
    auto length = own(range_length_of(a.get(), b.get(), s.get()));
    if (!length) return nullptr;
    auto* range = new_object<RangeObject>(&range_type);
    if (!range) return nullptr;
    range->start = a.release();
    range->stop = b.release();
    range->step = s.release();
    range->length = length.release();
    return range;
}

Owned range_from(Object* const* items, intptr_t count) {
    if (count == 0) return err_set_string(exc::TypeError, "range expected at least 1 argument, got 0");
    if (count > 3) return err_format(exc::TypeError, "range expected at most 3 arguments, got %zd", count);
    if (count == 1) {
        Owned stop = number_index(items[0]);
        return stop ? range_new_steal(newref(small_int(0)), stop, newref(small_int(1))) : nullptr;
    }
    auto start = own(number_index(items[0]));
    if (!start) return nullptr;
    auto stop = own(number_index(items[1]));
    if (!stop) return nullptr;
    auto step = own(count > 2 ? number_index(items[2]) : newref(small_int(1)));
    if (!step) return nullptr;
    if (int_sign(step.get()) == 0) return err_set_string(exc::ValueError, "range() arg 3 must not be zero");
    return range_new_steal(start.release(), stop.release(), step.release());
}

Owned range_make(Type*, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("range", kwargs)) return nullptr;
    return range_from(tuple_items(args), tuple_size(args));
}
Owned range_vectorcall(Object*, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && !no_keyword_arguments("range", kwnames)) return nullptr;
    return range_from(args, static_cast<intptr_t>(vectorcall_nargs(nargsf)));
}

void range_dealloc(Object* self) {
    auto* range = as_range(self);
    decref(range->start);
    decref(range->stop);
    decref(range->step);
    decref(range->length);
    free_object(self);
}
int range_traverse(Object* self, Visit visit, void* context) {
    auto* range = as_range(self);
    RS_VISIT(range->start, Edge::field("start", true));
    RS_VISIT(range->stop, Edge::field("stop", true));
    RS_VISIT(range->step, Edge::field("step", true));
    RS_VISIT(range->length, Edge::field("length", true));
    return 0;
}

Owned range_repr(Object* self) {
    auto* range = as_range(self);
    if (int_is_compact(range->step) && int_compact_value(range->step) == 1) return str_from_format("range(%R, %R)", range->start, range->stop);
    return str_from_format("range(%R, %R, %R)", range->start, range->stop, range->step);
}

intptr_t range_length(Object* self) { return int_as_ssize(as_range(self)->length); }
int range_bool(Object* self) { return int_sign(as_range(self)->length) != 0; }

// start + index * step, index within the range.
Owned compute_item(RangeObject* range, Object* index) {
    if (int_is_compact(range->step) && int_is_compact(index) && int_is_medium(range->start)) {
        return int_from_int64(int_medium_value(range->start) + int_compact_value(index) * int_compact_value(range->step));
    }
    auto offset = own(int_multiply(index, range->step));
    return offset ? int_add(range->start, offset.get()) : nullptr;
}

Owned item_by_int(RangeObject* range, Object* index) {
    auto held = share(index);
    if (int_sign(index) < 0) {
        held = own(int_add(index, range->length));
        if (!held) return nullptr;
    }
    if (int_sign(held.get()) < 0 || int_compare(held.get(), range->length) >= 0) {
        return err_set_string(exc::IndexError, "range object index out of range");
    }
    return compute_item(range, held.get());
}

Owned range_item(Object* self, intptr_t index) {
    auto number = own(int_from_ssize(index));
    return number ? item_by_int(as_range(self), number.get()) : nullptr;
}

Owned range_subscript(Object* self, Object* key) {
    auto* range = as_range(self);
    if (index_check(key)) {
        auto index = own(number_index(key));
        return index ? item_by_int(range, index.get()) : nullptr;
    }
    if (!slice_check(key)) return err_format(exc::TypeError, "range indices must be integers or slices, not %.200s", key->type->tp_name);
    Object *a, *b, *s;
    if (slice_get_long_indices(key, range->length, &a, &b, &s) < 0) return nullptr;
    auto start = own(a), stop = own(b), step = own(s);
    auto substep = own(int_multiply(range->step, step.get()));
    if (!substep) return nullptr;
    auto substart = own(compute_item(range, start.get()));
    if (!substart) return nullptr;
    auto substop = own(compute_item(range, stop.get()));
    if (!substop) return nullptr;
    return range_new_steal(substart.release(), substop.release(), substep.release());
}

// 1, 0, -1: whether an int is a member.
int contains_int(RangeObject* range, Object* value) {
    bool up = int_sign(range->step) > 0;
    bool inside = up ? int_compare(range->start, value) <= 0 && int_compare(value, range->stop) < 0
                     : int_compare(value, range->start) <= 0 && int_compare(range->stop, value) < 0;
    if (!inside) return 0;
    auto distance = own(int_subtract(value, range->start));
    auto rest = own(distance ? int_remainder(distance.get(), range->step) : nullptr);
    return rest ? int_sign(rest.get()) == 0 : -1;
}

bool is_plain_int(Object* value) { return int_check_exact(value) || bool_check(value); }

// By iteration, for values that are no ints: their __eq__ decides. The count, or the first index.
intptr_t search_by_iteration(Object* self, Object* value, bool count_all) {
    auto iterator = own(object_get_iter(self));
    if (!iterator) return -2;
    intptr_t index = 0, count = 0;
    for (;; ++index) {
        auto item = own(iter_next(iterator.get()));
        if (!item) break;
        int same = object_rich_compare_bool(item.get(), value, kEQ);
        if (same < 0) return -2;
        if (same) {
            if (!count_all) return index;
            ++count;
        }
    }
    if (err_occurred()) return -2;
    return count_all ? count : -1;
}

int range_contains(Object* self, Object* value) {
    if (is_plain_int(value)) return contains_int(as_range(self), value);
    intptr_t index = search_by_iteration(self, value, false);
    return index == -2 ? -1 : index >= 0;
}

Owned count(Object* self, Object* value) {
    if (is_plain_int(value)) {
        int inside = contains_int(as_range(self), value);
        return inside < 0 ? nullptr : int_from_int64(inside);
    }
    intptr_t found = search_by_iteration(self, value, true);
    return found == -2 ? nullptr : int_from_ssize(found);
}

Owned index(Object* self, Object* value) {
    auto* range = as_range(self);
    if (!is_plain_int(value)) {
        intptr_t found = search_by_iteration(self, value, false);
        if (found == -2) return nullptr;
        if (found < 0) return err_set_string(exc::ValueError, "sequence.index(x): x not in sequence");
        return int_from_ssize(found);
    }
    int inside = contains_int(range, value);
    if (inside < 0) return nullptr;
    if (!inside) return err_format(exc::ValueError, "%R is not in range", value);
    auto distance = own(int_subtract(value, range->start));
    return distance ? int_floor_divide(distance.get(), range->step) : nullptr;
}

// Equal as sequences.
int range_equals(RangeObject* a, RangeObject* b) {
    if (a == b) return 1;
    if (int_compare(a->length, b->length) != 0) return 0;
    if (int_sign(a->length) == 0) return 1;
    if (int_compare(a->start, b->start) != 0) return 0;
    if (int_compare(a->length, small_int(1)) == 0) return 1;
    return int_compare(a->step, b->step) == 0;
}

Owned range_rich_compare(Object* left, Object* right, int op) {
    if (!range_check(right) || (op != kEQ && op != kNE)) return new_not_implemented();
    bool equal = range_equals(as_range(left), as_range(right)) != 0;
    return bool_from(op == kEQ ? equal : !equal);
}

Hash range_hash(Object* self) {
    auto* range = as_range(self);
    bool empty = int_sign(range->length) == 0;
    bool single = int_compare(range->length, small_int(1)) == 0;
    auto key = own(tuple_pack({range->length, empty ? none() : range->start, empty || single ? none() : range->step}));
    return key ? object_hash(key.get()) : -1;
}

Owned make_iterator(int64_t start, int64_t step, int64_t length) {
    auto* iterator = new_object<RangeIterator>(&range_iterator_type);
    if (!iterator) return nullptr;
    iterator->index = 0;
    iterator->start = start;
    iterator->step = step;
    iterator->length = length;
    return iterator;
}

Owned make_long_iterator(Object* start, Object* step, Object* length) {
    auto* iterator = new_object<LongRangeIterator>(&longrange_iterator_type);
    if (!iterator) return nullptr;
    iterator->index = newref(small_int(0));
    iterator->start = newref(start);
    iterator->step = newref(step);
    iterator->length = newref(length);
    return iterator;
}

Owned range_iter(Object* self) {
    auto* range = as_range(self);
    int64_t start, stop, step, length, past;
    // The value after the last one must be representable too.
    if (range_as_int64(self, &start, &stop, &step, &length) && !__builtin_mul_overflow(length, step, &past) &&
        !__builtin_add_overflow(start, past, &past)) {
        return make_iterator(start, step, length);
    }
    return make_long_iterator(range->start, range->step, range->length);
}

Owned range_reversed(Object* self, Object*) {
    auto* range = as_range(self);
    int64_t start, stop, step, length, last, past;
    if (range_as_int64(self, &start, &stop, &step, &length) && step != INT64_MIN && !__builtin_mul_overflow(length, step, &past) &&
        !__builtin_add_overflow(start, past, &past) && !__builtin_sub_overflow(start, step, &last)) {
        return make_iterator(start + (length - 1) * step, -step, length);
    }
    auto before = own(int_subtract(range->length, small_int(1)));
    auto offset = own(before ? int_multiply(before.get(), range->step) : nullptr);
    auto from = own(offset ? int_add(range->start, offset.get()) : nullptr);
    auto back = own(int_negative(range->step));
    return from && back ? make_long_iterator(from.get(), back.get(), range->length) : nullptr;
}

Owned reduce(Object* self, Object*) {
    auto* range = as_range(self);
    auto arguments = own(tuple_pack({range->start, range->stop, range->step}));
    return arguments ? tuple_pack({&range_type, arguments.get()}) : nullptr;
}

const MethodDef range_methods[] = {
    method_def("__reversed__", range_reversed, kMethNoargs), method_def("__reduce__", reduce, kMethNoargs),
    method_def("count", count, kMethO), method_def("index", index, kMethO), {nullptr, nullptr, 0},
};
const MemberDef range_members[] = {
    {"start", MemberKind::kObjectEx, offsetof(RangeObject, start)},
    {"stop", MemberKind::kObjectEx, offsetof(RangeObject, stop)},
    {"step", MemberKind::kObjectEx, offsetof(RangeObject, step)},
    {nullptr, MemberKind::kNone, 0},
};

// The iterator over machine integers.
Owned iterator_next(Object* self) {
    auto* iterator = static_cast<RangeIterator*>(self);
    if (iterator->index >= iterator->length) return nullptr;
    return int_from_int64(static_cast<int64_t>(static_cast<uint64_t>(iterator->start) +
                                               static_cast<uint64_t>(iterator->index++) * static_cast<uint64_t>(iterator->step)));
}
Owned iterator_length_hint(Object* self, Object*) {
    auto* iterator = static_cast<RangeIterator*>(self);
    return int_from_int64(iterator->length - iterator->index);
}
Owned iterator_reduce_as(Object* range_stolen, Object* index_stolen) {
    auto range = own(range_stolen), index = own(index_stolen);
    auto function = own(xnewref(builtin_lookup(ID(iter))));
    if (!range || !index || !function) return nullptr;
    auto arguments = own(tuple_pack({range.get()}));
    return arguments ? tuple_pack({function.get(), arguments.get(), index.get()}) : nullptr;
}
Owned iterator_reduce(Object* self, Object*) {
    auto* iterator = static_cast<RangeIterator*>(self);
    auto start = own(int_from_int64(iterator->start));
    auto stop = own(int_from_int64(iterator->start + iterator->length * iterator->step));
    auto step = own(int_from_int64(iterator->step));
    if (!start || !stop || !step) return nullptr;
    return iterator_reduce_as(range_new_steal(start.release(), stop.release(), step.release()), int_from_int64(iterator->index));
}
Owned iterator_set_state(Object* self, Object* state) {
    auto* iterator = static_cast<RangeIterator*>(self);
    int64_t index = int_as_int64(state);
    if (index == -1 && err_occurred()) return nullptr;
    iterator->index = index < 0 ? 0 : index > iterator->length ? iterator->length : index;
    return new_none();
}
const MethodDef iterator_methods[] = {
    method_def("__length_hint__", iterator_length_hint, kMethNoargs), method_def("__reduce__", iterator_reduce, kMethNoargs),
    method_def("__setstate__", iterator_set_state, kMethO), {nullptr, nullptr, 0},
};

// The iterator over ints of any size.
LongRangeIterator* as_long(Object* object) { return static_cast<LongRangeIterator*>(object); }

void long_dealloc(Object* self) {
    auto* iterator = as_long(self);
    xdecref(iterator->index);
    xdecref(iterator->start);
    xdecref(iterator->step);
    xdecref(iterator->length);
    free_object(self);
}
int long_traverse(Object* self, Visit visit, void* context) {
    auto* iterator = as_long(self);
    RS_VISIT(iterator->index, Edge::field("index", true));
    RS_VISIT(iterator->start, Edge::field("start", true));
    RS_VISIT(iterator->step, Edge::field("step", true));
    RS_VISIT(iterator->length, Edge::field("length", true));
    return 0;
}
Owned long_next(Object* self) {
    auto* iterator = as_long(self);
    if (int_compare(iterator->index, iterator->length) >= 0) return nullptr;
    auto next_index = own(int_add(iterator->index, small_int(1)));
    auto offset = own(int_multiply(iterator->index, iterator->step));
    if (!next_index || !offset) return nullptr;
    Owned result = int_add(offset.get(), iterator->start);
    if (result) set_ref(iterator->index, static_cast<Object*>(next_index.release()));
    return result;
}
Owned long_length_hint(Object* self, Object*) { return int_subtract(as_long(self)->length, as_long(self)->index); }
Owned long_reduce(Object* self, Object*) {
    auto* iterator = as_long(self);
    auto span = own(int_multiply(iterator->length, iterator->step));
    auto stop = own(span ? int_add(iterator->start, span.get()) : nullptr);
    if (!stop) return nullptr;
    return iterator_reduce_as(range_new_steal(newref(iterator->start), stop.release(), newref(iterator->step)), newref(iterator->index));
}
Owned long_set_state(Object* self, Object* state) {
    auto* iterator = as_long(self);
    if (!int_check(state)) return err_format(exc::TypeError, "state must be an int, not %.100s", state->type->tp_name);
    Object* index = state;
    if (int_sign(state) < 0) index = small_int(0);
    else if (int_compare(state, iterator->length) > 0) index = iterator->length;
    set_ref(iterator->index, newref(index));
    return new_none();
}
const MethodDef long_methods[] = {
    method_def("__length_hint__", long_length_hint, kMethNoargs), method_def("__reduce__", long_reduce, kMethNoargs),
    method_def("__setstate__", long_set_state, kMethO), {nullptr, nullptr, 0},
};

}  // namespace

bool range_as_int64(Object* self, int64_t* start, int64_t* stop, int64_t* step, int64_t* length) {
    auto* range = as_range(self);
    Object* const parts[] = {range->start, range->stop, range->step, range->length};
    int64_t* const out[] = {start, stop, step, length};
    for (int i = 0; i < 4; ++i) {
        int overflow;
        *out[i] = int_as_int64_overflow(parts[i], &overflow);
        if (overflow) return false;
    }
    return true;
}

Type range_type = [] {
    Type t = static_type("range", sizeof(RangeObject), 0, kSequencePattern);
    t.tp_dealloc = range_dealloc;
    t.tp_repr = range_repr;
    t.tp_hash = range_hash;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = range_traverse;
    t.tp_richcompare = range_rich_compare;
    t.tp_iter = range_iter;
    t.tp_methods = range_methods;
    t.tp_members = range_members;
    t.tp_new = range_make;
    t.tp_vectorcall = range_vectorcall;
    t.tp_doc = "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nA sequence of numbers computed on demand.";
    t.nb_bool = range_bool;
    t.sq_length = range_length;
    t.sq_item = range_item;
    t.sq_contains = range_contains;
    t.mp_length = range_length;
    t.mp_subscript = range_subscript;
    return t;
}();

Type range_iterator_type = [] {
    Type t = static_type("range_iterator", sizeof(RangeIterator), 0, 0);
    t.tp_dealloc = free_object;
    t.tp_getattro = object_generic_get_attr;
    t.tp_iter = object_self_iter;
    t.tp_iternext = iterator_next;
    t.tp_methods = iterator_methods;
    return t;
}();

Type longrange_iterator_type = [] {
    Type t = static_type("longrange_iterator", sizeof(LongRangeIterator), 0, 0);
    t.tp_dealloc = long_dealloc;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = long_traverse;
    t.tp_iter = object_self_iter;
    t.tp_iternext = long_next;
    t.tp_methods = long_methods;
    return t;
}();

int init_range_types() {
    for (Type* type : {&range_type, &range_iterator_type, &longrange_iterator_type}) {
        if (type_ready(type) < 0) return -1;
    }
    return 0;
}

}  // namespace refscope::vm
