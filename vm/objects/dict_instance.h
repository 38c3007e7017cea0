// Attributes of ordinary instances: values in a block of their own, keyed by the class's shared table, until somebody asks
// for `__dict__` (CPython 3.11's Objects/dictobject.c, "instance" part).
//
// An object of a type with kManagedDict has two words before the collector's head: its values or its dict, at most one of them
// set. All functions take borrowed references.
#pragma once

#include "vm/heap/collector_state.h"
#include "vm/heap/edge.h"
#include "vm/heap/object.h"
#include "vm/heap/type.h"
#include "vm/objects/dict_keys.h"

namespace refscope::vm {

// The shared table of a new class; nullptr: no memory (no exception pending).
DictKeys* dict_new_keys_for_class();
size_t dict_shared_keys_size(const DictKeys* keys);  // what sys.getsizeof of the class adds for it
void dict_keys_free_for_class(DictKeys* keys);       // the class dies; dicts may still use the table
// The names in a class's shared table, which the class holds: for its tp_traverse (hidden edges).
int dict_visit_shared_keys(DictKeys* keys, Visit visit, void* context);

// Gives a new object its block of values (or nothing, if the type has no shared table). -1: MemoryError.
int object_init_instance_values(Object* object, Type* type);
// object.name = value_or_null in the values. 0, or -1 with an exception (AttributeError on deletion of what is absent). May turn
// the values into a dict when the table is full.
int object_store_instance_attribute(Object* object, DictValues* values, Object* name, Object* value_or_null);
// A new reference, or nullptr without an exception. `name` is an exact str.
Object* object_get_instance_attribute(Object* object, DictValues* values, Object* name);
bool object_is_instance_dict_empty(Object* object);
int object_visit_instance_attributes(Object* object, Visit visit, void* context);
void object_clear_instance_attributes(Object* object);
void object_free_instance_attributes(Object* object);
// Moves the values into a new dict and returns it (the caller stores it in the slot); nullptr with an exception.
Owned object_make_dict_from_instance_attributes(Object* object, DictValues* values);

// _PyObjectDict_SetItem: stores (or deletes, value null) in the dict at *slot, making a dict when there is none.
int objectdict_set_item(Type* type, Object** slot, Object* name, Object* value_or_null);
// A new split dict of the type's shared table (new_dict_with_shared_keys).
Owned dict_new_with_shared_keys(DictKeys* keys);

}  // namespace refscope::vm
