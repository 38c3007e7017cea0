#include "vm/objects/bound_method.h"

#include <cstddef>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/hash.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

BoundMethodObject* as_method(Object* object) { return static_cast<BoundMethodObject*>(object); }

// Puts self in front of the arguments: in the free place before them, if the caller left one.
Owned method_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Object* self = as_method(callable)->im_self;
    Object* function = as_method(callable)->im_func;
    size_t count = vectorcall_nargs(nargsf);
    if (nargsf & kVectorcallArgumentsOffset) {
        Object** with_self = const_cast<Object**>(args) - 1;
        Object* saved = with_self[0];
        with_self[0] = self;
        Object* result = object_vectorcall(function, with_self, count + 1, kwnames);
        with_self[0] = saved;
        return result;
    }
    size_t keywords = kwnames ? static_cast<size_t>(tuple_size(kwnames)) : 0;
    size_t total = count + keywords;
    if (total == 0) return object_vectorcall(function, &self, 1, nullptr);
    constexpr size_t kOnStack = 8;
    Object* small[kOnStack];
    Object** stack = small;
    if (total + 1 > kOnStack) {
        stack = static_cast<Object**>(allocate_block((total + 1) * sizeof(Object*)));
        if (!stack) return nullptr;
    }
    stack[0] = self;
    std::memcpy(stack + 1, args, total * sizeof(Object*));
    Object* result = object_vectorcall(function, stack, count + 1, kwnames);
    if (stack != small) free_block(stack);
    return result;
}

void method_dealloc(Object* self) {
    gc_untrack(self);
    auto* method = as_method(self);
    if (method->im_weakreflist) object_clear_weakrefs(self);
    decref(method->im_func);
    xdecref(method->im_self);
    free_object(self);
}

int method_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_method(self)->im_func, Edge::field("__func__"));
    RS_VISIT(as_method(self)->im_self, Edge::field("__self__"));
    return 0;
}

Owned method_repr(Object* self) {
    auto* method = as_method(self);
    Object* found;
    if (object_lookup_attr(method->im_func, ID(__qualname__), &found) < 0) return nullptr;
    auto name = own(found);
    if (!name) {
        if (object_lookup_attr(method->im_func, ID(__name__), &found) < 0) return nullptr;
        name = own(found);
    }
    if (name && !str_check(name.get())) name.reset();
    return str_from_format("<bound method %V of %R>", name.get(), "?", method->im_self);
}

Hash method_hash(Object* self) {
    Hash own_hash = hash_pointer(as_method(self)->im_self);
    Hash function_hash = object_hash(as_method(self)->im_func);
    if (function_hash == -1) return -1;
    Hash hash = own_hash ^ function_hash;
    return hash == -1 ? -2 : hash;
}

Owned method_compare(Object* left, Object* right, int op) {
    if ((op != kEQ && op != kNE) || !bound_method_check(left) || !bound_method_check(right)) return new_not_implemented();
    int equal = object_rich_compare_bool(as_method(left)->im_func, as_method(right)->im_func, kEQ);
    if (equal < 0) return nullptr;
    bool same = equal && as_method(left)->im_self == as_method(right)->im_self;
    return bool_from(same == (op == kEQ));
}

// Attributes of the function show through.
Owned method_getattro(Object* self, Object* name) {
    Type* type = self->type;
    Object* descriptor = type_lookup(type, name);
    if (descriptor) {
        auto held = share(descriptor);
        if (TernaryFn get = descriptor->type->tp_descr_get) return get(descriptor, self, type);
        return held.release();
    }
    return object_get_attr(as_method(self)->im_func, name);
}

Owned method_type_new(Type*, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("method", kwargs) || !check_positional("method", tuple_size(args), 2, 2)) return nullptr;
    Object* function = tuple_get_item(args, 0);
    Object* instance = tuple_get_item(args, 1);
    if (!callable_check(function)) return err_set_string(exc::TypeError, "first argument must be callable");
    if (is_none(instance)) return err_set_string(exc::TypeError, "instance must not be None");
    return bound_method_new(function, instance);
}

Owned method_descr_get(Object* self, Object*, Object*) { return newref(self); }

Owned get_doc(Object* self, void*) { return object_get_attr(as_method(self)->im_func, ID(__doc__)); }

Owned method_reduce(Object* self, Object*) {
    auto* method = as_method(self);
    auto name = own(object_get_attr(method->im_func, ID(__name__)));
    if (!name) return nullptr;
    Object* getter = builtin_lookup(ID(getattr));
    if (!getter) return err_set_string(exc::RuntimeError, "lost builtins.getattr");
    auto arguments = own(tuple_pack({method->im_self, name.get()}));
    return arguments ? tuple_pack({getter, arguments.get()}) : nullptr;
}

const MemberDef method_members[] = {
    {"__func__", MemberKind::kObject, offsetof(BoundMethodObject, im_func), true, "the function (or other callable) implementing a method"},
    {"__self__", MemberKind::kObject, offsetof(BoundMethodObject, im_self), true, "the instance to which a method is bound"},
    {},
};
const GetSetDef method_getset[] = {{"__doc__", get_doc}, {}};
const MethodDef method_methods[] = {method_def("__reduce__", method_reduce, kMethNoargs), {}};

}  // namespace

Type bound_method_type = [] {
    Type type = static_type("method", sizeof(BoundMethodObject), 0, kHaveGc | kHaveVectorcall);
    type.tp_dealloc = method_dealloc;
    type.tp_vectorcall_offset = offsetof(BoundMethodObject, vectorcall);
    type.tp_repr = method_repr;
    type.tp_hash = method_hash;
    type.tp_call = vectorcall_call;
    type.tp_getattro = method_getattro;
    type.tp_setattro = object_generic_set_attr;
    type.tp_doc = "Create a bound instance method object.";
    type.tp_traverse = method_traverse;
    type.tp_richcompare = method_compare;
    type.tp_weaklistoffset = offsetof(BoundMethodObject, im_weakreflist);
    type.tp_methods = method_methods;
    type.tp_members = method_members;
    type.tp_getset = method_getset;
    type.tp_descr_get = method_descr_get;
    type.tp_new = method_type_new;
    return type;
}();

Owned bound_method_new(Object* function, Object* self) {
    auto* method = new_object<BoundMethodObject>(&bound_method_type);
    if (!method) return nullptr;
    method->im_func = newref(function);
    method->im_self = newref(self);
    method->vectorcall = method_vectorcall;
    gc_track(method);
    return method;
}

int init_bound_method_type() { return type_ready(&bound_method_type); }

}  // namespace refscope::vm
