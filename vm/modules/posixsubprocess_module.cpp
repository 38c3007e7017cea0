// The module _posixsubprocess: fork_exec(), on which subprocess.Popen builds.
//
// All that needs memory is prepared before the fork; the child only makes system calls, unless there is a preexec_fn. When
// something fails before exec, the child says what in the pipe errpipe_write: "OSError:<errno in hex>:<where>".
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "vm/heap/collector_state.h"
#include "vm/host/host.h"
#include "vm/modules/posix_module.h"
#include "vm/modules/posix_path.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

struct Plan {
    std::vector<std::string> arguments, executables, environment;
    std::vector<char*> argument_pointers, environment_pointers;
    bool has_environment = false, has_folder = false, close_descriptors = false;
    std::vector<int> kept;  // sorted
    std::string folder;
    int stdin_read, stdin_write, stdout_read, stdout_write, stderr_read, stderr_write, error_read, error_write;
    bool restore_signals = false, new_session = false;
    int process_group = -1, mask = -1;
    bool set_group = false, set_groups = false, set_user = false;
    gid_t group = 0;
    uid_t user = 0;
    std::vector<gid_t> groups;
    Object* before_exec = nullptr;  // borrowed
};

char** pointers_to(std::vector<std::string>& texts, std::vector<char*>* pointers) {
    pointers->clear();
    for (std::string& text : texts) pointers->push_back(text.data());
    pointers->push_back(nullptr);
    return pointers->data();
}

bool texts_of(Object* sequence, std::vector<std::string>* result) {
    for (intptr_t i = 0; i < object_size(sequence); ++i) {
        Ref<> item = own(sequence_get_item(sequence, i));
        std::string text;
        if (!item || !path_argument(item.get(), nullptr, &text)) return false;
        result->push_back(text);
    }
    return !err_occurred();
}

bool kept_descriptors(Object* argument, std::vector<int>* result) {
    bool valid = tuple_check(argument);
    for (intptr_t i = 0; valid && i < tuple_size(argument); ++i) {
        Object* item = tuple_get_item(argument, i);
        int overflow = 0;
        const int64_t descriptor = int_check(item) ? int_as_int64_overflow(item, &overflow) : -1;
        valid = !overflow && descriptor >= 0 && descriptor <= INT32_MAX && (result->empty() || result->back() < descriptor);
        if (valid) result->push_back(static_cast<int>(descriptor));
    }
    if (!valid) err_set_string(exc::ValueError, "bad value(s) in fds_to_keep");
    return valid;
}

bool identifier_argument(Object* argument, const char* what, uint32_t* result) {
    Ref<> index = own(number_index(argument));
    if (!index) return false;
    int overflow = 0;
    const int64_t value = int_as_int64_overflow(index.get(), &overflow);
    if (overflow || value < -1 || value > UINT32_MAX) {
        err_format(exc::OverflowError, "%s is %s", what, value < 0 ? "less than minimum" : "greater than maximum");
        return false;
    }
    *result = static_cast<uint32_t>(value);
    return true;
}

bool read_plan(Object* args, Plan* plan) {
    constexpr intptr_t kArguments = 23;
    if (!check_positional("fork_exec", tuple_size(args), kArguments, kArguments)) return false;
    auto at = [&](intptr_t i) { return tuple_get_item(args, i); };
    if (!argument_bool(at(2), &plan->close_descriptors) || !kept_descriptors(at(3), &plan->kept)) return false;
    int* descriptors[] = {&plan->stdin_read,  &plan->stdin_write,  &plan->stdout_read, &plan->stdout_write,
                          &plan->stderr_read, &plan->stderr_write, &plan->error_read,  &plan->error_write};
    for (int i = 0; i < 8; ++i) {
        if (!argument_int(at(6 + i), descriptors[i])) return false;
    }
    int restore, session;
    if (!argument_int(at(14), &restore) || !argument_int(at(15), &session) || !argument_int(at(16), &plan->process_group) ||
        !argument_int(at(20), &plan->mask)) {
        return false;
    }
    plan->restore_signals = restore != 0;
    plan->new_session = session != 0;
    if (plan->close_descriptors && plan->error_write < 3) {
        err_set_string(exc::ValueError, "errpipe_write must be >= 3");
        return false;
    }
    Ref<> executables = own(sequence_fast(at(1), "executable_list must be a sequence"));
    if (!executables || !texts_of(executables.get(), &plan->executables)) return false;
    if (!is_none(at(0))) {
        Ref<> arguments = own(sequence_fast(at(0), "argv must be a tuple"));
        if (!arguments || !texts_of(arguments.get(), &plan->arguments)) return false;
    }
    if (!is_none(at(5))) {
        plan->has_environment = true;
        Ref<> environment = own(sequence_fast(at(5), "env must be a sequence"));
        if (!environment || !texts_of(environment.get(), &plan->environment)) return false;
    }
    if (!is_none(at(4))) {
        plan->has_folder = true;
        if (!path_argument(at(4), nullptr, &plan->folder)) return false;
    }
    if (!is_none(at(18))) {
        Ref<> groups = own(sequence_fast(at(18), "setgroups argument must be a sequence"));
        for (intptr_t i = 0; groups && i < object_size(groups.get()); ++i) {
            Ref<> item = own(sequence_get_item(groups.get(), i));
            gid_t group;
            if (!item) return false;
            if (!int_check(item.get())) {
                err_set_string(exc::TypeError, "groups must be integers");
                return false;
            }
            if (!identifier_argument(item.get(), "gid", &group)) return false;
            plan->groups.push_back(group);
        }
        if (!groups) return false;
        plan->set_groups = true;
    }
    plan->set_group = !is_none(at(17));
    if (plan->set_group && !identifier_argument(at(17), "gid", &plan->group)) return false;
    plan->set_user = !is_none(at(19));
    if (plan->set_user && !identifier_argument(at(19), "uid", &plan->user)) return false;
    plan->before_exec = is_none(at(21)) ? nullptr : at(21);
    return true;
}

// ---- In the child

void say(int descriptor, const char* text) {
    [[maybe_unused]] const ssize_t written = ::write(descriptor, text, strlen(text));
}
[[noreturn]] void give_up(const Plan& plan, const char* where) {
    char text[64];
    std::snprintf(text, sizeof text, "OSError:%x:", static_cast<unsigned>(errno));
    say(plan.error_write, text);
    say(plan.error_write, where);
    _exit(255);
}
#define RS_TRY(call, where) \
    if ((call) < 0) give_up(plan, where)

// Puts `descriptor` in the place of a standard stream, inheritable.
void place(const Plan& plan, int descriptor, int standard) {
    if (descriptor == standard) {
        RS_TRY(host().set_inheritable(descriptor, true), "");
    } else if (descriptor != -1) {
        RS_TRY(::dup2(descriptor, standard), "");
    }
}

[[noreturn]] void run_child(Plan& plan, bool hooks) {
    if (hooks) run_after_fork(true);
    for (int descriptor : plan.kept) {
        if (descriptor != plan.error_write) RS_TRY(host().set_inheritable(descriptor, true), "");
    }
    // The parent's ends.
    for (int descriptor : {plan.stdin_write, plan.stdout_read, plan.stderr_read, plan.error_read}) {
        if (descriptor != -1) RS_TRY(::close(descriptor), "");
    }
    // Those that lie among 0 to 2 must not be overwritten before they are in place.
    if (plan.stdout_write == 0) RS_TRY(plan.stdout_write = ::dup(plan.stdout_write), "");
    while (plan.stderr_write == 0 || plan.stderr_write == 1) RS_TRY(plan.stderr_write = ::dup(plan.stderr_write), "");
    place(plan, plan.stdin_read, 0);
    place(plan, plan.stdout_write, 1);
    place(plan, plan.stderr_write, 2);
    if (plan.has_folder) RS_TRY(::chdir(plan.folder.c_str()), "noexec");
    if (plan.mask >= 0) ::umask(static_cast<mode_t>(plan.mask));
    if (plan.restore_signals) {
        for (int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_DFL);
    }
    if (plan.new_session) RS_TRY(::setsid(), "");
    if (plan.process_group >= 0) RS_TRY(::setpgid(0, plan.process_group), "");
    if (plan.set_groups) RS_TRY(::setgroups(plan.groups.size(), plan.groups.data()), "");
    if (plan.set_group) RS_TRY(::setregid(plan.group, plan.group), "");
    if (plan.set_user) RS_TRY(::setreuid(plan.user, plan.user), "");
    if (plan.before_exec) {
        Ref<> result = own(object_call_noargs(plan.before_exec));
        if (!result) {
            // What it was is not told, as in CPython.
            say(plan.error_write, "SubprocessError:0:Exception occurred in preexec_fn.");
            _exit(255);
        }
    }
    if (plan.close_descriptors) {
        unsigned from = 3;
        for (int descriptor : plan.kept) {
            if (descriptor < 3) continue;
            if (from < static_cast<unsigned>(descriptor)) ::close_range(from, static_cast<unsigned>(descriptor) - 1, 0);
            from = static_cast<unsigned>(descriptor) + 1;
        }
        ::close_range(from, ~0u, 0);
    }
    int failure = 0;
    for (const std::string& executable : plan.executables) {
        if (plan.has_environment) {
            ::execve(executable.c_str(), plan.argument_pointers.data(), plan.environment_pointers.data());
        } else {
            ::execv(executable.c_str(), plan.argument_pointers.data());
        }
        if (errno != ENOENT && errno != ENOTDIR && failure == 0) failure = errno;
    }
    if (failure) errno = failure;
    give_up(plan, "");
}
#undef RS_TRY

Owned fork_exec(Object*, Object* args) {
    Plan plan;
    if (!read_plan(args, &plan)) return nullptr;
    pointers_to(plan.arguments, &plan.argument_pointers);
    pointers_to(plan.environment, &plan.environment_pointers);
    const bool hooks = plan.before_exec != nullptr;
    // With a preexec_fn code of the program runs in the child: it must not find half a collection.
    const bool collecting = collector.enabled;
    if (hooks) {
        collector.enabled = false;
        run_before_fork();
    }
    const pid_t child = host().fork_process();
    if (child == 0) run_child(plan, hooks);
    const int failure = errno;
    if (hooks) {
        run_after_fork(false);
        collector.enabled = collecting;
    }
    if (child < 0) {
        errno = failure;
        return err_set_from_errno(exc::OSError);
    }
    return int_from_int(child);
}

const MethodDef functions[] = {
    method_def("fork_exec", fork_exec, kMethVarargs, "fork_exec(args, executable_list, ...) -> pid\n\nStarts a program in a new process."),
    {nullptr, nullptr, 0}};

}  // namespace

Owned create_posixsubprocess_module() { return module_create("_posixsubprocess", "A POSIX helper for the subprocess module.", functions); }

}  // namespace refscope::vm
