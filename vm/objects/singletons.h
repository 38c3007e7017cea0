// None, Ellipsis, NotImplemented: static objects, borrowed through the functions below.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

extern Type none_type;
extern Type ellipsis_type;
extern Type not_implemented_type;
extern Object none_object;
extern Object ellipsis_object;
extern Object not_implemented_object;

inline Object* none() { return &none_object; }
inline Object* ellipsis() { return &ellipsis_object; }
inline Object* not_implemented() { return &not_implemented_object; }
inline bool is_none(const Object* object) { return object == &none_object; }
inline Owned new_none() { return newref(none()); }
inline Owned new_not_implemented() { return newref(not_implemented()); }

// CPython 3.11 starts small ints, latin-1 characters, '', b'' and one-byte bytes at a count of 999999999, which
// sys.getrefcount must add. (None, True and the like are ordinary counted objects there.)
bool starts_at_immortal_count(const Object* object);

int init_singleton_types();

}  // namespace refscope::vm
