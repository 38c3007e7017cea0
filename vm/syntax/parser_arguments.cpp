// Calls and parameter lists.

#include "vm/syntax/parser.h"

namespace refscope::syntax {

// The cursor stands on '('. Returns a Call whose range the caller completes.
ExprNode* Parser::call(ExprNode* function) {
    const Nesting nesting(*this);
    if (!nesting.ok()) return nullptr;
    const std::size_t start = pos_;
    advance();
    CallArguments found;
    // A lone generator expression takes the call's own parentheses.
    if (!at(TokenKind::RightParen) && !at(TokenKind::Star) && !at(TokenKind::DoubleStar) &&
        !(at(TokenKind::Name) && peek(1) == TokenKind::Equal)) {
        const std::size_t before = pos_;
        ExprNode* element = nullptr;
        if (diagnosing_) {
            element = at(TokenKind::Name) && peek(1) == TokenKind::ColonEqual
                          ? assignment_expression()
                          : expression();
            if (raised_) return nullptr;
        }
        Sequence<Comprehension*> generators;
        if (element != nullptr && starts_comprehension() && comprehension_clauses(generators) &&
            at(TokenKind::RightParen)) {
            advance();
            auto* generator = make<GeneratorExp>(tokens_[start].range);
            generator->elt = element;
            generator->generators = generators;
            auto* node = make<Call>(function->range);
            node->func = function;
            node->args = one<ExprNode>(generator);
            return node;
        }
        if (raised_) return nullptr;
        pos_ = before;
    }
    if (diagnosing_) {
        pos_ = start;
        invalid_comprehension();
        if (raised_) return nullptr;
        pos_ = start + 1;
    }
    if (!at(TokenKind::RightParen)) {
        if (!arguments(found, true)) return nullptr;
    }
    if (!expect(TokenKind::RightParen)) return nullptr;
    if (found.args.size() == 1 && found.args[0]->kind == NodeKind::GeneratorExp &&
        found.args[0]->range.begin == tokens_[start].range.begin) {
        found.args[0]->range = join(tokens_[start].range, last_range());
    }
    auto* node = make<Call>(function->range);
    node->func = function;
    node->args = found.args;
    node->keywords = found.keywords;
    return node;
}

bool Parser::arguments(CallArguments& out, bool lone_generator) {
    const std::size_t start = pos_;
    if (args(out, lone_generator)) {
        if (at(TokenKind::Comma)) {
            const std::size_t before = pos_;
            advance();
            if (!at(TokenKind::RightParen)) pos_ = before;
        }
        if (at(TokenKind::RightParen) || recovering_) return true;
    }
    if (raised_ || !diagnosing_) return false;
    pos_ = start;
    invalid_arguments();
    return false;
}

Keyword* Parser::keyword_argument() {
    const Token name = token();
    advance();
    advance();
    ExprNode* value = expression();
    if (value == nullptr) return nullptr;
    auto* keyword = make<Keyword>(name.range);
    keyword->arg = identifier(name);
    keyword->value = value;
    return keyword;
}

bool Parser::args(CallArguments& out, bool lone_generator) {
    const std::size_t start = pos_;
    const Range first = token().range;
    List<ExprNode> positional(*this);
    std::vector<Keyword*> keywords;
    // Where the next element starts; behind the last one while none is expected.
    std::size_t good = pos_;
    bool element_expected = true;

    const auto next = [&] {
        if (recovering_ ? !recover_item(TokenKind::RightParen) : !accept(TokenKind::Comma))
            return false;
        return true;
    };
    while (element_expected) {
        if (at(TokenKind::DoubleStar) || (at(TokenKind::Name) && peek(1) == TokenKind::Equal))
            break;
        ExprNode* element = nullptr;
        if (at(TokenKind::Star)) {
            element = starred(false);
        } else if (starts_expression()) {
            element = at(TokenKind::Name) && peek(1) == TokenKind::ColonEqual
                          ? assignment_expression()
                          : expression();
            if (element != nullptr && positional.empty() && lone_generator && !diagnosing_ &&
                starts_comprehension()) {
                // f(x for x in y): the caller gives it the range of the brackets.
                const Range bracket = tokens_[start - 1].range;
                Sequence<Comprehension*> generators;
                if (comprehension_clauses(generators) &&
                    (at(TokenKind::RightParen) || recovering_)) {
                    auto* generator = make<GeneratorExp>(bracket);
                    generator->elt = element;
                    generator->generators = generators;
                    element = generator;
                    if (at(TokenKind::RightParen)) {
                        positional.add(element);
                        out.args = finish(positional);
                        return true;
                    }
                } else {
                    return false;
                }
            }
            if (element != nullptr && (at(TokenKind::ColonEqual) || at(TokenKind::Equal))) {
                if (!recovering_) {
                    element = nullptr;
                } else {
                    missing(",");
                    advance();
                    auto* broken = make_at<ErrorExpr>(element->range);
                    broken->parts = context_.arena.list<ExprNode*>({element, expression()});
                    element = broken;
                }
            }
        }
        if (raised_) return false;
        if (element == nullptr) {
            pos_ = good;
            if (recovering_ && !at(TokenKind::RightParen)) {
                if (!recover_item(TokenKind::RightParen)) break;
                good = pos_;
                continue;
            }
            break;
        }
        positional.add(element);
        good = pos_;
        element_expected = next();
        if (element_expected) good = pos_;
    }

    // Keyword arguments: first those between which *iterables may stand, then, after the first
    // **mapping, only keywords and mappings.
    bool mapping_seen = false;
    const std::size_t before_keywords = pos_;
    while (element_expected || keywords.empty()) {
        if (!element_expected) break;
        if (diagnosing_) {
            invalid_keyword_argument();
            if (raised_) return false;
            pos_ = good;
        }
        if (at(TokenKind::Name) && peek(1) == TokenKind::Equal) {
            Keyword* keyword = keyword_argument();
            if (keyword == nullptr) {
                if (raised_) return false;
                pos_ = good;
                break;
            }
            keywords.push_back(keyword);
        } else if (at(TokenKind::Star) && (!mapping_seen || recovering_)) {
            ExprNode* element = starred(false);
            if (element == nullptr) {
                if (raised_) return false;
                pos_ = good;
                break;
            }
            positional.add(element);
        } else if (at(TokenKind::DoubleStar)) {
            const Range stars = token().range;
            advance();
            ExprNode* value = expression();
            if (value == nullptr) {
                if (raised_) return false;
                pos_ = good;
                break;
            }
            auto* keyword = make<Keyword>(stars);
            keyword->value = value;
            keywords.push_back(keyword);
            mapping_seen = true;
        } else if (recovering_ && (starts_expression() || at(TokenKind::Comma))) {
            missing("keyword argument");
            if (starts_expression()) positional.add(named_expression());
        } else {
            pos_ = good;
            break;
        }
        good = pos_;
        element_expected = next();
        if (element_expected) good = pos_;
    }
    if (positional.empty() && keywords.empty() && !recovering_) {
        pos_ = start;
        return false;
    }
    // A trailing comma belongs to the caller.
    if (element_expected && pos_ > start && (pos_ == before_keywords || pos_ == good) &&
        tokens_[pos_ - 1].kind == TokenKind::Comma && !recovering_) {
        --pos_;
    }
    out.args = finish(positional);
    out.keywords = context_.arena.copy(keywords);
    out.range = join(first, last_range());
    return true;
}

Arg* Parser::parameter(bool is_lambda, bool star_annotation) {
    if (!at(TokenKind::Name)) return nullptr;
    const Token name = token();
    advance();
    ExprNode* annotation = nullptr;
    if (!is_lambda && at(TokenKind::Colon)) {
        const std::size_t before = pos_;
        advance();
        annotation = star_annotation ? star_expression() : expression();
        if (raised_) return nullptr;
        if (annotation == nullptr) pos_ = before;
    }
    auto* node = make<Arg>(name.range);
    node->arg = identifier(name);
    node->annotation = annotation;
    return node;
}

ExprNode* Parser::parameter_default(bool is_lambda) {
    const Range equals = token().range;
    advance();
    const std::size_t before = pos_;
    ExprNode* value = expression();
    if (value == nullptr) pos_ = before;
    if (value == nullptr && diagnosing_ && !raised_ &&
        (at(TokenKind::Comma) || at(is_lambda ? TokenKind::Colon : TokenKind::RightParen))) {
        return raise_at(equals, "expected default value expression");
    }
    return value;
}

// Up to the ')' or the lambda's ':', which it leaves. An empty list is good.
Arguments* Parser::parameters(bool is_lambda) {
    const TokenKind close = is_lambda ? TokenKind::Colon : TokenKind::RightParen;
    auto* node = make_at<Arguments>(token().range);
    if (at(close)) {
        node->range = {token().range.lineno,     token().range.col_offset, token().range.lineno,
                       token().range.col_offset, token().range.begin,      token().range.begin};
        return node;
    }
    const Range first = token().range;
    if (diagnosing_) {
        const std::size_t start = pos_;
        invalid_parameters(is_lambda);
        if (raised_) return nullptr;
        pos_ = start;
    }
    List<Arg> positional(*this);
    std::vector<Arg*> keyword_only;
    std::vector<ExprNode*> defaults;
    std::vector<ExprNode*> keyword_defaults;
    std::size_t positional_only = 0;
    bool slash_seen = false;
    bool star_seen = false;
    while (!at(close)) {
        const std::size_t before = pos_;
        bool good = false;
        if (at(TokenKind::DoubleStar)) {
            if (diagnosing_) {
                invalid_double_star_parameters(is_lambda);
                if (raised_) return nullptr;
                pos_ = before;
            }
            advance();
            Arg* kwarg = parameter(is_lambda, false);
            if (kwarg != nullptr || recovering_) {
                if (kwarg == nullptr) missing("name");
                node->kwarg = kwarg;
                accept(TokenKind::Comma);
                if (!at(close) && !recovering_) return nullptr;
                good = true;
                if (!recovering_) break;
            }
        } else if (at(TokenKind::Star)) {
            if (diagnosing_) {
                invalid_star_parameters(is_lambda);
                if (raised_) return nullptr;
                pos_ = before;
            }
            if (star_seen && !recovering_) return nullptr;
            advance();
            if (accept(TokenKind::Comma)) {
                // A bare star needs a name after it.
                good = at(TokenKind::Name) || recovering_;
                if (!at(TokenKind::Name) && recovering_) missing("name");
                star_seen = true;
                if (good) continue;
                return nullptr;
            }
            Arg* vararg = parameter(is_lambda, true);
            if (vararg != nullptr || recovering_) {
                if (vararg == nullptr) missing("name");
                node->vararg = vararg;
                star_seen = true;
                good = true;
            }
        } else if (at(TokenKind::Slash)) {
            good = !slash_seen && !star_seen && !positional.empty();
            if (!good && recovering_) {
                missing("name");
                good = true;
            }
            if (good) {
                advance();
                slash_seen = true;
                positional_only = positional.size();
            }
        } else if (Arg* arg = parameter(is_lambda, false)) {
            ExprNode* value = nullptr;
            if (at(TokenKind::Equal)) {
                value = parameter_default(is_lambda);
                if (value == nullptr) return nullptr;
            }
            if (star_seen) {
                keyword_only.push_back(arg);
                keyword_defaults.push_back(value);
            } else {
                if (value == nullptr && !defaults.empty()) {
                    if (!recovering_) {
                        // The grammar ends at the comma in front of it.
                        pos_ = before;
                        return nullptr;
                    }
                    missing("default");
                    value = error_expr();
                }
                positional.add(arg);
                if (value != nullptr) defaults.push_back(value);
            }
            good = true;
        }
        if (raised_) return nullptr;
        if (!good) {
            if (!recovering_) return nullptr;
            if (recover_item(close)) continue;
            break;
        }
        if (at(close)) break;
        if (accept(TokenKind::Comma)) continue;
        if (!recovering_) return nullptr;
        // In a parameter list a ':' that is no annotation ends the header.
        if (at(TokenKind::Colon) || at(TokenKind::Arrow) || !recover_item(close)) break;
    }
    const Sequence<Arg*> all = finish(positional);
    node->posonlyargs = Sequence<Arg*>(all.data(), positional_only);
    node->args = Sequence<Arg*>(all.data() + positional_only, all.size() - positional_only);
    node->kwonlyargs = context_.arena.copy(keyword_only);
    node->kw_defaults = context_.arena.copy(keyword_defaults);
    node->defaults = context_.arena.copy(defaults);
    node->range = join(first, last_range());
    return node;
}

}  // namespace refscope::syntax
