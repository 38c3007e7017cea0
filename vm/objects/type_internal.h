// What the files of the type machinery share among themselves: type*.cpp, mro.cpp, object.cpp. Nobody else includes it.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

// CPython 3.11's sizeof(PyTypeObject), sizeof(PyHeapTypeObject) and field offsets: ours differ, what Python shows must not.
inline constexpr intptr_t kShownStaticTypeSize = 408, kShownTypeSize = 904, kShownTypeDictOffset = 264,
                          kShownTypeWeaklistOffset = 368;

void init_type_cache();
void clear_type_cache();
// Uncached lookup: borrowed; *error is -1 with an exception pending.
Object* find_name_in_mro(Type* type, Object* name, int* error);

// mro.cpp. Sets type->tp_mro; *old_mro (if wanted) becomes the old tuple, a reference of the caller's. -1 error, 0 the type was
// reentered and has its mro from there, 1 done.
int type_mro_internal(Type* type, Object** old_mro);
void type_mro_modified(Type* type, Object* bases);
Owned type_mro_method(Object* type, Object* unused);

// type_ready.cpp
void type_inherit_from_bases(Type* type);
int type_add_subclass(Type* base, Type* type);
void type_remove_all_subclasses(Type* type, Object* bases);
int type_ready_heap(Type* type);

// type_new.cpp
Owned type_new(Type* metatype, Object* args, Object* kwargs);
Type* type_best_base(Object* bases);  // borrowed
bool type_same_layout(Type* new_type, Type* old_type, const char* attribute);  // TypeError when not
bool compatible_for_assignment(Type* old_type, Type* new_type, const char* attribute);
extern const GetSetDef subtype_getset_full[], subtype_getset_dict[], subtype_getset_weakref[];
inline MemberDef* heap_type_members(Type* type) {
    return reinterpret_cast<MemberDef*>(reinterpret_cast<char*>(type) + type->type->tp_basicsize);
}

// type_attributes.cpp
extern const GetSetDef type_getset[];
extern const MethodDef type_methods[];
Owned type_getattro(Object* type, Object* name);
int type_setattro(Object* type, Object* name, Object* value);
Owned type_repr(Object* type);
extern const GetSetDef object_getset[];

// tp_new_wrapper: the function behind a static type's __new__.
extern const MethodDef tp_new_method_def;

}  // namespace refscope::vm
