// The module fcntl: control of descriptors, and locks on files.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "vm/heap/calls.h"
#include "vm/modules/wait_arguments.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/buffer.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

constexpr intptr_t kMostBytes = 1024;

Owned fail() { return err_occurred() ? nullptr : err_set_from_errno(exc::OSError); }
bool interrupted() { return errno == EINTR && (!call_seam.check_signals || call_seam.check_signals() == 0); }

// Runs a call again when a signal came; false: an exception is pending.
template <class F>
bool call(int* result, F attempt) {
    do {
        *result = attempt();
    } while (*result < 0 && interrupted());
    if (*result >= 0) return true;
    fail();
    return false;
}
bool number_argument(Object* argument, unsigned long* result) {
    Ref<> index = own(number_index(argument));
    if (!index) return false;
    *result = int_as_uint64_mask(index.get());
    return !err_occurred();
}

// fcntl(): the third argument is a number, or bytes that are copied, changed and given back.
Owned fcntl_fcntl(Object*, Object* const* args, intptr_t nargs) {
    int command, result;
    if (!check_positional("fcntl", nargs, 2, 3)) return nullptr;
    const int descriptor = descriptor_argument(args[0]);
    if (descriptor < 0 || !argument_int(args[1], &command)) return nullptr;
    if (nargs > 2 && !int_check(args[2])) {
        BufferHold view;
        std::string text;
        char buffer[kMostBytes + 8];
        if (str_check(args[2])) {
            text = str_to_utf8(args[2]);
        } else {
            if (!view.get(args[2])) return nullptr;
            text.assign(view.data(), static_cast<size_t>(view.size()));
        }
        if (static_cast<intptr_t>(text.size()) > kMostBytes) return err_set_string(exc::ValueError, "fcntl string arg too long");
        memcpy(buffer, text.data(), text.size());
        return call(&result, [&] { return ::fcntl(descriptor, command, buffer); }) ? bytes_from_data(buffer, static_cast<intptr_t>(text.size()))
                                                                                 : nullptr;
    }
    unsigned long number = 0;
    if (nargs > 2 && !number_argument(args[2], &number)) return nullptr;
    return call(&result, [&] { return ::fcntl(descriptor, command, static_cast<int>(number)); }) ? int_from_int(result) : nullptr;
}

Owned fcntl_ioctl(Object*, Object* const* args, intptr_t nargs) {
    int result;
    unsigned long request, number = 0;
    bool mutate = true;
    if (!check_positional("ioctl", nargs, 2, 4)) return nullptr;
    const int descriptor = descriptor_argument(args[0]);
    if (descriptor < 0 || !number_argument(args[1], &request) || (nargs > 3 && !argument_bool(args[3], &mutate))) return nullptr;
    if (nargs < 3 || int_check(args[2])) {
        if (nargs > 2 && !number_argument(args[2], &number)) return nullptr;
        return call(&result, [&] { return ::ioctl(descriptor, request, number); }) ? int_from_int(result) : nullptr;
    }
    BufferHold view;
    std::vector<char> buffer;
    const bool writable = !str_check(args[2]) && view.get(args[2], kBufferWritable);
    if (writable && mutate) {
        return call(&result, [&] { return ::ioctl(descriptor, request, view.writable_data()); }) ? int_from_int(result) : nullptr;
    }
    err_clear();
    if (str_check(args[2])) {
        const std::string text = str_to_utf8(args[2]);
        buffer.assign(text.begin(), text.end());
    } else {
        BufferHold readable;
        if (!readable.get(args[2])) return nullptr;
        buffer.assign(readable.data(), readable.data() + readable.size());
    }
    const auto size = static_cast<intptr_t>(buffer.size());
    if (size > kMostBytes) return err_set_string(exc::ValueError, "ioctl string arg too long");
    buffer.resize(kMostBytes);
    return call(&result, [&] { return ::ioctl(descriptor, request, buffer.data()); }) ? bytes_from_data(buffer.data(), size) : nullptr;
}

Owned fcntl_flock(Object*, Object* const* args, intptr_t nargs) {
    int operation, result;
    if (!check_positional("flock", nargs, 2, 2)) return nullptr;
    const int descriptor = descriptor_argument(args[0]);
    if (descriptor < 0 || !argument_int(args[1], &operation)) return nullptr;
    return call(&result, [&] { return ::flock(descriptor, operation); }) ? new_none() : nullptr;
}

Owned fcntl_lockf(Object*, Object* const* args, intptr_t nargs) {
    int operation, whence = SEEK_SET, result;
    if (!check_positional("lockf", nargs, 2, 5)) return nullptr;
    const int descriptor = descriptor_argument(args[0]);
    if (descriptor < 0 || !argument_int(args[1], &operation)) return nullptr;
    struct flock lock = {};
    if (operation == LOCK_UN) lock.l_type = F_UNLCK;
    else if (operation & LOCK_SH) lock.l_type = F_RDLCK;
    else if (operation & LOCK_EX) lock.l_type = F_WRLCK;
    else return err_set_string(exc::ValueError, "unrecognized lockf argument");
    intptr_t length = 0, start = 0;
    if ((nargs > 2 && !argument_ssize(args[2], &length)) || (nargs > 3 && !argument_ssize(args[3], &start)) ||
        (nargs > 4 && !argument_int(args[4], &whence))) {
        return nullptr;
    }
    lock.l_len = length;
    lock.l_start = start;
    lock.l_whence = static_cast<short>(whence);
    return call(&result, [&] { return ::fcntl(descriptor, operation & LOCK_NB ? F_SETLK : F_SETLKW, &lock); }) ? new_none() : nullptr;
}

const MethodDef functions[] = {
    method_def("fcntl", fcntl_fcntl, kMethFastcall, "fcntl($module, fd, cmd, arg=0, /)\n--\n\nPerform the operation `cmd` on file descriptor fd."),
    method_def("ioctl", fcntl_ioctl, kMethFastcall, "ioctl($module, fd, request, arg=0, mutate_flag=True, /)\n--\n\nPerform the operation request on file descriptor fd."),
    method_def("flock", fcntl_flock, kMethFastcall, "flock($module, fd, operation, /)\n--\n\nPerform the lock operation `operation` on file descriptor `fd`."),
    method_def("lockf", fcntl_lockf, kMethFastcall, "lockf($module, fd, cmd, len=0, start=0, whence=0, /)\n--\n\nA wrapper around the fcntl() locking calls."),
    {nullptr, nullptr, 0}};

const struct {
    const char* name;
    int64_t value;
} constants[] = {
#define RS_CONSTANT(name) {#name, static_cast<int64_t>(name)},
    RS_CONSTANT(LOCK_SH) RS_CONSTANT(LOCK_EX) RS_CONSTANT(LOCK_NB) RS_CONSTANT(LOCK_UN) RS_CONSTANT(LOCK_MAND)
    RS_CONSTANT(LOCK_READ) RS_CONSTANT(LOCK_WRITE) RS_CONSTANT(LOCK_RW) RS_CONSTANT(F_DUPFD) RS_CONSTANT(F_DUPFD_CLOEXEC)
    RS_CONSTANT(F_GETFD) RS_CONSTANT(F_SETFD) RS_CONSTANT(F_GETFL) RS_CONSTANT(F_SETFL) RS_CONSTANT(F_GETLK) RS_CONSTANT(F_SETLK)
    RS_CONSTANT(F_SETLKW) RS_CONSTANT(F_OFD_GETLK) RS_CONSTANT(F_OFD_SETLK) RS_CONSTANT(F_OFD_SETLKW) RS_CONSTANT(F_GETOWN)
    RS_CONSTANT(F_SETOWN) RS_CONSTANT(F_GETSIG) RS_CONSTANT(F_SETSIG) RS_CONSTANT(F_RDLCK) RS_CONSTANT(F_WRLCK)
    RS_CONSTANT(F_UNLCK) RS_CONSTANT(F_EXLCK) RS_CONSTANT(F_SHLCK) RS_CONSTANT(F_GETLK64) RS_CONSTANT(F_SETLK64)
    RS_CONSTANT(F_SETLKW64) RS_CONSTANT(FASYNC) RS_CONSTANT(F_SETLEASE) RS_CONSTANT(F_GETLEASE) RS_CONSTANT(F_NOTIFY)
    RS_CONSTANT(DN_ACCESS) RS_CONSTANT(DN_MODIFY) RS_CONSTANT(DN_CREATE) RS_CONSTANT(DN_DELETE) RS_CONSTANT(DN_RENAME)
    RS_CONSTANT(DN_ATTRIB) RS_CONSTANT(DN_MULTISHOT) RS_CONSTANT(F_SETPIPE_SZ) RS_CONSTANT(F_GETPIPE_SZ)
    RS_CONSTANT(F_ADD_SEALS) RS_CONSTANT(F_GET_SEALS) RS_CONSTANT(F_SEAL_SEAL) RS_CONSTANT(F_SEAL_SHRINK)
    RS_CONSTANT(F_SEAL_GROW) RS_CONSTANT(F_SEAL_WRITE) RS_CONSTANT(FD_CLOEXEC)
#undef RS_CONSTANT
};

}  // namespace

Owned create_fcntl_module() {
    Ref<> module = own(module_create("fcntl", "This module performs file control and I/O control on file descriptors.", functions));
    if (!module) return nullptr;
    for (const auto& constant : constants) {
        if (module_add_int(module.get(), constant.name, static_cast<intptr_t>(constant.value)) < 0) return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
