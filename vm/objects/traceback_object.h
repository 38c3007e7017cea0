// Traceback objects: one link for each frame that an exception passed through, outermost first.
//
// They own their frames, and so keep the frames' locals alive until the exception dies.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct TracebackObject : Object {
    TracebackObject* next;
    Object* frame;
    int lasti;   // byte offset of the instruction in the code's CPython form
    int lineno;
};
extern Type traceback_type;

inline bool traceback_check(const Object* object) { return is_type(object, &traceback_type); }

Owned traceback_new(Object* next_or_null, Object* frame, int lasti, int lineno);
// Puts a link for `frame` (where it stands now) before the pending exception's traceback. -1: failed, another exception is pending.
int traceback_here(Object* frame);

int init_traceback_types();

}  // namespace refscope::vm
