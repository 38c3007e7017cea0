// The lexer: turns a SourceText into tokens, in one go.
//
// In strict mode it stops at the first error, as CPython's tokenizer does, and the last token is
// then TokenKind::Error. In tolerant mode it goes on: every error is recorded and leaves an Error
// token (an indentation error leaves the nearest fitting Indent or Dedent), a bracket that is never
// closed ends before the next line that starts a statement, an unterminated string ends with its
// line. The stream borrows the source. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vm/base/source_text.h"
#include "vm/syntax/diagnostic.h"
#include "vm/syntax/parse.h"
#include "vm/syntax/token.h"

namespace refscope::syntax {

struct OpenBracket {
    char bracket = '(';
    std::int32_t lineno = 0;
    std::int32_t col_offset = 0;
    std::uint32_t offset = 0;
};

struct LexicalError {
    Diagnostic diagnostic;
    // CPython's tokenizer raises some errors itself; those win over what the parser found before.
    // The others (indentation, end of file) count only when the parser gets there.
    bool raised = false;
    std::uint32_t token = 0;  // index of the token that stands for it
    // The text ended too early: in open brackets or behind a backslash.
    bool at_end_of_file = false;
};

struct TokenStream {
    std::vector<Token> tokens;  // always ends in EndMarker or, in strict mode, Error
    std::vector<LexicalError> errors;
    std::vector<OpenBracket> open_brackets;  // where lexing stopped
};

TokenStream tokenize(const base::SourceText& source, ParseMode mode, bool tolerant);

// The expression in an f-string's braces as CPython 3.11 reads it: in parentheses of its own, which
// stand on the opening brace and on the character that ends the expression. `column_shift` and
// `lineno` place the first line, in CPython's coordinates.
struct EmbeddedExpression {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::int32_t lineno = 1;
    std::int32_t column_shift = 0;
};
TokenStream tokenize_embedded(const base::SourceText& source, const EmbeddedExpression& place);

}  // namespace refscope::syntax
