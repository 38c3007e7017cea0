// Tables: memory, the index, lookups of names, versions.
//
// The probe sequence is CPython's: i = 5i + perturb + 1, so that order of comparisons agrees.
#include "vm/objects/dict_keys.h"

#include <bit>
#include <cstring>
#include <memory>
#include <unordered_map>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/ref_array.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/errors.h"

namespace refscope::vm {

namespace {

constexpr int kFreeKeysLimit = 80;
DictKeys* free_keys[kFreeKeysLimit];  // unicode tables of the smallest size
int free_keys_count = 0;
uint32_t next_keys_version = 1;

// Names of tables whose class is gone while dicts still use them.
std::unordered_map<DictKeys*, std::unique_ptr<RefArray>>& orphans() {
    static auto* tables = new std::unordered_map<DictKeys*, std::unique_ptr<RefArray>>;
    return *tables;
}

size_t entry_bytes(const DictKeys* keys) {
    return keys_is_unicode(keys) ? sizeof(UnicodeEntry) : sizeof(DictEntry);
}

// Releases what the table owns. The entries are emptied one by one, so that what runs meanwhile sees a true table.
void release_entries(DictKeys* keys) {
    intptr_t count = keys->nentries;
    if (keys_is_unicode(keys)) {
        UnicodeEntry* entries = keys_unicode_entries(keys);
        for (intptr_t i = 0; i < count; ++i) {
            if (Object* key = entries[i].key) {
                entries[i].key = nullptr;
                decref(key);
            }
            if (Object* value = entries[i].value) {
                entries[i].value = nullptr;
                decref(value);
            }
        }
    } else {
        DictEntry* entries = keys_entries(keys);
        for (intptr_t i = 0; i < count; ++i) {
            if (Object* key = entries[i].key) {
                entries[i].key = nullptr;
                decref(key);
            }
            if (Object* value = entries[i].value) {
                entries[i].value = nullptr;
                decref(value);
            }
        }
    }
}

}  // namespace

// refcount 1; log2_size 0, log2_index_bytes 3, kind kUnicode; nothing usable, no entries; eight times kIndexEmpty.
constinit uint64_t dict_empty_keys_words[5] = {1, 0x010300, 0, 0, ~uint64_t{0}};

void keys_set_index(DictKeys* keys, size_t slot, intptr_t index) {
    int log2_size = keys->log2_size;
    if (log2_size < 8) reinterpret_cast<int8_t*>(keys->indices)[slot] = static_cast<int8_t>(index);
    else if (log2_size < 16) reinterpret_cast<int16_t*>(keys->indices)[slot] = static_cast<int16_t>(index);
    else if (log2_size < 32) reinterpret_cast<int32_t*>(keys->indices)[slot] = static_cast<int32_t>(index);
    else reinterpret_cast<int64_t*>(keys->indices)[slot] = index;
}

int keys_log2_for_size(size_t minimum) {
    return static_cast<int>(std::bit_width(((minimum | 8) - 1) | 7));
}
int keys_log2_for_entries(intptr_t entries) {
    return keys_log2_for_size((static_cast<size_t>(entries) * 3 + 1) / 2);
}

DictKeys* keys_new(int log2_size, bool unicode) {
    int log2_bytes = log2_size < 8 ? log2_size : log2_size < 16 ? log2_size + 1 : log2_size < 32 ? log2_size + 2 : log2_size + 3;
    if (log2_size >= 60) {
        err_no_memory();
        return nullptr;
    }
    intptr_t usable = keys_usable_fraction(intptr_t{1} << log2_size);
    size_t index_bytes = size_t{1} << log2_bytes;
    size_t entry = unicode ? sizeof(UnicodeEntry) : sizeof(DictEntry);
    size_t entries_bytes = entry * static_cast<size_t>(usable);
    DictKeys* keys;
    if (log2_size == kMinLog2Size && unicode && free_keys_count > 0) {
        keys = free_keys[--free_keys_count];
    } else {
        keys = static_cast<DictKeys*>(allocate_block(sizeof(DictKeys) + index_bytes + entries_bytes));
        if (!keys) return nullptr;
    }
    keys->refcount = 1;
    keys->log2_size = static_cast<uint8_t>(log2_size);
    keys->log2_index_bytes = static_cast<uint8_t>(log2_bytes);
    keys->kind = unicode ? KeysKind::kUnicode : KeysKind::kGeneral;
    keys->version = 0;
    keys->usable = usable;
    keys->nentries = 0;
    std::memset(keys->indices, 0xff, index_bytes);
    std::memset(keys_entries_base(keys), 0, entries_bytes);
    return keys;
}

void keys_free_memory(DictKeys* keys) {
    if (keys->log2_size == kMinLog2Size && keys->kind == KeysKind::kUnicode && free_keys_count < kFreeKeysLimit) {
        free_keys[free_keys_count++] = keys;
        return;
    }
    free_block(keys);
}

void dict_clear_free_keys() {
    while (free_keys_count > 0) free_block(free_keys[--free_keys_count]);
}

void keys_incref(DictKeys* keys) { ++keys->refcount; }

void keys_decref(DictKeys* keys) {
    if (--keys->refcount > 0) return;
    if (keys->kind == KeysKind::kSplit) orphans().erase(keys);
    if (keys->nentries > 0) {
        // The table is in no dict any more: name what it holds until it is empty.
        bool unicode = keys_is_unicode(keys);
        Object* const* first = unicode ? &keys_unicode_entries(keys)->key : &keys_entries(keys)->key;
        RefArray named(first, keys->nentries, "dict being cleared", unicode ? 2 : 3, 2);
        release_entries(keys);
    }
    keys_free_memory(keys);
}

// The dict dies with the table still in place: its own traverse names the entries that are left.
void keys_decref_in_dying_dict(DictKeys* keys) {
    if (keys->refcount > 1) {
        --keys->refcount;
        return;
    }
    if (keys->kind == KeysKind::kSplit) {
        keys_decref(keys);
        return;
    }
    release_entries(keys);
    keys->refcount = 0;
    keys_free_memory(keys);
}

size_t keys_byte_size(const DictKeys* keys) {
    return sizeof(DictKeys) + (size_t{1} << keys->log2_index_bytes) +
           entry_bytes(keys) * static_cast<size_t>(keys_usable_fraction(keys_size(keys)));
}

size_t keys_find_empty_slot(DictKeys* keys, Hash hash) {
    size_t mask = keys_mask(keys);
    size_t slot = static_cast<size_t>(hash) & mask;
    size_t perturb = static_cast<size_t>(hash);
    while (keys_get_index(keys, slot) >= 0) {
        perturb >>= 5;
        slot = (slot * 5 + perturb + 1) & mask;
    }
    return slot;
}

intptr_t keys_slot_of_index(DictKeys* keys, Hash hash, intptr_t index) {
    size_t mask = keys_mask(keys);
    size_t slot = static_cast<size_t>(hash) & mask;
    size_t perturb = static_cast<size_t>(hash);
    for (;;) {
        intptr_t found = keys_get_index(keys, slot);
        if (found == index) return static_cast<intptr_t>(slot);
        if (found == kIndexEmpty) return -1;
        perturb >>= 5;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}

void keys_build_indices(DictKeys* keys, intptr_t count) {
    size_t mask = keys_mask(keys);
    bool unicode = keys_is_unicode(keys);
    for (intptr_t i = 0; i < count; ++i) {
        Hash hash = unicode ? as_str(keys_unicode_entries(keys)[i].key)->hash : keys_entries(keys)[i].hash;
        size_t slot = static_cast<size_t>(hash) & mask;
        size_t perturb = static_cast<size_t>(hash);
        while (keys_get_index(keys, slot) != kIndexEmpty) {
            perturb >>= 5;
            slot = (slot * 5 + perturb + 1) & mask;
        }
        keys_set_index(keys, slot, i);
    }
}

namespace {

template <class Index>
inline intptr_t lookup_unicode(DictKeys* keys, Object* name, Hash hash) {
    auto* indices = reinterpret_cast<const Index*>(keys->indices);
    UnicodeEntry* entries = keys_unicode_entries(keys);
    size_t mask = keys_mask(keys);
    size_t slot = static_cast<size_t>(hash) & mask;
    size_t perturb = static_cast<size_t>(hash);
    for (;;) {
        intptr_t index = static_cast<intptr_t>(indices[slot]);
        if (index >= 0) {
            Object* key = entries[index].key;
            if (key == name) return index;
            if (as_str(key)->hash == hash && str_equal(key, name)) return index;
        } else if (index == kIndexEmpty) {
            return kIndexEmpty;
        }
        perturb >>= 5;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}

}  // namespace

intptr_t keys_lookup_unicode(DictKeys* keys, Object* name, Hash hash) {
    int log2_size = keys->log2_size;
    if (RS_LIKELY(log2_size < 8)) return lookup_unicode<int8_t>(keys, name, hash);
    if (log2_size < 16) return lookup_unicode<int16_t>(keys, name, hash);
    if (log2_size < 32) return lookup_unicode<int32_t>(keys, name, hash);
    return lookup_unicode<int64_t>(keys, name, hash);
}

intptr_t keys_string_lookup(DictKeys* keys, Object* name) {
    if (!str_check_exact(name) || keys->kind == KeysKind::kGeneral) return kIndexError;
    return keys_lookup_unicode(keys, name, str_hash_fast(name));
}

uint32_t keys_get_version(DictKeys* keys) {
    if (keys->version != 0) return keys->version;
    if (next_keys_version == 0) return 0;
    return keys->version = next_keys_version++;
}

intptr_t keys_insert_shared(DictKeys* keys, Object* name) {
    Hash hash = str_hash_fast(name);
    intptr_t index = keys_lookup_unicode(keys, name, hash);
    if (index != kIndexEmpty) return index;
    if (keys->usable <= 0) return kIndexEmpty;
    keys->version = 0;
    size_t slot = keys_find_empty_slot(keys, hash);
    index = keys->nentries;
    keys_set_index(keys, slot, index);
    keys_unicode_entries(keys)[index].key = newref(name);
    --keys->usable;
    ++keys->nentries;
    return index;
}

DictValues* values_new(intptr_t size) {
    size_t prefix = (static_cast<size_t>(size) + 2 + 7) & ~size_t{7};
    size_t bytes = prefix + static_cast<size_t>(size) * sizeof(Object*);
    auto* block = static_cast<char*>(allocate_block(bytes));
    if (!block) return nullptr;
    std::memset(block, 0, bytes);
    block[prefix - 1] = static_cast<char>(prefix);
    return reinterpret_cast<DictValues*>(block + prefix);
}

void values_free(DictValues* values) {
    uint8_t* prefix = values_prefix(values);
    free_block(prefix - prefix[-1]);
}

void values_remove_order(DictValues* values, intptr_t index) {
    uint8_t* used = values_prefix(values) - 2;
    int count = *used, i = 1;
    while (used[-i] != index) {
        RS_ASSERT(i <= count, "a value is missing from the order of insertion");
        ++i;
    }
    for (; i < count; ++i) used[-i] = used[-i - 1];
    *used = static_cast<uint8_t>(count - 1);
}

DictKeys* dict_new_keys_for_class() {
    DictKeys* keys = keys_new(6, true);
    if (!keys) {
        err_clear();
        return nullptr;
    }
    keys->usable = kSharedKeysMaxSize;  // one more than the first instance gets: each new one lowers it
    keys->kind = KeysKind::kSplit;
    return keys;
}

size_t dict_shared_keys_size(const DictKeys* keys) { return keys_byte_size(keys); }

void dict_keys_free_for_class(DictKeys* keys) {
    if (keys->refcount > 1 && !orphans().contains(keys)) {
        orphans()[keys] = std::make_unique<RefArray>(&keys_unicode_entries(keys)->key, kSharedKeysMaxSize,
                                                     "shared names of a dead class", 2, 1);
    }
    keys_decref(keys);
}

int dict_visit_shared_keys(DictKeys* keys, Visit visit, void* context) {
    for (intptr_t i = 0; i < keys->nentries; ++i) {
        Object* key = keys_unicode_entries(keys)[i].key;
        RS_VISIT(key, Edge::at(EdgeKind::kDictKey, static_cast<uint32_t>(i), true));
    }
    return 0;
}

}  // namespace refscope::vm
