// The module _abc, on which the library's abc.py builds: what an abstract base class knows of its virtual subclasses.
//
// Registry and caches are sets of weak references whose callbacks take them out again. A registration anywhere makes every negative
// cache invalid, by a counter. Order of work, references and errors are those of CPython's Modules/_abc.c.
#include <cstddef>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

struct AbcData : Object {
    Object* registry;  // sets of weak references; nullptr until there is an entry
    Object* cache;
    Object* negative_cache;
    uint64_t negative_version;
};
extern Type abc_data_type;
uint64_t invalidation_counter = 0;
constexpr uint64_t kCollectionFlags = kSequencePattern | kMappingPattern;

int data_traverse(Object* self, Visit visit, void* context) {
    auto* data = static_cast<AbcData*>(self);
    RS_VISIT(data->registry, Edge::field("registry"));
    RS_VISIT(data->cache, Edge::field("cache"));
    RS_VISIT(data->negative_cache, Edge::field("negative cache"));
    return 0;
}
int data_clear(Object* self) {
    auto* data = static_cast<AbcData*>(self);
    clear_ref(data->registry);
    clear_ref(data->cache);
    clear_ref(data->negative_cache);
    return 0;
}
void data_dealloc(Object* self) {
    gc_untrack(self);
    data_clear(self);
    self->type->tp_free(self);
}
Owned data_new(Type* type, Object*, Object*) {
    auto* data = static_cast<AbcData*>(type->tp_alloc(type, 0));
    if (data) data->negative_version = invalidation_counter;
    return data;
}
Type abc_data_type = [] {
    Type type = static_type("_abc._abc_data", sizeof(AbcData), 0, kHaveGc);
    type.tp_dealloc = data_dealloc;
    type.tp_doc = "Internal state held by ABC machinery.";
    type.tp_traverse = data_traverse;
    type.tp_clear = data_clear;
    type.tp_new = data_new;
    return type;
}();

// The class's data, held; null with an exception.
Ref<AbcData> data_of(Object* self) {
    Ref<> found = own(object_get_attr(self, ID(_abc_impl)));
    if (found && !is_type(found.get(), &abc_data_type)) {
        err_set_string(exc::TypeError, "_abc_impl is set to a wrong type");
        return nullptr;
    }
    return own(static_cast<AbcData*>(found.release()));
}

// ---- Sets of weak references

int in_weak_set(Object* set, Object* object) {
    if (!set || set_size(set) == 0) return 0;
    Ref<> reference = own(weakref_new_ref(object, nullptr));
    if (reference) return set_contains(set, reference.get());
    if (!err_matches(exc::TypeError)) return -1;
    err_clear();
    return 0;
}

// The callback: `self` is a weak reference to the set, so that the entries do not keep it alive.
Owned destroy(Object* self, Object* reference) {
    Ref<> set = share(weakref_get_object(self));
    if (is_none(set.get())) return new_none();
    return set_discard(set.get(), reference) < 0 ? nullptr : new_none();
}
const MethodDef destroy_method = method_def("_destroy", destroy, kMethO);

int add_to_weak_set(Object** slot, Object* object) {
    if (!*slot) {
        *slot = set_new(nullptr);
        if (!*slot) return -1;
    }
    Object* set = *slot;
    Ref<> to_set = own(weakref_new_ref(set, nullptr));
    if (!to_set) return -1;
    Ref<> callback = own(builtin_function_new(&destroy_method, to_set.get(), nullptr));
    if (!callback) return -1;
    Ref<> reference = own(weakref_new_ref(object, callback.get()));
    callback.reset();
    return reference ? set_add(set, reference.get()) : -1;
}

// ---- _abc_init

int is_abstract(Object* object) {
    Object* found = nullptr;
    const int status = object_lookup_attr(object, ID(__isabstractmethod__), &found);
    if (status <= 0) return status;
    Ref<> value = own(found);
    return object_is_true(value.get());
}

// __abstractmethods__: the abstract ones in the namespace, and those of the bases that are still abstract here.
int compute_abstract_methods(Object* self) {
    Ref<> abstracts = own(frozenset_new(nullptr));
    Ref<> names = abstracts ? own(object_get_attr(self, ID(__dict__))) : Ref<>();
    Ref<> items = names ? own(mapping_items(names.get())) : Ref<>();
    if (!items) return -1;
    for (intptr_t i = 0; i < list_size(items.get()); ++i) {
        Ref<> item = own(sequence_fast(list_get_item(items.get(), i), "items() returned item which is not a pair"));
        if (!item) return -1;
        if (object_size(item.get()) != 2) {
            err_set_string(exc::TypeError, "items() returned item which size is not 2");
            return -1;
        }
        Ref<> key = own(sequence_get_item(item.get(), 0)), value = own(sequence_get_item(item.get(), 1));
        const int abstract = is_abstract(value.get());
        if (abstract < 0 || (abstract && set_add(abstracts.get(), key.get()) < 0)) return -1;
    }
    Ref<> bases = own(object_get_attr(self, ID(__bases__)));
    if (!bases) return -1;
    if (!tuple_check(bases.get())) {
        err_set_string(exc::TypeError, "__bases__ is not tuple");
        return -1;
    }
    for (intptr_t i = 0; i < tuple_size(bases.get()); ++i) {
        Object* found = nullptr;
        if (object_lookup_attr(tuple_get_item(bases.get(), i), ID(__abstractmethods__), &found) < 0) return -1;
        if (!found) continue;
        Ref<> inherited = own(found);
        Ref<> iterator = own(object_get_iter(inherited.get()));
        inherited.reset();
        if (!iterator) return -1;
        for (;;) {
            Ref<> key = own(iter_next(iterator.get()));
            if (!key) break;
            Object* value = nullptr;
            if (object_lookup_attr(self, key.get(), &value) < 0) return -1;
            if (!value) continue;
            Ref<> held = own(value);
            const int abstract = is_abstract(value);
            if (abstract < 0 || (abstract && set_add(abstracts.get(), key.get()) < 0)) return -1;
        }
        if (err_occurred()) return -1;
    }
    return object_set_attr(self, ID(__abstractmethods__), abstracts.get());
}

Owned abc_init(Object*, Object* self) {
    if (compute_abstract_methods(self) < 0) return nullptr;
    Ref<> data = own(data_new(&abc_data_type, nullptr, nullptr));
    if (!data || object_set_attr(self, ID(_abc_impl), data.get()) < 0) return nullptr;
    data.reset();
    if (!type_check(self)) return new_none();
    // Sequence and Mapping say by __abc_tpflags__ what their subclasses are to match patterns.
    Type* type = as_type(self);
    Object* flags = dict_get_item_with_error(type->tp_dict, ID(__abc_tpflags__));
    if (!flags) return err_occurred() ? nullptr : new_none();
    if (!int_check_exact(flags)) return new_none();
    const int64_t value = int_as_int64(flags);
    if (value == -1) return nullptr;
    const uint64_t chosen = static_cast<uint64_t>(value) & kCollectionFlags;
    if (chosen == kCollectionFlags) {
        return err_set_string(exc::TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
    }
    type->tp_flags |= chosen;
    return dict_del_item(type->tp_dict, ID(__abc_tpflags__)) < 0 ? nullptr : new_none();
}

// ---- Registering

void set_collection_flag(Type* child, uint64_t flag) {
    if (child->has(kImmutableType) || (child->tp_flags & kCollectionFlags) == flag) return;
    child->tp_flags = (child->tp_flags & ~kCollectionFlags) | flag;
    Ref<> subclasses = own(type_subclasses(child));
    if (!subclasses) return err_clear();
    for (intptr_t i = 0; i < list_size(subclasses.get()); ++i) set_collection_flag(as_type(list_get_item(subclasses.get(), i)), flag);
}

Owned abc_register(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("_abc_register", nargs, 2, 2)) return nullptr;
    Object *self = args[0], *subclass = args[1];
    if (!type_check(subclass)) return err_set_string(exc::TypeError, "Can only register classes");
    int result = object_is_subclass(subclass, self);
    if (result != 0) return result > 0 ? newref(subclass) : nullptr;
    // After the test for "is one already": a class may be registered with itself.
    result = object_is_subclass(self, subclass);
    if (result != 0) return result > 0 ? err_set_string(exc::RuntimeError, "Refusing to create an inheritance cycle") : nullptr;
    Ref<AbcData> data = data_of(self);
    if (!data || add_to_weak_set(&data->registry, subclass) < 0) return nullptr;
    data.reset();
    ++invalidation_counter;
    if (type_check(self)) {
        if (const uint64_t flag = as_type(self)->tp_flags & kCollectionFlags) set_collection_flag(as_type(subclass), flag);
    }
    return newref(subclass);
}

// ---- Checks

Owned abc_instancecheck(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("_abc_instancecheck", nargs, 2, 2)) return nullptr;
    Object *self = args[0], *instance = args[1];
    Ref<AbcData> data = data_of(self);
    Ref<> subclass = data ? own(object_get_attr(instance, ID(__class__))) : Ref<>();
    if (!subclass) return nullptr;
    const int cached = in_weak_set(data->cache, subclass.get());
    if (cached != 0) return cached > 0 ? bool_from(true) : nullptr;
    Object* type = instance->type;
    if (type == subclass.get()) {
        if (data->negative_version == invalidation_counter) {
            const int denied = in_weak_set(data->negative_cache, subclass.get());
            if (denied != 0) return denied > 0 ? bool_from(false) : nullptr;
        }
        return object_call_method(self, ID(__subclasscheck__), {subclass.get()});
    }
    Ref<> result = own(object_call_method(self, ID(__subclasscheck__), {subclass.get()}));
    if (!result) return nullptr;
    const int yes = object_is_true(result.get());
    if (yes < 0) return nullptr;
    if (yes) return result.release();
    result.reset();
    return object_call_method(self, ID(__subclasscheck__), {type});
}

// 1: a subclass of a registered class; 0: no; -1.
int check_registry(AbcData* data, Object* subclass) {
    const int direct = in_weak_set(data->registry, subclass);
    if (direct != 0) return direct;
    if (!data->registry || set_size(data->registry) == 0) return 0;
    // Callbacks may take entries out meanwhile.
    std::vector<Ref<>> entries;
    intptr_t position = 0;
    Object* key;
    Hash hash;
    while (set_next(data->registry, &position, &key, &hash)) entries.push_back(share(key));
    for (const Ref<>& entry : entries) {
        Ref<> registered = share(weakref_get_object(entry.get()));
        if (is_none(registered.get())) continue;
        const int result = object_is_subclass(subclass, registered.get());
        registered.reset();
        if (result < 0) return -1;
        if (result) return add_to_weak_set(&data->cache, subclass) < 0 ? -1 : 1;
    }
    return 0;
}

Owned found(AbcData* data, Object* subclass, bool is_one) {
    return add_to_weak_set(is_one ? &data->cache : &data->negative_cache, subclass) < 0 ? nullptr : bool_from(is_one);
}

Owned abc_subclasscheck(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("_abc_subclasscheck", nargs, 2, 2)) return nullptr;
    Object *self = args[0], *subclass = args[1];
    if (!type_check(subclass)) return err_set_string(exc::TypeError, "issubclass() arg 1 must be a class");
    Ref<AbcData> data = data_of(self);
    if (!data) return nullptr;
    const int cached = in_weak_set(data->cache, subclass);
    if (cached != 0) return cached > 0 ? bool_from(true) : nullptr;
    if (data->negative_version < invalidation_counter) {
        if (data->negative_cache && set_clear(data->negative_cache) < 0) return nullptr;
        data->negative_version = invalidation_counter;
    } else {
        const int denied = in_weak_set(data->negative_cache, subclass);
        if (denied != 0) return denied > 0 ? bool_from(false) : nullptr;
    }
    Ref<> told = own(object_call_method(self, ID(__subclasshook__), {subclass}));
    if (!told) return nullptr;
    if (told.get() == py_true() || told.get() == py_false()) return found(data.get(), subclass, told.get() == py_true());
    if (told.get() != not_implemented()) {
        return err_set_string(exc::AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
    }
    told.reset();
    if (type_is_subtype(as_type(subclass), as_type(self))) return found(data.get(), subclass, true);
    const int registered = check_registry(data.get(), subclass);
    if (registered != 0) return registered > 0 ? bool_from(true) : nullptr;
    Ref<> subclasses = own(object_call_method(self, ID(__subclasses__)));
    if (!subclasses) return nullptr;
    if (!list_check(subclasses.get())) return err_set_string(exc::TypeError, "__subclasses__() must return a list");
    for (intptr_t i = 0; i < list_size(subclasses.get()); ++i) {
        Ref<> one = share(list_get_item(subclasses.get(), i));
        const int result = object_is_subclass(subclass, one.get());
        one.reset();
        if (result < 0) return nullptr;
        if (result) return found(data.get(), subclass, true);
    }
    return found(data.get(), subclass, false);
}

// ---- Looking inside, starting again

Owned abc_get_dump(Object*, Object* self) {
    Ref<AbcData> data = data_of(self);
    if (!data) return nullptr;
    Ref<> registry = own(set_new(data->registry)), cache = own(set_new(data->cache)), negative = own(set_new(data->negative_cache));
    Ref<> version = own(int_from_uint64(data->negative_version));
    return registry && cache && negative && version ? tuple_pack({registry.get(), cache.get(), negative.get(), version.get()}) : nullptr;
}
Owned abc_reset_registry(Object*, Object* self) {
    Ref<AbcData> data = data_of(self);
    return data && (!data->registry || set_clear(data->registry) == 0) ? new_none() : nullptr;
}
Owned abc_reset_caches(Object*, Object* self) {
    Ref<AbcData> data = data_of(self);
    return data && (!data->cache || set_clear(data->cache) == 0) && (!data->negative_cache || set_clear(data->negative_cache) == 0)
               ? new_none()
               : nullptr;
}
Owned abc_get_cache_token(Object*, Object*) { return int_from_uint64(invalidation_counter); }

const MethodDef functions[] = {
    method_def("get_cache_token", abc_get_cache_token, kMethNoargs,
               "get_cache_token($module, /)\n--\n\nA number that changes with each call of register() on any abstract base class."),
    method_def("_abc_init", abc_init, kMethO, "_abc_init($module, self, /)\n--\n\nPrepares an abstract base class."),
    method_def("_reset_registry", abc_reset_registry, kMethO, "_reset_registry($module, self, /)\n--\n\nForgets what was registered."),
    method_def("_reset_caches", abc_reset_caches, kMethO, "_reset_caches($module, self, /)\n--\n\nForgets what was found."),
    method_def("_get_dump", abc_get_dump, kMethO, "_get_dump($module, self, /)\n--\n\nRegistry, cache, negative cache and its version."),
    method_def("_abc_register", abc_register, kMethFastcall, "_abc_register($module, self, subclass, /)\n--\n\nMakes a class a virtual subclass."),
    method_def("_abc_instancecheck", abc_instancecheck, kMethFastcall, "_abc_instancecheck($module, self, instance, /)\n--\n\nWhat isinstance() answers."),
    method_def("_abc_subclasscheck", abc_subclasscheck, kMethFastcall, "_abc_subclasscheck($module, self, subclass, /)\n--\n\nWhat issubclass() answers."),
    {nullptr, nullptr, 0}};

}  // namespace

Owned create_abc_module() {
    if (!abc_data_type.has(kReady) && type_ready(&abc_data_type) < 0) return nullptr;
    return module_create("_abc", "Module contains faster C implementation of abc.ABCMeta", functions);
}

}  // namespace refscope::vm
