// The module faulthandler: the Python stack on standard error when the process dies of a signal, or when asked for.
//
// What is written after a fault uses only descriptors and what frames hold already: no object is made, no count changes.
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/interpreter/frame.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/code_object.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/sys_attributes.h"

namespace refscope::vm {

namespace {
constexpr int kMostFrames = 100;
constexpr size_t kMostCharacters = 500;
constexpr size_t kStackSize = 64 * 1024;

struct Fault {
    int signal;
    const char* name;
    struct sigaction before;
};
Fault faults[] = {{SIGBUS, "Bus error", {}},
                  {SIGILL, "Illegal instruction", {}},
                  {SIGFPE, "Floating point exception", {}},
                  {SIGABRT, "Aborted", {}},
                  {SIGSEGV, "Segmentation fault", {}}};
bool enabled = false;
int fault_descriptor = 2;
Object* fault_file = nullptr;  // keeps the file open: a root
char* fault_stack = nullptr;   // a fault may be that the ordinary stack is used up

// ---- Writing without memory of the heap

void put(int descriptor, const char* text, size_t size) {
    while (size > 0) {
        const ssize_t written = ::write(descriptor, text, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        text += written;
        size -= static_cast<size_t>(written);
    }
}
void put(int descriptor, const char* text) { put(descriptor, text, strlen(text)); }
void put_number(int descriptor, const char* format, unsigned long number) {
    char text[80];
    std::snprintf(text, sizeof text, format, number);
    put(descriptor, text);
}
// A str's characters, those beyond ASCII as escapes.
void put_text(int descriptor, const Object* text) {
    if (!text || !str_check(text)) return put(descriptor, "???");
    const intptr_t length = str_length(text);
    for (intptr_t i = 0; i < length && i < static_cast<intptr_t>(kMostCharacters); ++i) {
        const char32_t c = str_read(text, i);
        if (c >= ' ' && c < 127) {
            const char one = static_cast<char>(c);
            put(descriptor, &one, 1);
        } else {
            put_number(descriptor, c <= 0xff ? "\\x%02lx" : c <= 0xffff ? "\\u%04lx" : "\\U%08lx", c);
        }
    }
    if (length > static_cast<intptr_t>(kMostCharacters)) put(descriptor, "...");
}
void put_stack(int descriptor, bool name_thread) {
    if (name_thread) {
        put_number(descriptor, "Current thread 0x%016lx (most recent call first):\n", reinterpret_cast<unsigned long>(thread));
    } else {
        put(descriptor, "Stack (most recent call first):\n");
    }
    const Frame* frame = current_frame();
    if (!frame) return put(descriptor, "  <no Python frame>\n");
    for (int depth = 0; frame; frame = frame->caller(), ++depth) {
        if (depth == kMostFrames) return put(descriptor, "  ...\n");
        put(descriptor, "  File \"");
        put_text(descriptor, frame->code->co_filename);
        put(descriptor, "\", line ");
        const int line = frame_line(frame);
        if (line > 0) put_number(descriptor, "%lu", static_cast<unsigned long>(line));
        else put(descriptor, "???");
        put(descriptor, " in ");
        put_text(descriptor, frame->code->co_name);
        put(descriptor, "\n");
    }
}

void restore(Fault& fault) { sigaction(fault.signal, &fault.before, nullptr); }

void on_fault(int number) {
    const int saved = errno;
    for (Fault& fault : faults) {
        if (fault.signal != number) continue;
        restore(fault);
        put(fault_descriptor, "Fatal Python error: ");
        put(fault_descriptor, fault.name);
        put(fault_descriptor, "\n\n");
        put_stack(fault_descriptor, true);
    }
    errno = saved;
    raise(number);
}

void disable() {
    if (!enabled) return;
    enabled = false;
    for (Fault& fault : faults) restore(fault);
}

// ---- The module's functions

// The descriptor of the file argument, or of sys.stderr. *file is held.
int file_argument(Object* argument, Ref<>* file) {
    if (!argument || is_none(argument)) {
        argument = sys_get_object("stderr");
        if (!argument) {
            err_set_string(exc::RuntimeError, "unable to get sys.stderr");
            return -1;
        }
        if (is_none(argument)) {
            err_set_string(exc::RuntimeError, "sys.stderr is None");
            return -1;
        }
    }
    if (int_check(argument)) {
        const int descriptor = int_as_int(argument);
        if (descriptor >= 0) return descriptor;
        if (!err_occurred()) err_set_string(exc::ValueError, "file is not a valid file descripter");
        return -1;
    }
    *file = share(argument);
    Ref<> number = own(object_call_method(argument, ID(fileno)));
    if (!number) return -1;
    int descriptor = -1;
    if (int_check(number.get())) descriptor = int_as_int(number.get());
    if (descriptor < 0) {
        err_clear();
        err_set_string(exc::RuntimeError, "file.fileno() is not a valid file descriptor");
        return -1;
    }
    Ref<> flushed = own(object_call_method(argument, ID(flush)));
    if (!flushed) err_clear();
    return descriptor;
}
const char* const kNames[] = {"file", "all_threads", nullptr};

Owned faulthandler_dump_traceback(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const KeywordParser parser{"dump_traceback", kNames, 0, 2};
    Object* out[2] = {};
    bool all = true;
    Ref<> file;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || (out[1] && !argument_bool(out[1], &all))) return nullptr;
    const int descriptor = file_argument(out[0], &file);
    if (descriptor < 0) return nullptr;
    put_stack(descriptor, all);
    return new_none();
}
Owned faulthandler_enable(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const KeywordParser parser{"enable", kNames, 0, 2};
    Object* out[2] = {};
    bool all = true;
    Ref<> file;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || (out[1] && !argument_bool(out[1], &all))) return nullptr;
    const int descriptor = file_argument(out[0], &file);
    if (descriptor < 0) return nullptr;
    set_ref(fault_file, file.release());
    fault_descriptor = descriptor;
    if (enabled) return new_none();
    if (!fault_stack) {
        fault_stack = new char[kStackSize];
        stack_t stack = {};
        stack.ss_sp = fault_stack;
        stack.ss_size = kStackSize;
        sigaltstack(&stack, nullptr);
    }
    for (Fault& fault : faults) {
        struct sigaction action = {};
        action.sa_handler = on_fault;
        action.sa_flags = SA_NODEFER | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        if (sigaction(fault.signal, &action, &fault.before) < 0) return err_set_from_errno(exc::RuntimeError);
    }
    enabled = true;
    return new_none();
}
Owned faulthandler_disable(Object*, Object*) {
    const bool was = enabled;
    disable();
    clear_ref(fault_file);
    return bool_from(was);
}
Owned faulthandler_is_enabled(Object*, Object*) { return bool_from(enabled); }

const MethodDef functions[] = {
    method_def("enable", faulthandler_enable, kMethFastcall | kMethKeywords, "enable(file=sys.stderr, all_threads=True): enable the fault handler"),
    method_def("disable", faulthandler_disable, kMethNoargs, "disable(): disable the fault handler"),
    method_def("is_enabled", faulthandler_is_enabled, kMethNoargs, "is_enabled()->bool: check if the handler is enabled"),
    method_def("dump_traceback", faulthandler_dump_traceback, kMethFastcall | kMethKeywords,
               "dump_traceback(file=sys.stderr, all_threads=True): the stack of the running code, written to file"),
    {nullptr, nullptr, 0}};

}  // namespace

Owned create_faulthandler_module() {
    static bool registered = false;
    if (!registered) {
        register_root(&fault_file, "faulthandler's file");
        registered = true;
    }
    return module_create("faulthandler", "faulthandler module.", functions);
}

}  // namespace refscope::vm
