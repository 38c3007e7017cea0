// The methods of float: rounding, hexadecimal text, exact ratios.
#include "vm/objects/float_methods.h"

#include <cfloat>
#include <cmath>
#include <cstdio>
#include <string>

#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/format.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

// Beyond these, rounding to so many decimals changes nothing, or gives zero.
constexpr int kMaxDigits = static_cast<int>((DBL_MANT_DIG - DBL_MIN_EXP) * 0.30103);
constexpr int kMinDigits = -static_cast<int>((DBL_MAX_EXP + 1) * 0.30103);

double round_whole(double value) {
    double rounded = std::round(value);
    if (std::fabs(value - rounded) == 0.5) rounded = 2.0 * std::round(value / 2.0);
    return rounded;
}

// Rounds the exact value half to even at 10**places.
double round_to_power(double value, int places) {
    double whole = std::trunc(std::fabs(value));
    bool fraction = whole != std::fabs(value);
    char text[400];
    int length = std::snprintf(text, sizeof text, "%.0f", whole);
    if (length < places) return std::copysign(0.0, value);
    int kept = length - places;
    int next = text[kept];
    bool rest = fraction;
    for (int i = kept + 1; i < length; ++i) rest = rest || text[i] != '0';
    bool odd = kept > 0 && ((text[kept - 1] - '0') & 1);
    bool up = next > '5' || (next == '5' && (rest || odd));
    std::string digits(text, static_cast<size_t>(kept));
    if (up) {
        int i = kept - 1;
        while (i >= 0 && digits[static_cast<size_t>(i)] == '9') digits[static_cast<size_t>(i--)] = '0';
        if (i >= 0) ++digits[static_cast<size_t>(i)];
        else digits.insert(digits.begin(), '1');
    }
    if (digits.empty()) return std::copysign(0.0, value);
    digits += "e" + std::to_string(places);
    size_t used;
    return std::copysign(double_from_text(digits, &used), value);
}

Owned round_method(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("__round__", nargs, 0, 1)) return nullptr;
    double value = float_value(self);
    if (nargs == 0 || is_none(args[0])) return int_from_double(round_whole(value));
    intptr_t digits = number_as_ssize(args[0], nullptr);
    if (digits == -1 && err_occurred()) return nullptr;
    if (!std::isfinite(value) || value == 0.0 || digits > kMaxDigits) return float_new(value);
    if (digits < kMinDigits) return float_new(0.0 * value);
    double rounded;
    if (digits < 0) {
        rounded = round_to_power(value, static_cast<int>(-digits));
    } else {
        char text[720];
        int length = std::snprintf(text, sizeof text, "%.*f", static_cast<int>(digits), value);
        size_t used;
        rounded = double_from_text({text, static_cast<size_t>(length)}, &used);
    }
    if (std::isinf(rounded)) return err_set_string(exc::OverflowError, "rounded value too large to represent");
    return float_new(rounded);
}

Owned conjugate(Object* self, Object*) { return float_type.nb_positive(self); }
Owned truncate(Object* self, Object*) { return int_from_double(float_value(self)); }
Owned floor_method(Object* self, Object*) { return int_from_double(std::floor(float_value(self))); }
Owned ceil_method(Object* self, Object*) { return int_from_double(std::ceil(float_value(self))); }

Owned is_integer(Object* self, Object*) {
    double value = float_value(self);
    return bool_from(std::isfinite(value) && std::floor(value) == value);
}

Owned as_integer_ratio(Object* self, Object*) {
    double value = float_value(self);
    if (std::isinf(value)) return err_set_string(exc::OverflowError, "cannot convert Infinity to integer ratio");
    if (std::isnan(value)) return err_set_string(exc::ValueError, "cannot convert NaN to integer ratio");
    int exponent;
    double fraction = std::frexp(value, &exponent);
    while (fraction != std::floor(fraction)) {
        fraction *= 2.0;
        --exponent;
    }
    auto numerator = own(int_from_double(fraction));
    auto denominator = own(newref(small_int(1)));
    auto shift = own(int_from_int64(exponent < 0 ? -exponent : exponent));
    if (!numerator || !shift) return nullptr;
    auto& shifted = exponent > 0 ? numerator : denominator;
    shifted = own(int_lshift(shifted.get(), shift.get()));
    if (!shifted) return nullptr;
    return tuple_pack({numerator.get(), denominator.get()});
}

Owned hex(Object* self, Object*) {
    double value = float_value(self);
    if (!std::isfinite(value)) return float_type.tp_repr(self);
    if (value == 0.0) return str_from_string(std::signbit(value) ? "-0x0.0p+0" : "0x0.0p+0");
    int exponent;
    double fraction = std::frexp(std::fabs(value), &exponent);
    int shift = 1 - std::max(DBL_MIN_EXP - exponent, 0);
    fraction = std::ldexp(fraction, shift);
    exponent -= shift;
    std::string text = value < 0 ? "-0x" : "0x";
    auto digit = [&] {
        int whole = static_cast<int>(fraction);
        text += "0123456789abcdef"[whole];
        fraction = (fraction - whole) * 16.0;
    };
    digit();
    text += '.';
    for (int i = 0; i < (DBL_MANT_DIG - 1) / 4; ++i) digit();
    text += exponent < 0 ? "p-" : "p+";
    text += std::to_string(exponent < 0 ? -exponent : exponent);
    return str_from_view(text);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Reads [sign] ["0x"] digits ["." digits] ["p" exponent], rounding half to even. 0: malformed; 1: done; -1: too large.
int parse_hex(const std::string& text, double* result) {
    size_t begin = 0, end = text.size();
    auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (begin < end && is_space(text[begin])) ++begin;
    while (end > begin && is_space(text[end - 1])) --end;
    size_t p = begin;
    bool negative = false;
    if (p < end && (text[p] == '+' || text[p] == '-')) negative = text[p++] == '-';
    char first = p < end ? static_cast<char>(text[p] | 0x20) : '\0';
    if (first == 'i' || first == 'n') {
        size_t used;
        double value = double_from_text({text.data() + begin, end - begin}, &used);
        *result = value;
        return used == end - begin;
    }
    if (p + 1 < end && text[p] == '0' && (text[p + 1] | 0x20) == 'x') p += 2;
    std::string digits;
    long fraction_digits = 0;
    while (p < end && hex_digit(text[p]) >= 0) digits += text[p++];
    if (p < end && text[p] == '.') {
        ++p;
        while (p < end && hex_digit(text[p]) >= 0) {
            digits += text[p++];
            ++fraction_digits;
        }
    }
    if (digits.empty()) return 0;
    long exponent = 0;
    if (p < end && (text[p] | 0x20) == 'p') {
        ++p;
        bool negative_exponent = false;
        if (p < end && (text[p] == '+' || text[p] == '-')) negative_exponent = text[p++] == '-';
        if (p >= end || text[p] < '0' || text[p] > '9') return 0;
        while (p < end && text[p] >= '0' && text[p] <= '9') {
            if (exponent < 100000000000L) exponent = exponent * 10 + (text[p] - '0');
            ++p;
        }
        if (negative_exponent) exponent = -exponent;
    }
    if (p != end) return 0;
    size_t zeros = digits.find_first_not_of('0');
    if (zeros == std::string::npos) {
        *result = negative ? -0.0 : 0.0;
        return 1;
    }
    digits.erase(0, zeros);
    // value = 0x[digits] * 2**scale; `top` is the exponent of its leading bit plus one.
    long scale = exponent - 4 * fraction_digits;
    int lead_bits = 32 - __builtin_clz(static_cast<unsigned>(hex_digit(digits[0])));
    long top = scale + 4 * (static_cast<long>(digits.size()) - 1) + lead_bits;
    if (top < DBL_MIN_EXP - DBL_MANT_DIG) {
        *result = negative ? -0.0 : 0.0;
        return 1;
    }
    if (top > DBL_MAX_EXP) return -1;
    // The lowest bit kept, then half to even by hand: a subnormal result keeps fewer bits.
    long lowest = std::max<long>(top, DBL_MIN_EXP) - DBL_MANT_DIG;
    uint64_t mantissa = 0;
    bool half = false, rest = false;
    for (size_t i = 0; i < digits.size(); ++i) {
        long position = scale + 4 * (static_cast<long>(digits.size()) - 1 - static_cast<long>(i));
        auto digit = static_cast<unsigned>(hex_digit(digits[i]));
        for (int bit = 3; bit >= 0; --bit) {
            long place = position + bit;
            bool set = (digit >> bit) & 1;
            if (place >= lowest) mantissa = mantissa << 1 | set;
            else if (place == lowest - 1) half = set;
            else rest = rest || set;
        }
    }
    // Places between the last digit and the lowest bit.
    if (scale > lowest) mantissa <<= scale - lowest;
    if (half && (rest || (mantissa & 1))) ++mantissa;
    double value = std::ldexp(static_cast<double>(mantissa), static_cast<int>(lowest));
    if (std::isinf(value)) return -1;
    *result = negative ? -value : value;
    return 1;
}

Owned from_hex(Object* type, Object* text) {
    auto value = own(float_from_hex(text));
    if (!value || type == &float_type) return value.release();
    return object_call_onearg(type, value.get());
}

Owned get_new_args(Object* self, Object*) {
    auto value = own(float_new(float_value(self)));
    return value ? tuple_pack({value.get()}) : nullptr;
}

Owned get_format(Object*, Object* name) {
    if (!str_check(name)) {
        argument_bad("__getformat__", "argument", "str", name);
        return nullptr;
    }
    if (!str_equal_ascii(name, "double") && !str_equal_ascii(name, "float")) {
        return err_set_string(exc::ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
    }
    return str_from_string("IEEE, little-endian");
}

Owned format_method(Object* self, Object* spec) {
    if (!str_check(spec)) {
        argument_bad("__format__", "argument", "str", spec);
        return nullptr;
    }
    return float_format_spec(self, spec);
}

}  // namespace

Owned float_from_hex(Object* text) {
    if (!str_check(text)) return err_set_string(exc::TypeError, "bad argument type for built-in operation");
    intptr_t size;
    const char* utf8 = str_as_utf8(text, &size);
    if (!utf8) return nullptr;
    double value = 0;
    int status = parse_hex(std::string(utf8, static_cast<size_t>(size)), &value);
    if (status == 0) return err_set_string(exc::ValueError, "invalid hexadecimal floating-point string");
    if (status < 0) return err_set_string(exc::OverflowError, "hexadecimal value too large to represent as a float");
    return float_new(value);
}

const MethodDef float_methods[] = {
    method_def("conjugate", conjugate, kMethNoargs, "conjugate($self, /)\n--\n\n"),
    method_def("__trunc__", truncate, kMethNoargs, "__trunc__($self, /)\n--\n\n"),
    method_def("__floor__", floor_method, kMethNoargs, "__floor__($self, /)\n--\n\n"),
    method_def("__ceil__", ceil_method, kMethNoargs, "__ceil__($self, /)\n--\n\n"),
    method_def("__round__", round_method, kMethFastcall, "__round__($self, ndigits=None, /)\n--\n\n"),
    method_def("as_integer_ratio", as_integer_ratio, kMethNoargs, "as_integer_ratio($self, /)\n--\n\n"),
    method_def("fromhex", from_hex, kMethO | kMethClass, "fromhex($type, string, /)\n--\n\n"),
    method_def("hex", hex, kMethNoargs, "hex($self, /)\n--\n\n"),
    method_def("is_integer", is_integer, kMethNoargs, "is_integer($self, /)\n--\n\n"),
    method_def("__getnewargs__", get_new_args, kMethNoargs, "__getnewargs__($self, /)\n--\n\n"),
    method_def("__getformat__", get_format, kMethO | kMethClass, "__getformat__($type, typestr, /)\n--\n\n"),
    method_def("__format__", format_method, kMethO, "__format__($self, format_spec, /)\n--\n\n"),
    {nullptr, nullptr, 0},
};

const GetSetDef float_getset[] = {
    {"real", +[](Object* self, void*) -> Owned { return float_type.nb_positive(self); }, nullptr, "the real part of a complex number"},
    {"imag", +[](Object*, void*) -> Owned { return float_new(0.0); }, nullptr, "the imaginary part of a complex number"},
    {nullptr, nullptr},
};

}  // namespace refscope::vm
