// Showing tracebacks and exceptions as CPython 3.11 does: source lines, carets, chains, notes, groups, suggestions.
//
// Everything is written to a Python file object piece by piece; a failure to write ends it with that exception pending.
#pragma once

#include <string>

#include "vm/heap/object.h"

namespace refscope::vm {

// PyTraceBack_Print: header and entries.
int traceback_print(Object* traceback, Object* file);
// The same with each line behind `indent` spaces and `margin` ("| " inside an exception group).
int traceback_print_indented(Object* traceback, int indent, const char* margin, const char* header_margin,
                             const char* header, Object* file);

// PyErr_Display to sys.stderr: never fails. The second takes the three that sys.excepthook is given.
void exception_display(Object* exception);
void exception_display_parts(Object* type, Object* value, Object* traceback);

// "Did you mean": a new reference to a name, or nullptr without exception (suggestions.cpp).
Owned exception_suggestion(Object* exception);

}  // namespace refscope::vm
