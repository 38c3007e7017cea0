// The table of a dict: hash indices and entries, laid out as CPython 3.11's PyDictKeysObject.
//
// A table is shared between a class's instances (kSplit), or belongs to one dict (kGeneral; kUnicode when every key is an
// exact str, whose entries have no hash). The interpreter's inline caches read entries directly by index, guarded by
// `version`. A table owns its keys, and its values unless it is kSplit.
#pragma once

#include <cstdint>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

enum class KeysKind : uint8_t { kGeneral = 0, kUnicode = 1, kSplit = 2 };

inline constexpr intptr_t kIndexEmpty = -1, kIndexDummy = -2, kIndexError = -3;
inline constexpr int kMinLog2Size = 3;
inline constexpr intptr_t kSharedKeysMaxSize = 30;

struct DictEntry {
    Hash hash;
    Object* key;
    Object* value;
};
struct UnicodeEntry {
    Object* key;  // an exact str
    Object* value;
};

struct DictKeys {
    intptr_t refcount;         // dicts and types that use the table
    uint8_t log2_size;         // of the hash index
    uint8_t log2_index_bytes;
    KeysKind kind;
    uint32_t version;          // 0: none; given on demand, cleared when a key is inserted or removed
    intptr_t usable;           // entries that may still be added
    intptr_t nentries;
    char indices[];
};
static_assert(sizeof(DictKeys) == 32);

inline intptr_t keys_size(const DictKeys* keys) { return intptr_t{1} << keys->log2_size; }
inline char* keys_entries_base(DictKeys* keys) {
    return keys->indices + (size_t{1} << keys->log2_index_bytes);
}
inline DictEntry* keys_entries(DictKeys* keys) {
    return reinterpret_cast<DictEntry*>(keys_entries_base(keys));
}
inline UnicodeEntry* keys_unicode_entries(DictKeys* keys) {
    return reinterpret_cast<UnicodeEntry*>(keys_entries_base(keys));
}
inline bool keys_is_unicode(const DictKeys* keys) { return keys->kind != KeysKind::kGeneral; }
inline intptr_t keys_usable_fraction(intptr_t size) { return (size << 1) / 3; }
inline Object* keys_key_at(DictKeys* keys, intptr_t index) {
    return keys_is_unicode(keys) ? keys_unicode_entries(keys)[index].key : keys_entries(keys)[index].key;
}

inline intptr_t keys_get_index(const DictKeys* keys, size_t slot) {
    int log2_size = keys->log2_size;
    if (log2_size < 8) return reinterpret_cast<const int8_t*>(keys->indices)[slot];
    if (log2_size < 16) return reinterpret_cast<const int16_t*>(keys->indices)[slot];
    if (log2_size < 32) return reinterpret_cast<const int32_t*>(keys->indices)[slot];
    return static_cast<intptr_t>(reinterpret_cast<const int64_t*>(keys->indices)[slot]);
}

// The entry index of an exact str in a kUnicode or kSplit table, or kIndexEmpty. Runs no code, never fails.
intptr_t keys_lookup_unicode(DictKeys* keys, Object* name, Hash hash);
// _PyDictKeys_StringLookup for any table: kIndexDummy when a general table would need comparisons of other types.
intptr_t keys_string_lookup(DictKeys* keys, Object* name);
// The version for guards; gives one when there is none. 0: versions have run out.
uint32_t keys_get_version(DictKeys* keys);

void keys_incref(DictKeys* keys);
void keys_decref(DictKeys* keys);
size_t keys_byte_size(const DictKeys* keys);  // _PyDict_KeysSize

// The values of one instance whose class has shared keys: `values[i]` belongs to key i of the table. Before
// them stand bytes that hold the order of insertion: [-1] prefix size, [-2] number of values, [-3 - n] the n-th's index.
struct DictValues {
    Object* values[1];
};
inline uint8_t* values_prefix(DictValues* values) { return reinterpret_cast<uint8_t*>(values); }
inline int values_used(DictValues* values) { return values_prefix(values)[-2]; }
inline int values_order(DictValues* values, int n) { return values_prefix(values)[-3 - n]; }
inline void values_add_order(DictValues* values, intptr_t index) {
    uint8_t* prefix = values_prefix(values);
    int used = prefix[-2];
    prefix[-3 - used] = static_cast<uint8_t>(index);
    prefix[-2] = static_cast<uint8_t>(used + 1);
}

}  // namespace refscope::vm
