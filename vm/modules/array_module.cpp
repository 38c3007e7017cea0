// The module array: compact arrays of numbers, grown by CPython's rule.
#include <algorithm>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/modules/array_items.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/compare_items.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

struct ArrayObject : VarObject {
    char* data;
    intptr_t allocated;  // items
    const ArrayKind* kind;
    Object* weakrefs;
    intptr_t exports;    // buffers lent: the array must not move
};
static_assert(sizeof(ArrayObject) == 64);

struct ArrayIteratorObject : Object {
    intptr_t index;
    ArrayObject* array;  // null: exhausted
    void* unused;
};

extern Type array_type, array_iterator_type;

ArrayObject* as_array(Object* object) { return static_cast<ArrayObject*>(object); }
bool is_array(const Object* object) { return is_instance_of(object, &array_type); }
char* item_at(ArrayObject* array, intptr_t i) { return array->data + i * array->kind->item_size; }
Owned get(ArrayObject* array, intptr_t i) { return array->kind->get(item_at(array, i)); }

int resize(ArrayObject* array, intptr_t new_size) {
    if (array->exports > 0 && new_size != array->size) {
        err_set_string(exc::BufferError, "cannot resize an array that is exporting buffers");
        return -1;
    }
    if (array->allocated >= new_size && array->size < new_size + 16 && array->data) {
        array->size = new_size;
        return 0;
    }
    if (new_size == 0) {
        free_block(array->data);
        array->data = nullptr;
        array->size = array->allocated = 0;
        return 0;
    }
    intptr_t room = (new_size >> 4) + (array->size < 8 ? 3 : 7) + new_size;
    if (room > PTRDIFF_MAX / array->kind->item_size) {
        err_no_memory();
        return -1;
    }
    auto* data = static_cast<char*>(reallocate_block(array->data, static_cast<size_t>(room * array->kind->item_size)));
    if (!data) return -1;
    array->data = data;
    array->size = new_size;
    array->allocated = room;
    return 0;
}

Owned make(Type* type, intptr_t size, const ArrayKind* kind) {
    if (size > PTRDIFF_MAX / kind->item_size) return err_no_memory();
    Ref<Object> self = own(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    ArrayObject* array = as_array(self.get());
    array->kind = kind;
    if (size > 0) {
        array->data = static_cast<char*>(allocate_block(static_cast<size_t>(size * kind->item_size)));
        if (!array->data) return nullptr;
    }
    array->size = array->allocated = size;
    return self.release();
}

int insert(ArrayObject* array, intptr_t where, Object* value) {
    intptr_t size = array->size;
    // The value is converted first, so that nothing changes when it does not fit.
    char item[8];
    if (array->kind->set(item, value) < 0) return -1;
    if (resize(array, size + 1) < 0) return -1;
    if (where < 0) where = std::max<intptr_t>(0, where + size);
    if (where > size) where = size;
    auto width = static_cast<size_t>(array->kind->item_size);
    if (where != size) std::memmove(item_at(array, where + 1), item_at(array, where), static_cast<size_t>(size - where) * width);
    std::memcpy(item_at(array, where), item, width);
    return 0;
}

Owned slice(ArrayObject* array, intptr_t low, intptr_t high) {
    low = std::clamp<intptr_t>(low, 0, array->size);
    high = std::clamp<intptr_t>(high, low, array->size);
    Object* result = make(&array_type, high - low, array->kind);
    if (result && high > low) {
        std::memcpy(as_array(result)->data, item_at(array, low), static_cast<size_t>((high - low) * array->kind->item_size));
    }
    return result;
}

int extend_array(ArrayObject* array, ArrayObject* other) {
    if (array->kind != other->kind) {
        err_set_string(exc::TypeError, "can only extend with array of same kind");
        return -1;
    }
    intptr_t old_size = array->size, added = other->size;
    if (resize(array, old_size + added) < 0) return -1;
    if (added) std::memcpy(item_at(array, old_size), other->data, static_cast<size_t>(added * array->kind->item_size));
    return 0;
}

int extend(ArrayObject* array, Object* other) {
    if (is_array(other)) return extend_array(array, as_array(other));
    Ref<Object> iterator = own(object_get_iter(other));
    if (!iterator) return -1;
    while (Ref<Object> value = own(iter_next(iterator.get()))) {
        if (insert(array, array->size, value.get()) < 0) return -1;
    }
    return err_occurred() ? -1 : 0;
}

int append_bytes(ArrayObject* array, const char* bytes, intptr_t count) {
    intptr_t width = array->kind->item_size;
    if (count % width != 0) {
        err_set_string(exc::ValueError, "bytes length not a multiple of item size");
        return -1;
    }
    intptr_t old_size = array->size;
    if (count == 0) return 0;
    if (resize(array, old_size + count / width) < 0) return -1;
    std::memcpy(item_at(array, old_size), bytes, static_cast<size_t>(count));
    return 0;
}

int append_text(ArrayObject* array, Object* text) {
    intptr_t old_size = array->size, count = str_length(text);
    if (resize(array, old_size + count) < 0) return -1;
    for (intptr_t i = 0; i < count; ++i) {
        char32_t character = str_read(text, i);
        std::memcpy(item_at(array, old_size + i), &character, sizeof character);
    }
    return 0;
}

// --- construction ---

Owned array_new(Type* type, Object* args, Object* kwargs) {
    if ((type == &array_type || type->tp_init == array_type.tp_init) && !no_keyword_arguments("array.array", kwargs)) {
        return nullptr;
    }
    intptr_t given = tuple_size(args);
    if (given < 1) return err_format(exc::TypeError, "array() takes at least 1 argument (%zd given)", given);
    if (given > 2) return err_format(exc::TypeError, "array() takes at most 2 arguments (%zd given)", given);
    Object* code = tuple_get_item(args, 0);
    if (!str_check(code) || str_length(code) != 1) {
        return err_format(exc::TypeError, "array() argument 1 must be a unicode character, not %.50s", code->type->tp_name);
    }
    char32_t typecode = str_read(code, 0);
    Object* initial = given > 1 ? tuple_get_item(args, 1) : nullptr;
    if (initial && typecode != 'u') {
        if (str_check(initial)) {
            return err_format(exc::TypeError, "cannot use a str to initialize an array with typecode '%c'", static_cast<int>(typecode));
        }
        if (is_array(initial) && as_array(initial)->kind->typecode == 'u') {
            return err_format(exc::TypeError, "cannot use a unicode array to initialize an array with typecode '%c'",
                              static_cast<int>(typecode));
        }
    }
    bool as_raw = initial && (bytes_check(initial) || buffer_check(initial)) && !is_array(initial);
    Ref<Object> iterator;
    bool as_items = initial && (list_check(initial) || tuple_check(initial) || is_array(initial));
    bool as_characters = initial && typecode == 'u' && str_check(initial);
    if (initial && !as_raw && !as_items && !as_characters) {
        iterator = own(object_get_iter(initial));
        if (!iterator) return nullptr;
    }
    const ArrayKind* kind = array_kind(typecode);
    if (!kind) {
        return err_set_string(exc::ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
    }
    if (as_items && is_array(initial) && as_array(initial)->kind == kind) {
        Ref<Object> same = own(make(type, as_array(initial)->size, kind));
        if (same && as_array(initial)->size) {
            std::memcpy(as_array(same.get())->data, as_array(initial)->data,
                        static_cast<size_t>(as_array(initial)->size * kind->item_size));
        }
        return same.release();
    }
    intptr_t size = 0;
    if (as_items) size = is_array(initial) ? as_array(initial)->size : static_cast<VarObject*>(initial)->size;
    Ref<Object> self = own(make(type, size, kind));
    if (!self) return nullptr;
    ArrayObject* array = as_array(self.get());
    if (as_items) {
        if (size) std::memset(array->data, 0, static_cast<size_t>(size * kind->item_size));
        for (intptr_t i = 0; i < size; ++i) {
            Ref<Object> value = own(sequence_get_item(initial, i));
            if (!value || kind->set(item_at(array, i), value.get()) < 0) return nullptr;
        }
    } else if (as_raw) {
        BufferHold bytes;
        if (!bytes.get(initial) || append_bytes(array, bytes.data(), bytes.size()) < 0) return nullptr;
    } else if (as_characters) {
        if (append_text(array, initial) < 0) return nullptr;
        array->allocated = array->size;
    } else if (iterator && extend(array, iterator.get()) < 0) {
        return nullptr;
    }
    return self.release();
}

void array_dealloc(Object* self) {
    gc_untrack(self);
    ArrayObject* array = as_array(self);
    if (array->weakrefs) object_clear_weakrefs(self);
    free_block(array->data);
    self->type->tp_free(self);
}

int array_traverse(Object*, Visit, void*) { return 0; }

// --- sequence ---

intptr_t array_length(Object* self) { return as_array(self)->size; }

Owned array_item(Object* self, intptr_t i) {
    if (static_cast<size_t>(i) >= static_cast<size_t>(as_array(self)->size)) {
        return err_set_string(exc::IndexError, "array index out of range");
    }
    return get(as_array(self), i);
}

int delete_items(ArrayObject* array, intptr_t low, intptr_t high) {
    if (low >= high) return 0;
    if (array->exports > 0) {
        err_set_string(exc::BufferError, "cannot resize an array that is exporting buffers");
        return -1;
    }
    std::memmove(item_at(array, low), item_at(array, high), static_cast<size_t>((array->size - high) * array->kind->item_size));
    return resize(array, array->size - (high - low));
}

int array_assign_item(Object* self, intptr_t i, Object* value) {
    ArrayObject* array = as_array(self);
    if (static_cast<size_t>(i) >= static_cast<size_t>(array->size)) {
        err_set_string(exc::IndexError, "array assignment index out of range");
        return -1;
    }
    return value ? array->kind->set(item_at(array, i), value) : delete_items(array, i, i + 1);
}

Owned array_concat(Object* left, Object* right) {
    if (!is_array(right)) {
        return err_format(exc::TypeError, "can only append array (not \"%.200s\") to array", right->type->tp_name);
    }
    ArrayObject *a = as_array(left), *b = as_array(right);
    if (a->kind != b->kind) return err_set_string(exc::TypeError, "bad argument type for built-in operation");
    Object* result = make(&array_type, a->size + b->size, a->kind);
    if (!result) return nullptr;
    if (a->size) std::memcpy(as_array(result)->data, a->data, static_cast<size_t>(a->size * a->kind->item_size));
    if (b->size) std::memcpy(item_at(as_array(result), a->size), b->data, static_cast<size_t>(b->size * b->kind->item_size));
    return result;
}

Owned array_inplace_concat(Object* self, Object* other) {
    if (!is_array(other)) {
        return err_format(exc::TypeError, "can only extend with array (not \"%.200s\")", other->type->tp_name);
    }
    return extend_array(as_array(self), as_array(other)) < 0 ? nullptr : newref(self);
}

void fill_repeated(ArrayObject* array, intptr_t unit, intptr_t count) {
    for (intptr_t n = 1; n < count; ++n) {
        std::memcpy(item_at(array, n * unit), array->data, static_cast<size_t>(unit * array->kind->item_size));
    }
}
Owned array_repeat(Object* self, intptr_t count) {
    ArrayObject* array = as_array(self);
    if (count < 0) count = 0;
    if (array->size && count > PTRDIFF_MAX / array->size) return err_no_memory();
    Object* result = make(&array_type, array->size * count, array->kind);
    if (result && array->size && count) {
        std::memcpy(as_array(result)->data, array->data, static_cast<size_t>(array->size * array->kind->item_size));
        fill_repeated(as_array(result), array->size, count);
    }
    return result;
}
Owned array_inplace_repeat(Object* self, intptr_t count) {
    ArrayObject* array = as_array(self);
    intptr_t size = array->size;
    if (count < 0) count = 0;
    if (size && count != 1) {
        if (count > PTRDIFF_MAX / size) return err_no_memory();
        if (resize(array, size * count) < 0) return nullptr;
        fill_repeated(array, size, count);
    }
    return newref(self);
}

int array_contains(Object* self, Object* value) {
    for (intptr_t i = 0; i < as_array(self)->size; ++i) {
        Ref<Object> item = own(get(as_array(self), i));
        if (!item) return -1;
        int equal = object_rich_compare_bool(item.get(), value, kEQ);
        if (equal) return equal;
    }
    return 0;
}

bool index_of(Object* index, intptr_t size, intptr_t* result) {
    *result = number_as_ssize(index, &exc::IndexError);
    if (*result == -1 && err_occurred()) return false;
    if (*result < 0) *result += size;
    return true;
}

Owned array_subscript(Object* self, Object* index) {
    ArrayObject* array = as_array(self);
    intptr_t i;
    if (index_check(index)) return index_of(index, array->size, &i) ? array_item(self, i) : nullptr;
    if (!slice_check(index)) return err_set_string(exc::TypeError, "array indices must be integers");
    intptr_t start, stop, step;
    if (slice_unpack(index, &start, &stop, &step) < 0) return nullptr;
    intptr_t count = slice_adjust_indices(array->size, &start, &stop, step);
    if (count <= 0) return make(&array_type, 0, array->kind);
    if (step == 1) return slice(array, start, stop);
    Object* result = make(&array_type, count, array->kind);
    if (!result) return nullptr;
    for (intptr_t n = 0; n < count; ++n) {
        std::memcpy(item_at(as_array(result), n), item_at(array, start + n * step), static_cast<size_t>(array->kind->item_size));
    }
    return result;
}

int array_assign_subscript(Object* self, Object* index, Object* value) {
    ArrayObject* array = as_array(self);
    intptr_t start, stop, step, count;
    if (index_check(index)) return index_of(index, array->size, &start) ? array_assign_item(self, start, value) : -1;
    if (!slice_check(index)) {
        err_set_string(exc::TypeError, "array indices must be integers");
        return -1;
    }
    if (slice_unpack(index, &start, &stop, &step) < 0) return -1;
    count = slice_adjust_indices(array->size, &start, &stop, step);
    Ref<Object> source;
    intptr_t needed = 0;
    if (value) {
        if (!is_array(value)) {
            err_format(exc::TypeError, "can only assign array (not \"%.200s\") to array slice", value->type->tp_name);
            return -1;
        }
        source = value == self ? own(slice(array, 0, array->size)) : share(value);
        if (!source) return -1;
        needed = as_array(source.get())->size;
        if (as_array(source.get())->kind != array->kind) {
            err_set_string(exc::TypeError, "bad argument type for built-in operation");
            return -1;
        }
    }
    auto width = static_cast<size_t>(array->kind->item_size);
    if ((step > 0 && stop < start) || (step < 0 && stop > start)) stop = start;
    if (array->exports > 0 && count != needed) {
        err_set_string(exc::BufferError, "cannot resize an array that is exporting buffers");
        return -1;
    }
    if (step == 1) {
        if (count > needed) {
            std::memmove(item_at(array, start + needed), item_at(array, stop), static_cast<size_t>(array->size - stop) * width);
            if (resize(array, array->size + needed - count) < 0) return -1;
        } else if (count < needed) {
            if (resize(array, array->size + needed - count) < 0) return -1;
            std::memmove(item_at(array, start + needed), item_at(array, stop),
                         static_cast<size_t>(array->size - start - needed) * width);
        }
        if (needed) std::memcpy(item_at(array, start), as_array(source.get())->data, static_cast<size_t>(needed) * width);
        return 0;
    }
    if (!value) {
        if (step < 0) {
            stop = start + 1;
            start = stop + step * (count - 1) - 1;
            step = -step;
        }
        intptr_t kept = start;
        for (intptr_t i = start, n = 0; i < array->size; ++i) {
            if (n < count && i == start + n * step) {
                ++n;
                continue;
            }
            std::memmove(item_at(array, kept++), item_at(array, i), width);
        }
        return count ? resize(array, array->size - count) : 0;
    }
    if (needed != count) {
        err_format(exc::ValueError, "attempt to assign array of size %zd to extended slice of size %zd", needed, count);
        return -1;
    }
    for (intptr_t n = 0; n < count; ++n) {
        std::memcpy(item_at(array, start + n * step), item_at(as_array(source.get()), n), width);
    }
    return 0;
}

Owned array_rich_compare(Object* left, Object* right, int op) {
    if (!is_array(left) || !is_array(right)) return new_not_implemented();
    ArrayObject *a = as_array(left), *b = as_array(right);
    if (a->size != b->size && (op == kEQ || op == kNE)) return bool_from(op == kNE);
    intptr_t i = 0;
    for (; i < a->size && i < b->size; ++i) {
        Ref<Object> x = own(get(a, i)), y = own(get(b, i));
        if (!x || !y) return nullptr;
        int equal = object_rich_compare_bool(x.get(), y.get(), kEQ);
        if (equal < 0) return nullptr;
        if (equal) continue;
        if (op == kEQ || op == kNE) return bool_from(op == kNE);
        return object_rich_compare(x.get(), y.get(), op);
    }
    return bool_from(compare_sizes(a->size, b->size, op));
}

// --- buffers ---

int array_get_buffer(Object* self, BufferView* view, int flags) {
    ArrayObject* array = as_array(self);
    static char nothing[1];
    view->buf = array->data ? array->data : nothing;
    view->obj = newref(self);
    view->len = array->size * array->kind->item_size;
    view->readonly = 0;
    view->ndim = 1;
    view->itemsize = array->kind->item_size;
    view->suboffsets = nullptr;
    view->shape = (flags & kBufferNd) == kBufferNd ? &array->size : nullptr;
    view->strides = (flags & kBufferStrides) == kBufferStrides ? &view->itemsize : nullptr;
    view->format = flags & kBufferFormat ? array->kind->format : nullptr;
    view->internal = nullptr;
    ++array->exports;
    return 0;
}
void array_release_buffer(Object* self, BufferView*) { --as_array(self)->exports; }

// --- methods ---

Owned to_list(Object* self, Object*) {
    ArrayObject* array = as_array(self);
    Ref<Object> list = own(list_new(array->size));
    if (!list) return nullptr;
    for (intptr_t i = 0; i < array->size; ++i) {
        Object* item = get(array, i);
        if (!item) return nullptr;
        list_init_item(list.get(), i, item);
    }
    return list.release();
}
Owned to_bytes(Object* self, Object*) {
    return bytes_from_data(as_array(self)->data, as_array(self)->size * as_array(self)->kind->item_size);
}
Owned to_unicode(Object* self, Object*) {
    ArrayObject* array = as_array(self);
    if (array->kind->typecode != 'u') return err_set_string(exc::ValueError, "tounicode() may only be called on unicode type arrays");
    return str_from_kind_and_data(4, array->data, array->size);
}

Owned array_repr(Object* self) {
    ArrayObject* array = as_array(self);
    const char* name = type_short_name(self->type);
    int code = array->kind->typecode;
    if (array->size == 0) return str_from_format("%s('%c')", name, code);
    Ref<Object> items = own(code == 'u' ? to_unicode(self, nullptr) : to_list(self, nullptr));
    return items ? str_from_format("%s('%c', %R)", name, code, items.get()) : nullptr;
}

Owned method_append(Object* self, Object* value) {
    return insert(as_array(self), as_array(self)->size, value) < 0 ? nullptr : new_none();
}
Owned method_insert(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t where;
    if (!check_positional("insert", nargs, 2, 2) || !argument_ssize(args[0], &where)) return nullptr;
    return insert(as_array(self), where, args[1]) < 0 ? nullptr : new_none();
}
Owned method_extend(Object* self, Object* other) { return extend(as_array(self), other) < 0 ? nullptr : new_none(); }
Owned method_frombytes(Object* self, Object* buffer) {
    BufferHold bytes;
    if (!bytes.get(buffer)) return nullptr;
    return append_bytes(as_array(self), bytes.data(), bytes.size()) < 0 ? nullptr : new_none();
}
Owned method_fromlist(Object* self, Object* list) {
    if (!list_check(list)) return err_set_string(exc::TypeError, "arg must be list");
    ArrayObject* array = as_array(self);
    intptr_t count = list_size(list), old_size = array->size;
    if (count == 0) return new_none();
    if (resize(array, old_size + count) < 0) return nullptr;
    for (intptr_t i = 0; i < count; ++i) {
        if (array->kind->set(item_at(array, old_size + i), list_get_item(list, i)) < 0) {
            resize(array, old_size);
            return nullptr;
        }
        if (count != list_size(list)) {
            resize(array, old_size);
            return err_set_string(exc::RuntimeError, "list changed size during iteration");
        }
    }
    return new_none();
}
Owned method_fromunicode(Object* self, Object* text) {
    if (!str_check(text)) {
        argument_bad("fromunicode", "argument", "str", text);
        return nullptr;
    }
    if (as_array(self)->kind->typecode != 'u') {
        return err_set_string(exc::ValueError, "fromunicode() may only be called on unicode type arrays");
    }
    return append_text(as_array(self), text) < 0 ? nullptr : new_none();
}
Owned method_fromfile(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t count;
    if (!check_positional("fromfile", nargs, 2, 2) || !argument_ssize(args[1], &count)) return nullptr;
    if (count < 0) return err_set_string(exc::ValueError, "negative count");
    intptr_t wanted = count * as_array(self)->kind->item_size;
    Ref<Object> size = own(int_from_ssize(wanted));
    if (!size) return nullptr;
    Ref<Object> bytes = own(object_call_method(args[0], ID(read), {size.get()}));
    if (!bytes) return nullptr;
    if (!bytes_check(bytes.get())) return err_set_string(exc::TypeError, "read() didn't return bytes");
    if (append_bytes(as_array(self), bytes_data(bytes.get()), bytes_size(bytes.get())) < 0) return nullptr;
    if (bytes_size(bytes.get()) != wanted) return err_set_string(exc::EOFError, "read() didn't return enough bytes");
    return new_none();
}
Owned method_tofile(Object* self, Object* file) {
    Ref<Object> bytes = own(to_bytes(self, nullptr));
    if (!bytes) return nullptr;
    if (bytes_size(bytes.get()) == 0) return new_none();
    Ref<Object> done = own(object_call_method(file, ID(write), {bytes.get()}));
    return done ? new_none() : nullptr;
}

Owned method_pop(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t i = -1;
    if (!check_positional("pop", nargs, 0, 1) || (nargs && !argument_ssize(args[0], &i))) return nullptr;
    ArrayObject* array = as_array(self);
    if (array->size == 0) return err_set_string(exc::IndexError, "pop from empty array");
    if (i < 0) i += array->size;
    if (static_cast<size_t>(i) >= static_cast<size_t>(array->size)) return err_set_string(exc::IndexError, "pop index out of range");
    Ref<Object> item = own(get(array, i));
    if (!item || delete_items(array, i, i + 1) < 0) return nullptr;
    return item.release();
}

// Index of the first item equal to `value` in [start, stop); -1 absent, -2 exception.
intptr_t find(ArrayObject* array, Object* value, intptr_t start, intptr_t stop) {
    for (intptr_t i = start; i < stop && i < array->size; ++i) {
        Ref<Object> item = own(get(array, i));
        int equal = item ? object_rich_compare_bool(item.get(), value, kEQ) : -1;
        if (equal < 0) return -2;
        if (equal) return i;
    }
    return -1;
}
Owned method_index(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t start = 0, stop = PTRDIFF_MAX, size = as_array(self)->size;
    if (!check_positional("index", nargs, 1, 3)) return nullptr;
    if (nargs > 1 && !slice_index_not_none(args[1], &start)) return nullptr;
    if (nargs > 2 && !slice_index_not_none(args[2], &stop)) return nullptr;
    if (start < 0) start = std::max<intptr_t>(0, start + size);
    if (stop < 0) stop += size;
    intptr_t i = find(as_array(self), args[0], start, stop);
    if (i >= 0) return int_from_ssize(i);
    return i == -2 ? nullptr : err_set_string(exc::ValueError, "array.index(x): x not in array");
}
Owned method_remove(Object* self, Object* value) {
    intptr_t i = find(as_array(self), value, 0, PTRDIFF_MAX);
    if (i >= 0) return delete_items(as_array(self), i, i + 1) < 0 ? nullptr : new_none();
    return i == -2 ? nullptr : err_set_string(exc::ValueError, "array.remove(x): x not in array");
}
Owned method_count(Object* self, Object* value) {
    intptr_t count = 0, i = -1;
    while ((i = find(as_array(self), value, i + 1, PTRDIFF_MAX)) >= 0) ++count;
    return i == -2 ? nullptr : int_from_ssize(count);
}
Owned method_reverse(Object* self, Object*) {
    ArrayObject* array = as_array(self);
    int width = array->kind->item_size;
    for (intptr_t low = 0, high = array->size - 1; low < high; ++low, --high) {
        std::swap_ranges(item_at(array, low), item_at(array, low) + width, item_at(array, high));
    }
    return new_none();
}
Owned method_byteswap(Object* self, Object*) {
    ArrayObject* array = as_array(self);
    for (intptr_t i = 0; i < array->size; ++i) std::reverse(item_at(array, i), item_at(array, i + 1));
    return new_none();
}
Owned method_copy(Object* self, Object*) { return slice(as_array(self), 0, as_array(self)->size); }
Owned method_buffer_info(Object* self, Object*) {
    Ref<Object> address = own(int_from_pointer(as_array(self)->data)), size = own(int_from_ssize(as_array(self)->size));
    return address && size ? tuple_pack({address.get(), size.get()}) : nullptr;
}
size_t array_size_of(Object* self) {
    return static_cast<size_t>(self->type->tp_basicsize) +
           static_cast<size_t>(as_array(self)->allocated * as_array(self)->kind->item_size);
}
Owned method_sizeof(Object* self, Object*) { return int_from_size(array_size_of(self)); }

Object* reconstructor = nullptr;  // _array_reconstructor

Owned method_reduce_ex(Object* self, Object* protocol) {
    ArrayObject* array = as_array(self);
    int64_t version = int_as_int64(protocol);
    if (version == -1 && err_occurred()) return nullptr;
    Object* state = none();
    Ref<Object> dict;
    Object* found = nullptr;
    if (object_lookup_attr(self, ID(__dict__), &found) < 0) return nullptr;
    if (found) {
        dict = own(found);
        state = found;
    }
    Ref<Object> code = own(str_from_ordinal(static_cast<char32_t>(array->kind->typecode)));
    if (!code) return nullptr;
    if (version < 3) {
        Ref<Object> list = own(to_list(self, nullptr));
        if (!list) return nullptr;
        Ref<Object> arguments = own(tuple_pack({code.get(), list.get()}));
        return arguments ? tuple_pack({self->type, arguments.get(), state}) : nullptr;
    }
    Ref<Object> bytes = own(to_bytes(self, nullptr)), machine = own(int_from_int(array->kind->machine_code));
    if (!bytes || !machine) return nullptr;
    Ref<Object> arguments = own(tuple_pack({self->type, code.get(), machine.get(), bytes.get()}));
    return arguments ? tuple_pack({reconstructor, arguments.get(), state}) : nullptr;
}

Owned array_reconstructor(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("_array_reconstructor", nargs, 4, 4)) return nullptr;
    if (!type_check(args[0]) || !type_is_subtype(as_type(args[0]), &array_type)) {
        return err_format(exc::TypeError, "%R is not a subtype of array.array", args[0]);
    }
    if (!str_check(args[1]) || str_length(args[1]) != 1 || !array_kind(str_read(args[1], 0))) {
        return err_set_string(exc::ValueError, "second argument must be a valid type code");
    }
    if (!bytes_check(args[3])) {
        return err_format(exc::TypeError, "fourth argument should be bytes, not %.200s", args[3]->type->tp_name);
    }
    int machine = int_as_int(args[2]);
    if (machine == -1 && err_occurred()) return nullptr;
    const ArrayKind* kind = array_kind(str_read(args[1], 0));
    if (kind->machine_code != machine) {
        return err_set_string(exc::ValueError, "third argument must be a valid machine format code.");
    }
    Ref<Object> self = own(make(as_type(args[0]), 0, kind));
    if (!self || append_bytes(as_array(self.get()), bytes_data(args[3]), bytes_size(args[3])) < 0) return nullptr;
    return self.release();
}

Owned get_typecode(Object* self, void*) { return str_from_ordinal(static_cast<char32_t>(as_array(self)->kind->typecode)); }
Owned get_itemsize(Object* self, void*) { return int_from_int(as_array(self)->kind->item_size); }

// --- iterator ---

Owned array_iter(Object* self) {
    auto* iterator = new_object<ArrayIteratorObject>(&array_iterator_type);
    if (!iterator) return nullptr;
    iterator->array = newref(as_array(self));
    gc_track(iterator);
    return iterator;
}
Owned iterator_next(Object* self) {
    auto* iterator = static_cast<ArrayIteratorObject*>(self);
    ArrayObject* array = iterator->array;
    if (!array) return nullptr;
    if (iterator->index < array->size) return get(array, iterator->index++);
    iterator->array = nullptr;
    decref(array);
    return nullptr;
}
void iterator_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(static_cast<ArrayIteratorObject*>(self)->array);
    free_object(self);
}
int iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<ArrayIteratorObject*>(self)->array, Edge::field("array"));
    return 0;
}

const MethodDef methods[] = {
    method_def("append", method_append, kMethO, "append($self, v, /)\n--\n\nAppend new value v to the end of the array."),
    method_def("buffer_info", method_buffer_info, kMethNoargs,
               "buffer_info($self, /)\n--\n\nReturn a tuple (address, length) giving the current memory address and the length in items."),
    method_def("byteswap", method_byteswap, kMethNoargs, "byteswap($self, /)\n--\n\nByteswap all items of the array."),
    method_def("count", method_count, kMethO, "count($self, v, /)\n--\n\nReturn number of occurrences of v in the array."),
    method_def("extend", method_extend, kMethO, "extend($self, bb, /)\n--\n\nAppend items to the end of the array."),
    method_def("frombytes", method_frombytes, kMethO, "frombytes($self, buffer, /)\n--\n\nAppends items from the bytes of machine values."),
    method_def("fromfile", method_fromfile, kMethFastcall,
               "fromfile($self, f, n, /)\n--\n\nRead n objects from the file object f and append them to the end of the array."),
    method_def("fromlist", method_fromlist, kMethO, "fromlist($self, list, /)\n--\n\nAppend items to array from list."),
    method_def("fromunicode", method_fromunicode, kMethO,
               "fromunicode($self, ustr, /)\n--\n\nExtends this array with data from the unicode string ustr."),
    method_def("index", method_index, kMethFastcall,
               "index($self, v, start=0, stop=sys.maxsize, /)\n--\n\nReturn index of first occurrence of v in the array."),
    method_def("insert", method_insert, kMethFastcall, "insert($self, i, v, /)\n--\n\nInsert a new item v into the array before position i."),
    method_def("pop", method_pop, kMethFastcall,
               "pop($self, i=-1, /)\n--\n\nReturn the i-th element and delete it from the array.\n\ni defaults to -1."),
    method_def("remove", method_remove, kMethO, "remove($self, v, /)\n--\n\nRemove the first occurrence of v in the array."),
    method_def("reverse", method_reverse, kMethNoargs, "reverse($self, /)\n--\n\nReverse the order of the items in the array."),
    method_def("tobytes", to_bytes, kMethNoargs,
               "tobytes($self, /)\n--\n\nConvert the array to an array of machine values and return the bytes representation."),
    method_def("tofile", method_tofile, kMethO, "tofile($self, f, /)\n--\n\nWrite all items (as machine values) to the file object f."),
    method_def("tolist", to_list, kMethNoargs, "tolist($self, /)\n--\n\nConvert array to an ordinary list with the same items."),
    method_def("tounicode", to_unicode, kMethNoargs, "tounicode($self, /)\n--\n\nConvert the array to a unicode string."),
    method_def("__copy__", method_copy, kMethNoargs, "__copy__($self, /)\n--\n\nReturn a copy of the array."),
    method_def("__deepcopy__", method_copy, kMethO, "__deepcopy__($self, unused, /)\n--\n\nReturn a copy of the array."),
    method_def("__reduce_ex__", method_reduce_ex, kMethO,
               "__reduce_ex__($self, value, /)\n--\n\nReturn state information for pickling."),
    method_def("__sizeof__", method_sizeof, kMethNoargs, "__sizeof__($self, /)\n--\n\nSize of the array in memory, in bytes."),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"),
    {nullptr, nullptr, 0, nullptr},
};
const GetSetDef getset[] = {
    {"typecode", get_typecode, nullptr, "the typecode character used to create the array", nullptr},
    {"itemsize", get_itemsize, nullptr, "the size, in bytes, of one array item", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

Type array_type = [] {
    Type type = static_type("array.array", sizeof(ArrayObject), 0, kHaveGc | kBaseType | kSequencePattern);
    type.tp_doc = "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode.";
    type.tp_dealloc = array_dealloc;
    type.tp_repr = array_repr;
    type.tp_hash = object_hash_not_implemented;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = array_traverse;
    type.tp_richcompare = array_rich_compare;
    type.tp_weaklistoffset = offsetof(ArrayObject, weakrefs);
    type.tp_iter = array_iter;
    type.tp_methods = methods;
    type.tp_getset = getset;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = array_new;
    type.tp_free = type_generic_free;
    type.tp_sizeof = array_size_of;
    type.sq_length = array_length;
    type.sq_concat = array_concat;
    type.sq_repeat = array_repeat;
    type.sq_item = array_item;
    type.sq_ass_item = array_assign_item;
    type.sq_contains = array_contains;
    type.sq_inplace_concat = array_inplace_concat;
    type.sq_inplace_repeat = array_inplace_repeat;
    type.mp_length = array_length;
    type.mp_subscript = array_subscript;
    type.mp_ass_subscript = array_assign_subscript;
    type.bf_getbuffer = array_get_buffer;
    type.bf_releasebuffer = array_release_buffer;
    return type;
}();

Type array_iterator_type = [] {
    Type type = static_type("array.arrayiterator", sizeof(ArrayIteratorObject), 0, kHaveGc);
    type.tp_dealloc = iterator_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = iterator_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = iterator_next;
    return type;
}();

const MethodDef functions[] = {
    method_def("_array_reconstructor", array_reconstructor, kMethFastcall, "Internal. Used for pickling support."),
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Owned create_array_module() {
    Ref<Object> module = own(module_create("array", "Efficient arrays of basic values: characters, integers, floats.", functions));
    if (!module) return nullptr;
    for (Type* type : {&array_type, &array_iterator_type}) {
        if (!type->has(kReady) && type_ready(type) < 0) return nullptr;
    }
    if (module_add_object(module.get(), "array", &array_type) < 0 ||
        module_add_object(module.get(), "ArrayType", &array_type) < 0) {
        return nullptr;
    }
    std::string codes;
    for (const ArrayKind* kind = array_kinds(); kind->typecode; ++kind) codes += kind->typecode;
    if (module_add_string(module.get(), "typecodes", codes.c_str()) < 0) return nullptr;
    if (!reconstructor) {
        reconstructor = object_get_attr(module.get(), ID(_array_reconstructor));
        if (!reconstructor) return nullptr;
        register_root(&reconstructor, "array._array_reconstructor");
    }
    return module.release();
}

}  // namespace refscope::vm
