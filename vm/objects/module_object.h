// module: a namespace with a name. Built-in modules are made from a table of functions.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct ModuleObject : Object {
    Object* md_dict;
    const void* md_def;  // the MethodDef table of a built-in module
    void* md_state;
    Object* md_weaklist;
    Object* md_name;  // for the attribute error when __name__ is gone
};
extern Type module_type;
inline bool module_check(const Object* o) { return is_instance_of(o, &module_type); }

Owned module_new(const char* name);
Owned module_new_object(Object* name);
// A module with __name__, __doc__, __package__, __loader__ and __spec__ (None) and the functions of `methods`.
Owned module_create(const char* name, const char* doc_or_null, const MethodDef* methods_or_null);
int module_add_functions(Object* module, const MethodDef* methods);
Object* module_dict(Object* module);  // borrowed
int module_add_object(Object* module, const char* name, Object* value);  // borrows the value
int module_add_object_steal(Object* module, const char* name, Object* stolen);  // nullptr passes an error on
int module_add_type(Object* module, Type* type);                         // under its short name
int module_add_int(Object* module, const char* name, intptr_t value);
int module_add_string(Object* module, const char* name, const char* value);
Owned module_name(Object* module);  // __name__, a str; SystemError when it is gone
// What a module's dict holds is released in CPython's two passes (shutdown).
void module_clear_dict(Object* dict);
// The dict of the module builtins once startup has made it (borrowed), and a name in it (borrowed; no exception).
extern Object* builtins_namespace;
Object* builtin_lookup(Object* name);

int init_module_type();

}  // namespace refscope::vm
