// itertools: count, cycle, repeat.
#include "vm/modules/itertools_types.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

// --- count ---

struct CountObject : Object {
    intptr_t counter;    // PTRDIFF_MAX: long_counter counts
    Object* long_counter;
    Object* step;
    static constexpr const char* kEdges[] = {"counter", "step"};
};

Owned count_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"start", "step", nullptr};
    static const KeywordParser parser{"count", names, 0, 2, 0};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Object *start = out[0], *step = out[1];
    if ((start && !number_check(start)) || (step && !number_check(step))) {
        return err_set_string(exc::TypeError, "a number is required");
    }
    bool fast = (!start || int_check(start)) && (!step || int_check(step));
    intptr_t counter = 0;
    if (start && fast) {
        counter = int_as_ssize(start);
        if (counter == -1 && err_occurred()) {
            err_clear();
            fast = false;
        }
    }
    if (fast && step && !(int_is_compact(step) && int_compact_value(step) == 1)) fast = false;
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    auto* count = self_as<CountObject>(self);
    count->counter = fast ? counter : PTRDIFF_MAX;
    if (!fast) count->long_counter = newref(start ? start : small_int(0));
    count->step = newref(step ? step : small_int(1));
    return self;
}

Owned count_next(Object* self) {
    auto* count = self_as<CountObject>(self);
    if (RS_LIKELY(count->counter != PTRDIFF_MAX)) return int_from_ssize(count->counter++);
    Ref<Object> current = count->long_counter ? share(count->long_counter) : own(int_from_ssize(PTRDIFF_MAX));
    if (!current) return nullptr;
    if (!count->long_counter) count->long_counter = newref(current.get());
    current.reset();
    Object* stepped = number_add(count->long_counter, count->step);
    if (!stepped) return nullptr;
    return std::exchange(count->long_counter, stepped);
}

Owned count_repr(Object* self) {
    auto* count = self_as<CountObject>(self);
    const char* name = type_short_name(self->type);
    if (count->counter != PTRDIFF_MAX) return str_from_format("%s(%zd)", name, count->counter);
    if (int_check(count->step) && int_is_compact(count->step) && int_compact_value(count->step) == 1) {
        return str_from_format("%s(%R)", name, count->long_counter);
    }
    return str_from_format("%s(%R, %R)", name, count->long_counter, count->step);
}

Owned count_reduce(Object* self, Object*) {
    auto* count = self_as<CountObject>(self);
    if (count->counter == PTRDIFF_MAX) return reduce_pair(self, own(tuple_pack({count->long_counter, count->step})));
    Ref<Object> number = own(int_from_ssize(count->counter));
    return number ? reduce_pair(self, own(tuple_pack({number.get()}))) : nullptr;
}

const MethodDef count_methods[] = {method_def("__reduce__", count_reduce, kMethNoargs, kReduceDoc), kNoMethod};

// --- cycle ---

struct CycleObject : Object {
    Object* iterator;  // null: exhausted, the saved items are repeated
    Object* saved;     // list
    intptr_t index;
    int first_pass_done;
    static constexpr const char* kEdges[] = {"saved items", "iterator"};
};

Owned cycle_new(Type* type, Object* args, Object* kwargs) {
    if (type == &itertools_cycle_type && !no_keyword_arguments("cycle", kwargs)) return nullptr;
    if (!check_positional("cycle", tuple_size(args), 1, 1)) return nullptr;
    Ref<Object> iterator = own(object_get_iter(tuple_get_item(args, 0)));
    if (!iterator) return nullptr;
    Ref<Object> saved = own(list_new(0));
    if (!saved) return nullptr;
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    self_as<CycleObject>(self)->iterator = iterator.release();
    self_as<CycleObject>(self)->saved = saved.release();
    return self;
}

Owned cycle_next(Object* self) {
    auto* cycle = self_as<CycleObject>(self);
    if (cycle->iterator) {
        Ref<Object> item = own(iter_next(cycle->iterator));
        if (item) {
            if (!cycle->first_pass_done && list_append(cycle->saved, item.get()) < 0) return nullptr;
            return item.release();
        }
        if (err_occurred()) return nullptr;
        clear_ref(cycle->iterator);
    }
    intptr_t size = list_size(cycle->saved);
    if (size == 0) return nullptr;
    Object* item = newref(list_get_item(cycle->saved, cycle->index));
    if (++cycle->index >= size) cycle->index = 0;
    return item;
}

Owned cycle_reduce(Object* self, Object*) {
    auto* cycle = self_as<CycleObject>(self);
    Ref<Object> iterator = cycle->iterator ? share(cycle->iterator) : own(object_get_iter(cycle->saved));
    if (!iterator) return nullptr;
    if (!cycle->iterator && cycle->index != 0) {
        Ref<Object> index = own(int_from_ssize(cycle->index));
        if (!index) return nullptr;
        Ref<Object> done = own(object_call_method(iterator.get(), ID(__setstate__), {index.get()}));
        if (!done) return nullptr;
    }
    Ref<Object> flag = own(int_from_int(cycle->iterator ? cycle->first_pass_done : 1));
    return reduce_triple(self, own(tuple_pack({iterator.get()})), own(tuple_pack({cycle->saved, flag.get()})));
}

Owned cycle_setstate(Object* self, Object* state) {
    int flag;
    if (!tuple_check(state)) return err_set_string(exc::TypeError, "state is not a tuple");
    if (tuple_size(state) != 2 || !list_check(tuple_get_item(state, 0))) {
        return err_set_string(exc::TypeError, "state must be a list and a number");
    }
    if (!argument_int(tuple_get_item(state, 1), &flag)) return nullptr;
    auto* cycle = self_as<CycleObject>(self);
    set_ref(cycle->saved, newref(tuple_get_item(state, 0)));
    cycle->first_pass_done = flag != 0;
    cycle->index = 0;
    return new_none();
}

const MethodDef cycle_methods[] = {method_def("__reduce__", cycle_reduce, kMethNoargs, kReduceDoc),
                                   method_def("__setstate__", cycle_setstate, kMethO, kSetstateDoc), kNoMethod};

// --- repeat ---

struct RepeatObject : Object {
    Object* element;
    intptr_t remaining;  // -1: without end
    static constexpr const char* kEdges[] = {"element"};
};

Owned repeat_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"object", "times", nullptr};
    static const KeywordParser parser{"repeat", names, 1, 2, 0};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    intptr_t times = -1;
    if (out[1]) {
        if (!argument_ssize(out[1], &times)) return nullptr;
        if (times < 0) times = 0;
    }
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    self_as<RepeatObject>(self)->element = newref(out[0]);
    self_as<RepeatObject>(self)->remaining = times;
    return self;
}

Owned repeat_next(Object* self) {
    auto* repeat = self_as<RepeatObject>(self);
    if (repeat->remaining == 0) return nullptr;
    if (repeat->remaining > 0) --repeat->remaining;
    return newref(repeat->element);
}

Owned repeat_repr(Object* self) {
    auto* repeat = self_as<RepeatObject>(self);
    const char* name = type_short_name(self->type);
    if (repeat->remaining == -1) return str_from_format("%s(%R)", name, repeat->element);
    return str_from_format("%s(%R, %zd)", name, repeat->element, repeat->remaining);
}

Owned repeat_length_hint(Object* self, Object*) {
    auto* repeat = self_as<RepeatObject>(self);
    if (repeat->remaining == -1) return err_set_string(exc::TypeError, "len() of unsized object");
    return int_from_ssize(repeat->remaining);
}

Owned repeat_reduce(Object* self, Object*) {
    auto* repeat = self_as<RepeatObject>(self);
    if (repeat->remaining < 0) return reduce_pair(self, own(tuple_pack({repeat->element})));
    Ref<Object> number = own(int_from_ssize(repeat->remaining));
    return number ? reduce_pair(self, own(tuple_pack({repeat->element, number.get()}))) : nullptr;
}

const MethodDef repeat_methods[] = {
    method_def("__length_hint__", repeat_length_hint, kMethNoargs, "Private method returning an estimate of len(list(it))."),
    method_def("__reduce__", repeat_reduce, kMethNoargs, kReduceDoc), kNoMethod};

}  // namespace

Type itertools_count_type = [] {
    Type type = iterator_type<CountObject, &CountObject::long_counter, &CountObject::step>(
        "itertools.count",
        "count(start=0, step=1)\n--\n\nReturn a count object whose .__next__() method returns consecutive values.",
        count_next, count_methods, count_new);
    type.tp_repr = count_repr;
    return type;
}();

Type itertools_cycle_type = iterator_type<CycleObject, &CycleObject::saved, &CycleObject::iterator>(
    "itertools.cycle",
    "cycle(iterable, /)\n--\n\nReturn elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.",
    cycle_next, cycle_methods, cycle_new);

Type itertools_repeat_type = [] {
    Type type = iterator_type<RepeatObject, &RepeatObject::element>(
        "itertools.repeat",
        "repeat(object [,times]) -> create an iterator which returns the object\n"
        "for the specified number of times.  If not specified, returns the object\nendlessly.",
        repeat_next, repeat_methods, repeat_new);
    type.tp_repr = repeat_repr;
    return type;
}();

}  // namespace refscope::vm
