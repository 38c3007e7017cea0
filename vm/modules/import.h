// The import system: built-in modules, and source files on sys.path.
//
// `__import__` and the import statement come here. sys.modules is the dict that modules_dict gives.
#pragma once

#include <string>

#include "vm/heap/object.h"
#include "vm/interpreter/builtins_support.h"

namespace refscope::vm {

// sys.modules; made at first use. Borrowed.
Object* modules_dict();
// Runs a module's code in `module`'s namespace. False: an exception is pending.
bool run_module_code(Object* code, Object* module);
// Finds the source of a top-level or dotted module for `-m`: path of the file, or "" when it is absent.
std::string find_module_source(const std::string& dotted_name, bool* is_package);

}  // namespace refscope::vm
