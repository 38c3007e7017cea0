// The module sys. It owns the namespace that vm/objects/sys_attributes.h gives access to.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"
#include "vm/modules/startup.h"

namespace refscope::vm {

// Makes the module; afterwards sys_dict is set and sys.modules is the import system's table. The standard streams come with sys_open_standard_streams.
Owned create_sys_module(const StartupOptions& options);
int sys_open_standard_streams(bool line_buffered = false);
// Flushes sys.stdout and sys.stderr at the end of the program. -1: output was lost (exit status 120).
int sys_flush_standard_streams();

// Parts of the module.
extern const MethodDef sys_functions[];          // sys_functions.cpp
extern const MethodDef sys_display_functions[];  // sys_display.cpp
int sys_add_facts(Object* dict, const StartupOptions& options);  // sys_facts.cpp: version, flags, limits, paths

// sys.exit()'s effect on the process: the status for the pending SystemExit, which is cleared; a message is printed.
int sys_handle_system_exit();

// Hooks for asynchronous generators (sys.set_asyncgen_hooks): roots, nullptr when not set.
extern Object* asyncgen_first_iter;
extern Object* asyncgen_finalizer;
extern int coroutine_origin_depth;

}  // namespace refscope::vm
