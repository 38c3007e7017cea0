// weakref.proxy: every operation goes to the referent, which is held while the operation runs.
#include <cstddef>

#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref_slots.h"

namespace refscope::vm {

namespace {

bool alive(Object* proxy) {
    if (!is_none(weakref_get_object(proxy))) return true;
    err_set_string(exc::ReferenceError, "weakly-referenced object no longer exists");
    return false;
}

// The referent when the operand is a proxy, else the operand itself; empty: ReferenceError is pending.
Ref<> unwrap(Object* operand) {
    if (!weakref_check_proxy(operand)) return share(operand);
    if (!alive(operand)) return nullptr;
    return share(weakref_get_object(operand));
}

template <UnaryFn kOperation>
Owned unary(Object* self) {
    Ref<> referent = unwrap(self);
    return referent ? kOperation(referent.get()) : nullptr;
}
template <BinaryFn kOperation>
Owned binary(Object* left, Object* right) {
    Ref<> a = unwrap(left);
    if (!a) return nullptr;
    Ref<> b = unwrap(right);
    return b ? kOperation(a.get(), b.get()) : nullptr;
}
template <TernaryFn kOperation>
Owned ternary(Object* first, Object* second, Object* third) {
    Ref<> a = unwrap(first);
    if (!a) return nullptr;
    Ref<> b = unwrap(second);
    if (!b) return nullptr;
    Ref<> c;
    if (third && !(c = unwrap(third))) return nullptr;
    return kOperation(a.get(), b.get(), c.get());
}

Owned proxy_repr(Object* self) {
    Object* referent = weakref_get_object(self);
    return str_from_format("<weakproxy at %p to %s at %p>", static_cast<void*>(self), referent->type->tp_name,
                           static_cast<void*>(referent));
}
int proxy_setattr(Object* self, Object* name, Object* value) {
    Ref<> referent = unwrap(self);
    return referent ? object_set_attr(referent.get(), name, value) : -1;
}
Owned proxy_compare(Object* left, Object* right, int op) {
    Ref<> a = unwrap(left);
    if (!a) return nullptr;
    Ref<> b = unwrap(right);
    return b ? object_rich_compare(a.get(), b.get(), op) : nullptr;
}
int proxy_bool(Object* self) {
    Ref<> referent = unwrap(self);
    return referent ? object_is_true(referent.get()) : -1;
}
int proxy_contains(Object* self, Object* item) {
    Ref<> referent = unwrap(self);
    return referent ? sequence_contains(referent.get(), item) : -1;
}
intptr_t proxy_length(Object* self) {
    Ref<> referent = unwrap(self);
    return referent ? object_size(referent.get()) : -1;
}
int proxy_set_item(Object* self, Object* key, Object* value) {
    Ref<> referent = unwrap(self);
    if (!referent) return -1;
    return value ? object_set_item(referent.get(), key, value) : object_del_item(referent.get(), key);
}
Owned proxy_iternext(Object* self) {
    Ref<> referent = unwrap(self);
    if (!referent) return nullptr;
    if (!iter_check(referent.get())) {
        return err_format(exc::TypeError, "Weakref proxy referenced a non-iterator '%.200s' object",
                          referent->type->tp_name);
    }
    return iter_next(referent.get());
}
Owned proxy_bytes(Object* self, Object*) {
    Ref<> referent = unwrap(self);
    return referent ? object_call_method(referent.get(), ID(__bytes__)) : nullptr;
}
Owned proxy_reversed(Object* self, Object*) {
    Ref<> referent = unwrap(self);
    return referent ? object_call_method(referent.get(), ID(__reversed__)) : nullptr;
}

void proxy_dealloc(Object* self) {
    gc_untrack(self);
    weakref_unlink(self);
    type_generic_free(self);
}

const MethodDef proxy_methods[] = {method_def("__bytes__", proxy_bytes, kMethNoargs),
                                   method_def("__reversed__", proxy_reversed, kMethNoargs),
                                   {nullptr, nullptr, 0}};

Type make_proxy_type(const char* name, bool callable) {
    Type type = static_type(name, sizeof(WeakrefObject), 0, kHaveGc);
    type.tp_dealloc = proxy_dealloc;
    type.tp_repr = proxy_repr;
    type.tp_str = unary<object_str>;
    type.tp_hash = object_hash_not_implemented;
    if (callable) type.tp_call = ternary<object_call>;
    type.tp_getattro = binary<object_get_attr>;
    type.tp_setattro = proxy_setattr;
    type.tp_traverse = weakref_traverse;
    type.tp_clear = weakref_tp_clear;
    type.tp_richcompare = proxy_compare;
    type.tp_iter = unary<object_get_iter>;
    type.tp_iternext = proxy_iternext;
    type.tp_methods = proxy_methods;

    type.nb_add = binary<number_add>;
    type.nb_subtract = binary<number_subtract>;
    type.nb_multiply = binary<number_multiply>;
    type.nb_remainder = binary<number_remainder>;
    type.nb_divmod = binary<number_divmod>;
    type.nb_power = ternary<number_power>;
    type.nb_negative = unary<number_negative>;
    type.nb_positive = unary<number_positive>;
    type.nb_absolute = unary<number_absolute>;
    type.nb_bool = proxy_bool;
    type.nb_invert = unary<number_invert>;
    type.nb_lshift = binary<number_lshift>;
    type.nb_rshift = binary<number_rshift>;
    type.nb_and = binary<number_and>;
    type.nb_xor = binary<number_xor>;
    type.nb_or = binary<number_or>;
    type.nb_int = unary<number_int>;
    type.nb_float = unary<number_float>;
    type.nb_inplace_add = binary<number_inplace_add>;
    type.nb_inplace_subtract = binary<number_inplace_subtract>;
    type.nb_inplace_multiply = binary<number_inplace_multiply>;
    type.nb_inplace_remainder = binary<number_inplace_remainder>;
    type.nb_inplace_power = ternary<number_inplace_power>;
    type.nb_inplace_lshift = binary<number_inplace_lshift>;
    type.nb_inplace_rshift = binary<number_inplace_rshift>;
    type.nb_inplace_and = binary<number_inplace_and>;
    type.nb_inplace_xor = binary<number_inplace_xor>;
    type.nb_inplace_or = binary<number_inplace_or>;
    type.nb_floor_divide = binary<number_floor_divide>;
    type.nb_true_divide = binary<number_true_divide>;
    type.nb_inplace_floor_divide = binary<number_inplace_floor_divide>;
    type.nb_inplace_true_divide = binary<number_inplace_true_divide>;
    type.nb_index = unary<number_index>;
    type.nb_matrix_multiply = binary<number_matrix_multiply>;
    type.nb_inplace_matrix_multiply = binary<number_inplace_matrix_multiply>;

    type.sq_length = proxy_length;
    type.sq_contains = proxy_contains;
    type.mp_length = proxy_length;
    type.mp_subscript = binary<object_get_item>;
    type.mp_ass_subscript = proxy_set_item;
    return type;
}

}  // namespace

Type weakref_proxy_type = make_proxy_type("weakref.ProxyType", false);
Type weakref_callable_proxy_type = make_proxy_type("weakref.CallableProxyType", true);

}  // namespace refscope::vm
