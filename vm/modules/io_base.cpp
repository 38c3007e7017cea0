// _IOBase and the three bases below it.
#include "vm/modules/io_base.h"

#include <cerrno>
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/heap/collector_state.h"
#include "vm/host/host.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/memoryview.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

Object* unsupported_operation = nullptr;

// ---- Shared by all types of the module

void io_dealloc_common(Object* self) {
    if (as_io(self)->weakrefs) object_clear_weakrefs(self);
    clear_ref(as_io(self)->dict);
    self->type->tp_free(self);
}

bool io_dealloc_begin(Object* self) {
    // A Python subclass has finalized already.
    if (!gc_is_finalized(self) && object_call_finalizer_from_dealloc(self)) return true;
    gc_untrack(self);
    return false;
}

int io_traverse_common(Object* self, Visit visit, void* context) {
    RS_VISIT(as_io(self)->dict, Edge::field("__dict__"));
    return 0;
}
int io_clear_common(Object* self) {
    clear_ref(as_io(self)->dict);
    return 0;
}

Owned err_unsupported(const char* message) {
    Ref<> text = own(str_from_string(message));
    return text ? err_set_object(as_type(unsupported_operation), text.get()) : nullptr;
}

bool io_is_closed(Object* self, bool* closed) {
    Object* found = nullptr;
    const int present = object_lookup_attr(self, ID(closed), &found);
    if (present < 0) return false;
    Ref<> value = own(found);
    const int truth = present ? object_is_true(value.get()) : 0;
    *closed = truth > 0;
    return truth >= 0;
}

bool io_check_closed(Object* self) {
    bool closed;
    if (!io_is_closed(self, &closed)) return false;
    if (!closed) return true;
    err_set_string(exc::ValueError, "I/O operation on closed file.");
    return false;
}

int io_ask(Object* self, const char* method) {
    Ref<> answer = own(object_call_method_string(self, method));
    return answer ? object_is_true(answer.get()) : -1;
}

bool io_size_argument(Object* const* args, intptr_t nargs, intptr_t* result) {
    *result = -1;
    return nargs == 0 || argument_optional_ssize(args[0], result);
}

bool io_retry_after_interrupt() { return !call_seam.check_signals || call_seam.check_signals() == 0; }

// ---- The raw layer

intptr_t raw_read(Object* raw, char* buffer, intptr_t size) {
    const int descriptor = file_io_descriptor(raw);
    if (descriptor >= 0) {
        for (;;) {
            const ssize_t got = host().read(descriptor, buffer, static_cast<size_t>(size));
            if (got >= 0) return got;
            if (errno == EAGAIN) return -2;
            if (errno != EINTR) {
                err_set_from_errno(exc::OSError);
                return -1;
            }
            if (!io_retry_after_interrupt()) return -1;
        }
    }
    Ref<> target = own(bytearray_from_data(nullptr, size));
    if (!target) return -1;
    Ref<> view = own(memoryview_from_object(target.get()));
    if (!view) return -1;
    Ref<> result = own(object_call_method(raw, ID(readinto), {view.get()}));
    if (!result) return -1;
    if (is_none(result.get())) return -2;
    const intptr_t got = number_as_ssize(result.get(), &exc::ValueError);
    if (got == -1 && err_occurred()) return -1;
    if (got < 0 || got > size) {
        err_format(exc::OSError, "raw readinto() returned invalid length %zd (should have been between 0 and %zd)", got, size);
        return -1;
    }
    std::char_traits<char>::copy(buffer, bytearray_data(target.get()), static_cast<size_t>(got));
    return got;
}

intptr_t raw_write(Object* raw, const char* data, intptr_t size) {
    const int descriptor = file_io_descriptor(raw);
    if (descriptor >= 0) {
        for (;;) {
            const ssize_t written = host().write(descriptor, data, static_cast<size_t>(size));
            if (written >= 0) return written;
            if (errno == EAGAIN) return -2;
            if (errno != EINTR) {
                err_set_from_errno(exc::OSError);
                return -1;
            }
            if (!io_retry_after_interrupt()) return -1;
        }
    }
    Ref<> bytes = own(bytes_from_data(data, size));
    if (!bytes) return -1;
    Ref<> result = own(object_call_method(raw, ID(write), {bytes.get()}));
    if (!result) return -1;
    if (is_none(result.get())) return -2;
    const intptr_t written = number_as_ssize(result.get(), &exc::ValueError);
    if (written == -1 && err_occurred()) return -1;
    if (written < 0 || written > size) {
        err_format(exc::OSError, "raw write() returned invalid length %zd (should have been between 0 and %zd)", written, size);
        return -1;
    }
    return written;
}

int64_t raw_seek(Object* raw, int64_t offset, int whence) {
    Ref<> position = own(int_from_int64(offset));
    Ref<> origin = own(int_from_int(whence));
    if (!position || !origin) return -1;
    Ref<> result = own(object_call_method(raw, ID(seek), {position.get(), origin.get()}));
    if (!result) return -1;
    Ref<> index = own(number_index(result.get()));
    if (!index) return -1;
    const int64_t now = int_as_int64(index.get());
    if (now == -1 && err_occurred()) return -1;
    if (now < 0) {
        err_format(exc::OSError, "Raw stream returned invalid position %zd", static_cast<intptr_t>(now));
        return -1;
    }
    return now;
}

// ---- _IOBase

namespace {

int marked_closed(Object* self) {
    Object* found = nullptr;
    const int present = object_lookup_attr(self, ID(__IOBase_closed), &found);
    xdecref(found);
    return present;
}
bool check_not_marked(Object* self) {
    const int closed = marked_closed(self);
    if (closed == 0) return true;
    if (closed > 0) err_set_string(exc::ValueError, "I/O operation on closed file.");
    return false;
}

Owned io_seek(Object*, Object*) { return err_unsupported("seek"); }
Owned io_truncate(Object*, Object*) { return err_unsupported("truncate"); }
Owned io_fileno(Object*, Object*) { return err_unsupported("fileno"); }
Owned io_tell(Object* self, Object*) {
    Ref<> zero = own(int_from_int(0)), one = own(int_from_int(1));
    return object_call_method(self, ID(seek), {zero.get(), one.get()});
}
Owned io_flush(Object* self, Object*) { return check_not_marked(self) ? new_none() : nullptr; }
Owned io_close(Object* self, Object*) { return io_close_base(self); }
Owned io_no(Object*, Object*) { return bool_from(false); }
Owned io_isatty(Object* self, Object*) { return check_not_marked(self) ? bool_from(false) : nullptr; }
Owned io_check_closed_method(Object* self, Object*) { return io_check_closed(self) ? new_none() : nullptr; }

Owned check_ability(Object* self, const char* method, const char* message) {
    const int able = io_ask(self, method);
    if (able < 0) return nullptr;
    return able ? bool_from(true) : err_unsupported(message);
}
Owned io_check_seekable(Object* self, Object*) { return check_ability(self, "seekable", "File or stream is not seekable."); }
Owned io_check_readable(Object* self, Object*) { return check_ability(self, "readable", "File or stream is not readable."); }
Owned io_check_writable(Object* self, Object*) { return check_ability(self, "writable", "File or stream is not writable."); }

Owned io_enter(Object* self, Object*) { return io_check_closed(self) ? newref(self) : nullptr; }
Owned io_exit(Object* self, Object*) { return object_call_method(self, ID(close)); }

// A line by way of peek, when the layer has one, and read.
Owned io_readline(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t limit;
    if (!check_positional("readline", nargs, 0, 1) || !io_size_argument(args, nargs, &limit)) return nullptr;
    Object* found = nullptr;
    if (object_lookup_attr(self, ID(peek), &found) < 0) return nullptr;
    Ref<> peek = own(found);
    std::string line;
    while (limit < 0 || static_cast<intptr_t>(line.size()) < limit) {
        intptr_t wanted = 1;
        if (peek) {
            Ref<> one = own(int_from_int(1));
            Ref<> ahead = own(object_call_onearg(peek.get(), one.get()));
            if (!ahead) return nullptr;
            if (!bytes_check(ahead.get())) {
                return err_format(exc::OSError, "peek() should have returned a bytes object, not '%.200s'", ahead->type->tp_name);
            }
            const std::string_view view = bytes_view(ahead.get());
            if (!view.empty()) {
                const size_t end = view.find('\n');
                wanted = static_cast<intptr_t>(end == std::string_view::npos ? view.size() : end + 1);
                if (limit >= 0 && wanted > limit - static_cast<intptr_t>(line.size())) {
                    wanted = limit - static_cast<intptr_t>(line.size());
                }
            }
        }
        Ref<> size = own(int_from_ssize(wanted));
        Ref<> piece = own(object_call_method(self, ID(read), {size.get()}));
        if (!piece) return nullptr;
        if (!bytes_check(piece.get())) {
            return err_format(exc::OSError, "read() should have returned a bytes object, not '%.200s'", piece->type->tp_name);
        }
        if (bytes_size(piece.get()) == 0) break;
        line += bytes_view(piece.get());
        if (line.back() == '\n') break;
    }
    return bytes_from_view(line);
}

Owned io_iter(Object* self) { return io_check_closed(self) ? newref(self) : nullptr; }
Owned io_next(Object* self) {
    Ref<> line = own(object_call_method(self, ID(readline)));
    if (!line) return nullptr;
    const intptr_t size = object_size(line.get());
    return size <= 0 ? nullptr : line.release();
}

Owned io_readlines(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t hint;
    if (!check_positional("readlines", nargs, 0, 1) || !io_size_argument(args, nargs, &hint)) return nullptr;
    Ref<> lines = own(list_new(0));
    if (!lines) return nullptr;
    if (hint <= 0) return list_extend(lines.get(), self) < 0 ? nullptr : lines.release();
    Ref<> iterator = own(object_get_iter(self));
    if (!iterator) return nullptr;
    for (intptr_t length = 0;;) {
        Ref<> line = own(iter_next(iterator.get()));
        if (!line) return err_occurred() ? nullptr : lines.release();
        if (list_append(lines.get(), line.get()) < 0) return nullptr;
        const intptr_t size = object_size(line.get());
        if (size < 0) return nullptr;
        if (size > hint - length) return lines.release();
        length += size;
    }
}

Owned io_writelines(Object* self, Object* lines) {
    if (!io_check_closed(self)) return nullptr;
    Ref<> iterator = own(object_get_iter(lines));
    if (!iterator) return nullptr;
    while (Ref<> line = own(iter_next(iterator.get()))) {
        Ref<> result = own(object_call_method(self, ID(write), {line.get()}));
        if (!result) return nullptr;
    }
    return err_occurred() ? nullptr : new_none();
}

Owned get_closed(Object* self, void*) {
    const int closed = marked_closed(self);
    return closed < 0 ? nullptr : bool_from(closed > 0);
}

void io_finalize(Object* self) {
    Ref<> pending = own(err_fetch());
    bool closed = true;
    if (!io_is_closed(self, &closed)) {
        err_clear();
    } else if (!closed) {
        if (object_set_attr(self, ID(_finalizing), py_true()) < 0) err_clear();
        Ref<> result = own(object_call_method(self, ID(close)));
        if (!result) err_clear();  // a destructor has nobody to tell
    }
    if (pending) err_restore(pending.release());
}

void io_dealloc(Object* self) {
    if (!io_dealloc_begin(self)) io_dealloc_common(self);
}

const MethodDef io_methods[] = {
    method_def("seek", io_seek, kMethVarargs),
    method_def("tell", io_tell, kMethNoargs),
    method_def("truncate", io_truncate, kMethVarargs),
    method_def("flush", io_flush, kMethNoargs),
    method_def("close", io_close, kMethNoargs),
    method_def("seekable", io_no, kMethNoargs),
    method_def("readable", io_no, kMethNoargs),
    method_def("writable", io_no, kMethNoargs),
    method_def("_checkClosed", io_check_closed_method, kMethNoargs),
    method_def("_checkSeekable", io_check_seekable, kMethNoargs),
    method_def("_checkReadable", io_check_readable, kMethNoargs),
    method_def("_checkWritable", io_check_writable, kMethNoargs),
    method_def("fileno", io_fileno, kMethNoargs),
    method_def("isatty", io_isatty, kMethNoargs),
    method_def("__enter__", io_enter, kMethNoargs),
    method_def("__exit__", io_exit, kMethVarargs),
    method_def("readline", io_readline, kMethFastcall),
    method_def("readlines", io_readlines, kMethFastcall),
    method_def("writelines", io_writelines, kMethO),
    {nullptr, nullptr, 0}};
const GetSetDef io_getset[] = {{"__dict__", object_generic_get_dict, nullptr}, {"closed", get_closed}, {nullptr, nullptr}};

// ---- _RawIOBase

Owned raw_readall(Object* self, Object*) {
    std::string all;
    Ref<> size = own(int_from_ssize(kDefaultBufferSize));
    for (;;) {
        Ref<> chunk = own(object_call_method(self, ID(read), {size.get()}));
        if (!chunk) return nullptr;
        if (is_none(chunk.get())) return all.empty() ? new_none() : bytes_from_view(all);
        if (!bytes_check(chunk.get())) return err_set_string(exc::TypeError, "read() should return bytes");
        if (bytes_size(chunk.get()) == 0) return bytes_from_view(all);
        all += bytes_view(chunk.get());
    }
}
Owned raw_read_method(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t size;
    if (!check_positional("read", nargs, 0, 1) || !io_size_argument(args, nargs, &size)) return nullptr;
    if (size < 0) return object_call_method(self, ID(readall));
    Ref<> buffer = own(bytearray_from_data(nullptr, size));
    if (!buffer) return nullptr;
    Ref<> result = own(object_call_method(self, ID(readinto), {buffer.get()}));
    if (!result || is_none(result.get())) return result.release();
    const intptr_t got = number_as_ssize(result.get(), &exc::ValueError);
    if (got == -1 && err_occurred()) return nullptr;
    return bytes_from_data(bytearray_data(buffer.get()), got);
}
const MethodDef raw_methods[] = {method_def("read", raw_read_method, kMethFastcall),
                                 method_def("readall", raw_readall, kMethNoargs),
                                 {nullptr, nullptr, 0}};

// ---- _BufferedIOBase

Owned unsupported_read(Object*, Object*) { return err_unsupported("read"); }
Owned unsupported_read1(Object*, Object*) { return err_unsupported("read1"); }
Owned unsupported_write(Object*, Object*) { return err_unsupported("write"); }
Owned unsupported_detach(Object*, Object*) { return err_unsupported("detach"); }
Owned read_into(Object* self, Object* target, Object* method) {
    BufferHold view;
    if (!view.get(target, kBufferWritable)) return nullptr;
    Ref<> size = own(int_from_ssize(view.size()));
    Ref<> data = own(object_call_method(self, method, {size.get()}));
    if (!data) return nullptr;
    if (!bytes_check(data.get())) return err_set_string(exc::TypeError, "read() should return bytes");
    const intptr_t got = bytes_size(data.get());
    if (got > view.size()) {
        return err_format(exc::ValueError, "read() returned too much data: %zd bytes requested, %zd returned", view.size(), got);
    }
    std::char_traits<char>::copy(view.writable_data(), bytes_data(data.get()), static_cast<size_t>(got));
    return int_from_ssize(got);
}
Owned buffered_readinto(Object* self, Object* target) { return read_into(self, target, ID(read)); }
Owned buffered_readinto1(Object* self, Object* target) { return read_into(self, target, ID(read1)); }
const MethodDef buffered_base_methods[] = {method_def("detach", unsupported_detach, kMethNoargs),
                                           method_def("read", unsupported_read, kMethVarargs),
                                           method_def("read1", unsupported_read1, kMethVarargs),
                                           method_def("readinto", buffered_readinto, kMethO),
                                           method_def("readinto1", buffered_readinto1, kMethO),
                                           method_def("write", unsupported_write, kMethVarargs),
                                           {nullptr, nullptr, 0}};

// ---- _TextIOBase

Owned unsupported_readline(Object*, Object*) { return err_unsupported("readline"); }
Owned get_none(Object*, void*) { return new_none(); }
const MethodDef text_base_methods[] = {method_def("detach", unsupported_detach, kMethNoargs),
                                       method_def("read", unsupported_read, kMethVarargs),
                                       method_def("readline", unsupported_readline, kMethVarargs),
                                       method_def("write", unsupported_write, kMethVarargs),
                                       {nullptr, nullptr, 0}};
const GetSetDef text_base_getset[] = {{"encoding", get_none}, {"newlines", get_none}, {"errors", get_none}, {nullptr, nullptr}};

Type make_io_base() {
    Type type = static_type("_io._IOBase", sizeof(IoObject), 0, kHaveGc | kBaseType);
    type.tp_dealloc = io_dealloc;
    type.tp_traverse = io_traverse_common;
    type.tp_clear = io_clear_common;
    type.tp_weaklistoffset = offsetof(IoObject, weakrefs);
    type.tp_dictoffset = offsetof(IoObject, dict);
    type.tp_iter = io_iter;
    type.tp_iternext = io_next;
    type.tp_methods = io_methods;
    type.tp_getset = io_getset;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = type_generic_new;
    type.tp_free = type_generic_free;
    type.tp_finalize = io_finalize;
    return type;
}
Type make_derived(const char* name, const MethodDef* methods, const GetSetDef* getset) {
    Type type = io_static_type(name, &io_base_type, sizeof(IoObject));
    type.tp_methods = methods;
    type.tp_getset = getset;
    return type;
}

}  // namespace

Type io_static_type(const char* name, Type* base, intptr_t basicsize) {
    Type type = static_type(name, basicsize, 0, kHaveGc | kBaseType);
    type.tp_base = base;
    type.tp_dealloc = io_dealloc;
    type.tp_traverse = io_traverse_common;
    type.tp_clear = io_clear_common;
    type.tp_weaklistoffset = offsetof(IoObject, weakrefs);
    type.tp_dictoffset = offsetof(IoObject, dict);
    type.tp_finalize = io_finalize;
    return type;
}

Type io_base_type = make_io_base();
Type raw_io_base_type = make_derived("_io._RawIOBase", raw_methods, nullptr);
Type buffered_io_base_type = make_derived("_io._BufferedIOBase", buffered_base_methods, nullptr);
Type text_io_base_type = make_derived("_io._TextIOBase", text_base_methods, text_base_getset);

Owned io_close_base(Object* self) {
    const int closed = marked_closed(self);
    if (closed < 0) return nullptr;
    if (closed) return new_none();
    Ref<> result = own(object_call_method(self, ID(flush)));
    Ref<> failure = own(err_fetch());
    const int marked = object_set_attr(self, ID(__IOBase_closed), py_true());
    if (failure) err_chain(failure.release());
    return marked < 0 || !result ? nullptr : new_none();
}

}  // namespace refscope::vm
