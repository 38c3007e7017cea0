#include "vm/interpreter/frame.h"

#include <sys/mman.h>

#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/events/events.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

using bytecode::kConstBit;
using bytecode::kNullEntry;
using bytecode::kOwnedEntry;
using bytecode::RegisterOp;

FrameStack frame_stack;

void reserve_frame_stack() {
    constexpr size_t kBytes = size_t{1} << 30;
    void* base = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    RS_CHECK(base != MAP_FAILED, "cannot reserve address space for frames");
    frame_stack.base = frame_stack.top = static_cast<char*>(base);
    frame_stack.limit = frame_stack.base + kBytes;
}

namespace {

// The entry below a callable that is known to be empty has no register of its own, except while its call runs: an
// unfolded bound method then stands there.
bool call_uses(const Instruction* pc, int home) { return pc->op() == RegisterOp::CALL && pc->a == home; }

}  // namespace

int frame_stack_depth(const Frame* frame) {
    switch (frame->state) {
        case FrameState::kStarting:
        case FrameState::kEnded:
        case FrameState::kCleared: return 0;
        case FrameState::kAt:
        case FrameState::kInside: return frame->info().depth;
        case FrameState::kConsumed: return frame->info().depth_consumed;
    }
    return 0;
}

Object** frame_stack_slot(Frame* frame, int depth) {
    const bytecode::InstructionInfo& info = frame->info();
    bytecode::StackEntry entry = frame->code->registers->stack_entries[info.stack + static_cast<uint32_t>(depth)];
    int home = frame->code->nlocalsplus + depth;
    bool counted;
    if (entry == kOwnedEntry) {
        counted = true;
    } else if (entry == kNullEntry) {
        counted = frame->state == FrameState::kInside && call_uses(frame->at(), home);
    } else {
        counted = frame->shadowed;
    }
    return counted ? &frame->registers[home] : nullptr;
}

Object* frame_stack_entry(const Frame* frame, int depth) {
    Object** slot = frame_stack_slot(const_cast<Frame*>(frame), depth);
    return slot ? *slot : nullptr;
}

void materialize_entries(Frame* frame, int depth) {
    const bytecode::InstructionInfo& info = frame->info();
    const bytecode::StackEntry* entries = frame->code->registers->stack_entries.data() + info.stack;
    Object** homes = frame->registers + frame->code->nlocalsplus;
    for (int i = 0; i < info.depth; ++i) {
        bytecode::StackEntry entry = entries[i];
        if (entry == kOwnedEntry || entry == kNullEntry) continue;
        Object* value = entry & kConstBit ? tuple_get_item(frame->code->co_consts, entry & bytecode::kIndexMask)
                                          : frame->registers[entry];
        homes[i] = i < depth ? xnewref(value) : nullptr;
    }
    frame->shadowed = true;
}

void drop_shadows(Frame* frame) {
    if (!frame->shadowed) return;
    const bytecode::InstructionInfo& info = frame->info();
    const bytecode::StackEntry* entries = frame->code->registers->stack_entries.data() + info.stack;
    Object** homes = frame->registers + frame->code->nlocalsplus;
    for (int i = info.depth - 1; i >= 0; --i) {
        bytecode::StackEntry entry = entries[i];
        if (entry == kOwnedEntry || entry == kNullEntry) continue;
        Object* value = homes[i];
        homes[i] = nullptr;
        xdecref(value);
    }
    frame->shadowed = false;
}

int frame_visit(Frame* frame, Visit visit, void* context) {
    if (frame->state == FrameState::kCleared) return 0;
    const int locals = frame->code->nlocalsplus;
    for (int i = 0; i < locals; ++i) RS_VISIT(frame->registers[i], Edge::at(EdgeKind::kLocal, static_cast<uint32_t>(i)));
    int depth = frame_stack_depth(frame);
    for (int i = 0; i < depth; ++i) {
        Object* entry = frame_stack_entry(frame, i);
        RS_VISIT(entry, Edge::at(EdgeKind::kTemporary, static_cast<uint32_t>(i)));
    }
    RS_VISIT(frame->in_flight, Edge::at(EdgeKind::kTemporary, static_cast<uint32_t>(depth)));
    RS_VISIT(frame->locals, Edge::field("f_locals"));
    RS_VISIT(frame->function, Edge::field("f_func"));
    RS_VISIT(static_cast<Object*>(frame->code), Edge::field("f_code"));
    return 0;
}

int frame_lasti_of(const Frame* frame) {
    if (frame->state == FrameState::kStarting || !frame->pc) return -2;
    return static_cast<int>(frame->info().unit) * 2;
}

int frame_line(const Frame* frame) {
    if (!frame->pc) return 0;
    if (frame->state == FrameState::kStarting) return code_unit(frame->code).firstlineno;
    int line = frame->info().line;
    return line < 0 ? 0 : line;
}

namespace {

// The frame object outlives the frame: the frame moves into it.
void move_into_object(Frame* frame) {
    FrameObject* object = frame->frame_object;
    auto* own = reinterpret_cast<Frame*>(reinterpret_cast<char*>(object) + sizeof(FrameObject));
    std::memcpy(static_cast<void*>(own), static_cast<const void*>(frame), frame_bytes(frame->code));
    own->owner = FrameOwner::kFrameObject;
    own->previous = nullptr;
    own->frame_object = nullptr;
    object->frame = own;
    object->lineno = 0;
    if (Frame* previous = frame->caller()) {
        FrameObject* back = frame_get_object(previous);
        if (back) object->back = newref(back);
    }
    frame->frame_object = nullptr;
    if (!gc_is_tracked(object)) gc_track(object);
    decref(object);
}

}  // namespace

ClearingFrame* clearing_frames = nullptr;

void release_from_frame(Frame* frame, Object* value, int local) {
    // A number has no finalizer that could look.
    if (value->refcount == 0 && !deaths_wanted && (value->type == &float_type || value->type == &int_type)) return release_slow(value);
    ClearingFrame here{frame, clearing_frames, local};
    clearing_frames = &here;
    release_slow(value);
    clearing_frames = here.previous;
}

void clear_frame(Frame* frame) {
    frame->state = FrameState::kEnded;
    if (RS_UNLIKELY(frame->frame_object != nullptr)) {
        if (refcount_of(frame->frame_object) > 1) {
            move_into_object(frame);
            frame->state = FrameState::kCleared;
            return;
        }
        FrameObject* object = std::exchange(frame->frame_object, nullptr);
        drop_from_frame(frame, object);
    }
    const int locals = frame->code->nlocalsplus;
    for (int i = 0; i < locals; ++i) {
        Object* value = frame->registers[i];
        if (value) {
            frame->registers[i] = nullptr;
            drop_from_frame(frame, value, i);
        }
    }
    if (Object* namespace_ = std::exchange(frame->locals, nullptr)) drop_from_frame(frame, namespace_);
    frame->state = FrameState::kCleared;
    decref(frame->function);
    decref(frame->code);
}

}  // namespace refscope::vm
