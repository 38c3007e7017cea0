#include "vm/objects/builtin_function.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
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

// Names the call for audit and holder views while the function's C++ code runs; the recursion limit counts it.
class NativeScope {
  public:
    NativeScope(Object* callable, Object* const* args, intptr_t count)
        : call_{callable, args, static_cast<size_t>(count), native_references.next, thread->native},
          entered_(enter()) {
        if (entered_) thread->native = &call_;
    }
    ~NativeScope() {
        if (!entered_) return;
        thread->native = call_.previous;
        leave_recursive_call();
    }
    NativeScope(const NativeScope&) = delete;
    NativeScope& operator=(const NativeScope&) = delete;
    bool entered() const { return entered_; }

  private:
    static bool enter() {
        if (RS_UNLIKELY(thread->recursion_remaining <= 0 || stack_is_low())) {
            return enter_recursive_call(" while calling a Python object");
        }
        --thread->recursion_remaining;
        return true;
    }

    NativeCall call_;
    bool entered_;
};

bool refuses_keywords(Object* callable, Object* kwnames) {
    if (!kwnames || tuple_size(kwnames) == 0) return false;
    auto text = own(object_function_str(callable));
    if (text) err_format(exc::TypeError, "%U takes no keyword arguments", text.get());
    return true;
}

}  // namespace

Owned call_method_def(Object* callable, const MethodDef* method, Object* self, Object* const* args, intptr_t nargs,
                      Object* kwnames) {
    switch (method->flags & (kMethVarargs | kMethKeywords | kMethNoargs | kMethO | kMethFastcall)) {
        case kMethNoargs: {
            if (refuses_keywords(callable, kwnames)) return nullptr;
            if (nargs != 0) {
                auto text = own(object_function_str(callable));
                if (text) err_format(exc::TypeError, "%U takes no arguments (%zd given)", text.get(), nargs);
                return nullptr;
            }
            NativeScope scope(callable, args, nargs);
            if (!scope.entered()) return nullptr;
            return reinterpret_cast<BinaryFn>(method->function)(self, nullptr);
        }
        case kMethO: {
            if (refuses_keywords(callable, kwnames)) return nullptr;
            if (nargs != 1) {
                auto text = own(object_function_str(callable));
                if (text) err_format(exc::TypeError, "%U takes exactly one argument (%zd given)", text.get(), nargs);
                return nullptr;
            }
            NativeScope scope(callable, args, nargs);
            if (!scope.entered()) return nullptr;
            return reinterpret_cast<BinaryFn>(method->function)(self, args[0]);
        }
        case kMethFastcall: {
            if (refuses_keywords(callable, kwnames)) return nullptr;
            NativeScope scope(callable, args, nargs);
            if (!scope.entered()) return nullptr;
            return reinterpret_cast<FastcallFn>(method->function)(self, args, nargs);
        }
        case kMethFastcall | kMethKeywords: {
            NativeScope scope(callable, args, nargs + (kwnames ? tuple_size(kwnames) : 0));
            if (!scope.entered()) return nullptr;
            return reinterpret_cast<FastcallKeywordsFn>(method->function)(self, args, nargs, kwnames);
        }
        case kMethVarargs: {
            if (refuses_keywords(callable, kwnames)) return nullptr;
            auto tuple = own(tuple_from_array(args, nargs));
            if (!tuple) return nullptr;
            NativeScope scope(callable, args, nargs);
            if (!scope.entered()) return nullptr;
            return reinterpret_cast<BinaryFn>(method->function)(self, tuple.get());
        }
        case kMethVarargs | kMethKeywords: {
            auto tuple = own(tuple_from_array(args, nargs));
            if (!tuple) return nullptr;
            Ref<> kwargs;
            if (kwnames && tuple_size(kwnames) > 0) {
                kwargs = own(dict_from_items(tuple_items(kwnames), 1, args + nargs, 1, tuple_size(kwnames)));
                if (!kwargs) return nullptr;
            }
            NativeScope scope(callable, args, nargs);
            if (!scope.entered()) return nullptr;
            return reinterpret_cast<TernaryFn>(method->function)(self, tuple.get(), kwargs.get());
        }
        default: break;
    }
    err_format(exc::SystemError, "%s() method: bad call flags", method->name);
    return nullptr;
}

namespace {

BuiltinFunctionObject* as_builtin(Object* object) { return static_cast<BuiltinFunctionObject*>(object); }
Object* self_argument(BuiltinFunctionObject* function) {
    return function->m_ml->flags & kMethStatic ? nullptr : function->m_self;
}

Owned function_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto* function = as_builtin(callable);
    return call_method_def(callable, function->m_ml, self_argument(function), args,
                           static_cast<intptr_t>(vectorcall_nargs(nargsf)), kwnames);
}

void function_dealloc(Object* self) {
    gc_untrack(self);
    if (!trash_begin(self)) return;
    auto* function = as_builtin(self);
    if (function->m_weakreflist) object_clear_weakrefs(self);
    if (self->type == &builtin_method_type) xdecref(static_cast<BuiltinMethodObject*>(self)->mm_class);
    xdecref(function->m_self);
    xdecref(function->m_module);
    free_object(self);
    trash_end();
}

int function_traverse(Object* self, Visit visit, void* context) {
    auto* function = as_builtin(self);
    if (self->type == &builtin_method_type)
        RS_VISIT(static_cast<BuiltinMethodObject*>(self)->mm_class, Edge::field("defining class"));
    RS_VISIT(function->m_self, Edge::field("__self__"));
    RS_VISIT(function->m_module, Edge::field("__module__"));
    return 0;
}

Owned function_repr(Object* self) {
    auto* function = as_builtin(self);
    Object* owner = self_argument(function);
    if (!owner || module_check(owner)) return str_from_format("<built-in function %s>", function->m_ml->name);
    return str_from_format("<built-in method %s of %s object at %p>", function->m_ml->name, owner->type->tp_name,
                           static_cast<void*>(owner));
}

Owned function_compare(Object* left, Object* right, int op) {
    if ((op != kEQ && op != kNE) || !builtin_function_check(left) || !builtin_function_check(right))
        return new_not_implemented();
    bool equal = as_builtin(left)->m_self == as_builtin(right)->m_self &&
                 as_builtin(left)->m_ml->function == as_builtin(right)->m_ml->function;
    return bool_from(equal == (op == kEQ));
}

Hash function_hash(Object* self) {
    auto* function = as_builtin(self);
    Hash hash = hash_pointer(function->m_self) ^ hash_pointer(function->m_ml->function);
    return hash == -1 ? -2 : hash;
}

Owned get_doc(Object* self, void*) {
    const MethodDef* method = as_builtin(self)->m_ml;
    return doc_without_signature(method->name, method->doc);
}
Owned get_signature(Object* self, void*) {
    const MethodDef* method = as_builtin(self)->m_ml;
    return text_signature(method->name, method->doc);
}
Owned get_name(Object* self, void*) { return str_from_string(as_builtin(self)->m_ml->name); }
Owned get_qualname(Object* self, void*) {
    auto* function = as_builtin(self);
    Object* owner = function->m_self;
    if (!owner || module_check(owner)) return str_from_string(function->m_ml->name);
    Object* type = type_check(owner) ? owner : owner->type;
    auto qualname = own(object_get_attr(type, ID(__qualname__)));
    if (!qualname) return nullptr;
    if (!str_check(qualname.get()))
        return err_set_string(exc::TypeError, "<method>.__class__.__qualname__ is not a unicode object");
    return str_from_format("%S.%s", qualname.get(), function->m_ml->name);
}
Owned get_self(Object* self, void*) {
    Object* owner = self_argument(as_builtin(self));
    return newref(owner ? owner : none());
}
Owned function_reduce(Object* self, Object*) {
    auto* function = as_builtin(self);
    if (!function->m_self || module_check(function->m_self)) return str_from_string(function->m_ml->name);
    Object* getter = builtin_lookup(ID(getattr));
    if (!getter) return err_set_string(exc::RuntimeError, "lost builtins.getattr");
    auto name = own(str_from_string(function->m_ml->name));
    auto arguments = own(name ? tuple_pack({function->m_self, name.get()}) : nullptr);
    return arguments ? tuple_pack({getter, arguments.get()}) : nullptr;
}

const GetSetDef function_getset[] = {
    {"__doc__", get_doc},   {"__name__", get_name}, {"__qualname__", get_qualname},
    {"__self__", get_self}, {"__text_signature__", get_signature}, {},
};
const MemberDef function_members[] = {
    {"__module__", MemberKind::kObject, offsetof(BuiltinFunctionObject, m_module), false},
    {},
};
const MethodDef function_methods[] = {
    method_def("__reduce__", function_reduce, kMethNoargs),
    {},
};

Type make_type(const char* name, size_t size) {
    Type type = static_type(name, static_cast<intptr_t>(size), 0, kHaveGc | kHaveVectorcall);
    type.tp_dealloc = function_dealloc;
    type.tp_vectorcall_offset = offsetof(BuiltinFunctionObject, vectorcall);
    type.tp_repr = function_repr;
    type.tp_hash = function_hash;
    type.tp_call = vectorcall_call;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = function_traverse;
    type.tp_richcompare = function_compare;
    type.tp_weaklistoffset = offsetof(BuiltinFunctionObject, m_weakreflist);
    type.tp_methods = function_methods;
    type.tp_members = function_members;
    type.tp_getset = function_getset;
    return type;
}

}  // namespace

Type builtin_function_type = make_type("builtin_function_or_method", sizeof(BuiltinFunctionObject));
Type builtin_method_type = [] {
    Type type = make_type("builtin_method", sizeof(BuiltinMethodObject));
    type.tp_base = &builtin_function_type;
    return type;
}();

Owned builtin_function_new(const MethodDef* method, Object* self, Object* module) {
    auto* function = new_object<BuiltinFunctionObject>(&builtin_function_type);
    if (!function) return nullptr;
    function->m_ml = method;
    function->m_self = xnewref(self);
    function->m_module = xnewref(module);
    function->vectorcall = function_vectorcall;
    gc_track(function);
    return function;
}

Owned builtin_method_new(const MethodDef* method, Object* self, Object* module, Type* defining_class) {
    auto* function = new_object<BuiltinMethodObject>(&builtin_method_type);
    if (!function) return nullptr;
    function->m_ml = method;
    function->m_self = xnewref(self);
    function->m_module = xnewref(module);
    function->mm_class = newref(defining_class);
    function->vectorcall = function_vectorcall;
    gc_track(function);
    return function;
}

int init_builtin_function_types() {
    if (type_ready(&builtin_function_type) < 0) return -1;
    return type_ready(&builtin_method_type);
}

}  // namespace refscope::vm
