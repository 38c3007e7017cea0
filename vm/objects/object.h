// The type `object` and what every object inherits from it: attribute access, hash by address, comparison, repr, pickling.
//
// The functions of the protocol (object_get_attr …) are declared in abstract.h; this header has the type and its slots.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

extern Type object_type;

Owned object_new(Type* type, Object* args, Object* kwargs);       // object.__new__
int object_init(Object* self, Object* args, Object* kwargs);      // object.__init__
Owned object_default_repr(Object* self);                          // <module.Name object at 0x…>
Owned object_default_str(Object* self);                           // repr
Owned object_default_compare(Object* self, Object* other, int op);
Owned object_default_dir(Object* self);
size_t object_sizeof_model(Object* self);  // what sys.getsizeof prints without the collector's prefix; ignores __sizeof__
// _PyObject_GenericGetAttrWithDict; with suppress an AttributeError is not raised: nullptr without exception.
Owned object_generic_get_attr_with_dict(Object* object, Object* name, Object* dict_or_null, bool suppress);
int object_generic_set_attr_with_dict(Object* object, Object* name, Object* value, Object* dict_or_null);
// Where the object keeps its dict: nullptr when it has no place for one. Inline values are moved into a dict first
// (_PyObject_GetDictPtr); on failure of that, nullptr with an exception.
Object** object_get_dict_ptr(Object* object);
// The same without moving values (_PyObject_DictPointer).
Object** object_dict_pointer(Object* object);
// isinstance/issubclass without __instancecheck__ and __subclasscheck__ (type's own).
int object_recursive_is_instance(Object* object, Object* type);
int object_recursive_is_subclass(Object* subclass, Object* type);
// Puts the names of a class and its bases into `names` (dir()).
int merge_class_dict(Object* names, Object* type);
// Imports a module by its dotted name; set by the runtime above (copyreg, for pickling).
extern Owned (*object_import)(const char* name);
// object.__reduce_ex__ (object_reduce.cpp).
Owned object_reduce(Object* self, int protocol);
Owned object_get_state(Object* self);
extern const MethodDef object_methods[];

}  // namespace refscope::vm
