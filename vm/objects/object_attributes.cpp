// Attribute access of ordinary objects: PyObject_GenericGetAttr and its kin, getattr/setattr at large, method lookup for calls.
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"
#include "vm/objects/type_slots.h"

namespace refscope::vm {

namespace {

Object** dict_at_offset(Object* object) {
    Type* type = object->type;
    ptrdiff_t offset = type->tp_dictoffset;
    if (offset == 0) return nullptr;
    if (offset < 0) {
        intptr_t items = static_cast<VarObject*>(object)->size;
        if (items < 0) items = -items;
        intptr_t size = (type->tp_basicsize + items * type->tp_itemsize + 7) & ~intptr_t{7};
        offset += size;
    }
    return reinterpret_cast<Object**>(reinterpret_cast<char*>(object) + offset);
}

bool check_name(Object* name) {
    if (str_check(name)) return true;
    err_format(exc::TypeError, "attribute name must be string, not '%.200s'", name->type->tp_name);
    return false;
}

// The exception that says what was asked of which object, for suggestions; it holds the object from then on.
void set_error_context(Object* object, Object* name) {
    if (!err_matches(exc::AttributeError)) return;
    Object* pending = thread->pending;
    if (!is_instance_of(pending, &exc::AttributeError)) return;
    auto* error = static_cast<AttributeErrorObject*>(pending);
    if (error->name || error->object) return;
    error->name = newref(name);
    error->object = newref(object);
}

}  // namespace

Object** object_dict_pointer(Object* object) {
    if (object->type->has(kManagedDict)) return managed_dict_slot(object);
    return dict_at_offset(object);
}

Object** object_get_dict_ptr(Object* object) {
    if (!object->type->has(kManagedDict)) return dict_at_offset(object);
    Object** slot = managed_dict_slot(object);
    DictValues** values = managed_values_slot(object);
    if (!*values) return slot;
    Object* dict = object_make_dict_from_instance_attributes(object, *values);
    if (!dict) {
        err_clear();
        return nullptr;
    }
    *values = nullptr;
    *slot = dict;
    return slot;
}

Owned object_generic_get_dict(Object* object, void*) {
    Type* type = object->type;
    if (type->has(kManagedDict)) {
        DictValues** values = managed_values_slot(object);
        Object** slot = managed_dict_slot(object);
        if (*values) {
            Object* dict = object_make_dict_from_instance_attributes(object, *values);
            if (!dict) return nullptr;
            *values = nullptr;
            *slot = dict;
        } else if (!*slot) {
            *slot = type->ht_cached_keys ? dict_new_with_shared_keys(type->ht_cached_keys) : dict_new();
        }
        return xnewref(*slot);
    }
    Object** slot = dict_at_offset(object);
    if (!slot) return err_set_string(exc::AttributeError, "This object has no __dict__");
    if (!*slot) {
        *slot = type->has(kHeapType) && type->ht_cached_keys ? dict_new_with_shared_keys(type->ht_cached_keys) : dict_new();
    }
    return xnewref(*slot);
}

int object_generic_set_dict(Object* object, Object* value, void*) {
    Object** slot = object_get_dict_ptr(object);
    if (!slot) {
        if (!err_occurred()) err_set_string(exc::AttributeError, "This object has no __dict__");
        return -1;
    }
    if (!value) {
        err_set_string(exc::TypeError, "cannot delete __dict__");
        return -1;
    }
    if (!dict_check(value)) {
        err_format(exc::TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", value->type->tp_name);
        return -1;
    }
    set_ref(*slot, newref(value));
    return 0;
}

Owned object_generic_get_attr_with_dict(Object* object, Object* name, Object* dict, bool suppress) {
    if (!check_name(name)) return nullptr;
    auto name_held = share(name);
    Type* type = object->type;
    Object* found = type_lookup(type, name);
    auto descriptor = share(found);
    TernaryFn get = nullptr;
    if (found) {
        get = found->type->tp_descr_get;
        if (get && descriptor_is_data(found)) {
            Object* result = get(found, object, type);
            if (!result && suppress && err_matches(exc::AttributeError)) err_clear();
            return result;
        }
    }
    if (!dict) {
        if (type->has(kManagedDict) && *managed_values_slot(object)) {
            DictValues** values = managed_values_slot(object);
            if (str_check_exact(name)) {
                if (Object* value = object_get_instance_attribute(object, *values, name)) return value;
            } else {
                dict = object_make_dict_from_instance_attributes(object, *values);
                if (!dict) return nullptr;
                *managed_dict_slot(object) = dict;
                *values = nullptr;
            }
        } else if (Object** slot = object_dict_pointer(object)) {
            dict = *slot;
        }
    }
    if (dict) {
        auto held = share(dict);
        Object* value = dict_get_item_with_error(dict, name);
        if (value) return newref(value);
        if (err_occurred()) {
            if (!suppress || !err_matches(exc::AttributeError)) return nullptr;
            err_clear();
        }
    }
    if (get) {
        Object* result = get(found, object, type);
        if (!result && suppress && err_matches(exc::AttributeError)) err_clear();
        return result;
    }
    if (found) return descriptor.release();
    if (!suppress) {
        err_format(exc::AttributeError, "'%.50s' object has no attribute '%U'", type->tp_name, name);
        set_error_context(object, name);
    }
    return nullptr;
}

Owned object_generic_get_attr(Object* object, Object* name) {
    return object_generic_get_attr_with_dict(object, name, nullptr, false);
}

int object_generic_set_attr_with_dict(Object* object, Object* name, Object* value, Object* dict) {
    if (!check_name(name)) return -1;
    Type* type = object->type;
    auto name_held = share(name);
    auto type_held = share(type);
    Object* found = type_lookup(type, name);
    auto descriptor = share(found);
    if (found) {
        if (AssignFn set = found->type->tp_descr_set) return set(found, object, value);
    }
    int result;
    if (dict) {
        auto held = share(dict);
        result = value ? dict_set_item(dict, name, value) : dict_del_item(dict, name);
    } else {
        if (type->has(kManagedDict) && *managed_values_slot(object)) {
            result = object_store_instance_attribute(object, *managed_values_slot(object), name, value);
            if (result < 0 && err_matches(exc::AttributeError)) set_error_context(object, name);
            return result;
        }
        Object** slot = object_dict_pointer(object);
        if (!slot) {
            if (!found)
                err_format(exc::AttributeError, "'%.100s' object has no attribute '%U'", type->tp_name, name);
            else
                err_format(exc::AttributeError, "'%.100s' object attribute '%U' is read-only", type->tp_name, name);
            return -1;
        }
        result = objectdict_set_item(type, slot, name, value);
    }
    if (result < 0 && err_matches(exc::KeyError)) {
        // Classes say so in their own way.
        if (type_check(object))
            err_format(exc::AttributeError, "type object '%.50s' has no attribute '%U'", as_type(object)->tp_name, name);
        else
            err_format(exc::AttributeError, "'%.100s' object has no attribute '%U'", type->tp_name, name);
    }
    return result;
}

int object_generic_set_attr(Object* object, Object* name, Object* value) {
    return object_generic_set_attr_with_dict(object, name, value, nullptr);
}

Owned object_get_attr(Object* object, Object* name) {
    if (!check_name(name)) return nullptr;
    Object* result = object->type->tp_getattro(object, name);
    if (RS_UNLIKELY(!result)) set_error_context(object, name);
    return result;
}

Owned object_get_attr_string(Object* object, const char* name) {
    auto text = own(str_from_string(name));
    return text ? object_get_attr(object, text.get()) : nullptr;
}

int object_lookup_attr(Object* object, Object* name, Object** result) {
    *result = nullptr;
    if (!check_name(name)) return -1;
    BinaryFn get = object->type->tp_getattro;
    if (get == object_generic_get_attr) {
        *result = object_generic_get_attr_with_dict(object, name, nullptr, true);
        if (*result) return 1;
        return err_occurred() ? -1 : 0;
    }
    *result = get(object, name);
    if (*result) return 1;
    if (!err_matches(exc::AttributeError)) return -1;
    err_clear();
    return 0;
}

bool object_has_attr(Object* object, Object* name) {
    Object* result;
    int found = object_lookup_attr(object, name, &result);
    if (found < 0) {
        err_clear();
        return false;
    }
    xdecref(result);
    return found != 0;
}

int object_set_attr(Object* object, Object* name, Object* value) {
    if (!check_name(name)) return -1;
    Object* key = newref(name);
    if (str_check_exact(key)) str_intern_in_place(&key);
    auto held = own(key);
    if (AssignFn set = object->type->tp_setattro) return set(object, key, value);
    if (!object->type->tp_getattro)
        err_format(exc::TypeError, "'%.100s' object has no attributes (%s .%U)", object->type->tp_name,
                   value ? "assign to" : "del", key);
    else
        err_format(exc::TypeError, "'%.100s' object has only read-only attributes (%s .%U)", object->type->tp_name,
                   value ? "assign to" : "del", key);
    return -1;
}

int object_get_method(Object* object, Object* name, Object** method) {
    *method = nullptr;
    Type* type = object->type;
    if (type->tp_getattro != object_generic_get_attr || !str_check(name)) {
        *method = object_get_attr(object, name);
        return 0;
    }
    Object* found = type_lookup(type, name);
    auto descriptor = share(found);
    TernaryFn get = nullptr;
    bool method_found = false;
    if (found) {
        if (found->type->has(kMethodDescriptor)) {
            method_found = true;
        } else {
            get = found->type->tp_descr_get;
            if (get && descriptor_is_data(found)) {
                *method = get(found, object, type);
                if (!*method) set_error_context(object, name);
                return 0;
            }
        }
    }
    DictValues* values = type->has(kManagedDict) ? *managed_values_slot(object) : nullptr;
    if (values && str_check_exact(name)) {
        if (Object* value = object_get_instance_attribute(object, values, name)) {
            *method = value;
            return 0;
        }
    } else {
        Object** slot = object_get_dict_ptr(object);
        Object* dict = slot ? *slot : nullptr;
        if (dict) {
            auto held = share(dict);
            Object* value = dict_get_item_with_error(dict, name);
            if (value) {
                *method = newref(value);
                return 0;
            }
            if (err_occurred()) return 0;
        }
    }
    if (method_found) {
        *method = descriptor.release();
        return 1;
    }
    if (get) {
        *method = get(found, object, type);
        if (!*method) set_error_context(object, name);
        return 0;
    }
    if (found) {
        *method = descriptor.release();
        return 0;
    }
    err_format(exc::AttributeError, "'%.50s' object has no attribute '%U'", type->tp_name, name);
    set_error_context(object, name);
    return 0;
}

}  // namespace refscope::vm
