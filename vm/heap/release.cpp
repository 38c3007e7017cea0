// The slow path of a release. An object whose count has reached zero is first shown to whoever listens, whole, and then
// given to its type's tp_dealloc. Containers bound the C++ recursion of deep structures by the trashcan: from the
// 50th nested deallocation on, objects are chained through their collector head and die when the nesting has unwound,
// which is CPython's depth, so that the order of release agrees.
#include "vm/heap/release.h"

#include <unordered_map>

#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/heap/type.h"

namespace refscope::vm {

DeathCause death_cause = DeathCause::kLastReference;

namespace {

constexpr int kTrashUnwindLevel = 50;
// A real section holds at most one section of a base, plus the one that ends the chain.
constexpr int kMaxSections = 4 * kTrashUnwindLevel;

struct Watch {
    int watchers;
    uint64_t serial;
};
std::unordered_map<const Object*, Watch>& watches() {
    static std::unordered_map<const Object*, Watch> table;
    return table;
}
uint64_t last_serial = 0;

Object* base_section_object = nullptr;
bool section_is_base[kMaxSections];
int section_count = 0;

void die(Object* object) {
    if (RS_UNLIKELY(deaths_wanted) && events.before_death) {
        events.before_death(object, death_cause);
        if (refcount_of(object) > 0) return;
    }
    Type* type = object->type;
    // Simple values are freed on paths that know nothing of watching; they cannot be resurrected.
    if (RS_UNLIKELY(object->refcount < 0) && !type->has(kHaveGc) && !type->has(kHeapType)) {
        watches().erase(object);
        object->refcount = 0;
    }
    type->tp_dealloc(object);
}

void destroy_put_off() {
    ++thread->trash_nesting;
    while (Object* object = thread->trash_later) {
        GcHead* head = gc_head(object);
        thread->trash_later = reinterpret_cast<Object*>(head->prev & ~kGcFlagBits);
        head->prev &= kGcFlagBits;
        RS_ASSERT(refcount_of(object) == 0, "an object put off by the trashcan was taken a reference to");
        object->type->tp_dealloc(object);
    }
    --thread->trash_nesting;
}

}  // namespace

void release_slow(Object* object) {
    if (RS_UNLIKELY(object->refcount < 0)) {
        int32_t count = refcount_of(object);
        RS_CHECK(count < INT32_MAX - 0x10000, "an object was released more often than it was held");
        if (events.reference_dropped) events.reference_dropped(object);
        if (count > 0) return;
    }
    RS_ASSERT(object->type != nullptr, "release of a freed object");
    die(object);
}

void watched_incref(Object* object) {
    ++object->refcount;
    if (events.reference_taken) events.reference_taken(object);
}

void watch_object(Object* object) {
    Watch& watch = watches()[object];
    if (watch.watchers++ == 0) watch.serial = ++last_serial;
    object->refcount |= kSlowCount;
}

void unwatch_object(Object* object) {
    auto found = watches().find(object);
    if (found == watches().end()) return;
    if (--found->second.watchers > 0) return;
    watches().erase(found);
    object->refcount &= INT32_MAX;
}

bool is_watched(const Object* object) { return object->refcount < 0; }

uint64_t watched_serial(const Object* object) {
    auto found = watches().find(object);
    return found == watches().end() ? 0 : found->second.serial;
}

// Called by the allocator when the memory of a watched object is given back.
void forget_watched(const Object* object) { watches().erase(object); }

void trash_enter_base(Object* object) { base_section_object = object; }

bool trash_begin(Object* object) {
    bool base = base_section_object == object;
    if (base) {
        base_section_object = nullptr;
    } else {
        if (thread->trash_nesting >= kTrashUnwindLevel && object->type->has(kHaveGc)) {
            GcHead* head = gc_head(object);
            head->prev = (head->prev & kGcFlagBits) | reinterpret_cast<uintptr_t>(thread->trash_later);
            thread->trash_later = object;
            return false;
        }
        ++thread->trash_nesting;
    }
    RS_CHECK(section_count < kMaxSections, "trashcan sections are not balanced");
    section_is_base[section_count++] = base;
    return true;
}

void trash_end() {
    if (section_is_base[--section_count]) return;
    --thread->trash_nesting;
    if (thread->trash_later && thread->trash_nesting <= 0) destroy_put_off();
}

}  // namespace refscope::vm
