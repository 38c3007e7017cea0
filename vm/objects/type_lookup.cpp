// Attribute lookup along the mro, with CPython's method cache: one global table keyed by the type's version tag and the
// name. A tag is given when a type is first looked up and ends, for subclasses too, when an attribute of it changes, so
// that entries never need to be removed.
#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/type_internal.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

constexpr size_t kCacheSize = 4096;
constexpr intptr_t kLongestCachedName = 100;

struct CacheEntry {
    unsigned version;
    Object* name;   // owned: a root
    Object* value;  // borrowed
};
CacheEntry cache[kCacheSize];
unsigned next_version_tag = 1;

CacheEntry& cache_entry(unsigned version, Object* name) {
    return cache[(version ^ (reinterpret_cast<uintptr_t>(name) >> 3)) & (kCacheSize - 1)];
}

}  // namespace

void init_type_cache() {
    for (CacheEntry& entry : cache) register_root(&entry.name, "attribute cache of types");
}

void clear_type_cache() {
    for (CacheEntry& entry : cache) {
        entry.version = 0;
        entry.value = nullptr;
        clear_ref(entry.name);
    }
}

Object* find_name_in_mro(Type* type, Object* name, int* error) {
    *error = 0;
    Hash hash = str_check_exact(name) ? str_hash_fast(name) : object_hash(name);
    if (hash == -1) {
        *error = -1;
        return nullptr;
    }
    // A type being made has no mro yet.
    Object* mro = type->tp_mro;
    if (!mro) return nullptr;
    // A __eq__ of a key in some type's dict can change __mro__.
    auto held = share(mro);
    intptr_t count = tuple_size(mro);
    for (intptr_t index = 0; index < count; ++index) {
        Type* base = as_type(tuple_get_item(mro, index));
        if (!base->tp_dict) continue;
        Object* found = dict_get_item_known_hash(base->tp_dict, name, hash);
        if (found) return found;
        if (err_occurred()) {
            *error = -1;
            return nullptr;
        }
    }
    return nullptr;
}

Object* type_lookup(Type* type, Object* name) {
    bool cacheable = str_check_exact(name) && str_length(name) <= kLongestCachedName;
    if (RS_LIKELY(cacheable)) {
        CacheEntry& entry = cache_entry(type->tp_version_tag, name);
        if (entry.version == type->tp_version_tag && entry.name == name && entry.version != 0) return entry.value;
    }
    int error;
    Object* result = find_name_in_mro(type, name, &error);
    if (error) {
        // Callers do not expect an exception: what __eq__ or __hash__ raised is dropped.
        err_clear();
        return nullptr;
    }
    if (cacheable && type_assign_version_tag(type)) {
        CacheEntry& entry = cache_entry(type->tp_version_tag, name);
        entry.version = type->tp_version_tag;
        entry.value = result;
        if (entry.name != name) set_ref(entry.name, newref(name));
    }
    return result;
}

Object* type_lookup_text(Type* type, const char* name) {
    auto text = own(str_from_string(name));
    if (!text) {
        err_clear();
        return nullptr;
    }
    return type_lookup(type, text.get());
}

bool type_assign_version_tag(Type* type) {
    if (type->has(kValidVersionTag)) return true;
    if (!type->has(kReady) || next_version_tag == 0) return false;
    if (type->tp_bases) {
        for (intptr_t index = 0; index < tuple_size(type->tp_bases); ++index) {
            if (!type_assign_version_tag(as_type(tuple_get_item(type->tp_bases, index)))) return false;
        }
    }
    type->tp_version_tag = next_version_tag++;
    type->tp_flags |= kValidVersionTag;
    return true;
}

void type_modified(Type* type) {
    if (!type->has(kValidVersionTag)) return;
    if (type->tp_subclasses) {
        intptr_t position = 0;
        Object *key, *reference;
        while (dict_next(type->tp_subclasses, &position, &key, &reference)) {
            Object* subclass = weakref_get_object(reference);
            if (type_check(subclass)) type_modified(as_type(subclass));
        }
    }
    type->tp_flags &= ~uint64_t{kValidVersionTag};
    type->tp_version_tag = 0;
}

Owned object_lookup_special(Object* object, Object* name) {
    Type* type = object->type;
    Object* found = type_lookup(type, name);
    if (!found) return nullptr;
    TernaryFn get = found->type->tp_descr_get;
    if (!get) return newref(found);
    auto held = share(found);
    return get(found, object, type);
}

Owned object_lookup_maybe_method(Object* self, Object* name, bool* unbound) {
    Object* found = type_lookup(self->type, name);
    *unbound = false;
    if (!found) return nullptr;
    if (found->type->has(kMethodDescriptor)) {
        *unbound = true;
        return newref(found);
    }
    TernaryFn get = found->type->tp_descr_get;
    if (!get) return newref(found);
    auto held = share(found);
    return get(found, self, self->type);
}

}  // namespace refscope::vm
