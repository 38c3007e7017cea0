// The lexer's state machine, private to lexer.cpp and lexer_tokens.cpp.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vm/syntax/lexer.h"

namespace refscope::syntax {

inline constexpr std::size_t kMaxOpenBrackets = 200;
inline constexpr std::size_t kMaxIndents = 100;

class Lexer {
  public:
    Lexer(const base::SourceText& source, ParseMode mode, bool tolerant,
          const std::vector<std::uint32_t>* unclosed);

    // Reads the part of an f-string in braces: see tokenize_embedded().
    void enter_embedded(const EmbeddedExpression& place);
    TokenStream run();

  private:
    enum class Step { Continue, Stop };

    // lexer.cpp: lines, indentation, brackets, errors
    Step begin_line();
    Step apply_indentation(std::int32_t column, std::int32_t tab_free_column);
    Step end_of_text();
    Step record_unclosed();
    Step line_break(const char* start);
    bool bracket_ends_before_next_line() const;
    Step open_bracket(char bracket, const char* start, TokenKind kind);
    Step close_bracket(char bracket, const char* start, TokenKind kind);
    Step continue_line();  // after a backslash

    // lexer_tokens.cpp
    Step next_token();
    Step name_or_string(const char* start);
    Step number(const char* start);
    Step string(const char* start, const char* quote);
    Step operator_token(const char* start);
    Step check_identifier(const char* start);
    bool number_end(const char* kind, const char* start);
    bool digits(const char* start, bool (*accepts)(char), const char* kind);

    void push(TokenKind kind, const char* start, const char* end) {
        push_spanning(kind, start, end, lineno_, line_start_);
    }
    void push_spanning(TokenKind kind, const char* start, const char* end, std::int32_t first_line,
                       const char* first_line_start);
    // Records an error the way CPython's tokenizer raises it: at the reading position.
    Step raise_error(std::string message, const char* token_start);
    Step raise_error_at(std::string message, const char* token_start, std::int32_t lineno,
                        const char* line_start, const char* from, const char* to);
    Step silent_error(DiagnosticKind kind, std::string message);
    Step record(LexicalError error, const char* token_start);
    std::int32_t column_of(const char* at, const char* line_start) const {
        const auto column = static_cast<std::int32_t>(at - line_start);
        return line_start == first_line_start_ ? column + column_shift_ : column;
    }
    std::uint32_t offset_of(const char* at) const { return static_cast<std::uint32_t>(at - text_); }
    int characters(const char* from, const char* to) const;
    void next_line(const char* start) {
        ++lineno_;
        line_start_ = start;
    }

    const base::SourceText& source_;
    const ParseMode mode_;
    const bool tolerant_;
    const std::vector<std::uint32_t>* unclosed_;  // offsets of brackets known never to be closed
    const char* text_;
    const char* end_;
    const char* cursor_;
    const char* line_start_;
    const char* first_line_start_;
    std::int32_t column_shift_ = 0;
    std::int32_t lineno_ = 1;
    bool at_line_start_ = true;
    bool blank_line_ = false;
    bool embedded_ = false;
    TokenKind statement_keyword_ = TokenKind::EndMarker;  // first token of the logical line
    struct Indent {
        std::int32_t column;
        std::int32_t tab_free_column;
    };
    std::vector<Indent> indents_{{0, 0}};
    std::vector<OpenBracket> brackets_;
    TokenStream stream_;
};

TokenKind keyword_kind(std::string_view name);  // Name when it is none

}  // namespace refscope::syntax
