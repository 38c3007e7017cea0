#include "vm/modules/text_stream.h"

#include <cerrno>
#include <cstddef>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/host/host.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/codecs.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

constexpr size_t kBufferSize = 8192;

struct TextStreamObject : Object {
    Object* dict;
    Object* name;
    std::string* buffer;  // to be written, or read and not yet taken
    const char* errors;
    int descriptor;
    bool writable, line_buffered, closed, at_end;
};
extern Type text_stream_type;

TextStreamObject* as_stream(Object* object) { return static_cast<TextStreamObject*>(object); }

bool check_open(TextStreamObject* self) {
    if (!self->closed) return true;
    err_set_string(exc::ValueError, "I/O operation on closed file.");
    return false;
}
bool interrupted() { return errno == EINTR && (!call_seam.check_signals || call_seam.check_signals() == 0); }

int flush(TextStreamObject* self) {
    if (!self->writable) return 0;
    size_t done = 0;
    while (done < self->buffer->size()) {
        const ssize_t written = host().write(self->descriptor, self->buffer->data() + done, self->buffer->size() - done);
        if (written >= 0) {
            done += static_cast<size_t>(written);
        } else if (!interrupted()) {
            // What could not be written is kept, as CPython's buffered writer keeps it.
            self->buffer->erase(0, done);
            if (!err_occurred()) err_set_from_errno(exc::OSError);
            return -1;
        }
    }
    self->buffer->clear();
    return 0;
}

Owned stream_write(Object* object, Object* text) {
    TextStreamObject* self = as_stream(object);
    if (!str_check(text)) {
        argument_bad("write", "argument", "str", text);
        return nullptr;
    }
    if (!check_open(self)) return nullptr;
    if (!self->writable) return err_set_string(exc::ValueError, "not writable");
    const intptr_t length = str_length(text);
    intptr_t size = 0;
    if (str_is_ascii(text)) {
        self->buffer->append(reinterpret_cast<const char*>(str_latin1(text)), static_cast<size_t>(length));
    } else {
        Ref<> encoded = own(utf8_encode(text, self->errors));
        if (!encoded) return nullptr;
        size = bytes_size(encoded.get());
        self->buffer->append(bytes_data(encoded.get()), static_cast<size_t>(size));
    }
    const bool line_end = self->line_buffered && str_find_char(text, '\n', 0, length, 1) >= 0;
    if ((line_end || self->buffer->size() > kBufferSize) && flush(self) < 0) return nullptr;
    return int_from_ssize(length);
}

Owned stream_flush(Object* object, Object*) {
    TextStreamObject* self = as_stream(object);
    if (!check_open(self)) return nullptr;
    return flush(self) < 0 ? nullptr : new_none();
}

// More input. 1: got some; 0: the end; -1: an exception is pending.
int fill(TextStreamObject* self) {
    char chunk[kBufferSize];
    for (;;) {
        const ssize_t size = host().read(self->descriptor, chunk, sizeof chunk);
        if (size > 0) {
            self->buffer->append(chunk, static_cast<size_t>(size));
            return 1;
        }
        if (size == 0) return 0;
        if (!interrupted()) {
            if (!err_occurred()) err_set_from_errno(exc::OSError);
            return -1;
        }
    }
}

// Takes `size` bytes out of the buffer as text with universal newlines.
Owned take(TextStreamObject* self, size_t size) {
    std::string bytes = self->buffer->substr(0, size);
    self->buffer->erase(0, size);
    std::string text;
    for (size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != '\r') {
            text += bytes[i];
            continue;
        }
        text += '\n';
        if (i + 1 < bytes.size() && bytes[i + 1] == '\n') ++i;
    }
    return utf8_decode(text.data(), static_cast<intptr_t>(text.size()), self->errors);
}

bool readable(TextStreamObject* self) {
    if (!check_open(self)) return false;
    if (!self->writable) return true;
    err_set_string(exc::ValueError, "not readable");
    return false;
}

Owned read_line(TextStreamObject* self) {
    size_t searched = 0;
    for (;;) {
        const size_t end = self->buffer->find_first_of("\r\n", searched);
        if (end != std::string::npos) {
            const bool carriage = (*self->buffer)[end] == '\r';
            if (!carriage) return take(self, end + 1);
            if (end + 1 < self->buffer->size()) return take(self, end + ((*self->buffer)[end + 1] == '\n' ? 2 : 1));
            searched = end;  // the next read tells whether a '\n' belongs to it
        } else {
            searched = self->buffer->size();
        }
        const int got = fill(self);
        if (got < 0) return nullptr;
        if (got == 0) return take(self, self->buffer->size());
    }
}

Owned stream_readline(Object* object, Object* const* args, intptr_t nargs) {
    if (!check_positional("readline", nargs, 0, 1)) return nullptr;
    return readable(as_stream(object)) ? read_line(as_stream(object)) : nullptr;
}

Owned stream_read(Object* object, Object* const* args, intptr_t nargs) {
    TextStreamObject* self = as_stream(object);
    if (!check_positional("read", nargs, 0, 1) || !readable(self)) return nullptr;
    intptr_t wanted = -1;
    if (nargs && !is_none(args[0]) && !argument_ssize(args[0], &wanted)) return nullptr;
    auto characters = [&] {
        intptr_t count = 0;
        for (char c : *self->buffer) count += (c & 0xc0) != 0x80;
        return count;
    };
    while (wanted < 0 || characters() < wanted) {
        const int got = fill(self);
        if (got < 0) return nullptr;
        if (got == 0) break;
    }
    size_t size = self->buffer->size();
    if (wanted >= 0) {
        size = 0;
        for (intptr_t count = 0; size < self->buffer->size(); ++size) {
            if (((*self->buffer)[size] & 0xc0) != 0x80 && count++ == wanted) break;
        }
    }
    return take(self, size);
}

Owned stream_next(Object* object) {
    if (!readable(as_stream(object))) return nullptr;
    Ref<> line = own(read_line(as_stream(object)));
    if (!line || str_length(line.get()) == 0) return nullptr;
    return line.release();
}

Owned stream_fileno(Object* self, Object*) { return int_from_int(as_stream(self)->descriptor); }
Owned stream_isatty(Object* self, Object*) { return bool_from(host().is_terminal(as_stream(self)->descriptor)); }
Owned stream_readable(Object* self, Object*) { return bool_from(!as_stream(self)->writable); }
Owned stream_writable(Object* self, Object*) { return bool_from(as_stream(self)->writable); }
Owned stream_seekable(Object*, Object*) { return bool_from(false); }
Owned stream_close(Object* object, Object*) {
    TextStreamObject* self = as_stream(object);
    if (self->closed) return new_none();
    if (flush(self) < 0) return nullptr;
    self->closed = true;  // the descriptor stays: it is the process's
    return new_none();
}
Owned stream_enter(Object* self, Object*) { return check_open(as_stream(self)) ? newref(self) : nullptr; }
Owned stream_exit(Object* self, Object*) { return stream_close(self, nullptr); }

Owned get_closed(Object* self, void*) { return bool_from(as_stream(self)->closed); }
Owned get_name(Object* self, void*) { return newref(as_stream(self)->name); }
Owned get_mode(Object* self, void*) { return str_from_string(as_stream(self)->writable ? "w" : "r"); }
Owned get_encoding(Object*, void*) { return str_from_string("utf-8"); }
Owned get_errors(Object* self, void*) { return str_from_string(as_stream(self)->errors); }
Owned get_line_buffering(Object* self, void*) { return bool_from(as_stream(self)->line_buffered); }

Owned stream_repr(Object* self) {
    return str_from_format("<_io.TextIOWrapper name=%R mode='%s' encoding='utf-8'>", as_stream(self)->name,
                           as_stream(self)->writable ? "w" : "r");
}
int stream_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_stream(self)->dict, Edge::field("__dict__", true));
    RS_VISIT(as_stream(self)->name, Edge::field("name", true));
    return 0;
}
void stream_dealloc(Object* object) {
    TextStreamObject* self = as_stream(object);
    if (!self->closed && flush(self) < 0) err_clear();
    delete self->buffer;
    xdecref(self->dict);
    xdecref(self->name);
    type_generic_free(self);
}

const MethodDef stream_methods[] = {
    method_def("write", stream_write, kMethO),       method_def("flush", stream_flush, kMethNoargs),
    method_def("read", stream_read, kMethFastcall),  method_def("readline", stream_readline, kMethFastcall),
    method_def("fileno", stream_fileno, kMethNoargs), method_def("isatty", stream_isatty, kMethNoargs),
    method_def("readable", stream_readable, kMethNoargs), method_def("writable", stream_writable, kMethNoargs),
    method_def("seekable", stream_seekable, kMethNoargs), method_def("close", stream_close, kMethNoargs),
    method_def("__enter__", stream_enter, kMethNoargs), method_def("__exit__", stream_exit, kMethVarargs),
    {nullptr, nullptr, 0}};
const GetSetDef stream_getset[] = {{"closed", get_closed},
                                   {"name", get_name},
                                   {"mode", get_mode},
                                   {"encoding", get_encoding},
                                   {"errors", get_errors},
                                   {"line_buffering", get_line_buffering},
                                   {"__dict__", object_generic_get_dict, object_generic_set_dict},
                                   {nullptr, nullptr}};

Type text_stream_type = [] {
    Type type = static_type("_io.TextIOWrapper", sizeof(TextStreamObject), 0, 0);
    type.tp_dealloc = stream_dealloc;
    type.tp_repr = stream_repr;
    type.tp_traverse = stream_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = stream_next;
    type.tp_methods = stream_methods;
    type.tp_getset = stream_getset;
    type.tp_dictoffset = offsetof(TextStreamObject, dict);
    type.tp_getattro = object_generic_get_attr;
    type.tp_setattro = object_generic_set_attr;
    return type;
}();

}  // namespace

Owned open_standard_stream(int descriptor, const char* name, const char* mode) {
    if (!text_stream_type.has(kReady) && type_ready(&text_stream_type) < 0) return nullptr;
    auto* self = new_object<TextStreamObject>(&text_stream_type);
    if (!self) return nullptr;
    self->buffer = new std::string();
    self->descriptor = descriptor;
    self->writable = mode[0] == 'w';
    self->line_buffered = descriptor == 2 || host().is_terminal(descriptor);
    self->errors = descriptor == 2 ? "backslashreplace" : "strict";
    self->name = str_from_string(name);
    if (!self->name) {
        decref(self);
        return nullptr;
    }
    return self;
}

}  // namespace refscope::vm
