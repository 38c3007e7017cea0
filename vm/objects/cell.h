// cell: a variable shared by a function and its closures.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct CellObject : Object {
    Object* ob_ref;  // nullptr: unbound
};
extern Type cell_type;
inline bool cell_check(const Object* o) { return o->type == &cell_type; }
Owned cell_new(Object* value_or_null);
Owned cell_get(Object* cell);             // new reference or nullptr without exception
void cell_set(Object* cell, Object* value_or_null);

int init_cell_type();

}  // namespace refscope::vm
