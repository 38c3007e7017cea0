// The compiler's entry: a parsed tree in, a code unit or a SyntaxError out. Pure: it reads the tree and options and touches
// nothing else, so the language server may call it on any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vm/bytecode/code_unit.h"
#include "vm/syntax/ast.h"

namespace refscope::compiler {

struct CompileOptions {
    int optimize = 0;                    // 0, 1 (-O), 2 (-OO)
    uint32_t inherited_flags = 0;        // __future__ bits of the code that calls compile()
    bool allow_top_level_await = false;  // ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
};

struct CompileError {
    std::string type;     // "SyntaxError" or "RecursionError"
    std::string message;
    bytecode::Position at;  // SyntaxError.offset is column + 1; a line of -1: no position
    std::string text;     // the line of the source, with its end of line
};

/// Given to warnings.warn_explicit by the caller; `category` is "SyntaxWarning" or "DeprecationWarning".
struct CompileWarning {
    std::string category;
    std::string message;
    bytecode::Position at;
};

struct CompileResult {
    bytecode::CodeUnitRef code;          // null exactly if there is an error
    std::optional<CompileError> error;
    std::vector<CompileWarning> warnings;  // in the order of their discovery, also those before an error
};

/// `tree` is a Module ('exec'), Expression ('eval') or Interactive ('single'), without error nodes.
CompileResult compile(const syntax::ModNode& tree, std::string_view source, std::string_view filename,
                      const CompileOptions& options = {});

}  // namespace refscope::compiler
