// How errors are placed, and what CPython says about broken expressions.
//
// Each invalid_* function asks the questions of CPython's rule of that name, at the place where the
// grammar asks them. They return with raised_ set, or leave the position anywhere: callers reset
// it.

#include <algorithm>

#include "vm/base/utf8.h"
#include "vm/syntax/parser.h"

namespace refscope::syntax {

namespace {

// What to write instead, where the message says it.
std::string suggestion_in(std::string_view message) {
    const auto between = [&](std::string_view before, char end) -> std::string {
        const std::size_t at = message.find(before);
        if (at == std::string_view::npos) return {};
        const std::size_t from = at + before.size();
        const std::size_t to = message.find(end, from);
        return std::string(message.substr(from, to == std::string_view::npos ? 0 : to - from));
    };
    if (std::string text = between("Did you mean ", '?'); !text.empty()) return text;
    if (std::string text = between("Maybe you meant '", '\''); !text.empty()) return text;
    if (std::string text = between("perhaps you meant \"", '"'); !text.empty()) return text;
    if (message.find("Perhaps you forgot a comma") != std::string_view::npos) return ",";
    if (message.starts_with("expected '") && message.size() >= 12 && message.back() == '\'') {
        return std::string(message.substr(10, message.size() - 11));
    }
    return {};
}

}  // namespace

Diagnostic Parser::placed(DiagnosticKind kind, const Range& where, std::string message) const {
    const base::SourceText& source = context_.source;
    Diagnostic result;
    result.kind = kind;
    result.range = where;
    if (result.range.end < result.range.begin) result.range.end = result.range.begin;
    result.suggestion = suggestion_in(message);
    result.message = std::move(message);
    result.lineno = where.lineno;
    result.end_lineno = where.end_lineno;
    if (embedded_) {
        // Positions count in the expression with its parentheses, as if that were the whole
        // program.
        result.message = "f-string: " + result.message;
        const auto column = [&](std::int32_t lineno, std::int32_t col_offset,
                                std::uint32_t offset) {
            if (lineno != place_.lineno) return col_offset - place_.column_shift + 1;
            const std::uint32_t begin = place_.begin - 1;
            return 1 + static_cast<std::int32_t>(base::count_characters(
                           source.text().substr(begin, offset > begin ? offset - begin : 0)));
        };
        result.offset = column(where.lineno, where.col_offset, where.begin);
        result.end_offset = column(where.end_lineno, where.end_col_offset, where.end);
        result.text =
            "(" + std::string(source.text().substr(place_.begin, place_.end - place_.begin)) + ")";
        return result;
    }
    const auto column = [&](std::int32_t lineno, std::int32_t col_offset) {
        return 1 + static_cast<int>(source.character_column(
                       static_cast<std::uint32_t>(lineno), static_cast<std::uint32_t>(col_offset)));
    };
    result.offset = column(where.lineno, where.col_offset);
    if (where.end_lineno == where.lineno) {
        result.end_offset = column(where.end_lineno, where.end_col_offset);
    } else {
        // CPython looks up the end's column in the first line.
        const std::string_view line = source.line_text(static_cast<std::uint32_t>(where.lineno));
        const auto bytes = static_cast<std::size_t>(where.end_col_offset) + 1;
        result.end_offset =
            static_cast<int>(bytes > line.size() ? base::count_characters(line) + 1
                                                 : base::count_characters(line.substr(0, bytes)));
    }
    return result;
}

std::nullptr_t Parser::raise(DiagnosticKind kind, const Range& where, std::string message) {
    if (raised_) return nullptr;
    raised_ = true;
    error_ = placed(kind, where, std::move(message));
    return nullptr;
}

std::nullptr_t Parser::raise_here(std::string message, DiagnosticKind kind) {
    if (raised_) return nullptr;
    const Token& last = tokens_[furthest_];
    raise(kind, last.range, std::move(message));
    place_without_column(*error_, last);
    return nullptr;
}

// Indents, dedents and the end have no column for CPython's parser, which then takes the reading
// position of its lexer: behind the indentation, and at the end of the file behind the last line.
void Parser::place_without_column(Diagnostic& error, const Token& item) const {
    if (!item.placeless) return;
    error.end_offset = -1;
    if (item.kind == TokenKind::Indent) {
        error.offset = item.range.end_col_offset;
    } else if (item.range.begin >= context_.source.size()) {
        const std::uint32_t line = context_.source.line_count();
        error.lineno = error.end_lineno = static_cast<int>(line);
        const bool newline =
            context_.options.mode == ParseMode::Exec || context_.source.text().ends_with('\n');
        error.offset = static_cast<int>(base::count_characters(context_.source.line_text(line))) +
                       (newline ? 1 : 0);
    } else {
        error.offset = item.range.col_offset;
    }
}

std::nullptr_t Parser::raise_from(const Range& first, std::string message) {
    if (raised_) return nullptr;
    raise_between(first, tokens_[furthest_].range, std::move(message));
    error_->end_offset -= 1;
    return nullptr;
}

void Parser::raise_too_deep() {
    if (raised_ && is_out_of_depth()) return;
    raised_ = true;
    error_ = placed(DiagnosticKind::MemoryError, token().range, "too deeply nested for the parser");
}

bool Parser::chain_is_too_long(int links) {
    if (links < context_.options.max_depth) return false;
    if (!raised_) {
        raised_ = true;
        error_ = placed(DiagnosticKind::RecursionError, token().range,
                        "maximum recursion depth exceeded during compilation");
    }
    return true;
}

const LexicalError* Parser::lexical_error_at(std::size_t token_index) const {
    for (const LexicalError& error : lexical_errors_) {
        if (error.token == token_index) return &error;
    }
    return nullptr;
}

Diagnostic Parser::unclosed_bracket(const OpenBracket& open) const {
    const Range where{open.lineno,         open.col_offset, open.lineno,
                      open.col_offset + 1, open.offset,     open.offset + 1};
    Diagnostic result = placed(DiagnosticKind::SyntaxError, where,
                               std::string("'") + open.bracket + "' was never closed");
    result.end_offset = 0;
    return result;
}

// The second pass has read up to what the lexer could not read.
void Parser::meet_error_token() {
    if (raised_) return;
    const LexicalError* error = lexical_error_at(pos_);
    if (error == nullptr) return;
    raised_ = true;
    if (error->at_end_of_file && !open_brackets_.empty()) {
        error_ = unclosed_bracket(open_brackets_.back());
    } else {
        error_ = error->diagnostic;
    }
    lexer_failed_ = true;
}

Diagnostic Parser::generic_error(std::size_t token_index) const {
    const Token& last = tokens_[std::min(token_index, tokens_.size() - 1)];
    if (last.kind == TokenKind::Error) {
        if (const LexicalError* error = lexical_error_at(token_index)) {
            if (error->at_end_of_file && !open_brackets_.empty())
                return unclosed_bracket(open_brackets_.back());
            return error->diagnostic;
        }
    }
    if (last.kind == TokenKind::Indent || last.kind == TokenKind::Dedent) {
        Diagnostic result =
            placed(DiagnosticKind::IndentationError, last.range,
                   last.kind == TokenKind::Indent ? "unexpected indent" : "unexpected unindent");
        place_without_column(result, last);
        return result;
    }
    Diagnostic result = placed(DiagnosticKind::SyntaxError, last.range, "invalid syntax");
    if (last.placeless) {
        result.lineno = result.end_lineno = static_cast<int>(context_.source.line_count());
        result.offset = 0;
        result.end_offset = 0;
    }
    return result;
}

// Runs the rules of `read` for their errors. CPython raises some in its first pass already (a
// forced token, a broken string, what the lexer cannot read, a dict without a colon); these are
// final. Only without any does it parse again with all its invalid_ rules.
void Parser::search_error(const std::function<void()>& read) {
    const std::size_t start = pos_;
    second_pass_ = true;
    for (const bool diagnosing : {false, true}) {
        clear_error();
        memo_.clear();
        blocks_.clear();
        pos_ = start;
        diagnosing_ = diagnosing;
        if (kind() == TokenKind::Error) meet_error_token();
        if (!raised_) read();
        if (raised_) break;
    }
    diagnosing_ = second_pass_ = false;
}

Diagnostic Parser::diagnose(ParseMode mode) {
    const std::size_t first_pass = furthest_;
    pos_ = 0;
    if (is_out_of_depth()) return std::move(*error_);
    search_error([&] { run(mode, false); });
    if (error_ && (lexer_failed_ || is_out_of_depth())) {
        return std::move(*error_);
    }
    const TokenKind stopped_at = tokens_[first_pass].kind;
    const bool indentation = stopped_at == TokenKind::Indent || stopped_at == TokenKind::Dedent;
    if (!error_) {
        Diagnostic generic = generic_error(first_pass);
        if (indentation || stopped_at == TokenKind::Error) return generic;
        error_ = std::move(generic);
    }
    // CPython now reads the rest of the file, for what the lexer has to say goes first.
    for (const LexicalError& lexical : lexical_errors_) {
        if (lexical.raised) return lexical.diagnostic;
        if (!open_brackets_.empty() &&
            tokens_[furthest_].range.lineno > open_brackets_.back().lineno) {
            return unclosed_bracket(open_brackets_.back());
        }
    }
    return std::move(*error_);
}

std::string_view Parser::expression_name(const ExprNode* node) {
    switch (node->kind) {
        case NodeKind::Attribute: return "attribute";
        case NodeKind::Subscript: return "subscript";
        case NodeKind::Starred: return "starred";
        case NodeKind::Name: return "name";
        case NodeKind::List: return "list";
        case NodeKind::Tuple: return "tuple";
        case NodeKind::Lambda: return "lambda";
        case NodeKind::Call: return "function call";
        case NodeKind::BoolOp:
        case NodeKind::BinOp:
        case NodeKind::UnaryOp: return "expression";
        case NodeKind::GeneratorExp: return "generator expression";
        case NodeKind::Yield:
        case NodeKind::YieldFrom: return "yield expression";
        case NodeKind::Await: return "await expression";
        case NodeKind::ListComp: return "list comprehension";
        case NodeKind::SetComp: return "set comprehension";
        case NodeKind::DictComp: return "dict comprehension";
        case NodeKind::Dict: return "dict literal";
        case NodeKind::Set: return "set display";
        case NodeKind::JoinedStr:
        case NodeKind::FormattedValue: return "f-string expression";
        case NodeKind::Constant:
            switch (static_cast<const Constant*>(node)->constant_kind) {
                case ConstantKind::None: return "None";
                case ConstantKind::True: return "True";
                case ConstantKind::False: return "False";
                case ConstantKind::Ellipsis: return "ellipsis";
                default: return "literal";
            }
        case NodeKind::Compare: return "comparison";
        case NodeKind::IfExp: return "conditional expression";
        case NodeKind::NamedExpr: return "named expression";
        default: return "expression";
    }
}

const ExprNode* Parser::invalid_target(const ExprNode* node, TargetKind target) {
    const auto in = [&](const Sequence<ExprNode*>& elements) -> const ExprNode* {
        for (const ExprNode* element : elements) {
            if (const ExprNode* found = invalid_target(element, target)) return found;
        }
        return nullptr;
    };
    switch (node->kind) {
        case NodeKind::List: return in(static_cast<const syntax::List*>(node)->elts);
        case NodeKind::Tuple: return in(static_cast<const Tuple*>(node)->elts);
        case NodeKind::Starred:
            if (target == TargetKind::Delete) return node;
            return invalid_target(static_cast<const Starred*>(node)->value, target);
        case NodeKind::Compare: {
            // `for a in b` was read as a comparison; the target is its left side.
            const auto* compare = static_cast<const Compare*>(node);
            if (target != TargetKind::For) return node;
            return compare->ops[0] == CmpOperator::In ? invalid_target(compare->left, target)
                                                      : nullptr;
        }
        case NodeKind::Name:
        case NodeKind::Subscript:
        case NodeKind::Attribute: return nullptr;
        default: return node;
    }
}

std::nullptr_t Parser::raise_invalid_target(TargetKind target, const ExprNode* node) {
    const ExprNode* wrong = invalid_target(node, target);
    if (wrong == nullptr) return nullptr;
    return raise_at(wrong->range, std::string(target == TargetKind::Delete ? "cannot delete "
                                                                           : "cannot assign to ") +
                                      std::string(expression_name(wrong)));
}

bool Parser::is_legacy_name(const ExprNode* node) {
    const auto* name = node_cast<Name>(node);
    return name != nullptr && (name->id == "print" || name->id == "exec");
}

// CPython 3.11 compares only as many letters as the name has: `m` passes for `match`.
bool Parser::at_soft_keyword() const {
    if (!at(TokenKind::Name)) return false;
    const std::string_view name = token_text(token());
    for (std::string_view keyword : {"_", "case", "match"}) {
        if (keyword.starts_with(name)) return true;
    }
    return false;
}

bool Parser::expect_forced(TokenKind wanted) {
    if (at(wanted)) {
        advance();
        return true;
    }
    if (recovering_) return missing(token_spelling(wanted));
    if (second_pass_)
        raise_at(token().range, "expected '" + std::string(token_spelling(wanted)) + "'");
    return false;
}

// Two expressions side by side, `a if b` without else, `print x`.
void Parser::invalid_expression() {
    const std::size_t start = pos_;
    const Range first = token().range;
    const bool string_behind_name = at(TokenKind::Name) && peek(1) == TokenKind::String;
    ExprNode* left = nullptr;
    if (!string_behind_name && !at_soft_keyword()) {
        left = disjunction();
        if (raised_) return;
        if (left != nullptr) {
            ExprNode* right = expression_without_invalid();
            if (raised_) return;
            if (right != nullptr && !is_legacy_name(left) && tokens_[pos_ - 1].in_brackets) {
                raise_between(left->range, right->range,
                              "invalid syntax. Perhaps you forgot a comma?");
                return;
            }
        }
    }
    pos_ = start;
    left = disjunction();
    if (raised_) return;
    if (left != nullptr && accept(TokenKind::KwIf)) {
        ExprNode* test = disjunction();
        if (raised_) return;
        if (test != nullptr && !at(TokenKind::KwElse) && !at(TokenKind::Colon)) {
            raise_between(left->range, test->range, "expected 'else' after 'if' expression");
            return;
        }
    }
    pos_ = start;
    if (at(TokenKind::Name) && peek(1) != TokenKind::LeftParen) {
        // Asked of any name, so errors in what follows are found here.
        const std::string_view name = token_text(token());
        advance();
        if (starts_expression() || at(TokenKind::Star)) {
            ExprNode* argument = star_expressions();
            if (raised_) return;
            if (argument != nullptr && (name == "print" || name == "exec")) {
                raise_between(first, argument->range,
                              "Missing parentheses in call to '" + std::string(name) +
                                  "'. Did you mean " + std::string(name) + "(...)?");
                return;
            }
        }
        pos_ = start;
    }
}

void Parser::invalid_named_expression() {
    const std::size_t start = pos_;
    memoise<ExprNode>(Rule::InvalidNamedExpression, [this]() -> ExprNode* {
        invalid_named_expression_rule();
        return nullptr;
    });
    pos_ = start;
}

void Parser::invalid_named_expression_rule() {
    const std::size_t start = pos_;
    ExprNode* left = expression();
    if (raised_) return;
    if (left != nullptr && accept(TokenKind::ColonEqual)) {
        if (expression() != nullptr && !raised_) {
            raise_at(left->range, "cannot use assignment expressions with " +
                                      std::string(expression_name(left)));
        }
        if (raised_) return;
    }
    pos_ = start;
    if (at(TokenKind::Name) && peek(1) == TokenKind::Equal) {
        const Range first = token().range;
        advance();
        advance();
        ExprNode* right = bitwise_or();
        if (raised_) return;
        if (right != nullptr && !at(TokenKind::Equal) && !at(TokenKind::ColonEqual)) {
            raise_between(first, right->range,
                          "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
            return;
        }
    }
    pos_ = start;
    // Displays of targets are no comparison someone forgot to double the sign of.
    switch (kind()) {
        case TokenKind::LeftParen:
        case TokenKind::LeftBracket: {
            ExprNode* display = atom();
            if (raised_) return;
            if (display != nullptr && tokens_[start].range.begin == display->range.begin &&
                (display->kind == NodeKind::List || display->kind == NodeKind::Tuple ||
                 display->kind == NodeKind::GeneratorExp)) {
                return;
            }
            pos_ = start;
            break;
        }
        case TokenKind::KwTrue:
        case TokenKind::KwFalse:
        case TokenKind::KwNone: return;
        default: break;
    }
    left = bitwise_or();
    if (raised_ || left == nullptr || !accept(TokenKind::Equal)) return;
    ExprNode* right = bitwise_or();
    if (raised_ || right == nullptr || at(TokenKind::Equal) || at(TokenKind::ColonEqual)) return;
    raise_at(left->range, "cannot assign to " + std::string(expression_name(left)) +
                              " here. Maybe you meant '==' instead of '='?");
}

void Parser::invalid_group() {
    advance();
    if (at(TokenKind::Star)) {
        ExprNode* element = starred(false);
        if (!raised_ && element != nullptr && at(TokenKind::RightParen)) {
            raise_at(element->range, "cannot use starred expression here");
        }
    } else if (at(TokenKind::DoubleStar)) {
        const Range stars = token().range;
        advance();
        if (expression() != nullptr && !raised_ && at(TokenKind::RightParen)) {
            raise_at(stars, "cannot use double starred expression here");
        }
    }
}

void Parser::invalid_comprehension() {
    const std::size_t start = pos_;
    const bool parens = at(TokenKind::LeftParen);
    const auto clauses_follow = [&] {
        Sequence<Comprehension*> generators;
        return starts_comprehension() && comprehension_clauses(generators) && !raised_;
    };
    advance();
    if (at(TokenKind::Star)) {
        ExprNode* element = starred(false);
        if (raised_) return;
        if (element != nullptr && clauses_follow()) {
            raise_at(element->range, "iterable unpacking cannot be used in comprehension");
        }
        if (raised_) return;
    }
    if (parens) return;
    pos_ = start + 1;
    if (!starts_expression() && !at(TokenKind::Star)) return;
    ExprNode* first = star_named_expression();
    if (raised_ || first == nullptr || !at(TokenKind::Comma)) return;
    const Range comma = token().range;
    advance();
    const std::size_t after_comma = pos_;
    ExprNode* last = nullptr;
    while (starts_expression() || at(TokenKind::Star)) {
        const std::size_t before = pos_;
        ExprNode* next = star_named_expression();
        if (raised_) return;
        if (next == nullptr) {
            pos_ = before;
            break;
        }
        last = next;
        if (!accept(TokenKind::Comma)) break;
    }
    const std::string message = "did you forget parentheses around the comprehension target?";
    if (last != nullptr) {
        if (clauses_follow()) raise_between(first->range, last->range, message);
        if (raised_) return;
    }
    pos_ = after_comma;
    if (clauses_follow()) raise_between(first->range, comma, message);
}

void Parser::invalid_key_value() {
    const std::size_t start = pos_;
    ExprNode* key = starts_expression() ? expression() : nullptr;
    if (raised_ || key == nullptr) return;
    const Range key_end = last_range();
    if (!at(TokenKind::Colon)) {
        const Range where{key->range.lineno,      key_end.end_col_offset - 1, key_end.end_lineno,
                          key_end.end_col_offset, key->range.begin,           key_end.end};
        raise_at(where, "':' expected after dictionary key");
        error_->end_offset = 0;
        error_->suggestion = ":";
        return;
    }
    const Range colon = token().range;
    advance();
    if (at(TokenKind::Star)) {
        const Range star = token().range;
        advance();
        if (bitwise_or() != nullptr && !raised_) {
            raise_from(star, "cannot use a starred expression in a dictionary value");
        }
    } else if (at(TokenKind::RightBrace) || at(TokenKind::Comma)) {
        raise_at(colon, "expression expected after dictionary key and ':'");
    }
    if (!raised_) pos_ = start;
}

void Parser::invalid_dict() {
    const std::size_t start = pos_ + 1;
    pos_ = start;
    bool pairs = false;
    while (true) {
        const std::size_t before = pos_;
        bool good = false;
        if (accept(TokenKind::DoubleStar)) {
            good = bitwise_or() != nullptr;
        } else if (starts_expression()) {
            good = expression() != nullptr && !raised_ && accept(TokenKind::Colon) &&
                   starts_expression() && expression() != nullptr;
        }
        if (raised_) return;
        if (!good) {
            pos_ = before;
            if (pairs) {
                invalid_key_value();
                if (raised_) return;
            }
            break;
        }
        pairs = true;
        if (!accept(TokenKind::Comma)) break;
    }
    pos_ = start;
    if (!starts_expression()) return;
    if (expression() == nullptr || raised_ || !at(TokenKind::Colon)) return;
    pos_ = start;
    invalid_key_value();
}

void Parser::invalid_for_target() {
    accept(TokenKind::KwAsync);
    if (!accept(TokenKind::KwFor)) return;
    ExprNode* target = star_expressions();
    if (raised_ || target == nullptr) return;
    raise_invalid_target(TargetKind::For, target);
}

}  // namespace refscope::syntax
