// Inline caches of attribute instructions: the two instruction slots behind LOAD_ATTR, STORE_ATTR and LOAD_METHOD.
#pragma once

#include <cstdint>

#include "vm/bytecode/register_code.h"
#include "vm/heap/object.h"

namespace refscope::vm {

enum class CacheKind : uint8_t {
    kEmpty,
    kGivenUp,        // missed too often
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
    uint8_t misses;
    uint16_t unused;
    uint32_t index;
    uint32_t keys_version;
    Object* descriptor;  // borrowed from the type: valid while its version is
    void* spare;
};
static_assert(sizeof(AttributeCache) == 2 * sizeof(bytecode::Instruction));

inline AttributeCache* attribute_cache(const bytecode::Instruction* pc) {
    return reinterpret_cast<AttributeCache*>(const_cast<bytecode::Instruction*>(pc + 1));
}

}  // namespace refscope::vm
