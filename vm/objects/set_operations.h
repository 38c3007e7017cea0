// The algebra of sets. `self` is a set or frozenset, `other` any iterable unless stated. For vm/objects/set*.cpp.
#pragma once

#include "vm/objects/set.h"

namespace refscope::vm {

// New sets of the base type of `self`.
Owned set_copy(Object* self);
Owned set_intersection(Object* self, Object* other);
Owned set_difference(Object* self, Object* other);
Owned set_symmetric_difference(Object* self, Object* other);
// Changes of `self`: 0, or -1 with an exception.
int set_difference_update(Object* self, Object* other);
int set_symmetric_difference_update(Object* self, Object* other);
// 1, 0, or -1 with an exception.
int set_is_disjoint(Object* self, Object* other);
int set_is_subset(Object* self, Object* other);
int set_is_superset(Object* self, Object* other);
Owned set_rich_compare(Object* left, Object* right, int op);

}  // namespace refscope::vm
