// types.GenericAlias: list[int] and its like.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct GenericAliasObject : Object {
    Object* origin;
    Object* args;
    Object* parameters;
    Object* weakreflist;
    bool starred;
    VectorcallFn vectorcall;
};
extern Type generic_alias_type;
inline bool generic_alias_check(const Object* o) { return is_instance_of(o, &generic_alias_type); }
// The function of `__class_getitem__` entries: {"__class_getitem__", class_getitem, kMethO | kMethClass}.
Owned generic_alias_new(Object* origin, Object* args);
inline Owned class_getitem(Object* origin, Object* args) { return generic_alias_new(origin, args); }
Owned collect_type_parameters(Object* args);
Owned substitute_type_parameters(Object* self, Object* args, Object* parameters, Object* item);

int init_generic_alias_type();

}  // namespace refscope::vm
