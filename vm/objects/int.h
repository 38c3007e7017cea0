// int: CPython's physical layout (ob_size = sign * number of 30-bit digits), so that every size agrees.
//
// Values of up to two digits are computed on int64_t; larger ones go through GMP. The ints -5 to 256 are static
// objects. The inline functions serve the interpreter's loop: none of them runs Python code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "vm/heap/object.h"
#include "vm/heap/small_alloc.h"
#include "vm/heap/thread.h"
#include "vm/heap/type.h"

namespace refscope::base {
class BigInt;
}

namespace refscope::vm {

inline constexpr int kIntDigitBits = 30;
inline constexpr uint32_t kIntDigitMask = (1u << kIntDigitBits) - 1;
inline constexpr int64_t kSmallIntMin = -5, kSmallIntMax = 256;

struct IntObject : VarObject {
    uint32_t digit[2];  // as many as |size|, least significant first
};

extern Type int_type;
extern IntObject small_ints[kSmallIntMax - kSmallIntMin + 1];

inline bool int_check(const Object* object) { return fast_subclass(object, kLongSubclass); }
inline bool int_check_exact(const Object* object) { return object->type == &int_type; }

// Compact: at most one digit, |value| < 2**30.
[[gnu::always_inline]] inline bool int_is_compact(const Object* object) {
    return static_cast<uintptr_t>(static_cast<const VarObject*>(object)->size + 1) <= 2;
}
[[gnu::always_inline]] inline int64_t int_compact_value(const Object* object) {
    auto* value = static_cast<const IntObject*>(object);
    return value->size * static_cast<int64_t>(value->digit[0]);
}
// At most two digits: |value| < 2**60.
[[gnu::always_inline]] inline bool int_is_medium(const Object* object) {
    return static_cast<uintptr_t>(static_cast<const VarObject*>(object)->size + 2) <= 4;
}
[[gnu::always_inline]] inline int64_t int_medium_value(const Object* object) {
    auto* value = static_cast<const IntObject*>(object);
    intptr_t size = value->size;
    if (RS_LIKELY(static_cast<uintptr_t>(size + 1) <= 2)) return size * static_cast<int64_t>(value->digit[0]);
    int64_t magnitude = static_cast<int64_t>(value->digit[0]) | static_cast<int64_t>(value->digit[1]) << kIntDigitBits;
    return size < 0 ? -magnitude : magnitude;
}

inline Object* small_int(int64_t value) { return &small_ints[value - kSmallIntMin]; }  // borrowed
Owned int_new_three_digits(int64_t value, uint32_t site);

// A new reference to an int of this value, allocated at `site`. Cannot fail but for lack of memory.
[[gnu::always_inline]] inline Owned int_new_at(int64_t value, uint32_t site) {
    if (static_cast<uint64_t>(value) - static_cast<uint64_t>(kSmallIntMin) <= static_cast<uint64_t>(kSmallIntMax - kSmallIntMin)) {
        return newref(small_int(value));
    }
    uint64_t magnitude = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    if (RS_UNLIKELY(magnitude >> (2 * kIntDigitBits))) return int_new_three_digits(value, site);
    auto* result = static_cast<IntObject*>(allocate_small_at(&int_type, 32, site));
    if (RS_UNLIKELY(!result)) return nullptr;
    auto high = static_cast<uint32_t>(magnitude >> kIntDigitBits);
    result->digit[0] = static_cast<uint32_t>(magnitude) & kIntDigitMask;
    result->digit[1] = high;
    intptr_t size = high ? 2 : 1;
    result->size = value < 0 ? -size : size;
    return result;
}
inline Owned int_from_int64(int64_t value) { return int_new_at(value, current_site()); }
inline Owned int_from_int64_fast(int64_t value) { return int_from_int64(value); }
inline Owned int_from_ssize(intptr_t value) { return int_from_int64(value); }
inline Owned int_from_int(int value) { return int_from_int64(value); }
inline Owned int_from_size(size_t value);
Owned int_from_uint64(uint64_t value);
inline Owned int_from_size(size_t value) { return int_from_uint64(value); }
Owned int_from_pointer(const void* address);
Owned int_from_double(double value);               // truncates; OverflowError / ValueError for inf / nan
Owned int_from_big(const base::BigInt& value);
Owned int_from_string(std::string_view text, int base);  // text of int(); the error shows it as bytes
Owned int_from_str_object(Object* text, int base);
Owned int_from_bytes(const unsigned char* bytes, size_t count, bool little_endian, bool is_signed);

// The value; *overflow is 0, or the sign of a value that does not fit (no exception then). A non-int goes through __index__.
int64_t int_as_int64_overflow(Object* object, int* overflow);
int64_t int_as_int64(Object* object);      // -1 with OverflowError or TypeError pending
intptr_t int_as_ssize(Object* object);     // exact or subclass of int only
int int_as_int(Object* object);
uint64_t int_as_uint64(Object* object);    // OverflowError when negative or too large
uint64_t int_as_uint64_mask(Object* object);
void* int_as_pointer(Object* object);
double int_as_double(Object* object);      // -1.0 with OverflowError
base::BigInt int_to_big(Object* object);   // must be an int
bool int_to_bytes(Object* object, unsigned char* bytes, size_t count, bool little_endian, bool is_signed);

inline int int_sign(const Object* object) {
    intptr_t size = static_cast<const VarObject*>(object)->size;
    return (size > 0) - (size < 0);
}
size_t int_bit_length(const Object* object);
// value == result * 2**exponent, 0.5 <= |result| < 1, rounded half to even.
double int_frexp(Object* object, intptr_t* exponent);
int int_compare(const Object* left, const Object* right);  // -1, 0, 1
Hash int_hash(Object* object);

// Arithmetic on ints (subclasses included), floor semantics; errors as the operators.
Owned int_add(Object*, Object*);
Owned int_subtract(Object*, Object*);
Owned int_multiply(Object*, Object*);
Owned int_floor_divide(Object*, Object*);
Owned int_remainder(Object*, Object*);
Owned int_divmod(Object*, Object*);
Owned int_true_divide(Object*, Object*);
Owned int_power(Object*, Object*, Object* modulus_or_none);
Owned int_negative(Object*);
Owned int_absolute(Object*);
Owned int_invert(Object*);
Owned int_lshift(Object*, Object*);
Owned int_rshift(Object*, Object*);
Owned int_and(Object*, Object*);
Owned int_or(Object*, Object*);
Owned int_xor(Object*, Object*);
Owned int_gcd(Object*, Object*);
Owned int_divmod_near(Object*, Object*);  // quotient rounded half to even, with the remainder
Owned int_rich_compare(Object*, Object*, int op);
// "0x1f" with prefix, or without; base 2, 8, 10, 16.
Owned int_format(Object* object, int base, bool with_prefix);
Owned int_repr(Object* object);

extern int int_max_str_digits;  // sys.set_int_max_str_digits; 0: no limit
inline constexpr int kIntMaxStrDigitsDefault = 4300, kIntMaxStrDigitsThreshold = 640;

int init_int_types();

}  // namespace refscope::vm
