// sys's namespace for those who must not know the module, and writing to Python file objects.
//
// sys_dict is owned by vm/modules/sys_module; it is nullptr before the module exists and after the runtime has ended.
#pragma once

#include <string_view>

#include "vm/heap/object.h"

namespace refscope::vm {

extern Object* sys_dict;  // a root

Object* sys_get_object(const char* name);  // borrowed; nullptr without exception: absent
int sys_set_object(const char* name, Object* value_or_null);

// PyFile_WriteString, PyFile_WriteObject (str() when `as_text`, else repr()). -1: an exception is pending.
int file_write_string(std::string_view text, Object* file);
int file_write_object(Object* object, Object* file, bool as_text);
int file_flush(Object* file);
// PySys_WriteStderr: never fails, keeps a pending exception.
void sys_write_stderr(std::string_view text);

}  // namespace refscope::vm
