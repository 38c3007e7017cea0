// Reporting exceptions that cannot go further: sys.unraisablehook and its arguments. err_print and err_write_unraisable
// are declared in vm/objects/errors.h.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"
#include "vm/objects/errors.h"

namespace refscope::vm {

extern Type unraisable_args_type;  // sys.UnraisableHookArgs

// "Exception ignored <message>: <object>" for the pending exception (_PyErr_WriteUnraisableMsg).
void err_write_unraisable_message(const char* message_or_null, Object* object_or_null);
// sys.__unraisablehook__ itself.
Owned default_unraisable_hook(Object* self, Object* arguments);

int init_error_report_types();

}  // namespace refscope::vm
