// The types of module _collections.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

extern Type deque_type;        // collections_deque.cpp
extern Type defaultdict_type;  // collections_module.cpp
int init_deque_types();

}  // namespace refscope::vm
