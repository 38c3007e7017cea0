// The module _weakref, on which the library's weakref.py builds.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

Owned create_weakref_module();

}  // namespace refscope::vm
