// Frame objects: what sys._getframe, tracebacks and the debugger show of a frame.
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/interpreter/frame.h"
#include "vm/interpreter/generator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/heap/block_trace.h"
#include "vm/objects/cell.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

FrameObject* frame_get_object(Frame* frame) {
    if (frame->frame_object) return frame->frame_object;
    auto* object = static_cast<FrameObject*>(allocate_object(&frame_type, sizeof(FrameObject) + frame_bytes(frame->code)));
    if (!object) return nullptr;
    object->frame = frame;
    object->trace_lines = true;
    frame->frame_object = object;
    set_traced_size(object, static_cast<size_t>(Prefix::kGc) + frame_type.tp_sizeof(object));
    return object;
}

namespace {

Frame* own_frame(FrameObject* object) {
    return object->frame && object->frame->owner == FrameOwner::kFrameObject ? object->frame : nullptr;
}

void frame_dealloc(Object* self) {
    auto* object = as_frame(self);
    if (gc_is_tracked(object)) gc_untrack(object);
    if (!trash_begin(self)) return;
    Object* code = object->frame ? newref(object->frame->code) : nullptr;
    if (Frame* frame = own_frame(object)) clear_frame(frame);
    clear_ref(object->back);
    clear_ref(object->trace);
    xdecref(code);
    free_object(self);
    trash_end();
}

int frame_traverse(Object* self, Visit visit, void* context) {
    auto* object = as_frame(self);
    RS_VISIT(static_cast<Object*>(object->back), Edge::field("f_back"));
    RS_VISIT(object->trace, Edge::field("f_trace"));
    Frame* frame = own_frame(object);
    return frame ? frame_visit(frame, visit, context) : 0;
}

void release_locals(Frame* frame) {
    for (int i = 0; i < frame->code->nlocalsplus; ++i) clear_ref(frame->registers[i]);
    clear_ref(frame->locals);
}

int frame_tp_clear(Object* self) {
    auto* object = as_frame(self);
    clear_ref(object->trace);
    if (Frame* frame = own_frame(object)) release_locals(frame);
    return 0;
}

Owned frame_clear_method(Object* self, Object*) {
    auto* object = as_frame(self);
    Frame* frame = object->frame;
    if (frame->owner == FrameOwner::kGenerator && frame->state != FrameState::kCleared) {
        if (generator_is_running(frame)) return err_set_string(exc::RuntimeError, "cannot clear an executing frame");
        generator_finalize_frame(frame);
    } else if (frame->owner == FrameOwner::kThread) {
        return err_set_string(exc::RuntimeError, "cannot clear an executing frame");
    } else {
        frame_tp_clear(self);
    }
    return newref(none());
}

Owned frame_repr(Object* self) {
    Frame* frame = as_frame(self)->frame;
    return str_from_format("<frame at %p, file %R, line %d, code %S>", self, frame->code->co_filename, frame_line(frame),
                           frame->code->co_name);
}

size_t frame_size(Object* self) {
    const CodeObject* code = as_frame(self)->frame->code;
    return 120 + sizeof(Object*) * static_cast<size_t>(code->nlocalsplus + code->stacksize);
}

Owned get_back(Object* self, void*) {
    Owned back = frame_back(self);
    if (!back && !err_occurred()) return newref(none());
    return back;
}
Owned get_code(Object* self, void*) { return newref(static_cast<Object*>(as_frame(self)->frame->code)); }
Owned get_globals(Object* self, void*) { return newref(as_frame(self)->frame->globals); }
Owned get_builtins(Object* self, void*) { return newref(as_frame(self)->frame->builtins); }
Owned get_locals(Object* self, void*) { return xnewref(frame_locals(as_frame(self)->frame)); }
Owned get_lasti(Object* self, void*) {
    int lasti = frame_lasti(self);
    return int_from_int(lasti < 0 ? -1 : lasti);
}
Owned get_lineno(Object* self, void*) {
    int line = frame_lineno(self);
    return line > 0 ? int_from_int(line) : newref(none());
}
Owned get_trace(Object* self, void*) {
    Object* trace = as_frame(self)->trace;
    return newref(trace ? trace : none());
}
int set_trace(Object* self, Object* value, void*) {
    set_ref(as_frame(self)->trace, value && value != none() ? newref(value) : nullptr);
    return 0;
}

const MemberDef kMembers[] = {
    {"f_trace_lines", MemberKind::kBool, offsetof(FrameObject, trace_lines), false},
    {"f_trace_opcodes", MemberKind::kBool, offsetof(FrameObject, trace_opcodes), false},
    {},
};
const GetSetDef kGetSet[] = {
    {"f_back", get_back},     {"f_code", get_code},   {"f_globals", get_globals}, {"f_builtins", get_builtins},
    {"f_locals", get_locals}, {"f_lasti", get_lasti}, {"f_lineno", get_lineno},   {"f_trace", get_trace, set_trace},
    {},
};
const MethodDef kMethods[] = {
    method_def("clear", frame_clear_method, kMethNoargs),
    {},
};

}  // namespace

Type frame_type = [] {
    Type t = static_type("frame", 120, 8, kHaveGc);
    t.tp_dealloc = frame_dealloc;
    t.tp_repr = frame_repr;
    t.tp_getattro = object_generic_get_attr;
    t.tp_setattro = object_generic_set_attr;
    t.tp_traverse = frame_traverse;
    t.tp_clear = frame_tp_clear;
    t.tp_methods = kMethods;
    t.tp_members = kMembers;
    t.tp_getset = kGetSet;
    t.tp_sizeof = frame_size;
    return t;
}();

int init_frame_type() { return type_ready(&frame_type); }

Object* frame_locals(Frame* frame) {
    CodeObject* code = frame->code;
    if (!frame->locals) {
        frame->locals = dict_new();
        if (!frame->locals) return nullptr;
    }
    const bytecode::CodeUnit& unit = code_unit(code);
    bool optimized = (code->flags & bytecode::kCoOptimized) != 0;
    bool started = frame->state != FrameState::kStarting;
    for (int i = 0; i < code->nlocalsplus; ++i) {
        uint8_t kind = unit.localspluskinds[i];
        // A class body's free variables are no names of its namespace.
        if ((kind & bytecode::kLocalFree) && !optimized) continue;
        Object* name = tuple_get_item(code->co_localsplusnames, i);
        Object* value = frame->registers[i];
        if (kind & (bytecode::kLocalFree | bytecode::kLocalCell)) {
            bool is_cell = started && value && cell_check(value);
            if (is_cell) value = static_cast<CellObject*>(value)->ob_ref;
        }
        if (value) {
            if (object_set_item(frame->locals, name, value) < 0) return nullptr;
        } else if (object_del_item(frame->locals, name) < 0) {
            if (!err_matches(exc::KeyError)) return nullptr;
            err_clear();
        }
    }
    return frame->locals;
}

// --- What other objects ask of frames (vm/objects/frame_info.h)

bool frame_check(const Object* object) { return object->type == &frame_type; }
Object* frame_code(Object* frame) { return as_frame(frame)->frame->code; }
Object* frame_globals(Object* frame) { return as_frame(frame)->frame->globals; }
Object* frame_builtins(Object* frame) { return as_frame(frame)->frame->builtins; }
int frame_lasti(Object* frame) { return frame_lasti_of(as_frame(frame)->frame); }
int frame_lineno(Object* frame) {
    FrameObject* object = as_frame(frame);
    return object->lineno ? object->lineno : frame_line(object->frame);
}
Owned frame_back(Object* self) {
    FrameObject* object = as_frame(self);
    if (object->back) return newref(object->back);
    Frame* previous = object->frame->caller();
    if (!previous) return nullptr;
    return xnewref(static_cast<Object*>(frame_get_object(previous)));
}

Owned current_frame_object(int depth) {
    Frame* frame = current_frame();
    for (; frame && depth > 0; --depth) frame = frame->caller();
    return frame ? xnewref(static_cast<Object*>(frame_get_object(frame))) : nullptr;
}
Object* current_globals() {
    Frame* frame = current_frame();
    return frame ? frame->globals : nullptr;
}
Object* current_builtins() {
    Frame* frame = current_frame();
    return frame ? frame->builtins : nullptr;
}

}  // namespace refscope::vm
