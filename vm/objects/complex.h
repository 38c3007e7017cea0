// complex: two doubles.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct ComplexValue {
    double real, imaginary;
};
struct ComplexObject : Object {
    ComplexValue value;
};

extern Type complex_type;

Owned complex_new(ComplexValue value);
inline Owned complex_from_doubles(double real, double imaginary) { return complex_new({real, imaginary}); }
inline bool complex_check(const Object* object) { return is_instance_of(object, &complex_type); }
inline bool complex_check_exact(const Object* object) { return object->type == &complex_type; }
// __complex__, then float(); {-1, 0} with an exception pending on failure.
ComplexValue complex_as_value(Object* object);

int init_complex_types();

}  // namespace refscope::vm
