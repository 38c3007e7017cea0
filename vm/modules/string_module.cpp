// The module _string: what string.Formatter is built on.
#include "vm/objects/format.h"
#include "vm/objects/module_object.h"

namespace refscope::vm {

Owned create_string_module();

namespace {

Owned parser(Object*, Object* format) { return str_formatter_parser(format, nullptr); }
Owned field_name_split(Object*, Object* name) { return str_formatter_field_name_split(name); }

const MethodDef functions[] = {
    method_def("formatter_parser", parser, kMethO),
    method_def("formatter_field_name_split", field_name_split, kMethO),
    {nullptr, nullptr, 0},
};

}  // namespace

Owned create_string_module() { return module_create("_string", nullptr, functions); }

}  // namespace refscope::vm
