// set and frozenset: open addressing with linear probes, laid out and grown as CPython 3.11's.
//
// A set owns its keys. The table is inside the object up to 8 slots, else a block. Lookups may run Python code.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct SetEntry {
    Object* key;  // null: never used; the dummy: deleted
    Hash hash;
};
inline constexpr intptr_t kSetMinSize = 8;

struct SetObject : Object {
    intptr_t fill;  // used and deleted slots
    intptr_t used;
    intptr_t mask;
    SetEntry* table;
    Hash hash;      // frozenset only; -1: not known yet
    intptr_t finger;  // where pop() goes on
    SetEntry small_table[kSetMinSize];
    Object* weakrefs;
};
static_assert(sizeof(SetObject) == 200);

extern Type set_type, frozenset_type, set_iterator_type;

inline bool set_check_exact(const Object* o) { return o->type == &set_type; }
inline bool frozenset_check_exact(const Object* o) { return o->type == &frozenset_type; }
inline bool anyset_check_exact(const Object* o) { return set_check_exact(o) || frozenset_check_exact(o); }
inline bool set_check(const Object* o) { return set_check_exact(o) || type_is_subtype(o->type, &set_type); }
inline bool frozenset_check(const Object* o) {
    return frozenset_check_exact(o) || type_is_subtype(o->type, &frozenset_type);
}
inline bool anyset_check(const Object* o) { return set_check(o) || frozenset_check(o); }
inline SetObject* as_set(Object* object) { return static_cast<SetObject*>(object); }

Owned set_new(Object* iterable_or_null);
Owned frozenset_new(Object* iterable_or_null);
inline intptr_t set_size(const Object* set) { return static_cast<const SetObject*>(set)->used; }
int set_add(Object* set, Object* key);  // also fills a frozenset that nobody else has seen
int set_contains(Object* set, Object* key);
int set_discard(Object* set, Object* key);  // 1 removed, 0 absent, -1
Owned set_pop(Object* set);
int set_clear(Object* set);
int set_update(Object* set, Object* iterable);
// Borrowed; *position starts at 0.
bool set_next(Object* set, intptr_t* position, Object** key, Hash* hash);

int init_set_types();

}  // namespace refscope::vm
