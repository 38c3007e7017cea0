// The module _collections: deque, defaultdict, the getters of named tuples, and Counter's inner loop.
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/modules/collections_types.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

// ---- defaultdict

struct DefaultDictObject : DictObject {
    Object* factory;
};
DefaultDictObject* as_default(Object* object) { return static_cast<DefaultDictObject*>(object); }

Owned missing(Object* self, Object* key) {
    Object* factory = as_default(self)->factory;
    if (!factory || is_none(factory)) return err_set_key_error(key);
    auto held = share(factory);
    auto value = own(object_call_noargs(held.get()));
    if (!value || object_set_item(self, key, value.get()) < 0) return nullptr;
    return value.release();
}

Owned default_copy(Object* self, Object*) {
    Object* factory = as_default(self)->factory;
    return object_call_args(self->type, {factory ? factory : none(), self});
}

Owned default_reduce(Object* self, Object*) {
    Object* factory = as_default(self)->factory;
    auto args = own(factory && !is_none(factory) ? tuple_pack({factory}) : newref(empty_tuple()));
    auto items = own(args ? object_call_method(self, ID(items)) : nullptr);
    auto iterator = own(items ? object_get_iter(items.get()) : nullptr);
    return iterator ? tuple_pack({self->type, args.get(), none(), none(), iterator.get()}) : nullptr;
}

void default_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(as_default(self)->factory);
    // dict's own expects the object tracked or not, as CPython's does.
    dict_type.tp_dealloc(self);
}
int default_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_default(self)->factory, Edge::field("default_factory"));
    return dict_type.tp_traverse(self, visit, context);
}
int default_clear(Object* self) {
    clear_ref(as_default(self)->factory);
    return dict_type.tp_clear(self);
}

int default_init(Object* self, Object* args, Object* kwargs) {
    Object* factory = nullptr;
    auto rest = share(args);
    if (tuple_size(args) > 0) {
        factory = tuple_get_item(args, 0);
        if (!callable_check(factory) && !is_none(factory)) {
            err_set_string(exc::TypeError, "first argument must be callable or None");
            return -1;
        }
        rest = own(tuple_get_slice(args, 1, tuple_size(args)));
        if (!rest) return -1;
    }
    set_ref(as_default(self)->factory, xnewref(factory));
    return dict_type.tp_init(self, rest.get(), kwargs);
}

Owned default_repr(Object* self) {
    auto base = own(dict_type.tp_repr(self));
    if (!base) return nullptr;
    Object* factory = as_default(self)->factory;
    Ref<> text;
    if (!factory) {
        text = own(str_from_string("None"));
    } else {
        ReprGuard guard(factory);
        if (guard.failed()) return nullptr;
        text = own(guard.recursive() ? str_from_string("...") : object_repr(factory));
    }
    return text ? str_from_format("%s(%U, %U)", type_short_name(self->type), text.get(), base.get()) : nullptr;
}

Owned default_or(Object* left, Object* right) {
    Object* self = is_instance_of(left, &defaultdict_type) ? left : right;
    if (!dict_check(left) || !dict_check(right)) return new_not_implemented();
    Object* factory = as_default(self)->factory;
    auto made = own(object_call_args(self->type, {factory ? factory : none(), left}));
    if (!made || dict_update(made.get(), right) < 0) return nullptr;
    return made.release();
}

const MethodDef default_methods[] = {
    method_def("__missing__", missing, kMethO,
               "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  if self.default_factory is None: raise "
               "KeyError((key,))\n  self[key] = value = self.default_factory()\n  return value\n"),
    method_def("copy", default_copy, kMethNoargs, "D.copy() -> a shallow copy of D."),
    method_def("__copy__", default_copy, kMethNoargs, "D.copy() -> a shallow copy of D."),
    method_def("__reduce__", default_reduce, kMethNoargs, "Return state information for pickling."),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"),
    {},
};
const MemberDef default_members[] = {
    {"default_factory", MemberKind::kObject, offsetof(DefaultDictObject, factory), false,
     "Factory for default value called by __missing__()."},
    {},
};

// ---- getters of named tuples

struct TupleGetter : Object {
    intptr_t index;
    Object* doc;
};
TupleGetter* as_getter(Object* object) { return static_cast<TupleGetter*>(object); }

Owned getter_new(Type* type, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("_tuplegetter", kwargs) || !check_positional("_tuplegetter", tuple_size(args), 2, 2)) return nullptr;
    intptr_t index = number_as_ssize(tuple_get_item(args, 0), &exc::OverflowError);
    if (index == -1 && err_occurred()) return nullptr;
    auto made = own(type->tp_alloc(type, 0));
    if (!made) return nullptr;
    as_getter(made.get())->index = index;
    as_getter(made.get())->doc = newref(tuple_get_item(args, 1));
    return made.release();
}
Owned getter_get(Object* self, Object* object, Object*) {
    if (!object) return newref(self);
    if (!tuple_check(object)) {
        if (is_none(object)) return newref(self);
        err_format(exc::TypeError, "descriptor for index '%zd' for tuple subclasses doesn't apply to '%s' object",
                   as_getter(self)->index, object->type->tp_name);
        return nullptr;
    }
    intptr_t index = as_getter(self)->index;
    if (index < 0 || index >= tuple_size(object)) return err_set_string(exc::IndexError, "tuple index out of range");
    return newref(tuple_get_item(object, index));
}
int getter_set(Object*, Object*, Object* value) {
    err_set_string(exc::AttributeError, value ? "can't set attribute" : "can't delete attribute");
    return -1;
}
void getter_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_getter(self)->doc);
    self->type->tp_free(self);
}
int getter_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_getter(self)->doc, Edge::field("__doc__"));
    return 0;
}
int getter_clear(Object* self) {
    clear_ref(as_getter(self)->doc);
    return 0;
}
Owned getter_reduce(Object* self, Object*) {
    auto index = own(int_from_ssize(as_getter(self)->index));
    auto arguments = own(index ? tuple_pack({index.get(), as_getter(self)->doc}) : nullptr);
    return arguments ? tuple_pack({self->type, arguments.get()}) : nullptr;
}
Owned getter_repr(Object* self) {
    return str_from_format("%s(%zd, %R)", type_short_name(self->type), as_getter(self)->index, as_getter(self)->doc);
}
const MethodDef getter_methods[] = {method_def("__reduce__", getter_reduce, kMethNoargs), {}};
const MemberDef getter_members[] = {{"__doc__", MemberKind::kObject, offsetof(TupleGetter, doc), false}, {}};

Type getter_type = [] {
    Type type = static_type("_collections._tuplegetter", sizeof(TupleGetter), 0, kHaveGc);
    type.tp_dealloc = getter_dealloc;
    type.tp_repr = getter_repr;
    type.tp_traverse = getter_traverse;
    type.tp_clear = getter_clear;
    type.tp_methods = getter_methods;
    type.tp_members = getter_members;
    type.tp_descr_get = getter_get;
    type.tp_descr_set = getter_set;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = getter_new;
    type.tp_free = type_generic_free;
    return type;
}();

// ---- Counter

// mapping[item] = mapping.get(item, 0) + 1 for each item.
Owned count_elements(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("_count_elements", nargs, 2, 2)) return nullptr;
    Object* mapping = args[0];
    auto iterator = own(object_get_iter(args[1]));
    auto one = own(iterator ? int_from_int(1) : nullptr);
    if (!one) return nullptr;
    // Straight into the dict when the class changes neither get nor __setitem__.
    bool direct = dict_check(mapping) && type_lookup(mapping->type, ID(get)) == type_lookup(&dict_type, ID(get)) &&
                  type_lookup(mapping->type, ID(__setitem__)) == type_lookup(&dict_type, ID(__setitem__));
    auto get = own(direct ? nullptr : object_get_attr(mapping, ID(get)));
    if (!direct && !get) return nullptr;
    auto zero = own(int_from_int(0));
    while (Object* next = iter_next(iterator.get())) {
        auto item = own(next);
        Ref<> old;
        if (direct) {
            old = share(dict_get_item_with_error(mapping, item.get()));
            if (!old && err_occurred()) return nullptr;
        } else {
            old = own(object_call_args(get.get(), {item.get(), zero.get()}));
            if (!old) return nullptr;
        }
        auto value = old ? own(number_add(old.get(), one.get())) : share(one.get());
        if (!value) return nullptr;
        int stored = direct ? dict_set_item(mapping, item.get(), value.get()) : object_set_item(mapping, item.get(), value.get());
        if (stored < 0) return nullptr;
    }
    return err_occurred() ? nullptr : new_none();
}

const MethodDef functions[] = {
    method_def("_count_elements", count_elements, kMethFastcall,
               "_count_elements($module, mapping, iterable, /)\n--\n\nCount elements in the iterable, updating the mapping"),
    {},
};

}  // namespace

Type defaultdict_type = [] {
    Type type = static_type("collections.defaultdict", sizeof(DefaultDictObject), 0, kHaveGc | kBaseType);
    type.tp_base = &dict_type;
    type.tp_dealloc = default_dealloc;
    type.tp_repr = default_repr;
    type.tp_getattro = object_generic_get_attr;
    type.tp_doc =
        "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called without "
        "arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict compares equal to a "
        "dict with the same items.\nAll remaining arguments are treated the same as if they were\npassed to the dict constructor, "
        "including keyword arguments.";
    type.tp_traverse = default_traverse;
    type.tp_clear = default_clear;
    type.tp_methods = default_methods;
    type.tp_members = default_members;
    type.tp_init = default_init;
    type.tp_alloc = type_generic_alloc;
    type.tp_free = type_generic_free;
    type.nb_or = default_or;
    return type;
}();

Owned create_collections_module() {
    if (init_deque_types() < 0 || type_ready(&defaultdict_type) < 0 || type_ready(&getter_type) < 0) return nullptr;
    auto module = own(module_create("_collections",
                                    "High performance data structures.\n- deque:        ordered collection accessible from endpoints "
                                    "only\n- defaultdict:  dict subclass with a default value factory\n",
                                    functions));
    if (!module || module_add_type(module.get(), &deque_type) < 0 || module_add_type(module.get(), &defaultdict_type) < 0 ||
        module_add_type(module.get(), &getter_type) < 0)
        return nullptr;
    return module.release();
}

}  // namespace refscope::vm
