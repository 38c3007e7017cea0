#include "vm/inspect/references.h"

#include "vm/heap/allocator.h"
#include "vm/heap/ref_array.h"
#include "vm/heap/thread.h"
#include "vm/heap/type.h"

namespace refscope::vm {

std::vector<Object*> debugger_references;

namespace {

struct ObjectContext {
    const ReferenceVisit* visit;
    Reference reference;
};

int visit_edge(Object* referent, Edge edge, void* context) {
    auto* c = static_cast<ObjectContext*>(context);
    c->reference.edge = edge;
    (*c->visit)(referent, c->reference);
    return 0;
}

void visit_frame(Frame* frame, const ReferenceVisit& visit) {
    ObjectContext context{&visit, {}};
    context.reference.source = ReferenceSource::kFrame;
    context.reference.frame = frame;
    frame_visit(frame, visit_edge, &context);
    // A generator's own traverse reports its frame object.
    if (frame->frame_object && frame->owner != FrameOwner::kGenerator) {
        visit_edge(frame->frame_object, Edge::field("frame object"), &context);
    }
}

}  // namespace

void for_each_referent(Object* holder, const ReferenceVisit& visit) {
    Type* type = holder->type;
    if (!type || !type->tp_traverse) return;
    ObjectContext context{&visit, {}};
    context.reference.source = ReferenceSource::kObject;
    context.reference.holder = holder;
    type->tp_traverse(holder, visit_edge, &context);
}

void for_each_root_reference(const ReferenceVisit& visit) {
    for (Frame* frame = current_frame(); frame; frame = frame->caller()) visit_frame(frame, visit);
    for (ClearingFrame* clearing = clearing_frames; clearing; clearing = clearing->previous) {
        ObjectContext context{&visit, {}};
        context.reference.source = ReferenceSource::kFrame;
        context.reference.frame = clearing->frame;
        frame_visit(clearing->frame, visit_edge, &context);
    }
    auto simple = [&](Object* object, ReferenceSource source, const char* text) {
        Reference reference{source};
        reference.text = text;
        reference.edge = Edge::field(text);
        if (object) visit(object, reference);
    };
    simple(thread->pending, ReferenceSource::kNative, "exception being raised");
    simple(thread->base_handled.value, ReferenceSource::kNative, "exception being handled");
    // Newest first: each belongs to the innermost native call that had begun before it.
    NativeCall* call = thread->native;
    for (RefNode* node = native_references.next; node != &native_references; node = node->next) {
        while (call && call->references_at_entry == node) call = call->previous;
        if (!node->object) continue;
        Reference reference{ReferenceSource::kNative};
        reference.holder = call ? call->callable : nullptr;
        visit(node->object, reference);
    }
    RefArray::for_each_array([&](const RefArray& array) {
        array.for_each([&](Object* object, intptr_t index) {
            Reference reference{ReferenceSource::kNative};
            reference.text = array.name();
            reference.edge = Edge::at(EdgeKind::kItem, static_cast<uint32_t>(index));
            visit(object, reference);
        });
    });
    for_each_root(
        [](Object* object, const char* name, void* context) {
            Reference reference{ReferenceSource::kRoot};
            reference.text = name;
            reference.edge = Edge::field(name);
            if (object) (*static_cast<const ReferenceVisit*>(context))(object, reference);
        },
        const_cast<ReferenceVisit*>(&visit));
    for (Object* object : debugger_references) simple(object, ReferenceSource::kDebugger, "debugger");
}

void for_each_reference(const ReferenceVisit& visit) {
    struct WalkContext {
        const ReferenceVisit* visit;
    } walk_context{&visit};
    walk_heap(
        [](Object* object, void* context) {
            const ReferenceVisit& visit = *static_cast<WalkContext*>(context)->visit;
            if (is_static_object(object)) {
                Reference reference{ReferenceSource::kStatic};
                visit(object, reference);
            }
            for_each_referent(object, visit);
        },
        &walk_context);
    for_each_root_reference(visit);
}

}  // namespace refscope::vm
