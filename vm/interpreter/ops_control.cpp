// Iteration, with, raising, and what coroutines wait for.
#include "vm/interpreter/builtins_support.h"
#include "vm/interpreter/generator.h"
#include "vm/interpreter/ops.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

bool op_get_iter(Frame* frame, const Instruction* pc) {
    Owned iterator = object_get_iter(operand(frame, pc->a));
    frame->in_flight = iterator;
    consume(frame, pc->a);
    return iterator != nullptr;
}

bool op_for_iter(Frame* frame, const Instruction* pc) {
    Object* iterator = frame->registers[pc->a];
    Owned next = iterator->type->tp_iternext(iterator);
    frame->in_flight = next;
    if (next || !err_occurred()) return true;
    if (!err_matches(exc::StopIteration)) return false;
    err_clear();
    return true;
}

bool op_get_yield_from_iter(Frame* frame, const Instruction* pc) {
    Object* iterable = operand(frame, pc->a);
    if (coroutine_check_exact(iterable)) {
        if (!(frame->code->flags & (bytecode::kCoCoroutine | bytecode::kCoIterableCoroutine))) {
            err_set_string(exc::TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
            return false;
        }
        return finish(frame, take(frame, pc->a));
    }
    if (generator_check_exact(iterable)) return finish(frame, take(frame, pc->a));
    return op_get_iter(frame, pc);
}

bool op_get_awaitable(Frame* frame, const Instruction* pc) {
    Object* awaited = operand(frame, pc->a);
    Owned iterator = awaitable_iterator(awaited);
    if (!iterator && pc->imm && !err_occurred()) return false;
    if (!iterator) {
        Type* type = awaited->type;
        if (pc->imm && !type->am_await) {
            err_clear();
            err_format(exc::TypeError, "'async with' received an object from %s that does not implement __await__: %.100s",
                       pc->imm == 1 ? "__aenter__" : "__aexit__", type->tp_name);
        }
    }
    frame->in_flight = iterator;
    consume(frame, pc->a);
    if (iterator && coroutine_check_exact(iterator)) {
        Ref<> waiting = own(generator_yield_from(as_generator(iterator)));
        if (waiting) {
            clear_ref(frame->in_flight);
            err_set_string(exc::RuntimeError, "coroutine is being awaited already");
            return false;
        }
    }
    return iterator != nullptr;
}

bool op_get_aiter(Frame* frame, const Instruction* pc) {
    Object* iterable = operand(frame, pc->a);
    UnaryFn get = iterable->type->am_aiter;
    Owned iterator = nullptr;
    if (get) {
        iterator = get(iterable);
        if (iterator && !iterator->type->am_anext) {
            err_format(exc::TypeError,
                       "'async for' received an object from __aiter__ that does not implement __anext__: %.100s", iterator->type->tp_name);
            clear_ref(iterator);
        }
    } else {
        err_format(exc::TypeError, "'async for' requires an object with __aiter__ method, got %.100s", iterable->type->tp_name);
    }
    frame->in_flight = iterator;
    consume(frame, pc->a);
    return iterator != nullptr;
}

bool op_get_anext(Frame* frame, const Instruction* pc) {
    Object* iterator = frame->registers[pc->a];
    UnaryFn next = iterator->type->am_anext;
    if (async_generator_check_exact(iterator)) return finish(frame, next(iterator));
    if (!next) {
        err_format(exc::TypeError, "'async for' requires an iterator with __anext__ method, got %.100s", iterator->type->tp_name);
        return false;
    }
    Ref<> value = own(next(iterator));
    if (!value) return false;
    Owned awaitable = awaitable_iterator(value.get());
    if (!awaitable) {
        err_format(exc::TypeError, "'async for' received an invalid object from __anext__: %.100s", value->type->tp_name);
        return false;
    }
    return finish(frame, awaitable);
}

bool op_end_async_for(Frame* frame, const Instruction* pc) {
    Object* raised = frame->registers[pc->a + 1];
    if (!err_given_matches(raised, &exc::StopAsyncIteration)) {
        frame->registers[pc->a + 1] = nullptr;
        err_restore(raised);
        return false;
    }
    clear_ref(frame->registers[pc->a + 1]);
    clear_ref(frame->registers[pc->a]);
    return true;
}

namespace {

// Two results: the exit method at dst, what entering gave behind it.
bool enter_context(Frame* frame, const Instruction* pc, Object* enter_name, Object* exit_name, const char* protocol,
                   const char* missed_text) {
    Object* manager = operand(frame, pc->a);
    Ref<> enter = own(object_lookup_special(manager, enter_name));
    if (!enter) {
        if (!err_occurred()) {
            err_format(exc::TypeError, "'%.200s' object does not support the %s protocol", manager->type->tp_name, protocol);
        }
        return false;
    }
    Ref<> exit = own(object_lookup_special(manager, exit_name));
    if (!exit) {
        if (!err_occurred()) {
            err_format(exc::TypeError, "'%.200s' object does not support the %s protocol (missed %s method)", manager->type->tp_name,
                       protocol, missed_text);
        }
        return false;
    }
    consume(frame, pc->a);
    drop_shadows(frame);
    // The exit method stands on CPython's stack while entering.
    frame->in_flight = exit.release();
    Owned entered = object_call_noargs(enter.get());
    if (!entered) {
        clear_ref(frame->in_flight);
        return false;
    }
    enter.reset();
    frame->registers[pc->dst] = std::exchange(frame->in_flight, nullptr);
    frame->registers[pc->dst + 1] = entered;
    return true;
}

}  // namespace

bool op_before_with(Frame* frame, const Instruction* pc) {
    return enter_context(frame, pc, ID(__enter__), ID(__exit__), "context manager", "__exit__");
}
bool op_before_async_with(Frame* frame, const Instruction* pc) {
    return enter_context(frame, pc, ID(__aenter__), ID(__aexit__), "asynchronous context manager", "__aexit__");
}

bool op_with_except_start(Frame* frame, const Instruction* pc) {
    Object** row = frame->registers + pc->a;
    Object* exception = row[3];
    Ref<> traceback = own(exception_get_traceback(exception));
    Object* arguments[] = {nullptr, exception->type, exception, traceback ? traceback.get() : none()};
    return finish(frame, object_vectorcall(row[0], arguments + 1, 3 | kVectorcallArgumentsOffset, nullptr));
}

namespace {

bool check_except_type(Object* type) {
    const char* text = "catching classes that do not inherit from BaseException is not allowed";
    if (tuple_check(type)) {
        for (intptr_t i = 0; i < tuple_size(type); ++i) {
            if (exception_class_check(tuple_get_item(type, i))) continue;
            err_set_string(exc::TypeError, text);
            return false;
        }
        return true;
    }
    if (exception_class_check(type)) return true;
    err_set_string(exc::TypeError, text);
    return false;
}

bool is_group_type(Object* type) {
    int group = object_is_subclass(type, &exc::BaseExceptionGroup);
    if (group > 0) err_set_string(exc::TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
    return group != 0;
}

}  // namespace

bool op_check_exc_match(Frame* frame, const Instruction* pc) {
    Object* type = operand(frame, pc->b);
    if (!check_except_type(type)) return false;
    bool matches = err_given_matches(frame->registers[pc->a], type);
    frame->in_flight = newref(matches ? py_true() : py_false());
    consume(frame, pc->b);
    return true;
}

// Row: exception, class. Becomes: what is left, what matched (None: nothing).
bool op_check_eg_match(Frame* frame, const Instruction* pc) {
    Object** row = frame->registers + pc->a;
    if (!check_except_type(row[1])) return false;
    if (tuple_check(row[1])) {
        for (intptr_t i = 0; i < tuple_size(row[1]); ++i) {
            if (is_group_type(tuple_get_item(row[1], i))) return false;
        }
    } else if (is_group_type(row[1])) {
        return false;
    }
    Object *rest = none(), *match = none();
    Ref<> made;
    if (err_given_matches(row[0], row[1])) {
        if (type_is_subtype(row[0]->type, &exc::BaseExceptionGroup)) {
            match = row[0];
        } else {
            Ref<> alone = own(tuple_pack({row[0]}));
            if (!alone) return false;
            made = own(object_call_args(&exc::BaseExceptionGroup, {str_empty(), alone.get()}));
            if (!made) return false;
            match = made.get();
        }
    } else if (type_is_subtype(row[0]->type, &exc::BaseExceptionGroup)) {
        made = own(object_call_method_string(row[0], "split", {row[1]}));
        if (!made) return false;
        if (!tuple_check_exact(made.get()) || tuple_size(made.get()) != 2) {
            err_set_string(exc::TypeError, "split must return a 2-tuple");
            return false;
        }
        match = tuple_get_item(made.get(), 0);
        rest = tuple_get_item(made.get(), 1);
    } else {
        rest = row[0];
    }
    Object* new_rest = newref(match == none() ? row[0] : rest);
    Object* new_match = newref(match);
    if (match != none()) {
        set_ref(thread->handled->value, newref(match));
    }
    set_ref(row[0], new_rest);
    set_ref(row[1], new_match);
    return true;
}

bool op_prep_reraise_star(Frame* frame, const Instruction* pc) {
    Object** row = frame->registers + pc->a;
    Owned joined = exception_prepare_reraise_star(row[0], row[1]);
    frame->in_flight = joined;
    clear_ref(row[0]);
    clear_ref(row[1]);
    return joined != nullptr;
}

bool op_raise(Frame* frame, const Instruction* pc) {
    Object** row = frame->registers + pc->a;
    if (pc->imm == 0) {
        // The innermost exception being handled, of any frame of this thread.
        HandledException* handled = thread->handled;
        while (handled && (!handled->value || handled->value == none()) && handled->previous) handled = handled->previous;
        if (!handled || !handled->value || handled->value == none()) {
            err_set_string(exc::RuntimeError, "No active exception to reraise");
            return false;
        }
        err_restore(newref(handled->value));
        return false;
    }
    Ref<> exception = own(std::exchange(row[0], nullptr));
    Ref<> cause = pc->imm == 2 ? own(std::exchange(row[1], nullptr)) : Ref<>();
    if (exception_class_check(exception.get())) {
        Ref<> type = std::move(exception);
        exception = own(object_call_noargs(type.get()));
        if (!exception) return false;
        if (!exception_instance_check(exception.get())) {
            err_format(exc::TypeError, "calling %R should have returned an instance of BaseException, not %R", type.get(),
                       static_cast<Object*>(exception->type));
            return false;
        }
    } else if (!exception_instance_check(exception.get())) {
        err_set_string(exc::TypeError, "exceptions must derive from BaseException");
        return false;
    }
    if (cause) {
        Ref<> fixed;
        if (exception_class_check(cause.get())) {
            fixed = own(object_call_noargs(cause.get()));
            if (!fixed) return false;
            if (!exception_instance_check(fixed.get())) {
                err_format(exc::TypeError, "calling %R should have returned an instance of BaseException, not %R", cause.get(),
                           static_cast<Object*>(fixed->type));
                return false;
            }
        } else if (exception_instance_check(cause.get())) {
            fixed = cause;
        } else if (cause.get() != none()) {
            err_set_string(exc::TypeError, "exception causes must derive from BaseException");
            return false;
        }
        exception_set_cause(exception.get(), fixed.release());
    }
    err_set_object(exception->type, exception.get());
    return false;
}

bool op_print_expr(Frame* frame, const Instruction* pc) {
    Ref<> sys = own(import_module("sys"));
    Object* found = nullptr;
    if (!sys || object_lookup_attr(sys.get(), ID(displayhook), &found) < 0) return false;
    Ref<> hook = own(found);
    if (!hook) {
        err_set_string(exc::RuntimeError, "lost sys.displayhook");
        return false;
    }
    Ref<> result = own(object_call_onearg(hook.get(), operand(frame, pc->a)));
    consume(frame, pc->a);
    return static_cast<bool>(result);
}

}  // namespace refscope::vm
