// memoryview: a window on another object's buffer, and the managed buffer that views of one export share.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

extern Type memoryview_type;
extern Type managed_buffer_type;

inline bool memoryview_check(const Object* object) { return object->type == &memoryview_type; }
Owned memoryview_from_object(Object* exporter);
// A view of memory that the caller keeps alive (io's readinto).
Owned memoryview_from_memory(char* memory, intptr_t size, bool writable);

int init_memoryview_types();

}  // namespace refscope::vm
