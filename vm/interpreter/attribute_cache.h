// Inline caches of attribute instructions: the four instruction slots behind LOAD_ATTR, STORE_ATTR and LOAD_METHOD hold two
// entries, for the two types of owner seen last.
#pragma once

#include <cstdint>

#include "vm/bytecode/register_code.h"
#include "vm/heap/object.h"

namespace refscope::vm {

enum class CacheKind : uint8_t {
    kEmpty,
    kInstanceValue,  // values[index] of an instance with shared keys
    kInstanceDict,   // entry `index` of the instance's own dict, whose key is the name
    kSlot,           // the object at byte offset `index`
    kModuleDict,     // entry `index` of the module's dict
    kMethodNoDict,   // `descriptor`: function of a type whose instances have no dict
    kMethodValues,   // `descriptor`: function; the shared keys (keys_version) do not hide it
    kClassValue,     // `descriptor`: plain attribute of the class; the shared keys do not hide it
};

struct AttributeCache {
    uint32_t type_version;
    CacheKind kind;
    uint8_t unused;
    uint16_t misses;  // of the first entry: misses of the instruction
    uint32_t index;
    uint32_t keys_version;
    Object* descriptor;  // borrowed from the type: valid while its version is
    void* spare;
};
static_assert(sizeof(AttributeCache) == 2 * sizeof(bytecode::Instruction));

inline constexpr int kAttributeCacheSlots = 4;

inline AttributeCache* attribute_cache(const bytecode::Instruction* pc) {
    return reinterpret_cast<AttributeCache*>(const_cast<bytecode::Instruction*>(pc + 1));
}
// The entry for owners of this type version, or one that does not fit.
inline const AttributeCache* attribute_entry(const bytecode::Instruction* pc, uint32_t version) {
    const AttributeCache* cache = attribute_cache(pc);
    return cache->type_version == version ? cache : cache + 1;
}

}  // namespace refscope::vm
