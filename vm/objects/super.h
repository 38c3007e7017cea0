// super: attribute lookup that starts behind a class in the mro.
//
// super() without arguments asks the current frame, which only the interpreter knows: it fills in super_frame_arguments.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct SuperObject : Object {
    Type* super_type;
    Object* super_obj;
    Type* super_obj_type;
};
extern Type super_type;

// For super(): the class from the frame's __class__ cell and its first argument, both borrowed. -1: RuntimeError pending.
extern int (*super_frame_arguments)(Type** type, Object** object);

int init_super_type();

}  // namespace refscope::vm
