// Constants while compiling: the pool in which equal constants of one compilation unit become one, and arithmetic on
// constants with the results of Python's own operators. A pool belongs to one compilation.
#pragma once

#include <optional>
#include <unordered_set>

#include "vm/bytecode/code_unit.h"
#include "vm/syntax/ast.h"

namespace refscope::compiler {

using bytecode::Constant;
using bytecode::ConstantRef;

class ConstantPool {
  public:
    /// The one constant that stands for all that are equal to this one; the inside of tuples and frozensets is merged too.
    ConstantRef merge(const ConstantRef& constant);
    /// The same without looking inside.
    ConstantRef merge_one(const ConstantRef& constant);

  private:
    struct Hash {
        size_t operator()(const ConstantRef& c) const { return bytecode::hash_constant(*c); }
    };
    struct Equal {
        bool operator()(const ConstantRef& a, const ConstantRef& b) const { return bytecode::same_constant(*a, *b); }
    };
    std::unordered_set<ConstantRef, Hash, Equal> known_;
};

/// bool(constant).
bool is_true(const Constant& constant);
/// a == b as Python sees it: 1, 1.0 and True are equal.
bool python_equal(const Constant& a, const Constant& b);
/// The type's name: "int", "NoneType", "ellipsis".
std::string_view type_name(const Constant& constant);
/// ASCII letters, digits and underscores only: CPython interns such strings when they are constants.
bool looks_like_name(std::string_view text);

/// The result of an operator on constants; null if Python raises or the result is too large to keep in a code object.
ConstantRef fold_unary(syntax::UnaryOperator op, const Constant& operand);
ConstantRef fold_binary(syntax::Operator op, const ConstantRef& left, const ConstantRef& right);
ConstantRef fold_subscript(const Constant& value, const Constant& index);
/// frozenset(items): of equal items the first stays.
ConstantRef make_frozenset(const std::vector<ConstantRef>& items);

}  // namespace refscope::compiler
