// dict: lookups, insertion, deletion, resizing, iteration, life and death.
//
// A dict is combined (the table is its own) or split (the table is the class's, the values are its own). Comparisons run
// code that may change the dict: a lookup that sees a change starts again, as in CPython.
#include "vm/objects/dict.h"

#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/ref_array.h"
#include "vm/objects/abstract.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/free_list.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

void dict_clear_free_keys();
void keys_decref_in_dying_dict(DictKeys* keys);

uint64_t dict_global_version = 0;

namespace {

FreeList<80> free_dicts;
constexpr intptr_t kKeyChanged = -4;

// startkey == key, with the references named that CPython holds meanwhile.
[[gnu::noinline]] int compare_keys(Object* start_key, Object* key, const PendingInsert* pending) {
    Ref<Object> held = share(start_key);
    RefNode pending_key(pending ? pending->key : nullptr), pending_value(pending ? pending->value : nullptr);
    return object_rich_compare_bool(start_key, key, kEQ);
}

// 1, 0, or -1 with an exception; *ran is set when code may have run.
inline int keys_equal(Object* start_key, Object* key, const PendingInsert* pending, bool* ran) {
    if (int_check_exact(start_key) && int_check_exact(key) && int_is_compact(start_key) && int_is_compact(key)) {
        return int_compact_value(start_key) == int_compact_value(key);
    }
    if (str_check_exact(start_key) && str_check_exact(key)) return str_equal(start_key, key);
    *ran = true;
    return compare_keys(start_key, key, pending);
}

intptr_t lookup_general_table(DictObject* dict, DictKeys* keys, Object* key, Hash hash, const PendingInsert* pending) {
    DictEntry* entries = keys_entries(keys);
    size_t mask = keys_mask(keys);
    size_t slot = static_cast<size_t>(hash) & mask;
    size_t perturb = static_cast<size_t>(hash);
    for (;;) {
        intptr_t index = keys_get_index(keys, slot);
        if (index >= 0) {
            DictEntry* entry = &entries[index];
            if (entry->key == key) return index;
            if (entry->hash == hash) {
                Object* start_key = entry->key;
                bool ran = false;
                int equal = keys_equal(start_key, key, pending, &ran);
                if (equal < 0) return kIndexError;
                if (ran && (dict->keys != keys || entry->key != start_key)) return kKeyChanged;
                if (equal) return index;
            }
        } else if (index == kIndexEmpty) {
            return kIndexEmpty;
        }
        perturb >>= 5;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}

// A key that is no exact str in a table of strs.
intptr_t lookup_other_in_unicode(DictObject* dict, DictKeys* keys, Object* key, Hash hash, const PendingInsert* pending) {
    UnicodeEntry* entries = keys_unicode_entries(keys);
    size_t mask = keys_mask(keys);
    size_t slot = static_cast<size_t>(hash) & mask;
    size_t perturb = static_cast<size_t>(hash);
    for (;;) {
        intptr_t index = keys_get_index(keys, slot);
        if (index >= 0) {
            UnicodeEntry* entry = &entries[index];
            if (entry->key == key) return index;
            if (as_str(entry->key)->hash == hash) {
                Object* start_key = entry->key;
                int equal = compare_keys(start_key, key, pending);
                if (equal < 0) return kIndexError;
                if (dict->keys != keys || entry->key != start_key) return kKeyChanged;
                if (equal) return index;
            }
        } else if (index == kIndexEmpty) {
            return kIndexEmpty;
        }
        perturb >>= 5;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}

// Takes both references. The dict has the shared empty table.
int insert_into_empty(DictObject* dict, Object* key, Hash hash, Object* value) {
    bool unicode = str_check_exact(key);
    DictKeys* keys = keys_new(kMinLog2Size, unicode);
    if (!keys) {
        decref_holding(key, value);
        decref(value);
        return -1;
    }
    --empty_keys()->refcount;
    dict->keys = keys;
    dict->values = nullptr;
    dict_maintain_tracking(dict, key, value);
    keys_set_index(keys, static_cast<size_t>(hash) & 7, 0);
    if (unicode) {
        keys_unicode_entries(keys)[0] = {key, value};
    } else {
        keys_entries(keys)[0] = {hash, key, value};
    }
    ++dict->used;
    dict->version_tag = dict_next_version();
    --keys->usable;
    ++keys->nentries;
    return 0;
}

// Appends an entry; there is room. Takes both references.
inline void append_entry(DictObject* dict, Object* key, Hash hash, Object* value) {
    DictKeys* keys = dict->keys;
    intptr_t index = keys->nentries;
    keys_set_index(keys, keys_find_empty_slot(keys, hash), index);
    if (keys_is_unicode(keys)) {
        UnicodeEntry* entry = &keys_unicode_entries(keys)[index];
        entry->key = key;
        if (dict->values) {
            values_add_order(dict->values, index);
            dict->values->values[index] = value;
        } else {
            entry->value = value;
        }
    } else {
        keys_entries(keys)[index] = {hash, key, value};
    }
    ++dict->used;
    dict->version_tag = dict_next_version();
    --keys->usable;
    ++keys->nentries;
}

}  // namespace

void dict_maintain_tracking(DictObject* dict, Object* key, Object* value) {
    if (!gc_is_tracked(dict) && (gc_may_be_tracked(key) || gc_may_be_tracked(value))) gc_track(dict);
}

intptr_t dict_lookup_general(DictObject* dict, Object* key, Hash hash, Object** value, const PendingInsert* pending) {
    for (;;) {
        DictKeys* keys = dict->keys;
        intptr_t index;
        if (keys->kind == KeysKind::kGeneral) {
            index = lookup_general_table(dict, keys, key, hash, pending);
            if (index == kKeyChanged) continue;
            *value = index >= 0 ? keys_entries(keys)[index].value : nullptr;
            return index;
        }
        if (str_check_exact(key)) {
            index = keys_lookup_unicode(keys, key, hash);
        } else {
            index = lookup_other_in_unicode(dict, keys, key, hash, pending);
            if (index == kKeyChanged) continue;
        }
        if (index < 0) *value = nullptr;
        else if (keys->kind == KeysKind::kSplit) *value = dict->values->values[index];
        else *value = keys_unicode_entries(keys)[index].value;
        return index;
    }
}

void dict_raise_key_error(Object* key) {
    Ref<Object> arguments = own(tuple_pack({key}));
    if (arguments) err_set_object(&exc::KeyError, arguments.get());
}

int dict_insert_steal(DictObject* dict, Object* key, Hash hash, Object* value) {
    if (dict->keys == empty_keys()) return insert_into_empty(dict, key, hash, value);
    PendingInsert pending{key, value};
    Object* old_value = nullptr;
    intptr_t index;
    if (keys_is_unicode(dict->keys) && !str_check_exact(key) && dict_insertion_resize(dict, false) < 0) goto fail;
    index = dict_lookup(dict, key, hash, &old_value, &pending);
    if (index == kIndexError) goto fail;
    dict_maintain_tracking(dict, key, value);
    if (index == kIndexEmpty) {
        dict->keys->version = 0;
        if (dict->keys->usable <= 0 && dict_insertion_resize(dict, true) < 0) goto fail;
        append_entry(dict, key, hash, value);
        return 0;
    }
    if (old_value != value) {
        if (dict->values) {
            dict->values->values[index] = value;
            if (!old_value) {
                values_add_order(dict->values, index);
                ++dict->used;
            }
        } else if (keys_is_unicode(dict->keys)) {
            keys_unicode_entries(dict->keys)[index].value = value;
        } else {
            keys_entries(dict->keys)[index].value = value;
        }
        dict->version_tag = dict_next_version();
    }
    if (old_value) decref_holding(old_value, key);
    decref(key);
    return 0;
fail:
    decref_holding(value, key);
    decref(key);
    return -1;
}

int dict_set_item_steal(Object* object, Object* key, Object* value) {
    Hash hash;
    if (RS_LIKELY(str_check_exact(key))) {
        hash = str_hash_fast(key);
    } else {
        RefNode held_key(key), held_value(value);
        hash = key_hash(key);
    }
    if (RS_UNLIKELY(hash == -1)) {
        decref_holding(key, value);
        decref(value);
        return -1;
    }
    return dict_insert_steal(as_dict(object), key, hash, value);
}

int dict_set_item(Object* dict, Object* key, Object* value) {
    RS_ASSERT(dict_check(dict), "dict_set_item needs a dict");
    return dict_set_item_steal(dict, newref(key), newref(value));
}

int dict_set_item_known_hash(Object* dict, Object* key, Object* value, Hash hash) {
    return dict_insert_steal(as_dict(dict), newref(key), hash, newref(value));
}

int dict_set_item_string(Object* dict, const char* key, Object* value) {
    Object* name = str_intern_from_string(key);
    if (!name) return -1;
    Ref<Object> held = own(name);
    return dict_set_item(dict, name, value);
}

int dict_resize(DictObject* dict, int log2_size, bool unicode) {
    DictKeys* old_keys = dict->keys;
    DictValues* old_values = dict->values;
    if (!keys_is_unicode(old_keys)) unicode = false;
    DictKeys* keys = keys_new(log2_size, unicode);
    if (!keys) return -1;
    RS_ASSERT(keys->usable >= dict->used, "a dict's new table is too small");
    intptr_t count = dict->used;
    if (old_values) {
        // The names stay with the class, the values move.
        UnicodeEntry* old_entries = keys_unicode_entries(old_keys);
        for (intptr_t i = 0; i < count; ++i) {
            int index = values_order(old_values, static_cast<int>(i));
            Object* key = newref(old_entries[index].key);
            if (unicode) keys_unicode_entries(keys)[i] = {key, old_values->values[index]};
            else keys_entries(keys)[i] = {as_str(key)->hash, key, old_values->values[index]};
        }
        keys_build_indices(keys, count);
        keys->usable -= count;
        keys->nentries = count;
        dict->keys = keys;
        dict->values = nullptr;
        values_free(old_values);
        keys_decref(old_keys);
        return 0;
    }
    if (keys_is_unicode(old_keys)) {
        UnicodeEntry* entry = keys_unicode_entries(old_keys);
        if (unicode) {
            UnicodeEntry* target = keys_unicode_entries(keys);
            if (old_keys->nentries == count) {
                std::memcpy(target, entry, static_cast<size_t>(count) * sizeof *entry);
            } else {
                for (intptr_t i = 0; i < count; ++i) {
                    while (!entry->value) ++entry;
                    target[i] = *entry++;
                }
            }
        } else {
            DictEntry* target = keys_entries(keys);
            for (intptr_t i = 0; i < count; ++i, ++entry) {
                while (!entry->value) ++entry;
                target[i] = {as_str(entry->key)->hash, entry->key, entry->value};
            }
        }
    } else {
        DictEntry* entry = keys_entries(old_keys);
        DictEntry* target = keys_entries(keys);
        if (old_keys->nentries == count) {
            std::memcpy(target, entry, static_cast<size_t>(count) * sizeof *entry);
        } else {
            for (intptr_t i = 0; i < count; ++i) {
                while (!entry->value) ++entry;
                target[i] = *entry++;
            }
        }
    }
    keys_build_indices(keys, count);
    keys->usable -= count;
    keys->nentries = count;
    dict->keys = keys;
    if (old_keys == empty_keys()) --old_keys->refcount;
    else keys_free_memory(old_keys);
    return 0;
}

// --- lookups ---

Object* dict_get_item(Object* dict, Object* key) {
    if (!dict_check(dict)) return nullptr;
    Hash hash = key_hash(key);
    if (hash == -1) {
        err_clear();
        return nullptr;
    }
    Object* value;
    if (RS_LIKELY(!err_occurred())) {
        if (dict_lookup(as_dict(dict), key, hash, &value) == kIndexError) err_clear();
        return value;
    }
    Ref<Object> pending = own(err_fetch());
    if (dict_lookup(as_dict(dict), key, hash, &value) == kIndexError) err_clear();
    err_restore(pending.release());
    return value;
}

Object* dict_get_item_with_error(Object* dict, Object* key) {
    RS_ASSERT(dict_check(dict), "dict_get_item_with_error needs a dict");
    Hash hash = key_hash(key);
    if (hash == -1) return nullptr;
    Object* value;
    dict_lookup(as_dict(dict), key, hash, &value);
    return value;
}

Object* dict_get_item_known_hash(Object* dict, Object* key, Hash hash) {
    Object* value;
    dict_lookup(as_dict(dict), key, hash, &value);
    return value;
}

Object* dict_get_item_string(Object* dict, const char* key) {
    Ref<Object> name = own(str_from_string(key));
    if (!name) {
        err_clear();
        return nullptr;
    }
    return dict_get_item(dict, name.get());
}

Object* dict_get_item_string_with_error(Object* dict, const char* key) {
    Ref<Object> name = own(str_from_string(key));
    return name ? dict_get_item_with_error(dict, name.get()) : nullptr;
}

bool dict_peek(Object* object, Object* key, Object** value) {
    DictObject* dict = as_dict(object);
    DictKeys* keys = dict->keys;
    bool is_str = str_check_exact(key);
    if (keys_is_unicode(keys)) {
        if (!is_str) return false;
        intptr_t index = keys_lookup_unicode(keys, key, str_hash_fast(key));
        if (index < 0) *value = nullptr;
        else *value = dict->values ? dict->values->values[index] : keys_unicode_entries(keys)[index].value;
        return true;
    }
    if (!is_str && !(int_check_exact(key) && int_is_compact(key))) return false;
    Hash hash = key_hash(key);
    DictEntry* entries = keys_entries(keys);
    size_t mask = keys_mask(keys);
    size_t slot = static_cast<size_t>(hash) & mask;
    size_t perturb = static_cast<size_t>(hash);
    for (;;) {
        intptr_t index = keys_get_index(keys, slot);
        if (index >= 0) {
            DictEntry* entry = &entries[index];
            bool found = entry->key == key;
            if (!found && entry->hash == hash) {
                Object* other = entry->key;
                if (is_str) {
                    if (!str_check_exact(other)) return false;
                    found = str_equal(other, key);
                } else {
                    if (!int_check_exact(other) || !int_is_compact(other)) return false;
                    found = int_compact_value(other) == int_compact_value(key);
                }
            }
            if (found) {
                *value = entry->value;
                return true;
            }
        } else if (index == kIndexEmpty) {
            *value = nullptr;
            return true;
        }
        perturb >>= 5;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}

int dict_contains_known_hash(Object* dict, Object* key, Hash hash) {
    Object* value;
    if (dict_lookup(as_dict(dict), key, hash, &value) == kIndexError) return -1;
    return value != nullptr;
}

int dict_contains(Object* dict, Object* key) {
    Hash hash = key_hash(key);
    if (hash == -1) return -1;
    return dict_contains_known_hash(dict, key, hash);
}

Object* dict_load_global(Object* globals, Object* builtins, Object* name) {
    Hash hash = key_hash(name);
    if (hash == -1) return nullptr;
    Object* value;
    if (dict_lookup(as_dict(globals), name, hash, &value) == kIndexError || value) return value;
    dict_lookup(as_dict(builtins), name, hash, &value);
    return value;
}

intptr_t dict_lookup_index(Object* dict, Object* name, Hash hash, Object** value) {
    return dict_lookup(as_dict(dict), name, hash, value);
}

intptr_t dict_get_item_hint(Object* object, Object* key, intptr_t hint, Object** value) {
    DictObject* dict = as_dict(object);
    DictKeys* keys = dict->keys;
    if (hint >= 0 && hint < keys->nentries && keys_key_at(keys, hint) == key) {
        Object* found = dict->values              ? dict->values->values[hint]
                        : keys_is_unicode(keys) ? keys_unicode_entries(keys)[hint].value
                                                : keys_entries(keys)[hint].value;
        if (found) {
            *value = found;
            return hint;
        }
    }
    Hash hash = key_hash(key);
    if (hash == -1) return kIndexError;
    return dict_lookup(dict, key, hash, value);
}

void dict_replace_value_at(DictObject* dict, intptr_t index, Object* value) {
    Object*& slot = keys_is_unicode(dict->keys) ? keys_unicode_entries(dict->keys)[index].value
                                                : keys_entries(dict->keys)[index].value;
    Object* old = slot;
    slot = value;
    if (!gc_is_tracked(dict) && gc_may_be_tracked(value)) gc_track(dict);
    dict->version_tag = dict_next_version();
    decref(old);
}

// --- deletion ---

int dict_delete_common(DictObject* dict, Hash hash, intptr_t index, Object* old_value) {
    DictKeys* keys = dict->keys;
    --dict->used;
    dict->version_tag = dict_next_version();
    if (dict->values) {
        dict->values->values[index] = nullptr;
        values_remove_order(dict->values, index);
    } else {
        keys->version = 0;
        keys_set_index(keys, static_cast<size_t>(keys_slot_of_index(keys, hash, index)), kIndexDummy);
        Object* old_key;
        if (keys_is_unicode(keys)) {
            UnicodeEntry* entry = &keys_unicode_entries(keys)[index];
            old_key = entry->key;
            *entry = {nullptr, nullptr};
        } else {
            DictEntry* entry = &keys_entries(keys)[index];
            old_key = entry->key;
            *entry = {0, nullptr, nullptr};
        }
        decref_holding(old_key, old_value);
    }
    decref(old_value);
    return 0;
}

int dict_del_item_known_hash(Object* object, Object* key, Hash hash) {
    DictObject* dict = as_dict(object);
    Object* old_value;
    intptr_t index = dict_lookup(dict, key, hash, &old_value);
    if (index == kIndexError) return -1;
    if (index == kIndexEmpty || !old_value) {
        dict_raise_key_error(key);
        return -1;
    }
    return dict_delete_common(dict, hash, index, old_value);
}

int dict_del_item(Object* dict, Object* key) {
    Hash hash = key_hash(key);
    if (hash == -1) return -1;
    return dict_del_item_known_hash(dict, key, hash);
}

int dict_del_item_string(Object* dict, const char* key) {
    Ref<Object> name = own(str_from_string(key));
    return name ? dict_del_item(dict, name.get()) : -1;
}

int dict_del_item_if(Object* object, Object* key, int (*predicate)(Object* value)) {
    DictObject* dict = as_dict(object);
    Hash hash = key_hash(key);
    if (hash == -1) return -1;
    Object* old_value;
    intptr_t index = dict_lookup(dict, key, hash, &old_value);
    if (index == kIndexError) return -1;
    if (index == kIndexEmpty || !old_value) {
        dict_raise_key_error(key);
        return -1;
    }
    int wanted = predicate(old_value);
    if (wanted <= 0) return wanted;
    return dict_delete_common(dict, hash, index, old_value);
}

Owned dict_pop_known_hash(Object* object, Object* key, Hash hash, Object* fallback) {
    DictObject* dict = as_dict(object);
    Object* old_value = nullptr;
    intptr_t index = kIndexEmpty;
    if (dict->used != 0) index = dict_lookup(dict, key, hash, &old_value);
    if (index == kIndexError) return nullptr;
    if (index == kIndexEmpty || !old_value) {
        if (fallback) return newref(fallback);
        dict_raise_key_error(key);
        return nullptr;
    }
    Ref<Object> value = share(old_value);
    dict_delete_common(dict, hash, index, old_value);
    return value.release();
}

Owned dict_pop(Object* object, Object* key, Object* fallback) {
    if (as_dict(object)->used == 0) return dict_pop_known_hash(object, key, 0, fallback);
    Hash hash = key_hash(key);
    if (hash == -1) return nullptr;
    return dict_pop_known_hash(object, key, hash, fallback);
}

Object* dict_set_default(Object* object, Object* key, Object* fallback) {
    DictObject* dict = as_dict(object);
    Hash hash = key_hash(key);
    if (hash == -1) return nullptr;
    if (dict->keys == empty_keys()) {
        return insert_into_empty(dict, newref(key), hash, newref(fallback)) < 0 ? nullptr : fallback;
    }
    if (!str_check_exact(key) && keys_is_unicode(dict->keys) && dict_insertion_resize(dict, false) < 0) return nullptr;
    Object* value;
    intptr_t index = dict_lookup(dict, key, hash, &value);
    if (index == kIndexError) return nullptr;
    if (index == kIndexEmpty) {
        dict->keys->version = 0;
        if (dict->keys->usable <= 0 && dict_insertion_resize(dict, true) < 0) return nullptr;
        dict_maintain_tracking(dict, key, fallback);
        append_entry(dict, newref(key), hash, newref(fallback));
        return fallback;
    }
    if (!value) {
        dict->values->values[index] = newref(fallback);
        dict_maintain_tracking(dict, key, fallback);
        values_add_order(dict->values, index);
        ++dict->used;
        dict->version_tag = dict_next_version();
        return fallback;
    }
    return value;
}

void dict_clear(Object* object) {
    if (!dict_check(object)) return;
    DictObject* dict = as_dict(object);
    DictKeys* old_keys = dict->keys;
    DictValues* old_values = dict->values;
    if (old_keys == empty_keys()) return;
    keys_incref(empty_keys());
    dict->keys = empty_keys();
    dict->values = nullptr;
    dict->used = 0;
    dict->version_tag = dict_next_version();
    if (old_values) {
        {
            intptr_t count = old_keys->nentries;
            RefArray named(old_values->values, count, "dict being cleared");
            for (intptr_t i = 0; i < count; ++i) clear_ref(old_values->values[i]);
        }
        values_free(old_values);
    }
    keys_decref(old_keys);
}

bool dict_next(Object* object, intptr_t* position, Object** key, Object** value, Hash* hash) {
    DictObject* dict = as_dict(object);
    DictKeys* keys = dict->keys;
    intptr_t i = *position;
    Object *found_key, *found_value;
    Hash found_hash;
    if (dict->values) {
        if (i < 0 || i >= dict->used) return false;
        int index = values_order(dict->values, static_cast<int>(i));
        found_value = dict->values->values[index];
        found_key = keys_unicode_entries(keys)[index].key;
        found_hash = as_str(found_key)->hash;
    } else {
        intptr_t count = keys->nentries;
        if (i < 0) return false;
        if (keys_is_unicode(keys)) {
            UnicodeEntry* entries = keys_unicode_entries(keys);
            while (i < count && !entries[i].value) ++i;
            if (i >= count) return false;
            found_key = entries[i].key;
            found_value = entries[i].value;
            found_hash = as_str(found_key)->hash;
        } else {
            DictEntry* entries = keys_entries(keys);
            while (i < count && !entries[i].value) ++i;
            if (i >= count) return false;
            found_key = entries[i].key;
            found_value = entries[i].value;
            found_hash = entries[i].hash;
        }
    }
    *position = i + 1;
    if (key) *key = found_key;
    if (value) *value = found_value;
    if (hash) *hash = found_hash;
    return true;
}

// --- life and death ---

Owned dict_new_with(DictKeys* stolen_keys, DictValues* values, intptr_t used) {
    auto* dict = static_cast<DictObject*>(free_dicts.take(&dict_type));
    if (!dict) dict = new_object<DictObject>(&dict_type);
    if (!dict) {
        keys_decref(stolen_keys);
        return nullptr;
    }
    dict->keys = stolen_keys;
    dict->values = values;
    dict->used = used;
    dict->version_tag = dict_next_version();
    return dict;
}

Owned dict_new() {
    keys_incref(empty_keys());
    return dict_new_with(empty_keys(), nullptr, 0);
}

namespace {

Owned new_presized(intptr_t min_used, bool unicode) {
    constexpr int kMaxLog2Presize = 17;
    if (min_used <= keys_usable_fraction(8)) return dict_new();
    int log2_size = min_used > keys_usable_fraction(intptr_t{1} << kMaxLog2Presize) ? kMaxLog2Presize
                                                                                    : keys_log2_for_entries(min_used);
    DictKeys* keys = keys_new(log2_size, unicode);
    return keys ? dict_new_with(keys, nullptr, 0) : nullptr;
}

void dict_dealloc(Object* object) {
    DictObject* dict = as_dict(object);
    gc_untrack(object);
    if (!trash_begin(object)) return;
    if (DictValues* values = dict->values) {
        for (intptr_t i = 0, count = dict->keys->nentries; i < count; ++i) clear_ref(values->values[i]);
        dict->values = nullptr;
        values_free(values);
        DictKeys* keys = dict->keys;
        dict->keys = empty_keys();
        keys_decref(keys);
    } else if (DictKeys* keys = dict->keys) {
        if (keys == empty_keys()) --keys->refcount;
        else keys_decref_in_dying_dict(keys);
        dict->keys = nullptr;
    }
    if (object->type != &dict_type || !free_dicts.put(object)) object->type->tp_free(object);
    trash_end();
}

int dict_traverse(Object* object, Visit visit, void* context) {
    DictObject* dict = as_dict(object);
    DictKeys* keys = dict->keys;
    if (!keys) return 0;
    intptr_t count = keys->nentries;
    if (dict->values) {
        UnicodeEntry* entries = keys_unicode_entries(keys);
        for (intptr_t i = 0; i < count; ++i) {
            RS_VISIT(dict->values->values[i], Edge::named(EdgeKind::kDictValue, entries[i].key, static_cast<uint32_t>(i)));
        }
        return 0;
    }
    if (keys_is_unicode(keys)) {
        UnicodeEntry* entries = keys_unicode_entries(keys);
        for (intptr_t i = 0; i < count; ++i) {
            Edge key_edge = Edge::named(EdgeKind::kDictKey, entries[i].key, static_cast<uint32_t>(i));
            key_edge.hidden = true;
            RS_VISIT(entries[i].value, Edge::named(EdgeKind::kDictValue, entries[i].key, static_cast<uint32_t>(i)));
            RS_VISIT(entries[i].key, key_edge);
        }
        return 0;
    }
    DictEntry* entries = keys_entries(keys);
    for (intptr_t i = 0; i < count; ++i) {
        RS_VISIT(entries[i].value, Edge::named(EdgeKind::kDictValue, entries[i].key, static_cast<uint32_t>(i)));
        RS_VISIT(entries[i].key, Edge::named(EdgeKind::kDictKey, entries[i].key, static_cast<uint32_t>(i)));
    }
    return 0;
}

int dict_tp_clear(Object* object) {
    dict_clear(object);
    return 0;
}

}  // namespace

Owned dict_new_presized(intptr_t min_used) { return new_presized(min_used, false); }

Owned dict_from_items(Object* const* keys, intptr_t key_step, Object* const* values, intptr_t value_step,
                      intptr_t count) {
    bool unicode = true;
    for (intptr_t i = 0; i < count && unicode; ++i) unicode = str_check_exact(keys[i * key_step]);
    Ref<Object> dict = own(new_presized(count, unicode));
    if (!dict) return nullptr;
    for (intptr_t i = 0; i < count; ++i) {
        if (dict_set_item(dict.get(), keys[i * key_step], values[i * value_step]) < 0) return nullptr;
    }
    return dict.release();
}

size_t dict_size_of(Object* object) {
    DictObject* dict = as_dict(object);
    auto size = static_cast<size_t>(object->type->tp_basicsize);
    if (dict->values) size += static_cast<size_t>(keys_shared_size(dict->keys)) * sizeof(Object*);
    if (dict->keys != empty_keys() && dict->keys->refcount == 1) size += keys_byte_size(dict->keys);
    return size;
}

void dict_maybe_untrack(Object* object) {
    if (!dict_check_exact(object) || !gc_is_tracked(object)) return;
    DictObject* dict = as_dict(object);
    DictKeys* keys = dict->keys;
    for (intptr_t i = 0, count = keys->nentries; i < count; ++i) {
        if (dict->values) {
            Object* value = dict->values->values[i];
            if (value && gc_may_be_tracked(value)) return;
        } else if (keys_is_unicode(keys)) {
            Object* value = keys_unicode_entries(keys)[i].value;
            if (value && gc_may_be_tracked(value)) return;
        } else {
            DictEntry& entry = keys_entries(keys)[i];
            if (entry.value && (gc_may_be_tracked(entry.value) || gc_may_be_tracked(entry.key))) return;
        }
    }
    gc_untrack_unchecked(object);
}

void dict_clear_free_lists() {
    free_dicts.clear(&dict_type);
    dict_clear_free_keys();
}

Type dict_type = [] {
    Type type = static_type("dict", sizeof(DictObject), 0,
                            kHaveGc | kBaseType | kDictSubclass | kMatchSelf | kMappingPattern);
    type.tp_dealloc = dict_dealloc;
    type.tp_traverse = dict_traverse;
    type.tp_clear = dict_tp_clear;
    type.tp_sizeof = dict_size_of;
    dict_fill_methods(type);
    return type;
}();

int init_dict_types() {
    if (type_ready(&dict_type) < 0) return -1;
    return init_dict_view_types();
}

}  // namespace refscope::vm
