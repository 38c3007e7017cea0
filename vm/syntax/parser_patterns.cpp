// The match statement and its patterns (PEP 634).

#include <algorithm>

#include "vm/syntax/parser.h"

namespace refscope::syntax {

// `match` is a name unless the whole header reads as a match statement.
StmtNode* Parser::match_stmt() {
    const Range first = token().range;
    const std::size_t start = pos_;
    const TokenKind next = peek(1);
    if (!starts_expression(next) && next != TokenKind::Star) return nullptr;
    const bool recovering = std::exchange(recovering_, false);
    advance();
    ExprNode* subject = star_named_expression();
    if (subject != nullptr && at(TokenKind::Comma)) {
        List<ExprNode> elements(*this);
        const Range from = tokens_[start + 1].range;
        elements.add(subject);
        while (accept(TokenKind::Comma)) {
            if (!starts_expression() && !at(TokenKind::Star)) break;
            const std::size_t before = pos_;
            ExprNode* element = star_named_expression();
            if (element == nullptr) {
                if (raised_) return nullptr;
                pos_ = before;
                break;
            }
            elements.add(element);
        }
        auto* tuple = make<Tuple>(from);
        tuple->elts = finish(elements);
        subject = tuple;
    } else if (subject != nullptr && subject->kind == NodeKind::Starred) {
        subject = nullptr;
    }
    recovering_ = recovering;
    if (subject == nullptr || raised_) return nullptr;
    if (diagnosing_ && at(TokenKind::Newline)) return raise_here("expected ':'");
    if (!at(TokenKind::Colon) || peek(1) != TokenKind::Newline) return nullptr;
    if (!header_end("'match' statement", first.lineno, false)) return nullptr;
    advance();
    if (!accept(TokenKind::Indent)) return nullptr;
    if (!is_name("case")) return nullptr;
    if (header_only_) return make<Match>(first);
    List<MatchCase> cases(*this);
    while (is_name("case")) {
        MatchCase* item = case_block();
        if (item == nullptr) return nullptr;
        cases.add(item);
    }
    if (!accept(TokenKind::Dedent)) {
        if (!context_.options.tolerant || second_pass_) return nullptr;
        // What is no case has no place in the tree, but its errors are told.
        report(placed(DiagnosticKind::SyntaxError, token().range, "invalid syntax"));
        List<StmtNode> stray(*this);
        tolerant_statements(stray, false);
        accept(TokenKind::Dedent);
    }
    auto* node = make<Match>(first);
    node->subject = subject;
    node->cases = finish(cases);
    end_at_code(node);
    return node;
}

MatchCase* Parser::case_block() {
    const Range first = token().range;
    advance();
    begin_clause();
    PatternNode* matched = patterns();
    if (matched == nullptr) return nullptr;
    ExprNode* guard = nullptr;
    if (accept(TokenKind::KwIf)) {
        guard = named_expression();
        if (guard == nullptr) return nullptr;
    }
    if (!header_end("'case' statement", first.lineno, false)) return nullptr;
    Sequence<StmtNode*> body;
    if (!block(body)) return nullptr;
    auto* node = make<MatchCase>(first);
    node->pattern = matched;
    node->guard = guard;
    node->body = body;
    end_at_code(node);
    return node;
}

bool Parser::starts_pattern() const {
    switch (kind()) {
        case TokenKind::Name:
        case TokenKind::Number:
        case TokenKind::String:
        case TokenKind::Minus:
        case TokenKind::LeftParen:
        case TokenKind::LeftBracket:
        case TokenKind::LeftBrace:
        case TokenKind::Star:
        case TokenKind::KwNone:
        case TokenKind::KwTrue:
        case TokenKind::KwFalse: return true;
        default: return false;
    }
}

// Several without brackets make a sequence.
PatternNode* Parser::patterns() {
    const Range first = token().range;
    PatternNode* head = maybe_star_pattern();
    if (head == nullptr) return nullptr;
    if (!at(TokenKind::Comma)) {
        if (head->kind != NodeKind::MatchStar) return head;
        return recovering_ ? (missing(","), head) : nullptr;
    }
    List<PatternNode> elements(*this);
    elements.add(head);
    while (accept(TokenKind::Comma)) {
        if (!starts_pattern()) break;
        PatternNode* element = maybe_star_pattern();
        if (element == nullptr) return nullptr;
        elements.add(element);
    }
    auto* node = make<MatchSequence>(first);
    node->patterns = finish(elements);
    return node;
}

PatternNode* Parser::maybe_star_pattern() {
    return at(TokenKind::Star) ? star_pattern() : pattern();
}

PatternNode* Parser::star_pattern() {
    const Range first = token().range;
    advance();
    Identifier name;
    if (at(TokenKind::Name)) {
        const bool is_target = peek(1) != TokenKind::Dot && peek(1) != TokenKind::LeftParen &&
                               peek(1) != TokenKind::Equal;
        if (!is_name("_")) {
            if (!is_target) return nullptr;
            name = identifier(token());
        }
        advance();
    } else if (!missing("name")) {
        return nullptr;
    }
    auto* node = make<MatchStar>(first);
    node->name = name;
    return node;
}

PatternNode* Parser::pattern() {
    if (!diagnosing_) return as_pattern();
    return memoise<PatternNode>(Rule::Pattern, [this] { return as_pattern(); });
}

PatternNode* Parser::as_pattern() {
    const Nesting nesting(*this);
    if (!nesting.ok()) return nullptr;
    const Range first = token().range;
    PatternNode* inner = or_pattern();
    if (inner == nullptr || !at(TokenKind::KwAs)) return inner;
    const std::size_t as = pos_;
    advance();
    // CPython has read the token behind the name when it decides.
    if (at(TokenKind::Name) && !is_name("_") && pos_ + 1 < tokens_.size()) {
        furthest_ = std::max(furthest_, pos_ + 1);
    }
    const bool is_target = at(TokenKind::Name) && !is_name("_") && peek(1) != TokenKind::Dot &&
                           peek(1) != TokenKind::LeftParen && peek(1) != TokenKind::Equal;
    if (is_target) {
        auto* node = make<MatchAs>(first);
        node->pattern = inner;
        node->name = identifier(token());
        advance();
        node->range = join(first, last_range());
        return node;
    }
    if (recovering_) {
        missing("name");
        if (starts_expression()) expression();
        return inner;
    }
    if (diagnosing_) {
        if (is_name("_")) return raise_at(token().range, "cannot use '_' as a target");
        if (!at(TokenKind::Name)) {
            ExprNode* wrong = expression();
            if (raised_) return nullptr;
            if (wrong != nullptr) return raise_at(wrong->range, "invalid pattern target");
        }
    }
    pos_ = as;
    return inner;
}

PatternNode* Parser::or_pattern() {
    const Range first = token().range;
    PatternNode* head = closed_pattern();
    if (head == nullptr || !at(TokenKind::Bar)) return head;
    List<PatternNode> alternatives(*this);
    alternatives.add(head);
    while (at(TokenKind::Bar)) {
        const std::size_t before = pos_;
        advance();
        PatternNode* next = closed_pattern();
        if (next == nullptr) {
            if (raised_) return nullptr;
            pos_ = before;
            break;
        }
        alternatives.add(next);
    }
    if (alternatives.size() == 1) return head;
    auto* node = make<MatchOr>(first);
    node->patterns = finish(alternatives);
    return node;
}

PatternNode* Parser::closed_pattern() {
    const Range first = token().range;
    switch (kind()) {
        case TokenKind::Number:
        case TokenKind::Minus:
        case TokenKind::String: {
            ExprNode* value = literal_expr();
            if (value == nullptr) return nullptr;
            auto* node = make<MatchValue>(first);
            node->value = value;
            return node;
        }
        case TokenKind::KwNone:
        case TokenKind::KwTrue:
        case TokenKind::KwFalse: {
            auto* node = make_at<MatchSingleton>(first);
            node->value = at(TokenKind::KwNone)   ? ConstantKind::None
                          : at(TokenKind::KwTrue) ? ConstantKind::True
                                                  : ConstantKind::False;
            advance();
            return node;
        }
        case TokenKind::Name: {
            const TokenKind next = peek(1);
            if (next != TokenKind::Dot && next != TokenKind::LeftParen) {
                if (next == TokenKind::Equal && !is_name("_") && !recovering_) return nullptr;
                auto* node = make_at<MatchAs>(first);
                if (!is_name("_")) node->name = identifier(token());
                advance();
                return node;
            }
            if (next == TokenKind::LeftParen && is_name("_") && !recovering_) {
                // The wildcard matches first; the call behind it is an error.
                auto* node = make_at<MatchAs>(first);
                advance();
                return node;
            }
            ExprNode* name = name_or_attr();
            if (name == nullptr) return nullptr;
            if (at(TokenKind::LeftParen)) return class_pattern(name, first);
            if (name->kind == NodeKind::Name || (at(TokenKind::Equal) && !recovering_))
                return nullptr;
            auto* node = make<MatchValue>(first);
            node->value = name;
            return node;
        }
        case TokenKind::LeftParen:
        case TokenKind::LeftBracket: return sequence_pattern();
        case TokenKind::LeftBrace: return mapping_pattern();
        default: break;
    }
    if (!recovering_) return nullptr;
    missing("pattern");
    auto* node = make_at<MatchValue>(first);
    node->value = error_expr();
    node->range = node->value->range;
    return node;
}

ExprNode* Parser::name_or_attr() {
    const std::size_t start = pos_;
    ExprNode* node = name_expression();
    while (at(TokenKind::Dot)) {
        const std::size_t before = pos_;
        advance();
        if (!at(TokenKind::Name)) {
            if (!recovering_) {
                pos_ = before;
                break;
            }
            missing("name");
        }
        auto* attribute = context_.arena.make<Attribute>();
        attribute->value = node;
        if (at(TokenKind::Name)) {
            attribute->attr = identifier(token());
            advance();
        }
        attribute->range = join(tokens_[start].range, last_range());
        node = attribute;
    }
    return node;
}

ExprNode* Parser::signed_number() {
    const Range first = token().range;
    if (!accept(TokenKind::Minus)) return at(TokenKind::Number) ? number() : nullptr;
    if (!at(TokenKind::Number)) return recovering_ ? (missing("number"), error_expr()) : nullptr;
    ExprNode* operand = number();
    if (operand == nullptr) return nullptr;
    auto* node = make<UnaryOp>(first);
    node->op = UnaryOperator::USub;
    node->operand = operand;
    return node;
}

// A number, a complex sum, strings, None, True or False.
ExprNode* Parser::literal_expr() {
    const Range first = token().range;
    switch (kind()) {
        case TokenKind::String: return strings();
        case TokenKind::KwNone: return constant(ConstantKind::None);
        case TokenKind::KwTrue: return constant(ConstantKind::True);
        case TokenKind::KwFalse: return constant(ConstantKind::False);
        default: break;
    }
    const auto is_complex = [](const ExprNode* node) {
        if (const auto* unary = node_cast<UnaryOp>(node)) node = unary->operand;
        const auto* number = node_cast<Constant>(node);
        return number != nullptr && number->constant_kind == ConstantKind::Complex;
    };
    ExprNode* real = signed_number();
    if (real == nullptr || (!at(TokenKind::Plus) && !at(TokenKind::Minus))) return real;
    if (is_complex(real) && !recovering_) {
        return raise_at(real->range, "real number required in complex literal");
    }
    const Operator op = at(TokenKind::Plus) ? Operator::Add : Operator::Sub;
    advance();
    if (!at(TokenKind::Number)) return recovering_ ? (missing("number"), real) : nullptr;
    ExprNode* imaginary = number();
    if (imaginary == nullptr) return nullptr;
    if (!is_complex(imaginary) && !recovering_) {
        return raise_at(imaginary->range, "imaginary number required in complex literal");
    }
    auto* node = make<BinOp>(first);
    node->left = real;
    node->op = op;
    node->right = imaginary;
    return node;
}

// (a), (a, b), [a, b]
PatternNode* Parser::sequence_pattern() {
    const Range first = token().range;
    const bool parens = at(TokenKind::LeftParen);
    const TokenKind close = parens ? TokenKind::RightParen : TokenKind::RightBracket;
    advance();
    List<PatternNode> elements(*this);
    bool comma = false;
    while (!at(close)) {
        if (!starts_pattern() && !recovering_) return nullptr;
        PatternNode* element = maybe_star_pattern();
        if (element == nullptr) return nullptr;
        elements.add(element);
        if (recovering_) {
            if (at(TokenKind::Comma)) comma = true;
            if (!recover_item(close)) break;
            continue;
        }
        if (!accept(TokenKind::Comma)) break;
        comma = true;
    }
    if (!expect(close)) return nullptr;
    if (parens && !comma && elements.size() == 1 && elements[0]->kind != NodeKind::MatchStar)
        return elements[0];
    if (parens && !comma && elements.size() == 1 && !recovering_) return nullptr;
    auto* node = make<MatchSequence>(first);
    node->patterns = finish(elements);
    return node;
}

PatternNode* Parser::mapping_pattern() {
    const Range first = token().range;
    advance();
    std::vector<ExprNode*> keys;
    List<PatternNode> values(*this);
    Identifier rest;
    while (!at(TokenKind::RightBrace)) {
        if (accept(TokenKind::DoubleStar)) {
            if (!at(TokenKind::Name) || is_name("_") || peek(1) == TokenKind::Dot ||
                peek(1) == TokenKind::LeftParen || peek(1) == TokenKind::Equal) {
                if (!missing("name")) return nullptr;
            } else {
                rest = identifier(token());
                advance();
            }
            accept(TokenKind::Comma);
            break;
        }
        ExprNode* key = nullptr;
        if (at(TokenKind::Name)) {
            key = name_or_attr();
            if (key->kind == NodeKind::Name && !recovering_) return nullptr;
        } else {
            key = literal_expr();
        }
        if (key == nullptr) {
            if (!recovering_) return nullptr;
            missing("key");
            if (recover_item(TokenKind::RightBrace) && !starts_expression()) continue;
            break;
        }
        if (!expect(TokenKind::Colon)) return nullptr;
        PatternNode* value = pattern();
        if (value == nullptr) return nullptr;
        keys.push_back(key);
        values.add(value);
        if (recovering_ ? !recover_item(TokenKind::RightBrace) : !accept(TokenKind::Comma)) break;
    }
    if (!expect(TokenKind::RightBrace)) return nullptr;
    auto* node = make<MatchMapping>(first);
    node->keys = context_.arena.copy(keys);
    node->patterns = finish(values);
    node->rest = rest;
    return node;
}

PatternNode* Parser::class_pattern(ExprNode* cls, const Range& first) {
    const std::size_t open = pos_;
    advance();
    List<PatternNode> positional(*this);
    std::vector<Identifier> names;
    std::vector<PatternNode*> values;
    bool good = true;
    while (!at(TokenKind::RightParen)) {
        if (at(TokenKind::Name) && peek(1) == TokenKind::Equal) {
            names.push_back(identifier(token()));
            advance();
            advance();
            PatternNode* value = pattern();
            if (value == nullptr) {
                good = false;
                break;
            }
            values.push_back(value);
        } else {
            if (!names.empty()) {
                if (!recovering_) {
                    good = false;
                    break;
                }
                missing("keyword pattern");
            }
            PatternNode* value = pattern();
            if (value == nullptr) {
                good = false;
                break;
            }
            positional.add(value);
        }
        if (recovering_ ? !recover_item(TokenKind::RightParen) : !accept(TokenKind::Comma)) break;
    }
    if (raised_) return nullptr;
    if (!good || !expect(TokenKind::RightParen)) {
        if (diagnosing_) {
            pos_ = open;
            invalid_class_pattern();
        }
        return nullptr;
    }
    auto* node = make<MatchClass>(first);
    node->cls = cls;
    node->patterns = finish(positional);
    node->kwd_attrs = context_.arena.copy(names);
    node->kwd_patterns = context_.arena.copy(values);
    return node;
}

}  // namespace refscope::syntax
