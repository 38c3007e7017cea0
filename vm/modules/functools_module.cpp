// The module _functools: reduce, partial, cmp_to_key and the least-recently-used cache.
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/modules/functools_types.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

// ---- partial

struct PartialObject : Object {
    Object* function;
    Object* args;    // tuple
    Object* kwargs;  // dict
    Object* dict;
    Object* weakrefs;
    VectorcallFn vectorcall;
};
PartialObject* as_partial(Object* object) { return static_cast<PartialObject*>(object); }
extern Type partial_type;

Owned partial_call(Object* self, Object* args, Object* kwargs) {
    auto* partial = as_partial(self);
    Ref<> merged;
    if (dict_size(partial->kwargs) == 0) {
        merged = share(kwargs);
    } else {
        merged = own(dict_copy(partial->kwargs));
        if (!merged || (kwargs && dict_merge(merged.get(), kwargs, true) < 0)) return nullptr;
    }
    auto all = own(sequence_concat(partial->args, args));
    return all ? object_call(partial->function, all.get(), merged.get()) : nullptr;
}

Owned partial_vectorcall(Object* self, Object* const* args, size_t nargsf, Object* kwnames) {
    auto* partial = as_partial(self);
    auto count = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    intptr_t keywords = kwnames ? tuple_size(kwnames) : 0;
    intptr_t given = tuple_size(partial->args);
    if (dict_size(partial->kwargs) != 0) {
        auto tuple = own(tuple_from_array(args, count));
        if (!tuple) return nullptr;
        Ref<> kwargs;
        if (keywords) {
            kwargs = own(dict_from_items(tuple_items(kwnames), 1, args + count, 1, keywords));
            if (!kwargs) return nullptr;
        }
        return partial_call(self, tuple.get(), kwargs.get());
    }
    intptr_t total = given + count + keywords;
    constexpr intptr_t kOnStack = 8;
    Object* small[kOnStack + 1];
    Object** stack = small;
    if (total > kOnStack) {
        stack = static_cast<Object**>(allocate_block(static_cast<size_t>(total + 1) * sizeof(Object*)));
        if (!stack) return nullptr;
    }
    for (intptr_t index = 0; index < given; ++index) stack[1 + index] = tuple_get_item(partial->args, index);
    for (intptr_t index = 0; index < count + keywords; ++index) stack[1 + given + index] = args[index];
    Object* result =
        object_vectorcall(partial->function, stack + 1, static_cast<size_t>(given + count) | kVectorcallArgumentsOffset, kwnames);
    if (stack != small) free_block(stack);
    return result;
}

Owned partial_new(Type* type, Object* args, Object* kwargs) {
    if (tuple_size(args) < 1) return err_set_string(exc::TypeError, "type 'partial' takes at least one argument");
    Object* function = tuple_get_item(args, 0);
    if (!callable_check(function)) return err_set_string(exc::TypeError, "the first argument must be callable");
    // A partial of a partial is made flat, unless it has attributes of its own.
    PartialObject* inner = nullptr;
    if (function->type->tp_call == partial_call && !as_partial(function)->dict) {
        inner = as_partial(function);
        function = inner->function;
    }
    auto made = own(type->tp_alloc(type, 0));
    auto rest = own(made ? tuple_get_slice(args, 1, tuple_size(args)) : nullptr);
    if (!rest) return nullptr;
    auto* partial = as_partial(made.get());
    partial->function = newref(function);
    partial->args = inner ? sequence_concat(inner->args, rest.get()) : rest.release();
    if (inner && dict_size(inner->kwargs) != 0) {
        partial->kwargs = dict_copy(inner->kwargs);
        if (partial->kwargs && kwargs && dict_merge(partial->kwargs, kwargs, true) < 0) return nullptr;
    } else {
        partial->kwargs = kwargs ? dict_copy(kwargs) : dict_new();
    }
    if (!partial->args || !partial->kwargs) return nullptr;
    partial->vectorcall = vectorcall_function(function) ? partial_vectorcall : nullptr;
    return made.release();
}

void partial_dealloc(Object* self) {
    gc_untrack(self);
    auto* partial = as_partial(self);
    if (partial->weakrefs) object_clear_weakrefs(self);
    xdecref(partial->function);
    xdecref(partial->args);
    xdecref(partial->kwargs);
    xdecref(partial->dict);
    self->type->tp_free(self);
}
int partial_traverse(Object* self, Visit visit, void* context) {
    auto* partial = as_partial(self);
    RS_VISIT(partial->function, Edge::field("func"));
    RS_VISIT(partial->args, Edge::field("args"));
    RS_VISIT(partial->kwargs, Edge::field("keywords"));
    RS_VISIT(partial->dict, Edge::field("__dict__"));
    return 0;
}
int partial_clear(Object* self) {
    auto* partial = as_partial(self);
    clear_ref(partial->function);
    clear_ref(partial->args);
    clear_ref(partial->kwargs);
    clear_ref(partial->dict);
    return 0;
}

Owned partial_repr(Object* self) {
    auto* partial = as_partial(self);
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return str_from_string("...");
    auto text = own(str_from_string(""));
    auto args = share(partial->args);
    for (intptr_t index = 0; text && index < tuple_size(args.get()); ++index)
        text = own(str_from_format("%U, %R", text.get(), tuple_get_item(args.get(), index)));
    auto kwargs = share(partial->kwargs);
    intptr_t position = 0;
    Object *key, *value;
    while (text && dict_next(kwargs.get(), &position, &key, &value)) {
        auto held = share(value);
        text = own(str_from_format("%U, %S=%R", text.get(), key, held.get()));
    }
    if (!text) return nullptr;
    const char* name = is_type(self, &partial_type) ? "functools.partial" : self->type->tp_name;
    return str_from_format("%s(%R%U)", name, partial->function, text.get());
}

Owned partial_reduce(Object* self, Object*) {
    auto* partial = as_partial(self);
    auto arguments = own(tuple_pack({partial->function}));
    auto state = own(tuple_pack({partial->function, partial->args, partial->kwargs, partial->dict ? partial->dict : none()}));
    return arguments && state ? tuple_pack({self->type, arguments.get(), state.get()}) : nullptr;
}

Owned partial_setstate(Object* self, Object* state) {
    auto* partial = as_partial(self);
    if (!tuple_check(state) || tuple_size(state) != 4 || !callable_check(tuple_get_item(state, 0)) ||
        !tuple_check(tuple_get_item(state, 1)) ||
        (!is_none(tuple_get_item(state, 2)) && !dict_check(tuple_get_item(state, 2))))
        return err_set_string(exc::TypeError, "invalid partial state");
    Object *function = tuple_get_item(state, 0), *dict = tuple_get_item(state, 3);
    auto args = own(sequence_tuple(tuple_get_item(state, 1)));
    // A plain dict is taken as it is: copy.copy() shares it.
    Object* given = tuple_get_item(state, 2);
    auto kwargs = own(is_none(given) ? dict_new() : dict_check_exact(given) ? newref(given) : dict_copy(given));
    if (!args || !kwargs) return nullptr;
    set_ref(partial->function, newref(function));
    set_ref(partial->args, args.release());
    set_ref(partial->kwargs, kwargs.release());
    set_ref(partial->dict, is_none(dict) ? nullptr : newref(dict));
    partial->vectorcall = vectorcall_function(function) ? partial_vectorcall : nullptr;
    return new_none();
}

const MethodDef partial_methods[] = {
    method_def("__reduce__", partial_reduce, kMethNoargs),
    method_def("__setstate__", partial_setstate, kMethO),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"),
    {},
};
const MemberDef partial_members[] = {
    {"func", MemberKind::kObject, offsetof(PartialObject, function), true, "function object to use in future partial calls"},
    {"args", MemberKind::kObject, offsetof(PartialObject, args), true, "tuple of arguments to future partial calls"},
    {"keywords", MemberKind::kObject, offsetof(PartialObject, kwargs), true,
     "dictionary of keyword arguments to future partial calls"},
    {},
};
const GetSetDef partial_getset[] = {{"__dict__", object_generic_get_dict, object_generic_set_dict}, {}};

Type partial_type = [] {
    Type type = static_type("functools.partial", sizeof(PartialObject), 0, kHaveGc | kBaseType | kHaveVectorcall);
    type.tp_dealloc = partial_dealloc;
    type.tp_vectorcall_offset = offsetof(PartialObject, vectorcall);
    type.tp_repr = partial_repr;
    type.tp_call = partial_call;
    type.tp_getattro = object_generic_get_attr;
    type.tp_setattro = object_generic_set_attr;
    type.tp_doc =
        "partial(func, *args, **keywords) - new function with partial application\n    of the given arguments and keywords.\n";
    type.tp_traverse = partial_traverse;
    type.tp_clear = partial_clear;
    type.tp_weaklistoffset = offsetof(PartialObject, weakrefs);
    type.tp_dictoffset = offsetof(PartialObject, dict);
    type.tp_methods = partial_methods;
    type.tp_members = partial_members;
    type.tp_getset = partial_getset;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = partial_new;
    type.tp_free = type_generic_free;
    return type;
}();

// ---- cmp_to_key

struct KeyObject : Object {
    Object* compare;
    Object* object;  // nullptr: the factory itself
};
KeyObject* as_key(Object* object) { return static_cast<KeyObject*>(object); }
extern Type key_type;

void key_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_key(self)->compare);
    xdecref(as_key(self)->object);
    free_object(self);
}
int key_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_key(self)->compare, Edge::field("comparison function"));
    RS_VISIT(as_key(self)->object, Edge::field("obj"));
    return 0;
}
int key_clear(Object* self) {
    clear_ref(as_key(self)->compare);
    clear_ref(as_key(self)->object);
    return 0;
}

Owned key_new(Object* compare, Object* object) {
    auto* key = new_object<KeyObject>(&key_type);
    if (!key) return nullptr;
    key->compare = newref(compare);
    key->object = xnewref(object);
    gc_track(key);
    return key;
}

Owned key_call(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"obj", nullptr};
    static const KeywordParser parser{"K", names, 1, 1, 0};
    Object* given[1];
    return unpack_keywords_tuple(parser, args, kwargs, given) ? key_new(as_key(self)->compare, given[0]) : nullptr;
}

Owned key_compare(Object* left, Object* right, int op) {
    if (!is_type(right, left->type)) return err_set_string(exc::TypeError, "other argument must be K instance");
    Object *a = as_key(left)->object, *b = as_key(right)->object;
    if (!a || !b) return err_set_object(&exc::AttributeError, ID(object));
    auto result = own(object_call_args(as_key(left)->compare, {a, b}));
    auto zero = own(result ? int_from_int(0) : nullptr);
    return zero ? object_rich_compare(result.get(), zero.get(), op) : nullptr;
}

const MemberDef key_members[] = {
    {"obj", MemberKind::kObject, offsetof(KeyObject, object), false, "Value wrapped by a key function."},
    {},
};

Type key_type = [] {
    Type type = static_type("functools.KeyWrapper", sizeof(KeyObject), 0, kHaveGc);
    type.tp_dealloc = key_dealloc;
    type.tp_call = key_call;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = key_traverse;
    type.tp_clear = key_clear;
    type.tp_richcompare = key_compare;
    type.tp_members = key_members;
    return type;
}();

Owned cmp_to_key(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"mycmp", nullptr};
    static const KeywordParser parser{"cmp_to_key", names, 1, 1, 0};
    Object* given[1];
    return unpack_keywords(parser, args, nargs, kwnames, given) ? key_new(given[0], nullptr) : nullptr;
}

Owned reduce(Object*, Object* args) {
    if (!check_positional("reduce", tuple_size(args), 2, 3)) return nullptr;
    Object* function = tuple_get_item(args, 0);
    auto iterator = own(object_get_iter(tuple_get_item(args, 1)));
    if (!iterator) {
        if (err_matches(exc::TypeError)) err_set_string(exc::TypeError, "reduce() arg 2 must support iteration");
        return nullptr;
    }
    Ref<> result;
    if (tuple_size(args) == 3) result = share(tuple_get_item(args, 2));
    // The pair of arguments is used again while nobody else holds it.
    auto pair = own(tuple_new(2));
    if (!pair) return nullptr;
    for (;;) {
        if (refcount_of(pair.get()) > 1) {
            pair = own(tuple_new(2));
            if (!pair) return nullptr;
        }
        Object* item = iter_next(iterator.get());
        if (!item) {
            if (err_occurred()) return nullptr;
            break;
        }
        if (!result) {
            result = own(item);
            continue;
        }
        Object** places = tuple_items(pair.get());
        set_ref(places[0], result.release());
        set_ref(places[1], item);
        result = own(object_call(function, pair.get(), nullptr));
        if (!result) return nullptr;
    }
    if (!result) return err_set_string(exc::TypeError, "reduce() of empty iterable with no initial value");
    return result.release();
}

const MethodDef module_functions[] = {
    method_def("reduce", reduce, kMethVarargs,
               "reduce(function, iterable[, initial]) -> value\n\nApply a function of two arguments cumulatively to the items of "
               "a sequence\nor iterable, from left to right, so as to reduce the iterable to a single\nvalue."),
    method_def("cmp_to_key", cmp_to_key, kMethFastcall | kMethKeywords,
               "cmp_to_key($module, /, mycmp)\n--\n\nConvert a cmp= function into a key= function."),
    {},
};

}  // namespace

Owned create_functools_module() {
    if (type_ready(&partial_type) < 0 || type_ready(&key_type) < 0 || init_lru_cache_types() < 0) return nullptr;
    auto module = own(module_create("_functools", "Tools that operate on functions.", module_functions));
    if (!module || module_add_type(module.get(), &partial_type) < 0 ||
        module_add_object(module.get(), "_lru_cache_wrapper", &lru_cache_type) < 0)
        return nullptr;
    return module.release();
}

}  // namespace refscope::vm
