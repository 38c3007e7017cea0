#include "vm/modules/weakref_module.h"

#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

Owned getweakrefcount(Object*, Object* object) { return int_from_ssize(weakref_count(object)); }

Owned getweakrefs(Object*, Object* object) {
    if (!supports_weakrefs(object->type)) return list_new(0);
    const intptr_t count = weakref_count(object);
    Owned result = list_new(count);
    if (!result) return nullptr;
    WeakrefObject* reference = *weakref_list_slot(object);
    for (intptr_t i = 0; i < count; ++i, reference = reference->next) {
        list_init_item(result, i, newref<Object>(reference));
    }
    return result;
}

Owned proxy(Object*, Object* args) {
    const intptr_t given = tuple_size(args);
    if (!check_positional("proxy", given, 1, 2)) return nullptr;
    return weakref_new_proxy(tuple_get_item(args, 0), given > 1 ? tuple_get_item(args, 1) : nullptr);
}

int is_dead(Object* value) {
    if (!weakref_check(value)) {
        err_set_string(exc::TypeError, "not a weakref");
        return -1;
    }
    return is_none(weakref_get_object(value));
}

Owned remove_dead_weakref(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("_remove_dead_weakref", nargs, 2, 2)) return nullptr;
    if (!dict_check(args[0])) {
        return err_format(exc::TypeError, "_remove_dead_weakref() argument 1 must be dict, not %.50s", args[0]->type->tp_name);
    }
    if (dict_del_item_if(args[0], args[1], is_dead) < 0) {
        if (!err_matches(exc::KeyError)) return nullptr;
        err_clear();  // gone already: a callback can come late
    }
    return new_none();
}

const MethodDef weakref_functions[] = {
    method_def("getweakrefcount", getweakrefcount, kMethO, "getweakrefcount($module, object, /)\n--\n\nThe number of weak references to it."),
    method_def("_remove_dead_weakref", remove_dead_weakref, kMethFastcall, "_remove_dead_weakref($module, dct, key, /)\n--\n\nDelete the key if its value is a dead weak reference."),
    method_def("getweakrefs", getweakrefs, kMethO, "getweakrefs(object, /)\n--\n\nA list of the weak references to it."),
    method_def("proxy", proxy, kMethVarargs, "proxy(object[, callback])\n\nAn object that stands for it without keeping it alive."),
    {nullptr, nullptr, 0}};

}  // namespace

Owned create_weakref_module() {
    Ref<> module = own(module_create("_weakref", "Weak references.", weakref_functions));
    if (!module || module_add_object(module.get(), "ref", &weakref_type) < 0 ||
        module_add_object(module.get(), "ReferenceType", &weakref_type) < 0 ||
        module_add_object(module.get(), "ProxyType", &weakref_proxy_type) < 0 ||
        module_add_object(module.get(), "CallableProxyType", &weakref_callable_proxy_type) < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
