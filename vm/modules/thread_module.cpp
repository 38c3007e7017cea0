#include "vm/modules/thread_module.h"

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/host/host.h"
#include "vm/modules/import.h"
#include "vm/modules/signal_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

constexpr double kLongestTimeout = 9223372036.0;  // seconds; TIMEOUT_MAX

struct LockObject : Object {
    Object* weakrefs;
    bool locked;
};
struct RLockObject : Object {
    Object* weakrefs;
    intptr_t depth;
};
struct LocalObject : Object {
    Object* dict;
    Object* weakrefs;
};
LockObject* as_lock(Object* object) { return static_cast<LockObject*>(object); }
RLockObject* as_rlock(Object* object) { return static_cast<RLockObject*>(object); }

struct Acquire {
    bool blocking = true;
    int64_t timeout = -1;  // nanoseconds; negative: without end
};
bool acquire_arguments(Object* args, Object* kwargs, Acquire* result) {
    static const char* const names[] = {"blocking", "timeout", nullptr};
    static const KeywordParser parser{"acquire", names, 0, 2};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out) || (out[0] && !argument_bool(out[0], &result->blocking))) return false;
    if (!out[1]) return true;
    Ref<> value = own(number_float(out[1]));
    if (!value) return false;
    const double seconds = static_cast<FloatObject*>(value.get())->value;
    if (!result->blocking && seconds != -1) {
        err_set_string(exc::ValueError, "can't specify a timeout for a non-blocking call");
        return false;
    }
    if (seconds < 0 && seconds != -1) {
        err_set_string(exc::ValueError, "timeout value must be a non-negative number");
        return false;
    }
    if (seconds > kLongestTimeout) {
        err_set_string(exc::OverflowError, "timeout value is too large");
        return false;
    }
    if (seconds >= 0) result->timeout = static_cast<int64_t>(std::ceil(seconds * 1e9));
    return true;
}

// Waits for a lock that only this thread could release: until the time is up or a handler raises or releases it.
// 1: taken; 0: not; -1: an exception is pending.
int wait_for(const Acquire& how, const bool* locked) {
    if (!how.blocking) return 0;
    const int64_t deadline = how.timeout < 0 ? -1 : host().clock(CLOCK_MONOTONIC) + how.timeout;
    while (*locked) {
        const int status = host().wait_descriptor(-1, 0, deadline);
        if (status == 0) return 0;
        if (errno != EINTR) return 0;
        if (call_seam.check_signals && call_seam.check_signals() < 0) return -1;
    }
    return 1;
}

Owned lock_acquire(Object* object, Object* args, Object* kwargs) {
    Acquire how;
    if (!acquire_arguments(args, kwargs, &how)) return nullptr;
    LockObject* self = as_lock(object);
    if (self->locked) {
        const int taken = wait_for(how, &self->locked);
        if (taken <= 0) return taken < 0 ? nullptr : bool_from(false);
    }
    self->locked = true;
    return bool_from(true);
}
Owned lock_release(Object* self, Object*) {
    if (!as_lock(self)->locked) return err_set_string(exc::RuntimeError, "release unlocked lock");
    as_lock(self)->locked = false;
    return new_none();
}
Owned lock_locked(Object* self, Object*) { return bool_from(as_lock(self)->locked); }
Owned lock_exit(Object* self, Object*) { return lock_release(self, nullptr); }
Owned lock_reinit(Object* self, Object*) {
    as_lock(self)->locked = false;
    return new_none();
}
Owned lock_repr(Object* self) {
    return str_from_format("<%s %s object at %p>", as_lock(self)->locked ? "locked" : "unlocked", self->type->tp_name,
                           static_cast<void*>(self));
}
void lock_dealloc(Object* self) {
    if (as_lock(self)->weakrefs) object_clear_weakrefs(self);
    type_generic_free(self);
}
const MethodDef lock_methods[] = {method_def("acquire_lock", lock_acquire, kMethVarargs | kMethKeywords),
                                  method_def("acquire", lock_acquire, kMethVarargs | kMethKeywords),
                                  method_def("release_lock", lock_release, kMethNoargs),
                                  method_def("release", lock_release, kMethNoargs),
                                  method_def("locked_lock", lock_locked, kMethNoargs),
                                  method_def("locked", lock_locked, kMethNoargs),
                                  method_def("__enter__", lock_acquire, kMethVarargs | kMethKeywords),
                                  method_def("__exit__", lock_exit, kMethVarargs),
                                  method_def("_at_fork_reinit", lock_reinit, kMethNoargs),
                                  {nullptr, nullptr, 0}};
Type lock_type = [] {
    Type type = static_type("_thread.lock", sizeof(LockObject), 0, kDisallowInstantiation);
    type.tp_dealloc = lock_dealloc;
    type.tp_repr = lock_repr;
    type.tp_weaklistoffset = offsetof(LockObject, weakrefs);
    type.tp_methods = lock_methods;
    return type;
}();

Owned rlock_acquire(Object* self, Object* args, Object* kwargs) {
    Acquire how;
    if (!acquire_arguments(args, kwargs, &how)) return nullptr;
    ++as_rlock(self)->depth;
    return bool_from(true);
}
Owned rlock_release(Object* self, Object*) {
    if (as_rlock(self)->depth == 0) return err_set_string(exc::RuntimeError, "cannot release un-acquired lock");
    --as_rlock(self)->depth;
    return new_none();
}
Owned rlock_exit(Object* self, Object*) { return rlock_release(self, nullptr); }
Owned rlock_is_owned(Object* self, Object*) { return bool_from(as_rlock(self)->depth > 0); }
Owned rlock_release_save(Object* self, Object*) {
    if (as_rlock(self)->depth == 0) return err_set_string(exc::RuntimeError, "cannot release un-acquired lock");
    Ref<> depth = own(int_from_ssize(as_rlock(self)->depth)), owner = own(int_from_pointer(thread));
    as_rlock(self)->depth = 0;
    return depth && owner ? tuple_pack({depth.get(), owner.get()}) : nullptr;
}
Owned rlock_acquire_restore(Object* self, Object* state) {
    if (!tuple_check(state) || tuple_size(state) != 2 || !argument_ssize(tuple_get_item(state, 0), &as_rlock(self)->depth)) {
        return err_occurred() ? nullptr : err_set_string(exc::TypeError, "_acquire_restore() argument must be a tuple");
    }
    return new_none();
}
Owned rlock_reinit(Object* self, Object*) {
    as_rlock(self)->depth = 0;
    return new_none();
}
Owned rlock_repr(Object* self) {
    const intptr_t depth = as_rlock(self)->depth;
    return str_from_format("<%s %s object owner=%zd count=%zd at %p>", depth ? "locked" : "unlocked", self->type->tp_name,
                           depth ? reinterpret_cast<intptr_t>(thread) : intptr_t{0}, depth, static_cast<void*>(self));
}
void rlock_dealloc(Object* self) {
    if (as_rlock(self)->weakrefs) object_clear_weakrefs(self);
    self->type->tp_free(self);
}
const MethodDef rlock_methods[] = {method_def("acquire", rlock_acquire, kMethVarargs | kMethKeywords),
                                   method_def("release", rlock_release, kMethNoargs),
                                   method_def("_is_owned", rlock_is_owned, kMethNoargs),
                                   method_def("_acquire_restore", rlock_acquire_restore, kMethO),
                                   method_def("_release_save", rlock_release_save, kMethNoargs),
                                   method_def("__enter__", rlock_acquire, kMethVarargs | kMethKeywords),
                                   method_def("__exit__", rlock_exit, kMethVarargs),
                                   method_def("_at_fork_reinit", rlock_reinit, kMethNoargs),
                                   {nullptr, nullptr, 0}};
Type rlock_type = [] {
    Type type = static_type("_thread.RLock", sizeof(RLockObject), 0, kBaseType);
    type.tp_dealloc = rlock_dealloc;
    type.tp_repr = rlock_repr;
    type.tp_weaklistoffset = offsetof(RLockObject, weakrefs);
    type.tp_methods = rlock_methods;
    type.tp_new = type_generic_new;
    return type;
}();

// ---- _local: with one thread an object with a dict

LocalObject* as_local(Object* object) { return static_cast<LocalObject*>(object); }
Owned local_new(Type* type, Object* args, Object* kwargs) {
    const bool has_arguments = tuple_size(args) > 0 || (kwargs && dict_size(kwargs) > 0);
    if (has_arguments && type->tp_init == object_type.tp_init) {
        return err_set_string(exc::TypeError, "Initialization arguments are not supported");
    }
    auto* self = as_local(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    self->dict = dict_new();
    if (!self->dict) {
        decref(self);
        return nullptr;
    }
    return self;
}
int local_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_local(self)->dict, Edge::field("__dict__"));
    return 0;
}
int local_clear(Object* self) {
    clear_ref(as_local(self)->dict);
    return 0;
}
void local_dealloc(Object* self) {
    gc_untrack(self);
    if (as_local(self)->weakrefs) object_clear_weakrefs(self);
    local_clear(self);
    self->type->tp_free(self);
}
const GetSetDef local_getset[] = {{"__dict__", object_generic_get_dict}, {nullptr, nullptr}};
Type local_type = [] {
    Type type = static_type("_thread._local", sizeof(LocalObject), 0, kHaveGc | kBaseType);
    type.tp_dealloc = local_dealloc;
    type.tp_traverse = local_traverse;
    type.tp_clear = local_clear;
    type.tp_dictoffset = offsetof(LocalObject, dict);
    type.tp_weaklistoffset = offsetof(LocalObject, weakrefs);
    type.tp_getset = local_getset;
    type.tp_new = local_new;
    return type;
}();

// ---- functions

Owned allocate_lock(Object*, Object*) { return new_object<LockObject>(&lock_type); }
Owned get_ident(Object*, Object*) { return int_from_pointer(thread); }
Owned get_native_id(Object*, Object*) { return int_from_int(gettid()); }
Owned thread_count(Object*, Object*) { return int_from_int(0); }
Owned thread_exit(Object*, Object*) { return err_set_none(exc::SystemExit); }
Owned start_new_thread(Object*, Object*) { return err_set_string(exc::RuntimeError, "can't start new thread"); }
Owned interrupt_main(Object*, Object* const* args, intptr_t nargs) {
    int number = SIGINT;
    if (!check_positional("interrupt_main", nargs, 0, 1) || (nargs && !argument_int(args[0], &number))) return nullptr;
    if (number < 1 || number >= NSIG) return err_set_string(exc::ValueError, "signal number out of range");
    ::raise(number);
    return new_none();
}
Owned stack_size(Object*, Object* const* args, intptr_t nargs) {
    static intptr_t chosen = 0;
    intptr_t size = 0;
    if (!check_positional("stack_size", nargs, 0, 1) || (nargs && !argument_ssize(args[0], &size))) return nullptr;
    if (size < 0) return err_set_string(exc::ValueError, "size must be 0 or a positive value");
    const intptr_t before = chosen;
    if (nargs) chosen = size;
    return int_from_ssize(before);
}

const MethodDef thread_functions[] = {
    method_def("start_new_thread", start_new_thread, kMethVarargs), method_def("start_new", start_new_thread, kMethVarargs),
    method_def("allocate_lock", allocate_lock, kMethNoargs),        method_def("allocate", allocate_lock, kMethNoargs),
    method_def("exit_thread", thread_exit, kMethNoargs),            method_def("exit", thread_exit, kMethNoargs),
    method_def("interrupt_main", interrupt_main, kMethFastcall),    method_def("get_ident", get_ident, kMethNoargs),
    method_def("get_native_id", get_native_id, kMethNoargs),        method_def("_count", thread_count, kMethNoargs),
    method_def("stack_size", stack_size, kMethFastcall),            method_def("_set_sentinel", allocate_lock, kMethNoargs),
    {nullptr, nullptr, 0}};

}  // namespace

void thread_module_shutdown() {
    Ref<> threading = share(dict_get_item_string(modules_dict(), "threading"));
    if (!threading) return;
    Ref<> result = own(object_call_method(threading.get(), ID(_shutdown)));
    if (!result) err_write_unraisable(threading.get());
}

Owned create_thread_module() {
    for (Type* type : {&lock_type, &rlock_type, &local_type}) {
        if (!type->has(kReady) && type_ready(type) < 0) return nullptr;
    }
    Ref<> module = own(module_create("_thread", "Locks, and what there is of threads.", thread_functions));
    if (!module || module_add_object(module.get(), "LockType", &lock_type) < 0 ||
        module_add_object(module.get(), "RLock", &rlock_type) < 0 || module_add_object(module.get(), "_local", &local_type) < 0 ||
        module_add_object(module.get(), "error", &exc::RuntimeError) < 0 ||
        module_add_object_steal(module.get(), "TIMEOUT_MAX", float_new(kLongestTimeout)) < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
