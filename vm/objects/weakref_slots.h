// What weakref.cpp and weakref_proxy.cpp share.
#pragma once

#include "vm/objects/weakref.h"

namespace refscope::vm {

int weakref_traverse(Object* self, Visit visit, void* context);
int weakref_tp_clear(Object* self);
Owned weakref_repr(Object* self);
void weakref_unlink(Object* self);  // marks dead, unlinks, drops the callback

}  // namespace refscope::vm
