// The module math: functions of floats in math_module.cpp, of ints in math_integers.cpp, sums in math_sums.cpp.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

Owned create_math_module();

extern const MethodDef math_integer_functions[];
extern const MethodDef math_sum_functions[];

// The value of a real number (an int, a float, anything with __float__ or __index__). False: an exception is pending.
bool math_double(Object* argument, double* result);
Owned err_math_domain();
Owned err_math_range();

}  // namespace refscope::vm
