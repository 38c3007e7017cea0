// Built-in functions that consume or make iterators.
#include <climits>

#include "vm/modules/builtins_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/exceptions.h"

namespace refscope::vm {

namespace {

// Calls `tp_iternext` itself: a pending StopIteration is an ordinary end.
bool ended_well() {
    if (!err_occurred()) return true;
    if (!err_matches(exc::StopIteration)) return false;
    err_clear();
    return true;
}

Owned all_or_any(Object* iterable, bool stop_at) {
    auto iterator = own(object_get_iter(iterable));
    if (!iterator) return nullptr;
    UnaryFn next = iterator->type->tp_iternext;
    while (Object* item = next(iterator.get())) {
        int truth = object_is_true(item);
        decref(item);
        if (truth < 0) return nullptr;
        if ((truth != 0) == stop_at) return bool_from(stop_at);
    }
    return ended_well() ? bool_from(!stop_at) : nullptr;
}
Owned builtin_all(Object*, Object* iterable) { return all_or_any(iterable, false); }
Owned builtin_any(Object*, Object* iterable) { return all_or_any(iterable, true); }

Owned builtin_iter(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("iter", nargs, 1, 2)) return nullptr;
    if (nargs == 1) return object_get_iter(args[0]);
    if (!callable_check(args[0])) return err_set_string(exc::TypeError, "iter(v, w): v must be callable");
    return callable_iterator_new(args[0], args[1]);
}

Owned builtin_next(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("next", nargs, 1, 2)) return nullptr;
    Object* iterator = args[0];
    if (!iter_check(iterator)) {
        err_format(exc::TypeError, "'%.200s' object is not an iterator", iterator->type->tp_name);
        return nullptr;
    }
    Object* item = iterator->type->tp_iternext(iterator);
    if (item) return item;
    if (nargs == 2) {
        if (!ended_well()) return nullptr;
        return newref(args[1]);
    }
    if (!err_occurred()) err_set_none(exc::StopIteration);
    return nullptr;
}

Owned builtin_aiter(Object*, Object* iterable) {
    UnaryFn aiter = iterable->type->am_aiter;
    if (!aiter) {
        err_format(exc::TypeError, "'%.200s' object is not an async iterable", iterable->type->tp_name);
        return nullptr;
    }
    auto iterator = own(aiter(iterable));
    if (iterator && !iterator->type->am_anext) {
        err_format(exc::TypeError, "aiter() returned not an async iterator of type '%.200s'", iterator->type->tp_name);
        return nullptr;
    }
    return iterator.release();
}

// anext(iterator, default): an awaitable that turns StopAsyncIteration into the default.
struct AnextAwaitable : Object {
    Object* wrapped;
    Object* fallback;
};
AnextAwaitable* as_anext(Object* object) { return static_cast<AnextAwaitable*>(object); }

void anext_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_anext(self)->wrapped);
    xdecref(as_anext(self)->fallback);
    free_object(self);
}
int anext_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_anext(self)->wrapped, Edge::field("awaitable"));
    RS_VISIT(as_anext(self)->fallback, Edge::field("default"));
    return 0;
}

// The iterator behind the awaitable.
Owned anext_iterator(Object* self) {
    Object* wrapped = as_anext(self)->wrapped;
    if (UnaryFn await = wrapped->type->am_await) {
        auto iterator = own(await(wrapped));
        if (iterator && !iter_check(iterator.get())) {
            err_format(exc::TypeError, "%.100s.__await__() must return an iterable, not %.100s", wrapped->type->tp_name,
                       iterator->type->tp_name);
            return nullptr;
        }
        return iterator.release();
    }
    if (iter_check(wrapped)) return newref(wrapped);
    err_format(exc::TypeError, "object %.50s can't be used in 'await' expression", wrapped->type->tp_name);
    return nullptr;
}
Owned anext_finish(Object* self) {
    if (err_matches(exc::StopAsyncIteration)) {
        err_clear();
        err_set_stop_iteration(as_anext(self)->fallback);
    }
    return nullptr;
}
Owned anext_next(Object* self) {
    auto iterator = own(anext_iterator(self));
    if (!iterator) return nullptr;
    Object* result = iterator->type->tp_iternext(iterator.get());
    return result ? result : anext_finish(self);
}
Owned anext_forward(Object* self, const char* method, Object* const* args, intptr_t nargs) {
    auto iterator = own(anext_iterator(self));
    if (!iterator) return nullptr;
    auto function = own(object_get_attr_string(iterator.get(), method));
    if (!function) return nullptr;
    Object* result = object_vectorcall(function.get(), args, static_cast<size_t>(nargs), nullptr);
    return result ? result : anext_finish(self);
}
Owned anext_send(Object* self, Object* const* args, intptr_t nargs) { return anext_forward(self, "send", args, nargs); }
Owned anext_throw(Object* self, Object* const* args, intptr_t nargs) { return anext_forward(self, "throw", args, nargs); }
Owned anext_close(Object* self, Object* const* args, intptr_t nargs) { return anext_forward(self, "close", args, nargs); }
const MethodDef anext_methods[] = {
    method_def("send", anext_send, kMethFastcall),
    method_def("throw", anext_throw, kMethFastcall),
    method_def("close", anext_close, kMethFastcall),
    {},
};
Type anext_awaitable_type = [] {
    Type type = static_type("anext_awaitable", sizeof(AnextAwaitable), 0, kHaveGc);
    type.tp_dealloc = anext_dealloc;
    type.tp_traverse = anext_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = anext_next;
    type.am_await = object_self_iter;
    type.tp_methods = anext_methods;
    return type;
}();

Owned builtin_anext(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("anext", nargs, 1, 2)) return nullptr;
    UnaryFn anext = args[0]->type->am_anext;
    if (!anext) {
        err_format(exc::TypeError, "'%.200s' object is not an async iterator", args[0]->type->tp_name);
        return nullptr;
    }
    auto awaitable = own(anext(args[0]));
    if (!awaitable || nargs == 1) return awaitable.release();
    if (!anext_awaitable_type.has(kReady) && type_ready(&anext_awaitable_type) < 0) return nullptr;
    auto* made = new_object<AnextAwaitable>(&anext_awaitable_type);
    if (!made) return nullptr;
    made->wrapped = awaitable.release();
    made->fallback = newref(args[1]);
    gc_track(made);
    return made;
}

Owned min_or_max(Object* args, Object* kwargs, int op) {
    const char* name = op == kLT ? "min" : "max";
    Object *key = nullptr, *fallback = nullptr;
    intptr_t nargs = tuple_size(args);
    if (nargs < 1) {
        err_format(exc::TypeError, "%s expected at least 1 argument, got 0", name);
        return nullptr;
    }
    intptr_t position = 0;
    Object *keyword, *value;
    while (kwargs && dict_next(kwargs, &position, &keyword, &value)) {
        if (str_equal_ascii(keyword, "key")) {
            key = value;
        } else if (str_equal_ascii(keyword, "default")) {
            fallback = value;
        } else {
            err_format(exc::TypeError, "'%U' is an invalid keyword argument for %s()", keyword, name);
            return nullptr;
        }
    }
    bool positional = nargs > 1;
    if (positional && fallback) {
        err_format(exc::TypeError, "Cannot specify a default for %s() with multiple positional arguments", name);
        return nullptr;
    }
    if (key && is_none(key)) key = nullptr;
    auto iterator = own(object_get_iter(positional ? args : tuple_get_item(args, 0)));
    if (!iterator) return nullptr;
    Ref<> best_item, best_value;
    while (Object* next = iter_next(iterator.get())) {
        auto item = own(next);
        auto value = key ? own(object_call_onearg(key, item.get())) : share(item.get());
        if (!value) return nullptr;
        if (!best_value) {
            best_item = std::move(item);
            best_value = std::move(value);
            continue;
        }
        int better = object_rich_compare_bool(value.get(), best_value.get(), op);
        if (better < 0) return nullptr;
        if (better) {
            best_value = std::move(value);
            best_item = std::move(item);
        }
    }
    if (err_occurred()) return nullptr;
    if (best_item) return best_item.release();
    if (fallback) return newref(fallback);
    err_format(exc::ValueError, "%s() arg is an empty sequence", name);
    return nullptr;
}
Owned builtin_min(Object*, Object* args, Object* kwargs) { return min_or_max(args, kwargs, kLT); }
Owned builtin_max(Object*, Object* args, Object* kwargs) { return min_or_max(args, kwargs, kGT); }

Owned builtin_sorted(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    if (!check_positional("sorted", nargs, 1, 1)) return nullptr;
    auto list = own(sequence_list(args[0]));
    auto sort = own(list ? object_get_attr(list.get(), ID(sort)) : nullptr);
    if (!sort) return nullptr;
    // The keywords are list.sort's own, with its errors.
    auto result = own(object_vectorcall(sort.get(), args + 1, static_cast<size_t>(nargs - 1), kwnames));
    return result ? list.release() : nullptr;
}

// Adds up machine integers, then doubles, then any objects: the first of another kind moves on to the next stage.
Owned builtin_sum(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"", "start", nullptr};
    static const KeywordParser parser{"sum", names, 1, 2, 0};
    Object* given[2];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    auto iterator = own(object_get_iter(given[0]));
    if (!iterator) return nullptr;
    Ref<> total;
    if (given[1]) {
        const char* wrong = str_check(given[1])         ? "sum() can't sum strings [use ''.join(seq) instead]"
                            : bytes_check(given[1])     ? "sum() can't sum bytes [use b''.join(seq) instead]"
                            : bytearray_check(given[1]) ? "sum() can't sum bytearray [use b''.join(seq) instead]"
                                                        : nullptr;
        if (wrong) return err_set_string(exc::TypeError, wrong);
        total = share(given[1]);
    } else {
        total = own(int_from_int(0));
    }
    Ref<> item;
    if (int_check_exact(total.get())) {
        int overflow;
        int64_t sum = int_as_int64_overflow(total.get(), &overflow);
        if (!overflow) {
            total.reset();
            for (;;) {
                item = own(iter_next(iterator.get()));
                if (!item) return err_occurred() ? nullptr : int_from_int64(sum);
                int64_t value, next;
                bool exact = int_check_exact(item.get()) || bool_check(item.get());
                value = exact ? int_as_int64_overflow(item.get(), &overflow) : 0;
                if (exact && !overflow && !__builtin_add_overflow(sum, value, &next)) {
                    sum = next;
                    continue;
                }
                total = own(int_from_int64(sum));
                if (total) total = own(number_add(total.get(), item.get()));
                if (!total) return nullptr;
                break;
            }
        }
    }
    if (float_check_exact(total.get())) {
        double sum = float_value(total.get());
        total.reset();
        for (;;) {
            item = own(iter_next(iterator.get()));
            if (!item) return err_occurred() ? nullptr : float_new(sum);
            if (float_check_exact(item.get())) {
                sum += float_value(item.get());
                continue;
            }
            int overflow = 1;
            int64_t value = int_check(item.get()) ? int_as_int64_overflow(item.get(), &overflow) : 0;
            if (!overflow) {
                sum += static_cast<double>(value);
                continue;
            }
            total = own(float_new(sum));
            if (total) total = own(number_add(total.get(), item.get()));
            if (!total) return nullptr;
            break;
        }
    }
    for (;;) {
        item = own(iter_next(iterator.get()));
        if (!item) return err_occurred() ? nullptr : total.release();
        auto next = own(number_add(total.get(), item.get()));
        if (!next) return nullptr;
        total = std::move(next);
    }
}

}  // namespace

const MethodDef builtins_iteration_functions[] = {
    method_def("aiter", builtin_aiter, kMethO, "aiter($module, async_iterable, /)\n--\n\nReturn an AsyncIterator for an AsyncIterable object."),
    method_def("all", builtin_all, kMethO,
               "all($module, iterable, /)\n--\n\nReturn True if bool(x) is True for all values x in the iterable."),
    method_def("anext", builtin_anext, kMethFastcall,
               "anext(async_iterator[, default])\n\nReturn the next item from the async iterator."),
    method_def("any", builtin_any, kMethO,
               "any($module, iterable, /)\n--\n\nReturn True if bool(x) is True for any x in the iterable."),
    method_def("iter", builtin_iter, kMethFastcall, "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator"),
    method_def("max", builtin_max, kMethVarargs | kMethKeywords,
               "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value"),
    method_def("min", builtin_min, kMethVarargs | kMethKeywords,
               "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value"),
    method_def("next", builtin_next, kMethFastcall, "next(iterator[, default])\n\nReturn the next item from the iterator."),
    method_def("sorted", builtin_sorted, kMethFastcall | kMethKeywords,
               "sorted($module, iterable, /, *, key=None, reverse=False)\n--\n\nReturn a new list containing all items from the "
               "iterable in ascending order."),
    method_def("sum", builtin_sum, kMethFastcall | kMethKeywords,
               "sum($module, iterable, /, start=0)\n--\n\nReturn the sum of a 'start' value (default: 0) plus an iterable of "
               "numbers"),
    {},
};

}  // namespace refscope::vm
