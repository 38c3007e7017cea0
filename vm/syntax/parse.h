// The one entry to the front end: source text in, syntax tree and diagnostics out.
//
// Strict mode is for compiling: the tree, or exactly one diagnostic, the error CPython 3.11 raises
// for this text. Tolerant mode is for editors: always a tree; what could not be read is ErrorExpr
// or ErrorStmt, and each broken statement has a diagnostic. Errors that CPython finds after parsing
// (`return` outside a function, a duplicate argument) are the compiler's. The result owns its tree;
// the SourceText may go. Reentrant: any thread may parse, results are independent.
#pragma once

#include <vector>

#include "vm/base/arena.h"
#include "vm/base/source_text.h"
#include "vm/syntax/ast.h"
#include "vm/syntax/diagnostic.h"

namespace refscope::syntax {

enum class ParseMode : std::uint8_t {
    Exec,    // a file: Module
    Eval,    // one expression: Expression
    Single,  // one interactive statement: Interactive
};

struct ParseOptions {
    ParseMode mode = ParseMode::Exec;
    bool tolerant = false;
    // Nesting at which parsing gives up with DiagnosticKind::MemoryError, CPython's limit. One
    // level takes less than 1 kB of C++ stack in a release build.
    int max_depth = 6000;
};

struct ParseResult {
    base::Arena arena;
    ModNode* tree = nullptr;              // null only after an error in strict mode
    std::vector<Diagnostic> diagnostics;  // in the order of the source

    bool ok() const { return diagnostics.empty(); }
};

ParseResult parse(const base::SourceText& source, const ParseOptions& options = {});

}  // namespace refscope::syntax
