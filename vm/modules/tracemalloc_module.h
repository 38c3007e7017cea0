// The module _tracemalloc, and starting it before the program runs.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

void start_tracemalloc(int frames);  // nothing happens when it is on
Owned create_tracemalloc_module();

}  // namespace refscope::vm
