// Simple statements.

#include <cstring>

#include "vm/syntax/parser.h"

namespace refscope::syntax {

namespace {

std::optional<Operator> augmented_operator(TokenKind kind) {
    switch (kind) {
        case TokenKind::PlusEqual: return Operator::Add;
        case TokenKind::MinusEqual: return Operator::Sub;
        case TokenKind::StarEqual: return Operator::Mult;
        case TokenKind::SlashEqual: return Operator::Div;
        case TokenKind::PercentEqual: return Operator::Mod;
        case TokenKind::AtEqual: return Operator::MatMult;
        case TokenKind::AmpersandEqual: return Operator::BitAnd;
        case TokenKind::BarEqual: return Operator::BitOr;
        case TokenKind::CaretEqual: return Operator::BitXor;
        case TokenKind::LeftShiftEqual: return Operator::LShift;
        case TokenKind::RightShiftEqual: return Operator::RShift;
        case TokenKind::DoubleStarEqual: return Operator::Pow;
        case TokenKind::DoubleSlashEqual: return Operator::FloorDiv;
        default: return std::nullopt;
    }
}

bool ends_statement(TokenKind kind) {
    return kind == TokenKind::Newline || kind == TokenKind::Semicolon ||
           kind == TokenKind::EndMarker;
}

}  // namespace

bool Parser::statements(List<StmtNode>& out, bool at_top) {
    if (context_.options.tolerant && !second_pass_) return tolerant_statements(out, at_top);
    while (!at(TokenKind::EndMarker) && !at(TokenKind::Dedent)) {
        if (!statement(out)) return false;
    }
    return true;
}

bool Parser::statement(List<StmtNode>& out) {
    const std::size_t start = pos_;
    if (StmtNode* compound = compound_stmt()) {
        out.add(compound);
        return true;
    }
    if (raised_) return false;
    pos_ = start;
    return simple_stmts(out);
}

bool Parser::simple_stmts(List<StmtNode>& out) {
    while (true) {
        StmtNode* stmt = simple_stmt();
        if (stmt == nullptr) return false;
        out.add(stmt);
        if (accept(TokenKind::Newline)) return true;
        if (!accept(TokenKind::Semicolon)) return false;
        if (accept(TokenKind::Newline)) return true;
    }
}

StmtNode* Parser::simple_stmt() {
    if (!second_pass_) return simple_stmt_rule();
    return memoise<StmtNode>(Rule::SimpleStmt, [this] { return simple_stmt_rule(); });
}

StmtNode* Parser::simple_stmt_rule() {
    const Range first = token().range;
    switch (kind()) {
        case TokenKind::KwReturn: {
            advance();
            ExprNode* value = nullptr;
            if (starts_expression() || at(TokenKind::Star)) {
                const std::size_t before = pos_;
                value = star_expressions();
                if (raised_) return nullptr;
                if (value == nullptr) pos_ = before;
            }
            auto* node = make<Return>(first);
            node->value = value;
            return node;
        }
        case TokenKind::KwImport: return import_name();
        case TokenKind::KwFrom: return import_from();
        case TokenKind::KwRaise: return raise_stmt();
        case TokenKind::KwPass: advance(); return make<Pass>(first);
        case TokenKind::KwBreak: advance(); return make<Break>(first);
        case TokenKind::KwContinue: advance(); return make<Continue>(first);
        case TokenKind::KwDel: return delete_stmt();
        case TokenKind::KwAssert: return assert_stmt();
        case TokenKind::KwGlobal: return name_list(true);
        case TokenKind::KwNonlocal: return name_list(false);
        default: break;
    }
    if (!diagnosing_) return expression_stmt();
    const std::size_t start = pos_;
    if (StmtNode* assignment = assignment_in_order()) return assignment;
    if (raised_) return nullptr;
    pos_ = start;
    ExprNode* value = yield_or_star_expressions();
    if (value == nullptr) return nullptr;
    auto* node = make<Expr>(first);
    node->value = value;
    return node;
}

// An expression, or an assignment once the operator behind the expression shows it.
StmtNode* Parser::expression_stmt() {
    const std::size_t start = pos_;
    const Range first = token().range;
    const bool is_yield = at(TokenKind::KwYield);
    ExprNode* expr = yield_or_star_expressions();
    if (expr == nullptr) return nullptr;
    switch (kind()) {
        case TokenKind::Newline:
        case TokenKind::Semicolon: break;
        case TokenKind::Equal: {
            List<ExprNode> targets(*this);
            while (at(TokenKind::Equal)) {
                if (is_yield && targets.empty()) {
                    if (!recovering_) return nullptr;
                    missing("target");
                } else if (!is_target(expr, TargetKind::Assign)) {
                    if (!recovering_) return nullptr;
                    missing("target");
                }
                set_context(expr, ExprContext::Store);
                targets.add(expr);
                advance();
                const bool yields = at(TokenKind::KwYield);
                expr = yield_or_star_expressions();
                if (expr == nullptr) return nullptr;
                if (yields && at(TokenKind::Equal) && !recovering_) return nullptr;
            }
            auto* node = make<Assign>(first);
            node->targets = finish(targets);
            node->value = expr;
            return node;
        }
        case TokenKind::Colon: {
            if (is_yield || !is_single_target(expr)) {
                if (!recovering_) return nullptr;
                break;
            }
            const bool simple =
                expr->kind == NodeKind::Name && tokens_[start].kind == TokenKind::Name;
            return annotated_assignment(expr, first, simple);
        }
        default: {
            const auto op = augmented_operator(kind());
            if (!op) break;
            if (is_yield || !is_single_target(expr)) {
                if (!recovering_) return nullptr;
                missing("target");
            }
            set_context(expr, ExprContext::Store);
            advance();
            ExprNode* value = yield_or_star_expressions();
            if (value == nullptr) return nullptr;
            auto* node = make<AugAssign>(first);
            node->target = expr;
            node->op = *op;
            node->value = value;
            return node;
        }
    }
    auto* node = make<Expr>(first);
    node->value = expr;
    return node;
}

// The cursor stands on ':'.
StmtNode* Parser::annotated_assignment(ExprNode* target, const Range& first, bool simple) {
    set_context(target, ExprContext::Store);
    advance();
    ExprNode* annotation = expression();
    if (annotation == nullptr) return nullptr;
    ExprNode* value = nullptr;
    if (at(TokenKind::Equal)) {
        const std::size_t before = pos_;
        advance();
        value = yield_or_star_expressions();
        if (raised_) return nullptr;
        if (value == nullptr) pos_ = before;
    }
    auto* node = make<AnnAssign>(first);
    node->target = target;
    node->annotation = annotation;
    node->value = value;
    node->simple = simple ? 1 : 0;
    return node;
}

StmtNode* Parser::assignment_in_order() {
    const std::size_t start = pos_;
    const Range first = token().range;
    if (at(TokenKind::Name) && peek(1) == TokenKind::Colon) {
        if (StmtNode* node = annotated_assignment(name_expression(), first, true)) return node;
        if (raised_) return nullptr;
        pos_ = start;
    }
    if (ExprNode* target = single_target();
        target != nullptr && at(TokenKind::Colon) &&
        (target->kind != NodeKind::Name || tokens_[start].kind == TokenKind::LeftParen)) {
        if (StmtNode* node = annotated_assignment(target, first, false)) return node;
    }
    if (raised_) return nullptr;
    pos_ = start;

    List<ExprNode> targets(*this);
    std::size_t good = pos_;
    while (true) {
        ExprNode* target = starts_expression() || at(TokenKind::Star) ? star_targets() : nullptr;
        if (raised_) return nullptr;
        if (target == nullptr || !accept(TokenKind::Equal)) break;
        targets.add(target);
        good = pos_;
    }
    if (!targets.empty()) {
        pos_ = good;
        ExprNode* value = yield_or_star_expressions();
        if (raised_) return nullptr;
        if (value != nullptr && !at(TokenKind::Equal)) {
            auto* node = make<Assign>(first);
            node->targets = finish(targets);
            node->value = value;
            return node;
        }
    }
    pos_ = start;
    if (ExprNode* target = single_target()) {
        if (const auto op = augmented_operator(kind())) {
            advance();
            ExprNode* value = yield_or_star_expressions();
            if (value == nullptr) return nullptr;
            auto* node = make<AugAssign>(first);
            node->target = target;
            node->op = *op;
            node->value = value;
            return node;
        }
    }
    if (raised_) return nullptr;
    pos_ = start;
    invalid_assignment();
    return nullptr;
}

bool Parser::dotted_name(Identifier& out) {
    if (!at(TokenKind::Name)) return missing("name");
    const Range first = token().range;
    const Token head = token();
    advance();
    if (!at(TokenKind::Dot)) {
        out = identifier(head);
        return true;
    }
    std::string joined(intern(head));
    while (at(TokenKind::Dot)) {
        const std::size_t before = pos_;
        advance();
        if (!at(TokenKind::Name)) {
            if (!recovering_) {
                pos_ = before;
                break;
            }
            missing("name");
            joined += '.';
            break;
        }
        joined += '.';
        joined += intern(token());
        advance();
    }
    out = {context_.interner.intern(joined), join(first, last_range())};
    return true;
}

StmtNode* Parser::import_name() {
    const Range first = token().range;
    advance();
    List<Alias> names(*this);
    do {
        const std::size_t before = pos_;
        const Range start = token().range;
        Identifier name;
        if (!dotted_name(name)) {
            if (names.empty()) return nullptr;
            pos_ = before - 1;
            break;
        }
        Identifier asname;
        if (at(TokenKind::KwAs)) {
            const std::size_t as = pos_;
            advance();
            if (at(TokenKind::Name)) {
                asname = identifier(token());
                advance();
            } else if (!recovering_) {
                pos_ = as;
            } else {
                missing("name");
            }
        }
        auto* alias = make<Alias>(start);
        alias->name = name;
        alias->asname = asname;
        names.add(alias);
    } while (accept(TokenKind::Comma));
    auto* node = make<Import>(first);
    node->names = finish(names);
    return node;
}

StmtNode* Parser::import_from() {
    const Range first = token().range;
    advance();
    int level = 0;
    while (at(TokenKind::Dot) || at(TokenKind::Ellipsis)) {
        level += at(TokenKind::Dot) ? 1 : 3;
        advance();
    }
    Identifier module;
    if (level == 0 || at(TokenKind::Name)) {
        if (!dotted_name(module)) return nullptr;
    }
    if (!expect(TokenKind::KwImport)) return nullptr;
    Sequence<Alias*> names;
    if (!import_targets(names)) return nullptr;
    auto* node = make<ImportFrom>(first);
    node->module = module;
    node->names = names;
    node->level = level;
    return node;
}

bool Parser::import_targets(Sequence<Alias*>& out) {
    if (at(TokenKind::Star)) {
        auto* alias = make_at<Alias>(token().range);
        alias->name = {context_.interner.intern("*"), token().range};
        advance();
        out = one(alias);
        return true;
    }
    const bool parens = accept(TokenKind::LeftParen);
    List<Alias> names(*this);
    bool trailing_comma = false;
    while (true) {
        if (!at(TokenKind::Name)) {
            if (recovering_ && !(parens && at(TokenKind::RightParen) && !names.empty()))
                missing("name");
            break;
        }
        const Range start = token().range;
        const Identifier name = identifier(token());
        advance();
        Identifier asname;
        if (at(TokenKind::KwAs)) {
            const std::size_t as = pos_;
            advance();
            if (at(TokenKind::Name)) {
                asname = identifier(token());
                advance();
            } else if (recovering_) {
                missing("name");
            } else {
                pos_ = as;
            }
        }
        auto* alias = make<Alias>(start);
        alias->name = name;
        alias->asname = asname;
        names.add(alias);
        trailing_comma = accept(TokenKind::Comma);
        if (!trailing_comma) break;
    }
    out = finish(names);
    if (names.empty() && !recovering_) return false;
    if (parens) return expect(TokenKind::RightParen);
    if (trailing_comma && !recovering_) {
        if (diagnosing_ && at(TokenKind::Newline)) {
            raise_here("trailing comma not allowed without surrounding parentheses");
        }
        return false;
    }
    return true;
}

StmtNode* Parser::name_list(bool global) {
    const Range first = token().range;
    advance();
    std::vector<Identifier> names;
    while (true) {
        if (!at(TokenKind::Name)) {
            if (!recovering_) return nullptr;
            missing("name");
            break;
        }
        names.push_back(identifier(token()));
        advance();
        if (!accept(TokenKind::Comma)) break;
    }
    if (global) {
        auto* node = make<Global>(first);
        node->names = context_.arena.copy(names);
        return node;
    }
    auto* node = make<Nonlocal>(first);
    node->names = context_.arena.copy(names);
    return node;
}

StmtNode* Parser::delete_stmt() {
    const std::size_t start = pos_;
    const Range first = token().range;
    advance();
    List<ExprNode> targets(*this);
    while (starts_expression()) {
        const std::size_t before = pos_;
        ExprNode* target = del_target();
        if (raised_) return nullptr;
        if (target == nullptr) {
            pos_ = before;
            if (recovering_) {
                missing("target");
                targets.add(star_expression());
                break;
            }
            break;
        }
        targets.add(target);
        if (!accept(TokenKind::Comma)) break;
    }
    if (recovering_ && targets.empty()) {
        missing("target");
        targets.add(error_expr());
    }
    if (!targets.empty() && (ends_statement(kind()) || recovering_)) {
        auto* node = make<Delete>(first);
        node->targets = finish(targets);
        return node;
    }
    if (!diagnosing_) return nullptr;
    pos_ = start + 1;
    ExprNode* expr = star_expressions();
    if (expr == nullptr || raised_) return nullptr;
    return raise_invalid_target(TargetKind::Delete, expr);
}

StmtNode* Parser::raise_stmt() {
    const Range first = token().range;
    advance();
    ExprNode* exception = nullptr;
    ExprNode* cause = nullptr;
    if (starts_expression()) {
        const std::size_t before = pos_;
        exception = expression();
        if (raised_) return nullptr;
        if (exception == nullptr) {
            pos_ = before;
        } else if (at(TokenKind::KwFrom)) {
            const std::size_t from = pos_;
            advance();
            cause = expression();
            if (raised_) return nullptr;
            if (cause == nullptr) pos_ = from;
        }
    }
    auto* node = make<Raise>(first);
    node->exc = exception;
    node->cause = cause;
    return node;
}

StmtNode* Parser::assert_stmt() {
    const Range first = token().range;
    advance();
    ExprNode* test = expression();
    if (test == nullptr) return nullptr;
    ExprNode* message = nullptr;
    if (at(TokenKind::Comma)) {
        const std::size_t before = pos_;
        advance();
        message = expression();
        if (raised_) return nullptr;
        if (message == nullptr) pos_ = before;
    }
    auto* node = make<Assert>(first);
    node->test = test;
    node->msg = message;
    return node;
}

}  // namespace refscope::syntax
