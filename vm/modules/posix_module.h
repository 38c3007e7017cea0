// The module posix, on which the library's os.py builds: functions by subject in posix_*.cpp.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

Owned create_posix_module();

// Parts, put together by create_posix_module.
extern const MethodDef posix_file_functions[];        // posix_files.cpp: names, folders, links
extern const MethodDef posix_descriptor_functions[];  // posix_descriptors.cpp
extern const MethodDef posix_status_functions[];      // posix_status.cpp: stat, scandir
extern const MethodDef posix_process_functions[];     // posix_process.cpp: process, environment, system
extern const MethodDef posix_children_functions[];    // posix_children.cpp: fork, wait, exec, groups of processes
int posix_add_status_types(Object* module);
int posix_add_descriptor_types(Object* module);
int posix_add_process_parts(Object* module);

// fork() with the hooks of register_at_fork: the child's id, 0 in the child. -1: an exception is pending.
int fork_with_hooks();
void run_before_fork();
void run_after_fork(bool in_child);

}  // namespace refscope::vm
