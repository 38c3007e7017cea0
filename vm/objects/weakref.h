// Weak references and proxies (weakref.ref, weakref.proxy): making them, and clearing an object's when it dies.
//
// A type whose instances can be weakly referenced calls object_clear_weakrefs in its tp_dealloc.
#pragma once

#include "vm/gc/weak_reference.h"
#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

// PyWeakref_NewRef/NewProxy: a reference without callback is shared. TypeError where the type does not support them.
Owned weakref_new_ref(Object* referent, Object* callback_or_null);
Owned weakref_new_proxy(Object* referent, Object* callback_or_null);
// The referent, borrowed; None when dead (PyWeakref_GET_OBJECT).
Object* weakref_get_object(Object* reference);
intptr_t weakref_count(Object* object);

// PyObject_ClearWeakRefs: from tp_dealloc, with the count at 0. Clears every reference, then runs the callbacks.
void object_clear_weakrefs(Object* object);

int init_weakref_types();

}  // namespace refscope::vm
