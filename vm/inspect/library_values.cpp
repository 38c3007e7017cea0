#include "vm/inspect/library_values.h"

#include <cstring>

#include "vm/heap/edge.h"
#include "vm/inspect/stored_attributes.h"
#include "vm/objects/bool.h"
#include "vm/objects/code_object.h"
#include "vm/objects/dict.h"
#include "vm/objects/function_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

// What the class or its bases say, as stored.
Object* class_attribute(Type* type, const char* name) {
    for (intptr_t i = 0; type->tp_mro && i < tuple_size(type->tp_mro); ++i) {
        Type* owner = as_type(tuple_get_item(type->tp_mro, i));
        Object* found = owner->tp_dict ? dict_get_item_string(owner->tp_dict, name) : nullptr;
        if (found) return found;
    }
    return nullptr;
}

// Whether repr() of an instance would run a function of that file of the library.
bool repr_is_from(Type* type, const char* file) {
    Object* function = class_attribute(type, "__repr__");
    if (!function || !function_check(function)) return false;
    const std::string& path = code_unit(as_code(as_function(function)->func_code)).filename;
    std::string wanted = std::string("/usr/lib/python3.11/") + file;
    return path == wanted;
}

bool is_from_module(Type* type, const char* name, const char* module) {
    if (!type->has(kHeapType) || std::strcmp(type->tp_name, name) != 0) return false;
    Object* from = type->tp_dict ? dict_get_item_string(type->tp_dict, "__module__") : nullptr;
    return from && str_check(from) && str_to_utf8(from) == module;
}

// Deriving classes count as well.
bool has_base(Type* type, const char* name, const char* module) {
    for (intptr_t i = 0; type->tp_mro && i < tuple_size(type->tp_mro); ++i) {
        if (is_from_module(as_type(tuple_get_item(type->tp_mro, i)), name, module)) return true;
    }
    return false;
}

// The first class of the inheritance that is written in C++.
bool has_native_base(Type* type, const char* name) {
    while (type->has(kHeapType) && type->tp_base) type = type->tp_base;
    return std::strcmp(type->tp_name, name) == 0;
}

}  // namespace

bool is_named_tuple(Object* object) {
    if (!tuple_check(object) || tuple_check_exact(object)) return false;
    Object* fields = class_attribute(object->type, "_fields");
    // namedtuple() compiles nothing but __new__: its __repr__ stands in the library's file.
    return fields && tuple_check(fields) && tuple_size(fields) == tuple_size(object) && repr_is_from(object->type, "collections/__init__.py");
}

bool is_dataclass_instance(Object* object) {
    return !type_check(object) && object->type->has(kHeapType) && class_attribute(object->type, "__dataclass_fields__") &&
           repr_is_from(object->type, "dataclasses.py");
}

bool is_enum_member(Object* object) {
    return object->type->type != &type_type && has_base(object->type->type, "EnumType", "enum") && repr_is_from(object->type, "enum.py");
}

bool is_enum_class(Object* object) { return type_check(object) && object->type != &type_type && has_base(object->type, "EnumType", "enum"); }

bool is_deque(Object* object) { return has_native_base(object->type, "collections.deque"); }

Object* default_factory(Object* object) {
    if (!has_native_base(object->type, "collections.defaultdict")) return nullptr;
    Object* factory = none();
    object->type->tp_traverse(
        object,
        [](Object* item, Edge edge, void* context) {
            if (edge.kind == EdgeKind::kField && std::strcmp(edge.text, "default_factory") == 0) *static_cast<Object**>(context) = item;
            return 0;
        },
        &factory);
    return factory;
}

std::vector<std::pair<std::string, Object*>> library_fields(Object* object) {
    std::vector<std::pair<std::string, Object*>> fields;
    if (is_named_tuple(object)) {
        Object* names = class_attribute(object->type, "_fields");
        for (intptr_t i = 0; i < tuple_size(names); ++i) {
            Object* name = tuple_get_item(names, i);
            fields.emplace_back(str_check(name) ? str_to_utf8(name) : "?", tuple_get_item(object, i));
        }
        return fields;
    }
    Object* declared = class_attribute(object->type, "__dataclass_fields__");
    auto stored = stored_attributes(object);
    intptr_t position = 0;
    Object *key, *field;
    while (declared && dict_check(declared) && dict_next(declared, &position, &key, &field)) {
        Object* shown = stored_attribute(field, "repr");
        Object* kind = stored_attribute(field, "_field_type");
        Object* kind_name = kind ? stored_attribute(kind, "name") : nullptr;
        bool is_field = kind_name && str_check(kind_name) && str_to_utf8(kind_name) == "_FIELD";
        if (shown != py_true() || !is_field || !str_check(key)) continue;
        std::string name = str_to_utf8(key);
        Object* value = class_attribute(object->type, name.c_str());
        for (auto& [stored_name, stored_value] : stored) {
            if (stored_name == name) value = stored_value;
        }
        if (value) fields.emplace_back(std::move(name), value);
    }
    return fields;
}

std::vector<Object*> deque_items(Object* deque) {
    std::vector<Object*> items;
    deque->type->tp_traverse(
        deque,
        [](Object* item, Edge edge, void* context) {
            if (edge.kind == EdgeKind::kItem) static_cast<std::vector<Object*>*>(context)->push_back(item);
            return 0;
        },
        &items);
    return items;
}

WeakContainer weak_container(Object* object) {
    if (!object->type->has(kHeapType)) return WeakContainer::kNone;
    if (has_base(object->type, "WeakValueDictionary", "weakref")) return WeakContainer::kValues;
    if (has_base(object->type, "WeakKeyDictionary", "weakref")) return WeakContainer::kKeys;
    if (has_base(object->type, "WeakSet", "_weakrefset")) return WeakContainer::kSet;
    return WeakContainer::kNone;
}

Object* weak_referent(Object* reference) {
    if (!weakref_check(reference)) return nullptr;
    Object* referent = static_cast<WeakrefObject*>(reference)->referent;
    return referent && referent != none() && refcount_of(referent) > 0 ? referent : nullptr;
}

}  // namespace refscope::vm
