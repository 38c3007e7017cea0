// FileIO: a descriptor as a Python object, without buffer.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/host/host.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/modules/io_base.h"
#include "vm/modules/posix_path.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/error_seam.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/object.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct FileIoObject : IoObject {
    int descriptor;  // -1: closed
    int seekable;    // -1: not known
    bool created, readable, writable, appending, close_descriptor, finalizing;
    int block_size;
};
FileIoObject* as_file(Object* object) { return static_cast<FileIoObject*>(object); }

bool check_open(FileIoObject* self) {
    if (self->descriptor >= 0) return true;
    err_set_string(exc::ValueError, "I/O operation on closed file");
    return false;
}

Owned file_new(Type* type, Object*, Object*) {
    auto* self = static_cast<FileIoObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    self->descriptor = -1;
    self->seekable = -1;
    self->close_descriptor = true;
    return self;
}

// The flags of open(2); -1: the mode is wrong.
int parse_mode(FileIoObject* self, const char* mode) {
    bool chosen = false, plus = false;
    int flags = 0;
    auto invalid = [] {
        err_set_string(exc::ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
        return -1;
    };
    for (const char* c = mode; *c; ++c) {
        switch (*c) {
            case 'x':
            case 'r':
            case 'w':
            case 'a':
                if (chosen) return invalid();
                chosen = true;
                self->created = *c == 'x';
                self->readable = *c == 'r';
                self->writable = *c != 'r';
                self->appending = *c == 'a';
                if (*c == 'x') flags |= O_EXCL | O_CREAT;
                if (*c == 'w') flags |= O_CREAT | O_TRUNC;
                if (*c == 'a') flags |= O_APPEND | O_CREAT;
                break;
            case 'b': break;
            case '+':
                if (plus) return invalid();
                plus = true;
                break;
            default: err_format(exc::ValueError, "invalid mode: %.200s", mode); return -1;
        }
    }
    if (!chosen) return invalid();
    if (plus) self->readable = self->writable = true;
    return flags | (self->readable && self->writable ? O_RDWR : self->readable ? O_RDONLY : O_WRONLY);
}

int close_own(FileIoObject* self) {
    const int descriptor = self->descriptor;
    self->descriptor = -1;
    if (descriptor < 0 || host().close(descriptor) == 0) return 0;
    err_set_from_errno(exc::OSError);
    return -1;
}

int open_file(FileIoObject* self, Object* name, const char* mode, bool close_descriptor, Object* opener) {
    if (self->descriptor >= 0) {
        if (self->close_descriptor) {
            if (close_own(self) < 0) return -1;
        } else {
            self->descriptor = -1;
        }
    }
    int given = -1;
    std::string path;
    if (int_check(name)) {
        given = int_as_int(name);
        if (given == -1 && err_occurred()) return -1;
        if (given < 0) {
            err_set_string(exc::ValueError, "negative file descriptor");
            return -1;
        }
    } else if (is_instance_of(name, &float_type)) {
        err_set_string(exc::TypeError, "integer argument expected, got float");
        return -1;
    } else if (!path_argument(name, nullptr, &path)) {
        return -1;
    }
    const int flags = parse_mode(self, mode);
    if (flags < 0) return -1;
    self->close_descriptor = close_descriptor;
    if (given >= 0) {
        self->descriptor = given;
    } else {
        if (!close_descriptor) {
            err_set_string(exc::ValueError, "Cannot use closefd=False with file name");
            return -1;
        }
        if (!opener) {
            do {
                self->descriptor = host().open(path.c_str(), flags, 0666);
            } while (self->descriptor < 0 && errno == EINTR && io_retry_after_interrupt());
            if (self->descriptor < 0) {
                if (!err_occurred()) err_set_from_errno(exc::OSError, name);
                return -1;
            }
        } else {
            Ref<> flag_number = own(int_from_int(flags | O_CLOEXEC));
            Ref<> result = own(object_call_args(opener, {name, flag_number.get()}));
            if (!result) return -1;
            if (!int_check(result.get())) {
                err_set_string(exc::TypeError, "expected integer from opener");
                return -1;
            }
            const int descriptor = int_as_int(result.get());
            if (descriptor < 0) {
                if (!err_occurred()) err_format(exc::ValueError, "opener returned %d", descriptor);
                return -1;
            }
            self->descriptor = descriptor;
            host().set_inheritable(descriptor, false);
        }
    }
    self->block_size = kDefaultBufferSize;
    struct stat status;
    if (host().status_of_descriptor(self->descriptor, &status) < 0) {
        if (errno == EBADF) {
            err_set_from_errno(exc::OSError, given < 0 ? name : nullptr);
            self->descriptor = -1;
            return -1;
        }
    } else if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        err_set_from_errno(exc::OSError, name);
        if (given < 0) host().close(self->descriptor);
        self->descriptor = -1;
        return -1;
    } else if (status.st_blksize > 1) {
        self->block_size = static_cast<int>(status.st_blksize);
    }
    if (object_set_attr(self, ID(name), name) < 0) return -1;
    // Positions in an appended file are counted from its end.
    if (self->appending && host().seek(self->descriptor, 0, SEEK_END) < 0 && given < 0) {
        err_set_from_errno(exc::OSError);
        return -1;
    }
    return 0;
}

int file_init(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"file", "mode", "closefd", "opener", nullptr};
    static const KeywordParser parser{"FileIO", names, 1, 4};
    Object* out[4] = {};
    const char* mode = "r";
    bool close_descriptor = true;
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return -1;
    if (out[1] && !argument_text("FileIO", 2, out[1], &mode)) return -1;
    if (out[2] && !argument_bool(out[2], &close_descriptor)) return -1;
    return open_file(as_file(self), out[0], mode, close_descriptor, out[3] && !is_none(out[3]) ? out[3] : nullptr);
}

bool check_readable(FileIoObject* self) {
    if (!check_open(self)) return false;
    if (self->readable) return true;
    err_unsupported("File not open for reading");
    return false;
}

Owned read_some(FileIoObject* self, intptr_t size) {
    Ref<> result = own(bytes_from_size(size));
    if (!result) return nullptr;
    if (size == 0) return result.release();
    char single;
    char* target = size == 1 ? &single : bytes_data(result.get());  // one-byte objects are shared
    const intptr_t got = raw_read(self, target, size);
    if (got == -2) return new_none();
    if (got < 0) return nullptr;
    if (got == size && size > 1) return result.release();
    return bytes_from_data(target, got);
}

Owned file_readall(Object* object, Object*) {
    FileIoObject* self = as_file(object);
    if (!check_readable(self)) return nullptr;
    std::string all;
    struct stat status;
    const off_t position = host().seek(self->descriptor, 0, SEEK_CUR);
    if (position >= 0 && host().status_of_descriptor(self->descriptor, &status) == 0 && status.st_size > position) {
        all.reserve(static_cast<size_t>(status.st_size - position) + 1);
    }
    char chunk[65536];
    for (;;) {
        const intptr_t got = raw_read(self, chunk, sizeof chunk);
        if (got == -2) return all.empty() ? new_none() : bytes_from_view(all);
        if (got < 0) return nullptr;
        if (got == 0) return bytes_from_view(all);
        all.append(chunk, static_cast<size_t>(got));
    }
}
Owned file_read(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t size;
    if (!check_readable(as_file(self)) || !check_positional("read", nargs, 0, 1) || !io_size_argument(args, nargs, &size)) {
        return nullptr;
    }
    return size < 0 ? file_readall(self, nullptr) : read_some(as_file(self), size);
}
Owned file_readinto(Object* self, Object* target) {
    if (!check_readable(as_file(self))) return nullptr;
    BufferHold view;
    if (!view.get_writable_argument(target, "readinto() argument")) return nullptr;
    const intptr_t got = raw_read(self, view.writable_data(), view.size());
    if (got == -2) return new_none();
    return got < 0 ? nullptr : int_from_ssize(got);
}
Owned file_write(Object* object, Object* data) {
    FileIoObject* self = as_file(object);
    if (!check_open(self)) return nullptr;
    if (!self->writable) return err_unsupported("File not open for writing");
    BufferHold view;
    if (!view.get(data)) return nullptr;
    const intptr_t written = raw_write(self, view.data(), view.size());
    if (written == -2) return new_none();
    return written < 0 ? nullptr : int_from_ssize(written);
}

Owned seek_to(FileIoObject* self, off_t offset, int whence) {
    const off_t position = host().seek(self->descriptor, offset, whence);
    if (self->seekable < 0) self->seekable = position >= 0;
    return position < 0 ? err_set_from_errno(exc::OSError) : int_from_int64(position);
}
Owned file_seek(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("seek", nargs, 1, 2)) return nullptr;
    int whence = 0;
    if (nargs > 1 && !argument_int(args[1], &whence)) return nullptr;
    if (!check_open(as_file(self))) return nullptr;
    Ref<> index = own(number_index(args[0]));
    if (!index) return nullptr;
    const int64_t offset = int_as_int64(index.get());
    if (offset == -1 && err_occurred()) return nullptr;
    return seek_to(as_file(self), offset, whence);
}
Owned file_tell(Object* self, Object*) { return check_open(as_file(self)) ? seek_to(as_file(self), 0, SEEK_CUR) : nullptr; }
Owned file_truncate(Object* object, Object* const* args, intptr_t nargs) {
    FileIoObject* self = as_file(object);
    if (!check_positional("truncate", nargs, 0, 1) || !check_open(self)) return nullptr;
    if (!self->writable) return err_unsupported("File not open for writing");
    Ref<> size = nargs == 0 || is_none(args[0]) ? own(file_tell(self, nullptr)) : own(number_index(args[0]));
    if (!size) return nullptr;
    const int64_t value = int_as_int64(size.get());
    if (value == -1 && err_occurred()) return nullptr;
    if (host().truncate(self->descriptor, value) < 0) return err_set_from_errno(exc::OSError);
    return size.release();
}

Owned file_dealloc_warn(Object* object, Object* source) {
    FileIoObject* self = as_file(object);
    if (self->descriptor < 0 || !self->close_descriptor || !error_seam.warn) return new_none();
    Ref<> pending = own(err_fetch());
    Ref<> message = own(str_from_format("unclosed file %R", source));
    if (!message || error_seam.warn(exc::ResourceWarning, message.get(), 1, source) < 0) {
        // Only a warning that was made an error is worth telling.
        if (err_matches(exc::Warning)) err_write_unraisable(object);
        else err_clear();
    }
    if (pending) err_restore(pending.release());
    return new_none();
}
Owned file_close(Object* object, Object*) {
    FileIoObject* self = as_file(object);
    if (!self->close_descriptor) {
        self->descriptor = -1;
        return io_close_base(self);
    }
    if (self->finalizing) {
        Ref<> warned = own(file_dealloc_warn(self, self));
    }
    Ref<> result = own(io_close_base(self));
    Ref<> failure = own(err_fetch());
    const int status = close_own(self);
    if (failure) err_chain(failure.release());
    return status < 0 ? nullptr : result.release();
}

Owned file_fileno(Object* self, Object*) { return check_open(as_file(self)) ? int_from_int(as_file(self)->descriptor) : nullptr; }
Owned file_isatty(Object* self, Object*) {
    return check_open(as_file(self)) ? bool_from(host().is_terminal(as_file(self)->descriptor)) : nullptr;
}
Owned file_readable(Object* self, Object*) { return check_open(as_file(self)) ? bool_from(as_file(self)->readable) : nullptr; }
Owned file_writable(Object* self, Object*) { return check_open(as_file(self)) ? bool_from(as_file(self)->writable) : nullptr; }
Owned file_seekable(Object* object, Object*) {
    FileIoObject* self = as_file(object);
    if (!check_open(self)) return nullptr;
    if (self->seekable < 0) self->seekable = host().seek(self->descriptor, 0, SEEK_CUR) >= 0;
    return bool_from(self->seekable);
}

const char* mode_text(const FileIoObject* self) {
    if (self->created) return self->readable ? "xb+" : "xb";
    if (self->appending) return self->readable ? "ab+" : "ab";
    if (self->readable) return self->writable ? "rb+" : "rb";
    return "wb";
}
Owned file_repr(Object* object) {
    FileIoObject* self = as_file(object);
    if (self->descriptor < 0) return str_from_string("<_io.FileIO [closed]>");
    Object* found = nullptr;
    if (object_lookup_attr(self, ID(name), &found) < 0) return nullptr;
    Ref<> name = own(found);
    const char* closes = self->close_descriptor ? "True" : "False";
    if (!name) {
        return str_from_format("<_io.FileIO fd=%d mode='%s' closefd=%s>", self->descriptor, mode_text(self), closes);
    }
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return err_format(exc::RuntimeError, "reentrant call inside %s.__repr__", self->type->tp_name);
    return str_from_format("<_io.FileIO name=%R mode='%s' closefd=%s>", name.get(), mode_text(self), closes);
}

void file_dealloc(Object* self) {
    as_file(self)->finalizing = true;
    if (!io_dealloc_begin(self)) io_dealloc_common(self);
}

Owned get_closed(Object* self, void*) { return bool_from(as_file(self)->descriptor < 0); }
Owned get_closefd(Object* self, void*) { return bool_from(as_file(self)->close_descriptor); }
Owned get_mode(Object* self, void*) { return str_from_string(mode_text(as_file(self))); }

const MethodDef file_methods[] = {
    method_def("read", file_read, kMethFastcall),         method_def("readall", file_readall, kMethNoargs),
    method_def("readinto", file_readinto, kMethO),        method_def("write", file_write, kMethO),
    method_def("seek", file_seek, kMethFastcall),         method_def("tell", file_tell, kMethNoargs),
    method_def("truncate", file_truncate, kMethFastcall), method_def("close", file_close, kMethNoargs),
    method_def("seekable", file_seekable, kMethNoargs),   method_def("readable", file_readable, kMethNoargs),
    method_def("writable", file_writable, kMethNoargs),   method_def("fileno", file_fileno, kMethNoargs),
    method_def("isatty", file_isatty, kMethNoargs),       method_def("_dealloc_warn", file_dealloc_warn, kMethO),
    {nullptr, nullptr, 0}};
const GetSetDef file_getset[] = {{"closed", get_closed}, {"closefd", get_closefd}, {"mode", get_mode}, {nullptr, nullptr}};
const MemberDef file_members[] = {{"_blksize", MemberKind::kInt, offsetof(FileIoObject, block_size), false},
                                  {"_finalizing", MemberKind::kBool, offsetof(FileIoObject, finalizing), false},
                                  {nullptr, MemberKind::kNone, 0}};

}  // namespace

Type file_io_type = [] {
    Type type = io_static_type("_io.FileIO", &raw_io_base_type, sizeof(FileIoObject));
    type.tp_dealloc = file_dealloc;
    type.tp_repr = file_repr;
    type.tp_methods = file_methods;
    type.tp_getset = file_getset;
    type.tp_members = file_members;
    type.tp_getattro = object_generic_get_attr;
    type.tp_init = file_init;
    type.tp_new = file_new;
    return type;
}();

int file_io_descriptor(Object* raw) { return is_type(raw, &file_io_type) ? as_file(raw)->descriptor : -1; }

Owned file_io_new(Object* file, const char* mode, bool close_descriptor, Object* opener) {
    Ref<> self = own(file_new(&file_io_type, nullptr, nullptr));
    if (!self || open_file(as_file(self.get()), file, mode, close_descriptor, opener) < 0) return nullptr;
    return self.release();
}

}  // namespace refscope::vm
