// Backslashes in string literals that mean nothing, such as '\d': CPython 3.11 gives a DeprecationWarning for the first one of
// each literal.
#pragma once

#include <string_view>
#include <vector>

#include "vm/compiler/compile.h"
#include "vm/syntax/ast.h"

namespace refscope::compiler {

/// `range` is that of one or more adjacent string literals in `source`.
void warn_of_invalid_escapes(std::string_view source, const syntax::Range& range, std::vector<CompileWarning>& warnings);

}  // namespace refscope::compiler
