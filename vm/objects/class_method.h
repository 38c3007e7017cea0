// classmethod.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct ClassMethodObject : Object {
    Object* cm_callable;
    Object* cm_dict;
};
extern Type class_method_type;
Owned class_method_new(Object* callable);

int init_class_method_type();

}  // namespace refscope::vm
