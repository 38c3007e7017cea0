#include "vm/inspect/stored_attributes.h"

#include "vm/heap/collector_state.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/dict_keys.h"
#include "vm/objects/object.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

std::vector<std::pair<std::string, Object*>> stored_attributes(Object* object) {
    std::vector<std::pair<std::string, Object*>> found;
    Type* type = object->type;
    Object* dict = nullptr;
    if (type->has(kManagedDict)) {
        if (DictValues* values = *managed_values_slot(object)) {
            for (int i = 0; i < values_used(values); ++i) {
                int index = values_order(values, i);
                Object* value = values->values[index];
                if (!value) continue;
                std::string name = str_to_utf8(keys_key_at(type->ht_cached_keys, index));
                found.emplace_back(name, value);
            }
        } else {
            dict = *managed_dict_slot(object);
        }
    } else if (Object** pointer = object_dict_pointer(object)) {
        dict = *pointer;
    }
    if (dict) {
        intptr_t position = 0;
        Object *key, *value;
        while (dict_next(dict, &position, &key, &value)) {
            if (str_check(key)) found.emplace_back(str_to_utf8(key), value);
        }
    }
    for (Type* owner = type; owner && owner->has(kHeapType); owner = owner->tp_base) {
        intptr_t position = 0;
        Object *key, *value;
        while (owner->tp_dict && dict_next(owner->tp_dict, &position, &key, &value)) {
            if (value->type != &member_descriptor_type || !str_check(key)) continue;
            const MemberDef* member = static_cast<MemberDescriptorObject*>(value)->d_member;
            if (member->kind != MemberKind::kObjectEx) continue;
            Object* held = *reinterpret_cast<Object**>(reinterpret_cast<char*>(object) + member->offset);
            if (held) found.emplace_back(str_to_utf8(key), held);
        }
    }
    return found;
}

Object* stored_attribute(Object* object, const char* wanted) {
    for (auto& [name, value] : stored_attributes(object)) {
        if (name == wanted) return value;
    }
    return nullptr;
}

}  // namespace refscope::vm
