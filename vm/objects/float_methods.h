// The tables of float's methods and attributes, for float.cpp.
#pragma once

#include "vm/heap/type.h"

namespace refscope::vm {

extern const MethodDef float_methods[];
extern const GetSetDef float_getset[];

}  // namespace refscope::vm
