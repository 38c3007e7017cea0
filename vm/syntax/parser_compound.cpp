// Compound statements and their blocks.

#include "vm/syntax/parser.h"

namespace refscope::syntax {

bool Parser::starts_compound(TokenKind kind) {
    switch (kind) {
        case TokenKind::KwDef:
        case TokenKind::At:
        case TokenKind::KwAsync:
        case TokenKind::KwIf:
        case TokenKind::KwClass:
        case TokenKind::KwWith:
        case TokenKind::KwFor:
        case TokenKind::KwTry:
        case TokenKind::KwWhile: return true;
        default: return false;
    }
}

StmtNode* Parser::compound_stmt() {
    const Range first = token().range;
    switch (kind()) {
        case TokenKind::KwIf: return if_stmt();
        case TokenKind::KwWhile: return while_stmt();
        case TokenKind::KwFor: return for_stmt(first, false);
        case TokenKind::KwTry: return try_stmt();
        case TokenKind::KwWith: return with_stmt(first, false);
        case TokenKind::KwDef: return function_def(first, false, {});
        case TokenKind::KwClass: return class_def({});
        case TokenKind::At: return decorated();
        case TokenKind::KwAsync:
            advance();
            switch (kind()) {
                case TokenKind::KwDef: return function_def(first, true, {});
                case TokenKind::KwFor: return for_stmt(first, true);
                case TokenKind::KwWith: return with_stmt(first, true);
                default: return nullptr;
            }
        case TokenKind::Name: return is_name("match") ? match_stmt() : nullptr;
        default: return nullptr;
    }
}

bool Parser::block(Sequence<StmtNode*>& out) {
    if (!second_pass_) return block_rule(out);
    if (const auto found = blocks_.find(pos_); found != blocks_.end()) {
        out = found->second.first;
        pos_ = found->second.second;
        return true;
    }
    const std::size_t start = pos_;
    if (!block_rule(out)) return false;
    blocks_[start] = {out, pos_};
    return true;
}

bool Parser::block_rule(Sequence<StmtNode*>& out) {
    if (header_only_) {
        // Only whether a block can follow matters.
        if (!at(TokenKind::Newline)) return !at(TokenKind::EndMarker);
        return peek(1) == TokenKind::Indent;
    }
    List<StmtNode> body(*this);
    if (at(TokenKind::Newline)) {
        advance();
        if (!at(TokenKind::Indent)) {
            if (recovering_) {
                missing("block");
                return true;
            }
            if (diagnosing_)
                raise_here("expected an indented block", DiagnosticKind::IndentationError);
            return false;
        }
        advance();
        if (!statements(body, false)) return false;
        if (!accept(TokenKind::Dedent) && !recovering_ && !at(TokenKind::EndMarker)) return false;
        out = finish(body);
        return true;
    }
    if (context_.options.tolerant && !second_pass_) {
        if (at(TokenKind::EndMarker)) {
            missing("block");
        } else {
            tolerant_statement(body);
        }
        out = finish(body);
        return true;
    }
    if (!simple_stmts(body)) return false;
    out = finish(body);
    return true;
}

bool Parser::header_end(std::string_view what, std::int32_t line, bool forced) {
    if (!at(TokenKind::Colon)) {
        if (recovering_) {
            missing(":");
            // The rest of the header is lost, its block is not.
            while (!at(TokenKind::Newline) && !at(TokenKind::EndMarker) && !at(TokenKind::Colon))
                advance();
            accept(TokenKind::Colon);
            clause_header_ = false;
            return true;
        }
        if (forced) return expect_forced(TokenKind::Colon);
        if (diagnosing_ && at(TokenKind::Newline)) raise_here("expected ':'");
        return false;
    }
    if (diagnosing_ && peek(1) == TokenKind::Newline && peek(2) != TokenKind::Indent) {
        advance();
        advance();
        raise_here("expected an indented block after " + std::string(what) + " on line " +
                       std::to_string(line),
                   DiagnosticKind::IndentationError);
        return false;
    }
    advance();
    clause_header_ = false;
    return true;
}

StmtNode* Parser::if_stmt() {
    // A chain of elifs nests in the tree but must not nest here: programs have thousands.
    struct Branch {
        Range first;
        ExprNode* test;
        Sequence<StmtNode*> body;
    };
    std::vector<Branch> branches;
    Sequence<StmtNode*> orelse;
    while (true) {
        const Range first = token().range;
        const bool is_elif = at(TokenKind::KwElif);
        advance();
        if (is_elif) begin_clause();
        Branch branch{first, named_expression(), {}};
        if (branch.test == nullptr) return nullptr;
        if (!header_end(is_elif ? "'elif' statement" : "'if' statement", first.lineno, false))
            return nullptr;
        if (!block(branch.body)) return nullptr;
        branches.push_back(branch);
        if (header_only_) break;
        if (at(TokenKind::KwElif)) {
            if (branches.size() + static_cast<std::size_t>(context_.level) >=
                static_cast<std::size_t>(context_.options.max_depth)) {
                raise_too_deep();
                return nullptr;
            }
            continue;
        }
        if (at(TokenKind::KwElse) && !else_block(orelse)) return nullptr;
        break;
    }
    If* node = nullptr;
    for (auto branch = branches.rbegin(); branch != branches.rend(); ++branch) {
        auto* next = make<If>(branch->first);
        next->test = branch->test;
        next->body = branch->body;
        next->orelse = node != nullptr ? one<StmtNode>(node) : orelse;
        node = next;
        end_at_code(node);
    }
    return node;
}

bool Parser::else_block(Sequence<StmtNode*>& out) {
    const std::int32_t line = token().range.lineno;
    advance();
    begin_clause();
    return header_end("'else' statement", line, true) && block(out);
}

StmtNode* Parser::while_stmt() {
    const Range first = token().range;
    advance();
    ExprNode* test = named_expression();
    if (test == nullptr || !header_end("'while' statement", first.lineno, false)) return nullptr;
    Sequence<StmtNode*> body;
    Sequence<StmtNode*> orelse;
    if (!block(body)) return nullptr;
    if (!header_only_ && at(TokenKind::KwElse) && !else_block(orelse)) return nullptr;
    auto* node = make<While>(first);
    node->test = test;
    node->body = body;
    node->orelse = orelse;
    end_at_code(node);
    return node;
}

// `for` is the current token, whether or not an `async` stands before it.
StmtNode* Parser::for_stmt(const Range& first, bool is_async) {
    const std::size_t start = pos_;
    const std::int32_t line = token().range.lineno;
    advance();
    ExprNode* target = star_targets();
    if (raised_) return nullptr;
    if (target == nullptr || !expect(TokenKind::KwIn)) {
        if (diagnosing_) {
            pos_ = start;
            invalid_for_target();
        }
        return nullptr;
    }
    ExprNode* iter = star_expressions();
    if (iter == nullptr || !header_end("'for' statement", line, false)) return nullptr;
    Sequence<StmtNode*> body;
    Sequence<StmtNode*> orelse;
    if (!block(body)) return nullptr;
    if (!header_only_ && at(TokenKind::KwElse) && !else_block(orelse)) return nullptr;
    For* node = is_async ? make<AsyncFor>(first) : make<For>(first);
    node->target = target;
    node->iter = iter;
    node->body = body;
    node->orelse = orelse;
    end_at_code(node);
    return node;
}

StmtNode* Parser::with_stmt(const Range& first, bool is_async) {
    const std::size_t start = pos_;
    const std::int32_t line = token().range.lineno;
    advance();
    Sequence<WithItem*> items;
    bool have_items = false;
    if (at(TokenKind::LeftParen)) {
        // Parentheses around the items, unless what follows shows that they belong to an
        // expression.
        const std::size_t before = pos_;
        const bool recovering = std::exchange(recovering_, false);
        advance();
        List<WithItem> list(*this);
        bool good = true;
        while (good) {
            WithItem* item = with_item();
            if (item == nullptr) break;
            list.add(item);
            if (!accept(TokenKind::Comma)) break;
            if (at(TokenKind::RightParen)) break;
        }
        good = !raised_ && !list.empty() && accept(TokenKind::RightParen) && at(TokenKind::Colon);
        if (raised_) return nullptr;
        recovering_ = recovering;
        if (good) {
            items = finish(list);
            have_items = true;
        } else {
            pos_ = before;
        }
    }
    if (!have_items && !with_items(items)) {
        if (diagnosing_ && !raised_) {
            pos_ = start;
            invalid_with();
        }
        return nullptr;
    }
    if (!at(TokenKind::Colon) && diagnosing_) {
        pos_ = start;
        invalid_with();
        return nullptr;
    }
    if (!header_end("'with' statement", line, false)) return nullptr;
    Sequence<StmtNode*> body;
    if (!block(body)) return nullptr;
    With* node = is_async ? make<AsyncWith>(first) : make<With>(first);
    node->items = items;
    node->body = body;
    end_at_code(node);
    return node;
}

bool Parser::with_items(Sequence<WithItem*>& out) {
    List<WithItem> list(*this);
    do {
        const std::size_t before = pos_;
        WithItem* item = with_item();
        if (item == nullptr) {
            if (raised_ || list.empty()) return false;
            pos_ = before - 1;
            break;
        }
        list.add(item);
    } while (accept(TokenKind::Comma));
    out = finish(list);
    return true;
}

WithItem* Parser::with_item() {
    const std::size_t start = pos_;
    const Range first = token().range;
    ExprNode* context_expr = expression();
    if (context_expr == nullptr) return nullptr;
    ExprNode* vars = nullptr;
    if (at(TokenKind::KwAs)) {
        const std::size_t as = pos_;
        advance();
        vars = star_target();
        if (raised_) return nullptr;
        if (vars == nullptr ||
            (!at(TokenKind::Comma) && !at(TokenKind::RightParen) && !at(TokenKind::Colon))) {
            if (!recovering_) vars = nullptr;
            if (diagnosing_) {
                pos_ = start;
                invalid_with_item();
                if (raised_) return nullptr;
            }
            if (!recovering_) pos_ = as;
        }
    }
    auto* node = make<WithItem>(first);
    node->context_expr = context_expr;
    node->optional_vars = vars;
    return node;
}

StmtNode* Parser::try_stmt() {
    const Range first = token().range;
    advance();
    if (!header_end("'try' statement", first.lineno, true)) return nullptr;
    Sequence<StmtNode*> body;
    if (!block(body)) return nullptr;
    if (header_only_) return make<Try>(first);
    if (!at(TokenKind::KwExcept) && !at(TokenKind::KwFinally)) {
        if (diagnosing_) return raise_here("expected 'except' or 'finally' block");
        if (!recovering_) return nullptr;
        report(placed(DiagnosticKind::SyntaxError, token().range,
                      "expected 'except' or 'finally' block"));
    }
    List<ExceptHandler> handlers(*this);
    bool has_star = false;
    while (at(TokenKind::KwExcept)) {
        const std::size_t before = pos_;
        if (diagnosing_ && !handlers.empty()) {
            invalid_mixed_except(has_star);
            if (raised_) return nullptr;
            pos_ = before;
        }
        bool is_star = false;
        ExceptHandler* handler = except_block(is_star);
        if (handler == nullptr) return nullptr;
        if (!handlers.empty() && is_star != has_star) {
            if (!recovering_) {
                pos_ = before;
                return nullptr;
            }
            report(placed(DiagnosticKind::SyntaxError, handler->range,
                          "cannot have both 'except' and 'except*' on the same 'try'"));
        }
        has_star = is_star;
        handlers.add(handler);
    }
    Sequence<StmtNode*> orelse;
    Sequence<StmtNode*> finalbody;
    if (at(TokenKind::KwElse) && (!handlers.empty() || recovering_) && !else_block(orelse))
        return nullptr;
    if (at(TokenKind::KwFinally)) {
        const std::int32_t line = token().range.lineno;
        advance();
        begin_clause();
        if (!header_end("'finally' statement", line, true) || !block(finalbody)) return nullptr;
    }
    Try* node = has_star ? make<TryStar>(first) : make<Try>(first);
    node->body = body;
    node->handlers = finish(handlers);
    node->orelse = orelse;
    node->finalbody = finalbody;
    end_at_code(node);
    return node;
}

ExceptHandler* Parser::except_block(bool& is_star) {
    const Range first = token().range;
    advance();
    begin_clause();
    is_star = accept(TokenKind::Star);
    ExprNode* type = nullptr;
    Identifier name;
    if (is_star && diagnosing_ && (at(TokenKind::Newline) || at(TokenKind::Colon))) {
        return raise_here("expected one or more exception types");
    }
    if (is_star || !at(TokenKind::Colon)) {
        if (!is_star && diagnosing_ && at(TokenKind::Newline)) return raise_here("expected ':'");
        type = expression();
        if (type == nullptr) return nullptr;
        if (diagnosing_ && at(TokenKind::Comma)) {
            // `except A, B:` of Python 2
            const Range from = type->range;
            advance();
            ExprNode* more = star_expressions();
            if (raised_ || more == nullptr) return nullptr;
            if (accept(TokenKind::KwAs) && !accept(TokenKind::Name)) return nullptr;
            if (!at(TokenKind::Colon)) return nullptr;
            advance();
            --pos_;
            return raise_from(from, "multiple exception types must be parenthesized");
        }
        if (recovering_ && at(TokenKind::Comma)) {
            missing(":");
            while (accept(TokenKind::Comma)) expression();
        }
        if (at(TokenKind::KwAs)) {
            advance();
            if (at(TokenKind::Name)) {
                name = identifier(token());
                advance();
            } else if (recovering_) {
                missing("name");
            } else {
                return nullptr;
            }
        }
    }
    if (!header_end(is_star ? "'except*' statement" : "'except' statement", first.lineno, false))
        return nullptr;
    Sequence<StmtNode*> body;
    if (!block(body)) return nullptr;
    auto* node = make<ExceptHandler>(first);
    node->type = type;
    node->name = name;
    node->body = body;
    end_at_code(node);
    return node;
}

StmtNode* Parser::decorated() {
    List<ExprNode> decorators(*this);
    while (accept(TokenKind::At)) {
        ExprNode* decorator = named_expression();
        if (decorator == nullptr || !expect(TokenKind::Newline)) return nullptr;
        decorators.add(decorator);
    }
    const Range first = token().range;
    const Sequence<ExprNode*> list = finish(decorators);
    if (at(TokenKind::KwClass)) return class_def(list);
    bool is_async = false;
    if (at(TokenKind::KwAsync) && peek(1) == TokenKind::KwDef) {
        is_async = true;
        advance();
    }
    if (at(TokenKind::KwDef)) return function_def(first, is_async, list);
    if (!recovering_) return nullptr;
    missing("def");
    auto* node = make<ErrorStmt>(list.empty() ? first : list[0]->range);
    node->parts = list;
    return node;
}

// `def` is the current token.
StmtNode* Parser::function_def(const Range& first, bool is_async, Sequence<ExprNode*> decorators) {
    const std::int32_t line = token().range.lineno;
    advance();
    Identifier name;
    if (at(TokenKind::Name)) {
        name = identifier(token());
        advance();
    } else if (!missing("name")) {
        return nullptr;
    }
    if (!expect_forced(TokenKind::LeftParen)) return nullptr;
    Arguments* args = parameters(false);
    if (args == nullptr) return nullptr;
    if (!expect(TokenKind::RightParen)) return nullptr;
    ExprNode* returns = nullptr;
    if (at(TokenKind::Arrow)) {
        const std::size_t before = pos_;
        advance();
        returns = expression();
        if (raised_) return nullptr;
        if (returns == nullptr) pos_ = before;
    }
    if (!header_end("function definition", line, true)) return nullptr;
    Sequence<StmtNode*> body;
    if (!block(body)) return nullptr;
    FunctionDef* node = is_async ? make<AsyncFunctionDef>(first) : make<FunctionDef>(first);
    node->name = name;
    node->args = args;
    node->body = body;
    node->decorator_list = decorators;
    node->returns = returns;
    end_at_code(node);
    return node;
}

StmtNode* Parser::class_def(Sequence<ExprNode*> decorators) {
    const Range first = token().range;
    advance();
    Identifier name;
    if (at(TokenKind::Name)) {
        name = identifier(token());
        advance();
    } else if (!missing("name")) {
        return nullptr;
    }
    CallArguments bases;
    if (accept(TokenKind::LeftParen)) {
        if (!at(TokenKind::RightParen) && !arguments(bases)) return nullptr;
        if (!expect(TokenKind::RightParen)) return nullptr;
    }
    if (!header_end("class definition", first.lineno, false)) return nullptr;
    Sequence<StmtNode*> body;
    if (!block(body)) return nullptr;
    auto* node = make<ClassDef>(first);
    node->name = name;
    node->bases = bases.args;
    node->keywords = bases.keywords;
    node->body = body;
    node->decorator_list = decorators;
    end_at_code(node);
    return node;
}

}  // namespace refscope::syntax
