// Hooks that the debugger and the recorders listen to. With no listener each costs a predictable branch, on slow paths only.
#pragma once

#include <cstdint>

namespace refscope::vm {

struct Object;

enum class DeathCause : uint8_t { kLastReference, kCollection, kShutdown };

struct HeapEvents {
    // Before anything happens to an object whose count reached 0 (count is 0, the object whole): before __del__, weak
    // references and release. Called for every object when `deaths_wanted` is set.
    void (*before_death)(Object* object, DeathCause cause) = nullptr;
    // Before a collection finalizes: the unreachable objects, in the order in which they will be finalized.
    void (*before_collection_finalizes)(Object* const* objects, intptr_t count, int generation) = nullptr;
    // Before one object of the unreachable set is finalized.
    void (*before_finalizer)(Object* object) = nullptr;
    void (*collection_started)(int generation) = nullptr;
    void (*collection_ended)(int generation, intptr_t collected, intptr_t uncollectable) = nullptr;
    void (*allocated)(Object* object) = nullptr;
    void (*resurrected)(Object* object) = nullptr;
    void (*class_created)(Object* type) = nullptr;
    void (*weakref_cleared)(Object* reference) = nullptr;
    // The seam for the history of counts: a named holder took, passed on or gave up a reference. Raised by the instrumented loop and for
    // objects whose count carries kSlowCount.
    void (*reference_taken)(Object* object) = nullptr;
    void (*reference_moved)(Object* object) = nullptr;
    void (*reference_dropped)(Object* object) = nullptr;
};
extern HeapEvents events;
extern bool deaths_wanted;

}  // namespace refscope::vm
