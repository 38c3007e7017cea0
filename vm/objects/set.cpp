// set and frozenset: the table, the constructors, life and death.
//
// A probe looks at up to nine slots in a row before it jumps (CPython 3.11's LINEAR_PROBES), and deleted slots hold a dummy.
// Comparisons may run code: a lookup that sees the table change starts again.
#include "vm/objects/set.h"

#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/ref_array.h"
#include "vm/objects/abstract.h"
#include "vm/objects/compare_items.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/errors.h"
#include "vm/objects/set_internal.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

// Never counted, never seen: the key of a deleted slot.
Object set_dummy{1, 0, nullptr};

namespace {

constexpr size_t kLinearProbes = 9;
constexpr int kPerturbShift = 5;

// 1, 0, or -1 with an exception; *changed: code has changed the table, a search must start again.
int compare_entry(SetObject* set, SetEntry* table, SetEntry* entry, Object* key, bool* changed) {
    Object* start_key = entry->key;
    Ref<Object> held = share(start_key);
    int equal = object_rich_compare_bool(start_key, key, kEQ);
    held.reset();
    *changed = equal >= 0 && (table != set->table || entry->key != start_key);
    return equal;
}

SetEntry* look_key(SetObject* set, Object* key, Hash hash) {
restart:
    SetEntry* table = set->table;
    auto mask = static_cast<size_t>(set->mask);
    size_t slot = static_cast<size_t>(hash) & mask;
    auto perturb = static_cast<size_t>(hash);
    for (;;) {
        SetEntry* entry = &table[slot];
        size_t probes = slot + kLinearProbes <= mask ? kLinearProbes : 0;
        do {
            if (entry->hash == 0 && !entry->key) return entry;
            if (entry->hash == hash) {
                Object* start_key = entry->key;
                if (start_key == key) return entry;
                int equal = items_equal_fast(start_key, key);
                if (equal < 0) {
                    bool changed;
                    equal = compare_entry(set, table, entry, key, &changed);
                    if (equal < 0) return nullptr;
                    if (changed) goto restart;
                }
                if (equal > 0) return entry;
            }
            ++entry;
        } while (probes--);
        perturb >>= kPerturbShift;
        slot = (slot * 5 + 1 + perturb) & mask;
    }
}

// Into a table without dummies that does not have the key.
void insert_clean(SetEntry* table, size_t mask, Object* key, Hash hash) {
    auto perturb = static_cast<size_t>(hash);
    size_t slot = static_cast<size_t>(hash) & mask;
    for (;;) {
        SetEntry* entry = &table[slot];
        size_t probes = slot + kLinearProbes <= mask ? kLinearProbes : 0;
        do {
            if (!entry->key) {
                entry->key = key;
                entry->hash = hash;
                return;
            }
            ++entry;
        } while (probes--);
        perturb >>= kPerturbShift;
        slot = (slot * 5 + 1 + perturb) & mask;
    }
}

void make_empty(SetObject* set) {
    std::memset(static_cast<void*>(set->small_table), 0, sizeof set->small_table);
    set->fill = set->used = 0;
    set->mask = kSetMinSize - 1;
    set->table = set->small_table;
    set->hash = -1;
}

}  // namespace

int set_resize(SetObject* set, intptr_t min_used) {
    size_t new_size = kSetMinSize;
    while (new_size <= static_cast<size_t>(min_used)) new_size <<= 1;
    SetEntry* old_table = set->table;
    intptr_t old_mask = set->mask;
    bool old_is_block = old_table != set->small_table;
    SetEntry copy[kSetMinSize];
    SetEntry* table;
    if (new_size == static_cast<size_t>(kSetMinSize)) {
        table = set->small_table;
        if (table == old_table) {
            if (set->fill == set->used) return 0;
            // Only to get rid of dummies.
            std::memcpy(static_cast<void*>(copy), old_table, sizeof copy);
            old_table = copy;
        }
    } else {
        table = static_cast<SetEntry*>(allocate_block(new_size * sizeof(SetEntry)));
        if (!table) return -1;
    }
    std::memset(static_cast<void*>(table), 0, new_size * sizeof(SetEntry));
    size_t new_mask = new_size - 1;
    for (intptr_t i = 0; i <= old_mask; ++i) {
        SetEntry& entry = old_table[i];
        if (entry.key && entry.key != &set_dummy) insert_clean(table, new_mask, entry.key, entry.hash);
    }
    set->fill = set->used;
    set->mask = static_cast<intptr_t>(new_mask);
    set->table = table;
    if (old_is_block) free_block(old_table);
    return 0;
}

int set_add_entry(SetObject* set, Object* key, Hash hash) {
    // Held while comparisons run; on success the set takes this reference.
    Object* owned = newref(key);
restart:
    SetEntry* table = set->table;
    auto mask = static_cast<size_t>(set->mask);
    size_t slot = static_cast<size_t>(hash) & mask;
    auto perturb = static_cast<size_t>(hash);
    SetEntry* deleted = nullptr;  // the last one on the way: it is used again
    for (;;) {
        SetEntry* entry = &table[slot];
        size_t probes = slot + kLinearProbes <= mask ? kLinearProbes : 0;
        do {
            if (entry->hash == 0 && !entry->key) {
                if (deleted) {
                    ++set->used;
                    deleted->key = owned;
                    deleted->hash = hash;
                    return 0;
                }
                ++set->fill;
                ++set->used;
                entry->key = owned;
                entry->hash = hash;
                if (static_cast<size_t>(set->fill) * 5 < mask * 3) return 0;
                return set_resize(set, set->used > 50000 ? set->used * 2 : set->used * 4);
            }
            if (entry->hash == hash) {
                Object* start_key = entry->key;
                int equal = start_key == key ? 1 : items_equal_fast(start_key, key);
                if (equal < 0) {
                    RefNode named(owned);
                    bool changed;
                    equal = compare_entry(set, table, entry, key, &changed);
                    if (equal == 0 && changed) goto restart;
                }
                if (equal != 0) {
                    decref(owned);
                    return equal > 0 ? 0 : -1;
                }
            } else if (entry->hash == -1) {
                deleted = entry;
            }
            ++entry;
        } while (probes--);
        perturb >>= kPerturbShift;
        slot = (slot * 5 + 1 + perturb) & mask;
    }
}

int set_contains_entry(SetObject* set, Object* key, Hash hash) {
    SetEntry* entry = look_key(set, key, hash);
    return entry ? entry->key != nullptr : -1;
}

int set_discard_entry(SetObject* set, Object* key, Hash hash) {
    SetEntry* entry = look_key(set, key, hash);
    if (!entry) return -1;
    if (!entry->key) return 0;
    Object* old_key = entry->key;
    entry->key = &set_dummy;
    entry->hash = -1;
    --set->used;
    decref(old_key);
    return 1;
}

int set_add(Object* set, Object* key) {
    Hash hash = key_hash(key);
    return hash == -1 ? -1 : set_add_entry(as_set(set), key, hash);
}
int set_contains(Object* set, Object* key) {
    Hash hash = key_hash(key);
    return hash == -1 ? -1 : set_contains_entry(as_set(set), key, hash);
}
int set_discard(Object* set, Object* key) {
    Hash hash = key_hash(key);
    return hash == -1 ? -1 : set_discard_entry(as_set(set), key, hash);
}

bool set_next(Object* object, intptr_t* position, Object** key, Hash* hash) {
    SetObject* set = as_set(object);
    intptr_t i = *position;
    while (i <= set->mask && (!set->table[i].key || set->table[i].key == &set_dummy)) ++i;
    *position = i + 1;
    if (i > set->mask) return false;
    *key = set->table[i].key;
    if (hash) *hash = set->table[i].hash;
    return true;
}

int set_clear(Object* object) {
    SetObject* set = as_set(object);
    SetEntry* table = set->table;
    bool is_block = table != set->small_table;
    intptr_t fill = set->fill, size = set->mask + 1;
    SetEntry copy[kSetMinSize];
    if (is_block) {
        make_empty(set);
    } else if (fill > 0) {
        std::memcpy(static_cast<void*>(copy), table, sizeof copy);
        table = copy;
        make_empty(set);
    } else {
        return 0;
    }
    {
        for (intptr_t i = 0; i < size; ++i) {
            if (table[i].key == &set_dummy) table[i].key = nullptr;
        }
        RefArray named(&table->key, size, "set being cleared", 2, 1);
        for (intptr_t i = 0; i < size; ++i) clear_ref(table[i].key);
    }
    if (is_block) free_block(table);
    return 0;
}

Owned set_pop(Object* object) {
    SetObject* set = as_set(object);
    if (set->used == 0) return err_set_string(exc::KeyError, "pop from an empty set");
    SetEntry* entry = set->table + (set->finger & set->mask);
    SetEntry* limit = set->table + set->mask;
    while (!entry->key || entry->key == &set_dummy) {
        if (++entry > limit) entry = set->table;
    }
    Object* key = entry->key;
    entry->key = &set_dummy;
    entry->hash = -1;
    --set->used;
    set->finger = entry - set->table + 1;
    return key;
}

// --- merging ---

int set_merge(SetObject* set, SetObject* other) {
    if (other == set || other->used == 0) return 0;
    if ((set->fill + other->used) * 5 >= set->mask * 3) {
        if (set_resize(set, (set->used + other->used) * 2) != 0) return -1;
    }
    SetEntry* source = other->table;
    // Into an empty set of the same size without dummies: slot by slot.
    if (set->fill == 0 && set->mask == other->mask && other->fill == other->used) {
        for (intptr_t i = 0; i <= other->mask; ++i) {
            if (source[i].key) {
                set->table[i].key = newref(source[i].key);
                set->table[i].hash = source[i].hash;
            }
        }
        set->fill = other->fill;
        set->used = other->used;
        return 0;
    }
    if (set->fill == 0) {
        set->fill = set->used = other->used;
        auto mask = static_cast<size_t>(set->mask);
        for (intptr_t i = 0; i <= other->mask; ++i) {
            if (source[i].key && source[i].key != &set_dummy) {
                insert_clean(set->table, mask, newref(source[i].key), source[i].hash);
            }
        }
        return 0;
    }
    for (intptr_t i = 0; i <= other->mask; ++i) {
        SetEntry entry = other->table[i];
        if (!entry.key || entry.key == &set_dummy) continue;
        if (set_add_entry(set, entry.key, entry.hash) != 0) return -1;
    }
    return 0;
}

int set_update(Object* object, Object* other) {
    SetObject* set = as_set(object);
    if (anyset_check(other)) return set_merge(set, as_set(other));
    if (dict_check_exact(other)) {
        intptr_t dict_used = dict_size(other);
        // Made large enough for both at once, unless that is nearly so already.
        if ((set->fill + dict_used) * 5 >= set->mask * 3 && set_resize(set, (set->used + dict_used) * 2) != 0) return -1;
        intptr_t position = 0;
        Object *key, *value;
        Hash hash;
        while (dict_next(other, &position, &key, &value, &hash)) {
            if (set_add_entry(set, key, hash) != 0) return -1;
        }
        return 0;
    }
    Ref<Object> iterator = own(object_get_iter(other));
    if (!iterator) return -1;
    while (Ref<Object> key = own(iter_next(iterator.get()))) {
        if (set_add(object, key.get()) != 0) return -1;
    }
    return err_occurred() ? -1 : 0;
}

Owned set_make(Type* type, Object* iterable) {
    Object* object = type->tp_alloc(type, 0);
    if (!object) return nullptr;
    SetObject* set = as_set(object);
    make_empty(set);
    set->finger = 0;
    set->weakrefs = nullptr;
    if (!iterable) return object;
    Ref<Object> held = own(object);
    if (set_update(object, iterable) != 0) return nullptr;
    return held.release();
}

Owned set_make_base(Type* type, Object* iterable) {
    if (type != &set_type && type != &frozenset_type) {
        type = type_is_subtype(type, &set_type) ? &set_type : &frozenset_type;
    }
    return set_make(type, iterable);
}

Owned set_new(Object* iterable) { return set_make(&set_type, iterable); }
Owned frozenset_new(Object* iterable) { return set_make(&frozenset_type, iterable); }

void set_swap_bodies(SetObject* a, SetObject* b) {
    std::swap(a->fill, b->fill);
    std::swap(a->used, b->used);
    std::swap(a->mask, b->mask);
    SetEntry* a_table = a->table == a->small_table ? b->small_table : a->table;
    SetEntry* b_table = b->table == b->small_table ? a->small_table : b->table;
    bool small = a->table == a->small_table || b->table == b->small_table;
    a->table = b_table;
    b->table = a_table;
    if (small) {
        SetEntry copy[kSetMinSize];
        std::memcpy(static_cast<void*>(copy), a->small_table, sizeof copy);
        std::memcpy(static_cast<void*>(a->small_table), b->small_table, sizeof copy);
        std::memcpy(static_cast<void*>(b->small_table), copy, sizeof copy);
    }
    if (type_is_subtype(a->type, &frozenset_type) && type_is_subtype(b->type, &frozenset_type)) {
        std::swap(a->hash, b->hash);
    } else {
        a->hash = -1;
        b->hash = -1;
    }
}

// --- life and death ---

void set_dealloc(Object* object) {
    gc_untrack(object);
    if (!trash_begin(object)) return;
    SetObject* set = as_set(object);
    if (set->weakrefs) object_clear_weakrefs(object);
    for (intptr_t i = 0, used = set->used; i <= set->mask && used > 0; ++i) {
        Object* key = set->table[i].key;
        if (key && key != &set_dummy) {
            --used;
            set->table[i].key = nullptr;
            decref(key);
        }
    }
    if (set->table != set->small_table) {
        SetEntry* table = set->table;
        make_empty(set);
        free_block(table);
    }
    object->type->tp_free(object);
    trash_end();
}

int set_traverse(Object* object, Visit visit, void* context) {
    SetObject* set = as_set(object);
    if (!set->table) return 0;
    uint32_t index = 0;
    for (intptr_t i = 0; i <= set->mask; ++i) {
        Object* key = set->table[i].key;
        if (key && key != &set_dummy) RS_VISIT(key, Edge::at(EdgeKind::kItem, index++));
    }
    return 0;
}

size_t set_size_of(Object* object) {
    SetObject* set = as_set(object);
    auto size = static_cast<size_t>(object->type->tp_basicsize);
    if (set->table != set->small_table) size += static_cast<size_t>(set->mask + 1) * sizeof(SetEntry);
    return size;
}

Hash frozenset_hash(Object* object) {
    SetObject* set = as_set(object);
    if (set->hash != -1) return set->hash;
    auto shuffle = [](uint64_t h) { return ((h ^ 89869747ull) ^ (h << 16)) * 3644798167ull; };
    uint64_t hash = 0;
    for (intptr_t i = 0; i <= set->mask; ++i) hash ^= shuffle(static_cast<uint64_t>(set->table[i].hash));
    // Unused slots have hash 0, dummies -1: their effect is taken out again, so that it is always the same.
    if ((set->mask + 1 - set->fill) & 1) hash ^= shuffle(0);
    if ((set->fill - set->used) & 1) hash ^= shuffle(~uint64_t{0});
    hash ^= (static_cast<uint64_t>(set->used) + 1) * 1927868237ull;
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash * 69069ull + 907133923ull;
    if (hash == ~uint64_t{0}) hash = 590923713ull;
    return set->hash = static_cast<Hash>(hash);
}

}  // namespace refscope::vm
