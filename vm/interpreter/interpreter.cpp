// The driver of the loops: entering frames from C++, starting calls, unwinding, attention, breakpoints.
#include "vm/interpreter/interpreter.h"

#include <sys/resource.h>

#include <atomic>

#include "vm/events/events.h"
#include "vm/heap/calls.h"
#include "vm/interpreter/binding.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/interpreter/generator.h"
#include "vm/interpreter/loop.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/traceback_object.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

using bytecode::Instruction;

ExecutionHooks execution_hooks;
volatile bool attention_wanted = false;
int (*attention_handler)() = nullptr;
int (*signal_handler)() = nullptr;
void (*interrupt_host)() = nullptr;
const void* breakpoint_handler = nullptr;

void request_attention() {
    attention_wanted = true;
    if (interrupt_host) interrupt_host();
}

int serve_attention() {
    if (!attention_wanted) return 0;
    attention_wanted = false;
    if (signal_handler && signal_handler() < 0) return -1;
    return attention_handler ? attention_handler() : 0;
}

int poll_attention(Frame*) { return serve_attention(); }

Owned run_frame(Frame* frame) {
    frame->entry = true;
    thread->frame = frame;
    for (;;) {
        LoopResult result = execution_hooks.instrumented ? loop_instrumented(frame, nullptr) : loop_fast(frame, nullptr);
        if (result.end != LoopEnd::kSwitch) return result.value;
        frame = result.frame;
    }
}

Frame* start_call(FunctionObject* function, Object* const* args, intptr_t positional, Object* kwnames) {
    CodeObject* code = as_code(function->func_code);
    intptr_t count = positional + (kwnames ? tuple_size(kwnames) : 0);
    Frame* frame = nullptr;
    bool entered = enter_recursive_call("");
    if (entered && code_prepare(code)) {
        frame = push_frame(function, code);
        if (!frame) err_set_string(exc::RecursionError, "maximum recursion depth exceeded");
    }
    if (!frame) {
        if (entered) leave_recursive_call();
        for (intptr_t i = 0; i < count; ++i) decref(args[i]);
        decref(function);
        return nullptr;
    }
    init_frame(frame, function, code, nullptr);
    if (code->simple_arguments && code->argcount == positional && !kwnames) {
        for (intptr_t i = 0; i < positional; ++i) frame->registers[i] = args[i];
        for (intptr_t i = positional; i < code->nlocalsplus; ++i) frame->registers[i] = nullptr;
    } else if (!bind_arguments(frame, args, positional, kwnames)) {
        leave_recursive_call();
        clear_frame(frame);
        pop_frame(frame);
        return nullptr;
    }
    return frame;
}

namespace {

// Runs a frame that start_call made, and takes it down.
Owned run_call(Frame* frame) {
    Object* result = run_frame(frame);
    if (frame->state != FrameState::kCleared) clear_plain_frame(frame);
    pop_frame(frame);
    return result;
}

}  // namespace

Owned call_python_function(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto positional = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    FunctionObject* function = as_function(callable);
    CodeObject* code = as_code(function->func_code);
    // The common call, without start_call's cases.
    if (RS_LIKELY(!kwnames && code->simple_arguments && code->argcount == positional && code->prepared &&
                  thread->recursion_remaining > 0 && !stack_is_low())) {
        if (Frame* frame = push_frame(function, code)) {
            --thread->recursion_remaining;
            init_frame(frame, newref(function), code, nullptr);
            intptr_t i = 0;
            for (; i < positional; ++i) frame->registers[i] = newref(args[i]);
            for (intptr_t n = code->nlocalsplus; i < n; ++i) frame->registers[i] = nullptr;
            return run_call(frame);
        }
    }
    intptr_t count = positional + (kwnames ? tuple_size(kwnames) : 0);
    for (intptr_t i = 0; i < count; ++i) incref(args[i]);
    Frame* frame = start_call(newref(as_function(callable)), args, positional, kwnames);
    return frame ? run_call(frame) : nullptr;
}

Owned exec_code(Object* code, Object* globals, Object* locals, Object* closure) {
    Ref<> function = own(function_new(code, globals, nullptr));
    if (!function) return nullptr;
    if (closure) function_set_closure(as_function(function.get()), newref(closure));
    Frame* frame = start_call(as_function(function.release()), nullptr, 0, nullptr);
    if (!frame) return nullptr;
    frame->locals = xnewref(locals);
    return run_call(frame);
}

Owned run_class_body(Object* function, Object* namespace_) {
    Frame* frame = start_call(newref(as_function(function)), nullptr, 0, nullptr);
    if (!frame) return nullptr;
    frame->locals = newref(namespace_);
    return run_call(frame);
}

Owned current_locals() {
    Frame* frame = current_frame();
    if (!frame) return err_set_string(exc::SystemError, "frame does not exist");
    return xnewref(frame_locals(frame));
}

void release_in_loop(Frame* frame, const Instruction* pc, Object* value) {
    frame->pc = pc;
    frame->state = FrameState::kConsumed;
    frame->shadowed = false;
    if (pc->borrows()) materialize_entries(frame, frame->info().depth_consumed);
    release_slow(value);
    drop_shadows(frame);
}

bool unwind(Frame* frame, bool reraised, const Instruction* position) {
    drop_shadows(frame);
    if (!reraised) {
        FrameObject* object = frame_get_object(frame);
        if (object) traceback_here(object);
    }
    const CodeObject* code = frame->code;
    const bytecode::RegisterCode::Handler* handler = code->registers->handler_at(instruction_index(code, frame->pc));
    if (RS_UNLIKELY(execution_hooks.exception_raised != nullptr)) {
        execution_hooks.exception_raised(frame, thread->pending, handler != nullptr);
    }
    // The exception waits here while finalizers of what is released may raise and catch others.
    frame->in_flight = std::exchange(thread->pending, nullptr);
    int keep = handler ? handler->depth : 0;
    for (int depth = frame_stack_depth(frame) - 1; depth >= keep; --depth) {
        if (Object** slot = frame_stack_slot(frame, depth)) clear_ref(*slot);
    }
    Object* exception = std::exchange(frame->in_flight, nullptr);
    if (position) frame->pc = position;
    if (!handler) {
        thread->pending = exception;
        frame->state = FrameState::kEnded;
        return false;
    }
    Object** homes = frame->registers + code->nlocalsplus + handler->depth;
    if (handler->lasti) *homes++ = int_from_int64(frame_lasti_of(frame));
    *homes = exception;
    frame->pc = code->instructions + handler->target;
    frame->state = FrameState::kAt;
    return true;
}

// --- Breakpoints

namespace {

const void* const* fast_table = nullptr;

uint32_t handler_word(const void* address) { return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(address)); }

void fill_handlers(CodeObject* code) {
    for (uint32_t i = 0; i < code->instruction_count;) {
        Instruction& instruction = code->instructions[i];
        instruction.handler = handler_word(fast_table[static_cast<int>(instruction.op())]);
        i += 1 + static_cast<uint32_t>(bytecode::cache_slots(instruction.op()));
    }
    if (execution_hooks.code_prepared) execution_hooks.code_prepared(code);
}

}  // namespace

void patch_instruction(CodeObject* code, uint32_t index) { code->instructions[index].handler = handler_word(breakpoint_handler); }
void unpatch_instruction(CodeObject* code, uint32_t index) {
    Instruction& instruction = code->instructions[index];
    instruction.handler = handler_word(fast_table[static_cast<int>(instruction.op())]);
}
bool is_patched(const CodeObject* code, uint32_t index) {
    return code->instructions[index].handler == handler_word(breakpoint_handler);
}

int init_interpreter() {
    loop_fast(nullptr, &fast_table);
    prepare_handlers = fill_handlers;
    call_seam.call_function = call_python_function;
    if (!frame_stack.base) reserve_frame_stack();
    rlimit limit{};
    size_t stack = 8u << 20;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) stack = limit.rlim_cur;
    if (stack > (64u << 20)) stack = 64u << 20;
    thread->stack_floor = reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - stack + (512u << 10);
    if (init_frame_type() < 0 || init_generator_types() < 0) return -1;
    return 0;
}

}  // namespace refscope::vm
