// Exceptions that reach the end of their way: the top of the program (err_print) and places that cannot raise
// (err_write_unraisable). Both go through the hooks in sys and fall back on showing the error themselves.
#include "vm/objects/error_report.h"

#include <string>

#include "vm/heap/allocator.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/traceback_object.h"
#include "vm/objects/traceback_print.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

Type unraisable_args_type = static_type("UnraisableHookArgs", 0, 0, 0);

namespace {

const StructField unraisable_fields[] = {{"exc_type", "Exception type"},
                                         {"exc_value", "Exception value"},
                                         {"exc_traceback", "Exception traceback"},
                                         {"err_msg", "Error message"},
                                         {"object", "Object causing the exception"},
                                         {nullptr, nullptr}};
const StructDescription unraisable_description{
    "UnraisableHookArgs", "What sys.unraisablehook is told of an exception that cannot be raised.", unraisable_fields, 5};

// As write_unraisable_exc_file of CPython: the type with its module, unless that is builtins or __main__.
int write_type_name(Object* type, Object* file) {
    Ref<> module = own(object_get_attr(type, ID(__module__)));
    if (!module || !str_check(module.get())) {
        err_clear();
        if (file_write_string("<unknown>.", file) < 0) return -1;
    } else if (!str_equal_ascii(module.get(), "builtins") && !str_equal_ascii(module.get(), "__main__")) {
        if (file_write_object(module.get(), file, true) < 0 || file_write_string(".", file) < 0) return -1;
    }
    Ref<> name = type_check(type) ? own(type_qualname(as_type(type))) : Ref<>();
    if (!name) {
        err_clear();
        return file_write_string("<unknown>", file);
    }
    return file_write_object(name.get(), file, true);
}

int write_unraisable(Object* type, Object* value, Object* traceback, Object* message, Object* object, Object* file) {
    if (object && !is_none(object)) {
        if (message && !is_none(message)) {
            if (file_write_object(message, file, true) < 0 || file_write_string(": ", file) < 0) return -1;
        } else if (file_write_string("Exception ignored in: ", file) < 0) {
            return -1;
        }
        if (file_write_object(object, file, false) < 0) {
            err_clear();
            if (file_write_string("<object repr() failed>", file) < 0) return -1;
        }
        if (file_write_string("\n", file) < 0) return -1;
    } else if (message && !is_none(message)) {
        if (file_write_object(message, file, true) < 0 || file_write_string(":\n", file) < 0) return -1;
    }
    if (traceback && !is_none(traceback) && traceback_print(traceback, file) < 0) return -1;
    if (!type || is_none(type)) return -1;
    if (write_type_name(type, file) < 0) return -1;
    if (value && !is_none(value)) {
        if (file_write_string(": ", file) < 0) return -1;
        if (file_write_object(value, file, true) < 0) {
            err_clear();
            if (file_write_string("<exception str() failed>", file) < 0) return -1;
        }
    }
    if (file_write_string("\n", file) < 0) return -1;
    return file_flush(file);
}

void show_unraisable(Object* type, Object* value, Object* traceback, Object* message, Object* object) {
    Ref<> file = share(sys_get_object("stderr"));
    if (!file || is_none(file.get())) return;
    write_unraisable(type, value, traceback, message, object, file.get());
    err_clear();
}

Owned hook_arguments(Object* exception, Object* traceback, Object* message, Object* object) {
    Owned args = struct_sequence_new(&unraisable_args_type);
    if (!args) return nullptr;
    auto set = [&](intptr_t index, Object* value) {
        struct_sequence_set_item(args, index, newref(value ? value : none()));
    };
    set(0, exception->type);
    set(1, exception);
    set(2, traceback);
    set(3, message);
    set(4, object);
    return args;
}

void clear_stale_traceback(Ref<>& exception, Ref<>& traceback) {
    traceback = share(static_cast<ExceptionObject*>(exception.get())->traceback);
}

}  // namespace

void err_write_unraisable_message(const char* message_text, Object* object) {
    Ref<> exception = own(err_fetch());
    if (!exception) return;
    Ref<> traceback;
    clear_stale_traceback(exception, traceback);
    if (!traceback) {
        // Raised by native code: say at least where the program stands.
        if (Ref<> frame = own(current_frame_object(0)); frame) {
            traceback.reset_steal(traceback_new(nullptr, frame.get(), frame_lasti(frame.get()), frame_lineno(frame.get())));
            if (traceback) exception_set_traceback(exception.get(), traceback.get());
        }
        err_clear();
    }
    Ref<> message;
    if (message_text) {
        message.reset_steal(str_from_format("Exception ignored %s", message_text));
        if (!message) err_clear();
    }

    const char* failed_where = nullptr;
    Ref<> shown_object = share(object);
    Ref<> arguments = own(hook_arguments(exception.get(), traceback.get(), message.get(), object));
    if (!arguments) {
        failed_where = "Exception ignored on building sys.unraisablehook arguments";
    } else if (Ref<> hook = share(sys_get_object("unraisablehook")); hook && !is_none(hook.get())) {
        Ref<> result = own(object_call_onearg(hook.get(), arguments.get()));
        if (result) return;
        failed_where = "Exception ignored in sys.unraisablehook";
        shown_object = share(hook.get());
    }
    if (failed_where) {
        exception.reset_steal(err_fetch());
        message.reset_steal(str_from_string(failed_where));
        if (!message) err_clear();
        traceback.reset();
        if (exception) clear_stale_traceback(exception, traceback);
    }
    show_unraisable(exception ? static_cast<Object*>(exception->type) : nullptr, exception.get(), traceback.get(),
                    message.get(), shown_object.get());
}

void err_write_unraisable(Object* where) { err_write_unraisable_message(nullptr, where); }

Owned default_unraisable_hook(Object*, Object* arguments) {
    if (!is_type(arguments, &unraisable_args_type)) {
        return err_set_string(exc::TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
    }
    Ref<> file = share(sys_get_object("stderr"));
    if (file && !is_none(file.get())) {
        auto item = [&](intptr_t index) { return tuple_get_item(arguments, index); };
        if (write_unraisable(item(0), item(1), item(2), item(3), item(4), file.get()) < 0) return nullptr;
    }
    return new_none();
}

void err_print() {
    Ref<> exception = own(err_fetch());
    if (!exception) return;
    Object* traceback = static_cast<ExceptionObject*>(exception.get())->traceback;
    Ref<> shown_traceback = share(traceback ? traceback : none());
    if (sys_set_object("last_type", exception->type) < 0) err_clear();
    if (sys_set_object("last_value", exception.get()) < 0) err_clear();
    if (sys_set_object("last_traceback", shown_traceback.get()) < 0) err_clear();

    Ref<> hook = share(sys_get_object("excepthook"));
    if (!hook) {
        sys_write_stderr("sys.excepthook is missing\n");
        exception_display(exception.get());
        return;
    }
    Object* arguments[] = {exception->type, exception.get(), shown_traceback.get()};
    Ref<> result = own(object_vectorcall(hook.get(), arguments, 3, nullptr));
    if (result) return;
    Ref<> second = own(err_fetch());
    if (is_instance_of(second.get(), &exc::SystemExit)) {
        err_restore(second.release());  // the caller ends the program
        return;
    }
    sys_write_stderr("Error in sys.excepthook:\n");
    exception_display(second.get());
    sys_write_stderr("\nOriginal exception was:\n");
    exception_display(exception.get());
}

int init_error_report_types() { return struct_sequence_init_type(&unraisable_args_type, unraisable_description); }

}  // namespace refscope::vm
