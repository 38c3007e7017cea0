// staticmethod and classmethod: both wrap a callable, copy its names and keep a dict of their own.
#include "vm/objects/static_method.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/bound_method.h"
#include "vm/objects/call.h"
#include "vm/objects/class_method.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

// The two have one layout.
struct WrapperObject : Object {
    Object* callable;
    Object* dict;
};
static_assert(sizeof(WrapperObject) == sizeof(StaticMethodObject) && sizeof(WrapperObject) == sizeof(ClassMethodObject));
WrapperObject* as_wrapper(Object* object) { return static_cast<WrapperObject*>(object); }

void wrapper_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_wrapper(self)->callable);
    xdecref(as_wrapper(self)->dict);
    self->type->tp_free(self);
}
int wrapper_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_wrapper(self)->callable, Edge::field("__func__"));
    RS_VISIT(as_wrapper(self)->dict, Edge::field("__dict__"));
    return 0;
}
int wrapper_clear(Object* self) {
    clear_ref(as_wrapper(self)->callable);
    clear_ref(as_wrapper(self)->dict);
    return 0;
}

int copy_attribute(Object* wrapper, Object* wrapped, Object* name) {
    Object* found;
    int has = object_lookup_attr(wrapped, name, &found);
    if (has <= 0) return has;
    auto value = own(found);
    return object_set_attr(wrapper, name, value.get());
}

int wrap(Object* wrapper, Object* callable) {
    set_ref(as_wrapper(wrapper)->callable, newref(callable));
    for (Object* name : {ID(__module__), ID(__name__), ID(__qualname__), ID(__doc__), ID(__annotations__)})
        if (copy_attribute(wrapper, callable, name) < 0) return -1;
    return 0;
}

int init(Object* self, Object* args, Object* kwargs, const char* name) {
    if (!no_keyword_arguments(name, kwargs) || !check_positional(name, tuple_size(args), 1, 1)) return -1;
    return wrap(self, tuple_get_item(args, 0));
}
int static_init(Object* self, Object* args, Object* kwargs) { return init(self, args, kwargs, "staticmethod"); }
int class_init(Object* self, Object* args, Object* kwargs) { return init(self, args, kwargs, "classmethod"); }

Owned static_get(Object* self, Object*, Object*) {
    Object* callable = as_wrapper(self)->callable;
    return callable ? newref(callable) : err_set_string(exc::RuntimeError, "uninitialized staticmethod object");
}
Owned static_call(Object* self, Object* args, Object* kwargs) { return object_call(as_wrapper(self)->callable, args, kwargs); }

Owned class_get(Object* self, Object* object, Object* type) {
    Object* callable = as_wrapper(self)->callable;
    if (!callable) return err_set_string(exc::RuntimeError, "uninitialized classmethod object");
    if (!type) type = object->type;
    if (TernaryFn get = callable->type->tp_descr_get) return get(callable, type, type);
    return bound_method_new(callable, type);
}

Owned static_repr(Object* self) { return str_from_format("<staticmethod(%R)>", as_wrapper(self)->callable); }
Owned class_repr(Object* self) { return str_from_format("<classmethod(%R)>", as_wrapper(self)->callable); }

Owned get_abstract(Object* self, void*) {
    Object* callable = as_wrapper(self)->callable;
    if (!callable) return bool_from(false);
    Object* found;
    int has = object_lookup_attr(callable, ID(__isabstractmethod__), &found);
    if (has < 0) return nullptr;
    auto value = own(found);
    int truth = value ? object_is_true(value.get()) : 0;
    return truth < 0 ? nullptr : bool_from(truth != 0);
}

const MemberDef members[] = {
    {"__func__", MemberKind::kObject, offsetof(WrapperObject, callable)},
    {"__wrapped__", MemberKind::kObject, offsetof(WrapperObject, callable)},
    {},
};
const GetSetDef getset[] = {
    {"__isabstractmethod__", get_abstract},
    {"__dict__", object_generic_get_dict, object_generic_set_dict},
    {},
};

Type make_type(const char* name) {
    Type type = static_type(name, sizeof(WrapperObject), 0, kHaveGc | kBaseType);
    type.tp_dealloc = wrapper_dealloc;
    type.tp_traverse = wrapper_traverse;
    type.tp_clear = wrapper_clear;
    type.tp_members = members;
    type.tp_getset = getset;
    type.tp_dictoffset = offsetof(WrapperObject, dict);
    type.tp_alloc = type_generic_alloc;
    type.tp_new = type_generic_new;
    type.tp_free = type_generic_free;
    return type;
}

Owned make(Type* type, Object* callable) {
    auto wrapper = own(type_generic_alloc(type, 0));
    if (!wrapper || wrap(wrapper.get(), callable) < 0) return nullptr;
    return wrapper.release();
}

}  // namespace

Type static_method_type = [] {
    Type type = make_type("staticmethod");
    type.tp_repr = static_repr;
    type.tp_call = static_call;
    type.tp_descr_get = static_get;
    type.tp_init = static_init;
    type.tp_doc =
        "staticmethod(function) -> method\n\nConvert a function to be a static method.\n\nA static method does not receive an "
        "implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n"
        "         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class (e.g. C.f()) or on an "
        "instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is passed implicitly as the "
        "first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\nFor a more "
        "advanced concept, see the classmethod builtin.";
    return type;
}();

Type class_method_type = [] {
    Type type = make_type("classmethod");
    type.tp_repr = class_repr;
    type.tp_descr_get = class_get;
    type.tp_init = class_init;
    type.tp_doc =
        "classmethod(function) -> method\n\nConvert a function to be a class method.\n\nA class method receives the class as "
        "implicit first argument,\njust like an instance method receives the instance.";
    return type;
}();

Owned static_method_new(Object* callable) { return make(&static_method_type, callable); }
Owned class_method_new(Object* callable) { return make(&class_method_type, callable); }

int init_static_method_type() { return type_ready(&static_method_type); }
int init_class_method_type() { return type_ready(&class_method_type); }

}  // namespace refscope::vm
