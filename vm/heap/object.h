// The object header, the counting primitives and Ref<T>.
//
// Every Python value is an Object on the VM's heap: a 16-byte header (count, allocation site, type).
// Containers have in front of it what CPython 3.11 has there: the collector's 16 bytes (GcHead), and for
// instances of ordinary classes two words more (values, dict), so that sizes agree by construction.
//
// Ownership: a parameter `Object*` borrows. A return type `Owned` hands the caller one reference,
// and nullptr says that a Python exception is pending in the thread. Ordinary C++ code keeps what it owns in
// Ref<T>; a Ref is registered with the thread while it lives, so that the audit and the holder
// views can name it. A raw owned pointer must not be held across anything that can run Python code.
// Everything here belongs to the one thread that owns the heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "vm/base/check.h"

namespace refscope::vm {

struct Type;

struct Object {
    int32_t refcount;  // counted references; the sign bit is the "slow" bit, see kSlowCount
    uint32_t site;     // where it was allocated: index of the register instruction, 0 = the runtime itself
    Type* type;        // nullptr in a free cell; a dying object keeps its type and has count 0
};

struct VarObject : Object {
    intptr_t size;  // ob_size: number of items
};

// A new reference that the caller owns; nullptr: an exception is pending.
using Owned = Object*;

// Set in the count of an object whose every change is to be seen (watched). A release of such an
// object takes the slow path because its count is negative. Mask it off before printing a count.
inline constexpr int32_t kSlowCount = INT32_MIN;

inline int32_t refcount_of(const Object* object) { return object->refcount & INT32_MAX; }

// Out of line: the count has reached zero, or the object is watched.
void release_slow(Object* object);
void watched_incref(Object* object);

inline void incref(Object* object) { ++object->refcount; }
inline void xincref(Object* object) {
    if (object) ++object->refcount;
}
inline void decref(Object* object) {
    if (RS_UNLIKELY(--object->refcount <= 0)) release_slow(object);
}
inline void xdecref(Object* object) {
    if (object) decref(object);
}
template <class T>
inline T* newref(T* object) {
    incref(object);
    return object;
}
template <class T>
inline T* xnewref(T* object) {
    if (object) incref(object);
    return object;
}
// Py_CLEAR and Py_SETREF: the slot has its new value before the old one can run code.
template <class T>
inline void clear_ref(T*& slot) {
    T* old = slot;
    slot = nullptr;
    if (old) decref(old);
}
template <class T>
inline void set_ref(T*& slot, T* stolen) {
    T* old = slot;
    slot = stolen;
    if (old) decref(old);
}

inline Type* type_of(const Object* object) { return object->type; }
inline bool is_type(const Object* object, const Type* type) { return object->type == type; }

// One registered native reference. Doubly linked because a Ref may sit in a C++ container and so
// end out of order.
struct RefNode {
    Object* object = nullptr;
    RefNode* next;
    RefNode* previous;

    RefNode() { link(); }
    explicit RefNode(Object* o) : object(o) { link(); }
    RefNode(const RefNode&) = delete;
    RefNode& operator=(const RefNode&) = delete;
    ~RefNode() {
        next->previous = previous;
        previous->next = next;
    }

    struct Sentinel {};
    explicit RefNode(Sentinel) : next(this), previous(this) {}

  private:
    inline void link();
};

// All native references of the thread, newest first. (One per heap: fibers get their own later.)
extern RefNode native_references;

inline void RefNode::link() {
    next = native_references.next;
    previous = &native_references;
    native_references.next->previous = this;
    native_references.next = this;
}

// Owns one reference. `Ref<T>::steal(p)` (or own(p)) takes over the caller's, `Ref<T>::share(p)` adds one.
template <class T = Object>
class Ref {
  public:
    Ref() = default;
    Ref(std::nullptr_t) {}
    static Ref steal(T* stolen) { return Ref(stolen); }
    static Ref share(T* borrowed) { return Ref(xnewref(borrowed)); }
    Ref(const Ref& other) : node_(xnewref(other.get())) {}
    Ref(Ref&& other) noexcept : node_(other.release()) {}
    template <class U>
    Ref(Ref<U>&& other) noexcept : node_(other.release()) {}
    Ref& operator=(Ref other) noexcept {
        std::swap(node_.object, other.node_.object);
        return *this;
    }
    ~Ref() { xdecref(node_.object); }

    T* get() const { return static_cast<T*>(node_.object); }
    T* operator->() const { return get(); }
    explicit operator bool() const { return node_.object != nullptr; }
    // Gives the reference to the caller.
    [[nodiscard]] T* release() { return static_cast<T*>(std::exchange(node_.object, nullptr)); }
    void reset() {
        Object* old = std::exchange(node_.object, nullptr);
        xdecref(old);
    }
    // Replaces what is held by a reference that the caller gives up.
    void reset_steal(T* stolen) {
        Object* old = std::exchange(node_.object, stolen);
        xdecref(old);
    }

  private:
    explicit Ref(T* stolen) : node_(stolen) {}
    RefNode node_;
};

template <class T>
inline Ref<T> own(T* stolen) {
    return Ref<T>::steal(stolen);
}
template <class T>
inline Ref<T> share(T* borrowed) {
    return Ref<T>::share(borrowed);
}

}  // namespace refscope::vm
