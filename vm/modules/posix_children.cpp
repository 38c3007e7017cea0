// posix: making processes, waiting for them, replacing this one; groups and sessions of processes.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/host/host.h"
#include "vm/modules/posix_module.h"
#include "vm/modules/posix_path.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

// What register_at_fork was given: lists, roots; nullptr until there is one.
Object *before_fork = nullptr, *after_in_parent = nullptr, *after_in_child = nullptr;

bool interrupted() { return errno == EINTR && (!call_seam.check_signals || call_seam.check_signals() == 0); }
Owned fail() { return err_occurred() ? nullptr : err_set_from_errno(exc::OSError); }
Owned done(int status) { return status < 0 ? fail() : new_none(); }

int add_hook(Object** hooks, const char* name, Object* hook) {
    if (!*hooks) {
        *hooks = list_new(0);
        if (!*hooks) return -1;
        register_root(hooks, name);
    }
    return list_append(*hooks, hook);
}
void run_hooks(Object* hooks, bool newest_first) {
    if (!hooks) return;
    Ref<> copy = own(list_get_slice(hooks, 0, list_size(hooks)));
    for (intptr_t i = 0; copy && i < list_size(copy.get()); ++i) {
        Object* hook = list_get_item(copy.get(), newest_first ? list_size(copy.get()) - 1 - i : i);
        Ref<> result = own(object_call_noargs(hook));
        if (!result) err_write_unraisable(hook);
    }
}

Owned posix_register_at_fork(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"before", "after_in_child", "after_in_parent", nullptr};
    static const KeywordParser parser{"register_at_fork", names, 0, 0};
    Object* out[3] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    if (!out[0] && !out[1] && !out[2]) return err_set_string(exc::TypeError, "At least one argument is required.");
    for (int i = 0; i < 3; ++i) {
        if (out[i] && !callable_check(out[i])) return err_format(exc::TypeError, "'%s' must be callable, not %s", names[i], out[i]->type->tp_name);
    }
    if ((out[0] && add_hook(&before_fork, "os.register_at_fork before", out[0]) < 0) ||
        (out[1] && add_hook(&after_in_child, "os.register_at_fork after_in_child", out[1]) < 0) ||
        (out[2] && add_hook(&after_in_parent, "os.register_at_fork after_in_parent", out[2]) < 0)) {
        return nullptr;
    }
    return new_none();
}
Owned posix_fork(Object*, Object*) {
    const int child = fork_with_hooks();
    return child < 0 ? nullptr : int_from_int(child);
}

Owned wait_result(pid_t process, int status) {
    Ref<> first = own(int_from_int(process)), second = own(int_from_int(status));
    return first && second ? tuple_pack({first.get(), second.get()}) : nullptr;
}
Owned wait_for(pid_t process, int options) {
    for (;;) {
        int status = 0;
        const pid_t found = ::waitpid(process, &status, options);
        if (found >= 0) return wait_result(found, status);
        if (!interrupted()) return fail();
    }
}
Owned posix_waitpid(Object*, Object* const* args, intptr_t nargs) {
    int process, options;
    if (!check_positional("waitpid", nargs, 2, 2) || !argument_int(args[0], &process) || !argument_int(args[1], &options)) return nullptr;
    return wait_for(process, options);
}
Owned posix_wait(Object*, Object*) { return wait_for(-1, 0); }

// Texts and the pointers to them that exec wants.
struct Texts {
    std::vector<std::string> owned;
    std::vector<char*> pointers;
    char** finish() {
        for (std::string& text : owned) pointers.push_back(text.data());
        pointers.push_back(nullptr);
        return pointers.data();
    }
};
bool argument_vector(const char* function, Object* argument, Texts* result) {
    if (!list_check(argument) && !tuple_check(argument)) {
        err_format(exc::TypeError, "%s() arg 2 must be a tuple or list", function);
        return false;
    }
    const intptr_t count = object_size(argument);
    if (count < 1) {
        err_format(exc::ValueError, "%s() arg 2 must not be empty", function);
        return false;
    }
    for (intptr_t i = 0; i < count; ++i) {
        Ref<> item = own(sequence_get_item(argument, i));
        std::string text;
        if (!item || !path_argument(item.get(), nullptr, &text)) return false;
        if (i == 0 && text.empty()) {
            err_format(exc::ValueError, "%s() arg 2 first element cannot be empty", function);
            return false;
        }
        result->owned.push_back(text);
    }
    return true;
}
bool environment_vector(Object* mapping, Texts* result) {
    if (!mapping_check(mapping)) {
        err_set_string(exc::TypeError, "execve: environment must be a mapping object");
        return false;
    }
    Ref<> items = own(mapping_items(mapping));
    for (intptr_t i = 0; items && i < object_size(items.get()); ++i) {
        Ref<> item = own(sequence_get_item(items.get(), i));
        Ref<> key = item ? own(sequence_get_item(item.get(), 0)) : Ref<>();
        Ref<> value = key ? own(sequence_get_item(item.get(), 1)) : Ref<>();
        std::string name, text;
        if (!value || !path_argument(key.get(), nullptr, &name) || !path_argument(value.get(), nullptr, &text)) return false;
        if (name.find('=', 1) != std::string::npos) {
            err_set_string(exc::ValueError, "illegal environment variable name");
            return false;
        }
        result->owned.push_back(name + "=" + text);
    }
    return items.get() != nullptr;
}
Owned posix_execv(Object*, Object* const* args, intptr_t nargs) {
    std::string path;
    Texts arguments;
    if (!check_positional("execv", nargs, 2, 2) || !path_argument(args[0], "execv", &path) ||
        !argument_vector("execv", args[1], &arguments)) {
        return nullptr;
    }
    ::execv(path.c_str(), arguments.finish());
    return err_set_from_errno(exc::OSError);
}
Owned posix_execve(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "argv", "env", nullptr};
    static const KeywordParser parser{"execve", names, 3, 3};
    Object* out[3] = {};
    std::string path;
    Texts arguments, environment;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "execve", &path) ||
        !argument_vector("execve", out[1], &arguments) || !environment_vector(out[2], &environment)) {
        return nullptr;
    }
    ::execve(path.c_str(), arguments.finish(), environment.finish());
    return err_set_from_errno(exc::OSError, out[0]);
}

Owned posix_setsid(Object*, Object*) { return done(::setsid()); }
Owned posix_setpgrp(Object*, Object*) { return done(::setpgid(0, 0)); }
Owned posix_setpgid(Object*, Object* const* args, intptr_t nargs) {
    int process, group;
    if (!check_positional("setpgid", nargs, 2, 2) || !argument_int(args[0], &process) || !argument_int(args[1], &group)) return nullptr;
    return done(::setpgid(process, group));
}
template <pid_t (*kCall)(pid_t)>
Owned of_process(Object*, Object* argument) {
    int process;
    if (!argument_int(argument, &process)) return nullptr;
    const pid_t result = kCall(process);
    return result < 0 ? fail() : int_from_int(result);
}
Owned posix_killpg(Object*, Object* const* args, intptr_t nargs) {
    int group, number;
    if (!check_positional("killpg", nargs, 2, 2) || !argument_int(args[0], &group) || !argument_int(args[1], &number)) return nullptr;
    return done(::killpg(group, number));
}
Owned posix_nice(Object*, Object* argument) {
    int increment;
    if (!argument_int(argument, &increment)) return nullptr;
    errno = 0;
    const int value = ::nice(increment);
    return value == -1 && errno ? fail() : int_from_int(value);
}
Owned posix_getloadavg(Object*, Object*) {
    double loads[3];
    if (::getloadavg(loads, 3) != 3) return err_set_string(exc::OSError, "Load averages are unobtainable");
    Ref<> items[3];
    for (int i = 0; i < 3; ++i) items[i] = own(float_new(loads[i]));
    return items[0] && items[1] && items[2] ? tuple_pack({items[0].get(), items[1].get(), items[2].get()}) : nullptr;
}

Owned posix_get_blocking(Object*, Object* argument) {
    int descriptor;
    if (!argument_int(argument, &descriptor)) return nullptr;
    const int flags = ::fcntl(descriptor, F_GETFL);
    return flags < 0 ? fail() : bool_from(!(flags & O_NONBLOCK));
}
Owned posix_set_blocking(Object*, Object* const* args, intptr_t nargs) {
    int descriptor;
    bool blocking;
    if (!check_positional("set_blocking", nargs, 2, 2) || !argument_int(args[0], &descriptor) || !argument_bool(args[1], &blocking)) return nullptr;
    const int flags = ::fcntl(descriptor, F_GETFL);
    return done(flags < 0 ? -1 : ::fcntl(descriptor, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}
Owned posix_closerange(Object*, Object* const* args, intptr_t nargs) {
    int from, to;
    if (!check_positional("closerange", nargs, 2, 2) || !argument_int(args[0], &from) || !argument_int(args[1], &to)) return nullptr;
    if (from < to) ::close_range(static_cast<unsigned>(from), static_cast<unsigned>(to - 1), 0);
    return new_none();
}

}  // namespace

void run_before_fork() { run_hooks(before_fork, true); }
void run_after_fork(bool in_child) { run_hooks(in_child ? after_in_child : after_in_parent, false); }

int fork_with_hooks() {
    run_before_fork();
    const pid_t child = host().fork_process();
    const int failure = errno;
    run_after_fork(child == 0);
    if (child < 0) {
        errno = failure;
        err_set_from_errno(exc::OSError);
    }
    return child;
}

const MethodDef posix_children_functions[] = {
    method_def("fork", posix_fork, kMethNoargs),
    method_def("register_at_fork", posix_register_at_fork, kMethFastcall | kMethKeywords),
    method_def("waitpid", posix_waitpid, kMethFastcall),
    method_def("wait", posix_wait, kMethNoargs),
    method_def("execv", posix_execv, kMethFastcall),
    method_def("execve", posix_execve, kMethFastcall | kMethKeywords),
    method_def("setsid", posix_setsid, kMethNoargs),
    method_def("setpgrp", posix_setpgrp, kMethNoargs),
    method_def("setpgid", posix_setpgid, kMethFastcall),
    method_def("getpgid", of_process<::getpgid>, kMethO),
    method_def("getsid", of_process<::getsid>, kMethO),
    method_def("killpg", posix_killpg, kMethFastcall),
    method_def("nice", posix_nice, kMethO),
    method_def("getloadavg", posix_getloadavg, kMethNoargs),
    method_def("get_blocking", posix_get_blocking, kMethO),
    method_def("set_blocking", posix_set_blocking, kMethFastcall),
    method_def("closerange", posix_closerange, kMethFastcall),
    {nullptr, nullptr, 0}};

}  // namespace refscope::vm
