// The attributes that an object stores itself: in inline values, its dict and its slots; never what a property or a descriptor would
// compute. Borrowed; heap thread, at a stop.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vm/heap/object.h"

namespace refscope::vm {

std::vector<std::pair<std::string, Object*>> stored_attributes(Object* object);
Object* stored_attribute(Object* object, const char* name);  // nullptr: none of that name

}  // namespace refscope::vm
