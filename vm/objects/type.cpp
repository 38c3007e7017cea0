// The type `type`: calling a class, life and death of heap types.
#include "vm/objects/type.h"

#include <cstddef>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/block_trace.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/errors.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_internal.h"
#include "vm/objects/union_type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

Owned type_generic_alloc(Type* type, intptr_t items) {
    // One item more: CPython's sentinel, which instances of var-sized classes have room for.
    size_t size = static_cast<size_t>(type->tp_basicsize) +
                  (type->tp_itemsize ? static_cast<size_t>(items + 1) * static_cast<size_t>(type->tp_itemsize) : 0);
    size = (size + 7) & ~size_t{7};
    Object* object = allocate_object(type, size);
    if (!object) return nullptr;
    if (type->has(kTypeSubclass)) set_traced_size(object, static_cast<size_t>(Prefix::kGc) + size + kShownTypeSize - sizeof(Type));
    if (type->tp_itemsize) static_cast<VarObject*>(object)->size = items;
    if (type->has(kHaveGc)) gc_track(object);
    return object;
}

Owned type_generic_new(Type* type, Object*, Object*) { return type->tp_alloc(type, 0); }

void type_generic_free(Object* object) { free_object(object); }

bool type_has_default_metatype(const Type* type) { return type->type == &type_type; }

namespace {

Owned type_call(Object* self, Object* args, Object* kwargs) {
    Type* type = as_type(self);
    if (type == &type_type) {
        intptr_t count = tuple_size(args);
        if (count == 1 && (!kwargs || dict_size(kwargs) == 0)) return newref(tuple_get_item(args, 0)->type);
        if (count != 3) return err_set_string(exc::TypeError, "type() takes 1 or 3 arguments");
    }
    if (!type->tp_new) {
        err_format(exc::TypeError, "cannot create '%s' instances", type->tp_name);
        return nullptr;
    }
    Object* object = check_function_result(type, type->tp_new(type, args, kwargs));
    if (!object) return nullptr;
    if (!is_instance_of(object, type)) return object;
    type = object->type;
    if (type->tp_init) {
        // Held without a Ref of its own in CPython's sense: the result, which __init__ sees as one reference.
        auto held = own(object);
        if (type->tp_init(object, args, kwargs) < 0) return nullptr;
        return held.release();
    }
    return object;
}

// type(x) without a tuple of the arguments, as in CPython.
Owned type_vectorcall(Object* self, Object* const* args, size_t nargsf, Object* kwnames) {
    auto count = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    if (self == &type_type && count == 1 && !kwnames) return newref(args[0]->type);
    Ref<> packed = own(tuple_from_array(args, count));
    Ref<> keywords = own(packed && kwnames ? dict_new() : nullptr);
    if (!packed || (kwnames && !keywords)) return nullptr;
    for (intptr_t i = 0; kwnames && i < tuple_size(kwnames); ++i) {
        if (dict_set_item(keywords.get(), tuple_get_item(kwnames, i), args[count + i]) < 0) return nullptr;
    }
    if (!enter_recursive_call(" while calling a Python object")) return nullptr;
    Object* result = type_call(self, packed.get(), keywords.get());
    leave_recursive_call();
    return result;
}

void type_dealloc(Object* self) {
    Type* type = as_type(self);
    RS_CHECK(type->has(kHeapType), "a static type was released");
    gc_untrack(self);
    type_remove_all_subclasses(type, type->tp_bases);
    if (type->tp_weaklist) object_clear_weakrefs(self);
    type_modified(type);
    xdecref(type->tp_base);
    xdecref(type->tp_dict);
    xdecref(type->tp_bases);
    xdecref(type->tp_mro);
    xdecref(type->tp_cache);
    xdecref(type->tp_subclasses);
    free_block(const_cast<char*>(type->tp_doc));
    xdecref(type->ht_name);
    xdecref(type->ht_qualname);
    xdecref(type->ht_slots);
    if (type->ht_cached_keys) dict_keys_free_for_class(type->ht_cached_keys);
    xdecref(type->ht_module);
    free_block(type->ht_owned_name);
    self->type->tp_free(self);
}

int type_traverse(Object* self, Visit visit, void* context) {
    Type* type = as_type(self);
    RS_VISIT(type->tp_dict, Edge::field("__dict__"));
    RS_VISIT(type->tp_cache, Edge::field("cache"));
    RS_VISIT(type->tp_mro, Edge::field("__mro__"));
    RS_VISIT(type->tp_bases, Edge::field("__bases__"));
    if (type->has(kHeapType)) {
        RS_VISIT(type->tp_base, Edge::field("__base__"));
        RS_VISIT(type->ht_module, Edge::field("module"));
        RS_VISIT(type->ht_name, Edge::field("__name__", true));
        RS_VISIT(type->ht_qualname, Edge::field("__qualname__", true));
        RS_VISIT(type->ht_slots, Edge::field("__slots__", true));
        if (type->ht_cached_keys) {
            int result = dict_visit_shared_keys(type->ht_cached_keys, visit, context);
            if (result) return result;
        }
    }
    RS_VISIT(type->tp_subclasses, Edge::field("subclasses", true));
    return 0;
}

int type_clear(Object* self) {
    Type* type = as_type(self);
    type_modified(type);
    if (type->tp_dict) dict_clear(type->tp_dict);
    clear_ref(type->ht_module);
    clear_ref(type->tp_mro);
    return 0;
}

int type_is_gc(Object* self) { return as_type(self)->has(kHeapType); }

int type_init(Object*, Object* args, Object* kwargs) {
    intptr_t count = tuple_size(args);
    if (count == 1 && kwargs && dict_size(kwargs) != 0) {
        err_set_string(exc::TypeError, "type.__init__() takes no keyword arguments");
        return -1;
    }
    if (count != 1 && count != 3) {
        err_set_string(exc::TypeError, "type.__init__() takes 1 or 3 arguments");
        return -1;
    }
    return 0;
}

size_t type_sizeof(Object* self) {
    Type* type = as_type(self);
    if (!type->has(kHeapType)) return kShownStaticTypeSize;
    return kShownTypeSize + (type->ht_cached_keys ? dict_shared_keys_size(type->ht_cached_keys) : 0);
}

}  // namespace

static_assert(sizeof(MemberDef) == 40, "type.__itemsize__");

Type type_type = [] {
    Type type = static_type("type", sizeof(Type), sizeof(MemberDef), kHaveGc | kBaseType | kTypeSubclass | kHaveVectorcall);
    type.type = &type_type;
    type.tp_dealloc = type_dealloc;
    type.tp_vectorcall_offset = offsetof(Type, tp_vectorcall);
    type.tp_repr = type_repr;
    type.tp_call = type_call;
    type.tp_vectorcall = type_vectorcall;
    type.tp_getattro = type_getattro;
    type.tp_setattro = type_setattro;
    type.tp_doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type";
    type.tp_traverse = type_traverse;
    type.tp_clear = type_clear;
    type.tp_weaklistoffset = offsetof(Type, tp_weaklist);
    type.tp_methods = type_methods;
    type.tp_getset = type_getset;
    type.tp_dictoffset = offsetof(Type, tp_dict);
    type.tp_init = type_init;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = type_new;
    type.tp_free = type_generic_free;
    type.tp_is_gc = type_is_gc;
    type.nb_or = union_type_or;
    type.tp_sizeof = type_sizeof;
    return type;
}();

int init_type_types() {
    init_type_cache();
    if (type_ready(&object_type) < 0) return -1;
    return type_ready(&type_type);
}

}  // namespace refscope::vm
