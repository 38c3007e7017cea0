// BaseException and the exception types that add little to it; the C-level accessors of an exception's parts.
#include "vm/objects/exceptions.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception_types.h"
#include "vm/objects/free_list.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/traceback_object.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

bool exception_class_check(const Object* object) {
    return type_check(object) && static_cast<const Type*>(object)->has(kBaseExcSubclass);
}

// ---- BaseException's slots ---------------------------------------------------------------------------------------

Owned base_exception_new(Type* type, Object* args, Object*) {
    auto* self = static_cast<ExceptionObject*>(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    self->args = newref(args ? args : empty_tuple());
    return self;
}

bool exception_no_keywords(Object* self, Object* kwargs) {
    if (!kwargs || dict_size(kwargs) == 0) return true;
    err_format(exc::TypeError, "%.200s() takes no keyword arguments", self->type->tp_name);
    return false;
}

int base_exception_init(Object* self, Object* args, Object* kwargs) {
    if (!exception_no_keywords(self, kwargs)) return -1;
    set_ref(as_exception(self)->args, newref(args));
    return 0;
}

int base_exception_clear(Object* object) {
    ExceptionObject* self = as_exception(object);
    clear_ref(self->dict);
    clear_ref(self->args);
    clear_ref(self->notes);
    clear_ref(self->traceback);
    clear_ref(self->cause);
    clear_ref(self->context);
    return 0;
}

void base_exception_dealloc(Object* self) {
    gc_untrack(self);
    if (!trash_begin(self)) return;  // long chains of contexts must not recurse
    base_exception_clear(self);
    self->type->tp_free(self);
    trash_end();
}

int base_exception_traverse(Object* object, Visit visit, void* context) {
    ExceptionObject* self = as_exception(object);
    RS_VISIT(self->dict, Edge::field("__dict__"));
    RS_VISIT(self->args, Edge::field("args"));
    RS_VISIT(self->notes, Edge::field("__notes__"));
    RS_VISIT(self->traceback, Edge::field("__traceback__"));
    RS_VISIT(self->cause, Edge::field("__cause__"));
    RS_VISIT(self->context, Edge::field("__context__"));
    return 0;
}

Owned base_exception_str(Object* self) {
    Object* args = as_exception(self)->args;
    switch (tuple_size(args)) {
        case 0: return newref(str_empty());
        case 1: return object_str(tuple_get_item(args, 0));
        default: return object_str(args);
    }
}

namespace {

Owned base_exception_repr(Object* self) {
    Object* args = as_exception(self)->args;
    const char* name = type_short_name(self->type);
    if (tuple_size(args) == 1) return str_from_format("%s(%R)", name, tuple_get_item(args, 0));
    return str_from_format("%s%R", name, args);
}

Owned base_exception_setstate(Object* self, Object* state) {
    if (!is_none(state)) {
        if (!dict_check(state)) return err_set_string(exc::TypeError, "state is not a dictionary");
        intptr_t position = 0;
        Object *key, *value;
        while (dict_next(state, &position, &key, &value)) {
            Ref<> held_key = share(key), held_value = share(value);
            if (object_set_attr(self, key, value) < 0) return nullptr;
        }
    }
    return new_none();
}

int set_traceback(Object* self, Object* value, void*) {
    if (!value) {
        err_set_string(exc::TypeError, "__traceback__ may not be deleted");
        return -1;
    }
    return exception_set_traceback(self, value);
}

Owned base_exception_with_traceback(Object* self, Object* traceback) {
    if (set_traceback(self, traceback, nullptr) < 0) return nullptr;
    return newref(self);
}

Owned base_exception_add_note(Object* self, Object* note) {
    if (!str_check(note)) return err_format(exc::TypeError, "note must be a str, not '%s'", note->type->tp_name);
    Object* found = nullptr;
    if (object_lookup_attr(self, ID(__notes__), &found) < 0) return nullptr;
    Ref<> notes = own(found);
    if (!notes) {
        notes.reset_steal(list_new(0));
        if (!notes || object_set_attr(self, ID(__notes__), notes.get()) < 0) return nullptr;
    } else if (!list_check(notes.get())) {
        return err_set_string(exc::TypeError, "Cannot add note: __notes__ is not a list");
    }
    if (list_append(notes.get(), note) < 0) return nullptr;
    return new_none();
}

Owned get_args(Object* self, void*) {
    Object* args = as_exception(self)->args;
    return newref(args ? args : none());
}
int set_args(Object* self, Object* value, void*) {
    if (!value) {
        err_set_string(exc::TypeError, "args may not be deleted");
        return -1;
    }
    Object* args = sequence_tuple(value);
    if (!args) return -1;
    set_ref(as_exception(self)->args, args);
    return 0;
}
Owned get_traceback(Object* self, void*) {
    Object* traceback = as_exception(self)->traceback;
    return newref(traceback ? traceback : none());
}
Owned get_context(Object* self, void*) {
    Object* context = as_exception(self)->context;
    return newref(context ? context : none());
}
int set_context(Object* self, Object* value, void*) {
    if (!value) {
        err_set_string(exc::TypeError, "__context__ may not be deleted");
        return -1;
    }
    if (is_none(value)) {
        value = nullptr;
    } else if (!exception_instance_check(value)) {
        err_set_string(exc::TypeError, "exception context must be None or derive from BaseException");
        return -1;
    }
    exception_set_context(self, xnewref(value));
    return 0;
}
Owned get_cause(Object* self, void*) {
    Object* cause = as_exception(self)->cause;
    return newref(cause ? cause : none());
}
int set_cause(Object* self, Object* value, void*) {
    if (!value) {
        err_set_string(exc::TypeError, "__cause__ may not be deleted");
        return -1;
    }
    if (is_none(value)) {
        value = nullptr;
    } else if (!exception_instance_check(value)) {
        err_set_string(exc::TypeError, "exception cause must be None or derive from BaseException");
        return -1;
    }
    exception_set_cause(self, xnewref(value));
    return 0;
}

const MethodDef base_exception_methods[] = {
    method_def("__reduce__", base_exception_reduce, kMethNoargs),
    method_def("__setstate__", base_exception_setstate, kMethO),
    method_def("with_traceback", base_exception_with_traceback, kMethO,
               "with_traceback($self, tb, /)\n--\n\nSet the traceback and return the exception."),
    method_def("add_note", base_exception_add_note, kMethO,
               "add_note($self, note, /)\n--\n\nAppend a line to what is shown below the exception."),
    {nullptr, nullptr, 0}};

const GetSetDef base_exception_getset[] = {{"__dict__", object_generic_get_dict, object_generic_set_dict},
                                           {"args", get_args, set_args},
                                           {"__traceback__", get_traceback, set_traceback},
                                           {"__context__", get_context, set_context},
                                           {"__cause__", get_cause, set_cause},
                                           {nullptr, nullptr}};

const MemberDef base_exception_members[] = {
    {"__suppress_context__", MemberKind::kBool, offsetof(ExceptionObject, suppress_context), false},
    {nullptr, MemberKind::kNone, 0}};

}  // namespace

Owned base_exception_reduce(Object* object, Object*) {
    ExceptionObject* self = as_exception(object);
    if (self->args && self->dict) return tuple_pack({self->type, self->args, self->dict});
    return tuple_pack({self->type, self->args});
}

Object* exception_argument(Object* self, intptr_t index) {
    Object* args = as_exception(self)->args;
    return args && index < tuple_size(args) ? tuple_get_item(args, index) : nullptr;
}

Owned exception_reduce_with(Object* self, Object* stolen_args, Object* state_or_null) {
    if (!stolen_args) return nullptr;
    Ref<> args = own(stolen_args);
    if (state_or_null) return tuple_pack({self->type, args.get(), state_or_null});
    return tuple_pack({self->type, args.get()});
}

Type exception_static_type(const char* name, Type* base, intptr_t basicsize, const char* doc) {
    Type type = static_type(name, basicsize, 0, kBaseType | kHaveGc | kBaseExcSubclass);
    type.tp_base = base;
    type.tp_doc = doc;
    type.tp_dealloc = base_exception_dealloc;
    type.tp_traverse = base_exception_traverse;
    type.tp_clear = base_exception_clear;
    type.tp_dictoffset = offsetof(ExceptionObject, dict);
    type.tp_init = base_exception_init;
    type.tp_new = base_exception_new;
    return type;
}

// ---- Parts of an exception -----------------------------------------------------------------------------------------

Owned exception_get_traceback(Object* exception) { return xnewref(as_exception(exception)->traceback); }

int exception_set_traceback(Object* exception, Object* traceback) {
    if (!is_none(traceback) && !traceback_check(traceback)) {
        err_set_string(exc::TypeError, "__traceback__ must be a traceback or None");
        return -1;
    }
    set_ref(as_exception(exception)->traceback, is_none(traceback) ? nullptr : newref(traceback));
    return 0;
}

Owned exception_get_context(Object* exception) { return xnewref(as_exception(exception)->context); }
void exception_set_context(Object* exception, Object* stolen) { set_ref(as_exception(exception)->context, stolen); }
Owned exception_get_cause(Object* exception) { return xnewref(as_exception(exception)->cause); }
void exception_set_cause(Object* exception, Object* stolen) {
    as_exception(exception)->suppress_context = true;
    set_ref(as_exception(exception)->cause, stolen);
}

// ---- StopIteration, SystemExit, KeyError ---------------------------------------------------------------------------

namespace {

int stop_iteration_init(Object* object, Object* args, Object* kwargs) {
    if (base_exception_init(object, args, kwargs) < 0) return -1;
    auto* self = static_cast<StopIterationObject*>(object);
    Object* value = exception_argument(object, 0);
    set_ref(self->value, newref(value ? value : none()));
    return 0;
}
int stop_iteration_clear(Object* self) {
    clear_ref(static_cast<StopIterationObject*>(self)->value);
    return base_exception_clear(self);
}
void stop_iteration_dealloc(Object* self) {
    gc_untrack(self);
    stop_iteration_clear(self);
    self->type->tp_free(self);
}
int stop_iteration_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<StopIterationObject*>(self)->value, Edge::field("value"));
    return base_exception_traverse(self, visit, context);
}
const MemberDef stop_iteration_members[] = {
    {"value", MemberKind::kObject, offsetof(StopIterationObject, value), false}, {nullptr, MemberKind::kNone, 0}};

int system_exit_init(Object* object, Object* args, Object* kwargs) {
    if (base_exception_init(object, args, kwargs) < 0) return -1;
    auto* self = static_cast<SystemExitObject*>(object);
    const intptr_t count = tuple_size(args);
    if (count == 1) {
        exception_set_field(self->code, tuple_get_item(args, 0));
    } else if (count > 1) {
        exception_set_field(self->code, args);
    }
    return 0;
}
int system_exit_clear(Object* self) {
    clear_ref(static_cast<SystemExitObject*>(self)->code);
    return base_exception_clear(self);
}
void system_exit_dealloc(Object* self) {
    gc_untrack(self);
    system_exit_clear(self);
    self->type->tp_free(self);
}
int system_exit_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<SystemExitObject*>(self)->code, Edge::field("code"));
    return base_exception_traverse(self, visit, context);
}
const MemberDef system_exit_members[] = {{"code", MemberKind::kObject, offsetof(SystemExitObject, code), false},
                                         {nullptr, MemberKind::kNone, 0}};

// The key's repr: a KeyError('') would else show nothing.
Owned key_error_str(Object* self) {
    if (tuple_size(as_exception(self)->args) == 1) return object_repr(exception_argument(self, 0));
    return base_exception_str(self);
}

// ---- MemoryError: kept in reserve, so that it can be raised when there is no memory -------------------------------

FreeList<16> memory_errors;

Owned memory_error_new(Type* type, Object* args, Object* kwargs) {
    if (type != &exc::MemoryError) return base_exception_new(type, args, kwargs);
    auto* self = static_cast<ExceptionObject*>(memory_errors.take(type));
    if (!self) return base_exception_new(type, args, kwargs);
    self->dict = self->notes = self->traceback = self->context = self->cause = nullptr;
    self->suppress_context = false;
    self->args = newref(empty_tuple());
    gc_track(self);
    return self;
}
void memory_error_dealloc(Object* self) {
    gc_untrack(self);
    base_exception_clear(self);
    if (self->type != &exc::MemoryError) {
        self->type->tp_free(self);
    } else if (!memory_errors.put(self)) {
        self->type->tp_free(self);
    }
}

Type make_base_exception() {
    Type type = exception_static_type("BaseException", nullptr, sizeof(ExceptionObject),
                                      "The base of everything that can be raised.");
    type.tp_repr = base_exception_repr;
    type.tp_str = base_exception_str;
    type.tp_getattro = object_generic_get_attr;
    type.tp_setattro = object_generic_set_attr;
    type.tp_methods = base_exception_methods;
    type.tp_members = base_exception_members;
    type.tp_getset = base_exception_getset;
    return type;
}
Type simple(const char* name, Type& base, const char* doc) {
    return exception_static_type(name, &base, base.tp_basicsize ? base.tp_basicsize : sizeof(ExceptionObject), doc);
}
Type make_stop_iteration() {
    Type type = exception_static_type("StopIteration", &exc::Exception, sizeof(StopIterationObject),
                                      "An iterator has no further item.");
    type.tp_dealloc = stop_iteration_dealloc;
    type.tp_traverse = stop_iteration_traverse;
    type.tp_clear = stop_iteration_clear;
    type.tp_members = stop_iteration_members;
    type.tp_init = stop_iteration_init;
    return type;
}
Type make_system_exit() {
    Type type = exception_static_type("SystemExit", &exc::BaseException, sizeof(SystemExitObject),
                                      "The program asks to end.");
    type.tp_dealloc = system_exit_dealloc;
    type.tp_traverse = system_exit_traverse;
    type.tp_clear = system_exit_clear;
    type.tp_members = system_exit_members;
    type.tp_init = system_exit_init;
    return type;
}
Type make_key_error() {
    Type type = simple("KeyError", exc::LookupError, "A mapping has no such key.");
    type.tp_str = key_error_str;
    return type;
}
Type make_memory_error() {
    Type type = simple("MemoryError", exc::Exception, "There is no memory left.");
    type.tp_new = memory_error_new;
    type.tp_dealloc = memory_error_dealloc;
    return type;
}

}  // namespace

void clear_exception_free_lists() { memory_errors.clear(&exc::MemoryError); }

namespace exc {

Type BaseException = make_base_exception();
Type Exception = simple("Exception", BaseException, "The base of all exceptions that do not ask to end the program.");
Type TypeError = simple("TypeError", Exception, "An operation does not suit an object's type.");
Type StopAsyncIteration = simple("StopAsyncIteration", Exception, "An asynchronous iterator has no further item.");
Type StopIteration = make_stop_iteration();
Type GeneratorExit = simple("GeneratorExit", BaseException, "A generator is being closed.");
Type SystemExit = make_system_exit();
Type KeyboardInterrupt = simple("KeyboardInterrupt", BaseException, "The user has interrupted the program.");
Type EOFError = simple("EOFError", Exception, "The input has ended.");
Type RuntimeError = simple("RuntimeError", Exception, "An error that fits no other category.");
Type RecursionError = simple("RecursionError", RuntimeError, "Calls are nested too deeply.");
Type NotImplementedError = simple("NotImplementedError", RuntimeError, "A subclass should have defined this.");
Type LookupError = simple("LookupError", Exception, "A key or an index does not exist.");
Type IndexError = simple("IndexError", LookupError, "A sequence has no such index.");
Type KeyError = make_key_error();
Type ValueError = simple("ValueError", Exception, "An argument has the right type but no suitable value.");
Type AssertionError = simple("AssertionError", Exception, "An assertion does not hold.");
Type ArithmeticError = simple("ArithmeticError", Exception, "The base of arithmetic errors.");
Type FloatingPointError = simple("FloatingPointError", ArithmeticError, "A floating-point operation failed.");
Type OverflowError = simple("OverflowError", ArithmeticError, "A result is too large.");
Type ZeroDivisionError = simple("ZeroDivisionError", ArithmeticError, "A division or modulo by zero.");
Type SystemError = simple("SystemError", Exception, "The interpreter has made an error.");
Type ReferenceError = simple("ReferenceError", Exception, "A proxy's referent is dead.");
Type MemoryError = make_memory_error();
Type BufferError = simple("BufferError", Exception, "A buffer cannot be had.");
Type Warning = simple("Warning", Exception, "The base of all warnings.");
Type BytesWarning = simple("BytesWarning", Warning, "A questionable use of bytes or buffers.");
Type UserWarning = simple("UserWarning", Warning, "A warning of the program's own.");
Type EncodingWarning = simple("EncodingWarning", Warning, "An encoding was left to the locale.");
Type DeprecationWarning = simple("DeprecationWarning", Warning, "A feature is going to disappear.");
Type PendingDeprecationWarning = simple("PendingDeprecationWarning", Warning, "A feature will be deprecated.");
Type SyntaxWarning = simple("SyntaxWarning", Warning, "Dubious syntax.");
Type RuntimeWarning = simple("RuntimeWarning", Warning, "Dubious behaviour at run time.");
Type FutureWarning = simple("FutureWarning", Warning, "A meaning is going to change.");
Type ImportWarning = simple("ImportWarning", Warning, "A probable mistake in an import.");
Type UnicodeWarning = simple("UnicodeWarning", Warning, "A problem with Unicode.");
Type ResourceWarning = simple("ResourceWarning", Warning, "A resource was not released.");

}  // namespace exc

int init_exception_types() {
    call_seam.raise_memory_error = [] { err_no_memory(); };
    call_seam.raise_recursion_error = [](const char* where) {
        err_format(exc::RecursionError, "maximum recursion depth exceeded%s", where);
    };
    Type* const types[] = {
#define RS_ADDRESS(name) &exc::name,
        RS_EXCEPTION_TYPES(RS_ADDRESS)
#undef RS_ADDRESS
    };
    for (Type* type : types) {
        // ExceptionGroup's second base does not exist yet when the list reaches it: it readies itself below.
        if (type == &exc::ExceptionGroup) {
            exc::ExceptionGroup.tp_bases = tuple_pack({&exc::BaseExceptionGroup, &exc::Exception});
            if (!exc::ExceptionGroup.tp_bases) return -1;
        }
        if (type_ready(type) < 0) return -1;
    }
    Object* reserve[16];
    int count = 0;
    for (; count < 16; ++count) {
        reserve[count] = base_exception_new(&exc::MemoryError, empty_tuple(), nullptr);
        if (!reserve[count]) break;
    }
    while (count > 0) decref(reserve[--count]);
    return 0;
}

int add_exceptions_to(Object* dict) {
#define RS_ADD(name) \
    if (dict_set_item_string(dict, #name, &exc::name) < 0) return -1;
    RS_EXCEPTION_TYPES(RS_ADD)
#undef RS_ADD
    if (dict_set_item_string(dict, "EnvironmentError", &exc::OSError) < 0) return -1;
    return dict_set_item_string(dict, "IOError", &exc::OSError);
}

}  // namespace refscope::vm
