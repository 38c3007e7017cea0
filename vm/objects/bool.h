// bool: two static ints.
#pragma once

#include "vm/objects/int.h"

namespace refscope::vm {

extern Type bool_type;
extern IntObject true_object;
extern IntObject false_object;

inline Object* py_true() { return &true_object; }
inline Object* py_false() { return &false_object; }
inline Object* bool_of(bool value) { return value ? &true_object : &false_object; }  // borrowed
inline Owned bool_from(bool value) { return newref(bool_of(value)); }
inline bool bool_check(const Object* object) { return object->type == &bool_type; }

int init_bool_types();

}  // namespace refscope::vm
