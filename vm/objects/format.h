// The format mini-language (PEP 3101) for str, int, float and complex, and str.format.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

// object.__format__(spec) for exact types and subclasses; `spec` is a str.
Owned str_format_spec(Object* text, Object* spec);
Owned int_format_spec(Object* value, Object* spec);
Owned float_format_spec(Object* value, Object* spec);
Owned complex_format_spec(Object* value, Object* spec);
// str.format(*args, **kwargs) and str.format_map(mapping).
Owned str_format_fields(Object* format, Object* const* args, intptr_t nargs, Object* mapping_or_null);
// The iterators behind string.Formatter.
Owned str_formatter_parser(Object* format, Object* unused);
Owned str_formatter_field_name_split(Object* name);

int init_format_types();

}  // namespace refscope::vm
