// The module _thread: locks and thread-local storage for the one thread there is.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

Owned create_thread_module();
// At the end of the program, before atexit: lets the library's threading module end, if it is loaded.
void thread_module_shutdown();

}  // namespace refscope::vm
