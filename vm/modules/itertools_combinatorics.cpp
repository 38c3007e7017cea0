// itertools: product, permutations, combinations, combinations_with_replacement.
//
// Each keeps its result tuple and fills it again while nobody else holds it.
#include <cstring>

#include "vm/modules/itertools_types.h"
#include "vm/objects/dict.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

// One shape serves all four: `indices` is a block of `length` numbers, `result` null before the first.
struct SelectionObject : Object {
    Object* pool;       // tuple of items; product: tuple of pools
    intptr_t* indices;
    Object* result;
    intptr_t length;    // of the result
    intptr_t stopped;
    static constexpr const char* kEdges[] = {"pool", "result tuple"};
};
static_assert(sizeof(SelectionObject) == 56);
struct PermutationsObject : Object {
    Object* pool;
    intptr_t* indices;
    intptr_t* cycles;
    Object* result;
    intptr_t length;
    intptr_t stopped;
    static constexpr const char* kEdges[] = {"pool", "result tuple"};
};
static_assert(sizeof(PermutationsObject) == 64);
struct ProductObject : Object {
    Object* pools;
    intptr_t* indices;
    Object* result;
    intptr_t stopped;
    static constexpr const char* kEdges[] = {"pools", "result tuple"};
};
static_assert(sizeof(ProductObject) == 48);

intptr_t* new_numbers(intptr_t count) {
    if (count > PTRDIFF_MAX / static_cast<intptr_t>(sizeof(intptr_t))) {
        err_no_memory();
        return nullptr;
    }
    return static_cast<intptr_t*>(allocate_block(static_cast<size_t>(count) * sizeof(intptr_t)));
}

// Makes *result a tuple that may be changed: the same one, or a copy when somebody else holds it.
bool make_writable(Object** result) {
    Object* tuple = *result;
    if (refcount_of(tuple) > 1) {
        Object* copy = tuple_from_array(tuple_items(tuple), tuple_size(tuple));
        if (!copy) return false;
        *result = copy;
        decref(tuple);
    } else if (tuple != empty_tuple() && !gc_is_tracked(tuple)) {
        gc_track(tuple);
    }
    return true;
}

inline void put(Object* result, intptr_t at, Object* item) {
    Object* old_item = tuple_get_item(result, at);
    tuple_init_item(result, at, newref(item));
    xdecref(old_item);
}

// The first result: the items of the pool that the indices say.
Object* first_result(Object* pool, const intptr_t* indices, intptr_t length) {
    Object* result = tuple_new(length);
    if (!result) return nullptr;
    for (intptr_t i = 0; i < length; ++i) tuple_init_item(result, i, newref(tuple_get_item(pool, indices[i])));
    return result;
}

template <class T>
void selection_dealloc(Object* self) {
    gc_untrack(self);
    auto* selection = self_as<T>(self);
    clear_ref(selection->pool);
    clear_ref(selection->result);
    free_block(selection->indices);
    if constexpr (requires { selection->cycles; }) free_block(selection->cycles);
    self->type->tp_free(self);
}

// --- product ---

Owned product_new(Type* type, Object* args, Object* kwargs) {
    intptr_t repeat = 1;
    if (kwargs && dict_size(kwargs) > 0) {
        static const char* const names[] = {"repeat", nullptr};
        static const KeywordParser parser{"product", names, 0, 0, 0};
        Object* out[1] = {};
        if (!unpack_keywords_tuple(parser, empty_tuple(), kwargs, out) || !argument_ssize(out[0], &repeat)) return nullptr;
        if (repeat < 0) return err_set_string(exc::ValueError, "repeat argument cannot be negative");
    }
    intptr_t given = repeat == 0 ? 0 : tuple_size(args);
    if (given && repeat > PTRDIFF_MAX / given / static_cast<intptr_t>(sizeof(intptr_t))) {
        return err_set_string(exc::OverflowError, "repeat argument too large");
    }
    intptr_t count = given * repeat;
    Ref<Object> pools = own(tuple_new(count));
    if (!pools) return nullptr;
    for (intptr_t i = 0; i < given; ++i) {
        Object* pool = sequence_tuple(tuple_get_item(args, i));
        if (!pool) return nullptr;
        tuple_init_item(pools.get(), i, pool);
    }
    for (intptr_t i = given; i < count; ++i) {
        tuple_init_item(pools.get(), i, newref(tuple_get_item(pools.get(), i - given)));
    }
    Ref<Object> self = own(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    auto* product = self_as<ProductObject>(self.get());
    product->indices = new_numbers(count);
    if (!product->indices) return nullptr;
    std::memset(product->indices, 0, static_cast<size_t>(count) * sizeof(intptr_t));
    product->pools = pools.release();
    return self.release();
}

Owned product_next(Object* self) {
    auto* product = self_as<ProductObject>(self);
    if (product->stopped) return nullptr;
    intptr_t count = tuple_size(product->pools);
    if (!product->result) {
        product->result = tuple_new(count);
        if (!product->result) {
            product->stopped = 1;
            return nullptr;
        }
        for (intptr_t i = 0; i < count; ++i) {
            Object* pool = tuple_get_item(product->pools, i);
            if (tuple_size(pool) == 0) {
                product->stopped = 1;
                return nullptr;
            }
            tuple_init_item(product->result, i, newref(tuple_get_item(pool, 0)));
        }
        return newref(product->result);
    }
    if (!make_writable(&product->result)) {
        product->stopped = 1;
        return nullptr;
    }
    intptr_t i = count - 1;
    for (; i >= 0; --i) {
        Object* pool = tuple_get_item(product->pools, i);
        if (++product->indices[i] < tuple_size(pool)) {
            put(product->result, i, tuple_get_item(pool, product->indices[i]));
            break;
        }
        product->indices[i] = 0;
        put(product->result, i, tuple_get_item(pool, 0));
    }
    if (i < 0) {
        product->stopped = 1;
        return nullptr;
    }
    return newref(product->result);
}

void product_dealloc(Object* self) {
    gc_untrack(self);
    auto* product = self_as<ProductObject>(self);
    clear_ref(product->pools);
    clear_ref(product->result);
    free_block(product->indices);
    self->type->tp_free(self);
}

// --- combinations, with and without replacement ---

// `iterable` and `r`; false with an exception.
bool pool_and_length(const char* function, Object* args, Object* kwargs, Ref<Object>* pool, intptr_t* length) {
    static const char* const names[] = {"iterable", "r", nullptr};
    KeywordParser parser{function, names, 2, 2, 0};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out) || !argument_ssize(out[1], length)) return false;
    *pool = own(sequence_tuple(out[0]));
    if (!*pool) return false;
    if (*length < 0) {
        err_set_string(exc::ValueError, "r must be non-negative");
        return false;
    }
    return true;
}

Owned make_selection(Type* type, Ref<Object> pool, intptr_t length, bool ascending, bool stopped) {
    Ref<Object> self = own(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    auto* selection = self_as<SelectionObject>(self.get());
    selection->indices = new_numbers(length);
    if (!selection->indices) return nullptr;
    for (intptr_t i = 0; i < length; ++i) selection->indices[i] = ascending ? i : 0;
    selection->pool = pool.release();
    selection->length = length;
    selection->stopped = stopped;
    return self.release();
}

Owned combinations_new(Type* type, Object* args, Object* kwargs) {
    Ref<Object> pool;
    intptr_t length;
    if (!pool_and_length("combinations", args, kwargs, &pool, &length)) return nullptr;
    bool stopped = length > tuple_size(pool.get());
    return make_selection(type, std::move(pool), length, true, stopped);
}

Owned replacement_new(Type* type, Object* args, Object* kwargs) {
    Ref<Object> pool;
    intptr_t length;
    if (!pool_and_length("combinations_with_replacement", args, kwargs, &pool, &length)) return nullptr;
    bool stopped = tuple_size(pool.get()) == 0 && length > 0;
    return make_selection(type, std::move(pool), length, false, stopped);
}

// Common part: the first result, or a writable one with the position that changes. -1: done.
template <class Movable>
intptr_t advance(SelectionObject* selection, Movable&& can_move) {
    if (!make_writable(&selection->result)) return -1;
    intptr_t i = selection->length - 1;
    while (i >= 0 && !can_move(i)) --i;
    return i;
}

Owned combinations_next(Object* self) {
    auto* selection = self_as<SelectionObject>(self);
    if (selection->stopped) return nullptr;
    intptr_t n = tuple_size(selection->pool), r = selection->length;
    if (!selection->result) {
        selection->result = first_result(selection->pool, selection->indices, r);
        if (!selection->result) selection->stopped = 1;
        return xnewref(selection->result);
    }
    intptr_t* indices = selection->indices;
    intptr_t i = advance(selection, [&](intptr_t at) { return indices[at] != at + n - r; });
    if (i < 0) {
        selection->stopped = 1;
        return nullptr;
    }
    ++indices[i];
    for (intptr_t j = i + 1; j < r; ++j) indices[j] = indices[j - 1] + 1;
    for (; i < r; ++i) put(selection->result, i, tuple_get_item(selection->pool, indices[i]));
    return newref(selection->result);
}

Owned replacement_next(Object* self) {
    auto* selection = self_as<SelectionObject>(self);
    if (selection->stopped) return nullptr;
    intptr_t n = tuple_size(selection->pool), r = selection->length;
    if (!selection->result) {
        selection->result = first_result(selection->pool, selection->indices, r);
        if (!selection->result) selection->stopped = 1;
        return xnewref(selection->result);
    }
    intptr_t* indices = selection->indices;
    intptr_t i = advance(selection, [&](intptr_t at) { return indices[at] != n - 1; });
    if (i < 0) {
        selection->stopped = 1;
        return nullptr;
    }
    intptr_t index = indices[i] + 1;
    for (; i < r; ++i) {
        indices[i] = index;
        put(selection->result, i, tuple_get_item(selection->pool, index));
    }
    return newref(selection->result);
}

// --- permutations ---

Owned permutations_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"iterable", "r", nullptr};
    static const KeywordParser parser{"permutations", names, 1, 2, 0};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Ref<Object> pool = own(sequence_tuple(out[0]));
    if (!pool) return nullptr;
    intptr_t n = tuple_size(pool.get()), r = n;
    if (out[1] && !is_none(out[1])) {
        if (!int_check(out[1])) return err_set_string(exc::TypeError, "Expected int as r");
        r = int_as_ssize(out[1]);
        if (r == -1 && err_occurred()) return nullptr;
    }
    if (r < 0) return err_set_string(exc::ValueError, "r must be non-negative");
    Ref<Object> self = own(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    auto* permutations = self_as<PermutationsObject>(self.get());
    permutations->indices = new_numbers(n);
    permutations->cycles = new_numbers(r);
    if (!permutations->indices || !permutations->cycles) return nullptr;
    for (intptr_t i = 0; i < n; ++i) permutations->indices[i] = i;
    for (intptr_t i = 0; i < r; ++i) permutations->cycles[i] = n - i;
    permutations->pool = pool.release();
    permutations->length = r;
    permutations->stopped = r > n;
    return self.release();
}

Owned permutations_next(Object* self) {
    auto* permutations = self_as<PermutationsObject>(self);
    if (permutations->stopped) return nullptr;
    Object* pool = permutations->pool;
    intptr_t n = tuple_size(pool), r = permutations->length;
    intptr_t *indices = permutations->indices, *cycles = permutations->cycles;
    if (!permutations->result) {
        permutations->result = first_result(pool, indices, r);
        if (!permutations->result) permutations->stopped = 1;
        return xnewref(permutations->result);
    }
    if (n == 0 || !make_writable(&permutations->result)) {
        permutations->stopped = 1;
        return nullptr;
    }
    for (intptr_t i = r - 1; i >= 0; --i) {
        if (--cycles[i] == 0) {
            // Rotates indices[i:] left by one.
            intptr_t first = indices[i];
            for (intptr_t j = i; j < n - 1; ++j) indices[j] = indices[j + 1];
            indices[n - 1] = first;
            cycles[i] = n - i;
            continue;
        }
        std::swap(indices[i], indices[n - cycles[i]]);
        for (intptr_t k = i; k < r; ++k) put(permutations->result, k, tuple_get_item(pool, indices[k]));
        return newref(permutations->result);
    }
    permutations->stopped = 1;
    return nullptr;
}

// --- sizes and states ---

size_t product_size(Object* self) {
    return sizeof(ProductObject) + static_cast<size_t>(tuple_size(self_as<ProductObject>(self)->pools)) * sizeof(intptr_t);
}
size_t selection_size(Object* self) {
    return sizeof(SelectionObject) + static_cast<size_t>(self_as<SelectionObject>(self)->length) * sizeof(intptr_t);
}
size_t permutations_size(Object* self) {
    auto* permutations = self_as<PermutationsObject>(self);
    return sizeof(PermutationsObject) +
           static_cast<size_t>(tuple_size(permutations->pool) + permutations->length) * sizeof(intptr_t);
}
template <SizeFn kSize>
Owned sizeof_method(Object* self, Object*) {
    return int_from_size(kSize(self));
}

Owned numbers_tuple(const intptr_t* numbers, intptr_t count) {
    Ref<Object> tuple = own(tuple_new(count));
    if (!tuple) return nullptr;
    for (intptr_t i = 0; i < count; ++i) {
        Object* number = int_from_ssize(numbers[i]);
        if (!number) return nullptr;
        tuple_init_item(tuple.get(), i, number);
    }
    return tuple.release();
}

// Reads `count` numbers of a state tuple, each clipped to 0 … limit(i). False with an exception.
template <class Limit>
bool read_numbers(Object* state, intptr_t* numbers, intptr_t count, Limit&& limit) {
    if (!tuple_check(state) || tuple_size(state) != count) {
        err_set_string(exc::ValueError, "invalid arguments");
        return false;
    }
    for (intptr_t i = 0; i < count; ++i) {
        intptr_t number = int_as_ssize(tuple_get_item(state, i));
        if (number < 0 && err_occurred()) return false;
        if (number < 0) number = 0;
        else if (number > limit(i)) number = limit(i);
        numbers[i] = number;
    }
    return true;
}

Owned product_reduce(Object* self, Object*) {
    auto* product = self_as<ProductObject>(self);
    if (product->stopped) {
        Ref<Object> pool = own(tuple_pack({empty_tuple()}));
        return reduce_pair(self, pool);
    }
    if (!product->result) return reduce_pair(self, share(product->pools));
    return reduce_triple(self, share(product->pools), own(numbers_tuple(product->indices, tuple_size(product->pools))));
}

Owned product_setstate(Object* self, Object* state) {
    auto* product = self_as<ProductObject>(self);
    intptr_t count = tuple_size(product->pools);
    for (intptr_t i = 0; i < count; ++i) {
        if (tuple_size(tuple_get_item(product->pools, i)) == 0) {
            product->stopped = 1;
            return new_none();
        }
    }
    auto limit = [&](intptr_t i) { return tuple_size(tuple_get_item(product->pools, i)) - 1; };
    if (!read_numbers(state, product->indices, count, limit)) return nullptr;
    Object* result = tuple_new(count);
    if (!result) return nullptr;
    for (intptr_t i = 0; i < count; ++i) {
        tuple_init_item(result, i, newref(tuple_get_item(tuple_get_item(product->pools, i), product->indices[i])));
    }
    if (product->result) set_ref(product->result, result);
    else product->result = result;
    return new_none();
}

Owned selection_reduce(Object* self, Object*) {
    auto* selection = self_as<SelectionObject>(self);
    Ref<Object> length = own(int_from_ssize(selection->length));
    if (!length) return nullptr;
    if (!selection->result) return reduce_pair(self, own(tuple_pack({selection->pool, length.get()})));
    if (selection->stopped) return reduce_pair(self, own(tuple_pack({empty_tuple(), length.get()})));
    return reduce_triple(self, own(tuple_pack({selection->pool, length.get()})),
                         own(numbers_tuple(selection->indices, selection->length)));
}

template <bool kReplacement>
Owned selection_setstate(Object* self, Object* state) {
    auto* selection = self_as<SelectionObject>(self);
    intptr_t n = tuple_size(selection->pool), r = selection->length;
    auto limit = [&](intptr_t i) { return kReplacement ? n - 1 : i + n - r; };
    if (!read_numbers(state, selection->indices, r, limit)) return nullptr;
    Object* result = first_result(selection->pool, selection->indices, r);
    if (!result) return nullptr;
    if (selection->result) set_ref(selection->result, result);
    else selection->result = result;
    return new_none();
}

Owned permutations_reduce(Object* self, Object*) {
    auto* permutations = self_as<PermutationsObject>(self);
    Ref<Object> length = own(int_from_ssize(permutations->length));
    if (!length) return nullptr;
    if (!permutations->result) return reduce_pair(self, own(tuple_pack({permutations->pool, length.get()})));
    if (permutations->stopped) return reduce_pair(self, own(tuple_pack({empty_tuple(), length.get()})));
    Ref<Object> indices = own(numbers_tuple(permutations->indices, tuple_size(permutations->pool)));
    Ref<Object> cycles = own(numbers_tuple(permutations->cycles, permutations->length));
    if (!indices || !cycles) return nullptr;
    return reduce_triple(self, own(tuple_pack({permutations->pool, length.get()})),
                         own(tuple_pack({indices.get(), cycles.get()})));
}

Owned permutations_setstate(Object* self, Object* state) {
    auto* permutations = self_as<PermutationsObject>(self);
    intptr_t n = tuple_size(permutations->pool), r = permutations->length;
    if (!tuple_check(state)) return err_set_string(exc::TypeError, "state is not a tuple");
    if (tuple_size(state) != 2) return err_set_string(exc::ValueError, "invalid arguments");
    auto index_limit = [&](intptr_t) { return n - 1; };
    auto cycle_limit = [&](intptr_t i) { return n - i; };
    if (!read_numbers(tuple_get_item(state, 0), permutations->indices, n, index_limit) ||
        !read_numbers(tuple_get_item(state, 1), permutations->cycles, r, cycle_limit)) {
        return nullptr;
    }
    for (intptr_t i = 0; i < r; ++i) {
        if (permutations->cycles[i] < 1) permutations->cycles[i] = 1;
    }
    Object* result = first_result(permutations->pool, permutations->indices, r);
    if (!result) return nullptr;
    if (permutations->result) set_ref(permutations->result, result);
    else permutations->result = result;
    return new_none();
}

constexpr const char* kSizeofDoc = "Returns size in memory, in bytes.";
const MethodDef product_methods[] = {method_def("__reduce__", product_reduce, kMethNoargs, kReduceDoc),
                                     method_def("__setstate__", product_setstate, kMethO, kSetstateDoc),
                                     method_def("__sizeof__", sizeof_method<product_size>, kMethNoargs, kSizeofDoc), kNoMethod};
const MethodDef combinations_methods[] = {
    method_def("__reduce__", selection_reduce, kMethNoargs, kReduceDoc),
    method_def("__setstate__", selection_setstate<false>, kMethO, kSetstateDoc),
    method_def("__sizeof__", sizeof_method<selection_size>, kMethNoargs, kSizeofDoc), kNoMethod};
const MethodDef replacement_methods[] = {
    method_def("__reduce__", selection_reduce, kMethNoargs, kReduceDoc),
    method_def("__setstate__", selection_setstate<true>, kMethO, kSetstateDoc),
    method_def("__sizeof__", sizeof_method<selection_size>, kMethNoargs, kSizeofDoc), kNoMethod};
const MethodDef permutations_methods[] = {
    method_def("__reduce__", permutations_reduce, kMethNoargs, kReduceDoc),
    method_def("__setstate__", permutations_setstate, kMethO, kSetstateDoc),
    method_def("__sizeof__", sizeof_method<permutations_size>, kMethNoargs, kSizeofDoc), kNoMethod};

}  // namespace

Type itertools_product_type = [] {
    Type type = iterator_type<ProductObject, &ProductObject::pools, &ProductObject::result>(
        "itertools.product",
        "product(*iterables, repeat=1) --> product object\n\n"
        "Cartesian product of input iterables.  Equivalent to nested for-loops.\n\n"
        "For example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\n"
        "The leftmost iterators are in the outermost for-loop, so the output tuples\n"
        "cycle in a manner similar to an odometer (with the rightmost element changing\n"
        "on every iteration).\n\n"
        "To compute the product of an iterable with itself, specify the number\n"
        "of repetitions with the optional repeat keyword argument. For example,\n"
        "product(A, repeat=4) means the same as product(A, A, A, A).\n\n"
        "product('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)\n"
        "product((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...",
        product_next, product_methods, product_new);
    type.tp_dealloc = product_dealloc;
    type.tp_sizeof = product_size;
    return type;
}();

Type itertools_combinations_type = [] {
    Type type = iterator_type<SelectionObject, &SelectionObject::pool, &SelectionObject::result>(
        "itertools.combinations",
        "combinations(iterable, r)\n--\n\nReturn successive r-length combinations of elements in the iterable.\n\n"
        "combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)",
        combinations_next, combinations_methods, combinations_new);
    type.tp_dealloc = selection_dealloc<SelectionObject>;
    type.tp_sizeof = selection_size;
    return type;
}();

Type itertools_combinations_with_replacement_type = [] {
    Type type = iterator_type<SelectionObject, &SelectionObject::pool, &SelectionObject::result>(
        "itertools.combinations_with_replacement",
        "combinations_with_replacement(iterable, r)\n--\n\n"
        "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive "
        "repeats.\n\n"
        "combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')",
        replacement_next, replacement_methods, replacement_new);
    type.tp_dealloc = selection_dealloc<SelectionObject>;
    type.tp_sizeof = selection_size;
    return type;
}();

Type itertools_permutations_type = [] {
    Type type = iterator_type<PermutationsObject, &PermutationsObject::pool, &PermutationsObject::result>(
        "itertools.permutations",
        "permutations(iterable, r=None)\n--\n\nReturn successive r-length permutations of elements in the iterable.\n\n"
        "permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)",
        permutations_next, permutations_methods, permutations_new);
    type.tp_dealloc = selection_dealloc<PermutationsObject>;
    type.tp_sizeof = permutations_size;
    return type;
}();

}  // namespace refscope::vm
