// list as Python sees it: constructor, methods, operators, repr.
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/ref_array.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/compare_items.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list_internal.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Owned list_repr(Object* self) {
    if (list_size(self) == 0) return str_from_string("[]");
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return str_from_string("[...]");
    StrWriter writer(1 + 1 + (2 + 1) * (list_size(self) - 1) + 1);
    if (!writer.put('[')) return nullptr;
    for (intptr_t i = 0; i < list_size(self); ++i) {
        if (i > 0 && !writer.put_ascii(", ")) return nullptr;
        Ref<Object> text = own(object_repr(list_get_item(self, i)));
        if (!text || !writer.put_str(text.get())) return nullptr;
    }
    if (!writer.put(']')) return nullptr;
    return writer.finish();
}

intptr_t list_length(Object* self) { return list_size(self); }

int list_contains(Object* self, Object* value) {
    for (intptr_t i = 0; i < list_size(self); ++i) {
        int equal = item_equals(list_get_item(self, i), value);
        if (equal) return equal;
    }
    return 0;
}

Owned list_item(Object* self, intptr_t index) { return xnewref(list_get_item_checked(self, index)); }

Owned list_concat(Object* left, Object* right) {
    if (!list_check(right)) {
        return err_format(exc::TypeError, "can only concatenate list (not \"%.200s\") to list", right->type->tp_name);
    }
    intptr_t left_size = list_size(left), right_size = list_size(right);
    if (left_size > PTRDIFF_MAX - right_size) return err_no_memory();
    Object* result = list_new_with_room(left_size + right_size);
    if (!result) return nullptr;
    Object** target = as_list(result)->items;
    for (intptr_t i = 0; i < left_size; ++i) *target++ = newref(list_get_item(left, i));
    for (intptr_t i = 0; i < right_size; ++i) *target++ = newref(list_get_item(right, i));
    as_list(result)->size = left_size + right_size;
    return result;
}

Owned list_repeat(Object* self, intptr_t count) {
    intptr_t size = list_size(self);
    if (count < 0) count = 0;
    if (count > 0 && size > PTRDIFF_MAX / count) return err_no_memory();
    intptr_t total = size * count;
    if (total == 0) return list_new(0);
    Object* result = list_new_with_room(total);
    if (!result) return nullptr;
    Object** target = as_list(result)->items;
    for (intptr_t n = 0; n < count; ++n) {
        for (intptr_t i = 0; i < size; ++i) *target++ = newref(list_get_item(self, i));
    }
    as_list(result)->size = total;
    return result;
}

Owned list_inplace_repeat(Object* self, intptr_t count) {
    intptr_t size = list_size(self);
    if (size == 0 || count == 1) return newref(self);
    if (count < 1) {
        list_clear(self);
        return newref(self);
    }
    if (size > PTRDIFF_MAX / count) return err_no_memory();
    if (list_resize(as_list(self), size * count) < 0) return nullptr;
    Object** items = as_list(self)->items;
    for (intptr_t n = size; n < size * count; n += size) {
        for (intptr_t i = 0; i < size; ++i) items[n + i] = newref(items[i]);
    }
    return newref(self);
}

int list_assign_item(Object* self, intptr_t index, Object* value) {
    if (static_cast<size_t>(index) >= static_cast<size_t>(list_size(self))) {
        err_set_string(exc::IndexError, "list assignment index out of range");
        return -1;
    }
    if (!value) return list_set_slice(self, index, index + 1, nullptr);
    Object* old = list_get_item(self, index);
    as_list(self)->items[index] = newref(value);
    decref(old);
    return 0;
}

Owned list_inplace_concat(Object* self, Object* other) {
    return list_extend(self, other) < 0 ? nullptr : newref(self);
}

Owned list_subscript(Object* self, Object* index) {
    if (index_check(index)) {
        intptr_t i = number_as_ssize(index, &exc::IndexError);
        if (i == -1 && err_occurred()) return nullptr;
        if (i < 0) i += list_size(self);
        return list_item(self, i);
    }
    if (slice_check(index)) {
        intptr_t start, stop, step;
        if (slice_unpack(index, &start, &stop, &step) < 0) return nullptr;
        intptr_t count = slice_adjust_indices(list_size(self), &start, &stop, step);
        if (count <= 0) return list_new(0);
        if (step == 1) return list_get_slice(self, start, stop);
        Object* result = list_new_with_room(count);
        if (!result) return nullptr;
        for (intptr_t i = 0, at = start; i < count; ++i, at += step) {
            as_list(result)->items[i] = newref(list_get_item(self, at));
        }
        as_list(result)->size = count;
        return result;
    }
    return err_format(exc::TypeError, "list indices must be integers or slices, not %.200s", index->type->tp_name);
}

// `del list[start:stop:step]` with a step other than 1.
int delete_extended(ListObject* list, intptr_t start, intptr_t stop, intptr_t step, intptr_t count) {
    if (count <= 0) return 0;
    if (step < 0) {
        stop = start + 1;
        start = stop + step * (count - 1) - 1;
        step = -step;
    }
    auto* garbage = static_cast<Object**>(allocate_block(static_cast<size_t>(count) * sizeof(Object*)));
    if (!garbage) return -1;
    intptr_t taken = 0;
    size_t at = static_cast<size_t>(start);
    for (; at < static_cast<size_t>(stop); at += static_cast<size_t>(step), ++taken) {
        intptr_t limit = step - 1;
        garbage[taken] = list->items[at];
        if (at + static_cast<size_t>(step) >= static_cast<size_t>(list->size)) limit = list->size - static_cast<intptr_t>(at) - 1;
        std::memmove(list->items + at - taken, list->items + at + 1, static_cast<size_t>(limit) * sizeof(Object*));
    }
    at = static_cast<size_t>(start) + static_cast<size_t>(count) * static_cast<size_t>(step);
    if (at < static_cast<size_t>(list->size)) {
        std::memmove(list->items + at - count, list->items + at, (static_cast<size_t>(list->size) - at) * sizeof(Object*));
    }
    list->size -= count;
    int result = list_resize(list, list->size);
    {
        RefArray named(garbage, count, "slice being removed from a list");
        for (intptr_t i = 0; i < count; ++i) clear_ref(garbage[i]);
    }
    free_block(garbage);
    return result;
}

int assign_extended(Object* self, Object* value, intptr_t start, intptr_t step, intptr_t count) {
    Ref<Object> source = self == value ? own(list_get_slice(value, 0, list_size(value)))
                                       : own(sequence_fast(value, "must assign iterable to extended slice"));
    if (!source) return -1;
    intptr_t given = static_cast<VarObject*>(source.get())->size;
    if (given != count) {
        err_format(exc::ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd", given, count);
        return -1;
    }
    if (count == 0) return 0;
    auto* garbage = static_cast<Object**>(allocate_block(static_cast<size_t>(count) * sizeof(Object*)));
    if (!garbage) return -1;
    Object* const* items = list_check(source.get()) ? as_list(source.get())->items : tuple_items(source.get());
    for (intptr_t i = 0, at = start; i < count; ++i, at += step) {
        garbage[i] = as_list(self)->items[at];
        as_list(self)->items[at] = newref(items[i]);
    }
    {
        RefArray named(garbage, count, "slice being removed from a list");
        for (intptr_t i = 0; i < count; ++i) clear_ref(garbage[i]);
    }
    free_block(garbage);
    return 0;
}

int list_assign_subscript(Object* self, Object* index, Object* value) {
    if (index_check(index)) {
        intptr_t i = number_as_ssize(index, &exc::IndexError);
        if (i == -1 && err_occurred()) return -1;
        if (i < 0) i += list_size(self);
        return list_assign_item(self, i, value);
    }
    if (!slice_check(index)) {
        err_format(exc::TypeError, "list indices must be integers or slices, not %.200s", index->type->tp_name);
        return -1;
    }
    intptr_t start, stop, step;
    if (slice_unpack(index, &start, &stop, &step) < 0) return -1;
    intptr_t count = slice_adjust_indices(list_size(self), &start, &stop, step);
    if (step == 1) return list_set_slice(self, start, stop, value);
    if ((step < 0 && start < stop) || (step > 0 && start > stop)) stop = start;
    return value ? assign_extended(self, value, start, step, count)
                 : delete_extended(as_list(self), start, stop, step, count);
}

Owned list_rich_compare(Object* left, Object* right, int op) {
    if (!list_check(left) || !list_check(right)) return new_not_implemented();
    ListObject *a = as_list(left), *b = as_list(right);
    if (a->size != b->size && (op == kEQ || op == kNE)) return bool_from(op == kNE);
    intptr_t i = 0;
    for (; i < a->size && i < b->size; ++i) {
        Object *x = a->items[i], *y = b->items[i];
        if (x == y) continue;
        int equal = items_equal_fast(x, y);
        if (equal < 0) {
            Ref<Object> held_x = share(x), held_y = share(y);
            equal = object_rich_compare_bool(x, y, kEQ);
            if (equal < 0) return nullptr;
        }
        if (!equal) break;
    }
    if (i >= a->size || i >= b->size) return bool_from(compare_sizes(a->size, b->size, op));
    if (op == kEQ) return bool_from(false);
    if (op == kNE) return bool_from(true);
    return object_rich_compare(a->items[i], b->items[i], op);
}

int init_from(Object* self, Object* iterable) {
    if (as_list(self)->items) list_clear(self);
    return iterable ? list_extend(self, iterable) : 0;
}

int list_tp_init(Object* self, Object* args, Object* kwargs) {
    if (self->type == &list_type || self->type->tp_new == list_type.tp_new) {
        if (!no_keyword_arguments("list", kwargs)) return -1;
    }
    intptr_t count = tuple_size(args);
    if (!check_positional("list", count, 0, 1)) return -1;
    return init_from(self, count ? tuple_get_item(args, 0) : nullptr);
}

Owned list_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && !no_keyword_arguments("list", kwnames)) return nullptr;
    auto nargs = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    if (!check_positional("list", nargs, 0, 1)) return nullptr;
    Ref<Object> list = own(type_generic_alloc(as_type(type), 0));
    if (!list) return nullptr;
    if (nargs && init_from(list.get(), args[0]) < 0) return nullptr;
    return list.release();
}

// --- methods ---

Owned method_append(Object* self, Object* item) { return list_append(self, item) < 0 ? nullptr : new_none(); }
Owned method_extend(Object* self, Object* iterable) { return list_extend(self, iterable) < 0 ? nullptr : new_none(); }
Owned method_clear(Object* self, Object*) {
    list_clear(self);
    return new_none();
}
Owned method_copy(Object* self, Object*) { return list_get_slice(self, 0, list_size(self)); }
Owned method_reverse(Object* self, Object*) {
    list_reverse(self);
    return new_none();
}

Owned method_insert(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("insert", nargs, 2, 2)) return nullptr;
    intptr_t index;
    if (!argument_ssize(args[0], &index)) return nullptr;
    return list_insert(self, index, args[1]) < 0 ? nullptr : new_none();
}

Owned method_pop(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("pop", nargs, 0, 1)) return nullptr;
    intptr_t index = -1;
    if (nargs && !argument_ssize(args[0], &index)) return nullptr;
    ListObject* list = as_list(self);
    if (list->size == 0) return err_set_string(exc::IndexError, "pop from empty list");
    if (index < 0) index += list->size;
    if (static_cast<size_t>(index) >= static_cast<size_t>(list->size)) {
        return err_set_string(exc::IndexError, "pop index out of range");
    }
    Object* item = list->items[index];
    intptr_t size_after = list->size - 1;
    if (size_after == 0) {
        incref(item);
        list_clear(self);
        return item;
    }
    if (size_after > index) {
        std::memmove(list->items + index, list->items + index + 1, static_cast<size_t>(size_after - index) * sizeof(Object*));
    }
    // Giving memory back cannot fail in a way that matters: the item is out of the list already.
    if (list_resize(list, size_after) < 0) {
        decref(item);
        return nullptr;
    }
    return item;
}

Owned method_remove(Object* self, Object* value) {
    for (intptr_t i = 0; i < list_size(self); ++i) {
        int equal = item_equals(list_get_item(self, i), value);
        if (equal < 0) return nullptr;
        if (equal) return list_set_slice(self, i, i + 1, nullptr) < 0 ? nullptr : new_none();
    }
    return err_set_string(exc::ValueError, "list.remove(x): x not in list");
}

Owned method_count(Object* self, Object* value) {
    intptr_t count = 0;
    for (intptr_t i = 0; i < list_size(self); ++i) {
        int equal = item_equals(list_get_item(self, i), value);
        if (equal < 0) return nullptr;
        count += equal;
    }
    return int_from_ssize(count);
}

Owned method_index(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("index", nargs, 1, 3)) return nullptr;
    intptr_t start = 0, stop = PTRDIFF_MAX;
    if (nargs > 1 && !slice_index_not_none(args[1], &start)) return nullptr;
    if (nargs > 2 && !slice_index_not_none(args[2], &stop)) return nullptr;
    if (start < 0) {
        start += list_size(self);
        if (start < 0) start = 0;
    }
    if (stop < 0) {
        stop += list_size(self);
        if (stop < 0) stop = 0;
    }
    for (intptr_t i = start; i < stop && i < list_size(self); ++i) {
        int equal = item_equals(list_get_item(self, i), args[0]);
        if (equal < 0) return nullptr;
        if (equal) return int_from_ssize(i);
    }
    return err_format(exc::ValueError, "%R is not in list", args[0]);
}

Owned method_sort(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"key", "reverse", nullptr};
    static const KeywordParser parser{"sort", names, 0, 0, 0};
    Object* out[2] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    int reverse = 0;
    if (out[1] && !argument_int(out[1], &reverse)) return nullptr;
    Object* key = out[0] && !is_none(out[0]) ? out[0] : nullptr;
    return list_sort_with(self, key, reverse != 0) < 0 ? nullptr : new_none();
}

Owned method_sizeof(Object* self, Object*) { return int_from_size(list_type.tp_sizeof(self)); }

Owned method_reversed(Object* self, Object*) {
    auto* iterator = new_object<ListIteratorObject>(&list_reverse_iterator_type);
    if (!iterator) return nullptr;
    iterator->index = list_size(self) - 1;
    iterator->list = newref(as_list(self));
    gc_track(iterator);
    return iterator;
}

const MethodDef list_methods[] = {
    method_def("__getitem__", list_subscript, kMethO | kMethCoexist, "x.__getitem__(y) <==> x[y]"),
    method_def("__reversed__", method_reversed, kMethNoargs,
               "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the list."),
    method_def("__sizeof__", method_sizeof, kMethNoargs,
               "__sizeof__($self, /)\n--\n\nReturn the size of the list in memory, in bytes."),
    method_def("clear", method_clear, kMethNoargs, "clear($self, /)\n--\n\nRemove all items from list."),
    method_def("copy", method_copy, kMethNoargs, "copy($self, /)\n--\n\nReturn a shallow copy of the list."),
    method_def("append", method_append, kMethO, "append($self, object, /)\n--\n\nAppend object to the end of the list."),
    method_def("insert", method_insert, kMethFastcall, "insert($self, index, object, /)\n--\n\nInsert object before index."),
    method_def("extend", method_extend, kMethO,
               "extend($self, iterable, /)\n--\n\nExtend list by appending elements from the iterable."),
    method_def("pop", method_pop, kMethFastcall, "pop($self, index=-1, /)\n--\n\nRemove and return item at index (default last)."),
    method_def("remove", method_remove, kMethO, "remove($self, value, /)\n--\n\nRemove first occurrence of value."),
    method_def("index", method_index, kMethFastcall,
               "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nReturn first index of value."),
    method_def("count", method_count, kMethO, "count($self, value, /)\n--\n\nReturn number of occurrences of value."),
    method_def("reverse", method_reverse, kMethNoargs, "reverse($self, /)\n--\n\nReverse *IN PLACE*."),
    method_def("sort", method_sort, kMethFastcall | kMethKeywords,
               "sort($self, /, *, key=None, reverse=False)\n--\n\nSort the list in ascending order and return None."),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"),
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

void list_fill_methods(Type& type) {
    type.tp_doc =
        "list(iterable=(), /)\n--\n\nBuilt-in mutable sequence.\n\n"
        "If no argument is given, the constructor creates a new empty list.\n"
        "The argument must be an iterable if specified.";
    type.tp_repr = list_repr;
    type.tp_hash = object_hash_not_implemented;
    type.tp_getattro = object_generic_get_attr;
    type.tp_richcompare = list_rich_compare;
    type.tp_iter = list_iterator_new;
    type.tp_methods = list_methods;
    type.tp_init = list_tp_init;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = type_generic_new;
    type.tp_free = type_generic_free;
    type.tp_vectorcall = list_vectorcall;
    type.sq_length = list_length;
    type.sq_concat = list_concat;
    type.sq_repeat = list_repeat;
    type.sq_item = list_item;
    type.sq_ass_item = list_assign_item;
    type.sq_contains = list_contains;
    type.sq_inplace_concat = list_inplace_concat;
    type.sq_inplace_repeat = list_inplace_repeat;
    type.mp_length = list_length;
    type.mp_subscript = list_subscript;
    type.mp_ass_subscript = list_assign_subscript;
}

}  // namespace refscope::vm
