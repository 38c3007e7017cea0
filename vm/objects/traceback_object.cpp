// types.TracebackType.
#include "vm/objects/traceback_object.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

TracebackObject* as_traceback(Object* object) { return static_cast<TracebackObject*>(object); }

void traceback_dealloc(Object* self) {
    gc_untrack(self);
    if (!trash_begin(self)) return;
    xdecref(as_traceback(self)->next);
    xdecref(as_traceback(self)->frame);
    type_generic_free(self);
    trash_end();
}
int traceback_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_traceback(self)->next, Edge::field("tb_next"));
    RS_VISIT(as_traceback(self)->frame, Edge::field("tb_frame"));
    return 0;
}
int traceback_clear(Object* self) {
    clear_ref(as_traceback(self)->next);
    clear_ref(as_traceback(self)->frame);
    return 0;
}

Owned traceback_tp_new(Type*, Object* args, Object* kwargs) {
    static const char* const names[] = {"tb_next", "tb_frame", "tb_lasti", "tb_lineno", nullptr};
    static const KeywordParser parser{"traceback", names, 4, 4};
    Object* out[4] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Object* next = out[0];
    if (!frame_check(out[1])) {
        argument_bad("traceback", "argument 'tb_frame'", "frame", out[1]);
        return nullptr;
    }
    int lasti, lineno;
    if (!argument_int(out[2], &lasti) || !argument_int(out[3], &lineno)) return nullptr;
    if (is_none(next)) {
        next = nullptr;
    } else if (!traceback_check(next)) {
        return err_format(exc::TypeError, "expected traceback object or None, got '%s'", next->type->tp_name);
    }
    return traceback_new(next, out[1], lasti, lineno);
}

Owned get_next(Object* self, void*) {
    Object* next = as_traceback(self)->next;
    return newref(next ? next : none());
}
int set_next(Object* self, Object* value, void*) {
    if (!value) {
        err_set_string(exc::TypeError, "can't delete tb_next attribute");
        return -1;
    }
    if (is_none(value)) {
        value = nullptr;
    } else if (!traceback_check(value)) {
        err_format(exc::TypeError, "expected traceback object, got '%s'", value->type->tp_name);
        return -1;
    }
    for (TracebackObject* link = as_traceback(value); link; link = link->next) {
        if (link == self) {
            err_set_string(exc::ValueError, "traceback loop detected");
            return -1;
        }
    }
    set_ref(as_traceback(self)->next, as_traceback(xnewref(value)));
    return 0;
}

Owned traceback_dir(Object*, Object*) {
    Ref<> names = own(list_new(0));
    if (!names) return nullptr;
    for (Object* name : {ID(tb_frame), ID(tb_next), ID(tb_lasti), ID(tb_lineno)}) {
        if (list_append(names.get(), name) < 0) return nullptr;
    }
    return names.release();
}

const MethodDef traceback_methods[] = {method_def("__dir__", traceback_dir, kMethNoargs), {nullptr, nullptr, 0}};
const MemberDef traceback_members[] = {{"tb_frame", MemberKind::kObject, offsetof(TracebackObject, frame), true},
                                       {"tb_lasti", MemberKind::kInt, offsetof(TracebackObject, lasti), true},
                                       {"tb_lineno", MemberKind::kInt, offsetof(TracebackObject, lineno), true},
                                       {nullptr, MemberKind::kNone, 0}};
const GetSetDef traceback_getset[] = {{"tb_next", get_next, set_next}, {nullptr, nullptr}};

Type make_traceback_type() {
    Type type = static_type("traceback", sizeof(TracebackObject), 0, kHaveGc);
    type.tp_dealloc = traceback_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = traceback_traverse;
    type.tp_clear = traceback_clear;
    type.tp_methods = traceback_methods;
    type.tp_members = traceback_members;
    type.tp_getset = traceback_getset;
    type.tp_new = traceback_tp_new;
    return type;
}

}  // namespace

Type traceback_type = make_traceback_type();

Owned traceback_new(Object* next, Object* frame, int lasti, int lineno) {
    auto* self = new_object<TracebackObject>(&traceback_type);
    if (!self) return nullptr;
    self->next = as_traceback(xnewref(next));
    self->frame = newref(frame);
    self->lasti = lasti;
    self->lineno = lineno;
    gc_track(self);
    return self;
}

int traceback_here(Object* frame) {
    // The allocation must not find the exception pending: a collection would not run then.
    Object* exception = err_fetch();
    RS_ASSERT(exception, "a traceback needs a pending exception");
    Ref<> held = own(exception);
    Object* old = static_cast<ExceptionObject*>(exception)->traceback;
    Object* link = traceback_new(old, frame, frame_lasti(frame), frame_lineno(frame));
    if (!link) {
        err_chain(held.release());
        return -1;
    }
    set_ref(static_cast<ExceptionObject*>(exception)->traceback, link);
    err_restore(held.release());
    return 0;
}

int init_traceback_types() { return type_ready(&traceback_type); }

}  // namespace refscope::vm
