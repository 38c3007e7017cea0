// The generic slot functions: what a slot of a Python class does, by calling the special method found on the type. They take
// and hold references as CPython 3.11's do, so that a count read inside a special method agrees.
#include "vm/objects/type_slots.h"

#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/iterators.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slot_functions.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Owned call_found(Object* method, bool unbound, Object* const* args, size_t count) {
    if (unbound) return object_vectorcall(method, args, count, nullptr);
    return object_vectorcall(method, args + 1, (count - 1) | kVectorcallArgumentsOffset, nullptr);
}

// args[0] is self. AttributeError when the type has no such method.
Owned call_method(Object* name, Object* const* args, size_t count) {
    bool unbound;
    auto method = own(object_lookup_maybe_method(args[0], name, &unbound));
    if (!method) {
        if (!err_occurred()) err_set_object(&exc::AttributeError, name);
        return nullptr;
    }
    return call_found(method.get(), unbound, args, count);
}

// NotImplemented when the type has no such method.
Owned call_maybe(Object* name, Object* const* args, size_t count) {
    bool unbound;
    auto method = own(object_lookup_maybe_method(args[0], name, &unbound));
    if (!method) return err_occurred() ? nullptr : new_not_implemented();
    return call_found(method.get(), unbound, args, count);
}

}  // namespace

Owned object_call_special(Object* self, Object* name, Object* const* args, size_t count) {
    Object* all[4] = {self};
    RS_CHECK(count < 4, "a special method of more than three arguments");
    for (size_t index = 0; index < count; ++index) all[index + 1] = args[index];
    bool unbound;
    auto method = own(object_lookup_maybe_method(self, name, &unbound));
    return method ? call_found(method.get(), unbound, all, count + 1) : nullptr;
}

#define SLOT0(function, name)                    \
    Owned function(Object* self) {               \
        Object* stack[1] = {self};               \
        return call_method(ID(name), stack, 1);  \
    }
#define SLOT1(function, name)                        \
    Owned function(Object* self, Object* argument) { \
        Object* stack[2] = {self, argument};         \
        return call_method(ID(name), stack, 2);      \
    }

namespace {
bool method_is_overloaded(Object* left, Object* right, Object* name) {
    Object* in_right = nullptr;
    int found = object_lookup_attr(right->type, name, &in_right);
    if (found <= 0) {
        if (found < 0) err_clear();
        return false;
    }
    auto right_method = own(in_right);
    Object* in_left = nullptr;
    found = object_lookup_attr(left->type, name, &in_left);
    if (found <= 0) {
        if (found < 0) err_clear();
        return found == 0;
    }
    auto left_method = own(in_left);
    int different = object_rich_compare_bool(left_method.get(), right_method.get(), kNE);
    if (different < 0) {
        err_clear();
        return false;
    }
    return different != 0;
}

using SlotBinary = Owned (*)(Object*, Object*);
Owned binary_slot(Object* self, Object* other, Object* name, Object* reflected, SlotBinary Type::*slot, SlotBinary mine) {
    bool do_other = self->type != other->type && other->type->*slot == mine;
    if (self->type->*slot == mine) {
        if (do_other && type_is_subtype(other->type, self->type)) {
            if (method_is_overloaded(self, other, reflected)) {
                Object* stack[2] = {other, self};
                Object* result = call_maybe(reflected, stack, 2);
                if (result != not_implemented()) return result;
                decref(result);
                do_other = false;
            }
        }
        Object* stack[2] = {self, other};
        Object* result = call_maybe(name, stack, 2);
        if (result != not_implemented() || other->type == self->type) return result;
        decref(result);
    }
    if (do_other) {
        Object* stack[2] = {other, self};
        return call_maybe(reflected, stack, 2);
    }
    return new_not_implemented();
}
}  // namespace

#define SLOT_BINARY(field, name, reflected)                                              \
    Owned slot_##field(Object* self, Object* other) {                                    \
        return binary_slot(self, other, ID(name), ID(reflected), &Type::field, slot_##field); \
    }

Owned slot_tp_repr(Object* self) {
    bool unbound;
    auto method = own(object_lookup_maybe_method(self, ID(__repr__), &unbound));
    if (method) {
        Object* stack[1] = {self};
        return call_found(method.get(), unbound, stack, 1);
    }
    err_clear();
    return str_from_format("<%s object at %p>", self->type->tp_name, static_cast<void*>(self));
}
SLOT0(slot_tp_str, __str__)

Hash slot_tp_hash(Object* self) {
    bool unbound;
    auto method = own(object_lookup_maybe_method(self, ID(__hash__), &unbound));
    if (is_none(method.get())) method.reset();
    if (!method) return object_hash_not_implemented(self);
    Object* stack[1] = {self};
    auto result = own(call_found(method.get(), unbound, stack, 1));
    if (!result) return -1;
    if (!int_check(result.get())) {
        err_set_string(exc::TypeError, "__hash__ method should return an integer");
        return -1;
    }
    // The value if it fits, else its hash.
    int overflow;
    Hash hash = int_as_int64_overflow(result.get(), &overflow);
    if (overflow) hash = int_hash(result.get());
    if (hash == -1) hash = -2;
    return hash;
}

Owned slot_tp_call(Object* self, Object* args, Object* kwargs) {
    bool unbound;
    auto method = own(object_lookup_maybe_method(self, ID(__call__), &unbound));
    if (!method) {
        if (!err_occurred()) err_set_object(&exc::AttributeError, ID(__call__));
        return nullptr;
    }
    if (!unbound) return object_call(method.get(), args, kwargs);
    // self goes in front of the arguments.
    intptr_t count = tuple_size(args);
    constexpr intptr_t kOnStack = 8;
    Object* small[kOnStack];
    Object** stack = small;
    if (count + 1 > kOnStack) {
        stack = static_cast<Object**>(allocate_block(static_cast<size_t>(count + 1) * sizeof(Object*)));
        if (!stack) return nullptr;
    }
    stack[0] = self;
    std::memcpy(stack + 1, tuple_items(args), static_cast<size_t>(count) * sizeof(Object*));
    Object* result = object_vectorcall_dict(method.get(), stack, static_cast<size_t>(count + 1), kwargs);
    if (stack != small) free_block(stack);
    return result;
}

// There are two: this one looks at __getattribute__ and __getattr__; when there is no __getattr__ the slot becomes the simpler one.
SLOT1(slot_tp_getattro, __getattribute__)

namespace {
// Through a bound method, always: it holds one reference more than a direct call would.
Owned call_attribute(Object* self, Object* method, Object* name) {
    TernaryFn get = method->type->tp_descr_get;
    if (!get) return object_call_onearg(method, name);
    auto bound = own(get(method, self, self->type));
    return bound ? object_call_onearg(bound.get(), name) : nullptr;
}
}  // namespace

Owned slot_tp_getattr_hook(Object* self, Object* name) {
    Type* type = self->type;
    Object* getattr = type_lookup(type, ID(__getattr__));
    if (!getattr) {
        type->tp_getattro = slot_tp_getattro;
        return slot_tp_getattro(self, name);
    }
    auto getattr_held = share(getattr);
    Object* getattribute = type_lookup(type, ID(__getattribute__));
    Object* result;
    if (!getattribute || (is_type(getattribute, &wrapper_descriptor_type) &&
                          static_cast<WrapperDescriptorObject*>(getattribute)->d_wrapped ==
                              reinterpret_cast<void*>(object_generic_get_attr))) {
        result = object_generic_get_attr_with_dict(self, name, nullptr, true);
        if (!result && err_occurred() && err_matches(exc::AttributeError)) err_clear();
        else if (!result && err_occurred()) return nullptr;
    } else {
        result = call_attribute(self, getattribute, name);
        if (!result) {
            if (!err_matches(exc::AttributeError)) return nullptr;
            err_clear();
        }
    }
    return result ? result : call_attribute(self, getattr, name);
}

int slot_tp_setattro(Object* self, Object* name, Object* value) {
    Object* result;
    if (!value) {
        Object* stack[2] = {self, name};
        result = call_method(ID(__delattr__), stack, 2);
    } else {
        Object* stack[3] = {self, name, value};
        result = call_method(ID(__setattr__), stack, 3);
    }
    if (!result) return -1;
    decref(result);
    return 0;
}

Owned slot_tp_richcompare(Object* self, Object* other, int op) {
    static Object* const names[] = {ID(__lt__), ID(__le__), ID(__eq__), ID(__ne__), ID(__gt__), ID(__ge__)};
    bool unbound;
    auto method = own(object_lookup_maybe_method(self, names[op], &unbound));
    if (!method) {
        err_clear();
        return new_not_implemented();
    }
    Object* stack[2] = {self, other};
    return call_found(method.get(), unbound, stack, 2);
}

Owned slot_tp_iter(Object* self) {
    bool unbound;
    auto method = own(object_lookup_maybe_method(self, ID(__iter__), &unbound));
    if (is_none(method.get())) {
        err_format(exc::TypeError, "'%.200s' object is not iterable", self->type->tp_name);
        return nullptr;
    }
    if (method) {
        Object* stack[1] = {self};
        return call_found(method.get(), unbound, stack, 1);
    }
    err_clear();
    method.reset_steal(object_lookup_maybe_method(self, ID(__getitem__), &unbound));
    if (!method) {
        err_format(exc::TypeError, "'%.200s' object is not iterable", self->type->tp_name);
        return nullptr;
    }
    method.reset();
    return sequence_iterator_new(self);
}
SLOT0(slot_tp_iternext, __next__)

Owned slot_tp_descr_get(Object* self, Object* object, Object* type) {
    Type* self_type = self->type;
    Object* get = type_lookup(self_type, ID(__get__));
    if (!get) {
        if (self_type->tp_descr_get == slot_tp_descr_get) self_type->tp_descr_get = nullptr;
        return newref(self);
    }
    if (!object) object = none();
    if (!type) type = none();
    Object* stack[3] = {self, object, type};
    return object_vectorcall(get, stack, 3, nullptr);
}

int slot_tp_descr_set(Object* self, Object* target, Object* value) {
    Object* result;
    if (!value) {
        Object* stack[2] = {self, target};
        result = call_method(ID(__delete__), stack, 2);
    } else {
        Object* stack[3] = {self, target, value};
        result = call_method(ID(__set__), stack, 3);
    }
    if (!result) return -1;
    decref(result);
    return 0;
}

int slot_tp_init(Object* self, Object* args, Object* kwargs) {
    bool unbound;
    auto method = own(object_lookup_maybe_method(self, ID(__init__), &unbound));
    if (!method) {
        if (!err_occurred()) err_set_object(&exc::AttributeError, ID(__init__));
        return -1;
    }
    Object* result;
    if (unbound) {
        intptr_t count = tuple_size(args);
        constexpr intptr_t kOnStack = 8;
        Object* small[kOnStack];
        Object** stack = small;
        if (count + 1 > kOnStack) {
            stack = static_cast<Object**>(allocate_block(static_cast<size_t>(count + 1) * sizeof(Object*)));
            if (!stack) return -1;
        }
        stack[0] = self;
        std::memcpy(stack + 1, tuple_items(args), static_cast<size_t>(count) * sizeof(Object*));
        result = kwargs ? object_vectorcall_dict(method.get(), stack, static_cast<size_t>(count + 1), kwargs)
                        : object_vectorcall(method.get(), stack, static_cast<size_t>(count + 1), nullptr);
        if (stack != small) free_block(stack);
    } else {
        result = object_call(method.get(), args, kwargs);
    }
    if (!result) return -1;
    if (result != none()) {
        err_format(exc::TypeError, "__init__() should return None, not '%.200s'", result->type->tp_name);
        decref(result);
        return -1;
    }
    decref(result);
    return 0;
}

Owned slot_tp_new(Type* type, Object* args, Object* kwargs) {
    auto function = own(object_get_attr(type, ID(__new__)));
    if (!function) return nullptr;
    intptr_t count = tuple_size(args);
    constexpr intptr_t kOnStack = 8;
    Object* small[kOnStack];
    Object** stack = small;
    if (count + 1 > kOnStack) {
        stack = static_cast<Object**>(allocate_block(static_cast<size_t>(count + 1) * sizeof(Object*)));
        if (!stack) return nullptr;
    }
    stack[0] = type;
    std::memcpy(stack + 1, tuple_items(args), static_cast<size_t>(count) * sizeof(Object*));
    Object* result = object_vectorcall_dict(function.get(), stack, static_cast<size_t>(count + 1), kwargs);
    if (stack != small) free_block(stack);
    return result;
}

void slot_tp_finalize(Object* self) {
    // A pending exception outlives the finalizer.
    auto pending = own(err_fetch());
    bool unbound;
    auto method = own(object_lookup_maybe_method(self, ID(__del__), &unbound));
    if (method) {
        Object* stack[1] = {self};
        Object* result = call_found(method.get(), unbound, stack, 1);
        if (!result) err_write_unraisable(method.get());
        else decref(result);
    }
    method.reset();
    err_restore(pending.release());
}

SLOT0(slot_am_await, __await__)
SLOT0(slot_am_aiter, __aiter__)
SLOT0(slot_am_anext, __anext__)

SLOT_BINARY(nb_add, __add__, __radd__)
SLOT_BINARY(nb_subtract, __sub__, __rsub__)
SLOT_BINARY(nb_multiply, __mul__, __rmul__)
SLOT_BINARY(nb_matrix_multiply, __matmul__, __rmatmul__)
SLOT_BINARY(nb_remainder, __mod__, __rmod__)
SLOT_BINARY(nb_divmod, __divmod__, __rdivmod__)
SLOT_BINARY(nb_lshift, __lshift__, __rlshift__)
SLOT_BINARY(nb_rshift, __rshift__, __rrshift__)
SLOT_BINARY(nb_and, __and__, __rand__)
SLOT_BINARY(nb_xor, __xor__, __rxor__)
SLOT_BINARY(nb_or, __or__, __ror__)
SLOT_BINARY(nb_floor_divide, __floordiv__, __rfloordiv__)
SLOT_BINARY(nb_true_divide, __truediv__, __rtruediv__)

namespace {
Owned slot_nb_power_binary(Object* self, Object* other) {
    // The power slot has three arguments; the same dance as binary_slot.
    auto mine = slot_nb_power;
    bool do_other = self->type != other->type && other->type->nb_power == mine;
    if (self->type->nb_power == mine) {
        if (do_other && type_is_subtype(other->type, self->type) && method_is_overloaded(self, other, ID(__rpow__))) {
            Object* stack[2] = {other, self};
            Object* result = call_maybe(ID(__rpow__), stack, 2);
            if (result != not_implemented()) return result;
            decref(result);
            do_other = false;
        }
        Object* stack[2] = {self, other};
        Object* result = call_maybe(ID(__pow__), stack, 2);
        if (result != not_implemented() || other->type == self->type) return result;
        decref(result);
    }
    if (do_other) {
        Object* stack[2] = {other, self};
        return call_maybe(ID(__rpow__), stack, 2);
    }
    return new_not_implemented();
}
}  // namespace

Owned slot_nb_power(Object* self, Object* other, Object* modulus) {
    if (is_none(modulus)) return slot_nb_power_binary(self, other);
    // Three-argument power does not use __rpow__. It may be called with self not of a class with the slot.
    if (self->type->nb_power == slot_nb_power) {
        Object* stack[3] = {self, other, modulus};
        return call_method(ID(__pow__), stack, 3);
    }
    return new_not_implemented();
}

SLOT0(slot_nb_negative, __neg__)
SLOT0(slot_nb_positive, __pos__)
SLOT0(slot_nb_absolute, __abs__)
SLOT0(slot_nb_invert, __invert__)
SLOT0(slot_nb_int, __int__)
SLOT0(slot_nb_float, __float__)
SLOT0(slot_nb_index, __index__)

int slot_nb_bool(Object* self) {
    bool unbound, from_len = false;
    auto method = own(object_lookup_maybe_method(self, ID(__bool__), &unbound));
    if (!method) {
        if (err_occurred()) return -1;
        method.reset_steal(object_lookup_maybe_method(self, ID(__len__), &unbound));
        if (!method) return err_occurred() ? -1 : 1;
        from_len = true;
    }
    Object* stack[1] = {self};
    auto value = own(call_found(method.get(), unbound, stack, 1));
    if (!value) return -1;
    if (from_len) return object_is_true(value.get());
    if (bool_check(value.get())) return value.get() == py_true();
    err_format(exc::TypeError, "__bool__ should return bool, returned %s", value->type->tp_name);
    return -1;
}

SLOT1(slot_nb_inplace_add, __iadd__)
SLOT1(slot_nb_inplace_subtract, __isub__)
SLOT1(slot_nb_inplace_multiply, __imul__)
SLOT1(slot_nb_inplace_matrix_multiply, __imatmul__)
SLOT1(slot_nb_inplace_remainder, __imod__)
SLOT1(slot_nb_inplace_lshift, __ilshift__)
SLOT1(slot_nb_inplace_rshift, __irshift__)
SLOT1(slot_nb_inplace_and, __iand__)
SLOT1(slot_nb_inplace_xor, __ixor__)
SLOT1(slot_nb_inplace_or, __ior__)
SLOT1(slot_nb_inplace_floor_divide, __ifloordiv__)
SLOT1(slot_nb_inplace_true_divide, __itruediv__)
Owned slot_nb_inplace_power(Object* self, Object* other, Object*) {
    Object* stack[2] = {self, other};
    return call_method(ID(__ipow__), stack, 2);
}

intptr_t slot_sq_length(Object* self) {
    Object* stack[1] = {self};
    auto result = own(call_method(ID(__len__), stack, 1));
    if (!result) return -1;
    result.reset_steal(number_index(result.get()));
    if (!result) return -1;
    if (int_sign(result.get()) < 0) {
        err_set_string(exc::ValueError, "__len__() should return >= 0");
        return -1;
    }
    return number_as_ssize(result.get(), &exc::OverflowError);
}

Owned slot_sq_item(Object* self, intptr_t index) {
    auto position = own(int_from_ssize(index));
    if (!position) return nullptr;
    Object* stack[2] = {self, position.get()};
    return call_method(ID(__getitem__), stack, 2);
}

int slot_sq_ass_item(Object* self, intptr_t index, Object* value) {
    auto position = own(int_from_ssize(index));
    if (!position) return -1;
    return slot_mp_ass_subscript(self, position.get(), value);
}

int slot_sq_contains(Object* self, Object* value) {
    bool unbound;
    auto method = own(object_lookup_maybe_method(self, ID(__contains__), &unbound));
    if (is_none(method.get())) {
        err_format(exc::TypeError, "'%.200s' object is not a container", self->type->tp_name);
        return -1;
    }
    if (method) {
        Object* stack[2] = {self, value};
        auto result = own(call_found(method.get(), unbound, stack, 2));
        return result ? object_is_true(result.get()) : -1;
    }
    if (err_occurred()) return -1;
    return sequence_iter_search(self, value, kIterContains) > 0 ? 1 : (err_occurred() ? -1 : 0);
}

SLOT1(slot_mp_subscript, __getitem__)

int slot_mp_ass_subscript(Object* self, Object* key, Object* value) {
    Object* result;
    if (!value) {
        Object* stack[2] = {self, key};
        result = call_method(ID(__delitem__), stack, 2);
    } else {
        Object* stack[3] = {self, key, value};
        result = call_method(ID(__setitem__), stack, 3);
    }
    if (!result) return -1;
    decref(result);
    return 0;
}

}  // namespace refscope::vm
