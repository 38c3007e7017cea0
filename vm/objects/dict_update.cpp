// dict: copies, updates from mappings and pairs, fromkeys.
//
// Where both sides are plain dicts whole tables are cloned when CPython clones them, which shows in sizes.
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

enum class Existing { kKeep, kOverride, kError };

bool iterates_as_dict(Object* object) { return dict_check(object) && object->type->tp_iter == dict_iter; }

int merge_one(DictObject* dict, Object* key, Hash hash, Object* value, Existing existing) {
    if (existing != Existing::kOverride) {
        int present = dict_contains_known_hash(dict, key, hash);
        if (present < 0) return -1;
        if (present) {
            if (existing == Existing::kKeep) return 0;
            dict_raise_key_error(key);
            return -1;
        }
    }
    return dict_insert_steal(dict, newref(key), hash, newref(value));
}

int merge_dict(DictObject* dict, DictObject* other, Existing existing) {
    if (other == dict || other->used == 0) return 0;
    if (dict->used == 0) {
        existing = Existing::kOverride;
        DictKeys* keys = other->keys;
        if (!other->values && other->used == keys->nentries &&
            (keys->log2_size == kMinLog2Size || keys_usable_fraction(keys_size(keys) / 2) < other->used)) {
            DictKeys* clone = dict_clone_combined_keys(other);
            if (!clone) return -1;
            DictKeys* old_keys = dict->keys;
            DictValues* old_values = dict->values;
            dict->keys = clone;
            dict->values = nullptr;
            dict->used = other->used;
            dict->version_tag = dict_next_version();
            if (gc_is_tracked(other) && !gc_is_tracked(dict)) gc_track(dict);
            if (old_values) values_free(old_values);
            keys_decref(old_keys);
            return 0;
        }
    }
    if (keys_usable_fraction(keys_size(dict->keys)) < other->used &&
        dict_resize(dict, keys_log2_for_entries(dict->used + other->used), keys_is_unicode(other->keys)) < 0) {
        return -1;
    }
    intptr_t entries_before = other->keys->nentries;
    intptr_t position = 0;
    Object *key, *value;
    Hash hash;
    while (dict_next(other, &position, &key, &value, &hash)) {
        Ref<Object> held_key = share(key), held_value = share(value);
        if (merge_one(dict, key, hash, value, existing) < 0) return -1;
        held_value.reset();
        held_key.reset();
        if (entries_before != other->keys->nentries) {
            err_set_string(exc::RuntimeError, "dict mutated during update");
            return -1;
        }
    }
    return 0;
}

int merge_mapping(Object* dict, Object* other, Existing existing) {
    Ref<Object> keys = own(mapping_keys(other));
    if (!keys) return -1;
    Ref<Object> iterator = own(object_get_iter(keys.get()));
    if (!iterator) return -1;
    keys.reset();
    while (Ref<Object> key = own(iter_next(iterator.get()))) {
        if (existing != Existing::kOverride) {
            int present = dict_contains(dict, key.get());
            if (present < 0) return -1;
            if (present) {
                if (existing == Existing::kKeep) continue;
                dict_raise_key_error(key.get());
                return -1;
            }
        }
        Ref<Object> value = own(object_get_item(other, key.get()));
        if (!value || dict_set_item(dict, key.get(), value.get()) < 0) return -1;
        key.reset();
    }
    return err_occurred() ? -1 : 0;
}

int merge(Object* dict, Object* other, Existing existing) {
    if (iterates_as_dict(other)) return merge_dict(as_dict(dict), as_dict(other), existing);
    return merge_mapping(dict, other, existing);
}

}  // namespace

DictKeys* dict_clone_combined_keys(DictObject* dict) {
    DictKeys* keys = dict->keys;
    size_t size = keys_byte_size(keys);
    auto* clone = static_cast<DictKeys*>(allocate_block(size));
    if (!clone) return nullptr;
    std::memcpy(clone, keys, size);
    clone->refcount = 1;
    clone->version = 0;
    for (intptr_t i = 0; i < clone->nentries; ++i) {
        Object *key, *value;
        if (keys_is_unicode(clone)) {
            key = keys_unicode_entries(clone)[i].key;
            value = keys_unicode_entries(clone)[i].value;
        } else {
            key = keys_entries(clone)[i].key;
            value = keys_entries(clone)[i].value;
        }
        if (value) {
            incref(value);
            incref(key);
        }
    }
    return clone;
}

int dict_update(Object* dict, Object* other) { return merge(dict, other, Existing::kOverride); }
int dict_merge(Object* dict, Object* other, bool override_existing) {
    return merge(dict, other, override_existing ? Existing::kOverride : Existing::kKeep);
}
int dict_merge_unique(Object* dict, Object* other) { return merge(dict, other, Existing::kError); }

int dict_merge_from_pairs(Object* dict, Object* pairs, bool override_existing) {
    Ref<Object> iterator = own(object_get_iter(pairs));
    if (!iterator) return -1;
    for (intptr_t i = 0;; ++i) {
        Ref<Object> item = own(iter_next(iterator.get()));
        if (!item) return err_occurred() ? -1 : 0;
        Ref<Object> fast = own(sequence_fast(item.get(), ""));
        if (!fast) {
            if (err_matches(exc::TypeError)) {
                err_format(exc::TypeError, "cannot convert dictionary update sequence element #%zd to a sequence", i);
            }
            return -1;
        }
        intptr_t count = list_check(fast.get()) ? list_size(fast.get()) : tuple_size(fast.get());
        if (count != 2) {
            err_format(exc::ValueError, "dictionary update sequence element #%zd has length %zd; 2 is required", i, count);
            return -1;
        }
        bool is_list = list_check(fast.get());
        Ref<Object> key = share(is_list ? list_get_item(fast.get(), 0) : tuple_get_item(fast.get(), 0));
        Ref<Object> value = share(is_list ? list_get_item(fast.get(), 1) : tuple_get_item(fast.get(), 1));
        if (override_existing) {
            if (dict_set_item(dict, key.get(), value.get()) < 0) return -1;
        } else if (!dict_set_default(dict, key.get(), value.get())) {
            return -1;
        }
        key.reset();
        value.reset();
        fast.reset();
        item.reset();
    }
}

int dict_update_arg(Object* dict, Object* other) {
    if (dict_check_exact(other)) return dict_update(dict, other);
    Object* keys_method = nullptr;
    if (object_lookup_attr(other, ID(keys), &keys_method) < 0) return -1;
    if (keys_method) {
        decref(keys_method);
        return dict_update(dict, other);
    }
    return dict_merge_from_pairs(dict, other, true);
}

Owned dict_copy(Object* object) {
    DictObject* dict = as_dict(object);
    if (dict->used == 0) return dict_new();
    if (dict->values) {
        intptr_t size = keys_shared_size(dict->keys);
        DictValues* values = values_new(size);
        if (!values) return nullptr;
        size_t prefix = values_prefix(values)[-1];
        std::memcpy(values_prefix(values) - prefix, values_prefix(dict->values) - prefix, prefix - 1);
        auto* copy = new_object<DictObject>(&dict_type);
        if (!copy) {
            values_free(values);
            return nullptr;
        }
        keys_incref(dict->keys);
        copy->keys = dict->keys;
        copy->values = values;
        copy->used = dict->used;
        copy->version_tag = dict_next_version();
        for (intptr_t i = 0; i < size; ++i) values->values[i] = xnewref(dict->values->values[i]);
        if (gc_is_tracked(dict)) gc_track(copy);
        return copy;
    }
    if (object->type->tp_iter == dict_iter && dict->used >= dict->keys->nentries * 2 / 3) {
        DictKeys* keys = dict_clone_combined_keys(dict);
        if (!keys) return nullptr;
        Object* copy = dict_new_with(keys, nullptr, 0);
        if (!copy) return nullptr;
        as_dict(copy)->used = dict->used;
        if (gc_is_tracked(dict)) gc_track(copy);
        return copy;
    }
    Ref<Object> copy = own(dict_new());
    if (!copy || merge(copy.get(), object, Existing::kOverride) < 0) return nullptr;
    return copy.release();
}

Owned dict_from_keys(Object* type, Object* iterable, Object* value) {
    Ref<Object> result = own(object_call_noargs(type));
    if (!result) return nullptr;
    bool exact = dict_check_exact(result.get());
    if (exact && as_dict(result.get())->used == 0) {
        DictObject* dict = as_dict(result.get());
        intptr_t position = 0;
        Object *key, *old_value;
        Hash hash;
        if (dict_check_exact(iterable)) {
            bool unicode = keys_is_unicode(as_dict(iterable)->keys);
            if (dict_resize(dict, keys_log2_for_entries(dict_size(iterable)), unicode) < 0) return nullptr;
            while (dict_next(iterable, &position, &key, &old_value, &hash)) {
                if (dict_insert_steal(dict, newref(key), hash, newref(value)) < 0) return nullptr;
            }
            return result.release();
        }
        if (anyset_check_exact(iterable)) {
            if (dict_resize(dict, keys_log2_for_entries(set_size(iterable)), false) < 0) return nullptr;
            while (set_next(iterable, &position, &key, &hash)) {
                if (dict_insert_steal(dict, newref(key), hash, newref(value)) < 0) return nullptr;
            }
            return result.release();
        }
    }
    Ref<Object> iterator = own(object_get_iter(iterable));
    if (!iterator) return nullptr;
    while (Ref<Object> key = own(iter_next(iterator.get()))) {
        int status = exact ? dict_set_item(result.get(), key.get(), value) : object_set_item(result.get(), key.get(), value);
        if (status < 0) return nullptr;
    }
    return err_occurred() ? nullptr : result.release();
}

}  // namespace refscope::vm
