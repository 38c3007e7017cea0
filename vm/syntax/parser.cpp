#include "vm/syntax/parser.h"

#include <algorithm>

#include "vm/base/unicode.h"
#include "vm/base/utf8.h"

namespace refscope::syntax {

Parser::Parser(ParseContext& context, TokenStream stream)
    : context_(context),
      tokens_(std::move(stream.tokens)),
      lexical_errors_(std::move(stream.errors)),
      open_brackets_(std::move(stream.open_brackets)) {
    for (LexicalError& error : lexical_errors_) error.diagnostic.lexical = true;
}

std::string_view Parser::intern(const Token& item) {
    const std::string_view text = token_text(item);
    if (base::is_ascii(text)) return context_.interner.intern(text);
    return context_.interner.intern(base::normalize_nfkc(text));
}

// More than blanks and comments from `at` on.
bool Parser::code_follows(std::size_t at) const {
    const std::string_view text = context_.source.text();
    while (true) {
        at = text.find_first_not_of(" \t\n\f", at);
        if (at == std::string_view::npos) return false;
        if (text[at] != '#') return true;
        at = text.find('\n', at);
        if (at == std::string_view::npos) return false;
    }
}

ModNode* Parser::run(ParseMode mode, bool recovering) {
    recovering_ = recovering && mode == ParseMode::Eval;
    const Range first = token().range;
    switch (mode) {
        case ParseMode::Exec: {
            List<StmtNode> body(*this);
            if (!statements(body, true) || raised_ || !at(TokenKind::EndMarker)) return nullptr;
            auto* tree = make_at<Module>(join(first, token().range));
            tree->body = finish(body);
            return tree;
        }
        case ParseMode::Eval: {
            const Range start = token().range;
            List<ExprNode> elements(*this);
            ExprNode* expr = expression();
            if (expr == nullptr) return nullptr;
            if (at(TokenKind::Comma)) {
                elements.add(expr);
                while (accept(TokenKind::Comma)) {
                    if (!starts_expression()) break;
                    ExprNode* next = expression();
                    if (next == nullptr) return nullptr;
                    elements.add(next);
                }
                auto* tuple = make<Tuple>(start);
                tuple->elts = finish(elements);
                expr = tuple;
            }
            if (recovering_) {
                while (!at(TokenKind::EndMarker) && !at(TokenKind::Newline)) {
                    const std::size_t before = pos_;
                    advance();
                    if (pos_ == before) break;
                }
            }
            while (accept(TokenKind::Newline)) {
            }
            if (!at(TokenKind::EndMarker) && !recovering_) return nullptr;
            auto* tree = make_at<Expression>(join(first, token().range));
            tree->body = expr;
            return tree;
        }
        case ParseMode::Single: {
            List<StmtNode> body(*this);
            if (accept(TokenKind::Newline)) {
                body.add(make_at<Pass>(join(first, first)));
            } else if (recovering) {
                tolerant_statements(body, true);
            } else {
                StmtNode* compound = compound_stmt();
                if (raised_) return nullptr;
                if (compound != nullptr) {
                    if (!accept(TokenKind::Newline)) return nullptr;
                    body.add(compound);
                } else {
                    pos_ = 0;
                    if (!simple_stmts(body)) return nullptr;
                }
                if (code_follows(last_range().end)) {
                    if (!raised_) {
                        raised_ = true;
                        error_ =
                            placed(DiagnosticKind::SyntaxError, last_range(),
                                   "multiple statements found while compiling a single statement");
                        place_without_column(*error_, tokens_[pos_ - 1]);
                    }
                    return nullptr;
                }
            }
            auto* tree = make_at<Interactive>(join(first, token().range));
            tree->body = finish(body);
            return tree;
        }
    }
    return nullptr;
}

ExprNode* Parser::run_embedded(const EmbeddedExpression& place, bool recovering) {
    embedded_ = true;
    place_ = place;
    recovering_ = recovering;
    const auto read = [&]() -> ExprNode* {
        ExprNode* value = star_expressions();
        if (value == nullptr || raised_) return nullptr;
        while (accept(TokenKind::Newline)) {
        }
        if (!at(TokenKind::EndMarker) && !recovering_) return nullptr;
        if (!at(TokenKind::EndMarker)) ++noted_;
        return value;
    };
    if (ExprNode* value = read()) return value;
    if (is_out_of_depth()) return nullptr;
    const std::size_t first_pass = furthest_;
    pos_ = 0;
    search_error([&] { read(); });
    if (!error_) error_ = generic_error(first_pass);
    if (!lexer_failed_) {
        for (const LexicalError& lexical : lexical_errors_) {
            if (lexical.raised) error_ = lexical.diagnostic;
        }
    }
    raised_ = true;
    return nullptr;
}

namespace {

// The lexer's own errors in a tolerant run, and the brackets that it had to close.
void add_lexical(const TokenStream& stream, std::vector<Diagnostic>& out) {
    for (const LexicalError& error : stream.errors) out.push_back(error.diagnostic);
}

void sort_diagnostics(std::vector<Diagnostic>& diagnostics) {
    std::stable_sort(
        diagnostics.begin(), diagnostics.end(),
        [](const Diagnostic& a, const Diagnostic& b) { return a.range.begin < b.range.begin; });
}

}  // namespace

ParseResult parse(const base::SourceText& source, const ParseOptions& options) {
    ParseResult result;
    ParseOptions strict = options;
    strict.tolerant = false;
    std::optional<Diagnostic> first;
    {
        base::Arena arena;
        ParseContext context{source, arena, strict, Interner(arena)};
        Parser parser(context, tokenize(source, options.mode, false));
        if (ModNode* tree = parser.run(options.mode, false)) {
            result.tree = tree;
            result.arena = std::move(arena);
            return result;
        }
        first = parser.diagnose(options.mode);
    }
    if (!options.tolerant) {
        result.diagnostics.push_back(std::move(*first));
        return result;
    }
    ParseContext context{source, result.arena, options, Interner(result.arena)};
    TokenStream stream = tokenize(source, options.mode, true);
    add_lexical(stream, result.diagnostics);
    Parser parser(context, std::move(stream));
    result.tree = parser.run(options.mode, true);
    if (result.tree == nullptr) result.tree = result.arena.make<Module>();
    for (Diagnostic& diagnostic : parser.take_diagnostics())
        result.diagnostics.push_back(std::move(diagnostic));
    // What CPython says comes first and takes the place of what was found on that line.
    const auto same_line = [&](const Diagnostic& other) {
        return other.range.lineno == first->range.lineno;
    };
    result.diagnostics.erase(
        std::remove_if(result.diagnostics.begin(), result.diagnostics.end(), same_line),
        result.diagnostics.end());
    result.diagnostics.push_back(std::move(*first));
    sort_diagnostics(result.diagnostics);
    return result;
}

}  // namespace refscope::syntax
