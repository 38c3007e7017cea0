// map and filter: the lazy built-in iterators that call a function for each item.
#pragma once

#include "vm/heap/type.h"

namespace refscope::vm {

extern Type map_type, filter_type;
int init_map_filter_types();

}  // namespace refscope::vm
