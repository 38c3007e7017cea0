// bytearray: a growable block of bytes that cannot be resized while a buffer of it is lent out.
#pragma once

#include <cstddef>
#include <string_view>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct ByteArrayObject : VarObject {
    intptr_t allocated;
    char* block;   // owned
    char* start;   // first byte, inside the block
    intptr_t exports;
};

extern Type bytearray_type;
extern Type bytearray_iterator_type;

inline bool bytearray_check(const Object* object) { return is_instance_of(object, &bytearray_type); }
inline bool bytearray_check_exact(const Object* object) { return object->type == &bytearray_type; }
inline intptr_t bytearray_size(const Object* object) { return static_cast<const VarObject*>(object)->size; }
char* bytearray_data(Object* object);  // never nullptr
Owned bytearray_from_data(const char* data_or_null, intptr_t size);
Owned bytearray_from_object(Object* object);
int bytearray_resize(Object* object, intptr_t size);

int init_bytearray_types();

}  // namespace refscope::vm
