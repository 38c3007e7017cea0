// The tree that code is generated from: a copy of the parsed one (which an editor may hold as well) in which constants are
// folded as CPython's optimizer folds them. Lives for one compilation; names and texts still lie in the parsed
// tree.
#pragma once

#include <functional>
#include <vector>

#include "vm/base/arena.h"
#include "vm/compiler/constants.h"
#include "vm/compiler/failure.h"
#include "vm/syntax/ast.h"

namespace refscope::compiler {

/// Every Constant of the folded tree is one of these; tuples and frozensets occur too.
struct FoldedConstant : syntax::Constant {
    ConstantRef value;
};
inline const bytecode::Constant& constant_value(const syntax::ExprNode* node) {
    return *static_cast<const FoldedConstant*>(node)->value;
}
inline const ConstantRef& constant_ref(const syntax::ExprNode* node) {
    return static_cast<const FoldedConstant*>(node)->value;
}

struct FoldOptions {
    int optimize = 0;                  // -O level: decides __debug__
    bool annotations_are_text = false;  // from __future__ import annotations: they stay as written
};

/// Told of each literal of the parsed tree, f-strings included; adjacent strings are one.
using LiteralVisitor = std::function<void(const syntax::ExprNode*)>;

/// A copy of `tree` in `arena`, folded. Throws CompileFailure when it is nested too deeply.
syntax::ModNode* fold_tree(const syntax::ModNode* tree, base::Arena& arena, const FoldOptions& options,
                           const LiteralVisitor& literal);

/// The expression of the docstring, if the body starts with one.
const FoldedConstant* docstring_of(const base::Sequence<syntax::StmtNode*>& body);

/// The plain value of a parsed constant.
ConstantRef constant_of(const syntax::Constant& node);

}  // namespace refscope::compiler
