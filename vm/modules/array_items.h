// The item types of array.array: how one item is read and written. For vm/modules/array_*.cpp only.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct ArrayKind {
    char typecode;
    int item_size;
    Owned (*get)(const char* item);
    int (*set)(char* item, Object* value);  // -1 with an exception; the item is unchanged
    const char* format;                     // of the buffer protocol
    int machine_code;                       // of _array_reconstructor
};

const ArrayKind* array_kind(char32_t typecode);  // nullptr: no such typecode
const ArrayKind* array_kinds();                  // ended by a typecode of 0

}  // namespace refscope::vm
