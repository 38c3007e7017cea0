// Built-in functions about any object: attributes, class membership, text, identity.
#include "vm/modules/builtins_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/interpreter/builtins_support.h"

namespace refscope::vm {

namespace {

Owned builtin_callable(Object*, Object* object) { return bool_from(callable_check(object)); }

Owned builtin_getattr(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("getattr", nargs, 2, 3)) return nullptr;
    if (nargs == 2) return object_get_attr(args[0], args[1]);
    Object* found;
    int has = object_lookup_attr(args[0], args[1], &found);
    if (has < 0) return nullptr;
    return has ? found : newref(args[2]);
}

Owned builtin_hasattr(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("hasattr", nargs, 2, 2)) return nullptr;
    Object* found;
    int has = object_lookup_attr(args[0], args[1], &found);
    if (has < 0) return nullptr;
    xdecref(found);
    return bool_from(has != 0);
}

Owned builtin_setattr(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("setattr", nargs, 3, 3)) return nullptr;
    return object_set_attr(args[0], args[1], args[2]) < 0 ? nullptr : new_none();
}

Owned builtin_delattr(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("delattr", nargs, 2, 2)) return nullptr;
    return object_set_attr(args[0], args[1], nullptr) < 0 ? nullptr : new_none();
}

Owned builtin_isinstance(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("isinstance", nargs, 2, 2)) return nullptr;
    int result = object_is_instance(args[0], args[1]);
    return result < 0 ? nullptr : bool_from(result != 0);
}

Owned builtin_issubclass(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("issubclass", nargs, 2, 2)) return nullptr;
    int result = object_is_subclass(args[0], args[1]);
    return result < 0 ? nullptr : bool_from(result != 0);
}

Owned builtin_repr(Object*, Object* object) { return object_repr(object); }
Owned builtin_ascii(Object*, Object* object) { return object_ascii(object); }
Owned builtin_id(Object*, Object* object) { return int_from_pointer(object); }

Owned builtin_hash(Object*, Object* object) {
    Hash hash = object_hash(object);
    return hash == -1 && err_occurred() ? nullptr : int_from_ssize(hash);
}

Owned builtin_len(Object*, Object* object) {
    intptr_t size = object_size(object);
    return size < 0 ? nullptr : int_from_ssize(size);
}

Owned builtin_format(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("format", nargs, 1, 2)) return nullptr;
    if (nargs == 2 && !str_check(args[1])) {
        argument_bad("format", "argument 2", "str", args[1]);
        return nullptr;
    }
    return object_format(args[0], nargs == 2 ? args[1] : nullptr);
}

Owned builtin_dir(Object*, Object* packed) {
    Object* const* args = tuple_items(packed);
    intptr_t nargs = tuple_size(packed);
    if (!check_positional("dir", nargs, 0, 1)) return nullptr;
    if (nargs == 1) return object_dir(args[0]);
    auto locals = own(current_locals());
    if (!locals) return err_occurred() ? nullptr : err_set_string(exc::SystemError, "frame does not exist");
    auto names = own(mapping_keys(locals.get()));
    if (!names || list_sort(names.get()) < 0) return nullptr;
    return names.release();
}

Owned builtin_vars(Object*, Object* packed) {
    Object* const* args = tuple_items(packed);
    intptr_t nargs = tuple_size(packed);
    if (!check_positional("vars", nargs, 0, 1)) return nullptr;
    if (nargs == 0) return current_locals();
    Object* found;
    int has = object_lookup_attr(args[0], ID(__dict__), &found);
    if (has < 0) return nullptr;
    return has ? found : err_set_string(exc::TypeError, "vars() argument must have __dict__ attribute");
}

}  // namespace

const MethodDef builtins_object_functions[] = {
    method_def("ascii", builtin_ascii, kMethO,
               "ascii($module, obj, /)\n--\n\nReturn an ASCII-only representation of an object."),
    method_def("callable", builtin_callable, kMethO,
               "callable($module, obj, /)\n--\n\nReturn whether the object is callable (i.e., some kind of function)."),
    method_def("delattr", builtin_delattr, kMethFastcall,
               "delattr($module, obj, name, /)\n--\n\nDeletes the named attribute from the given object."),
    method_def("dir", builtin_dir, kMethVarargs, "dir([object]) -> list of strings"),
    method_def("format", builtin_format, kMethFastcall,
               "format($module, value, format_spec='', /)\n--\n\nReturn type(value).__format__(value, format_spec)"),
    method_def("getattr", builtin_getattr, kMethFastcall,
               "getattr(object, name[, default]) -> value\n\nGet a named attribute from an object."),
    method_def("hasattr", builtin_hasattr, kMethFastcall,
               "hasattr($module, obj, name, /)\n--\n\nReturn whether the object has an attribute with the given name."),
    method_def("hash", builtin_hash, kMethO, "hash($module, obj, /)\n--\n\nReturn the hash value for the given object."),
    method_def("id", builtin_id, kMethO, "id($module, obj, /)\n--\n\nReturn the identity of an object."),
    method_def("isinstance", builtin_isinstance, kMethFastcall,
               "isinstance($module, obj, class_or_tuple, /)\n--\n\nReturn whether an object is an instance of a class or of a "
               "subclass thereof."),
    method_def("issubclass", builtin_issubclass, kMethFastcall,
               "issubclass($module, cls, class_or_tuple, /)\n--\n\nReturn whether 'cls' is derived from another class or is "
               "the same class."),
    method_def("len", builtin_len, kMethO, "len($module, obj, /)\n--\n\nReturn the number of items in a container."),
    method_def("repr", builtin_repr, kMethO,
               "repr($module, obj, /)\n--\n\nReturn the canonical string representation of the object."),
    method_def("setattr", builtin_setattr, kMethFastcall,
               "setattr($module, obj, name, value, /)\n--\n\nSets the named attribute on the given object to the specified "
               "value."),
    method_def("vars", builtin_vars, kMethVarargs, "vars([object]) -> dictionary"),
    {},
};

}  // namespace refscope::vm
