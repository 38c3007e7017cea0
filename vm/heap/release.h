// What happens around a death: its cause, watched objects, and the trashcan for instances of Python classes.
//
// heap/object.h has the counting itself; release.cpp is its slow path.
#pragma once

#include "vm/events/events.h"
#include "vm/heap/object.h"

namespace refscope::vm {

// Why objects die now: the collector sets it while it clears garbage, shutdown while it tears modules down.
extern DeathCause death_cause;

class DeathCauseScope {
  public:
    explicit DeathCauseScope(DeathCause cause) : before_(death_cause) { death_cause = cause; }
    ~DeathCauseScope() { death_cause = before_; }
    DeathCauseScope(const DeathCauseScope&) = delete;
    DeathCauseScope& operator=(const DeathCauseScope&) = delete;

  private:
    DeathCause before_;
};

// A watched object carries kSlowCount: its releases take the slow path and raise events.reference_dropped. Watching is
// counted, so that several watchers can share one object; it ends by itself when the object dies.
void watch_object(Object* object);
void unwatch_object(Object* object);
bool is_watched(const Object* object);
// A number for the life of a watched object, since addresses are reused; 0: not watched.
uint64_t watched_serial(const Object* object);

// tp_dealloc of a Python class calls its base's tp_dealloc inside its own trashcan section: the base's trash_begin for the
// same object must neither count nor put off. Called just before the base's tp_dealloc.
void trash_enter_base(Object* object);

// Sets the count of a dying object to `count`, keeping the slow bit: temporary resurrection for a finalizer.
inline void set_refcount(Object* object, int32_t count) {
    object->refcount = (object->refcount & kSlowCount) | count;
}

}  // namespace refscope::vm
