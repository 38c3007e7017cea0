// Which variable the name at a place is: its scope, told in the way a running program knows it. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vm/syntax/ast.h"

namespace refscope::lsp::live {

struct VariableAt {
    std::string name;
    syntax::Range range;
    // First line of the function, class or comprehension whose variable it is, as `co_firstlineno` has it (the first decorator counts);
    // 0: a global or a built-in.
    int scope_line = 0;
};

// Nothing when no name stands there, or the file has an error that leaves its scopes open.
std::optional<VariableAt> variable_at(const syntax::Module& module, std::uint32_t offset);

}  // namespace refscope::lsp::live
