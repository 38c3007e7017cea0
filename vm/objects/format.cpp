// The format mini-language for str, int, float and complex: parsing the specifier, laying out numbers.
#include "vm/objects/format.h"

#include <algorithm>
#include <charconv>
#include <climits>
#include <cmath>
#include <cstring>
#include <string>

#include "vm/objects/abstract.h"
#include "vm/objects/complex.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

struct Spec {
    char32_t fill = ' ';
    char align;
    bool alternate = false;
    bool no_negative_zero = false;
    char sign = '\0';
    intptr_t width = -1;
    char32_t thousands = 0;  // ',' or '_'
    int group = 3;
    intptr_t precision = -1;
    char32_t type;
};

bool is_align(char32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

void unknown_type(char32_t type, const char* type_name) {
    if (type > 32 && type < 128) {
        err_format(exc::ValueError, "Unknown format code '%c' for object of type '%.200s'", static_cast<int>(type), type_name);
    } else {
        err_format(exc::ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", static_cast<unsigned>(type), type_name);
    }
}

// Digits at *at; -1: too many. *read says how many there were.
intptr_t read_integer(Object* text, intptr_t* at, intptr_t end, intptr_t* read) {
    intptr_t value = 0;
    *read = 0;
    for (; *at < end; ++*at, ++*read) {
        char32_t c = str_read(text, *at);
        int digit = c < 0x80 ? (c >= '0' && c <= '9' ? static_cast<int>(c - '0') : -1) : base::decimal_value(c);
        if (digit < 0) break;
        if (value > (INTPTR_MAX - digit) / 10) {
            err_set_string(exc::ValueError, "Too many decimal digits in format string");
            return -1;
        }
        value = value * 10 + digit;
    }
    return value;
}

bool parse(Object* object, Object* text, Spec* spec, char32_t default_type, char default_align) {
    intptr_t at = 0, end = str_length(text);
    spec->align = default_align;
    spec->type = default_type;
    bool align_given = false, fill_given = false;
    auto peek = [&](intptr_t ahead = 0) { return str_read(text, at + ahead); };
    if (end - at >= 2 && is_align(peek(1))) {
        spec->align = static_cast<char>(peek(1));
        spec->fill = peek();
        fill_given = align_given = true;
        at += 2;
    } else if (end - at >= 1 && is_align(peek())) {
        spec->align = static_cast<char>(peek());
        align_given = true;
        ++at;
    }
    if (at < end && (peek() == '+' || peek() == '-' || peek() == ' ')) spec->sign = static_cast<char>(str_read(text, at++));
    if (at < end && peek() == 'z') spec->no_negative_zero = true, ++at;
    if (at < end && peek() == '#') spec->alternate = true, ++at;
    if (!fill_given && at < end && peek() == '0') {
        spec->fill = '0';
        if (!align_given && default_align == '>') spec->align = '=';
        ++at;
    }
    intptr_t read;
    spec->width = read_integer(text, &at, end, &read);
    if (spec->width < 0) return false;
    if (read == 0) spec->width = -1;
    auto both_separators = [] { return err_set_string(exc::ValueError, "Cannot specify both ',' and '_'."), false; };
    if (at < end && peek() == ',') spec->thousands = ',', ++at;
    if (at < end && peek() == '_') {
        if (spec->thousands) return both_separators();
        spec->thousands = '_';
        ++at;
    }
    if (at < end && peek() == ',' && spec->thousands == '_') return both_separators();
    if (at < end && peek() == '.') {
        ++at;
        spec->precision = read_integer(text, &at, end, &read);
        if (spec->precision < 0) return false;
        if (read == 0) return err_set_string(exc::ValueError, "Format specifier missing precision"), false;
    }
    if (end - at > 1) {
        err_format(exc::ValueError, "Invalid format specifier '%U' for object of type '%.200s'", text, object->type->tp_name);
        return false;
    }
    if (end - at == 1) spec->type = peek();
    if (spec->thousands) {
        switch (spec->type) {
            case 'd': case 'e': case 'f': case 'g': case 'E': case 'G': case '%': case 'F': case '\0':
                break;
            case 'b': case 'o': case 'x': case 'X':
                if (spec->thousands == '_') {
                    spec->group = 4;
                    break;
                }
                [[fallthrough]];
            default:
                if (spec->type > 32 && spec->type < 128) {
                    err_format(exc::ValueError, "Cannot specify '%c' with '%c'.", static_cast<int>(spec->thousands), static_cast<int>(spec->type));
                } else {
                    err_format(exc::ValueError, "Cannot specify '%c' with '\\x%x'.", static_cast<int>(spec->thousands), static_cast<unsigned>(spec->type));
                }
                return false;
        }
    }
    return true;
}

// Left and right padding for `total` characters.
void padding(intptr_t total, const Spec& spec, intptr_t* left, intptr_t* right) {
    intptr_t room = spec.width > total ? spec.width - total : 0;
    *left = spec.align == '>' ? room : spec.align == '^' ? room / 2 : 0;
    *right = room - *left;
}

// Digits with separators between the groups, filled with zeros to at least `min_width` characters.
std::string group_digits(std::string_view digits, intptr_t min_width, const Spec& spec) {
    std::string reversed;
    auto remaining = static_cast<intptr_t>(digits.size());
    bool separator = false;
    for (;;) {
        intptr_t group = spec.thousands ? spec.group : INTPTR_MAX;
        intptr_t length = std::min(group, std::max<intptr_t>(std::max(remaining, min_width), 1));
        intptr_t characters = std::max<intptr_t>(0, std::min(remaining, length));
        if (separator) reversed += static_cast<char>(spec.thousands);
        for (intptr_t i = 0; i < characters; ++i) reversed += digits[static_cast<size_t>(--remaining)];
        reversed.append(static_cast<size_t>(std::max<intptr_t>(0, length - characters)), '0');
        min_width -= length;
        if (remaining <= 0 && min_width <= 0) break;
        min_width -= 1;
        separator = true;
    }
    return {reversed.rbegin(), reversed.rend()};
}

struct Number {
    bool negative = false;
    std::string prefix;   // "0x"
    std::string digits;   // of the integer part
    std::string rest;     // from the decimal point or the exponent on
};

// "123.5e+10" without sign into its parts.
Number split_number(std::string text) {
    Number number;
    if (!text.empty() && text[0] == '-') {
        number.negative = true;
        text.erase(0, 1);
    }
    size_t end = 0;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    number.digits = text.substr(0, end);
    number.rest = text.substr(end);
    return number;
}

// The parts of a laid-out number: fill, sign and prefix, fill, digits, fill.
struct Layout {
    std::string lead, body;
    intptr_t left, inner, right;
};

Layout lay_out(const Number& number, const Spec& spec) {
    Layout layout;
    if (number.negative) layout.lead = '-';
    else if (spec.sign == '+' || spec.sign == ' ') layout.lead = spec.sign;
    layout.lead += number.prefix;
    auto fixed = static_cast<intptr_t>(layout.lead.size() + number.rest.size());
    intptr_t min_width = spec.fill == '0' && spec.align == '=' ? spec.width - fixed : 0;
    // inf and nan have no digits to group: they are only filled up.
    if (number.digits.empty()) layout.body = number.rest;
    else if (!spec.thousands && min_width <= static_cast<intptr_t>(number.digits.size())) layout.body = number.digits + number.rest;
    else layout.body = group_digits(number.digits, min_width, spec) + number.rest;
    padding(static_cast<intptr_t>(layout.lead.size() + layout.body.size()), spec, &layout.left, &layout.right);
    layout.inner = 0;
    if (spec.align == '=') std::swap(layout.inner, layout.right);
    return layout;
}

bool put_number(StrWriter& writer, const Number& number, const Spec& spec) {
    Layout layout = lay_out(number, spec);
    return writer.put_repeated(spec.fill, layout.left) && writer.put_ascii(layout.lead) && writer.put_repeated(spec.fill, layout.inner) &&
           writer.put_ascii(layout.body) && writer.put_repeated(spec.fill, layout.right);
}

Owned number_text(const Number& number, const Spec& spec) {
    Layout layout = lay_out(number, spec);
    intptr_t fills = layout.left + layout.inner + layout.right;
    auto length = static_cast<intptr_t>(layout.lead.size() + layout.body.size());
    if (fills == 0 && layout.lead.empty()) return str_from_ascii(layout.body.data(), length);
    Owned result = str_new(length + fills, fills ? std::max<char32_t>(spec.fill, 0x7f) : 0x7f);
    if (!result) return nullptr;
    int kind = str_kind(result);
    void* data = str_data(result);
    intptr_t at = 0;
    auto put_fill = [&](intptr_t count) {
        for (intptr_t i = 0; i < count; ++i) str_write(kind, data, at++, spec.fill);
    };
    auto put_text = [&](const std::string& text) {
        for (char c : text) str_write(kind, data, at++, static_cast<uint8_t>(c));
    };
    put_fill(layout.left);
    put_text(layout.lead);
    put_fill(layout.inner);
    put_text(layout.body);
    put_fill(layout.right);
    return result;
}

Owned format_integer(Object* value, const Spec& spec) {
    if (spec.precision != -1) return err_set_string(exc::ValueError, "Precision not allowed in integer format specifier");
    if (spec.no_negative_zero) {
        return err_set_string(exc::ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
    }
    if (spec.type == 'c') {
        StrWriter writer;
        if (spec.sign) return err_set_string(exc::ValueError, "Sign not allowed with integer format specifier 'c'");
        if (spec.alternate) return err_set_string(exc::ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
        int64_t c = int_as_int64(value);
        if (c == -1 && err_occurred()) return nullptr;
        if (c < 0 || c > 0x10ffff) return err_set_string(exc::OverflowError, "%c arg not in range(0x110000)");
        intptr_t left, right;
        padding(1, spec, &left, &right);
        if (spec.align == '=') left = right, right = 0;
        if (!writer.put_repeated(spec.fill, left) || !writer.put(static_cast<char32_t>(c)) || !writer.put_repeated(spec.fill, right)) return nullptr;
        return writer.finish();
    }
    int base = spec.type == 'b' ? 2 : spec.type == 'o' ? 8 : spec.type == 'x' || spec.type == 'X' ? 16 : 10;
    Number number;
    if (base == 10 && int_is_medium(value)) {
        int64_t small = int_medium_value(value);
        char buffer[24];
        number.negative = small < 0;
        number.digits.assign(buffer, std::to_chars(buffer, buffer + sizeof buffer, small < 0 ? -small : small).ptr);
    } else {
        auto text = own(int_format(value, base, false));
        if (!text) return nullptr;
        number = split_number({static_cast<const char*>(str_data(text.get())), static_cast<size_t>(str_length(text.get()))});
        number.digits += number.rest;  // hexadecimal letters
        number.rest.clear();
    }
    if (spec.alternate && base != 10) number.prefix = base == 2 ? "0b" : base == 8 ? "0o" : "0x";
    if (spec.type == 'X') {
        for (std::string* part : {&number.prefix, &number.digits}) {
            for (char& c : *part) c = static_cast<char>(c >= 'a' && c <= 'z' ? c & ~0x20 : c);
        }
    }
    return number_text(number, spec);
}

bool check_precision(const Spec& spec) {
    if (spec.precision <= INT_MAX) return true;
    err_set_string(exc::ValueError, "precision too big");
    return false;
}

DoubleFormat double_format(const Spec& spec, char kind, int precision) {
    DoubleFormat format;
    format.kind = kind;
    format.precision = precision;
    format.alternate = spec.alternate;
    format.no_negative_zero = spec.no_negative_zero;
    return format;
}

Owned format_double(double value, const Spec& spec) {
    if (!check_precision(spec)) return nullptr;
    auto kind = static_cast<char>(spec.type);
    int default_precision = 6;
    bool add_dot_0 = false, percent = false;
    if (kind == '\0') {
        add_dot_0 = true;
        kind = 'r';
        default_precision = 0;
    }
    if (kind == 'n') kind = 'g';
    if (kind == '%') {
        kind = 'f';
        value *= 100;
        percent = true;
    }
    int precision = spec.precision < 0 ? default_precision : static_cast<int>(spec.precision);
    if (spec.precision >= 0 && kind == 'r') kind = 'g';
    DoubleFormat format = double_format(spec, kind, precision);
    format.add_dot_0 = add_dot_0;
    Number number = split_number(double_to_text(value, format));
    if (percent) number.rest += '%';
    return number_text(number, spec);
}

Owned format_complex(ComplexValue value, Spec spec) {
    if (!check_precision(spec)) return nullptr;
    if (spec.fill == '0') return err_set_string(exc::ValueError, "Zero padding is not allowed in complex format specifier");
    if (spec.align == '=') return err_set_string(exc::ValueError, "'=' alignment flag is not allowed in complex format specifier");
    auto kind = static_cast<char>(spec.type);
    int default_precision = 6;
    bool skip_real = false, parentheses = false;
    if (kind == '\0') {
        kind = 'r';
        default_precision = 0;
        if (value.real == 0.0 && !std::signbit(value.real)) skip_real = true;
        else parentheses = true;
    }
    if (kind == 'n') kind = 'g';
    int precision = spec.precision < 0 ? default_precision : static_cast<int>(spec.precision);
    if (spec.precision >= 0 && kind == 'r') kind = 'g';
    DoubleFormat format = double_format(spec, kind, precision);
    Spec part = spec;
    part.fill = ' ';
    part.align = '<';
    part.width = -1;
    StrWriter body;
    if (!skip_real && !put_number(body, split_number(double_to_text(value.real, format)), part)) return nullptr;
    if (!skip_real) part.sign = '+';
    if (!put_number(body, split_number(double_to_text(value.imaginary, format)), part)) return nullptr;
    auto text = own(body.finish());
    if (!text) return nullptr;
    intptr_t left, right;
    padding(str_length(text.get()) + 1 + (parentheses ? 2 : 0), spec, &left, &right);
    StrWriter writer;
    if (!writer.put_repeated(spec.fill, left) || (parentheses && !writer.put('(')) || !writer.put_str(text.get()) || !writer.put('j') ||
        (parentheses && !writer.put(')')) || !writer.put_repeated(spec.fill, right)) {
        return nullptr;
    }
    return writer.finish();
}

}  // namespace

Owned str_format_spec(Object* text, Object* spec_text) {
    if (str_length(spec_text) == 0) return str_check_exact(text) ? newref(text) : object_str(text);
    Spec spec;
    if (!parse(text, spec_text, &spec, 's', '<')) return nullptr;
    if (spec.type != 's') return unknown_type(spec.type, text->type->tp_name), nullptr;
    if (spec.sign) {
        return err_set_string(exc::ValueError, spec.sign == ' ' ? "Space not allowed in string format specifier"
                                                                : "Sign not allowed in string format specifier");
    }
    if (spec.no_negative_zero) {
        return err_set_string(exc::ValueError, "Negative zero coercion (z) not allowed in string format specifier");
    }
    if (spec.alternate) return err_set_string(exc::ValueError, "Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=') return err_set_string(exc::ValueError, "'=' alignment not allowed in string format specifier");
    intptr_t length = str_length(text);
    if (spec.width <= length && (spec.precision < 0 || spec.precision >= length)) return str_from_object(text);
    if (spec.precision >= 0 && length > spec.precision) length = spec.precision;
    intptr_t left, right;
    padding(length, spec, &left, &right);
    StrWriter writer(length + left + right);
    if (!writer.put_repeated(spec.fill, left) || !writer.put_substring(text, 0, length) || !writer.put_repeated(spec.fill, right)) return nullptr;
    return writer.finish();
}

Owned int_format_spec(Object* value, Object* spec_text) {
    if (str_length(spec_text) == 0) return int_check_exact(value) ? int_repr(value) : object_str(value);
    Spec spec;
    if (!parse(value, spec_text, &spec, 'd', '>')) return nullptr;
    switch (spec.type) {
        case 'b': case 'c': case 'd': case 'o': case 'x': case 'X': case 'n':
            return format_integer(value, spec);
        case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case '%': {
            double number = int_as_double(value);
            if (number == -1.0 && err_occurred()) return nullptr;
            return format_double(number, spec);
        }
        default:
            return unknown_type(spec.type, value->type->tp_name), nullptr;
    }
}

Owned float_format_spec(Object* value, Object* spec_text) {
    if (str_length(spec_text) == 0) return object_str(value);
    Spec spec;
    if (!parse(value, spec_text, &spec, '\0', '>')) return nullptr;
    switch (spec.type) {
        case '\0': case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'n': case '%':
            return format_double(float_value(value), spec);
        default:
            return unknown_type(spec.type, value->type->tp_name), nullptr;
    }
}

Owned complex_format_spec(Object* value, Object* spec_text) {
    if (str_length(spec_text) == 0) return object_str(value);
    Spec spec;
    if (!parse(value, spec_text, &spec, '\0', '>')) return nullptr;
    switch (spec.type) {
        case '\0': case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'n':
            return format_complex(static_cast<ComplexObject*>(value)->value, spec);
        default:
            return unknown_type(spec.type, value->type->tp_name), nullptr;
    }
}

}  // namespace refscope::vm
