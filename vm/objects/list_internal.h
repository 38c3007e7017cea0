// What the files of list share. For vm/objects/list*.cpp only.
#pragma once

#include "vm/objects/list.h"

namespace refscope::vm {

Owned list_new_with_room(intptr_t room);  // size 0; the array's contents are unset
// What split() reserves for a limit of that many cuts: the sizes of its lists show it.
inline intptr_t split_room(intptr_t max_count) { return max_count >= 12 ? 12 : max_count + 1; }
int list_preallocate_exact(ListObject* list, intptr_t size);
void list_fill_methods(Type& type);

}  // namespace refscope::vm
