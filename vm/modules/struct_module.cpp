// The module _struct: values packed as C and network formats lay them out.
#include <cstddef>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

Object* struct_error = nullptr;

[[gnu::format(gnu_printf, 1, 2)]] Owned fail(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    err_format_v(*as_type(struct_error), format, arguments);
    va_end(arguments);
    return nullptr;
}

struct Code {
    char format;
    size_t size;
    size_t alignment;  // native only
    bool is_signed;
};
const Code native_codes[] = {{'x', 1, 1, false}, {'b', 1, 1, true},  {'B', 1, 1, false}, {'c', 1, 1, false}, {'s', 1, 1, false},
                             {'p', 1, 1, false}, {'h', 2, 2, true},  {'H', 2, 2, false}, {'i', 4, 4, true},  {'I', 4, 4, false},
                             {'l', 8, 8, true},  {'L', 8, 8, false}, {'n', 8, 8, true},  {'N', 8, 8, false}, {'q', 8, 8, true},
                             {'Q', 8, 8, false}, {'?', 1, 1, false}, {'e', 2, 2, false}, {'f', 4, 4, false}, {'d', 8, 8, false},
                             {'P', 8, 8, false}};
const Code standard_codes[] = {{'x', 1, 1, false}, {'b', 1, 1, true},  {'B', 1, 1, false}, {'c', 1, 1, false}, {'s', 1, 1, false},
                               {'p', 1, 1, false}, {'h', 2, 1, true},  {'H', 2, 1, false}, {'i', 4, 1, true},  {'I', 4, 1, false},
                               {'l', 4, 1, true},  {'L', 4, 1, false}, {'q', 8, 1, true},  {'Q', 8, 1, false}, {'?', 1, 1, false},
                               {'e', 2, 1, false}, {'f', 4, 1, false}, {'d', 8, 1, false}};

// One value, or a string of `size` bytes.
struct Item {
    const Code* code;
    size_t offset;
    size_t size;
};

// Items of one code, one after the other.
struct Run {
    Item first;
    size_t count;
};

struct Layout {
    std::vector<Run> runs;  // what has a value: no padding
    size_t count = 0;       // of values
    size_t size = 0;
    bool big_endian = false;
};

bool parse(std::string_view format, Layout* layout) {
    bool native = true;
    if (!format.empty() && strchr("@=<>!", format[0])) {
        native = format[0] == '@';
        layout->big_endian = format[0] == '>' || format[0] == '!';
        format.remove_prefix(1);
    }
    for (size_t i = 0; i < format.size();) {
        char c = format[i++];
        if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
        size_t count = 1;
        bool counted = false;
        if (c >= '0' && c <= '9') {
            counted = true;
            count = static_cast<size_t>(c - '0');
            while (i < format.size() && format[i] >= '0' && format[i] <= '9') {
                const auto digit = static_cast<size_t>(format[i++] - '0');
                if (count > (static_cast<size_t>(INT64_MAX) - digit) / 10) {
                    fail("total struct size too long");
                    return false;
                }
                count = count * 10 + digit;
            }
            if (i == format.size()) {
                fail("repeat count given without format specifier");
                return false;
            }
            c = format[i++];
        }
        const Code* code = nullptr;
        if (native) {
            for (const Code& candidate : native_codes) code = candidate.format == c ? &candidate : code;
        } else {
            for (const Code& candidate : standard_codes) code = candidate.format == c ? &candidate : code;
        }
        if (!code) {
            fail("bad char in struct format");
            return false;
        }
        if (code->alignment > 1) layout->size = (layout->size + code->alignment - 1) / code->alignment * code->alignment;
        if (count > (static_cast<size_t>(INT64_MAX) - layout->size) / code->size) {
            fail("total struct size too long");
            return false;
        }
        if (c == 's' || c == 'p') {
            layout->runs.push_back({{code, layout->size, counted ? count : 1}, 1});
            ++layout->count;
        } else if (c != 'x' && count) {
            layout->runs.push_back({{code, layout->size, code->size}, count});
            layout->count += count;
        }
        layout->size += count * code->size;
    }
    return true;
}

void store(char* target, const void* value, size_t size, bool big_endian) {
    const auto* bytes = static_cast<const char*>(value);
    for (size_t i = 0; i < size; ++i) target[big_endian ? size - 1 - i : i] = bytes[i];
}
void fetch(void* value, const char* source, size_t size, bool big_endian) { store(static_cast<char*>(value), source, size, big_endian); }

bool pack_integer(const Item& item, Object* value, char* target, bool big_endian) {
    Ref<> index;
    if (int_check(value)) {
        index = share(value);
    } else {
        if (!index_check(value)) {
            fail("required argument is not an integer");
            return false;
        }
        index.reset_steal(number_index(value));
        if (!index) return false;
    }
    if (item.code->format == 'P') {
        const auto address = int_as_uint64_mask(index.get());
        if (err_occurred()) return false;
        store(target, &address, 8, big_endian);
        return true;
    }
    const unsigned bits = static_cast<unsigned>(item.size * 8);
    int overflow = 0;
    const int64_t number = int_as_int64_overflow(index.get(), &overflow);
    bool fits;
    uint64_t pattern = static_cast<uint64_t>(number);
    if (item.code->is_signed) {
        fits = !overflow && (bits == 64 || (number >= -(int64_t{1} << (bits - 1)) && number < int64_t{1} << (bits - 1)));
    } else if (bits == 64) {
        fits = overflow > 0 ? int_bit_length(index.get()) <= 64 : overflow == 0 && number >= 0;
        if (fits && overflow) pattern = int_as_uint64_mask(index.get());
    } else {
        fits = !overflow && number >= 0 && number < int64_t{1} << bits;
    }
    if (!fits) {
        const char* name = bits == 8 ? (item.code->is_signed ? "byte" : "ubyte") : item.code->is_signed ? "short" : "ushort";
        const long long lowest = item.code->is_signed ? -(1ll << (bits - 1)) : 0;
        const long long highest = item.code->is_signed ? (1ll << (bits - 1)) - 1 : static_cast<long long>((1ull << (bits % 64)) - 1);
        const bool out_of_c_range = overflow || (!item.code->is_signed && number < 0);
        if (bits == 64 || overflow || (bits == 32 && out_of_c_range)) fail("argument out of range");
        else if (bits == 32) fail("'%c' format requires %lld <= number <= %lld", item.code->format, lowest, highest);
        else fail("%s format requires %lld <= number <= %lld", name, lowest, highest);
        return false;
    }
    store(target, &pattern, item.size, big_endian);
    return true;
}

bool half_bits(double value, uint16_t* result) {
    const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    value = std::fabs(value);
    if (std::isnan(value)) {
        *result = sign | 0x7e00;
    } else if (std::isinf(value)) {
        *result = sign | 0x7c00;
    } else {
        int exponent;
        const double fraction = std::frexp(value, &exponent);
        double scaled = exponent < -13 ? std::ldexp(fraction, exponent + 24) : std::ldexp(fraction, 11);
        scaled = std::nearbyint(scaled);  // half to even
        if (value == 0) {
            *result = sign;
        } else if (exponent < -13) {
            *result = static_cast<uint16_t>(sign | static_cast<uint16_t>(scaled));
        } else {
            if (scaled == 2048) {
                scaled = 1024;
                ++exponent;
            }
            if (exponent > 16) return false;
            *result = static_cast<uint16_t>(sign | (exponent + 14) << 10 | (static_cast<uint16_t>(scaled) & 0x3ff));
        }
    }
    return true;
}
double half_value(uint16_t bits) {
    const int exponent = bits >> 10 & 0x1f;
    const int fraction = bits & 0x3ff;
    double value = exponent == 31  ? (fraction ? std::nan("") : INFINITY)
                   : exponent == 0 ? std::ldexp(fraction, -24)
                                   : std::ldexp(fraction + 1024, exponent - 25);
    return bits & 0x8000 ? -value : value;
}

bool pack_item(const Item& item, Object* value, char* target, bool big_endian) {
    switch (item.code->format) {
        case '?': {
            const int truth = object_is_true(value);
            if (truth < 0) return false;
            *target = static_cast<char>(truth);
            return true;
        }
        case 'c':
            if (!bytes_check(value) || bytes_size(value) != 1) {
                fail("char format requires a bytes object of length 1");
                return false;
            }
            *target = bytes_data(value)[0];
            return true;
        case 's':
        case 'p': {
            const bool is_bytes = bytes_check(value);
            if (!is_bytes && !bytearray_check(value)) {
                fail("argument for '%c' must be a bytes object", item.code->format);
                return false;
            }
            const char* data = is_bytes ? bytes_data(value) : bytearray_data(value);
            auto size = static_cast<size_t>(is_bytes ? bytes_size(value) : bytearray_size(value));
            if (item.code->format == 's') {
                memcpy(target, data, std::min(size, item.size));
            } else if (item.size > 0) {
                size = std::min(size, item.size - 1);
                memcpy(target + 1, data, size);
                *target = static_cast<char>(std::min<size_t>(size, 255));
            }
            return true;
        }
        case 'e':
        case 'f':
        case 'd': {
            Ref<> number = own(number_float(value));
            if (!number) {
                fail("required argument is not a float");
                return false;
            }
            const double x = static_cast<FloatObject*>(number.get())->value;
            if (item.code->format == 'd') {
                store(target, &x, 8, big_endian);
            } else if (item.code->format == 'f') {
                const auto narrow = static_cast<float>(x);
                // Native packing converts as C does; standard packing refuses what becomes infinite.
                const bool native = item.code >= std::begin(native_codes) && item.code < std::end(native_codes);
                if (!native && std::isinf(narrow) && !std::isinf(x)) {
                    err_set_string(exc::OverflowError, "float too large to pack with f format");
                    return false;
                }
                store(target, &narrow, 4, big_endian);
            } else {
                uint16_t bits;
                if (!half_bits(x, &bits)) {
                    err_set_string(exc::OverflowError, "float too large to pack with e format");
                    return false;
                }
                store(target, &bits, 2, big_endian);
            }
            return true;
        }
        default: return pack_integer(item, value, target, big_endian);
    }
}

Owned unpack_item(const Item& item, const char* source, bool big_endian) {
    switch (item.code->format) {
        case '?': return bool_from(*source != 0);
        case 'c': return bytes_from_data(source, 1);
        case 's': return bytes_from_data(source, static_cast<intptr_t>(item.size));
        case 'p': {
            const size_t size = item.size ? std::min<size_t>(static_cast<unsigned char>(*source), item.size - 1) : 0;
            return bytes_from_data(item.size ? source + 1 : source, static_cast<intptr_t>(size));
        }
        case 'e': {
            uint16_t bits;
            fetch(&bits, source, 2, big_endian);
            return float_new(half_value(bits));
        }
        case 'f': {
            float value;
            fetch(&value, source, 4, big_endian);
            return float_new(value);
        }
        case 'd': {
            double value;
            fetch(&value, source, 8, big_endian);
            return float_new(value);
        }
        default: {
            uint64_t pattern = 0;
            fetch(&pattern, source, item.size, big_endian);
            if (!item.code->is_signed) return int_from_uint64(pattern);
            const unsigned unused = static_cast<unsigned>(64 - item.size * 8);
            return int_from_int64(static_cast<int64_t>(pattern << unused) >> unused);
        }
    }
}

// ---- Struct

struct StructObject : Object {
    Layout* layout;
    Object* format;  // bytes
    Object* weakrefs;
};
extern Type struct_type;
StructObject* as_struct(Object* object) { return static_cast<StructObject*>(object); }

bool format_text(Object* format, std::string* text) {
    if (str_check(format)) {
        if (!str_is_ascii(format)) {
            Ref<> encoded = own(ascii_encode(format, nullptr));
            return false;
        }
        *text = str_to_utf8(format);
        return true;
    }
    if (bytes_check(format)) {
        *text = bytes_view(format);
        return true;
    }
    err_format(exc::TypeError, "Struct() argument 1 must be a str or bytes object, not %.200s", format->type->tp_name);
    return false;
}

Owned struct_tp_new(Type* type, Object*, Object*) {
    auto* self = static_cast<StructObject*>(type->tp_alloc(type, 0));
    if (self) self->layout = new Layout;
    return self;
}
int initialize(StructObject* self, Object* format) {
    std::string text;
    Layout layout;
    if (!format_text(format, &text)) return -1;
    if (text.find('\0') != std::string::npos) {
        fail("embedded null character");
        return -1;
    }
    if (!parse(text, &layout)) return -1;
    Object* bytes = bytes_from_view(text);
    if (!bytes) return -1;
    *self->layout = std::move(layout);
    set_ref(self->format, bytes);
    return 0;
}
int struct_init(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"format", nullptr};
    static const KeywordParser parser{"Struct", names, 1, 1};
    Object* out[1] = {};
    return unpack_keywords_tuple(parser, args, kwargs, out) ? initialize(as_struct(self), out[0]) : -1;
}
int struct_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_struct(self)->format, Edge::field("format", true));
    return 0;
}
void struct_dealloc(Object* self) {
    if (as_struct(self)->weakrefs) object_clear_weakrefs(self);
    delete as_struct(self)->layout;
    xdecref(as_struct(self)->format);
    self->type->tp_free(self);
}

bool pack_into(const Layout& layout, Object* const* values, char* target) {
    memset(target, 0, layout.size);
    for (const Run& run : layout.runs) {
        char* place = target + run.first.offset;
        for (size_t i = 0; i < run.count; ++i, place += run.first.size) {
            if (!pack_item(run.first, *values++, place, layout.big_endian)) return false;
        }
    }
    return true;
}
Owned unpack_from(const Layout& layout, const char* source) {
    Owned result = tuple_new(static_cast<intptr_t>(layout.count));
    Ref<> held = own(result);
    intptr_t at = 0;
    for (const Run& run : layout.runs) {
        const char* place = source + run.first.offset;
        for (size_t i = 0; result && i < run.count; ++i, place += run.first.size) {
            Owned value = unpack_item(run.first, place, layout.big_endian);
            if (!value) return nullptr;
            tuple_init_item(result, at++, value);
        }
    }
    return held.release();
}

Owned struct_pack(Object* object, Object* const* args, intptr_t nargs) {
    const Layout& layout = *as_struct(object)->layout;
    if (static_cast<size_t>(nargs) != layout.count) {
        return fail("pack expected %zu items for packing (got %zd)", layout.count, nargs);
    }
    std::string buffer(layout.size, '\0');
    return pack_into(layout, args, buffer.data()) ? bytes_from_view(buffer) : nullptr;
}
Owned struct_pack_into(Object* object, Object* const* args, intptr_t nargs) {
    const Layout& layout = *as_struct(object)->layout;
    if (nargs < 2) return fail(nargs == 0 ? "pack_into expected buffer argument" : "pack_into expected offset argument");
    if (static_cast<size_t>(nargs - 2) != layout.count) {
        return fail("pack_into expected %zu items for packing (got %zd)", layout.count, nargs - 2);
    }
    BufferHold view;
    if (!buffer_check(args[0]) || !view.get(args[0], kBufferWritable)) {
        err_clear();
        return err_format(exc::TypeError, "argument must be read-write bytes-like object, not %.50s", args[0]->type->tp_name);
    }
    intptr_t offset = number_as_ssize(args[1], &exc::IndexError);
    if (offset == -1 && err_occurred()) return nullptr;
    const auto size = static_cast<intptr_t>(layout.size);
    if (offset < 0) {
        if (offset + size > 0) return fail("no space to pack %zd bytes at offset %zd", size, offset);
        if (offset + view.size() < 0) return fail("offset %zd out of range for %zd-byte buffer", offset, view.size());
        offset += view.size();
    }
    if (view.size() - offset < size) {
        return fail("pack_into requires a buffer of at least %zu bytes for packing %zd bytes at offset %zd (actual buffer size is %zd)",
                    layout.size + static_cast<size_t>(offset), size, offset, view.size());
    }
    return pack_into(layout, args + 2, view.writable_data() + offset) ? new_none() : nullptr;
}
Owned struct_unpack(Object* object, Object* buffer) {
    const Layout& layout = *as_struct(object)->layout;
    BufferHold view;
    if (!view.get(buffer)) return nullptr;
    if (static_cast<size_t>(view.size()) != layout.size) return fail("unpack requires a buffer of %zu bytes", layout.size);
    return unpack_from(layout, view.data());
}
Owned struct_unpack_from(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"buffer", "offset", nullptr};
    static const KeywordParser parser{"unpack_from", names, 1, 2};
    const Layout& layout = *as_struct(object)->layout;
    Object* out[2] = {};
    BufferHold view;
    intptr_t offset = 0;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !view.get(out[0]) || (out[1] && !argument_ssize(out[1], &offset))) return nullptr;
    const auto size = static_cast<intptr_t>(layout.size);
    if (offset < 0) {
        if (offset + size > 0) return fail("not enough data to unpack %zd bytes at offset %zd", size, offset);
        if (offset + view.size() < 0) return fail("offset %zd out of range for %zd-byte buffer", offset, view.size());
        offset += view.size();
    }
    if (view.size() - offset < size) {
        return fail("unpack_from requires a buffer of at least %zu bytes for unpacking %zd bytes at offset %zd (actual buffer size is %zd)",
                    layout.size + static_cast<size_t>(offset), size, offset, view.size());
    }
    return unpack_from(layout, view.data() + offset);
}

struct UnpackIterator : Object {
    Object* owner;   // Struct
    Object* buffer;  // bytes: a copy, so that the source stays free to change
    size_t at;
};
Owned unpack_next(Object* object) {
    auto* self = static_cast<UnpackIterator*>(object);
    const Layout& layout = *as_struct(self->owner)->layout;
    if (self->at >= static_cast<size_t>(bytes_size(self->buffer))) return nullptr;
    Owned result = unpack_from(layout, bytes_data(self->buffer) + self->at);
    self->at += layout.size;
    return result;
}
Owned unpack_length_hint(Object* object, Object*) {
    auto* self = static_cast<UnpackIterator*>(object);
    return int_from_size((static_cast<size_t>(bytes_size(self->buffer)) - self->at) / as_struct(self->owner)->layout->size);
}
int unpack_traverse(Object* object, Visit visit, void* context) {
    RS_VISIT(static_cast<UnpackIterator*>(object)->owner, Edge::field("struct", true));
    RS_VISIT(static_cast<UnpackIterator*>(object)->buffer, Edge::field("buffer", true));
    return 0;
}
void unpack_dealloc(Object* self) {
    xdecref(static_cast<UnpackIterator*>(self)->owner);
    xdecref(static_cast<UnpackIterator*>(self)->buffer);
    type_generic_free(self);
}
const MethodDef unpack_methods[] = {method_def("__length_hint__", unpack_length_hint, kMethNoargs), {nullptr, nullptr, 0}};
Type unpack_iterator_type = [] {
    Type type = static_type("_struct.unpack_iterator", sizeof(UnpackIterator), 0, kDisallowInstantiation);
    type.tp_dealloc = unpack_dealloc;
    type.tp_traverse = unpack_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = unpack_next;
    type.tp_methods = unpack_methods;
    return type;
}();
Owned struct_iter_unpack(Object* object, Object* buffer) {
    const Layout& layout = *as_struct(object)->layout;
    if (layout.size == 0) return fail("cannot iteratively unpack with a struct of length 0");
    BufferHold view;
    if (!view.get(buffer)) return nullptr;
    if (static_cast<size_t>(view.size()) % layout.size) {
        return fail("iterative unpacking requires a buffer of a multiple of %zu bytes", layout.size);
    }
    auto* iterator = new_object<UnpackIterator>(&unpack_iterator_type);
    if (!iterator) return nullptr;
    iterator->owner = newref(object);
    iterator->buffer = bytes_from_data(view.data(), view.size());
    if (iterator->buffer) return iterator;
    decref(iterator);
    return nullptr;
}

Owned get_format(Object* self, void*) {
    Object* format = as_struct(self)->format;
    return format ? str_from_view(bytes_view(format)) : new_none();
}
Owned get_size(Object* self, void*) { return int_from_size(as_struct(self)->layout->size); }

const MethodDef struct_methods[] = {method_def("pack", struct_pack, kMethFastcall),
                                    method_def("pack_into", struct_pack_into, kMethFastcall),
                                    method_def("unpack", struct_unpack, kMethO),
                                    method_def("unpack_from", struct_unpack_from, kMethFastcall | kMethKeywords),
                                    method_def("iter_unpack", struct_iter_unpack, kMethO),
                                    {nullptr, nullptr, 0}};
const GetSetDef struct_getset[] = {{"format", get_format}, {"size", get_size}, {nullptr, nullptr}};

Type struct_type = [] {
    Type type = static_type("_struct.Struct", sizeof(StructObject), 0, kBaseType);
    type.tp_dealloc = struct_dealloc;
    type.tp_traverse = struct_traverse;
    type.tp_weaklistoffset = offsetof(StructObject, weakrefs);
    type.tp_methods = struct_methods;
    type.tp_getset = struct_getset;
    type.tp_init = struct_init;
    type.tp_new = struct_tp_new;
    return type;
}();

// ---- functions with the format as their first argument

Owned make_struct(Object* format) {
    Ref<> self = own(struct_tp_new(&struct_type, nullptr, nullptr));
    return self && initialize(as_struct(self.get()), format) == 0 ? self.release() : nullptr;
}
Ref<> format_argument(const char* function, Object* const* args, intptr_t nargs) {
    if (nargs > 0) return own(make_struct(args[0]));
    err_format(exc::TypeError, "%s() missing 1 required positional argument: 'format'", function);
    return nullptr;
}
Owned module_calcsize(Object*, Object* format) {
    Ref<> self = own(make_struct(format));
    return self ? get_size(self.get(), nullptr) : nullptr;
}
Owned module_pack(Object*, Object* const* args, intptr_t nargs) {
    Ref<> self = format_argument("pack", args, nargs);
    return self ? struct_pack(self.get(), args + 1, nargs - 1) : nullptr;
}
Owned module_pack_into(Object*, Object* const* args, intptr_t nargs) {
    Ref<> self = format_argument("pack_into", args, nargs);
    return self ? struct_pack_into(self.get(), args + 1, nargs - 1) : nullptr;
}
Owned module_unpack(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("unpack", nargs, 2, 2)) return nullptr;
    Ref<> self = own(make_struct(args[0]));
    return self ? struct_unpack(self.get(), args[1]) : nullptr;
}
Owned module_unpack_from(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    Ref<> self = format_argument("unpack_from", args, nargs);
    return self ? struct_unpack_from(self.get(), args + 1, nargs - 1, kwnames) : nullptr;
}
Owned module_iter_unpack(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("iter_unpack", nargs, 2, 2)) return nullptr;
    Ref<> self = own(make_struct(args[0]));
    return self ? struct_iter_unpack(self.get(), args[1]) : nullptr;
}
Owned module_clearcache(Object*, Object*) { return new_none(); }

const MethodDef struct_functions[] = {method_def("_clearcache", module_clearcache, kMethNoargs),
                                      method_def("calcsize", module_calcsize, kMethO),
                                      method_def("iter_unpack", module_iter_unpack, kMethFastcall),
                                      method_def("pack", module_pack, kMethFastcall),
                                      method_def("pack_into", module_pack_into, kMethFastcall),
                                      method_def("unpack", module_unpack, kMethFastcall),
                                      method_def("unpack_from", module_unpack_from, kMethFastcall | kMethKeywords),
                                      {nullptr, nullptr, 0}};

}  // namespace

Owned create_struct_module() {
    if (!struct_type.has(kReady) && (type_ready(&struct_type) < 0 || type_ready(&unpack_iterator_type) < 0)) return nullptr;
    Ref<> module = own(module_create("_struct", "Values as bytes in C's layouts.", struct_functions));
    if (!module) return nullptr;
    if (!struct_error) {
        Ref<> name = own(str_from_string("error")), bases = own(tuple_pack({&exc::Exception})), dict = own(dict_new());
        Ref<> module_name = own(str_from_string("struct"));
        if (!name || !bases || !dict || !module_name || dict_set_item_string(dict.get(), "__module__", module_name.get()) < 0) return nullptr;
        struct_error = type_new_from(&type_type, name.get(), bases.get(), dict.get(), nullptr);
        if (!struct_error) return nullptr;
        register_root(&struct_error, "struct.error");
    }
    if (module_add_object(module.get(), "Struct", &struct_type) < 0 || module_add_object(module.get(), "error", struct_error) < 0) return nullptr;
    return module.release();
}

}  // namespace refscope::vm
