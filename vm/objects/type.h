// Classes: the type `type`, readying of static types, creation of heap types, lookup along the mro.
//
// Static types are C++ globals, count 1 held by the static runtime, readied once by init functions at startup.
// Heap types are ordinary collected objects; each instance holds one reference to its heap type. Everything here
// belongs to the thread that owns the heap.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

extern Type type_type;

inline bool type_check(const Object* object) { return fast_subclass(object, kTypeSubclass); }
inline bool type_check_exact(const Object* object) { return object->type == &type_type; }
inline Type* as_type(Object* object) { return static_cast<Type*>(object); }

// PyType_Ready: inherits slots, fills tp_dict, computes the mro. Static types; a fatal error when it fails.
int type_ready(Type* type);
// PyType_Modified: an attribute of the type has changed; version tags of it and its subclasses end.
void type_modified(Type* type);
// Gives the type a version tag when it can have one; false: attributes of it must not be cached.
bool type_assign_version_tag(Type* type);
// _PyType_CalculateMetaclass: borrowed; nullptr: conflict, TypeError pending.
Type* type_calculate_metaclass(Type* metatype, Object* bases);

Owned type_generic_alloc(Type* type, intptr_t items);
Owned type_generic_new(Type* type, Object* args, Object* kwargs);
// PyObject_GC_Del / PyObject_Free as tp_free; the object is untracked.
void type_generic_free(Object* object);

// The name without module, as a C string that lives as long as the type; and the full name (new references).
const char* type_short_name(const Type* type);
Owned type_name(Type* type);      // __name__
Owned type_qualname(Type* type);  // __qualname__
Owned type_module(Type* type);    // __module__

// Special methods looked up on the type. type_lookup is declared in abstract.h.
Object* type_lookup_text(Type* type, const char* name);  // borrowed; no exception
// lookup_maybe_method: a new reference; *unbound is set when self must be passed as the first argument.
Owned object_lookup_maybe_method(Object* self, Object* name, bool* unbound);
// The method's owner may be absent: nullptr without exception. PyObject_LookupSpecial is object_lookup_special.
Owned object_call_special(Object* self, Object* name, Object* const* args, size_t count);


// tp_finalize and __del__: -1 when the object was resurrected (its deallocation ends there), 0 otherwise.
int object_call_finalizer_from_dealloc(Object* object);
void object_call_finalizer(Object* object);

// tp_dealloc, tp_traverse and tp_clear of instances of Python classes.
void subtype_dealloc(Object* self);
int subtype_traverse(Object* self, Visit visit, void* context);
int subtype_clear(Object* self);

// type_new for C++ callers: `type(name, bases, namespace)`.
Owned type_new_from(Type* metatype, Object* name, Object* bases, Object* dict, Object* kwargs_or_null);
// Calls super(type, type).__init_subclass__(**kwargs) and __set_name__ of the namespace's values: part of type_new.

// __subclasses__ in the order of definition.
Owned type_subclasses(Type* type);
// type_mro.cpp: C3. A new tuple; nullptr: TypeError pending.
Owned type_compute_mro(Type* type);
// True when the metatype is `type` or keeps its tp_getattro etc.: for caches of the interpreter.
bool type_has_default_metatype(const Type* type);

int init_type_types();  // type, object
// Shutdown: gives back what the readied static types hold.
void release_static_types();

}  // namespace refscope::vm
