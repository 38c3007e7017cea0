// The module _warnings: which warnings are shown, raised or dropped. The library's warnings.py uses it, and so does err_warn.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

Owned create_warnings_module();
// ErrorSeam::warn.
int warn_from_native(Type& category, Object* message, int stack_level, Object* source_or_null);

}  // namespace refscope::vm
