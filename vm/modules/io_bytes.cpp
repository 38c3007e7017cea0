// BytesIO: a file in memory.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/modules/io_base.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/memoryview.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct BytesIoObject : IoObject {
    std::string* data;
    intptr_t position;
    intptr_t exports;  // buffers lent out by getbuffer()
    bool closed;
};
BytesIoObject* as_bytes_io(Object* object) { return static_cast<BytesIoObject*>(object); }

// What getbuffer() gives a memoryview of.
struct LentBufferObject : Object {
    Object* source;
};

bool check_open(Object* self) {
    if (!as_bytes_io(self)->closed) return true;
    err_set_string(exc::ValueError, "I/O operation on closed file.");
    return false;
}
bool check_not_lent(Object* self) {
    if (as_bytes_io(self)->exports == 0) return true;
    err_set_string(exc::BufferError, "Existing exports of data: object cannot be re-sized");
    return false;
}

Owned bytes_io_new(Type* type, Object*, Object*) {
    auto* self = static_cast<BytesIoObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    self->data = new std::string;
    return self;
}
int bytes_io_init(Object* object, Object* args, Object* kwargs) {
    static const char* const names[] = {"initial_bytes", nullptr};
    static const KeywordParser parser{"BytesIO", names, 0, 1};
    Object* out[1] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out) || !check_not_lent(object)) return -1;
    BytesIoObject* self = as_bytes_io(object);
    self->position = 0;
    self->closed = false;
    self->data->clear();
    if (!out[0] || is_none(out[0])) return 0;
    BufferHold view;
    if (!view.get(out[0])) return -1;
    self->data->assign(view.data(), static_cast<size_t>(view.size()));
    return 0;
}

intptr_t available(BytesIoObject* self) {
    return std::max<intptr_t>(0, static_cast<intptr_t>(self->data->size()) - self->position);
}
Owned take(BytesIoObject* self, intptr_t size) {
    Owned result = size > 0 ? bytes_from_data(self->data->data() + self->position, size) : bytes_from_data("", 0);
    self->position += size;
    return result;
}

Owned bytes_io_read(Object* object, Object* const* args, intptr_t nargs) {
    BytesIoObject* self = as_bytes_io(object);
    intptr_t size;
    if (!check_positional("read", nargs, 0, 1) || !io_size_argument(args, nargs, &size) || !check_open(self)) return nullptr;
    return take(self, size < 0 ? available(self) : std::min(size, available(self)));
}
intptr_t line_length(BytesIoObject* self, intptr_t limit) {
    const intptr_t here = available(self);
    if (here == 0) return 0;
    const size_t end = self->data->find('\n', static_cast<size_t>(self->position));
    const intptr_t length = end == std::string::npos ? here : static_cast<intptr_t>(end) + 1 - self->position;
    return limit >= 0 ? std::min(length, limit) : length;
}
Owned bytes_io_readline(Object* object, Object* const* args, intptr_t nargs) {
    BytesIoObject* self = as_bytes_io(object);
    intptr_t limit;
    if (!check_positional("readline", nargs, 0, 1) || !io_size_argument(args, nargs, &limit) || !check_open(self)) return nullptr;
    return take(self, line_length(self, limit));
}
Owned bytes_io_readlines(Object* object, Object* const* args, intptr_t nargs) {
    BytesIoObject* self = as_bytes_io(object);
    intptr_t hint;
    if (!check_positional("readlines", nargs, 0, 1) || !io_size_argument(args, nargs, &hint) || !check_open(self)) return nullptr;
    Ref<> lines = own(list_new(0));
    if (!lines) return nullptr;
    for (intptr_t total = 0; available(self) > 0;) {
        const intptr_t length = line_length(self, -1);
        Ref<> line = own(take(self, length));
        if (!line || list_append(lines.get(), line.get()) < 0) return nullptr;
        total += length;
        if (hint > 0 && total >= hint) break;
    }
    return lines.release();
}
Owned bytes_io_next(Object* object) {
    BytesIoObject* self = as_bytes_io(object);
    if (!check_open(self)) return nullptr;
    const intptr_t length = line_length(self, -1);
    return length ? take(self, length) : nullptr;
}
Owned bytes_io_readinto(Object* object, Object* target) {
    BytesIoObject* self = as_bytes_io(object);
    BufferHold view;
    if (!view.get_writable_argument(target, "readinto() argument") || !check_open(self)) return nullptr;
    const intptr_t size = std::min(view.size(), available(self));
    if (size > 0) self->data->copy(view.writable_data(), static_cast<size_t>(size), static_cast<size_t>(self->position));
    self->position += size;
    return int_from_ssize(size);
}
Owned bytes_io_write(Object* object, Object* data) {
    BytesIoObject* self = as_bytes_io(object);
    if (!check_open(self) || !check_not_lent(self)) return nullptr;
    BufferHold view;
    if (!view.get(data)) return nullptr;
    const auto size = static_cast<size_t>(view.size());
    const auto at = static_cast<size_t>(self->position);
    if (size == 0) return int_from_int(0);
    if (at + size > self->data->size()) self->data->resize(at + size);  // a gap is filled with zeros
    self->data->replace(at, size, view.data(), size);
    self->position += view.size();
    return int_from_ssize(view.size());
}
Owned bytes_io_seek(Object* object, Object* const* args, intptr_t nargs) {
    BytesIoObject* self = as_bytes_io(object);
    intptr_t target;
    int whence = 0;
    if (!check_positional("seek", nargs, 1, 2) || !argument_ssize(args[0], &target) ||
        (nargs > 1 && !argument_int(args[1], &whence)) || !check_open(self)) {
        return nullptr;
    }
    if (target < 0 && whence == SEEK_SET) return err_format(exc::ValueError, "negative seek value %zd", target);
    if (whence == SEEK_CUR) target += self->position;
    else if (whence == SEEK_END) target += static_cast<intptr_t>(self->data->size());
    else if (whence != SEEK_SET) return err_format(exc::ValueError, "invalid whence (%i, should be 0, 1 or 2)", whence);
    self->position = std::max<intptr_t>(0, target);
    return int_from_ssize(self->position);
}
Owned bytes_io_tell(Object* self, Object*) { return check_open(self) ? int_from_ssize(as_bytes_io(self)->position) : nullptr; }
Owned bytes_io_truncate(Object* object, Object* const* args, intptr_t nargs) {
    BytesIoObject* self = as_bytes_io(object);
    if (!check_positional("truncate", nargs, 0, 1) || !check_open(self) || !check_not_lent(self)) return nullptr;
    intptr_t size = self->position;
    if (nargs && !is_none(args[0]) && !argument_ssize(args[0], &size)) return nullptr;
    if (size < 0) return err_format(exc::ValueError, "negative size value %zd", size);
    if (static_cast<size_t>(size) < self->data->size()) self->data->resize(static_cast<size_t>(size));
    return int_from_ssize(size);
}
Owned bytes_io_getvalue(Object* self, Object*) { return check_open(self) ? bytes_from_view(*as_bytes_io(self)->data) : nullptr; }
Owned bytes_io_yes(Object* self, Object*) { return check_open(self) ? bool_from(true) : nullptr; }
Owned bytes_io_no(Object* self, Object*) { return check_open(self) ? bool_from(false) : nullptr; }
Owned bytes_io_flush(Object* self, Object*) { return check_open(self) ? new_none() : nullptr; }
Owned bytes_io_close(Object* self, Object*) {
    if (!check_not_lent(self)) return nullptr;
    as_bytes_io(self)->closed = true;
    as_bytes_io(self)->data->clear();
    as_bytes_io(self)->data->shrink_to_fit();
    return new_none();
}

Owned bytes_io_getstate(Object* self, Object*) {
    Ref<> value = own(bytes_io_getvalue(self, nullptr));
    if (!value) return nullptr;
    Ref<> position = own(int_from_ssize(as_bytes_io(self)->position));
    Ref<> dict = as_io(self)->dict ? own(dict_copy(as_io(self)->dict)) : share(none());
    return position && dict ? tuple_pack({value.get(), position.get(), dict.get()}) : nullptr;
}
Owned bytes_io_setstate(Object* object, Object* state) {
    if (!tuple_check(state) || tuple_size(state) < 3) {
        return err_format(exc::TypeError, "%.200s.__setstate__ argument should be 3-tuple, got %.200s", object->type->tp_name,
                          state->type->tp_name);
    }
    BytesIoObject* self = as_bytes_io(object);
    if (!check_not_lent(self)) return nullptr;
    BufferHold view;
    intptr_t position;
    if (!view.get(tuple_get_item(state, 0)) || !argument_ssize(tuple_get_item(state, 1), &position)) return nullptr;
    if (position < 0) return err_set_string(exc::ValueError, "position value cannot be negative");
    self->data->assign(view.data(), static_cast<size_t>(view.size()));
    self->position = position;
    Object* dict = tuple_get_item(state, 2);
    if (!is_none(dict)) {
        Ref<> own_dict = own(object_generic_get_dict(self, nullptr));
        if (!own_dict || dict_update(own_dict.get(), dict) < 0) return nullptr;
    }
    return new_none();
}
Owned bytes_io_sizeof(Object* self, Object*) {
    return int_from_ssize(self->type->tp_basicsize + (as_bytes_io(self)->data->empty() ? 0 : static_cast<intptr_t>(as_bytes_io(self)->data->size()) + 33));
}

// ---- getbuffer

int lent_getbuffer(Object* object, BufferView* view, int flags) {
    auto* source = as_bytes_io(static_cast<LentBufferObject*>(object)->source);
    if (buffer_fill_info(view, object, source->data->data(), static_cast<intptr_t>(source->data->size()), false, flags) < 0) return -1;
    ++source->exports;
    return 0;
}
void lent_releasebuffer(Object* object, BufferView*) {
    --as_bytes_io(static_cast<LentBufferObject*>(object)->source)->exports;
}
int lent_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<LentBufferObject*>(self)->source, Edge::field("source"));
    return 0;
}
void lent_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(static_cast<LentBufferObject*>(self)->source);
    type_generic_free(self);
}
Type lent_buffer_type = [] {
    Type type = static_type("_io._BytesIOBuffer", sizeof(LentBufferObject), 0, kHaveGc | kDisallowInstantiation);
    type.tp_dealloc = lent_dealloc;
    type.tp_traverse = lent_traverse;
    type.bf_getbuffer = lent_getbuffer;
    type.bf_releasebuffer = lent_releasebuffer;
    return type;
}();

Owned bytes_io_getbuffer(Object* self, Object*) {
    if (!check_open(self)) return nullptr;
    if (!lent_buffer_type.has(kReady) && type_ready(&lent_buffer_type) < 0) return nullptr;
    auto* lent = new_object<LentBufferObject>(&lent_buffer_type);
    if (!lent) return nullptr;
    lent->source = newref(self);
    gc_track(lent);
    Ref<> held = own<Object>(lent);
    return memoryview_from_object(lent);
}

Owned get_closed(Object* self, void*) { return bool_from(as_bytes_io(self)->closed); }

void bytes_io_dealloc(Object* object) {
    BytesIoObject* self = as_bytes_io(object);
    gc_untrack(self);
    delete self->data;
    io_dealloc_common(self);
}

const MethodDef bytes_io_methods[] = {
    method_def("readable", bytes_io_yes, kMethNoargs),       method_def("seekable", bytes_io_yes, kMethNoargs),
    method_def("writable", bytes_io_yes, kMethNoargs),       method_def("close", bytes_io_close, kMethNoargs),
    method_def("flush", bytes_io_flush, kMethNoargs),        method_def("isatty", bytes_io_no, kMethNoargs),
    method_def("tell", bytes_io_tell, kMethNoargs),          method_def("write", bytes_io_write, kMethO),
    method_def("read1", bytes_io_read, kMethFastcall),       method_def("readinto", bytes_io_readinto, kMethO),
    method_def("readline", bytes_io_readline, kMethFastcall), method_def("readlines", bytes_io_readlines, kMethFastcall),
    method_def("read", bytes_io_read, kMethFastcall),        method_def("getbuffer", bytes_io_getbuffer, kMethNoargs),
    method_def("getvalue", bytes_io_getvalue, kMethNoargs),  method_def("seek", bytes_io_seek, kMethFastcall),
    method_def("truncate", bytes_io_truncate, kMethFastcall), method_def("__getstate__", bytes_io_getstate, kMethNoargs),
    method_def("__setstate__", bytes_io_setstate, kMethO),   method_def("__sizeof__", bytes_io_sizeof, kMethNoargs),
    {nullptr, nullptr, 0}};
const GetSetDef bytes_io_getset[] = {{"closed", get_closed}, {nullptr, nullptr}};

}  // namespace

Type bytes_io_type = [] {
    Type type = io_static_type("_io.BytesIO", &buffered_io_base_type, sizeof(BytesIoObject));
    type.tp_dealloc = bytes_io_dealloc;
    type.tp_iter = object_self_iter;
    type.tp_iternext = bytes_io_next;
    type.tp_methods = bytes_io_methods;
    type.tp_getset = bytes_io_getset;
    type.tp_init = bytes_io_init;
    type.tp_new = bytes_io_new;
    return type;
}();

}  // namespace refscope::vm
