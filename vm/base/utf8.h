// UTF-8 by hand: decoding, encoding, counting. Lone surrogates pass through as three bytes
// ("WTF-8"), since a Python str may hold them. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace refscope::base {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;
inline constexpr char32_t kLastCodePoint = 0x10FFFF;

struct DecodedCharacter {
    char32_t code_point;
    std::uint32_t length;  // bytes; 1 for a byte that is no UTF-8, whose code point is U+FFFD
    bool valid;
};

// The text must not be empty.
DecodedCharacter decode_utf8(std::string_view text);
void append_utf8(std::string& text, char32_t code_point);

inline bool is_utf8_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}
inline bool is_ascii(std::string_view text) {
    for (char c : text) {
        if (static_cast<unsigned char>(c) >= 0x80) return false;
    }
    return true;
}
// Characters in well-formed text.
inline std::size_t count_characters(std::string_view text) {
    std::size_t count = 0;
    for (char c : text) count += !is_utf8_continuation(c);
    return count;
}
inline std::size_t count_utf16(std::string_view text) {
    std::size_t count = 0;
    for (char c : text) {
        count += !is_utf8_continuation(c);
        count += static_cast<unsigned char>(c) >= 0xF0;
    }
    return count;
}

}  // namespace refscope::base
