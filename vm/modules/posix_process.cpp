// posix: the process, its environment, the system, entropy.
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include "vm/host/host.h"
#include "vm/modules/posix_module.h"
#include "vm/modules/posix_path.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"

namespace refscope::vm {

namespace {

Owned posix_getpid(Object*, Object*) { return int_from_int(host().process_id()); }
Owned posix_getppid(Object*, Object*) { return int_from_int(host().parent_process_id()); }
template <class Identifier, Identifier (*kCall)()>
Owned identifier(Object*, Object*) {
    return int_from_int64(static_cast<int64_t>(kCall()));
}

Owned posix_exit(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"status", nullptr};
    static const KeywordParser parser{"_exit", names, 1, 1};
    Object* out[1] = {};
    int status;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !argument_int(out[0], &status)) return nullptr;
    _exit(status);
}
Owned posix_abort(Object*, Object*) { abort(); }
Owned posix_kill(Object*, Object* const* args, intptr_t nargs) {
    int process, number;
    if (!check_positional("kill", nargs, 2, 2) || !argument_int(args[0], &process) || !argument_int(args[1], &number)) return nullptr;
    return ::kill(process, number) < 0 ? err_set_from_errno(exc::OSError) : new_none();
}
Owned posix_umask(Object*, Object* argument) {
    int mask;
    return argument_int(argument, &mask) ? int_from_int(static_cast<int>(::umask(static_cast<mode_t>(mask)))) : nullptr;
}
Owned posix_cpu_count(Object*, Object*) {
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? int_from_int64(count) : new_none();
}
Owned posix_strerror(Object*, Object* argument) {
    int number;
    return argument_int(argument, &number) ? str_from_filesystem(strerror(number)) : nullptr;
}

Owned posix_urandom(Object*, Object* argument) {
    intptr_t size;
    if (!argument_ssize(argument, &size)) return nullptr;
    if (size < 0) return err_set_string(exc::ValueError, "negative argument not allowed");
    std::string bytes(static_cast<size_t>(size), '\0');
    return host().entropy(bytes.data(), bytes.size()) < 0 ? err_set_from_errno(exc::OSError) : bytes_from_view(bytes);
}
Owned posix_getrandom(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"size", "flags", nullptr};
    static const KeywordParser parser{"getrandom", names, 1, 2};
    Object* out[2] = {};
    return unpack_keywords(parser, args, nargs, kwnames, out) ? posix_urandom(self, out[0]) : nullptr;
}

Owned posix_putenv(Object*, Object* const* args, intptr_t nargs) {
    std::string name, value;
    if (!check_positional("putenv", nargs, 2, 2) || !path_argument(args[0], nullptr, &name) || !path_argument(args[1], nullptr, &value)) return nullptr;
    if (name.find('=') != std::string::npos) return err_set_string(exc::ValueError, "illegal environment variable name");
    return host().set_variable(name.c_str(), value.c_str()) < 0 ? err_set_from_errno(exc::OSError) : new_none();
}
Owned posix_unsetenv(Object*, Object* argument) {
    std::string name;
    if (!path_argument(argument, nullptr, &name)) return nullptr;
    return host().set_variable(name.c_str(), nullptr) < 0 ? err_set_from_errno(exc::OSError) : new_none();
}

Owned posix_system(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"command", nullptr};
    static const KeywordParser parser{"system", names, 1, 1};
    Object* out[1] = {};
    std::string command;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], nullptr, &command)) return nullptr;
    return int_from_int(::system(command.c_str()));
}

Type uname_type = static_type("posix.uname_result", 0, 0, 0);
Type times_type = static_type("posix.times_result", 0, 0, 0);
Owned posix_uname(Object*, Object*) {
    struct utsname names;
    if (::uname(&names) < 0) return err_set_from_errno(exc::OSError);
    Owned result = struct_sequence_new(&uname_type);
    if (!result) return nullptr;
    intptr_t at = 0;
    for (const char* text : {names.sysname, names.nodename, names.release, names.version, names.machine}) {
        struct_sequence_set_item(result, at++, str_from_filesystem(text));
    }
    return result;
}
Owned posix_times(Object*, Object*) {
    Owned result = struct_sequence_new(&times_type);
    if (!result) return nullptr;
    const double cpu = static_cast<double>(host().clock(CLOCK_PROCESS_CPUTIME_ID)) / 1e9;
    const double elapsed = static_cast<double>(host().clock(CLOCK_MONOTONIC)) / 1e9;
    const double values[] = {cpu, 0, 0, 0, elapsed};
    for (int i = 0; i < 5; ++i) struct_sequence_set_item(result, i, float_new(values[i]));
    return result;
}

template <int kWhich>
Owned wait_status(Object*, Object* argument) {
    int status;
    if (!argument_int(argument, &status)) return nullptr;
    switch (kWhich) {
        case 0: return bool_from(WIFEXITED(status));
        case 1: return int_from_int(WEXITSTATUS(status));
        case 2: return bool_from(WIFSIGNALED(status));
        case 3: return int_from_int(WTERMSIG(status));
        case 4: return bool_from(WIFSTOPPED(status));
        case 5: return int_from_int(WSTOPSIG(status));
        default: return bool_from(WCOREDUMP(status));
    }
}
Owned posix_waitstatus_to_exitcode(Object*, Object* argument) {
    int status;
    if (!argument_int(argument, &status)) return nullptr;
    if (WIFEXITED(status)) return int_from_int(WEXITSTATUS(status));
    if (WIFSIGNALED(status)) return int_from_int(-WTERMSIG(status));
    return err_format(exc::ValueError, "invalid wait status: %i", status);
}

Owned environment() {
    Ref<> result = own(dict_new());
    if (!result) return nullptr;
    for (const std::string& entry : host().environment()) {
        const size_t equals = entry.find('=');
        if (equals == std::string::npos) continue;
        Ref<> name = own(bytes_from_view(entry.substr(0, equals)));
        Ref<> value = own(bytes_from_view(entry.substr(equals + 1)));
        if (!name || !value || !dict_set_default(result.get(), name.get(), value.get())) return nullptr;
    }
    return result.release();
}

}  // namespace

const MethodDef posix_process_functions[] = {
    method_def("getpid", posix_getpid, kMethNoargs),
    method_def("getppid", posix_getppid, kMethNoargs),
    method_def("getuid", identifier<uid_t, getuid>, kMethNoargs),
    method_def("geteuid", identifier<uid_t, geteuid>, kMethNoargs),
    method_def("getgid", identifier<gid_t, getgid>, kMethNoargs),
    method_def("getegid", identifier<gid_t, getegid>, kMethNoargs),
    method_def("getpgrp", identifier<pid_t, getpgrp>, kMethNoargs),
    method_def("_exit", posix_exit, kMethFastcall | kMethKeywords),
    method_def("abort", posix_abort, kMethNoargs),
    method_def("kill", posix_kill, kMethFastcall),
    method_def("umask", posix_umask, kMethO),
    method_def("cpu_count", posix_cpu_count, kMethNoargs),
    method_def("strerror", posix_strerror, kMethO),
    method_def("urandom", posix_urandom, kMethO),
    method_def("getrandom", posix_getrandom, kMethFastcall | kMethKeywords),
    method_def("putenv", posix_putenv, kMethFastcall),
    method_def("unsetenv", posix_unsetenv, kMethO),
    method_def("system", posix_system, kMethFastcall | kMethKeywords),
    method_def("uname", posix_uname, kMethNoargs),
    method_def("times", posix_times, kMethNoargs),
    method_def("WIFEXITED", wait_status<0>, kMethO),
    method_def("WEXITSTATUS", wait_status<1>, kMethO),
    method_def("WIFSIGNALED", wait_status<2>, kMethO),
    method_def("WTERMSIG", wait_status<3>, kMethO),
    method_def("WIFSTOPPED", wait_status<4>, kMethO),
    method_def("WSTOPSIG", wait_status<5>, kMethO),
    method_def("WCOREDUMP", wait_status<6>, kMethO),
    method_def("waitstatus_to_exitcode", posix_waitstatus_to_exitcode, kMethO),
    {nullptr, nullptr, 0}};

int posix_add_process_parts(Object* module) {
    static const StructField uname_fields[] = {{"sysname", "operating system name"},
                                               {"nodename", "name of machine on network"},
                                               {"release", "operating system release"},
                                               {"version", "operating system version"},
                                               {"machine", "hardware identifier"},
                                               {nullptr, nullptr}};
    static const StructField times_fields[] = {{"user", "user time"},
                                               {"system", "system time"},
                                               {"children_user", "user time of children"},
                                               {"children_system", "system time of children"},
                                               {"elapsed", "elapsed time since an arbitrary point in the past"},
                                               {nullptr, nullptr}};
    static const StructDescription uname_description{"posix.uname_result", "The names of the system.", uname_fields, 5};
    static const StructDescription times_description{"posix.times_result", "The time that the process has used.", times_fields, 5};
    if (!uname_type.has(kReady) && (struct_sequence_init_type(&uname_type, uname_description) < 0 ||
                                    struct_sequence_init_type(&times_type, times_description) < 0)) {
        return -1;
    }
    return module_add_object(module, "uname_result", &uname_type) < 0 || module_add_object(module, "times_result", &times_type) < 0
               ? -1
               : module_add_object_steal(module, "environ", environment());
}

}  // namespace refscope::vm
