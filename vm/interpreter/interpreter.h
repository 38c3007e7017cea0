// The interpreter: running frames.
//
// Two loops are built from one source (loop_body.inc): the fast one, which jumps through the handler word of each instruction,
// and the instrumented one, which looks at every instruction first. Both keep all state in the frame between instructions, so that
// execution can change from one to the other at any call, back edge or breakpoint. Interpreter thread only.
#pragma once

#include "vm/interpreter/frame.h"

namespace refscope::vm {

// Runs a frame entered from C++ until it returns, raises (nullptr) or, for a generator, yields. The caller
// owns the frame and clears it.
Owned run_frame(Frame* frame);

// Calls a Python function (vectorcall): what call_seam.call_function is.
Owned call_python_function(Object* function, Object* const* args, size_t nargsf, Object* kwnames);

// What the debugger hooks in. With none set the fast loop runs and nothing is paid.
struct ExecutionHooks {
    // The instrumented loop is wanted: by steps and recordings (control_wants) or by a profile.
    bool instrumented = false, control_wants = false;
    void refresh() { instrumented = control_wants || profile_instruction; }
    // Before an instruction with a patched handler (breakpoint). The frame is in state kAt.
    void (*at_breakpoint)(Frame* frame) = nullptr;
    // The instrumented loop, before each instruction. The frame is in state kAt.
    void (*at_instruction)(Frame* frame) = nullptr;
    // The same for a profile of lines, which runs beside the debugger; after a change: refresh().
    void (*profile_instruction)(Frame* frame) = nullptr;
    // The frame's locals are still there.
    void (*function_returned)(Frame* frame, Object* value) = nullptr;
    // Code has been translated and is about to run for the first time: breakpoints are patched in.
    void (*code_prepared)(CodeObject* code) = nullptr;
    // An exception has been raised in, or has come up to, this frame (before its handler is looked for); `caught`: it has one.
    void (*exception_raised)(Frame* frame, Object* exception, bool caught) = nullptr;
};
extern ExecutionHooks execution_hooks;

// Raised by other threads or signal handlers, polled at calls and back edges. The handler runs on the interpreter thread
// and returns -1 to raise an exception that is pending.
void request_attention();
extern int (*attention_handler)();
// Filled in by vm/modules: runs Python's signal handlers (polled first), and ends a call of the host that blocks.
extern int (*signal_handler)();
extern void (*interrupt_host)();
// The poll for native code that waits or runs long: what call_seam.check_signals is.
int serve_attention();

// Breakpoints: while patched, an instruction of prepared code runs at_breakpoint first.
void patch_instruction(CodeObject* code, uint32_t index);
void unpatch_instruction(CodeObject* code, uint32_t index);
bool is_patched(const CodeObject* code, uint32_t index);

// Sets up the call seam, frame stack and handlers. Before any Python code runs.
int init_interpreter();

}  // namespace refscope::vm
