// Names, numbers, strings and operators.

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

#include "vm/base/unicode.h"
#include "vm/base/utf8.h"
#include "vm/syntax/lexer_state.h"

namespace refscope::syntax {

namespace {

enum CharacterClass : std::uint8_t { kOther, kNameStart, kDigit, kSpace };

constexpr std::array<CharacterClass, 256> make_classes() {
    std::array<CharacterClass, 256> classes{};
    for (int c = 0; c < 256; ++c) {
        const bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
        const auto index = static_cast<std::size_t>(c);
        if (letter) classes[index] = kNameStart;
        if (c >= '0' && c <= '9') classes[index] = kDigit;
        if (c == ' ' || c == '\t' || c == '\f') classes[index] = kSpace;
    }
    return classes;
}
constexpr std::array<CharacterClass, 256> kClasses = make_classes();

CharacterClass class_of(char c) {
    return kClasses[static_cast<unsigned char>(c)];
}
bool is_name_part(char c) {
    return class_of(c) == kNameStart || class_of(c) == kDigit;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_octal(char c) {
    return c >= '0' && c <= '7';
}
bool is_binary(char c) {
    return c == '0' || c == '1';
}

struct KeywordEntry {
    std::string_view text;
    TokenKind kind;
};
constexpr KeywordEntry kKeywords[] = {
#define REFSCOPE_X(kind, text) {text, TokenKind::Kw##kind},
    REFSCOPE_KEYWORDS(REFSCOPE_X)
#undef REFSCOPE_X
};

// Keywords sorted into buckets of length and first letter, so that most names are told apart at
// once.
struct KeywordIndex {
    std::uint32_t lengths[128] = {};  // bit n: a keyword of n letters starts with this character
    constexpr KeywordIndex() {
        for (const KeywordEntry& entry : kKeywords) {
            lengths[static_cast<std::size_t>(entry.text[0])] |= std::uint32_t{1}
                                                                << entry.text.size();
        }
    }
};
constexpr KeywordIndex kKeywordIndex;

constexpr std::string_view kSpellings[] = {
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
#define REFSCOPE_X(kind, text) text,
    REFSCOPE_KEYWORDS(REFSCOPE_X) REFSCOPE_OPERATORS(REFSCOPE_X)
#undef REFSCOPE_X
};

std::string code_point_name(char32_t code) {
    char text[16];
    std::snprintf(text, sizeof text, "U+%04X", static_cast<unsigned>(code));
    return text;
}

}  // namespace

std::string_view token_spelling(TokenKind kind) {
    return kSpellings[static_cast<std::size_t>(kind)];
}

TokenKind keyword_kind(std::string_view name) {
    const auto first = static_cast<unsigned char>(name.empty() ? 0 : name[0]);
    if (first >= 128 || name.size() > 8 || (kKeywordIndex.lengths[first] >> name.size() & 1) == 0) {
        return TokenKind::Name;
    }
    for (const KeywordEntry& entry : kKeywords) {
        if (entry.text == name) return entry.kind;
    }
    return TokenKind::Name;
}

Lexer::Step Lexer::next_token() {
    while (cursor_ < end_ && class_of(*cursor_) == kSpace) ++cursor_;
    const char* const code_end = cursor_;
    if (cursor_ < end_ && *cursor_ == '#') {
        const void* newline = std::memchr(cursor_, '\n', static_cast<std::size_t>(end_ - cursor_));
        cursor_ = newline != nullptr ? static_cast<const char*>(newline) : end_;
    }
    if (cursor_ >= end_) return end_of_text();
    const char* const start = cursor_;
    const char c = *cursor_;
    switch (class_of(c)) {
        case kNameStart: return name_or_string(start);
        case kDigit: return number(start);
        default: break;
    }
    switch (c) {
        case '\n': ++cursor_; return line_break(code_end);
        case '.':
            if (cursor_ + 1 < end_ && is_digit(cursor_[1])) return number(start);
            return operator_token(start);
        case '"':
        case '\'': return string(start, start);
        case '\\': ++cursor_; return continue_line();
        default: return operator_token(start);
    }
}

Lexer::Step Lexer::name_or_string(const char* start) {
    // A prefix of a string is at most two letters.
    bool bytes = false;
    bool unicode = false;
    bool raw = false;
    bool format = false;
    const char* at = start;
    for (; at < end_; ++at) {
        const char c = *at;
        if (c == '"' || c == '\'') {
            if (at == start) break;
            return string(start, at);
        }
        if (!(bytes || unicode || format) && (c == 'b' || c == 'B'))
            bytes = true;
        else if (!(bytes || unicode || raw || format) && (c == 'u' || c == 'U'))
            unicode = true;
        else if (!(raw || unicode) && (c == 'r' || c == 'R'))
            raw = true;
        else if (!(format || bytes || unicode) && (c == 'f' || c == 'F'))
            format = true;
        else
            break;
    }
    bool ascii = true;
    while (at < end_ && is_name_part(*at)) {
        ascii = ascii && static_cast<unsigned char>(*at) < 0x80;
        ++at;
    }
    cursor_ = at;
    if (!ascii) return check_identifier(start);
    push(keyword_kind({start, static_cast<std::size_t>(at - start)}), start, at);
    return Step::Continue;
}

Lexer::Step Lexer::check_identifier(const char* start) {
    for (const char* at = start; at < cursor_;) {
        const base::DecodedCharacter character =
            base::decode_utf8({at, static_cast<std::size_t>(cursor_ - at)});
        const char32_t code = character.code_point;
        const bool good =
            character.valid && (at == start ? code == '_' || base::is_identifier_start(code)
                                            : base::is_identifier_continue(code));
        at += character.length;
        if (good) continue;
        // CPython stops reading behind the offending character.
        const char* const rest = cursor_;
        cursor_ = at;
        Step step;
        if (base::is_printable(code)) {
            std::string shown;
            base::append_utf8(shown, code);
            step = raise_error("invalid character '" + shown + "' (" + code_point_name(code) + ")",
                               start);
        } else {
            step = raise_error("invalid non-printable character " + code_point_name(code), start);
        }
        cursor_ = rest;
        return step;
    }
    push(TokenKind::Name, start, cursor_);
    return Step::Continue;
}

// At the end of a number: a name may not follow at once, unless it is one of the operators that
// always could (`1if x else y`).
bool Lexer::number_end(const char* kind, const char* start) {
    if (cursor_ >= end_ || !is_name_part(*cursor_)) return true;
    const std::string_view rest(cursor_, static_cast<std::size_t>(end_ - cursor_));
    for (std::string_view word : {"and", "else", "for", "if", "in", "is", "or", "not"}) {
        if (rest.starts_with(word)) return true;
    }
    raise_error(std::string("invalid ") + kind + " literal", start);
    return false;
}

// One or more digits with single underscores between; the cursor stands on the first.
bool Lexer::digits(const char* start, bool (*accepts)(char), const char* kind) {
    while (true) {
        while (cursor_ < end_ && accepts(*cursor_)) ++cursor_;
        if (cursor_ >= end_ || *cursor_ != '_') return true;
        ++cursor_;
        if (cursor_ >= end_ || !accepts(*cursor_)) {
            if (kind[0] != 'd' && kind[0] != 'h' && cursor_ < end_ && is_digit(*cursor_)) {
                ++cursor_;
                raise_error(
                    std::string("invalid digit '") + cursor_[-1] + "' in " + kind + " literal",
                    start);
            } else {
                raise_error(std::string("invalid ") + kind + " literal", start);
            }
            return false;
        }
    }
}

Lexer::Step Lexer::number(const char* start) {
    const Step failed = tolerant_ ? Step::Continue : Step::Stop;
    const auto skip_rest = [&] {
        while (cursor_ < end_ && is_name_part(*cursor_)) ++cursor_;
        return failed;
    };
    const auto peek = [&] { return cursor_ < end_ ? *cursor_ : '\0'; };
    const auto finish = [&](const char* kind) {
        if (!number_end(kind, start)) return skip_rest();
        push(TokenKind::Number, start, cursor_);
        return Step::Continue;
    };
    const char marker =
        *cursor_ == '0' && cursor_ + 1 < end_ ? static_cast<char>(cursor_[1] | 0x20) : '\0';
    if (marker == 'x' || marker == 'o' || marker == 'b') {
        cursor_ += 2;
        const char* const kind =
            marker == 'x' ? "hexadecimal" : (marker == 'o' ? "octal" : "binary");
        bool (*const accepts)(char) =
            marker == 'x' ? is_hex : (marker == 'o' ? is_octal : is_binary);
        if (peek() == '_') ++cursor_;
        if (!accepts(peek())) {
            if (marker != 'x' && is_digit(peek())) {
                ++cursor_;
                raise_error(
                    std::string("invalid digit '") + cursor_[-1] + "' in " + kind + " literal",
                    start);
            } else {
                raise_error(std::string("invalid ") + kind + " literal", start);
            }
            return skip_rest();
        }
        if (!digits(start, accepts, kind)) return skip_rest();
        if (marker != 'x' && is_digit(peek())) {
            ++cursor_;
            raise_error(std::string("invalid digit '") + cursor_[-1] + "' in " + kind + " literal",
                        start);
            return skip_rest();
        }
        return finish(kind);
    }
    const char* zeros_end = nullptr;
    bool nonzero = false;
    if (peek() == '0') {
        // Any number of zeros; other digits may follow only in a float or an imaginary.
        while (true) {
            while (peek() == '0') ++cursor_;
            if (peek() != '_') break;
            ++cursor_;
            if (!is_digit(peek())) {
                raise_error("invalid decimal literal", start);
                return skip_rest();
            }
            if (peek() != '0') break;
        }
        if (is_digit(peek())) {
            nonzero = true;
            zeros_end = cursor_ + 1;
            if (!digits(start, is_digit, "decimal")) return skip_rest();
        }
    } else if (peek() != '.') {
        if (!digits(start, is_digit, "decimal")) return skip_rest();
    }
    bool is_float = false;
    if (peek() == '.') {
        is_float = true;
        ++cursor_;
        if (is_digit(peek()) && !digits(start, is_digit, "decimal")) return skip_rest();
    }
    if (peek() == 'e' || peek() == 'E') {
        const char* const exponent = cursor_;
        ++cursor_;
        if (peek() == '+' || peek() == '-') {
            ++cursor_;
            if (!is_digit(peek())) {
                raise_error("invalid decimal literal", start);
                return skip_rest();
            }
        } else if (!is_digit(peek())) {
            cursor_ = exponent;
            return finish("decimal");
        }
        is_float = true;
        if (!digits(start, is_digit, "decimal")) return skip_rest();
    }
    if (peek() == 'j' || peek() == 'J') {
        ++cursor_;
        return finish("imaginary");
    }
    if (nonzero && !is_float) {
        raise_error_at(
            "leading zeros in decimal integer literals are not permitted; use an 0o prefix for "
            "octal integers",
            start, lineno_, line_start_, start + 1, zeros_end);
        return skip_rest();
    }
    return finish("decimal");
}

Lexer::Step Lexer::string(const char* start, const char* quote) {
    const char mark = *quote;
    const std::int32_t first_line = lineno_;
    const char* const first_line_start = line_start_;
    const bool triple = quote + 2 < end_ && quote[1] == mark && quote[2] == mark;
    const char* at = quote + (triple ? 3 : 1);
    while (true) {
        if (at >= end_ || (!triple && *at == '\n')) {
            const std::int32_t detected =
                at >= end_ && line_start_ == at && lineno_ > first_line ? lineno_ - 1 : lineno_;
            const std::string message =
                std::string(triple ? "unterminated triple-quoted string literal"
                                   : "unterminated string literal") +
                " (detected at line " + std::to_string(detected) + ")";
            lineno_ = first_line;
            line_start_ = first_line_start;
            // The string ends with its first line, so that what follows is still read.
            cursor_ = start + 1;
            const Step step =
                raise_error_at(message, start, first_line, first_line_start, start + 1, start + 1);
            cursor_ = std::find(start, end_, '\n');
            LexicalError& error = stream_.errors.back();
            error.diagnostic.range.end = offset_of(cursor_);
            error.diagnostic.range.end_col_offset = column_of(cursor_, line_start_);
            return step;
        }
        const char c = *at;
        if (c == '\\') {
            ++at;
            if (at < end_) {
                if (*at == '\n') next_line(at + 1);
                ++at;
            }
        } else if (c == '\n') {
            ++at;
            next_line(at);
        } else if (c == mark && (!triple || (at + 2 < end_ && at[1] == mark && at[2] == mark))) {
            at += triple ? 3 : 1;
            break;
        } else {
            ++at;
        }
    }
    cursor_ = at;
    push_spanning(TokenKind::String, start, at, first_line, first_line_start);
    return Step::Continue;
}

Lexer::Step Lexer::operator_token(const char* start) {
    const auto at = [&](int index) { return start + index < end_ ? start[index] : '\0'; };
    const auto take = [&](int length, TokenKind kind) {
        cursor_ = start + length;
        push(kind, start, cursor_);
        return Step::Continue;
    };
    // operator, operator=, doubled, doubled=
    const auto family = [&](char c, TokenKind plain, TokenKind assign, TokenKind twice,
                            TokenKind twice_assign) {
        if (at(1) == '=') return take(2, assign);
        if (at(1) == c && twice != TokenKind::Unknown) {
            return at(2) == '=' ? take(3, twice_assign) : take(2, twice);
        }
        return take(1, plain);
    };
    constexpr TokenKind kNone = TokenKind::Unknown;
    const char c = *start;
    switch (c) {
        case '(':
        case '[':
        case '{':
            cursor_ = start + 1;
            return open_bracket(c, start,
                                c == '('
                                    ? TokenKind::LeftParen
                                    : (c == '[' ? TokenKind::LeftBracket : TokenKind::LeftBrace));
        case ')':
        case ']':
        case '}':
            cursor_ = start + 1;
            return close_bracket(
                c, start,
                c == ')' ? TokenKind::RightParen
                         : (c == ']' ? TokenKind::RightBracket : TokenKind::RightBrace));
        case ',': return take(1, TokenKind::Comma);
        case ';': return take(1, TokenKind::Semicolon);
        case '~': return take(1, TokenKind::Tilde);
        case ':': return at(1) == '=' ? take(2, TokenKind::ColonEqual) : take(1, TokenKind::Colon);
        case '.':
            return at(1) == '.' && at(2) == '.' ? take(3, TokenKind::Ellipsis)
                                                : take(1, TokenKind::Dot);
        case '=': return at(1) == '=' ? take(2, TokenKind::EqualEqual) : take(1, TokenKind::Equal);
        case '!':
            if (at(1) == '=') return take(2, TokenKind::NotEqual);
            return take(1, TokenKind::Unknown);
        case '-':
            if (at(1) == '>') return take(2, TokenKind::Arrow);
            return family(c, TokenKind::Minus, TokenKind::MinusEqual, kNone, kNone);
        case '+': return family(c, TokenKind::Plus, TokenKind::PlusEqual, kNone, kNone);
        case '%': return family(c, TokenKind::Percent, TokenKind::PercentEqual, kNone, kNone);
        case '@': return family(c, TokenKind::At, TokenKind::AtEqual, kNone, kNone);
        case '&': return family(c, TokenKind::Ampersand, TokenKind::AmpersandEqual, kNone, kNone);
        case '|': return family(c, TokenKind::Bar, TokenKind::BarEqual, kNone, kNone);
        case '^': return family(c, TokenKind::Caret, TokenKind::CaretEqual, kNone, kNone);
        case '*':
            return family(c, TokenKind::Star, TokenKind::StarEqual, TokenKind::DoubleStar,
                          TokenKind::DoubleStarEqual);
        case '/':
            return family(c, TokenKind::Slash, TokenKind::SlashEqual, TokenKind::DoubleSlash,
                          TokenKind::DoubleSlashEqual);
        case '<':
            if (at(1) == '>') return take(2, TokenKind::Unknown);  // the operator of old, "<>"
            return family(c, TokenKind::Less, TokenKind::LessEqual, TokenKind::LeftShift,
                          TokenKind::LeftShiftEqual);
        case '>':
            return family(c, TokenKind::Greater, TokenKind::GreaterEqual, TokenKind::RightShift,
                          TokenKind::RightShiftEqual);
        default: break;
    }
    cursor_ = start + 1;
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0) return raise_error("source code cannot contain null bytes", start);
    if (byte < 0x20 || byte == 0x7F) {
        return raise_error("invalid non-printable character " + code_point_name(byte), start);
    }
    push(TokenKind::Unknown, start, cursor_);
    return Step::Continue;
}

}  // namespace refscope::syntax
