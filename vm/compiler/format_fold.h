// "%s and %r" % (a, b) with a constant format becomes an f-string: no tuple is built and no format parsed at run time.
#pragma once

#include "vm/base/arena.h"
#include "vm/bytecode/code_unit.h"
#include "vm/syntax/ast.h"

namespace refscope::compiler {

/// The f-string, or null if the format has anything but %s, %r, %a with width and precision, or the numbers of fields and
/// items differ. Its range is left to the caller.
syntax::JoinedStr* fold_format(const bytecode::Constant& format, const base::Sequence<syntax::ExprNode*>& items,
                               base::Arena& arena);

}  // namespace refscope::compiler
