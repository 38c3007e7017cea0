// The module gc.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

Owned create_gc_module();

}  // namespace refscope::vm
