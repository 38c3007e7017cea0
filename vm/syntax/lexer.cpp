// Lines, indentation and brackets: the part of the lexer that knows where a statement ends.
//
// The order of checks follows CPython's tokenizer, because the first error is the one that is
// reported.

#include "vm/syntax/lexer.h"

#include <algorithm>

#include "vm/base/utf8.h"
#include "vm/syntax/lexer_state.h"

namespace refscope::syntax {

namespace {

constexpr std::int32_t kTabSize = 8;
constexpr int kMaxUnclosedRounds = 64;

char closing_of(char bracket) {
    return bracket == '(' ? ')' : (bracket == '[' ? ']' : '}');
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// Keywords that never continue an expression on a new line.
bool starts_statement(TokenKind kind) {
    switch (kind) {
        case TokenKind::KwDef:
        case TokenKind::KwClass:
        case TokenKind::KwReturn:
        case TokenKind::KwPass:
        case TokenKind::KwRaise:
        case TokenKind::KwImport:
        case TokenKind::KwWhile:
        case TokenKind::KwWith:
        case TokenKind::KwTry:
        case TokenKind::KwExcept:
        case TokenKind::KwFinally:
        case TokenKind::KwElif:
        case TokenKind::KwDel:
        case TokenKind::KwGlobal:
        case TokenKind::KwNonlocal:
        case TokenKind::KwAssert:
        case TokenKind::KwBreak:
        case TokenKind::KwContinue: return true;
        default: return false;
    }
}

bool opens_block(TokenKind kind) {
    switch (kind) {
        case TokenKind::KwDef:
        case TokenKind::KwClass:
        case TokenKind::KwIf:
        case TokenKind::KwElif:
        case TokenKind::KwWhile:
        case TokenKind::KwFor:
        case TokenKind::KwWith:
        case TokenKind::KwAsync:
        case TokenKind::KwExcept: return true;
        default: return false;
    }
}

}  // namespace

Lexer::Lexer(const base::SourceText& source, ParseMode mode, bool tolerant,
             const std::vector<std::uint32_t>* unclosed)
    : source_(source),
      mode_(mode),
      tolerant_(tolerant),
      unclosed_(unclosed),
      text_(source.text().data()),
      end_(text_ + source.text().size()),
      cursor_(text_),
      line_start_(text_),
      first_line_start_(text_) {}

void Lexer::enter_embedded(const EmbeddedExpression& place) {
    embedded_ = true;
    cursor_ = text_ + place.begin;
    end_ = text_ + place.end;
    lineno_ = place.lineno;
    column_shift_ = place.column_shift;
    line_start_ = first_line_start_ = cursor_ - 1;  // the opening brace is column 0
    at_line_start_ = false;
    push(TokenKind::LeftParen, cursor_ - 1, cursor_);
    brackets_.push_back(
        {'(', lineno_, column_of(cursor_ - 1, line_start_), offset_of(cursor_ - 1)});
}

TokenStream Lexer::run() {
    stream_.tokens.reserve(embedded_ ? 16 : static_cast<std::size_t>(end_ - cursor_) / 4 + 16);
    Step step = Step::Continue;
    while (step == Step::Continue) {
        if (at_line_start_) {
            step = begin_line();
            if (step == Step::Stop) break;
        }
        step = next_token();
    }
    if (stream_.open_brackets.empty()) stream_.open_brackets = brackets_;
    return std::move(stream_);
}

void Lexer::push_spanning(TokenKind kind, const char* start, const char* end,
                          std::int32_t first_line, const char* first_line_start) {
    Token token;
    token.kind = kind;
    token.in_brackets = !brackets_.empty();
    token.range = {first_line,       column_of(start, first_line_start),
                   lineno_,          column_of(end, line_start_),
                   offset_of(start), offset_of(end)};
    token.placeless =
        kind == TokenKind::Indent || kind == TokenKind::Dedent || kind == TokenKind::EndMarker;
    if (statement_keyword_ == TokenKind::EndMarker) statement_keyword_ = kind;
    stream_.tokens.push_back(token);
}

Lexer::Step Lexer::begin_line() {
    at_line_start_ = false;
    blank_line_ = false;
    std::int32_t column = 0;
    std::int32_t tab_free_column = 0;
    std::int32_t continued_column = -1;
    std::int32_t continued_tab_free = -1;
    while (true) {
        const char c = cursor_ < end_ ? *cursor_ : '\0';
        if (c == ' ') {
            ++column;
            ++tab_free_column;
        } else if (c == '\t') {
            column = (column / kTabSize + 1) * kTabSize;
            ++tab_free_column;
        } else if (c == '\f') {
            column = tab_free_column = 0;
        } else if (c == '\\') {
            // An indentation may be continued by a backslash; its first part counts.
            if (continued_column < 0) {
                continued_column = column;
                continued_tab_free = tab_free_column;
            }
            ++cursor_;
            if (continue_line() == Step::Stop) return Step::Stop;
            continue;
        } else {
            break;
        }
        ++cursor_;
    }
    // Spaces at the very end make no line of code either: CPython supplies a line break behind
    // them.
    const bool only_spaces = mode_ == ParseMode::Exec && cursor_ >= end_ && cursor_ > line_start_;
    if (only_spaces || (cursor_ < end_ && (*cursor_ == '#' || *cursor_ == '\n'))) {
        blank_line_ = true;
        return Step::Continue;
    }
    if (!brackets_.empty()) return Step::Continue;
    statement_keyword_ = TokenKind::EndMarker;
    if (continued_column > 0) {
        column = continued_column;
        tab_free_column = continued_tab_free;
    }
    const Step step = apply_indentation(column, tab_free_column);
    statement_keyword_ = TokenKind::EndMarker;
    return step;
}

Lexer::Step Lexer::apply_indentation(std::int32_t column, std::int32_t tab_free_column) {
    const auto tab_error = [&] {
        return silent_error(DiagnosticKind::TabError,
                            "inconsistent use of tabs and spaces in indentation");
    };
    if (column == indents_.back().column) {
        if (tab_free_column != indents_.back().tab_free_column) return tab_error();
        return Step::Continue;
    }
    if (column > indents_.back().column) {
        if (indents_.size() >= kMaxIndents) {
            return silent_error(DiagnosticKind::IndentationError, "too many levels of indentation");
        }
        if (tab_free_column <= indents_.back().tab_free_column) {
            if (tab_error() == Step::Stop) return Step::Stop;
        }
        indents_.push_back({column, tab_free_column});
        push(TokenKind::Indent, line_start_, cursor_);
        return Step::Continue;
    }
    std::size_t closed = 0;
    while (indents_.size() > 1 && column < indents_.back().column) {
        indents_.pop_back();
        ++closed;
    }
    if (column != indents_.back().column) {
        if (silent_error(DiagnosticKind::IndentationError,
                         "unindent does not match any outer indentation level") == Step::Stop) {
            return Step::Stop;
        }
        // Tolerant: the line belongs to the block it stands deepest in.
        if (closed == 1) {
            indents_.push_back({column, tab_free_column});
            return Step::Continue;
        }
        --closed;
        indents_.push_back({column, tab_free_column});
    } else if (tab_free_column != indents_.back().tab_free_column) {
        if (tab_error() == Step::Stop) return Step::Stop;
    }
    for (; closed > 0; --closed) push(TokenKind::Dedent, cursor_, cursor_);
    return Step::Continue;
}

Lexer::Step Lexer::record_unclosed() {
    const OpenBracket& open = brackets_.back();
    LexicalError error;
    error.at_end_of_file = true;
    error.diagnostic.message = std::string("'") + open.bracket + "' was never closed";
    error.diagnostic.range = {open.lineno,         open.col_offset, open.lineno,
                              open.col_offset + 1, open.offset,     open.offset + 1};
    error.diagnostic.lineno = error.diagnostic.end_lineno = open.lineno;
    error.diagnostic.offset =
        1 + static_cast<int>(source_.character_column(static_cast<std::uint32_t>(open.lineno),
                                                      static_cast<std::uint32_t>(open.col_offset)));
    error.diagnostic.suggestion = std::string(1, closing_of(open.bracket));
    return record(std::move(error), cursor_);
}

Lexer::Step Lexer::end_of_text() {
    if (embedded_) {
        brackets_.clear();
        push(TokenKind::RightParen, end_, end_ + 1);
        push(TokenKind::Newline, end_ + 1, end_ + 1);
        push(TokenKind::EndMarker, end_ + 1, end_ + 1);
        return Step::Stop;
    }
    // The end counts as a line of its own when the last one is complete.
    const bool complete = cursor_ == line_start_;
    if (!brackets_.empty()) {
        stream_.open_brackets = brackets_;
        if (record_unclosed() == Step::Stop) return Step::Stop;
        brackets_.clear();
    }
    const TokenKind last = stream_.tokens.empty() ? TokenKind::Newline : stream_.tokens.back().kind;
    const bool open_line =
        last != TokenKind::Newline && last != TokenKind::Dedent && last != TokenKind::Indent;
    const auto end_statement = [&] {
        push(TokenKind::Newline, cursor_, cursor_);
        stream_.tokens.back().placeless = mode_ != ParseMode::Exec;
    };
    if (mode_ == ParseMode::Single ? !stream_.tokens.empty()
                                   : open_line && (mode_ == ParseMode::Exec || tolerant_)) {
        end_statement();
    }
    if (!complete && mode_ == ParseMode::Exec) {
        // CPython has read the supplied newline: the end marker stands on the next line.
        ++lineno_;
        line_start_ = cursor_;
    }
    const bool in_block = indents_.size() > 1;
    for (; indents_.size() > 1; indents_.pop_back()) push(TokenKind::Dedent, cursor_, cursor_);
    if (in_block && mode_ == ParseMode::Single) end_statement();
    push(TokenKind::EndMarker, cursor_, cursor_);
    return Step::Stop;
}

// After a '\n' was read; a comment before it, from `start` on, is part of the token.
Lexer::Step Lexer::line_break(const char* start) {
    if (!blank_line_ && brackets_.empty()) {
        push(TokenKind::Newline, start, cursor_ - 1);
        next_line(cursor_);
        at_line_start_ = true;
        return Step::Continue;
    }
    const bool inside = !brackets_.empty();
    if (inside && unclosed_ != nullptr && bracket_ends_before_next_line()) {
        // The bracket is known never to close: the statement ends here.
        record_unclosed();
        brackets_.clear();
        push(TokenKind::Newline, start, start);
        next_line(cursor_);
        at_line_start_ = true;
        return Step::Continue;
    }
    next_line(cursor_);
    at_line_start_ = !inside;
    blank_line_ = false;
    return Step::Continue;
}

bool Lexer::bracket_ends_before_next_line() const {
    const bool affected =
        std::any_of(brackets_.begin(), brackets_.end(), [&](const OpenBracket& open) {
            return std::binary_search(unclosed_->begin(), unclosed_->end(), open.offset);
        });
    if (!affected) return false;
    // The next line that has code decides.
    const char* at = cursor_;
    std::int32_t column = 0;
    while (at < end_) {
        column = 0;
        while (at < end_ && (*at == ' ' || *at == '\t' || *at == '\f')) {
            column = *at == '\t' ? (column / kTabSize + 1) * kTabSize : column + 1;
            ++at;
        }
        if (at < end_ && *at != '#' && *at != '\n') break;
        while (at < end_ && *at != '\n') ++at;
        if (at < end_) ++at;
    }
    if (at >= end_) return false;
    if (*at == ')' || *at == ']' || *at == '}') return false;
    if (column <= indents_.back().column) return true;
    const char* word = at;
    while (at < end_ && is_name_character(*at)) ++at;
    if (starts_statement(keyword_kind({word, static_cast<std::size_t>(at - word)}))) return true;
    // `if f(x:` and its body
    return opens_block(statement_keyword_) && !stream_.tokens.empty() &&
           stream_.tokens.back().kind == TokenKind::Colon && brackets_.back().bracket == '(';
}

Lexer::Step Lexer::open_bracket(char bracket, const char* start, TokenKind kind) {
    if (brackets_.size() >= kMaxOpenBrackets) {
        if (raise_error("too many nested parentheses", start) == Step::Stop) return Step::Stop;
        return Step::Continue;
    }
    const std::int32_t column = column_of(start, line_start_);
    brackets_.push_back({bracket, lineno_, column, offset_of(start)});
    push(kind, start, cursor_);
    return Step::Continue;
}

Lexer::Step Lexer::close_bracket(char bracket, const char* start, TokenKind kind) {
    if (brackets_.empty()) {
        return raise_error(std::string("unmatched '") + bracket + "'", start);
    }
    if (closing_of(brackets_.back().bracket) != bracket) {
        const OpenBracket open = brackets_.back();
        std::string message = std::string("closing parenthesis '") + bracket +
                              "' does not match opening parenthesis '" + open.bracket + "'";
        if (open.lineno != lineno_) message += " on line " + std::to_string(open.lineno);
        const auto partner = std::find_if(
            brackets_.rbegin(), brackets_.rend(),
            [&](const OpenBracket& item) { return closing_of(item.bracket) == bracket; });
        if (!tolerant_) {
            brackets_.pop_back();
            return raise_error(std::move(message), start);
        }
        if (partner == brackets_.rend()) return raise_error(std::move(message), start);
        // What stands between was forgotten; the parser will miss its closing bracket.
        raise_error(std::move(message), start);
        stream_.tokens.pop_back();
        brackets_.erase(partner.base() - 1, brackets_.end());
    } else {
        brackets_.pop_back();
    }
    push(kind, start, cursor_);
    return Step::Continue;
}

// The cursor stands behind a backslash.
Lexer::Step Lexer::continue_line() {
    if (cursor_ >= end_ || *cursor_ != '\n') {
        // CPython has read one character more when it notices.
        LexicalError error;
        const char* const at = cursor_;
        if (cursor_ >= end_ && mode_ == ParseMode::Exec) {
            // The newline that CPython supplies at the end leads to the end of the file.
            return silent_error(DiagnosticKind::SyntaxError, "unexpected EOF while parsing");
        }
        error.diagnostic.message = "unexpected character after line continuation character";
        error.diagnostic.lineno = error.diagnostic.end_lineno = lineno_;
        error.diagnostic.offset = characters(line_start_, at) + (at < end_ ? 1 : 0);
        error.diagnostic.end_offset = 0;
        const std::int32_t column = column_of(at, line_start_);
        error.diagnostic.range = {lineno_, column - 1,        lineno_,
                                  column,  offset_of(at) - 1, offset_of(at)};
        return record(std::move(error), at - 1);
    }
    if (cursor_ + 1 >= end_) {
        const Step step = silent_error(DiagnosticKind::SyntaxError, "unexpected EOF while parsing");
        cursor_ = end_;
        return step;
    }
    ++cursor_;
    next_line(cursor_);
    return Step::Continue;
}

int Lexer::characters(const char* from, const char* to) const {
    return static_cast<int>(base::count_characters({from, static_cast<std::size_t>(to - from)}));
}

Lexer::Step Lexer::raise_error(std::string message, const char* token_start) {
    return raise_error_at(std::move(message), token_start, lineno_, line_start_, cursor_, cursor_);
}

Lexer::Step Lexer::raise_error_at(std::string message, const char* token_start, std::int32_t lineno,
                                  const char* line_start, const char* from, const char* to) {
    LexicalError error;
    error.raised = true;
    error.diagnostic.message = std::move(message);
    error.diagnostic.lineno = error.diagnostic.end_lineno = lineno;
    error.diagnostic.offset = characters(line_start, from);
    error.diagnostic.end_offset = characters(line_start, to);
    const char* const end = std::max(to, std::min(token_start + 1, end_));
    error.diagnostic.range = {lineno,
                              column_of(token_start, line_start),
                              lineno,
                              column_of(end, line_start),
                              offset_of(token_start),
                              offset_of(end)};
    return record(std::move(error), token_start);
}

// An error that CPython's parser raises when it meets the token.
Lexer::Step Lexer::silent_error(DiagnosticKind kind, std::string message) {
    LexicalError error;
    error.diagnostic.kind = kind;
    error.diagnostic.message = std::move(message);
    const char* line_end = std::find(line_start_, end_, '\n');
    const std::int32_t column = column_of(line_end, line_start_);
    error.diagnostic.range = {
        lineno_, 0, lineno_, column, offset_of(line_start_), offset_of(line_end)};
    const bool is_dedent = error.diagnostic.message.starts_with("unindent");
    const bool at_end = error.diagnostic.message.starts_with("unexpected EOF");
    error.diagnostic.lineno = error.diagnostic.end_lineno = lineno_;
    if (is_dedent) {
        // Positions are taken from the reading position, which is the end of the line.
        const bool has_newline = line_end < end_ || mode_ == ParseMode::Exec;
        error.diagnostic.offset = characters(line_start_, line_end) + (has_newline ? 1 : 0);
        error.diagnostic.end_offset = -1;
    } else if (at_end) {
        error.at_end_of_file = true;
        error.diagnostic.offset = characters(line_start_, cursor_) + 1;
        error.diagnostic.end_offset = -1;
    } else {
        error.diagnostic.offset = 1;
        error.diagnostic.end_offset = 0;
    }
    return record(std::move(error), cursor_);
}

Lexer::Step Lexer::record(LexicalError error, const char* token_start) {
    error.token = static_cast<std::uint32_t>(stream_.tokens.size());
    const bool leaves_token = !tolerant_ || error.raised;
    stream_.errors.push_back(std::move(error));
    if (leaves_token) push(TokenKind::Error, token_start, std::max(cursor_, token_start));
    return tolerant_ ? Step::Continue : Step::Stop;
}

TokenStream tokenize(const base::SourceText& source, ParseMode mode, bool tolerant) {
    TokenStream stream = Lexer(source, mode, tolerant, nullptr).run();
    if (!tolerant) return stream;
    // Each round knows of more brackets that nothing closes, and ends them where the next statement
    // starts.
    std::vector<std::uint32_t> unclosed;
    for (int round = 0; round < kMaxUnclosedRounds; ++round) {
        const std::size_t known = unclosed.size();
        for (const OpenBracket& open : stream.open_brackets) unclosed.push_back(open.offset);
        std::sort(unclosed.begin(), unclosed.end());
        unclosed.erase(std::unique(unclosed.begin(), unclosed.end()), unclosed.end());
        if (unclosed.size() == known) break;
        stream = Lexer(source, mode, true, &unclosed).run();
    }
    return stream;
}

TokenStream tokenize_embedded(const base::SourceText& source, const EmbeddedExpression& place) {
    Lexer lexer(source, ParseMode::Exec, false, nullptr);
    lexer.enter_embedded(place);
    TokenStream stream = lexer.run();
    if (stream.tokens.back().kind == TokenKind::Error) {
        // Recovery reads on behind the error and must find an end.
        Token token = stream.tokens.back();
        for (const TokenKind kind : {TokenKind::Newline, TokenKind::EndMarker}) {
            token.kind = kind;
            token.range = {token.range.end_lineno, token.range.end_col_offset,
                           token.range.end_lineno, token.range.end_col_offset,
                           token.range.end,        token.range.end};
            stream.tokens.push_back(token);
        }
    }
    return stream;
}

}  // namespace refscope::syntax
