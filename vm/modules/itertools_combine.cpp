// itertools: accumulate, pairwise, zip_longest.
#include "vm/modules/itertools_types.h"
#include "vm/objects/dict.h"
#include "vm/objects/pair_result.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

// --- accumulate ---

struct AccumulateObject : Object {
    Object* function;  // null: addition
    Object* total;
    Object* iterator;
    Object* initial;   // None: none, or used already
    static constexpr const char* kEdges[] = {"function", "total", "iterator", "initial"};
};

Owned accumulate_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"iterable", "func", "initial", nullptr};
    static const KeywordParser parser{"accumulate", names, 1, 2, 0};
    Object* out[3] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Ref<Object> iterator = own(object_get_iter(out[0]));
    if (!iterator) return nullptr;
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    auto* accumulate = self_as<AccumulateObject>(self);
    if (out[1] && !is_none(out[1])) accumulate->function = newref(out[1]);
    accumulate->iterator = iterator.release();
    accumulate->initial = newref(out[2] ? out[2] : none());
    return self;
}

Owned accumulate_next(Object* self) {
    auto* accumulate = self_as<AccumulateObject>(self);
    if (!is_none(accumulate->initial)) {
        accumulate->total = accumulate->initial;
        accumulate->initial = new_none();
        return newref(accumulate->total);
    }
    Ref<Object> value = own(call_next(accumulate->iterator));
    if (!value) return nullptr;
    if (!accumulate->total) {
        accumulate->total = newref(value.get());
        return value.release();
    }
    Ref<Object> total = own(accumulate->function
                                ? object_call_args(accumulate->function, {accumulate->total, value.get()})
                                : number_add(accumulate->total, value.get()));
    value.reset();
    if (!total) return nullptr;
    set_ref(accumulate->total, newref(total.get()));
    return total.release();
}

Owned accumulate_reduce(Object* self, Object*) {
    auto* accumulate = self_as<AccumulateObject>(self);
    Object* function = accumulate->function ? accumulate->function : none();
    bool none_total = accumulate->total && is_none(accumulate->total);
    if (!is_none(accumulate->initial) || none_total) {
        // The first value goes before the rest of the iterator.
        Ref<Object> first = own(tuple_pack({none_total ? accumulate->total : accumulate->initial}));
        if (!first) return nullptr;
        Ref<Object> chained = own(object_call_args(&itertools_chain_type, {first.get(), accumulate->iterator}));
        if (!chained) return nullptr;
        if (none_total) {
            // Skips the total that was given out already: None cannot stand for itself as a state.
            chained = own(object_call_args(&itertools_accumulate_type, {chained.get(), function}));
            if (!chained) return nullptr;
            Ref<Object> arguments = own(tuple_pack({chained.get(), small_int(1), none()}));
            return arguments ? tuple_pack({&itertools_islice_type, arguments.get()}) : nullptr;
        }
        return reduce_triple(self, own(tuple_pack({chained.get(), function})), own(new_none()));
    }
    return reduce_triple(self, own(tuple_pack({accumulate->iterator, function})),
                         share<Object>(accumulate->total ? accumulate->total : none()));
}

Owned accumulate_setstate(Object* self, Object* state) {
    set_ref(self_as<AccumulateObject>(self)->total, newref(state));
    return new_none();
}

const MethodDef accumulate_methods[] = {method_def("__reduce__", accumulate_reduce, kMethNoargs, kReduceDoc),
                                        method_def("__setstate__", accumulate_setstate, kMethO, kSetstateDoc), kNoMethod};

// --- pairwise ---

struct PairwiseObject : Object {
    Object* iterator;  // null: exhausted
    Object* old;       // the item before
    static constexpr const char* kEdges[] = {"iterator", "previous item"};
};

Owned pairwise_new(Type* type, Object* args, Object* kwargs) {
    if (type == &itertools_pairwise_type && !no_keyword_arguments("pairwise", kwargs)) return nullptr;
    if (!check_positional("pairwise", tuple_size(args), 1, 1)) return nullptr;
    Ref<Object> iterator = own(object_get_iter(tuple_get_item(args, 0)));
    if (!iterator) return nullptr;
    Object* self = type->tp_alloc(type, 0);
    if (self) self_as<PairwiseObject>(self)->iterator = iterator.release();
    return self;
}

Owned pairwise_next(Object* self) {
    auto* pairs = self_as<PairwiseObject>(self);
    if (!pairs->iterator) return nullptr;
    if (!pairs->old) {
        pairs->old = call_next(pairs->iterator);
        // The call may have run this very iterator to its end.
        if (!pairs->old || !pairs->iterator) {
            clear_ref(pairs->iterator);
            clear_ref(pairs->old);
            return nullptr;
        }
    }
    Ref<Object> item = own(call_next(pairs->iterator));
    if (!item || !pairs->old) {
        clear_ref(pairs->iterator);
        clear_ref(pairs->old);
        return nullptr;
    }
    Ref<Object> result = own(tuple_pack({pairs->old, item.get()}));
    set_ref(pairs->old, item.release());
    return result.release();
}

const MethodDef pairwise_methods[] = {kNoMethod};

// --- zip_longest ---

struct ZipLongestObject : Object {
    intptr_t count, active;
    Object* iterators;  // tuple; null where the iterator is exhausted
    Object* result;     // tuple
    Object* fill;
    static constexpr const char* kEdges[] = {"iterators", "result tuple", "fillvalue"};
};

Owned zip_longest_new(Type* type, Object* args, Object* kwargs) {
    Object* fill = none();
    if (kwargs && dict_size(kwargs) > 0) {
        fill = dict_size(kwargs) == 1 ? dict_get_item_with_error(kwargs, ID(fillvalue)) : nullptr;
        if (!fill) {
            if (!err_occurred()) err_set_string(exc::TypeError, "zip_longest() got an unexpected keyword argument");
            return nullptr;
        }
    }
    intptr_t count = tuple_size(args);
    Ref<Object> iterators = own(tuple_new(count));
    if (!iterators) return nullptr;
    for (intptr_t i = 0; i < count; ++i) {
        Object* iterator = object_get_iter(tuple_get_item(args, i));
        if (!iterator) return nullptr;
        tuple_init_item(iterators.get(), i, iterator);
    }
    Ref<Object> result = own(tuple_new(count));
    if (!result) return nullptr;
    for (intptr_t i = 0; i < count; ++i) tuple_init_item(result.get(), i, new_none());
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    auto* zip = self_as<ZipLongestObject>(self);
    zip->count = zip->active = count;
    zip->iterators = iterators.release();
    zip->result = result.release();
    zip->fill = newref(fill);
    return self;
}

Owned zip_longest_next(Object* self) {
    auto* zip = self_as<ZipLongestObject>(self);
    if (zip->count == 0 || zip->active == 0) return nullptr;
    bool reuse = result_is_free(zip->result);
    Ref<Object> result = reuse ? share(zip->result) : own(tuple_new(zip->count));
    if (!result) return nullptr;
    for (intptr_t i = 0; i < zip->count; ++i) {
        Object* iterator = tuple_get_item(zip->iterators, i);
        Object* item = iterator ? iter_next(iterator) : nullptr;
        if (iterator && !item) {
            if (--zip->active == 0 || err_occurred()) {
                zip->active = 0;
                return nullptr;
            }
            tuple_init_item(zip->iterators, i, nullptr);
            item = newref(zip->fill);
            decref(iterator);
        }
        if (!item) item = newref(zip->fill);
        Object* old_item = tuple_get_item(result.get(), i);
        tuple_init_item(result.get(), i, item);
        xdecref(old_item);
    }
    if (reuse && !gc_is_tracked(result.get())) gc_track(result.get());
    return result.release();
}

Owned zip_longest_reduce(Object* self, Object*) {
    auto* zip = self_as<ZipLongestObject>(self);
    Ref<Object> arguments = own(tuple_new(zip->count));
    if (!arguments) return nullptr;
    for (intptr_t i = 0; i < zip->count; ++i) {
        Object* iterator = tuple_get_item(zip->iterators, i);
        tuple_init_item(arguments.get(), i, newref(iterator ? iterator : empty_tuple()));
    }
    return reduce_triple(self, arguments, share(zip->fill));
}

Owned zip_longest_setstate(Object* self, Object* state) {
    set_ref(self_as<ZipLongestObject>(self)->fill, newref(state));
    return new_none();
}

const MethodDef zip_longest_methods[] = {method_def("__reduce__", zip_longest_reduce, kMethNoargs, kReduceDoc),
                                         method_def("__setstate__", zip_longest_setstate, kMethO, kSetstateDoc), kNoMethod};

}  // namespace

Type itertools_accumulate_type =
    iterator_type<AccumulateObject, &AccumulateObject::function, &AccumulateObject::total, &AccumulateObject::iterator,
                  &AccumulateObject::initial>(
        "itertools.accumulate",
        "accumulate(iterable, func=None, *, initial=None)\n--\n\nReturn series of accumulated sums (or other binary function results).",
        accumulate_next, accumulate_methods, accumulate_new);

Type itertools_pairwise_type = iterator_type<PairwiseObject, &PairwiseObject::iterator, &PairwiseObject::old>(
    "itertools.pairwise",
    "pairwise(iterable, /)\n--\n\nReturn an iterator of overlapping pairs taken from the input iterator.\n\n"
    "    s -> (s0,s1), (s1,s2), (s2, s3), ...",
    pairwise_next, pairwise_methods, pairwise_new);

Type itertools_zip_longest_type =
    iterator_type<ZipLongestObject, &ZipLongestObject::iterators, &ZipLongestObject::result, &ZipLongestObject::fill>(
        "itertools.zip_longest",
        "zip_longest(iter1 [,iter2 [...]], [fillvalue=None]) --> zip_longest object\n\n"
        "Return a zip_longest object whose .__next__() method returns a tuple where\n"
        "the i-th element comes from the i-th iterable argument.  The .__next__()\n"
        "method continues until the longest iterable in the argument sequence\n"
        "is exhausted and then it raises StopIteration.  When the shorter iterables\n"
        "are exhausted, the fillvalue is substituted in their place.  The fillvalue\n"
        "defaults to None or can be specified by a keyword argument.\n",
        zip_longest_next, zip_longest_methods, zip_longest_new);

}  // namespace refscope::vm
