// The module `builtins`: functions in builtins_*.cpp by subject.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

Owned create_builtins_module();
extern Object* builtins_module;  // owned, a root
Object* builtins_dict();         // borrowed

// Tables of the parts, put together by create_builtins_module.
extern const MethodDef builtins_object_functions[];
extern const MethodDef builtins_number_functions[];
extern const MethodDef builtins_iteration_functions[];
extern const MethodDef builtins_io_functions[];
extern const MethodDef builtins_code_functions[];

}  // namespace refscope::vm
