#include "vm/modules/builtins_module.h"

#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/objects/bool.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/class_method.h"
#include "vm/objects/complex.h"
#include "vm/objects/dict.h"
#include "vm/objects/enumerate.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/map_filter.h"
#include "vm/objects/memoryview.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/property.h"
#include "vm/objects/range.h"
#include "vm/objects/reversed.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/static_method.h"
#include "vm/objects/str.h"
#include "vm/objects/super.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/zip.h"

namespace refscope::vm {

Object* builtins_module = nullptr;
Object* builtins_dict() { return module_dict(builtins_module); }

namespace {

// CPython's order, which vars(builtins) shows.
constexpr const char* kFunctions[] = {
    "__build_class__", "__import__", "abs", "all", "any", "ascii", "bin", "breakpoint", "callable", "chr", "compile",
    "delattr", "dir", "divmod", "eval", "exec", "format", "getattr", "globals", "hasattr", "hash", "hex", "id", "input",
    "isinstance", "issubclass", "iter", "aiter", "len", "locals", "max", "min", "next", "anext", "oct", "ord", "pow", "print",
    "repr", "round", "setattr", "sorted", "sum", "vars"};

const MethodDef* find_function(const char* name) {
    for (const MethodDef* table : {builtins_object_functions, builtins_number_functions, builtins_iteration_functions,
                                   builtins_io_functions, builtins_code_functions})
        for (const MethodDef* method = table; method->name; ++method)
            if (std::strcmp(method->name, name) == 0) return method;
    return nullptr;
}

int add_function(Object* module, const char* name, Object* module_name_object) {
    const MethodDef* method = find_function(name);
    RS_CHECK(method, "a built-in function of the list is not in its table");
    return module_add_object_steal(module, name, builtin_function_new(method, module, module_name_object));
}

}  // namespace

Owned create_builtins_module() {
    auto module = own(module_create("builtins",
                                    "Built-in functions, exceptions, and other objects.\n\nNoteworthy: None is the `nil' object; "
                                    "Ellipsis represents `...' in slices.",
                                    nullptr));
    if (!module) return nullptr;
    Object* self = module.get();
    auto name = own(module_name(self));
    for (const char* function : kFunctions)
        if (!name || add_function(self, function, name.get()) < 0) return nullptr;
    const struct {
        const char* name;
        Object* value;
    } objects[] = {
        {"None", none()},
        {"Ellipsis", ellipsis()},
        {"NotImplemented", not_implemented()},
        {"False", py_false()},
        {"True", py_true()},
        {"bool", &bool_type},
        {"memoryview", &memoryview_type},
        {"bytearray", &bytearray_type},
        {"bytes", &bytes_type},
        {"classmethod", &class_method_type},
        {"complex", &complex_type},
        {"dict", &dict_type},
        {"enumerate", &enumerate_type},
        {"filter", &filter_type},
        {"float", &float_type},
        {"frozenset", &frozenset_type},
        {"property", &property_type},
        {"int", &int_type},
        {"list", &list_type},
        {"map", &map_type},
        {"object", &object_type},
        {"range", &range_type},
        {"reversed", &reversed_type},
        {"set", &set_type},
        {"slice", &slice_type},
        {"staticmethod", &static_method_type},
        {"str", &str_type},
        {"super", &super_type},
        {"tuple", &tuple_type},
        {"type", &type_type},
        {"zip", &zip_type},
        {"__debug__", py_true()},
    };
    for (const auto& entry : objects)
        if (module_add_object(self, entry.name, entry.value) < 0) return nullptr;
    if (add_exceptions_to(module_dict(self)) < 0) return nullptr;
    // open comes from the module io.
    auto io_name = own(str_intern_from_string("io"));
    if (!io_name || add_function(self, "open", io_name.get()) < 0) return nullptr;
    builtins_module = newref(self);
    builtins_namespace = module_dict(self);
    register_root(&builtins_module, "the module builtins");
    return module.release();
}

}  // namespace refscope::vm
