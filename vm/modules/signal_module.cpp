#include "vm/modules/signal_module.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/host/host.h"
#include "vm/interpreter/interpreter.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

constexpr int kSignals = NSIG;

std::atomic<bool> tripped[kSignals];
std::atomic<bool> any_tripped;
// What signal.getsignal gives: a callable, SIG_DFL, SIG_IGN or None. Roots.
Object* handlers[kSignals];
Object* default_handler = nullptr;  // SIG_DFL
Object* ignore_handler = nullptr;   // SIG_IGN
Object* default_int_handler_object = nullptr;
Object* itimer_error = nullptr;

void on_signal(int number) {
    const int saved = errno;
    tripped[number] = true;
    any_tripped = true;
    request_attention();  // also wakes a blocking call
    errno = saved;
}

void install(int number, void (*function)(int)) {
    struct sigaction action = {};
    action.sa_handler = function;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
}

bool signal_number(Object* argument, int* number) {
    if (!argument_int(argument, number)) return false;
    if (*number >= 1 && *number < kSignals) return true;
    err_set_string(exc::ValueError, "signal number out of range");
    return false;
}

Owned default_int_handler(Object*, Object* const*, intptr_t) { return err_set_none(exc::KeyboardInterrupt); }
const MethodDef default_int_handler_method = method_def("default_int_handler", default_int_handler, kMethFastcall);

Owned signal_signal(Object*, Object* const* args, intptr_t nargs) {
    int number;
    if (!check_positional("signal", nargs, 2, 2) || !signal_number(args[0], &number)) return nullptr;
    Object* handler = args[1];
    void (*function)(int);
    const int is_default = object_rich_compare_bool(handler, default_handler, kEQ);
    if (is_default < 0) return nullptr;
    const int is_ignored = is_default ? 0 : object_rich_compare_bool(handler, ignore_handler, kEQ);
    if (is_ignored < 0) return nullptr;
    if (is_default) {
        function = SIG_DFL;
    } else if (is_ignored) {
        function = SIG_IGN;
    } else if (callable_check(handler)) {
        function = on_signal;
    } else {
        return err_set_string(exc::TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    }
    if (run_pending_signals() < 0) return nullptr;
    struct sigaction action = {};
    action.sa_handler = function;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, nullptr) < 0) return err_set_from_errno(exc::OSError);
    Object* old = handlers[number];
    handlers[number] = newref(handler);
    return old ? old : new_none();
}
Owned signal_getsignal(Object*, Object* argument) {
    int number;
    if (!signal_number(argument, &number)) return nullptr;
    return handlers[number] ? newref(handlers[number]) : new_none();
}
Owned signal_raise(Object*, Object* argument) {
    int number;
    if (!argument_int(argument, &number)) return nullptr;
    if (::raise(number) != 0) return err_set_from_errno(exc::OSError);
    return run_pending_signals() < 0 ? nullptr : new_none();
}
Owned signal_alarm(Object*, Object* argument) {
    int seconds;
    return argument_int(argument, &seconds) ? int_from_int64(::alarm(static_cast<unsigned>(seconds))) : nullptr;
}
Owned signal_pause(Object*, Object*) {
    while (!any_tripped) {
        if (host().wait_descriptor(-1, 0, -1) < 0 && errno != EINTR) break;
        if (call_seam.check_signals && !any_tripped && call_seam.check_signals() < 0) return nullptr;
    }
    return run_pending_signals() < 0 ? nullptr : new_none();
}
Owned signal_strsignal(Object*, Object* argument) {
    int number;
    if (!signal_number(argument, &number)) return nullptr;
    const char* text = strsignal(number);
    return text && strncmp(text, "Unknown", 7) != 0 ? str_from_filesystem(text) : new_none();
}
Owned signal_valid_signals(Object*, Object*) {
    Ref<> result = own(set_new(nullptr));
    sigset_t all;
    sigfillset(&all);
    for (int number = 1; result && number < kSignals; ++number) {
        if (sigismember(&all, number) != 1) continue;
        Ref<> item = own(int_from_int(number));
        if (!item || set_add(result.get(), item.get()) < 0) return nullptr;
    }
    return result.release();
}

double seconds_of(const struct timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; }
bool timeval_of(Object* argument, struct timeval* result) {
    Ref<> value = own(number_float(argument));
    if (!value) return false;
    const double seconds = static_cast<FloatObject*>(value.get())->value;
    result->tv_sec = static_cast<time_t>(std::floor(seconds));
    result->tv_usec = static_cast<suseconds_t>(std::ceil((seconds - std::floor(seconds)) * 1e6));
    if (result->tv_usec >= 1000000) {
        ++result->tv_sec;
        result->tv_usec = 0;
    }
    return true;
}
Owned timer_tuple(const struct itimerval& timer) {
    Ref<> value = own(float_new(seconds_of(timer.it_value))), interval = own(float_new(seconds_of(timer.it_interval)));
    return value && interval ? tuple_pack({value.get(), interval.get()}) : nullptr;
}
Owned timer_failed() { return err_set_from_errno(*as_type(itimer_error)); }
Owned signal_setitimer(Object*, Object* const* args, intptr_t nargs) {
    int which;
    struct itimerval wanted = {}, before;
    if (!check_positional("setitimer", nargs, 2, 3) || !argument_int(args[0], &which) || !timeval_of(args[1], &wanted.it_value) ||
        (nargs > 2 && !timeval_of(args[2], &wanted.it_interval))) {
        return nullptr;
    }
    return ::setitimer(static_cast<__itimer_which>(which), &wanted, &before) < 0 ? timer_failed() : timer_tuple(before);
}
Owned signal_getitimer(Object*, Object* argument) {
    int which;
    struct itimerval now;
    if (!argument_int(argument, &which)) return nullptr;
    return ::getitimer(static_cast<__itimer_which>(which), &now) < 0 ? timer_failed() : timer_tuple(now);
}
Owned signal_siginterrupt(Object*, Object* const* args, intptr_t nargs) {
    int number, flag;
    if (!check_positional("siginterrupt", nargs, 2, 2) || !signal_number(args[0], &number) || !argument_int(args[1], &flag)) return nullptr;
    struct sigaction action;
    if (sigaction(number, nullptr, &action) < 0) return err_set_from_errno(exc::OSError);
    action.sa_flags = flag ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    return sigaction(number, &action, nullptr) < 0 ? err_set_from_errno(exc::OSError) : new_none();
}
Owned signal_set_wakeup_fd(Object*, Object* args, Object*) {
    // Blocking calls of this VM are woken without it; the descriptor is noted and given back.
    static int descriptor = -1;
    if (!check_positional("set_wakeup_fd", tuple_size(args), 1, 1)) return nullptr;
    int given;
    if (!argument_int(tuple_get_item(args, 0), &given)) return nullptr;
    return int_from_int(std::exchange(descriptor, given));
}

const MethodDef signal_functions[] = {
    method_def("signal", signal_signal, kMethFastcall),
    method_def("getsignal", signal_getsignal, kMethO),
    method_def("raise_signal", signal_raise, kMethO),
    method_def("alarm", signal_alarm, kMethO),
    method_def("pause", signal_pause, kMethNoargs),
    method_def("strsignal", signal_strsignal, kMethO),
    method_def("valid_signals", signal_valid_signals, kMethNoargs),
    method_def("setitimer", signal_setitimer, kMethFastcall),
    method_def("getitimer", signal_getitimer, kMethO),
    method_def("siginterrupt", signal_siginterrupt, kMethFastcall),
    method_def("set_wakeup_fd", signal_set_wakeup_fd, kMethVarargs | kMethKeywords),
    default_int_handler_method,
    {nullptr, nullptr, 0}};

const struct {
    const char* name;
    int value;
} signal_names[] = {
#define RS_SIGNAL(name) {#name, name},
    RS_SIGNAL(SIGHUP) RS_SIGNAL(SIGINT) RS_SIGNAL(SIGQUIT) RS_SIGNAL(SIGILL) RS_SIGNAL(SIGTRAP) RS_SIGNAL(SIGIOT)
    RS_SIGNAL(SIGABRT) RS_SIGNAL(SIGFPE) RS_SIGNAL(SIGKILL) RS_SIGNAL(SIGBUS) RS_SIGNAL(SIGSEGV) RS_SIGNAL(SIGSYS)
    RS_SIGNAL(SIGPIPE) RS_SIGNAL(SIGALRM) RS_SIGNAL(SIGTERM) RS_SIGNAL(SIGUSR1) RS_SIGNAL(SIGUSR2) RS_SIGNAL(SIGCLD)
    RS_SIGNAL(SIGCHLD) RS_SIGNAL(SIGPWR) RS_SIGNAL(SIGIO) RS_SIGNAL(SIGURG) RS_SIGNAL(SIGWINCH) RS_SIGNAL(SIGPOLL)
    RS_SIGNAL(SIGSTOP) RS_SIGNAL(SIGTSTP) RS_SIGNAL(SIGCONT) RS_SIGNAL(SIGTTIN) RS_SIGNAL(SIGTTOU) RS_SIGNAL(SIGVTALRM)
    RS_SIGNAL(SIGPROF) RS_SIGNAL(SIGXCPU) RS_SIGNAL(SIGXFSZ) RS_SIGNAL(SIGSTKFLT)
    RS_SIGNAL(ITIMER_REAL) RS_SIGNAL(ITIMER_VIRTUAL) RS_SIGNAL(ITIMER_PROF)
#undef RS_SIGNAL
    {"NSIG", kSignals}, {"SIG_BLOCK", SIG_BLOCK}, {"SIG_UNBLOCK", SIG_UNBLOCK}, {"SIG_SETMASK", SIG_SETMASK}};

// What the process was started with.
int read_handlers(Object* module) {
    for (int number = 1; number < kSignals; ++number) {
        if (handlers[number]) continue;
        struct sigaction action;
        if (sigaction(number, nullptr, &action) < 0) continue;
        Object* handler = action.sa_handler == SIG_DFL   ? default_handler
                          : action.sa_handler == SIG_IGN ? ignore_handler
                          : action.sa_handler == on_signal && number == SIGINT ? default_int_handler_object
                                                                               : none();
        handlers[number] = newref(handler);
        register_root(&handlers[number], "signal handler");
    }
    return module ? 0 : -1;
}

}  // namespace

int run_pending_signals() {
    if (!any_tripped.exchange(false)) return 0;
    for (int number = 1; number < kSignals; ++number) {
        if (!tripped[number].exchange(false)) continue;
        Ref<> handler = share(handlers[number]);
        if (!handler) {
            // The module has not been imported: only SIGINT comes here.
            err_set_none(exc::KeyboardInterrupt);
        } else if (is_none(handler.get()) || handler.get() == default_handler || handler.get() == ignore_handler) {
            continue;
        } else {
            Ref<> frame = own(current_frame_object(0));
            Ref<> value = own(int_from_int(number));
            Ref<> result = value ? own(object_call_args(handler.get(), {value.get(), frame ? frame.get() : none()})) : Ref<>();
            if (result) continue;
        }
        any_tripped = true;  // the rest comes at the next poll
        request_attention();
        return -1;
    }
    return 0;
}

void install_default_signal_handlers() {
    install(SIGPIPE, SIG_IGN);
    struct sigaction action;
    if (sigaction(SIGINT, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) install(SIGINT, on_signal);
}

Owned create_signal_module() {
    Ref<> module = own(module_create("_signal", "Signals of the process.", signal_functions));
    if (!module) return nullptr;
    Object* dict = module_dict(module.get());
    if (!default_handler) {
        default_handler = int_from_int(0);
        ignore_handler = int_from_int(1);
        default_int_handler_object = newref(dict_get_item_string(dict, "default_int_handler"));
        Ref<> name = own(str_from_string("itimer_error"));
        Ref<> bases = own(tuple_pack({&exc::OSError}));
        Ref<> namespace_ = own(dict_new());
        Ref<> module_name = own(str_from_string("signal"));
        if (!name || !bases || !namespace_ || dict_set_item_string(namespace_.get(), "__module__", module_name.get()) < 0) return nullptr;
        itimer_error = type_new_from(&type_type, name.get(), bases.get(), namespace_.get(), nullptr);
        if (!itimer_error) return nullptr;
        register_root(&default_handler, "signal.SIG_DFL");
        register_root(&ignore_handler, "signal.SIG_IGN");
        register_root(&default_int_handler_object, "signal.default_int_handler");
        register_root(&itimer_error, "signal.ItimerError");
    }
    if (module_add_object(module.get(), "SIG_DFL", default_handler) < 0 || module_add_object(module.get(), "SIG_IGN", ignore_handler) < 0 ||
        module_add_object(module.get(), "ItimerError", itimer_error) < 0 || read_handlers(module.get()) < 0) {
        return nullptr;
    }
    for (const auto& entry : signal_names) {
        if (module_add_int(module.get(), entry.name, entry.value) < 0) return nullptr;
    }
    if (module_add_int(module.get(), "SIGRTMIN", SIGRTMIN) < 0 || module_add_int(module.get(), "SIGRTMAX", SIGRTMAX) < 0) return nullptr;
    return module.release();
}

}  // namespace refscope::vm
