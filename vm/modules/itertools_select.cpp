// itertools: chain, compress, dropwhile, takewhile, filterfalse, starmap, islice.
#include "vm/modules/itertools_types.h"
#include "vm/objects/bool.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/list.h"

namespace refscope::vm {

namespace {

// --- chain ---

struct ChainObject : Object {
    Object* source;  // iterator over iterables; null: exhausted
    Object* active;  // iterator that is being run
    static constexpr const char* kEdges[] = {"active iterator", "iterables"};
};

// Takes the iterator of iterables.
Owned make_chain(Type* type, Object* source) {
    Ref<Object> held = own(source);
    if (!source) return nullptr;
    Object* self = type->tp_alloc(type, 0);
    if (self) self_as<ChainObject>(self)->source = held.release();
    return self;
}

Owned chain_new(Type* type, Object* args, Object* kwargs) {
    if (type == &itertools_chain_type && !no_keyword_arguments("chain", kwargs)) return nullptr;
    return make_chain(type, object_get_iter(args));
}

Owned chain_from_iterable(Object* type, Object* iterable) { return make_chain(as_type(type), object_get_iter(iterable)); }

Owned chain_next(Object* self) {
    auto* chain = self_as<ChainObject>(self);
    while (chain->source) {
        if (!chain->active) {
            Ref<Object> iterable = own(iter_next(chain->source));
            if (!iterable) {
                clear_ref(chain->source);
                return nullptr;
            }
            chain->active = object_get_iter(iterable.get());
            if (!chain->active) {
                clear_ref(chain->source);
                return nullptr;
            }
        }
        if (Object* item = call_next(chain->active)) return item;
        if (err_occurred()) {
            if (!err_matches(exc::StopIteration)) return nullptr;
            err_clear();
        }
        clear_ref(chain->active);
    }
    return nullptr;
}

Owned chain_reduce(Object* self, Object*) {
    auto* chain = self_as<ChainObject>(self);
    Ref<Object> arguments = own(tuple_new(0));
    if (!chain->source) return reduce_pair(self, arguments);
    return reduce_triple(self, arguments, chain->active ? own(tuple_pack({chain->source, chain->active}))
                                                        : own(tuple_pack({chain->source})));
}

Owned chain_setstate(Object* self, Object* state) {
    if (!tuple_check(state)) return err_set_string(exc::TypeError, "state is not a tuple");
    intptr_t size = tuple_size(state);
    if (!check_positional("__setstate__", size, 1, 2)) return nullptr;
    Object* source = tuple_get_item(state, 0);
    Object* active = size > 1 ? tuple_get_item(state, 1) : nullptr;
    if (!iter_check(source) || (active && !iter_check(active))) {
        return err_set_string(exc::TypeError, "Arguments must be iterators.");
    }
    auto* chain = self_as<ChainObject>(self);
    set_ref(chain->source, newref(source));
    set_ref(chain->active, xnewref(active));
    return new_none();
}

const MethodDef chain_methods[] = {
    method_def("from_iterable", chain_from_iterable, kMethO | kMethClass,
               "from_iterable($type, iterable, /)\n--\n\nAlternative chain() constructor taking a single iterable argument that "
               "evaluates lazily."),
    method_def("__reduce__", chain_reduce, kMethNoargs, kReduceDoc),
    method_def("__setstate__", chain_setstate, kMethO, kSetstateDoc),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"), kNoMethod};

// --- compress ---

struct CompressObject : Object {
    Object* data;
    Object* selectors;
    static constexpr const char* kEdges[] = {"data", "selectors"};
};

Owned compress_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"data", "selectors", nullptr};
    static const KeywordParser parser{"compress", names, 2, 2, 0};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Ref<Object> data = own(object_get_iter(out[0]));
    if (!data) return nullptr;
    Ref<Object> selectors = own(object_get_iter(out[1]));
    if (!selectors) return nullptr;
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    self_as<CompressObject>(self)->data = data.release();
    self_as<CompressObject>(self)->selectors = selectors.release();
    return self;
}

Owned compress_next(Object* self) {
    auto* compress = self_as<CompressObject>(self);
    for (;;) {
        Ref<Object> datum = own(call_next(compress->data));
        if (!datum) return nullptr;
        Ref<Object> selector = own(call_next(compress->selectors));
        if (!selector) return nullptr;
        int chosen = object_is_true(selector.get());
        if (chosen > 0) return datum.release();
        if (chosen < 0) return nullptr;
    }
}

Owned compress_reduce(Object* self, Object*) {
    auto* compress = self_as<CompressObject>(self);
    return reduce_pair(self, own(tuple_pack({compress->data, compress->selectors})));
}

const MethodDef compress_methods[] = {method_def("__reduce__", compress_reduce, kMethNoargs, kReduceDoc), kNoMethod};

// --- dropwhile, takewhile, filterfalse, starmap: a function and an iterator ---

struct PredicateObject : Object {
    Object* function;
    Object* iterator;
    int done;  // dropwhile: items pass; takewhile: the end was met
    static constexpr const char* kEdges[] = {"function", "iterator"};
};
struct FunctionObjectIterator : Object {
    Object* function;
    Object* iterator;
    static constexpr const char* kEdges[] = {"function", "iterator"};
};

template <class T, const char* const& kName, Type& kType>
Owned function_iterator_new(Type* type, Object* args, Object* kwargs) {
    if (type == &kType && !no_keyword_arguments(kName, kwargs)) return nullptr;
    if (!check_positional(kName, tuple_size(args), 2, 2)) return nullptr;
    Ref<Object> iterator = own(object_get_iter(tuple_get_item(args, 1)));
    if (!iterator) return nullptr;
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    self_as<T>(self)->function = newref(tuple_get_item(args, 0));
    self_as<T>(self)->iterator = iterator.release();
    return self;
}
constexpr const char *kDropwhile = "dropwhile", *kTakewhile = "takewhile", *kFilterfalse = "filterfalse",
                     *kStarmap = "starmap";

// Truth of function(item): 1, 0, -1 with an exception.
int ask(Object* function, Object* item) {
    Ref<Object> answer = own(object_call_onearg(function, item));
    return answer ? object_is_true(answer.get()) : -1;
}

Owned dropwhile_next(Object* self) {
    auto* drop = self_as<PredicateObject>(self);
    for (;;) {
        Ref<Object> item = own(call_next(drop->iterator));
        if (!item) return nullptr;
        if (drop->done) return item.release();
        int dropped = ask(drop->function, item.get());
        if (dropped < 0) return nullptr;
        if (dropped == 0) {
            drop->done = 1;
            return item.release();
        }
    }
}

Owned takewhile_next(Object* self) {
    auto* take = self_as<PredicateObject>(self);
    if (take->done) return nullptr;
    Ref<Object> item = own(call_next(take->iterator));
    if (!item) return nullptr;
    int taken = ask(take->function, item.get());
    if (taken > 0) return item.release();
    if (taken == 0) take->done = 1;
    return nullptr;
}

Owned filterfalse_next(Object* self) {
    auto* filter = self_as<FunctionObjectIterator>(self);
    bool by_truth = filter->function == none() || filter->function == &bool_type;
    for (;;) {
        Ref<Object> item = own(call_next(filter->iterator));
        if (!item) return nullptr;
        int good = by_truth ? object_is_true(item.get()) : ask(filter->function, item.get());
        if (good == 0) return item.release();
        if (good < 0) return nullptr;
    }
}

Owned starmap_next(Object* self) {
    auto* map = self_as<FunctionObjectIterator>(self);
    Ref<Object> arguments = own(call_next(map->iterator));
    if (!arguments) return nullptr;
    if (!tuple_check_exact(arguments.get())) {
        arguments = own(sequence_tuple(arguments.get()));
        if (!arguments) return nullptr;
    }
    return object_call(map->function, arguments.get(), nullptr);
}

Owned predicate_reduce(Object* self, Object*) {
    auto* iterator = self_as<PredicateObject>(self);
    return reduce_triple(self, own(tuple_pack({iterator->function, iterator->iterator})), own(int_from_int(iterator->done)));
}
Owned predicate_setstate(Object* self, Object* state) {
    int done = object_is_true(state);
    if (done < 0) return nullptr;
    self_as<PredicateObject>(self)->done = done;
    return new_none();
}
Owned function_reduce(Object* self, Object*) {
    auto* iterator = self_as<FunctionObjectIterator>(self);
    return reduce_pair(self, own(tuple_pack({iterator->function, iterator->iterator})));
}
const MethodDef predicate_methods[] = {method_def("__reduce__", predicate_reduce, kMethNoargs, kReduceDoc),
                                       method_def("__setstate__", predicate_setstate, kMethO, kSetstateDoc), kNoMethod};
const MethodDef function_methods[] = {method_def("__reduce__", function_reduce, kMethNoargs, kReduceDoc), kNoMethod};

// --- islice ---

struct IsliceObject : Object {
    Object* iterator;  // null: exhausted
    intptr_t next;     // index of the next item wanted
    intptr_t stop;     // -1: none
    intptr_t step;
    intptr_t count;    // items taken so far
    static constexpr const char* kEdges[] = {"iterator"};
};

// A bound as islice takes it; false with the pending exception cleared when it is no index.
bool slice_bound(Object* value, intptr_t* result) {
    *result = number_as_ssize(value, &exc::OverflowError);
    if (*result == -1 && err_occurred()) {
        err_clear();
        return false;
    }
    return true;
}

Owned islice_new(Type* type, Object* args, Object* kwargs) {
    if (type == &itertools_islice_type && !no_keyword_arguments("islice", kwargs)) return nullptr;
    intptr_t given = tuple_size(args);
    if (!check_positional("islice", given, 2, 4)) return nullptr;
    intptr_t start = 0, stop = -1, step = 1;
    Object* first = tuple_get_item(args, 1);
    constexpr const char* kStop = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    Object* stop_given = given == 2 ? first : tuple_get_item(args, 2);
    if (given > 2 && !is_none(first) && !slice_bound(first, &start)) start = -1;
    if (!is_none(stop_given) && (!slice_bound(stop_given, &stop) || stop == -1)) return err_set_string(exc::ValueError, kStop);
    if (start < 0 || stop < -1) {
        return err_set_string(exc::ValueError, "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    }
    if (given == 4 && !is_none(tuple_get_item(args, 3)) && !slice_bound(tuple_get_item(args, 3), &step)) step = -1;
    if (step < 1) return err_set_string(exc::ValueError, "Step for islice() must be a positive integer or None.");
    Ref<Object> iterator = own(object_get_iter(tuple_get_item(args, 0)));
    if (!iterator) return nullptr;
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    auto* slice = self_as<IsliceObject>(self);
    slice->iterator = iterator.release();
    slice->next = start;
    slice->stop = stop;
    slice->step = step;
    return self;
}

Owned islice_next(Object* self) {
    auto* slice = self_as<IsliceObject>(self);
    Object* iterator = slice->iterator;
    if (!iterator) return nullptr;
    Object* item = nullptr;
    while (slice->count < slice->next) {
        item = call_next(iterator);
        if (!item) break;
        decref(item);
        ++slice->count;
    }
    if (slice->count >= slice->next && (slice->stop == -1 || slice->count < slice->stop)) {
        item = call_next(iterator);
        if (item) {
            ++slice->count;
            intptr_t before = slice->next;
            slice->next = static_cast<intptr_t>(static_cast<size_t>(slice->next) + static_cast<size_t>(slice->step));
            if (slice->next < before || (slice->stop != -1 && slice->next > slice->stop)) slice->next = slice->stop;
            return item;
        }
    }
    clear_ref(slice->iterator);
    return nullptr;
}

Owned islice_reduce(Object* self, Object*) {
    auto* slice = self_as<IsliceObject>(self);
    if (!slice->iterator) {
        Ref<Object> empty = own(list_new(0));
        Ref<Object> iterator = empty ? own(object_get_iter(empty.get())) : nullptr;
        if (!iterator) return nullptr;
        return reduce_triple(self, own(tuple_pack({iterator.get(), small_int(0)})), share<Object>(small_int(0)));
    }
    Ref<Object> next = own(int_from_ssize(slice->next)), step = own(int_from_ssize(slice->step));
    Ref<Object> stop = slice->stop == -1 ? own(new_none()) : own(int_from_ssize(slice->stop));
    if (!next || !step || !stop) return nullptr;
    return reduce_triple(self, own(tuple_pack({slice->iterator, next.get(), stop.get(), step.get()})),
                         own(int_from_ssize(slice->count)));
}

Owned islice_setstate(Object* self, Object* state) {
    intptr_t count = int_as_ssize(state);
    if (count == -1 && err_occurred()) return nullptr;
    self_as<IsliceObject>(self)->count = count;
    return new_none();
}

const MethodDef islice_methods[] = {method_def("__reduce__", islice_reduce, kMethNoargs, kReduceDoc),
                                    method_def("__setstate__", islice_setstate, kMethO, kSetstateDoc), kNoMethod};

}  // namespace

Type itertools_chain_type = iterator_type<ChainObject, &ChainObject::active, &ChainObject::source>(
    "itertools.chain",
    "chain(*iterables) --> chain object\n\n"
    "Return a chain object whose .__next__() method returns elements from the\n"
    "first iterable until it is exhausted, then elements from the next\n"
    "iterable, until all of the iterables are exhausted.",
    chain_next, chain_methods, chain_new);

Type itertools_compress_type = iterator_type<CompressObject, &CompressObject::data, &CompressObject::selectors>(
    "itertools.compress",
    "compress(data, selectors)\n--\n\nReturn data elements corresponding to true selector elements.\n\n"
    "Forms a shorter iterator from selected data elements using the selectors to\nchoose the data elements.",
    compress_next, compress_methods, compress_new);

Type itertools_dropwhile_type = iterator_type<PredicateObject, &PredicateObject::function, &PredicateObject::iterator>(
    "itertools.dropwhile",
    "dropwhile(predicate, iterable, /)\n--\n\nDrop items from the iterable while predicate(item) is true.\n\n"
    "Afterwards, return every element until the iterable is exhausted.",
    dropwhile_next, predicate_methods, function_iterator_new<PredicateObject, kDropwhile, itertools_dropwhile_type>);

Type itertools_takewhile_type = iterator_type<PredicateObject, &PredicateObject::function, &PredicateObject::iterator>(
    "itertools.takewhile",
    "takewhile(predicate, iterable, /)\n--\n\n"
    "Return successive entries from an iterable as long as the predicate evaluates to true for each entry.",
    takewhile_next, predicate_methods, function_iterator_new<PredicateObject, kTakewhile, itertools_takewhile_type>);

Type itertools_filterfalse_type =
    iterator_type<FunctionObjectIterator, &FunctionObjectIterator::function, &FunctionObjectIterator::iterator>(
        "itertools.filterfalse",
        "filterfalse(function, iterable, /)\n--\n\nReturn those items of iterable for which function(item) is false.\n\n"
        "If function is None, return the items that are false.",
        filterfalse_next, function_methods,
        function_iterator_new<FunctionObjectIterator, kFilterfalse, itertools_filterfalse_type>);

Type itertools_starmap_type =
    iterator_type<FunctionObjectIterator, &FunctionObjectIterator::function, &FunctionObjectIterator::iterator>(
        "itertools.starmap",
        "starmap(function, iterable, /)\n--\n\n"
        "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the "
        "given sequence.",
        starmap_next, function_methods, function_iterator_new<FunctionObjectIterator, kStarmap, itertools_starmap_type>);

Type itertools_islice_type = iterator_type<IsliceObject, &IsliceObject::iterator>(
    "itertools.islice",
    "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\n"
    "Return an iterator whose next() method returns selected values from an\n"
    "iterable.  If start is specified, will skip all preceding elements;\n"
    "otherwise, start defaults to zero.  Step defaults to one.  If\n"
    "specified as another value, step determines how many values are\n"
    "skipped between successive calls.  Works like a slice() on a list\n"
    "but returns an iterator.",
    islice_next, islice_methods, islice_new);

}  // namespace refscope::vm
