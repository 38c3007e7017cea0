// Operators on constants, with CPython's limits on what is worth folding: integers of 128 bits, strings of 4,096 characters,
// collections of 256 items with 1,024 items inside.
#include <cerrno>
#include <cmath>
#include <complex>

#include "vm/compiler/constants.h"

namespace refscope::compiler {

using base::BigInt;
using syntax::Operator;
using Kind = Constant::Kind;

namespace {

constexpr int64_t kMaxIntBits = 128;
constexpr int64_t kMaxCollection = 256;
constexpr int64_t kMaxText = 4096;
constexpr int64_t kMaxTotalItems = 1024;

bool is_bool(const Constant& c) { return c.kind == Kind::kTrue || c.kind == Kind::kFalse; }
bool is_int(const Constant& c) { return c.kind == Kind::kInt || is_bool(c); }
bool is_real(const Constant& c) { return is_int(c) || c.kind == Kind::kFloat; }
bool is_number(const Constant& c) { return is_real(c) || c.kind == Kind::kComplex; }
BigInt integer_of(const Constant& c) { return c.kind == Kind::kInt ? c.integer : BigInt(c.kind == Kind::kTrue ? 1 : 0); }

std::optional<double> double_of(const Constant& c) {
    if (is_int(c)) return integer_of(c).to_double();
    return c.real;
}

// ---- integers

ConstantRef integer_power(const BigInt& base, const BigInt& exponent) {
    if (exponent.sign() < 0) {
        auto b = base.to_double();
        auto e = exponent.to_double();
        if (!b || !e || *b == 0) return nullptr;
        return Constant::of_float(std::pow(*b, *e));
    }
    if (!base.is_zero() && exponent.sign() > 0) {
        auto small = exponent.to_int64();
        if (!small || static_cast<int64_t>(base.bit_length()) > kMaxIntBits / *small) return nullptr;
    }
    auto power = exponent.to_uint64();
    // Only 0 has powers this large that are small.
    if (!power) return base.is_zero() ? Constant::of_int(BigInt(0)) : nullptr;
    return Constant::of_int(BigInt::power(base, *power));
}

ConstantRef integer_shift(Operator op, const BigInt& left, const BigInt& right) {
    if (right.sign() < 0) return nullptr;
    auto bits = right.to_uint64();
    if (op == Operator::RShift) {
        if (!bits) return Constant::of_int(BigInt(left.sign() < 0 ? -1 : 0));
        return Constant::of_int(left.shift_right(*bits));
    }
    if (left.is_zero()) return Constant::of_int(BigInt(0));
    if (!bits || *bits > static_cast<uint64_t>(kMaxIntBits) || left.bit_length() + *bits > static_cast<uint64_t>(kMaxIntBits)) {
        return nullptr;
    }
    return Constant::of_int(left.shift_left(*bits));
}

ConstantRef fold_integers(Operator op, const Constant& a, const Constant& b) {
    BigInt left = integer_of(a);
    BigInt right = integer_of(b);
    switch (op) {
        case Operator::Add: return Constant::of_int(left + right);
        case Operator::Sub: return Constant::of_int(left - right);
        case Operator::Mult:
            if (!left.is_zero() && !right.is_zero() &&
                left.bit_length() + right.bit_length() > static_cast<uint64_t>(kMaxIntBits)) {
                return nullptr;
            }
            return Constant::of_int(left * right);
        case Operator::Div: {
            if (right.is_zero()) return nullptr;
            auto quotient = BigInt::true_divide(left, right);
            return quotient ? Constant::of_float(*quotient) : nullptr;
        }
        case Operator::FloorDiv:
            return right.is_zero() ? nullptr : Constant::of_int(BigInt::floor_divide(left, right));
        case Operator::Mod: return right.is_zero() ? nullptr : Constant::of_int(BigInt::modulo(left, right));
        case Operator::Pow: return integer_power(left, right);
        case Operator::LShift:
        case Operator::RShift: return integer_shift(op, left, right);
        case Operator::BitOr:
        case Operator::BitXor:
        case Operator::BitAnd: {
            BigInt result = op == Operator::BitOr ? left | right : op == Operator::BitXor ? left ^ right : left & right;
            if (is_bool(a) && is_bool(b)) return Constant::boolean(!result.is_zero());
            return Constant::of_int(std::move(result));
        }
        case Operator::MatMult: return nullptr;
    }
    return nullptr;
}

// ---- complex numbers

/// Division by scaling with the larger part of the divisor.
ConstantRef divide_complex(std::complex<double> a, std::complex<double> b) {
    double abs_real = std::fabs(b.real());
    double abs_imag = std::fabs(b.imag());
    if (abs_real >= abs_imag) {
        if (abs_real == 0) return nullptr;
        double ratio = b.imag() / b.real();
        double denominator = b.real() + b.imag() * ratio;
        return Constant::of_complex((a.real() + a.imag() * ratio) / denominator,
                                    (a.imag() - a.real() * ratio) / denominator);
    }
    if (abs_imag >= abs_real) {
        double ratio = b.real() / b.imag();
        double denominator = b.real() * ratio + b.imag();
        return Constant::of_complex((a.real() * ratio + a.imag()) / denominator,
                                    (a.imag() * ratio - a.real()) / denominator);
    }
    return Constant::of_complex(std::nan(""), std::nan(""));
}

std::complex<double> multiply(std::complex<double> a, std::complex<double> b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

ConstantRef complex_power(std::complex<double> a, std::complex<double> b) {
    std::complex<double> result;
    if (b.imag() == 0 && b.real() == std::floor(b.real()) && std::fabs(b.real()) <= 100) {
        // Small whole exponents by repeated squaring.
        long n = static_cast<long>(b.real());
        unsigned long magnitude = static_cast<unsigned long>(n < 0 ? -n : n);
        result = 1;
        std::complex<double> factor = a;
        for (unsigned long mask = 1; mask > 0 && magnitude >= mask; mask <<= 1) {
            if (magnitude & mask) result = multiply(result, factor);
            factor = multiply(factor, factor);
        }
        if (n < 0) {
            ConstantRef inverse = divide_complex(1, result);
            if (!inverse) return nullptr;
            result = {inverse->real, inverse->imag};
        }
    } else if (b.real() == 0 && b.imag() == 0) {
        result = 1;
    } else if (a.real() == 0 && a.imag() == 0) {
        if (b.imag() != 0 || b.real() < 0) return nullptr;
        result = 0;
    } else {
        double length = std::pow(std::hypot(a.real(), a.imag()), b.real());
        double angle = std::atan2(a.imag(), a.real());
        double phase = angle * b.real();
        if (b.imag() != 0) {
            length *= std::exp(-angle * b.imag());
            phase += b.imag() * std::log(std::hypot(a.real(), a.imag()));
        }
        result = {length * std::cos(phase), length * std::sin(phase)};
    }
    if (std::isinf(result.real()) || std::isinf(result.imag())) return nullptr;
    return Constant::of_complex(result.real(), result.imag());
}

ConstantRef fold_complex(Operator op, const Constant& left, const Constant& right) {
    auto convert = [](const Constant& c) -> std::optional<std::complex<double>> {
        if (c.kind == Kind::kComplex) return std::complex<double>(c.real, c.imag);
        auto real = double_of(c);
        return real ? std::optional(std::complex<double>(*real, 0)) : std::nullopt;
    };
    auto a = convert(left);
    auto b = convert(right);
    if (!a || !b) return nullptr;
    switch (op) {
        case Operator::Add: return Constant::of_complex(a->real() + b->real(), a->imag() + b->imag());
        case Operator::Sub: return Constant::of_complex(a->real() - b->real(), a->imag() - b->imag());
        case Operator::Mult: {
            std::complex<double> product = multiply(*a, *b);
            return Constant::of_complex(product.real(), product.imag());
        }
        case Operator::Div: return divide_complex(*a, *b);
        case Operator::Pow: return complex_power(*a, *b);
        default: return nullptr;
    }
}

// ---- floats

/// Python's % and //: the remainder has the divisor's sign, the quotient is exact before rounding down.
void divide_floor(double a, double b, double& quotient, double& remainder) {
    remainder = std::fmod(a, b);
    quotient = (a - remainder) / b;
    if (remainder != 0) {
        if ((b < 0) != (remainder < 0)) {
            remainder += b;
            quotient -= 1;
        }
    } else {
        remainder = std::copysign(0.0, b);
    }
    if (quotient != 0) {
        double whole = std::floor(quotient);
        if (quotient - whole > 0.5) whole += 1;
        quotient = whole;
    } else {
        quotient = std::copysign(0.0, a / b);
    }
}

ConstantRef float_power(double a, double b) {
    if (b == 0 || a == 1) return Constant::of_float(1);
    if (std::isnan(a) || std::isnan(b)) return Constant::of_float(std::isnan(a) ? a : b);
    if (a == 0 && b < 0) return nullptr;
    if (std::isfinite(a) && a < 0 && std::isfinite(b) && b != std::floor(b)) return complex_power(a, b);
    errno = 0;
    double result = std::pow(a, b);
    if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) return nullptr;
    return Constant::of_float(result);
}

ConstantRef fold_floats(Operator op, const Constant& left, const Constant& right) {
    auto a = double_of(left);
    auto b = double_of(right);
    if (!a || !b) return nullptr;
    double quotient, remainder;
    switch (op) {
        case Operator::Add: return Constant::of_float(*a + *b);
        case Operator::Sub: return Constant::of_float(*a - *b);
        case Operator::Mult: return Constant::of_float(*a * *b);
        case Operator::Div: return *b == 0 ? nullptr : Constant::of_float(*a / *b);
        case Operator::Pow: return float_power(*a, *b);
        case Operator::FloorDiv:
        case Operator::Mod:
            if (*b == 0) return nullptr;
            divide_floor(*a, *b, quotient, remainder);
            return Constant::of_float(op == Operator::Mod ? remainder : quotient);
        default: return nullptr;
    }
}

// ---- sequences

int64_t text_length(const Constant& c) {
    if (c.kind == Kind::kBytes) return static_cast<int64_t>(c.text.size());
    int64_t length = 0;
    for (char byte : c.text) length += (byte & 0xc0) != 0x80;
    return length;
}

/// What is left of `limit` after counting all items inside; negative when it is exceeded.
int64_t count_items(const Constant& c, int64_t limit) {
    if (c.kind != Kind::kTuple && c.kind != Kind::kFrozenSet) return limit;
    limit -= static_cast<int64_t>(c.items.size());
    for (size_t i = 0; limit >= 0 && i < c.items.size(); i++) limit = count_items(*c.items[i], limit);
    return limit;
}

ConstantRef repeat(const Constant& sequence, const Constant& times) {
    bool is_tuple = sequence.kind == Kind::kTuple;
    int64_t length = is_tuple ? static_cast<int64_t>(sequence.items.size()) : text_length(sequence);
    auto count = integer_of(times).to_int64();
    int64_t n = 0;
    if (length) {
        if (!count || *count < 0 || *count > (is_tuple ? kMaxCollection : kMaxText) / length) return nullptr;
        n = *count;
        if (is_tuple && n && count_items(sequence, kMaxTotalItems / n) < 0) return nullptr;
    } else if (!count) {
        return nullptr;
    }
    if (is_tuple) {
        std::vector<ConstantRef> items;
        for (int64_t i = 0; i < n; i++) items.insert(items.end(), sequence.items.begin(), sequence.items.end());
        return Constant::tuple(std::move(items));
    }
    std::string text;
    for (int64_t i = 0; i < n; i++) text += sequence.text;
    return sequence.kind == Kind::kStr ? Constant::str(std::move(text)) : Constant::bytes(std::move(text));
}

/// `+` of two strings whose halves of a surrogate pair meet stays two surrogates: the text is not normalised.
ConstantRef concatenate(const Constant& a, const Constant& b) {
    if (a.kind != Kind::kTuple) {
        return a.kind == Kind::kStr ? Constant::str(a.text + b.text) : Constant::bytes(a.text + b.text);
    }
    std::vector<ConstantRef> items = a.items;
    items.insert(items.end(), b.items.begin(), b.items.end());
    return Constant::tuple(std::move(items));
}

bool is_sequence(const Constant& c) { return c.kind == Kind::kStr || c.kind == Kind::kBytes || c.kind == Kind::kTuple; }

}  // namespace

ConstantRef fold_unary(syntax::UnaryOperator op, const Constant& operand) {
    if (op == syntax::UnaryOperator::Not) return Constant::boolean(!is_true(operand));
    if (is_int(operand)) {
        BigInt value = integer_of(operand);
        switch (op) {
            case syntax::UnaryOperator::Invert: return Constant::of_int(~value);
            case syntax::UnaryOperator::USub: return Constant::of_int(-value);
            default: return Constant::of_int(std::move(value));
        }
    }
    if (op == syntax::UnaryOperator::Invert || !is_number(operand)) return nullptr;
    double sign = op == syntax::UnaryOperator::USub ? -1 : 1;
    if (operand.kind == Kind::kFloat) return Constant::of_float(sign < 0 ? -operand.real : operand.real);
    return Constant::of_complex(sign < 0 ? -operand.real : operand.real, sign < 0 ? -operand.imag : operand.imag);
}

ConstantRef fold_binary(Operator op, const ConstantRef& left, const ConstantRef& right) {
    const Constant& a = *left;
    const Constant& b = *right;
    if (is_int(a) && is_int(b)) return fold_integers(op, a, b);
    if (is_real(a) && is_real(b)) return fold_floats(op, a, b);
    if (is_number(a) && is_number(b)) return fold_complex(op, a, b);
    if (op == Operator::Mult) {
        if (is_sequence(a) && is_int(b)) return repeat(a, b);
        if (is_int(a) && is_sequence(b)) return repeat(b, a);
    }
    if (op == Operator::Add && a.kind == b.kind && is_sequence(a)) {
        // The empty tuple adds nothing, and Python gives the other one back.
        if (a.kind == Kind::kTuple && b.items.empty()) return left;
        if (a.kind == Kind::kTuple && a.items.empty()) return right;
        return concatenate(a, b);
    }
    return nullptr;
}

ConstantRef fold_subscript(const Constant& value, const Constant& index) {
    if (!is_sequence(value) || !is_int(index)) return nullptr;
    auto at = integer_of(index).to_int64();
    if (!at) return nullptr;
    int64_t length = value.kind == Kind::kTuple ? static_cast<int64_t>(value.items.size()) : text_length(value);
    int64_t i = *at < 0 ? *at + length : *at;
    if (i < 0 || i >= length) return nullptr;
    if (value.kind == Kind::kTuple) return value.items[static_cast<size_t>(i)];
    if (value.kind == Kind::kBytes) return Constant::of_int(static_cast<unsigned char>(value.text[static_cast<size_t>(i)]));
    size_t begin = 0;
    auto next_character = [&value](size_t at_byte) {
        do at_byte++;
        while (at_byte < value.text.size() && (value.text[at_byte] & 0xc0) == 0x80);
        return at_byte;
    };
    for (; i > 0; i--) begin = next_character(begin);
    return Constant::str(value.text.substr(begin, next_character(begin) - begin));
}

}  // namespace refscope::compiler
