// BigInt: a Python int as a C++ value. Any size; what fits 64 bits stays in the object.
//
// A small wrapper over GMP: values that fit int64_t are stored inline and never allocate, so the
// canonical form is unique: `is_small()` is true exactly when the value fits. Semantics are
// Python's (floor division, arithmetic shift, infinite two's complement for the bit operations).
// Operations that Python rejects (division by zero, negative shift) are the caller's to exclude;
// they are checked by assertion only. Thread-compatible like any value.
#pragma once

#include <gmp.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace refscope::base {

class BigInt {
  public:
    BigInt() = default;
    BigInt(std::int64_t value) : small_(value) {}  // NOLINT: implicit on purpose
    BigInt(int value) : small_(value) {}           // NOLINT
    static BigInt from_unsigned(std::uint64_t value);
    // Truncates towards zero; the double must be finite.
    static BigInt from_double(double value);
    // Digits of `base` 2..36 with an optional sign, nothing else (no underscores, no prefix).
    static std::optional<BigInt> parse(std::string_view digits, int base = 10);
    static BigInt from_bytes(std::string_view bytes, bool little_endian, bool is_signed);
    static BigInt from_mpz(mpz_srcptr value);

    BigInt(const BigInt& other) : small_(other.small_) {
        if (other.big_ != nullptr) copy_big(other);
    }
    BigInt(BigInt&& other) noexcept
        : small_(other.small_), big_(std::exchange(other.big_, nullptr)) {
        other.small_ = 0;
    }
    BigInt& operator=(const BigInt& other) {
        if (this != &other) {
            BigInt copy(other);
            swap(copy);
        }
        return *this;
    }
    BigInt& operator=(BigInt&& other) noexcept {
        swap(other);
        return *this;
    }
    ~BigInt() {
        if (big_ != nullptr) free_big();
    }
    void swap(BigInt& other) noexcept {
        std::swap(small_, other.small_);
        std::swap(big_, other.big_);
    }

    bool is_small() const { return big_ == nullptr; }
    std::int64_t small() const { return small_; }  // only when is_small()
    std::optional<std::int64_t> to_int64() const {
        return is_small() ? std::optional<std::int64_t>(small_) : std::nullopt;
    }
    std::optional<std::uint64_t> to_uint64() const;
    mpz_srcptr big() const { return big_; }  // null when is_small()

    int sign() const;  // -1, 0, 1
    bool is_zero() const { return is_small() && small_ == 0; }
    bool is_odd() const { return is_small() ? (small_ & 1) != 0 : mpz_odd_p(big_) != 0; }
    std::uint64_t bit_length() const;  // of the absolute value, as int.bit_length()
    std::uint64_t bit_count() const;   // ones in the absolute value, as int.bit_count()
    // CPython's 30-bit digits, for sys.getsizeof; 0 for zero.
    std::uint64_t digit_count() const { return (bit_length() + 29) / 30; }
    // hash(int) of CPython on 64 bits: modulo 2**61 - 1, never -1.
    std::int64_t hash() const;

    friend BigInt operator+(const BigInt& left, const BigInt& right);
    friend BigInt operator-(const BigInt& left, const BigInt& right);
    friend BigInt operator*(const BigInt& left, const BigInt& right);
    friend BigInt operator&(const BigInt& left, const BigInt& right);
    friend BigInt operator|(const BigInt& left, const BigInt& right);
    friend BigInt operator^(const BigInt& left, const BigInt& right);
    BigInt operator-() const;
    BigInt operator~() const;
    BigInt abs() const { return sign() < 0 ? -*this : *this; }

    static BigInt floor_divide(const BigInt& left, const BigInt& right);
    static BigInt modulo(const BigInt& left, const BigInt& right);
    static std::pair<BigInt, BigInt> divide_modulo(const BigInt& left, const BigInt& right);
    static BigInt power(const BigInt& base, std::uint64_t exponent);
    // base ** exponent % modulus with Python's sign; a negative exponent needs an inverse, and
    // nullopt says that there is none. The modulus must not be 0.
    static std::optional<BigInt> power_modulo(const BigInt& base, const BigInt& exponent,
                                              const BigInt& modulus);
    BigInt shift_left(std::uint64_t bits) const;
    BigInt shift_right(std::uint64_t bits) const;  // rounds to minus infinity
    static BigInt greatest_common_divisor(const BigInt& left, const BigInt& right);
    BigInt square_root() const;  // floor; the value must not be negative

    // Round half to even, as float(int); nullopt when it overflows.
    std::optional<double> to_double() const;
    // left / right correctly rounded, as int.__truediv__; nullopt when the result overflows.
    static std::optional<double> true_divide(const BigInt& left, const BigInt& right);

    std::string to_string(int base = 10) const;  // lower case, no prefix
    // Two's complement or unsigned; nullopt when it does not fit `length` bytes.
    std::optional<std::string> to_bytes(std::size_t length, bool little_endian,
                                        bool is_signed) const;

    friend bool operator==(const BigInt& left, const BigInt& right) {
        if (left.is_small() || right.is_small()) {
            return left.is_small() && right.is_small() && left.small_ == right.small_;
        }
        return mpz_cmp(left.big_, right.big_) == 0;
    }
    friend std::strong_ordering operator<=>(const BigInt& left, const BigInt& right) {
        if (left.is_small() && right.is_small()) return left.small_ <=> right.small_;
        return compare_big(left, right) <=> 0;
    }
    // Exact comparison with a double that is not NaN: -1, 0, 1.
    int compare(double other) const;

  private:
    class Operand;
    static int compare_big(const BigInt& left, const BigInt& right);
    static BigInt adopt(mpz_ptr value);  // takes the mpz, normalises
    void copy_big(const BigInt& other);
    void free_big();

    std::int64_t small_ = 0;
    mpz_ptr big_ = nullptr;
};

}  // namespace refscope::base
