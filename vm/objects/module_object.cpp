#include "vm/objects/module_object.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

Object* builtins_namespace = nullptr;

Object* builtin_lookup(Object* name) { return builtins_namespace ? dict_get_item(builtins_namespace, name) : nullptr; }

namespace {

ModuleObject* as_module(Object* object) { return static_cast<ModuleObject*>(object); }

int fill_standard_names(ModuleObject* module, Object* dict, Object* name, Object* doc) {
    if (dict_set_item(dict, ID(__name__), name) < 0 || dict_set_item(dict, ID(__doc__), doc) < 0 ||
        dict_set_item(dict, ID(__package__), none()) < 0 || dict_set_item(dict, ID(__loader__), none()) < 0 ||
        dict_set_item(dict, ID(__spec__), none()) < 0)
        return -1;
    if (str_check_exact(name)) set_ref(module->md_name, newref(name));
    return 0;
}

Owned module_type_new(Type* type, Object*, Object*) {
    auto module = own(type->tp_alloc(type, 0));
    if (!module) return nullptr;
    as_module(module.get())->md_dict = dict_new();
    return as_module(module.get())->md_dict ? module.release() : nullptr;
}

int module_init(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"name", "doc", nullptr};
    static const KeywordParser parser{"module", names, 1, 2, 0};
    Object* given[2];
    if (!unpack_keywords_tuple(parser, args, kwargs, given)) return -1;
    if (!str_check(given[0])) {
        argument_bad("module", "argument 'name'", "str", given[0]);
        return -1;
    }
    auto* module = as_module(self);
    if (!module->md_dict && !(module->md_dict = dict_new())) return -1;
    return fill_standard_names(module, module->md_dict, given[0], given[1] ? given[1] : none());
}

void module_dealloc(Object* self) {
    gc_untrack(self);
    auto* module = as_module(self);
    if (module->md_weaklist) object_clear_weakrefs(self);
    xdecref(module->md_dict);
    xdecref(module->md_name);
    self->type->tp_free(self);
}

int module_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_module(self)->md_dict, Edge::field("__dict__"));
    RS_VISIT(as_module(self)->md_name, Edge::field("name", true));
    return 0;
}

int module_clear(Object* self) {
    clear_ref(as_module(self)->md_dict);
    return 0;
}

// importlib's text when it is there: with the origin of the spec.
Owned module_repr(Object* self) {
    Object* dict = as_module(self)->md_dict;
    Object* name = dict ? dict_get_item(dict, ID(__name__)) : nullptr;
    Object* shown = name ? name : str_empty();
    Object* file = dict ? dict_get_item(dict, ID(__file__)) : nullptr;
    if (file) return str_from_format("<module %R from %R>", shown, file);
    Object* spec = dict ? dict_get_item(dict, ID(__spec__)) : nullptr;
    if (spec && !is_none(spec)) {
        Object* found;
        if (object_lookup_attr(spec, ID(origin), &found) < 0) return nullptr;
        auto origin = own(found);
        if (origin && str_check(origin.get())) return str_from_format("<module %R (%U)>", shown, origin.get());
    }
    Object* loader = dict ? dict_get_item(dict, ID(__loader__)) : nullptr;
    if (loader && !is_none(loader)) return str_from_format("<module %R (%R)>", shown, loader);
    if (as_module(self)->md_def) return str_from_format("<module %R (built-in)>", shown);
    return str_from_format("<module %R>", shown);
}

// _PyModuleSpec_IsInitializing
bool is_initializing(Object* spec) {
    if (!spec || is_none(spec)) return false;
    Object* found;
    if (object_lookup_attr(spec, ID(_initializing), &found) <= 0) {
        err_clear();
        return false;
    }
    auto value = own(found);
    int truth = object_is_true(value.get());
    if (truth < 0) err_clear();
    return truth > 0;
}

Owned module_getattro(Object* self, Object* name) {
    Object* result = object_generic_get_attr_with_dict(self, name, nullptr, true);
    if (result || err_occurred()) return result;
    auto* module = as_module(self);
    if (!str_check(name)) return object_generic_get_attr(self, name);
    if (module->md_dict) {
        auto getattr = share(dict_get_item_with_error(module->md_dict, ID(__getattr__)));
        if (getattr) return object_call_onearg(getattr.get(), name);
        if (err_occurred()) return nullptr;
        Object* own_name = dict_get_item_with_error(module->md_dict, ID(__name__));
        if (own_name && str_check(own_name)) {
            auto held = share(own_name);
            auto spec = share(dict_get_item(module->md_dict, ID(__spec__)));
            if (is_initializing(spec.get()))
                err_format(exc::AttributeError,
                           "partially initialized module '%U' has no attribute '%U' (most likely due to a circular import)",
                           own_name, name);
            else
                err_format(exc::AttributeError, "module '%U' has no attribute '%U'", own_name, name);
            return nullptr;
        }
        if (err_occurred()) return nullptr;
    }
    err_format(exc::AttributeError, "module has no attribute '%U'", name);
    return nullptr;
}

Owned dir_method(Object* self, Object*) {
    auto dict = own(object_get_attr(self, ID(__dict__)));
    if (!dict) return nullptr;
    if (!dict_check(dict.get())) {
        err_format(exc::TypeError, "<module>.__dict__ is not a dictionary");
        return nullptr;
    }
    Object* function = dict_get_item_with_error(dict.get(), ID(__dir__));
    if (function) return object_call_noargs(function);
    return err_occurred() ? nullptr : dict_keys_list(dict.get());
}

Owned get_annotations(Object* self, void*) {
    Object* dict = as_module(self)->md_dict;
    Object* found = dict_get_item_with_error(dict, ID(__annotations__));
    if (found) return newref(found);
    if (err_occurred()) return nullptr;
    auto made = own(dict_new());
    if (!made || dict_set_item(dict, ID(__annotations__), made.get()) < 0) return nullptr;
    return made.release();
}
int set_annotations(Object* self, Object* value, void*) {
    Object* dict = as_module(self)->md_dict;
    if (value) return dict_set_item(dict, ID(__annotations__), value);
    int result = dict_del_item(dict, ID(__annotations__));
    if (result < 0 && err_matches(exc::KeyError)) err_set_string(exc::AttributeError, "__annotations__");
    return result;
}

const MemberDef module_members[] = {{"__dict__", MemberKind::kObject, offsetof(ModuleObject, md_dict)}, {}};
const GetSetDef module_getset[] = {{"__annotations__", get_annotations, set_annotations}, {}};
const MethodDef module_methods[] = {
    method_def("__dir__", dir_method, kMethNoargs, "__dir__() -> list\nspecialized dir() implementation"),
    {},
};

}  // namespace

Type module_type = [] {
    Type type = static_type("module", sizeof(ModuleObject), 0, kHaveGc | kBaseType);
    type.tp_dealloc = module_dealloc;
    type.tp_repr = module_repr;
    type.tp_getattro = module_getattro;
    type.tp_setattro = object_generic_set_attr;
    type.tp_doc =
        "module(name, doc=None)\n--\n\nCreate a module object.\n\nThe name must be a string; the optional docstring can have "
        "any type.";
    type.tp_traverse = module_traverse;
    type.tp_clear = module_clear;
    type.tp_weaklistoffset = offsetof(ModuleObject, md_weaklist);
    type.tp_methods = module_methods;
    type.tp_members = module_members;
    type.tp_getset = module_getset;
    type.tp_dictoffset = offsetof(ModuleObject, md_dict);
    type.tp_init = module_init;
    type.tp_new = module_type_new;
    return type;
}();

Owned module_new_object(Object* name) {
    auto made = own(module_type_new(&module_type, nullptr, nullptr));
    if (!made || fill_standard_names(as_module(made.get()), as_module(made.get())->md_dict, name, none()) < 0) return nullptr;
    return made.release();
}

Owned module_new(const char* name) {
    auto text = own(str_from_string(name));
    return text ? module_new_object(text.get()) : nullptr;
}

Owned module_create(const char* name, const char* doc, const MethodDef* methods) {
    static const MethodDef no_methods[] = {{}};
    auto module = own(module_new(name));
    if (!module) return nullptr;
    as_module(module.get())->md_def = methods ? methods : no_methods;
    if (methods && module_add_functions(module.get(), methods) < 0) return nullptr;
    if (doc && module_add_string(module.get(), "__doc__", doc) < 0) return nullptr;
    return module.release();
}

int module_add_functions(Object* module, const MethodDef* methods) {
    auto name = own(module_name(module));
    if (!name) return -1;
    for (const MethodDef* method = methods; method->name; ++method) {
        auto function = own(builtin_function_new(method, module, name.get()));
        if (!function || module_add_object(module, method->name, function.get()) < 0) return -1;
    }
    return 0;
}

Object* module_dict(Object* module) { return as_module(module)->md_dict; }

int module_add_object(Object* module, const char* name, Object* value) {
    auto key = own(str_intern_from_string(name));
    return key ? dict_set_item(module_dict(module), key.get(), value) : -1;
}
int module_add_object_steal(Object* module, const char* name, Object* stolen) {
    auto value = own(stolen);
    return value ? module_add_object(module, name, value.get()) : -1;
}
int module_add_type(Object* module, Type* type) { return module_add_object(module, type_short_name(type), type); }
int module_add_int(Object* module, const char* name, intptr_t value) {
    return module_add_object_steal(module, name, int_from_ssize(value));
}
int module_add_string(Object* module, const char* name, const char* value) {
    return module_add_object_steal(module, name, str_from_string(value));
}

Owned module_name(Object* module) {
    Object* dict = as_module(module)->md_dict;
    Object* name = dict ? dict_get_item_with_error(dict, ID(__name__)) : nullptr;
    if (name && str_check(name)) return newref(name);
    if (!err_occurred()) err_set_string(exc::SystemError, "nameless module");
    return nullptr;
}

// First the names with one leading underscore, then all but __builtins__: each value becomes None.
void module_clear_dict(Object* dict) {
    for (int pass = 0; pass < 2; ++pass) {
        intptr_t position = 0;
        Object *key, *value;
        while (dict_next(dict, &position, &key, &value)) {
            if (is_none(value) || !str_check(key)) continue;
            bool single_underscore = str_length(key) > 0 && str_read(key, 0) == '_' &&
                                     (str_length(key) < 2 || str_read(key, 1) != '_');
            if (pass == 0 ? !single_underscore
                          : str_length(key) > 0 && str_read(key, 0) == '_' && str_equal_ascii(key, "__builtins__"))
                continue;
            if (dict_set_item(dict, key, none()) < 0) err_write_unraisable(nullptr);
        }
    }
}

int init_module_type() { return type_ready(&module_type); }

}  // namespace refscope::vm
