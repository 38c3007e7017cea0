// All state of one thread of Python execution, in one structure.
//
// There is one thread that owns the heap; `thread` is its state. (Python threads will be fibers that switch this pointer.)
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/heap/object.h"

namespace refscope::vm {

// The part of an interpreter frame that the layers below the interpreter may see.
struct FrameLink {
    FrameLink* previous = nullptr;
    const void* pc = nullptr;  // the instruction being executed, saved whenever the loop leaves its fast path
};

// PyErr_StackItem: the exception being handled by an except block or a generator.
struct HandledException {
    Object* value = nullptr;  // owned
    HandledException* previous = nullptr;
};

// One native function being run: names the native references made since.
struct NativeCall {
    Object* callable;            // borrowed: the caller's frame holds it
    Object* const* arguments;    // borrowed
    size_t count;
    RefNode* references_at_entry;
    NativeCall* previous;
};

struct Thread {
    FrameLink* frame = nullptr;        // innermost Python frame
    Object* pending = nullptr;         // the exception being raised, always an instance; owned
    HandledException base_handled;     // bottom of the stack of handled exceptions
    HandledException* handled = &base_handled;
    NativeCall* native = nullptr;
    int recursion_remaining = 1000;    // Python frames and native calls, as CPython 3.11 counts them
    int recursion_limit = 1000;
    bool recursion_headroom = false;
    uintptr_t stack_floor = 0;         // C++ stack addresses below this are a RecursionError
    int trash_nesting = 0;             // depth of nested deallocations
    Object* trash_later = nullptr;     // containers whose deallocation was put off
    const char* instruction_base = nullptr;  // allocation sites count instructions from here
    uint32_t instruction_shift = 4;
};
extern Thread* thread;

inline uint32_t current_site() {
    FrameLink* frame = thread->frame;
    if (!frame || !frame->pc) return 0;
    return static_cast<uint32_t>((static_cast<const char*>(frame->pc) - thread->instruction_base) >>
                                 thread->instruction_shift);
}

// Py_EnterRecursiveCall: false with RecursionError ("maximum recursion depth exceeded" + where) pending.
bool enter_recursive_call(const char* where);
inline void leave_recursive_call() { ++thread->recursion_remaining; }
// True when the C++ stack is nearly used up: native recursion must stop with RecursionError or defer its work.
inline bool stack_is_low() { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < thread->stack_floor; }

// Py_TRASHCAN: deep structures die without deep C++ recursion. Use at the top of a container's tp_dealloc:
//     if (!trash_begin(self)) return;  … trash_end();
bool trash_begin(Object* object);
void trash_end();

}  // namespace refscope::vm
