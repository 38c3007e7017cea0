// Attributes: the general way, which also fills the inline caches that the loop reads.
#include <cstddef>

#include "vm/heap/collector_state.h"
#include "vm/interpreter/attribute_cache.h"
#include "vm/interpreter/ops.h"
#include "vm/objects/abstract.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/module_object.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

// After so many misses an instruction is filled only now and then: it sees too many types for two entries.
constexpr int kMissesBeforeRests = 32;
constexpr int kRest = 63;

void cache_as(AttributeCache* cache, CacheKind kind, Type* type, intptr_t index, Object* descriptor = nullptr, uint32_t keys_version = 0) {
    cache->kind = kind;
    cache->type_version = type->tp_version_tag;
    cache->index = static_cast<uint32_t>(index);
    cache->descriptor = descriptor;
    cache->keys_version = keys_version;
}

// Makes room in the first entry. False: not this time.
bool may_cache(AttributeCache* cache) {
    uint16_t misses = ++cache->misses;
    if (misses > kMissesBeforeRests && (misses & kRest) != 0) return false;
    if (cache[0].kind != CacheKind::kEmpty) cache[1] = cache[0];
    cache[0].kind = CacheKind::kEmpty;
    cache[0].type_version = 0;
    return true;
}

// The entry of an exact dict of str keys that holds `name`, or -1.
intptr_t entry_of(Object* dict, Object* name) {
    if (!dict || !dict_check_exact(dict) || as_dict(dict)->keys->kind != KeysKind::kUnicode) return -1;
    return keys_lookup_unicode(as_dict(dict)->keys, name, str_hash_fast(name));
}

bool cache_instance_attribute(AttributeCache* cache, Object* owner, Object* name) {
    Type* type = owner->type;
    if (!type->has(kManagedDict)) return false;
    if (DictValues* values = *managed_values_slot(owner)) {
        intptr_t index = keys_lookup_unicode(type->ht_cached_keys, name, str_hash_fast(name));
        if (index < 0 || !values->values[index]) return false;
        cache_as(cache, CacheKind::kInstanceValue, type, index);
        return true;
    }
    intptr_t index = entry_of(*managed_dict_slot(owner), name);
    if (index < 0) return false;
    cache_as(cache, CacheKind::kInstanceDict, type, index);
    return true;
}

const MemberDef* slot_member(Object* descriptor) {
    if (!descriptor || descriptor->type != &member_descriptor_type) return nullptr;
    const MemberDef* member = static_cast<MemberDescriptorObject*>(descriptor)->d_member;
    return member->kind == MemberKind::kObjectEx ? member : nullptr;
}

bool cache_module_attribute(AttributeCache* cache, Object* owner, Object* name) {
    if (owner->type != &module_type) return false;
    intptr_t index = entry_of(module_dict(owner), name);
    if (index < 0 || !type_assign_version_tag(owner->type)) return false;
    cache_as(cache, CacheKind::kModuleDict, owner->type, index);
    return true;
}

// The version of the shared keys when `name` is not among them: an instance cannot hide the class's attribute.
uint32_t hiding_version(Object* owner, Object* name) {
    Type* type = owner->type;
    if (!type->has(kManagedDict) || !type->ht_cached_keys || !*managed_values_slot(owner)) return 0;
    if (keys_lookup_unicode(type->ht_cached_keys, name, str_hash_fast(name)) >= 0) return 0;
    return keys_get_version(type->ht_cached_keys);
}

void fill_load(AttributeCache* cache, Object* owner, Object* name) {
    if (!may_cache(cache) || cache_module_attribute(cache, owner, name)) return;
    Type* type = owner->type;
    if (type->tp_getattro != object_generic_get_attr || !type_assign_version_tag(type)) return;
    Object* descriptor = type_lookup(type, name);
    if (const MemberDef* member = slot_member(descriptor)) {
        if (type_is_subtype(type, static_cast<DescriptorObject*>(descriptor)->d_type)) cache_as(cache, CacheKind::kSlot, type, member->offset);
        return;
    }
    if (descriptor && descriptor_is_data(descriptor)) return;
    if (cache_instance_attribute(cache, owner, name)) return;
    if (!descriptor || descriptor->type->tp_descr_get) return;
    if (uint32_t version = hiding_version(owner, name)) cache_as(cache, CacheKind::kClassValue, type, 0, descriptor, version);
}

void fill_store(AttributeCache* cache, Object* owner, Object* name) {
    if (!may_cache(cache)) return;
    Type* type = owner->type;
    if (type->tp_setattro != object_generic_set_attr || !type_assign_version_tag(type)) return;
    Object* descriptor = type_lookup(type, name);
    if (const MemberDef* member = slot_member(descriptor)) {
        if (!member->readonly && type_is_subtype(type, static_cast<DescriptorObject*>(descriptor)->d_type)) {
            cache_as(cache, CacheKind::kSlot, type, member->offset);
        }
        return;
    }
    if (descriptor && descriptor_is_data(descriptor)) return;
    cache_instance_attribute(cache, owner, name);
}

void fill_method(AttributeCache* cache, Object* owner, Object* name) {
    if (!may_cache(cache) || cache_module_attribute(cache, owner, name)) return;
    Type* type = owner->type;
    if (type->tp_getattro != object_generic_get_attr || !type_assign_version_tag(type)) return;
    Object* descriptor = type_lookup(type, name);
    if (!descriptor || !descriptor->type->has(kMethodDescriptor)) return;
    if (type->tp_dictoffset == 0 && !type->has(kManagedDict)) {
        cache_as(cache, CacheKind::kMethodNoDict, type, 0, descriptor);
    } else if (uint32_t version = hiding_version(owner, name)) {
        cache_as(cache, CacheKind::kMethodValues, type, 0, descriptor, version);
    }
}

}  // namespace

bool op_load_attr(Frame* frame, const Instruction* pc) {
    Object *owner = operand(frame, pc->a), *name = name_at(frame, pc->imm);
    Owned value = object_get_attr(owner, name);
    frame->in_flight = value;
    if (value) fill_load(attribute_cache(pc), owner, name);
    consume(frame, pc->a);
    return value != nullptr;
}

bool op_store_attr(Frame* frame, const Instruction* pc) {
    Object *owner = operand(frame, pc->b), *name = name_at(frame, pc->imm);
    bool ok = object_set_attr(owner, name, operand(frame, pc->a)) == 0;
    if (ok) fill_store(attribute_cache(pc), owner, name);
    consume(frame, pc->a);
    consume(frame, pc->b);
    return ok;
}

bool op_delete_attr(Frame* frame, const Instruction* pc) {
    bool ok = object_set_attr(operand(frame, pc->a), name_at(frame, pc->imm), nullptr) == 0;
    consume(frame, pc->a);
    return ok;
}

bool op_load_method(Frame* frame, const Instruction* pc) {
    Object *owner = operand(frame, pc->a), *name = name_at(frame, pc->imm);
    Object* method = nullptr;
    int unbound = object_get_method(owner, name, &method);
    if (!method) return false;
    frame->in_flight = method;
    fill_method(attribute_cache(pc), owner, name);
    if (unbound) {
        Object* self = take(frame, pc->a);
        drop_shadows(frame);
        frame->in_flight = nullptr;
        frame->registers[pc->dst] = method;
        frame->registers[pc->dst + 1] = self;
    } else {
        consume(frame, pc->a);
        drop_shadows(frame);
        frame->in_flight = nullptr;
        frame->registers[pc->dst] = nullptr;
        frame->registers[pc->dst + 1] = method;
    }
    return true;
}

}  // namespace refscope::vm
