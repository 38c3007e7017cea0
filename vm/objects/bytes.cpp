// The bytes type: memory, construction, subscripts, comparison, repr, iterator.
#include "vm/objects/bytes.h"

#include <cstdio>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/small_alloc.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes_methods.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

constexpr size_t kDataOffset = sizeof(VarObject) + sizeof(Hash);
static_assert(kDataOffset == 32);

struct StaticBytes {
    VarObject head;
    Hash hash;
    char data[8];
};
StaticBytes empty_bytes, single_bytes[256];

bool static_bytes_ready = [] {
    auto header = [](StaticBytes& bytes, intptr_t size) {
        bytes.head.refcount = 1;
        bytes.head.type = &bytes_type;
        bytes.head.size = size;
        bytes.hash = -1;
    };
    header(empty_bytes, 0);
    for (int i = 0; i < 256; ++i) {
        header(single_bytes[i], 1);
        single_bytes[i].data[0] = static_cast<char>(i);
    }
    return true;
}();

Object* empty() { return &empty_bytes.head; }
BytesObject* as_bytes(Object* object) { return static_cast<BytesObject*>(object); }

void bytes_dealloc(Object* self) {
    if (bytes_check_exact(self)) {
        size_t size = (kDataOffset + 1 + static_cast<size_t>(bytes_size(self)) + 15) & ~size_t{15};
        if (size <= kSmallLimit && self->refcount == 0) free_small(self, size);
        else free_object(self);
        return;
    }
    self->type->tp_free(self);
}
size_t bytes_sizeof(Object* self) { return static_cast<size_t>(self->type->tp_basicsize + bytes_size(self)); }

Hash bytes_hash(Object* self) {
    auto* bytes = as_bytes(self);
    if (bytes->hash == -1) bytes->hash = hash_bytes(bytes->data, static_cast<size_t>(bytes->size));
    return bytes->hash;
}

Owned bytes_subscript(Object* self, Object* key) {
    intptr_t size = bytes_size(self);
    if (index_check(key)) {
        intptr_t index = number_as_ssize(key, &exc::IndexError);
        if (index == -1 && err_occurred()) return nullptr;
        if (index < 0) index += size;
        if (index < 0 || index >= size) return err_set_string(exc::IndexError, "index out of range");
        return int_from_int64(static_cast<uint8_t>(bytes_data(self)[index]));
    }
    if (!slice_check(key)) return err_format(exc::TypeError, "byte indices must be integers or slices, not %.200s", key->type->tp_name);
    intptr_t start, stop, step;
    if (slice_unpack(key, &start, &stop, &step) < 0) return nullptr;
    intptr_t count = slice_adjust_indices(size, &start, &stop, step);
    if (count <= 0) return newref(empty());
    if (start == 0 && step == 1 && count == size && bytes_check_exact(self)) return newref(self);
    if (step == 1) return bytes_from_data(bytes_data(self) + start, count);
    Owned result = bytes_from_size(count);
    if (!result) return nullptr;
    if (count == 1) {
        decref(result);
        return newref(&single_bytes[static_cast<uint8_t>(bytes_data(self)[start])].head);
    }
    for (intptr_t i = 0, at = start; i < count; ++i, at += step) bytes_data(result)[i] = bytes_data(self)[at];
    return result;
}

Owned bytes_item(Object* self, intptr_t index) {
    if (index < 0 || index >= bytes_size(self)) return err_set_string(exc::IndexError, "index out of range");
    return int_from_int64(static_cast<uint8_t>(bytes_data(self)[index]));
}

Owned allocate_bytes(intptr_t size);  // a new object, also when it is empty

Owned bytes_repeat(Object* self, intptr_t count) {
    intptr_t size = bytes_size(self);
    if (count < 0) count = 0;
    if (count && size > INTPTR_MAX / count) return err_set_string(exc::OverflowError, "repeated bytes are too long");
    if (size * count == size && bytes_check_exact(self)) return newref(self);
    Owned result = allocate_bytes(size * count);  // b'x' * 0 is not b''
    if (!result || size * count <= 1) {
        if (result && size == 1 && count == 1) {
            decref(result);
            return bytes_from_data(bytes_data(self), 1);
        }
        return result;
    }
    char* out = bytes_data(result);
    if (size == 1) std::memset(out, bytes_data(self)[0], static_cast<size_t>(count));
    else {
        for (intptr_t i = 0; i < count; ++i) std::memcpy(out + i * size, bytes_data(self), static_cast<size_t>(size));
    }
    return result;
}

int bytes_contains(Object* self, Object* part) { return bytes_like_contains(bytes_view(self), part); }

Owned bytes_rich_compare(Object* left, Object* right, int op) {
    if (!bytes_check(left) || !bytes_check(right)) return new_not_implemented();
    if (left == right) return bool_from(op == kEQ || op == kLE || op == kGE);
    int order = bytes_view(left).compare(bytes_view(right));
    bool result = op == kEQ ? order == 0 : op == kNE ? order != 0 : op == kLT ? order < 0 : op == kLE ? order <= 0 : op == kGT ? order > 0 : order >= 0;
    return bool_from(result);
}

int bytes_get_buffer(Object* self, BufferView* view, int flags) {
    return buffer_fill_info(view, self, bytes_data(self), bytes_size(self), true, flags);
}

// bytes(x), bytes(x, encoding, errors)
Owned bytes_make(Object* x, Object* encoding, Object* errors) {
    const char *encoding_text = nullptr, *errors_text = nullptr;
    if (encoding && !str_check(encoding)) return argument_bad("bytes", "argument 'encoding'", "str", encoding), nullptr;
    if (encoding && !argument_text("bytes", 2, encoding, &encoding_text)) return nullptr;
    if (errors && !str_check(errors)) return argument_bad("bytes", "argument 'errors'", "str", errors), nullptr;
    if (errors && !argument_text("bytes", 3, errors, &errors_text)) return nullptr;
    if (!x) {
        if (encoding || errors) {
            return err_set_string(exc::TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
        }
        return newref(empty());
    }
    if (encoding) {
        if (!str_check(x)) return err_set_string(exc::TypeError, "encoding without a string argument");
        return str_as_encoded(x, encoding_text, errors_text);
    }
    if (errors) {
        return err_set_string(exc::TypeError, str_check(x) ? "string argument without an encoding" : "errors without a string argument");
    }
    auto method = own(object_lookup_special(x, ID(__bytes__)));
    if (method) {
        auto result = own(object_call_noargs(method.get()));
        if (!result) return nullptr;
        if (!bytes_check(result.get())) {
            return err_format(exc::TypeError, "__bytes__ returned non-bytes (type %.200s)", result->type->tp_name);
        }
        return result.release();
    }
    if (err_occurred()) return nullptr;
    if (str_check(x)) return err_set_string(exc::TypeError, "string argument without an encoding");
    if (index_check(x)) {
        intptr_t size = number_as_ssize(x, &exc::OverflowError);
        if (size == -1 && err_occurred()) {
            if (!err_matches(exc::TypeError)) return nullptr;
            err_clear();
        } else {
            if (size < 0) return err_set_string(exc::ValueError, "negative count");
            Owned result = bytes_from_size(size);
            if (!result) return nullptr;
            if (size == 1) {
                decref(result);
                return newref(&single_bytes[0].head);
            }
            if (size) std::memset(bytes_data(result), 0, static_cast<size_t>(size));
            return result;
        }
    }
    return bytes_from_object(x);
}

Owned bytes_new_method(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"source", "encoding", "errors", nullptr};
    static const KeywordParser parser{"bytes", names, 0, 3, 0};
    Object* given[3];
    if (!unpack_keywords_tuple(parser, args, kwargs, given)) return nullptr;
    auto value = own(bytes_make(given[0], given[1], given[2]));
    if (!value || type == &bytes_type) return value.release();
    Object* copy = type->tp_alloc(type, bytes_size(value.get()));
    if (!copy) return nullptr;
    std::memcpy(as_bytes(copy)->data, bytes_data(value.get()), static_cast<size_t>(bytes_size(value.get())) + 1);
    as_bytes(copy)->hash = as_bytes(value.get())->hash;
    return copy;
}

struct BytesIterator : Object {
    intptr_t index;
    Object* bytes;  // nullptr: exhausted
};
Owned bytes_iter(Object* self) {
    auto* iterator = new_object<BytesIterator>(&bytes_iterator_type);
    if (!iterator) return nullptr;
    iterator->index = 0;
    iterator->bytes = newref(self);
    gc_track(iterator);
    return iterator;
}
Owned iterator_next(Object* self) {
    auto* iterator = static_cast<BytesIterator*>(self);
    Object* bytes = iterator->bytes;
    if (!bytes) return nullptr;
    if (iterator->index < bytes_size(bytes)) return int_from_int64(static_cast<uint8_t>(bytes_data(bytes)[iterator->index++]));
    iterator->bytes = nullptr;
    decref(bytes);
    return nullptr;
}
void iterator_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(static_cast<BytesIterator*>(self)->bytes);
    free_object(self);
}
int iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<BytesIterator*>(self)->bytes, Edge::field("bytes"));
    return 0;
}
Owned iterator_hint(Object* self, Object*) {
    auto* iterator = static_cast<BytesIterator*>(self);
    return int_from_ssize(iterator->bytes ? bytes_size(iterator->bytes) - iterator->index : 0);
}
Owned iterator_reduce(Object* self, Object*) {
    auto* iterator = static_cast<BytesIterator*>(self);
    auto function = own(xnewref(builtin_lookup(ID(iter))));
    auto arguments = own(tuple_pack({iterator->bytes ? iterator->bytes : empty_tuple()}));
    if (!function || !arguments) return nullptr;
    if (!iterator->bytes) return tuple_pack({function.get(), arguments.get()});
    auto index = own(int_from_ssize(iterator->index));
    return index ? tuple_pack({function.get(), arguments.get(), index.get()}) : nullptr;
}
Owned iterator_set_state(Object* self, Object* state) {
    auto* iterator = static_cast<BytesIterator*>(self);
    intptr_t index = int_as_ssize(state);
    if (index == -1 && err_occurred()) return nullptr;
    if (iterator->bytes) {
        intptr_t size = bytes_size(iterator->bytes);
        iterator->index = index < 0 ? 0 : index > size ? size : index;
    }
    return new_none();
}
const MethodDef iterator_methods[] = {
    method_def("__length_hint__", iterator_hint, kMethNoargs), method_def("__reduce__", iterator_reduce, kMethNoargs),
    method_def("__setstate__", iterator_set_state, kMethO), {nullptr, nullptr, 0},
};

}  // namespace

Owned bytes_from_size(intptr_t size) { return size == 0 ? newref(empty()) : allocate_bytes(size); }

namespace {

Owned allocate_bytes(intptr_t size) {
    size_t rounded = (kDataOffset + 1 + static_cast<size_t>(size) + 15) & ~size_t{15};
    BytesObject* bytes;
    if (rounded <= kSmallLimit && !allocation_listened) bytes = as_bytes(allocate_small_at(&bytes_type, rounded, current_site()));
    else bytes = as_bytes(allocate_object(&bytes_type, kDataOffset + 1 + static_cast<size_t>(size)));
    if (!bytes) return nullptr;
    bytes->size = size;
    bytes->hash = -1;
    bytes->data[size] = '\0';
    return bytes;
}

}  // namespace

Owned bytes_from_data(const char* data, intptr_t size) {
    if (size == 1) return newref(&single_bytes[static_cast<uint8_t>(*data)].head);
    Owned result = bytes_from_size(size);
    if (result && size) std::memcpy(bytes_data(result), data, static_cast<size_t>(size));
    return result;
}
Owned bytes_from_string(const char* text) { return bytes_from_data(text, static_cast<intptr_t>(std::strlen(text))); }

Owned bytes_from_object(Object* object) {
    if (bytes_check_exact(object)) return newref(object);
    if (buffer_check(object)) {
        BufferHold buffer;
        if (!buffer.get(object, kBufferFullReadonly)) return nullptr;
        if (buffer_is_contiguous(&buffer.view(), 'C')) return bytes_from_data(buffer.data(), buffer.size());
        std::string copy(static_cast<size_t>(buffer.size()), '\0');
        buffer_to_contiguous(copy.data(), &buffer.view());
        return bytes_from_view(copy);
    }
    bool iterable = !str_check(object) && (list_check(object) || tuple_check(object) || object->type->tp_iter || object->type->sq_item);
    if (iterable) {
        std::string out;
        return bytes_from_iterable(object, "bytes must be in range(0, 256)", &out) ? bytes_from_view(out) : nullptr;
    }
    return err_format(exc::TypeError, "cannot convert '%.200s' object to bytes", object->type->tp_name);
}

Owned bytes_from_format(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char small[512];
    va_list again;
    va_copy(again, arguments);
    int length = std::vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    Owned result;
    if (length < static_cast<int>(sizeof small)) {
        result = bytes_from_data(small, length);
    } else {
        std::string large(static_cast<size_t>(length) + 1, '\0');
        std::vsnprintf(large.data(), large.size(), format, again);
        result = bytes_from_data(large.data(), length);
    }
    va_end(again);
    return result;
}

int bytes_resize(Object** slot, intptr_t size) {
    if (bytes_size(*slot) == size) return 0;
    Owned copy = bytes_from_size(size);
    if (copy && size) {
        intptr_t kept = size < bytes_size(*slot) ? size : bytes_size(*slot);
        std::memcpy(bytes_data(copy), bytes_data(*slot), static_cast<size_t>(kept));
    }
    decref(*slot);
    *slot = copy;
    return copy ? 0 : -1;
}

Owned bytes_concat(Object* left, Object* right) {
    BufferHold a, b;
    if (!buffer_check(left) || !buffer_check(right) || !a.get(left) || !b.get(right)) {
        err_clear();
        return err_format(exc::TypeError, "can't concat %.100s to %.100s", right->type->tp_name, left->type->tp_name);
    }
    if (a.size() == 0 && bytes_check_exact(right)) return newref(right);
    if (b.size() == 0 && bytes_check_exact(left)) return newref(left);
    if (a.size() > INTPTR_MAX - b.size()) return err_no_memory();
    if (a.size() + b.size() == 1) return bytes_from_data(a.size() ? a.data() : b.data(), 1);
    Owned result = bytes_from_size(a.size() + b.size());
    if (!result) return nullptr;
    std::memcpy(bytes_data(result), a.data(), static_cast<size_t>(a.size()));
    std::memcpy(bytes_data(result) + a.size(), b.data(), static_cast<size_t>(b.size()));
    return result;
}

Owned bytes_repr_of(std::string_view data, bool smart_quotes) {
    char quote = '\'';
    if (smart_quotes && data.find('\'') != std::string_view::npos && data.find('"') == std::string_view::npos) quote = '"';
    std::string out = "b";
    out += quote;
    for (char c : data) {
        auto byte = static_cast<uint8_t>(c);
        if (c == quote || c == '\\') (out += '\\') += c;
        else if (c == '\t') out += "\\t";
        else if (c == '\n') out += "\\n";
        else if (c == '\r') out += "\\r";
        else if (byte < 0x20 || byte >= 0x7f) {
            out += "\\x";
            out += "0123456789abcdef"[byte >> 4];
            out += "0123456789abcdef"[byte & 15];
        } else {
            out += c;
        }
    }
    out += quote;
    return str_from_ascii(out.data(), static_cast<intptr_t>(out.size()));
}
Owned bytes_repr(Object* bytes) { return bytes_repr_of(bytes_view(bytes)); }

int byte_value(Object* object) {
    intptr_t value = number_as_ssize(object, nullptr);
    if (value == -1 && err_occurred()) return -1;
    if (value < 0 || value > 255) {
        err_set_string(exc::ValueError, "byte must be in range(0, 256)");
        return -1;
    }
    return static_cast<int>(value);
}

bool bytes_from_iterable(Object* iterable, const char* message, std::string* out) {
    auto iterator = own(object_get_iter(iterable));
    if (!iterator) return false;
    for (;;) {
        auto item = own(iter_next(iterator.get()));
        if (!item) return !err_occurred();
        intptr_t value = number_as_ssize(item.get(), nullptr);
        if (value == -1 && err_occurred()) return false;
        if (value < 0 || value > 255) {
            err_set_string(exc::ValueError, message);
            return false;
        }
        out->push_back(static_cast<char>(value));
    }
}

Type bytes_type = [] {
    Type t = static_type("bytes", kBytesHeader, 1, kBaseType | kBytesSubclass | kMatchSelf | kItemsInline);
    t.tp_dealloc = bytes_dealloc;
    t.tp_repr = bytes_repr;
    t.tp_str = bytes_repr;
    t.tp_hash = bytes_hash;
    t.tp_getattro = object_generic_get_attr;
    t.tp_richcompare = bytes_rich_compare;
    t.tp_iter = bytes_iter;
    t.tp_methods = bytes_methods;
    t.tp_new = bytes_new_method;
    t.tp_sizeof = bytes_sizeof;
    t.tp_doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy\n"
               "bytes(int) -> bytes of that size filled with zeros\nbytes() -> empty bytes";
    t.nb_remainder = [](Object* left, Object* right) -> Owned {
        if (!bytes_check(left)) return new_not_implemented();
        return bytes_format_percent(bytes_view(left), right, false);
    };
    t.sq_length = [](Object* self) { return bytes_size(self); };
    t.sq_concat = bytes_concat;
    t.sq_repeat = bytes_repeat;
    t.sq_item = bytes_item;
    t.sq_contains = bytes_contains;
    t.mp_length = t.sq_length;
    t.mp_subscript = bytes_subscript;
    t.bf_getbuffer = bytes_get_buffer;
    return t;
}();

Type bytes_iterator_type = [] {
    Type t = static_type("bytes_iterator", sizeof(BytesIterator), 0, kHaveGc);
    t.tp_dealloc = iterator_dealloc;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = iterator_traverse;
    t.tp_iter = object_self_iter;
    t.tp_iternext = iterator_next;
    t.tp_methods = iterator_methods;
    return t;
}();

int init_bytes_types() {
    RS_CHECK(static_bytes_ready, "the shared bytes exist");
    register_static_object(empty());
    for (auto& bytes : single_bytes) register_static_object(&bytes.head);
    return type_ready(&bytes_type) < 0 ? -1 : type_ready(&bytes_iterator_type);
}

}  // namespace refscope::vm
