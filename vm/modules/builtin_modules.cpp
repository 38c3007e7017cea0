// The table of built-in modules.
#include <cstring>

#include "vm/modules/startup.h"

namespace refscope::vm {

#define RS_MODULE(name, create) Owned create();
#include "vm/modules/builtin_modules.def"
#undef RS_MODULE

const std::vector<BuiltinModule>& builtin_modules() {
    static const std::vector<BuiltinModule> table{
#define RS_MODULE(name, create) {name, create},
#include "vm/modules/builtin_modules.def"
#undef RS_MODULE
    };
    return table;
}

const BuiltinModule* find_builtin_module(const char* name) {
    for (const BuiltinModule& module : builtin_modules()) {
        if (strcmp(module.name, name) == 0) return &module;
    }
    return nullptr;
}

}  // namespace refscope::vm
