// Frames: the registers of running code.
//
// A frame lies on the thread's frame stack, or inside the generator or frame object that owns it. Its registers are
// the code's locals, cells and free variables (null: unbound) and, behind them, the home registers of CPython's evaluation
// stack. Which of these hold a counted reference follows from the frame's state and the stack map at its pc: see
// frame_visit. Interpreter thread only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/bytecode/register_code.h"
#include "vm/heap/edge.h"
#include "vm/heap/thread.h"
#include "vm/objects/code_object.h"
#include "vm/objects/function_object.h"

namespace refscope::vm {

using bytecode::Instruction;

enum class FrameState : uint8_t {
    kStarting,   // arguments are in place, nothing has run: locals only
    kAt,         // before the instruction at pc: the owned entries of its stack map
    kInside,     // within the instruction, off the fast path: all entries, borrowed ones materialised; consumed ones null
    kConsumed,   // within the instruction, its operands handed on (a call in progress, a yield)
    kEnded,      // returned or unwound: locals only, pc still says where
    kCleared,    // nothing is held any more
};
enum class FrameOwner : uint8_t { kThread, kGenerator, kFrameObject };

struct FrameObject;

struct Frame : FrameLink {
    FunctionObject* function;  // owned
    CodeObject* code;          // owned
    Object* globals;           // borrowed from the function
    Object* builtins;          // borrowed from the function
    Object* locals;            // owned: the namespace of module and class bodies, or a function's locals() snapshot
    FrameObject* frame_object;  // owned, or nullptr until somebody asks
    Object* in_flight;         // owned: a result that is not yet in a register while operands are released
    FrameState state;
    FrameOwner owner;
    bool entry;                // called from C++: its return ends the loop
    bool shadowed;             // borrowed entries up to the state's depth have references of their own
    Object* registers[];

    const Instruction* at() const { return static_cast<const Instruction*>(pc); }
    const bytecode::InstructionInfo& info() const { return instruction_info(code, pc); }
    Frame* caller() const { return static_cast<Frame*>(previous); }
};

inline size_t frame_bytes(const CodeObject* code) {
    return sizeof(Frame) + sizeof(Object*) * static_cast<size_t>(code->nlocalsplus + code->stacksize);
}
inline Frame* current_frame() { return static_cast<Frame*>(thread->frame); }

// The thread's frame stack: one reserved range, so that frames never move.
struct FrameStack {
    char* base = nullptr;
    char* top = nullptr;
    char* limit = nullptr;
};
extern FrameStack frame_stack;
void reserve_frame_stack();

// A frame on the stack with its locals null and no references taken; nullptr: RecursionError pending.
inline Frame* push_frame(FunctionObject* function, CodeObject* code) {
    size_t size = frame_bytes(code);
    char* place = frame_stack.top;
    if (RS_UNLIKELY(place + size > frame_stack.limit)) return nullptr;
    frame_stack.top = place + size;
    return reinterpret_cast<Frame*>(place);
}
// Sets the fields up; steals the reference to the function, takes one to its code. Arguments are stored by the caller.
inline void init_frame(Frame* frame, FunctionObject* stolen_function, CodeObject* code, Object* stolen_locals) {
    frame->previous = thread->frame;
    frame->pc = code->instructions;
    frame->function = stolen_function;
    frame->code = newref(code);
    frame->globals = stolen_function->func_globals;
    frame->builtins = stolen_function->func_builtins;
    frame->locals = stolen_locals;
    frame->frame_object = nullptr;
    frame->in_flight = nullptr;
    frame->state = FrameState::kStarting;
    frame->owner = FrameOwner::kThread;
    frame->entry = false;
    frame->shadowed = false;
}
// Releases what the frame holds, as CPython does: into the frame object if somebody keeps that. The frame must not be
// the thread's current one any more.
void clear_frame(Frame* frame);
// Frames whose locals are being released: off the thread's chain, and still holders while finalizers run.
struct ClearingFrame {
    Frame* frame;
    ClearingFrame* previous;
    int local;  // which local is being released; -1: none of them
};
extern ClearingFrame* clearing_frames;
// Out of line: the value's count has reached zero (or it is watched) while the frame is being cleared.
void release_from_frame(Frame* frame, Object* value, int local);
inline void drop_from_frame(Frame* frame, Object* value, int local = -1) {
    if (RS_UNLIKELY(--value->refcount <= 0)) release_from_frame(frame, value, local);
}
// clear_frame for the loop: the common frame has no object and no namespace.
inline void clear_plain_frame(Frame* frame) {
    if (RS_UNLIKELY(frame->frame_object || frame->locals)) return clear_frame(frame);
    frame->state = FrameState::kEnded;
    CodeObject* code = frame->code;
    const int locals = code->nlocalsplus;
    for (int i = 0; i < locals; ++i) {
        Object* value = frame->registers[i];
        if (!value) continue;
        frame->registers[i] = nullptr;
        drop_from_frame(frame, value, i);
    }
    frame->state = FrameState::kCleared;
    decref(frame->function);
    decref(code);
}
inline void pop_frame(Frame* frame) { frame_stack.top = reinterpret_cast<char*>(frame); }

// Every counted reference of the frame, with edges kLocal, kTemporary and fields. `deep`: also function, code, frame object
// (hidden edges).
int frame_visit(Frame* frame, Visit visit, void* context);
// How many entries of the evaluation stack exist, and the entry's value (nullptr: none or borrowed).
int frame_stack_depth(const Frame* frame);
Object* frame_stack_entry(const Frame* frame, int depth);
// The register of an owned entry, nullptr: the entry is borrowed or empty.
Object** frame_stack_slot(Frame* frame, int depth);
// Gives the borrowed entries below `depth` at the frame's pc references of their own, and takes those back that are there.
void materialize_entries(Frame* frame, int depth);
void drop_shadows(Frame* frame);

int frame_line(const Frame* frame);  // 0: none
int frame_lasti_of(const Frame* frame);

// The frame object of a frame, made when there is none: borrowed; nullptr: MemoryError pending.
FrameObject* frame_get_object(Frame* frame);

struct FrameObject : Object {
    FrameObject* back;  // owned; set when the frame has ended
    Frame* frame;       // the running frame, or `own` once it has ended
    Object* trace;
    int lineno;
    bool trace_lines, trace_opcodes;
    // Behind: storage for the frame itself (FrameOwner::kFrameObject).
};
extern Type frame_type;
inline FrameObject* as_frame(Object* object) { return static_cast<FrameObject*>(object); }
// f_locals / locals(): the snapshot dict, brought up to date. Borrowed.
Object* frame_locals(Frame* frame);
int init_frame_type();

}  // namespace refscope::vm
