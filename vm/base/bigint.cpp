#include "vm/base/bigint.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>

namespace refscope::base {

namespace {

static_assert(sizeof(long) == 8 && sizeof(mp_limb_t) == 8);

constexpr std::uint64_t kHashModulus = (std::uint64_t{1} << 61) - 1;
constexpr int kDoubleMantissaBits = std::numeric_limits<double>::digits;  // 53

std::uint64_t magnitude(std::int64_t value) {
    return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

mpz_ptr new_mpz() {
    auto* value = new __mpz_struct;
    mpz_init(value);
    return value;
}

// Scales by a power of two with one rounding, half to even: `mantissa` has at most 64 bits and its
// lowest bit is sticky (set when bits below were lost).
std::optional<double> round_to_double(std::uint64_t mantissa, std::int64_t exponent,
                                      bool negative) {
    if (mantissa == 0) return negative ? -0.0 : 0.0;
    const int width = std::bit_width(mantissa);
    const std::int64_t top = exponent + width;  // value in [2**(top-1), 2**top)
    if (top > std::numeric_limits<double>::max_exponent) return std::nullopt;
    int keep = kDoubleMantissaBits;
    if (top < std::numeric_limits<double>::min_exponent) {
        keep -= static_cast<int>(
            std::min<std::int64_t>(std::numeric_limits<double>::min_exponent - top, 64));
    }
    if (width > keep) {
        const int drop = width - keep;
        if (drop > 64) return negative ? -0.0 : 0.0;
        const std::uint64_t kept = drop == 64 ? 0 : mantissa >> drop;
        const std::uint64_t lost =
            drop == 64 ? mantissa : mantissa & ((std::uint64_t{1} << drop) - 1);
        const std::uint64_t half = std::uint64_t{1} << (drop - 1);
        mantissa = kept + ((lost > half || (lost == half && (kept & 1) != 0)) ? 1 : 0);
        exponent += drop;
    }
    const double result = std::ldexp(static_cast<double>(mantissa), static_cast<int>(exponent));
    if (std::isinf(result)) return std::nullopt;
    return negative ? -result : result;
}

}  // namespace

// An mpz view of a value: big values are lent, small ones get a limb on the stack.
class BigInt::Operand {
  public:
    explicit Operand(const BigInt& value) {
        if (!value.is_small()) {
            pointer_ = value.big_;
            return;
        }
        limb_ = magnitude(value.small_);
        local_._mp_alloc = 1;
        local_._mp_size = value.small_ == 0 ? 0 : (value.small_ < 0 ? -1 : 1);
        local_._mp_d = &limb_;
        pointer_ = &local_;
    }
    Operand(const Operand&) = delete;
    operator mpz_srcptr() const { return pointer_; }

  private:
    mp_limb_t limb_ = 0;
    __mpz_struct local_;
    mpz_srcptr pointer_;
};

void BigInt::copy_big(const BigInt& other) {
    big_ = new __mpz_struct;
    mpz_init_set(big_, other.big_);
}

void BigInt::free_big() {
    mpz_clear(big_);
    delete big_;
}

BigInt BigInt::adopt(mpz_ptr value) {
    BigInt result;
    if (mpz_fits_slong_p(value) != 0) {
        result.small_ = mpz_get_si(value);
        mpz_clear(value);
        delete value;
    } else {
        result.big_ = value;
    }
    return result;
}

BigInt BigInt::from_mpz(mpz_srcptr value) {
    mpz_ptr copy = new __mpz_struct;
    mpz_init_set(copy, value);
    return adopt(copy);
}

BigInt BigInt::from_unsigned(std::uint64_t value) {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return BigInt(static_cast<std::int64_t>(value));
    }
    mpz_ptr result = new_mpz();
    mpz_set_ui(result, value);
    return adopt(result);
}

BigInt BigInt::from_double(double value) {
    assert(std::isfinite(value));
    if (value >= -9223372036854775808.0 && value < 9223372036854775808.0) {
        return BigInt(static_cast<std::int64_t>(value));
    }
    mpz_ptr result = new_mpz();
    mpz_set_d(result, value);
    return adopt(result);
}

std::optional<BigInt> BigInt::parse(std::string_view digits, int base) {
    bool negative = false;
    if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) {
        negative = digits[0] == '-';
        digits.remove_prefix(1);
    }
    if (digits.empty()) return std::nullopt;
    std::uint64_t value = 0;
    bool fits = true;
    for (char c : digits) {
        int digit;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if (c >= 'a' && c <= 'z')
            digit = c - 'a' + 10;
        else if (c >= 'A' && c <= 'Z')
            digit = c - 'A' + 10;
        else
            return std::nullopt;
        if (digit >= base) return std::nullopt;
        if (fits) {
            std::uint64_t next;
            fits = !__builtin_mul_overflow(value, static_cast<std::uint64_t>(base), &next) &&
                   !__builtin_add_overflow(next, static_cast<std::uint64_t>(digit), &value);
        }
    }
    if (fits && value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        const auto small = static_cast<std::int64_t>(value);
        return BigInt(negative ? -small : small);
    }
    mpz_ptr result = new_mpz();
    mpz_set_str(result, std::string(digits).c_str(), base);
    if (negative) mpz_neg(result, result);
    return adopt(result);
}

BigInt BigInt::from_bytes(std::string_view bytes, bool little_endian, bool is_signed) {
    if (bytes.empty()) return BigInt();
    mpz_ptr result = new_mpz();
    mpz_import(result, bytes.size(), little_endian ? -1 : 1, 1, 0, 0, bytes.data());
    const auto top = static_cast<unsigned char>(little_endian ? bytes.back() : bytes.front());
    if (is_signed && (top & 0x80) != 0) {
        BigInt weight = BigInt(1).shift_left(bytes.size() * 8);
        mpz_sub(result, result, Operand(weight));
    }
    return adopt(result);
}

std::optional<std::string> BigInt::to_bytes(std::size_t length, bool little_endian,
                                            bool is_signed) const {
    if (sign() < 0 && !is_signed) return std::nullopt;
    const BigInt magnitude_value = sign() < 0 ? ~*this : *this;
    const std::uint64_t needed = magnitude_value.bit_length() + (is_signed ? 1 : 0);
    if (length < (needed + 7) / 8 && !(length == 0 && is_zero())) return std::nullopt;
    const char fill = sign() < 0 ? '\xff' : '\0';
    std::string result(length, '\0');
    if (!magnitude_value.is_zero()) {
        mpz_export(result.data(), nullptr, -1, 1, 0, 0, Operand(magnitude_value));
    }
    if (fill != 0) {
        for (char& c : result) c = static_cast<char>(~c);
    }
    if (!little_endian) {
        for (std::size_t i = 0, j = length; i + 1 < j; ++i) std::swap(result[i], result[--j]);
    }
    return result;
}

std::optional<std::uint64_t> BigInt::to_uint64() const {
    if (is_small()) {
        return small_ >= 0 ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(small_))
                           : std::nullopt;
    }
    return mpz_fits_ulong_p(big_) != 0 ? std::optional<std::uint64_t>(mpz_get_ui(big_))
                                       : std::nullopt;
}

int BigInt::sign() const {
    if (is_small()) return small_ < 0 ? -1 : (small_ > 0 ? 1 : 0);
    return mpz_sgn(big_);
}

std::uint64_t BigInt::bit_length() const {
    if (is_small()) return static_cast<std::uint64_t>(std::bit_width(magnitude(small_)));
    return mpz_sizeinbase(big_, 2);
}

std::uint64_t BigInt::bit_count() const {
    if (is_small()) return static_cast<std::uint64_t>(std::popcount(magnitude(small_)));
    return mpn_popcount(big_->_mp_d, mpz_size(big_));
}

std::int64_t BigInt::hash() const {
    std::uint64_t remainder;
    if (is_small()) {
        remainder = magnitude(small_) % kHashModulus;
    } else {
        remainder = mpz_tdiv_ui(big_, kHashModulus);
    }
    auto result = static_cast<std::int64_t>(remainder);
    if (sign() < 0) result = -result;
    return result == -1 ? -2 : result;
}

BigInt operator+(const BigInt& left, const BigInt& right) {
    if (left.is_small() && right.is_small()) {
        std::int64_t sum;
        if (!__builtin_add_overflow(left.small_, right.small_, &sum)) return BigInt(sum);
    }
    mpz_ptr result = new_mpz();
    mpz_add(result, BigInt::Operand(left), BigInt::Operand(right));
    return BigInt::adopt(result);
}

BigInt operator-(const BigInt& left, const BigInt& right) {
    if (left.is_small() && right.is_small()) {
        std::int64_t difference;
        if (!__builtin_sub_overflow(left.small_, right.small_, &difference))
            return BigInt(difference);
    }
    mpz_ptr result = new_mpz();
    mpz_sub(result, BigInt::Operand(left), BigInt::Operand(right));
    return BigInt::adopt(result);
}

BigInt operator*(const BigInt& left, const BigInt& right) {
    if (left.is_small() && right.is_small()) {
        std::int64_t product;
        if (!__builtin_mul_overflow(left.small_, right.small_, &product)) return BigInt(product);
    }
    mpz_ptr result = new_mpz();
    mpz_mul(result, BigInt::Operand(left), BigInt::Operand(right));
    return BigInt::adopt(result);
}

BigInt operator&(const BigInt& left, const BigInt& right) {
    if (left.is_small() && right.is_small()) return BigInt(left.small_ & right.small_);
    mpz_ptr result = new_mpz();
    mpz_and(result, BigInt::Operand(left), BigInt::Operand(right));
    return BigInt::adopt(result);
}

BigInt operator|(const BigInt& left, const BigInt& right) {
    if (left.is_small() && right.is_small()) return BigInt(left.small_ | right.small_);
    mpz_ptr result = new_mpz();
    mpz_ior(result, BigInt::Operand(left), BigInt::Operand(right));
    return BigInt::adopt(result);
}

BigInt operator^(const BigInt& left, const BigInt& right) {
    if (left.is_small() && right.is_small()) return BigInt(left.small_ ^ right.small_);
    mpz_ptr result = new_mpz();
    mpz_xor(result, BigInt::Operand(left), BigInt::Operand(right));
    return BigInt::adopt(result);
}

BigInt BigInt::operator-() const {
    if (is_small() && small_ != std::numeric_limits<std::int64_t>::min()) return BigInt(-small_);
    mpz_ptr result = new_mpz();
    mpz_neg(result, Operand(*this));
    return adopt(result);
}

BigInt BigInt::operator~() const {
    if (is_small()) return BigInt(~small_);
    mpz_ptr result = new_mpz();
    mpz_com(result, big_);
    return adopt(result);
}

BigInt BigInt::floor_divide(const BigInt& left, const BigInt& right) {
    assert(!right.is_zero());
    if (left.is_small() && right.is_small() &&
        !(left.small_ == std::numeric_limits<std::int64_t>::min() && right.small_ == -1)) {
        std::int64_t quotient = left.small_ / right.small_;
        if (left.small_ % right.small_ != 0 && ((left.small_ < 0) != (right.small_ < 0)))
            --quotient;
        return BigInt(quotient);
    }
    mpz_ptr result = new_mpz();
    mpz_fdiv_q(result, Operand(left), Operand(right));
    return adopt(result);
}

BigInt BigInt::modulo(const BigInt& left, const BigInt& right) {
    assert(!right.is_zero());
    if (left.is_small() && right.is_small()) {
        if (right.small_ == -1) return BigInt();
        std::int64_t remainder = left.small_ % right.small_;
        if (remainder != 0 && ((remainder < 0) != (right.small_ < 0))) remainder += right.small_;
        return BigInt(remainder);
    }
    mpz_ptr result = new_mpz();
    mpz_fdiv_r(result, Operand(left), Operand(right));
    return adopt(result);
}

std::pair<BigInt, BigInt> BigInt::divide_modulo(const BigInt& left, const BigInt& right) {
    if (left.is_small() && right.is_small())
        return {floor_divide(left, right), modulo(left, right)};
    mpz_ptr quotient = new_mpz();
    mpz_ptr remainder = new_mpz();
    mpz_fdiv_qr(quotient, remainder, Operand(left), Operand(right));
    return {adopt(quotient), adopt(remainder)};
}

BigInt BigInt::power(const BigInt& base, std::uint64_t exponent) {
    if (base.is_small()) {
        if (exponent == 0 || base.small_ == 1) return BigInt(1);
        if (base.small_ == 0) return BigInt();
        if (base.small_ == -1) return BigInt((exponent & 1) != 0 ? -1 : 1);
        std::int64_t result = 1;
        std::int64_t square = base.small_;
        bool fits = true;
        for (std::uint64_t left = exponent; fits;) {
            if ((left & 1) != 0) fits = !__builtin_mul_overflow(result, square, &result);
            left >>= 1;
            if (left == 0) break;
            if (fits) fits = !__builtin_mul_overflow(square, square, &square);
        }
        if (fits) return BigInt(result);
    }
    mpz_ptr result = new_mpz();
    mpz_pow_ui(result, Operand(base), exponent);
    return adopt(result);
}

std::optional<BigInt> BigInt::power_modulo(const BigInt& base, const BigInt& exponent,
                                           const BigInt& modulus) {
    assert(!modulus.is_zero());
    const BigInt positive = modulus.abs();
    mpz_ptr result = new_mpz();
    if (exponent.sign() < 0) {
        if (mpz_invert(result, Operand(base), Operand(positive)) == 0) {
            mpz_clear(result);
            delete result;
            if (positive == BigInt(1)) return BigInt();
            return std::nullopt;
        }
        const BigInt turned = -exponent;
        mpz_powm(result, result, Operand(turned), Operand(positive));
    } else {
        mpz_powm(result, Operand(base), Operand(exponent), Operand(positive));
    }
    BigInt value = adopt(result);
    if (modulus.sign() < 0 && !value.is_zero()) value = value + modulus;
    return value;
}

BigInt BigInt::shift_left(std::uint64_t bits) const {
    if (is_zero()) return BigInt();
    if (is_small() && bits < 64) {
        const std::int64_t shifted =
            static_cast<std::int64_t>(static_cast<std::uint64_t>(small_) << bits);
        if ((shifted >> bits) == small_) return BigInt(shifted);
    }
    mpz_ptr result = new_mpz();
    mpz_mul_2exp(result, Operand(*this), bits);
    return adopt(result);
}

BigInt BigInt::shift_right(std::uint64_t bits) const {
    if (is_small()) return BigInt(small_ >> std::min<std::uint64_t>(bits, 63));
    mpz_ptr result = new_mpz();
    mpz_fdiv_q_2exp(result, big_, bits);
    return adopt(result);
}

BigInt BigInt::greatest_common_divisor(const BigInt& left, const BigInt& right) {
    mpz_ptr result = new_mpz();
    mpz_gcd(result, Operand(left), Operand(right));
    return adopt(result);
}

BigInt BigInt::square_root() const {
    assert(sign() >= 0);
    mpz_ptr result = new_mpz();
    mpz_sqrt(result, Operand(*this));
    return adopt(result);
}

std::optional<double> BigInt::to_double() const {
    if (is_small()) return static_cast<double>(small_);  // the hardware rounds half to even
    const std::uint64_t bits = bit_length();
    if (bits > static_cast<std::uint64_t>(std::numeric_limits<double>::max_exponent))
        return std::nullopt;
    mpz_ptr top = new_mpz();
    const std::uint64_t shift = bits > 64 ? bits - 64 : 0;
    mpz_tdiv_q_2exp(top, big_, shift);
    std::uint64_t mantissa = mpz_get_ui(top);
    mpz_clear(top);
    delete top;
    if (shift != 0 && mpz_scan1(big_, 0) < shift) mantissa |= 1;
    return round_to_double(mantissa, static_cast<std::int64_t>(shift), sign() < 0);
}

std::optional<double> BigInt::true_divide(const BigInt& left, const BigInt& right) {
    assert(!right.is_zero());
    const bool negative = (left.sign() < 0) != (right.sign() < 0);
    if (left.is_zero()) return negative ? -0.0 : 0.0;
    constexpr std::int64_t kExact = std::int64_t{1} << kDoubleMantissaBits;
    if (left.is_small() && right.is_small() && left.small_ >= -kExact && left.small_ <= kExact &&
        right.small_ >= -kExact && right.small_ <= kExact) {
        return static_cast<double>(left.small_) / static_cast<double>(right.small_);
    }
    // Scale so that the quotient has 63 or 64 bits, keep a sticky bit, then round once.
    const auto shift = static_cast<std::int64_t>(left.bit_length()) -
                       static_cast<std::int64_t>(right.bit_length()) - 63;
    mpz_ptr numerator = new_mpz();
    mpz_ptr denominator = new_mpz();
    mpz_ptr remainder = new_mpz();
    mpz_abs(numerator, Operand(left));
    mpz_abs(denominator, Operand(right));
    if (shift < 0) mpz_mul_2exp(numerator, numerator, static_cast<std::uint64_t>(-shift));
    if (shift > 0) mpz_mul_2exp(denominator, denominator, static_cast<std::uint64_t>(shift));
    mpz_tdiv_qr(numerator, remainder, numerator, denominator);
    std::uint64_t mantissa = mpz_get_ui(numerator);
    if (mpz_sgn(remainder) != 0) mantissa |= 1;
    for (mpz_ptr value : {numerator, denominator, remainder}) {
        mpz_clear(value);
        delete value;
    }
    return round_to_double(mantissa, shift, negative);
}

std::string BigInt::to_string(int base) const {
    if (is_small() && base == 10) return std::to_string(small_);
    const Operand value(*this);
    std::string result(mpz_sizeinbase(value, base) + 2, '\0');
    mpz_get_str(result.data(), base, value);
    result.resize(std::strlen(result.c_str()));
    return result;
}

int BigInt::compare_big(const BigInt& left, const BigInt& right) {
    return mpz_cmp(Operand(left), Operand(right));
}

int BigInt::compare(double other) const {
    if (std::isinf(other)) return other > 0 ? -1 : 1;
    if (is_small()) {
        constexpr double kLimit = 9223372036854775808.0;
        if (other >= kLimit) return -1;
        if (other < -kLimit) return 1;
        const double whole = std::trunc(other);
        const auto integer = static_cast<std::int64_t>(whole);
        if (small_ != integer) return small_ < integer ? -1 : 1;
        return whole < other ? -1 : (whole > other ? 1 : 0);
    }
    const int order = mpz_cmp_d(big_, other);
    return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

}  // namespace refscope::base
