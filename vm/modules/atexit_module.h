// The module atexit: functions to be called when the program ends.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

Owned create_atexit_module();
// Calls the registered functions, last first, and forgets them. Errors are reported and do not stop the rest.
void atexit_run();

}  // namespace refscope::vm
