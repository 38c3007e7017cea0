// functools.lru_cache's wrapper: results by their arguments, the least recently used first in a ring.
//
// Keys are what functools.py makes: the argument alone when it is one exact int or str, else a tuple with the keywords and, for
// typed caches, the types behind a mark. The dict holds the links; a link owns its key and its result.
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/modules/functools_types.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bound_method.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

struct CacheLink : Object {
    CacheLink* previous;  // borrowed: the dict holds the links
    CacheLink* next;
    Hash hash;
    Object* key;
    Object* result;
};

struct LruCacheObject : Object {
    CacheLink* newest;  // ring without a root object: the ends
    CacheLink* oldest;
    Object* (*call)(LruCacheObject*, Object*, Object*);
    int typed;
    Object* cache;
    intptr_t hits;
    Object* function;
    intptr_t maximum;  // -1: unbounded
    intptr_t misses;
    Object* mark;
    Object* info_type;
    Object* dict;
    Object* weakrefs;
};
LruCacheObject* as_cache(Object* object) { return static_cast<LruCacheObject*>(object); }

void link_dealloc(Object* self) {
    auto* link = static_cast<CacheLink*>(self);
    xdecref(link->key);
    xdecref(link->result);
    free_object(self);
}
Type link_type = [] {
    Type type = static_type("functools._lru_list_elem", sizeof(CacheLink), 0, kDisallowInstantiation);
    type.tp_dealloc = link_dealloc;
    return type;
}();

void unlink(LruCacheObject* self, CacheLink* link) {
    (link->previous ? link->previous->next : self->oldest) = link->next;
    (link->next ? link->next->previous : self->newest) = link->previous;
    link->previous = link->next = nullptr;
}
void append(LruCacheObject* self, CacheLink* link) {
    link->previous = self->newest;
    link->next = nullptr;
    (self->newest ? self->newest->next : self->oldest) = link;
    self->newest = link;
}

Owned make_key(LruCacheObject* self, Object* args, Object* kwargs) {
    intptr_t count = tuple_size(args), keywords = kwargs ? dict_size(kwargs) : 0;
    if (!self->typed && !keywords) {
        if (count == 1) {
            Object* only = tuple_get_item(args, 0);
            if (str_check_exact(only) || int_check_exact(only)) return newref(only);
        }
        return newref(args);
    }
    auto parts = own(list_from_array(tuple_items(args), count));
    if (!parts) return nullptr;
    intptr_t position = 0;
    Object *key, *value;
    if (keywords) {
        if (list_append(parts.get(), self->mark) < 0) return nullptr;
        while (dict_next(kwargs, &position, &key, &value))
            if (list_append(parts.get(), key) < 0 || list_append(parts.get(), value) < 0) return nullptr;
    }
    if (self->typed) {
        for (intptr_t index = 0; index < count; ++index)
            if (list_append(parts.get(), tuple_get_item(args, index)->type) < 0) return nullptr;
        position = 0;
        while (keywords && dict_next(kwargs, &position, &key, &value))
            if (list_append(parts.get(), value->type) < 0) return nullptr;
    }
    return list_as_tuple(parts.get());
}

Owned call_uncached(LruCacheObject* self, Object* args, Object* kwargs) {
    ++self->misses;
    return object_call(self->function, args, kwargs);
}

Owned call_unbounded(LruCacheObject* self, Object* args, Object* kwargs) {
    auto key = own(make_key(self, args, kwargs));
    if (!key) return nullptr;
    Hash hash = object_hash(key.get());
    if (hash == -1) return nullptr;
    Object* known = dict_get_item_known_hash(self->cache, key.get(), hash);
    if (known) {
        ++self->hits;
        return newref(known);
    }
    if (err_occurred()) return nullptr;
    ++self->misses;
    auto result = own(object_call(self->function, args, kwargs));
    if (!result || dict_set_item_known_hash(self->cache, key.get(), result.get(), hash) < 0) return nullptr;
    return result.release();
}

Owned call_bounded(LruCacheObject* self, Object* args, Object* kwargs) {
    auto key = own(make_key(self, args, kwargs));
    if (!key) return nullptr;
    Hash hash = object_hash(key.get());
    if (hash == -1) return nullptr;
    auto* known = static_cast<CacheLink*>(dict_get_item_known_hash(self->cache, key.get(), hash));
    if (known) {
        unlink(self, known);
        append(self, known);
        ++self->hits;
        return newref(known->result);
    }
    if (err_occurred()) return nullptr;
    ++self->misses;
    auto result = own(object_call(self->function, args, kwargs));
    if (!result) return nullptr;
    // The call may have filled the same place already: keep that.
    Object* meanwhile = dict_get_item_known_hash(self->cache, key.get(), hash);
    if (meanwhile) return result.release();
    if (err_occurred()) return nullptr;
    auto* made = new_object<CacheLink>(&link_type);
    if (!made) return nullptr;
    auto link = own(made);
    made->hash = hash;
    made->key = key.release();
    made->result = newref(result.get());
    Ref<CacheLink> dropped;
    if (dict_size(self->cache) >= self->maximum && self->oldest) {
        dropped = share(self->oldest);
        unlink(self, dropped.get());
        auto popped = own(dict_pop_known_hash(self->cache, dropped->key, dropped->hash, none()));
        if (!popped) return nullptr;
    }
    if (dict_set_item_known_hash(self->cache, made->key, made, hash) < 0) return nullptr;
    append(self, made);
    return result.release();
}

Owned cache_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"user_function", "maxsize", "typed", "cache_info_type", nullptr};
    static const KeywordParser parser{"lru_cache", names, 4, 4, 0};
    Object* given[4];
    if (!unpack_keywords_tuple(parser, args, kwargs, given)) return nullptr;
    if (!callable_check(given[0])) return err_set_string(exc::TypeError, "the first argument must be callable");
    intptr_t maximum = -1;
    auto call = call_unbounded;
    if (!is_none(given[1])) {
        if (!index_check(given[1])) return err_set_string(exc::TypeError, "maxsize should be integer or None");
        maximum = number_as_ssize(given[1], &exc::OverflowError);
        if (maximum == -1 && err_occurred()) return nullptr;
        if (maximum < 0) maximum = 0;
        call = maximum == 0 ? call_uncached : call_bounded;
    }
    bool typed;
    if (!argument_bool(given[2], &typed)) return nullptr;
    auto cache = own(dict_new());
    auto mark = own(cache ? object_call_noargs(&object_type) : nullptr);
    auto made = own(mark ? type->tp_alloc(type, 0) : nullptr);
    if (!made) return nullptr;
    auto* self = as_cache(made.get());
    self->call = call;
    self->typed = typed;
    self->cache = cache.release();
    self->function = newref(given[0]);
    self->maximum = maximum;
    self->mark = mark.release();
    self->info_type = newref(given[3]);
    return made.release();
}

Owned cache_call(Object* self, Object* args, Object* kwargs) { return as_cache(self)->call(as_cache(self), args, kwargs); }

void forget_links(LruCacheObject* self) {
    self->newest = self->oldest = nullptr;
}

void cache_dealloc(Object* self) {
    gc_untrack(self);
    auto* cache = as_cache(self);
    if (cache->weakrefs) object_clear_weakrefs(self);
    forget_links(cache);
    clear_ref(cache->cache);
    clear_ref(cache->function);
    clear_ref(cache->mark);
    clear_ref(cache->info_type);
    clear_ref(cache->dict);
    self->type->tp_free(self);
}
int cache_clear_slot(Object* self) {
    auto* cache = as_cache(self);
    forget_links(cache);
    clear_ref(cache->cache);
    clear_ref(cache->function);
    clear_ref(cache->mark);
    clear_ref(cache->info_type);
    clear_ref(cache->dict);
    return 0;
}
// Links are not collected: what they own is reported as the cache's.
int cache_traverse(Object* self, Visit visit, void* context) {
    auto* cache = as_cache(self);
    for (CacheLink* link = cache->oldest; link; link = link->next) {
        RS_VISIT(link->key, Edge::field("cached arguments"));
        RS_VISIT(link->result, Edge::field("cached result"));
    }
    RS_VISIT(cache->cache, Edge::field("cache"));
    RS_VISIT(cache->function, Edge::field("__wrapped__"));
    RS_VISIT(cache->mark, Edge::field("keyword mark"));
    RS_VISIT(cache->info_type, Edge::field("cache_info type"));
    RS_VISIT(cache->dict, Edge::field("__dict__"));
    return 0;
}

Owned cache_descr_get(Object* self, Object* object, Object*) {
    return !object || is_none(object) ? newref(self) : bound_method_new(self, object);
}

Owned cache_info(Object* self, Object*) {
    auto* cache = as_cache(self);
    auto hits = own(int_from_ssize(cache->hits)), misses = own(int_from_ssize(cache->misses)),
         size = own(int_from_ssize(dict_size(cache->cache)));
    auto maximum = own(cache->maximum < 0 ? new_none() : int_from_ssize(cache->maximum));
    if (!hits || !misses || !size || !maximum) return nullptr;
    return object_call_args(cache->info_type, {hits.get(), misses.get(), maximum.get(), size.get()});
}
Owned cache_clear_method(Object* self, Object*) {
    auto* cache = as_cache(self);
    forget_links(cache);
    cache->hits = cache->misses = 0;
    dict_clear(cache->cache);
    return new_none();
}
Owned cache_reduce(Object* self, Object*) { return object_get_attr(self, ID(__qualname__)); }
Owned cache_copy(Object* self, Object*) { return newref(self); }

const MethodDef cache_methods[] = {
    method_def("cache_info", cache_info, kMethNoargs, "cache_info($self, /)\n--\n\nReport cache statistics"),
    method_def("cache_clear", cache_clear_method, kMethNoargs,
               "cache_clear($self, /)\n--\n\nClear the cache and cache statistics"),
    method_def("__reduce__", cache_reduce, kMethNoargs),
    method_def("__copy__", cache_copy, kMethNoargs),
    method_def("__deepcopy__", cache_copy, kMethO),
    {},
};
const GetSetDef cache_getset[] = {{"__dict__", object_generic_get_dict, object_generic_set_dict}, {}};

}  // namespace

Type lru_cache_type = [] {
    // CPython's has a root link inside.
    constexpr intptr_t kShownSize = 152;
    static_assert(sizeof(LruCacheObject) <= kShownSize);
    Type type = static_type("functools._lru_cache_wrapper", kShownSize, 0, kHaveGc | kBaseType | kMethodDescriptor);
    type.tp_dealloc = cache_dealloc;
    type.tp_call = cache_call;
    type.tp_doc = "Create a cached callable that wraps another function.\n";
    type.tp_traverse = cache_traverse;
    type.tp_clear = cache_clear_slot;
    type.tp_weaklistoffset = offsetof(LruCacheObject, weakrefs);
    type.tp_methods = cache_methods;
    type.tp_getset = cache_getset;
    type.tp_descr_get = cache_descr_get;
    type.tp_dictoffset = offsetof(LruCacheObject, dict);
    type.tp_alloc = type_generic_alloc;
    type.tp_new = cache_new;
    type.tp_free = type_generic_free;
    return type;
}();

int init_lru_cache_types() { return type_ready(&link_type) < 0 ? -1 : type_ready(&lru_cache_type); }

}  // namespace refscope::vm
