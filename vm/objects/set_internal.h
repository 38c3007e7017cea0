// What the files of set share. For vm/objects/set*.cpp only.
#pragma once

#include "vm/objects/set.h"

namespace refscope::vm {

extern Object set_dummy;

int set_resize(SetObject* set, intptr_t min_used);
int set_add_entry(SetObject* set, Object* key, Hash hash);
int set_contains_entry(SetObject* set, Object* key, Hash hash);  // 1, 0, -1
int set_discard_entry(SetObject* set, Object* key, Hash hash);   // 1, 0, -1
int set_merge(SetObject* set, SetObject* other);
Owned set_make(Type* type, Object* iterable_or_null);       // an instance of exactly this type
Owned set_make_base(Type* type, Object* iterable_or_null);  // of set or frozenset, whichever the type derives from
void set_swap_bodies(SetObject* a, SetObject* b);

void set_dealloc(Object* object);
int set_traverse(Object* object, Visit visit, void* context);
size_t set_size_of(Object* object);
Hash frozenset_hash(Object* object);

}  // namespace refscope::vm
