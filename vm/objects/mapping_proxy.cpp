#include "vm/objects/mapping_proxy.h"

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Object* mapping_of(Object* self) { return static_cast<MappingProxyObject*>(self)->mapping; }
bool is_proxy(const Object* object) { return is_instance_of(object, &mapping_proxy_type); }

Owned proxy_or(Object* left, Object* right) {
    if (is_proxy(left)) left = mapping_of(left);
    if (is_proxy(right)) right = mapping_of(right);
    return number_or(left, right);
}
Owned proxy_inplace_or(Object* self, Object*) {
    return err_format(exc::TypeError, "'|=' is not supported by %s; use '|' instead", self->type->tp_name);
}

intptr_t proxy_length(Object* self) { return object_size(mapping_of(self)); }
Owned proxy_subscript(Object* self, Object* key) { return object_get_item(mapping_of(self), key); }
int proxy_contains(Object* self, Object* key) {
    Object* mapping = mapping_of(self);
    return dict_check_exact(mapping) ? dict_contains(mapping, key) : sequence_contains(mapping, key);
}
Owned proxy_iter(Object* self) { return object_get_iter(mapping_of(self)); }
Owned proxy_str(Object* self) { return object_str(mapping_of(self)); }
Owned proxy_repr(Object* self) { return str_from_format("mappingproxy(%R)", mapping_of(self)); }
Hash proxy_hash(Object* self) { return object_hash(mapping_of(self)); }
Owned proxy_rich_compare(Object* self, Object* other, int op) {
    return object_rich_compare(mapping_of(self), is_proxy(other) ? mapping_of(other) : other, op);
}

void proxy_dealloc(Object* self) {
    gc_untrack(self);
    clear_ref(static_cast<MappingProxyObject*>(self)->mapping);
    free_object(self);
}
int proxy_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(mapping_of(self), Edge::field("mapping"));
    return 0;
}

bool check_mapping(Object* mapping) {
    if (mapping_check(mapping) && !list_check(mapping) && !tuple_check(mapping)) return true;
    err_format(exc::TypeError, "mappingproxy() argument must be a mapping, not %s", mapping->type->tp_name);
    return false;
}

Owned proxy_new(Type*, Object* args, Object* kwargs) {
    static const char* const names[] = {"mapping", nullptr};
    static const KeywordParser parser{"mappingproxy", names, 1, 1, 0};
    Object* mapping = nullptr;
    if (!unpack_keywords_tuple(parser, args, kwargs, &mapping)) return nullptr;
    return mapping_proxy_new(mapping);
}

Owned method_get(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("get", nargs, 1, 2)) return nullptr;
    return object_call_method(mapping_of(self), ID(get), {args[0], nargs > 1 ? args[1] : none()});
}
Owned method_keys(Object* self, Object*) { return object_call_method(mapping_of(self), ID(keys)); }
Owned method_values(Object* self, Object*) { return object_call_method(mapping_of(self), ID(values)); }
Owned method_items(Object* self, Object*) { return object_call_method(mapping_of(self), ID(items)); }
Owned method_copy(Object* self, Object*) { return object_call_method(mapping_of(self), ID(copy)); }
Owned method_reversed(Object* self, Object*) { return object_call_method(mapping_of(self), ID(__reversed__)); }

const MethodDef methods[] = {
    method_def("get", method_get, kMethFastcall, "D.get(k[,d]) -> D[k] if k in D, else d.  d defaults to None."),
    method_def("keys", method_keys, kMethNoargs, "D.keys() -> a set-like object providing a view on D's keys"),
    method_def("values", method_values, kMethNoargs, "D.values() -> an object providing a view on D's values"),
    method_def("items", method_items, kMethNoargs, "D.items() -> a set-like object providing a view on D's items"),
    method_def("copy", method_copy, kMethNoargs, "D.copy() -> a shallow copy of D"),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"),
    method_def("__reversed__", method_reversed, kMethNoargs, "D.__reversed__() -> reverse iterator"),
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Type mapping_proxy_type = [] {
    Type type = static_type("mappingproxy", sizeof(MappingProxyObject), 0, kHaveGc | kMappingPattern);
    type.tp_dealloc = proxy_dealloc;
    type.tp_repr = proxy_repr;
    type.tp_hash = proxy_hash;
    type.tp_str = proxy_str;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = proxy_traverse;
    type.tp_richcompare = proxy_rich_compare;
    type.tp_iter = proxy_iter;
    type.tp_methods = methods;
    type.tp_new = proxy_new;
    type.nb_or = proxy_or;
    type.nb_inplace_or = proxy_inplace_or;
    type.sq_contains = proxy_contains;
    type.mp_length = proxy_length;
    type.mp_subscript = proxy_subscript;
    return type;
}();

Owned mapping_proxy_new(Object* mapping) {
    if (!check_mapping(mapping)) return nullptr;
    auto* proxy = new_object<MappingProxyObject>(&mapping_proxy_type);
    if (!proxy) return nullptr;
    proxy->mapping = newref(mapping);
    gc_track(proxy);
    return proxy;
}

int init_mapping_proxy_types() { return type_ready(&mapping_proxy_type); }

}  // namespace refscope::vm
