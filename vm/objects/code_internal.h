// What code_object.cpp and code_replace.cpp share. Nobody else includes it.
#pragma once

#include "vm/bytecode/code_unit.h"
#include "vm/heap/object.h"

namespace refscope::vm {

// The objects of a code object that may differ from what its unit alone would give: constants of any kind, subclasses of str.
struct CodeParts {
    Ref<> consts, filename, name, qualname;
};
Owned code_from_parts(const bytecode::CodeUnitRef& unit, CodeParts& parts);

Owned code_replace(Object* code, Object* const* args, intptr_t nargs, Object* kwnames);  // code_replace.cpp

}  // namespace refscope::vm
