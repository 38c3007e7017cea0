#include "vm/objects/bytes_methods.h"

#include <algorithm>
#include <cstring>

#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytearray_internal.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/list_internal.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/str_find.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

using View = std::string_view;

intptr_t size_of(View view) { return static_cast<intptr_t>(view.size()); }

// The two types, as what the methods need of them.
struct Immutable {
    static constexpr bool kArray = false;
    static View view(Object* self) { return bytes_view(self); }
    static Owned make(View view) { return bytes_from_view(view); }
    // The object itself where nothing changes.
    static Owned same(Object* self) { return bytes_check_exact(self) ? newref(self) : make(view(self)); }
};
struct Mutable {
    static constexpr bool kArray = true;
    static View view(Object* self) { return {bytearray_data(self), static_cast<size_t>(bytearray_size(self))}; }
    static Owned make(View view) { return bytearray_from_data(view.data(), size_of(view)); }
    static Owned same(Object* self) { return make(view(self)); }
};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alpha(char c) { return is_lower(c) || is_upper(c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c & ~0x20) : c; }

// A part to look for: an int (one byte) or a buffer.
class Part {
  public:
    bool get(Object* object) {
        if (buffer_check(object)) {
            if (!buffer_.get(object)) return false;
            view_ = {buffer_.data(), static_cast<size_t>(buffer_.size())};
            return true;
        }
        if (!index_check(object)) {
            err_format(exc::TypeError, "argument should be integer or bytes-like object, not '%.200s'", object->type->tp_name);
            return false;
        }
        int value = byte_value(object);
        if (value < 0) {
            if (err_matches(exc::OverflowError)) err_set_string(exc::ValueError, "byte must be in range(0, 256)");
            return false;
        }
        byte_ = static_cast<char>(value);
        view_ = {&byte_, 1};
        return true;
    }
    View view() const { return view_; }

  private:
    BufferHold buffer_;
    char byte_ = 0;
    View view_;
};

intptr_t find_in(View text, View part, int direction) {
    return direction > 0 ? find_part(text.data(), size_of(text), part.data(), size_of(part))
                         : rfind_part(text.data(), size_of(text), part.data(), size_of(part));
}

bool parse_range(const char* name, Object* const* args, intptr_t nargs, intptr_t* start, intptr_t* end) {
    *start = 0;
    *end = INTPTR_MAX;
    if (nargs < 1 || nargs > 3) {
        err_format(exc::TypeError, "%s() takes %s %d argument%s (%zd given)", name, nargs < 1 ? "at least" : "at most", nargs < 1 ? 1 : 3,
                   nargs < 1 ? "" : "s", nargs);
        return false;
    }
    if (nargs > 1 && !slice_index(args[1], start)) return false;
    return nargs <= 2 || slice_index(args[2], end);
}

void clip(intptr_t size, intptr_t* start, intptr_t* end) {
    if (*end > size) *end = size;
    else if (*end < 0 && (*end += size) < 0) *end = 0;
    if (*start < 0 && (*start += size) < 0) *start = 0;
}

// -2: error.
template <class T>
intptr_t find_method(const char* name, Object* self, Object* const* args, intptr_t nargs, int direction) {
    intptr_t start, end;
    Part part;
    if (!parse_range(name, args, nargs, &start, &end) || !part.get(args[0])) return -2;
    View text = T::view(self);
    clip(size_of(text), &start, &end);
    if (end - start < size_of(part.view())) return -1;
    intptr_t found = find_in(text.substr(static_cast<size_t>(start), static_cast<size_t>(end - start)), part.view(), direction);
    return found < 0 ? -1 : found + start;
}

template <class T, int kDirection>
Owned find(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t found = find_method<T>(kDirection > 0 ? "find" : "rfind", self, args, nargs, kDirection);
    return found == -2 ? nullptr : int_from_ssize(found);
}
template <class T, int kDirection>
Owned index(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t found = find_method<T>(kDirection > 0 ? "index" : "rindex", self, args, nargs, kDirection);
    if (found == -2) return nullptr;
    return found < 0 ? err_set_string(exc::ValueError, "subsection not found") : int_from_ssize(found);
}
template <class T>
Owned count(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t start, end;
    Part part;
    if (!parse_range("count", args, nargs, &start, &end) || !part.get(args[0])) return nullptr;
    View text = T::view(self);
    clip(size_of(text), &start, &end);
    if (end < start) return int_from_int64(0);
    return int_from_ssize(count_part(text.data() + start, end - start, part.view().data(), size_of(part.view()), INTPTR_MAX));
}

// -1: error.
int tail_match(View text, Object* part_object, intptr_t start, intptr_t end, int direction) {
    BufferHold part;
    if (!part.get(part_object)) return -1;
    clip(size_of(text), &start, &end);
    intptr_t length = part.size();
    if (end - start < length || start > end) return 0;
    intptr_t offset = direction > 0 ? end - length : start;
    return std::memcmp(text.data() + offset, part.data(), static_cast<size_t>(length)) == 0;
}

template <class T, int kDirection>
Owned starts_or_ends(Object* self, Object* const* args, intptr_t nargs) {
    const char* name = kDirection < 0 ? "startswith" : "endswith";
    intptr_t start, end;
    if (!parse_range(name, args, nargs, &start, &end)) return nullptr;
    if (tuple_check(args[0])) {
        for (intptr_t i = 0; i < tuple_size(args[0]); ++i) {
            int match = tail_match(T::view(self), tuple_get_item(args[0], i), start, end, kDirection);
            if (match < 0) return nullptr;
            if (match) return bool_from(true);
        }
        return bool_from(false);
    }
    int match = tail_match(T::view(self), args[0], start, end, kDirection);
    if (match < 0) {
        if (err_matches(exc::TypeError)) {
            err_format(exc::TypeError, "%s first arg must be bytes or a tuple of bytes, not %s", name, args[0]->type->tp_name);
        }
        return nullptr;
    }
    return bool_from(match != 0);
}

template <class T>
int append(Object* list, View part) {
    Owned item = T::make(part);
    return item ? list_append_steal(list, item) : -1;
}

template <class T>
int split_spaces(Object* list, Object* self, View text, intptr_t limit, bool right) {
    intptr_t size = size_of(text);
    if (!right) {
        intptr_t i = 0;
        while (limit-- > 0) {
            while (i < size && is_space(text[static_cast<size_t>(i)])) ++i;
            if (i == size) return 0;
            intptr_t begin = i;
            while (i < size && !is_space(text[static_cast<size_t>(i)])) ++i;
            if (begin == 0 && i == size && !T::kArray) return list_append_steal(list, T::same(self));
            if (append<T>(list, text.substr(static_cast<size_t>(begin), static_cast<size_t>(i - begin))) < 0) return -1;
        }
        while (i < size && is_space(text[static_cast<size_t>(i)])) ++i;
        return i == size ? 0 : append<T>(list, text.substr(static_cast<size_t>(i)));
    }
    intptr_t i = size;
    while (limit-- > 0) {
        while (i > 0 && is_space(text[static_cast<size_t>(i - 1)])) --i;
        if (i == 0) return 0;
        intptr_t end = i;
        while (i > 0 && !is_space(text[static_cast<size_t>(i - 1)])) --i;
        if (append<T>(list, text.substr(static_cast<size_t>(i), static_cast<size_t>(end - i))) < 0) return -1;
    }
    while (i > 0 && is_space(text[static_cast<size_t>(i - 1)])) --i;
    return i == 0 ? 0 : append<T>(list, text.substr(0, static_cast<size_t>(i)));
}

template <class T>
int split_by(Object* list, Object* self, View text, View part, intptr_t limit, bool right) {
    if (find_in(text, part, 1) < 0 && !T::kArray) return list_append_steal(list, T::same(self));
    while (limit-- > 0) {
        intptr_t found = find_in(text, part, right ? -1 : 1);
        if (found < 0) break;
        auto at = static_cast<size_t>(found);
        if (append<T>(list, right ? text.substr(at + part.size()) : text.substr(0, at)) < 0) return -1;
        text = right ? text.substr(0, at) : text.substr(at + part.size());
    }
    return append<T>(list, text);
}

template <class T, bool kRight>
Owned split(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"sep", "maxsplit", nullptr};
    static const KeywordParser parser{kRight ? "rsplit" : "split", names, 0, 2, 0};
    Object* given[2];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    intptr_t limit = -1;
    if (given[1] && !argument_ssize(given[1], &limit)) return nullptr;
    if (limit < 0) limit = INTPTR_MAX;
    auto list = own(list_new_with_room(split_room(limit)));
    if (!list) return nullptr;
    int status;
    if (!given[0] || is_none(given[0])) {
        status = split_spaces<T>(list.get(), self, T::view(self), limit, kRight);
    } else {
        BufferHold part;
        if (!part.get(given[0])) return nullptr;
        if (part.size() == 0) return err_set_string(exc::ValueError, "empty separator");
        status = split_by<T>(list.get(), self, T::view(self), {part.data(), static_cast<size_t>(part.size())}, limit, kRight);
    }
    if (status < 0 || (kRight && list_reverse(list.get()) < 0)) return nullptr;
    return list.release();
}

template <class T>
Owned split_lines(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"keepends", nullptr};
    static const KeywordParser parser{"splitlines", names, 0, 1, 0};
    Object* given[1];
    int keep = 0;
    if (!unpack_keywords(parser, args, nargs, kwnames, given) || (given[0] && !argument_int(given[0], &keep))) return nullptr;
    auto list = own(list_new(0));
    if (!list) return nullptr;
    View text = T::view(self);
    for (size_t i = 0; i < text.size();) {
        size_t begin = i;
        while (i < text.size() && text[i] != '\n' && text[i] != '\r') ++i;
        size_t end = i;
        if (i < text.size()) {
            i += text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 2 : 1;
            if (keep) end = i;
        }
        if (append<T>(list.get(), text.substr(begin, end - begin)) < 0) return nullptr;
    }
    return list.release();
}

template <class T, int kDirection>
Owned partition(Object* self, Object* separator) {
    BufferHold part;
    if (!part.get(separator)) return nullptr;
    if (part.size() == 0) return err_set_string(exc::ValueError, "empty separator");
    View text = T::view(self), wanted{part.data(), static_cast<size_t>(part.size())};
    intptr_t found = find_in(text, wanted, kDirection);
    Ref<> first, middle, last;
    if (found < 0) {
        auto whole = own(T::same(self));
        middle = own(T::make({}));
        auto none_left = own(T::make({}));
        first = kDirection > 0 ? std::move(whole) : std::move(none_left);
        last = kDirection > 0 ? std::move(none_left) : std::move(whole);
    } else {
        first = own(T::make(text.substr(0, static_cast<size_t>(found))));
        middle = T::kArray ? own(T::make(wanted)) : share(separator);
        last = own(T::make(text.substr(static_cast<size_t>(found) + wanted.size())));
    }
    return first && middle && last ? tuple_pack({first.get(), middle.get(), last.get()}) : nullptr;
}

template <class T>
Owned replace(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("replace", nargs, 2, 3)) return nullptr;
    BufferHold from, to;
    if (!from.get(args[0]) || !to.get(args[1])) return nullptr;
    intptr_t limit = -1;
    if (nargs > 2 && !argument_ssize(args[2], &limit)) return nullptr;
    if (limit < 0) limit = INTPTR_MAX;
    View text = T::view(self), old_part{from.data(), static_cast<size_t>(from.size())}, new_part{to.data(), static_cast<size_t>(to.size())};
    intptr_t count = limit == 0 ? 0 : count_part(text.data(), size_of(text), old_part.data(), from.size(), limit);
    if (count == 0) return T::same(self);
    std::string out;
    if (old_part.empty()) {
        for (intptr_t i = 0; i < count; ++i) {
            out += new_part;
            if (static_cast<size_t>(i) < text.size()) out += text[static_cast<size_t>(i)];
        }
        if (static_cast<size_t>(count) < text.size()) out += text.substr(static_cast<size_t>(count));
    } else {
        for (intptr_t i = 0; i < count; ++i) {
            auto at = static_cast<size_t>(find_in(text, old_part, 1));
            out += text.substr(0, at);
            out += new_part;
            text.remove_prefix(at + old_part.size());
        }
        out += text;
    }
    return T::make(out);
}

template <class T, int kSide>
Owned strip(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional(kSide == 0 ? "lstrip" : kSide == 1 ? "rstrip" : "strip", nargs, 0, 1)) return nullptr;
    BufferHold set;
    bool spaces = nargs == 0 || is_none(args[0]);
    if (!spaces && !set.get(args[0])) return nullptr;
    auto among = [&](char c) { return spaces ? is_space(c) : std::memchr(set.data(), c, static_cast<size_t>(set.size())) != nullptr; };
    View text = T::view(self);
    size_t begin = 0, end = text.size();
    while (kSide != 1 && begin < end && among(text[begin])) ++begin;
    while (kSide != 0 && end > begin && among(text[end - 1])) --end;
    return begin == 0 && end == text.size() ? T::same(self) : T::make(text.substr(begin, end - begin));
}

template <class T, int kMode>
Owned justify(Object* self, Object* const* args, intptr_t nargs) {
    const char* name = kMode < 0 ? "ljust" : kMode > 0 ? "rjust" : "center";
    if (!check_positional(name, nargs, 1, 2)) return nullptr;
    intptr_t width;
    if (!argument_ssize(args[0], &width)) return nullptr;
    char fill = ' ';
    if (nargs > 1) {
        if (bytes_check(args[1]) && bytes_size(args[1]) == 1) fill = bytes_data(args[1])[0];
        else if (bytearray_check(args[1]) && bytearray_size(args[1]) == 1) fill = bytearray_data(args[1])[0];
        else return argument_bad(name, "argument 2", "a byte string of length 1", args[1]), nullptr;
    }
    View text = T::view(self);
    if (width <= size_of(text)) return T::same(self);
    intptr_t room = width - size_of(text);
    intptr_t left = kMode < 0 ? 0 : kMode > 0 ? room : room / 2 + (room & width & 1);
    std::string out(static_cast<size_t>(left), fill);
    out += text;
    out.append(static_cast<size_t>(room - left), fill);
    return T::make(out);
}

template <class T>
Owned zero_fill(Object* self, Object* width_object) {
    intptr_t width;
    if (!argument_ssize(width_object, &width)) return nullptr;
    View text = T::view(self);
    if (width <= size_of(text)) return T::same(self);
    std::string out(static_cast<size_t>(width) - text.size(), '0');
    size_t zeros = out.size();
    out += text;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        out[0] = text[0];
        out[zeros] = '0';
    }
    return T::make(out);
}

template <class T>
Owned expand_tabs(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"tabsize", nullptr};
    static const KeywordParser parser{"expandtabs", names, 0, 1, 0};
    Object* given[1];
    int size = 8;
    if (!unpack_keywords(parser, args, nargs, kwnames, given) || (given[0] && !argument_int(given[0], &size))) return nullptr;
    std::string out;
    size_t column = 0;
    for (char c : T::view(self)) {
        if (c == '\t') {
            size_t spaces = size > 0 ? static_cast<size_t>(size) - column % static_cast<size_t>(size) : 0;
            column += spaces;
            out.append(spaces, ' ');
        } else {
            ++column;
            out += c;
            if (c == '\n' || c == '\r') column = 0;
        }
    }
    return T::make(out);
}

template <class T>
Owned join(Object* self, Object* iterable) {
    auto sequence = own(sequence_fast(iterable, "can only join an iterable"));
    if (!sequence) return nullptr;
    bool is_list = list_check(sequence.get());
    auto size = [&] { return is_list ? list_size(sequence.get()) : tuple_size(sequence.get()); };
    auto item = [&](intptr_t i) { return is_list ? list_get_item(sequence.get(), i) : tuple_get_item(sequence.get(), i); };
    if (!T::kArray && size() == 1 && bytes_check_exact(item(0))) return newref(item(0));
    std::string out;
    View separator = T::view(self);
    for (intptr_t i = 0; i < size(); ++i) {
        Object* part = item(i);
        if (i) out += separator;
        if (bytes_check_exact(part)) {
            out += bytes_view(part);
            continue;
        }
        BufferHold buffer;
        if (!buffer_check(part) || !buffer.get(part)) {
            return err_format(exc::TypeError, "sequence item %zd: expected a bytes-like object, %.80s found", i, part->type->tp_name);
        }
        out.append(buffer.data(), static_cast<size_t>(buffer.size()));
    }
    return T::make(out);
}

template <class T, class Map>
Owned mapped(Object* self, Map map) {
    std::string out(T::view(self));
    for (size_t i = 0; i < out.size(); ++i) out[i] = map(out[i], i);
    return T::make(out);
}
template <class T>
Owned lower(Object* self, Object*) { return mapped<T>(self, [](char c, size_t) { return to_lower(c); }); }
template <class T>
Owned upper(Object* self, Object*) { return mapped<T>(self, [](char c, size_t) { return to_upper(c); }); }
template <class T>
Owned swap_case(Object* self, Object*) { return mapped<T>(self, [](char c, size_t) { return is_lower(c) ? to_upper(c) : to_lower(c); }); }
template <class T>
Owned capitalize(Object* self, Object*) { return mapped<T>(self, [](char c, size_t i) { return i ? to_lower(c) : to_upper(c); }); }
template <class T>
Owned title(Object* self, Object*) {
    bool inside = false;
    return mapped<T>(self, [&](char c, size_t) {
        char result = inside ? to_lower(c) : to_upper(c);
        inside = is_alpha(c);
        return result;
    });
}

template <class T, bool (*kTest)(char)>
Owned all_are(Object* self, Object*) {
    View text = T::view(self);
    return bool_from(!text.empty() && std::all_of(text.begin(), text.end(), kTest));
}
bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
template <class T>
Owned is_ascii(Object* self, Object*) {
    View text = T::view(self);
    return bool_from(std::all_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; }));
}
template <class T, bool kLower>
Owned has_one_case(Object* self, Object*) {
    bool cased = false;
    for (char c : T::view(self)) {
        if (kLower ? is_upper(c) : is_lower(c)) return bool_from(false);
        cased = cased || is_alpha(c);
    }
    return bool_from(cased);
}
template <class T>
Owned is_title(Object* self, Object*) {
    bool cased = false, inside = false;
    for (char c : T::view(self)) {
        if (is_upper(c) ? inside : is_lower(c) && !inside) return bool_from(false);
        inside = is_alpha(c);
        cased = cased || inside;
    }
    return bool_from(cased);
}

template <class T>
Owned translate(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"", "delete", nullptr};
    static const KeywordParser parser{"translate", names, 1, 2, 0};
    Object* given[2];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    BufferHold table, removed;
    bool has_table = !is_none(given[0]);
    if (has_table) {
        if (!table.get(given[0])) return nullptr;
        if (table.size() != 256) return err_set_string(exc::ValueError, "translation table must be 256 characters long");
    }
    if (given[1] && !removed.get(given[1])) return nullptr;
    bool gone[256] = {};
    for (intptr_t i = 0; given[1] && i < removed.size(); ++i) gone[static_cast<uint8_t>(removed.data()[i])] = true;
    std::string out;
    bool changed = false;
    for (char c : T::view(self)) {
        auto byte = static_cast<uint8_t>(c);
        if (gone[byte]) {
            changed = true;
            continue;
        }
        char to = has_table ? table.data()[byte] : c;
        changed = changed || to != c;
        out += to;
    }
    return changed ? T::make(out) : T::same(self);
}

Owned make_translation(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("maketrans", nargs, 2, 2)) return nullptr;
    BufferHold from, to;
    if (!from.get(args[0]) || !to.get(args[1])) return nullptr;
    if (from.size() != to.size()) return err_set_string(exc::ValueError, "maketrans arguments must have same length");
    std::string table(256, '\0');
    for (int i = 0; i < 256; ++i) table[static_cast<size_t>(i)] = static_cast<char>(i);
    for (intptr_t i = 0; i < from.size(); ++i) table[static_cast<uint8_t>(from.data()[i])] = to.data()[i];
    return bytes_from_view(table);
}

template <class T, bool kPrefix>
Owned remove_affix(Object* self, Object* affix) {
    BufferHold part;
    if (!part.get(affix)) return nullptr;
    View text = T::view(self), wanted{part.data(), static_cast<size_t>(part.size())};
    if (text.size() >= wanted.size() && !wanted.empty()) {
        if (kPrefix && text.substr(0, wanted.size()) == wanted) return T::make(text.substr(wanted.size()));
        size_t rest = text.size() - wanted.size();
        if (!kPrefix && text.substr(rest) == wanted) return T::make(text.substr(0, rest));
    }
    return T::same(self);
}

template <class T>
Owned decode(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"encoding", "errors", nullptr};
    static const KeywordParser parser{"decode", names, 0, 2, 0};
    Object* given[2];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    const char *encoding = nullptr, *errors = nullptr;
    if (given[0] && !str_check(given[0])) return argument_bad("decode", "argument 'encoding'", "str", given[0]), nullptr;
    if (given[0] && !argument_text("decode", 1, given[0], &encoding)) return nullptr;
    if (given[1] && !str_check(given[1])) return argument_bad("decode", "argument 'errors'", "str", given[1]), nullptr;
    if (given[1] && !argument_text("decode", 2, given[1], &errors)) return nullptr;
    return str_from_encoded_object(self, encoding, errors);
}

template <class T>
Owned hex(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"sep", "bytes_per_sep", nullptr};
    static const KeywordParser parser{"hex", names, 0, 2, 0};
    Object* given[2];
    int group = 1;
    if (!unpack_keywords(parser, args, nargs, kwnames, given) || (given[1] && !argument_int(given[1], &group))) return nullptr;
    return bytes_to_hex(T::view(self), given[0], group);
}

template <class T>
Owned from_hex(Object* type, Object* text) {
    if (!str_check(text)) return argument_bad("fromhex", "argument", "str", text), nullptr;
    std::string out;
    if (!bytes_from_hex_text(text, &out)) return nullptr;
    auto result = own(T::make(out));
    Object* exact = T::kArray ? &bytearray_type : &bytes_type;
    if (!result || type == exact) return result.release();
    return object_call_onearg(type, result.get());
}

Owned bytes_get_new_args(Object* self, Object*) {
    auto copy = own(bytes_from_view(bytes_view(self)));
    return copy ? tuple_pack({copy.get()}) : nullptr;
}
Owned bytes_bytes(Object* self, Object*) { return Immutable::same(self); }


#define RS_SHARED_METHODS(T)                                                                                                    \
    method_def("capitalize", capitalize<T>, kMethNoargs),                                                                       \
    method_def("center", justify<T, 0>, kMethFastcall, "center($self, width, fillchar=b' ', /)\n--\n\n"),                       \
    method_def("count", count<T>, kMethFastcall),                                                                               \
    method_def("decode", decode<T>, kMethFastcall | kMethKeywords, "decode($self, /, encoding='utf-8', errors='strict')\n--\n\n"), \
    method_def("endswith", starts_or_ends<T, 1>, kMethFastcall),                                                                \
    method_def("expandtabs", expand_tabs<T>, kMethFastcall | kMethKeywords, "expandtabs($self, /, tabsize=8)\n--\n\n"),         \
    method_def("find", find<T, 1>, kMethFastcall),                                                                              \
    method_def("fromhex", from_hex<T>, kMethO | kMethClass, "fromhex($type, string, /)\n--\n\n"),                               \
    method_def("hex", hex<T>, kMethFastcall | kMethKeywords),                                                                   \
    method_def("index", index<T, 1>, kMethFastcall),                                                                            \
    method_def("isalnum", all_are<T, is_alnum>, kMethNoargs),                                                                   \
    method_def("isalpha", all_are<T, is_alpha>, kMethNoargs),                                                                   \
    method_def("isascii", is_ascii<T>, kMethNoargs),                                                                            \
    method_def("isdigit", all_are<T, is_digit>, kMethNoargs),                                                                   \
    method_def("islower", has_one_case<T, true>, kMethNoargs),                                                                  \
    method_def("isspace", all_are<T, is_space>, kMethNoargs),                                                                   \
    method_def("istitle", is_title<T>, kMethNoargs),                                                                            \
    method_def("isupper", has_one_case<T, false>, kMethNoargs),                                                                 \
    method_def("join", join<T>, kMethO, "join($self, iterable_of_bytes, /)\n--\n\n"),                                           \
    method_def("ljust", justify<T, -1>, kMethFastcall, "ljust($self, width, fillchar=b' ', /)\n--\n\n"),                        \
    method_def("lower", lower<T>, kMethNoargs),                                                                                 \
    method_def("lstrip", strip<T, 0>, kMethFastcall, "lstrip($self, bytes=None, /)\n--\n\n"),                                   \
    method_def("maketrans", make_translation, kMethFastcall | kMethStatic, "maketrans(frm, to, /)\n--\n\n"),                    \
    method_def("partition", partition<T, 1>, kMethO, "partition($self, sep, /)\n--\n\n"),                                       \
    method_def("replace", replace<T>, kMethFastcall, "replace($self, old, new, count=-1, /)\n--\n\n"),                          \
    method_def("removeprefix", remove_affix<T, true>, kMethO, "removeprefix($self, prefix, /)\n--\n\n"),                        \
    method_def("removesuffix", remove_affix<T, false>, kMethO, "removesuffix($self, suffix, /)\n--\n\n"),                       \
    method_def("rfind", find<T, -1>, kMethFastcall),                                                                            \
    method_def("rindex", index<T, -1>, kMethFastcall),                                                                          \
    method_def("rjust", justify<T, 1>, kMethFastcall, "rjust($self, width, fillchar=b' ', /)\n--\n\n"),                         \
    method_def("rpartition", partition<T, -1>, kMethO, "rpartition($self, sep, /)\n--\n\n"),                                    \
    method_def("rsplit", split<T, true>, kMethFastcall | kMethKeywords, "rsplit($self, /, sep=None, maxsplit=-1)\n--\n\n"),     \
    method_def("rstrip", strip<T, 1>, kMethFastcall, "rstrip($self, bytes=None, /)\n--\n\n"),                                   \
    method_def("split", split<T, false>, kMethFastcall | kMethKeywords, "split($self, /, sep=None, maxsplit=-1)\n--\n\n"),      \
    method_def("splitlines", split_lines<T>, kMethFastcall | kMethKeywords, "splitlines($self, /, keepends=False)\n--\n\n"),    \
    method_def("startswith", starts_or_ends<T, -1>, kMethFastcall),                                                             \
    method_def("strip", strip<T, 2>, kMethFastcall, "strip($self, bytes=None, /)\n--\n\n"),                                     \
    method_def("swapcase", swap_case<T>, kMethNoargs),                                                                          \
    method_def("title", title<T>, kMethNoargs),                                                                                 \
    method_def("translate", translate<T>, kMethFastcall | kMethKeywords, "translate($self, table, /, delete=b'')\n--\n\n"),     \
    method_def("upper", upper<T>, kMethNoargs),                                                                                 \
    method_def("zfill", zero_fill<T>, kMethO, "zfill($self, width, /)\n--\n\n")

}  // namespace

Owned bytes_join(Object* separator, Object* iterable) { return join<Immutable>(separator, iterable); }

int bytes_like_contains(View self, Object* object) {
    if (index_check(object)) {
        int value = byte_value(object);
        if (value < 0) {
            if (err_matches(exc::IndexError) || err_matches(exc::OverflowError)) err_set_string(exc::ValueError, "byte must be in range(0, 256)");
            return -1;
        }
        return self.find(static_cast<char>(value)) != View::npos;
    }
    BufferHold part;
    if (!part.get(object)) return -1;
    return find_in(self, {part.data(), static_cast<size_t>(part.size())}, 1) >= 0;
}

bool bytes_from_hex_text(Object* text, std::string* out) {
    intptr_t length = str_length(text);
    auto digit = [&](intptr_t i) {
        char32_t c = i < length ? str_read(text, i) : 0;
        if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? static_cast<int>(c - 'a') + 10 : -1;
    };
    for (intptr_t i = 0; i < length;) {
        char32_t c = str_read(text, i);
        if (c < 0x80 && is_space(static_cast<char>(c))) {
            ++i;
            continue;
        }
        int high = digit(i), low = high < 0 ? -1 : digit(i + 1);
        if (low < 0) {
            err_format(exc::ValueError, "non-hexadecimal number found in fromhex() arg at position %zd", high < 0 ? i : i + 1);
            return false;
        }
        out->push_back(static_cast<char>(high << 4 | low));
        i += 2;
    }
    return true;
}

Owned bytes_to_hex(View data, Object* separator, int group) {
    char between = 0;
    if (separator) {
        intptr_t length = object_size(separator);
        if (length < 0) return nullptr;
        if (length != 1) return err_set_string(exc::ValueError, "sep must be length 1.");
        if (str_check(separator)) {
            if (!str_is_ascii(separator)) return err_set_string(exc::ValueError, "sep must be ASCII.");
            between = static_cast<char>(str_read(separator, 0));
        } else if (bytes_check(separator)) {
            between = bytes_data(separator)[0];
            if (static_cast<uint8_t>(between) >= 0x80) return err_set_string(exc::ValueError, "sep must be ASCII.");
        } else {
            return err_set_string(exc::TypeError, "sep must be str or bytes.");
        }
    } else {
        group = 0;
    }
    size_t every = static_cast<size_t>(group < 0 ? -static_cast<int64_t>(group) : group);
    std::string out;
    for (size_t i = 0; i < data.size(); ++i) {
        // A positive group counts from the right end.
        size_t counted = group < 0 ? i : data.size() - i;
        if (i && every && counted % every == 0) out += between;
        auto byte = static_cast<uint8_t>(data[i]);
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return str_from_ascii(out.data(), static_cast<intptr_t>(out.size()));
}

const MethodDef bytes_methods[] = {
    method_def("__getnewargs__", bytes_get_new_args, kMethNoargs),
    method_def("__bytes__", bytes_bytes, kMethNoargs, "__bytes__($self, /)\n--\n\n"),
    RS_SHARED_METHODS(Immutable),
    {nullptr, nullptr, 0},
};

const MethodDef bytearray_methods[] = {
    RS_SHARED_METHODS(Mutable),
    method_def("__alloc__", bytearray_alloc, kMethNoargs),
    method_def("__reduce__", bytearray_reduce, kMethNoargs),
    method_def("__reduce_ex__", bytearray_reduce_ex, kMethFastcall),
    method_def("__sizeof__", bytearray_size_of, kMethNoargs),
    method_def("append", bytearray_append, kMethO, "append($self, item, /)\n--\n\n"),
    method_def("clear", bytearray_clear, kMethNoargs),
    method_def("copy", bytearray_copy, kMethNoargs),
    method_def("extend", bytearray_extend, kMethO, "extend($self, iterable_of_ints, /)\n--\n\n"),
    method_def("insert", bytearray_insert, kMethFastcall, "insert($self, index, item, /)\n--\n\n"),
    method_def("pop", bytearray_pop, kMethFastcall, "pop($self, index=-1, /)\n--\n\n"),
    method_def("remove", bytearray_remove, kMethO, "remove($self, value, /)\n--\n\n"),
    method_def("reverse", bytearray_reverse, kMethNoargs),
    {nullptr, nullptr, 0},
};

}  // namespace refscope::vm
