// str: PEP 393 strings with CPython 3.11's sizes: 48 bytes before ASCII text, 72 before other compact text, 80 for subclasses.
//
// Immutable once shared; only the builders (str_new, StrWriter, str_append) write, into strings that nobody has seen.
// `data` always points at the characters: behind the header, or for subclasses in a block. Interned strings are
// owned by their table of interned names without being counted, as in CPython.
#pragma once

#include <cstddef>
#include <cstdarg>
#include <cstdint>
#include <string>
#include <string_view>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

enum StrInterned : uint8_t { kNotInterned = 0, kInternedMortal = 1, kInternedImmortal = 2 };

struct StrObject : Object {
    intptr_t length;
    mutable Hash hash;  // -1: not computed yet
    uint8_t interned;
    uint8_t kind;       // bytes for each character: 1, 2, 4
    bool ascii;
    bool compact;       // the characters follow the header
    uint32_t unused;
    void* data;
};
static_assert(sizeof(StrObject) == 48);
// Strings that are not compact ASCII have the UTF-8 form cached here once it was asked for.
struct WideStrObject : StrObject {
    mutable intptr_t utf8_length;
    mutable char* utf8;  // block
    intptr_t unused_wide;
};
static_assert(sizeof(WideStrObject) == 72);

extern Type str_type;
extern Type str_iterator_type;
extern Type str_ascii_iterator_type;

inline bool str_check(const Object* object) { return fast_subclass(object, kUnicodeSubclass); }
inline bool str_check_exact(const Object* object) { return object->type == &str_type; }
inline StrObject* as_str(Object* object) { return static_cast<StrObject*>(object); }
inline const StrObject* as_str(const Object* object) { return static_cast<const StrObject*>(object); }
inline intptr_t str_length(const Object* object) { return as_str(object)->length; }
inline int str_kind(const Object* object) { return as_str(object)->kind; }
inline bool str_is_ascii(const Object* object) { return as_str(object)->ascii; }
inline void* str_data(const Object* object) { return as_str(object)->data; }
inline const uint8_t* str_latin1(const Object* object) { return static_cast<const uint8_t*>(as_str(object)->data); }
inline char32_t str_read(int kind, const void* data, intptr_t index) {
    if (kind == 1) return static_cast<const uint8_t*>(data)[index];
    if (kind == 2) return static_cast<const uint16_t*>(data)[index];
    return static_cast<const uint32_t*>(data)[index];
}
inline void str_write(int kind, void* data, intptr_t index, char32_t character) {
    if (kind == 1) static_cast<uint8_t*>(data)[index] = static_cast<uint8_t>(character);
    else if (kind == 2) static_cast<uint16_t*>(data)[index] = static_cast<uint16_t>(character);
    else static_cast<uint32_t*>(data)[index] = character;
}
inline char32_t str_read(const Object* object, intptr_t index) {
    return str_read(as_str(object)->kind, as_str(object)->data, index);
}
inline char32_t str_max_char(const Object* object) {  // upper bound by kind
    const StrObject* text = as_str(object);
    return text->ascii ? 0x7f : text->kind == 1 ? 0xff : text->kind == 2 ? 0xffff : 0x10ffff;
}

// Making
Owned str_new(intptr_t length, char32_t max_char);  // characters unset, null-terminated; '' is the shared one
Owned str_from_utf8(const char* text, intptr_t size);  // strict but for surrogates, which are accepted (WTF-8); UnicodeDecodeError
Owned str_from_string(const char* utf8);
Owned str_from_view(std::string_view utf8);
Owned str_from_ascii(const char* text, intptr_t size);  // must be ASCII
Owned str_from_latin1(const uint8_t* text, intptr_t size);
Owned str_from_kind_and_data(int kind, const void* data, intptr_t length);  // narrows
Owned str_from_ordinal(char32_t character);
Owned str_from_object(Object* object);  // an exact str: the same, or a copy of a subclass's instance
Owned str_substring(Object* text, intptr_t begin, intptr_t end);
Object* str_empty();                    // borrowed
Object* str_character(uint8_t character);  // borrowed: the shared latin-1 character
// PyUnicode_FromFormat: %s %.200s %d %i %u %ld %li %lu %zd %zi %zu %lld %llu %x %c %p %A %R %S %U %V %%.
Owned str_from_format(const char* format, ...);
Owned str_from_format_v(const char* format, va_list arguments);

// Reading
// UTF-8 with surrogates as an error (UnicodeEncodeError); cached in the string, as CPython's PyUnicode_AsUTF8AndSize.
const char* str_as_utf8(Object* text, intptr_t* size = nullptr);
std::string str_to_utf8(Object* text);  // a copy; lone surrogates become WTF-8
// Lone surrogates U+DC80..U+DCFF become the bytes 80..FF (os.fsencode).
std::string str_to_filesystem(Object* text);
Owned str_from_filesystem(std::string_view bytes);
bool str_equal(const Object* left, const Object* right);              // both str
bool str_equal_ascii(const Object* text, std::string_view ascii);     // _PyUnicode_EqualToASCIIString
int str_compare(const Object* left, const Object* right);             // by code points: -1, 0, 1
Hash str_hash(Object* text);
inline Hash str_hash_fast(Object* text) {
    Hash hash = as_str(text)->hash;
    return hash != -1 ? hash : str_hash(text);
}
Owned str_rich_compare(Object* left, Object* right, int op);
int str_contains(Object* text, Object* part);  // TypeError for a part that is no str
intptr_t str_find(Object* text, Object* part, intptr_t start, intptr_t end, int direction);
intptr_t str_find_char(Object* text, char32_t character, intptr_t start, intptr_t end, int direction);
intptr_t str_count(Object* text, Object* part, intptr_t start, intptr_t end);
int str_tail_match(Object* text, Object* part, intptr_t start, intptr_t end, int direction);

// Combining
Owned str_concat(Object* left, Object* right);   // TypeErrors as `+`
// Consumes the caller's reference to *left; *left becomes the new string or nullptr with an exception. Grows in
// place when the caller's is the only reference (CPython's unicode_concatenate).
void str_append(Object** left, Object* right);
void str_append_and_del(Object** left, Object* stolen_right);
Owned str_join(Object* separator_or_null, Object* iterable);
Owned str_join_array(Object* separator, Object* const* items, intptr_t count);
Owned str_split(Object* text, Object* separator_or_null, intptr_t max_count);
Owned str_rsplit(Object* text, Object* separator_or_null, intptr_t max_count);
Owned str_split_lines(Object* text, bool keep_ends);
Owned str_partition(Object* text, Object* separator);
Owned str_replace(Object* text, Object* old_part, Object* new_part, intptr_t max_count);
Owned str_strip(Object* text, int side);  // whitespace; 0 left, 1 right, 2 both
Owned str_format_percent(Object* format, Object* arguments);  // `%`
Owned str_repr(Object* text);
Owned str_repeat(Object* text, intptr_t count);
Owned str_mod(Object* left, Object* right);
bool str_is_identifier(Object* text);

// Interning
void str_intern_in_place(Object** text);  // replaces *text by the interned equal; exact str only
Owned str_intern_from_string(const char* utf8);
inline bool str_is_interned(const Object* text) { return as_str(text)->interned != 0; }
// Interned and owned by the runtime for good, under `name` as a named root.
Object* str_immortal_name(const char* name);

int init_str_types();

}  // namespace refscope::vm

// A borrowed interned str: ID(__init__).
#define RS_NAME_OF(text)                                                         \
    ([]() -> ::refscope::vm::Object* {                                           \
        static ::refscope::vm::Object* name = ::refscope::vm::str_immortal_name(text); \
        return name;                                                             \
    }())
#define ID(name) RS_NAME_OF(#name)
