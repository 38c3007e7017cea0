// Generators and coroutines: resuming, throwing, closing, finalization. (Asynchronous generators add to this in
// async_generator.cpp.)
//
// A suspended frame stands at its YIELD (or RETURN_GENERATOR) instruction in state kConsumed: what is sent is stored to that
// instruction's dst and execution goes on behind it. What is thrown is raised at the instruction itself.
#include "vm/interpreter/generator.h"

#include <cstddef>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/block_trace.h"
#include "vm/heap/collector_state.h"
#include "vm/interpreter/interpreter.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/traceback_object.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

using bytecode::RegisterOp;

namespace {

const char* kind_name(const Object* object) {
    if (coroutine_check_exact(object)) return "coroutine";
    if (async_generator_check_exact(object)) return "async generator";
    return "generator";
}

Type* type_for(const CodeObject* code) {
    if (code->flags & bytecode::kCoCoroutine) return &coroutine_type;
    if (code->flags & bytecode::kCoAsyncGenerator) return &async_generator_type;
    return &generator_type;
}

// The generator has finished: what its frame still holds is released.
void complete(GeneratorObject* generator) {
    generator->state = GeneratorState::kCompleted;
    if (generator->frame.state == FrameState::kCleared) return;
    clear_frame(&generator->frame);
    generator->state = GeneratorState::kCleared;
}

}  // namespace

Owned generator_from_frame(Frame* frame) {
    CodeObject* code = frame->code;
    Type* type = type_for(code);
    auto* generator = static_cast<GeneratorObject*>(allocate_object(type, offsetof(GeneratorObject, frame) + frame_bytes(code)));
    if (!generator) return nullptr;
    std::memcpy(static_cast<void*>(&generator->frame), static_cast<const void*>(frame), frame_bytes(code));
    generator->frame.owner = FrameOwner::kGenerator;
    generator->frame.previous = nullptr;
    generator->frame.state = FrameState::kConsumed;
    generator->frame.entry = true;
    if (generator->frame.frame_object) generator->frame.frame_object->frame = &generator->frame;
    generator->name = newref(frame->function->func_name);
    generator->qualname = newref(frame->function->func_qualname);
    generator->state = GeneratorState::kCreated;
    set_traced_size(generator, static_cast<size_t>(Prefix::kGc) + type->tp_sizeof(generator));
    gc_track(generator);
    return generator;
}

bool generator_is_running(Frame* frame) { return generator_of_frame(frame)->state == GeneratorState::kExecuting; }
void generator_finalize_frame(Frame* frame) {
    GeneratorObject* generator = generator_of_frame(frame);
    Ref<> closed = own(generator_close(generator));
    if (!closed) err_write_unraisable(generator);
}

namespace {

// gen_send_ex2. `value` borrowed or nullptr; `throwing`: an exception is pending and is raised inside.
int resume(GeneratorObject* generator, Object* value, Object** result, bool throwing, bool closing) {
    *result = nullptr;
    if (generator->state == GeneratorState::kCreated && value && value != none()) {
        err_format(exc::TypeError, "can't send non-None value to a just-started %s", kind_name(generator));
        return kSendError;
    }
    if (generator->state == GeneratorState::kExecuting) {
        err_format(exc::ValueError, "%s already executing", kind_name(generator));
        return kSendError;
    }
    if (generator->state >= GeneratorState::kCompleted) {
        if (coroutine_check_exact(generator) && !closing) {
            err_set_string(exc::RuntimeError, "cannot reuse already awaited coroutine");
        } else if (value && !throwing) {
            *result = newref(none());
            return kSendReturn;
        }
        return kSendError;
    }
    Frame* frame = &generator->frame;
    if (!enter_recursive_call("")) return kSendError;
    if (!throwing) {
        const Instruction* at = frame->at();
        frame->registers[at->dst] = newref(value ? value : none());
        frame->pc = at + 1;
        frame->state = FrameState::kAt;
        frame->shadowed = false;
    }
    HandledException* before = thread->handled;
    generator->handled.previous = before;
    thread->handled = &generator->handled;
    generator->state = GeneratorState::kExecuting;
    frame->previous = thread->frame;
    if (throwing) err_chain_pending(generator->handled.value);
    Object* returned = run_frame(frame);
    // YIELD has set the state to suspended; anything else is the end. (The loop gives the recursion back.)
    thread->handled = before;
    generator->handled.previous = nullptr;
    frame->previous = nullptr;
    if (returned && generator->state == GeneratorState::kSuspended) {
        *result = returned;
        return kSendNext;
    }
    generator->state = GeneratorState::kCompleted;
    if (returned) {
        // A value other than None travels to the caller while the frame is taken down.
        Ref<> held = own(returned);
        clear_ref(generator->handled.value);
        complete(generator);
        *result = held.release();
        return kSendReturn;
    }
    if (err_matches(exc::StopIteration) || (async_generator_check_exact(generator) && err_matches(exc::StopAsyncIteration))) {
        bool stop = err_matches(exc::StopIteration);
        Ref<> cause = own(err_fetch());
        err_format(exc::RuntimeError, "%s raised %s", kind_name(generator), stop ? "StopIteration" : "StopAsyncIteration");
        if (err_occurred()) {
            exception_set_cause(thread->pending, newref(cause.get()));
            exception_set_context(thread->pending, newref(cause.get()));
        }
    }
    clear_ref(generator->handled.value);
    Object* pending = err_fetch();
    Ref<> held = own(pending);
    complete(generator);
    err_restore(held.release());
    return kSendError;
}

}  // namespace

int generator_send(Object* generator, Object* value, Object** result) {
    return resume(as_generator(generator), value, result, false, false);
}

namespace {

Owned send_method(Object* self, Object* value) {
    Object* result;
    switch (resume(as_generator(self), value, &result, false, false)) {
        case kSendNext: return result;
        case kSendReturn: {
            Ref<> returned = own(result);
            if (async_generator_check_exact(self)) return err_set_none(exc::StopAsyncIteration);
            if (returned.get() == none()) return err_set_none(exc::StopIteration);
            err_set_stop_iteration(returned.get());
            return nullptr;
        }
        default: return nullptr;
    }
}

Owned generator_iternext(Object* self) {
    Object* result;
    int outcome = resume(as_generator(self), nullptr, &result, false, false);
    if (outcome == kSendNext) return result;
    if (outcome == kSendReturn) {
        Ref<> returned = own(result);
        if (returned.get() != none()) err_set_stop_iteration(returned.get());
    }
    return nullptr;
}

int close_iterator(Object* iterator) {
    if (generator_check_exact(iterator) || coroutine_check_exact(iterator)) {
        Ref<> closed = own(generator_close(iterator));
        return closed ? 0 : -1;
    }
    Object* method = nullptr;
    if (object_lookup_attr(iterator, ID(close), &method) < 0) {
        err_write_unraisable(iterator);
        return 0;
    }
    Ref<> close = own(method);
    if (!close) return 0;
    Ref<> result = own(object_call_noargs(close.get()));
    return result ? 0 : -1;
}

}  // namespace

Owned generator_yield_from(GeneratorObject* generator) {
    if (generator->state != GeneratorState::kSuspended) return nullptr;
    Frame* frame = &generator->frame;
    // A delegating generator is suspended at a YIELD whose resumption (RESUME 2 or 3) follows: the iterator is on top of the stack.
    const Instruction* next = frame->at() + 1;
    if (next->op() != RegisterOp::RESUME || (next->imm & 3) < 2) return nullptr;
    Object* receiver = frame_stack_entry(frame, frame_stack_depth(frame) - 1);
    return xnewref(receiver);
}

Owned generator_close(Object* self) {
    GeneratorObject* generator = as_generator(self);
    if (generator->state == GeneratorState::kCreated) {
        generator->state = GeneratorState::kCompleted;
        return newref(none());
    }
    if (generator->state >= GeneratorState::kCompleted) return newref(none());
    Ref<> delegate = own(generator_yield_from(generator));
    int error = 0;
    if (delegate) {
        GeneratorState state = generator->state;
        generator->state = GeneratorState::kExecuting;
        error = close_iterator(delegate.get());
        generator->state = state;
        delegate.reset();
    }
    if (error == 0) err_set_none(exc::GeneratorExit);
    Object* value;
    int outcome = resume(generator, none(), &value, true, true);
    if (outcome == kSendNext) {
        decref(value);
        return err_format(exc::RuntimeError, "%s ignored GeneratorExit", kind_name(self));
    }
    if (outcome == kSendReturn) {
        decref(value);
        return newref(none());
    }
    if (err_matches(exc::StopIteration) || err_matches(exc::GeneratorExit)) {
        err_clear();
        return newref(none());
    }
    return err_occurred() ? nullptr : newref(none());
}

namespace {

// Makes (type, value, traceback) of throw() the pending exception. False: the arguments were wrong.
bool set_thrown(Object* type, Object* value, Object* traceback) {
    if (traceback == none()) traceback = nullptr;
    if (traceback && !traceback_check(traceback)) {
        err_set_string(exc::TypeError, "throw() third argument must be a traceback object");
        return false;
    }
    if (exception_class_check(type)) {
        Ref<> instance = own(exception_create(as_type(type), value));
        if (!instance) return true;  // what prevented it is thrown instead
        if (traceback) exception_set_traceback(instance.get(), traceback);
        err_restore(instance.release());
        return true;
    }
    if (exception_instance_check(type)) {
        if (value && value != none()) {
            err_set_string(exc::TypeError, "instance exception may not have a separate value");
            return false;
        }
        if (traceback) exception_set_traceback(type, traceback);
        err_restore(newref(type));
        return true;
    }
    err_format(exc::TypeError, "exceptions must be classes or instances deriving from BaseException, not %s", type->type->tp_name);
    return false;
}

Owned throw_here(GeneratorObject* generator, Object* type, Object* value, Object* traceback) {
    if (!set_thrown(type, value, traceback)) return nullptr;
    if (generator->state >= GeneratorState::kCompleted && coroutine_check_exact(generator)) {
        err_clear();
        return err_set_string(exc::RuntimeError, "cannot reuse already awaited coroutine");
    }
    if (generator->state >= GeneratorState::kCompleted) return nullptr;
    Object* result;
    switch (resume(generator, none(), &result, true, false)) {
        case kSendNext: return result;
        case kSendReturn: {
            Ref<> returned = own(result);
            err_set_stop_iteration(returned.get());
            return nullptr;
        }
        default: return nullptr;
    }
}

}  // namespace

Owned generator_throw(Object* self, Object* type, Object* value, Object* traceback) {
    GeneratorObject* generator = as_generator(self);
    Ref<> delegate = own(generator_yield_from(generator));
    if (!delegate) return throw_here(generator, type, value, traceback);
    Owned result;
    if (err_given_matches(type, &exc::GeneratorExit)) {
        GeneratorState state = generator->state;
        generator->state = GeneratorState::kExecuting;
        int error = close_iterator(delegate.get());
        generator->state = state;
        delegate.reset();
        if (error < 0) {
            Object* outcome;
            return resume(generator, none(), &outcome, true, false) == kSendNext ? outcome : nullptr;
        }
        return throw_here(generator, type, value, traceback);
    }
    if (generator_check_exact(delegate.get()) || coroutine_check_exact(delegate.get())) {
        generator->state = GeneratorState::kExecuting;
        generator->frame.previous = thread->frame;
        thread->frame = &generator->frame;
        result = generator_throw(delegate.get(), type, value, traceback);
        thread->frame = generator->frame.previous;
        generator->frame.previous = nullptr;
        generator->state = GeneratorState::kSuspended;
    } else {
        Object* method = nullptr;
        if (object_lookup_attr(delegate.get(), ID(throw), &method) < 0) return nullptr;
        Ref<> throw_method = own(method);
        if (!throw_method) {
            delegate.reset();
            return throw_here(generator, type, value, traceback);
        }
        generator->state = GeneratorState::kExecuting;
        Object* arguments[] = {type, value, traceback};
        size_t count = traceback ? 3 : value ? 2 : 1;
        result = object_vectorcall(throw_method.get(), arguments, count, nullptr);
        generator->state = GeneratorState::kSuspended;
    }
    if (result) return result;
    // The delegate has ended: its iterator leaves the stack and the generator goes on with what it returned, or with the
    // exception, at the instruction behind its SEND loop.
    Object* returned = nullptr;
    if (err_fetch_stop_iteration(&returned) == 0) {
        Ref<> value_of_delegate = own(returned);
        Frame* frame = &generator->frame;
        // Behind RESUME and the jump back is the SEND that drives the loop: its target is where the value is wanted.
        const Instruction* at = frame->at();
        const Instruction* jump = at + 2;
        const Instruction* send = frame->code->instructions + jump->imm;
        const Instruction* target = frame->code->instructions + send->imm;
        Object** slot = &frame->registers[send->a];
        set_ref(*slot, newref(value_of_delegate.get()));
        value_of_delegate.reset();
        frame->pc = target;
        frame->state = FrameState::kAt;
        HandledException* before = thread->handled;
        generator->handled.previous = before;
        thread->handled = &generator->handled;
        generator->state = GeneratorState::kExecuting;
        frame->previous = thread->frame;
        Object* out = enter_recursive_call("") ? run_frame(frame) : nullptr;
        thread->handled = before;
        frame->previous = nullptr;
        if (out && generator->state == GeneratorState::kSuspended) return out;
        Ref<> held = own(out);
        clear_ref(generator->handled.value);
        Ref<> pending = own(err_fetch());
        complete(generator);
        if (held) {
            if (held.get() == none()) return err_set_none(exc::StopIteration);
            err_set_stop_iteration(held.get());
            return nullptr;
        }
        err_restore(pending.release());
        return nullptr;
    }
    Object* outcome;
    int how = resume(generator, none(), &outcome, true, false);
    if (how == kSendNext) return outcome;
    if (how == kSendReturn) {
        Ref<> held = own(outcome);
        err_set_stop_iteration(held.get());
    }
    return nullptr;
}

namespace {

Owned throw_method(Object* self, Object* const* args, intptr_t count) {
    if (!check_positional("throw", count, 1, 3)) return nullptr;
    return generator_throw(self, args[0], count > 1 ? args[1] : nullptr, count > 2 ? args[2] : nullptr);
}
Owned close_method(Object* self, Object*) { return generator_close(self); }

// tp_finalize: a suspended generator is closed, so that its finally blocks run.
void generator_finalize(Object* self) {
    GeneratorObject* generator = as_generator(self);
    if (generator->state >= GeneratorState::kCompleted) return;
    Ref<> pending = own(err_fetch());
    if (async_generator_check_exact(self) && generator->origin_or_finalizer && !generator->closed) {
        Ref<> hook = share(generator->origin_or_finalizer);
        Ref<> result = own(object_call_onearg(hook.get(), self));
        if (!result) err_write_unraisable(self);
        err_restore(pending.release());
        return;
    }
    if (coroutine_check_exact(self) && generator->state == GeneratorState::kCreated) {
        if (err_warn(exc::RuntimeWarning, 1, "coroutine '%s' was never awaited", str_to_utf8(generator->qualname).c_str()) < 0) {
            err_write_unraisable(self);
        }
    }
    Ref<> closed = own(generator_close(self));
    if (!closed && err_occurred()) err_write_unraisable(self);
    if (pending) err_restore(pending.release());
}

void generator_dealloc(Object* self) {
    GeneratorObject* generator = as_generator(self);
    gc_untrack(self);
    if (generator->weakreflist) object_clear_weakrefs(self);
    gc_track(self);
    if (object_call_finalizer_from_dealloc(self) != 0) return;
    gc_untrack(self);
    if (async_generator_check_exact(self)) clear_ref(generator->origin_or_finalizer);
    if (generator->frame.state != FrameState::kCleared) {
        generator->state = GeneratorState::kCleared;
        generator->frame.previous = nullptr;
        Frame* frame = &generator->frame;
        // Entries of the evaluation stack (a for loop's iterator) go last, as frame clearing has them.
        int depth = frame_stack_depth(frame);
        Object** homes = frame->registers + frame->code->nlocalsplus;
        for (int i = 0; i < frame->code->nlocalsplus; ++i) clear_ref(frame->registers[i]);
        for (int i = 0; i < depth; ++i) {
            if (frame_stack_slot(frame, i)) clear_ref(homes[i]);
        }
        clear_frame(frame);
    }
    if (coroutine_check_exact(self)) clear_ref(generator->origin_or_finalizer);
    clear_ref(generator->name);
    clear_ref(generator->qualname);
    clear_ref(generator->handled.value);
    free_object(self);
}

int generator_traverse(Object* self, Visit visit, void* context) {
    GeneratorObject* generator = as_generator(self);
    RS_VISIT(generator->name, Edge::field("__name__"));
    RS_VISIT(generator->qualname, Edge::field("__qualname__"));
    if (generator->state < GeneratorState::kCleared && generator->state != GeneratorState::kExecuting) {
        int result = frame_visit(&generator->frame, visit, context);
        if (result) return result;
    }
    RS_VISIT(generator->handled.value, Edge::field("handled exception"));
    RS_VISIT(generator->origin_or_finalizer, Edge::field(coroutine_check_exact(self) ? "cr_origin" : "ag_hooks"));
    RS_VISIT(static_cast<Object*>(generator->frame.frame_object), Edge::field("gi_frame", true));
    return 0;
}

Owned generator_repr(Object* self) {
    const char* kind = coroutine_check_exact(self) ? "coroutine" : async_generator_check_exact(self) ? "async_generator" : "generator";
    return str_from_format("<%s object %S at %p>", kind, as_generator(self)->qualname, self);
}

size_t generator_size(Object* self) {
    const CodeObject* code = as_generator(self)->frame.code;
    return 152 + sizeof(Object*) * static_cast<size_t>(code->nlocalsplus + code->stacksize);
}

Owned get_name(Object* self, void*) { return newref(as_generator(self)->name); }
Owned get_qualname(Object* self, void*) { return newref(as_generator(self)->qualname); }
int set_text(Object** slot, Object* value, const char* what) {
    if (!value || !str_check(value)) {
        err_format(exc::TypeError, "%s must be set to a string object", what);
        return -1;
    }
    set_ref(*slot, newref(value));
    return 0;
}
int set_name(Object* self, Object* value, void*) { return set_text(&as_generator(self)->name, value, "__name__"); }
int set_qualname(Object* self, Object* value, void*) { return set_text(&as_generator(self)->qualname, value, "__qualname__"); }
Owned get_running(Object* self, void*) {
    return newref(as_generator(self)->state == GeneratorState::kExecuting ? py_true() : py_false());
}
Owned get_suspended(Object* self, void*) {
    return newref(as_generator(self)->state == GeneratorState::kSuspended ? py_true() : py_false());
}
Owned get_frame(Object* self, void*) {
    GeneratorObject* generator = as_generator(self);
    if (generator->state >= GeneratorState::kCleared) return newref(none());
    return xnewref(static_cast<Object*>(frame_get_object(&generator->frame)));
}
Owned get_code(Object* self, void*) { return newref(static_cast<Object*>(as_generator(self)->frame.code)); }
Owned get_yield_from(Object* self, void*) {
    Owned delegate = generator_yield_from(as_generator(self));
    return delegate ? delegate : newref(none());
}
Owned get_origin(Object* self, void*) {
    Object* origin = as_generator(self)->origin_or_finalizer;
    return newref(origin ? origin : none());
}

Owned coroutine_await(Object* self);

const MethodDef kMethods[] = {
    method_def("send", send_method, kMethO),
    method_def("throw", throw_method, kMethFastcall),
    method_def("close", close_method, kMethNoargs),
    {},
};
const GetSetDef kGeneratorGetSet[] = {
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {"gi_running", get_running},
    {"gi_frame", get_frame},
    {"gi_suspended", get_suspended},
    {"gi_code", get_code},
    {"gi_yieldfrom", get_yield_from},
    {},
};
const GetSetDef kCoroutineGetSet[] = {
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {"cr_running", get_running},
    {"cr_frame", get_frame},
    {"cr_suspended", get_suspended},
    {"cr_code", get_code},
    {"cr_await", get_yield_from},
    {"cr_origin", get_origin},
    {},
};
const GetSetDef kAsyncGeneratorGetSet[] = {
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {"ag_running", get_running},
    {"ag_frame", get_frame},
    {"ag_suspended", get_suspended},
    {"ag_code", get_code},
    {"ag_await", get_yield_from},
    {},
};

Type common_type(const char* name) {
    Type t = static_type(name, 152, 8, kHaveGc);
    t.tp_dealloc = generator_dealloc;
    t.tp_repr = generator_repr;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = generator_traverse;
    t.tp_weaklistoffset = offsetof(GeneratorObject, weakreflist);
    t.tp_finalize = generator_finalize;
    t.tp_sizeof = generator_size;
    return t;
}

// coroutine.__await__(): an iterator that drives the coroutine.
struct CoroutineWrapper : Object {
    Object* coroutine;
};
Owned wrapper_next(Object* self) { return generator_iternext(static_cast<CoroutineWrapper*>(self)->coroutine); }
Owned wrapper_send(Object* self, Object* value) { return send_method(static_cast<CoroutineWrapper*>(self)->coroutine, value); }
Owned wrapper_throw(Object* self, Object* const* args, intptr_t count) {
    return throw_method(static_cast<CoroutineWrapper*>(self)->coroutine, args, count);
}
Owned wrapper_close(Object* self, Object*) { return generator_close(static_cast<CoroutineWrapper*>(self)->coroutine); }
void wrapper_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(static_cast<CoroutineWrapper*>(self)->coroutine);
    free_object(self);
}
int wrapper_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<CoroutineWrapper*>(self)->coroutine, Edge::field("coroutine"));
    return 0;
}
const MethodDef kWrapperMethods[] = {
    method_def("send", wrapper_send, kMethO),
    method_def("throw", wrapper_throw, kMethFastcall),
    method_def("close", wrapper_close, kMethNoargs),
    {},
};

Owned coroutine_await(Object* self) {
    auto* wrapper = new_object<CoroutineWrapper>(&coroutine_wrapper_type);
    if (!wrapper) return nullptr;
    wrapper->coroutine = newref(self);
    gc_track(wrapper);
    return wrapper;
}

}  // namespace

Type generator_type = [] {
    Type t = common_type("generator");
    t.tp_iter = object_self_iter;
    t.tp_iternext = generator_iternext;
    t.tp_methods = kMethods;
    t.tp_getset = kGeneratorGetSet;
    t.am_send = generator_send;
    return t;
}();
Type coroutine_type = [] {
    Type t = common_type("coroutine");
    t.tp_methods = kMethods;
    t.tp_getset = kCoroutineGetSet;
    t.am_await = coroutine_await;
    t.am_send = generator_send;
    return t;
}();
Type async_generator_type = [] {
    Type t = common_type("async_generator");
    t.tp_getset = kAsyncGeneratorGetSet;
    return t;
}();
Type coroutine_wrapper_type = [] {
    Type t = static_type("coroutine_wrapper", sizeof(CoroutineWrapper), 0, kHaveGc);
    t.tp_dealloc = wrapper_dealloc;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = wrapper_traverse;
    t.tp_iter = object_self_iter;
    t.tp_iternext = wrapper_next;
    t.tp_methods = kWrapperMethods;
    return t;
}();

Owned awaitable_iterator(Object* object) {
    if (coroutine_check_exact(object)) return newref(object);
    if (generator_check_exact(object) && (as_generator(object)->frame.code->flags & bytecode::kCoIterableCoroutine)) return newref(object);
    UnaryFn await = object->type->am_await;
    if (!await) return err_format(exc::TypeError, "object %.100s can't be used in 'await' expression", object->type->tp_name);
    Ref<> iterator = own(await(object));
    if (!iterator) return nullptr;
    if (coroutine_check_exact(iterator.get()) ||
        (generator_check_exact(iterator.get()) &&
         (as_generator(iterator.get())->frame.code->flags & bytecode::kCoIterableCoroutine))) {
        return err_set_string(exc::TypeError, "__await__() returned a coroutine");
    }
    if (!iter_check(iterator.get())) {
        return err_format(exc::TypeError, "__await__() returned non-iterator of type '%.100s'", iterator->type->tp_name);
    }
    return iterator.release();
}

int init_async_generator_types();

int init_generator_types() {
    if (type_ready(&generator_type) < 0 || type_ready(&coroutine_type) < 0 || type_ready(&coroutine_wrapper_type) < 0) return -1;
    return init_async_generator_types();
}

}  // namespace refscope::vm
