// The collector's circular lists of GcHead: primitive operations for vm/gc only.
//
// A list's head is a GcHead that belongs to no object. Flag bits in `prev` belong to the object and survive every move.
#pragma once

#include <cstdint>

#include "vm/heap/collector_state.h"

namespace refscope::vm {

// Low bit of `next` while move_unreachable works: the object is in the tentatively unreachable list.
inline constexpr uintptr_t kGcNextUnreachable = 1;

inline GcHead* gc_next(const GcHead* head) { return reinterpret_cast<GcHead*>(head->next); }
inline GcHead* gc_previous(const GcHead* head) { return reinterpret_cast<GcHead*>(head->prev & ~kGcFlagBits); }
inline void gc_set_next(GcHead* head, GcHead* next) { head->next = reinterpret_cast<uintptr_t>(next); }
inline void gc_set_previous(GcHead* head, GcHead* previous) {
    head->prev = (head->prev & kGcFlagBits) | reinterpret_cast<uintptr_t>(previous);
}

inline bool gc_is_collecting(const GcHead* head) { return (head->prev & kGcCollecting) != 0; }
inline void gc_clear_collecting(GcHead* head) { head->prev &= ~kGcCollecting; }

// gc_refs: the count of references from outside, kept in `prev` while collecting.
inline intptr_t gc_get_refs(const GcHead* head) { return static_cast<intptr_t>(head->prev >> kGcRefsShift); }
inline void gc_set_refs(GcHead* head, intptr_t refs) {
    head->prev = (head->prev & kGcFlagBits) | (static_cast<uintptr_t>(refs) << kGcRefsShift);
}
inline void gc_reset_refs(GcHead* head, intptr_t refs) {
    head->prev = (head->prev & kGcFinalized) | kGcCollecting | (static_cast<uintptr_t>(refs) << kGcRefsShift);
}
inline void gc_decrement_refs(GcHead* head) {
    RS_ASSERT(gc_get_refs(head) > 0, "more references traversed than counted");
    head->prev -= uintptr_t{1} << kGcRefsShift;
}

inline void gc_list_init(GcHead* list) {
    list->prev = reinterpret_cast<uintptr_t>(list);
    list->next = reinterpret_cast<uintptr_t>(list);
}
inline bool gc_list_is_empty(const GcHead* list) { return gc_next(list) == list; }

inline void gc_list_append(GcHead* node, GcHead* list) {
    auto* last = reinterpret_cast<GcHead*>(list->prev);
    gc_set_previous(node, last);
    gc_set_next(last, node);
    gc_set_next(node, list);
    list->prev = reinterpret_cast<uintptr_t>(node);
}
inline void gc_list_move(GcHead* node, GcHead* list) {
    GcHead* from_previous = gc_previous(node);
    GcHead* from_next = gc_next(node);
    gc_set_next(from_previous, from_next);
    gc_set_previous(from_next, from_previous);
    gc_list_append(node, list);
}
// Appends all of `from` to `to`; `from` becomes empty.
inline void gc_list_merge(GcHead* from, GcHead* to) {
    if (!gc_list_is_empty(from)) {
        GcHead* to_last = gc_previous(to);
        GcHead* from_first = gc_next(from);
        GcHead* from_last = gc_previous(from);
        gc_set_next(to_last, from_first);
        gc_set_previous(from_first, to_last);
        gc_set_next(from_last, to);
        gc_set_previous(to, from_last);
    }
    gc_list_init(from);
}
inline intptr_t gc_list_size(const GcHead* list) {
    intptr_t size = 0;
    for (GcHead* node = gc_next(list); node != list; node = gc_next(node)) ++size;
    return size;
}

// collector.cpp: one collection. no_fail drops a pending exception instead of reporting it.
intptr_t gc_collect_main(int generation, intptr_t* collected, intptr_t* uncollectable, bool no_fail);

}  // namespace refscope::vm
