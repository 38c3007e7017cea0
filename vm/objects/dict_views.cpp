// dict_keys, dict_values, dict_items, and the set operations of the first and the last.
#include "vm/objects/dict_views.h"

#include <utility>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/mapping_proxy.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

int init_dict_iterator_types();

namespace {

DictObject* dict_of(Object* view) { return static_cast<DictViewObject*>(view)->dict; }
bool is_keys_view(const Object* o) { return is_instance_of(o, &dict_keys_type); }
bool is_items_view(const Object* o) { return is_instance_of(o, &dict_items_type); }
bool is_set_view(const Object* o) { return is_keys_view(o) || is_items_view(o); }

void view_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(static_cast<DictViewObject*>(self)->dict);
    free_object(self);
}

int view_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(dict_of(self), Edge::field("dict"));
    return 0;
}

intptr_t view_length(Object* self) { return dict_of(self) ? dict_of(self)->used : 0; }

Owned view_repr(Object* self) {
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return str_from_string("...");
    Ref<Object> list = own(sequence_list(self));
    return list ? str_from_format("%s(%R)", self->type->tp_name, list.get()) : nullptr;
}

Owned view_mapping(Object* self, void*) { return mapping_proxy_new(dict_of(self)); }

int keys_contains(Object* self, Object* key) { return dict_contains(dict_of(self), key); }

int items_contains(Object* self, Object* item) {
    if (!tuple_check(item) || tuple_size(item) != 2) return 0;
    Object* found = dict_get_item_with_error(dict_of(self), tuple_get_item(item, 0));
    if (!found) return err_occurred() ? -1 : 0;
    Ref<Object> held = share(found);
    return object_rich_compare_bool(found, tuple_get_item(item, 1), kEQ);
}

// 1 when every item of `left` is in `right`.
int all_contained(Object* left, Object* right) {
    Ref<Object> iterator = own(object_get_iter(left));
    if (!iterator) return -1;
    for (;;) {
        Ref<Object> item = own(iter_next(iterator.get()));
        if (!item) return err_occurred() ? -1 : 1;
        int present = sequence_contains(right, item.get());
        if (present <= 0) return present;
    }
}

Owned view_rich_compare(Object* self, Object* other, int op) {
    if (!anyset_check(other) && !is_set_view(other)) return new_not_implemented();
    intptr_t length = object_size(self);
    if (length < 0) return nullptr;
    intptr_t other_length = object_size(other);
    if (other_length < 0) return nullptr;
    int ok = 0;
    switch (op) {
        case kEQ:
        case kNE:
            if (length == other_length) ok = all_contained(self, other);
            if (op == kNE && ok >= 0) ok = !ok;
            break;
        case kLT:
            if (length < other_length) ok = all_contained(self, other);
            break;
        case kLE:
            if (length <= other_length) ok = all_contained(self, other);
            break;
        case kGT:
            if (length > other_length) ok = all_contained(other, self);
            break;
        case kGE:
            if (length >= other_length) ok = all_contained(other, self);
            break;
    }
    return ok < 0 ? nullptr : bool_from(ok != 0);
}

Owned view_to_set(Object* self) {
    Object* source = self;
    if (self->type == &dict_keys_type && dict_check_exact(dict_of(self))) source = dict_of(self);
    return set_new(source);
}

Owned view_subtract(Object* self, Object* other) {
    Ref<Object> result = own(view_to_set(self));
    if (!result) return nullptr;
    Ref<Object> done = own(object_call_method(result.get(), ID(difference_update), {other}));
    return done ? result.release() : nullptr;
}

Owned view_and(Object* self, Object* other) {
    if (!is_set_view(self)) std::swap(self, other);
    intptr_t length = view_length(self);
    if (set_check_exact(other) && length <= set_size(other)) {
        return object_call_method(other, ID(intersection), {self});
    }
    if (is_set_view(other) && view_length(other) > length) std::swap(self, other);
    Ref<Object> result = own(set_new(nullptr));
    if (!result) return nullptr;
    Ref<Object> iterator = own(object_get_iter(other));
    if (!iterator) return nullptr;
    bool keys = is_keys_view(self);
    for (;;) {
        Ref<Object> item = own(iter_next(iterator.get()));
        if (!item) return err_occurred() ? nullptr : result.release();
        int present = keys ? keys_contains(self, item.get()) : items_contains(self, item.get());
        if (present < 0 || (present && set_add(result.get(), item.get()) < 0)) return nullptr;
    }
}

Owned view_or(Object* self, Object* other) {
    Ref<Object> result = own(view_to_set(self));
    if (!result || set_update(result.get(), other) < 0) return nullptr;
    return result.release();
}

Owned items_xor(Object* self, Object* other) {
    Ref<Object> rest = own(dict_copy(dict_of(self)));
    if (!rest) return nullptr;
    Ref<Object> result = own(set_new(nullptr));
    if (!result) return nullptr;
    intptr_t position = 0;
    Object *borrowed_key, *borrowed_value;
    Hash hash;
    while (dict_next(dict_of(other), &position, &borrowed_key, &borrowed_value, &hash)) {
        Ref<Object> key = share(borrowed_key), value = share(borrowed_value);
        Object* found = dict_get_item_known_hash(rest.get(), key.get(), hash);
        if (!found && err_occurred()) return nullptr;
        int equal = 0;
        if (found) {
            Ref<Object> held = share(found);
            equal = object_rich_compare_bool(found, value.get(), kEQ);
            if (equal < 0) return nullptr;
        }
        if (equal) {
            if (dict_del_item_known_hash(rest.get(), key.get(), hash) < 0) return nullptr;
        } else {
            Ref<Object> pair = own(tuple_pack({key.get(), value.get()}));
            if (!pair || set_add(result.get(), pair.get()) < 0) return nullptr;
        }
    }
    Ref<Object> remaining = own(dict_view_new(rest.get(), &dict_items_type));
    if (!remaining || set_update(result.get(), remaining.get()) < 0) return nullptr;
    return result.release();
}

Owned view_xor(Object* self, Object* other) {
    if (self->type == &dict_items_type && other->type == &dict_items_type) return items_xor(self, other);
    Ref<Object> result = own(view_to_set(self));
    if (!result) return nullptr;
    Ref<Object> done = own(object_call_method(result.get(), ID(symmetric_difference_update), {other}));
    return done ? result.release() : nullptr;
}

Owned view_isdisjoint(Object* self, Object* other) {
    if (self == other) return bool_from(view_length(self) == 0);
    if (anyset_check_exact(other) || is_set_view(other)) {
        intptr_t other_length = object_size(other);
        if (other_length < 0) return nullptr;
        if (other_length > view_length(self)) std::swap(self, other);
    }
    Ref<Object> iterator = own(object_get_iter(other));
    if (!iterator) return nullptr;
    for (;;) {
        Ref<Object> item = own(iter_next(iterator.get()));
        if (!item) return err_occurred() ? nullptr : bool_from(true);
        int present = sequence_contains(self, item.get());
        if (present < 0) return nullptr;
        if (present) return bool_from(false);
    }
}

Owned keys_iter(Object* self) { return dict_iterator_new(dict_of(self), &dict_key_iterator_type); }
Owned values_iter(Object* self) { return dict_iterator_new(dict_of(self), &dict_value_iterator_type); }
Owned items_iter(Object* self) { return dict_iterator_new(dict_of(self), &dict_item_iterator_type); }
Owned keys_reversed(Object* self, Object*) { return dict_iterator_new(dict_of(self), &dict_reverse_key_iterator_type); }
Owned values_reversed(Object* self, Object*) {
    return dict_iterator_new(dict_of(self), &dict_reverse_value_iterator_type);
}
Owned items_reversed(Object* self, Object*) {
    return dict_iterator_new(dict_of(self), &dict_reverse_item_iterator_type);
}

constexpr const char* kDisjointDoc = "Return True if the view and the given iterable have a null intersection.";

const MethodDef keys_methods[] = {
    method_def("isdisjoint", view_isdisjoint, kMethO, kDisjointDoc),
    method_def("__reversed__", keys_reversed, kMethNoargs, "Return a reverse iterator over the dict keys."),
    {nullptr, nullptr, 0, nullptr},
};
const MethodDef values_methods[] = {
    method_def("__reversed__", values_reversed, kMethNoargs, "Return a reverse iterator over the dict values."),
    {nullptr, nullptr, 0, nullptr},
};
const MethodDef items_methods[] = {
    method_def("isdisjoint", view_isdisjoint, kMethO, kDisjointDoc),
    method_def("__reversed__", items_reversed, kMethNoargs, "Return a reverse iterator over the dict items."),
    {nullptr, nullptr, 0, nullptr},
};
const GetSetDef view_getset[] = {
    {"mapping", view_mapping, nullptr, "dictionary that this view refers to", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

Type view_type(const char* name, UnaryFn iter, const MethodDef* methods) {
    Type type = static_type(name, sizeof(DictViewObject), 0, kHaveGc);
    type.tp_dealloc = view_dealloc;
    type.tp_repr = view_repr;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = view_traverse;
    type.tp_iter = iter;
    type.tp_methods = methods;
    type.tp_getset = view_getset;
    type.sq_length = view_length;
    return type;
}
Type set_view_type(const char* name, UnaryFn iter, const MethodDef* methods, ContainsFn contains) {
    Type type = view_type(name, iter, methods);
    type.tp_richcompare = view_rich_compare;
    type.nb_subtract = view_subtract;
    type.nb_and = view_and;
    type.nb_xor = view_xor;
    type.nb_or = view_or;
    type.sq_contains = contains;
    return type;
}

}  // namespace

Type dict_keys_type = set_view_type("dict_keys", keys_iter, keys_methods, keys_contains);
Type dict_values_type = view_type("dict_values", values_iter, values_methods);
Type dict_items_type = set_view_type("dict_items", items_iter, items_methods, items_contains);

Owned dict_view_new(Object* dict, Type* type) {
    if (!dict_check(dict)) {
        return err_format(exc::TypeError, "%s() requires a dict argument, not '%s'", type->tp_name, dict->type->tp_name);
    }
    auto* view = new_object<DictViewObject>(type);
    if (!view) return nullptr;
    view->dict = newref(as_dict(dict));
    gc_track(view);
    return view;
}

Owned dict_keys_list(Object* dict) {
    for (;;) {
        intptr_t count = dict_size(dict);
        Object* list = list_new(count);
        if (!list) return nullptr;
        // The allocation may have run a collection that changed the dict.
        if (count != dict_size(dict)) {
            decref(list);
            continue;
        }
        intptr_t position = 0, i = 0;
        Object* key;
        while (dict_next(dict, &position, &key, nullptr)) list_init_item(list, i++, newref(key));
        return list;
    }
}

Owned dict_values_list(Object* dict) {
    for (;;) {
        intptr_t count = dict_size(dict);
        Object* list = list_new(count);
        if (!list) return nullptr;
        if (count != dict_size(dict)) {
            decref(list);
            continue;
        }
        intptr_t position = 0, i = 0;
        Object* value;
        while (dict_next(dict, &position, nullptr, &value)) list_init_item(list, i++, newref(value));
        return list;
    }
}

Owned dict_items_list(Object* dict) {
    for (;;) {
        intptr_t count = dict_size(dict);
        Ref<Object> list = own(list_new(count));
        if (!list) return nullptr;
        for (intptr_t i = 0; i < count; ++i) {
            Object* pair = tuple_new(2);
            if (!pair) return nullptr;
            list_init_item(list.get(), i, pair);
        }
        if (count != dict_size(dict)) continue;
        intptr_t position = 0, i = 0;
        Object *key, *value;
        while (dict_next(dict, &position, &key, &value)) {
            Object* pair = list_get_item(list.get(), i++);
            tuple_init_item(pair, 0, newref(key));
            tuple_init_item(pair, 1, newref(value));
        }
        return list.release();
    }
}

int init_dict_view_types() {
    for (Type* type : {&dict_keys_type, &dict_values_type, &dict_items_type}) {
        if (type_ready(type) < 0) return -1;
    }
    return init_dict_iterator_types();
}

}  // namespace refscope::vm
