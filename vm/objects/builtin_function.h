// builtin_function_or_method: a function written in C++, with its self and module.
//
// The MethodDef must live as long as the program (tables are static).
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct BuiltinFunctionObject : Object {
    const MethodDef* m_ml;
    Object* m_self;    // what the function gets as self; for module functions the module
    Object* m_module;  // __module__
    Object* m_weakreflist;
    VectorcallFn vectorcall;
};
struct BuiltinMethodObject : BuiltinFunctionObject {
    Type* mm_class;  // kMethMethod: the defining class
};

extern Type builtin_function_type;
extern Type builtin_method_type;  // "builtin_method": with the defining class

inline bool builtin_function_check(const Object* o) {
    return o->type == &builtin_function_type || o->type == &builtin_method_type;
}
Owned builtin_function_new(const MethodDef* method, Object* self_or_null, Object* module_or_null);
Owned builtin_method_new(const MethodDef* method, Object* self, Object* module, Type* defining_class);
// Calls what a MethodDef describes; the recursion check and the record of the native call are made here.
// `callable` names the function in errors. Used by builtin functions and method descriptors alike.
Owned call_method_def(Object* callable, const MethodDef* method, Object* self, Object* const* args, intptr_t nargs,
                      Object* kwnames);

int init_builtin_function_types();

}  // namespace refscope::vm
