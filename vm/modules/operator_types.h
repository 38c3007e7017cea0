// The types of module _operator.
#pragma once

#include "vm/heap/type.h"

namespace refscope::vm {

extern Type item_getter_type, attribute_getter_type, method_caller_type;  // operator_getters.cpp
int init_operator_types();

}  // namespace refscope::vm
