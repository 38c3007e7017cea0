// OSError: errno, strerror and file names, and the subclass that belongs to an errno.
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "vm/heap/calls.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/exception_types.h"
#include "vm/objects/int.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

OsErrorObject* as_os_error(Object* object) { return static_cast<OsErrorObject*>(object); }

int os_error_init(Object* self, Object* args, Object* kwargs);
Owned os_error_new(Type* type, Object* args, Object* kwargs);

// The fields are set in __new__, since it chooses the type; a subclass that defines __init__ alone gets them in
// OSError.__init__, from the arguments that it passes on.
bool fields_set_by_init(const Type* type) { return type->tp_init != os_error_init && type->tp_new == os_error_new; }

struct Arguments {
    Object* number = nullptr;
    Object* text = nullptr;
    Object* filename = nullptr;
    Object* filename2 = nullptr;
};

Arguments parse(Object* args) {
    Arguments result;
    const intptr_t count = tuple_size(args);
    if (count < 2 || count > 5) return result;
    result.number = tuple_get_item(args, 0);
    result.text = tuple_get_item(args, 1);
    if (count > 2) result.filename = tuple_get_item(args, 2);
    if (count > 4) result.filename2 = tuple_get_item(args, 4);  // the fourth is Windows' own number
    return result;
}

Type* type_of_errno(Object* number) {
    int overflow = 0;
    const int64_t value = int_as_int64_overflow(number, &overflow);
    if (overflow) return nullptr;
    switch (value) {
        case EAGAIN:
        case EALREADY:
        case EINPROGRESS: return &exc::BlockingIOError;
        case EPIPE:
        case ESHUTDOWN: return &exc::BrokenPipeError;
        case ECHILD: return &exc::ChildProcessError;
        case ECONNABORTED: return &exc::ConnectionAbortedError;
        case ECONNREFUSED: return &exc::ConnectionRefusedError;
        case ECONNRESET: return &exc::ConnectionResetError;
        case EEXIST: return &exc::FileExistsError;
        case ENOENT: return &exc::FileNotFoundError;
        case EISDIR: return &exc::IsADirectoryError;
        case ENOTDIR: return &exc::NotADirectoryError;
        case EINTR: return &exc::InterruptedError;
        case EACCES:
        case EPERM: return &exc::PermissionError;
        case ESRCH: return &exc::ProcessLookupError;
        case ETIMEDOUT: return &exc::TimeoutError;
        default: return nullptr;
    }
}

int set_fields(OsErrorObject* self, Object* args, const Arguments& given) {
    Ref<> kept = share(args);
    if (given.filename && !is_none(given.filename)) {
        if (self->type == &exc::BlockingIOError && number_check(given.filename)) {
            // Its third argument can be the number of characters written.
            self->characters_written = number_as_ssize(given.filename, &exc::ValueError);
            if (self->characters_written == -1 && err_occurred()) return -1;
        } else {
            exception_set_field(self->filename, given.filename);
            if (given.filename2 && !is_none(given.filename2)) exception_set_field(self->filename2, given.filename2);
            kept.reset_steal(tuple_get_slice(args, 0, 2));  // file names are no part of args
            if (!kept) return -1;
        }
    }
    exception_set_field(self->error_number, given.number);
    exception_set_field(self->strerror, given.text);
    set_ref(self->args, static_cast<Object*>(kept.release()));
    return 0;
}

Owned os_error_new(Type* type, Object* args, Object* kwargs) {
    Arguments given;
    if (!fields_set_by_init(type)) {
        if (kwargs && !no_keyword_arguments(type->tp_name, kwargs)) return nullptr;
        given = parse(args);
        if (type == &exc::OSError && given.number && int_check(given.number)) {
            if (Type* specific = type_of_errno(given.number)) type = specific;
        }
    }
    Ref<> self = own(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    as_os_error(self.get())->characters_written = -1;
    if (fields_set_by_init(type)) {
        as_os_error(self.get())->args = newref(empty_tuple());
    } else if (set_fields(as_os_error(self.get()), args, given) < 0) {
        return nullptr;
    }
    return self.release();
}

int os_error_init(Object* self, Object* args, Object* kwargs) {
    if (!fields_set_by_init(self->type)) return 0;
    if (!exception_no_keywords(self, kwargs)) return -1;
    return set_fields(as_os_error(self), args, parse(args));
}

int os_error_clear(Object* object) {
    OsErrorObject* self = as_os_error(object);
    clear_ref(self->error_number);
    clear_ref(self->strerror);
    clear_ref(self->filename);
    clear_ref(self->filename2);
    return base_exception_clear(self);
}
void os_error_dealloc(Object* self) {
    gc_untrack(self);
    os_error_clear(self);
    self->type->tp_free(self);
}
int os_error_traverse(Object* object, Visit visit, void* context) {
    OsErrorObject* self = as_os_error(object);
    RS_VISIT(self->error_number, Edge::field("errno"));
    RS_VISIT(self->strerror, Edge::field("strerror"));
    RS_VISIT(self->filename, Edge::field("filename"));
    RS_VISIT(self->filename2, Edge::field("filename2"));
    return base_exception_traverse(self, visit, context);
}

Object* or_none(Object* object) { return object ? object : none(); }

Owned os_error_str(Object* object) {
    OsErrorObject* self = as_os_error(object);
    if (self->filename) {
        if (self->filename2) {
            return str_from_format("[Errno %S] %S: %R -> %R", or_none(self->error_number), or_none(self->strerror),
                                   self->filename, self->filename2);
        }
        return str_from_format("[Errno %S] %S: %R", or_none(self->error_number), or_none(self->strerror), self->filename);
    }
    if (self->error_number && self->strerror) return str_from_format("[Errno %S] %S", self->error_number, self->strerror);
    return base_exception_str(self);
}

Owned os_error_reduce(Object* object, Object*) {
    OsErrorObject* self = as_os_error(object);
    Object* args = self->args;
    if (tuple_size(args) == 2 && self->filename) {
        Object* number = tuple_get_item(args, 0);
        Object* text = tuple_get_item(args, 1);
        return exception_reduce_with(self,
                                     self->filename2 ? tuple_pack({number, text, self->filename, none(), self->filename2})
                                                     : tuple_pack({number, text, self->filename}),
                                     self->dict);
    }
    return exception_reduce_with(self, newref(args), self->dict);
}

Owned get_characters_written(Object* self, void*) {
    const intptr_t written = as_os_error(self)->characters_written;
    if (written == -1) return err_set_object(&exc::AttributeError, ID(characters_written));
    return int_from_ssize(written);
}
int set_characters_written(Object* self, Object* value, void*) {
    intptr_t& written = as_os_error(self)->characters_written;
    if (!value) {
        if (written == -1) {
            err_set_object(&exc::AttributeError, ID(characters_written));
            return -1;
        }
        written = -1;
        return 0;
    }
    const intptr_t count = number_as_ssize(value, &exc::ValueError);
    if (count == -1 && err_occurred()) return -1;
    written = count;
    return 0;
}

const MemberDef os_error_members[] = {{"errno", MemberKind::kObject, offsetof(OsErrorObject, error_number), false},
                                      {"strerror", MemberKind::kObject, offsetof(OsErrorObject, strerror), false},
                                      {"filename", MemberKind::kObject, offsetof(OsErrorObject, filename), false},
                                      {"filename2", MemberKind::kObject, offsetof(OsErrorObject, filename2), false},
                                      {nullptr, MemberKind::kNone, 0}};
const GetSetDef os_error_getset[] = {{"characters_written", get_characters_written, set_characters_written},
                                     {nullptr, nullptr}};
const MethodDef os_error_methods[] = {method_def("__reduce__", os_error_reduce, kMethNoargs), {nullptr, nullptr, 0}};

Type make(const char* name, Type* base, const char* doc) {
    Type type = exception_static_type(name, base, sizeof(OsErrorObject), doc);
    type.tp_dealloc = os_error_dealloc;
    type.tp_traverse = os_error_traverse;
    type.tp_clear = os_error_clear;
    type.tp_init = os_error_init;
    type.tp_new = os_error_new;
    if (base == &exc::Exception) {
        type.tp_str = os_error_str;
        type.tp_members = os_error_members;
        type.tp_getset = os_error_getset;
        type.tp_methods = os_error_methods;
    }
    return type;
}

}  // namespace

namespace exc {
Type OSError = make("OSError", &Exception, "The operating system reports an error.");
Type ConnectionError = make("ConnectionError", &OSError, "The base of errors of connections.");
Type BlockingIOError = make("BlockingIOError", &OSError, "The operation would block.");
Type BrokenPipeError = make("BrokenPipeError", &ConnectionError, "The other end is closed.");
Type ChildProcessError = make("ChildProcessError", &OSError, "There is no such child process.");
Type ConnectionAbortedError = make("ConnectionAbortedError", &ConnectionError, "The peer aborted the connection.");
Type ConnectionRefusedError = make("ConnectionRefusedError", &ConnectionError, "The peer refused the connection.");
Type ConnectionResetError = make("ConnectionResetError", &ConnectionError, "The peer reset the connection.");
Type FileExistsError = make("FileExistsError", &OSError, "The file exists already.");
Type FileNotFoundError = make("FileNotFoundError", &OSError, "There is no such file.");
Type IsADirectoryError = make("IsADirectoryError", &OSError, "A file was expected, not a directory.");
Type NotADirectoryError = make("NotADirectoryError", &OSError, "A directory was expected.");
Type InterruptedError = make("InterruptedError", &OSError, "A signal interrupted the call.");
Type PermissionError = make("PermissionError", &OSError, "The permission is missing.");
Type ProcessLookupError = make("ProcessLookupError", &OSError, "There is no such process.");
Type TimeoutError = make("TimeoutError", &OSError, "The time is up.");
}  // namespace exc

Owned err_set_from_errno(Type& type, Object* filename) {
    const int number = errno;
    if (number == EINTR && call_seam.check_signals && call_seam.check_signals() < 0) return nullptr;
    Ref<> code = own(int_from_int(number));
    Ref<> text = own(str_from_filesystem(number ? strerror(number) : "Error"));
    if (!code || !text) return nullptr;
    Ref<> exception = own(filename ? object_call_args(&type, {code.get(), text.get(), filename})
                                   : object_call_args(&type, {code.get(), text.get()}));
    if (!exception) return nullptr;
    return err_set_object(exception->type, exception.get());
}

}  // namespace refscope::vm
