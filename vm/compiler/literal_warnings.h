// What CPython 3.11 warns of while it reads literals: backslashes that mean nothing, such as '\d' (the first one of each
// literal), and numbers that run into a keyword, such as `1if x else 2`.
#pragma once

#include <string_view>
#include <vector>

#include "vm/compiler/compile.h"
#include "vm/syntax/ast.h"

namespace refscope::compiler {

/// The literal that `node` stands for; `node` is a Constant or a JoinedStr of the parsed tree.
void warn_of_literal(std::string_view source, const syntax::ExprNode* node, std::vector<CompileWarning>& warnings);

}  // namespace refscope::compiler
