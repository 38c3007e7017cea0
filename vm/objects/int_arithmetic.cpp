// Arithmetic of ints. Values of up to two digits are computed on machine words; sums and differences of longer ones digit
// by digit; products, quotients and powers by GMP. Results are always in canonical form, small values shared.
#include <climits>
#include <cmath>
#include <cstring>

#include "vm/base/bigint.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int_digits.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

inline bool both_ints(Object* left, Object* right) { return int_check(left) && int_check(right); }

inline bool both_medium(Object* left, Object* right) { return int_is_medium(left) && int_is_medium(right); }

Owned divide_by_zero(const char* message) { return err_set_string(exc::ZeroDivisionError, message); }

inline int64_t floor_div(int64_t left, int64_t right) {
    int64_t quotient = left / right;
    return quotient - ((left % right != 0) & ((left < 0) != (right < 0)));
}
inline int64_t floor_mod(int64_t left, int64_t right) {
    int64_t remainder = left % right;
    return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder;
}

Owned multiply_big(Object* left, Object* right) {
    bool negative = (int_sign(left) < 0) != (int_sign(right) < 0);
    if (int_digit_count(left) < int_digit_count(right)) std::swap(left, right);
    intptr_t left_count = int_digit_count(left), right_count = int_digit_count(right);
    if (right_count == 0) return newref(small_int(0));
    if (right_count <= 8) {
        IntObject* product = int_allocate(left_count + right_count);
        if (!product) return nullptr;
        std::memset(product->digit, 0, static_cast<size_t>(left_count + right_count) * 4);
        const uint32_t *a = int_digits(left), *b = int_digits(right);
        for (intptr_t i = 0; i < right_count; ++i) {
            uint64_t carry = 0, factor = b[i];
            uint32_t* out = product->digit + i;
            for (intptr_t j = 0; j < left_count; ++j) {
                carry += out[j] + factor * a[j];
                out[j] = static_cast<uint32_t>(carry) & kIntDigitMask;
                carry >>= kIntDigitBits;
            }
            out[left_count] = static_cast<uint32_t>(carry);
        }
        if (negative) product->size = -product->size;
        return int_normalize(product);
    }
    Limbs a(left), b(right);
    Limbs product(static_cast<size_t>(a.size() + b.size()));
    mpn_mul(product.data(), a.data(), a.size(), b.data(), b.size());
    return int_from_limbs(product.data(), a.size() + b.size(), negative);
}

// Divides the magnitude of `left` by one digit.
Owned divide_by_digit(Object* left, uint32_t divisor, bool negative, uint32_t* remainder) {
    intptr_t count = int_digit_count(left);
    IntObject* quotient = int_allocate(count);
    if (!quotient) return nullptr;
    const uint32_t* digits = int_digits(left);
    uint64_t rest = 0;
    for (intptr_t i = count; i-- > 0;) {
        rest = rest << kIntDigitBits | digits[i];
        auto digit = static_cast<uint32_t>(rest / divisor);
        quotient->digit[i] = digit;
        rest -= static_cast<uint64_t>(digit) * divisor;
    }
    *remainder = static_cast<uint32_t>(rest);
    if (negative) quotient->size = -count;
    return int_normalize(quotient);
}

Owned shift_left(Object* value, uint64_t count) {
    if (int_sign(value) == 0) return newref(small_int(0));
    uint64_t words = count / kIntDigitBits;
    int bits = static_cast<int>(count % kIntDigitBits);
    intptr_t old_count = int_digit_count(value);
    if (words > static_cast<uint64_t>(INTPTR_MAX / 4 - old_count - 16)) {
        return err_set_string(exc::OverflowError, "too many digits in integer");
    }
    auto shift = static_cast<intptr_t>(words);
    IntObject* result = int_allocate(shift + old_count + 1);
    if (!result) return nullptr;
    std::memset(result->digit, 0, static_cast<size_t>(shift) * 4);
    uint64_t carry = 0;
    const uint32_t* digits = int_digits(value);
    for (intptr_t i = 0; i < old_count; ++i) {
        carry |= static_cast<uint64_t>(digits[i]) << bits;
        result->digit[shift + i] = static_cast<uint32_t>(carry) & kIntDigitMask;
        carry >>= kIntDigitBits;
    }
    result->digit[shift + old_count] = static_cast<uint32_t>(carry);
    if (int_sign(value) < 0) result->size = -result->size;
    return int_normalize(result);
}

Owned shift_right(Object* value, uint64_t count) {
    intptr_t old_count = int_digit_count(value);
    bool negative = int_sign(value) < 0;
    uint64_t words = count / kIntDigitBits;
    int bits = static_cast<int>(count % kIntDigitBits);
    if (words >= static_cast<uint64_t>(old_count)) return int_from_int64(negative ? -1 : 0);
    auto shift = static_cast<intptr_t>(words);
    intptr_t new_count = old_count - shift;
    IntObject* result = int_allocate(new_count + 1);
    if (!result) return nullptr;
    const uint32_t* digits = int_digits(value);
    bool lost = false;
    for (intptr_t i = 0; i < shift; ++i) lost = lost || digits[i] != 0;
    lost = lost || (digits[shift] & ((1u << bits) - 1)) != 0;
    for (intptr_t i = 0; i < new_count; ++i) {
        uint64_t window = digits[shift + i];
        if (shift + i + 1 < old_count) window |= static_cast<uint64_t>(digits[shift + i + 1]) << kIntDigitBits;
        result->digit[i] = static_cast<uint32_t>(window >> bits) & kIntDigitMask;
    }
    result->digit[new_count] = 0;
    if (negative) {
        // Rounds to minus infinity.
        for (intptr_t i = 0; lost && i <= new_count; ++i) {
            result->digit[i] = (result->digit[i] + 1) & kIntDigitMask;
            lost = result->digit[i] == 0;
        }
        result->size = -result->size;
    }
    return int_normalize(result);
}

// Two's complement digits of a negative operand, computed on the fly from the low end.
struct Complement {
    const uint32_t* digits;
    intptr_t count;
    bool negative;
    uint32_t carry = 1;
    uint32_t at(intptr_t i) {
        uint32_t digit = i < count ? digits[i] : 0;
        if (!negative) return digit;
        digit = (digit ^ kIntDigitMask) + carry;
        carry = digit >> kIntDigitBits;
        return digit & kIntDigitMask;
    }
};

template <class Operation>
Owned bitwise(Object* left, Object* right, Operation operation) {
    Complement a{int_digits(left), int_digit_count(left), int_sign(left) < 0};
    Complement b{int_digits(right), int_digit_count(right), int_sign(right) < 0};
    bool negative = (operation(a.negative ? ~0u : 0u, b.negative ? ~0u : 0u) & 1) != 0;
    intptr_t count = (a.count > b.count ? a.count : b.count) + 1;
    IntObject* result = int_allocate(count);
    if (!result) return nullptr;
    uint32_t carry = 1;
    for (intptr_t i = 0; i < count; ++i) {
        uint32_t digit = operation(a.at(i), b.at(i)) & kIntDigitMask;
        if (negative) {
            digit = (digit ^ kIntDigitMask) + carry;
            carry = digit >> kIntDigitBits;
            digit &= kIntDigitMask;
        }
        result->digit[i] = digit;
    }
    if (negative) result->size = -count;
    return int_normalize(result);
}

Owned power_modulo(Object* base, Object* exponent, Object* modulus) {
    if (int_sign(modulus) == 0) return err_set_string(exc::ValueError, "pow() 3rd argument cannot be 0");
    Integer b(base), e(exponent), m(modulus), result;
    bool negative = mpz_sgn(m.get()) < 0;
    mpz_abs(m.get(), m.get());
    if (mpz_cmp_ui(m.get(), 1) == 0) return newref(small_int(0));
    if (mpz_sgn(e.get()) < 0) {
        if (!mpz_invert(b.get(), b.get(), m.get())) {
            return err_set_string(exc::ValueError, "base is not invertible for the given modulus");
        }
        mpz_neg(e.get(), e.get());
    }
    mpz_powm(result.get(), b.get(), e.get(), m.get());
    if (negative && mpz_sgn(result.get()) != 0) mpz_sub(result.get(), result.get(), m.get());
    return result.to_int();
}

}  // namespace

Owned int_add_magnitudes(const Object* left, const Object* right) {
    if (int_digit_count(left) < int_digit_count(right)) std::swap(left, right);
    intptr_t count = int_digit_count(left), shorter = int_digit_count(right);
    IntObject* sum = int_allocate(count + 1);
    if (!sum) return nullptr;
    const uint32_t *a = int_digits(left), *b = int_digits(right);
    uint32_t carry = 0;
    intptr_t i = 0;
    for (; i < shorter; ++i) {
        carry += a[i] + b[i];
        sum->digit[i] = carry & kIntDigitMask;
        carry >>= kIntDigitBits;
    }
    for (; i < count; ++i) {
        carry += a[i];
        sum->digit[i] = carry & kIntDigitMask;
        carry >>= kIntDigitBits;
    }
    sum->digit[i] = carry;
    return int_normalize(sum);
}

Owned int_subtract_magnitudes(const Object* left, const Object* right) {
    intptr_t count = int_digit_count(left), shorter = int_digit_count(right);
    const uint32_t *a = int_digits(left), *b = int_digits(right);
    bool negative = false;
    if (count < shorter) {
        negative = true;
    } else if (count == shorter) {
        while (count > 0 && a[count - 1] == b[count - 1]) --count;
        if (count == 0) return newref(small_int(0));
        negative = a[count - 1] < b[count - 1];
        shorter = count;
    }
    if (negative) {
        std::swap(a, b);
        std::swap(count, shorter);
    }
    IntObject* difference = int_allocate(count);
    if (!difference) return nullptr;
    uint32_t borrow = 0;
    intptr_t i = 0;
    for (; i < shorter; ++i) {
        borrow = a[i] - b[i] - borrow;
        difference->digit[i] = borrow & kIntDigitMask;
        borrow = (borrow >> kIntDigitBits) & 1;
    }
    for (; i < count; ++i) {
        borrow = a[i] - borrow;
        difference->digit[i] = borrow & kIntDigitMask;
        borrow = (borrow >> kIntDigitBits) & 1;
    }
    if (negative) difference->size = -difference->size;
    return int_normalize(difference);
}

Owned int_add(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (RS_LIKELY(both_medium(left, right))) return int_from_int64(int_medium_value(left) + int_medium_value(right));
    int left_sign = int_sign(left), right_sign = int_sign(right);
    if (left_sign >= 0) {
        return right_sign >= 0 ? int_add_magnitudes(left, right) : int_subtract_magnitudes(left, right);
    }
    if (right_sign >= 0) return int_subtract_magnitudes(right, left);
    Owned sum = int_add_magnitudes(left, right);
    return sum ? int_negate_in_place(static_cast<IntObject*>(sum)) : nullptr;
}

Owned int_subtract(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (RS_LIKELY(both_medium(left, right))) return int_from_int64(int_medium_value(left) - int_medium_value(right));
    int left_sign = int_sign(left), right_sign = int_sign(right);
    if (left_sign >= 0) {
        return right_sign >= 0 ? int_subtract_magnitudes(left, right) : int_add_magnitudes(left, right);
    }
    if (right_sign < 0) return int_subtract_magnitudes(right, left);
    Owned sum = int_add_magnitudes(left, right);
    return sum ? int_negate_in_place(static_cast<IntObject*>(sum)) : nullptr;
}

Owned int_multiply(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (RS_LIKELY(both_medium(left, right))) {
        int64_t product;
        if (RS_LIKELY(!__builtin_mul_overflow(int_medium_value(left), int_medium_value(right), &product))) {
            return int_from_int64(product);
        }
    }
    return multiply_big(left, right);
}

bool int_divmod_floor(Object* left, Object* right, Object** quotient, Object** remainder) {
    if (both_medium(left, right)) {
        int64_t a = int_medium_value(left), b = int_medium_value(right);
        if (quotient && !(*quotient = int_from_int64(floor_div(a, b)))) return false;
        if (remainder && !(*remainder = int_from_int64(floor_mod(a, b)))) {
            if (quotient) decref(*quotient);
            return false;
        }
        return true;
    }
    bool left_negative = int_sign(left) < 0, right_negative = int_sign(right) < 0;
    bool opposite = left_negative != right_negative;
    Ref<> q, r;
    if (int_digit_count(left) < int_digit_count(right)) {
        q = own(newref(small_int(0)));
        r = own(int_add(left, small_int(0)));
    } else if (int_digit_count(right) == 1) {
        uint32_t rest = 0;
        q = own(divide_by_digit(left, int_digits(right)[0], opposite, &rest));
        r = own(int_from_int64(left_negative ? -static_cast<int64_t>(rest) : rest));
    } else {
        Limbs a(left), b(right);
        if (a.size() < b.size()) {
            q = own(newref(small_int(0)));
            r = own(int_add(left, small_int(0)));
        } else {
            Limbs quotient_limbs(static_cast<size_t>(a.size() - b.size() + 1)), rest(static_cast<size_t>(b.size()));
            mpn_tdiv_qr(quotient_limbs.data(), rest.data(), 0, a.data(), a.size(), b.data(), b.size());
            q = own(int_from_limbs(quotient_limbs.data(), a.size() - b.size() + 1, opposite));
            r = own(int_from_limbs(rest.data(), b.size(), left_negative));
        }
    }
    if (!q || !r) return false;
    if (opposite && int_sign(r.get()) != 0) {
        if (remainder) r = own(int_add(r.get(), right));
        if (quotient) q = own(int_subtract(q.get(), small_int(1)));
        if (!q || !r) return false;
    }
    if (quotient) *quotient = q.release();
    if (remainder) *remainder = r.release();
    return true;
}

Owned int_floor_divide(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (int_sign(right) == 0) return divide_by_zero("integer division or modulo by zero");
    Object* quotient;
    return int_divmod_floor(left, right, &quotient, nullptr) ? quotient : nullptr;
}

Owned int_remainder(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (int_sign(right) == 0) return divide_by_zero("integer modulo by zero");
    Object* remainder;
    return int_divmod_floor(left, right, nullptr, &remainder) ? remainder : nullptr;
}

Owned int_divmod(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (int_sign(right) == 0) return divide_by_zero("integer division or modulo by zero");
    Object *quotient, *remainder;
    if (!int_divmod_floor(left, right, &quotient, &remainder)) return nullptr;
    auto q = own(quotient);
    auto r = own(remainder);
    return tuple_pack({q.get(), r.get()});
}

Owned int_true_divide(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (int_sign(right) == 0) return divide_by_zero("division by zero");
    if (both_medium(left, right)) {
        constexpr int64_t kExact = int64_t{1} << 53;
        int64_t a = int_medium_value(left), b = int_medium_value(right);
        if (a >= -kExact && a <= kExact && b >= -kExact && b <= kExact) {
            return float_new(static_cast<double>(a) / static_cast<double>(b));
        }
    }
    auto quotient = base::BigInt::true_divide(int_to_big(left), int_to_big(right));
    if (!quotient) return err_set_string(exc::OverflowError, "integer division result too large for a float");
    return float_new(*quotient);
}

Owned int_power(Object* left, Object* right, Object* modulus) {
    if (!both_ints(left, right)) return new_not_implemented();
    bool has_modulus = modulus && !is_none(modulus);
    if (has_modulus) {
        if (!int_check(modulus)) return new_not_implemented();
        return power_modulo(left, right, modulus);
    }
    if (int_sign(right) < 0) {
        auto base = own(float_new(int_as_double(left)));
        if (err_occurred() || !base) return nullptr;
        auto exponent = own(float_new(int_as_double(right)));
        if (err_occurred() || !exponent) return nullptr;
        return float_power_objects(base.get(), exponent.get());
    }
    if (int_is_medium(right)) {
        int64_t exponent = int_medium_value(right);
        if (exponent == 0) return newref(small_int(1));
        if (int_is_compact(left)) {
            int64_t base = int_compact_value(left);
            if (base == 0 || base == 1) return newref(small_int(base));
            if (base == -1) return newref(small_int(exponent & 1 ? -1 : 1));
            if (base == 2) return shift_left(small_int(1), static_cast<uint64_t>(exponent));
        }
        uint64_t bits = int_bit_length(left);
        if (int_is_medium(left) && exponent < 64 && bits * static_cast<uint64_t>(exponent) <= 62) {
            int64_t base = int_medium_value(left), result = 1;
            for (int64_t e = exponent;;) {
                if (e & 1) result *= base;
                e >>= 1;
                if (!e) break;
                base *= base;
            }
            return int_from_int64(result);
        }
        // More than 2**36 bits would be 8 GiB.
        unsigned __int128 wanted = static_cast<unsigned __int128>(bits) * static_cast<uint64_t>(exponent);
        if (wanted >> 36) return err_no_memory();
        Integer base(left);
        mpz_pow_ui(base.get(), base.get(), static_cast<unsigned long>(exponent));
        return base.to_int();
    }
    if (int_is_compact(left)) {
        int64_t base = int_compact_value(left);
        if (base == 0 || base == 1) return newref(small_int(base));
        if (base == -1) return newref(small_int(int_digits(right)[0] & 1 ? -1 : 1));
    }
    return err_no_memory();
}

Owned int_negative(Object* self) {
    if (int_is_medium(self)) return int_from_int64(-int_medium_value(self));
    intptr_t count = int_digit_count(self);
    IntObject* result = int_allocate(count);
    if (!result) return nullptr;
    std::memcpy(result->digit, int_digits(self), static_cast<size_t>(count) * 4);
    result->size = -static_cast<VarObject*>(self)->size;
    return result;
}

Owned int_absolute(Object* self) { return int_sign(self) < 0 ? int_negative(self) : int_type.nb_positive(self); }

Owned int_invert(Object* self) {
    if (int_is_medium(self)) return int_from_int64(~int_medium_value(self));
    auto next = own(int_add(self, small_int(1)));
    if (!next) return nullptr;
    return int_negative(next.get());
}

Owned int_lshift(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (int_sign(right) < 0) return err_set_string(exc::ValueError, "negative shift count");
    if (int_sign(left) == 0) return newref(small_int(0));
    if (!int_is_medium(right)) return err_set_string(exc::OverflowError, "too many digits in integer");
    int64_t count = int_medium_value(right);
    if (int_is_compact(left) && count <= 32) return int_from_int64(int_compact_value(left) * (int64_t{1} << count));
    return shift_left(left, static_cast<uint64_t>(count));
}

Owned int_rshift(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (int_sign(right) < 0) return err_set_string(exc::ValueError, "negative shift count");
    if (int_sign(left) == 0) return newref(small_int(0));
    if (!int_is_medium(right)) return int_from_int64(int_sign(left) < 0 ? -1 : 0);
    int64_t count = int_medium_value(right);
    if (int_is_medium(left)) return int_from_int64(int_medium_value(left) >> (count > 63 ? 63 : count));
    return shift_right(left, static_cast<uint64_t>(count));
}

Owned int_and(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (both_medium(left, right)) return int_from_int64(int_medium_value(left) & int_medium_value(right));
    return bitwise(left, right, [](uint32_t a, uint32_t b) { return a & b; });
}
Owned int_or(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (both_medium(left, right)) return int_from_int64(int_medium_value(left) | int_medium_value(right));
    return bitwise(left, right, [](uint32_t a, uint32_t b) { return a | b; });
}
Owned int_xor(Object* left, Object* right) {
    if (!both_ints(left, right)) return new_not_implemented();
    if (both_medium(left, right)) return int_from_int64(int_medium_value(left) ^ int_medium_value(right));
    return bitwise(left, right, [](uint32_t a, uint32_t b) { return a ^ b; });
}

Owned int_gcd(Object* left, Object* right) {
    if (both_medium(left, right)) {
        int64_t a = int_medium_value(left), b = int_medium_value(right);
        a = a < 0 ? -a : a;
        b = b < 0 ? -b : b;
        while (b) {
            int64_t rest = a % b;
            a = b;
            b = rest;
        }
        return int_from_int64(a);
    }
    Integer a(left), b(right);
    mpz_gcd(a.get(), a.get(), b.get());
    return a.to_int();
}

Owned int_divmod_near(Object* left, Object* right) {
    if (!both_ints(left, right)) return err_set_string(exc::TypeError, "non-integer arguments in division");
    if (int_sign(right) == 0) return divide_by_zero("integer division or modulo by zero");
    Object *q, *r;
    if (!int_divmod_floor(left, right, &q, &r)) return nullptr;
    auto quotient = own(q), remainder = own(r);
    // The remainder has the divisor's sign: compare twice its magnitude with the divisor's.
    auto twice = own(int_lshift(remainder.get(), small_int(1)));
    auto twice_magnitude = own(twice ? int_absolute(twice.get()) : nullptr);
    auto divisor_magnitude = own(int_absolute(right));
    if (!twice_magnitude || !divisor_magnitude) return nullptr;
    int order = int_compare(twice_magnitude.get(), divisor_magnitude.get());
    bool odd = int_digit_count(quotient.get()) > 0 && (int_digits(quotient.get())[0] & 1);
    if (order > 0 || (order == 0 && odd)) {
        quotient = own(int_add(quotient.get(), small_int(1)));
        remainder = own(int_subtract(remainder.get(), right));
        if (!quotient || !remainder) return nullptr;
    }
    return tuple_pack({quotient.get(), remainder.get()});
}

}  // namespace refscope::vm
