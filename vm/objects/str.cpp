// The str type: memory, construction, equality, hash, order, subscripts.
#include "vm/objects/str.h"

#include <cstring>

#include "vm/base/utf8.h"
#include "vm/heap/allocator.h"
#include "vm/heap/block_trace.h"
#include "vm/heap/small_alloc.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/unicode.h"

namespace refscope::vm {

namespace {

constexpr intptr_t kAsciiHeader = sizeof(StrObject), kWideHeader = sizeof(WideStrObject);
constexpr size_t kSubclassHeader = 80;

// The latin-1 characters and '' exist before the first allocation.
struct StaticAscii {
    StrObject object;
    char text[16];
};
struct StaticLatin1 {
    WideStrObject object;
    char text[8];
};
StaticAscii empty_string;
StaticAscii ascii_characters[128];
// CPython's frozen modules hold these one-letter names as interned strings of their own, so that the constant 'x' is
// another object than the character that 'xyz'[0] gives.
constexpr char kFrozenNames[] = "BCLST_abcdefhiklmnopqrstvwxy";
StaticAscii frozen_names[sizeof kFrozenNames - 1];
StaticLatin1 latin1_characters[128];

void fill_header(StrObject* text, intptr_t length, int kind, bool ascii, void* data) {
    text->length = length;
    text->hash = -1;
    text->interned = kNotInterned;
    text->kind = static_cast<uint8_t>(kind);
    text->ascii = ascii;
    text->compact = true;
    text->data = data;
    if (!ascii) {
        auto* wide = static_cast<WideStrObject*>(text);
        wide->utf8 = nullptr;
        wide->utf8_length = 0;
    }
}

bool static_strings_ready = [] {
    auto header = [](StrObject& object) {
        object.refcount = 1;
        object.type = &str_type;
    };
    header(empty_string.object);
    fill_header(&empty_string.object, 0, 1, true, empty_string.text);
    for (int i = 0; i < 128; ++i) {
        header(ascii_characters[i].object);
        fill_header(&ascii_characters[i].object, 1, 1, true, ascii_characters[i].text);
        ascii_characters[i].text[0] = static_cast<char>(i);
        header(latin1_characters[i].object);
        fill_header(&latin1_characters[i].object, 1, 1, false, latin1_characters[i].text);
        latin1_characters[i].text[0] = static_cast<char>(i + 128);
    }
    for (size_t i = 0; i < sizeof kFrozenNames - 1; ++i) {
        header(frozen_names[i].object);
        fill_header(&frozen_names[i].object, 1, 1, true, frozen_names[i].text);
        frozen_names[i].text[0] = kFrozenNames[i];
    }
    return true;
}();

size_t compact_size(intptr_t length, int kind, bool ascii) {
    return static_cast<size_t>((ascii ? kAsciiHeader : kWideHeader) + (length + 1) * kind);
}

void str_dealloc(Object* self) {
    auto* text = as_str(self);
    if (text->interned) str_forget_interned(text);
    if (!text->ascii) {
        auto* wide = static_cast<WideStrObject*>(text);
        if (wide->utf8) free_block(wide->utf8);
    }
    if (RS_LIKELY(text->compact)) {
        size_t size = (compact_size(text->length, text->kind, text->ascii) + 15) & ~size_t{15};
        if (size <= kSmallLimit && self->refcount == 0) free_small(self, size);
        else free_object(self);
        return;
    }
    if (text->data) free_block(text->data);
    self->type->tp_free(self);
}

size_t str_sizeof(Object* self) {
    auto* text = as_str(self);
    size_t size;
    if (text->compact) size = compact_size(text->length, text->kind, text->ascii);
    else size = kSubclassHeader + static_cast<size_t>((text->length + 1) * text->kind);
    if (!text->ascii && static_cast<WideStrObject*>(text)->utf8) size += static_cast<size_t>(static_cast<WideStrObject*>(text)->utf8_length) + 1;
    return size;
}

Owned str_str(Object* self) { return str_from_object(self); }

Owned str_subscript(Object* self, Object* key) {
    auto* text = as_str(self);
    if (index_check(key)) {
        intptr_t index = number_as_ssize(key, &exc::IndexError);
        if (index == -1 && err_occurred()) return nullptr;
        if (index < 0) index += text->length;
        if (index < 0 || index >= text->length) return err_set_string(exc::IndexError, "string index out of range");
        return str_from_ordinal(str_read(self, index));
    }
    if (!slice_check(key)) return err_format(exc::TypeError, "string indices must be integers, not '%.200s'", key->type->tp_name);
    intptr_t start, stop, step;
    if (slice_unpack(key, &start, &stop, &step) < 0) return nullptr;
    intptr_t count = slice_adjust_indices(text->length, &start, &stop, step);
    if (count <= 0) return newref(str_empty());
    if (start == 0 && step == 1 && count == text->length) return str_from_object(self);
    if (step == 1) return str_substring(self, start, start + count);
    char32_t max_char = 0x7f;
    if (!text->ascii) {
        max_char = 0;
        for (intptr_t i = 0, at = start; i < count; ++i, at += step) {
            char32_t c = str_read(self, at);
            if (c > max_char) max_char = c;
        }
    }
    Owned result = str_new(count, max_char);
    if (!result) return nullptr;
    int kind = str_kind(result);
    for (intptr_t i = 0, at = start; i < count; ++i, at += step) str_write(kind, str_data(result), i, str_read(self, at));
    return result;
}

Owned str_item(Object* self, intptr_t index) {
    if (index < 0 || index >= str_length(self)) return err_set_string(exc::IndexError, "string index out of range");
    return str_from_ordinal(str_read(self, index));
}

Owned str_make(Object* object, const char* encoding, const char* errors) {
    if (!object) return newref(str_empty());
    if (!encoding && !errors) return object_str(object);
    return str_from_encoded_object(object, encoding, errors);
}

// An instance of a subclass: the characters lie in a block of their own.
Owned str_subtype(Type* type, Object* value_stolen) {
    auto value = own(value_stolen);
    if (!value) return nullptr;
    auto* from = as_str(value.get());
    auto* text = static_cast<WideStrObject*>(static_cast<StrObject*>(type->tp_alloc(type, 0)));
    if (!text) return nullptr;
    auto size = static_cast<size_t>((from->length + 1) * from->kind);
    void* data = allocate_block(size);
    if (!data) {
        text->data = nullptr;
        text->compact = false;
        text->ascii = true;
        decref(text);
        return nullptr;
    }
    std::memcpy(data, from->data, size);
    text->length = from->length;
    text->hash = from->hash;
    text->interned = kNotInterned;
    text->kind = from->kind;
    text->ascii = from->ascii;
    text->compact = false;
    text->data = data;
    text->utf8 = nullptr;
    text->utf8_length = 0;
    return text;
}

const char* const kStrParameters[] = {"object", "encoding", "errors", nullptr};
const KeywordParser kStrParser{"str", kStrParameters, 0, 3, 0};

bool read_codec_arguments(Object* const* given, const char** encoding, const char** errors) {
    static const char* const names[] = {"argument 'encoding'", "argument 'errors'"};
    const char** out[] = {encoding, errors};
    for (int i = 0; i < 2; ++i) {
        *out[i] = nullptr;
        if (!given[1 + i]) continue;
        if (!str_check(given[1 + i])) {
            argument_bad("str", names[i], "str", given[1 + i]);
            return false;
        }
        if (!argument_text("str", 2 + i, given[1 + i], out[i])) return false;
    }
    return true;
}

Owned str_new_method(Type* type, Object* args, Object* kwargs) {
    Object* given[3];
    const char *encoding, *errors;
    if (!unpack_keywords_tuple(kStrParser, args, kwargs, given)) return nullptr;
    if (!read_codec_arguments(given, &encoding, &errors)) return nullptr;
    Owned value = str_make(given[0], encoding, errors);
    if (!value || type == &str_type) return value;
    return str_subtype(type, value);
}

Owned str_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    auto count = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    // CPython packs the arguments: __str__ sees one reference more, and the collector one allocation.
    Ref<> packed = own(count > 0 ? tuple_from_array(args, count) : newref(empty_tuple()));
    if (!packed) return nullptr;
    if (RS_LIKELY(!kwnames)) {
        if (count == 1) return object_str(args[0]);
        if (count == 0) return newref(str_empty());
    }
    Object* given[3];
    const char *encoding, *errors;
    if (!unpack_keywords(kStrParser, args, count, kwnames, given)) return nullptr;
    if (!read_codec_arguments(given, &encoding, &errors)) return nullptr;
    return str_make(given[0], encoding, errors);
}

Hash str_tp_hash(Object* self) { return str_hash_fast(self); }

}  // namespace

Object* str_empty() { return &empty_string.object; }

Object* str_character(uint8_t c) {
    if (c < 128) return &ascii_characters[c].object;
    return &latin1_characters[c - 128].object;
}

Owned str_new(intptr_t length, char32_t max_char) {
    if (length == 0) return newref(str_empty());
    bool ascii = max_char < 0x80;
    int kind = kind_for(max_char);
    if (RS_UNLIKELY(length > (INTPTR_MAX - kWideHeader) / kind - 1)) return err_no_memory();
    size_t size = compact_size(length, kind, ascii);
    size_t rounded = (size + 15) & ~size_t{15};
    StrObject* text;
    if (RS_LIKELY(rounded <= kSmallLimit && !allocation_listened)) text = as_str(allocate_small_at(&str_type, rounded, current_site()));
    else text = as_str(allocate_object(&str_type, size));
    if (RS_UNLIKELY(!text)) return nullptr;
    char* data = reinterpret_cast<char*>(text) + (ascii ? kAsciiHeader : kWideHeader);
    fill_header(text, length, kind, ascii, data);
    std::memset(data + length * kind, 0, static_cast<size_t>(kind));
    return text;
}

bool str_resize(Object** slot, intptr_t length) {
    auto* text = as_str(*slot);
    if (text->length == length) return true;
    if (length == 0) {
        decref(*slot);
        *slot = newref(str_empty());
        return true;
    }
    int kind = text->kind;
    bool ascii = text->ascii;
    if (!ascii) {
        auto* wide = static_cast<WideStrObject*>(text);
        if (wide->utf8) {
            free_block(wide->utf8);
            wide->utf8 = nullptr;
            wide->utf8_length = 0;
        }
    }
    size_t old_size = compact_size(text->length, kind, ascii), new_size = compact_size(length, kind, ascii);
    size_t old_rounded = (old_size + 15) & ~size_t{15}, new_rounded = (new_size + 15) & ~size_t{15};
    if (old_rounded > kSmallLimit && new_rounded > kSmallLimit) {
        Object* moved = reallocate_object(text, new_size);
        if (!moved) {
            decref(*slot);
            *slot = nullptr;
            return false;
        }
        *slot = moved;
        text = as_str(moved);
        text->data = reinterpret_cast<char*>(text) + (ascii ? kAsciiHeader : kWideHeader);
    } else if (old_rounded != new_rounded) {
        Object* copy = str_new(length, str_max_char(text));
        if (!copy) {
            decref(*slot);
            *slot = nullptr;
            return false;
        }
        intptr_t kept = length < text->length ? length : text->length;
        std::memcpy(str_data(copy), text->data, static_cast<size_t>(kept * kind));
        copy->site = text->site;
        decref(*slot);
        *slot = copy;
        return true;
    }
    if (old_rounded <= kSmallLimit) set_traced_size(text, new_size);
    text->length = length;
    std::memset(static_cast<char*>(text->data) + length * kind, 0, static_cast<size_t>(kind));
    return true;
}

bool bytes_are_ascii(const void* data, intptr_t length) {
    auto* bytes = static_cast<const char*>(data);
    const char* end = bytes + length;
    uint64_t all = 0;
    while (end - bytes >= 8) {
        uint64_t word;
        std::memcpy(&word, bytes, 8);
        all |= word;
        bytes += 8;
    }
    while (bytes < end) all |= static_cast<uint8_t>(*bytes++);
    return (all & 0x8080808080808080u) == 0;
}

char32_t str_find_max_char(int kind, const void* data, intptr_t length) {
    if (kind == 1) return bytes_are_ascii(data, length) ? 0x7f : 0xff;
    uint32_t all = 0;
    if (kind == 2) {
        auto* p = static_cast<const uint16_t*>(data);
        for (intptr_t i = 0; i < length; ++i) all |= p[i];
    } else {
        auto* p = static_cast<const uint32_t*>(data);
        for (intptr_t i = 0; i < length; ++i) all |= p[i];
    }
    return all < 0x80 ? 0x7f : all < 0x100 ? 0xff : all < 0x10000 ? 0xffff : 0x10ffff;
}

void str_copy_characters(int to_kind, void* to, intptr_t to_index, int from_kind, const void* from, intptr_t from_index, intptr_t count) {
    if (count <= 0) return;
    if (to_kind == from_kind) {
        std::memcpy(static_cast<char*>(to) + to_index * to_kind, static_cast<const char*>(from) + from_index * from_kind,
                    static_cast<size_t>(count * to_kind));
        return;
    }
    for_kind(to_kind, [&](auto* to_type) {
        for_kind(from_kind, [&](auto* from_type) {
            using To = std::remove_pointer_t<decltype(to_type)>;
            using From = std::remove_pointer_t<decltype(from_type)>;
            auto* out = static_cast<To*>(to) + to_index;
            auto* in = static_cast<const From*>(from) + from_index;
            for (intptr_t i = 0; i < count; ++i) out[i] = static_cast<To>(in[i]);
        });
    });
}

void str_fill(int kind, void* data, intptr_t start, intptr_t count, char32_t character) {
    if (kind == 1) {
        std::memset(static_cast<char*>(data) + start, static_cast<int>(character), static_cast<size_t>(count));
        return;
    }
    for (intptr_t i = 0; i < count; ++i) str_write(kind, data, start + i, character);
}

Owned str_from_ordinal(char32_t character) {
    if (RS_LIKELY(character < 0x100)) return newref(str_character(static_cast<uint8_t>(character)));
    Owned text = str_new(1, character);
    if (text) str_write(str_kind(text), str_data(text), 0, character);
    return text;
}

Owned str_from_ascii(const char* text, intptr_t size) {
    if (size == 1) return newref(str_character(static_cast<uint8_t>(*text)));
    Owned result = str_new(size, 0x7f);
    if (result && size) std::memcpy(str_data(result), text, static_cast<size_t>(size));
    return result;
}

Owned str_from_latin1(const uint8_t* text, intptr_t size) { return str_from_kind_and_data(1, text, size); }

Owned str_from_kind_and_data(int kind, const void* data, intptr_t length) {
    if (length == 0) return newref(str_empty());
    if (length == 1) return str_from_ordinal(str_read(kind, data, 0));
    Owned result = str_new(length, str_find_max_char(kind, data, length));
    if (!result) return nullptr;
    if (str_kind(result) == kind) {
        std::memcpy(str_data(result), data, static_cast<size_t>(length * kind));
    } else {
        for (intptr_t i = 0; i < length; ++i) str_write(str_kind(result), str_data(result), i, str_read(kind, data, i));
    }
    return result;
}

Owned str_from_string(const char* utf8) { return str_from_utf8(utf8, static_cast<intptr_t>(std::strlen(utf8))); }
Owned str_from_view(std::string_view utf8) { return str_from_utf8(utf8.data(), static_cast<intptr_t>(utf8.size())); }

Owned str_from_object(Object* object) {
    if (str_check_exact(object)) return newref(object);
    if (!str_check(object)) return err_format(exc::TypeError, "Can't convert '%.100s' object to str implicitly", object->type->tp_name);
    auto* text = as_str(object);
    Owned copy = str_new(text->length, str_max_char(text));
    if (copy && text->length) std::memcpy(str_data(copy), text->data, static_cast<size_t>(text->length * text->kind));
    return copy;
}

Owned str_substring(Object* object, intptr_t begin, intptr_t end) {
    auto* text = as_str(object);
    if (end > text->length) end = text->length;
    if (begin == 0 && end == text->length) return str_from_object(object);
    if (begin < 0 || end < 0) return err_set_string(exc::IndexError, "string index out of range");
    if (begin >= end) return newref(str_empty());
    const void* data = static_cast<const char*>(text->data) + begin * text->kind;
    if (text->ascii) return str_from_ascii(static_cast<const char*>(data), end - begin);
    return str_from_kind_and_data(text->kind, data, end - begin);
}

const char* str_as_utf8(Object* object, intptr_t* size) {
    auto* text = as_str(object);
    if (text->ascii) {
        if (size) *size = text->length;
        return static_cast<const char*>(text->data);
    }
    auto* wide = static_cast<WideStrObject*>(text);
    if (!wide->utf8) {
        auto encoded = own(utf8_encode(object, nullptr));
        if (!encoded) return nullptr;
        auto length = static_cast<size_t>(bytes_size(encoded.get()));
        auto* copy = static_cast<char*>(allocate_block(length + 1));
        if (!copy) return nullptr;
        std::memcpy(copy, bytes_data(encoded.get()), length + 1);
        wide->utf8 = copy;
        wide->utf8_length = static_cast<intptr_t>(length);
    }
    if (size) *size = wide->utf8_length;
    return wide->utf8;
}

std::string str_to_utf8(Object* object) {
    auto* text = as_str(object);
    if (text->ascii) return {static_cast<const char*>(text->data), static_cast<size_t>(text->length)};
    std::string out;
    for (intptr_t i = 0; i < text->length; ++i) base::append_utf8(out, str_read(object, i));
    return out;
}

std::string str_to_filesystem(Object* object) {
    std::string out;
    for (intptr_t i = 0; i < str_length(object); ++i) {
        char32_t c = str_read(object, i);
        if (c >= 0xdc80 && c <= 0xdcff) out.push_back(static_cast<char>(c - 0xdc00));
        else base::append_utf8(out, c);
    }
    return out;
}

Owned str_from_filesystem(std::string_view bytes) {
    return utf8_decode(bytes.data(), static_cast<intptr_t>(bytes.size()), "surrogateescape");
}

std::string str_to_decimal_ascii(const Object* object) {
    auto* text = as_str(object);
    if (text->ascii) return {static_cast<const char*>(text->data), static_cast<size_t>(text->length)};
    std::string out;
    for (intptr_t i = 0; i < text->length; ++i) {
        char32_t c = str_read(object, i);
        if (c < 0x80) {
            out.push_back(static_cast<char>(c));
        } else if (char_is_space(c)) {
            out.push_back(' ');
        } else {
            int digit = base::decimal_value(c);
            if (digit < 0) {
                out.push_back('?');
                break;
            }
            out.push_back(static_cast<char>('0' + digit));
        }
    }
    return out;
}

bool str_equal(const Object* left, const Object* right) {
    auto *a = as_str(left), *b = as_str(right);
    if (a == b) return true;
    if (a->length != b->length || a->kind != b->kind) return false;
    return std::memcmp(a->data, b->data, static_cast<size_t>(a->length * a->kind)) == 0;
}

bool str_equal_ascii(const Object* object, std::string_view ascii) {
    auto* text = as_str(object);
    return text->ascii && static_cast<size_t>(text->length) == ascii.size() && std::memcmp(text->data, ascii.data(), ascii.size()) == 0;
}

int str_compare(const Object* left, const Object* right) {
    auto *a = as_str(left), *b = as_str(right);
    if (a == b) return 0;
    intptr_t shorter = a->length < b->length ? a->length : b->length;
    if (a->kind == 1 && b->kind == 1) {
        int order = std::memcmp(a->data, b->data, static_cast<size_t>(shorter));
        if (order) return order < 0 ? -1 : 1;
    } else {
        for (intptr_t i = 0; i < shorter; ++i) {
            char32_t x = str_read(a->kind, a->data, i), y = str_read(b->kind, b->data, i);
            if (x != y) return x < y ? -1 : 1;
        }
    }
    return a->length == b->length ? 0 : a->length < b->length ? -1 : 1;
}

Hash str_hash(Object* object) {
    auto* text = as_str(object);
    if (text->hash != -1) return text->hash;
    return text->hash = hash_bytes(text->data, static_cast<size_t>(text->length * text->kind));
}

Owned str_rich_compare(Object* left, Object* right, int op) {
    if (!str_check(left) || !str_check(right)) return new_not_implemented();
    if (op == kEQ) return bool_from(str_equal(left, right));
    if (op == kNE) return bool_from(!str_equal(left, right));
    int order = str_compare(left, right);
    return bool_from(op == kLT ? order < 0 : op == kLE ? order <= 0 : op == kGT ? order > 0 : order >= 0);
}

Type str_type = [] {
    Type t = static_type("str", kSubclassHeader, 0, kBaseType | kUnicodeSubclass | kMatchSelf);
    t.tp_dealloc = str_dealloc;
    t.tp_repr = str_repr;
    t.tp_hash = str_tp_hash;
    t.tp_str = str_str;
    t.tp_getattro = object_generic_get_attr;
    t.tp_richcompare = str_rich_compare;
    t.tp_iter = str_iterator_new;
    t.tp_methods = str_methods;
    t.tp_new = str_new_method;
    t.tp_vectorcall = str_vectorcall;
    t.tp_sizeof = str_sizeof;
    t.tp_doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nThe text of an object, or decoded bytes.";
    t.nb_remainder = str_mod;
    t.sq_length = [](Object* self) { return str_length(self); };
    t.sq_concat = str_concat;
    t.sq_repeat = str_repeat;
    t.sq_item = str_item;
    t.sq_contains = str_contains;
    t.mp_length = t.sq_length;
    t.mp_subscript = str_subscript;
    return t;
}();

int init_str_types() {
    RS_CHECK(static_strings_ready, "the shared strings exist");
    register_static_object(&empty_string.object);
    for (int c = 0; c < 256; ++c) register_static_object(str_character(static_cast<uint8_t>(c)));
    for (StaticAscii& name : frozen_names) {
        register_static_object(&name.object);
        str_intern_static(&name.object);
    }
    if (type_ready(&str_type) < 0) return -1;
    return init_str_iterator_types();
}

}  // namespace refscope::vm
