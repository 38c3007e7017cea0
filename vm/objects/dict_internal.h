// What the files of dict share: making tables, finding and putting entries. For vm/objects/dict*.cpp only.
#pragma once

#include "vm/objects/dict.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"

namespace refscope::vm {

Hash object_hash(Object* object);

// The table of every empty dict, never freed: a header and an index of eight empty slots.
alignas(DictKeys) extern uint64_t dict_empty_keys_words[5];
inline DictKeys* empty_keys() { return reinterpret_cast<DictKeys*>(dict_empty_keys_words); }

inline size_t keys_mask(const DictKeys* keys) { return (size_t{1} << keys->log2_size) - 1; }
void keys_set_index(DictKeys* keys, size_t slot, intptr_t index);
DictKeys* keys_new(int log2_size, bool unicode);  // nullptr: MemoryError
void keys_free_memory(DictKeys* keys);            // references have been moved or released
int keys_log2_for_size(size_t minimum);           // of the index
int keys_log2_for_entries(intptr_t entries);      // estimate with room for that many entries
// The slot for a hash whose key is known to be absent.
size_t keys_find_empty_slot(DictKeys* keys, Hash hash);
// The slot that holds `index`; -1 if none.
intptr_t keys_slot_of_index(DictKeys* keys, Hash hash, intptr_t index);
// Adds a name to a shared table: its index, or kIndexEmpty when there is no room.
intptr_t keys_insert_shared(DictKeys* keys, Object* name);
void keys_build_indices(DictKeys* keys, intptr_t count);

inline intptr_t keys_shared_size(const DictKeys* keys) { return keys->nentries + keys->usable; }
DictValues* values_new(intptr_t size);  // zeroed; nullptr: MemoryError
void values_free(DictValues* values);
void values_remove_order(DictValues* values, intptr_t index);

// References that the caller owns while a lookup may run code: an insertion's key and value.
struct PendingInsert {
    Object* key;
    Object* value;
};
// The entry index, kIndexEmpty or kIndexError; *value is the value there (nullptr when absent or not set in a split table).
intptr_t dict_lookup_general(DictObject* dict, Object* key, Hash hash, Object** value, const PendingInsert* pending);
inline intptr_t dict_lookup(DictObject* dict, Object* key, Hash hash, Object** value,
                            const PendingInsert* pending = nullptr) {
    DictKeys* keys = dict->keys;
    if (RS_LIKELY(keys->kind == KeysKind::kUnicode && str_check_exact(key))) {
        intptr_t index = keys_lookup_unicode(keys, key, hash);
        *value = index >= 0 ? keys_unicode_entries(keys)[index].value : nullptr;
        return index;
    }
    return dict_lookup_general(dict, key, hash, value, pending);
}

// Hash of a key; -1 with an exception. Small ints and exact strs run no code.
inline Hash key_hash(Object* key) {
    if (RS_LIKELY(str_check_exact(key))) return str_hash_fast(key);
    if (int_check_exact(key) && int_is_compact(key)) {
        Hash value = int_compact_value(key);
        return value == -1 ? -2 : value;
    }
    return object_hash(key);
}

Owned dict_new_with(DictKeys* stolen_keys, DictValues* values, intptr_t used);  // untracked
int dict_resize(DictObject* dict, int log2_size, bool unicode);
inline int dict_insertion_resize(DictObject* dict, bool unicode) {
    return dict_resize(dict, keys_log2_for_size(static_cast<size_t>(dict->used) * 3), unicode);
}
// Takes both references, whatever happens.
int dict_insert_steal(DictObject* dict, Object* key, Hash hash, Object* value);
int dict_delete_common(DictObject* dict, Hash hash, intptr_t index, Object* old_value);
DictKeys* dict_clone_combined_keys(DictObject* dict);
void dict_raise_key_error(Object* key);
void dict_maintain_tracking(DictObject* dict, Object* key, Object* value);
int dict_update_arg(Object* dict, Object* other);
Owned dict_from_keys(Object* type, Object* iterable, Object* value);
Owned dict_iter(Object* dict);  // dict's tp_iter

// decref, while `held` is owned by the caller and must keep a name.
inline void decref_holding(Object* object, Object* held) {
    if (RS_UNLIKELY(--object->refcount <= 0)) {
        RefNode name(held);
        release_slow(object);
    }
}

extern const MethodDef dict_methods[];
void dict_fill_methods(Type& type);
int init_dict_view_types();

}  // namespace refscope::vm
