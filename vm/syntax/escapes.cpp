#include "vm/syntax/escapes.h"

#include "vm/base/unicode_names.h"
#include "vm/base/utf8.h"

namespace refscope::syntax {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// CPython decodes a copy of the literal in which each character beyond ASCII has become \UXXXXXXXX,
// and a backslash before such a character \u005c; its error positions count in that copy.
constexpr std::size_t kWideEscape = 10;
constexpr std::size_t kBackslashEscape = 6;

std::size_t width_in_copy(std::string_view body, std::size_t from, std::size_t to) {
    std::size_t width = 0;
    for (std::size_t at = from; at < to; ++at) {
        if (static_cast<unsigned char>(body[at]) < 0x80) {
            ++width;
        } else if (!base::is_utf8_continuation(body[at])) {
            width += kWideEscape;
        }
    }
    return width;
}

std::string unicode_error(std::size_t first, std::size_t end, std::string_view reason) {
    std::string message = "(unicode error) 'unicodeescape' codec can't decode ";
    if (end == first + 1) {
        message += "byte 0x5c in position " + std::to_string(first);
    } else {
        message += "bytes in position " + std::to_string(first) + "-" + std::to_string(end - 1);
    }
    return message + ": " + std::string(reason);
}

std::optional<char> simple_escape(char c) {
    switch (c) {
        case '\\': return '\\';
        case '\'': return '\'';
        case '"': return '"';
        case 'a': return '\a';
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'v': return '\v';
        default: return std::nullopt;
    }
}

// Up to three octal digits.
unsigned octal_escape(std::string_view body, std::size_t& at) {
    unsigned value = 0;
    for (int i = 0; i < 3 && at < body.size() && body[at] >= '0' && body[at] <= '7'; ++i) {
        value = value * 8 + static_cast<unsigned>(body[at++] - '0');
    }
    return value;
}

}  // namespace

DecodedLiteral decode_str_escapes(std::string_view body) {
    DecodedLiteral result;
    result.text.reserve(body.size());
    std::size_t copied = 0;         // up to here `position` is known
    std::size_t copy_position = 0;  // ... in CPython's copy
    std::size_t at = 0;
    while (at < body.size()) {
        const std::size_t backslash = body.find('\\', at);
        if (backslash == std::string_view::npos) {
            result.text.append(body.substr(at));
            break;
        }
        result.text.append(body.substr(at, backslash - at));
        copy_position += width_in_copy(body, copied, backslash);
        copied = backslash;
        at = backslash + 1;
        if (at == body.size()) {
            // Only in the literal part of an f-string, before `{`: the backslash stands for itself.
            result.text.push_back('\\');
            break;
        }
        const char c = body[at];
        if (static_cast<unsigned char>(c) >= 0x80) {
            result.text.push_back('\\');
            copy_position += kBackslashEscape;
            copied = at;
            continue;
        }
        const auto fail = [&](std::size_t end, std::string_view reason) {
            result.error = unicode_error(
                copy_position, copy_position + width_in_copy(body, backslash, end), reason);
        };
        ++at;
        if (c == '\n') continue;
        if (const auto simple = simple_escape(c)) {
            result.text.push_back(*simple);
        } else if (c >= '0' && c <= '7') {
            --at;
            base::append_utf8(result.text, octal_escape(body, at));
        } else if (c == 'x' || c == 'u' || c == 'U') {
            const int digits = c == 'x' ? 2 : (c == 'u' ? 4 : 8);
            char32_t value = 0;
            for (int i = 0; i < digits; ++i, ++at) {
                const int digit = at < body.size() ? hex_value(body[at]) : -1;
                if (digit < 0) {
                    fail(at, c == 'x' ? "truncated \\xXX escape"
                                      : (c == 'u' ? "truncated \\uXXXX escape"
                                                  : "truncated \\UXXXXXXXX escape"));
                    return result;
                }
                value = value * 16 + static_cast<char32_t>(digit);
            }
            if (value > base::kLastCodePoint) {
                fail(at, "illegal Unicode character");
                return result;
            }
            base::append_utf8(result.text, value);
        } else if (c == 'N') {
            const std::size_t close = at < body.size() && body[at] == '{' ? body.find('}', at) : at;
            if (close == std::string_view::npos || close == at || close == at + 1) {
                const std::size_t end =
                    close == std::string_view::npos ? body.size() : (close == at ? at : close);
                fail(end, "malformed \\N character escape");
                return result;
            }
            const auto code = base::character_by_name(body.substr(at + 1, close - at - 1));
            at = close + 1;
            if (!code) {
                fail(at, "unknown Unicode character name");
                return result;
            }
            base::append_utf8(result.text, *code);
        } else {
            result.text.push_back('\\');
            result.text.push_back(c);
        }
    }
    return result;
}

DecodedLiteral decode_bytes_escapes(std::string_view body) {
    DecodedLiteral result;
    result.text.reserve(body.size());
    for (std::size_t at = 0; at < body.size();) {
        if (body[at] != '\\' || at + 1 == body.size()) {
            result.text.push_back(body[at++]);
            continue;
        }
        const std::size_t backslash = at;
        const char c = body[at + 1];
        at += 2;
        if (c == '\n') continue;
        if (const auto simple = simple_escape(c)) {
            result.text.push_back(*simple);
        } else if (c >= '0' && c <= '7') {
            --at;
            result.text.push_back(static_cast<char>(octal_escape(body, at) & 0xFF));
        } else if (c == 'x') {
            const int high = at < body.size() ? hex_value(body[at]) : -1;
            const int low = at + 1 < body.size() ? hex_value(body[at + 1]) : -1;
            if (high < 0 || low < 0) {
                result.error =
                    "(value error) invalid \\x escape at position " + std::to_string(backslash);
                return result;
            }
            result.text.push_back(static_cast<char>(high * 16 + low));
            at += 2;
        } else {
            result.text.push_back('\\');
            result.text.push_back(c);
        }
    }
    return result;
}

}  // namespace refscope::syntax
