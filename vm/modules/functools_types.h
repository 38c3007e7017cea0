// The types of module _functools that have a file of their own.
#pragma once

#include "vm/heap/type.h"

namespace refscope::vm {

extern Type lru_cache_type;  // functools._lru_cache_wrapper (lru_cache.cpp)
int init_lru_cache_types();

}  // namespace refscope::vm
