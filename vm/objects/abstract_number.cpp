// Arithmetic on any objects (PyNumber_*): which operand's slot is asked first, sequences' + and *, in-place forms, conversions.
#include "vm/objects/abstract.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/complex.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

using BinarySlot = BinaryFn Type::*;

// The result, or NotImplemented (a new reference).
Owned binary_operation(Object* left, Object* right, BinarySlot slot) {
    BinaryFn left_slot = left->type->*slot;
    BinaryFn right_slot = nullptr;
    if (left->type != right->type) {
        right_slot = right->type->*slot;
        if (right_slot == left_slot) right_slot = nullptr;
    }
    if (left_slot) {
        // A subclass's operation goes before its base's.
        if (right_slot && type_is_subtype(right->type, left->type)) {
            Object* result = right_slot(left, right);
            if (result != not_implemented()) return result;
            decref(result);
            right_slot = nullptr;
        }
        Object* result = left_slot(left, right);
        if (result != not_implemented()) return result;
        decref(result);
    }
    if (right_slot) {
        Object* result = right_slot(left, right);
        if (result != not_implemented()) return result;
        decref(result);
    }
    return new_not_implemented();
}

Owned raise_operands(Object* left, Object* right, const char* operation) {
    err_format(exc::TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", operation,
               left->type->tp_name, right->type->tp_name);
    return nullptr;
}

Owned binary(Object* left, Object* right, BinarySlot slot, const char* operation) {
    Object* result = binary_operation(left, right, slot);
    if (result != not_implemented()) return result;
    decref(result);
    return raise_operands(left, right, operation);
}

Owned inplace_operation(Object* left, Object* right, BinarySlot inplace, BinarySlot slot) {
    if (BinaryFn function = left->type->*inplace) {
        Object* result = function(left, right);
        if (result != not_implemented()) return result;
        decref(result);
    }
    return binary_operation(left, right, slot);
}

Owned inplace(Object* left, Object* right, BinarySlot inplace_slot, BinarySlot slot, const char* operation) {
    Object* result = inplace_operation(left, right, inplace_slot, slot);
    if (result != not_implemented()) return result;
    decref(result);
    return raise_operands(left, right, operation);
}

Owned repeat(IndexFn function, Object* sequence, Object* count) {
    if (!index_check(count)) {
        err_format(exc::TypeError, "can't multiply sequence by non-int of type '%.200s'", count->type->tp_name);
        return nullptr;
    }
    intptr_t times = number_as_ssize(count, &exc::OverflowError);
    if (times == -1 && err_occurred()) return nullptr;
    return function(sequence, times);
}

// The three-argument slot, asked of both operands and, for pow with a modulus, of the third.
Owned ternary(Object* left, Object* right, Object* third, const char* operation, TernaryFn first) {
    using Slot = TernaryFn Type::*;
    constexpr Slot slot = &Type::nb_power;
    TernaryFn left_slot = first;
    TernaryFn right_slot = nullptr;
    if (left->type != right->type) {
        right_slot = right->type->*slot;
        if (right_slot == left_slot) right_slot = nullptr;
    }
    if (left_slot) {
        if (right_slot && type_is_subtype(right->type, left->type)) {
            Object* result = right_slot(left, right, third);
            if (result != not_implemented()) return result;
            decref(result);
            right_slot = nullptr;
        }
        Object* result = left_slot(left, right, third);
        if (result != not_implemented()) return result;
        decref(result);
    }
    if (right_slot) {
        Object* result = right_slot(left, right, third);
        if (result != not_implemented()) return result;
        decref(result);
    }
    TernaryFn third_slot = third->type->*slot;
    if (third_slot && third_slot != left_slot && third_slot != right->type->*slot) {
        Object* result = third_slot(left, right, third);
        if (result != not_implemented()) return result;
        decref(result);
    }
    if (is_none(third))
        err_format(exc::TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", operation,
                   left->type->tp_name, right->type->tp_name);
    else
        err_format(exc::TypeError, "unsupported operand type(s) for %.100s: '%.100s', '%.100s', '%.100s'", operation,
                   left->type->tp_name, right->type->tp_name, third->type->tp_name);
    return nullptr;
}

}  // namespace

Owned number_add(Object* left, Object* right) {
    Object* result = binary_operation(left, right, &Type::nb_add);
    if (result != not_implemented()) return result;
    decref(result);
    if (BinaryFn concat = left->type->sq_concat) return concat(left, right);
    return raise_operands(left, right, "+");
}

Owned number_multiply(Object* left, Object* right) {
    Object* result = binary_operation(left, right, &Type::nb_multiply);
    if (result != not_implemented()) return result;
    decref(result);
    if (left->type->sq_repeat) return repeat(left->type->sq_repeat, left, right);
    if (right->type->sq_repeat) return repeat(right->type->sq_repeat, right, left);
    return raise_operands(left, right, "*");
}

#define BINARY(name, slot, text) \
    Owned number_##name(Object* left, Object* right) { return binary(left, right, &Type::slot, text); }
BINARY(subtract, nb_subtract, "-")
BINARY(matrix_multiply, nb_matrix_multiply, "@")
BINARY(true_divide, nb_true_divide, "/")
BINARY(floor_divide, nb_floor_divide, "//")
BINARY(remainder, nb_remainder, "%")
BINARY(divmod, nb_divmod, "divmod()")
BINARY(lshift, nb_lshift, "<<")
BINARY(and, nb_and, "&")
BINARY(or, nb_or, "|")
BINARY(xor, nb_xor, "^")
#undef BINARY

Owned number_rshift(Object* left, Object* right) {
    Object* result = binary_operation(left, right, &Type::nb_rshift);
    if (result != not_implemented()) return result;
    decref(result);
    if (left->type->tp_name == std::string_view("builtin_function_or_method")) {
        auto name = own(object_get_attr(left, ID(__name__)));
        if (!name) err_clear();
        else if (str_check(name.get()) && str_equal_ascii(name.get(), "print")) {
            err_format(exc::TypeError,
                       "unsupported operand type(s) for >>: '%.100s' and '%.100s'. Did you mean \"print(<message>, "
                       "file=<output_stream>)\"?",
                       left->type->tp_name, right->type->tp_name);
            return nullptr;
        }
    }
    return raise_operands(left, right, ">>");
}

Owned number_power(Object* left, Object* right, Object* modulus) {
    return ternary(left, right, modulus, "** or pow()", left->type->nb_power);
}

#define INPLACE(name, slot, text)                                                          \
    Owned number_inplace_##name(Object* left, Object* right) {                              \
        return inplace(left, right, &Type::nb_inplace_##slot, &Type::nb_##slot, text);       \
    }
INPLACE(subtract, subtract, "-=")
INPLACE(matrix_multiply, matrix_multiply, "@=")
INPLACE(true_divide, true_divide, "/=")
INPLACE(floor_divide, floor_divide, "//=")
INPLACE(remainder, remainder, "%=")
INPLACE(lshift, lshift, "<<=")
INPLACE(rshift, rshift, ">>=")
INPLACE(and, and, "&=")
INPLACE(or, or, "|=")
INPLACE(xor, xor, "^=")
#undef INPLACE

Owned number_inplace_add(Object* left, Object* right) {
    Object* result = inplace_operation(left, right, &Type::nb_inplace_add, &Type::nb_add);
    if (result != not_implemented()) return result;
    decref(result);
    BinaryFn concat = left->type->sq_inplace_concat ? left->type->sq_inplace_concat : left->type->sq_concat;
    if (concat) return concat(left, right);
    return raise_operands(left, right, "+=");
}

Owned number_inplace_multiply(Object* left, Object* right) {
    Object* result = inplace_operation(left, right, &Type::nb_inplace_multiply, &Type::nb_multiply);
    if (result != not_implemented()) return result;
    decref(result);
    IndexFn function = left->type->sq_inplace_repeat ? left->type->sq_inplace_repeat : left->type->sq_repeat;
    if (function) return repeat(function, left, right);
    if (right->type->sq_repeat) return repeat(right->type->sq_repeat, right, left);
    return raise_operands(left, right, "*=");
}

Owned number_inplace_power(Object* left, Object* right, Object* modulus) {
    if (TernaryFn function = left->type->nb_inplace_power) {
        Object* result = function(left, right, modulus);
        if (result != not_implemented()) return result;
        decref(result);
    }
    return ternary(left, right, modulus, "**=", left->type->nb_power);
}

Owned number_negative(Object* object) {
    if (UnaryFn function = object->type->nb_negative) return function(object);
    err_format(exc::TypeError, "bad operand type for unary -: '%.200s'", object->type->tp_name);
    return nullptr;
}
Owned number_positive(Object* object) {
    if (UnaryFn function = object->type->nb_positive) return function(object);
    err_format(exc::TypeError, "bad operand type for unary +: '%.200s'", object->type->tp_name);
    return nullptr;
}
Owned number_invert(Object* object) {
    if (UnaryFn function = object->type->nb_invert) return function(object);
    err_format(exc::TypeError, "bad operand type for unary ~: '%.200s'", object->type->tp_name);
    return nullptr;
}
Owned number_absolute(Object* object) {
    if (UnaryFn function = object->type->nb_absolute) return function(object);
    err_format(exc::TypeError, "bad operand type for abs(): '%.200s'", object->type->tp_name);
    return nullptr;
}

bool index_check(Object* object) { return object->type->nb_index != nullptr; }
bool number_check(Object* object) {
    Type* type = object->type;
    return type->nb_index || type->nb_int || type->nb_float || complex_check(object);
}

namespace {

// What __index__ gives, an int of any class.
Owned index_of(Object* object) {
    if (int_check(object)) return newref(object);
    if (!index_check(object)) {
        err_format(exc::TypeError, "'%.200s' object cannot be interpreted as an integer", object->type->tp_name);
        return nullptr;
    }
    auto result = own(object->type->nb_index(object));
    if (!result || int_check_exact(result.get())) return result.release();
    if (!int_check(result.get())) {
        err_format(exc::TypeError, "__index__ returned non-int (type %.200s)", result->type->tp_name);
        return nullptr;
    }
    if (err_warn(exc::DeprecationWarning, 1,
                 "__index__ returned non-int (type %.200s).  The ability to return an instance of a strict subclass of int is "
                 "deprecated, and may not be supported in a future version of Python.",
                 result->type->tp_name) < 0)
        return nullptr;
    return result.release();
}

}  // namespace

Owned number_index(Object* object) {
    auto index = own(index_of(object));
    if (!index || int_check_exact(index.get())) return index.release();
    auto zero = own(int_from_int(0));
    return zero ? int_add(index.get(), zero.get()) : nullptr;
}

intptr_t number_as_ssize(Object* object, Type* overflow_error) {
    auto value = own(index_of(object));
    if (!value) return -1;
    int overflow;
    int64_t result = int_as_int64_overflow(value.get(), &overflow);
    if (!overflow) return result;
    if (!overflow_error) return overflow < 0 ? INTPTR_MIN : INTPTR_MAX;
    err_format(*overflow_error, "cannot fit '%.200s' into an index-sized integer", object->type->tp_name);
    return -1;
}

namespace {

// An exact int of what a conversion method gave; warns when that is a subclass's instance.
Owned exact_int(Object* stolen, const char* method) {
    auto value = own(stolen);
    if (!value || int_check_exact(value.get())) return value.release();
    if (!int_check(value.get())) {
        err_format(exc::TypeError, "%s returned non-int (type %.200s)", method, value->type->tp_name);
        return nullptr;
    }
    if (err_warn(exc::DeprecationWarning, 1,
                 "%s returned non-int (type %.200s).  The ability to return an instance of a strict subclass of int is "
                 "deprecated, and may not be supported in a future version of Python.",
                 method, value->type->tp_name) < 0)
        return nullptr;
    auto zero = own(int_from_int(0));
    return zero ? int_add(value.get(), zero.get()) : nullptr;
}

}  // namespace

Owned number_int(Object* object) {
    if (int_check_exact(object)) return newref(object);
    if (UnaryFn function = object->type->nb_int) return exact_int(function(object), "__int__");
    if (object->type->nb_index) return exact_int(index_of(object), "__index__");
    auto method = own(object_lookup_special(object, ID(__trunc__)));
    if (method) {
        if (err_warn(exc::DeprecationWarning, 1, "The delegation of int() to __trunc__ is deprecated.") < 0) return nullptr;
        auto result = own(object_call_noargs(method.get()));
        if (!result || int_check_exact(result.get())) return result.release();
        if (!index_check(result.get())) {
            err_format(exc::TypeError, "__trunc__ returned non-Integral (type %.200s)", result->type->tp_name);
            return nullptr;
        }
        return exact_int(index_of(result.get()), "__index__");
    }
    if (err_occurred()) return nullptr;
    if (str_check(object)) return int_from_str_object(object, 10);
    if (bytes_check(object))
        return int_from_string(std::string_view(static_cast<BytesObject*>(object)->data,
                                                static_cast<size_t>(static_cast<BytesObject*>(object)->size)),
                               10);
    if (bytearray_check(object))
        return int_from_string(std::string_view(bytearray_data(object), static_cast<size_t>(bytearray_size(object))), 10);
    if (buffer_check(object)) {
        // The buffer is given back before the digits are read, as a failure names them in a message of its own.
        std::string digits;
        bool lent;
        {
            BufferHold buffer;
            lent = buffer.get(object);
            if (lent) digits.assign(buffer.data(), static_cast<size_t>(buffer.size()));
        }
        if (lent) return int_from_string(digits, 10);
    }
    err_format(exc::TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%.200s'",
               object->type->tp_name);
    return nullptr;
}

Owned number_float(Object* object) {
    if (float_check_exact(object)) return newref(object);
    if (UnaryFn function = object->type->nb_float) {
        auto result = own(function(object));
        if (!result || float_check_exact(result.get())) return result.release();
        if (!float_check(result.get())) {
            err_format(exc::TypeError, "%.50s.__float__ returned non-float (type %.50s)", object->type->tp_name,
                       result->type->tp_name);
            return nullptr;
        }
        if (err_warn(exc::DeprecationWarning, 1,
                     "%.50s.__float__ returned non-float (type %.50s).  The ability to return an instance of a strict "
                     "subclass of float is deprecated, and may not be supported in a future version of Python.",
                     object->type->tp_name, result->type->tp_name) < 0)
            return nullptr;
        return float_new(float_value(result.get()));
    }
    if (object->type->nb_index) {
        auto index = own(number_index(object));
        if (!index) return nullptr;
        double value = int_as_double(index.get());
        return value == -1.0 && err_occurred() ? nullptr : float_new(value);
    }
    if (float_check(object)) return float_new(float_value(object));
    return float_from_string(object);
}

}  // namespace refscope::vm
