#include "vm/modules/array_items.h"

#include <climits>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "vm/objects/abstract.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

template <class T>
T load(const char* item) {
    T value;
    std::memcpy(&value, item, sizeof value);
    return value;
}
template <class T>
int store(char* item, T value) {
    std::memcpy(item, &value, sizeof value);
    return 0;
}

template <class T>
Owned get_integer(const char* item) {
    if constexpr (std::is_signed_v<T>) return int_from_int64(load<T>(item));
    else return int_from_uint64(load<T>(item));
}

int fail(const char* what, bool too_small) {
    err_format(exc::OverflowError, "%s is %s than %s", what, too_small ? "less" : "greater", too_small ? "minimum" : "maximum");
    return -1;
}

// An int that must fit [low, high]; false with OverflowError naming `what`.
bool read_ranged(Object* value, int64_t low, int64_t high, const char* what, int64_t* result) {
    Ref<Object> number = own(number_index(value));
    if (!number) return false;
    int overflow = 0;
    *result = int_as_int64_overflow(number.get(), &overflow);
    if (*result == -1 && !overflow && err_occurred()) return false;
    if (overflow) {
        err_set_string(exc::OverflowError, "Python int too large to convert to C long");
        return false;
    }
    if (*result < low || *result > high) return fail(what, *result < low) == 0;
    return true;
}

int set_signed_char(char* item, Object* value) {
    int64_t number;
    if (!read_ranged(value, SHRT_MIN, SHRT_MAX, "signed short integer", &number)) return -1;
    if (number < SCHAR_MIN || number > SCHAR_MAX) return fail("signed char", number < SCHAR_MIN);
    return store(item, static_cast<signed char>(number));
}
int set_unsigned_char(char* item, Object* value) {
    int64_t number;
    if (!read_ranged(value, 0, UCHAR_MAX, "unsigned byte integer", &number)) return -1;
    return store(item, static_cast<unsigned char>(number));
}
int set_short(char* item, Object* value) {
    int64_t number;
    if (!read_ranged(value, SHRT_MIN, SHRT_MAX, "signed short integer", &number)) return -1;
    return store(item, static_cast<short>(number));
}
int set_unsigned_short(char* item, Object* value) {
    int64_t number;
    if (!read_ranged(value, INT_MIN, INT_MAX, "signed integer", &number)) return -1;
    if (number < 0 || number > USHRT_MAX) return fail("unsigned short", number < 0);
    return store(item, static_cast<unsigned short>(number));
}
int set_int(char* item, Object* value) {
    int64_t number;
    if (!read_ranged(value, INT_MIN, INT_MAX, "signed integer", &number)) return -1;
    return store(item, static_cast<int>(number));
}
int set_long(char* item, Object* value) {
    int64_t number;
    if (!read_ranged(value, INT64_MIN, INT64_MAX, "long", &number)) return -1;
    return store(item, number);
}
int set_long_long(char* item, Object* value) {
    Ref<Object> number = own(number_index(value));
    if (!number) return -1;
    int overflow = 0;
    int64_t result = int_as_int64_overflow(number.get(), &overflow);
    if (overflow) {
        err_set_string(exc::OverflowError, "int too big to convert");
        return -1;
    }
    return store(item, result);
}

// 0 found, 1 negative, 2 too large, -1 exception.
int read_unsigned(Object* value, uint64_t* result) {
    Ref<Object> number = own(number_index(value));
    if (!number) return -1;
    if (int_sign(number.get()) < 0) return 1;
    if (int_bit_length(number.get()) > 64) return 2;
    *result = int_as_uint64_mask(number.get());
    return 0;
}
template <class T>
int set_unsigned(char* item, Object* value) {
    uint64_t number = 0;
    switch (read_unsigned(value, &number)) {
        case -1: return -1;
        case 1: err_set_string(exc::OverflowError, "can't convert negative value to unsigned int"); return -1;
        case 2: err_set_string(exc::OverflowError, "Python int too large to convert to C unsigned long"); return -1;
    }
    if (number > std::numeric_limits<T>::max()) return fail("unsigned int", false);
    return store(item, static_cast<T>(number));
}
int set_unsigned_long_long(char* item, Object* value) {
    uint64_t number = 0;
    switch (read_unsigned(value, &number)) {
        case -1: return -1;
        case 1: err_set_string(exc::OverflowError, "can't convert negative int to unsigned"); return -1;
        case 2: err_set_string(exc::OverflowError, "int too big to convert"); return -1;
    }
    return store(item, number);
}

template <class T>
Owned get_real(const char* item) {
    return float_new(static_cast<double>(load<T>(item)));
}
template <class T>
int set_real(char* item, Object* value) {
    double number = float_as_double(value);
    if (number == -1.0 && err_occurred()) return -1;
    return store(item, static_cast<T>(number));
}

Owned get_character(const char* item) { return str_from_ordinal(load<char32_t>(item)); }
int set_character(char* item, Object* value) {
    if (!str_check(value)) {
        err_format(exc::TypeError, "array item must be a unicode character, not %.50s", value->type->tp_name);
        return -1;
    }
    if (str_length(value) != 1) {
        err_set_string(exc::TypeError, "array item must be a unicode character, not str");
        return -1;
    }
    return store(item, str_read(value, 0));
}

const ArrayKind kinds[] = {
    {'b', 1, get_integer<signed char>, set_signed_char, "b", 1},
    {'B', 1, get_integer<unsigned char>, set_unsigned_char, "B", 0},
    {'u', 4, get_character, set_character, "w", 20},
    {'h', 2, get_integer<short>, set_short, "h", 4},
    {'H', 2, get_integer<unsigned short>, set_unsigned_short, "H", 2},
    {'i', 4, get_integer<int>, set_int, "i", 8},
    {'I', 4, get_integer<unsigned>, set_unsigned<unsigned>, "I", 6},
    {'l', 8, get_integer<long>, set_long, "l", 12},
    {'L', 8, get_integer<unsigned long>, set_unsigned<unsigned long>, "L", 10},
    {'q', 8, get_integer<long long>, set_long_long, "q", 12},
    {'Q', 8, get_integer<unsigned long long>, set_unsigned_long_long, "Q", 10},
    {'f', 4, get_real<float>, set_real<float>, "f", 14},
    {'d', 8, get_real<double>, set_real<double>, "d", 16},
    {0, 0, nullptr, nullptr, nullptr, 0},
};

}  // namespace

const ArrayKind* array_kinds() { return kinds; }
const ArrayKind* array_kind(char32_t typecode) {
    for (const ArrayKind* kind = kinds; kind->typecode; ++kind) {
        if (static_cast<char32_t>(kind->typecode) == typecode) return kind;
    }
    return nullptr;
}

}  // namespace refscope::vm
