// The type `object`.
#include "vm/objects/object.h"

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/errors.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/type_internal.h"

namespace refscope::vm {

Hash hash_pointer(const void* address) {
    // The low bits of addresses are alike.
    auto bits = reinterpret_cast<uintptr_t>(address);
    auto hash = static_cast<Hash>((bits >> 4) | (bits << (8 * sizeof(void*) - 4)));
    return hash == -1 ? -2 : hash;
}

namespace {

bool excess_arguments(Object* args, Object* kwargs) { return tuple_size(args) > 0 || (kwargs && dict_size(kwargs) > 0); }

Owned raise_abstract(Type* type) {
    auto methods = own(object_get_attr(type, ID(__abstractmethods__)));
    auto sorted = own(methods ? sequence_list(methods.get()) : nullptr);
    if (!sorted || list_sort(sorted.get()) < 0) return nullptr;
    auto separator = own(str_from_string(", "));
    auto joined = own(separator ? str_join(separator.get(), sorted.get()) : nullptr);
    if (!joined) return nullptr;
    err_format(exc::TypeError, "Can't instantiate abstract class %s with abstract method%s %U", type->tp_name,
               list_size(sorted.get()) > 1 ? "s" : "", joined.get());
    return nullptr;
}

}  // namespace

Owned object_new(Type* type, Object* args, Object* kwargs) {
    if (excess_arguments(args, kwargs)) {
        if (type->tp_new != object_new)
            return err_set_string(exc::TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
        if (type->tp_init == object_init) {
            err_format(exc::TypeError, "%.200s() takes no arguments", type->tp_name);
            return nullptr;
        }
    }
    if (type->has(kIsAbstract)) return raise_abstract(type);
    Object* object = type->tp_alloc(type, 0);
    // Only here, as in CPython: instances of built-in types' subclasses start with neither values nor a dict.
    if (object && type->has(kManagedDict) && object_init_instance_values(object, type) < 0) {
        decref(object);
        return nullptr;
    }
    return object;
}

int object_init(Object* self, Object* args, Object* kwargs) {
    Type* type = self->type;
    if (excess_arguments(args, kwargs)) {
        if (type->tp_init != object_init) {
            err_set_string(exc::TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
            return -1;
        }
        if (type->tp_new == object_new) {
            err_format(exc::TypeError, "%.200s.__init__() takes exactly one argument (the instance to initialize)",
                       type->tp_name);
            return -1;
        }
    }
    return 0;
}

Owned object_default_repr(Object* self) {
    Type* type = self->type;
    auto module = own(type_module(type));
    if (!module) err_clear();
    else if (!str_check(module.get())) module.reset();
    auto name = own(type_qualname(type));
    if (!name) return nullptr;
    if (module && !str_equal_ascii(module.get(), "builtins"))
        return str_from_format("<%U.%U object at %p>", module.get(), name.get(), static_cast<void*>(self));
    return str_from_format("<%s object at %p>", type->tp_name, static_cast<void*>(self));
}

Owned object_default_str(Object* self) {
    UnaryFn repr = self->type->tp_repr;
    return repr ? repr(self) : object_default_repr(self);
}

Owned object_default_compare(Object* self, Object* other, int op) {
    if (op == kEQ) return self == other ? newref(py_true()) : new_not_implemented();
    if (op != kNE) return new_not_implemented();
    // By default != inverts ==.
    CompareFn compare = self->type->tp_richcompare;
    if (!compare) return new_not_implemented();
    auto equal = own(compare(self, other, kEQ));
    if (!equal || equal.get() == not_implemented()) return equal.release();
    int truth = object_is_true(equal.get());
    return truth < 0 ? nullptr : bool_from(!truth);
}

size_t object_sizeof_model(Object* self) {
    Type* type = self->type;
    if (type->tp_sizeof) return type->tp_sizeof(self);
    size_t size = static_cast<size_t>(type->tp_basicsize);
    if (type->tp_itemsize > 0) {
        intptr_t items = static_cast<VarObject*>(self)->size;
        size += static_cast<size_t>(items < 0 ? -items : items) * static_cast<size_t>(type->tp_itemsize);
    }
    return size;
}

namespace {

void object_dealloc(Object* self) { self->type->tp_free(self); }

Hash object_tp_hash(Object* self) { return hash_pointer(self); }

Owned get_class(Object* self, void*) { return newref(static_cast<Object*>(self->type)); }

int set_class(Object* self, Object* value, void*) {
    Type* old_type = self->type;
    if (!value) {
        err_set_string(exc::TypeError, "can't delete __class__ attribute");
        return -1;
    }
    if (!type_check(value)) {
        err_format(exc::TypeError, "__class__ must be set to a class, not '%s' object", value->type->tp_name);
        return -1;
    }
    Type* new_type = as_type(value);
    bool modules = type_is_subtype(new_type, &module_type) && type_is_subtype(old_type, &module_type);
    if (!modules && (new_type->has(kImmutableType) || old_type->has(kImmutableType))) {
        err_set_string(exc::TypeError,
                       "__class__ assignment only supported for mutable types or ModuleType subclasses");
        return -1;
    }
    if (!compatible_for_assignment(old_type, new_type, "__class__")) return -1;
    if (old_type->has(kManagedDict)) {
        // Values are laid out by the old class's table.
        auto dict = own(object_generic_get_dict(self, nullptr));
        if (!dict) return -1;
    }
    if (new_type->has(kHeapType)) incref(new_type);
    self->type = new_type;
    if (old_type->has(kHeapType)) decref(old_type);
    return 0;
}

Owned object_subclasshook(Object*, Object* const*, intptr_t, Object*) { return new_not_implemented(); }
Owned object_init_subclass(Object*, Object*) { return new_none(); }

Owned object_format_method(Object* self, Object* spec) {
    if (!str_check(spec)) {
        err_format(exc::TypeError, "__format__() argument must be str, not %.50s", spec->type->tp_name);
        return nullptr;
    }
    if (str_length(spec) > 0) {
        err_format(exc::TypeError, "unsupported format string passed to %.200s.__format__", self->type->tp_name);
        return nullptr;
    }
    return object_str(self);
}

Owned object_sizeof(Object* self, Object*) { return int_from_size(object_sizeof_model(self)); }
Owned object_dir_method(Object* self, Object*) { return object_default_dir(self); }
Owned object_reduce_method(Object* self, Object*) { return object_reduce(self, 0); }
Owned object_getstate_method(Object* self, Object*) { return object_get_state(self); }

Owned object_reduce_ex_method(Object* self, Object* protocol) {
    int64_t number = int_as_int64(protocol);
    if (number == -1 && err_occurred()) return nullptr;
    // A __reduce__ that is not object's own is preferred.
    Object* found;
    if (object_lookup_attr(self, ID(__reduce__), &found) < 0) return nullptr;
    auto reduce = own(found);
    if (reduce) {
        auto in_class = own(object_get_attr(self->type, ID(__reduce__)));
        if (!in_class) return nullptr;
        Object* standard = dict_get_item_with_error(object_type.tp_dict, ID(__reduce__));
        if (in_class.get() != standard) return object_call_noargs(reduce.get());
    }
    return object_reduce(self, static_cast<int>(number));
}

}  // namespace

const MethodDef object_methods[] = {
    method_def("__reduce_ex__", object_reduce_ex_method, kMethO,
               "__reduce_ex__($self, protocol, /)\n--\n\nHelper for pickle."),
    method_def("__reduce__", object_reduce_method, kMethNoargs, "__reduce__($self, /)\n--\n\nHelper for pickle."),
    method_def("__getstate__", object_getstate_method, kMethNoargs, "__getstate__($self, /)\n--\n\nHelper for pickle."),
    method_def("__subclasshook__", object_subclasshook, kMethClass | kMethFastcall | kMethKeywords,
               "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by "
               "abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\n"
               "NotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome "
               "is cached).\n"),
    method_def("__init_subclass__", object_init_subclass, kMethClass | kMethNoargs,
               "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\n"
               "overridden to extend subclasses.\n"),
    method_def("__format__", object_format_method, kMethO,
               "__format__($self, format_spec, /)\n--\n\nDefault object formatter."),
    method_def("__sizeof__", object_sizeof, kMethNoargs, "__sizeof__($self, /)\n--\n\nSize of object in memory, in bytes."),
    method_def("__dir__", object_dir_method, kMethNoargs, "__dir__($self, /)\n--\n\nDefault dir() implementation."),
    {},
};

const GetSetDef object_getset[] = {
    {"__class__", get_class, set_class, "the object's class"},
    {},
};

Type object_type = [] {
    Type type = static_type("object", sizeof(Object), 0, kBaseType);
    type.type = &type_type;
    type.tp_dealloc = object_dealloc;
    type.tp_repr = object_default_repr;
    type.tp_hash = object_tp_hash;
    type.tp_str = object_default_str;
    type.tp_getattro = object_generic_get_attr;
    type.tp_setattro = object_generic_set_attr;
    type.tp_doc =
        "object()\n--\n\nThe base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new "
        "featureless\ninstance that has no instance attributes and cannot be given any.\n";
    type.tp_richcompare = object_default_compare;
    type.tp_methods = object_methods;
    type.tp_getset = object_getset;
    type.tp_init = object_init;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = object_new;
    type.tp_free = type_generic_free;
    return type;
}();

}  // namespace refscope::vm
