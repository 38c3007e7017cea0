// The text of ast.dump(tree, include_attributes=True), for tests and people.
#pragma once

#include <string>
#include <string_view>

#include "vm/syntax/ast.h"

namespace refscope::syntax {

std::string dump(const Node& node, bool include_attributes = true);

// repr() of a Python str (WTF-8), bytes and float.
std::string python_repr_str(std::string_view text);
std::string python_repr_bytes(std::string_view bytes);
std::string python_repr_float(double value);

}  // namespace refscope::syntax
