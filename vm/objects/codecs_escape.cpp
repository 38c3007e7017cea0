// unicode_escape, raw_unicode_escape, the escapes of bytes literals, and character maps.
#include <cstring>

#include "vm/base/unicode_names.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bytes.h"
#include "vm/objects/codec_errors.h"
#include "vm/objects/codecs.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/str_writer.h"

namespace refscope::vm {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void put_escape(std::string& out, char32_t c) {
    char letter = c < 0x100 ? 'x' : c < 0x10000 ? 'u' : 'U';
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    out += '\\';
    out += letter;
    for (int i = digits - 1; i >= 0; --i) out += "0123456789abcdef"[(c >> (4 * i)) & 15];
}

int warn_invalid_escape(const char* what, int base, int value) {
    if (base == 8) return err_warn(exc::DeprecationWarning, 1, "invalid octal escape sequence '\\%o'", value);
    return err_warn(exc::DeprecationWarning, 1, what, value);
}

}  // namespace

Owned unicode_escape_encode(Object* text) {
    std::string out;
    for (intptr_t i = 0; i < str_length(text); ++i) {
        char32_t c = str_read(text, i);
        if (c == '\\') out += "\\\\";
        else if (c == '\t') out += "\\t";
        else if (c == '\n') out += "\\n";
        else if (c == '\r') out += "\\r";
        else if (c >= ' ' && c < 127) out += static_cast<char>(c);
        else put_escape(out, c);
    }
    return bytes_from_view(out);
}

Owned raw_unicode_escape_encode(Object* text) {
    std::string out;
    for (intptr_t i = 0; i < str_length(text); ++i) {
        char32_t c = str_read(text, i);
        if (c < 0x100) out += static_cast<char>(c);
        else put_escape(out, c);
    }
    return bytes_from_view(out);
}

Owned unicode_escape_decode(const char* data, intptr_t size, const char* errors, intptr_t* consumed) {
    DecodeErrors handler(data, size, "unicodeescape", errors);
    StrWriter writer(size);
    int invalid = -1;
    for (intptr_t at = 0; at < handler.size();) {
        const char* p = handler.data();
        intptr_t end = handler.size(), start = at;
        auto first = static_cast<uint8_t>(p[at]);
        if (first != '\\') {
            if (!writer.put(first)) return nullptr;
            ++at;
            continue;
        }
        if (at + 1 >= end) {
            if (consumed) {
                *consumed = start;
                return writer.finish();
            }
            if (!handler.handle(start, end, "\\ at end of string", &writer, &at)) return nullptr;
            continue;
        }
        char c = p[at + 1];
        at += 2;
        static const char kLetters[] = "\\'\"bftnrva", kValues[] = "\\'\"\b\f\t\n\r\v\a";
        const char* simple = c ? std::strchr(kLetters, c) : nullptr;
        if (c == '\n') continue;
        if (simple) {
            if (!writer.put(static_cast<uint8_t>(kValues[simple - kLetters]))) return nullptr;
            continue;
        }
        if (c >= '0' && c <= '7') {
            int value = c - '0';
            for (int i = 0; i < 2 && at < end && p[at] >= '0' && p[at] <= '7'; ++i) value = value * 8 + (p[at++] - '0');
            if (value > 0377 && invalid < 0) invalid = value;
            if (!writer.put(static_cast<char32_t>(value))) return nullptr;
            continue;
        }
        int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
        if (digits) {
            char32_t value = 0;
            int read = 0;
            while (read < digits && at < end && hex_digit(p[at]) >= 0) {
                value = value << 4 | static_cast<char32_t>(hex_digit(p[at++]));
                ++read;
            }
            const char* reason = c == 'x' ? "truncated \\xXX escape" : c == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
            if (read == digits && value <= 0x10ffff) {
                if (!writer.put(value)) return nullptr;
                continue;
            }
            if (read == digits) reason = "illegal Unicode character";
            else if (consumed && at >= end) {
                *consumed = start;
                return writer.finish();
            }
            if (!handler.handle(start, at, reason, &writer, &at)) return nullptr;
            continue;
        }
        if (c == 'N') {
            const char* reason = "malformed \\N character escape";
            intptr_t stop = at;
            if (at < end && p[at] == '{') {
                auto* close = static_cast<const char*>(std::memchr(p + at, '}', static_cast<size_t>(end - at)));
                if (close && close > p + at + 1) {
                    auto found = base::character_by_name({p + at + 1, static_cast<size_t>(close - (p + at + 1))});
                    at = close + 1 - p;
                    if (found) {
                        if (!writer.put(*found)) return nullptr;
                        continue;
                    }
                    reason = "unknown Unicode character name";
                    stop = at;
                } else {
                    stop = close ? close + 1 - p : end;
                    if (!close && consumed) {
                        *consumed = start;
                        return writer.finish();
                    }
                }
            }
            if (!handler.handle(start, stop, reason, &writer, &at)) return nullptr;
            continue;
        }
        if (invalid < 0) invalid = c;
        if (!writer.put('\\') || !writer.put(static_cast<uint8_t>(c))) return nullptr;
    }
    if (consumed) *consumed = handler.size();
    if (invalid >= 0 && warn_invalid_escape("invalid escape sequence '\\%c'", invalid > 0377 ? 8 : 0, invalid) < 0) return nullptr;
    return writer.finish();
}

Owned raw_unicode_escape_decode(const char* data, intptr_t size, const char* errors, intptr_t* consumed) {
    DecodeErrors handler(data, size, "rawunicodeescape", errors);
    StrWriter writer(size);
    for (intptr_t at = 0; at < handler.size();) {
        const char* p = handler.data();
        intptr_t end = handler.size(), start = at;
        auto first = static_cast<uint8_t>(p[at++]);
        if (first != '\\' || (at >= end && !consumed)) {
            if (!writer.put(first)) return nullptr;
            continue;
        }
        if (at >= end) {
            *consumed = start;
            return writer.finish();
        }
        char c = p[at++];
        int digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
        if (!digits) {
            if (!writer.put('\\') || !writer.put(static_cast<uint8_t>(c))) return nullptr;
            continue;
        }
        char32_t value = 0;
        int read = 0;
        while (read < digits && at < end && hex_digit(p[at]) >= 0) {
            value = value << 4 | static_cast<char32_t>(hex_digit(p[at++]));
            ++read;
        }
        const char* reason = c == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
        if (read == digits) {
            if (value <= 0x10ffff) {
                if (!writer.put(value)) return nullptr;
                continue;
            }
            reason = "\\Uxxxxxxxx out of range";
        } else if (consumed && at >= end) {
            *consumed = start;
            return writer.finish();
        }
        if (!handler.handle(start, at, reason, &writer, &at)) return nullptr;
    }
    if (consumed) *consumed = handler.size();
    return writer.finish();
}

Owned bytes_decode_escape(std::string_view text, const char* errors) {
    std::string out;
    int invalid = -1;
    for (size_t at = 0; at < text.size();) {
        char c = text[at++];
        if (c != '\\') {
            out += c;
            continue;
        }
        if (at >= text.size()) return err_set_string(exc::ValueError, "Trailing \\ in string");
        c = text[at++];
        static const char kLetters[] = "\\'\"bftnrva", kValues[] = "\\'\"\b\f\t\n\r\v\a";
        const char* simple = c ? std::strchr(kLetters, c) : nullptr;
        if (c == '\n') continue;
        if (simple) {
            out += kValues[simple - kLetters];
        } else if (c >= '0' && c <= '7') {
            int value = c - '0';
            for (int i = 0; i < 2 && at < text.size() && text[at] >= '0' && text[at] <= '7'; ++i) value = value * 8 + (text[at++] - '0');
            if (value > 0377 && invalid < 0) invalid = value;
            out += static_cast<char>(value);
        } else if (c == 'x') {
            if (at + 1 < text.size() && hex_digit(text[at]) >= 0 && hex_digit(text[at + 1]) >= 0) {
                out += static_cast<char>(hex_digit(text[at]) << 4 | hex_digit(text[at + 1]));
                at += 2;
                continue;
            }
            if (at < text.size() && hex_digit(text[at]) >= 0) ++at;
            if (!errors || std::strcmp(errors, "strict") == 0) {
                return err_format(exc::ValueError, "invalid \\x escape at position %zd", static_cast<intptr_t>(at) - 2 - (hex_digit(text[at - 1]) >= 0 && text[at - 1] != 'x' ? 1 : 0));
            }
            if (std::strcmp(errors, "replace") == 0) out += '?';
            else if (std::strcmp(errors, "ignore") != 0) {
                return err_format(exc::ValueError, "decoding error; unknown error handling code: %.400s", errors);
            }
        } else {
            if (invalid < 0) invalid = static_cast<uint8_t>(c);
            out += '\\';
            out += c;
        }
    }
    if (invalid >= 0 && warn_invalid_escape("invalid escape sequence '\\%c'", invalid > 0377 ? 8 : 0, invalid) < 0) return nullptr;
    return bytes_from_view(out);
}

Owned charmap_encode(Object* text, Object* mapping, const char* errors) {
    if (!mapping || is_none(mapping)) return latin1_encode(text, errors);
    EncodeErrors handler(text, "charmap", "character maps to <undefined>", errors);
    std::string out;
    intptr_t length = str_length(text);
    // 1: appended; 0: undefined; -1: error.
    auto encode = [&](char32_t c) -> int {
        auto key = own(int_from_int64(static_cast<int64_t>(c)));
        if (!key) return -1;
        auto value = own(object_get_item(mapping, key.get()));
        if (!value) {
            if (!err_matches(exc::LookupError)) return -1;
            err_clear();
            return 0;
        }
        if (is_none(value.get())) return 0;
        if (int_check(value.get())) {
            int overflow;
            int64_t byte = int_as_int64_overflow(value.get(), &overflow);
            if (overflow || byte < 0 || byte > 255) return err_set_string(exc::TypeError, "character mapping must be in range(256)"), -1;
            out += static_cast<char>(byte);
            return 1;
        }
        if (!bytes_check(value.get())) {
            err_format(exc::TypeError, "character mapping must return integer, bytes or None, not %.400s", value->type->tp_name);
            return -1;
        }
        out += bytes_view(value.get());
        return 1;
    };
    for (intptr_t i = 0; i < length;) {
        int status = encode(str_read(text, i));
        if (status < 0) return nullptr;
        if (status) {
            ++i;
            continue;
        }
        intptr_t end = i + 1;
        std::string before = out;
        while (end < length) {
            status = encode(str_read(text, end));
            if (status < 0) return nullptr;
            if (status) break;
            ++end;
        }
        out = before;
        // The replacement goes through the map, too.
        std::string replacement;
        intptr_t next;
        if (!handler.handle(i, end, 0x110000, &replacement, &next)) return nullptr;
        ErrorHandler kind = error_handler_named(errors);
        if (kind == ErrorHandler::kReplace || kind == ErrorHandler::kBackslashReplace || kind == ErrorHandler::kXmlCharRefReplace) {
            for (char c : replacement) {
                status = encode(static_cast<uint8_t>(c));
                if (status == 0) handler.raise(i, end);
                if (status <= 0) return nullptr;
            }
        } else {
            out += replacement;
        }
        i = next;
    }
    return bytes_from_view(out);
}

Owned charmap_decode(const char* data, intptr_t size, Object* mapping, const char* errors) {
    if (!mapping || is_none(mapping)) return latin1_decode(data, size);
    DecodeErrors handler(data, size, "charmap", errors);
    StrWriter writer(size);
    for (intptr_t at = 0; at < handler.size();) {
        auto byte = static_cast<uint8_t>(handler.data()[at]);
        bool defined = true;
        if (str_check_exact(mapping)) {
            char32_t c = byte < str_length(mapping) ? str_read(mapping, byte) : 0xfffe;
            defined = c != 0xfffe;
            if (defined && !writer.put(c)) return nullptr;
        } else {
            auto key = own(int_from_int64(byte));
            auto value = own(key ? object_get_item(mapping, key.get()) : nullptr);
            if (!value) {
                if (!err_matches(exc::LookupError)) return nullptr;
                err_clear();
                defined = false;
            } else if (is_none(value.get())) {
                defined = false;
            } else if (int_check(value.get())) {
                int overflow;
                int64_t c = int_as_int64_overflow(value.get(), &overflow);
                if (overflow || c < 0 || c > 0x10ffff) {
                    return err_format(exc::TypeError, "character mapping must be in range(0x%x)", 0x110000);
                }
                defined = c != 0xfffe;
                if (defined && !writer.put(static_cast<char32_t>(c))) return nullptr;
            } else if (str_check(value.get())) {
                defined = !(str_length(value.get()) == 1 && str_read(value.get(), 0) == 0xfffe);
                if (defined && !writer.put_str(value.get())) return nullptr;
            } else {
                return err_set_string(exc::TypeError, "character mapping must return integer, None or str");
            }
        }
        if (defined) ++at;
        else if (!handler.handle(at, at + 1, "character maps to <undefined>", &writer, &at)) return nullptr;
    }
    return writer.finish();
}

}  // namespace refscope::vm
