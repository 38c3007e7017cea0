// What str's own files share: memory of strings, dispatch on the width of characters, views.
#pragma once

#include <cstring>

#include "vm/objects/str.h"

namespace refscope::vm {

// Runs `body` with a null pointer of the character type of `kind` as its argument.
template <class Body>
inline auto for_kind(int kind, Body body) {
    if (kind == 1) return body(static_cast<uint8_t*>(nullptr));
    if (kind == 2) return body(static_cast<uint16_t*>(nullptr));
    return body(static_cast<uint32_t*>(nullptr));
}

// Copies characters into a buffer of the same or a wider kind.
void str_copy_characters(int to_kind, void* to, intptr_t to_index, int from_kind, const void* from, intptr_t from_index, intptr_t count);
inline void str_copy_into(int to_kind, void* to, intptr_t to_index, const Object* from) {
    str_copy_characters(to_kind, to, to_index, as_str(from)->kind, as_str(from)->data, 0, as_str(from)->length);
}
void str_fill(int kind, void* data, intptr_t start, intptr_t count, char32_t character);
// The greatest character, rounded up to 0x7f, 0xff, 0xffff or 0x10ffff.
char32_t str_find_max_char(int kind, const void* data, intptr_t length);
bool bytes_are_ascii(const void* data, intptr_t length);
inline int kind_for(char32_t max_char) { return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4; }

// Changes the length of an unshared exact string in place or by moving it; *text is nullptr with MemoryError on failure.
bool str_resize(Object** text, intptr_t length);
// True when nobody but the caller can see the string.
inline bool str_is_modifiable(const Object* text) {
    return text->refcount == 1 && text->type == &str_type && as_str(text)->hash == -1 && as_str(text)->interned == 0 && as_str(text)->compact;
}

// A part of a string found by position, as a new string; the whole exact string itself when nothing is cut off.
inline void str_adjust_range(intptr_t length, intptr_t* start, intptr_t* end) {
    if (*end > length) *end = length;
    else if (*end < 0 && (*end += length) < 0) *end = 0;
    if (*start < 0 && (*start += length) < 0) *start = 0;
}

void str_forget_interned(StrObject* text);
// A static string becomes the interned one of its text.
void str_intern_static(StrObject* text);

// Method tables by subject, put together in str_methods.cpp.
Owned str_iterator_new(Object* text);
extern const MethodDef str_methods[];

// str_case.cpp
Owned str_lower(Object* text);
Owned str_upper(Object* text);
Owned str_title(Object* text);
Owned str_swap_case(Object* text);
Owned str_capitalize(Object* text);
Owned str_case_fold(Object* text);
Owned str_translate(Object* text, Object* table, const char* errors);
Owned str_make_translation(Object* x, Object* y, Object* z);
// All characters have one of the flags, and there is one.
bool str_all_have(Object* text, uint16_t flags);
bool str_is_lower(Object* text);
bool str_is_upper(Object* text);
bool str_is_title(Object* text);
bool str_is_printable(Object* text);

// str_search.cpp
Owned str_rpartition(Object* text, Object* separator);
Owned str_strip_set(Object* text, int side, Object* characters);
Owned str_pad(Object* text, intptr_t left, intptr_t right, char32_t fill);
Owned str_expand_tabs(Object* text, int tab_size);

int init_str_iterator_types();

}  // namespace refscope::vm
