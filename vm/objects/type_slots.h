// The table that ties special method names to type slots (CPython's slotdefs), in both directions.
//
// type.cpp fills a type's dict from its slots (add_operators) and a heap type's slots from its dict (fixup_slots,
// update_slot). Used by type*.cpp only.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"
#include "vm/objects/descriptor.h"

namespace refscope::vm {

// Puts a wrapper descriptor into tp_dict for every slot that the type defines. -1: error.
int type_add_operators(Type* type);
// Sets each slot of a heap type as the names found along its mro ask for.
void type_fixup_slots(Type* type);
// After an attribute `name` of `type` has changed: recomputes the slots that depend on it, in subclasses too.
int type_update_slot(Type* type, Object* name);
// After __bases__ has changed.
void type_update_all_slots(Type* type);
// True for names of the form __x__.
bool is_special_name(Object* name);

Owned slot_tp_getattr_hook(Object* self, Object* name);
Owned slot_tp_call(Object* self, Object* args, Object* kwargs);
Owned slot_tp_new(Type* type, Object* args, Object* kwargs);
void slot_tp_finalize(Object* self);
Owned slot_tp_descr_get(Object* self, Object* object, Object* type);

}  // namespace refscope::vm
