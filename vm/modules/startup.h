// Starting and ending the runtime: static types in the order in which they depend on each other, then the modules
// `builtins` and `sys`. Called once each, by whoever embeds the VM (cli, tests).
#pragma once

#include <string>
#include <vector>

#include "vm/heap/object.h"

namespace refscope::vm {

struct StartupOptions {
    std::string program_name;           // sys.executable
    std::vector<std::string> argv;      // sys.argv
    std::vector<std::string> original_argv;  // sys.orig_argv; empty: program_name and argv
    std::string main_folder;            // the first entry of sys.path: the main program's folder
    std::vector<std::string> path;      // the rest of sys.path; empty: the default one
    bool collector_history = true;      // count what CPython's own start-up collects (gc.get_stats())
    uint32_t interactive_flags = 0;
    bool line_buffered_output = false;  // stdout as at a terminal: somebody watches
};

// False: startup failed, the reason is on stderr.
bool initialize_runtime(const StartupOptions& options);
// Module teardown, last collection, static types. Nothing of the runtime may be used afterwards.
void finalize_runtime();
bool runtime_is_initialized();

// The table of built-in modules (sys.builtin_module_names): importing one calls its function.
struct BuiltinModule {
    const char* name;
    Owned (*create)();
};
const BuiltinModule* find_builtin_module(const char* name);
const std::vector<BuiltinModule>& builtin_modules();

}  // namespace refscope::vm
