// enumerate: pairs of a running index and an item; its result tuple is used again while nobody else holds it.
#pragma once

#include "vm/heap/type.h"

namespace refscope::vm {

extern Type enumerate_type;
int init_enumerate_types();

}  // namespace refscope::vm
