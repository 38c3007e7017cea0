// Operators, atoms and everything between them.

#include <cstdlib>
#include <string>

#include "vm/syntax/parser.h"

namespace refscope::syntax {

namespace {

struct BinaryOperator {
    std::int8_t precedence = 0;  // 0: none
    Operator op = Operator::Add;
};

constexpr int kBitOrPrecedence = 1;

constexpr BinaryOperator binary_operator(TokenKind kind) {
    switch (kind) {
        case TokenKind::Bar: return {1, Operator::BitOr};
        case TokenKind::Caret: return {2, Operator::BitXor};
        case TokenKind::Ampersand: return {3, Operator::BitAnd};
        case TokenKind::LeftShift: return {4, Operator::LShift};
        case TokenKind::RightShift: return {4, Operator::RShift};
        case TokenKind::Plus: return {5, Operator::Add};
        case TokenKind::Minus: return {5, Operator::Sub};
        case TokenKind::Star: return {6, Operator::Mult};
        case TokenKind::Slash: return {6, Operator::Div};
        case TokenKind::DoubleSlash: return {6, Operator::FloorDiv};
        case TokenKind::Percent: return {6, Operator::Mod};
        case TokenKind::At: return {6, Operator::MatMult};
        default: return {};
    }
}

constexpr std::size_t kMaxDecimalDigits = 4300;

}  // namespace

bool Parser::starts_expression(TokenKind kind) {
    switch (kind) {
        case TokenKind::Name:
        case TokenKind::Number:
        case TokenKind::String:
        case TokenKind::KwFalse:
        case TokenKind::KwNone:
        case TokenKind::KwTrue:
        case TokenKind::KwAwait:
        case TokenKind::KwLambda:
        case TokenKind::KwNot:
        case TokenKind::LeftParen:
        case TokenKind::LeftBracket:
        case TokenKind::LeftBrace:
        case TokenKind::Ellipsis:
        case TokenKind::Plus:
        case TokenKind::Minus:
        case TokenKind::Tilde: return true;
        default: return false;
    }
}

ExprNode* Parser::star_expressions() {
    const std::size_t start = pos_;
    ExprNode* expr = star_expression();
    if (expr == nullptr || !at(TokenKind::Comma)) return expr;
    List<ExprNode> elements(*this);
    elements.add(expr);
    while (at(TokenKind::Comma)) {
        advance();
        if (!starts_expression() && !at(TokenKind::Star)) break;
        const std::size_t before = pos_;
        expr = star_expression();
        if (expr == nullptr) {
            if (raised_) return nullptr;
            pos_ = before;
            break;
        }
        elements.add(expr);
    }
    auto* tuple = make<Tuple>(tokens_[start].range);
    tuple->elts = finish(elements);
    return tuple;
}

ExprNode* Parser::star_expression() {
    return at(TokenKind::Star) ? starred(true) : expression();
}

ExprNode* Parser::star_named_expression() {
    return at(TokenKind::Star) ? starred(true) : named_expression();
}

ExprNode* Parser::starred(bool bitwise_operand) {
    const Range first = token().range;
    advance();
    ExprNode* value = bitwise_operand ? bitwise_or() : expression();
    if (value == nullptr) return nullptr;
    auto* node = make<Starred>(first);
    node->value = value;
    return node;
}

ExprNode* Parser::assignment_expression() {
    if (!at(TokenKind::Name) || peek(1) != TokenKind::ColonEqual) return nullptr;
    const Range first = token().range;
    ExprNode* target = name_expression();
    set_context(target, ExprContext::Store);
    advance();
    ExprNode* value = expression();
    if (value == nullptr) return nullptr;
    auto* node = make<NamedExpr>(first);
    node->target = target;
    node->value = value;
    return node;
}

ExprNode* Parser::named_expression() {
    if (raised_) return nullptr;
    if (at(TokenKind::Name) && peek(1) == TokenKind::ColonEqual) return assignment_expression();
    if (diagnosing_) {
        invalid_named_expression();
        if (raised_) return nullptr;
    }
    ExprNode* expr = expression();
    if (expr != nullptr && at(TokenKind::ColonEqual)) {
        if (!recovering_) return nullptr;
        missing(",");
        advance();
        auto* node = make_at<ErrorExpr>(expr->range);
        ExprNode* value = expression();
        node->parts = context_.arena.list<ExprNode*>({expr, value});
        node->range = join(expr->range, last_range());
        return node;
    }
    return expr;
}

ExprNode* Parser::expression() {
    if (!second_pass_) return expression_rule();
    return memoise<ExprNode>(Rule::Expression, [this] { return expression_rule(); });
}

ExprNode* Parser::expression_rule() {
    const Nesting nesting(*this);
    if (!nesting.ok()) return nullptr;
    if (diagnosing_) {
        invalid_expression();
        if (raised_) return nullptr;
    }
    if (at(TokenKind::KwLambda)) return lambda();
    const std::size_t start = pos_;
    ExprNode* body = disjunction();
    if (body == nullptr || !at(TokenKind::KwIf)) return body;
    return conditional(tokens_[start].range, body);
}

// CPython parses this without its invalid_ rules: the caller only wants to know what stands here.
ExprNode* Parser::expression_without_invalid() {
    const bool diagnosing = std::exchange(diagnosing_, false);
    ExprNode* result = expression_rule();
    diagnosing_ = diagnosing;
    return result;
}

ExprNode* Parser::conditional(const Range& first, ExprNode* body) {
    const std::size_t start = pos_;
    advance();
    ExprNode* test = disjunction();
    if (test == nullptr || !at(TokenKind::KwElse)) {
        if (raised_) return nullptr;
        if (recovering_ && test != nullptr && !at(TokenKind::Colon)) {
            missing("else");
            auto* node = make<IfExp>(first);
            node->test = test;
            node->body = body;
            node->orelse = error_expr();
            return node;
        }
        pos_ = start;
        return body;
    }
    advance();
    ExprNode* orelse = expression();
    if (orelse == nullptr) {
        pos_ = start;
        return raised_ ? nullptr : body;
    }
    auto* node = make<IfExp>(first);
    node->test = test;
    node->body = body;
    node->orelse = orelse;
    return node;
}

ExprNode* Parser::lambda() {
    const Range first = token().range;
    advance();
    Arguments* args = parameters(true);
    if (args == nullptr || !expect_forced(TokenKind::Colon)) return nullptr;
    ExprNode* body = expression();
    if (body == nullptr) return nullptr;
    auto* node = make<Lambda>(first);
    node->args = args;
    node->body = body;
    return node;
}

ExprNode* Parser::disjunction() {
    if (!second_pass_) return disjunction_rule();
    return memoise<ExprNode>(Rule::Disjunction, [this] { return disjunction_rule(); });
}

ExprNode* Parser::disjunction_rule() {
    const std::size_t start = pos_;
    ExprNode* left = conjunction();
    if (left == nullptr || !at(TokenKind::KwOr)) return left;
    List<ExprNode> values(*this);
    values.add(left);
    while (at(TokenKind::KwOr)) {
        const std::size_t before = pos_;
        advance();
        ExprNode* right = conjunction();
        if (right == nullptr) {
            if (raised_) return nullptr;
            pos_ = before;
            break;
        }
        values.add(right);
    }
    if (values.size() == 1) return left;
    auto* node = make<BoolOp>(tokens_[start].range);
    node->op = BoolOperator::Or;
    node->values = finish(values);
    return node;
}

ExprNode* Parser::conjunction() {
    const std::size_t start = pos_;
    ExprNode* left = inversion();
    if (left == nullptr || !at(TokenKind::KwAnd)) return left;
    List<ExprNode> values(*this);
    values.add(left);
    while (at(TokenKind::KwAnd)) {
        const std::size_t before = pos_;
        advance();
        ExprNode* right = inversion();
        if (right == nullptr) {
            if (raised_) return nullptr;
            pos_ = before;
            break;
        }
        values.add(right);
    }
    if (values.size() == 1) return left;
    auto* node = make<BoolOp>(tokens_[start].range);
    node->op = BoolOperator::And;
    node->values = finish(values);
    return node;
}

ExprNode* Parser::inversion() {
    if (!at(TokenKind::KwNot)) return comparison();
    const Nesting nesting(*this);
    if (!nesting.ok()) return nullptr;
    const Range first = token().range;
    advance();
    ExprNode* operand = inversion();
    if (operand == nullptr) return nullptr;
    auto* node = make<UnaryOp>(first);
    node->op = UnaryOperator::Not;
    node->operand = operand;
    return node;
}

bool Parser::accept_comparison(CmpOperator& op) {
    switch (kind()) {
        case TokenKind::EqualEqual: op = CmpOperator::Eq; break;
        case TokenKind::NotEqual: op = CmpOperator::NotEq; break;
        case TokenKind::Less: op = CmpOperator::Lt; break;
        case TokenKind::LessEqual: op = CmpOperator::LtE; break;
        case TokenKind::Greater: op = CmpOperator::Gt; break;
        case TokenKind::GreaterEqual: op = CmpOperator::GtE; break;
        case TokenKind::KwIn: op = CmpOperator::In; break;
        case TokenKind::KwIs:
            advance();
            op = CmpOperator::Is;
            if (!accept(TokenKind::KwNot)) return true;
            op = CmpOperator::IsNot;
            return true;
        case TokenKind::KwNot: {
            const std::size_t before = pos_;
            advance();
            if (!accept(TokenKind::KwIn)) {
                pos_ = before;
                return false;
            }
            op = CmpOperator::NotIn;
            return true;
        }
        default: return false;
    }
    advance();
    return true;
}

ExprNode* Parser::comparison() {
    const std::size_t start = pos_;
    ExprNode* left = bitwise_or();
    if (left == nullptr) return nullptr;
    const std::size_t before = pos_;
    CmpOperator op;
    if (!accept_comparison(op)) return left;
    ExprNode* right = bitwise_or();
    if (right == nullptr) {
        pos_ = before;
        return raised_ ? nullptr : left;
    }
    std::vector<CmpOperator> ops{op};
    List<ExprNode> comparators(*this);
    comparators.add(right);
    while (true) {
        const std::size_t again = pos_;
        if (!accept_comparison(op)) break;
        right = bitwise_or();
        if (right == nullptr) {
            if (raised_) return nullptr;
            pos_ = again;
            break;
        }
        ops.push_back(op);
        comparators.add(right);
    }
    auto* node = make<Compare>(tokens_[start].range);
    node->left = left;
    node->ops = context_.arena.copy(ops);
    node->comparators = finish(comparators);
    return node;
}

ExprNode* Parser::bitwise_or() {
    if (!second_pass_) return binary(kBitOrPrecedence);
    return memoise<ExprNode>(Rule::BitwiseOr, [this] { return binary(kBitOrPrecedence); });
}

ExprNode* Parser::binary(int minimum) {
    const std::size_t start = pos_;
    ExprNode* left = factor();
    if (left == nullptr) return nullptr;
    for (int links = 0;; ++links) {
        if (chain_is_too_long(links)) return nullptr;
        const BinaryOperator found = binary_operator(kind());
        if (found.precedence < minimum) return left;
        const std::size_t before = pos_;
        advance();
        ExprNode* right = binary(found.precedence + 1);
        if (right == nullptr) {
            pos_ = before;
            return raised_ ? nullptr : left;
        }
        auto* node = make<BinOp>(tokens_[start].range);
        node->left = left;
        node->op = found.op;
        node->right = right;
        left = node;
    }
}

ExprNode* Parser::factor() {
    UnaryOperator op;
    switch (kind()) {
        case TokenKind::Plus: op = UnaryOperator::UAdd; break;
        case TokenKind::Minus: op = UnaryOperator::USub; break;
        case TokenKind::Tilde: op = UnaryOperator::Invert; break;
        default: return power();
    }
    const Nesting nesting(*this);
    if (!nesting.ok()) return nullptr;
    const Range first = token().range;
    advance();
    ExprNode* operand = factor();
    if (operand == nullptr) return nullptr;
    auto* node = make<UnaryOp>(first);
    node->op = op;
    node->operand = operand;
    return node;
}

ExprNode* Parser::power() {
    const std::size_t start = pos_;
    ExprNode* left = await_primary();
    if (left == nullptr || !at(TokenKind::DoubleStar)) return left;
    const Nesting nesting(*this);
    if (!nesting.ok()) return nullptr;
    const std::size_t before = pos_;
    advance();
    ExprNode* right = factor();
    if (right == nullptr) {
        pos_ = before;
        return raised_ ? nullptr : left;
    }
    auto* node = make<BinOp>(tokens_[start].range);
    node->left = left;
    node->op = Operator::Pow;
    node->right = right;
    return node;
}

ExprNode* Parser::await_primary() {
    if (!at(TokenKind::KwAwait)) return primary();
    const Range first = token().range;
    advance();
    ExprNode* value = primary();
    if (value == nullptr) return nullptr;
    auto* node = make<Await>(first);
    node->value = value;
    return node;
}

ExprNode* Parser::primary() {
    if (!second_pass_) return primary_rule();
    return memoise<ExprNode>(Rule::Primary, [this] { return primary_rule(); });
}

ExprNode* Parser::primary_rule() {
    const std::size_t start = pos_;
    ExprNode* node = atom();
    if (node == nullptr) return nullptr;
    for (int links = 0;; ++links) {
        if (chain_is_too_long(links)) return nullptr;
        const std::size_t before = pos_;
        switch (kind()) {
            case TokenKind::Dot: {
                advance();
                Identifier attr;
                if (at(TokenKind::Name)) {
                    attr = identifier(token());
                    advance();
                } else if (recovering_) {
                    missing("name");
                    const Range& here = last_range();
                    attr.range = {here.end_lineno, here.end_col_offset,
                                  here.end_lineno, here.end_col_offset,
                                  here.end,        here.end};
                } else {
                    pos_ = before;
                    return node;
                }
                auto* attribute = make<Attribute>(tokens_[start].range);
                attribute->value = node;
                attribute->attr = attr;
                node = attribute;
                break;
            }
            case TokenKind::LeftParen: {
                auto* called = static_cast<Call*>(call(node));
                if (called == nullptr) {
                    pos_ = before;
                    return raised_ ? nullptr : node;
                }
                called->range = join(tokens_[start].range, last_range());
                node = called;
                break;
            }
            case TokenKind::LeftBracket: {
                advance();
                ExprNode* index = slices();
                if (index == nullptr || !expect(TokenKind::RightBracket)) {
                    pos_ = before;
                    return raised_ ? nullptr : node;
                }
                auto* subscript = make<Subscript>(tokens_[start].range);
                subscript->value = node;
                subscript->slice = index;
                node = subscript;
                break;
            }
            default: return node;
        }
    }
}

ExprNode* Parser::slices() {
    const Range first = token().range;
    List<ExprNode> elements(*this);
    bool comma = false;
    if (recovering_ && at(TokenKind::RightBracket)) {
        missing("expression");
        return error_expr();
    }
    while (true) {
        const std::size_t before = pos_;
        ExprNode* element = at(TokenKind::Star) ? starred(false) : slice();
        if (element == nullptr) {
            if (raised_ || elements.empty()) return nullptr;
            pos_ = before;
            break;
        }
        elements.add(element);
        if (!at(TokenKind::Comma)) {
            if (recovering_ && !at(TokenKind::RightBracket) &&
                recover_item(TokenKind::RightBracket))
                continue;
            break;
        }
        comma = true;
        advance();
        if (!starts_expression() && !at(TokenKind::Star) && !at(TokenKind::Colon)) break;
    }
    if (elements.size() == 1 && !comma && elements[0]->kind != NodeKind::Starred)
        return elements[0];
    auto* tuple = make<Tuple>(first);
    tuple->elts = finish(elements);
    return tuple;
}

ExprNode* Parser::slice() {
    const Range first = token().range;
    ExprNode* lower = nullptr;
    if (!at(TokenKind::Colon)) {
        if (at(TokenKind::Name) && peek(1) == TokenKind::ColonEqual) return named_expression();
        const std::size_t before = pos_;
        lower = expression();
        if (lower == nullptr) return nullptr;
        if (!at(TokenKind::Colon)) {
            // No slice after all: CPython reads it once more as a named expression.
            if (!diagnosing_ && !at(TokenKind::ColonEqual)) return lower;
            pos_ = before;
            return named_expression();
        }
    }
    advance();
    ExprNode* upper = nullptr;
    ExprNode* step = nullptr;
    if (starts_expression()) {
        const std::size_t before = pos_;
        upper = expression();
        if (raised_) return nullptr;
        if (upper == nullptr) pos_ = before;
    }
    if (accept(TokenKind::Colon) && starts_expression()) {
        const std::size_t before = pos_;
        step = expression();
        if (raised_) return nullptr;
        if (step == nullptr) pos_ = before;
    }
    auto* node = make<Slice>(first);
    node->lower = lower;
    node->upper = upper;
    node->step = step;
    return node;
}

ExprNode* Parser::atom() {
    switch (kind()) {
        case TokenKind::Name: return name_expression();
        case TokenKind::Number: return number();
        case TokenKind::String: return strings();
        case TokenKind::KwNone: return constant(ConstantKind::None);
        case TokenKind::KwTrue: return constant(ConstantKind::True);
        case TokenKind::KwFalse: return constant(ConstantKind::False);
        case TokenKind::Ellipsis: return constant(ConstantKind::Ellipsis);
        case TokenKind::LeftParen:
            if (diagnosing_)
                return memoise<ExprNode>(Rule::Atom, [this] { return parenthesized(); });
            return parenthesized();
        case TokenKind::LeftBracket:
            if (diagnosing_)
                return memoise<ExprNode>(Rule::Atom, [this] { return list_display(); });
            return list_display();
        case TokenKind::LeftBrace:
            if (diagnosing_)
                return memoise<ExprNode>(Rule::Atom, [this] { return brace_display(); });
            return brace_display();
        case TokenKind::Error:
            if (recovering_) {
                missing("expression");
                const Range first = token().range;
                advance();
                return make<ErrorExpr>(first);
            }
            return nullptr;
        default:
            if (!recovering_) return nullptr;
            missing("expression");
            return error_expr();
    }
}

ExprNode* Parser::name_expression() {
    auto* node = make_at<Name>(token().range);
    node->id = intern(token());
    advance();
    return node;
}

ExprNode* Parser::constant(ConstantKind value) {
    auto* node = make_at<Constant>(token().range);
    node->constant_kind = value;
    advance();
    return node;
}

ExprNode* Parser::number() {
    const Token item = token();
    auto* node = make_at<Constant>(item.range);
    const std::string_view text = token_text(item);
    std::string digits;
    digits.reserve(text.size());
    for (char c : text) {
        if (c != '_') digits.push_back(c);
    }
    const char last = digits.back();
    const char marker =
        digits.size() > 1 && digits[0] == '0' ? static_cast<char>(digits[1] | 0x20) : '\0';
    advance();
    if (marker == 'x' || marker == 'o' || marker == 'b') {
        const int radix = marker == 'x' ? 16 : (marker == 'o' ? 8 : 2);
        node->constant_kind = ConstantKind::Int;
        node->integer = context_.arena.make<base::BigInt>(
            *base::BigInt::parse(std::string_view(digits).substr(2), radix));
        return node;
    }
    if (last == 'j' || last == 'J') {
        node->constant_kind = ConstantKind::Complex;
        node->number = std::strtod(digits.c_str(), nullptr);
        return node;
    }
    if (digits.find_first_of(".eE") != std::string::npos) {
        node->constant_kind = ConstantKind::Float;
        node->number = std::strtod(digits.c_str(), nullptr);
        return node;
    }
    if (digits.size() > kMaxDecimalDigits) {
        Diagnostic error =
            placed(DiagnosticKind::SyntaxError, item.range,
                   "Exceeds the limit (4300 digits) for integer string conversion: value has " +
                       std::to_string(digits.size()) +
                       " digits; use sys.set_int_max_str_digits() to increase the limit - Consider "
                       "hexadecimal for huge integer literals to avoid decimal conversion limits.");
        error.offset = error.end_offset = 0;
        if (!recovering_ && !raised_) {
            raised_ = true;
            error_ = std::move(error);
            return nullptr;
        }
        digits = "0";
    }
    node->constant_kind = ConstantKind::Int;
    node->integer = context_.arena.make<base::BigInt>(*base::BigInt::parse(digits, 10));
    return node;
}

ExprNode* Parser::yield_expression() {
    const Range first = token().range;
    advance();
    if (accept(TokenKind::KwFrom)) {
        ExprNode* value = expression();
        if (value == nullptr) return nullptr;
        auto* node = make<YieldFrom>(first);
        node->value = value;
        return node;
    }
    ExprNode* value = nullptr;
    if (starts_expression() || at(TokenKind::Star)) {
        const std::size_t before = pos_;
        value = star_expressions();
        if (raised_) return nullptr;
        if (value == nullptr) pos_ = before;
    }
    auto* node = make<Yield>(first);
    node->value = value;
    return node;
}

ExprNode* Parser::yield_or_star_expressions() {
    return at(TokenKind::KwYield) ? yield_expression() : star_expressions();
}

}  // namespace refscope::syntax
