// Properties and case mappings of characters, as the methods of str show them (Unicode 14,
// generated from CPython 3.11).
//
// ASCII and latin-1 callers have fast paths of their own; these functions take any code point up to
// U+10FFFF.
#pragma once

#include <cstdint>

namespace refscope::base {

enum CharacterFlag : std::uint16_t {
    kAlpha = 1 << 0,
    kDecimal = 1 << 1,
    kDigit = 1 << 2,
    kNumeric = 1 << 3,
    kLower = 1 << 4,
    kUpper = 1 << 5,
    kTitle = 1 << 6,
    kSpace = 1 << 7,
    kLineBreak = 1 << 8,
    kPrintable = 1 << 9,
    kIdentifierStart = 1 << 10,
    kIdentifierContinue = 1 << 11,
    kCased = 1 << 12,
    kCaseIgnorable = 1 << 13,
    kSpecialCase = 1 << 14,
};

struct CharacterRecord {
    std::uint16_t flags;
    std::uint8_t decimal, digit;
    // Differences to the character; with kSpecialCase: length << 24 | index into the full mappings.
    std::int32_t upper, lower, title, fold;
};

const CharacterRecord& character_record(char32_t character);
inline std::uint16_t character_flags(char32_t character) {
    return character_record(character).flags;
}
inline bool character_is(char32_t character, CharacterFlag flag) {
    return (character_flags(character) & flag) != 0;
}
// The digit's value, -1 when it is none.
int decimal_value(char32_t character);
int digit_value(char32_t character);

// Full mappings: up to three characters; the number of them is returned.
int full_upper(char32_t character, char32_t out[3]);
int full_lower(char32_t character, char32_t out[3]);  // without the rule for final sigma
int full_title(char32_t character, char32_t out[3]);
int full_fold(char32_t character, char32_t out[3]);
// Simple mappings, one character to one.
char32_t simple_upper(char32_t character);
char32_t simple_lower(char32_t character);

}  // namespace refscope::base
