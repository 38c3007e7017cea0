// The table of special methods, in the order of CPython's slotdefs (which shows in the order of a type's __dict__), the wrappers
// that call a slot from Python, and the two directions of keeping types' dicts and slots in step.
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/iterators.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slot_functions.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/type_internal.h"
#include "vm/objects/type_slots.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

// ---- wrappers: arguments from Python to a slot

namespace {

template <class F>
F as(void* wrapped) {
    return reinterpret_cast<F>(wrapped);
}

bool count_is(Object* args, intptr_t count) {
    intptr_t given = tuple_size(args);
    if (given == count) return true;
    err_format(exc::TypeError, "expected %zd argument%s, got %zd", count, count == 1 ? "" : "s", given);
    return false;
}
Object* argument(Object* args, intptr_t index) { return tuple_get_item(args, index); }

Owned wrap_unary(Object* self, Object* args, void* wrapped) {
    return count_is(args, 0) ? as<UnaryFn>(wrapped)(self) : nullptr;
}
Owned wrap_inquiry(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 0)) return nullptr;
    int result = as<InquiryFn>(wrapped)(self);
    return result == -1 && err_occurred() ? nullptr : bool_from(result != 0);
}
Owned wrap_len(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 0)) return nullptr;
    intptr_t result = as<LenFn>(wrapped)(self);
    return result < 0 && err_occurred() ? nullptr : int_from_ssize(result);
}
Owned wrap_hash(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 0)) return nullptr;
    Hash result = as<HashFn>(wrapped)(self);
    return result == -1 && err_occurred() ? nullptr : int_from_ssize(result);
}
Owned wrap_next(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 0)) return nullptr;
    Object* result = as<UnaryFn>(wrapped)(self);
    if (!result && !err_occurred()) err_set_none(exc::StopIteration);
    return result;
}
Owned wrap_binary(Object* self, Object* args, void* wrapped) {
    return count_is(args, 1) ? as<BinaryFn>(wrapped)(self, argument(args, 0)) : nullptr;
}
// Apart from wrap_binary, so that a subclass of list can tell `__add__` of sequences from that of numbers.
Owned wrap_binary_left(Object* self, Object* args, void* wrapped) { return wrap_binary(self, args, wrapped); }
Owned wrap_binary_reflected(Object* self, Object* args, void* wrapped) {
    return count_is(args, 1) ? as<BinaryFn>(wrapped)(argument(args, 0), self) : nullptr;
}
bool ternary_arguments(Object* args, Object** third) {
    intptr_t given = tuple_size(args);
    if (given < 1 || given > 2) {
        err_format(exc::TypeError, given < 1 ? "expected at least 1 argument, got %zd" : "expected at most 2 arguments, got %zd",
                   given);
        return false;
    }
    *third = given == 2 ? argument(args, 1) : none();
    return true;
}
Owned wrap_ternary(Object* self, Object* args, void* wrapped) {
    Object* third;
    return ternary_arguments(args, &third) ? as<TernaryFn>(wrapped)(self, argument(args, 0), third) : nullptr;
}
Owned wrap_ternary_reflected(Object* self, Object* args, void* wrapped) {
    Object* third;
    return ternary_arguments(args, &third) ? as<TernaryFn>(wrapped)(argument(args, 0), self, third) : nullptr;
}
Owned wrap_index_argument(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 1)) return nullptr;
    intptr_t index = number_as_ssize(argument(args, 0), &exc::OverflowError);
    if (index == -1 && err_occurred()) return nullptr;
    return as<IndexFn>(wrapped)(self, index);
}
// Negative indices count from the end.
intptr_t sequence_index(Object* self, Object* argument) {
    intptr_t index = number_as_ssize(argument, &exc::OverflowError);
    if (index == -1 && err_occurred()) return -1;
    if (index < 0 && self->type->sq_length) {
        intptr_t length = self->type->sq_length(self);
        if (length < 0) return -1;
        index += length;
    }
    return index;
}
Owned wrap_sq_item(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 1)) return nullptr;
    intptr_t index = sequence_index(self, argument(args, 0));
    if (index == -1 && err_occurred()) return nullptr;
    return as<IndexFn>(wrapped)(self, index);
}
Owned none_or_error(int result) { return result == -1 && err_occurred() ? nullptr : new_none(); }
Owned wrap_sq_set_item(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 2)) return nullptr;
    intptr_t index = sequence_index(self, argument(args, 0));
    if (index == -1 && err_occurred()) return nullptr;
    return none_or_error(as<AssignIndexFn>(wrapped)(self, index, argument(args, 1)));
}
Owned wrap_sq_del_item(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 1)) return nullptr;
    intptr_t index = sequence_index(self, argument(args, 0));
    if (index == -1 && err_occurred()) return nullptr;
    return none_or_error(as<AssignIndexFn>(wrapped)(self, index, nullptr));
}
Owned wrap_contains(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 1)) return nullptr;
    int result = as<ContainsFn>(wrapped)(self, argument(args, 0));
    return result == -1 && err_occurred() ? nullptr : bool_from(result != 0);
}
Owned wrap_set_item(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 2)) return nullptr;
    return none_or_error(as<AssignFn>(wrapped)(self, argument(args, 0), argument(args, 1)));
}
Owned wrap_del_item(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 1)) return nullptr;
    return none_or_error(as<AssignFn>(wrapped)(self, argument(args, 0), nullptr));
}

// object.__setattr__ must not be used to go round a static type's own check (hackcheck in CPython): the setattr of the nearest
// base that is not a Python class's must be the one called.
bool setattr_is_fitting(Object* self, AssignFn function, const char* what) {
    Object* mro = self->type->tp_mro;
    if (!mro) return true;
    // The base that defined the slot function which the type has; Python classes never define their own.
    Type* type = self->type;
    for (intptr_t index = tuple_size(mro) - 1; index >= 0; --index) {
        Type* base = as_type(tuple_get_item(mro, index));
        if (base->tp_setattro != slot_tp_setattro && base->tp_setattro == self->type->tp_setattro) {
            type = base;
            break;
        }
    }
    for (; type; type = type->tp_base) {
        if (type->tp_setattro == function) break;
        if (type->tp_setattro == slot_tp_setattro) continue;
        err_format(exc::TypeError, "can't apply this %s to %s object", what, type->tp_name);
        return false;
    }
    return true;
}
Owned wrap_setattr(Object* self, Object* args, void* wrapped) {
    auto function = as<AssignFn>(wrapped);
    if (!count_is(args, 2) || !setattr_is_fitting(self, function, "__setattr__")) return nullptr;
    return function(self, argument(args, 0), argument(args, 1)) < 0 ? nullptr : new_none();
}
Owned wrap_delattr(Object* self, Object* args, void* wrapped) {
    auto function = as<AssignFn>(wrapped);
    if (!count_is(args, 1) || !setattr_is_fitting(self, function, "__delattr__")) return nullptr;
    return function(self, argument(args, 0), nullptr) < 0 ? nullptr : new_none();
}

Owned wrap_call(Object* self, Object* args, void* wrapped, Object* kwargs) {
    return as<TernaryFn>(wrapped)(self, args, kwargs);
}
Owned wrap_init(Object* self, Object* args, void* wrapped, Object* kwargs) {
    return as<InitFn>(wrapped)(self, args, kwargs) < 0 ? nullptr : new_none();
}
Owned wrap_del(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 0)) return nullptr;
    as<DestructorFn>(wrapped)(self);
    return new_none();
}

template <int op>
Owned wrap_compare(Object* self, Object* args, void* wrapped) {
    return count_is(args, 1) ? as<CompareFn>(wrapped)(self, argument(args, 0), op) : nullptr;
}

Owned wrap_descr_get(Object* self, Object* args, void* wrapped) {
    intptr_t given = tuple_size(args);
    if (given < 1 || given > 2) {
        err_format(exc::TypeError, given < 1 ? "expected at least 1 argument, got %zd" : "expected at most 2 arguments, got %zd",
                   given);
        return nullptr;
    }
    Object* object = argument(args, 0);
    Object* type = given == 2 ? argument(args, 1) : nullptr;
    if (is_none(object)) object = nullptr;
    if (type && is_none(type)) type = nullptr;
    if (!type && !object) return err_set_string(exc::TypeError, "__get__(None, None) is invalid");
    return as<TernaryFn>(wrapped)(self, object, type);
}
Owned wrap_descr_set(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 2)) return nullptr;
    return as<AssignFn>(wrapped)(self, argument(args, 0), argument(args, 1)) < 0 ? nullptr : new_none();
}
Owned wrap_descr_delete(Object* self, Object* args, void* wrapped) {
    if (!count_is(args, 1)) return nullptr;
    return as<AssignFn>(wrapped)(self, argument(args, 0), nullptr) < 0 ? nullptr : new_none();
}

// ---- the table

template <class F>
void* address(F function) {
    if constexpr (std::is_null_pointer_v<F>) return nullptr;
    else return reinterpret_cast<void*>(function);
}

#define SLOT(name, field, function, wrapper, doc) \
    SlotWrapper{#name, offsetof(Type, field), address(function), address(wrapper), doc, false, nullptr}
#define SLOT_KEYWORDS(name, field, function, wrapper, doc) \
    SlotWrapper{#name, offsetof(Type, field), address(function), address(wrapper), doc, true, nullptr}
#define NO_WRAPPER(name, field, function) SlotWrapper{#name, offsetof(Type, field), address(function), nullptr, "", false, nullptr}
#define BINARY(name, field, operation) \
    SLOT(name, field, slot_##field, wrap_binary_left, #name "($self, value, /)\n--\n\nReturn self" operation "value.")
#define REFLECTED(name, field, operation) \
    SLOT(name, field, slot_##field, wrap_binary_reflected, #name "($self, value, /)\n--\n\nReturn value" operation "self.")
#define INPLACE(name, field, operation) \
    SLOT(name, field, slot_##field, wrap_binary, #name "($self, value, /)\n--\n\nReturn self" operation "value.")
#define UNARY(name, field, doc) SLOT(name, field, slot_##field, wrap_unary, #name "($self, /)\n--\n\n" doc)
#define COMPARE(name, op, operation)                                     \
    SLOT(name, tp_richcompare, slot_tp_richcompare, wrap_compare<op>,     \
         #name "($self, value, /)\n--\n\nReturn self" operation "value.")

constexpr std::nullptr_t kNoFunction = nullptr;

SlotWrapper slots[] = {
    SLOT(__repr__, tp_repr, slot_tp_repr, wrap_unary, "__repr__($self, /)\n--\n\nReturn repr(self)."),
    SLOT(__hash__, tp_hash, slot_tp_hash, wrap_hash, "__hash__($self, /)\n--\n\nReturn hash(self)."),
    SLOT_KEYWORDS(__call__, tp_call, slot_tp_call, wrap_call,
                  "__call__($self, /, *args, **kwargs)\n--\n\nCall self as a function."),
    SLOT(__str__, tp_str, slot_tp_str, wrap_unary, "__str__($self, /)\n--\n\nReturn str(self)."),
    SLOT(__getattribute__, tp_getattro, slot_tp_getattr_hook, wrap_binary,
         "__getattribute__($self, name, /)\n--\n\nReturn getattr(self, name)."),
    NO_WRAPPER(__getattr__, tp_getattro, slot_tp_getattr_hook),
    SLOT(__setattr__, tp_setattro, slot_tp_setattro, wrap_setattr,
         "__setattr__($self, name, value, /)\n--\n\nImplement setattr(self, name, value)."),
    SLOT(__delattr__, tp_setattro, slot_tp_setattro, wrap_delattr,
         "__delattr__($self, name, /)\n--\n\nImplement delattr(self, name)."),
    COMPARE(__lt__, kLT, "<"),
    COMPARE(__le__, kLE, "<="),
    COMPARE(__eq__, kEQ, "=="),
    COMPARE(__ne__, kNE, "!="),
    COMPARE(__gt__, kGT, ">"),
    COMPARE(__ge__, kGE, ">="),
    SLOT(__iter__, tp_iter, slot_tp_iter, wrap_unary, "__iter__($self, /)\n--\n\nImplement iter(self)."),
    SLOT(__next__, tp_iternext, slot_tp_iternext, wrap_next, "__next__($self, /)\n--\n\nImplement next(self)."),
    SLOT(__get__, tp_descr_get, slot_tp_descr_get, wrap_descr_get,
         "__get__($self, instance, owner=None, /)\n--\n\nReturn an attribute of instance, which is of type owner."),
    SLOT(__set__, tp_descr_set, slot_tp_descr_set, wrap_descr_set,
         "__set__($self, instance, value, /)\n--\n\nSet an attribute of instance to value."),
    SLOT(__delete__, tp_descr_set, slot_tp_descr_set, wrap_descr_delete,
         "__delete__($self, instance, /)\n--\n\nDelete an attribute of instance."),
    SLOT_KEYWORDS(__init__, tp_init, slot_tp_init, wrap_init,
                  "__init__($self, /, *args, **kwargs)\n--\n\nInitialize self.  See help(type(self)) for accurate signature."),
    NO_WRAPPER(__new__, tp_new, slot_tp_new),
    SLOT(__del__, tp_finalize, slot_tp_finalize, wrap_del, ""),
    SLOT(__await__, am_await, slot_am_await, wrap_unary,
         "__await__($self, /)\n--\n\nReturn an iterator to be used in await expression."),
    SLOT(__aiter__, am_aiter, slot_am_aiter, wrap_unary,
         "__aiter__($self, /)\n--\n\nReturn an awaitable, that resolves in asynchronous iterator."),
    SLOT(__anext__, am_anext, slot_am_anext, wrap_unary,
         "__anext__($self, /)\n--\n\nReturn a value or raise StopAsyncIteration."),
    BINARY(__add__, nb_add, "+"),
    REFLECTED(__radd__, nb_add, "+"),
    BINARY(__sub__, nb_subtract, "-"),
    REFLECTED(__rsub__, nb_subtract, "-"),
    BINARY(__mul__, nb_multiply, "*"),
    REFLECTED(__rmul__, nb_multiply, "*"),
    BINARY(__mod__, nb_remainder, "%"),
    REFLECTED(__rmod__, nb_remainder, "%"),
    SLOT(__divmod__, nb_divmod, slot_nb_divmod, wrap_binary_left, "__divmod__($self, value, /)\n--\n\nReturn divmod(self, value)."),
    SLOT(__rdivmod__, nb_divmod, slot_nb_divmod, wrap_binary_reflected,
         "__rdivmod__($self, value, /)\n--\n\nReturn divmod(value, self)."),
    SLOT(__pow__, nb_power, slot_nb_power, wrap_ternary,
         "__pow__($self, value, mod=None, /)\n--\n\nReturn pow(self, value, mod)."),
    SLOT(__rpow__, nb_power, slot_nb_power, wrap_ternary_reflected,
         "__rpow__($self, value, mod=None, /)\n--\n\nReturn pow(value, self, mod)."),
    UNARY(__neg__, nb_negative, "-self"),
    UNARY(__pos__, nb_positive, "+self"),
    UNARY(__abs__, nb_absolute, "abs(self)"),
    SLOT(__bool__, nb_bool, slot_nb_bool, wrap_inquiry, "__bool__($self, /)\n--\n\nTrue if self else False"),
    UNARY(__invert__, nb_invert, "~self"),
    BINARY(__lshift__, nb_lshift, "<<"),
    REFLECTED(__rlshift__, nb_lshift, "<<"),
    BINARY(__rshift__, nb_rshift, ">>"),
    REFLECTED(__rrshift__, nb_rshift, ">>"),
    BINARY(__and__, nb_and, "&"),
    REFLECTED(__rand__, nb_and, "&"),
    BINARY(__xor__, nb_xor, "^"),
    REFLECTED(__rxor__, nb_xor, "^"),
    BINARY(__or__, nb_or, "|"),
    REFLECTED(__ror__, nb_or, "|"),
    UNARY(__int__, nb_int, "int(self)"),
    UNARY(__float__, nb_float, "float(self)"),
    INPLACE(__iadd__, nb_inplace_add, "+="),
    INPLACE(__isub__, nb_inplace_subtract, "-="),
    INPLACE(__imul__, nb_inplace_multiply, "*="),
    INPLACE(__imod__, nb_inplace_remainder, "%="),
    SLOT(__ipow__, nb_inplace_power, slot_nb_inplace_power, wrap_ternary,
         "__ipow__($self, value, /)\n--\n\nReturn self**=value."),
    INPLACE(__ilshift__, nb_inplace_lshift, "<<="),
    INPLACE(__irshift__, nb_inplace_rshift, ">>="),
    INPLACE(__iand__, nb_inplace_and, "&="),
    INPLACE(__ixor__, nb_inplace_xor, "^="),
    INPLACE(__ior__, nb_inplace_or, "|="),
    BINARY(__floordiv__, nb_floor_divide, "//"),
    REFLECTED(__rfloordiv__, nb_floor_divide, "//"),
    BINARY(__truediv__, nb_true_divide, "/"),
    REFLECTED(__rtruediv__, nb_true_divide, "/"),
    INPLACE(__ifloordiv__, nb_inplace_floor_divide, "//="),
    INPLACE(__itruediv__, nb_inplace_true_divide, "/="),
    SLOT(__index__, nb_index, slot_nb_index, wrap_unary,
         "__index__($self, /)\n--\n\nReturn self converted to an integer, if self is suitable for use as an index into a list."),
    BINARY(__matmul__, nb_matrix_multiply, "@"),
    REFLECTED(__rmatmul__, nb_matrix_multiply, "@"),
    INPLACE(__imatmul__, nb_inplace_matrix_multiply, "@="),
    SLOT(__len__, mp_length, slot_sq_length, wrap_len, "__len__($self, /)\n--\n\nReturn len(self)."),
    SLOT(__getitem__, mp_subscript, slot_mp_subscript, wrap_binary, "__getitem__($self, key, /)\n--\n\nReturn self[key]."),
    SLOT(__setitem__, mp_ass_subscript, slot_mp_ass_subscript, wrap_set_item,
         "__setitem__($self, key, value, /)\n--\n\nSet self[key] to value."),
    SLOT(__delitem__, mp_ass_subscript, slot_mp_ass_subscript, wrap_del_item,
         "__delitem__($self, key, /)\n--\n\nDelete self[key]."),
    SLOT(__len__, sq_length, slot_sq_length, wrap_len, "__len__($self, /)\n--\n\nReturn len(self)."),
    SLOT(__add__, sq_concat, kNoFunction, wrap_binary, "__add__($self, value, /)\n--\n\nReturn self+value."),
    SLOT(__mul__, sq_repeat, kNoFunction, wrap_index_argument, "__mul__($self, value, /)\n--\n\nReturn self*value."),
    SLOT(__rmul__, sq_repeat, kNoFunction, wrap_index_argument, "__rmul__($self, value, /)\n--\n\nReturn value*self."),
    SLOT(__getitem__, sq_item, slot_sq_item, wrap_sq_item, "__getitem__($self, key, /)\n--\n\nReturn self[key]."),
    SLOT(__setitem__, sq_ass_item, slot_sq_ass_item, wrap_sq_set_item,
         "__setitem__($self, key, value, /)\n--\n\nSet self[key] to value."),
    SLOT(__delitem__, sq_ass_item, slot_sq_ass_item, wrap_sq_del_item,
         "__delitem__($self, key, /)\n--\n\nDelete self[key]."),
    SLOT(__contains__, sq_contains, slot_sq_contains, wrap_contains,
         "__contains__($self, key, /)\n--\n\nReturn key in self."),
    SLOT(__iadd__, sq_inplace_concat, kNoFunction, wrap_binary, "__iadd__($self, value, /)\n--\n\nImplement self+=value."),
    SLOT(__imul__, sq_inplace_repeat, kNoFunction, wrap_index_argument,
         "__imul__($self, value, /)\n--\n\nImplement self*=value."),
};
constexpr size_t kSlotCount = sizeof(slots) / sizeof(slots[0]);

void name_slots() {
    if (slots[0].name_object) return;
    for (SlotWrapper& slot : slots) slot.name_object = str_immortal_name(slot.name);
}

void*& slot_of(Type* type, size_t offset) {
    return *reinterpret_cast<void**>(reinterpret_cast<char*>(type) + offset);
}

// Where several slots have one name: the only one that the type fills in, or nullptr.
void** resolve_duplicates(Type* type, Object* name) {
    void** result = nullptr;
    for (const SlotWrapper& slot : slots) {
        if (slot.name_object != name) continue;
        void** pointer = &slot_of(type, slot.offset);
        if (!*pointer) continue;
        if (result) return nullptr;
        result = pointer;
    }
    return result;
}

// Sets the slot that slots[index] and those after it with the same offset are about; the index behind them.
size_t update_one_slot(Type* type, size_t index) {
    size_t offset = slots[index].offset;
    void** pointer = &slot_of(type, offset);
    void *specific = nullptr, *generic = nullptr;
    bool use_generic = false;
    for (; index < kSlotCount && slots[index].offset == offset; ++index) {
        const SlotWrapper& slot = slots[index];
        int error;
        Object* found = find_name_in_mro(type, slot.name_object, &error);
        if (!found) {
            if (error) err_clear();
            if (offset == offsetof(Type, tp_iternext)) specific = address(object_next_not_implemented);
            continue;
        }
        if (is_type(found, &wrapper_descriptor_type) &&
            static_cast<WrapperDescriptorObject*>(found)->d_base->name_object == slot.name_object) {
            auto* descriptor = static_cast<WrapperDescriptorObject*>(found);
            void** only = resolve_duplicates(type, slot.name_object);
            if (!only || only == pointer) generic = slot.function;
            if ((!specific || specific == descriptor->d_wrapped) && descriptor->d_base->wrapper == slot.wrapper &&
                type_is_subtype(type, descriptor->d_type)) {
                specific = descriptor->d_wrapped;
            } else {
                use_generic = true;
            }
        } else if (is_type(found, &builtin_function_type) &&
                   static_cast<BuiltinFunctionObject*>(found)->m_ml == &tp_new_method_def && offset == offsetof(Type, tp_new)) {
            specific = address(type->tp_new);
        } else if (is_none(found) && offset == offsetof(Type, tp_hash)) {
            specific = address(object_hash_not_implemented);
        } else {
            use_generic = true;
            generic = slot.function;
            if (slot.function == address(slot_tp_call)) type->tp_flags &= ~uint64_t{kHaveVectorcall};
        }
    }
    *pointer = specific && !use_generic ? specific : generic;
    return index;
}

// The slots that depend on `name`, here and in every subclass that does not define the name itself.
void update_slots_named(Type* type, Object* name) {
    for (size_t index = 0; index < kSlotCount;) {
        size_t end = index;
        bool concerned = false;
        while (end < kSlotCount && slots[end].offset == slots[index].offset) concerned |= slots[end++].name_object == name;
        if (concerned) update_one_slot(type, index);
        index = end;
    }
    if (!type->tp_subclasses) return;
    intptr_t position = 0;
    Object *key, *reference;
    while (dict_next(type->tp_subclasses, &position, &key, &reference)) {
        Object* subclass = weakref_get_object(reference);
        if (!type_check(subclass)) continue;
        Object* dict = as_type(subclass)->tp_dict;
        if (dict && dict_check(dict) && dict_contains(dict, name) > 0) continue;
        update_slots_named(as_type(subclass), name);
    }
}

}  // namespace

bool is_special_name(Object* name) {
    intptr_t length = str_length(name);
    if (length < 4 || str_kind(name) != 1) return false;
    const uint8_t* text = str_latin1(name);
    return text[0] == '_' && text[1] == '_' && text[length - 1] == '_' && text[length - 2] == '_';
}

int type_add_operators(Type* type) {
    name_slots();
    for (const SlotWrapper& slot : slots) {
        if (!slot.wrapper) continue;
        void* function = slot_of(type, slot.offset);
        if (!function) continue;
        int known = dict_contains(type->tp_dict, slot.name_object);
        if (known < 0) return -1;
        if (known) continue;
        if (function == address(object_hash_not_implemented)) {
            // Classes may prevent the inheritance of the tp_hash slot by saying so.
            if (dict_set_item(type->tp_dict, slot.name_object, none()) < 0) return -1;
            continue;
        }
        auto descriptor = own(wrapper_descriptor_new(type, &slot, function));
        if (!descriptor || dict_set_item(type->tp_dict, slot.name_object, descriptor.get()) < 0) return -1;
    }
    return 0;
}

void type_fixup_slots(Type* type) {
    name_slots();
    for (size_t index = 0; index < kSlotCount;) index = update_one_slot(type, index);
}

int type_update_slot(Type* type, Object* name) {
    bool known = false;
    for (const SlotWrapper& slot : slots) known = known || slot.name_object == name;
    if (known) update_slots_named(type, name);
    return 0;
}

void type_update_all_slots(Type* type) {
    type_modified(type);
    for (const SlotWrapper& slot : slots) update_slots_named(type, slot.name_object);
}

}  // namespace refscope::vm
