#include "vm/base/characters.h"

namespace refscope::base {

namespace {

#include "vm/base/character_tables.inc"

int mapping(char32_t character, const CharacterRecord& record, std::int32_t value,
            char32_t out[3]) {
    if (!(record.flags & kSpecialCase)) {
        out[0] = character + static_cast<char32_t>(value);
        return 1;
    }
    int length = value >> 24;
    for (int i = 0; i < length; ++i) out[i] = kFullMappings[(value & 0xffffff) + i];
    return length;
}

}  // namespace

const CharacterRecord& character_record(char32_t character) {
    if (character > 0x10ffff) return kRecords[0];
    return kRecords[kBlockRecords[(kBlocks[character >> kBlockShift] << kBlockShift) +
                                  (character & ((1 << kBlockShift) - 1))]];
}

int decimal_value(char32_t character) {
    const CharacterRecord& record = character_record(character);
    return record.flags & kDecimal ? record.decimal : -1;
}
int digit_value(char32_t character) {
    const CharacterRecord& record = character_record(character);
    return record.flags & kDigit ? record.digit : -1;
}

int full_upper(char32_t character, char32_t out[3]) {
    const CharacterRecord& record = character_record(character);
    return mapping(character, record, record.upper, out);
}
int full_lower(char32_t character, char32_t out[3]) {
    const CharacterRecord& record = character_record(character);
    return mapping(character, record, record.lower, out);
}
int full_title(char32_t character, char32_t out[3]) {
    const CharacterRecord& record = character_record(character);
    return mapping(character, record, record.title, out);
}
int full_fold(char32_t character, char32_t out[3]) {
    const CharacterRecord& record = character_record(character);
    return mapping(character, record, record.flags & kSpecialCase ? record.fold : record.lower,
                   out);
}

// As Py_UNICODE_TOUPPER and Py_UNICODE_TOLOWER: of a mapping to several characters the first.
char32_t simple_upper(char32_t character) {
    char32_t out[3];
    full_upper(character, out);
    return out[0];
}
char32_t simple_lower(char32_t character) {
    char32_t out[3];
    full_lower(character, out);
    return out[0];
}

}  // namespace refscope::base
