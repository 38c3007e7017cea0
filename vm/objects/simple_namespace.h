// types.SimpleNamespace.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct SimpleNamespaceObject : Object {
    Object* ns_dict;
};
extern Type simple_namespace_type;
Owned simple_namespace_new(Object* dict_or_null);  // copies the dict's items

int init_simple_namespace_type();

}  // namespace refscope::vm
