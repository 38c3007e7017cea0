// Asynchronous generators (PEP 525): the awaitables that __anext__, asend, athrow and aclose give.
//
// A value that the generator yields itself travels wrapped, so that it can be told from what the awaitables inside it yield to the
// event loop.
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/interpreter/generator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct WrappedValue : Object {
    Object* value;
};

enum class AwaitableState : uint8_t { kInit, kIterating, kClosed };
// asend and athrow/aclose alike.
struct AsyncAwaitable : Object {
    GeneratorObject* generator;
    Object* argument;  // asend: the value to send; athrow: the tuple of arguments, nullptr for aclose
    AwaitableState state;
};
AsyncAwaitable* as_awaitable(Object* object) { return static_cast<AsyncAwaitable*>(object); }

Owned awaitable_new(Type* type, Object* generator, Object* argument) {
    auto* awaitable = new_object<AsyncAwaitable>(type);
    if (!awaitable) return nullptr;
    awaitable->generator = as_generator(newref(generator));
    awaitable->argument = xnewref(argument);
    gc_track(awaitable);
    return awaitable;
}

void awaitable_dealloc(Object* self) {
    gc_untrack(self);
    Object* generator = as_awaitable(self)->generator;
    as_awaitable(self)->generator = nullptr;
    xdecref(generator);
    clear_ref(as_awaitable(self)->argument);
    free_object(self);
}
int awaitable_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<Object*>(as_awaitable(self)->generator), Edge::field("generator"));
    RS_VISIT(as_awaitable(self)->argument, Edge::field("argument"));
    return 0;
}

// What the generator gave: a wrapped value ends the awaitable with it, anything else goes out to the event loop.
Owned unwrap(AsyncAwaitable* awaitable, Owned result) {
    GeneratorObject* generator = awaitable->generator;
    if (!result) {
        if (!err_occurred()) err_set_none(exc::StopAsyncIteration);
        if (err_matches(exc::StopAsyncIteration) || err_matches(exc::GeneratorExit)) generator->closed = true;
        generator->running_async = false;
        return nullptr;
    }
    if (result->type == &async_generator_wrapped_type) {
        Ref<> held = own(result);
        err_set_stop_iteration(static_cast<WrappedValue*>(result)->value);
        generator->running_async = false;
        return nullptr;
    }
    return result;
}

Owned drive(GeneratorObject* generator, Object* value) {
    Object* result;
    switch (generator_send(generator, value, &result)) {
        case kSendNext: return result;
        case kSendReturn: decref(result); return err_set_none(exc::StopAsyncIteration);
        default: return nullptr;
    }
}

bool begin(AsyncAwaitable* awaitable, const char* method) {
    GeneratorObject* generator = awaitable->generator;
    if (generator->running_async) {
        err_format(exc::RuntimeError, "%s(): asynchronous generator is already running", method);
        return false;
    }
    generator->running_async = true;
    awaitable->state = AwaitableState::kIterating;
    return true;
}

const char* const kReusedSend = "cannot reuse already awaited __anext__()/asend()";
const char* const kReusedThrow = "cannot reuse already awaited aclose()/athrow()";

Owned asend_send(Object* self, Object* value) {
    AsyncAwaitable* awaitable = as_awaitable(self);
    if (awaitable->state == AwaitableState::kClosed) return err_set_string(exc::RuntimeError, kReusedSend);
    if (awaitable->state == AwaitableState::kInit) {
        if (!begin(awaitable, "anext")) return nullptr;
        if (value == none()) value = awaitable->argument;
    }
    Owned result = unwrap(awaitable, drive(awaitable->generator, value));
    if (!result) awaitable->state = AwaitableState::kClosed;
    return result;
}
Owned asend_next(Object* self) { return asend_send(self, none()); }
Owned asend_throw(Object* self, Object* const* args, intptr_t count) {
    AsyncAwaitable* awaitable = as_awaitable(self);
    if (!check_positional("throw", count, 1, 3)) return nullptr;
    if (awaitable->state == AwaitableState::kClosed) return err_set_string(exc::RuntimeError, kReusedSend);
    Owned result = unwrap(awaitable, generator_throw(awaitable->generator, args[0], count > 1 ? args[1] : nullptr, count > 2 ? args[2] : nullptr));
    if (!result) awaitable->state = AwaitableState::kClosed;
    return result;
}
Owned awaitable_close(Object* self, Object*) {
    as_awaitable(self)->state = AwaitableState::kClosed;
    return newref(none());
}

Owned athrow_send(Object* self, Object* value) {
    AsyncAwaitable* awaitable = as_awaitable(self);
    GeneratorObject* generator = awaitable->generator;
    if (awaitable->state == AwaitableState::kClosed) return err_set_string(exc::RuntimeError, kReusedThrow);
    if (generator->state >= GeneratorState::kCompleted) {
        awaitable->state = AwaitableState::kClosed;
        return err_set_none(exc::StopIteration);
    }
    bool closing = awaitable->argument == nullptr;
    Owned result;
    if (awaitable->state == AwaitableState::kInit) {
        if (generator->closed) {
            awaitable->state = AwaitableState::kClosed;
            return err_set_none(exc::StopAsyncIteration);
        }
        if (value != none()) {
            return err_set_string(exc::RuntimeError, "can't send non-None value to a just-started coroutine");
        }
        if (!begin(awaitable, closing ? "aclose" : "athrow")) {
            awaitable->state = AwaitableState::kClosed;
            return nullptr;
        }
        if (closing) {
            generator->closed = true;
            result = generator_throw(generator, &exc::GeneratorExit, nullptr, nullptr);
        } else {
            intptr_t count = tuple_size(awaitable->argument);
            result = generator_throw(generator, tuple_get_item(awaitable->argument, 0), count > 1 ? tuple_get_item(awaitable->argument, 1) : nullptr,
                                     count > 2 ? tuple_get_item(awaitable->argument, 2) : nullptr);
        }
    } else {
        result = drive(generator, value);
    }
    if (!closing) {
        result = unwrap(awaitable, result);
        if (!result) awaitable->state = AwaitableState::kClosed;
        return result;
    }
    if (result && result->type == &async_generator_wrapped_type) {
        decref(result);
        generator->running_async = false;
        awaitable->state = AwaitableState::kClosed;
        return err_set_string(exc::RuntimeError, "async generator ignored GeneratorExit");
    }
    if (result) return result;
    generator->running_async = false;
    awaitable->state = AwaitableState::kClosed;
    if (err_matches(exc::StopAsyncIteration) || err_matches(exc::GeneratorExit)) {
        err_clear();
        return err_set_none(exc::StopIteration);
    }
    return nullptr;
}
Owned athrow_next(Object* self) { return athrow_send(self, none()); }
Owned athrow_throw(Object* self, Object* const* args, intptr_t count) {
    AsyncAwaitable* awaitable = as_awaitable(self);
    if (!check_positional("throw", count, 1, 3)) return nullptr;
    if (awaitable->state == AwaitableState::kClosed) return err_set_string(exc::RuntimeError, kReusedThrow);
    Owned result = generator_throw(awaitable->generator, args[0], count > 1 ? args[1] : nullptr, count > 2 ? args[2] : nullptr);
    if (awaitable->argument) return unwrap(awaitable, result);
    if (result && result->type == &async_generator_wrapped_type) {
        decref(result);
        return err_set_string(exc::RuntimeError, "async generator ignored GeneratorExit");
    }
    if (!result && (err_matches(exc::StopAsyncIteration) || err_matches(exc::GeneratorExit))) {
        err_clear();
        return err_set_none(exc::StopIteration);
    }
    return result;
}

const MethodDef kSendMethods[] = {
    method_def("send", asend_send, kMethO),
    method_def("throw", asend_throw, kMethFastcall),
    method_def("close", awaitable_close, kMethNoargs),
    {},
};
const MethodDef kThrowMethods[] = {
    method_def("send", athrow_send, kMethO),
    method_def("throw", athrow_throw, kMethFastcall),
    method_def("close", awaitable_close, kMethNoargs),
    {},
};

Type awaitable_type(const char* name, const MethodDef* methods, UnaryFn next) {
    Type t = static_type(name, sizeof(AsyncAwaitable), 0, kHaveGc);
    t.tp_dealloc = awaitable_dealloc;
    t.tp_getattro = object_generic_get_attr;
    t.tp_traverse = awaitable_traverse;
    t.tp_iter = object_self_iter;
    t.tp_iternext = next;
    t.tp_methods = methods;
    t.am_await = object_self_iter;
    return t;
}

void wrapped_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(static_cast<WrappedValue*>(self)->value);
    free_object(self);
}
int wrapped_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<WrappedValue*>(self)->value, Edge::field("value"));
    return 0;
}

Owned generator_anext(Object* self) { return awaitable_new(&async_generator_asend_type, self, none()); }
Owned generator_asend(Object* self, Object* value) { return awaitable_new(&async_generator_asend_type, self, value); }
Owned generator_athrow(Object* self, Object* args) {
    if (!check_positional("athrow", tuple_size(args), 1, 3)) return nullptr;
    return awaitable_new(&async_generator_athrow_type, self, args);
}
Owned generator_aclose(Object* self, Object*) { return awaitable_new(&async_generator_athrow_type, self, nullptr); }

const MethodDef kGeneratorMethods[] = {
    method_def("asend", generator_asend, kMethO),
    method_def("athrow", generator_athrow, kMethVarargs),
    method_def("aclose", generator_aclose, kMethNoargs),
    {},
};

}  // namespace

Type async_generator_asend_type = awaitable_type("async_generator_asend", kSendMethods, asend_next);
Type async_generator_athrow_type = awaitable_type("async_generator_athrow", kThrowMethods, athrow_next);
Type async_generator_wrapped_type = [] {
    Type t = static_type("async_generator_wrapped_value", sizeof(WrappedValue), 0, kHaveGc);
    t.tp_dealloc = wrapped_dealloc;
    t.tp_traverse = wrapped_traverse;
    t.tp_getattro = object_generic_get_attr;
    return t;
}();

Owned async_generator_wrap(Object* stolen_value) {
    auto* wrapped = new_object<WrappedValue>(&async_generator_wrapped_type);
    if (!wrapped) {
        decref(stolen_value);
        return nullptr;
    }
    wrapped->value = stolen_value;
    gc_track(wrapped);
    return wrapped;
}

int init_async_generator_types() {
    async_generator_type.tp_methods = kGeneratorMethods;
    async_generator_type.am_aiter = object_self_iter;
    async_generator_type.am_anext = generator_anext;
    if (type_ready(&async_generator_type) < 0 || type_ready(&async_generator_asend_type) < 0 ||
        type_ready(&async_generator_athrow_type) < 0 || type_ready(&async_generator_wrapped_type) < 0) {
        return -1;
    }
    return 0;
}

}  // namespace refscope::vm
