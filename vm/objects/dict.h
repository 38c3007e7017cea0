// dict: insertion-ordered hash tables with CPython 3.11's layout, growth, sizes and order of comparisons.
//
// Lookups may run Python code (__hash__, __eq__); functions that say `known_hash` skip the hash, and lookups of exact str
// keys in str-only tables run none. Borrowed results stay valid only until code runs. The helpers for instances are in
// dict_instance.h, tables in dict_keys.h, views in dict_views.h.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"
#include "vm/objects/dict_keys.h"

namespace refscope::vm {

struct DictObject : Object {
    intptr_t used;
    uint64_t version_tag;  // unique in the process; new with each change of the dict
    DictKeys* keys;
    DictValues* values;  // not null: a split table, `keys` are shared
};
static_assert(sizeof(DictObject) == 48);

extern Type dict_type;

inline bool dict_check_exact(const Object* object) { return object->type == &dict_type; }
inline bool dict_check(const Object* object) { return fast_subclass(object, kDictSubclass); }
inline DictObject* as_dict(Object* object) { return static_cast<DictObject*>(object); }

extern uint64_t dict_global_version;
inline uint64_t dict_next_version() { return ++dict_global_version; }

Owned dict_new();
Owned dict_new_presized(intptr_t min_used);  // _PyDict_NewPresized
// BUILD_MAP, BUILD_CONST_KEY_MAP: keys and values `offset` apart (_PyDict_FromItems). Borrows.
Owned dict_from_items(Object* const* keys, intptr_t key_step, Object* const* values, intptr_t value_step,
                      intptr_t count);
inline intptr_t dict_size(const Object* dict) { return static_cast<const DictObject*>(dict)->used; }

// Lookups. Borrowed results; nullptr with or without an exception as stated.
Object* dict_get_item(Object* dict, Object* key);                                // swallows exceptions
Object* dict_get_item_with_error(Object* dict, Object* key);                     // may leave one pending
Object* dict_get_item_known_hash(Object* dict, Object* key, Hash hash);          // may leave one pending
Object* dict_get_item_string(Object* dict, const char* key);                     // swallows exceptions
Object* dict_get_item_string_with_error(Object* dict, const char* key);
int dict_contains(Object* dict, Object* key);  // 1, 0, -1
// For the interpreter's fast paths: true when the lookup of an exact str or a small exact int could be decided without running
// code; *value is then the value (borrowed) or nullptr.
bool dict_peek(Object* dict, Object* key, Object** value);
int dict_contains_known_hash(Object* dict, Object* key, Hash hash);

// Changes. 0 or -1. Keys and values are borrowed unless stolen.
int dict_set_item(Object* dict, Object* key, Object* value);
int dict_set_item_steal(Object* dict, Object* stolen_key, Object* stolen_value);  // _PyDict_SetItem_Take2
int dict_set_item_known_hash(Object* dict, Object* key, Object* value, Hash hash);
int dict_set_item_string(Object* dict, const char* key, Object* value);
int dict_del_item(Object* dict, Object* key);  // KeyError when absent
int dict_del_item_known_hash(Object* dict, Object* key, Hash hash);
int dict_del_item_string(Object* dict, const char* key);
// _PyDict_DelItemIf: deletes when the predicate (which must not run code that changes the dict) says so.
int dict_del_item_if(Object* dict, Object* key, int (*predicate)(Object* value));
Object* dict_set_default(Object* dict, Object* key, Object* fallback);  // borrowed
Owned dict_pop(Object* dict, Object* key, Object* fallback_or_null);    // KeyError without a fallback
Owned dict_pop_known_hash(Object* dict, Object* key, Hash hash, Object* fallback_or_null);
void dict_clear(Object* dict);

// Iteration without code: *position starts at 0. Borrowed results.
bool dict_next(Object* dict, intptr_t* position, Object** key, Object** value, Hash* hash = nullptr);

Owned dict_copy(Object* dict);
int dict_update(Object* dict, Object* other);                 // dict.update semantics for one mapping
int dict_merge(Object* dict, Object* other, bool override_existing);
int dict_merge_unique(Object* dict, Object* other);  // DICT_MERGE for **kwargs: KeyError (key,) for duplicates
int dict_merge_from_pairs(Object* dict, Object* pairs, bool override_existing);
Owned dict_keys_list(Object* dict);
Owned dict_values_list(Object* dict);
Owned dict_items_list(Object* dict);

// LOAD_GLOBAL. dict_load_global: borrowed, nullptr with or without an exception; both must be exact dicts.
Object* dict_load_global(Object* globals, Object* builtins, Object* name);
// For inline caches: the entry index of an exact str `name` in the table, the value there. See LOAD_GLOBAL_MODULE,
// LOAD_ATTR_WITH_HINT: check `keys->version` (or that the entry's key is `name`), then read the entry.
intptr_t dict_lookup_index(Object* dict, Object* name, Hash hash, Object** value);  // kIndexEmpty, kIndexError
intptr_t dict_get_item_hint(Object* dict, Object* key, intptr_t hint, Object** value);

// Stores over an existing value in a kUnicode table at `index` (STORE_ATTR_WITH_HINT); takes the reference.
void dict_replace_value_at(DictObject* dict, intptr_t index, Object* stolen_value);

void dict_maybe_untrack(Object* dict);
size_t dict_size_of(Object* dict);  // sys.getsizeof without the collector's header
void dict_clear_free_lists();
int init_dict_types();

}  // namespace refscope::vm
