#include "vm/objects/enumerate.h"

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/int.h"
#include "vm/objects/pair_result.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

struct EnumerateObject : Object {
    intptr_t index;    // PTRDIFF_MAX: long_index counts on
    Object* iterator;
    Object* result;
    Object* long_index;
    Object* unused;    // CPython keeps a borrowed 1 here
};
static_assert(sizeof(EnumerateObject) == 56);

EnumerateObject* as_enumerate(Object* object) { return static_cast<EnumerateObject*>(object); }

Owned make(Type* type, Object* iterable, Object* start) {
    Ref<Object> self = own(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    EnumerateObject* enumerate = as_enumerate(self.get());
    if (start) {
        Ref<Object> number = own(number_index(start));
        if (!number) return nullptr;
        enumerate->index = int_as_ssize(number.get());
        if (enumerate->index == -1 && err_occurred()) {
            err_clear();
            enumerate->index = PTRDIFF_MAX;
            enumerate->long_index = number.release();
        }
    }
    enumerate->iterator = object_get_iter(iterable);
    if (!enumerate->iterator) return nullptr;
    enumerate->result = tuple_pack({none(), none()});
    return enumerate->result ? self.release() : nullptr;
}

// enumerate(iterable, start=0), either by position or by name.
Owned enumerate_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    auto nargs = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    intptr_t named = kwnames ? tuple_size(kwnames) : 0;
    auto invalid = [&](intptr_t i) {
        return err_format(exc::TypeError, "'%.200s' is an invalid keyword argument for enumerate()",
                          str_as_utf8(tuple_get_item(kwnames, i)));
    };
    auto is = [&](intptr_t i, const char* name) { return str_equal_ascii(tuple_get_item(kwnames, i), name); };
    if (nargs + named == 2) {
        Object *iterable = args[0], *start = args[1];
        if (named == 1) {
            if (!is(0, "start")) return invalid(0);
        } else if (named == 2) {
            if (is(0, "start")) {
                std::swap(iterable, start);
                if (!is(1, "iterable")) return invalid(1);
            } else {
                if (!is(0, "iterable")) return invalid(0);
                if (!is(1, "start")) return invalid(1);
            }
        }
        return make(as_type(type), iterable, start);
    }
    if (nargs + named == 1) {
        if (named == 1 && !is(0, "iterable")) return invalid(0);
        return make(as_type(type), args[0], nullptr);
    }
    if (nargs == 0) return err_set_string(exc::TypeError, "enumerate() missing required argument 'iterable'");
    return err_format(exc::TypeError, "enumerate() takes at most %d arguments (%zd given)", 2, nargs + named);
}

Owned enumerate_new(Type* type, Object* args, Object* kwargs) {
    intptr_t nargs = tuple_size(args), named = kwargs ? dict_size(kwargs) : 0;
    if (nargs + named > 2) {
        return err_format(exc::TypeError, "enumerate() takes at most 2 %sarguments (%zd given)", nargs ? "" : "keyword ",
                          nargs + named);
    }
    Object* iterable = nargs > 0 ? tuple_get_item(args, 0) : nullptr;
    Object* start = nargs > 1 ? tuple_get_item(args, 1) : nullptr;
    if (named) {
        if (!iterable && (iterable = dict_get_item_with_error(kwargs, ID(iterable)))) --named;
        if (!start && (start = dict_get_item_with_error(kwargs, ID(start)))) --named;
    }
    if (!iterable) return err_set_string(exc::TypeError, "enumerate() missing required argument 'iterable' (pos 1)");
    if (named) {
        intptr_t position = 0;
        Object *key, *value;
        while (dict_next(kwargs, &position, &key, &value)) {
            if (str_equal_ascii(key, "start") || str_equal_ascii(key, "iterable")) continue;
            return err_format(exc::TypeError, "'%S' is an invalid keyword argument for enumerate()", key);
        }
        return err_set_string(exc::TypeError, "argument for enumerate() given by name ('iterable') and position (1)");
    }
    return make(type, iterable, start);
}

// The index once it no longer fits a machine word. A new reference.
Owned next_long_index(EnumerateObject* enumerate) {
    if (!enumerate->long_index) {
        enumerate->long_index = int_from_ssize(PTRDIFF_MAX);
        if (!enumerate->long_index) return nullptr;
    }
    Ref<Object> stepped = own(int_add(enumerate->long_index, small_int(1)));
    if (!stepped) return nullptr;
    return std::exchange(enumerate->long_index, stepped.release());
}

Owned enumerate_next(Object* self) {
    EnumerateObject* enumerate = as_enumerate(self);
    Object* item = enumerate->iterator->type->tp_iternext(enumerate->iterator);
    if (!item) return nullptr;
    Object* index = enumerate->index == PTRDIFF_MAX ? next_long_index(enumerate) : int_from_ssize(enumerate->index);
    if (!index) {
        decref(item);
        return nullptr;
    }
    if (enumerate->index != PTRDIFF_MAX) ++enumerate->index;
    return pair_result(enumerate->result, index, item);
}

void enumerate_dealloc(Object* self) {
    gc_untrack(self);
    EnumerateObject* enumerate = as_enumerate(self);
    clear_ref(enumerate->iterator);
    clear_ref(enumerate->result);
    clear_ref(enumerate->long_index);
    self->type->tp_free(self);
}

int enumerate_traverse(Object* self, Visit visit, void* context) {
    EnumerateObject* enumerate = as_enumerate(self);
    RS_VISIT(enumerate->iterator, Edge::field("iterator"));
    RS_VISIT(enumerate->result, Edge::field("result tuple"));
    RS_VISIT(enumerate->long_index, Edge::field("index"));
    return 0;
}

Owned enumerate_reduce(Object* self, Object*) {
    EnumerateObject* enumerate = as_enumerate(self);
    Ref<Object> index = enumerate->long_index ? share(enumerate->long_index) : own(int_from_ssize(enumerate->index));
    if (!index) return nullptr;
    Ref<Object> arguments = own(tuple_pack({enumerate->iterator, index.get()}));
    return arguments ? tuple_pack({self->type, arguments.get()}) : nullptr;
}

const MethodDef methods[] = {
    method_def("__reduce__", enumerate_reduce, kMethNoargs, "Return state information for pickling."),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"),
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Type enumerate_type = [] {
    Type type = static_type("enumerate", sizeof(EnumerateObject), 0, kHaveGc | kBaseType);
    type.tp_doc =
        "enumerate(iterable, start=0)\n--\n\nReturn an enumerate object.\n\n"
        "  iterable\n    an object supporting iteration\n\n"
        "The enumerate object yields pairs containing a count (from start, which\n"
        "defaults to zero) and a value yielded by the iterable argument.\n\n"
        "enumerate is useful for obtaining an indexed list:\n"
        "    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...";
    type.tp_dealloc = enumerate_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = enumerate_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = enumerate_next;
    type.tp_methods = methods;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = enumerate_new;
    type.tp_free = type_generic_free;
    type.tp_vectorcall = enumerate_vectorcall;
    return type;
}();

int init_enumerate_types() { return type_ready(&enumerate_type); }

}  // namespace refscope::vm
