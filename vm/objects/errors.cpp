// Raising: making the exception instance, chaining it to the one being handled, matching, restoring.
#include "vm/objects/errors.h"

#include <cstdio>

#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/error_seam.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

ExceptionObject* as_exception(Object* object) { return static_cast<ExceptionObject*>(object); }

void set_pending(Object* stolen) {
    Object* old = thread->pending;
    thread->pending = stolen;
    xdecref(old);
}

// Gives `exception` its implicit __context__, cutting the chain where that would close a cycle. Floyd's two
// pointers end the walk over a chain that is a cycle already.
void chain_to_handled(Object* exception) {
    Object* handled = handled_exception();
    if (!handled || handled == exception) return;
    Object* node = handled;
    Object* slow = handled;
    bool move_slow = false;
    while (Object* context = as_exception(node)->context) {
        if (context == exception) {
            exception_set_context(node, nullptr);
            break;
        }
        node = context;
        if (node == slow) break;
        if (move_slow) slow = as_exception(slow)->context;
        move_slow = !move_slow;
    }
    exception_set_context(exception, newref(handled));
}

}  // namespace

Object* handled_exception() {
    HandledException* entry = thread->handled;
    while ((!entry->value || is_none(entry->value)) && entry->previous) entry = entry->previous;
    return entry->value && !is_none(entry->value) ? entry->value : nullptr;
}

Owned exception_create(Type* type, Object* argument) {
    if (argument && exception_instance_check(argument) && type_is_subtype(argument->type, type)) return newref(argument);
    Object* result;
    if (!argument || is_none(argument)) {
        result = object_call_noargs(type);
    } else if (tuple_check(argument)) {
        result = object_call(type, argument, nullptr);
    } else {
        result = object_call_onearg(type, argument);
    }
    Ref<> exception = own(result);
    if (exception && !exception_instance_check(exception.get())) {
        return err_format(exc::TypeError, "calling %R should have returned an instance of BaseException, not %s",
                          static_cast<Object*>(type), exception->type->tp_name);
    }
    return exception.release();
}

void err_chain_pending(Object* handled) {
    if (handled && !is_none(handled)) chain_to_handled(thread->pending);
}

Owned err_set_object(Type* type, Object* value) {
    if (!exception_class_check(type)) {
        return err_format(exc::SystemError, "_PyErr_SetObject: exception %R is not a BaseException subclass",
                          static_cast<Object*>(type));
    }
    Ref<> held = share(value);
    err_clear();  // the instance is made with nothing pending, as Python code may run
    Ref<> exception = own(exception_create(type, value));
    if (!exception) return nullptr;  // what prevented it is pending instead
    chain_to_handled(exception.get());
    set_pending(exception.release());
    return nullptr;
}

Owned err_set_string(Type& type, const char* message) {
    Ref<> text = own(str_from_string(message));
    if (!text) return nullptr;
    return err_set_object(&type, text.get());
}

Owned err_set_none(Type& type) { return err_set_object(&type, nullptr); }

Owned err_format_v(Type& type, const char* format, va_list arguments) {
    err_clear();  // %R and its like must not run with an exception pending
    Ref<> text = own(str_from_format_v(format, arguments));
    if (!text) return nullptr;
    return err_set_object(&type, text.get());
}

Owned err_format(Type& type, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    err_format_v(type, format, arguments);
    va_end(arguments);
    return nullptr;
}

Owned err_no_memory() {
    // From the reserve: making the instance by a call could need the memory that is missing.
    Object* exception = exc::MemoryError.tp_new(&exc::MemoryError, empty_tuple(), nullptr);
    RS_CHECK(exception, "no memory left to raise MemoryError");
    chain_to_handled(exception);
    set_pending(exception);
    return nullptr;
}

Owned err_bad_internal_call(const char* where) {
    return err_format(exc::SystemError, "%s: bad argument to internal function", where);
}

bool err_given_matches(Object* exception, Object* type) {
    if (!exception || !type) return false;
    if (tuple_check(type)) {
        for (intptr_t i = 0; i < tuple_size(type); ++i) {
            if (err_given_matches(exception, tuple_get_item(type, i))) return true;
        }
        return false;
    }
    if (exception_instance_check(exception)) exception = exception->type;
    if (exception_class_check(exception) && exception_class_check(type)) {
        return type_is_subtype(as_type(exception), as_type(type));
    }
    return exception == type;
}

bool err_matches(const Type& type) {
    return thread->pending && type_is_subtype(thread->pending->type, &type);
}

int exception_match(Object* exception, Object* type) {
    const intptr_t count = tuple_check(type) ? tuple_size(type) : 1;
    for (intptr_t i = 0; i < count; ++i) {
        if (exception_class_check(tuple_check(type) ? tuple_get_item(type, i) : type)) continue;
        err_set_string(exc::TypeError, "catching classes that do not inherit from BaseException is not allowed");
        return -1;
    }
    return err_given_matches(exception, type);
}

void err_clear() { set_pending(nullptr); }

Owned err_fetch() {
    Object* exception = thread->pending;
    thread->pending = nullptr;
    return exception;
}

void err_restore(Object* stolen) { set_pending(stolen); }

void err_chain(Object* stolen) {
    if (!stolen) return;
    if (!thread->pending) {
        thread->pending = stolen;
    } else {
        exception_set_context(thread->pending, stolen);
    }
}

bool err_raise(Object* exception, Object* cause) {
    if (!exception) {
        Object* handled = handled_exception();
        if (!handled) {
            err_set_string(exc::RuntimeError, "No active exception to reraise");
            return false;
        }
        set_pending(newref(handled));
        return true;
    }

    Ref<> value;
    if (exception_class_check(exception)) {
        value.reset_steal(object_call_noargs(exception));
        if (!value) return false;
        if (!exception_instance_check(value.get())) {
            err_format(exc::TypeError, "calling %R should have returned an instance of BaseException, not %R", exception,
                       static_cast<Object*>(value->type));
            return false;
        }
    } else if (exception_instance_check(exception)) {
        value = share(exception);
    } else {
        err_set_string(exc::TypeError, "exceptions must derive from BaseException");
        return false;
    }

    if (cause) {
        Ref<> fixed;
        if (exception_class_check(cause)) {
            fixed.reset_steal(object_call_noargs(cause));
            if (!fixed) return false;
            if (!exception_instance_check(fixed.get())) {
                err_format(exc::TypeError, "calling %R should have returned an instance of BaseException, not %R", cause,
                           static_cast<Object*>(fixed->type));
                return false;
            }
        } else if (exception_instance_check(cause)) {
            fixed = share(cause);
        } else if (!is_none(cause)) {
            err_set_string(exc::TypeError, "exception causes must derive from BaseException");
            return false;
        }
        exception_set_cause(value.get(), fixed.release());
    }
    err_set_object(value->type, value.get());
    return false;
}

void err_set_stop_iteration(Object* value) {
    if (!value) {
        err_set_none(exc::StopIteration);
    } else if (!tuple_check(value) && !exception_instance_check(value)) {
        err_set_object(&exc::StopIteration, value);
    } else {
        // As one argument, whatever it is.
        Ref<> exception = own(object_call_onearg(&exc::StopIteration, value));
        if (exception) err_set_object(&exc::StopIteration, exception.get());
    }
}

int err_fetch_stop_iteration(Object** value) {
    *value = nullptr;
    if (thread->pending) {
        if (!err_matches(exc::StopIteration)) return -1;
        Ref<> exception = own(err_fetch());
        *value = xnewref(static_cast<StopIterationObject*>(exception.get())->value);
    }
    if (!*value) *value = new_none();
    return 0;
}

int err_warn(Type& category, int stack_level, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Ref<> message = own(str_from_format_v(format, arguments));
    va_end(arguments);
    if (!message) return -1;
    return error_seam.warn ? error_seam.warn(category, message.get(), stack_level, nullptr) : 0;
}

}  // namespace refscope::vm
