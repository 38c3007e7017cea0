#include "vm/objects/property.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

PropertyObject* as_property(Object* object) { return static_cast<PropertyObject*>(object); }

void property_dealloc(Object* self) {
    gc_untrack(self);
    auto* property = as_property(self);
    xdecref(property->prop_get);
    xdecref(property->prop_set);
    xdecref(property->prop_del);
    xdecref(property->prop_doc);
    xdecref(property->prop_name);
    self->type->tp_free(self);
}

int property_traverse(Object* self, Visit visit, void* context) {
    auto* property = as_property(self);
    RS_VISIT(property->prop_get, Edge::field("fget"));
    RS_VISIT(property->prop_set, Edge::field("fset"));
    RS_VISIT(property->prop_del, Edge::field("fdel"));
    RS_VISIT(property->prop_doc, Edge::field("__doc__"));
    RS_VISIT(property->prop_name, Edge::field("name"));
    return 0;
}

int property_clear(Object* self) {
    clear_ref(as_property(self)->prop_doc);
    return 0;
}

// "property 'x' of 'C' object has no getter"
void raise_missing(PropertyObject* property, Object* object, const char* what) {
    auto qualname = own(type_qualname(object->type));
    if (property->prop_name && qualname)
        err_format(exc::AttributeError, "property %R of %R object has no %s", property->prop_name, qualname.get(), what);
    else if (qualname)
        err_format(exc::AttributeError, "property of %R object has no %s", qualname.get(), what);
}

Owned property_get(Object* self, Object* object, Object*) {
    if (!object || is_none(object)) return newref(self);
    auto* property = as_property(self);
    if (!property->prop_get) {
        raise_missing(property, object, "getter");
        return nullptr;
    }
    return object_call_onearg(property->prop_get, object);
}

int property_set(Object* self, Object* object, Object* value) {
    auto* property = as_property(self);
    Object* function = value ? property->prop_set : property->prop_del;
    if (!function) {
        raise_missing(property, object, value ? "setter" : "deleter");
        return -1;
    }
    auto result = own(value ? object_call_args(function, {object, value}) : object_call_onearg(function, object));
    return result ? 0 : -1;
}

int set_doc_from_getter(PropertyObject* property, Object* getter) {
    Object* found;
    int has = object_lookup_attr(getter, ID(__doc__), &found);
    if (has <= 0) return has;
    if (is_type(property, &property_type)) {
        set_ref(property->prop_doc, found);
    } else {
        // A subclass has a __doc__ of its own, which would hide the field.
        auto doc = own(found);
        if (object_set_attr(property, ID(__doc__), doc.get()) < 0) return -1;
    }
    property->getter_doc = 1;
    return 0;
}

int property_init(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"fget", "fset", "fdel", "doc", nullptr};
    static const KeywordParser parser{"property", names, 0, 4, 0};
    Object* given[4];
    if (!unpack_keywords_tuple(parser, args, kwargs, given)) return -1;
    for (Object*& argument : given)
        if (argument && is_none(argument) && &argument != &given[3]) argument = nullptr;
    auto* property = as_property(self);
    set_ref(property->prop_get, xnewref(given[0]));
    set_ref(property->prop_set, xnewref(given[1]));
    set_ref(property->prop_del, xnewref(given[2]));
    set_ref(property->prop_doc, xnewref(given[3]));
    clear_ref(property->prop_name);
    property->getter_doc = 0;
    if ((!given[3] || is_none(given[3])) && given[0]) return set_doc_from_getter(property, given[0]);
    if (given[3] && !is_type(self, &property_type)) return object_set_attr(self, ID(__doc__), given[3]);
    return 0;
}

// A copy with one function exchanged.
Owned copy_with(Object* self, Object* get, Object* set, Object* del) {
    auto* old = as_property(self);
    auto choose = [](Object* replacement, Object* kept) {
        if (replacement && !is_none(replacement)) return replacement;
        return kept ? kept : none();
    };
    Object* getter = choose(get, old->prop_get);
    Object* doc = old->getter_doc && getter != none() ? none() : (old->prop_doc ? old->prop_doc : none());
    auto made = own(object_call_args(self->type, {getter, choose(set, old->prop_set), choose(del, old->prop_del), doc}));
    if (made && is_instance_of(made.get(), &property_type))
        set_ref(as_property(made.get())->prop_name, xnewref(old->prop_name));
    return made.release();
}
Owned getter_method(Object* self, Object* function) { return copy_with(self, function, nullptr, nullptr); }
Owned setter_method(Object* self, Object* function) { return copy_with(self, nullptr, function, nullptr); }
Owned deleter_method(Object* self, Object* function) { return copy_with(self, nullptr, nullptr, function); }

Owned set_name_method(Object* self, Object* args) {
    if (tuple_size(args) != 2) {
        err_format(exc::TypeError, "__set_name__() takes 2 positional arguments but %zd were given", tuple_size(args));
        return nullptr;
    }
    set_ref(as_property(self)->prop_name, newref(tuple_get_item(args, 1)));
    return new_none();
}

Owned get_abstract(Object* self, void*) {
    auto* property = as_property(self);
    for (Object* function : {property->prop_get, property->prop_set, property->prop_del}) {
        if (!function) continue;
        Object* found;
        if (object_lookup_attr(function, ID(__isabstractmethod__), &found) < 0) return nullptr;
        auto value = own(found);
        int truth = value ? object_is_true(value.get()) : 0;
        if (truth < 0) return nullptr;
        if (truth) return bool_from(true);
    }
    return bool_from(false);
}

const MethodDef property_methods[] = {
    method_def("getter", getter_method, kMethO, "Descriptor to obtain a copy of the property with a different getter."),
    method_def("setter", setter_method, kMethO, "Descriptor to obtain a copy of the property with a different setter."),
    method_def("deleter", deleter_method, kMethO, "Descriptor to obtain a copy of the property with a different deleter."),
    method_def("__set_name__", set_name_method, kMethVarargs, "Method to set name of a property."),
    {},
};
const MemberDef property_members[] = {
    {"fget", MemberKind::kObject, offsetof(PropertyObject, prop_get)},
    {"fset", MemberKind::kObject, offsetof(PropertyObject, prop_set)},
    {"fdel", MemberKind::kObject, offsetof(PropertyObject, prop_del)},
    {"__doc__", MemberKind::kObject, offsetof(PropertyObject, prop_doc), false},
    {},
};
const GetSetDef property_getset[] = {{"__isabstractmethod__", get_abstract}, {}};

}  // namespace

Type property_type = [] {
    Type type = static_type("property", sizeof(PropertyObject), 0, kHaveGc | kBaseType);
    type.tp_dealloc = property_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_doc =
        "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be "
        "used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring";
    type.tp_traverse = property_traverse;
    type.tp_clear = property_clear;
    type.tp_methods = property_methods;
    type.tp_members = property_members;
    type.tp_getset = property_getset;
    type.tp_descr_get = property_get;
    type.tp_descr_set = property_set;
    type.tp_init = property_init;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = type_generic_new;
    type.tp_free = type_generic_free;
    return type;
}();

int init_property_type() { return type_ready(&property_type); }

}  // namespace refscope::vm
