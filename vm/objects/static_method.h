// staticmethod.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct StaticMethodObject : Object {
    Object* sm_callable;
    Object* sm_dict;
};
extern Type static_method_type;
Owned static_method_new(Object* callable);

int init_static_method_type();

}  // namespace refscope::vm
