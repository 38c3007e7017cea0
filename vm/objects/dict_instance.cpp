// Instances' values and key-sharing dicts.
#include "vm/objects/dict_instance.h"

#include "vm/heap/allocator.h"
#include "vm/heap/ref_array.h"
#include "vm/objects/abstract.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/errors.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

Owned make_dict(DictKeys* keys, DictValues* values) {
    intptr_t used = 0;
    bool track = false;
    for (intptr_t i = 0, size = keys_shared_size(keys); i < size; ++i) {
        if (Object* value = values->values[i]) {
            ++used;
            track |= gc_may_be_tracked(value);
        }
    }
    keys_incref(keys);
    Object* dict = dict_new_with(keys, values, used);
    if (dict && track) gc_track(dict);
    return dict;
}

}  // namespace

int object_init_instance_values(Object* object, Type* type) {
    DictKeys* keys = type->ht_cached_keys;
    if (!keys) return 0;
    if (keys->usable > 1) --keys->usable;
    DictValues* values = values_new(keys_shared_size(keys));
    if (!values) return -1;
    *managed_values_slot(object) = values;
    return 0;
}

int object_store_instance_attribute(Object* object, DictValues* values, Object* name, Object* value) {
    DictKeys* keys = object->type->ht_cached_keys;
    intptr_t index = str_check_exact(name) ? keys_insert_shared(keys, name) : kIndexEmpty;
    if (index == kIndexEmpty) {
        Object* dict = make_dict(keys, values);
        if (!dict) return -1;
        *managed_values_slot(object) = nullptr;
        *managed_dict_slot(object) = dict;
        return value ? dict_set_item(dict, name, value) : dict_del_item(dict, name);
    }
    Object* old_value = values->values[index];
    if (!old_value) {
        if (!value) {
            err_format(exc::AttributeError, "'%.100s' object has no attribute '%U'", object->type->tp_name, name);
            return -1;
        }
        values->values[index] = newref(value);
        values_add_order(values, index);
        return 0;
    }
    values->values[index] = xnewref(value);
    if (!value) values_remove_order(values, index);
    decref(old_value);
    return 0;
}

Object* object_get_instance_attribute(Object* object, DictValues* values, Object* name) {
    intptr_t index = keys_string_lookup(object->type->ht_cached_keys, name);
    return index < 0 ? nullptr : xnewref(values->values[index]);
}

bool object_is_instance_dict_empty(Object* object) {
    if (!object->type->has(kManagedDict)) return true;
    if (DictValues* values = *managed_values_slot(object)) return values_used(values) == 0;
    Object* dict = *managed_dict_slot(object);
    return !dict || dict_size(dict) == 0;
}

int object_visit_instance_attributes(Object* object, Visit visit, void* context) {
    DictValues* values = *managed_values_slot(object);
    if (!values) return 0;
    DictKeys* keys = object->type->ht_cached_keys;
    UnicodeEntry* entries = keys_unicode_entries(keys);
    for (intptr_t i = 0; i < keys->nentries; ++i) {
        RS_VISIT(values->values[i], Edge::named(EdgeKind::kAttribute, entries[i].key, static_cast<uint32_t>(i)));
    }
    return 0;
}

void object_clear_instance_attributes(Object* object) {
    DictValues* values = *managed_values_slot(object);
    if (!values) return;
    DictKeys* keys = object->type->ht_cached_keys;
    // The order of insertion keeps naming values that are gone, as in CPython: the object is garbage.
    for (intptr_t i = 0; i < keys->nentries; ++i) clear_ref(values->values[i]);
}

void object_free_instance_attributes(Object* object) {
    DictValues* values = *managed_values_slot(object);
    if (!values) return;
    DictKeys* keys = object->type->ht_cached_keys;
    for (intptr_t i = 0; i < keys->nentries; ++i) clear_ref(values->values[i]);
    *managed_values_slot(object) = nullptr;
    values_free(values);
}

Owned object_make_dict_from_instance_attributes(Object* object, DictValues* values) {
    return make_dict(object->type->ht_cached_keys, values);
}

Owned dict_new_with_shared_keys(DictKeys* keys) {
    DictValues* values = values_new(keys_shared_size(keys));
    if (!values) return nullptr;
    keys_incref(keys);
    Object* dict = dict_new_with(keys, values, 0);
    if (!dict) values_free(values);
    return dict;
}

int objectdict_set_item(Type* type, Object** slot, Object* name, Object* value) {
    Object* dict = *slot;
    if (!dict) {
        dict = type->has(kHeapType) && type->ht_cached_keys ? dict_new_with_shared_keys(type->ht_cached_keys) : dict_new();
        if (!dict) return -1;
        *slot = dict;
    }
    return value ? dict_set_item(dict, name, value) : dict_del_item(dict, name);
}

}  // namespace refscope::vm
