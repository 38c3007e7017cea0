// function: a Python function. It runs through the call seam; the code object is opaque here.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct FunctionObject : Object {
    Object* func_globals;
    Object* func_builtins;
    Object* func_name;
    Object* func_qualname;
    Object* func_code;        // CodeObject
    Object* func_defaults;    // tuple or nullptr
    Object* func_kwdefaults;  // dict or nullptr
    Object* func_closure;     // tuple of cells or nullptr
    Object* func_doc;
    Object* func_dict;  // nullptr until asked for
    Object* func_weakreflist;
    Object* func_module;
    Object* func_annotations;  // nullptr, dict, or tuple of names and values until asked for
    VectorcallFn vectorcall;
    uint32_t func_version;  // 0: not for caches; changes with what a specialised call relies on
};
extern Type function_type;
inline bool function_check(const Object* o) { return o->type == &function_type; }
inline FunctionObject* as_function(Object* o) { return static_cast<FunctionObject*>(o); }

// What function_object needs of a code object, filled in by code_object's init (objects do not look inside it).
struct CodeFacts {
    Object* name;        // borrowed
    Object* qualname;    // borrowed
    Object* doc_or_none; // borrowed: the docstring constant, or None
    intptr_t free_variables;
};
extern CodeFacts (*code_facts)(Object* code);

// PyFunction_NewWithQualName: qualname nullptr takes the code's; takes __module__ and builtins from globals.
Owned function_new(Object* code, Object* globals, Object* qualname_or_null);
// As CPython's MAKE_FUNCTION does: each attribute is stolen.
void function_set_closure(FunctionObject* function, Object* stolen);
void function_set_defaults(FunctionObject* function, Object* stolen);
void function_set_kwdefaults(FunctionObject* function, Object* stolen);
void function_set_annotations(FunctionObject* function, Object* stolen);
// A version for the interpreter's caches; 0 when they ran out.
uint32_t function_version(FunctionObject* function);
// The module `builtins`' dict as the namespace of `globals` sees it: borrowed; nullptr without exception when there is none.
Object* builtins_of_globals(Object* globals);

int init_function_type();

}  // namespace refscope::vm
