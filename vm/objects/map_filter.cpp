#include "vm/objects/map_filter.h"

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/ref_array.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct MapObject : Object {
    Object* iterators;  // tuple
    Object* function;
};
struct FilterObject : Object {
    Object* function;
    Object* iterator;
};

MapObject* as_map(Object* object) { return static_cast<MapObject*>(object); }
FilterObject* as_filter(Object* object) { return static_cast<FilterObject*>(object); }

// --- map ---

Owned make_map(Type* type, Object* const* args, intptr_t count) {
    if (count < 2) return err_set_string(exc::TypeError, "map() must have at least two arguments.");
    Ref<Object> iterators = own(tuple_new(count - 1));
    if (!iterators) return nullptr;
    for (intptr_t i = 1; i < count; ++i) {
        Object* iterator = object_get_iter(args[i]);
        if (!iterator) return nullptr;
        tuple_init_item(iterators.get(), i - 1, iterator);
    }
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    as_map(self)->iterators = iterators.release();
    as_map(self)->function = newref(args[0]);
    return self;
}

Owned map_new(Type* type, Object* args, Object* kwargs) {
    if (type == &map_type && !no_keyword_arguments("map", kwargs)) return nullptr;
    return make_map(type, tuple_items(args), tuple_size(args));
}

Owned map_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && type == &map_type && !no_keyword_arguments("map", kwnames)) return nullptr;
    return make_map(as_type(type), args, static_cast<intptr_t>(vectorcall_nargs(nargsf)));
}

Owned map_next_many(MapObject* map, intptr_t count) {
    auto** values = static_cast<Object**>(allocate_block(static_cast<size_t>(count) * sizeof(Object*)));
    if (!values) return nullptr;
    for (intptr_t i = 0; i < count; ++i) values[i] = nullptr;
    Object* result = nullptr;
    {
        RefArray named(values, count, "arguments of map()");
        intptr_t got = 0;
        for (; got < count; ++got) {
            Object* iterator = tuple_get_item(map->iterators, got);
            if (!(values[got] = iterator->type->tp_iternext(iterator))) break;
        }
        if (got == count) result = object_vectorcall(map->function, values, static_cast<size_t>(count), nullptr);
        Ref<Object> held = own(result);
        for (intptr_t i = 0; i < got; ++i) clear_ref(values[i]);
        result = held.release();
    }
    free_block(values);
    return result;
}

Owned map_next(Object* self) {
    MapObject* map = as_map(self);
    intptr_t count = tuple_size(map->iterators);
    if (count != 1) return map_next_many(map, count);
    Object* iterator = tuple_get_item(map->iterators, 0);
    Ref<Object> value = own(iterator->type->tp_iternext(iterator));
    if (!value) return nullptr;
    Ref<Object> result = own(object_call_onearg(map->function, value.get()));
    value.reset();
    return result.release();
}

void map_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(as_map(self)->iterators);
    clear_ref(as_map(self)->function);
    self->type->tp_free(self);
}

int map_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_map(self)->iterators, Edge::field("iterators"));
    RS_VISIT(as_map(self)->function, Edge::field("function"));
    return 0;
}

Owned map_reduce(Object* self, Object*) {
    MapObject* map = as_map(self);
    intptr_t count = tuple_size(map->iterators);
    Ref<Object> arguments = own(tuple_new(count + 1));
    if (!arguments) return nullptr;
    tuple_init_item(arguments.get(), 0, newref(map->function));
    for (intptr_t i = 0; i < count; ++i) tuple_init_item(arguments.get(), i + 1, newref(tuple_get_item(map->iterators, i)));
    return tuple_pack({self->type, arguments.get()});
}

// --- filter ---

Owned make_filter(Type* type, Object* function, Object* iterable) {
    Ref<Object> iterator = own(object_get_iter(iterable));
    if (!iterator) return nullptr;
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    as_filter(self)->function = newref(function);
    as_filter(self)->iterator = iterator.release();
    return self;
}

Owned filter_new(Type* type, Object* args, Object* kwargs) {
    if (type == &filter_type && !no_keyword_arguments("filter", kwargs)) return nullptr;
    if (!check_positional("filter", tuple_size(args), 2, 2)) return nullptr;
    return make_filter(type, tuple_get_item(args, 0), tuple_get_item(args, 1));
}

Owned filter_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && type == &filter_type && !no_keyword_arguments("filter", kwnames)) return nullptr;
    if (!check_positional("filter", static_cast<intptr_t>(vectorcall_nargs(nargsf)), 2, 2)) return nullptr;
    return make_filter(as_type(type), args[0], args[1]);
}

Owned filter_next(Object* self) {
    FilterObject* filter = as_filter(self);
    Object* iterator = filter->iterator;
    UnaryFn next = iterator->type->tp_iternext;
    bool by_truth = filter->function == none() || filter->function == &bool_type;
    for (;;) {
        Ref<Object> item = own(next(iterator));
        if (!item) return nullptr;
        int good;
        if (by_truth) {
            good = object_is_true(item.get());
        } else {
            Ref<Object> answer = own(object_call_onearg(filter->function, item.get()));
            if (!answer) return nullptr;
            good = object_is_true(answer.get());
        }
        if (good > 0) return item.release();
        if (good < 0) return nullptr;
    }
}

void filter_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(as_filter(self)->function);
    clear_ref(as_filter(self)->iterator);
    self->type->tp_free(self);
}

int filter_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_filter(self)->iterator, Edge::field("iterator"));
    RS_VISIT(as_filter(self)->function, Edge::field("function"));
    return 0;
}

Owned filter_reduce(Object* self, Object*) {
    Ref<Object> arguments = own(tuple_pack({as_filter(self)->function, as_filter(self)->iterator}));
    return arguments ? tuple_pack({self->type, arguments.get()}) : nullptr;
}

const MethodDef map_methods[] = {
    method_def("__reduce__", map_reduce, kMethNoargs, "Return state information for pickling."),
    {nullptr, nullptr, 0, nullptr},
};
const MethodDef filter_methods[] = {
    method_def("__reduce__", filter_reduce, kMethNoargs, "Return state information for pickling."),
    {nullptr, nullptr, 0, nullptr},
};

Type lazy_type(const char* name, const char* doc, DestructorFn dealloc, TraverseFn traverse, UnaryFn next,
               const MethodDef* methods, NewFn make, VectorcallFn vectorcall) {
    Type type = static_type(name, sizeof(MapObject), 0, kHaveGc | kBaseType);
    type.tp_doc = doc;
    type.tp_dealloc = dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = next;
    type.tp_methods = methods;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = make;
    type.tp_free = type_generic_free;
    type.tp_vectorcall = vectorcall;
    return type;
}
static_assert(sizeof(MapObject) == 32 && sizeof(FilterObject) == 32);

}  // namespace

Type map_type = lazy_type("map",
                          "map(func, *iterables) --> map object\n\n"
                          "Make an iterator that computes the function using arguments from\n"
                          "each of the iterables.  Stops when the shortest iterable is exhausted.",
                          map_dealloc, map_traverse, map_next, map_methods, map_new, map_vectorcall);
Type filter_type = lazy_type("filter",
                             "filter(function or None, iterable) --> filter object\n\n"
                             "Return an iterator yielding those items of iterable for which function(item)\n"
                             "is true. If function is None, return the items that are true.",
                             filter_dealloc, filter_traverse, filter_next, filter_methods, filter_new, filter_vectorcall);

int init_map_filter_types() {
    if (type_ready(&map_type) < 0) return -1;
    return type_ready(&filter_type);
}

}  // namespace refscope::vm
