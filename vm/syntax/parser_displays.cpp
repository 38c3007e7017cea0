// What stands in brackets: tuples, groups, lists, dicts, sets and comprehensions.

#include "vm/syntax/parser.h"

namespace refscope::syntax {

bool Parser::recover_item(TokenKind close) {
    if (at(TokenKind::Comma)) {
        advance();
        return true;
    }
    if (at(close)) return false;
    missing(",");
    // An item may follow without its comma; but the same place is offered only once.
    const bool offered = std::exchange(recovered_at_, pos_) == pos_;
    if (!offered && (starts_expression() || at(TokenKind::Star))) return true;
    int depth = 0;
    while (!at(TokenKind::Newline) && !at(TokenKind::EndMarker)) {
        switch (kind()) {
            case TokenKind::LeftParen:
            case TokenKind::LeftBracket:
            case TokenKind::LeftBrace: ++depth; break;
            case TokenKind::RightParen:
            case TokenKind::RightBracket:
            case TokenKind::RightBrace:
                if (depth == 0) return false;
                --depth;
                break;
            case TokenKind::Comma:
                if (depth == 0) {
                    advance();
                    return true;
                }
                break;
            default: break;
        }
        advance();
    }
    return false;
}

ExprNode* Parser::parenthesized() {
    const Nesting nesting(*this);
    if (!nesting.ok()) return nullptr;
    const Range first = token().range;
    const std::size_t start = pos_;
    advance();
    if (accept(TokenKind::RightParen)) return make<Tuple>(first);
    ExprNode* element = nullptr;
    if (at(TokenKind::KwYield)) {
        element = yield_expression();
        if (element == nullptr || !expect(TokenKind::RightParen)) return nullptr;
        return element;
    }
    const std::size_t after_bracket = pos_;
    element = star_named_expression();
    if (raised_) return nullptr;
    if (element != nullptr && at(TokenKind::Comma)) {
        List<ExprNode> elements(*this);
        elements.add(element);
        while (accept(TokenKind::Comma)) {
            if (!starts_expression() && !at(TokenKind::Star)) {
                if (recovering_ && !at(TokenKind::RightParen) &&
                    recover_item(TokenKind::RightParen))
                    continue;
                break;
            }
            const std::size_t before = pos_;
            element = star_named_expression();
            if (element == nullptr) {
                if (raised_) return nullptr;
                pos_ = before;
                break;
            }
            elements.add(element);
            if (recovering_ && !at(TokenKind::Comma) && !at(TokenKind::RightParen)) {
                missing(",");
                while (starts_expression()) elements.add(star_named_expression());
            }
        }
        if (expect(TokenKind::RightParen)) {
            auto* tuple = make<Tuple>(first);
            tuple->elts = finish(elements);
            return tuple;
        }
        element = elements[0];
    } else if (element != nullptr && element->kind != NodeKind::Starred) {
        if (starts_comprehension()) {
            Sequence<Comprehension*> generators;
            if (comprehension_clauses(generators) && expect(TokenKind::RightParen)) {
                auto* node = make<GeneratorExp>(first);
                node->elt = element;
                node->generators = generators;
                return node;
            }
        } else if (accept(TokenKind::RightParen)) {
            return element;
        } else if (recovering_) {
            List<ExprNode> parts(*this);
            parts.add(element);
            while (recover_item(TokenKind::RightParen)) {
                if (!starts_expression() && !at(TokenKind::Star)) break;
                parts.add(star_named_expression());
            }
            expect(TokenKind::RightParen);
            if (parts.size() == 1) return element;
            auto* tuple = make<Tuple>(first);
            tuple->elts = finish(parts);
            return tuple;
        }
    } else if (recovering_) {
        missing("expression");
        expect(TokenKind::RightParen);
        auto* node = make<ErrorExpr>(first);
        node->parts = one(element);
        return node;
    }
    if (!diagnosing_ || raised_) return nullptr;
    // The alternatives in CPython's order: tuple, group, generator expression.
    pos_ = after_bracket;
    named_expression();
    if (raised_) return nullptr;
    pos_ = start;
    invalid_group();
    if (raised_) return nullptr;
    pos_ = start;
    invalid_comprehension();
    return nullptr;
}

ExprNode* Parser::list_display() {
    const Nesting nesting(*this);
    if (!nesting.ok()) return nullptr;
    const Range first = token().range;
    const std::size_t start = pos_;
    advance();
    List<ExprNode> elements(*this);
    bool comprehension = false;
    while (starts_expression() || at(TokenKind::Star) || (recovering_ && at(TokenKind::Comma))) {
        const std::size_t before = pos_;
        ExprNode* element = star_named_expression();
        if (element == nullptr) {
            if (raised_) return nullptr;
            pos_ = before;
            break;
        }
        elements.add(element);
        if (elements.size() == 1 && starts_comprehension()) {
            comprehension = true;
            break;
        }
        if (recovering_ ? !recover_item(TokenKind::RightBracket) : !accept(TokenKind::Comma)) break;
    }
    if (comprehension && elements[0]->kind != NodeKind::Starred) {
        Sequence<Comprehension*> generators;
        if (comprehension_clauses(generators) && expect(TokenKind::RightBracket)) {
            auto* node = make<ListComp>(first);
            node->elt = elements[0];
            node->generators = generators;
            return node;
        }
    } else if (!comprehension || recovering_) {
        if (comprehension) {
            Sequence<Comprehension*> generators;
            comprehension_clauses(generators);
            missing("expression");
        }
        if (expect(TokenKind::RightBracket)) {
            auto* node = make<syntax::List>(first);
            node->elts = finish(elements);
            return node;
        }
    }
    if (!diagnosing_ || raised_) return nullptr;
    pos_ = start;
    invalid_comprehension();
    return nullptr;
}

// dict, set, dict comprehension, set comprehension
ExprNode* Parser::brace_display() {
    const Nesting nesting(*this);
    if (!nesting.ok()) return nullptr;
    const Range first = token().range;
    const std::size_t start = pos_;
    advance();
    if (accept(TokenKind::RightBrace)) return make<Dict>(first);
    const std::size_t after_brace = pos_;
    ExprNode* first_element = nullptr;  // read as a key, but no colon came
    std::size_t behind_first = 0;

    if (at(TokenKind::DoubleStar)) {
        advance();
        ExprNode* value = bitwise_or();
        if (value != nullptr) {
            if (ExprNode* dict = dict_display_rest(first, nullptr, value)) return dict;
        }
    } else if (!at(TokenKind::Star)) {
        ExprNode* key = expression();
        if (raised_) return nullptr;
        if (key != nullptr && !at(TokenKind::Colon) && !at(TokenKind::ColonEqual)) {
            first_element = key;
            behind_first = pos_;
        }
        if (key != nullptr && at(TokenKind::Colon)) {
            advance();
            ExprNode* value = expression();
            if (raised_) return nullptr;
            if (value != nullptr) {
                if (ExprNode* dict = dict_display_rest(first, key, value)) return dict;
            }
        }
    }
    if (raised_) return nullptr;
    if (second_pass_) {
        // CPython asks this even where it asks no other such question.
        pos_ = start;
        invalid_dict();
        if (raised_) return nullptr;
    }

    pos_ = after_brace;
    const bool named = at(TokenKind::Name) && peek(1) == TokenKind::ColonEqual;
    if (!second_pass_ && !recovering_ && first_element == nullptr && !at(TokenKind::Star) &&
        !named) {
        return nullptr;  // no set either: it would begin with the same expression
    }
    List<ExprNode> elements(*this);
    bool comprehension = false;
    while (starts_expression() || at(TokenKind::Star) || (recovering_ && at(TokenKind::Comma))) {
        const std::size_t before = pos_;
        ExprNode* element = nullptr;
        if (!second_pass_ && elements.empty() && first_element != nullptr) {
            // Not read again, lest nested sets take exponential time.
            element = first_element;
            pos_ = behind_first;
        } else {
            element = star_named_expression();
        }
        if (element == nullptr) {
            if (raised_) return nullptr;
            pos_ = before;
            break;
        }
        elements.add(element);
        if (elements.size() == 1 && starts_comprehension()) {
            comprehension = true;
            break;
        }
        if (recovering_ ? !recover_item(TokenKind::RightBrace) : !accept(TokenKind::Comma)) break;
    }
    if (comprehension && elements[0]->kind != NodeKind::Starred) {
        Sequence<Comprehension*> generators;
        if (comprehension_clauses(generators) && expect(TokenKind::RightBrace)) {
            auto* node = make<SetComp>(first);
            node->elt = elements[0];
            node->generators = generators;
            return node;
        }
    } else if ((!comprehension && !elements.empty()) || recovering_) {
        if (comprehension) {
            Sequence<Comprehension*> generators;
            comprehension_clauses(generators);
            missing("expression");
        }
        if (expect(TokenKind::RightBrace)) {
            auto* node = make<Set>(first);
            node->elts = finish(elements);
            return node;
        }
    }
    if (!diagnosing_ || raised_) return nullptr;
    // CPython's dict comprehension comes before the set comprehension.
    pos_ = after_brace;
    if (at(TokenKind::DoubleStar)) {
        const Range stars = token().range;
        advance();
        Sequence<Comprehension*> generators;
        if (bitwise_or() != nullptr && starts_comprehension() &&
            comprehension_clauses(generators) && at(TokenKind::RightBrace)) {
            return raise_at(stars, "dict unpacking cannot be used in dict comprehension");
        }
        if (raised_) return nullptr;
    }
    pos_ = start;
    invalid_comprehension();
    return nullptr;
}

// After the first `key: value` or `**value`.
ExprNode* Parser::dict_display_rest(const Range& first, ExprNode* key, ExprNode* value) {
    if (key != nullptr && starts_comprehension()) {
        Sequence<Comprehension*> generators;
        if (!comprehension_clauses(generators) || !expect(TokenKind::RightBrace)) return nullptr;
        auto* node = make<DictComp>(first);
        node->key = key;
        node->value = value;
        node->generators = generators;
        return node;
    }
    std::vector<ExprNode*> keys{key};
    List<ExprNode> values(*this);
    values.add(value);
    while (true) {
        if (recovering_ ? !recover_item(TokenKind::RightBrace) : !accept(TokenKind::Comma)) break;
        const std::size_t before = pos_;
        ExprNode* next_key = nullptr;
        ExprNode* next_value = nullptr;
        if (at(TokenKind::DoubleStar)) {
            advance();
            next_value = bitwise_or();
        } else if (starts_expression()) {
            next_key = expression();
            if (next_key != nullptr && expect(TokenKind::Colon)) next_value = expression();
        }
        if (raised_) return nullptr;
        if (next_value == nullptr) {
            pos_ = before;
            break;
        }
        keys.push_back(next_key);
        values.add(next_value);
    }
    if (!expect(TokenKind::RightBrace)) return nullptr;
    auto* node = make<Dict>(first);
    node->keys = context_.arena.copy(keys);
    node->values = finish(values);
    return node;
}

bool Parser::comprehension_clauses(Sequence<Comprehension*>& out) {
    List<Comprehension> clauses(*this);
    while (starts_comprehension() || (diagnosing_ && at(TokenKind::KwAsync))) {
        const std::size_t before = pos_;
        Comprehension* clause = comprehension_clause();
        if (clause == nullptr) {
            if (raised_) return false;
            pos_ = before;
            break;
        }
        clauses.add(clause);
    }
    out = finish(clauses);
    return !clauses.empty();
}

Comprehension* Parser::comprehension_clause() {
    const std::size_t start = pos_;
    const Range first = token().range;
    const bool is_async = accept(TokenKind::KwAsync);
    if (!accept(TokenKind::KwFor)) return nullptr;
    ExprNode* target = star_targets();
    if (raised_) return nullptr;
    if (target == nullptr || !expect(TokenKind::KwIn)) {
        if (diagnosing_) {
            pos_ = start;
            invalid_for_target();
        }
        return nullptr;
    }
    ExprNode* iter = disjunction();
    if (iter == nullptr) return nullptr;
    List<ExprNode> ifs(*this);
    while (at(TokenKind::KwIf)) {
        const std::size_t before = pos_;
        advance();
        ExprNode* condition = disjunction();
        if (condition == nullptr) {
            if (raised_) return nullptr;
            pos_ = before;
            break;
        }
        ifs.add(condition);
    }
    auto* node = make<Comprehension>(first);
    node->target = target;
    node->iter = iter;
    node->ifs = finish(ifs);
    node->is_async = is_async ? 1 : 0;
    return node;
}

}  // namespace refscope::syntax
