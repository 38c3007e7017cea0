// Diagnostic: a syntax error as CPython 3.11 words and places it. A plain value that owns its
// strings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vm/syntax/ast.h"

namespace refscope::syntax {

enum class DiagnosticKind : std::uint8_t {
    SyntaxError,
    IndentationError,
    TabError,
    MemoryError,  // nested too deeply for the parser; CPython raises MemoryError without a message
    RecursionError,  // a chain such as a + a + ... whose tree is too deep to be walked
};
std::string_view diagnostic_kind_name(DiagnosticKind kind);

struct Diagnostic {
    DiagnosticKind kind = DiagnosticKind::SyntaxError;
    std::string message;
    Range range;  // where an editor underlines; never reversed, maybe empty

    // The attributes of the SyntaxError: characters from 1. CPython leaves some ends at 0 or -1.
    int lineno = 0;
    int offset = 0;
    int end_lineno = 0;
    int end_offset = 0;
    std::string
        text;  // SyntaxError.text, where it is not the line of the source (inside an f-string)

    bool lexical = false;  // the tokenizer's: the last line of the source then has no end of line in SyntaxError.text

    std::string suggestion;  // what to write instead, when the error names it: "print(...)", "=="
};

}  // namespace refscope::syntax
