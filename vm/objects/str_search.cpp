// Finding, counting, splitting, replacing, stripping: the methods of str that look for a part.
#include <algorithm>
#include <vector>

#include "vm/objects/abstract.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/list_internal.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str_find.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

// The characters of a string at a wanted width, copied only when they are narrower.
class Widened {
  public:
    Widened(const Object* text, int kind) : length_(str_length(text)) {
        if (str_kind(text) == kind) {
            data_ = str_data(text);
            return;
        }
        copy_.resize(static_cast<size_t>(length_ * kind));
        str_copy_characters(kind, copy_.data(), 0, str_kind(text), str_data(text), 0, length_);
        data_ = copy_.data();
    }
    template <class C>
    const C* as() const {
        return static_cast<const C*>(data_);
    }
    intptr_t length() const { return length_; }

  private:
    const void* data_;
    intptr_t length_;
    std::vector<char> copy_;
};

bool require_str(Object* object) {
    if (str_check(object)) return true;
    err_format(exc::TypeError, "must be str, not %.100s", object->type->tp_name);
    return false;
}

template <class C>
const C* characters(const Object* text) {
    return static_cast<const C*>(str_data(text));
}

int append_part(Object* list, Object* text, intptr_t begin, intptr_t end) {
    Owned part = str_substring(text, begin, end);
    return part ? list_append_steal(list, part) : -1;
}

// One part from a scan that keeps the order of the text; rsplit reverses at the end.
template <class C>
int split_whitespace(Object* list, Object* text, intptr_t max_count) {
    auto* p = characters<C>(text);
    intptr_t length = str_length(text), i = 0;
    while (max_count-- > 0) {
        while (i < length && char_is_space(p[i])) ++i;
        if (i == length) return 0;
        intptr_t begin = i++;
        while (i < length && !char_is_space(p[i])) ++i;
        if (append_part(list, text, begin, i) < 0) return -1;
    }
    while (i < length && char_is_space(p[i])) ++i;
    if (i == length) return 0;
    return append_part(list, text, i, length);
}

template <class C>
int rsplit_whitespace(Object* list, Object* text, intptr_t max_count) {
    auto* p = characters<C>(text);
    intptr_t i = str_length(text);
    while (max_count-- > 0) {
        while (i > 0 && char_is_space(p[i - 1])) --i;
        if (i == 0) return 0;
        intptr_t end = i--;
        while (i > 0 && !char_is_space(p[i - 1])) --i;
        if (append_part(list, text, i, end) < 0) return -1;
    }
    while (i > 0 && char_is_space(p[i - 1])) --i;
    return i == 0 ? 0 : append_part(list, text, 0, i);
}

template <class C>
int split_by(Object* list, Object* text, const C* part, intptr_t part_length, intptr_t max_count) {
    auto* p = characters<C>(text);
    intptr_t length = str_length(text), begin = 0;
    while (max_count-- > 0) {
        intptr_t found = find_part(p + begin, length - begin, part, part_length);
        if (found < 0) break;
        if (append_part(list, text, begin, begin + found) < 0) return -1;
        begin += found + part_length;
    }
    return append_part(list, text, begin, length);
}

template <class C>
int rsplit_by(Object* list, Object* text, const C* part, intptr_t part_length, intptr_t max_count) {
    auto* p = characters<C>(text);
    intptr_t end = str_length(text);
    while (max_count-- > 0) {
        intptr_t found = rfind_part(p, end, part, part_length);
        if (found < 0) break;
        if (append_part(list, text, found + part_length, end) < 0) return -1;
        end = found;
    }
    return append_part(list, text, 0, end);
}

Owned split(Object* text, Object* separator, intptr_t max_count, bool from_right) {
    if (max_count < 0) max_count = INTPTR_MAX;
    if (separator && is_none(separator)) separator = nullptr;
    if (separator) {
        if (!str_check(separator)) return err_format(exc::TypeError, "must be str or None, not %.100s", separator->type->tp_name);
        if (str_length(separator) == 0) return err_set_string(exc::ValueError, "empty separator");
    }
    int kind = str_kind(text);
    bool cannot_occur = separator && (str_kind(separator) > kind || str_length(separator) > str_length(text));
    auto list = own(list_new_with_room(cannot_occur ? 1 : split_room(max_count)));
    if (!list) return nullptr;
    int status;
    if (!separator) {
        status = for_kind(kind, [&](auto* type) {
            using C = std::remove_pointer_t<decltype(type)>;
            return from_right ? rsplit_whitespace<C>(list.get(), text, max_count) : split_whitespace<C>(list.get(), text, max_count);
        });
    } else if (cannot_occur) {
        status = append_part(list.get(), text, 0, str_length(text));
    } else {
        Widened part(separator, kind);
        status = for_kind(kind, [&](auto* type) {
            using C = std::remove_pointer_t<decltype(type)>;
            return from_right ? rsplit_by<C>(list.get(), text, part.as<C>(), part.length(), max_count)
                              : split_by<C>(list.get(), text, part.as<C>(), part.length(), max_count);
        });
    }
    if (status < 0) return nullptr;
    if (from_right && list_reverse(list.get()) < 0) return nullptr;
    return list.release();
}

Owned partition(Object* text, Object* separator, bool from_right) {
    if (!require_str(separator)) return nullptr;
    if (str_length(separator) == 0) return err_set_string(exc::ValueError, "empty separator");
    intptr_t length = str_length(text);
    intptr_t found = str_find(text, separator, 0, length, from_right ? -1 : 1);
    if (found < 0) {
        auto whole = own(str_from_object(text));
        if (!whole) return nullptr;
        if (from_right) return tuple_pack({str_empty(), str_empty(), whole.get()});
        return tuple_pack({whole.get(), str_empty(), str_empty()});
    }
    auto before = own(str_substring(text, 0, found));
    auto after = own(str_substring(text, found + str_length(separator), length));
    if (!before || !after) return nullptr;
    return tuple_pack({before.get(), separator, after.get()});
}

}  // namespace

intptr_t str_find(Object* text, Object* part, intptr_t start, intptr_t end, int direction) {
    str_adjust_range(str_length(text), &start, &end);
    intptr_t length = end - start, part_length = str_length(part);
    if (length < part_length) return -1;
    int kind = str_kind(text);
    if (str_kind(part) > kind) return -1;
    Widened wide(part, kind);
    return for_kind(kind, [&](auto* type) -> intptr_t {
        using C = std::remove_pointer_t<decltype(type)>;
        auto* p = characters<C>(text) + start;
        intptr_t found = direction > 0 ? find_part(p, length, wide.as<C>(), part_length) : rfind_part(p, length, wide.as<C>(), part_length);
        return found < 0 ? -1 : found + start;
    });
}

intptr_t str_find_char(Object* text, char32_t character, intptr_t start, intptr_t end, int direction) {
    if (start < 0) start = 0;
    if (end > str_length(text)) end = str_length(text);
    if (start >= end || character > str_max_char(text)) return -1;
    return for_kind(str_kind(text), [&](auto* type) -> intptr_t {
        using C = std::remove_pointer_t<decltype(type)>;
        auto* p = characters<C>(text) + start;
        intptr_t found = direction > 0 ? find_char(p, end - start, static_cast<C>(character)) : rfind_char(p, end - start, static_cast<C>(character));
        return found < 0 ? -1 : found + start;
    });
}

intptr_t str_count(Object* text, Object* part, intptr_t start, intptr_t end) {
    str_adjust_range(str_length(text), &start, &end);
    if (end - start < str_length(part) || str_kind(part) > str_kind(text)) return 0;
    Widened wide(part, str_kind(text));
    return for_kind(str_kind(text), [&](auto* type) {
        using C = std::remove_pointer_t<decltype(type)>;
        return count_part(characters<C>(text) + start, end - start, wide.as<C>(), wide.length(), INTPTR_MAX);
    });
}

int str_contains(Object* text, Object* part) {
    if (!str_check(part)) {
        err_format(exc::TypeError, "'in <string>' requires string as left operand, not %.100s", part->type->tp_name);
        return -1;
    }
    return str_find(text, part, 0, str_length(text), 1) >= 0;
}

int str_tail_match(Object* text, Object* part, intptr_t start, intptr_t end, int direction) {
    str_adjust_range(str_length(text), &start, &end);
    intptr_t length = str_length(part);
    if (end - start < length || start > end) return 0;
    if (length == 0) return 1;
    int kind = str_kind(text), part_kind = str_kind(part);
    if (part_kind > kind) return 0;
    intptr_t offset = direction > 0 ? end - length : start;
    if (kind == part_kind) {
        return std::memcmp(static_cast<char*>(str_data(text)) + offset * kind, str_data(part), static_cast<size_t>(length * kind)) == 0;
    }
    for (intptr_t i = 0; i < length; ++i) {
        if (str_read(text, offset + i) != str_read(part, i)) return 0;
    }
    return 1;
}

Owned str_split(Object* text, Object* separator, intptr_t max_count) { return split(text, separator, max_count, false); }
Owned str_rsplit(Object* text, Object* separator, intptr_t max_count) { return split(text, separator, max_count, true); }
Owned str_partition(Object* text, Object* separator) { return partition(text, separator, false); }
Owned str_rpartition(Object* text, Object* separator) { return partition(text, separator, true); }

Owned str_split_lines(Object* text, bool keep_ends) {
    auto list = own(list_new(0));
    if (!list) return nullptr;
    intptr_t length = str_length(text);
    int kind = str_kind(text);
    const void* data = str_data(text);
    for (intptr_t i = 0; i < length;) {
        intptr_t begin = i;
        while (i < length && !char_is_line_break(str_read(kind, data, i))) ++i;
        intptr_t end = i;
        if (i < length) {
            if (str_read(kind, data, i) == '\r' && i + 1 < length && str_read(kind, data, i + 1) == '\n') i += 2;
            else ++i;
            if (keep_ends) end = i;
        }
        if (append_part(list.get(), text, begin, end) < 0) return nullptr;
    }
    return list.release();
}

Owned str_replace(Object* text, Object* old_part, Object* new_part, intptr_t max_count) {
    if (max_count < 0) max_count = INTPTR_MAX;
    intptr_t length = str_length(text), old_length = str_length(old_part), new_length = str_length(new_part);
    int kind = str_kind(text);
    if (max_count == 0 || length < old_length || str_kind(old_part) > kind) return str_from_object(text);
    if (old_length == new_length && str_equal(old_part, new_part)) return str_from_object(text);
    Widened wanted(old_part, kind);
    return for_kind(kind, [&](auto* type) -> Owned {
        using C = std::remove_pointer_t<decltype(type)>;
        auto* p = characters<C>(text);
        intptr_t count = count_part(p, length, wanted.as<C>(), old_length, max_count);
        if (count == 0) return str_from_object(text);
        if (new_length > old_length && count > (INTPTR_MAX / 4 - length) / (new_length - old_length)) {
            return err_set_string(exc::OverflowError, "replace string is too long");
        }
        intptr_t total = length + count * (new_length - old_length);
        if (total == 0) return newref(str_empty());
        char32_t max_char = std::max(str_max_char(text), str_max_char(new_part));
        Owned result = str_new(total, max_char);
        if (!result) return nullptr;
        int out_kind = str_kind(result);
        void* out = str_data(result);
        intptr_t at = 0, written = 0;
        auto copy = [&](intptr_t end) {
            str_copy_characters(out_kind, out, written, kind, p, at, end - at);
            written += end - at;
            at = end;
        };
        auto insert = [&] {
            str_copy_into(out_kind, out, written, new_part);
            written += new_length;
        };
        if (old_length == 0) {
            for (intptr_t i = 0; i < count; ++i) {
                insert();
                if (i < length) copy(i + 1);
            }
        } else {
            for (intptr_t i = 0; i < count; ++i) {
                copy(at + find_part(p + at, length - at, wanted.as<C>(), old_length));
                insert();
                at += old_length;
            }
        }
        copy(length);
        // Characters that made the text wide may be gone.
        if (max_char > 0x7f && str_max_char(old_part) > str_max_char(new_part)) {
            auto held = own(result);
            if (str_find_max_char(out_kind, out, total) < str_max_char(result)) return str_from_kind_and_data(out_kind, out, total);
            return held.release();
        }
        return result;
    });
}

Owned str_strip(Object* text, int side) {
    intptr_t begin = 0, end = str_length(text);
    int kind = str_kind(text);
    const void* data = str_data(text);
    if (side != 1) {
        while (begin < end && char_is_space(str_read(kind, data, begin))) ++begin;
    }
    if (side != 0) {
        while (end > begin && char_is_space(str_read(kind, data, end - 1))) --end;
    }
    return str_substring(text, begin, end);
}

Owned str_strip_set(Object* text, int side, Object* set) {
    intptr_t begin = 0, end = str_length(text);
    auto among = [&](char32_t c) { return str_find_char(set, c, 0, str_length(set), 1) >= 0; };
    if (side != 1) {
        while (begin < end && among(str_read(text, begin))) ++begin;
    }
    if (side != 0) {
        while (end > begin && among(str_read(text, end - 1))) --end;
    }
    return str_substring(text, begin, end);
}

Owned str_pad(Object* text, intptr_t left, intptr_t right, char32_t fill) {
    if (left < 0) left = 0;
    if (right < 0) right = 0;
    if (left == 0 && right == 0) return str_from_object(text);
    intptr_t length = str_length(text);
    if (left > INTPTR_MAX - length || right > INTPTR_MAX - (left + length)) {
        return err_set_string(exc::OverflowError, "padded string is too long");
    }
    Owned result = str_new(left + length + right, std::max(fill, str_max_char(text)));
    if (!result) return nullptr;
    int kind = str_kind(result);
    void* data = str_data(result);
    str_fill(kind, data, 0, left, fill);
    str_copy_into(kind, data, left, text);
    str_fill(kind, data, left + length, right, fill);
    return result;
}

Owned str_expand_tabs(Object* text, int tab_size) {
    StrWriter writer;
    intptr_t length = str_length(text), column = 0;
    bool found = false;
    for (intptr_t i = 0; i < length; ++i) {
        char32_t c = str_read(text, i);
        if (c == '\t') {
            found = true;
            if (tab_size > 0) {
                intptr_t spaces = tab_size - column % tab_size;
                column += spaces;
                if (!writer.put_repeated(' ', spaces)) return nullptr;
            }
        } else {
            ++column;
            if (!writer.put(c)) return nullptr;
            if (c == '\n' || c == '\r') column = 0;
        }
    }
    if (!found) return str_from_object(text);
    return writer.finish();
}

}  // namespace refscope::vm
