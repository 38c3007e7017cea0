// One collection, step by step as CPython 3.11 does it:
//
//  1. The younger generations are merged into the one collected.
//  2. Each object's count is copied to gc_refs; every reference from inside the list is subtracted. What is left
//     above 0 is referred to from outside.
//  3. One pass over the list moves objects with gc_refs 0 to `unreachable`, and back again when an object that turns out
//     reachable refers to them. The list is singly linked meanwhile: `prev` holds gc_refs, and bit 0 of `next` marks what
//     is in `unreachable`.
//  4. Survivors move to the next generation. Tuples (always) and dicts (full collections) that hold nothing collectable
//     are untracked.
//  5. Weak references to the unreachable are cleared, and the callbacks run of those references that are not garbage
//     themselves. Then finalizers run, once for an object's life.
//  6. Finalizers may have resurrected objects: steps 2 and 3 are done again for the unreachable alone. What is still
//     unreachable is broken up by tp_clear.
//
// References that CPython's own traversal does not report (Edge::hidden) do not exist for the collector.
#include <cstdarg>
#include <cstdio>
#include <vector>

#include "vm/events/events.h"
#include "vm/gc/gc.h"
#include "vm/gc/gc_list.h"
#include "vm/heap/release.h"
#include "vm/heap/thread.h"

namespace refscope::vm {

namespace {

void debug_print(const char* format, ...) __attribute__((format(gnu_printf, 1, 2)));
void debug_print(const char* format, ...) {
    if (!collector_seam.write_stderr) return;
    char text[1100];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    collector_seam.write_stderr(text);
}

void debug_cycle(const char* what, Object* object) {
    debug_print("gc: %s <%s %p>\n", what, object->type->tp_name, static_cast<void*>(object));
}

void update_refs(GcHead* containers) {
    for (GcHead* node = gc_next(containers); node != containers; node = gc_next(node)) {
        gc_reset_refs(node, refcount_of(gc_object(node)));
        RS_ASSERT(gc_get_refs(node) != 0, "a tracked object has count 0");
    }
}

int visit_subtract(Object* object, Edge edge, void*) {
    if (!edge.hidden && is_collected(object)) {
        GcHead* node = gc_head(object);
        // An object outside the collected generations keeps a real `prev`: it is not marked as collecting.
        if (gc_is_collecting(node)) gc_decrement_refs(node);
    }
    return 0;
}

void subtract_refs(GcHead* containers) {
    for (GcHead* node = gc_next(containers); node != containers; node = gc_next(node)) {
        Object* object = gc_object(node);
        object->type->tp_traverse(object, visit_subtract, nullptr);
    }
}

int visit_reachable(Object* object, Edge edge, void* context) {
    if (edge.hidden || !is_collected(object)) return 0;
    GcHead* node = gc_head(object);
    if (!gc_is_collecting(node)) return 0;  // another generation, or passed already
    if (node->next & kGcNextUnreachable) {
        // It had 0 when the pass came to it, but is reachable after all: back to the end of the young list.
        GcHead* previous = gc_previous(node);
        auto* next = reinterpret_cast<GcHead*>(node->next & ~kGcNextUnreachable);
        previous->next = node->next;  // with its mark
        node->next &= ~kGcNextUnreachable;
        gc_set_previous(next, previous);
        gc_list_append(node, static_cast<GcHead*>(context));
        gc_set_refs(node, 1);
    } else if (gc_get_refs(node) == 0) {
        gc_set_refs(node, 1);  // still ahead in the young list
    }
    return 0;
}

void move_unreachable(GcHead* young, GcHead* unreachable) {
    GcHead* previous = young;
    GcHead* node = gc_next(young);
    while (node != young) {
        if (gc_get_refs(node) != 0) {
            Object* object = gc_object(node);
            object->type->tp_traverse(object, visit_reachable, young);
            gc_set_previous(node, previous);
            gc_clear_collecting(node);
            previous = node;
        } else {
            previous->next = node->next;
            GcHead* last = gc_previous(unreachable);
            last->next = kGcNextUnreachable | reinterpret_cast<uintptr_t>(node);
            gc_set_previous(node, last);
            node->next = kGcNextUnreachable | reinterpret_cast<uintptr_t>(unreachable);
            unreachable->prev = reinterpret_cast<uintptr_t>(node);
        }
        node = gc_next(previous);
    }
    young->prev = reinterpret_cast<uintptr_t>(previous);
    unreachable->next &= ~kGcNextUnreachable;
}

// Afterwards `base` has the reachable objects as an ordinary list; `unreachable` has the rest, marked as collecting.
void deduce_unreachable(GcHead* base, GcHead* unreachable) {
    update_refs(base);
    subtract_refs(base);
    gc_list_init(unreachable);
    move_unreachable(base, unreachable);
    for (GcHead* node = gc_next(unreachable); node != unreachable; node = gc_next(node)) {
        node->next &= ~kGcNextUnreachable;
    }
}

void untrack(GcHead* list, bool full) {
    if (!collector_seam.maybe_untrack) return;
    GcHead* node = gc_next(list);
    while (node != list) {
        GcHead* next = gc_next(node);
        collector_seam.maybe_untrack(gc_object(node), full);
        node = next;
    }
}

// Number of weak references that died with their callback.
intptr_t handle_weakrefs(GcHead* unreachable, GcHead* old) {
    GcHead to_call;
    gc_list_init(&to_call);
    GcHead* next;
    for (GcHead* node = gc_next(unreachable); node != unreachable; node = next) {
        Object* object = gc_object(node);
        next = gc_next(node);
        if (weakref_check(object)) weakref_clear_ref(static_cast<WeakrefObject*>(object));
        if (!supports_weakrefs(object->type)) continue;
        WeakrefObject** list = weakref_list_slot(object);
        while (WeakrefObject* reference = *list) {
            weakref_clear_ref(reference);
            if (events.weakref_cleared) events.weakref_cleared(reference);
            if (!reference->callback) continue;
            // The callback of a reference that is garbage itself never runs: it could bring garbage back.
            if (gc_is_collecting(gc_head(reference))) continue;
            incref(reference);
            gc_list_move(gc_head(reference), &to_call);
        }
    }

    intptr_t freed = 0;
    while (!gc_list_is_empty(&to_call)) {
        GcHead* node = gc_next(&to_call);
        auto* reference = static_cast<WeakrefObject*>(gc_object(node));
        if (collector_seam.call_weakref_callback) collector_seam.call_weakref_callback(reference->callback, reference);
        decref(reference);
        if (gc_next(&to_call) == node) {
            gc_list_move(node, old);
        } else {
            ++freed;
        }
    }
    return freed;
}

void finalize_garbage(GcHead* collectable) {
    GcHead seen;
    gc_list_init(&seen);
    while (!gc_list_is_empty(collectable)) {
        GcHead* node = gc_next(collectable);
        Object* object = gc_object(node);
        if (RS_UNLIKELY(events.before_finalizer != nullptr)) {
            events.before_finalizer(object);
            if (gc_next(collectable) != node) continue;  // the listener's doing: it died
        }
        gc_list_move(node, &seen);
        DestructorFn finalize = object->type->tp_finalize;
        if (finalize && !gc_is_finalized(object)) {
            gc_set_finalized(object);
            incref(object);
            finalize(object);
            decref(object);
        }
    }
    gc_list_merge(&seen, collectable);
}

void handle_resurrected(GcHead* unreachable, GcHead* still_unreachable, GcHead* old) {
    for (GcHead* node = gc_next(unreachable); node != unreachable; node = gc_next(node)) gc_clear_collecting(node);
    deduce_unreachable(unreachable, still_unreachable);
    if (events.resurrected) {
        for (GcHead* node = gc_next(unreachable); node != unreachable; node = gc_next(node)) {
            events.resurrected(gc_object(node));
        }
    }
    gc_list_merge(unreachable, old);
}

void delete_garbage(GcHead* collectable, GcHead* old) {
    DeathCauseScope cause(DeathCause::kCollection);
    while (!gc_list_is_empty(collectable)) {
        GcHead* node = gc_next(collectable);
        Object* object = gc_object(node);
        RS_ASSERT(refcount_of(object) > 0, "garbage has count 0");
        if (collector.debug & kGcDebugSaveAll) {
            if (collector_seam.append_garbage) collector_seam.append_garbage(object);
        } else if (InquiryFn clear = object->type->tp_clear) {
            incref(object);
            clear(object);
            if (thread->pending && collector_seam.unraisable) collector_seam.unraisable(object->type, "in tp_clear of");
            decref(object);
        }
        if (gc_next(collectable) == node) {
            // Still alive: it may die with what is cleared later.
            gc_clear_collecting(node);
            gc_list_move(node, old);
        }
    }
}

void announce_finalization(GcHead* unreachable, int generation) {
    std::vector<Object*> objects;
    for (GcHead* node = gc_next(unreachable); node != unreachable; node = gc_next(node)) objects.push_back(gc_object(node));
    if (!objects.empty()) {
        events.before_collection_finalizes(objects.data(), static_cast<intptr_t>(objects.size()), generation);
    }
}

}  // namespace

intptr_t gc_collect_main(int generation, intptr_t* collected, intptr_t* uncollectable, bool no_fail) {
    intptr_t found = 0;
    int64_t started = 0;
    if (collector.debug & kGcDebugStats) {
        debug_print("gc: collecting generation %d...\n", generation);
        debug_print("gc: objects in each generation: %zd %zd %zd\n", gc_list_size(&collector.heads[0]),
                    gc_list_size(&collector.heads[1]), gc_list_size(&collector.heads[2]));
        debug_print("gc: objects in permanent generation: %zd\n", gc_list_size(&collector.permanent));
        if (collector_seam.clock_ns) started = collector_seam.clock_ns();
    }
    if (events.collection_started) events.collection_started(generation);

    if (generation + 1 < kGenerations) ++collector.counts[generation + 1];
    for (int i = 0; i <= generation; ++i) collector.counts[i] = 0;
    for (int i = 0; i < generation; ++i) gc_list_merge(&collector.heads[i], &collector.heads[generation]);
    GcHead* young = &collector.heads[generation];
    GcHead* old = generation < kGenerations - 1 ? &collector.heads[generation + 1] : young;

    GcHead unreachable;
    deduce_unreachable(young, &unreachable);
    untrack(young, false);
    if (young != old) {
        if (generation == kGenerations - 2) collector.long_lived_pending += gc_list_size(young);
        gc_list_merge(young, old);
    } else {
        untrack(young, true);
        collector.long_lived_pending = 0;
        collector.long_lived_total = gc_list_size(young);
    }

    if (collector.debug & kGcDebugCollectable) {
        for (GcHead* node = gc_next(&unreachable); node != &unreachable; node = gc_next(node)) {
            debug_cycle("collectable", gc_object(node));
        }
    }
    if (RS_UNLIKELY(events.before_collection_finalizes != nullptr)) announce_finalization(&unreachable, generation);

    found += handle_weakrefs(&unreachable, old);
    finalize_garbage(&unreachable);
    GcHead still_unreachable;
    handle_resurrected(&unreachable, &still_unreachable, old);
    found += gc_list_size(&still_unreachable);
    delete_garbage(&still_unreachable, old);

    if (collector.debug & kGcDebugStats) {
        const int64_t elapsed = collector_seam.clock_ns ? collector_seam.clock_ns() - started : 0;
        debug_print("gc: done, %zd unreachable, %d uncollectable, %.4fs elapsed\n", found, 0,
                    static_cast<double>(elapsed) * 1e-9);
    }
    if (generation == kGenerations - 1 && collector_seam.clear_free_lists) collector_seam.clear_free_lists();
    if (thread->pending) {
        if (no_fail) {
            Object* dropped = thread->pending;
            thread->pending = nullptr;
            decref(dropped);
        } else if (collector_seam.unraisable) {
            collector_seam.unraisable(nullptr, "in garbage collection");
        }
    }

    // Nothing here has a tp_del, so nothing is uncollectable; the figure stays for the interface's sake.
    if (collected) *collected = found;
    if (uncollectable) *uncollectable = 0;
    GenerationStatistics& statistics = collector.statistics[generation];
    ++statistics.collections;
    statistics.collected += found;
    if (events.collection_ended) events.collection_ended(generation, found, 0);
    return found;
}

}  // namespace refscope::vm
