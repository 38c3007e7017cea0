// method: a callable bound to its self.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct BoundMethodObject : Object {
    Object* im_func;
    Object* im_self;
    Object* im_weakreflist;
    VectorcallFn vectorcall;
};
extern Type bound_method_type;
inline bool bound_method_check(const Object* o) { return o->type == &bound_method_type; }
Owned bound_method_new(Object* function, Object* self);

// instancemethod is CPython's C-API alone and absent here.
int init_bound_method_type();

}  // namespace refscope::vm
