// When collections happen, and what gc.* asks about the generations.
#include "vm/gc/gc.h"
#include "vm/gc/gc_list.h"
#include "vm/heap/thread.h"

namespace refscope::vm {

CollectorSeam collector_seam;

namespace {

intptr_t collect_with_callback(int generation) {
    intptr_t collected = 0, uncollectable = 0;
    if (collector_seam.notify) collector_seam.notify("start", generation, 0, 0);
    const intptr_t result = gc_collect_main(generation, &collected, &uncollectable, false);
    if (collector_seam.notify) collector_seam.notify("stop", generation, collected, uncollectable);
    return result;
}

}  // namespace

void gc_init() {
    for (GcHead& head : collector.heads) {
        if (head.next == 0) gc_list_init(&head);
    }
    if (collector.permanent.next == 0) gc_list_init(&collector.permanent);
    collector.collect_generations = gc_collect_generations;
}

intptr_t gc_collect(int generation) {
    if (collector.collecting) return 0;
    collector.collecting = true;
    const intptr_t found = collect_with_callback(generation);
    collector.collecting = false;
    return found;
}

intptr_t gc_collect_if_enabled() {
    if (!collector.enabled || collector.collecting) return 0;
    collector.collecting = true;
    Object* pending = thread->pending;
    thread->pending = nullptr;
    const intptr_t found = collect_with_callback(kGenerations - 1);
    Object* dropped = thread->pending;
    thread->pending = pending;
    xdecref(dropped);
    collector.collecting = false;
    return found;
}

intptr_t gc_collect_no_fail() {
    if (collector.collecting) return 0;
    collector.collecting = true;
    const intptr_t found = gc_collect_main(kGenerations - 1, nullptr, nullptr, true);
    collector.collecting = false;
    return found;
}

void gc_collect_generations() {
    for (int i = kGenerations - 1; i >= 0; --i) {
        if (collector.counts[i] <= collector.thresholds[i]) continue;
        // A full collection has to pay: it waits until the objects that are new to the oldest generation
        // make up a quarter of those that survived the last one.
        if (i == kGenerations - 1 && collector.long_lived_pending < collector.long_lived_total / 4) continue;
        collect_with_callback(i);
        break;
    }
}

void gc_freeze() {
    for (int i = 0; i < kGenerations; ++i) {
        gc_list_merge(&collector.heads[i], &collector.permanent);
        collector.counts[i] = 0;
    }
}

void gc_unfreeze() { gc_list_merge(&collector.permanent, &collector.heads[kGenerations - 1]); }

intptr_t gc_freeze_count() { return gc_list_size(&collector.permanent); }

intptr_t gc_generation_size(int generation) { return gc_list_size(&collector.heads[generation]); }

int gc_for_each(int generation, int (*visit)(Object* object, void* context), void* context) {
    const int first = generation < 0 ? 0 : generation;
    const int last = generation < 0 ? kGenerations - 1 : generation;
    for (int i = first; i <= last; ++i) {
        const GcHead* list = &collector.heads[i];
        for (GcHead* node = gc_next(list); node != list; node = gc_next(node)) {
            if (int result = visit(gc_object(node), context)) return result;
        }
    }
    return 0;
}

int gc_generation_of(const Object* object) {
    if (!is_collected(const_cast<Object*>(object)) || !gc_is_tracked(object)) return -1;
    const GcHead* wanted = gc_head(object);
    for (int i = 0; i <= kGenerations; ++i) {
        const GcHead* list = i < kGenerations ? &collector.heads[i] : &collector.permanent;
        for (const GcHead* node = gc_next(list); node != list; node = gc_next(node)) {
            if (node == wanted) return i;
        }
    }
    return -1;  // in a list of a collection that is under way
}

}  // namespace refscope::vm
