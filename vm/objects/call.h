// Calling objects: the vectorcall protocol (PEP 590) and its conveniences.
#pragma once

#include <initializer_list>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

VectorcallFn vectorcall_function(Object* callable);  // nullptr: uses tp_call
Owned object_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames_or_null);
Owned object_vectorcall_method(Object* name, Object* const* args, size_t nargsf, Object* kwnames_or_null);
Owned object_vectorcall_dict(Object* callable, Object* const* args, size_t nargsf, Object* kwargs_or_null);
Owned object_call(Object* callable, Object* args_tuple, Object* kwargs_or_null);
Owned object_call_noargs(Object* callable);
Owned object_call_onearg(Object* callable, Object* argument);
Owned object_call_args(Object* callable, std::initializer_list<Object*> args);
Owned object_call_method(Object* object, Object* name, std::initializer_list<Object*> args = {});
Owned object_call_method_string(Object* object, const char* name, std::initializer_list<Object*> args = {});
// A tp_call for types that implement vectorcall.
Owned vectorcall_call(Object* callable, Object* args_tuple, Object* kwargs_or_null);
// _Py_CheckFunctionResult in checked builds: a result and an exception, or neither, is a fatal error of the VM.
Owned check_function_result(Object* callable, Object* result);
// "f() takes no keyword arguments" and its like for types' tp_new/tp_init.
bool no_keyword_arguments(const char* function, Object* kwargs_or_kwnames);
// "f()" with module and qualified name, for messages (_PyObject_FunctionStr).
Owned object_function_str(Object* callable);
bool check_positional(const char* function, intptr_t given, intptr_t minimum, intptr_t maximum);

}  // namespace refscope::vm
