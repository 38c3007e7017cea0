#include "vm/objects/zip.h"

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/bool.h"
#include "vm/objects/pair_result.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct ZipObject : Object {
    intptr_t count;
    Object* iterators;  // tuple
    Object* result;     // tuple
    bool strict;
};
static_assert(sizeof(ZipObject) == 48);

ZipObject* as_zip(Object* object) { return static_cast<ZipObject*>(object); }

Owned zip_new(Type* type, Object* args, Object* kwargs) {
    bool strict = false;
    if (intptr_t named = kwargs ? dict_size(kwargs) : 0) {
        if (named > 1) return err_format(exc::TypeError, "zip() takes at most 1 keyword argument (%zd given)", named);
        intptr_t position = 0;
        Object *key, *value;
        dict_next(kwargs, &position, &key, &value);
        if (!str_check(key) || !str_equal_ascii(key, "strict")) {
            return err_format(exc::TypeError, "'%S' is an invalid keyword argument for zip()", key);
        }
        int truth = object_is_true(value);
        if (truth < 0) return nullptr;
        strict = truth != 0;
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
    as_zip(self)->count = count;
    as_zip(self)->iterators = iterators.release();
    as_zip(self)->result = result.release();
    as_zip(self)->strict = strict;
    return self;
}

// A strict zip whose argument `i` ended: all must end together.
Owned check_strict(ZipObject* zip, intptr_t i) {
    auto ended = [] {
        if (!err_occurred()) return true;
        if (!err_matches(exc::StopIteration)) return false;
        err_clear();
        return true;
    };
    if (!ended()) return nullptr;
    if (i > 0) {
        return err_format(exc::ValueError, "zip() argument %d is shorter than argument%s%d", static_cast<int>(i + 1),
                          i == 1 ? " " : "s 1-", static_cast<int>(i));
    }
    for (i = 1; i < zip->count; ++i) {
        Object* iterator = tuple_get_item(zip->iterators, i);
        if (Object* item = iterator->type->tp_iternext(iterator)) {
            decref(item);
            return err_format(exc::ValueError, "zip() argument %d is longer than argument%s%d", static_cast<int>(i + 1),
                              i == 1 ? " " : "s 1-", static_cast<int>(i));
        }
        if (!ended()) return nullptr;
    }
    return nullptr;
}

Owned zip_next(Object* self) {
    ZipObject* zip = as_zip(self);
    intptr_t count = zip->count;
    if (count == 0) return nullptr;
    bool reuse = result_is_free(zip->result);
    Ref<Object> result = reuse ? share(zip->result) : own(tuple_new(count));
    if (!result) return nullptr;
    for (intptr_t i = 0; i < count; ++i) {
        Object* iterator = tuple_get_item(zip->iterators, i);
        Object* item = iterator->type->tp_iternext(iterator);
        if (!item) {
            result.reset();
            return zip->strict ? check_strict(zip, i) : nullptr;
        }
        Object* old_item = tuple_get_item(result.get(), i);
        tuple_init_item(result.get(), i, item);
        xdecref(old_item);
    }
    if (reuse && !gc_is_tracked(result.get())) gc_track(result.get());
    return result.release();
}

void zip_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(as_zip(self)->iterators);
    clear_ref(as_zip(self)->result);
    self->type->tp_free(self);
}

int zip_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_zip(self)->iterators, Edge::field("iterators"));
    RS_VISIT(as_zip(self)->result, Edge::field("result tuple"));
    return 0;
}

Owned zip_reduce(Object* self, Object*) {
    ZipObject* zip = as_zip(self);
    if (zip->strict) return tuple_pack({self->type, zip->iterators, py_true()});
    return tuple_pack({self->type, zip->iterators});
}

Owned zip_setstate(Object* self, Object* state) {
    int strict = object_is_true(state);
    if (strict < 0) return nullptr;
    as_zip(self)->strict = strict != 0;
    return new_none();
}

const MethodDef methods[] = {
    method_def("__reduce__", zip_reduce, kMethNoargs, "Return state information for pickling."),
    method_def("__setstate__", zip_setstate, kMethO, "Set state information for unpickling."),
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Type zip_type = [] {
    Type type = static_type("zip", sizeof(ZipObject), 0, kHaveGc | kBaseType);
    type.tp_doc =
        "zip(*iterables, strict=False) --> Yield tuples until an input is exhausted.\n\n"
        "   >>> list(zip('abcdefg', range(3), range(4)))\n"
        "   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]\n\n"
        "The zip object yields n-length tuples, where n is the number of iterables\n"
        "passed as positional arguments to zip().  The i-th element in every tuple\n"
        "comes from the i-th iterable argument to zip().  This continues until the\n"
        "shortest argument is exhausted.\n\n"
        "If strict is true and one of the arguments is exhausted before the others,\n"
        "raise a ValueError.";
    type.tp_dealloc = zip_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = zip_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = zip_next;
    type.tp_methods = methods;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = zip_new;
    type.tp_free = type_generic_free;
    return type;
}();

int init_zip_types() { return type_ready(&zip_type); }

}  // namespace refscope::vm
