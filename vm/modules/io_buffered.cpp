// BufferedReader, BufferedWriter, BufferedRandom: one object over a raw stream, with read-ahead and unwritten data.
//
// Never both at once: reading writes out what is pending, writing gives the read-ahead back by seeking.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>

#include "vm/heap/collector_state.h"
#include "vm/host/host.h"
#include "vm/modules/io_base.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/object.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct BufferedObject : IoObject {
    Object* raw;
    std::string* ahead;    // read and not yet taken, from `ahead_at` on
    std::string* pending;  // to be written
    size_t ahead_at;
    intptr_t buffer_size;
    bool ready, detached, readable, writable, finalizing;
};
BufferedObject* as_buffered(Object* object) { return static_cast<BufferedObject*>(object); }

size_t left(const BufferedObject* self) { return self->ahead->size() - self->ahead_at; }
void drop_ahead(BufferedObject* self) {
    self->ahead->clear();
    self->ahead_at = 0;
}

bool check_ready(BufferedObject* self) {
    if (self->ready) return true;
    err_set_string(exc::ValueError,
                   self->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
    return false;
}
bool check_open(BufferedObject* self, const char* message) {
    if (!check_ready(self)) return false;
    bool closed;
    const int descriptor = file_io_descriptor(self->raw);
    if (is_type(self->raw, &file_io_type)) closed = descriptor < 0;
    else if (!io_is_closed(self->raw, &closed)) return false;
    if (!closed) return true;
    err_set_string(exc::ValueError, message);
    return false;
}

Owned buffered_tp_new(Type* type, Object*, Object*) {
    auto* self = static_cast<BufferedObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    self->ahead = new std::string;
    self->pending = new std::string;
    return self;
}

int initialize(BufferedObject* self, Object* raw, intptr_t buffer_size, bool readable, bool writable) {
    self->ready = self->detached = false;
    if (!is_type(raw, &file_io_type)) {
        const struct {
            bool needed;
            const char *method, *message;
        } needs[] = {{readable && writable, "seekable", "File or stream is not seekable."},
                     {readable, "readable", "File or stream is not readable."},
                     {writable, "writable", "File or stream is not writable."}};
        for (const auto& need : needs) {
            if (!need.needed) continue;
            const int able = io_ask(raw, need.method);
            if (able < 0) return -1;
            if (!able) {
                err_unsupported(need.message);
                return -1;
            }
        }
    }
    if (buffer_size <= 0) {
        err_set_string(exc::ValueError, "buffer size must be strictly positive");
        return -1;
    }
    set_ref(self->raw, newref(raw));
    self->buffer_size = buffer_size;
    self->readable = readable;
    self->writable = writable;
    drop_ahead(self);
    self->pending->clear();
    self->ready = true;
    return 0;
}

template <bool kReadable, bool kWritable>
int buffered_init(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"raw", "buffer_size", nullptr};
    static const KeywordParser parser{kReadable && kWritable ? "BufferedRandom" : kReadable ? "BufferedReader" : "BufferedWriter",
                                      names, 1, 2};
    Object* out[2] = {};
    intptr_t size = kDefaultBufferSize;
    if (!unpack_keywords_tuple(parser, args, kwargs, out) || (out[1] && !argument_ssize(out[1], &size))) return -1;
    return initialize(as_buffered(self), out[0], size, kReadable, kWritable);
}

// ---- Writing

// BlockingIOError(EAGAIN, …, written): the raw file took no more.
Owned would_block(intptr_t written) {
    Ref<> number = own(int_from_int(EAGAIN)), text = own(str_from_string("write could not complete without blocking")), count = own(int_from_ssize(written));
    Ref<> value = number && text && count ? own(tuple_pack({number.get(), text.get(), count.get()})) : Ref<>();
    return value ? err_set_object(&exc::BlockingIOError, value.get()) : nullptr;
}

// -1: an exception is pending; what was not written stays.
int flush_pending(BufferedObject* self) {
    size_t done = 0;
    int result = 0;
    while (done < self->pending->size()) {
        const intptr_t written = raw_write(self->raw, self->pending->data() + done, static_cast<intptr_t>(self->pending->size() - done));
        if (written < 0) {
            if (written == -2) would_block(0);
            result = -1;
            break;
        }
        done += static_cast<size_t>(written);
    }
    self->pending->erase(0, done);
    return result;
}
// The raw position is where the reader is: gives back what was read ahead.
int rewind_ahead(BufferedObject* self) {
    const size_t unread = left(self);
    drop_ahead(self);
    return unread && raw_seek(self->raw, -static_cast<int64_t>(unread), SEEK_CUR) < 0 ? -1 : 0;
}

Owned buffered_write(Object* object, Object* data) {
    BufferedObject* self = as_buffered(object);
    BufferHold view;
    if (!check_ready(self) || !view.get(data) || !check_open(self, "write to closed file")) return nullptr;
    if (!self->writable) return err_unsupported("write");
    if (self->readable && rewind_ahead(self) < 0) return nullptr;
    const auto size = static_cast<size_t>(view.size());
    if (self->pending->size() + size > static_cast<size_t>(self->buffer_size)) {
        const auto room = static_cast<size_t>(self->buffer_size);
        if (flush_pending(self) < 0) {
            if (!err_matches(exc::BlockingIOError)) return nullptr;
            // What fits is kept for later.
            err_clear();
            const size_t fits = std::min(size, room - std::min(room, self->pending->size()));
            self->pending->append(view.data(), fits);
            return fits == size ? int_from_size(size) : would_block(static_cast<intptr_t>(fits));
        }
        size_t done = 0;
        while (size - done > room) {
            const intptr_t written = raw_write(self->raw, view.data() + done, static_cast<intptr_t>(size - done));
            if (written == -2) {
                self->pending->append(view.data() + done, room);
                return would_block(static_cast<intptr_t>(done + room));
            }
            if (written < 0) return nullptr;
            done += static_cast<size_t>(written);
        }
        self->pending->append(view.data() + done, size - done);
    } else {
        self->pending->append(view.data(), size);
    }
    return int_from_ssize(view.size());
}

Owned buffered_flush(Object* object, Object*) {
    BufferedObject* self = as_buffered(object);
    if (!check_open(self, "flush of closed file")) return nullptr;
    if (!self->writable) return object_call_method(self->raw, ID(flush));
    if (flush_pending(self) < 0) return nullptr;
    if (self->readable && rewind_ahead(self) < 0) return nullptr;
    return new_none();
}

// ---- Reading

bool check_reading(BufferedObject* self, const char* closed_message) {
    if (!check_open(self, closed_message)) return false;
    if (!self->readable) {
        err_unsupported("not readable");
        return false;
    }
    return self->pending->empty() || flush_pending(self) == 0;
}

// Reads once into the read-ahead. As raw_read.
intptr_t fill(BufferedObject* self) {
    if (self->ahead_at) {
        self->ahead->erase(0, self->ahead_at);
        self->ahead_at = 0;
    }
    const size_t before = self->ahead->size();
    self->ahead->resize(before + static_cast<size_t>(self->buffer_size));
    const intptr_t got = raw_read(self->raw, self->ahead->data() + before, self->buffer_size);
    self->ahead->resize(before + static_cast<size_t>(got > 0 ? got : 0));
    return got;
}
Owned take(BufferedObject* self, size_t size) {
    Owned result = bytes_from_data(self->ahead->data() + self->ahead_at, static_cast<intptr_t>(size));
    self->ahead_at += size;
    if (self->ahead_at == self->ahead->size()) drop_ahead(self);
    return result;
}

Owned read_all(BufferedObject* self) {
    std::string all = self->ahead->substr(self->ahead_at);
    drop_ahead(self);
    Object* found = nullptr;
    if (object_lookup_attr(self->raw, ID(readall), &found) < 0) return nullptr;
    Ref<> readall = own(found);
    if (readall) {
        Ref<> rest = own(object_call_noargs(readall.get()));
        if (!rest) return nullptr;
        if (is_none(rest.get())) return all.empty() ? new_none() : bytes_from_view(all);
        if (!bytes_check(rest.get())) return err_set_string(exc::TypeError, "readall() should return bytes");
        if (all.empty()) return rest.release();
        return bytes_from_view(all + std::string(bytes_view(rest.get())));
    }
    for (;;) {
        Ref<> chunk = own(object_call_method(self->raw, ID(read)));
        if (!chunk) return nullptr;
        if (!is_none(chunk.get()) && !bytes_check(chunk.get())) {
            return err_set_string(exc::TypeError, "read() should return bytes");
        }
        if (is_none(chunk.get()) || bytes_size(chunk.get()) == 0) {
            return all.empty() && is_none(chunk.get()) ? new_none() : bytes_from_view(all);
        }
        all += bytes_view(chunk.get());
    }
}

Owned buffered_read(Object* object, Object* const* args, intptr_t nargs) {
    BufferedObject* self = as_buffered(object);
    intptr_t size;
    if (!check_positional("read", nargs, 0, 1) || !io_size_argument(args, nargs, &size)) return nullptr;
    if (size < -1) return err_set_string(exc::ValueError, "read length must be non-negative or -1");
    if (!check_reading(self, "read of closed file")) return nullptr;
    if (size == -1) return read_all(self);
    bool blocked = false;
    while (left(self) < static_cast<size_t>(size)) {
        const intptr_t got = fill(self);
        if (got == -1) return nullptr;
        if (got <= 0) {
            blocked = got == -2;
            break;
        }
    }
    if (blocked && left(self) == 0) return new_none();
    return take(self, std::min(left(self), static_cast<size_t>(size)));
}

Owned buffered_read1(Object* object, Object* const* args, intptr_t nargs) {
    BufferedObject* self = as_buffered(object);
    intptr_t size;
    if (!check_positional("read1", nargs, 0, 1) || !io_size_argument(args, nargs, &size)) return nullptr;
    if (!check_reading(self, "read of closed file")) return nullptr;
    if (size < 0) size = self->buffer_size;
    if (left(self) == 0 && size > 0 && fill(self) == -1) return nullptr;
    return take(self, std::min(left(self), static_cast<size_t>(size)));
}

Owned buffered_peek(Object* object, Object* const* args, intptr_t nargs) {
    BufferedObject* self = as_buffered(object);
    if (!check_positional("peek", nargs, 0, 1) || !check_reading(self, "peek of closed file")) return nullptr;
    if (left(self) == 0 && fill(self) == -1) return nullptr;
    return bytes_from_data(self->ahead->data() + self->ahead_at, static_cast<intptr_t>(left(self)));
}

Owned read_line(BufferedObject* self, intptr_t limit) {
    size_t searched = 0;
    for (;;) {
        const size_t end = self->ahead->find('\n', self->ahead_at + searched);
        size_t size = end == std::string::npos ? left(self) : end + 1 - self->ahead_at;
        const bool enough = limit >= 0 && size >= static_cast<size_t>(limit);
        if (enough) size = static_cast<size_t>(limit);
        if (end != std::string::npos || enough) return take(self, size);
        searched = left(self);
        const intptr_t got = fill(self);
        if (got == -1) return nullptr;
        if (got <= 0) return take(self, left(self));
    }
}
Owned buffered_readline(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t limit;
    if (!check_positional("readline", nargs, 0, 1) || !io_size_argument(args, nargs, &limit)) return nullptr;
    return check_reading(as_buffered(self), "readline of closed file") ? read_line(as_buffered(self), limit) : nullptr;
}
Owned buffered_next(Object* self) {
    Ref<> line;
    if (self->type == &buffered_reader_type || self->type == &buffered_random_type) {
        if (!check_reading(as_buffered(self), "readline of closed file")) return nullptr;
        line.reset_steal(read_line(as_buffered(self), -1));
    } else {
        line.reset_steal(object_call_method(self, ID(readline)));
        if (line && !bytes_check(line.get())) {
            return err_format(exc::OSError, "readline() should have returned a bytes object, not '%.200s'", line->type->tp_name);
        }
    }
    return line && bytes_size(line.get()) > 0 ? line.release() : nullptr;
}

Owned read_into(Object* object, Object* target, bool once) {
    BufferedObject* self = as_buffered(object);
    BufferHold view;
    if (!view.get_writable_argument(target, "readinto() argument") || !check_reading(self, "readinto of closed file")) return nullptr;
    intptr_t done = 0;
    while (done < view.size()) {
        if (left(self) == 0) {
            if (once && done > 0) break;
            const intptr_t got = fill(self);
            if (got == -1) return nullptr;
            if (got == -2 && done == 0) return new_none();
            if (got <= 0) break;
        }
        const auto size = std::min(left(self), static_cast<size_t>(view.size() - done));
        self->ahead->copy(view.writable_data() + done, size, self->ahead_at);
        self->ahead_at += size;
        done += static_cast<intptr_t>(size);
    }
    return int_from_ssize(done);
}
Owned buffered_readinto(Object* self, Object* target) { return read_into(self, target, false); }
Owned buffered_readinto1(Object* self, Object* target) { return read_into(self, target, true); }

// ---- Position

Owned buffered_seek(Object* object, Object* const* args, intptr_t nargs) {
    BufferedObject* self = as_buffered(object);
    int whence = 0;
    if (!check_positional("seek", nargs, 1, 2) || (nargs > 1 && !argument_int(args[1], &whence))) return nullptr;
    if (whence < 0 || whence > 4) return err_format(exc::ValueError, "whence value %d unsupported", whence);
    if (!check_open(self, "seek of closed file")) return nullptr;
    const int able = io_ask(self->raw, "seekable");
    if (able < 0) return nullptr;
    if (!able) return err_unsupported("File or stream is not seekable.");
    Ref<> index = own(number_index(args[0]));
    if (!index) return nullptr;
    int64_t target = int_as_int64(index.get());
    if (target == -1 && err_occurred()) return nullptr;
    if (self->writable && flush_pending(self) < 0) return nullptr;
    if (whence == SEEK_CUR) target -= static_cast<int64_t>(left(self));
    const int64_t position = raw_seek(self->raw, target, whence);
    if (position < 0) return nullptr;
    drop_ahead(self);
    return int_from_int64(position);
}
Owned buffered_tell(Object* object, Object*) {
    BufferedObject* self = as_buffered(object);
    if (!check_ready(self)) return nullptr;
    Ref<> told = own(object_call_method(self->raw, ID(tell)));
    Ref<> index = told ? own(number_index(told.get())) : Ref<>();
    if (!index) return nullptr;
    const int64_t position = int_as_int64(index.get());
    if (position == -1 && err_occurred()) return nullptr;
    return int_from_int64(position - static_cast<int64_t>(left(self)) + static_cast<int64_t>(self->pending->size()));
}
Owned buffered_truncate(Object* object, Object* const* args, intptr_t nargs) {
    BufferedObject* self = as_buffered(object);
    if (!check_positional("truncate", nargs, 0, 1) || !check_open(self, "truncate of closed file")) return nullptr;
    if (!self->writable) return err_unsupported("truncate");
    if (flush_pending(self) < 0 || (self->readable && rewind_ahead(self) < 0)) return nullptr;
    return object_call_method(self->raw, ID(truncate), {nargs ? args[0] : none()});
}

// ---- Passed on to the raw stream, and the end

Owned pass_on(Object* object, Object* name) {
    BufferedObject* self = as_buffered(object);
    return check_ready(self) ? object_call_method(self->raw, name) : nullptr;
}
Owned buffered_fileno(Object* self, Object*) { return pass_on(self, ID(fileno)); }
Owned buffered_isatty(Object* self, Object*) { return pass_on(self, ID(isatty)); }
Owned buffered_seekable(Object* self, Object*) { return pass_on(self, ID(seekable)); }
Owned buffered_readable(Object* self, Object*) { return pass_on(self, ID(readable)); }
Owned buffered_writable(Object* self, Object*) { return pass_on(self, ID(writable)); }

Owned buffered_dealloc_warn(Object* object, Object* source) {
    BufferedObject* self = as_buffered(object);
    if (self->ready && self->raw) {
        Ref<> result = own(object_call_method(self->raw, ID(_dealloc_warn), {source}));
        if (!result) err_clear();
    }
    return new_none();
}

Owned buffered_close(Object* object, Object*) {
    BufferedObject* self = as_buffered(object);
    if (!check_ready(self)) return nullptr;
    bool closed;
    if (!io_is_closed(self, &closed)) return nullptr;
    if (closed) return new_none();
    if (self->finalizing) {
        Ref<> warned = own(buffered_dealloc_warn(self, self));
    }
    Ref<> flushed = own(object_call_method(self, ID(flush)));
    Ref<> failure = own(err_fetch());
    Ref<> result = own(object_call_method(self->raw, ID(close)));
    self->pending->clear();
    drop_ahead(self);
    if (failure) {
        err_chain(failure.release());
        return nullptr;
    }
    return result.release();
}
Owned buffered_detach(Object* object, Object*) {
    BufferedObject* self = as_buffered(object);
    if (!check_ready(self)) return nullptr;
    Ref<> flushed = own(object_call_method(self, ID(flush)));
    if (!flushed) return nullptr;
    Object* raw = self->raw;
    self->raw = nullptr;
    self->detached = true;
    self->ready = false;
    return raw;
}
Owned buffered_sizeof(Object* self, Object*) {
    return int_from_ssize(self->type->tp_basicsize + as_buffered(self)->buffer_size);
}

Owned buffered_repr(Object* self) {
    Object* found = nullptr;
    if (object_lookup_attr(self, ID(name), &found) < 0) {
        if (!err_matches(exc::ValueError)) return nullptr;
        err_clear();
    }
    Ref<> name = own(found);
    if (!name) return str_from_format("<%s>", self->type->tp_name);
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return err_format(exc::RuntimeError, "reentrant call inside %s.__repr__", self->type->tp_name);
    return str_from_format("<%s name=%R>", self->type->tp_name, name.get());
}
Owned buffered_pickle(Object* self, Object*) {
    return err_format(exc::TypeError, "cannot pickle '%.100s' instances", self->type->tp_name);
}

template <int kWhich>
Owned raw_attribute(Object* object, void*) {
    BufferedObject* self = as_buffered(object);
    if (!check_ready(self)) return nullptr;
    return object_get_attr(self->raw, kWhich == 0 ? ID(closed) : kWhich == 1 ? ID(name) : ID(mode));
}
Owned get_raw(Object* self, void*) {
    Object* raw = as_buffered(self)->raw;
    return newref(raw ? raw : none());
}

int buffered_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_buffered(self)->raw, Edge::field("raw"));
    return io_traverse_common(self, visit, context);
}
int buffered_clear(Object* self) {
    as_buffered(self)->ready = false;
    clear_ref(as_buffered(self)->raw);
    return io_clear_common(self);
}
void buffered_dealloc(Object* object) {
    BufferedObject* self = as_buffered(object);
    self->finalizing = true;
    if (io_dealloc_begin(self)) return;
    self->ready = false;
    clear_ref(self->raw);
    delete self->ahead;
    delete self->pending;
    io_dealloc_common(self);
}

#define RS_COMMON_METHODS                                                                                       \
    method_def("flush", buffered_flush, kMethNoargs), method_def("close", buffered_close, kMethNoargs),         \
        method_def("detach", buffered_detach, kMethNoargs), method_def("seekable", buffered_seekable, kMethNoargs), \
        method_def("fileno", buffered_fileno, kMethNoargs), method_def("isatty", buffered_isatty, kMethNoargs), \
        method_def("_dealloc_warn", buffered_dealloc_warn, kMethO), method_def("seek", buffered_seek, kMethFastcall), \
        method_def("tell", buffered_tell, kMethNoargs), method_def("truncate", buffered_truncate, kMethFastcall), \
        method_def("__sizeof__", buffered_sizeof, kMethNoargs), method_def("__getstate__", buffered_pickle, kMethNoargs)
#define RS_READ_METHODS                                                                                        \
    method_def("read", buffered_read, kMethFastcall), method_def("read1", buffered_read1, kMethFastcall),      \
        method_def("peek", buffered_peek, kMethFastcall), method_def("readinto", buffered_readinto, kMethO),   \
        method_def("readinto1", buffered_readinto1, kMethO), method_def("readline", buffered_readline, kMethFastcall), \
        method_def("readable", buffered_readable, kMethNoargs)
#define RS_WRITE_METHODS \
    method_def("write", buffered_write, kMethO), method_def("writable", buffered_writable, kMethNoargs)

const MethodDef reader_methods[] = {RS_COMMON_METHODS, RS_READ_METHODS, {nullptr, nullptr, 0}};
const MethodDef writer_methods[] = {RS_COMMON_METHODS, RS_WRITE_METHODS, {nullptr, nullptr, 0}};
const MethodDef random_methods[] = {RS_COMMON_METHODS, RS_READ_METHODS, RS_WRITE_METHODS, {nullptr, nullptr, 0}};
const GetSetDef buffered_getset[] = {{"closed", raw_attribute<0>},
                                     {"name", raw_attribute<1>},
                                     {"mode", raw_attribute<2>},
                                     {"raw", get_raw},
                                     {nullptr, nullptr}};
const MemberDef buffered_members[] = {{"_finalizing", MemberKind::kBool, offsetof(BufferedObject, finalizing), false},
                                      {nullptr, MemberKind::kNone, 0}};

Type make(const char* name, const MethodDef* methods, InitFn init, bool reads) {
    Type type = io_static_type(name, &buffered_io_base_type, sizeof(BufferedObject));
    type.tp_dealloc = buffered_dealloc;
    type.tp_traverse = buffered_traverse;
    type.tp_clear = buffered_clear;
    type.tp_repr = buffered_repr;
    if (reads) type.tp_iternext = buffered_next;
    type.tp_methods = methods;
    type.tp_members = buffered_members;
    type.tp_getset = buffered_getset;
    type.tp_init = init;
    type.tp_new = buffered_tp_new;
    return type;
}

// ---- BufferedRWPair: two streams, as of a pipe each way

struct RwPairObject : IoObject {
    Object* reader;
    Object* writer;
};
RwPairObject* as_pair(Object* object) { return static_cast<RwPairObject*>(object); }

int pair_init(Object* self, Object* args, Object* kwargs) {
    if (kwargs && !no_keyword_arguments("BufferedRWPair", kwargs)) return -1;
    const intptr_t given = tuple_size(args);
    intptr_t size = kDefaultBufferSize;
    if (!check_positional("BufferedRWPair", given, 2, 3) || (given > 2 && !argument_ssize(tuple_get_item(args, 2), &size))) return -1;
    Ref<> reader = own(buffered_new(&buffered_reader_type, tuple_get_item(args, 0), size));
    if (!reader) return -1;
    Ref<> writer = own(buffered_new(&buffered_writer_type, tuple_get_item(args, 1), size));
    if (!writer) return -1;
    set_ref(as_pair(self)->reader, static_cast<Object*>(reader.release()));
    set_ref(as_pair(self)->writer, static_cast<Object*>(writer.release()));
    return 0;
}
Owned pair_call(Object* stream, const char* name, Object* const* args, intptr_t nargs) {
    if (!stream) return err_set_string(exc::ValueError, "I/O operation on uninitialized object");
    Ref<> method = own(object_get_attr_string(stream, name));
    return method ? object_vectorcall(method.get(), args, static_cast<size_t>(nargs), nullptr) : nullptr;
}
#define RS_PAIR(function, stream, name)                                        \
    Owned function(Object* self, Object* const* args, intptr_t nargs) {        \
        return pair_call(as_pair(self)->stream, name, args, nargs);            \
    }
RS_PAIR(pair_read, reader, "read")
RS_PAIR(pair_read1, reader, "read1")
RS_PAIR(pair_peek, reader, "peek")
RS_PAIR(pair_readinto, reader, "readinto")
RS_PAIR(pair_readinto1, reader, "readinto1")
RS_PAIR(pair_readable, reader, "readable")
RS_PAIR(pair_write, writer, "write")
RS_PAIR(pair_flush, writer, "flush")
RS_PAIR(pair_writable, writer, "writable")
#undef RS_PAIR
Owned pair_close(Object* self, Object*) {
    Ref<> first = own(pair_call(as_pair(self)->writer, "close", nullptr, 0));
    Ref<> failure = own(err_fetch());
    Ref<> second = own(pair_call(as_pair(self)->reader, "close", nullptr, 0));
    if (!failure) return second.release();
    err_chain(failure.release());
    return nullptr;
}
Owned pair_isatty(Object* self, Object*) {
    Ref<> result = own(pair_call(as_pair(self)->writer, "isatty", nullptr, 0));
    if (!result || result.get() != py_false()) return result.release();
    return pair_call(as_pair(self)->reader, "isatty", nullptr, 0);
}
Owned pair_closed(Object* self, void*) {
    if (!as_pair(self)->writer) return err_set_string(exc::RuntimeError, "the BufferedRWPair object is being garbage-collected");
    return object_get_attr(as_pair(self)->writer, ID(closed));
}
int pair_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_pair(self)->reader, Edge::field("reader"));
    RS_VISIT(as_pair(self)->writer, Edge::field("writer"));
    return io_traverse_common(self, visit, context);
}
int pair_clear(Object* self) {
    clear_ref(as_pair(self)->reader);
    clear_ref(as_pair(self)->writer);
    return io_clear_common(self);
}
void pair_dealloc(Object* self) {
    if (io_dealloc_begin(self)) return;
    clear_ref(as_pair(self)->reader);
    clear_ref(as_pair(self)->writer);
    io_dealloc_common(self);
}
const MethodDef pair_methods[] = {
    method_def("read", pair_read, kMethFastcall),         method_def("read1", pair_read1, kMethFastcall),
    method_def("peek", pair_peek, kMethFastcall),         method_def("readinto", pair_readinto, kMethFastcall),
    method_def("readinto1", pair_readinto1, kMethFastcall), method_def("readable", pair_readable, kMethFastcall),
    method_def("write", pair_write, kMethFastcall),       method_def("flush", pair_flush, kMethFastcall),
    method_def("writable", pair_writable, kMethFastcall), method_def("close", pair_close, kMethNoargs),
    method_def("isatty", pair_isatty, kMethNoargs),       {nullptr, nullptr, 0}};
const GetSetDef pair_getset[] = {{"closed", pair_closed}, {nullptr, nullptr}};

}  // namespace

Type buffered_reader_type = make("_io.BufferedReader", reader_methods, buffered_init<true, false>, true);
Type buffered_writer_type = make("_io.BufferedWriter", writer_methods, buffered_init<false, true>, false);
Type buffered_random_type = make("_io.BufferedRandom", random_methods, buffered_init<true, true>, true);
Type buffered_rw_pair_type = [] {
    Type type = io_static_type("_io.BufferedRWPair", &buffered_io_base_type, sizeof(RwPairObject));
    type.tp_dealloc = pair_dealloc;
    type.tp_traverse = pair_traverse;
    type.tp_clear = pair_clear;
    type.tp_methods = pair_methods;
    type.tp_getset = pair_getset;
    type.tp_init = pair_init;
    type.tp_new = type_generic_new;
    return type;
}();

Owned buffered_new(Type* type, Object* raw, intptr_t buffer_size) {
    Ref<> self = own(buffered_tp_new(type, nullptr, nullptr));
    const bool reads = type != &buffered_writer_type, writes = type != &buffered_reader_type;
    if (!self || initialize(as_buffered(self.get()), raw, buffer_size, reads, writes) < 0) return nullptr;
    return self.release();
}

}  // namespace refscope::vm
