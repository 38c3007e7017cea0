// The module _tracemalloc, and starting it before the program runs.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

void start_tracemalloc(int frames);  // nothing happens when it is on
// As -X tracemalloc[=FRAMES] or PYTHONTRACEMALLOC say. False: what they say cannot be, and that has been written to standard error.
bool start_tracemalloc_if_asked();
Owned create_tracemalloc_module();

}  // namespace refscope::vm
