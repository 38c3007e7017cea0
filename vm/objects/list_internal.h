// What the files of list share. For vm/objects/list*.cpp only.
#pragma once

#include "vm/objects/list.h"

namespace refscope::vm {

Owned list_new_with_room(intptr_t room);  // size 0; the array's contents are unset
int list_preallocate_exact(ListObject* list, intptr_t size);
void list_fill_methods(Type& type);

}  // namespace refscope::vm
