// Values of the standard library's classes that have a face of their own: a dataclass shows its fields, an Enum member its name. They are
// known by who wrote their `__repr__` (the library, not the program), so that what a view shows is what repr() would give, without
// running it. Borrowed; heap thread, at a stop.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vm/heap/object.h"

namespace refscope::vm {

bool is_named_tuple(Object* object);
bool is_dataclass_instance(Object* object);
bool is_enum_member(Object* object);
bool is_enum_class(Object* object);
bool is_deque(Object* object);

// Of a dataclass those with repr=True, of a named tuple all.
std::vector<std::pair<std::string, Object*>> library_fields(Object* object);
std::vector<Object*> deque_items(Object* deque);
// What makes a defaultdict's missing values: None without one; nullptr: it is none.
Object* default_factory(Object* object);

enum class WeakContainer { kNone, kValues, kKeys, kSet };
WeakContainer weak_container(Object* object);
// nullptr: dead, or not a weak reference.
Object* weak_referent(Object* reference);

}  // namespace refscope::vm
