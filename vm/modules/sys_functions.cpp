// The functions of sys that ask for or set something: counts, sizes, limits, frames, exceptions, hooks of the interpreter.
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/modules/sys_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/float.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

// CPython 3.11 starts the shared small values at 999999999 where this VM starts them at 1.
constexpr int64_t kSharedCountOffset = 999999998;

double switch_interval = 0.005;
Object* audit_hooks = nullptr;  // list

Owned sys_getrefcount(Object*, Object* object) {
    const int64_t count = refcount_of(object);
    return int_from_int64(starts_at_immortal_count(object) ? count + kSharedCountOffset : count);
}

// The words in front of the object: the collector's, and for ordinary instances values and dict.
size_t prefix_size(Object* object) {
    return object->type->has(kHaveGc) ? static_cast<size_t>(prefix_of(object->type)) : 0;
}

// _PySys_GetSizeOf. -1: an exception is pending.
intptr_t size_of(Object* object) {
    Ref<> method = own(object_lookup_special(object, ID(__sizeof__)));
    if (!method) {
        if (!err_occurred()) {
            err_format(exc::TypeError, "Type %.100s doesn't define __sizeof__", object->type->tp_name);
        }
        return -1;
    }
    Ref<> result = own(object_call_noargs(method.get()));
    if (!result) return -1;
    if (!int_check(result.get())) {
        err_set_string(exc::TypeError, "an integer is required");
        return -1;
    }
    const intptr_t size = int_as_ssize(result.get());
    if (size == -1 && err_occurred()) return -1;
    if (size < 0) {
        err_set_string(exc::ValueError, "__sizeof__() should return >= 0");
        return -1;
    }
    return size + static_cast<intptr_t>(prefix_size(object));
}

Owned sys_getsizeof(Object*, Object* args, Object* kwargs) {
    static const char* const names[] = {"object", "default", nullptr};
    static const KeywordParser parser{"getsizeof", names, 1, 2};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    const intptr_t size = size_of(out[0]);
    if (size != -1) return int_from_ssize(size);
    if (out[1] && err_matches(exc::TypeError)) {
        err_clear();
        return newref(out[1]);
    }
    return nullptr;
}

Owned sys_exit(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("exit", nargs, 0, 1)) return nullptr;
    return err_set_object(&exc::SystemExit, nargs ? args[0] : nullptr);
}

Owned sys_exc_info(Object*, Object*) {
    Object* exception = handled_exception();
    if (!exception) return tuple_pack({none(), none(), none()});
    Object* traceback = static_cast<ExceptionObject*>(exception)->traceback;
    return tuple_pack({exception->type, exception, traceback ? traceback : none()});
}
Owned sys_exception(Object*, Object*) {
    Object* exception = handled_exception();
    return newref(exception ? exception : none());
}

Owned sys_getrecursionlimit(Object*, Object*) { return int_from_int(thread->recursion_limit); }
Owned sys_setrecursionlimit(Object*, Object* argument) {
    int limit;
    if (!argument_int(argument, &limit)) return nullptr;
    if (limit < 1) return err_set_string(exc::ValueError, "recursion limit must be greater or equal than 1");
    const int depth = thread->recursion_limit - thread->recursion_remaining;
    if (depth >= limit) {
        return err_format(exc::RecursionError,
                          "cannot set the recursion limit to %i at the recursion depth %i: the limit is too low", limit, depth);
    }
    thread->recursion_limit = limit;
    thread->recursion_remaining = limit - depth;
    return new_none();
}

Owned sys_intern(Object*, Object* text) {
    if (!str_check(text)) {
        argument_bad("intern", "argument", "str", text);
        return nullptr;
    }
    if (!str_check_exact(text)) return err_format(exc::TypeError, "can't intern %.400s", text->type->tp_name);
    Object* result = newref(text);
    str_intern_in_place(&result);
    return result;
}

Owned sys_getframe(Object*, Object* const* args, intptr_t nargs) {
    int depth = 0;
    if (!check_positional("_getframe", nargs, 0, 1)) return nullptr;
    if (nargs && !argument_int(args[0], &depth)) return nullptr;
    Object* frame = current_frame_object(depth < 0 ? 0 : depth);
    if (!frame && !err_occurred()) return err_set_string(exc::ValueError, "call stack is not deep enough");
    return frame;
}

Owned sys_current_frames(Object*, Object*) {
    Ref<> result = own(dict_new());
    Ref<> frame = own(current_frame_object(0));
    if (!result) return nullptr;
    Ref<> identifier = own(int_from_pointer(thread));
    if (frame && (!identifier || dict_set_item(result.get(), identifier.get(), frame.get()) < 0)) return nullptr;
    return result.release();
}
Owned sys_current_exceptions(Object*, Object*) {
    Ref<> result = own(dict_new());
    Ref<> information = own(sys_exc_info(nullptr, nullptr));
    Ref<> identifier = own(int_from_pointer(thread));
    if (!result || !information || !identifier) return nullptr;
    return dict_set_item(result.get(), identifier.get(), information.get()) < 0 ? nullptr : result.release();
}

Owned sys_getallocatedblocks(Object*, Object*) {
    const HeapStatistics statistics = heap_statistics();
    return int_from_size(statistics.objects + statistics.blocks);
}

Owned sys_getdefaultencoding(Object*, Object*) { return str_intern_from_string("utf-8"); }
Owned sys_getfilesystemencoding(Object*, Object*) { return str_intern_from_string("utf-8"); }
Owned sys_getfilesystemencodeerrors(Object*, Object*) { return str_intern_from_string("surrogateescape"); }
Owned sys_is_finalizing(Object*, Object*) { return bool_from(!runtime_is_initialized()); }
Owned sys_get_int_max_str_digits(Object*, Object*) { return int_from_int(int_max_str_digits); }
Owned sys_set_int_max_str_digits(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"maxdigits", nullptr};
    static const KeywordParser parser{"set_int_max_str_digits", names, 1, 1};
    Object* out[1] = {};
    int digits;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !argument_int(out[0], &digits)) return nullptr;
    if (digits != 0 && digits < kIntMaxStrDigitsThreshold) {
        return err_format(exc::ValueError, "maxdigits must be 0 or larger than %d", kIntMaxStrDigitsThreshold);
    }
    int_max_str_digits = digits;
    return new_none();
}

Owned sys_getswitchinterval(Object*, Object*) { return float_new(switch_interval); }
Owned sys_setswitchinterval(Object*, Object* argument) {
    Ref<> value = own(number_float(argument));
    if (!value) return nullptr;
    const double interval = static_cast<FloatObject*>(value.get())->value;
    if (interval <= 0) return err_set_string(exc::ValueError, "switch interval must be strictly positive");
    switch_interval = interval;
    return new_none();
}
Owned sys_getdlopenflags(Object*, Object*) { return int_from_int(2); }
Owned sys_setdlopenflags(Object*, Object* argument) {
    int flags;
    return argument_int(argument, &flags) ? new_none() : nullptr;
}

// A trace function would see every line through Python code; the VM's own debugger does that work.
Owned refuse_tracing(const char* function, Object* callback) {
    if (is_none(callback)) return new_none();
    return err_format(exc::RuntimeError, "sys.%s() takes only None in Refscope: debug with its own debugger", function);
}
Owned sys_settrace(Object*, Object* callback) { return refuse_tracing("settrace", callback); }
Owned sys_setprofile(Object*, Object* callback) { return refuse_tracing("setprofile", callback); }
Owned sys_no_trace(Object*, Object*) { return new_none(); }

Owned sys_call_tracing(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("call_tracing", nargs, 2, 2)) return nullptr;
    if (!tuple_check(args[1])) {
        argument_bad("call_tracing", "argument 2", "tuple", args[1]);
        return nullptr;
    }
    return object_call(args[0], args[1], nullptr);
}

Owned sys_clear_type_cache(Object*, Object*) { return new_none(); }

// ---- Hooks for asynchronous generators

const StructField asyncgen_fields[] = {{"firstiter", nullptr}, {"finalizer", nullptr}, {nullptr, nullptr}};
const StructDescription asyncgen_description{"sys.asyncgen_hooks", "The hooks for asynchronous generators.", asyncgen_fields, 2};
Type asyncgen_hooks_type = static_type("sys.asyncgen_hooks", 0, 0, 0);

Owned sys_get_asyncgen_hooks(Object*, Object*) {
    if (!asyncgen_hooks_type.has(kReady) && struct_sequence_init_type(&asyncgen_hooks_type, asyncgen_description, true) < 0) {
        return nullptr;
    }
    Owned result = struct_sequence_new(&asyncgen_hooks_type);
    if (!result) return nullptr;
    struct_sequence_set_item(result, 0, newref(asyncgen_first_iter ? asyncgen_first_iter : none()));
    struct_sequence_set_item(result, 1, newref(asyncgen_finalizer ? asyncgen_finalizer : none()));
    return result;
}
Owned sys_set_asyncgen_hooks(Object*, Object* args, Object* kwargs) {
    static const char* const names[] = {"firstiter", "finalizer", nullptr};
    static const KeywordParser parser{"set_asyncgen_hooks", names, 0, 2};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Object** slots[] = {&asyncgen_first_iter, &asyncgen_finalizer};
    for (int i = 1; i >= 0; --i) {
        if (out[i] && !is_none(out[i]) && !callable_check(out[i])) {
            return err_format(exc::TypeError, "callable %s expected, got %.50s", names[i], out[i]->type->tp_name);
        }
    }
    for (int i = 1; i >= 0; --i) {
        if (out[i]) set_ref(*slots[i], is_none(out[i]) ? nullptr : newref(out[i]));
    }
    return new_none();
}
Owned sys_get_coroutine_origin_tracking_depth(Object*, Object*) { return int_from_int(coroutine_origin_depth); }
Owned sys_set_coroutine_origin_tracking_depth(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"depth", nullptr};
    static const KeywordParser parser{"set_coroutine_origin_tracking_depth", names, 1, 1};
    Object* out[1] = {};
    int depth;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !argument_int(out[0], &depth)) return nullptr;
    if (depth < 0) return err_set_string(exc::ValueError, "depth must be >= 0");
    coroutine_origin_depth = depth;
    return new_none();
}

// ---- Auditing: hooks hear what sys.audit tells them

Owned sys_addaudithook(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"hook", nullptr};
    static const KeywordParser parser{"addaudithook", names, 1, 1};
    Object* out[1] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    if (!audit_hooks) {
        if (!(audit_hooks = list_new(0))) return nullptr;
        register_root(&audit_hooks, "audit hooks");
    }
    return list_append(audit_hooks, out[0]) < 0 ? nullptr : new_none();
}
Owned sys_audit(Object*, Object* const* args, intptr_t nargs) {
    if (nargs == 0) return err_set_string(exc::TypeError, "audit() missing 1 required positional argument: 'event'");
    if (!str_check(args[0])) return err_format(exc::TypeError, "expected str for argument 'event', not %.200s", args[0]->type->tp_name);
    if (!audit_hooks) return new_none();
    Ref<> rest = own(tuple_from_array(args + 1, nargs - 1));
    if (!rest) return nullptr;
    for (intptr_t i = 0; i < list_size(audit_hooks); ++i) {
        Ref<> hook = share(list_get_item(audit_hooks, i));
        Ref<> result = own(object_call_args(hook.get(), {args[0], rest.get()}));
        if (!result) return nullptr;
    }
    return new_none();
}

}  // namespace

const MethodDef sys_functions[] = {
    method_def("addaudithook", sys_addaudithook, kMethFastcall | kMethKeywords),
    method_def("audit", sys_audit, kMethFastcall),
    method_def("call_tracing", sys_call_tracing, kMethFastcall),
    method_def("exc_info", sys_exc_info, kMethNoargs, "exc_info($module, /)\n--\n\nType, value and traceback of the exception being handled."),
    method_def("exception", sys_exception, kMethNoargs, "exception($module, /)\n--\n\nThe exception being handled."),
    method_def("exit", sys_exit, kMethFastcall, "exit($module, status=None, /)\n--\n\nEnd the program by raising SystemExit(status)."),
    method_def("get_asyncgen_hooks", sys_get_asyncgen_hooks, kMethNoargs),
    method_def("get_coroutine_origin_tracking_depth", sys_get_coroutine_origin_tracking_depth, kMethNoargs),
    method_def("get_int_max_str_digits", sys_get_int_max_str_digits, kMethNoargs),
    method_def("getallocatedblocks", sys_getallocatedblocks, kMethNoargs),
    method_def("getdefaultencoding", sys_getdefaultencoding, kMethNoargs),
    method_def("getdlopenflags", sys_getdlopenflags, kMethNoargs),
    method_def("getfilesystemencodeerrors", sys_getfilesystemencodeerrors, kMethNoargs),
    method_def("getfilesystemencoding", sys_getfilesystemencoding, kMethNoargs),
    method_def("getprofile", sys_no_trace, kMethNoargs),
    method_def("getrecursionlimit", sys_getrecursionlimit, kMethNoargs),
    method_def("getrefcount", sys_getrefcount, kMethO, "getrefcount($module, object, /)\n--\n\nThe object's reference count; the argument counts too."),
    method_def("getsizeof", sys_getsizeof, kMethVarargs | kMethKeywords, "getsizeof(object [, default]) -> int\n\nThe object's size in bytes."),
    method_def("getswitchinterval", sys_getswitchinterval, kMethNoargs),
    method_def("gettrace", sys_no_trace, kMethNoargs),
    method_def("intern", sys_intern, kMethO),
    method_def("is_finalizing", sys_is_finalizing, kMethNoargs),
    method_def("set_asyncgen_hooks", sys_set_asyncgen_hooks, kMethVarargs | kMethKeywords),
    method_def("set_coroutine_origin_tracking_depth", sys_set_coroutine_origin_tracking_depth, kMethFastcall | kMethKeywords),
    method_def("set_int_max_str_digits", sys_set_int_max_str_digits, kMethFastcall | kMethKeywords),
    method_def("setdlopenflags", sys_setdlopenflags, kMethO),
    method_def("setprofile", sys_setprofile, kMethO),
    method_def("setrecursionlimit", sys_setrecursionlimit, kMethO),
    method_def("setswitchinterval", sys_setswitchinterval, kMethO),
    method_def("settrace", sys_settrace, kMethO),
    method_def("_clear_type_cache", sys_clear_type_cache, kMethNoargs),
    method_def("_current_exceptions", sys_current_exceptions, kMethNoargs),
    method_def("_current_frames", sys_current_frames, kMethNoargs),
    method_def("_getframe", sys_getframe, kMethFastcall),
    {nullptr, nullptr, 0}};

}  // namespace refscope::vm
