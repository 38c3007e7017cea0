// operator.itemgetter, attrgetter and methodcaller.
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/modules/operator_types.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

// What is to be got: a tuple of keys, or of tuples of names, as many as there were arguments.
struct GetterObject : Object {
    Object* items;
};
GetterObject* as_getter(Object* object) { return static_cast<GetterObject*>(object); }

void getter_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_getter(self)->items);
    self->type->tp_free(self);
}
int getter_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_getter(self)->items, Edge::field("items"));
    return 0;
}
int getter_clear(Object* self) {
    clear_ref(as_getter(self)->items);
    return 0;
}

bool one_argument(Object* args, Object* kwargs, const char* name) {
    return no_keyword_arguments(name, kwargs) && check_positional(name, tuple_size(args), 1, 1);
}

// One result by itself, several as a tuple.
Owned collect(Object* self, Object* object, Owned (*get)(Object* object, Object* what)) {
    auto items = share(as_getter(self)->items);
    intptr_t count = tuple_size(items.get());
    if (count == 1) return get(object, tuple_get_item(items.get(), 0));
    auto result = own(tuple_new(count));
    for (intptr_t index = 0; result && index < count; ++index) {
        Object* value = get(object, tuple_get_item(items.get(), index));
        if (!value) return nullptr;
        tuple_init_item(result.get(), index, value);
    }
    return result.release();
}

Owned item_new(Type* type, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("itemgetter", kwargs)) return nullptr;
    if (tuple_size(args) < 1) return err_set_string(exc::TypeError, "itemgetter expected 1 argument, got 0");
    auto made = own(type->tp_alloc(type, 0));
    if (!made) return nullptr;
    as_getter(made.get())->items = newref(args);
    return made.release();
}
Owned item_call(Object* self, Object* args, Object* kwargs) {
    return one_argument(args, kwargs, "itemgetter") ? collect(self, tuple_get_item(args, 0), object_get_item) : nullptr;
}
Owned item_repr(Object* self) {
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    const char* name = is_type(self, &item_getter_type) ? "operator.itemgetter" : self->type->tp_name;
    if (guard.recursive()) return str_from_format("%s(...)", name);
    Object* items = as_getter(self)->items;
    if (tuple_size(items) == 1) return str_from_format("%s(%R)", name, tuple_get_item(items, 0));
    return str_from_format("%s%R", name, items);
}
Owned item_reduce(Object* self, Object*) { return tuple_pack({self->type, as_getter(self)->items}); }

// "a.b.c" becomes ("a", "b", "c").
Owned split_name(Object* name) {
    auto dot = own(str_from_string("."));
    auto parts = own(dot ? str_split(name, dot.get(), -1) : nullptr);
    if (!parts) return nullptr;
    auto result = own(tuple_new(list_size(parts.get())));
    for (intptr_t index = 0; result && index < list_size(parts.get()); ++index) {
        Object* part = newref(list_get_item(parts.get(), index));
        str_intern_in_place(&part);
        tuple_init_item(result.get(), index, part);
    }
    return result.release();
}
Owned get_dotted(Object* object, Object* names) {
    auto current = share(object);
    for (intptr_t index = 0; current && index < tuple_size(names); ++index)
        current = own(object_get_attr(current.get(), tuple_get_item(names, index)));
    return current.release();
}
Owned join_name(Object* names) {
    auto dot = own(str_from_string("."));
    return dot ? str_join(dot.get(), names) : nullptr;
}
Owned attribute_new(Type* type, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("attrgetter", kwargs)) return nullptr;
    if (tuple_size(args) < 1) return err_set_string(exc::TypeError, "attrgetter expected 1 argument, got 0");
    auto items = own(tuple_new(tuple_size(args)));
    for (intptr_t index = 0; items && index < tuple_size(args); ++index) {
        Object* name = tuple_get_item(args, index);
        if (!str_check(name)) return err_set_string(exc::TypeError, "attribute name must be a string");
        Object* names = split_name(name);
        if (!names) return nullptr;
        tuple_init_item(items.get(), index, names);
    }
    auto made = own(items ? type->tp_alloc(type, 0) : nullptr);
    if (!made) return nullptr;
    as_getter(made.get())->items = items.release();
    return made.release();
}
Owned attribute_call(Object* self, Object* args, Object* kwargs) {
    return one_argument(args, kwargs, "attrgetter") ? collect(self, tuple_get_item(args, 0), get_dotted) : nullptr;
}
Owned attribute_names(Object* self) {
    Object* items = as_getter(self)->items;
    auto names = own(tuple_new(tuple_size(items)));
    for (intptr_t index = 0; names && index < tuple_size(items); ++index) {
        Object* name = join_name(tuple_get_item(items, index));
        if (!name) return nullptr;
        tuple_init_item(names.get(), index, name);
    }
    return names.release();
}
Owned attribute_repr(Object* self) {
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    const char* name = is_type(self, &attribute_getter_type) ? "operator.attrgetter" : self->type->tp_name;
    if (guard.recursive()) return str_from_format("%s(...)", name);
    auto names = own(attribute_names(self));
    if (!names) return nullptr;
    if (tuple_size(names.get()) == 1) return str_from_format("%s(%R)", name, tuple_get_item(names.get(), 0));
    return str_from_format("%s%R", name, names.get());
}
Owned attribute_reduce(Object* self, Object*) {
    auto names = own(attribute_names(self));
    return names ? tuple_pack({self->type, names.get()}) : nullptr;
}

const MethodDef item_methods[] = {method_def("__reduce__", item_reduce, kMethNoargs), {}};
const MethodDef attribute_methods[] = {method_def("__reduce__", attribute_reduce, kMethNoargs), {}};

// CPython's getters keep a count, the item as an index and a vectorcall as well: their sizes.
constexpr intptr_t kItemGetterSize = 48, kAttributeGetterSize = 40;

Type getter_type(const char* name, intptr_t size, NewFn make, TernaryFn call, UnaryFn repr, const MethodDef* methods, const char* doc) {
    Type type = static_type(name, size, 0, kHaveGc);
    type.tp_dealloc = getter_dealloc;
    type.tp_repr = repr;
    type.tp_call = call;
    type.tp_doc = doc;
    type.tp_traverse = getter_traverse;
    type.tp_clear = getter_clear;
    type.tp_methods = methods;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = make;
    type.tp_free = type_generic_free;
    return type;
}

// ---- methodcaller

struct CallerObject : Object {
    Object* name;
    Object* args;
    Object* kwargs;  // nullptr: none
};
CallerObject* as_caller(Object* object) { return static_cast<CallerObject*>(object); }

Owned caller_new(Type* type, Object* args, Object* kwargs) {
    if (tuple_size(args) < 1)
        return err_set_string(exc::TypeError, "methodcaller needs at least one argument, the method name");
    Object* name = tuple_get_item(args, 0);
    if (!str_check(name)) return err_set_string(exc::TypeError, "method name must be a string");
    auto made = own(type->tp_alloc(type, 0));
    if (!made) return nullptr;
    auto* caller = as_caller(made.get());
    caller->name = newref(name);
    str_intern_in_place(&caller->name);
    caller->args = tuple_get_slice(args, 1, tuple_size(args));
    if (kwargs) caller->kwargs = dict_copy(kwargs);
    return caller->args && (!kwargs || caller->kwargs) ? made.release() : nullptr;
}
Owned caller_call(Object* self, Object* args, Object* kwargs) {
    if (!one_argument(args, kwargs, "methodcaller")) return nullptr;
    auto method = own(object_get_attr(tuple_get_item(args, 0), as_caller(self)->name));
    return method ? object_call(method.get(), as_caller(self)->args, as_caller(self)->kwargs) : nullptr;
}
void caller_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_caller(self)->name);
    xdecref(as_caller(self)->args);
    xdecref(as_caller(self)->kwargs);
    self->type->tp_free(self);
}
int caller_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_caller(self)->name, Edge::field("name"));
    RS_VISIT(as_caller(self)->args, Edge::field("args"));
    RS_VISIT(as_caller(self)->kwargs, Edge::field("kwargs"));
    return 0;
}
int caller_clear(Object* self) {
    clear_ref(as_caller(self)->name);
    clear_ref(as_caller(self)->args);
    clear_ref(as_caller(self)->kwargs);
    return 0;
}
Owned caller_repr(Object* self) {
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    const char* type_name = is_type(self, &method_caller_type) ? "operator.methodcaller" : self->type->tp_name;
    if (guard.recursive()) return str_from_format("%s(...)", type_name);
    auto* caller = as_caller(self);
    auto text = own(str_from_format("%R", caller->name));
    for (intptr_t index = 0; text && index < tuple_size(caller->args); ++index)
        text = own(str_from_format("%U, %R", text.get(), tuple_get_item(caller->args, index)));
    intptr_t position = 0;
    Object *key, *value;
    while (text && caller->kwargs && dict_next(caller->kwargs, &position, &key, &value))
        text = own(str_from_format("%U, %S=%R", text.get(), key, value));
    return text ? str_from_format("%s(%U)", type_name, text.get()) : nullptr;
}
Owned caller_reduce(Object* self, Object*) {
    auto* caller = as_caller(self);
    auto name = own(tuple_pack({caller->name}));
    auto arguments = own(name ? sequence_concat(name.get(), caller->args) : nullptr);
    if (!arguments) return nullptr;
    if (!caller->kwargs || dict_size(caller->kwargs) == 0) return tuple_pack({self->type, arguments.get()});
    auto functools = own(object_import("functools"));
    auto partial = own(functools ? object_get_attr_string(functools.get(), "partial") : nullptr);
    auto first = own(partial ? tuple_pack({self->type, caller->name}) : nullptr);
    auto constructor = own(first ? object_call(partial.get(), first.get(), caller->kwargs) : nullptr);
    return constructor ? tuple_pack({constructor.get(), caller->args}) : nullptr;
}
const MethodDef caller_methods[] = {method_def("__reduce__", caller_reduce, kMethNoargs), {}};

}  // namespace

Type item_getter_type = getter_type("operator.itemgetter", kItemGetterSize, item_new, item_call, item_repr, item_methods,
                                    "Return a callable object that fetches the given item(s) from its operand.");
Type attribute_getter_type =
    getter_type("operator.attrgetter", kAttributeGetterSize, attribute_new, attribute_call, attribute_repr, attribute_methods,
                "Return a callable object that fetches the given attribute(s) from its operand.");
Type method_caller_type = [] {
    Type type = static_type("operator.methodcaller", sizeof(CallerObject), 0, kHaveGc);
    type.tp_dealloc = caller_dealloc;
    type.tp_repr = caller_repr;
    type.tp_call = caller_call;
    type.tp_doc = "Return a callable object that calls the given method on its operand.";
    type.tp_traverse = caller_traverse;
    type.tp_clear = caller_clear;
    type.tp_methods = caller_methods;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = caller_new;
    type.tp_free = type_generic_free;
    return type;
}();

int init_operator_types() {
    for (Type* type : {&item_getter_type, &attribute_getter_type, &method_caller_type})
        if (type_ready(type) < 0) return -1;
    return 0;
}

}  // namespace refscope::vm
