// Case mappings (full ones, with the final sigma), classes of characters, translation.
#include <string>
#include <vector>

#include "vm/objects/abstract.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

inline bool ascii_is_lower(uint8_t c) { return c >= 'a' && c <= 'z'; }
inline bool ascii_is_upper(uint8_t c) { return c >= 'A' && c <= 'Z'; }
inline uint8_t ascii_lower(uint8_t c) { return ascii_is_upper(c) ? static_cast<uint8_t>(c | 0x20) : c; }
inline uint8_t ascii_upper(uint8_t c) { return ascii_is_lower(c) ? static_cast<uint8_t>(c & 0xdf) : c; }

template <class Map>
Owned map_ascii(Object* text, Map map) {
    intptr_t length = str_length(text);
    if (length == 0) return newref(str_empty());
    Owned result = str_new(length, 0x7f);
    if (!result) return nullptr;
    const uint8_t* in = str_latin1(text);
    auto* out = static_cast<uint8_t*>(str_data(result));
    for (intptr_t i = 0; i < length; ++i) out[i] = map(in[i], i);
    return result;
}

// `map` writes up to three characters for the one at `i`.
template <class Map>
Owned map_characters(Object* text, Map map) {
    StrWriter writer(str_length(text));
    for (intptr_t i = 0; i < str_length(text); ++i) {
        char32_t out[3];
        int count = map(str_read(text, i), i, out);
        for (int j = 0; j < count; ++j) {
            if (!writer.put(out[j])) return nullptr;
        }
    }
    return writer.finish(false);
}

// Capital sigma at the end of a word: a cased letter before it, none after it, case-ignorable ones skipped.
bool is_final_sigma(Object* text, intptr_t i) {
    intptr_t j = i - 1;
    while (j >= 0 && base::character_is(str_read(text, j), base::kCaseIgnorable)) --j;
    if (j < 0 || !base::character_is(str_read(text, j), base::kCased)) return false;
    intptr_t length = str_length(text);
    for (j = i + 1; j < length && base::character_is(str_read(text, j), base::kCaseIgnorable);) ++j;
    return j == length || !base::character_is(str_read(text, j), base::kCased);
}

int lower_at(Object* text, char32_t c, intptr_t i, char32_t out[3]) {
    if (c == 0x3a3) {
        out[0] = is_final_sigma(text, i) ? 0x3c2 : 0x3c3;
        return 1;
    }
    return base::full_lower(c, out);
}

}  // namespace

Owned str_lower(Object* text) {
    if (str_is_ascii(text)) return map_ascii(text, [](uint8_t c, intptr_t) { return ascii_lower(c); });
    return map_characters(text, [&](char32_t c, intptr_t i, char32_t* out) { return lower_at(text, c, i, out); });
}
Owned str_upper(Object* text) {
    if (str_is_ascii(text)) return map_ascii(text, [](uint8_t c, intptr_t) { return ascii_upper(c); });
    return map_characters(text, [](char32_t c, intptr_t, char32_t* out) { return base::full_upper(c, out); });
}
Owned str_case_fold(Object* text) {
    if (str_is_ascii(text)) return str_lower(text);
    return map_characters(text, [](char32_t c, intptr_t, char32_t* out) { return base::full_fold(c, out); });
}
Owned str_title(Object* text) {
    bool previous_cased = false;
    return map_characters(text, [&](char32_t c, intptr_t i, char32_t* out) {
        int count = previous_cased ? lower_at(text, c, i, out) : base::full_title(c, out);
        previous_cased = base::character_is(c, base::kCased) ||
                         (base::character_is(c, base::kCaseIgnorable) &&
                          (base::character_flags(c) & (base::kLower | base::kUpper | base::kTitle)) != 0);
        return count;
    });
}
Owned str_swap_case(Object* text) {
    return map_characters(text, [&](char32_t c, intptr_t i, char32_t* out) {
        uint16_t flags = base::character_flags(c);
        if (flags & base::kUpper) return lower_at(text, c, i, out);
        if (flags & base::kLower) return base::full_upper(c, out);
        out[0] = c;
        return 1;
    });
}
Owned str_capitalize(Object* text) {
    if (str_is_ascii(text)) return map_ascii(text, [](uint8_t c, intptr_t i) { return i ? ascii_lower(c) : ascii_upper(c); });
    return map_characters(text, [&](char32_t c, intptr_t i, char32_t* out) {
        return i == 0 ? base::full_title(c, out) : lower_at(text, c, i, out);
    });
}

bool str_all_have(Object* text, uint16_t flags) {
    intptr_t length = str_length(text);
    for (intptr_t i = 0; i < length; ++i) {
        if (!(base::character_flags(str_read(text, i)) & flags)) return false;
    }
    return length > 0;
}
bool str_is_lower(Object* text) {
    bool cased = false;
    for (intptr_t i = 0; i < str_length(text); ++i) {
        uint16_t flags = base::character_flags(str_read(text, i));
        if (flags & (base::kUpper | base::kTitle)) return false;
        cased = cased || (flags & base::kLower);
    }
    return cased;
}
bool str_is_upper(Object* text) {
    bool cased = false;
    for (intptr_t i = 0; i < str_length(text); ++i) {
        uint16_t flags = base::character_flags(str_read(text, i));
        if (flags & (base::kLower | base::kTitle)) return false;
        cased = cased || (flags & base::kUpper);
    }
    return cased;
}
bool str_is_title(Object* text) {
    bool cased = false, previous_cased = false;
    for (intptr_t i = 0; i < str_length(text); ++i) {
        uint16_t flags = base::character_flags(str_read(text, i));
        if (flags & (base::kUpper | base::kTitle)) {
            if (previous_cased) return false;
            previous_cased = cased = true;
        } else if (flags & base::kLower) {
            if (!previous_cased) return false;
            cased = true;
        } else {
            previous_cased = false;
        }
    }
    return cased;
}
bool str_is_printable(Object* text) {
    for (intptr_t i = 0; i < str_length(text); ++i) {
        if (!char_is_printable(str_read(text, i))) return false;
    }
    return true;
}
bool str_is_identifier(Object* text) {
    intptr_t length = str_length(text);
    if (length == 0 || !(base::character_flags(str_read(text, 0)) & base::kIdentifierStart)) return false;
    for (intptr_t i = 1; i < length; ++i) {
        if (!(base::character_flags(str_read(text, i)) & base::kIdentifierContinue)) return false;
    }
    return true;
}

namespace {

// What the table has for a character. 1: *result is an int, None or str; 0: nothing, keep the character; -1: error.
int look_up_translation(Object* table, char32_t c, Ref<>* result) {
    auto key = own(int_from_int64(static_cast<int64_t>(c)));
    if (!key) return -1;
    *result = own(object_get_item(table, key.get()));
    if (!*result) {
        if (!err_matches(exc::LookupError)) return -1;
        err_clear();
        return 0;
    }
    Object* value = result->get();
    if (is_none(value) || str_check(value)) return 1;
    if (int_check(value)) {
        int overflow;
        int64_t number = int_as_int64_overflow(value, &overflow);
        if (overflow || number < 0 || number > 0x10ffff) {
            err_set_string(exc::ValueError, "character mapping must be in range(0x110000)");
            return -1;
        }
        return 1;
    }
    err_set_string(exc::TypeError, "character mapping must return integer, None or str");
    return -1;
}

}  // namespace

Owned str_translate(Object* text, Object* table, const char*) {
    intptr_t length = str_length(text);
    if (length == 0) return newref(str_empty());
    StrWriter writer(length);
    // Each ASCII character is looked up once: 0 unknown, 1 keep, 2 delete, 3 another ASCII character.
    uint8_t known[128] = {}, replacement[128];
    for (intptr_t i = 0; i < length; ++i) {
        char32_t c = str_read(text, i);
        if (c < 128 && known[c]) {
            if (known[c] == 2) continue;
            if (!writer.put(known[c] == 1 ? c : replacement[c])) return nullptr;
            continue;
        }
        Ref<> value;
        int found = look_up_translation(table, c, &value);
        if (found < 0) return nullptr;
        if (found == 0) {
            if (c < 128) known[c] = 1;
            if (!writer.put(c)) return nullptr;
        } else if (is_none(value.get())) {
            if (c < 128) known[c] = 2;
        } else if (int_check(value.get())) {
            auto mapped = static_cast<char32_t>(int_as_int64(value.get()));
            if (c < 128 && mapped < 128) {
                known[c] = 3;
                replacement[c] = static_cast<uint8_t>(mapped);
            }
            if (!writer.put(mapped)) return nullptr;
        } else if (!writer.put_str(value.get())) {
            return nullptr;
        }
    }
    return writer.finish();
}

Owned str_make_translation(Object* x, Object* y, Object* z) {
    auto table = own(dict_new());
    if (!table) return nullptr;
    auto set = [&](char32_t c, Object* value) {
        auto key = own(int_from_int64(static_cast<int64_t>(c)));
        return key && dict_set_item(table.get(), key.get(), value) == 0;
    };
    if (y) {
        if (!str_check(x)) {
            return err_set_string(exc::TypeError, "first maketrans argument must be a string if there is a second argument");
        }
        if (str_length(x) != str_length(y)) {
            return err_set_string(exc::ValueError, "the first two maketrans arguments must have equal length");
        }
        for (intptr_t i = 0; i < str_length(x); ++i) {
            auto value = own(int_from_int64(static_cast<int64_t>(str_read(y, i))));
            if (!value || !set(str_read(x, i), value.get())) return nullptr;
        }
        for (intptr_t i = 0; z && i < str_length(z); ++i) {
            if (!set(str_read(z, i), none())) return nullptr;
        }
        return table.release();
    }
    if (!dict_check_exact(x)) {
        return err_set_string(exc::TypeError, "if you give only one argument to maketrans it must be a dict");
    }
    intptr_t position = 0;
    Object *key, *value;
    while (dict_next(x, &position, &key, &value)) {
        if (str_check(key)) {
            if (str_length(key) != 1) return err_set_string(exc::ValueError, "string keys in translate table must be of length 1");
            if (!set(str_read(key, 0), value)) return nullptr;
        } else if (int_check(key)) {
            if (dict_set_item(table.get(), key, value) < 0) return nullptr;
        } else {
            return err_set_string(exc::TypeError, "keys in translate table must be strings or integers");
        }
    }
    return table.release();
}

}  // namespace refscope::vm
