// Instances of Python classes: how they die, what they refer to, and the descriptors of __dict__ and __weakref__.
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/release.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/errors.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"
#include "vm/objects/type_internal.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

Object*& slot_value(Object* self, const MemberDef* member) {
    return *reinterpret_cast<Object**>(reinterpret_cast<char*>(self) + member->offset);
}

bool is_owned_slot(const MemberDef* member) { return member->kind == MemberKind::kObjectEx && !member->readonly; }

int traverse_slots(Type* type, Object* self, Visit visit, void* context) {
    const MemberDef* member = heap_type_members(type);
    for (intptr_t index = 0; index < type->size; ++index, ++member)
        if (is_owned_slot(member)) RS_VISIT(slot_value(self, member), Edge::slot(member->name));
    return 0;
}

void clear_slots(Type* type, Object* self) {
    const MemberDef* member = heap_type_members(type);
    for (intptr_t index = 0; index < type->size; ++index, ++member)
        if (is_owned_slot(member)) clear_ref(slot_value(self, member));
}

}  // namespace

int subtype_traverse(Object* self, Visit visit, void* context) {
    Type* type = self->type;
    Type* base = type;
    TraverseFn base_traverse;
    while ((base_traverse = base->tp_traverse) == subtype_traverse) {
        if (base->size) {
            int result = traverse_slots(base, self, visit, context);
            if (result) return result;
        }
        base = base->tp_base;
    }
    if (type->has(kManagedDict)) {
        int result = object_visit_instance_attributes(self, visit, context);
        if (result) return result;
    }
    if (type->tp_dictoffset != base->tp_dictoffset) {
        Object** slot = object_dict_pointer(self);
        if (slot) RS_VISIT(*slot, Edge::field("__dict__"));
    }
    if (type->has(kHeapType) && (!base_traverse || !base->has(kHeapType))) {
        RS_VISIT(type, Edge::at(EdgeKind::kType, 0));
    }
    return base_traverse ? base_traverse(self, visit, context) : 0;
}

int subtype_clear(Object* self) {
    Type* type = self->type;
    Type* base = type;
    InquiryFn base_clear;
    while ((base_clear = base->tp_clear) == subtype_clear) {
        if (base->size) clear_slots(base, self);
        base = base->tp_base;
    }
    if (type->has(kManagedDict)) object_clear_instance_attributes(self);
    if (type->tp_dictoffset != base->tp_dictoffset) {
        Object** slot = object_dict_pointer(self);
        if (slot) clear_ref(*slot);
    }
    return base_clear ? base_clear(self) : 0;
}

void object_call_finalizer(Object* self) {
    Type* type = self->type;
    if (!type->tp_finalize) return;
    bool collected = type->has(kHaveGc);
    if (collected && gc_is_finalized(self)) return;
    type->tp_finalize(self);
    if (collected) gc_set_finalized(self);
}

int object_call_finalizer_from_dealloc(Object* self) {
    RS_CHECK(refcount_of(self) == 0, "a finalizer is called at deallocation for an object that is held");
    set_refcount(self, 1);
    {
        // The reference of the resurrection has a named holder while Python code runs.
        RefNode dying(self);
        object_call_finalizer(self);
    }
    // Not a release: that would begin a second deallocation.
    set_refcount(self, refcount_of(self) - 1);
    if (refcount_of(self) == 0) return 0;
    if (events.resurrected) events.resurrected(self);
    return -1;
}

void subtype_dealloc(Object* self) {
    Type* type = self->type;
    Type* base = type;
    DestructorFn base_dealloc;
    if (!type->has(kHaveGc)) {
        if (type->tp_finalize && object_call_finalizer_from_dealloc(self) < 0) return;
        while ((base_dealloc = base->tp_dealloc) == subtype_dealloc) base = base->tp_base;
        type = self->type;
        bool release_type = type->has(kHeapType) && !base->has(kHeapType);
        base_dealloc(self);
        if (release_type) decref(type);
        return;
    }
    gc_untrack(self);
    if (!trash_begin(self)) return;
    while (base->tp_dealloc == subtype_dealloc) base = base->tp_base;
    bool has_finalizer = type->tp_finalize != nullptr;
    if (has_finalizer) {
        gc_track(self);
        if (object_call_finalizer_from_dealloc(self) < 0) {
            trash_end();
            return;
        }
        gc_untrack(self);
    }
    bool own_weaklist = type->tp_weaklistoffset && !base->tp_weaklistoffset;
    if (own_weaklist) {
        object_clear_weakrefs(self);
        // References made by the finalizer go without their callbacks.
        if (has_finalizer) {
            WeakrefObject** list = weakref_list_slot(self);
            while (*list) weakref_clear_ref(*list);
        }
    }
    base = type;
    while ((base_dealloc = base->tp_dealloc) == subtype_dealloc) {
        if (base->size) clear_slots(base, self);
        base = base->tp_base;
    }
    if (type->has(kManagedDict)) {
        Object** slot = managed_dict_slot(self);
        if (*slot) clear_ref(*slot);
        else object_free_instance_attributes(self);
    } else if (type->tp_dictoffset && !base->tp_dictoffset) {
        Object** slot = object_dict_pointer(self);
        if (slot) clear_ref(*slot);
    }
    type = self->type;
    if (base->has(kHaveGc)) gc_track(self);
    bool release_type = type->has(kHeapType) && !base->has(kHeapType);
    if (base == &object_type) {
        type->tp_free(self);  // all that object's tp_dealloc does
    } else {
        trash_enter_base(self);
        base_dealloc(self);
        trash_enter_base(nullptr);
    }
    if (release_type) decref(type);
    trash_end();
}

namespace {

// The base that brings the __dict__ when it is a static type with a getter of its own (a module, a function …).
Type* static_base_with_dict(Type* type) {
    while (type->tp_base) {
        if (type->tp_dictoffset != 0 && !type->has(kHeapType)) return type;
        type = type->tp_base;
    }
    return nullptr;
}

Object* dict_descriptor(Type* base) {
    Object* descriptor = type_lookup(base, ID(__dict__));
    return descriptor && descriptor_is_data(descriptor) ? descriptor : nullptr;
}

void raise_no_dict(Object* self) {
    err_format(exc::TypeError, "this __dict__ descriptor does not support '%.200s' objects", self->type->tp_name);
}

Owned get_instance_dict(Object* self, void* closure) {
    Type* base = static_base_with_dict(self->type);
    if (base) {
        Object* descriptor = dict_descriptor(base);
        if (!descriptor || !descriptor->type->tp_descr_get) {
            raise_no_dict(self);
            return nullptr;
        }
        auto held = share(descriptor);
        return descriptor->type->tp_descr_get(descriptor, self, self->type);
    }
    return object_generic_get_dict(self, closure);
}

int set_instance_dict(Object* self, Object* value, void*) {
    Type* base = static_base_with_dict(self->type);
    if (base) {
        Object* descriptor = dict_descriptor(base);
        if (!descriptor) {
            raise_no_dict(self);
            return -1;
        }
        auto held = share(descriptor);
        return descriptor->type->tp_descr_set(descriptor, self, value);
    }
    Object** slot = object_get_dict_ptr(self);
    if (!slot) {
        if (!err_occurred()) err_set_string(exc::AttributeError, "This object has no __dict__");
        return -1;
    }
    if (value && !dict_check(value)) {
        err_format(exc::TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", value->type->tp_name);
        return -1;
    }
    xincref(value);
    set_ref(*slot, value);
    return 0;
}

Owned get_weakref(Object* self, void*) {
    if (self->type->tp_weaklistoffset == 0) return err_set_string(exc::AttributeError, "This object has no __weakref__");
    Object* first = *reinterpret_cast<Object**>(reinterpret_cast<char*>(self) + self->type->tp_weaklistoffset);
    return newref(first ? first : none());
}

constexpr const char* kDictDoc = "dictionary for instance variables (if defined)";
constexpr const char* kWeakrefDoc = "list of weak references to the object (if defined)";

}  // namespace

const GetSetDef subtype_getset_full[] = {
    {"__dict__", get_instance_dict, set_instance_dict, kDictDoc},
    {"__weakref__", get_weakref, nullptr, kWeakrefDoc},
    {},
};
const GetSetDef subtype_getset_dict[] = {
    {"__dict__", get_instance_dict, set_instance_dict, kDictDoc},
    {},
};
const GetSetDef subtype_getset_weakref[] = {
    {"__weakref__", get_weakref, nullptr, kWeakrefDoc},
    {},
};

}  // namespace refscope::vm
