// list: memory, growth, items and slices.
//
// The array grows by CPython's rule, so that sys.getsizeof shows the same history. What is taken out of a list is released
// only when the list is whole again, since a release can run code that looks at the list.
#include "vm/objects/list.h"

#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/ref_array.h"
#include "vm/objects/abstract.h"
#include "vm/objects/errors.h"
#include "vm/objects/free_list.h"
#include "vm/objects/list_internal.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

FreeList<80> free_lists;
constexpr intptr_t kMaxItems = PTRDIFF_MAX / static_cast<intptr_t>(sizeof(Object*));

// Releases items from the end, as CPython does; the array is in no list meanwhile.
void release_items(Object** items, intptr_t count, const char* holder) {
    RefArray named(items, count, holder);
    while (--count >= 0) {
        Object* item = items[count];
        items[count] = nullptr;
        xdecref(item);
    }
}

}  // namespace

int list_resize(ListObject* list, intptr_t new_size) {
    intptr_t allocated = list->allocated;
    if (allocated >= new_size && new_size >= (allocated >> 1)) {
        list->size = new_size;
        return 0;
    }
    auto wanted = static_cast<size_t>(new_size);
    size_t room = (wanted + (wanted >> 3) + 6) & ~size_t{3};
    // A big jump gets no extra room: more of its kind is unlikely.
    if (new_size - list->size > static_cast<intptr_t>(room - wanted)) room = (wanted + 3) & ~size_t{3};
    if (new_size == 0) room = 0;
    if (room > static_cast<size_t>(kMaxItems)) {
        err_no_memory();
        return -1;
    }
    auto* items = static_cast<Object**>(reallocate_block(list->items, room * sizeof(Object*)));
    if (!items) return -1;
    list->items = items;
    list->size = new_size;
    list->allocated = static_cast<intptr_t>(room);
    return 0;
}

// Exactly as much room as asked for, but an even number, when a list gets its first items.
int list_preallocate_exact(ListObject* list, intptr_t size) {
    intptr_t room = (size + 1) & ~intptr_t{1};
    if (size > kMaxItems) {
        err_no_memory();
        return -1;
    }
    auto* items = static_cast<Object**>(allocate_block(static_cast<size_t>(room) * sizeof(Object*)));
    if (!items) return -1;
    list->items = items;
    list->allocated = room;
    return 0;
}

Owned list_new_with_room(intptr_t room) {
    auto* list = static_cast<ListObject*>(free_lists.take(&list_type));
    if (!list) list = new_object<ListObject>(&list_type);
    if (!list) return nullptr;
    list->size = 0;
    list->items = nullptr;
    list->allocated = 0;
    if (room > 0) {
        Object** items = room <= kMaxItems
                             ? static_cast<Object**>(allocate_block(static_cast<size_t>(room) * sizeof(Object*)))
                             : nullptr;
        if (!items) {
            gc_track(list);
            decref(list);
            return err_occurred() ? nullptr : err_no_memory();
        }
        list->items = items;
        list->allocated = room;
    }
    gc_track(list);
    return list;
}

Owned list_new(intptr_t size) {
    Object* list = list_new_with_room(size);
    if (!list) return nullptr;
    if (size > 0) std::memset(as_list(list)->items, 0, static_cast<size_t>(size) * sizeof(Object*));
    as_list(list)->size = size;
    return list;
}

int list_append_slow(ListObject* list, Object* item) {
    intptr_t size = list->size;
    if (list_resize(list, size + 1) < 0) {
        decref(item);
        return -1;
    }
    list->items[size] = item;
    return 0;
}

Object* list_get_item_checked(Object* list, intptr_t index) {
    if (static_cast<size_t>(index) >= static_cast<size_t>(list_size(list))) {
        return err_set_string(exc::IndexError, "list index out of range");
    }
    return list_get_item(list, index);
}

int list_set_item_steal(Object* list, intptr_t index, Object* item) {
    if (static_cast<size_t>(index) >= static_cast<size_t>(list_size(list))) {
        xdecref(item);
        err_set_string(exc::IndexError, "list assignment index out of range");
        return -1;
    }
    Object* old = as_list(list)->items[index];
    as_list(list)->items[index] = item;
    xdecref(old);
    return 0;
}

int list_insert(Object* object, intptr_t index, Object* item) {
    ListObject* list = as_list(object);
    intptr_t size = list->size;
    if (list_resize(list, size + 1) < 0) return -1;
    if (index < 0) {
        index += size;
        if (index < 0) index = 0;
    }
    if (index > size) index = size;
    Object** items = list->items;
    std::memmove(items + index + 1, items + index, static_cast<size_t>(size - index) * sizeof(Object*));
    items[index] = newref(item);
    return 0;
}

int list_clear(Object* object) {
    ListObject* list = as_list(object);
    Object** items = list->items;
    if (!items) return 0;
    intptr_t count = list->size;
    list->size = 0;
    list->items = nullptr;
    list->allocated = 0;
    release_items(items, count, "list being cleared");
    free_block(items);
    return 0;
}

Owned list_from_array(Object* const* items, intptr_t count) {
    Object* list = list_new_with_room(count);
    if (!list) return nullptr;
    for (intptr_t i = 0; i < count; ++i) as_list(list)->items[i] = newref(items[i]);
    as_list(list)->size = count;
    return list;
}

Owned list_from_array_steal(Object* const* items, intptr_t count) {
    Object* list = list_new_with_room(count);
    if (!list) {
        for (intptr_t i = 0; i < count; ++i) decref(items[i]);
        return nullptr;
    }
    if (count) std::memcpy(as_list(list)->items, items, static_cast<size_t>(count) * sizeof(Object*));
    as_list(list)->size = count;
    return list;
}

Owned list_as_tuple(Object* list) { return tuple_from_array(as_list(list)->items, list_size(list)); }

int list_reverse(Object* list) {
    Object** items = as_list(list)->items;
    for (intptr_t low = 0, high = list_size(list) - 1; low < high; ++low, --high) std::swap(items[low], items[high]);
    return 0;
}

// --- slices ---

Owned list_get_slice(Object* list, intptr_t low, intptr_t high) {
    intptr_t size = list_size(list);
    if (low < 0) low = 0;
    else if (low > size) low = size;
    if (high < low) high = low;
    else if (high > size) high = size;
    Object* result = list_new_with_room(high - low);
    if (!result) return nullptr;
    Object** source = as_list(list)->items + low;
    Object** target = as_list(result)->items;
    for (intptr_t i = 0; i < high - low; ++i) target[i] = newref(source[i]);
    as_list(result)->size = high - low;
    return result;
}

int list_set_slice(Object* object, intptr_t low, intptr_t high, Object* value) {
    ListObject* list = as_list(object);
    Ref<Object> source;
    intptr_t count = 0;
    if (value) {
        source = value == object ? own(list_get_slice(value, 0, list_size(value)))
                                 : own(sequence_fast(value, "can only assign an iterable"));
        if (!source) return -1;
        count = static_cast<VarObject*>(source.get())->size;
    }
    if (low < 0) low = 0;
    else if (low > list->size) low = list->size;
    if (high < low) high = low;
    else if (high > list->size) high = list->size;
    intptr_t removed_count = high - low;
    intptr_t growth = count - removed_count;
    if (list->size + growth == 0) return list_clear(object);

    Object* on_stack[8];
    Object** removed = on_stack;
    if (removed_count > 8) {
        removed = static_cast<Object**>(allocate_block(static_cast<size_t>(removed_count) * sizeof(Object*)));
        if (!removed) return -1;
    }
    if (removed_count) std::memcpy(removed, list->items + low, static_cast<size_t>(removed_count) * sizeof(Object*));
    intptr_t size = list->size;
    if (growth < 0) {
        std::memmove(list->items + high + growth, list->items + high, static_cast<size_t>(size - high) * sizeof(Object*));
        if (list_resize(list, size + growth) < 0) {
            std::memmove(list->items + high, list->items + high + growth, static_cast<size_t>(size - high) * sizeof(Object*));
            std::memcpy(list->items + low, removed, static_cast<size_t>(removed_count) * sizeof(Object*));
            if (removed != on_stack) free_block(removed);
            return -1;
        }
    } else if (growth > 0) {
        if (list_resize(list, size + growth) < 0) {
            if (removed != on_stack) free_block(removed);
            return -1;
        }
        std::memmove(list->items + high + growth, list->items + high, static_cast<size_t>(size - high) * sizeof(Object*));
    }
    if (source) {
        Object* const* items = list_check(source.get()) ? as_list(source.get())->items : tuple_items(source.get());
        for (intptr_t i = 0; i < count; ++i) list->items[low + i] = xnewref(items[i]);
    }
    release_items(removed, removed_count, "slice being removed from a list");
    if (removed != on_stack) free_block(removed);
    return 0;
}

// --- extension ---

namespace {

int extend_from_items(ListObject* list, Object* iterable) {
    Ref<Object> source = own(sequence_fast(iterable, "argument must be iterable"));
    if (!source) return -1;
    intptr_t count = static_cast<VarObject*>(source.get())->size;
    if (count == 0) return 0;
    intptr_t size = list->size;
    if (!list->items) {
        if (list_preallocate_exact(list, count) < 0) return -1;
        list->size = count;
    } else if (list_resize(list, size + count) < 0) {
        return -1;
    }
    // The source may be this very list, whose array has moved.
    Object* const* items = list_check(source.get()) ? as_list(source.get())->items : tuple_items(source.get());
    for (intptr_t i = 0; i < count; ++i) list->items[size + i] = newref(items[i]);
    return 0;
}

}  // namespace

int list_extend(Object* object, Object* iterable) {
    ListObject* list = as_list(object);
    if (list_check_exact(iterable) || tuple_check_exact(iterable) || iterable == object) {
        return extend_from_items(list, iterable);
    }
    Ref<Object> iterator = own(object_get_iter(iterable));
    if (!iterator) return -1;
    UnaryFn next = iterator->type->tp_iternext;
    intptr_t hint = object_length_hint(iterable, 8);
    if (hint < 0) return -1;
    intptr_t size = list->size;
    if (size <= PTRDIFF_MAX - hint) {
        if (!list->items) {
            if (hint && list_preallocate_exact(list, hint) < 0) return -1;
        } else {
            if (list_resize(list, size + hint) < 0) return -1;
            list->size = size;
        }
    }
    for (;;) {
        Object* item = next(iterator.get());
        if (!item) {
            if (err_occurred()) {
                if (!err_matches(exc::StopIteration)) return -1;
                err_clear();
            }
            break;
        }
        if (list_append_steal(list, item) < 0) return -1;
    }
    if (list->size < list->allocated && list_resize(list, list->size) < 0) return -1;
    return 0;
}

// --- life and death ---

namespace {

void list_dealloc(Object* object) {
    gc_untrack(object);
    if (!trash_begin(object)) return;
    ListObject* list = as_list(object);
    if (Object** items = list->items) {
        intptr_t i = list->size;
        while (--i >= 0) {
            Object* item = items[i];
            items[i] = nullptr;
            xdecref(item);
        }
        list->items = nullptr;
        list->size = 0;
        free_block(items);
    }
    if (object->type != &list_type || !free_lists.put(object)) object->type->tp_free(object);
    trash_end();
}

int list_traverse(Object* object, Visit visit, void* context) {
    ListObject* list = as_list(object);
    for (intptr_t i = list->size; --i >= 0;) {
        RS_VISIT(list->items[i], Edge::at(EdgeKind::kItem, static_cast<uint32_t>(i)));
    }
    return 0;
}

size_t list_size_of(Object* object) {
    intptr_t allocated = as_list(object)->allocated;
    // While list.sort has the items, CPython's own figure is off by one word too.
    return static_cast<size_t>(object->type->tp_basicsize + allocated * static_cast<intptr_t>(sizeof(Object*)));
}

}  // namespace

void list_clear_free_list() { free_lists.clear(&list_type); }

Type list_type = [] {
    Type type = static_type("list", sizeof(ListObject), 0,
                            kHaveGc | kBaseType | kListSubclass | kMatchSelf | kSequencePattern);
    type.tp_dealloc = list_dealloc;
    type.tp_traverse = list_traverse;
    type.tp_clear = list_clear;
    type.tp_sizeof = list_size_of;
    list_fill_methods(type);
    return type;
}();

int init_list_types() { return type_ready(&list_type); }

}  // namespace refscope::vm
