#include "vm/objects/slice.h"

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/free_list.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

FreeList<1> cache;

SliceObject* as_slice(Object* object) { return static_cast<SliceObject*>(object); }

void slice_dealloc(Object* self) {
    auto* slice = as_slice(self);
    gc_untrack(self);
    decref(slice->step);
    decref(slice->start);
    decref(slice->stop);
    if (!cache.put(self)) free_object(self);
}

int slice_traverse(Object* self, Visit visit, void* context) {
    auto* slice = as_slice(self);
    RS_VISIT(slice->start, Edge::field("start"));
    RS_VISIT(slice->stop, Edge::field("stop"));
    RS_VISIT(slice->step, Edge::field("step"));
    return 0;
}

Owned slice_repr(Object* self) {
    auto* slice = as_slice(self);
    return str_from_format("slice(%R, %R, %R)", slice->start, slice->stop, slice->step);
}

Owned slice_make(Type*, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("slice", kwargs)) return nullptr;
    intptr_t count = tuple_size(args);
    if (!check_positional("slice", count, 1, 3)) return nullptr;
    Object* const* items = tuple_items(args);
    if (count == 1) return slice_new(nullptr, items[0], nullptr);
    return slice_new(items[0], items[1], count > 2 ? items[2] : nullptr);
}

Owned slice_rich_compare(Object* left, Object* right, int op) {
    if (!slice_check(left) || !slice_check(right)) return new_not_implemented();
    if (left == right) return bool_from(op == kEQ || op == kLE || op == kGE);
    auto *a = as_slice(left), *b = as_slice(right);
    auto first = own(tuple_pack({a->start, a->stop, a->step}));
    auto second = own(tuple_pack({b->start, b->stop, b->step}));
    if (!first || !second) return nullptr;
    return object_rich_compare(first.get(), second.get(), op);
}

Owned indices(Object* self, Object* length_object) {
    auto length = own(number_index(length_object));
    if (!length) return nullptr;
    if (int_sign(length.get()) < 0) return err_set_string(exc::ValueError, "length should not be negative");
    Object *start, *stop, *step;
    if (slice_get_long_indices(self, length.get(), &start, &stop, &step) < 0) return nullptr;
    Object* items[] = {start, stop, step};
    return tuple_from_array_steal(items, 3);
}

Owned reduce(Object* self, Object*) {
    auto* slice = as_slice(self);
    auto arguments = own(tuple_pack({slice->start, slice->stop, slice->step}));
    return arguments ? tuple_pack({&slice_type, arguments.get()}) : nullptr;
}

const MethodDef slice_methods[] = {
    method_def("indices", indices, kMethO),
    method_def("__reduce__", reduce, kMethNoargs),
    {nullptr, nullptr, 0},
};
const MemberDef slice_members[] = {
    {"start", MemberKind::kObject, offsetof(SliceObject, start)},
    {"stop", MemberKind::kObject, offsetof(SliceObject, stop)},
    {"step", MemberKind::kObject, offsetof(SliceObject, step)},
    {nullptr, MemberKind::kNone, 0},
};

// An index of any size as an int object; None is handled by the caller.
Owned evaluate_index(Object* value) {
    if (!index_check(value)) {
        return err_set_string(exc::TypeError, "slice indices must be integers or None or have an __index__ method");
    }
    return number_index(value);
}

// One bound of slice.indices(): negative values count from the end, then clipped between the limits.
Owned evaluate_bound(Object* value, Object* length, Object* lower, Object* upper) {
    auto bound = own(evaluate_index(value));
    if (!bound) return nullptr;
    if (int_sign(bound.get()) < 0) {
        bound = own(int_add(bound.get(), length));
        if (!bound) return nullptr;
        return int_compare(bound.get(), lower) < 0 ? newref(lower) : bound.release();
    }
    return int_compare(bound.get(), upper) > 0 ? newref(upper) : bound.release();
}

}  // namespace

Owned slice_new_steal(Object* start, Object* stop, Object* step) {
    auto* slice = static_cast<SliceObject*>(cache.take(&slice_type));
    if (!slice) {
        slice = new_object<SliceObject>(&slice_type);
        if (!slice) {
            decref(start);
            decref(stop);
            decref(step);
            return nullptr;
        }
    }
    slice->start = start;
    slice->stop = stop;
    slice->step = step;
    gc_track(slice);
    return slice;
}

Owned slice_new(Object* start, Object* stop, Object* step) {
    return slice_new_steal(newref(start ? start : none()), newref(stop ? stop : none()), newref(step ? step : none()));
}

Owned slice_from_indices(intptr_t start, intptr_t stop) {
    auto first = own(int_from_ssize(start));
    auto last = own(int_from_ssize(stop));
    return first && last ? slice_new(first.get(), last.get(), nullptr) : nullptr;
}

bool slice_index_not_none(Object* value, intptr_t* result) {
    if (!index_check(value)) {
        err_set_string(exc::TypeError, "slice indices must be integers or have an __index__ method");
        return false;
    }
    intptr_t index = number_as_ssize(value, nullptr);
    if (index == -1 && err_occurred()) return false;
    *result = index;
    return true;
}

bool slice_index(Object* value, intptr_t* result) {
    if (is_none(value)) return true;
    if (!index_check(value)) {
        err_set_string(exc::TypeError, "slice indices must be integers or None or have an __index__ method");
        return false;
    }
    return slice_index_not_none(value, result);
}

int slice_unpack(Object* object, intptr_t* start, intptr_t* stop, intptr_t* step) {
    auto* slice = as_slice(object);
    *step = 1;
    if (!slice_index(slice->step, step)) return -1;
    if (*step == 0) {
        err_set_string(exc::ValueError, "slice step cannot be zero");
        return -1;
    }
    if (*step < -INTPTR_MAX) *step = -INTPTR_MAX;  // so that -step is a value too
    *start = *step < 0 ? INTPTR_MAX : 0;
    if (!slice_index(slice->start, start)) return -1;
    *stop = *step < 0 ? INTPTR_MIN : INTPTR_MAX;
    return slice_index(slice->stop, stop) ? 0 : -1;
}

intptr_t slice_adjust_indices(intptr_t length, intptr_t* start, intptr_t* stop, intptr_t step) {
    auto clip = [&](intptr_t* bound) {
        if (*bound < 0) {
            *bound += length;
            if (*bound < 0) *bound = step < 0 ? -1 : 0;
        } else if (*bound >= length) {
            *bound = step < 0 ? length - 1 : length;
        }
    };
    clip(start);
    clip(stop);
    if (step < 0) return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

int slice_get_long_indices(Object* object, Object* length, Object** start_out, Object** stop_out, Object** step_out) {
    auto* slice = as_slice(object);
    auto step = own(is_none(slice->step) ? newref(small_int(1)) : evaluate_index(slice->step));
    if (!step) return -1;
    int sign = int_sign(step.get());
    if (sign == 0) {
        err_set_string(exc::ValueError, "slice step cannot be zero");
        return -1;
    }
    bool backwards = sign < 0;
    auto lower = own(newref(small_int(backwards ? -1 : 0)));
    auto upper = own(backwards ? int_add(length, lower.get()) : newref(length));
    if (!upper) return -1;
    auto start = own(is_none(slice->start) ? newref(backwards ? upper.get() : lower.get())
                                           : evaluate_bound(slice->start, length, lower.get(), upper.get()));
    if (!start) return -1;
    auto stop = own(is_none(slice->stop) ? newref(backwards ? lower.get() : upper.get())
                                         : evaluate_bound(slice->stop, length, lower.get(), upper.get()));
    if (!stop) return -1;
    *start_out = start.release();
    *stop_out = stop.release();
    *step_out = step.release();
    return 0;
}

void slice_clear_cache() { cache.clear(&slice_type); }

Type slice_type = [] {
    Type t = static_type("slice", sizeof(SliceObject), 0, kHaveGc);
    t.tp_dealloc = slice_dealloc;
    t.tp_repr = slice_repr;
    t.tp_hash = object_hash_not_implemented;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = slice_traverse;
    t.tp_richcompare = slice_rich_compare;
    t.tp_methods = slice_methods;
    t.tp_members = slice_members;
    t.tp_new = slice_make;
    t.tp_doc = "slice(stop)\nslice(start, stop[, step])\n\nThe bounds of an extended subscript.";
    return t;
}();

int init_slice_types() { return type_ready(&slice_type); }

}  // namespace refscope::vm
