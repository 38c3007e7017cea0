// What CPython says about broken statements, calls and parameter lists.

#include "vm/syntax/parser.h"

namespace refscope::syntax {

namespace {

bool is_augmented(TokenKind kind) {
    return kind >= TokenKind::PlusEqual && kind <= TokenKind::DoubleSlashEqual;
}

const Range& last_item_range(const Sequence<Comprehension*>& generators) {
    const Comprehension* last = generators.back();
    return last->ifs.empty() ? last->iter->range : last->ifs.back()->range;
}

}  // namespace

void Parser::invalid_assignment() {
    const std::size_t start = pos_;
    const auto annotation_follows = [&] {
        return accept(TokenKind::Colon) && expression() != nullptr && !raised_;
    };
    const auto restart = [&] {
        pos_ = start;
        return !raised_;
    };
    if (at(TokenKind::LeftParen) || at(TokenKind::LeftBracket)) {
        ExprNode* target = atom();
        if (raised_) return;
        if (target != nullptr &&
            (target->kind == NodeKind::Tuple || target->kind == NodeKind::List) &&
            annotation_follows()) {
            raise_at(target->range, "only single target (not " +
                                        std::string(expression_name(target)) +
                                        ") can be annotated");
        }
        if (!restart()) return;
    }
    if (starts_expression() || at(TokenKind::Star)) {
        ExprNode* first = star_named_expression();
        if (raised_) return;
        if (first != nullptr && accept(TokenKind::Comma)) {
            while (starts_expression() || at(TokenKind::Star)) {
                const std::size_t before = pos_;
                if (star_named_expression() == nullptr) {
                    if (raised_) return;
                    pos_ = before;
                    break;
                }
                accept(TokenKind::Comma);
            }
            if (annotation_follows())
                raise_at(first->range, "only single target (not tuple) can be annotated");
        }
        if (!restart()) return;
    }
    if (starts_expression()) {
        ExprNode* target = expression();
        if (raised_) return;
        if (target != nullptr && annotation_follows())
            raise_at(target->range, "illegal target for annotation");
        if (!restart()) return;
    }
    // (targets =)* something that is none =
    std::size_t good = pos_;
    while (starts_expression() || at(TokenKind::Star)) {
        ExprNode* target = star_targets();
        if (raised_) return;
        if (target == nullptr || !accept(TokenKind::Equal)) break;
        good = pos_;
    }
    pos_ = good;
    if (starts_expression() || at(TokenKind::Star)) {
        ExprNode* wrong = star_expressions();
        if (raised_) return;
        if (wrong != nullptr && at(TokenKind::Equal)) {
            raise_invalid_target(TargetKind::Assign, wrong);
            if (raised_) return;
        }
    }
    pos_ = good;
    if (at(TokenKind::KwYield)) {
        ExprNode* wrong = yield_expression();
        if (raised_) return;
        if (wrong != nullptr && at(TokenKind::Equal)) {
            raise_at(wrong->range, "assignment to yield expression not possible");
            return;
        }
    }
    pos_ = start;
    if (starts_expression() || at(TokenKind::Star)) {
        const Range first = token().range;
        ExprNode* wrong = star_expressions();
        if (raised_ || wrong == nullptr || !is_augmented(kind())) return;
        advance();
        if (yield_or_star_expressions() == nullptr || raised_) return;
        (void)first;
        raise_at(wrong->range, "'" + std::string(expression_name(wrong)) +
                                   "' is an illegal expression for augmented assignment");
    }
}

// The cursor stands behind the '('.
void Parser::invalid_arguments() {
    const std::size_t start = pos_;
    const Range first = token().range;
    const auto restart = [&] {
        pos_ = start;
        return !raised_;
    };
    const auto clauses = [&](Sequence<Comprehension*>& out) {
        return starts_comprehension() && comprehension_clauses(out) && !raised_;
    };
    const std::string genexp_message = "Generator expression must be parenthesized";

    CallArguments found;
    const bool have_args = args(found);
    if (raised_) return;
    const std::size_t after_args = pos_;
    if (have_args && accept(TokenKind::Comma) && at(TokenKind::Star)) {
        raise_between(first, found.range,
                      "iterable argument unpacking follows keyword argument unpacking");
        return;
    }
    restart();
    Sequence<Comprehension*> generators;
    if (starts_expression()) {
        ExprNode* element = expression();
        if (raised_) return;
        if (element != nullptr && clauses(generators) && accept(TokenKind::Comma)) {
            CallArguments more;
            args(more);
            if (raised_) return;
            raise_between(element->range, last_item_range(generators), genexp_message);
            return;
        }
        if (!restart()) return;
    }
    if (at(TokenKind::Name) && peek(1) == TokenKind::Equal) {
        advance();
        const Range equals = token().range;
        advance();
        if (starts_expression() && expression() != nullptr && !raised_ && clauses(generators)) {
            raise_between(first, equals,
                          "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
            return;
        }
        if (!restart()) return;
    }
    if (!have_args) return;
    pos_ = after_args;
    if (clauses(generators)) {
        const std::size_t count = found.args.size() + found.keywords.size();
        if (count > 1 && !found.args.empty()) {
            raise_between(found.args.back()->range, last_item_range(generators), genexp_message);
            return;
        }
    }
    if (raised_) return;
    pos_ = after_args;
    if (!accept(TokenKind::Comma)) return;
    const std::size_t behind_comma = pos_;
    if (starts_expression()) {
        ExprNode* element = expression();
        if (raised_) return;
        if (element != nullptr && clauses(generators)) {
            raise_between(element->range, last_item_range(generators), genexp_message);
            return;
        }
        if (raised_) return;
    }
    pos_ = behind_comma;
    CallArguments more;
    if (!args(more) || raised_) return;
    bool unpacking = false;
    for (const Keyword* keyword : found.keywords) unpacking = unpacking || keyword->arg.empty();
    raise_here(unpacking ? "positional argument follows keyword argument unpacking"
                         : "positional argument follows keyword argument");
}

void Parser::invalid_keyword_argument() {
    const std::size_t start = pos_;
    const Range first = token().range;
    const bool is_constant =
        at(TokenKind::KwTrue) || at(TokenKind::KwFalse) || at(TokenKind::KwNone);
    if (is_constant && peek(1) == TokenKind::Equal) {
        const std::string name(token_text(token()));
        advance();
        raise_between(first, token().range, "cannot assign to " + name);
        return;
    }
    if (at(TokenKind::Name) && peek(1) == TokenKind::Equal) {
        advance();
        const Range equals = token().range;
        advance();
        Sequence<Comprehension*> generators;
        if (starts_expression() && expression() != nullptr && !raised_ && starts_comprehension() &&
            comprehension_clauses(generators) && !raised_) {
            raise_between(first, equals,
                          "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
        }
        return;
    }
    if (!starts_expression()) return;
    ExprNode* wrong = expression();
    if (!raised_ && wrong != nullptr && at(TokenKind::Equal)) {
        raise_between(wrong->range, token().range,
                      "expression cannot contain assignment, perhaps you meant \"==\"?");
    }
    if (!raised_) pos_ = start;
}

// A parameter with the comma behind it, or the closing bracket to come; else the position is kept.
Arg* Parser::take_parameter(bool is_lambda, DefaultPolicy policy) {
    const std::size_t start = pos_;
    Arg* arg = parameter(is_lambda, false);
    if (raised_) return nullptr;
    bool good = arg != nullptr;
    if (good && at(TokenKind::Equal)) {
        good = policy != DefaultPolicy::Without && parameter_default(is_lambda) != nullptr;
        if (raised_) return nullptr;
    } else if (good) {
        good = policy != DefaultPolicy::With;
    }
    if (good &&
        (accept(TokenKind::Comma) || at(is_lambda ? TokenKind::Colon : TokenKind::RightParen)))
        return arg;
    pos_ = start;
    return nullptr;
}

// Parameters up to a '/' with its comma; else the position is kept.
bool Parser::take_slash(bool is_lambda) {
    const std::size_t start = pos_;
    const TokenKind close = is_lambda ? TokenKind::Colon : TokenKind::RightParen;
    std::size_t count = 0;
    while (take_parameter(is_lambda, DefaultPolicy::Without) != nullptr) ++count;
    while (!raised_ && take_parameter(is_lambda, DefaultPolicy::With) != nullptr) ++count;
    if (!raised_ && count > 0 && accept(TokenKind::Slash) &&
        (accept(TokenKind::Comma) || at(close)))
        return true;
    pos_ = start;
    return false;
}

void Parser::invalid_parameters(bool is_lambda) {
    const std::size_t start = pos_;
    const auto skip = [&](DefaultPolicy policy) {
        std::size_t count = 0;
        while (!raised_ && take_parameter(is_lambda, policy) != nullptr) ++count;
        return count;
    };
    const auto restart = [&] {
        pos_ = start;
        return !raised_;
    };
    skip(DefaultPolicy::Without);
    if (raised_) return;
    const std::size_t after_required = pos_;
    const bool helper = take_slash(is_lambda) || skip(DefaultPolicy::With) > 0;
    if (raised_) return;
    if (helper) {
        if (Arg* wrong = take_parameter(is_lambda, DefaultPolicy::Without)) {
            raise_at(wrong->range, "non-default argument follows default argument");
            return;
        }
        if (raised_) return;
    }
    pos_ = after_required;
    if (at(TokenKind::LeftParen)) {
        const Range open = token().range;
        advance();
        std::size_t count = 0;
        while (at(TokenKind::Name) &&
               (peek(1) == TokenKind::Comma || peek(1) == TokenKind::RightParen)) {
            advance();
            ++count;
            if (!accept(TokenKind::Comma)) break;
        }
        if (count > 0 && at(TokenKind::RightParen)) {
            raise_between(open, token().range,
                          is_lambda ? "Lambda expression parameters cannot be parenthesized"
                                    : "Function parameters cannot be parenthesized");
            return;
        }
    }
    restart();
    if (at(TokenKind::Slash) && peek(1) == TokenKind::Comma) {
        raise_at(token().range, "at least one argument must precede /");
        return;
    }
    const bool slash = take_slash(is_lambda);
    if (raised_) return;
    skip(DefaultPolicy::Either);
    if (raised_) return;
    if (slash && at(TokenKind::Slash)) {
        raise_at(token().range, "/ may appear only once");
        return;
    }
    if (at(TokenKind::Star)) {
        advance();
        if (accept(TokenKind::Comma) ||
            take_parameter(is_lambda, DefaultPolicy::Without) != nullptr) {
            skip(DefaultPolicy::Either);
            if (!raised_ && at(TokenKind::Slash)) {
                raise_at(token().range, "/ must be ahead of *");
                return;
            }
        }
    }
    if (!restart()) return;
    if (skip(DefaultPolicy::Either) > 0 && !raised_ && accept(TokenKind::Slash) &&
        at(TokenKind::Star)) {
        raise_at(token().range, "expected comma between / and *");
    }
}

void Parser::invalid_star_parameters(bool is_lambda) {
    const std::size_t start = pos_;
    const TokenKind close = is_lambda ? TokenKind::Colon : TokenKind::RightParen;
    const Range star = token().range;
    advance();
    const bool comma = at(TokenKind::Comma);
    if (at(close) || (comma && (peek(1) == close || peek(1) == TokenKind::DoubleStar))) {
        if (comma) advance();
        if (is_lambda) {
            raise_here("named arguments must follow bare *");
        } else {
            raise_at(star, "named arguments must follow bare *");
        }
        return;
    }
    if (parameter(is_lambda, false) != nullptr && !raised_ && at(TokenKind::Equal)) {
        raise_at(token().range, "var-positional argument cannot have default value");
        return;
    }
    if (raised_) return;
    pos_ = start + 1;
    if (!accept(TokenKind::Comma) && take_parameter(is_lambda, DefaultPolicy::Without) == nullptr)
        return;
    while (!raised_ && take_parameter(is_lambda, DefaultPolicy::Either) != nullptr) {
    }
    if (raised_ || !at(TokenKind::Star)) return;
    const Range second = token().range;
    advance();
    if (accept(TokenKind::Comma) || take_parameter(is_lambda, DefaultPolicy::Without) != nullptr) {
        raise_at(second, "* argument may appear only once");
    }
}

void Parser::invalid_double_star_parameters(bool is_lambda) {
    advance();
    if (parameter(is_lambda, false) == nullptr || raised_) return;
    if (at(TokenKind::Equal)) {
        raise_at(token().range, "var-keyword argument cannot have default value");
        return;
    }
    if (!accept(TokenKind::Comma)) return;
    const Range next = token().range;
    if (at(TokenKind::Star) || at(TokenKind::DoubleStar) || at(TokenKind::Slash)) {
        raise_at(next, "arguments cannot follow var-keyword argument");
        return;
    }
    if (Arg* wrong = parameter(is_lambda, false); wrong != nullptr && !raised_) {
        raise_at(wrong->range, "arguments cannot follow var-keyword argument");
    }
}

// The cursor stands on an `except` behind others.
void Parser::invalid_mixed_except(bool has_star) {
    const Range first = token().range;
    advance();
    Range last = first;
    if (has_star == at(TokenKind::Star)) return;
    if (!has_star) {
        last = token().range;
        advance();
    }
    if (!has_star || starts_expression()) {
        if (expression() == nullptr || raised_) return;
        if (accept(TokenKind::KwAs) && !accept(TokenKind::Name)) return;
    }
    if (at(TokenKind::Colon)) {
        raise_between(first, last, "cannot have both 'except' and 'except*' on the same 'try'");
    }
}

// The cursor stands on `with`, whose header has no ':'.
void Parser::invalid_with() {
    advance();
    const std::size_t start = pos_;
    for (const bool parens : {false, true}) {
        pos_ = start;
        if (parens && !accept(TokenKind::LeftParen)) return;
        bool good = true;
        while (good) {
            good = starts_expression() && expression() != nullptr && !raised_;
            if (raised_) return;
            if (good && at(TokenKind::KwAs)) {
                const std::size_t before = pos_;
                advance();
                if (star_target() == nullptr) pos_ = before;
                if (raised_) return;
            }
            if (!good || !accept(TokenKind::Comma)) break;
            if (parens && at(TokenKind::RightParen)) break;
        }
        if (parens) good = good && accept(TokenKind::RightParen);
        if (good && at(TokenKind::Newline)) {
            raise_here("expected ':'");
            return;
        }
    }
}

void Parser::invalid_with_item() {
    if (expression() == nullptr || raised_ || !accept(TokenKind::KwAs) || !starts_expression())
        return;
    ExprNode* target = expression();
    if (raised_ || target == nullptr) return;
    if (at(TokenKind::Comma) || at(TokenKind::RightParen) || at(TokenKind::Colon)) {
        raise_invalid_target(TargetKind::Assign, target);
    }
}

// Keyword patterns before positional ones. The cursor stands on the '('.
void Parser::invalid_class_pattern() {
    advance();
    bool keywords = false;
    Range first;
    Range last;
    bool wrong = false;
    while (true) {
        if (at(TokenKind::Name) && peek(1) == TokenKind::Equal) {
            if (wrong) break;
            keywords = true;
            advance();
            advance();
            if (pattern() == nullptr) break;
        } else {
            if (!starts_pattern()) break;
            const Range from = token().range;
            if (pattern() == nullptr) break;
            if (keywords) {
                if (!wrong) first = from;
                wrong = true;
                last = last_range();
            }
        }
        if (raised_ || !accept(TokenKind::Comma)) break;
    }
    if (raised_ || !wrong) return;
    raise_between(first, last, "positional patterns follow keyword patterns");
}

}  // namespace refscope::syntax
