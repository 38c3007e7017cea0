// The methods of bytearray that change it; bytes_methods.cpp puts them into the type's table.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

Owned bytearray_alloc(Object* self, Object*);
Owned bytearray_reduce(Object* self, Object*);
Owned bytearray_reduce_ex(Object* self, Object* const* args, intptr_t nargs);
Owned bytearray_size_of(Object* self, Object*);
Owned bytearray_append(Object* self, Object* item);
Owned bytearray_clear(Object* self, Object*);
Owned bytearray_copy(Object* self, Object*);
Owned bytearray_extend(Object* self, Object* iterable);
Owned bytearray_insert(Object* self, Object* const* args, intptr_t nargs);
Owned bytearray_pop(Object* self, Object* const* args, intptr_t nargs);
Owned bytearray_remove(Object* self, Object* value);
Owned bytearray_reverse(Object* self, Object*);

}  // namespace refscope::vm
