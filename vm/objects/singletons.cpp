#include "vm/objects/singletons.h"

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/hash.h"
#include "vm/objects/object.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

bool no_arguments(const char* name, Object* args, Object* kwargs) {
    if (tuple_size(args) == 0 && (!kwargs || object_size(kwargs) == 0)) return true;
    err_format(exc::TypeError, "%s takes no arguments", name);
    return false;
}

template <Object* (*kGet)()>
Owned singleton_new(Type* type, Object* args, Object* kwargs) {
    // `type(...)` calls itself otherwise in this one message.
    if (!no_arguments(type == &ellipsis_type ? "EllipsisType" : type->tp_name, args, kwargs)) return nullptr;
    return newref(kGet());
}

Owned none_repr(Object*) { return newref(ID(None)); }
Owned ellipsis_repr(Object*) { return newref(ID(Ellipsis)); }
Owned not_implemented_repr(Object*) { return newref(ID(NotImplemented)); }

int not_implemented_bool(Object*) {
    if (err_warn(exc::DeprecationWarning, 1, "NotImplemented should not be used in a boolean context") < 0) return -1;
    return 1;
}

const MethodDef ellipsis_methods[] = {
    method_def("__reduce__", +[](Object*, Object*) -> Owned { return newref(ID(Ellipsis)); }, kMethNoargs),
    {nullptr, nullptr, 0}};
const MethodDef not_implemented_methods[] = {
    method_def("__reduce__", +[](Object*, Object*) -> Owned { return newref(ID(NotImplemented)); }, kMethNoargs),
    {nullptr, nullptr, 0}};

// The count of a singleton reached 0: some code gave back more than it took. Keep it alive.
void singleton_dealloc(Object* self) { self->refcount = 1; }

Type singleton_type(const char* name, UnaryFn repr, NewFn make) {
    Type t = static_type(name, sizeof(Object), 0, 0);
    t.tp_dealloc = singleton_dealloc;
    t.tp_repr = repr;
    t.tp_new = make;
    t.tp_getattro = object_generic_get_attr;
    return t;
}

}  // namespace

Type none_type = [] {
    Type t = singleton_type("NoneType", none_repr, singleton_new<none>);
    t.tp_hash = [](Object* self) { return hash_pointer(self); };
    t.nb_bool = [](Object*) { return 0; };
    return t;
}();
Type ellipsis_type = [] {
    Type t = singleton_type("ellipsis", ellipsis_repr, singleton_new<ellipsis>);
    t.tp_methods = ellipsis_methods;
    return t;
}();
Type not_implemented_type = [] {
    Type t = singleton_type("NotImplementedType", not_implemented_repr, singleton_new<not_implemented>);
    t.tp_methods = not_implemented_methods;
    t.nb_bool = not_implemented_bool;
    return t;
}();

Object none_object{1, 0, &none_type};
Object ellipsis_object{1, 0, &ellipsis_type};
Object not_implemented_object{1, 0, &not_implemented_type};

bool starts_at_immortal_count(const Object* object) {
    if (!is_static_object(object)) return false;
    return object->type == &int_type || object->type == &str_type || object->type == &bytes_type || object->type == &tuple_type;
}

int init_singleton_types() {
    register_static_object(&none_object);
    register_static_object(&ellipsis_object);
    register_static_object(&not_implemented_object);
    if (type_ready(&none_type) < 0 || type_ready(&ellipsis_type) < 0) return -1;
    return type_ready(&not_implemented_type);
}

}  // namespace refscope::vm
