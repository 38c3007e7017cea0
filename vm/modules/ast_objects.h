// The syntax tree as the objects of the module `ast`: what compile() gives with PyCF_ONLY_AST. nullptr: an exception is pending.
#pragma once

#include "vm/heap/object.h"
#include "vm/syntax/ast.h"

namespace refscope::vm {

Owned ast_objects(const syntax::ModNode& tree);

}  // namespace refscope::vm
