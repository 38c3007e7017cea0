#include "vm/objects/complex.h"

#include <cerrno>
#include <cmath>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/base/bigint.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/format.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

ComplexValue value_of(Object* object) { return static_cast<ComplexObject*>(object)->value; }

ComplexValue multiply(ComplexValue a, ComplexValue b) {
    return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
}

// Smith's method; errno is EDOM for division by zero.
ComplexValue divide(ComplexValue a, ComplexValue b) {
    double abs_real = std::fabs(b.real), abs_imaginary = std::fabs(b.imaginary);
    if (abs_real >= abs_imaginary) {
        if (abs_real == 0.0) {
            errno = EDOM;
            return {0, 0};
        }
        double ratio = b.imaginary / b.real, denominator = b.real + b.imaginary * ratio;
        return {(a.real + a.imaginary * ratio) / denominator, (a.imaginary - a.real * ratio) / denominator};
    }
    if (abs_imaginary >= abs_real) {
        double ratio = b.real / b.imaginary, denominator = b.real * ratio + b.imaginary;
        return {(a.real * ratio + a.imaginary) / denominator, (a.imaginary * ratio - a.real) / denominator};
    }
    return {std::nan(""), std::nan("")};
}

double absolute_value(ComplexValue z) {
    errno = 0;
    if (!std::isfinite(z.real) || !std::isfinite(z.imaginary)) {
        if (std::isinf(z.real)) return std::fabs(z.real);
        if (std::isinf(z.imaginary)) return std::fabs(z.imaginary);
        return std::nan("");
    }
    double result = std::hypot(z.real, z.imaginary);
    if (!std::isfinite(result)) errno = ERANGE;
    else errno = 0;
    return result;
}

ComplexValue power(ComplexValue a, ComplexValue b) {
    if (b.real == 0. && b.imaginary == 0.) return {1., 0.};
    if (a.real == 0. && a.imaginary == 0.) {
        if (b.imaginary != 0. || b.real < 0.) errno = EDOM;
        return {0., 0.};
    }
    double magnitude = std::hypot(a.real, a.imaginary), length = std::pow(magnitude, b.real);
    double angle = std::atan2(a.imaginary, a.real), phase = angle * b.real;
    if (b.imaginary != 0.0) {
        length *= std::exp(-angle * b.imaginary);
        phase += b.imaginary * std::log(magnitude);
    }
    return {length * std::cos(phase), length * std::sin(phase)};
}

ComplexValue integer_power(ComplexValue base, long exponent) {
    ComplexValue result{1., 0.}, square = base;
    for (unsigned long n = static_cast<unsigned long>(exponent < 0 ? -exponent : exponent); n; n >>= 1) {
        if (n & 1) result = multiply(result, square);
        square = multiply(square, square);
    }
    return exponent < 0 ? divide({1., 0.}, result) : result;
}

bool operand(Object* object, ComplexValue* value, Owned* failed) {
    if (complex_check(object)) {
        *value = value_of(object);
        return true;
    }
    value->imaginary = 0.0;
    if (int_check(object)) {
        value->real = int_as_double(object);
        *failed = nullptr;
        return !(value->real == -1.0 && err_occurred());
    }
    if (float_check(object)) {
        value->real = float_value(object);
        return true;
    }
    *failed = new_not_implemented();
    return false;
}

#define RS_COMPLEX_OPERANDS(a, b)                 \
    ComplexValue a, b;                            \
    Owned failed;                                 \
    if (!operand(left, &a, &failed)) return failed; \
    if (!operand(right, &b, &failed)) return failed

Owned complex_add(Object* left, Object* right) {
    RS_COMPLEX_OPERANDS(a, b);
    return complex_new({a.real + b.real, a.imaginary + b.imaginary});
}
Owned complex_subtract(Object* left, Object* right) {
    RS_COMPLEX_OPERANDS(a, b);
    return complex_new({a.real - b.real, a.imaginary - b.imaginary});
}
Owned complex_multiply(Object* left, Object* right) {
    RS_COMPLEX_OPERANDS(a, b);
    return complex_new(multiply(a, b));
}
Owned complex_divide(Object* left, Object* right) {
    RS_COMPLEX_OPERANDS(a, b);
    errno = 0;
    ComplexValue quotient = divide(a, b);
    if (errno == EDOM) return err_set_string(exc::ZeroDivisionError, "complex division by zero");
    return complex_new(quotient);
}
Owned complex_power(Object* left, Object* right, Object* modulus) {
    RS_COMPLEX_OPERANDS(a, b);
    if (!is_none(modulus)) return err_set_string(exc::ValueError, "complex modulo");
    errno = 0;
    ComplexValue result;
    if (b.imaginary == 0.0 && b.real == std::floor(b.real) && std::fabs(b.real) <= 100.0) {
        result = integer_power(a, static_cast<long>(b.real));
    } else {
        result = power(a, b);
    }
    if (errno == 0 && (std::isinf(result.real) || std::isinf(result.imaginary))) errno = ERANGE;
    else if (errno == ERANGE && !std::isinf(result.real) && !std::isinf(result.imaginary)) errno = 0;
    if (errno == EDOM) return err_set_string(exc::ZeroDivisionError, "0.0 to a negative or complex power");
    if (errno == ERANGE) return err_set_string(exc::OverflowError, "complex exponentiation");
    return complex_new(result);
}

Owned complex_negative(Object* self) { return complex_new({-value_of(self).real, -value_of(self).imaginary}); }
Owned complex_positive(Object* self) { return complex_check_exact(self) ? newref(self) : complex_new(value_of(self)); }
Owned complex_absolute(Object* self) {
    double result = absolute_value(value_of(self));
    if (errno == ERANGE) return err_set_string(exc::OverflowError, "absolute value too large");
    return float_new(result);
}
int complex_bool(Object* self) { return value_of(self).real != 0.0 || value_of(self).imaginary != 0.0; }

Owned complex_repr(Object* self) {
    ComplexValue value = value_of(self);
    DoubleFormat format;
    std::string text;
    if (value.real == 0. && !std::signbit(value.real)) {
        text = double_to_text(value.imaginary, format) + "j";
    } else {
        text = "(" + double_to_text(value.real, format);
        format.always_sign = true;
        text += double_to_text(value.imaginary, format) + "j)";
    }
    return str_from_view(text);
}

Hash complex_hash(Object* self) {
    ComplexValue value = value_of(self);
    auto real = static_cast<uint64_t>(hash_double(self, value.real));
    auto imaginary = static_cast<uint64_t>(hash_double(self, value.imaginary));
    auto hash = static_cast<Hash>(real + static_cast<uint64_t>(kHashImaginary) * imaginary);
    return hash == -1 ? -2 : hash;
}

Owned complex_rich_compare(Object* left, Object* right, int op) {
    if (op != kEQ && op != kNE) return new_not_implemented();
    ComplexValue a = value_of(left);
    bool equal;
    if (complex_check(right)) {
        equal = a.real == value_of(right).real && a.imaginary == value_of(right).imaginary;
    } else if (int_check(right)) {
        equal = a.imaginary == 0.0 && std::isfinite(a.real) && int_to_big(right).compare(a.real) == 0;
    } else if (float_check(right)) {
        equal = a.real == float_value(right) && a.imaginary == 0.0;
    } else {
        return new_not_implemented();
    }
    return bool_from(op == kEQ ? equal : !equal);
}

void complex_dealloc(Object* self) {
    if (complex_check_exact(self)) free_object(self);
    else self->type->tp_free(self);
}

Owned make(Type* type, ComplexValue value) {
    if (type == &complex_type) return complex_new(value);
    auto* object = static_cast<ComplexObject*>(type->tp_alloc(type, 0));
    if (object) object->value = value;
    return object;
}

// "1+2j", "(1e5j)", " 3 ".
Owned from_text(Type* type, Object* text) {
    auto malformed = [] { return err_set_string(exc::ValueError, "complex() arg is a malformed string"); };
    std::string given = str_to_decimal_ascii(text);
    std::string stripped;
    auto digit = [](char c) { return c >= '0' && c <= '9'; };
    for (size_t i = 0; i < given.size(); ++i) {
        if (given[i] == '_') {
            if (i == 0 || i + 1 >= given.size() || !digit(given[i - 1]) || !digit(given[i + 1])) return malformed();
        } else {
            stripped += given[i];
        }
    }
    std::string_view s = stripped;
    auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    auto trim = [&] {
        while (!s.empty() && space(s.front())) s.remove_prefix(1);
    };
    trim();
    bool bracket = false;
    if (!s.empty() && s.front() == '(') {
        bracket = true;
        s.remove_prefix(1);
        trim();
    }
    ComplexValue value{0, 0};
    auto is_j = [&] { return !s.empty() && (s.front() == 'j' || s.front() == 'J'); };
    size_t used;
    double z = double_from_text(s, &used);
    if (used) {
        s.remove_prefix(used);
        if (!s.empty() && (s.front() == '+' || s.front() == '-')) {
            value.real = z;
            value.imaginary = double_from_text(s, &used);
            if (used) {
                s.remove_prefix(used);
            } else {
                value.imaginary = s.front() == '+' ? 1.0 : -1.0;
                s.remove_prefix(1);
            }
            if (!is_j()) return malformed();
            s.remove_prefix(1);
        } else if (is_j()) {
            s.remove_prefix(1);
            value.imaginary = z;
        } else {
            value.real = z;
        }
    } else {
        value.imaginary = 1.0;
        if (!s.empty() && (s.front() == '+' || s.front() == '-')) {
            value.imaginary = s.front() == '+' ? 1.0 : -1.0;
            s.remove_prefix(1);
        }
        if (!is_j()) return malformed();
        s.remove_prefix(1);
    }
    trim();
    if (bracket) {
        if (s.empty() || s.front() != ')') return malformed();
        s.remove_prefix(1);
        trim();
    }
    return s.empty() ? make(type, value) : malformed();
}

// The result of __complex__, nullptr without exception when the object has none.
Owned try_complex_method(Object* object) {
    if (complex_check_exact(object)) return newref(object);
    auto method = own(object_lookup_special(object, ID(__complex__)));
    if (!method) return nullptr;
    auto result = own(object_call_noargs(method.get()));
    if (!result || complex_check_exact(result.get())) return result.release();
    if (!complex_check(result.get())) {
        return err_format(exc::TypeError, "%.200s.__complex__() returned non-complex (type %.200s)", object->type->tp_name, result->type->tp_name);
    }
    if (err_warn(exc::DeprecationWarning, 1,
                 "%.200s.__complex__() returned non-complex (type %.200s).  The ability to return an instance of a strict subclass of "
                 "complex is deprecated, and may be removed in a future version of Python.",
                 object->type->tp_name, result->type->tp_name) < 0) {
        return nullptr;
    }
    return result.release();
}

Owned complex_make(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"real", "imag", nullptr};
    static const KeywordParser parser{"complex", names, 0, 2, 0};
    Object* given[2];
    if (!unpack_keywords_tuple(parser, args, kwargs, given)) return nullptr;
    Object *real = given[0], *imaginary = given[1];
    if (real && !imaginary && complex_check_exact(real) && type == &complex_type) return newref(real);
    if (real && str_check(real)) {
        if (imaginary) return err_set_string(exc::TypeError, "complex() can't take second arg if first is a string");
        return from_text(type, real);
    }
    if (imaginary && str_check(imaginary)) return err_set_string(exc::TypeError, "complex() second arg can't be a string");
    Ref<> held;
    if (real) {
        held = own(try_complex_method(real));
        if (held) real = held.get();
        else if (err_occurred()) return nullptr;
        if (!complex_check(real) && !real->type->nb_float && !real->type->nb_index) {
            return err_format(exc::TypeError, "complex() first argument must be a string or a number, not '%.200s'", real->type->tp_name);
        }
    }
    if (imaginary && !complex_check(imaginary) && !imaginary->type->nb_float && !imaginary->type->nb_index) {
        return err_format(exc::TypeError, "complex() second argument must be a number, not '%.200s'", imaginary->type->tp_name);
    }
    ComplexValue a{0, 0}, b{0, 0};
    bool a_complex = false, b_complex = false;
    if (real) {
        if (complex_check(real)) {
            a = value_of(real);
            a_complex = true;
        } else {
            a.real = float_as_double(real);
            if (a.real == -1.0 && err_occurred()) return nullptr;
        }
    }
    if (imaginary) {
        if (complex_check(imaginary)) {
            b = value_of(imaginary);
            b_complex = true;
        } else {
            b.real = float_as_double(imaginary);
            if (b.real == -1.0 && err_occurred()) return nullptr;
        }
    }
    // real + imaginary * 1j, without touching the signs of zeros that were given.
    if (b_complex) a.real -= b.imaginary;
    if (a_complex && imaginary) b.real += a.imaginary;
    else if (a_complex) b.real = a.imaginary;
    return make(type, {a.real, b.real});
}

Owned conjugate(Object* self, Object*) { return complex_new({value_of(self).real, -value_of(self).imaginary}); }
Owned complex_method(Object* self, Object*) { return complex_positive(self); }
Owned get_new_args(Object* self, Object*) {
    auto real = own(float_new(value_of(self).real));
    auto imaginary = own(float_new(value_of(self).imaginary));
    return real && imaginary ? tuple_pack({real.get(), imaginary.get()}) : nullptr;
}
Owned format_method(Object* self, Object* spec) {
    if (!str_check(spec)) return argument_bad("__format__", "argument", "str", spec), nullptr;
    return complex_format_spec(self, spec);
}

const MethodDef methods[] = {
    method_def("conjugate", conjugate, kMethNoargs, "conjugate($self, /)\n--\n\n"),
    method_def("__complex__", complex_method, kMethNoargs, "__complex__($self, /)\n--\n\n"),
    method_def("__getnewargs__", get_new_args, kMethNoargs, "__getnewargs__($self, /)\n--\n\n"),
    method_def("__format__", format_method, kMethO, "__format__($self, format_spec, /)\n--\n\n"),
    {nullptr, nullptr, 0},
};
const MemberDef members[] = {
    {"real", MemberKind::kDouble, offsetof(ComplexObject, value), true, "the real part of a complex number"},
    {"imag", MemberKind::kDouble, offsetof(ComplexObject, value) + sizeof(double), true, "the imaginary part of a complex number"},
    {nullptr, MemberKind::kNone, 0},
};

}  // namespace

Owned complex_new(ComplexValue value) {
    auto* object = new_object<ComplexObject>(&complex_type);
    if (object) object->value = value;
    return object;
}

ComplexValue complex_as_value(Object* object) {
    if (complex_check(object)) return value_of(object);
    auto converted = own(try_complex_method(object));
    if (converted) return value_of(converted.get());
    if (err_occurred()) return {-1, 0};
    return {float_as_double(object), 0};
}

Type complex_type = [] {
    Type t = static_type("complex", sizeof(ComplexObject), 0, kBaseType);
    t.tp_dealloc = complex_dealloc;
    t.tp_repr = complex_repr;
    t.tp_hash = complex_hash;
    t.tp_getattro = object_generic_get_attr;
    t.tp_richcompare = complex_rich_compare;
    t.tp_methods = methods;
    t.tp_members = members;
    t.tp_new = complex_make;
    t.tp_doc = "complex(real=0, imag=0)\n--\n\nThe complex number real + imag*1j, or the one that a string stands for.";
    t.nb_add = complex_add;
    t.nb_subtract = complex_subtract;
    t.nb_multiply = complex_multiply;
    t.nb_power = complex_power;
    t.nb_negative = complex_negative;
    t.nb_positive = complex_positive;
    t.nb_absolute = complex_absolute;
    t.nb_bool = complex_bool;
    t.nb_true_divide = complex_divide;
    return t;
}();

int init_complex_types() { return type_ready(&complex_type); }

}  // namespace refscope::vm
