// Character classes for str's own files, with fast answers for ASCII, and texts of digits made ASCII.
#pragma once

#include <string>

#include "vm/base/characters.h"
#include "vm/heap/object.h"

namespace refscope::vm {

inline bool char_is_space(char32_t c) {
    if (c < 128) return c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f);
    return base::character_is(c, base::kSpace);
}
inline bool char_is_line_break(char32_t c) {
    if (c < 128) return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e);
    return base::character_is(c, base::kLineBreak);
}
inline bool char_is_printable(char32_t c) {
    if (c < 128) return c >= 0x20 && c < 0x7f;
    return base::character_is(c, base::kPrintable);
}
inline bool char_is_surrogate(char32_t c) { return c >= 0xd800 && c <= 0xdfff; }

// Decimals of any script become '0' to '9', spaces ' ', other non-ASCII ends the text with '?': for int() and float().
std::string str_to_decimal_ascii(const Object* text);

}  // namespace refscope::vm
