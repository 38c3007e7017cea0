// The call seam: how objects reach Python code without knowing the interpreter.
//
// The interpreter fills these in when it starts. Objects call them through vm/objects/call.h.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct CallSeam {
    // Runs a Python function (vectorcall of FunctionObject).
    VectorcallFn call_function = nullptr;
    // Adds the current frame to the traceback of the pending exception when native code raised it.
    void (*add_traceback)(const char* function, const char* filename, int line) = nullptr;
    // Polled by long native loops: signals, pause requests. -1: an exception is pending.
    int (*check_signals)() = nullptr;
    // How the heap, which knows no exception types, raises the two errors of its own. Set by vm/objects.
    void (*raise_memory_error)() = nullptr;
    void (*raise_recursion_error)(const char* where) = nullptr;
};
extern CallSeam call_seam;

}  // namespace refscope::vm
