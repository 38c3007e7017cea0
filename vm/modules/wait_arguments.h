// Arguments of functions that wait: descriptors, and times as seconds.
#pragma once

#include <cstdint>

#include "vm/heap/object.h"

namespace refscope::vm {

// An int, or the result of the object's fileno() (PyObject_AsFileDescriptor). -1 with an exception.
int descriptor_argument(Object* argument);
// An int or float of seconds as nanoseconds, rounded away from zero (_PyTime_FromSecondsObject with ROUND_TIMEOUT).
// False: an exception is pending.
bool seconds_argument(Object* argument, int64_t* nanoseconds);

}  // namespace refscope::vm
