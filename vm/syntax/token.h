// Tokens: what the lexer hands to the parser. Plain values; the text stays in the SourceText.
#pragma once

#include <cstdint>
#include <string_view>

#include "vm/syntax/ast.h"

namespace refscope::syntax {

// kind, spelling
#define REFSCOPE_KEYWORDS(X)                                                                \
    X(False, "False")                                                                       \
    X(None, "None")                                                                         \
    X(True, "True")                                                                         \
    X(And, "and")                                                                           \
    X(As, "as")                                                                             \
    X(Assert, "assert")                                                                     \
    X(Async, "async") X(Await, "await") X(Break, "break") X(Class, "class")                 \
        X(Continue, "continue") X(Def, "def") X(Del, "del") X(Elif, "elif") X(Else, "else") \
            X(Except, "except") X(Finally, "finally") X(For, "for") X(From, "from")         \
                X(Global, "global") X(If, "if") X(Import, "import") X(In, "in") X(Is, "is") \
                    X(Lambda, "lambda") X(Nonlocal, "nonlocal") X(Not, "not") X(Or, "or")   \
                        X(Pass, "pass") X(Raise, "raise") X(Return, "return") X(Try, "try") \
                            X(While, "while") X(With, "with") X(Yield, "yield")

#define REFSCOPE_OPERATORS(X)                                                                      \
    X(LeftParen, "(")                                                                              \
    X(RightParen, ")")                                                                             \
    X(LeftBracket, "[")                                                                            \
    X(RightBracket, "]")                                                                           \
    X(LeftBrace, "{")                                                                              \
    X(RightBrace, "}")                                                                             \
    X(Comma, ",") X(Colon, ":") X(ColonEqual, ":=") X(Semicolon, ";") X(Dot, ".")                  \
        X(Ellipsis, "...") X(Arrow, "->") X(At, "@") X(Equal, "=") X(Plus, "+") X(Minus, "-")      \
            X(Star, "*") X(Slash, "/") X(Percent, "%") X(DoubleSlash, "//") X(DoubleStar, "**")    \
                X(LeftShift, "<<") X(RightShift, ">>") X(Ampersand, "&") X(Bar, "|") X(Caret, "^") \
                    X(Tilde, "~") X(Less, "<") X(Greater, ">") X(LessEqual, "<=")                  \
                        X(GreaterEqual, ">=") X(EqualEqual, "==") X(NotEqual, "!=")                \
                            X(PlusEqual, "+=") X(MinusEqual, "-=") X(StarEqual, "*=")              \
                                X(SlashEqual, "/=") X(PercentEqual, "%=") X(AtEqual, "@=")         \
                                    X(AmpersandEqual, "&=") X(BarEqual, "|=") X(CaretEqual, "^=")  \
                                        X(LeftShiftEqual, "<<=") X(RightShiftEqual, ">>=")         \
                                            X(DoubleStarEqual, "**=") X(DoubleSlashEqual, "//=")

enum class TokenKind : std::uint8_t {
    EndMarker,
    Newline,
    Indent,
    Dedent,
    Name,
    Number,
    String,
    Unknown,  // a character that starts no token, such as `$` or `?`
    Error,    // what the lexer could not read: see LexicalError
#define REFSCOPE_X(kind, text) Kw##kind,
    REFSCOPE_KEYWORDS(REFSCOPE_X)
#undef REFSCOPE_X
#define REFSCOPE_X(kind, text) kind,
        REFSCOPE_OPERATORS(REFSCOPE_X)
#undef REFSCOPE_X
};

struct Token {
    TokenKind kind = TokenKind::EndMarker;
    bool in_brackets = false;  // stands inside (), [] or {}
    bool placeless = false;    // has no column for CPython: indents, the end of the text
    Range range;
};

constexpr bool is_keyword(TokenKind kind) {
    return kind >= TokenKind::KwFalse && kind <= TokenKind::KwYield;
}
std::string_view token_spelling(TokenKind kind);  // "if", "+="; empty where the text varies

}  // namespace refscope::syntax
