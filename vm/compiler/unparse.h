// Source text of an expression, in the one form that CPython gives it: what annotations become under
// `from __future__ import annotations`. Takes parsed trees, not folded ones.
#pragma once

#include <string>

#include "vm/syntax/ast.h"

namespace refscope::compiler {

std::string unparse(const syntax::ExprNode* node);

}  // namespace refscope::compiler
