#include "vm/objects/simple_namespace.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Object*& dict_of(Object* self) { return static_cast<SimpleNamespaceObject*>(self)->ns_dict; }

Owned namespace_new(Type* type, Object*, Object*) {
    auto made = own(type->tp_alloc(type, 0));
    if (!made) return nullptr;
    dict_of(made.get()) = dict_new();
    return dict_of(made.get()) ? made.release() : nullptr;
}

int namespace_init(Object* self, Object* args, Object* kwargs) {
    if (tuple_size(args) != 0) {
        err_set_string(exc::TypeError, "no positional arguments expected");
        return -1;
    }
    if (!kwargs) return 0;
    intptr_t position = 0;
    Object *key, *value;
    while (dict_next(kwargs, &position, &key, &value)) {
        if (str_check(key)) continue;
        err_set_string(exc::TypeError, "keywords must be strings");
        return -1;
    }
    return dict_update(dict_of(self), kwargs);
}

void namespace_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(dict_of(self));
    self->type->tp_free(self);
}
int namespace_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(dict_of(self), Edge::field("__dict__"));
    return 0;
}
int namespace_clear(Object* self) {
    clear_ref(dict_of(self));
    return 0;
}

Owned namespace_repr(Object* self) {
    bool exact = is_type(self, &simple_namespace_type);
    const char* name = exact ? "namespace" : self->type->tp_name;
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return str_from_format("%s(...)", name);
    auto keys = own(dict_keys_list(dict_of(self)));
    auto parts = own(list_new(0));
    if (!keys || !parts) return nullptr;
    for (intptr_t index = 0; index < list_size(keys.get()); ++index) {
        Object* key = list_get_item(keys.get(), index);
        if (!str_check(key) || str_length(key) == 0) continue;
        auto value = share(dict_get_item_with_error(dict_of(self), key));
        if (!value) {
            if (err_occurred()) return nullptr;
            continue;
        }
        auto part = own(str_from_format("%S=%R", key, value.get()));
        if (!part || list_append(parts.get(), part.get()) < 0) return nullptr;
    }
    auto separator = own(str_from_string(", "));
    auto joined = own(separator ? str_join(separator.get(), parts.get()) : nullptr);
    return joined ? str_from_format("%s(%S)", name, joined.get()) : nullptr;
}

Owned namespace_compare(Object* left, Object* right, int op) {
    if (!is_instance_of(left, &simple_namespace_type) || !is_instance_of(right, &simple_namespace_type))
        return new_not_implemented();
    return object_rich_compare(dict_of(left), dict_of(right), op);
}

Owned namespace_reduce(Object* self, Object*) {
    return tuple_pack({self->type, empty_tuple(), dict_of(self)});
}

const MemberDef namespace_members[] = {{"__dict__", MemberKind::kObject, offsetof(SimpleNamespaceObject, ns_dict)}, {}};
const MethodDef namespace_methods[] = {
    method_def("__reduce__", namespace_reduce, kMethNoargs, "Return state information for pickling"),
    {},
};

}  // namespace

Type simple_namespace_type = [] {
    Type type = static_type("types.SimpleNamespace", sizeof(SimpleNamespaceObject), 0, kHaveGc | kBaseType);
    type.tp_dealloc = namespace_dealloc;
    type.tp_repr = namespace_repr;
    type.tp_getattro = object_generic_get_attr;
    type.tp_setattro = object_generic_set_attr;
    type.tp_doc = "A simple attribute-based namespace.\n\nSimpleNamespace(**kwargs)";
    type.tp_traverse = namespace_traverse;
    type.tp_clear = namespace_clear;
    type.tp_richcompare = namespace_compare;
    type.tp_methods = namespace_methods;
    type.tp_members = namespace_members;
    type.tp_dictoffset = offsetof(SimpleNamespaceObject, ns_dict);
    type.tp_init = namespace_init;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = namespace_new;
    type.tp_free = type_generic_free;
    return type;
}();

Owned simple_namespace_new(Object* dict) {
    auto made = own(namespace_new(&simple_namespace_type, nullptr, nullptr));
    if (!made || (dict && dict_update(dict_of(made.get()), dict) < 0)) return nullptr;
    return made.release();
}

int init_simple_namespace_type() { return type_ready(&simple_namespace_type); }

}  // namespace refscope::vm
