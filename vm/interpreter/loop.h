// The two loops and what they share with the driver. Private to vm/interpreter.
#pragma once

#include "vm/interpreter/interpreter.h"

namespace refscope::vm {

// How a loop ends before its entry frame does: attention changed which loop is wanted.
enum class LoopEnd : uint8_t { kReturned, kRaised, kSwitch };

struct LoopResult {
    LoopEnd end;
    Object* value;  // owned
    Frame* frame;   // kSwitch: the frame to go on with, in state kAt
};

// `frame` nullptr: gives the addresses of the handlers, by RegisterOp, in *table.
LoopResult loop_fast(Frame* frame, const void* const** table);
LoopResult loop_instrumented(Frame* frame, const void* const** table);

extern const void* breakpoint_handler;

// Set when something wants the loop's attention (a flag another thread may raise).
extern volatile bool attention_wanted;
// Polls. -1: an exception is pending.
int poll_attention(Frame* frame);

// Starts a call: a new frame for `function` with arguments stolen from `args`. nullptr: exception pending, arguments released.
Frame* start_call(FunctionObject* function, Object* const* args, intptr_t positional, Object* kwnames);

// The pending exception in `frame`: adds to its traceback unless it is being raised again, and finds the handler. True:
// continue at frame->pc; false: the frame has no handler. `position`: the instruction that raised first, when what re-raises restores it.
bool unwind(Frame* frame, bool reraised, const Instruction* position = nullptr);

// Releases a value whose count has reached zero from inside a loop.
void release_in_loop(Frame* frame, const Instruction* pc, Object* value);

}  // namespace refscope::vm
