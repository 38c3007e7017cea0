// What can be assigned to or deleted.

#include "vm/syntax/parser.h"

namespace refscope::syntax {

void Parser::set_context(ExprNode* node, ExprContext ctx) {
    switch (node->kind) {
        case NodeKind::Name: static_cast<Name*>(node)->ctx = ctx; break;
        case NodeKind::Attribute: static_cast<Attribute*>(node)->ctx = ctx; break;
        case NodeKind::Subscript: static_cast<Subscript*>(node)->ctx = ctx; break;
        case NodeKind::Starred:
            static_cast<Starred*>(node)->ctx = ctx;
            set_context(static_cast<Starred*>(node)->value, ctx);
            break;
        case NodeKind::Tuple:
            static_cast<Tuple*>(node)->ctx = ctx;
            for (ExprNode* element : static_cast<Tuple*>(node)->elts) set_context(element, ctx);
            break;
        case NodeKind::List:
            static_cast<syntax::List*>(node)->ctx = ctx;
            for (ExprNode* element : static_cast<syntax::List*>(node)->elts)
                set_context(element, ctx);
            break;
        default: break;
    }
}

bool Parser::is_single_target(const ExprNode* node) {
    return node->kind == NodeKind::Name || node->kind == NodeKind::Attribute ||
           node->kind == NodeKind::Subscript;
}

bool Parser::is_target(const ExprNode* node, TargetKind target) {
    const auto all = [&](const Sequence<ExprNode*>& elements) {
        for (const ExprNode* element : elements) {
            if (!is_target(element, target)) return false;
        }
        return true;
    };
    switch (node->kind) {
        case NodeKind::Name:
        case NodeKind::Attribute:
        case NodeKind::Subscript:
        case NodeKind::ErrorExpr: return true;
        case NodeKind::Starred: {
            if (target == TargetKind::Delete) return false;
            const ExprNode* value = static_cast<const Starred*>(node)->value;
            return value->kind != NodeKind::Starred && is_target(value, target);
        }
        case NodeKind::Tuple: return all(static_cast<const Tuple*>(node)->elts);
        case NodeKind::List: return all(static_cast<const syntax::List*>(node)->elts);
        default: return false;
    }
}

ExprNode* Parser::star_targets() {
    const Range first = token().range;
    ExprNode* target = star_target();
    if (target == nullptr || !at(TokenKind::Comma)) return target;
    List<ExprNode> elements(*this);
    elements.add(target);
    while (accept(TokenKind::Comma)) {
        if (!starts_expression() && !at(TokenKind::Star)) break;
        const std::size_t before = pos_;
        target = star_target();
        if (target == nullptr) {
            if (raised_) return nullptr;
            pos_ = before;
            break;
        }
        elements.add(target);
    }
    auto* tuple = make<Tuple>(first);
    tuple->elts = finish(elements);
    tuple->ctx = ExprContext::Store;
    return tuple;
}

ExprNode* Parser::star_target() {
    if (!at(TokenKind::Star)) return star_atom();
    const Range first = token().range;
    advance();
    if (at(TokenKind::Star)) return nullptr;
    ExprNode* value = star_target();
    if (value == nullptr) return nullptr;
    auto* node = make<Starred>(first);
    node->value = value;
    node->ctx = ExprContext::Store;
    return node;
}

ExprNode* Parser::star_atom() {
    const std::size_t start = pos_;
    const Range first = token().range;
    ExprNode* node = primary();
    if (raised_) return nullptr;
    if (node != nullptr && is_target(node, TargetKind::Assign)) {
        set_context(node, ExprContext::Store);
        return node;
    }
    if (recovering_ && node != nullptr) {
        missing("target");
        return node;
    }
    if (!diagnosing_) return nullptr;
    // CPython now looks into the brackets for targets; its questions about them may say more.
    pos_ = start;
    const bool parens = at(TokenKind::LeftParen);
    if (!parens && !at(TokenKind::LeftBracket)) return nullptr;
    advance();
    const TokenKind close = parens ? TokenKind::RightParen : TokenKind::RightBracket;
    ExprNode* inner = at(close) ? nullptr : star_targets();
    if (raised_ || (inner == nullptr && !at(close)) || !accept(close)) return nullptr;
    if (parens && inner != nullptr && inner->kind != NodeKind::Starred) return inner;
    auto* tuple = make<Tuple>(first);
    return tuple;
}

// A name, attribute or subscript, in parentheses or not.
ExprNode* Parser::single_target() {
    ExprNode* node = primary();
    if (node == nullptr || !is_single_target(node)) return nullptr;
    set_context(node, ExprContext::Store);
    return node;
}

ExprNode* Parser::del_target() {
    ExprNode* node = primary();
    if (node == nullptr || !is_target(node, TargetKind::Delete)) return nullptr;
    set_context(node, ExprContext::Del);
    return node;
}

}  // namespace refscope::syntax
