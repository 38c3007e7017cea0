// The layout of weak references and the part of their work that the collector shares: an object's list of them and unlinking.
//
// A weak reference borrows its referent. An object's references form a doubly linked list whose head is the slot at
// tp_weaklistoffset. The Python side (calling, comparing, making) is vm/objects/weakref.h.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

// CPython 3.11's PyWeakReference.
struct WeakrefObject : Object {
    Object* referent;  // borrowed; None once dead
    Object* callback;  // owned or nullptr
    Hash hash;         // -1: not known yet
    WeakrefObject* previous;
    WeakrefObject* next;
    VectorcallFn vectorcall;
};

extern Type weakref_type, weakref_proxy_type, weakref_callable_proxy_type;

inline bool weakref_check_ref_exact(const Object* object) { return is_type(object, &weakref_type); }
inline bool weakref_check_ref(const Object* object) { return is_instance_of(object, &weakref_type); }
inline bool weakref_check_proxy(const Object* object) {
    return is_type(object, &weakref_proxy_type) || is_type(object, &weakref_callable_proxy_type);
}
inline bool weakref_check(const Object* object) { return weakref_check_ref(object) || weakref_check_proxy(object); }

inline bool supports_weakrefs(const Type* type) { return type->tp_weaklistoffset > 0; }
// The head of the object's list of weak references (get_weakref_list_pointer); the type must support them.
WeakrefObject** weakref_list_slot(Object* object);
// Marks dead and unlinks, but keeps the callback (_PyWeakref_ClearRef).
void weakref_clear_ref(WeakrefObject* reference);
// Marks dead, unlinks and drops the callback.
void weakref_clear(WeakrefObject* reference);

}  // namespace refscope::vm
