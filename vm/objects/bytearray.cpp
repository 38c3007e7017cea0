// bytearray: growth as CPython's, in-place changes, the iterator. The shared methods are in bytes_methods.cpp.
#include "vm/objects/bytearray.h"

#include <algorithm>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytearray_internal.h"
#include "vm/objects/bytes.h"
#include "vm/objects/bytes_methods.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/str_find.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

char no_bytes[1] = {};

ByteArrayObject* as_array(Object* object) { return static_cast<ByteArrayObject*>(object); }
std::string_view view_of(Object* object) { return {bytearray_data(object), static_cast<size_t>(bytearray_size(object))}; }

bool may_resize(ByteArrayObject* array) {
    if (array->exports == 0) return true;
    err_set_string(exc::BufferError, "Existing exports of data: object cannot be re-sized");
    return false;
}

void array_dealloc(Object* self) {
    auto* array = as_array(self);
    if (array->exports > 0) err_set_string(exc::SystemError, "deallocated bytearray object has exported buffers"), err_write_unraisable(nullptr);
    if (array->block) free_block(array->block);
    self->type->tp_free(self);
}
size_t array_sizeof(Object* self) {
    return static_cast<size_t>(self->type->tp_basicsize) + static_cast<size_t>(as_array(self)->allocated);
}

Owned array_repr(Object* self) {
    const char* name = self->type->tp_name;
    if (const char* dot = std::strrchr(name, '.')) name = dot + 1;
    std::string out = name;
    std::string_view data = view_of(self);
    char quote = data.find('\'') != std::string_view::npos && data.find('"') == std::string_view::npos ? '"' : '\'';
    out += "(b";
    out += quote;
    for (char c : data) {
        auto byte = static_cast<uint8_t>(c);
        // A single quote is escaped whatever the quotes around are.
        if (c == '\'' || c == '\\' || c == quote) (out += '\\') += c;
        else if (c == '\t') out += "\\t";
        else if (c == '\n') out += "\\n";
        else if (c == '\r') out += "\\r";
        else if (c == 0) out += "\\x00";
        else if (byte < 0x20 || byte >= 0x7f) {
            out += "\\x";
            out += "0123456789abcdef"[byte >> 4];
            out += "0123456789abcdef"[byte & 15];
        } else {
            out += c;
        }
    }
    out += quote;
    out += ')';
    return str_from_view(out);
}

int get_buffer(Object* self, BufferView* view, int flags) {
    if (buffer_fill_info(view, self, bytearray_data(self), bytearray_size(self), false, flags) < 0) return -1;
    ++as_array(self)->exports;
    return 0;
}
void release_buffer(Object* self, BufferView*) { --as_array(self)->exports; }

// Replaces [low, high) by `data`, which must not lie in the array.
int set_range(ByteArrayObject* self, intptr_t low, intptr_t high, std::string_view data) {
    auto grown = static_cast<intptr_t>(data.size()) - (high - low);
    intptr_t old_size = self->size;
    if (grown < 0) {
        if (!may_resize(self)) return -1;
        if (low == 0) {
            // Gives up the front without moving the rest.
            self->start -= grown;
        } else {
            std::memmove(self->start + low + data.size(), self->start + high, static_cast<size_t>(old_size - high));
        }
        if (bytearray_resize(self, old_size + grown) < 0) return -1;
    } else if (grown > 0) {
        if (bytearray_resize(self, old_size + grown) < 0) return -1;
        std::memmove(self->start + low + data.size(), self->start + high, static_cast<size_t>(old_size - high));
    }
    if (!data.empty()) std::memcpy(self->start + low, data.data(), data.size());
    return 0;
}

Owned subscript(Object* self, Object* key) {
    intptr_t size = bytearray_size(self);
    if (index_check(key)) {
        intptr_t index = number_as_ssize(key, &exc::IndexError);
        if (index == -1 && err_occurred()) return nullptr;
        if (index < 0) index += bytearray_size(self);
        if (index < 0 || index >= bytearray_size(self)) return err_set_string(exc::IndexError, "bytearray index out of range");
        return int_from_int64(static_cast<uint8_t>(bytearray_data(self)[index]));
    }
    if (!slice_check(key)) return err_format(exc::TypeError, "bytearray indices must be integers or slices, not %.200s", key->type->tp_name);
    intptr_t start, stop, step;
    if (slice_unpack(key, &start, &stop, &step) < 0) return nullptr;
    size = bytearray_size(self);
    intptr_t count = slice_adjust_indices(size, &start, &stop, step);
    if (count <= 0) return bytearray_from_data(nullptr, 0);
    if (step == 1) return bytearray_from_data(bytearray_data(self) + start, count);
    Owned result = bytearray_from_data(nullptr, count);
    if (!result) return nullptr;
    for (intptr_t i = 0, at = start; i < count; ++i, at += step) bytearray_data(result)[i] = bytearray_data(self)[at];
    return result;
}

int assign_subscript(Object* self, Object* key, Object* value) {
    auto* array = as_array(self);
    intptr_t start, stop, step, count;
    if (index_check(key)) {
        intptr_t index = number_as_ssize(key, &exc::IndexError);
        if (index == -1 && err_occurred()) return -1;
        int byte = 0;
        if (value && (byte = byte_value(value)) < 0) return -1;
        if (index < 0) index += array->size;
        if (index < 0 || index >= array->size) return err_set_string(exc::IndexError, "bytearray index out of range"), -1;
        if (value) {
            array->start[index] = static_cast<char>(byte);
            return 0;
        }
        return set_range(array, index, index + 1, {});
    }
    if (!slice_check(key)) {
        err_format(exc::TypeError, "bytearray indices must be integers or slices, not %.200s", key->type->tp_name);
        return -1;
    }
    if (slice_unpack(key, &start, &stop, &step) < 0) return -1;
    std::string data;
    if (value) {
        if (value == self || bytearray_check(value)) {
            data = view_of(value);
        } else if (buffer_check(value)) {
            BufferHold buffer;
            if (!buffer.get(value)) return -1;
            data.assign(buffer.data(), static_cast<size_t>(buffer.size()));
        } else {
            if (number_check(value) || str_check(value)) {
                err_set_string(exc::TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
                return -1;
            }
            auto made = own(bytearray_from_object(value));
            if (!made) return -1;
            data = view_of(made.get());
        }
    }
    count = slice_adjust_indices(array->size, &start, &stop, step);
    if (step == 1) {
        if (stop < start) stop = start;
        return set_range(array, start, stop, data);
    }
    if (data.empty()) {
        // Deletion of every step-th byte.
        if (count == 0) return 0;
        if (!may_resize(array)) return -1;
        if (step < 0) {
            start = start + step * (count - 1);
            step = -step;
        }
        std::string kept;
        for (intptr_t i = 0; i < array->size; ++i) {
            bool gone = i >= start && (i - start) % step == 0 && (i - start) / step < count;
            if (!gone) kept += array->start[i];
        }
        std::memcpy(array->start, kept.data(), kept.size());
        return bytearray_resize(array, static_cast<intptr_t>(kept.size()));
    }
    if (static_cast<intptr_t>(data.size()) != count) {
        err_format(exc::ValueError, "attempt to assign bytes of size %zd to extended slice of size %zd", static_cast<intptr_t>(data.size()), count);
        return -1;
    }
    for (intptr_t i = 0, at = start; i < count; ++i, at += step) array->start[at] = data[static_cast<size_t>(i)];
    return 0;
}

Owned item(Object* self, intptr_t index) {
    if (index < 0 || index >= bytearray_size(self)) return err_set_string(exc::IndexError, "bytearray index out of range");
    return int_from_int64(static_cast<uint8_t>(bytearray_data(self)[index]));
}
int assign_item(Object* self, intptr_t index, Object* value) {
    auto* array = as_array(self);
    if (index < 0 || index >= array->size) return err_set_string(exc::IndexError, "bytearray index out of range"), -1;
    if (!value) return set_range(array, index, index + 1, {});
    int byte = byte_value(value);
    if (byte < 0) return -1;
    array->start[index] = static_cast<char>(byte);
    return 0;
}

Owned concat(Object* left, Object* right) {
    BufferHold a, b;
    if (!buffer_check(left) || !buffer_check(right) || !a.get(left) || !b.get(right)) {
        err_clear();
        return err_format(exc::TypeError, "can't concat %.100s to %.100s", right->type->tp_name, left->type->tp_name);
    }
    Owned result = bytearray_from_data(nullptr, a.size() + b.size());
    if (!result) return nullptr;
    std::memcpy(bytearray_data(result), a.data(), static_cast<size_t>(a.size()));
    std::memcpy(bytearray_data(result) + a.size(), b.data(), static_cast<size_t>(b.size()));
    return result;
}
Owned inplace_concat(Object* self, Object* other) {
    std::string data;
    {
        BufferHold buffer;
        if (!buffer_check(other) || !buffer.get(other)) {
            err_clear();
            return err_format(exc::TypeError, "can't concat %.100s to %.100s", other->type->tp_name, self->type->tp_name);
        }
        data.assign(buffer.data(), static_cast<size_t>(buffer.size()));
    }
    auto* array = as_array(self);
    intptr_t size = array->size;
    if (bytearray_resize(array, size + static_cast<intptr_t>(data.size())) < 0) return nullptr;
    if (!data.empty()) std::memcpy(array->start + size, data.data(), data.size());
    return newref(self);
}

void fill_repeated(char* out, std::string_view unit, intptr_t count) {
    for (intptr_t i = 0; i < count; ++i) std::memcpy(out + static_cast<size_t>(i) * unit.size(), unit.data(), unit.size());
}
Owned repeat(Object* self, intptr_t count) {
    if (count < 0) count = 0;
    intptr_t size = bytearray_size(self);
    if (count && size > INTPTR_MAX / count) return err_no_memory();
    Owned result = bytearray_from_data(nullptr, size * count);
    if (result && size * count > 0) fill_repeated(bytearray_data(result), view_of(self), count);
    return result;
}
Owned inplace_repeat(Object* self, intptr_t count) {
    if (count < 0) count = 0;
    if (count == 1) return newref(self);
    intptr_t size = bytearray_size(self);
    if (count && size > INTPTR_MAX / count) return err_no_memory();
    std::string unit(view_of(self));
    if (bytearray_resize(self, size * count) < 0) return nullptr;
    if (size * count > 0) fill_repeated(bytearray_data(self), unit, count);
    return newref(self);
}

int contains(Object* self, Object* part) {
    auto* array = as_array(self);
    ++array->exports;  // __index__ must not resize it meanwhile
    int result = bytes_like_contains(view_of(self), part);
    --array->exports;
    return result;
}

Owned rich_compare(Object* left, Object* right, int op) {
    if (!buffer_check(left) || !buffer_check(right) || str_check(left) || str_check(right)) return new_not_implemented();
    BufferHold a, b;
    if (!a.get(left) || !b.get(right)) {
        err_clear();
        return new_not_implemented();
    }
    int order = std::string_view(a.data(), static_cast<size_t>(a.size())).compare({b.data(), static_cast<size_t>(b.size())});
    return bool_from(op == kEQ ? order == 0 : op == kNE ? order != 0 : op == kLT ? order < 0 : op == kLE ? order <= 0 : op == kGT ? order > 0 : order >= 0);
}

// bytearray.__init__(x, encoding, errors)
int array_init(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"source", "encoding", "errors", nullptr};
    static const KeywordParser parser{"bytearray", names, 0, 3, 0};
    Object* given[3];
    const char *encoding = nullptr, *errors = nullptr;
    if (!unpack_keywords_tuple(parser, args, kwargs, given)) return -1;
    if (given[1] && !str_check(given[1])) return argument_bad("bytearray", "argument 'encoding'", "str", given[1]), -1;
    if (given[1] && !argument_text("bytearray", 2, given[1], &encoding)) return -1;
    if (given[2] && !str_check(given[2])) return argument_bad("bytearray", "argument 'errors'", "str", given[2]), -1;
    if (given[2] && !argument_text("bytearray", 3, given[2], &errors)) return -1;
    auto* array = as_array(self);
    if (array->size != 0 && bytearray_resize(self, 0) < 0) return -1;
    Object* x = given[0];
    if (!x) {
        if (encoding || errors) {
            err_set_string(exc::TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
            return -1;
        }
        return 0;
    }
    if (str_check(x)) {
        if (!encoding) return err_set_string(exc::TypeError, "string argument without an encoding"), -1;
        auto encoded = own(str_as_encoded(x, encoding, errors));
        return encoded ? set_range(array, 0, 0, bytes_view(encoded.get())) : -1;
    }
    if (encoding || errors) {
        err_set_string(exc::TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
        return -1;
    }
    if (index_check(x)) {
        intptr_t size = number_as_ssize(x, &exc::OverflowError);
        if (size == -1 && err_occurred()) {
            if (!err_matches(exc::TypeError)) return -1;
            err_clear();
        } else {
            if (size < 0) return err_set_string(exc::ValueError, "negative count"), -1;
            if (size > 0) {
                if (bytearray_resize(self, size) < 0) return -1;
                std::memset(array->start, 0, static_cast<size_t>(size));
            }
            return 0;
        }
    }
    if (buffer_check(x)) {
        BufferHold buffer;
        if (!buffer.get(x, kBufferFullReadonly)) return -1;
        std::string copy(static_cast<size_t>(buffer.size()), '\0');
        buffer_to_contiguous(copy.data(), &buffer.view());
        return set_range(array, 0, array->size, copy);
    }
    if (list_check_exact(x) || tuple_check_exact(x)) {
        // All the room at once; an item's __index__ may change the list meanwhile.
        auto items = own(list_check_exact(x) ? list_as_tuple(x) : newref(x));
        if (!items || bytearray_resize(self, tuple_size(items.get())) < 0) return -1;
        for (intptr_t i = 0; i < tuple_size(items.get()); ++i) {
            int byte = byte_value(tuple_get_item(items.get(), i));
            if (byte < 0) return -1;
            if (i < array->size) array->start[i] = static_cast<char>(byte);
        }
        return 0;
    }
    auto iterator = own(object_get_iter(x));
    if (!iterator) {
        if (err_matches(exc::TypeError)) err_format(exc::TypeError, "cannot convert '%.200s' object to bytearray", x->type->tp_name);
        return -1;
    }
    for (;;) {
        auto next = own(iter_next(iterator.get()));
        if (!next) return err_occurred() ? -1 : 0;
        int byte = byte_value(next.get());
        if (byte < 0 || bytearray_resize(self, array->size + 1) < 0) return -1;
        array->start[array->size - 1] = static_cast<char>(byte);
    }
}

struct Iterator : Object {
    intptr_t index;
    Object* array;  // nullptr: exhausted
};
Owned iter(Object* self) {
    auto* iterator = new_object<Iterator>(&bytearray_iterator_type);
    if (!iterator) return nullptr;
    iterator->index = 0;
    iterator->array = newref(self);
    gc_track(iterator);
    return iterator;
}
void iterator_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(static_cast<Iterator*>(self)->array);
    free_object(self);
}
int iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<Iterator*>(self)->array, Edge::field("bytearray"));
    return 0;
}
Owned iterator_next(Object* self) {
    auto* iterator = static_cast<Iterator*>(self);
    if (!iterator->array) return nullptr;
    if (iterator->index < bytearray_size(iterator->array)) return item(iterator->array, iterator->index++);
    clear_ref(iterator->array);
    return nullptr;
}
Owned iterator_hint(Object* self, Object*) {
    auto* iterator = static_cast<Iterator*>(self);
    intptr_t left = iterator->array ? bytearray_size(iterator->array) - iterator->index : 0;
    return int_from_ssize(left < 0 ? 0 : left);
}
Owned iterator_reduce(Object* self, Object*) {
    auto* iterator = static_cast<Iterator*>(self);
    auto function = own(xnewref(builtin_lookup(ID(iter))));
    auto arguments = own(tuple_pack({iterator->array ? iterator->array : empty_tuple()}));
    if (!function || !arguments) return nullptr;
    if (!iterator->array) return tuple_pack({function.get(), arguments.get()});
    auto index = own(int_from_ssize(iterator->index));
    return index ? tuple_pack({function.get(), arguments.get(), index.get()}) : nullptr;
}
Owned iterator_set_state(Object* self, Object* state) {
    auto* iterator = static_cast<Iterator*>(self);
    intptr_t index = int_as_ssize(state);
    if (index == -1 && err_occurred()) return nullptr;
    if (iterator->array) iterator->index = std::clamp<intptr_t>(index, 0, bytearray_size(iterator->array));
    return new_none();
}
const MethodDef iterator_methods[] = {
    method_def("__length_hint__", iterator_hint, kMethNoargs), method_def("__reduce__", iterator_reduce, kMethNoargs),
    method_def("__setstate__", iterator_set_state, kMethO), {nullptr, nullptr, 0},
};

}  // namespace

char* bytearray_data(Object* object) {
    auto* array = as_array(object);
    return array->size > 0 ? array->start : no_bytes;
}

int bytearray_resize(Object* object, intptr_t requested) {
    auto* array = as_array(object);
    intptr_t allocated = array->allocated;
    intptr_t offset = array->block ? array->start - array->block : 0;
    if (requested == array->size) return 0;
    if (!may_resize(array)) return -1;
    intptr_t wanted;
    if (requested + offset + 1 <= allocated) {
        // Fits; a block that is now twice too large is made smaller.
        if (requested < allocated / 2) {
            wanted = requested + 1;
        } else {
            array->size = requested;
            array->start[requested] = '\0';
            return 0;
        }
    } else if (requested <= static_cast<intptr_t>(static_cast<double>(allocated) * 1.125)) {
        wanted = requested + (requested >> 3) + (requested < 9 ? 3 : 6);
    } else {
        wanted = requested + 1;
    }
    char* block;
    if (offset > 0 || !array->block) {
        block = static_cast<char*>(allocate_block(static_cast<size_t>(wanted)));
        if (!block) return -1;
        intptr_t kept = std::min(requested, array->size);
        if (kept > 0) std::memcpy(block, array->start, static_cast<size_t>(kept));
        if (array->block) free_block(array->block);
    } else {
        block = static_cast<char*>(reallocate_block(array->block, static_cast<size_t>(wanted)));
        if (!block) return -1;
    }
    array->block = array->start = block;
    array->size = requested;
    array->allocated = wanted;
    block[requested] = '\0';
    return 0;
}

Owned bytearray_from_data(const char* data, intptr_t size) {
    auto* array = new_object<ByteArrayObject>(&bytearray_type);
    if (!array) return nullptr;
    array->size = array->allocated = array->exports = 0;
    array->block = array->start = nullptr;
    if (size > 0) {
        array->block = array->start = static_cast<char*>(allocate_block(static_cast<size_t>(size) + 1));
        if (!array->block) {
            decref(array);
            return nullptr;
        }
        array->allocated = size + 1;
        if (data) std::memcpy(array->block, data, static_cast<size_t>(size));
        array->block[size] = '\0';
    }
    array->size = size;
    return array;
}

Owned bytearray_from_object(Object* object) { return object_call_onearg(&bytearray_type, object); }

Owned bytearray_alloc(Object* self, Object*) { return int_from_ssize(as_array(self)->allocated); }
Owned bytearray_size_of(Object* self, Object*) { return int_from_size(array_sizeof(self)); }

namespace {

Owned reduce(Object* self, int protocol) {
    Ref<> state = own(object_get_state(self));
    if (!state) return nullptr;
    Ref<> arguments;
    if (bytearray_size(self) == 0) {
        arguments = share(empty_tuple());
    } else if (protocol < 3) {
        auto text = own(latin1_decode(bytearray_data(self), bytearray_size(self)));
        arguments = own(text ? tuple_pack({text.get(), RS_NAME_OF("latin-1")}) : nullptr);
    } else {
        auto data = own(bytes_from_view(view_of(self)));
        arguments = own(data ? tuple_pack({data.get()}) : nullptr);
    }
    return arguments ? tuple_pack({self->type, arguments.get(), state.get()}) : nullptr;
}

}  // namespace

Owned bytearray_reduce(Object* self, Object*) { return reduce(self, 2); }
Owned bytearray_reduce_ex(Object* self, Object* const* args, intptr_t nargs) {
    int protocol = 0;
    if (!check_positional("__reduce_ex__", nargs, 0, 1) || (nargs && !argument_int(args[0], &protocol))) return nullptr;
    return reduce(self, protocol);
}
Owned bytearray_append(Object* self, Object* value) {
    int byte = byte_value(value);
    if (byte < 0 || bytearray_resize(self, bytearray_size(self) + 1) < 0) return nullptr;
    bytearray_data(self)[bytearray_size(self) - 1] = static_cast<char>(byte);
    return new_none();
}
Owned bytearray_clear(Object* self, Object*) { return bytearray_resize(self, 0) < 0 ? nullptr : new_none(); }
Owned bytearray_copy(Object* self, Object*) { return bytearray_from_data(bytearray_data(self), bytearray_size(self)); }
Owned bytearray_extend(Object* self, Object* iterable) {
    std::string data;
    if (buffer_check(iterable)) {
        BufferHold buffer;
        if (!buffer.get(iterable)) return nullptr;
        data.assign(buffer.data(), static_cast<size_t>(buffer.size()));
    } else {
        auto iterator = own(object_get_iter(iterable));
        if (!iterator) {
            if (err_matches(exc::TypeError)) err_format(exc::TypeError, "can't extend bytearray with %.100s", iterable->type->tp_name);
            return nullptr;
        }
        if (!bytes_from_iterable(iterator.get(), "byte must be in range(0, 256)", &data)) return nullptr;
    }
    intptr_t size = bytearray_size(self);
    return set_range(as_array(self), size, size, data) < 0 ? nullptr : new_none();
}
Owned bytearray_insert(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t index;
    if (!check_positional("insert", nargs, 2, 2) || !argument_ssize(args[0], &index)) return nullptr;
    int byte = byte_value(args[1]);
    if (byte < 0) return nullptr;
    intptr_t size = bytearray_size(self);
    if (index < 0) index = std::max<intptr_t>(index + size, 0);
    index = std::min(index, size);
    char c = static_cast<char>(byte);
    return set_range(as_array(self), index, index, {&c, 1}) < 0 ? nullptr : new_none();
}
Owned bytearray_pop(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t index = -1;
    if (!check_positional("pop", nargs, 0, 1) || (nargs && !argument_ssize(args[0], &index))) return nullptr;
    intptr_t size = bytearray_size(self);
    if (size == 0) return err_set_string(exc::IndexError, "pop from empty bytearray");
    if (index < 0) index += size;
    if (index < 0 || index >= size) return err_set_string(exc::IndexError, "pop index out of range");
    if (!may_resize(as_array(self))) return nullptr;
    auto byte = static_cast<uint8_t>(bytearray_data(self)[index]);
    char* data = bytearray_data(self);
    std::memmove(data + index, data + index + 1, static_cast<size_t>(size - index - 1));
    return bytearray_resize(self, size - 1) < 0 ? nullptr : int_from_int64(byte);
}
Owned bytearray_remove(Object* self, Object* value) {
    int byte = byte_value(value);
    if (byte < 0) return nullptr;
    intptr_t found = find_char(bytearray_data(self), bytearray_size(self), static_cast<char>(byte));
    if (found < 0) return err_set_string(exc::ValueError, "value not found in bytearray");
    if (!may_resize(as_array(self))) return nullptr;
    char* data = bytearray_data(self);
    intptr_t size = bytearray_size(self);
    std::memmove(data + found, data + found + 1, static_cast<size_t>(size - found - 1));
    return bytearray_resize(self, size - 1) < 0 ? nullptr : new_none();
}
Owned bytearray_reverse(Object* self, Object*) {
    char* data = bytearray_data(self);
    std::reverse(data, data + bytearray_size(self));
    return new_none();
}

Type bytearray_type = [] {
    Type t = static_type("bytearray", sizeof(ByteArrayObject), 0, kBaseType | kMatchSelf);
    t.tp_dealloc = array_dealloc;
    t.tp_repr = array_repr;
    t.tp_str = array_repr;
    t.tp_hash = object_hash_not_implemented;
    t.tp_getattro = object_generic_get_attr;
    t.tp_richcompare = rich_compare;
    t.tp_iter = iter;
    t.tp_methods = bytearray_methods;
    t.tp_init = array_init;
    t.tp_new = type_generic_new;
    t.tp_sizeof = array_sizeof;
    t.tp_doc = "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n"
               "bytearray(bytes_or_buffer) -> mutable copy\nbytearray(int) -> that many zeros\nbytearray() -> empty";
    t.nb_remainder = [](Object* left, Object* right) -> Owned {
        if (!bytearray_check(left)) return new_not_implemented();
        return bytes_format_percent(view_of(left), right, true);
    };
    t.sq_length = [](Object* self) { return bytearray_size(self); };
    t.sq_concat = concat;
    t.sq_repeat = repeat;
    t.sq_item = item;
    t.sq_ass_item = assign_item;
    t.sq_contains = contains;
    t.sq_inplace_concat = inplace_concat;
    t.sq_inplace_repeat = inplace_repeat;
    t.mp_length = t.sq_length;
    t.mp_subscript = subscript;
    t.mp_ass_subscript = assign_subscript;
    t.bf_getbuffer = get_buffer;
    t.bf_releasebuffer = release_buffer;
    return t;
}();

Type bytearray_iterator_type = [] {
    Type t = static_type("bytearray_iterator", sizeof(Iterator), 0, kHaveGc);
    t.tp_dealloc = iterator_dealloc;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = iterator_traverse;
    t.tp_iter = object_self_iter;
    t.tp_iternext = iterator_next;
    t.tp_methods = iterator_methods;
    return t;
}();

int init_bytearray_types() { return type_ready(&bytearray_type) < 0 ? -1 : type_ready(&bytearray_iterator_type); }

}  // namespace refscope::vm
