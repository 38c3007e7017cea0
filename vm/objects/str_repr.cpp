// repr() of text, and str_from_format, the printf of the runtime's messages.
#include <cstdio>
#include <cstring>
#include <string>

#include "vm/objects/abstract.h"
#include "vm/objects/errors.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

const char kHexDigits[] = "0123456789abcdef";

bool put_hex(StrWriter& writer, char letter, char32_t c, int digits) {
    if (!writer.put('\\') || !writer.put(static_cast<char32_t>(letter))) return false;
    for (int i = digits - 1; i >= 0; --i) {
        if (!writer.put(static_cast<char32_t>(kHexDigits[(c >> (4 * i)) & 15]))) return false;
    }
    return true;
}

// One conversion of a format: flags, width, precision and the letter.
struct Conversion {
    bool left = false, zero = false, alternate = false;
    intptr_t width = -1, precision = -1;
    int size = 0;  // 0 int, 1 long, 2 long long, 3 ssize_t
};

bool put_number(StrWriter& writer, const Conversion& conversion, const char* digits, bool negative) {
    auto length = static_cast<intptr_t>(std::strlen(digits));
    intptr_t zeros = conversion.precision > length ? conversion.precision - length : 0;
    intptr_t total = length + zeros + negative;
    if (conversion.zero && conversion.precision < 0 && conversion.width > total) {
        zeros = conversion.width - total;
        total = conversion.width;
    }
    if (conversion.width > total && !conversion.left && !writer.put_repeated(' ', conversion.width - total)) return false;
    if (negative && !writer.put('-')) return false;
    if (!writer.put_repeated('0', zeros) || !writer.put_ascii(digits)) return false;
    return !(conversion.width > total && conversion.left) || writer.put_repeated(' ', conversion.width - total);
}

bool put_text(StrWriter& writer, const Conversion& conversion, Object* text) {
    intptr_t length = str_length(text);
    if (conversion.precision >= 0 && conversion.precision < length) length = conversion.precision;
    intptr_t fill = conversion.width > length ? conversion.width - length : 0;
    if (fill && !conversion.left && !writer.put_repeated(' ', fill)) return false;
    if (!writer.put_substring(text, 0, length)) return false;
    return !(fill && conversion.left) || writer.put_repeated(' ', fill);
}

bool put_utf8(StrWriter& writer, const Conversion& conversion, const char* utf8) {
    size_t size = conversion.precision < 0 ? std::strlen(utf8) : strnlen(utf8, static_cast<size_t>(conversion.precision));
    // A precision may cut a character in two: drop its beginning.
    if (conversion.precision >= 0) {
        size_t at = size;
        while (at > 0 && (static_cast<unsigned char>(utf8[at - 1]) & 0xc0) == 0x80) --at;
        if (at > 0 && static_cast<unsigned char>(utf8[at - 1]) >= 0xc0) {
            auto lead = static_cast<unsigned char>(utf8[at - 1]);
            size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
            if (size - (at - 1) < need) size = at - 1;
        }
    }
    Conversion whole = conversion;
    whole.precision = -1;
    auto text = own(str_from_utf8(utf8, static_cast<intptr_t>(size)));
    return text && put_text(writer, whole, text.get());
}

}  // namespace

Owned str_repr(Object* text) {
    intptr_t length = str_length(text);
    int kind = str_kind(text);
    const void* data = str_data(text);
    bool single = str_find_char(text, '\'', 0, length, 1) >= 0, both = false;
    char32_t quote = '\'';
    if (single) {
        both = str_find_char(text, '"', 0, length, 1) >= 0;
        if (!both) quote = '"';
    }
    StrWriter writer(length + 2);
    if (!writer.put(quote)) return nullptr;
    intptr_t plain_from = 0;
    auto flush = [&](intptr_t end) { return writer.put_substring(text, plain_from, end); };
    for (intptr_t i = 0; i < length; ++i) {
        char32_t c = str_read(kind, data, i);
        if (c >= 0x20 && c < 0x7f ? (c != '\\' && c != quote) : c >= 0x7f && char_is_printable(c)) continue;
        if (!flush(i)) return nullptr;
        plain_from = i + 1;
        bool ok;
        if (c == quote || c == '\\') ok = writer.put('\\') && writer.put(c);
        else if (c == '\t') ok = writer.put_ascii("\\t");
        else if (c == '\n') ok = writer.put_ascii("\\n");
        else if (c == '\r') ok = writer.put_ascii("\\r");
        else if (c <= 0xff) ok = put_hex(writer, 'x', c, 2);
        else if (c <= 0xffff) ok = put_hex(writer, 'u', c, 4);
        else ok = put_hex(writer, 'U', c, 8);
        if (!ok) return nullptr;
    }
    if (!flush(length) || !writer.put(quote)) return nullptr;
    return writer.finish();
}

Owned str_from_format(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Owned result = str_from_format_v(format, arguments);
    va_end(arguments);
    return result;
}

Owned str_from_format_v(const char* format, va_list list) {
    va_list arguments;
    va_copy(arguments, list);
    struct End {
        va_list& list;
        ~End() { va_end(list); }
    } end{arguments};
    StrWriter writer(static_cast<intptr_t>(std::strlen(format)) + 100);
    const char* p = format;
    while (*p) {
        const char* percent = std::strchr(p, '%');
        size_t plain = percent ? static_cast<size_t>(percent - p) : std::strlen(p);
        if (plain) {
            auto text = own(str_from_utf8(p, static_cast<intptr_t>(plain)));
            if (!text || !writer.put_str(text.get())) return nullptr;
        }
        if (!percent) break;
        p = percent + 1;
        Conversion conversion;
        for (;; ++p) {
            if (*p == '-') conversion.left = true;
            else if (*p == '0') conversion.zero = true;
            else if (*p == '#') conversion.alternate = true;
            else break;
        }
        auto number = [&]() -> intptr_t {
            if (*p == '*') {
                ++p;
                return va_arg(arguments, int);
            }
            intptr_t value = 0;
            while (*p >= '0' && *p <= '9') value = value * 10 + (*p++ - '0');
            return value;
        };
        if (*p == '*' || (*p >= '1' && *p <= '9')) conversion.width = number();
        if (*p == '.') {
            ++p;
            conversion.precision = number();
        }
        if (*p == 'l') {
            conversion.size = 1;
            if (*++p == 'l') {
                conversion.size = 2;
                ++p;
            }
        } else if (*p == 'z') {
            conversion.size = 3;
            ++p;
        }
        bool ok = true;
        char letter = *p ? *p++ : '\0';
        switch (letter) {
            case 'd':
            case 'i': {
                long long value = conversion.size == 0   ? va_arg(arguments, int)
                                  : conversion.size == 1 ? va_arg(arguments, long)
                                  : conversion.size == 2 ? va_arg(arguments, long long)
                                                         : va_arg(arguments, ssize_t);
                char digits[32];
                unsigned long long magnitude = value < 0 ? 0 - static_cast<unsigned long long>(value) : static_cast<unsigned long long>(value);
                std::snprintf(digits, sizeof digits, "%llu", magnitude);
                ok = put_number(writer, conversion, digits, value < 0);
                break;
            }
            case 'u':
            case 'o':
            case 'x':
            case 'X': {
                unsigned long long value = conversion.size == 0   ? va_arg(arguments, unsigned)
                                           : conversion.size == 1 ? va_arg(arguments, unsigned long)
                                           : conversion.size == 2 ? va_arg(arguments, unsigned long long)
                                                                  : va_arg(arguments, size_t);
                char digits[32];
                const char* pattern = letter == 'u' ? "%llu" : letter == 'o' ? "%llo" : letter == 'x' ? "%llx" : "%llX";
                std::snprintf(digits, sizeof digits, pattern, value);
                ok = put_number(writer, conversion, digits, false);
                break;
            }
            case 'c': {
                int c = va_arg(arguments, int);
                if (c < 0 || c > 0x10ffff) return err_set_string(exc::OverflowError, "character argument not in range(0x110000)");
                ok = writer.put(static_cast<char32_t>(c));
                break;
            }
            case 'p': {
                char digits[32];
                std::snprintf(digits, sizeof digits, "0x%llx", reinterpret_cast<unsigned long long>(va_arg(arguments, void*)));
                ok = writer.put_ascii(digits);
                break;
            }
            case 's':
                ok = put_utf8(writer, conversion, va_arg(arguments, const char*));
                break;
            case 'U':
                ok = put_text(writer, conversion, va_arg(arguments, Object*));
                break;
            case 'V': {
                Object* text = va_arg(arguments, Object*);
                const char* utf8 = va_arg(arguments, const char*);
                ok = text ? put_text(writer, conversion, text) : put_utf8(writer, conversion, utf8);
                break;
            }
            case 'S':
            case 'R':
            case 'A': {
                Object* object = va_arg(arguments, Object*);
                auto text = own(letter == 'S' ? object_str(object) : letter == 'R' ? object_repr(object) : object_ascii(object));
                ok = text && put_text(writer, conversion, text.get());
                break;
            }
            case '%':
                ok = writer.put('%');
                break;
            default:
                return err_format(exc::SystemError, "invalid format string: %s", percent);
        }
        if (!ok) return nullptr;
    }
    return writer.finish();
}

}  // namespace refscope::vm
