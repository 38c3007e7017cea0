// posix: descriptors.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "vm/heap/calls.h"
#include "vm/host/host.h"
#include "vm/modules/posix_module.h"
#include "vm/modules/posix_path.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

bool interrupted() { return errno == EINTR && (!call_seam.check_signals || call_seam.check_signals() == 0); }
Owned fail() { return err_occurred() ? nullptr : err_set_from_errno(exc::OSError); }
Owned done(int status) { return status < 0 ? fail() : new_none(); }

Owned posix_open(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "flags", "mode", "dir_fd", nullptr};
    static const KeywordParser parser{"open", names, 2, 3};
    Object* out[4] = {};
    std::string path;
    int flags, mode = 0777;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "open", &path) ||
        !argument_int(out[1], &flags) || (out[2] && !argument_int(out[2], &mode))) {
        return nullptr;
    }
    int descriptor;
    do {
        descriptor = host().open(path.c_str(), flags, mode);
    } while (descriptor < 0 && interrupted());
    if (descriptor < 0) return err_occurred() ? nullptr : err_set_from_errno(exc::OSError, out[0]);
    return int_from_int(descriptor);
}
Owned posix_close(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"fd", nullptr};
    static const KeywordParser parser{"close", names, 1, 1};
    Object* out[1] = {};
    int descriptor;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !argument_int(out[0], &descriptor)) return nullptr;
    return done(host().close(descriptor));
}
Owned posix_read(Object*, Object* const* args, intptr_t nargs) {
    int descriptor;
    intptr_t size;
    if (!check_positional("read", nargs, 2, 2) || !argument_int(args[0], &descriptor) || !argument_ssize(args[1], &size)) return nullptr;
    if (size < 0) {
        errno = EINVAL;
        return fail();
    }
    std::string buffer(static_cast<size_t>(size), '\0');
    for (;;) {
        const ssize_t got = host().read(descriptor, buffer.data(), buffer.size());
        if (got >= 0) return bytes_from_data(buffer.data(), got);
        if (!interrupted()) return fail();
    }
}
Owned posix_write(Object*, Object* const* args, intptr_t nargs) {
    int descriptor;
    BufferHold view;
    if (!check_positional("write", nargs, 2, 2) || !argument_int(args[0], &descriptor) || !view.get(args[1])) return nullptr;
    for (;;) {
        const ssize_t written = host().write(descriptor, view.data(), static_cast<size_t>(view.size()));
        if (written >= 0) return int_from_ssize(written);
        if (!interrupted()) return fail();
    }
}
Owned posix_lseek(Object*, Object* const* args, intptr_t nargs) {
    int descriptor, whence;
    if (!check_positional("lseek", nargs, 3, 3) || !argument_int(args[0], &descriptor) || !argument_int(args[2], &whence)) return nullptr;
    Ref<> index = own(number_index(args[1]));
    if (!index) return nullptr;
    const int64_t offset = int_as_int64(index.get());
    if (offset == -1 && err_occurred()) return nullptr;
    const off_t position = host().seek(descriptor, offset, whence);
    return position < 0 ? fail() : int_from_int64(position);
}
Owned posix_isatty(Object*, Object* argument) {
    int descriptor;
    return argument_int(argument, &descriptor) ? bool_from(host().is_terminal(descriptor)) : nullptr;
}
Owned posix_dup(Object*, Object* argument) {
    int descriptor;
    if (!argument_int(argument, &descriptor)) return nullptr;
    const int copy = host().duplicate(descriptor, -1, false);
    return copy < 0 ? fail() : int_from_int(copy);
}
Owned posix_dup2(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"fd", "fd2", "inheritable", nullptr};
    static const KeywordParser parser{"dup2", names, 2, 3};
    Object* out[3] = {};
    int from, onto;
    bool inheritable = true;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !argument_int(out[0], &from) || !argument_int(out[1], &onto) ||
        (out[2] && !argument_bool(out[2], &inheritable))) {
        return nullptr;
    }
    if (from < 0 || onto < 0) {
        errno = EBADF;
        return fail();
    }
    const int result = host().duplicate(from, onto, inheritable);
    return result < 0 ? fail() : int_from_int(result);
}
Owned make_pipe(int flags) {
    int ends[2];
    if (host().make_pipe(ends, flags) < 0) return fail();
    Ref<> reading = own(int_from_int(ends[0])), writing = own(int_from_int(ends[1]));
    return reading && writing ? tuple_pack({reading.get(), writing.get()}) : nullptr;
}
Owned posix_pipe(Object*, Object*) { return make_pipe(O_CLOEXEC); }
Owned posix_pipe2(Object*, Object* argument) {
    int flags;
    return argument_int(argument, &flags) ? make_pipe(flags) : nullptr;
}
Owned posix_ftruncate(Object*, Object* const* args, intptr_t nargs) {
    int descriptor;
    intptr_t size;
    if (!check_positional("ftruncate", nargs, 2, 2) || !argument_int(args[0], &descriptor) || !argument_ssize(args[1], &size)) return nullptr;
    return done(host().truncate(descriptor, size));
}
Owned posix_fsync(Object*, Object* argument) {
    int descriptor;
    return argument_int(argument, &descriptor) ? done(host().synchronize(descriptor)) : nullptr;
}
Owned posix_get_inheritable(Object*, Object* argument) {
    int descriptor;
    if (!argument_int(argument, &descriptor)) return nullptr;
    const int inheritable = host().get_inheritable(descriptor);
    return inheritable < 0 ? fail() : bool_from(inheritable);
}
Owned posix_set_inheritable(Object*, Object* const* args, intptr_t nargs) {
    int descriptor, inheritable;
    if (!check_positional("set_inheritable", nargs, 2, 2) || !argument_int(args[0], &descriptor) || !argument_int(args[1], &inheritable)) return nullptr;
    return done(host().set_inheritable(descriptor, inheritable != 0));
}
Owned posix_device_encoding(Object*, Object* argument) {
    int descriptor;
    if (!argument_int(argument, &descriptor)) return nullptr;
    return host().is_terminal(descriptor) ? str_from_string("UTF-8") : new_none();
}

Type terminal_size_type = static_type("os.terminal_size", 0, 0, 0);
Owned posix_get_terminal_size(Object*, Object* const* args, intptr_t nargs) {
    int descriptor = 1, columns, lines;
    if (!check_positional("get_terminal_size", nargs, 0, 1) || (nargs && !argument_int(args[0], &descriptor))) return nullptr;
    if (host().terminal_size(descriptor, &columns, &lines) < 0) return fail();
    Owned result = struct_sequence_new(&terminal_size_type);
    if (!result) return nullptr;
    struct_sequence_set_item(result, 0, int_from_int(columns));
    struct_sequence_set_item(result, 1, int_from_int(lines));
    return result;
}

}  // namespace

int posix_add_descriptor_types(Object* module) {
    static const StructField fields[] = {{"columns", "width of the terminal window in characters"},
                                         {"lines", "height of the terminal window in characters"},
                                         {nullptr, nullptr}};
    static const StructDescription description{"os.terminal_size", "The size of a terminal.", fields, 2};
    if (!terminal_size_type.has(kReady) && struct_sequence_init_type(&terminal_size_type, description) < 0) return -1;
    return module_add_object(module, "terminal_size", &terminal_size_type);
}

const MethodDef posix_descriptor_functions[] = {
    method_def("open", posix_open, kMethFastcall | kMethKeywords),
    method_def("close", posix_close, kMethFastcall | kMethKeywords),
    method_def("read", posix_read, kMethFastcall),
    method_def("write", posix_write, kMethFastcall),
    method_def("lseek", posix_lseek, kMethFastcall),
    method_def("isatty", posix_isatty, kMethO),
    method_def("dup", posix_dup, kMethO),
    method_def("dup2", posix_dup2, kMethFastcall | kMethKeywords),
    method_def("pipe", posix_pipe, kMethNoargs),
    method_def("pipe2", posix_pipe2, kMethO),
    method_def("ftruncate", posix_ftruncate, kMethFastcall),
    method_def("fsync", posix_fsync, kMethO),
    method_def("fdatasync", posix_fsync, kMethO),
    method_def("get_inheritable", posix_get_inheritable, kMethO),
    method_def("set_inheritable", posix_set_inheritable, kMethFastcall),
    method_def("device_encoding", posix_device_encoding, kMethO),
    method_def("get_terminal_size", posix_get_terminal_size, kMethFastcall),
    {nullptr, nullptr, 0}};

}  // namespace refscope::vm
