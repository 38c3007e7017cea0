// What tracebacks, warnings and sys need to know of frames and code objects. The functions are defined beside the frame and
// code objects; `frame` is a frame object, `code` a code object. Borrowed results unless Owned.
#pragma once

#include "vm/bytecode/code_unit.h"
#include "vm/heap/object.h"

namespace refscope::vm {

bool frame_check(const Object* object);
Object* frame_code(Object* frame);
Object* frame_globals(Object* frame);
Object* frame_builtins(Object* frame);
int frame_lasti(Object* frame);   // byte offset of the current instruction
int frame_lineno(Object* frame);  // PyFrame_GetLineNumber; 0 or -1: none
Owned frame_back(Object* frame);  // nullptr without exception: outermost

// The frame object of the running Python code, `depth` frames up; nullptr without exception: there is none.
Owned current_frame_object(int depth);
// The globals and builtins of the running Python code; nullptr: none runs.
Object* current_globals();
Object* current_builtins();

bool code_check(const Object* object);
Object* code_filename(Object* code);  // str
Object* code_name(Object* code);
Object* code_qualname(Object* code);
Owned code_localsplusnames(Object* code);  // tuple of str
int code_flags(Object* code);
int code_line_at(Object* code, int lasti);  // byte offset; -1: none
bytecode::Position code_position_at(Object* code, int lasti);

}  // namespace refscope::vm
