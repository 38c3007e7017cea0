// memoryview (PEP 3118): views of a managed buffer, their items, slices and casts.
//
// Each export of an object is held by one managed buffer, which all views of it share; it is given back when the last view is
// released. A view that others use (a buffer taken of it) cannot be released.
#include "vm/objects/memoryview.h"

#include <cfloat>
#include <cmath>
#include <cstring>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/bytes_methods.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/half_float.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

constexpr int kMaxDimensions = 64;

struct ManagedBuffer : Object {
    bool released;
    intptr_t exports;  // views that use it
    BufferView master;
};
struct MemoryView : VarObject {
    ManagedBuffer* buffer;
    Hash hash;
    bool released;
    bool restricted;  // made by toreadonly and the like: no further meaning
    intptr_t exports;
    BufferView view;  // obj is borrowed from the managed buffer
    Object* weakrefs;
    intptr_t arrays[1];  // shape, strides, suboffsets
};
static_assert(offsetof(MemoryView, arrays) == 144);

MemoryView* as_view(Object* object) { return static_cast<MemoryView*>(object); }

bool usable(MemoryView* self) {
    if (!self->released && !self->buffer->released) return true;
    err_set_string(exc::ValueError, "operation forbidden on released memoryview object");
    return false;
}

void managed_release(ManagedBuffer* managed) {
    if (managed->released) return;
    managed->released = true;
    if (gc_is_tracked(managed)) gc_untrack(managed);
    buffer_release(&managed->master);
}
void managed_dealloc(Object* self) {
    auto* managed = static_cast<ManagedBuffer*>(self);
    managed_release(managed);
    gc_untrack(self);
    free_object(self);
}
int managed_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<ManagedBuffer*>(self)->master.obj, Edge::field("obj"));
    return 0;
}
int managed_clear(Object* self) {
    auto* managed = static_cast<ManagedBuffer*>(self);
    if (managed->exports == 0) managed_release(managed);
    return 0;
}

// A view on the managed buffer with the shape of `source`; ndim may differ from it later.
MemoryView* view_new(ManagedBuffer* managed, const BufferView& source, int ndim) {
    auto* self = new_var_object<MemoryView>(&memoryview_type, 3 * ndim);
    if (!self) return nullptr;
    self->buffer = newref(managed);
    ++managed->exports;
    self->hash = -1;
    self->released = self->restricted = false;
    self->exports = 0;
    self->weakrefs = nullptr;
    self->view = source;
    self->view.ndim = ndim;
    self->view.internal = nullptr;
    if (!source.format) self->view.format = "B";
    intptr_t* arrays = self->arrays;
    self->view.shape = ndim ? arrays : nullptr;
    self->view.strides = ndim ? arrays + ndim : nullptr;
    self->view.suboffsets = nullptr;
    if (ndim == source.ndim && ndim > 0) {
        intptr_t stride = source.itemsize;
        for (int d = ndim - 1; d >= 0; --d) {
            arrays[d] = source.shape ? source.shape[d] : source.len / source.itemsize;
            arrays[ndim + d] = source.strides ? source.strides[d] : stride;
            stride *= arrays[d];
            if (source.suboffsets) {
                arrays[2 * ndim + d] = source.suboffsets[d];
                self->view.suboffsets = arrays + 2 * ndim;
            }
        }
    }
    gc_track(self);
    return self;
}

Owned from_managed(ManagedBuffer* stolen, const BufferView& source) {
    auto managed = own(stolen);
    if (source.ndim > kMaxDimensions) return err_set_string(exc::ValueError, "memoryview: number of dimensions must not exceed 64");
    return view_new(managed.get(), source, source.ndim);
}

ManagedBuffer* managed_new() {
    auto* managed = new_object<ManagedBuffer>(&managed_buffer_type);
    if (!managed) return nullptr;
    managed->released = false;
    managed->exports = 0;
    managed->master = BufferView{};
    gc_track(managed);
    return managed;
}

// Native size of a format character; 0: not one.
int native_size(char c) {
    switch (c) {
        case 'c': case 'b': case 'B': case '?': return 1;
        case 'h': case 'H': case 'e': return 2;
        case 'i': case 'I': case 'f': return 4;
        case 'l': case 'L': case 'q': case 'Q': case 'n': case 'N': case 'd': case 'P': return 8;
        default: return 0;
    }
}
// The one character of a native format, or 0.
char native_format(const char* format) {
    if (*format == '@') ++format;
    return native_size(*format) && !format[1] ? *format : '\0';
}

template <class T>
T load(const void* p) {
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
}

Owned unpack(const char* p, const char* format) {
    switch (native_format(format)) {
        case 'c': return bytes_from_data(p, 1);
        case 'b': return int_from_int64(load<int8_t>(p));
        case 'B': return int_from_int64(load<uint8_t>(p));
        case '?': return bool_from(*p != 0);
        case 'h': return int_from_int64(load<int16_t>(p));
        case 'H': return int_from_int64(load<uint16_t>(p));
        case 'i': return int_from_int64(load<int32_t>(p));
        case 'I': return int_from_int64(load<uint32_t>(p));
        case 'l': case 'q': case 'n': return int_from_int64(load<int64_t>(p));
        case 'L': case 'Q': case 'N': case 'P': return int_from_uint64(load<uint64_t>(p));
        case 'f': return float_new(load<float>(p));
        case 'd': return float_new(load<double>(p));
        case 'e': return float_new(half_to_double(load<uint16_t>(p)));
        default: return err_format(exc::NotImplementedError, "memoryview: format %s not supported", format);
    }
}

int invalid_value(const char* format) {
    // Only what the value's type or size caused is renamed.
    if (err_matches(exc::TypeError)) {
        err_clear();
        err_format(exc::TypeError, "memoryview: invalid type for format '%s'", format);
    } else if (err_matches(exc::OverflowError) || err_matches(exc::ValueError)) {
        err_clear();
        err_format(exc::ValueError, "memoryview: invalid value for format '%s'", format);
    }
    return -1;
}

int pack(char* p, Object* item, const char* format) {
    char c = native_format(format);
    switch (c) {
        case 'b': case 'B': case 'h': case 'H': case 'i': case 'I': case 'l': case 'q': case 'n': case 'L': case 'Q': case 'N': case 'P': {
            auto number = own(number_index(item));
            if (!number) return invalid_value(format);
            int size = native_size(c);
            bool is_signed = c == 'b' || c == 'h' || c == 'i' || c == 'l' || c == 'q' || c == 'n';
            unsigned char bytes[8];
            if (!int_to_bytes(number.get(), bytes, static_cast<size_t>(size), true, is_signed)) return invalid_value(format);
            std::memcpy(p, bytes, static_cast<size_t>(size));
            return 0;
        }
        case 'f': case 'd': case 'e': {
            double value = float_as_double(item);
            if (value == -1.0 && err_occurred()) return invalid_value(format);
            if (c == 'd') {
                std::memcpy(p, &value, 8);
            } else if (c == 'f') {
                auto single = static_cast<float>(value);
                std::memcpy(p, &single, 4);
            } else {
                uint16_t half;
                if (!half_from_double(value, &half)) return invalid_value(format);
                std::memcpy(p, &half, 2);
            }
            return 0;
        }
        case '?': {
            int truth = object_is_true(item);
            if (truth < 0) return -1;
            *p = static_cast<char>(truth);
            return 0;
        }
        case 'c':
            if (!bytes_check(item)) return err_format(exc::TypeError, "memoryview: invalid type for format '%s'", format), -1;
            if (bytes_size(item) != 1) return err_format(exc::ValueError, "memoryview: invalid value for format '%s'", format), -1;
            *p = bytes_data(item)[0];
            return 0;
        default:
            err_format(exc::NotImplementedError, "memoryview: format %s not supported", format);
            return -1;
    }
}

// The address of item `index` in a dimension; nullptr with IndexError.
char* address_in(const BufferView& view, char* p, intptr_t index, int dimension) {
    intptr_t extent = view.shape[dimension];
    if (index < 0) index += extent;
    if (index < 0 || index >= extent) {
        err_format(exc::IndexError, "index out of bounds on dimension %d", dimension + 1);
        return nullptr;
    }
    p += view.strides[dimension] * index;
    if (view.suboffsets && view.suboffsets[dimension] >= 0) p = *reinterpret_cast<char**>(p) + view.suboffsets[dimension];
    return p;
}

char* address_of_tuple(const BufferView& view, Object* key) {
    intptr_t count = tuple_size(key);
    if (count > view.ndim) {
        err_format(exc::TypeError, "cannot index %zd-dimension view with %zd-element tuple", static_cast<intptr_t>(view.ndim), count);
        return nullptr;
    }
    auto* p = static_cast<char*>(view.buf);
    for (intptr_t d = 0; d < count; ++d) {
        intptr_t index = number_as_ssize(tuple_get_item(key, d), &exc::IndexError);
        if (index == -1 && err_occurred()) return nullptr;
        if (!(p = address_in(view, p, index, static_cast<int>(d)))) return nullptr;
    }
    return p;
}

bool is_index_tuple(Object* key) {
    if (!tuple_check(key)) return false;
    for (intptr_t i = 0; i < tuple_size(key); ++i) {
        if (!index_check(tuple_get_item(key, i))) return false;
    }
    return true;
}

Owned item_at(MemoryView* self, intptr_t index) {
    const BufferView& view = self->view;
    if (view.ndim == 0) return err_set_string(exc::TypeError, "invalid indexing of 0-dim memory");
    if (view.ndim != 1) return err_set_string(exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
    char* p = address_in(view, static_cast<char*>(view.buf), index, 0);
    return p ? unpack(p, view.format) : nullptr;
}

bool slice_into(BufferView* view, Object* key) {
    intptr_t start, stop, step;
    if (slice_unpack(key, &start, &stop, &step) < 0) return false;
    intptr_t count = slice_adjust_indices(view->shape[0], &start, &stop, step);
    char* buf = static_cast<char*>(view->buf) + view->strides[0] * start;
    view->buf = buf;
    view->shape[0] = count;
    view->strides[0] *= step;
    return true;
}
void recompute_length(BufferView* view) {
    intptr_t items = 1;
    for (int d = 0; d < view->ndim; ++d) items *= view->shape[d];
    view->len = items * view->itemsize;
}

Owned subscript(Object* object, Object* key) {
    auto* self = as_view(object);
    if (!usable(self)) return nullptr;
    const BufferView& view = self->view;
    if (view.ndim == 0) {
        if (tuple_check(key) && tuple_size(key) == 0) return unpack(static_cast<char*>(view.buf), view.format);
        if (key == ellipsis()) return newref(object);
        return err_set_string(exc::TypeError, "invalid indexing of 0-dim memory");
    }
    if (index_check(key)) {
        intptr_t index = number_as_ssize(key, &exc::IndexError);
        if (index == -1 && err_occurred()) return nullptr;
        return usable(self) ? item_at(self, index) : nullptr;
    }
    if (slice_check(key)) {
        auto sliced = own(view_new(self->buffer, view, view.ndim));
        if (!sliced || !slice_into(&sliced->view, key)) return nullptr;
        recompute_length(&sliced->view);
        return sliced.release();
    }
    if (is_index_tuple(key)) {
        if (tuple_size(key) < view.ndim) return err_set_string(exc::NotImplementedError, "sub-views are not implemented");
        char* p = address_of_tuple(view, key);
        return p ? unpack(p, view.format) : nullptr;
    }
    return err_set_string(exc::TypeError, "memoryview: invalid slice key");
}

int assign_subscript(Object* object, Object* key, Object* value) {
    auto* self = as_view(object);
    if (!usable(self)) return -1;
    BufferView& view = self->view;
    if (view.readonly) return err_set_string(exc::TypeError, "cannot modify read-only memory"), -1;
    if (!value) return err_set_string(exc::TypeError, "cannot delete memory"), -1;
    if (view.ndim == 0) {
        if (key == ellipsis() || (tuple_check(key) && tuple_size(key) == 0)) return pack(static_cast<char*>(view.buf), value, view.format);
        return err_set_string(exc::TypeError, "invalid indexing of 0-dim memory"), -1;
    }
    if (index_check(key)) {
        if (view.ndim > 1) return err_set_string(exc::NotImplementedError, "sub-views are not implemented"), -1;
        intptr_t index = number_as_ssize(key, &exc::IndexError);
        if (index == -1 && err_occurred()) return -1;
        char* p = address_in(view, static_cast<char*>(view.buf), index, 0);
        return p ? pack(p, value, view.format) : -1;
    }
    if (slice_check(key) && view.ndim == 1) {
        BufferHold source;
        if (!source.get(value, kBufferFullReadonly)) return -1;
        intptr_t shape = view.shape[0], stride = view.strides[0];
        BufferView target = view;
        target.shape = &shape;
        target.strides = &stride;
        if (!slice_into(&target, key)) return -1;
        const char* source_format = source.view().format ? source.view().format : "B";
        const char* target_format = target.format;
        if (*source_format == '@') ++source_format;
        if (*target_format == '@') ++target_format;
        intptr_t source_count = source.view().ndim == 1 ? (source.view().shape ? source.view().shape[0] : source.size()) : -1;
        if (std::strcmp(source_format, target_format) != 0 || source.view().itemsize != target.itemsize || source_count != shape) {
            err_set_string(exc::ValueError, "memoryview assignment: lvalue and rvalue have different structures");
            return -1;
        }
        std::string copy(static_cast<size_t>(source.size()), '\0');
        buffer_to_contiguous(copy.data(), &source.view());
        for (intptr_t i = 0; i < shape; ++i) {
            std::memcpy(static_cast<char*>(target.buf) + i * stride, copy.data() + i * target.itemsize, static_cast<size_t>(target.itemsize));
        }
        return 0;
    }
    if (is_index_tuple(key)) {
        if (tuple_size(key) < view.ndim) return err_set_string(exc::NotImplementedError, "sub-views are not implemented"), -1;
        char* p = address_of_tuple(view, key);
        return p ? pack(p, value, view.format) : -1;
    }
    if (slice_check(key)) {
        err_set_string(exc::NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
        return -1;
    }
    return err_set_string(exc::TypeError, "memoryview: invalid slice key"), -1;
}

intptr_t length(Object* object) {
    auto* self = as_view(object);
    if (!usable(self)) return -1;
    return self->view.ndim == 0 ? 1 : self->view.shape[0];
}
Owned item(Object* object, intptr_t index) { return usable(as_view(object)) ? item_at(as_view(object), index) : nullptr; }

int release_view(MemoryView* self) {
    if (self->released) return 0;
    if (self->exports == 0) {
        self->released = true;
        if (--self->buffer->exports == 0) managed_release(self->buffer);
        return 0;
    }
    err_format(exc::BufferError, "memoryview has %zd exported buffer%s", self->exports, self->exports == 1 ? "" : "s");
    return -1;
}
void dealloc(Object* object) {
    auto* self = as_view(object);
    gc_untrack(object);
    release_view(self);
    if (self->weakrefs) object_clear_weakrefs(object);
    clear_ref(self->buffer);
    free_object(object);
}
int traverse(Object* object, Visit visit, void* context) {
    RS_VISIT(as_view(object)->buffer, Edge::field("buffer"));
    return 0;
}
int clear(Object* object) {
    auto* self = as_view(object);
    if (self->exports == 0) {
        release_view(self);
        clear_ref(self->buffer);
    }
    return 0;
}

int get_buffer(Object* object, BufferView* view, int flags) {
    auto* self = as_view(object);
    if (!usable(self)) return -1;
    *view = self->view;
    view->obj = nullptr;
    auto refuse = [](const char* message) { return err_set_string(exc::BufferError, message), -1; };
    if ((flags & kBufferWritable) && view->readonly) return refuse("memoryview: underlying buffer is not writable");
    if (!(flags & kBufferFormat)) view->format = nullptr;
    if ((flags & kBufferCContiguous) == kBufferCContiguous && !buffer_is_contiguous(&self->view, 'C')) {
        return refuse("memoryview: underlying buffer is not C-contiguous");
    }
    if ((flags & kBufferFContiguous) == kBufferFContiguous && !buffer_is_contiguous(&self->view, 'F')) {
        return refuse("memoryview: underlying buffer is not Fortran contiguous");
    }
    if ((flags & kBufferIndirect) != kBufferIndirect && view->suboffsets) return refuse("memoryview: underlying buffer requires suboffsets");
    if ((flags & kBufferStrides) != kBufferStrides) {
        if (!buffer_is_contiguous(&self->view, 'C')) return refuse("memoryview: underlying buffer is not C-contiguous");
        view->strides = nullptr;
    }
    if ((flags & kBufferNd) != kBufferNd) {
        if (view->format) return refuse("memoryview: cannot cast to unsigned bytes if the format flag is present");
        view->ndim = 1;
        view->shape = nullptr;
    }
    view->obj = newref(object);
    ++self->exports;
    return 0;
}
void release_buffer(Object* object, BufferView*) { --as_view(object)->exports; }

Owned make(Type*, Object* args, Object* kwargs) {
    static const char* const names[] = {"object", nullptr};
    static const KeywordParser parser{"memoryview", names, 1, 1, 0};
    Object* given[1];
    return unpack_keywords_tuple(parser, args, kwargs, given) ? memoryview_from_object(given[0]) : nullptr;
}

Owned repr(Object* object) {
    return str_from_format(as_view(object)->released ? "<released memory at %p>" : "<memory at %p>", static_cast<void*>(object));
}

Hash hash(Object* object) {
    auto* self = as_view(object);
    if (self->hash != -1) return self->hash;
    if (!usable(self)) return -1;
    char format = native_format(self->view.format);
    if (!self->view.readonly) return err_set_string(exc::ValueError, "cannot hash writable memoryview object"), -1;
    if (format != 'B' && format != 'b' && format != 'c') {
        return err_set_string(exc::ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'"), -1;
    }
    if (self->view.obj && object_hash(self->view.obj) == -1) return -1;
    std::string copy(static_cast<size_t>(self->view.len), '\0');
    buffer_to_contiguous(copy.data(), &self->view);
    return self->hash = hash_bytes(copy.data(), copy.size());
}

// Nested lists of items from a dimension on.
Owned to_list(const BufferView& view, const char* p, int dimension) {
    auto list = own(list_new(view.shape[dimension]));
    if (!list) return nullptr;
    for (intptr_t i = 0; i < view.shape[dimension]; ++i) {
        const char* at = p + view.strides[dimension] * i;
        if (view.suboffsets && view.suboffsets[dimension] >= 0) at = *reinterpret_cast<char* const*>(at) + view.suboffsets[dimension];
        Owned value = dimension + 1 == view.ndim ? unpack(at, view.format) : to_list(view, at, dimension + 1);
        if (!value) return nullptr;
        list_init_item(list.get(), i, value);
    }
    return list.release();
}

// 1 equal, 0 different, -1 error. Same shape is known.
int equal_items(const BufferView& a, const char* p, const BufferView& b, const char* q, int dimension) {
    if (dimension == a.ndim) {
        const char *fa = a.format ? a.format : "B", *fb = b.format ? b.format : "B";
        if (native_format(fa) && native_format(fa) == native_format(fb) && native_format(fa) != 'f' && native_format(fa) != 'd' && native_format(fa) != 'e') {
            return std::memcmp(p, q, static_cast<size_t>(a.itemsize)) == 0;
        }
        if (!native_format(fa) || !native_format(fb)) return 0;  // what cannot be unpacked is unequal
        auto x = own(unpack(p, fa)), y = own(unpack(q, fb));
        return x && y ? object_rich_compare_bool(x.get(), y.get(), kEQ) : -1;
    }
    intptr_t extent = a.shape ? a.shape[dimension] : a.len;
    for (intptr_t i = 0; i < extent; ++i) {
        const char* x = p + i * (a.strides ? a.strides[dimension] : a.itemsize);
        const char* y = q + i * (b.strides ? b.strides[dimension] : b.itemsize);
        if (a.suboffsets && a.suboffsets[dimension] >= 0) x = *reinterpret_cast<char* const*>(x) + a.suboffsets[dimension];
        if (b.suboffsets && b.suboffsets[dimension] >= 0) y = *reinterpret_cast<char* const*>(y) + b.suboffsets[dimension];
        int same = equal_items(a, x, b, y, dimension + 1);
        if (same != 1) return same;
    }
    return 1;
}

Owned rich_compare(Object* left, Object* right, int op) {
    if ((op != kEQ && op != kNE) || !memoryview_check(left)) return new_not_implemented();
    auto* self = as_view(left);
    if (self->released || self->buffer->released) return bool_from((left == right) == (op == kEQ));
    if (memoryview_check(right) && (as_view(right)->released || as_view(right)->buffer->released)) return bool_from(op == kNE);
    BufferHold other;
    if (!buffer_check(right) || !other.get(right, kBufferFullReadonly)) {
        err_clear();
        return new_not_implemented();
    }
    const BufferView &a = self->view, &b = other.view();
    int equal = a.ndim == b.ndim;
    for (int d = 0; equal && d < a.ndim; ++d) equal = a.shape[d] == (b.shape ? b.shape[d] : b.len / b.itemsize);
    if (equal) equal = equal_items(a, static_cast<char*>(a.buf), b, static_cast<char*>(b.buf), 0);
    return equal < 0 ? nullptr : bool_from(equal == (op == kEQ));
}

Owned release_method(Object* self, Object*) { return release_view(as_view(self)) < 0 ? nullptr : new_none(); }
Owned enter(Object* self, Object*) { return usable(as_view(self)) ? newref(self) : nullptr; }
Owned exit(Object* self, Object* const*, intptr_t) { return release_view(as_view(self)) < 0 ? nullptr : new_none(); }

Owned to_bytes(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"order", nullptr};
    static const KeywordParser parser{"tobytes", names, 0, 1, 0};
    Object* given[1];
    auto* self = as_view(object);
    if (!unpack_keywords(parser, args, nargs, kwnames, given) || !usable(self)) return nullptr;
    char order = 'C';
    if (given[0] && !is_none(given[0])) {
        if (!str_check(given[0])) return argument_bad("tobytes", "argument 'order'", "str or None", given[0]), nullptr;
        if (str_equal_ascii(given[0], "F")) order = 'F';
        else if (str_equal_ascii(given[0], "A")) order = buffer_is_contiguous(&self->view, 'F') && !buffer_is_contiguous(&self->view, 'C') ? 'F' : 'C';
        else if (!str_equal_ascii(given[0], "C")) return err_set_string(exc::ValueError, "order must be 'C', 'F' or 'A'");
    }
    std::string out(static_cast<size_t>(self->view.len), '\0');
    if (order == 'C' || self->view.ndim < 2) {
        buffer_to_contiguous(out.data(), &self->view);
    } else {
        // Fortran order: the first index runs fastest.
        const BufferView& view = self->view;
        intptr_t index[kMaxDimensions] = {};
        for (size_t written = 0; written < out.size(); written += static_cast<size_t>(view.itemsize)) {
            char* p = static_cast<char*>(view.buf);
            for (int d = 0; d < view.ndim; ++d) p = address_in(view, p, index[d], d);
            std::memcpy(out.data() + written, p, static_cast<size_t>(view.itemsize));
            for (int d = 0; d < view.ndim && ++index[d] == view.shape[d]; ++d) index[d] = 0;
        }
    }
    return bytes_from_view(out);
}
Owned to_list_method(Object* object, Object*) {
    auto* self = as_view(object);
    if (!usable(self)) return nullptr;
    if (self->view.ndim == 0) return unpack(static_cast<char*>(self->view.buf), self->view.format);
    return to_list(self->view, static_cast<char*>(self->view.buf), 0);
}
Owned hex(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"sep", "bytes_per_sep", nullptr};
    static const KeywordParser parser{"hex", names, 0, 2, 0};
    Object* given[2];
    int group = 1;
    auto* self = as_view(object);
    if (!unpack_keywords(parser, args, nargs, kwnames, given) || (given[1] && !argument_int(given[1], &group)) || !usable(self)) return nullptr;
    std::string copy(static_cast<size_t>(self->view.len), '\0');
    buffer_to_contiguous(copy.data(), &self->view);
    return bytes_to_hex(copy, given[0], group);
}
Owned to_readonly(Object* object, Object*) {
    auto* self = as_view(object);
    if (!usable(self)) return nullptr;
    auto* copy = view_new(self->buffer, self->view, self->view.ndim);
    if (copy) copy->view.readonly = 1;
    return copy;
}

Owned cast(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"format", "shape", nullptr};
    static const KeywordParser parser{"cast", names, 1, 2, 0};
    Object* given[2];
    auto* self = as_view(object);
    if (!unpack_keywords(parser, args, nargs, kwnames, given) || !usable(self)) return nullptr;
    if (!str_check(given[0])) return argument_bad("cast", "argument 'format'", "str", given[0]), nullptr;
    if (!buffer_is_contiguous(&self->view, 'C')) return err_set_string(exc::TypeError, "memoryview: casts are restricted to C-contiguous views");
    Object* shape = given[1];
    if (shape && !list_check(shape) && !tuple_check(shape)) return err_set_string(exc::TypeError, "shape must be a list or a tuple");
    intptr_t dimensions = shape ? object_size(shape) : 1;
    if (dimensions > kMaxDimensions) return err_set_string(exc::ValueError, "memoryview: number of dimensions must not exceed 64");
    if (self->view.ndim != 1 && (shape && dimensions != 1)) {
        return err_set_string(exc::TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
    }
    if (shape && dimensions == 0 && self->view.ndim != 1) return err_set_string(exc::TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
    std::string format = str_to_utf8(given[0]);
    char c = native_format(format.c_str());
    if (!c) {
        return err_set_string(exc::ValueError,
                              "memoryview: destination format must be a native single character format prefixed with an optional '@'");
    }
    char old = native_format(self->view.format);
    auto is_byte = [](char f) { return f == 'B' || f == 'b' || f == 'c'; };
    if (!is_byte(old) && !is_byte(c)) return err_set_string(exc::TypeError, "memoryview: cannot cast between two non-byte formats");
    int size = native_size(c);
    if (self->view.len % size) return err_set_string(exc::TypeError, "memoryview: length is not a multiple of itemsize");
    auto result = own(view_new(self->buffer, self->view, static_cast<int>(dimensions)));
    if (!result) return nullptr;
    BufferView& view = result->view;
    static constexpr const char* kFormats[] = {"c", "b", "B", "?", "h", "H", "i", "I", "l", "L", "q", "Q", "n", "N", "f", "d", "e", "P",
                                               "@c", "@b", "@B", "@?", "@h", "@H", "@i", "@I", "@l", "@L", "@q", "@Q", "@n", "@N", "@f", "@d", "@e", "@P"};
    for (const char* known : kFormats) {
        if (format == known) view.format = known;
    }
    view.itemsize = size;
    view.len = self->view.len;
    if (!shape) {
        view.shape[0] = view.len / size;
        view.strides[0] = size;
        return result.release();
    }
    intptr_t total = size;
    for (intptr_t d = 0; d < dimensions; ++d) {
        Object* extent = list_check(shape) ? list_get_item(shape, d) : tuple_get_item(shape, d);
        if (!int_check(extent)) return err_set_string(exc::TypeError, "memoryview.cast(): elements of shape must be integers");
        intptr_t value = int_as_ssize(extent);
        if (value == -1 && err_occurred()) return nullptr;
        if (value <= 0) return err_set_string(exc::ValueError, "memoryview.cast(): elements of shape must be integers > 0");
        if (value > INTPTR_MAX / total) return err_set_string(exc::ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
        total *= value;
        view.shape[d] = value;
    }
    if (total != view.len) return err_set_string(exc::TypeError, "memoryview: product(shape) * itemsize != buffer size");
    intptr_t stride = size;
    for (intptr_t d = dimensions - 1; d >= 0; --d) {
        view.strides[d] = stride;
        stride *= view.shape[d];
    }
    return result.release();
}

Owned sizes_tuple(const intptr_t* values, int count) {
    auto tuple = own(tuple_new(values ? count : 0));
    for (int i = 0; tuple && values && i < count; ++i) {
        Owned number = int_from_ssize(values[i]);
        if (!number) return nullptr;
        tuple_init_item(tuple.get(), i, number);
    }
    return tuple.release();
}
template <class Get>
Owned get_with(Object* object, Get get) {
    return usable(as_view(object)) ? get(as_view(object)->view) : nullptr;
}
#define RS_VIEW_GETTER(expression) \
    +[](Object* object, void*) -> Owned { return get_with(object, [](const BufferView& view) -> Owned { return expression; }); }

const GetSetDef getset[] = {
    {"obj", RS_VIEW_GETTER(newref(view.obj ? view.obj : none()))},
    {"nbytes", RS_VIEW_GETTER(int_from_ssize(view.len))},
    {"readonly", RS_VIEW_GETTER(bool_from(view.readonly != 0))},
    {"itemsize", RS_VIEW_GETTER(int_from_ssize(view.itemsize))},
    {"format", RS_VIEW_GETTER(str_from_string(view.format))},
    {"ndim", RS_VIEW_GETTER(int_from_int64(view.ndim))},
    {"shape", RS_VIEW_GETTER(sizes_tuple(view.shape, view.ndim))},
    {"strides", RS_VIEW_GETTER(sizes_tuple(view.strides, view.ndim))},
    {"suboffsets", RS_VIEW_GETTER(sizes_tuple(view.suboffsets, view.ndim))},
    {"c_contiguous", RS_VIEW_GETTER(bool_from(buffer_is_contiguous(&view, 'C')))},
    {"f_contiguous", RS_VIEW_GETTER(bool_from(buffer_is_contiguous(&view, 'F')))},
    {"contiguous", RS_VIEW_GETTER(bool_from(buffer_is_contiguous(&view, 'A')))},
    {nullptr, nullptr},
};
const MethodDef methods[] = {
    method_def("release", release_method, kMethNoargs, "release($self, /)\n--\n\n"),
    method_def("tobytes", to_bytes, kMethFastcall | kMethKeywords, "tobytes($self, /, order='C')\n--\n\n"),
    method_def("hex", hex, kMethFastcall | kMethKeywords),
    method_def("tolist", to_list_method, kMethNoargs, "tolist($self, /)\n--\n\n"),
    method_def("cast", cast, kMethFastcall | kMethKeywords, "cast($self, /, format, shape=<unrepresentable>)\n--\n\n"),
    method_def("toreadonly", to_readonly, kMethNoargs, "toreadonly($self, /)\n--\n\n"),
    method_def("__enter__", enter, kMethNoargs),
    method_def("__exit__", exit, kMethFastcall),
    {nullptr, nullptr, 0},
};

}  // namespace

Owned memoryview_from_object(Object* exporter) {
    if (memoryview_check(exporter)) {
        auto* self = as_view(exporter);
        return usable(self) ? view_new(self->buffer, self->view, self->view.ndim) : nullptr;
    }
    if (!buffer_check(exporter)) {
        return err_format(exc::TypeError, "memoryview: a bytes-like object is required, not '%.200s'", exporter->type->tp_name);
    }
    auto* managed = managed_new();
    if (!managed) return nullptr;
    if (buffer_get(exporter, &managed->master, kBufferFullReadonly) < 0) {
        decref(managed);
        return nullptr;
    }
    return from_managed(managed, managed->master);
}

Owned memoryview_from_memory(char* memory, intptr_t size, bool writable) {
    auto* managed = managed_new();
    if (!managed) return nullptr;
    buffer_fill_info(&managed->master, nullptr, memory, size, !writable, kBufferFull & ~(writable ? 0 : kBufferWritable));
    return from_managed(managed, managed->master);
}

Type managed_buffer_type = [] {
    Type t = static_type("managedbuffer", sizeof(ManagedBuffer), 0, kHaveGc);
    t.tp_dealloc = managed_dealloc;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = managed_traverse;
    t.tp_clear = managed_clear;
    return t;
}();

Type memoryview_type = [] {
    Type t = static_type("memoryview", offsetof(MemoryView, arrays), sizeof(intptr_t), kHaveGc | kSequencePattern);
    t.tp_dealloc = dealloc;
    t.tp_repr = repr;
    t.tp_hash = hash;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = traverse;
    t.tp_clear = clear;
    t.tp_richcompare = rich_compare;
    t.tp_weaklistoffset = offsetof(MemoryView, weakrefs);
    t.tp_iter = sequence_iterator_new;
    t.tp_methods = methods;
    t.tp_getset = getset;
    t.tp_new = make;
    t.tp_doc = "memoryview(object)\n--\n\nA view of the memory of a bytes-like object.";
    t.sq_length = length;
    t.sq_item = item;
    t.mp_length = length;
    t.mp_subscript = subscript;
    t.mp_ass_subscript = assign_subscript;
    t.bf_getbuffer = get_buffer;
    t.bf_releasebuffer = release_buffer;
    return t;
}();

int init_memoryview_types() { return type_ready(&managed_buffer_type) < 0 ? -1 : type_ready(&memoryview_type); }

}  // namespace refscope::vm
