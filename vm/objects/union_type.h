// types.UnionType: int | str.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct UnionObject : Object {
    Object* args;
    Object* parameters;
};
extern Type union_type;
Owned union_type_or(Object* left, Object* right);  // nb_or of type, GenericAlias and Union

int init_union_type();

}  // namespace refscope::vm
