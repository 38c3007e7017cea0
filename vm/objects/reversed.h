// reversed: the iterator over a sequence from its end, for types without a __reversed__ of their own.
#pragma once

#include "vm/heap/type.h"

namespace refscope::vm {

extern Type reversed_type;
int init_reversed_types();

}  // namespace refscope::vm
