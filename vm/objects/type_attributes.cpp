// Attributes of classes: lookup, assignment, and what `type` itself shows (__name__, __bases__, __mro__ …).
#include <cstddef>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/mapping_proxy.h"
#include "vm/objects/object.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/type_internal.h"
#include "vm/objects/type_slots.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

const char* type_short_name(const Type* type) {
    const char* dot = std::strrchr(type->tp_name, '.');
    return dot && !type->has(kHeapType) ? dot + 1 : type->tp_name;
}

Owned type_name(Type* type) {
    if (type->has(kHeapType)) return newref(type->ht_name);
    return str_from_string(type_short_name(type));
}

Owned type_qualname(Type* type) { return type->has(kHeapType) ? newref(type->ht_qualname) : type_name(type); }

Owned type_module(Type* type) {
    if (type->has(kHeapType)) {
        Object* module = dict_get_item_with_error(type->tp_dict, ID(__module__));
        if (!module && !err_occurred()) err_set_object(&exc::AttributeError, ID(__module__));
        return xnewref(module);
    }
    const char* dot = std::strrchr(type->tp_name, '.');
    if (!dot) return newref(ID(builtins));
    Object* module = str_from_view(std::string_view(type->tp_name, static_cast<size_t>(dot - type->tp_name)));
    if (module) str_intern_in_place(&module);
    return module;
}

Owned type_repr(Object* self) {
    Type* type = as_type(self);
    auto module = own(type_module(type));
    if (!module) err_clear();
    else if (!str_check(module.get())) module.reset();
    auto name = own(type_qualname(type));
    if (!name) return nullptr;
    if (module && !str_equal_ascii(module.get(), "builtins"))
        return str_from_format("<class '%U.%U'>", module.get(), name.get());
    return str_from_format("<class '%s'>", type->tp_name);
}

Owned type_getattro(Object* self, Object* name) {
    Type* type = as_type(self);
    if (!str_check(name)) {
        err_format(exc::TypeError, "attribute name must be string, not '%.200s'", name->type->tp_name);
        return nullptr;
    }
    Type* metatype = self->type;
    Object* in_meta = type_lookup(metatype, name);
    auto meta_attribute = share(in_meta);
    TernaryFn meta_get = nullptr;
    if (in_meta) {
        meta_get = in_meta->type->tp_descr_get;
        if (meta_get && descriptor_is_data(in_meta)) return meta_get(in_meta, type, metatype);
    }
    if (Object* found = type_lookup(type, name)) {
        auto attribute = share(found);
        meta_attribute.reset();
        if (TernaryFn get = found->type->tp_descr_get) return get(found, nullptr, type);
        return attribute.release();
    }
    if (meta_get) return meta_get(in_meta, type, metatype);
    if (in_meta) return meta_attribute.release();
    err_format(exc::AttributeError, "type object '%.50s' has no attribute '%U'", type->tp_name, name);
    return nullptr;
}

int type_setattro(Object* self, Object* name, Object* value) {
    Type* type = as_type(self);
    if (type->has(kImmutableType)) {
        err_format(exc::TypeError, "cannot set %R attribute of immutable type '%s'", name, type->tp_name);
        return -1;
    }
    Object* key = newref(name);
    if (str_check_exact(key)) str_intern_in_place(&key);
    auto held = own(key);
    int result = object_generic_set_attr_with_dict(type, key, value, nullptr);
    if (result == 0) {
        type_modified(type);
        if (str_check(key) && is_special_name(key)) result = type_update_slot(type, key);
    }
    return result;
}

namespace {

bool may_set(Type* type, Object* value, const char* name) {
    if (type->has(kImmutableType)) {
        err_format(exc::TypeError, "cannot set '%s' attribute of immutable type '%s'", name, type->tp_name);
        return false;
    }
    if (!value) {
        err_format(exc::TypeError, "cannot delete '%s' attribute of immutable type '%s'", name, type->tp_name);
        return false;
    }
    return true;
}

Owned get_name(Object* self, void*) { return type_name(as_type(self)); }
Owned get_qualname(Object* self, void*) { return type_qualname(as_type(self)); }
Owned get_module(Object* self, void*) { return type_module(as_type(self)); }

int set_name(Object* self, Object* value, void*) {
    Type* type = as_type(self);
    if (!may_set(type, value, "__name__")) return -1;
    if (!str_check(value)) {
        err_format(exc::TypeError, "can only assign string to %s.__name__, not '%s'", type->tp_name, value->type->tp_name);
        return -1;
    }
    intptr_t size;
    const char* text = str_as_utf8(value, &size);
    if (!text) return -1;
    if (std::strlen(text) != static_cast<size_t>(size)) {
        err_set_string(exc::ValueError, "type name must not contain null characters");
        return -1;
    }
    auto* copy = static_cast<char*>(allocate_block(static_cast<size_t>(size) + 1));
    if (!copy) return -1;
    std::memcpy(copy, text, static_cast<size_t>(size) + 1);
    char* old = type->ht_owned_name;
    type->ht_owned_name = copy;
    type->tp_name = copy;
    free_block(old);
    set_ref(type->ht_name, newref(value));
    return 0;
}

int set_qualname(Object* self, Object* value, void*) {
    Type* type = as_type(self);
    if (!may_set(type, value, "__qualname__")) return -1;
    if (!str_check(value)) {
        err_format(exc::TypeError, "can only assign string to %s.__qualname__, not '%s'", type->tp_name, value->type->tp_name);
        return -1;
    }
    set_ref(type->ht_qualname, newref(value));
    return 0;
}

int set_module(Object* self, Object* value, void*) {
    Type* type = as_type(self);
    if (!may_set(type, value, "__module__")) return -1;
    type_modified(type);
    return dict_set_item(type->tp_dict, ID(__module__), value);
}

Owned get_abstract(Object* self, void*) {
    Type* type = as_type(self);
    // `type` has the descriptor itself in its dict.
    Object* value = type == &type_type ? nullptr : dict_get_item_with_error(type->tp_dict, ID(__abstractmethods__));
    if (!value && !err_occurred()) err_set_object(&exc::AttributeError, ID(__abstractmethods__));
    return xnewref(value);
}

int set_abstract(Object* self, Object* value, void*) {
    Type* type = as_type(self);
    int abstract = 0;
    int result;
    if (value) {
        abstract = object_is_true(value);
        if (abstract < 0) return -1;
        result = dict_set_item(type->tp_dict, ID(__abstractmethods__), value);
    } else {
        result = dict_del_item(type->tp_dict, ID(__abstractmethods__));
        if (result < 0 && err_matches(exc::KeyError)) {
            err_set_object(&exc::AttributeError, ID(__abstractmethods__));
            return -1;
        }
    }
    if (result < 0) return -1;
    type_modified(type);
    if (abstract) type->tp_flags |= kIsAbstract;
    else type->tp_flags &= ~uint64_t{kIsAbstract};
    return 0;
}

Owned get_bases(Object* self, void*) { return newref(as_type(self)->tp_bases); }
Owned get_mro(Object* self, void*) {
    Object* mro = as_type(self)->tp_mro;
    return mro ? newref(mro) : new_none();
}
Owned get_base(Object* self, void*) {
    Type* base = as_type(self)->tp_base;
    return base ? newref(static_cast<Object*>(base)) : new_none();
}

// Recomputes the mro of a type and of those below it. Old ones are kept in `undo` as [type, old mro] for a roll-back.
int renew_mro(Type* type, Object* undo) {
    Object* old = nullptr;
    int result = type_mro_internal(type, &old);
    if (result <= 0) return result;
    auto held = own(old);
    auto pair = own(tuple_pack({type, old ? old : none()}));
    if (!pair || list_append(undo, pair.get()) < 0) return -1;
    auto subclasses = own(type_subclasses(type));
    if (!subclasses) return -1;
    for (intptr_t index = 0; index < list_size(subclasses.get()); ++index)
        if (renew_mro(as_type(list_get_item(subclasses.get(), index)), undo) < 0) return -1;
    return 0;
}

int set_bases(Object* self, Object* value, void*) {
    Type* type = as_type(self);
    if (!may_set(type, value, "__bases__")) return -1;
    if (!tuple_check(value)) {
        err_format(exc::TypeError, "can only assign tuple to %s.__bases__, not %s", type->tp_name, value->type->tp_name);
        return -1;
    }
    if (tuple_size(value) == 0) {
        err_format(exc::TypeError, "can only assign non-empty tuple to %s.__bases__, not ()", type->tp_name);
        return -1;
    }
    for (intptr_t index = 0; index < tuple_size(value); ++index) {
        Object* base = tuple_get_item(value, index);
        if (!type_check(base)) {
            err_format(exc::TypeError, "%s.__bases__ must be tuple of classes, not '%s'", type->tp_name, base->type->tp_name);
            return -1;
        }
        if (type_is_subtype(as_type(base), type)) {
            err_set_string(exc::TypeError, "a __bases__ item causes an inheritance cycle");
            return -1;
        }
    }
    Type* new_base = type_best_base(value);
    if (!new_base || !compatible_for_assignment(type->tp_base, new_base, "__bases__")) return -1;
    auto old_bases = share(type->tp_bases);
    auto old_base = share(type->tp_base);
    set_ref(type->tp_bases, newref(value));
    set_ref(type->tp_base, newref(new_base));
    auto undo = own(list_new(0));
    if (!undo) return -1;
    if (renew_mro(type, undo.get()) < 0) {
        for (intptr_t index = list_size(undo.get()) - 1; index >= 0; --index) {
            Object* pair = list_get_item(undo.get(), index);
            Object* old = tuple_get_item(pair, 1);
            set_ref(as_type(tuple_get_item(pair, 0))->tp_mro, is_none(old) ? nullptr : newref(old));
        }
        set_ref(type->tp_bases, old_bases.release());
        set_ref(type->tp_base, old_base.release());
        return -1;
    }
    if (type->tp_bases == value) {
        type_remove_all_subclasses(type, old_bases.get());
        for (intptr_t index = 0; index < tuple_size(value); ++index)
            if (type_add_subclass(as_type(tuple_get_item(value, index)), type) < 0) return -1;
        type_update_all_slots(type);
    }
    return 0;
}

Owned get_dict(Object* self, void*) {
    Object* dict = as_type(self)->tp_dict;
    return dict ? mapping_proxy_new(dict) : new_none();
}

Owned get_doc(Object* self, void*) {
    Type* type = as_type(self);
    if (!type->has(kHeapType) && type->tp_doc) return doc_without_signature(type->tp_name, type->tp_doc);
    Object* doc = dict_get_item_with_error(type->tp_dict, ID(__doc__));
    if (!doc) return err_occurred() ? nullptr : new_none();
    if (TernaryFn get = doc->type->tp_descr_get) {
        auto held = share(doc);
        return get(doc, nullptr, type);
    }
    return newref(doc);
}
int set_doc(Object* self, Object* value, void*) {
    Type* type = as_type(self);
    if (!may_set(type, value, "__doc__")) return -1;
    type_modified(type);
    return dict_set_item(type->tp_dict, ID(__doc__), value);
}
Owned get_signature(Object* self, void*) { return text_signature(as_type(self)->tp_name, as_type(self)->tp_doc); }

Owned get_annotations(Object* self, void*) {
    Type* type = as_type(self);
    if (!type->has(kHeapType)) {
        err_format(exc::AttributeError, "type object '%s' has no attribute '__annotations__'", type->tp_name);
        return nullptr;
    }
    Object* found = dict_get_item_with_error(type->tp_dict, ID(__annotations__));
    if (found) {
        if (TernaryFn get = found->type->tp_descr_get) {
            auto held = share(found);
            return get(found, nullptr, type);
        }
        return newref(found);
    }
    if (err_occurred()) return nullptr;
    auto made = own(dict_new());
    if (!made || dict_set_item(type->tp_dict, ID(__annotations__), made.get()) < 0) return nullptr;
    type_modified(type);
    return made.release();
}
int set_annotations(Object* self, Object* value, void*) {
    Type* type = as_type(self);
    if (type->has(kImmutableType)) {
        err_format(exc::TypeError, "cannot set '__annotations__' attribute of immutable type '%s'", type->tp_name);
        return -1;
    }
    int result;
    if (value) {
        result = dict_set_item(type->tp_dict, ID(__annotations__), value);
    } else {
        int known = dict_contains(type->tp_dict, ID(__annotations__));
        if (known == 0) err_set_string(exc::AttributeError, "__annotations__");
        if (known <= 0) return -1;
        result = dict_del_item(type->tp_dict, ID(__annotations__));
    }
    if (result == 0) type_modified(type);
    return result;
}

// What CPython's structures of a class's instances would say; ours differ for metaclasses only.
bool is_metatype(Type* type) { return type->has(kTypeSubclass); }
Owned get_basicsize(Object* self, void*) {
    Type* type = as_type(self);
    intptr_t size = type->tp_basicsize;
    if (is_metatype(type)) size += kShownTypeSize - static_cast<intptr_t>(sizeof(Type));
    return int_from_ssize(size);
}
Owned get_itemsize(Object* self, void*) { return int_from_ssize(as_type(self)->tp_itemsize); }
Owned get_flags(Object* self, void*) { return int_from_int64(static_cast<int64_t>(as_type(self)->tp_flags & 0xffffffff)); }
Owned get_weakrefoffset(Object* self, void*) {
    Type* type = as_type(self);
    return int_from_ssize(is_metatype(type) ? kShownTypeWeaklistOffset : type->tp_weaklistoffset);
}
Owned get_dictoffset(Object* self, void*) {
    Type* type = as_type(self);
    return int_from_ssize(is_metatype(type) ? kShownTypeDictOffset : type->tp_dictoffset);
}

// ---- methods

Owned subclasses_method(Object* self, Object*) { return type_subclasses(as_type(self)); }

Owned prepare_method(Object*, Object* const*, intptr_t, Object*) { return dict_new(); }

Owned instancecheck_method(Object* self, Object* instance) {
    int result = object_recursive_is_instance(instance, self);
    return result < 0 ? nullptr : bool_from(result != 0);
}
Owned subclasscheck_method(Object* self, Object* subclass) {
    int result = object_recursive_is_subclass(subclass, self);
    return result < 0 ? nullptr : bool_from(result != 0);
}

Owned dir_method(Object* self, Object*) {
    auto names = own(dict_new());
    if (!names || merge_class_dict(names.get(), self) < 0) return nullptr;
    return dict_keys_list(names.get());
}

Owned sizeof_method(Object* self, Object*) { return int_from_size(self->type->tp_sizeof(self)); }

}  // namespace

Owned type_subclasses(Type* type) {
    auto list = own(list_new(0));
    if (!list || !type->tp_subclasses) return list.release();
    intptr_t position = 0;
    Object *key, *reference;
    while (dict_next(type->tp_subclasses, &position, &key, &reference)) {
        Object* subclass = weakref_get_object(reference);
        if (is_none(subclass)) continue;
        if (list_append(list.get(), subclass) < 0) return nullptr;
    }
    return list.release();
}

const GetSetDef type_getset[] = {
    {"__basicsize__", get_basicsize},
    {"__itemsize__", get_itemsize},
    {"__flags__", get_flags},
    {"__weakrefoffset__", get_weakrefoffset},
    {"__base__", get_base},
    {"__dictoffset__", get_dictoffset},
    {"__mro__", get_mro},
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {"__bases__", get_bases, set_bases},
    {"__module__", get_module, set_module},
    {"__abstractmethods__", get_abstract, set_abstract},
    {"__dict__", get_dict},
    {"__doc__", get_doc, set_doc},
    {"__text_signature__", get_signature},
    {"__annotations__", get_annotations, set_annotations},
    {},
};

const MethodDef type_methods[] = {
    method_def("mro", type_mro_method, kMethNoargs, "mro($self, /)\n--\n\nReturn a type's method resolution order."),
    method_def("__subclasses__", subclasses_method, kMethNoargs,
               "__subclasses__($self, /)\n--\n\nReturn a list of immediate subclasses."),
    method_def("__prepare__", prepare_method, kMethFastcall | kMethKeywords | kMethClass,
               "__prepare__() -> dict\nused to create the namespace for the class statement"),
    method_def("__instancecheck__", instancecheck_method, kMethO,
               "__instancecheck__($self, instance, /)\n--\n\nCheck if an object is an instance."),
    method_def("__subclasscheck__", subclasscheck_method, kMethO,
               "__subclasscheck__($self, subclass, /)\n--\n\nCheck if a class is a subclass."),
    method_def("__dir__", dir_method, kMethNoargs,
               "__dir__($self, /)\n--\n\nSpecialized __dir__ implementation for types."),
    method_def("__sizeof__", sizeof_method, kMethNoargs,
               "__sizeof__($self, /)\n--\n\nReturn memory consumption of the type object."),
    {},
};

}  // namespace refscope::vm
