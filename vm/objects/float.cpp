// The float type: construction, arithmetic with Python's rules, comparison with ints of any size.
#include "vm/objects/float.h"

#include <cerrno>
#include <cmath>
#include <cstring>

#include "vm/base/bigint.h"
#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/complex.h"
#include "vm/objects/errors.h"
#include "vm/objects/float_methods.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

void float_dealloc(Object* self) {
    // A watched object (sign bit of the count) goes through the allocator, which forgets the watch.
    if (float_check_exact(self) && self->refcount == 0) float_free(self);
    else self->type->tp_free(self);
}

// false: *failed is NotImplemented or nullptr with an exception.
inline bool operand(Object* object, double* value, Owned* failed) {
    if (RS_LIKELY(float_check(object))) {
        *value = float_value(object);
        return true;
    }
    if (int_check(object)) {
        *value = int_as_double(object);
        if (RS_LIKELY(*value != -1.0 || !err_occurred())) return true;
        *failed = nullptr;
        return false;
    }
    *failed = new_not_implemented();
    return false;
}

#define RS_OPERANDS(a, b)                     \
    double a, b;                              \
    Owned failed;                             \
    if (!operand(left, &a, &failed)) return failed; \
    if (!operand(right, &b, &failed)) return failed

Owned float_add(Object* left, Object* right) {
    RS_OPERANDS(a, b);
    return float_new(a + b);
}
Owned float_subtract(Object* left, Object* right) {
    RS_OPERANDS(a, b);
    return float_new(a - b);
}
Owned float_multiply(Object* left, Object* right) {
    RS_OPERANDS(a, b);
    return float_new(a * b);
}
Owned float_true_divide(Object* left, Object* right) {
    RS_OPERANDS(a, b);
    if (b == 0.0) return err_set_string(exc::ZeroDivisionError, "float division by zero");
    return float_new(a / b);
}

double divide_modulo(double left, double right, double* modulo) {
    *modulo = std::fmod(left, right);
    // fmod is exact: the difference is a multiple of `right` up to rounding.
    double quotient = (left - *modulo) / right;
    if (*modulo != 0) {
        if ((right < 0) != (*modulo < 0)) {
            *modulo += right;
            quotient -= 1.0;
        }
    } else {
        *modulo = std::copysign(0.0, right);
    }
    if (quotient == 0) return std::copysign(0.0, left / right);
    double floor = std::floor(quotient);
    return quotient - floor > 0.5 ? floor + 1.0 : floor;
}

Owned float_remainder(Object* left, Object* right) {
    RS_OPERANDS(a, b);
    if (b == 0.0) return err_set_string(exc::ZeroDivisionError, "float modulo");
    return float_new(float_modulo(a, b));
}
Owned float_floor_division(Object* left, Object* right) {
    RS_OPERANDS(a, b);
    if (b == 0.0) return err_set_string(exc::ZeroDivisionError, "float floor division by zero");
    return float_new(float_floor_divide(a, b));
}
Owned float_divmod(Object* left, Object* right) {
    RS_OPERANDS(a, b);
    if (b == 0.0) return err_set_string(exc::ZeroDivisionError, "float divmod()");
    double modulo;
    auto quotient = own(float_new(divide_modulo(a, b, &modulo)));
    auto remainder = own(float_new(modulo));
    if (!quotient || !remainder) return nullptr;
    return tuple_pack({quotient.get(), remainder.get()});
}

bool is_odd_integer(double value) { return std::fmod(std::fabs(value), 2.0) == 1.0; }

Owned float_power(Object* left, Object* right, Object* modulus) {
    if (modulus && !is_none(modulus)) {
        return err_set_string(exc::TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    }
    RS_OPERANDS(base, exponent);
    if (exponent == 0) return float_new(1.0);
    if (std::isnan(base)) return float_new(base);
    if (std::isnan(exponent)) return float_new(base == 1.0 ? 1.0 : exponent);
    if (std::isinf(exponent)) {
        base = std::fabs(base);
        if (base == 1.0) return float_new(1.0);
        return float_new((exponent > 0) == (base > 1.0) ? std::fabs(exponent) : 0.0);
    }
    bool odd = is_odd_integer(exponent);
    if (std::isinf(base)) {
        if (exponent > 0) return float_new(odd ? base : std::fabs(base));
        return float_new(odd ? std::copysign(0.0, base) : 0.0);
    }
    if (base == 0.0) {
        if (exponent < 0) return err_set_string(exc::ZeroDivisionError, "0.0 cannot be raised to a negative power");
        return float_new(odd ? base : 0.0);
    }
    bool negate = false;
    if (base < 0.0) {
        if (exponent != std::floor(exponent)) return complex_type.nb_power(left, right, none());
        base = -base;
        negate = odd;
    }
    if (base == 1.0) return float_new(negate ? -1.0 : 1.0);
    errno = 0;
    double result = std::pow(base, exponent);
    if (errno == 0 && std::isinf(result)) errno = ERANGE;
    else if (errno == ERANGE && result == 0.0) errno = 0;
    if (errno != 0) return err_set_from_errno(errno == ERANGE ? exc::OverflowError : exc::ValueError);
    return float_new(negate ? -result : result);
}

Owned float_negative(Object* self) { return float_new(-float_value(self)); }
Owned float_absolute(Object* self) { return float_new(std::fabs(float_value(self))); }
Owned float_float(Object* self) { return float_check_exact(self) ? newref(self) : float_new(float_value(self)); }
int float_bool(Object* self) { return float_value(self) != 0.0; }
Owned float_int(Object* self) { return int_from_double(float_value(self)); }
Hash float_hash(Object* self) { return hash_double(self, float_value(self)); }

Owned float_repr(Object* self) {
    std::string text = double_repr(float_value(self));
    return str_from_ascii(text.data(), static_cast<intptr_t>(text.size()));
}

bool order_matches(int order, int op) {
    switch (op) {
        case kLT: return order < 0;
        case kLE: return order <= 0;
        case kEQ: return order == 0;
        case kNE: return order != 0;
        case kGT: return order > 0;
        default: return order >= 0;
    }
}

// Removes underscores that stand between digits; false: one stands elsewhere.
bool without_underscores(std::string_view text, std::string* out) {
    char previous = 0;
    for (char c : text) {
        if (c == '_') {
            if (!(previous >= '0' && previous <= '9')) return false;
        } else {
            out->push_back(c);
            if (previous == '_' && !(c >= '0' && c <= '9')) return false;
        }
        previous = c;
    }
    return previous != '_';
}

Owned from_text(std::string_view text, Object* shown) {
    auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    std::string stripped;
    if (text.find('_') != std::string_view::npos) {
        if (!without_underscores(text, &stripped)) text = {};
        else text = stripped;
    }
    size_t used;
    double value = double_from_text(text, &used);
    if (used == 0 || used != text.size()) return err_format(exc::ValueError, "could not convert string to float: %R", shown);
    return float_new(value);
}

Owned float_make(Object* argument_or_null) {
    if (!argument_or_null) return float_new(0.0);
    if (str_check_exact(argument_or_null)) return float_from_string(argument_or_null);
    return number_float(argument_or_null);
}

Owned float_new_method(Type* type, Object* args, Object* kwargs) {
    if (type == &float_type || type->tp_init == float_type.tp_init) {
        if (!no_keyword_arguments("float", kwargs)) return nullptr;
    }
    if (!check_positional("float", tuple_size(args), 0, 1)) return nullptr;
    Owned value = float_make(tuple_size(args) ? tuple_get_item(args, 0) : nullptr);
    if (!value || type == &float_type) return value;
    auto held = own(value);
    auto* copy = static_cast<FloatObject*>(type->tp_alloc(type, 0));
    if (copy) copy->value = float_value(held.get());
    return copy;
}

Owned float_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && !no_keyword_arguments("float", kwnames)) return nullptr;
    auto count = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    if (!check_positional("float", count, 0, 1)) return nullptr;
    return float_make(count ? args[0] : nullptr);
}

}  // namespace

FloatFreeList float_free_list;

void float_clear_free_list() {
    while (FreeCell* cell = float_free_list.head) {
        float_free_list.head = cell->next;
        free_small(reinterpret_cast<Object*>(cell), 32);
    }
    float_free_list.count = 0;
}

double float_modulo(double left, double right) {
    double modulo = std::fmod(left, right);
    if (modulo == 0) return std::copysign(0.0, right);
    return (right < 0) != (modulo < 0) ? modulo + right : modulo;
}
double float_floor_divide(double left, double right) {
    double modulo;
    return divide_modulo(left, right, &modulo);
}
Owned float_power_objects(Object* left, Object* right) { return float_power(left, right, none()); }

double float_as_double(Object* object) {
    if (float_check(object)) return float_value(object);
    Type* type = object->type;
    if (!type->nb_float) {
        if (type->nb_index) {
            auto index = own(number_index(object));
            return index ? int_as_double(index.get()) : -1.0;
        }
        err_format(exc::TypeError, "must be real number, not %.50s", type->tp_name);
        return -1.0;
    }
    auto result = own(type->nb_float(object));
    if (!result) return -1.0;
    if (!float_check_exact(result.get())) {
        if (!float_check(result.get())) {
            err_format(exc::TypeError, "%.50s.__float__ returned non-float (type %.50s)", type->tp_name, result->type->tp_name);
            return -1.0;
        }
        if (err_warn(exc::DeprecationWarning, 1,
                     "%.50s.__float__ returned non-float (type %.50s).  The ability to return an instance of a strict subclass of float "
                     "is deprecated, and may be removed in a future version of Python.",
                     type->tp_name, result->type->tp_name) < 0) {
            return -1.0;
        }
    }
    return float_value(result.get());
}

Owned float_from_string(Object* text) {
    if (str_check(text)) return from_text(str_to_decimal_ascii(text), text);
    if (bytes_check(text)) return from_text(bytes_view(text), text);
    if (bytearray_check(text)) {
        std::string copy(bytearray_data(text), static_cast<size_t>(bytearray_size(text)));
        return from_text(copy, text);
    }
    if (buffer_check(text)) {
        BufferHold buffer;
        if (buffer.get(text)) return from_text(std::string(buffer.data(), static_cast<size_t>(buffer.size())), text);
        err_clear();
    }
    return err_format(exc::TypeError, "float() argument must be a string or a real number, not '%.200s'", text->type->tp_name);
}

Owned float_rich_compare(Object* left, Object* right, int op) {
    double a = float_value(left);
    if (RS_LIKELY(float_check(right)) || (int_check(right) && !std::isfinite(a)) || (int_check(right) && int_is_compact(right))) {
        double b = float_check(right) ? float_value(right) : int_check(right) && int_is_compact(right) ? static_cast<double>(int_compact_value(right)) : 0.0;
        bool result = false;
        switch (op) {
            case kLT: result = a < b; break;
            case kLE: result = a <= b; break;
            case kEQ: result = a == b; break;
            case kNE: result = a != b; break;
            case kGT: result = a > b; break;
            case kGE: result = a >= b; break;
        }
        return bool_from(result);
    }
    if (!int_check(right)) return new_not_implemented();
    return bool_from(order_matches(-int_to_big(right).compare(a), op));
}

Type float_type = [] {
    Type t = static_type("float", sizeof(FloatObject), 0, kBaseType | kMatchSelf);
    t.tp_dealloc = float_dealloc;
    t.tp_repr = float_repr;
    t.tp_hash = float_hash;
    t.tp_getattro = object_generic_get_attr;
    t.tp_richcompare = float_rich_compare;
    t.tp_methods = float_methods;
    t.tp_getset = float_getset;
    t.tp_new = float_new_method;
    t.tp_vectorcall = float_vectorcall;
    t.tp_doc = "float(x=0, /)\n--\n\nThe floating-point number that a string or number stands for.";
    t.nb_add = float_add;
    t.nb_subtract = float_subtract;
    t.nb_multiply = float_multiply;
    t.nb_remainder = float_remainder;
    t.nb_divmod = float_divmod;
    t.nb_power = float_power;
    t.nb_negative = float_negative;
    t.nb_positive = float_float;
    t.nb_absolute = float_absolute;
    t.nb_bool = float_bool;
    t.nb_int = float_int;
    t.nb_float = float_float;
    t.nb_floor_divide = float_floor_division;
    t.nb_true_divide = float_true_divide;
    return t;
}();

int init_float_types() { return type_ready(&float_type); }

}  // namespace refscope::vm
