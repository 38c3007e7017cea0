#include "vm/objects/descriptor.h"

#include <cstring>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

DescriptorObject* as_descriptor(Object* object) { return static_cast<DescriptorObject*>(object); }

Owned descriptor_make(Type* descriptor_type, Type* type, const char* name) {
    auto* descriptor = new_object<DescriptorObject>(descriptor_type);
    if (!descriptor) return nullptr;
    gc_track(descriptor);
    descriptor->d_type = newref(type);
    descriptor->d_name = str_intern_from_string(name);
    if (!descriptor->d_name) {
        decref(descriptor);
        return nullptr;
    }
    return descriptor;
}

void descriptor_dealloc(Object* self) {
    gc_untrack(self);
    auto* descriptor = as_descriptor(self);
    xdecref(descriptor->d_type);
    xdecref(descriptor->d_name);
    xdecref(descriptor->d_qualname);
    free_object(self);
}

int descriptor_traverse(Object* self, Visit visit, void* context) {
    auto* descriptor = as_descriptor(self);
    RS_VISIT(descriptor->d_type, Edge::field("__objclass__"));
    RS_VISIT(descriptor->d_name, Edge::field("__name__", true));
    RS_VISIT(descriptor->d_qualname, Edge::field("__qualname__", true));
    return 0;
}

Owned descriptor_repr(Object* self, const char* format) {
    auto* descriptor = as_descriptor(self);
    Object* name = descriptor->d_name && str_check(descriptor->d_name) ? descriptor->d_name : nullptr;
    return str_from_format(format, name, "?", type_short_name(descriptor->d_type));
}
Owned method_repr(Object* self) { return descriptor_repr(self, "<method '%V' of '%s' objects>"); }
Owned member_repr(Object* self) { return descriptor_repr(self, "<member '%V' of '%s' objects>"); }
Owned getset_repr(Object* self) { return descriptor_repr(self, "<attribute '%V' of '%s' objects>"); }
Owned wrapper_repr(Object* self) { return descriptor_repr(self, "<slot wrapper '%V' of '%s' objects>"); }

bool descriptor_check(DescriptorObject* descriptor, Object* object) {
    if (is_instance_of(object, descriptor->d_type)) return true;
    err_format(exc::TypeError, "descriptor '%V' for '%.100s' objects doesn't apply to a '%.100s' object",
               descriptor->d_name, "?", descriptor->d_type->tp_name, object->type->tp_name);
    return false;
}

bool descriptor_check_set(DescriptorObject* descriptor, Object* object) { return descriptor_check(descriptor, object); }

// ---- __get__ and __set__

Owned method_get(Object* self, Object* object, Object*) {
    auto* descriptor = static_cast<MethodDescriptorObject*>(self);
    if (!object) return newref(self);
    if (!descriptor_check(descriptor, object)) return nullptr;
    return builtin_function_new(descriptor->d_method, object, nullptr);
}

Owned class_method_get(Object* self, Object* object, Object* type) {
    auto* descriptor = static_cast<MethodDescriptorObject*>(self);
    if (!type) {
        if (!object) {
            err_format(exc::TypeError, "descriptor '%V' for type '%.100s' needs either an object or a type",
                       descriptor->d_name, "?", descriptor->d_type->tp_name);
            return nullptr;
        }
        type = object->type;
    }
    if (!type_check(type)) {
        err_format(exc::TypeError, "descriptor '%V' for type '%.100s' needs a type, not a '%.100s' as arg 2",
                   descriptor->d_name, "?", descriptor->d_type->tp_name, type->type->tp_name);
        return nullptr;
    }
    if (!type_is_subtype(as_type(type), descriptor->d_type)) {
        err_format(exc::TypeError, "descriptor '%V' requires a subtype of '%.100s' but received '%.100s'",
                   descriptor->d_name, "?", descriptor->d_type->tp_name, as_type(type)->tp_name);
        return nullptr;
    }
    return builtin_function_new(descriptor->d_method, type, nullptr);
}

Owned member_descriptor_get(Object* self, Object* object, Object*) {
    auto* descriptor = static_cast<MemberDescriptorObject*>(self);
    if (!object) return newref(self);
    if (!descriptor_check(descriptor, object)) return nullptr;
    return member_get(object, descriptor->d_member);
}

int member_descriptor_set(Object* self, Object* object, Object* value) {
    auto* descriptor = static_cast<MemberDescriptorObject*>(self);
    if (!descriptor_check_set(descriptor, object)) return -1;
    return member_set(object, descriptor->d_member, value);
}

Owned getset_get(Object* self, Object* object, Object*) {
    auto* descriptor = static_cast<GetSetDescriptorObject*>(self);
    if (!object) return newref(self);
    if (!descriptor_check(descriptor, object)) return nullptr;
    if (descriptor->d_getset->get) return descriptor->d_getset->get(object, descriptor->d_getset->closure);
    err_format(exc::AttributeError, "attribute '%V' of '%.100s' objects is not readable", descriptor->d_name, "?",
               descriptor->d_type->tp_name);
    return nullptr;
}

int getset_set(Object* self, Object* object, Object* value) {
    auto* descriptor = static_cast<GetSetDescriptorObject*>(self);
    if (!descriptor_check_set(descriptor, object)) return -1;
    if (descriptor->d_getset->set) return descriptor->d_getset->set(object, value, descriptor->d_getset->closure);
    err_format(exc::AttributeError, "attribute '%V' of '%.100s' objects is not writable", descriptor->d_name, "?",
               descriptor->d_type->tp_name);
    return -1;
}

Owned wrapper_get(Object* self, Object* object, Object*) {
    if (!object) return newref(self);
    if (!descriptor_check(as_descriptor(self), object)) return nullptr;
    return method_wrapper_new(self, object);
}

// ---- calls

bool method_check_self(Object* callable, Object* const* args, intptr_t nargs) {
    auto* descriptor = static_cast<MethodDescriptorObject*>(callable);
    if (nargs < 1) {
        auto text = own(object_function_str(callable));
        if (text) err_format(exc::TypeError, "unbound method %U needs an argument", text.get());
        return false;
    }
    return descriptor_check(descriptor, args[0]);
}

Owned method_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto nargs = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    if (!method_check_self(callable, args, nargs)) return nullptr;
    auto* descriptor = static_cast<MethodDescriptorObject*>(callable);
    return call_method_def(callable, descriptor->d_method, args[0], args + 1, nargs - 1, kwnames);
}

Owned class_method_call(Object* callable, Object* args, Object* kwargs) {
    auto* descriptor = static_cast<MethodDescriptorObject*>(callable);
    intptr_t count = tuple_size(args);
    if (count < 1) {
        err_format(exc::TypeError, "descriptor '%V' of '%.100s' object needs an argument", descriptor->d_name, "?",
                   descriptor->d_type->tp_name);
        return nullptr;
    }
    auto bound = own(class_method_get(callable, nullptr, tuple_get_item(args, 0)));
    if (!bound) return nullptr;
    return object_vectorcall_dict(bound.get(), tuple_items(args) + 1, static_cast<size_t>(count - 1), kwargs);
}

Owned wrapper_call(Object* callable, Object* args, Object* kwargs) {
    auto* descriptor = static_cast<WrapperDescriptorObject*>(callable);
    intptr_t count = tuple_size(args);
    if (count < 1) {
        err_format(exc::TypeError, "descriptor '%V' of '%.100s' object needs an argument", descriptor->d_name, "?",
                   descriptor->d_type->tp_name);
        return nullptr;
    }
    Object* self = tuple_get_item(args, 0);
    if (!is_instance_of(self, descriptor->d_type)) {
        err_format(exc::TypeError, "descriptor '%V' requires a '%.100s' object but received a '%.100s'", descriptor->d_name,
                   "?", descriptor->d_type->tp_name, self->type->tp_name);
        return nullptr;
    }
    auto rest = own(tuple_get_slice(args, 1, count));
    if (!rest) return nullptr;
    return wrapper_descriptor_raw_call(callable, self, rest.get(), descriptor->d_wrapped, kwargs);
}

// ---- attributes

Owned get_doc_of_method(Object* self, void*) {
    const MethodDef* method = static_cast<MethodDescriptorObject*>(self)->d_method;
    return doc_without_signature(method->name, method->doc);
}
Owned get_signature_of_method(Object* self, void*) {
    const MethodDef* method = static_cast<MethodDescriptorObject*>(self)->d_method;
    return text_signature(method->name, method->doc);
}
Owned doc_or_none(const char* doc) { return doc ? str_from_string(doc) : new_none(); }
Owned get_doc_of_member(Object* self, void*) {
    return doc_or_none(static_cast<MemberDescriptorObject*>(self)->d_member->doc);
}
Owned get_doc_of_getset(Object* self, void*) {
    return doc_or_none(static_cast<GetSetDescriptorObject*>(self)->d_getset->doc);
}
Owned get_doc_of_wrapper(Object* self, void*) {
    const SlotWrapper* base = static_cast<WrapperDescriptorObject*>(self)->d_base;
    return doc_without_signature(base->name, base->doc);
}
Owned get_signature_of_wrapper(Object* self, void*) {
    const SlotWrapper* base = static_cast<WrapperDescriptorObject*>(self)->d_base;
    return text_signature(base->name, base->doc);
}

Owned get_qualname(Object* self, void*) {
    auto* descriptor = as_descriptor(self);
    if (!descriptor->d_qualname) {
        if (!descriptor->d_name || !str_check(descriptor->d_name)) {
            return err_set_string(exc::TypeError, "<descriptor>.__name__ is not a unicode object");
        }
        auto type_text = own(object_get_attr(descriptor->d_type, ID(__qualname__)));
        if (!type_text) return nullptr;
        if (!str_check(type_text.get()))
            return err_set_string(exc::TypeError, "<descriptor>.__objclass__.__qualname__ is not a unicode object");
        descriptor->d_qualname = str_from_format("%S.%S", type_text.get(), descriptor->d_name);
    }
    return xnewref(descriptor->d_qualname);
}

Owned descriptor_reduce(Object* self, Object*) {
    auto* descriptor = as_descriptor(self);
    Object* getter = builtin_lookup(ID(getattr));
    if (!getter) return err_set_string(exc::RuntimeError, "lost builtins.getattr");
    auto arguments = own(tuple_pack({descriptor->d_type, descriptor->d_name}));
    return arguments ? tuple_pack({getter, arguments.get()}) : nullptr;
}

const MethodDef descriptor_methods[] = {
    method_def("__reduce__", descriptor_reduce, kMethNoargs),
    {},
};
const MemberDef descriptor_members[] = {
    {"__objclass__", MemberKind::kObject, offsetof(MethodDescriptorObject, d_type)},
    {"__name__", MemberKind::kObject, offsetof(MethodDescriptorObject, d_name)},
    {},
};
const GetSetDef method_getset[] = {
    {"__doc__", get_doc_of_method},
    {"__qualname__", get_qualname},
    {"__text_signature__", get_signature_of_method},
    {},
};
const GetSetDef member_getset[] = {
    {"__doc__", get_doc_of_member},
    {"__qualname__", get_qualname},
    {},
};
const GetSetDef getset_getset[] = {
    {"__doc__", get_doc_of_getset},
    {"__qualname__", get_qualname},
    {},
};
const GetSetDef wrapper_getset[] = {
    {"__doc__", get_doc_of_wrapper},
    {"__qualname__", get_qualname},
    {"__text_signature__", get_signature_of_wrapper},
    {},
};

Type descriptor_type_base(const char* name, size_t size, uint64_t flags, UnaryFn repr, TernaryFn get,
                          const GetSetDef* getset) {
    Type type = static_type(name, static_cast<intptr_t>(size), 0, kHaveGc | flags);
    type.tp_dealloc = descriptor_dealloc;
    type.tp_repr = repr;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = descriptor_traverse;
    type.tp_methods = descriptor_methods;
    type.tp_members = descriptor_members;
    type.tp_getset = getset;
    type.tp_descr_get = get;
    return type;
}

}  // namespace

Type method_descriptor_type = [] {
    Type type = descriptor_type_base("method_descriptor", sizeof(MethodDescriptorObject),
                                     kMethodDescriptor | kHaveVectorcall, method_repr, method_get, method_getset);
    type.tp_vectorcall_offset = offsetof(MethodDescriptorObject, vectorcall);
    type.tp_call = vectorcall_call;
    return type;
}();

Type class_method_descriptor_type = [] {
    Type type = descriptor_type_base("classmethod_descriptor", sizeof(MethodDescriptorObject), 0, method_repr,
                                     class_method_get, method_getset);
    type.tp_call = class_method_call;
    return type;
}();

Type member_descriptor_type = [] {
    Type type = descriptor_type_base("member_descriptor", sizeof(MemberDescriptorObject), 0, member_repr,
                                     member_descriptor_get, member_getset);
    type.tp_descr_set = member_descriptor_set;
    return type;
}();

Type getset_descriptor_type = [] {
    Type type = descriptor_type_base("getset_descriptor", sizeof(GetSetDescriptorObject), 0, getset_repr, getset_get,
                                     getset_getset);
    type.tp_descr_set = getset_set;
    return type;
}();

Type wrapper_descriptor_type = [] {
    Type type = descriptor_type_base("wrapper_descriptor", sizeof(WrapperDescriptorObject), kMethodDescriptor,
                                     wrapper_repr, wrapper_get, wrapper_getset);
    type.tp_call = wrapper_call;
    return type;
}();

Owned method_descriptor_new(Type* type, const MethodDef* method) {
    auto* descriptor =
        static_cast<MethodDescriptorObject*>(descriptor_make(&method_descriptor_type, type, method->name));
    if (descriptor) {
        descriptor->d_method = method;
        descriptor->vectorcall = method_vectorcall;
    }
    return descriptor;
}

Owned class_method_descriptor_new(Type* type, const MethodDef* method) {
    auto* descriptor =
        static_cast<MethodDescriptorObject*>(descriptor_make(&class_method_descriptor_type, type, method->name));
    if (descriptor) descriptor->d_method = method;
    return descriptor;
}

Owned member_descriptor_new(Type* type, const MemberDef* member) {
    auto* descriptor = static_cast<MemberDescriptorObject*>(descriptor_make(&member_descriptor_type, type, member->name));
    if (descriptor) descriptor->d_member = member;
    return descriptor;
}

Owned getset_descriptor_new(Type* type, const GetSetDef* getset) {
    auto* descriptor = static_cast<GetSetDescriptorObject*>(descriptor_make(&getset_descriptor_type, type, getset->name));
    if (descriptor) descriptor->d_getset = getset;
    return descriptor;
}

Owned wrapper_descriptor_new(Type* type, const SlotWrapper* base, void* wrapped) {
    auto* descriptor = static_cast<WrapperDescriptorObject*>(descriptor_make(&wrapper_descriptor_type, type, base->name));
    if (descriptor) {
        descriptor->d_base = base;
        descriptor->d_wrapped = wrapped;
    }
    return descriptor;
}

Owned wrapper_descriptor_raw_call(Object* descriptor, Object* self, Object* args, void* wrapped, Object* kwargs) {
    const SlotWrapper* base = static_cast<WrapperDescriptorObject*>(descriptor)->d_base;
    if (base->keywords) return reinterpret_cast<WrapperKeywordsFn>(base->wrapper)(self, args, wrapped, kwargs);
    if (kwargs && dict_size(kwargs) != 0) {
        err_format(exc::TypeError, "wrapper %s() takes no keyword arguments", base->name);
        return nullptr;
    }
    return reinterpret_cast<WrapperFn>(base->wrapper)(self, args, wrapped);
}

// ---- method-wrapper: a wrapper descriptor bound to its object

namespace {

struct MethodWrapperObject : Object {
    WrapperDescriptorObject* descriptor;
    Object* self;
};
MethodWrapperObject* as_wrapper(Object* object) { return static_cast<MethodWrapperObject*>(object); }

void bound_dealloc(Object* self) {
    gc_untrack(self);
    if (!trash_begin(self)) return;
    auto* wrapper = as_wrapper(self);
    xdecref(wrapper->descriptor);
    xdecref(wrapper->self);
    free_object(self);
    trash_end();
}

int bound_traverse(Object* self, Visit visit, void* context) {
    auto* wrapper = as_wrapper(self);
    RS_VISIT(wrapper->descriptor, Edge::field("descriptor"));
    RS_VISIT(wrapper->self, Edge::field("__self__"));
    return 0;
}

Owned bound_repr(Object* self) {
    auto* wrapper = as_wrapper(self);
    return str_from_format("<method-wrapper '%s' of %s object at %p>", wrapper->descriptor->d_base->name,
                           wrapper->self->type->tp_name, static_cast<void*>(wrapper->self));
}

Hash bound_hash(Object* self) {
    auto* wrapper = as_wrapper(self);
    Hash hash = hash_pointer(wrapper->self) ^ hash_pointer(wrapper->descriptor);
    return hash == -1 ? -2 : hash;
}

Owned bound_compare(Object* left, Object* right, int op) {
    if ((op != kEQ && op != kNE) || left->type != &method_wrapper_type || right->type != &method_wrapper_type)
        return new_not_implemented();
    bool equal = as_wrapper(left)->descriptor == as_wrapper(right)->descriptor &&
                 as_wrapper(left)->self == as_wrapper(right)->self;
    return bool_from(equal == (op == kEQ));
}

Owned bound_call(Object* self, Object* args, Object* kwargs) {
    auto* wrapper = as_wrapper(self);
    return wrapper_descriptor_raw_call(wrapper->descriptor, wrapper->self, args, wrapper->descriptor->d_wrapped, kwargs);
}

Owned bound_reduce(Object* self, Object*) {
    auto* wrapper = as_wrapper(self);
    Object* getter = builtin_lookup(ID(getattr));
    if (!getter) return err_set_string(exc::RuntimeError, "lost builtins.getattr");
    auto arguments = own(tuple_pack({wrapper->self, wrapper->descriptor->d_name}));
    return arguments ? tuple_pack({getter, arguments.get()}) : nullptr;
}
Owned bound_objclass(Object* self, void*) { return newref(as_wrapper(self)->descriptor->d_type); }
Owned bound_name(Object* self, void*) { return str_from_string(as_wrapper(self)->descriptor->d_base->name); }
Owned bound_doc(Object* self, void*) { return get_doc_of_wrapper(as_wrapper(self)->descriptor, nullptr); }
Owned bound_signature(Object* self, void*) { return get_signature_of_wrapper(as_wrapper(self)->descriptor, nullptr); }
Owned bound_qualname(Object* self, void*) { return get_qualname(as_wrapper(self)->descriptor, nullptr); }

const MemberDef bound_members[] = {
    {"__self__", MemberKind::kObject, offsetof(MethodWrapperObject, self)},
    {},
};
const GetSetDef bound_getset[] = {
    {"__objclass__", bound_objclass}, {"__name__", bound_name},   {"__qualname__", bound_qualname},
    {"__doc__", bound_doc},           {"__text_signature__", bound_signature}, {},
};
const MethodDef bound_methods[] = {
    method_def("__reduce__", bound_reduce, kMethNoargs),
    {},
};

}  // namespace

Type method_wrapper_type = [] {
    Type type = static_type("method-wrapper", sizeof(MethodWrapperObject), 0, kHaveGc);
    type.tp_dealloc = bound_dealloc;
    type.tp_repr = bound_repr;
    type.tp_hash = bound_hash;
    type.tp_call = bound_call;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = bound_traverse;
    type.tp_richcompare = bound_compare;
    type.tp_methods = bound_methods;
    type.tp_members = bound_members;
    type.tp_getset = bound_getset;
    return type;
}();

Owned method_wrapper_new(Object* descriptor, Object* self) {
    auto* wrapper = new_object<MethodWrapperObject>(&method_wrapper_type);
    if (!wrapper) return nullptr;
    wrapper->descriptor = static_cast<WrapperDescriptorObject*>(newref(descriptor));
    wrapper->self = newref(self);
    gc_track(wrapper);
    return wrapper;
}

int init_descriptor_types() {
    for (Type* type : {&method_descriptor_type, &class_method_descriptor_type, &member_descriptor_type,
                       &getset_descriptor_type, &wrapper_descriptor_type, &method_wrapper_type})
        if (type_ready(type) < 0) return -1;
    return 0;
}

}  // namespace refscope::vm
