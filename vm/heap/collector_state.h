// What allocation and the collector share: the prefix of collected objects and the generations' counters.
//
// The algorithm is in vm/gc; this header lets containers track themselves without knowing it. Layout and flag bits
// are those of CPython 3.11's PyGC_Head (Include/internal/pycore_gc.h describes them).
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct GcHead {
    uintptr_t next;  // 0: untracked; low bit: unreachable mark while collecting
    uintptr_t prev;  // low bits: kGcFinalized, kGcCollecting; the rest previous head, or gc_refs while collecting
};
inline constexpr uintptr_t kGcFinalized = 1, kGcCollecting = 2, kGcFlagBits = 3;
inline constexpr int kGcRefsShift = 2;
inline constexpr int kGenerations = 3;

struct GenerationStatistics {
    intptr_t collections, collected, uncollectable;
};
struct CollectorState {
    GcHead heads[kGenerations];  // list heads, circular
    GcHead permanent;
    int counts[kGenerations];
    int thresholds[kGenerations] = {700, 10, 10};
    GenerationStatistics statistics[kGenerations];
    bool enabled = true;
    bool collecting = false;
    int debug = 0;
    intptr_t long_lived_total = 0, long_lived_pending = 0;
    Object* garbage = nullptr;    // list
    Object* callbacks = nullptr;  // list
    // Runs when an allocation has brought generation 0 above its threshold; set by vm/gc.
    void (*collect_generations)() = nullptr;
};
extern CollectorState collector;

inline GcHead* gc_head(const Object* object) {
    return reinterpret_cast<GcHead*>(reinterpret_cast<uintptr_t>(object)) - 1;
}
inline Object* gc_object(GcHead* head) { return reinterpret_cast<Object*>(head + 1); }
inline bool gc_is_tracked(const Object* object) { return gc_head(object)->next != 0; }

// True for objects the collector knows (PyObject_IS_GC).
inline bool is_collected(Object* object) {
    return object->type->has(kHaveGc) && (!object->type->tp_is_gc || object->type->tp_is_gc(object));
}

// Appends to the youngest generation. The object must not be tracked.
inline void gc_track(Object* object) {
    GcHead* head = gc_head(object);
    RS_ASSERT(head->next == 0, "object is tracked already");
    GcHead* young = &collector.heads[0];
    auto* last = reinterpret_cast<GcHead*>(young->prev);
    last->next = reinterpret_cast<uintptr_t>(head);
    head->prev = (head->prev & kGcFlagBits) | reinterpret_cast<uintptr_t>(last);
    head->next = reinterpret_cast<uintptr_t>(young);
    young->prev = reinterpret_cast<uintptr_t>(head);
}
inline void gc_untrack_unchecked(Object* object) {
    GcHead* head = gc_head(object);
    auto* previous = reinterpret_cast<GcHead*>(head->prev & ~kGcFlagBits);
    auto* next = reinterpret_cast<GcHead*>(head->next);
    previous->next = reinterpret_cast<uintptr_t>(next);
    next->prev = (next->prev & kGcFlagBits) | reinterpret_cast<uintptr_t>(previous);
    head->next = 0;
    head->prev &= kGcFinalized;
}
// PyObject_GC_UnTrack: does nothing when untracked.
inline void gc_untrack(Object* object) {
    if (gc_is_tracked(object)) gc_untrack_unchecked(object);
}
inline bool gc_is_finalized(const Object* object) { return (gc_head(object)->prev & kGcFinalized) != 0; }
inline void gc_set_finalized(Object* object) { gc_head(object)->prev |= kGcFinalized; }

// For objects with managed dicts: the two words before the collector's head.
struct DictValues;
inline DictValues** managed_values_slot(Object* object) { return reinterpret_cast<DictValues**>(object) - 4; }
inline Object** managed_dict_slot(Object* object) { return reinterpret_cast<Object**>(object) - 3; }

}  // namespace refscope::vm
