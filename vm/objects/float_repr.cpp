// Doubles as text and back: the shortest text that reads back the same, and the printf-like forms with Python's rules
// (exponents of at least two digits, "inf", "nan" without a sign).
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "vm/objects/float.h"

namespace refscope::vm {

namespace {

struct Digits {
    std::string text;  // without leading zeros; "0" for zero
    int point;         // value = 0.text * 10**point
};

// From "d.ddde±xx".
Digits from_scientific(const char* begin, const char* end) {
    Digits digits;
    const char* p = begin;
    for (; p < end && *p != 'e'; ++p) {
        if (*p != '.') digits.text.push_back(*p);
    }
    int exponent = p < end ? std::atoi(std::string(p + 1, end).c_str()) : 0;
    digits.point = exponent + 1;
    return digits;
}

Digits shortest_digits(double magnitude) {
    char buffer[40];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific).ptr;
    Digits digits = from_scientific(buffer, end);
    while (digits.text.size() > 1 && digits.text.back() == '0') digits.text.pop_back();
    if (magnitude == 0) digits.point = 1;
    return digits;
}

Digits rounded_digits(double magnitude, int count) {
    std::string buffer(static_cast<size_t>(count) + 32, '\0');
    auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude, std::chars_format::scientific, count - 1).ptr;
    Digits digits = from_scientific(buffer.data(), end);
    if (magnitude == 0) digits.point = 1;
    return digits;
}

void append_exponent(std::string& out, int exponent, bool upper) {
    out += upper ? 'E' : 'e';
    out += exponent < 0 ? '-' : '+';
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, "%02d", exponent < 0 ? -exponent : exponent);
    out += buffer;
}

// Digits with a decimal point where it belongs; at least `shown` digits in all.
std::string lay_out(const Digits& digits, int shown, bool use_exponent, const DoubleFormat& format, bool upper) {
    std::string all = digits.text;
    if (static_cast<int>(all.size()) < shown) all.append(static_cast<size_t>(shown) - all.size(), '0');
    int point = digits.point;
    std::string out;
    if (use_exponent) {
        out += all[0];
        if (all.size() > 1 || format.alternate) {
            out += '.';
            out.append(all, 1, std::string::npos);
        }
        append_exponent(out, point - 1, upper);
        return out;
    }
    if (point <= 0) {
        out += "0.";
        out.append(static_cast<size_t>(-point), '0');
        out += all;
        return out;
    }
    auto whole = static_cast<size_t>(point);
    if (all.size() <= whole) {
        out += all;
        out.append(whole - all.size(), '0');
        if (format.add_dot_0) out += ".0";
        else if (format.alternate) out += '.';
        return out;
    }
    out.append(all, 0, whole);
    out += '.';
    out.append(all, whole, std::string::npos);
    return out;
}

bool equal_ignoring_case(std::string_view text, size_t at, const char* word) {
    size_t length = std::strlen(word);
    if (text.size() - at < length) return false;
    for (size_t i = 0; i < length; ++i) {
        if ((text[at + i] | 0x20) != word[i]) return false;
    }
    return true;
}

}  // namespace

std::string double_repr(double value, bool add_dot_0) {
    DoubleFormat format;
    format.add_dot_0 = add_dot_0;
    return double_to_text(value, format);
}

std::string double_to_text(double value, const DoubleFormat& format) {
    bool upper = format.kind == 'E' || format.kind == 'F' || format.kind == 'G';
    char kind = upper ? static_cast<char>(format.kind | 0x20) : format.kind;
    if (std::isnan(value)) return std::string(format.always_sign ? "+" : "") + (upper ? "NAN" : "nan");
    bool negative = std::signbit(value);
    double magnitude = std::fabs(value);
    std::string body;
    if (std::isinf(value)) {
        body = upper ? "INF" : "inf";
    } else if (kind == 'r') {
        Digits digits = shortest_digits(magnitude);
        bool use_exponent = digits.point <= -4 || digits.point > 16;
        body = lay_out(digits, 0, use_exponent, format, upper);
    } else if (kind == 'g') {
        int precision = format.precision == 0 ? 1 : format.precision;
        Digits digits = rounded_digits(magnitude, precision);
        if (!format.alternate) {
            while (digits.text.size() > 1 && digits.text.back() == '0') digits.text.pop_back();
        }
        bool use_exponent = digits.point <= -4 || digits.point > precision - (format.add_dot_0 ? 1 : 0);
        body = lay_out(digits, format.alternate ? precision : 0, use_exponent, format, upper);
    } else {
        auto style = kind == 'e' ? std::chars_format::scientific : std::chars_format::fixed;
        char small[128];
        std::to_chars_result result{small, std::errc::value_too_large};
        if (format.precision < 100) result = std::to_chars(small, small + sizeof small, magnitude, style, format.precision);
        if (result.ec == std::errc()) {
            body.assign(small, result.ptr);
        } else {
            body.resize(static_cast<size_t>(format.precision) + 400);
            body.resize(static_cast<size_t>(std::to_chars(body.data(), body.data() + body.size(), magnitude, style, format.precision).ptr - body.data()));
        }
        if (format.alternate && format.precision == 0) body.insert(std::min(body.find('e'), body.size()), 1, '.');
        if (upper) {
            for (char& c : body) {
                if (c == 'e') c = 'E';
            }
        }
    }
    if (negative && format.no_negative_zero) {
        bool zero = true;
        for (char c : body) {
            if (c == 'e' || c == 'E') break;
            if (c >= '1' && c <= '9') zero = false;
            if (c == 'i' || c == 'I') zero = false;
        }
        negative = !zero;
    }
    if (negative) return "-" + body;
    return format.always_sign ? "+" + body : body;
}

double double_from_text(std::string_view text, size_t* used) {
    *used = 0;
    size_t at = 0;
    bool negative = false;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
    if (at >= text.size()) return 0;
    double value = 0;
    if (equal_ignoring_case(text, at, "inf")) {
        *used = at + (equal_ignoring_case(text, at, "infinity") ? 8 : 3);
        value = HUGE_VAL;
    } else if (equal_ignoring_case(text, at, "nan")) {
        *used = at + 3;
        value = std::nan("");
    } else {
        char first = text[at];
        if (!(first >= '0' && first <= '9') && first != '.') return 0;
        auto result = std::from_chars(text.data() + at, text.data() + text.size(), value);
        if (result.ec == std::errc::invalid_argument) return 0;
        *used = static_cast<size_t>(result.ptr - text.data());
        if (result.ec == std::errc::result_out_of_range) {
            value = std::strtod(std::string(text.substr(at, *used - at)).c_str(), nullptr);
        }
    }
    return negative ? -value : value;
}

}  // namespace refscope::vm
