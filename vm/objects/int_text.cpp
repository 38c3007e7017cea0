// ints as text: repr, other bases, and reading literals as int() does. Decimal conversions of more than
// sys.get_int_max_str_digits() digits are refused.
#include <charconv>
#include <cstring>
#include <string>

#include "vm/objects/bytes.h"
#include "vm/objects/errors.h"
#include "vm/objects/int_digits.h"
#include "vm/objects/str.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

Owned decimal(Object* self) {
    if (int_is_medium(self)) {
        char buffer[24];
        auto end = std::to_chars(buffer, buffer + sizeof buffer, int_medium_value(self)).ptr;
        // A string of its own, also for one digit, whose shared one str_from_ascii would give.
        Owned result = str_new(end - buffer, 0x7f);
        if (result) std::memcpy(str_data(result), buffer, static_cast<size_t>(end - buffer));
        return result;
    }
    intptr_t count = int_digit_count(self);
    int limit = int_max_str_digits;
    auto refuse = [&]() -> Owned {
        return err_format(exc::ValueError,
                          "Exceeds the limit (%d digits) for integer string conversion; "
                          "use sys.set_int_max_str_digits() to increase the limit",
                          limit);
    };
    // A cheap lower bound on the number of digits, before work that grows with the square of the size.
    if (limit > 0 && count >= 10 * kIntMaxStrDigitsThreshold / (3 * kIntDigitBits) + 2 &&
        limit / (3 * kIntDigitBits) <= (count - 11) / 10) {
        return refuse();
    }
    Limbs limbs(self, 1);
    std::string text(static_cast<size_t>(count) * 10 + 2, '\0');
    size_t length = mpn_get_str(reinterpret_cast<unsigned char*>(text.data()), 10, limbs.data(), limbs.size());
    size_t zeros = 0;
    while (zeros + 1 < length && text[zeros] == 0) ++zeros;
    length -= zeros;
    if (length > static_cast<size_t>(kIntMaxStrDigitsThreshold) && limit > 0 && length > static_cast<size_t>(limit)) return refuse();
    bool negative = int_sign(self) < 0;
    Owned result = str_new(static_cast<intptr_t>(length) + negative, 0x7f);
    if (!result) return nullptr;
    auto* out = static_cast<char*>(str_data(result));
    if (negative) *out++ = '-';
    for (size_t i = 0; i < length; ++i) out[i] = static_cast<char>('0' + text[zeros + i]);
    return result;
}

int digit_value(unsigned char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 37;
}

bool is_space(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

Owned from_digits(const unsigned char* digits, size_t count, int base, bool negative) {
    if (count <= 18 && base <= 10) {
        int64_t value = 0;
        for (size_t i = 0; i < count; ++i) value = value * base + digits[i];
        return int_from_int64(negative ? -value : value);
    }
    if (count <= 11) {
        int64_t value = 0;
        for (size_t i = 0; i < count; ++i) value = value * base + digits[i];
        return int_from_int64(negative ? -value : value);
    }
    Limbs limbs(count * 6 / 64 + 2);
    mp_size_t size = mpn_set_str(limbs.data(), digits, count, base);
    return int_from_limbs(limbs.data(), size, negative);
}

}  // namespace

Owned int_repr(Object* self) { return decimal(self); }

Owned int_format(Object* object, int base, bool with_prefix) {
    if (base == 10) return decimal(object);
    bool negative = int_sign(object) < 0;
    std::string text;
    if (negative) text += '-';
    if (with_prefix) text += base == 16 ? "0x" : base == 8 ? "0o" : "0b";
    if (int_sign(object) == 0) {
        text += '0';
    } else {
        int bits = base == 16 ? 4 : base == 8 ? 3 : 1;
        size_t total = int_bit_length(object);
        size_t count = (total + static_cast<size_t>(bits) - 1) / static_cast<size_t>(bits);
        size_t start = text.size();
        text.resize(start + count);
        const uint32_t* digits = int_digits(object);
        intptr_t digit_count = int_digit_count(object);
        uint64_t accumulator = 0;
        int available = 0;
        intptr_t next = 0;
        for (size_t i = count; i-- > 0;) {
            if (available < bits && next < digit_count) {
                accumulator |= static_cast<uint64_t>(digits[next++]) << available;
                available += kIntDigitBits;
            }
            text[start + i] = "0123456789abcdef"[accumulator & ((1u << bits) - 1)];
            accumulator >>= bits;
            available -= bits;
        }
    }
    return str_from_ascii(text.data(), static_cast<intptr_t>(text.size()));
}

Owned int_invalid_literal(Object* given, int base) {
    return err_format(exc::ValueError, "invalid literal for int() with base %d: %.200R", base, given);
}

namespace {

// nullptr without an exception: not a literal.
Owned parse_literal(std::string_view text, int base) {
    auto* p = reinterpret_cast<const unsigned char*>(text.data());
    const unsigned char* end = p + text.size();
    while (p < end && is_space(*p)) ++p;
    while (end > p && is_space(end[-1])) --end;
    bool negative = false;
    if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
    bool zeros_only = false;
    if (base == 0) {
        if (p >= end) return nullptr;
        if (*p != '0') {
            base = 10;
        } else {
            int letter = p + 1 < end ? p[1] | 0x20 : 0;
            if (letter == 'x') base = 16;
            else if (letter == 'o') base = 8;
            else if (letter == 'b') base = 2;
            else {
                zeros_only = true;  // "00" is a literal, "010" none
                base = 10;
            }
        }
    }
    if (end - p >= 2 && p[0] == '0') {
        int letter = p[1] | 0x20;
        if ((base == 16 && letter == 'x') || (base == 8 && letter == 'o') || (base == 2 && letter == 'b')) {
            p += 2;
            if (p < end && *p == '_') ++p;
        }
    }
    std::string digits;
    digits.reserve(static_cast<size_t>(end - p));
    bool after_digit = false;
    for (; p < end; ++p) {
        if (*p == '_') {
            if (!after_digit) return nullptr;
            after_digit = false;
            continue;
        }
        int value = digit_value(*p);
        if (value >= base) return nullptr;
        if (zeros_only && value != 0) return nullptr;
        digits.push_back(static_cast<char>(value));
        after_digit = true;
    }
    if (!after_digit) return nullptr;
    bool power_of_two = (base & (base - 1)) == 0;
    if (!power_of_two && digits.size() > static_cast<size_t>(kIntMaxStrDigitsThreshold) && int_max_str_digits > 0 &&
        digits.size() > static_cast<size_t>(int_max_str_digits)) {
        return err_format(exc::ValueError,
                          "Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; "
                          "use sys.set_int_max_str_digits() to increase the limit",
                          int_max_str_digits, static_cast<intptr_t>(digits.size()));
    }
    size_t zeros = 0;
    while (zeros + 1 < digits.size() && digits[zeros] == 0) ++zeros;
    return from_digits(reinterpret_cast<const unsigned char*>(digits.data()) + zeros, digits.size() - zeros, base, negative);
}

}  // namespace

Owned int_from_string(std::string_view text, int base) {
    Owned result = parse_literal(text, base);
    if (result || err_occurred()) return result;
    auto shown = own(bytes_from_view(text));
    return shown ? int_invalid_literal(shown.get(), base) : nullptr;
}

Owned int_from_str_object(Object* text, int base) {
    Owned result = parse_literal(str_to_decimal_ascii(text), base);
    if (!result && !err_occurred()) return int_invalid_literal(text, base);
    return result;
}

}  // namespace refscope::vm
