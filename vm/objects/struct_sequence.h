// Tuples with named fields, as sys.flags and time.struct_time are (PyStructSequence).
//
// A description says which fields there are; the first `in_sequence` of them are items, the rest attributes only.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct StructField {
    const char* name;  // nullptr ends the table; kUnnamedField: an item without a name
    const char* doc;
};
extern const char* const kUnnamedField;

struct StructDescription {
    const char* name;  // "module.name"; must outlive the type
    const char* doc;
    const StructField* fields;
    int in_sequence;
};

// Readies a static type. `disallow_instantiation`: as sys.flags. -1 with an exception.
int struct_sequence_init_type(Type* type, const StructDescription& description, bool disallow_instantiation = false);
Owned struct_sequence_new(Type* type);  // items null: fill all with struct_sequence_set_item
void struct_sequence_set_item(Object* sequence, intptr_t index, Object* stolen);

}  // namespace refscope::vm
