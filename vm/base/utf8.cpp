#include "vm/base/utf8.h"

namespace refscope::base {

DecodedCharacter decode_utf8(std::string_view text) {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const auto continues = [&](std::size_t index) {
        return index < text.size() && is_utf8_continuation(text[index]);
    };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1, true};
    if (first >= 0xC2 && first < 0xE0 && continues(1)) {
        return {static_cast<char32_t>((first & 0x1F) << 6 | (byte(1) & 0x3F)), 2, true};
    }
    if ((first & 0xF0) == 0xE0 && continues(1) && continues(2)) {
        const char32_t code =
            static_cast<char32_t>((first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F));
        if (code >= 0x800) return {code, 3, true};
    }
    if (first >= 0xF0 && first < 0xF5 && continues(1) && continues(2) && continues(3)) {
        const char32_t code = static_cast<char32_t>((first & 0x07) << 18 | (byte(1) & 0x3F) << 12 |
                                                    (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F));
        if (code >= 0x10000 && code <= kLastCodePoint) return {code, 4, true};
    }
    return {kReplacementCharacter, 1, false};
}

void append_utf8(std::string& text, char32_t code) {
    const auto push = [&](char32_t value) { text.push_back(static_cast<char>(value)); };
    if (code < 0x80) {
        push(code);
    } else if (code < 0x800) {
        push(0xC0 | code >> 6);
        push(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        push(0xE0 | code >> 12);
        push(0x80 | (code >> 6 & 0x3F));
        push(0x80 | (code & 0x3F));
    } else {
        push(0xF0 | code >> 18);
        push(0x80 | (code >> 12 & 0x3F));
        push(0x80 | (code >> 6 & 0x3F));
        push(0x80 | (code & 0x3F));
    }
}

}  // namespace refscope::base
