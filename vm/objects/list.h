// list: a growable array of references, laid out and grown as CPython 3.11's is.
//
// The list owns its items; the array is a heap block of its own. Accessors marked borrowed give no
// reference, those with `steal` in the name take the caller's. Heap thread only.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct ListObject : VarObject {
    Object** items;
    intptr_t allocated;  // -1 while list.sort has taken the items away
};

extern Type list_type;

inline bool list_check_exact(const Object* object) { return object->type == &list_type; }
inline bool list_check(const Object* object) { return fast_subclass(object, kListSubclass); }
inline ListObject* as_list(Object* object) { return static_cast<ListObject*>(object); }

Owned list_new(intptr_t size);  // items null: fill with list_init_item before anyone sees it
inline intptr_t list_size(const Object* list) { return static_cast<const VarObject*>(list)->size; }
// Borrowed; no bounds check (PyList_GET_ITEM).
inline Object* list_get_item(const Object* list, intptr_t index) {
    return static_cast<const ListObject*>(list)->items[index];
}
// First store into a new list's slot (PyList_SET_ITEM).
inline void list_init_item(Object* list, intptr_t index, Object* stolen) {
    static_cast<ListObject*>(list)->items[index] = stolen;
}
Object* list_get_item_checked(Object* list, intptr_t index);  // borrowed; IndexError
int list_set_item_steal(Object* list, intptr_t index, Object* stolen);  // also steals on failure

int list_resize(ListObject* list, intptr_t new_size);  // the growth policy; items beyond the old size are garbage
int list_append_slow(ListObject* list, Object* stolen);
inline int list_append_steal(Object* object, Object* stolen) {
    auto* list = static_cast<ListObject*>(object);
    intptr_t size = list->size;
    if (RS_LIKELY(list->allocated > size)) {
        list->items[size] = stolen;
        list->size = size + 1;
        return 0;
    }
    return list_append_slow(list, stolen);
}
inline int list_append(Object* list, Object* item) { return list_append_steal(list, newref(item)); }

int list_insert(Object* list, intptr_t index, Object* item);
int list_extend(Object* list, Object* iterable);
Owned list_get_slice(Object* list, intptr_t low, intptr_t high);
int list_set_slice(Object* list, intptr_t low, intptr_t high, Object* value_or_null);
int list_sort(Object* list);  // plain order
int list_sort_with(Object* list, Object* key_or_null, bool reverse);
int list_reverse(Object* list);
Owned list_as_tuple(Object* list);
Owned list_from_array(Object* const* items, intptr_t count);
Owned list_from_array_steal(Object* const* items, intptr_t count);  // steals also on failure
int list_clear(Object* list);

void list_clear_free_list();  // a full collection empties the free lists
int init_list_types();

}  // namespace refscope::vm
