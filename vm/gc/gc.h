// The cyclic collector: CPython 3.11's algorithm and bookkeeping over the generations in vm/heap/collector_state.h.
//
// It knows objects only by traverse, tp_clear, tp_finalize and their weak references; what needs a concrete type goes
// through CollectorSeam, filled in by vm/modules when the runtime starts. May run Python code: call it only where that is allowed.
#pragma once

#include <cstdint>

#include "vm/gc/weak_reference.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/object.h"

namespace refscope::vm {

enum CollectorDebug : int {
    kGcDebugStats = 1,
    kGcDebugCollectable = 2,
    kGcDebugUncollectable = 4,
    kGcDebugSaveAll = 32,
    kGcDebugLeak = kGcDebugCollectable | kGcDebugUncollectable | kGcDebugSaveAll,
};

struct CollectorSeam {
    // Untracks an exact tuple (a full or partial collection) or an exact dict (`full` only) that holds nothing collectable.
    void (*maybe_untrack)(Object* object, bool full) = nullptr;
    // Calls callback(reference); an exception is reported as unraisable.
    void (*call_weakref_callback)(Object* callback, Object* reference) = nullptr;
    // Calls gc.callbacks with "start" or "stop".
    void (*notify)(const char* phase, int generation, intptr_t collected, intptr_t uncollectable) = nullptr;
    void (*append_garbage)(Object* object) = nullptr;
    void (*write_stderr)(const char* text) = nullptr;
    // The pending exception cannot be raised; `where` names the place ("in garbage collection").
    void (*unraisable)(Object* where_or_null, const char* message) = nullptr;
    void (*clear_free_lists)() = nullptr;
    int64_t (*clock_ns)() = nullptr;
};
extern CollectorSeam collector_seam;

// Empties the generations and installs the trigger in allocation.
void gc_init();
// gc.collect(generation): the number of unreachable objects; 0 when a collection is running already.
intptr_t gc_collect(int generation);
// PyGC_Collect, at shutdown: with callbacks; nothing when disabled. A pending exception is kept.
intptr_t gc_collect_if_enabled();
// At shutdown: no callbacks, works also when disabled, exceptions are dropped.
intptr_t gc_collect_no_fail();
// What an allocation triggers that has looked at thresholds and flags, and has set collector.collecting (PyObject_GC_Alloc).
void gc_collect_generations();

void gc_freeze();
void gc_unfreeze();
intptr_t gc_freeze_count();
intptr_t gc_generation_size(int generation);
// Calls visit for each tracked object of the generation (-1: all three, in order 0, 1, 2). Non-zero ends the walk.
int gc_for_each(int generation, int (*visit)(Object* object, void* context), void* context);
// The generation that tracks the object: 0–2, 3 permanent, -1 untracked or not collected. Reads only; walks lists.
int gc_generation_of(const Object* object);



}  // namespace refscope::vm
