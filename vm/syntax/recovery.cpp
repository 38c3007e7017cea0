// Tolerant parsing: statement by statement, so that a broken one costs itself only.
//
// A simple statement is first parsed as it stands. When that fails the diagnosing pass words the
// error, and the recovering parse makes of the statement what it can. A compound statement is
// judged by its header alone; its block is tolerant itself, so nothing is parsed again because
// something inside was wrong.

#include <algorithm>

#include "vm/syntax/parser.h"

namespace refscope::syntax {

bool Parser::missing(std::string_view what) {
    if (!recovering_) return false;
    ++noted_;
    if (clause_header_) {
        // The first header of a statement had its diagnosing pass; its further clauses are judged
        // here.
        clause_header_ = false;
        Diagnostic diagnostic =
            placed(DiagnosticKind::SyntaxError, token().range, "invalid syntax");
        if (what == ":") {
            diagnostic.message = "expected ':'";
            diagnostic.suggestion = ":";
        }
        report(std::move(diagnostic));
    }
    return true;
}

void Parser::report(Diagnostic diagnostic) {
    const auto same_place = [&](const Diagnostic& other) {
        return other.range.begin == diagnostic.range.begin;
    };
    if (std::none_of(diagnostics_.begin(), diagnostics_.end(), same_place)) {
        diagnostics_.push_back(std::move(diagnostic));
    }
}

ErrorExpr* Parser::error_expr() {
    // Zero-width, behind what was read last.
    const bool fresh_line = pos_ == 0 || tokens_[pos_ - 1].kind <= TokenKind::Dedent;
    const Range& near = fresh_line ? token().range : last_range();
    if (fresh_line) {
        return make_at<ErrorExpr>(
            {near.lineno, near.col_offset, near.lineno, near.col_offset, near.begin, near.begin});
    }
    return make_at<ErrorExpr>({near.end_lineno, near.end_col_offset, near.end_lineno,
                               near.end_col_offset, near.end, near.end});
}

bool Parser::tolerant_statements(List<StmtNode>& out, bool at_top) {
    while (!at(TokenKind::EndMarker)) {
        if (at(TokenKind::Dedent)) {
            if (!at_top) return true;
            advance();
        } else if (at(TokenKind::Newline)) {
            advance();
        } else {
            tolerant_statement(out);
        }
    }
    return true;
}

void Parser::tolerant_statement(List<StmtNode>& out) {
    const bool recovering = std::exchange(recovering_, false);
    const bool clause = std::exchange(clause_header_, false);
    const std::size_t start = pos_;
    const std::size_t size = out.size();
    furthest_ = start;

    bool compound = starts_compound(kind());
    if (!compound && is_name("match")) {
        header_only_ = true;
        compound = match_stmt() != nullptr;
        header_only_ = false;
        pos_ = start;
        clear_error();
    }
    if (at(TokenKind::Indent)) {
        // A block that no header opened: its statements are kept.
        report(placed(DiagnosticKind::IndentationError, token().range, "unexpected indent"));
        advance();
        tolerant_statements(out, false);
        accept(TokenKind::Dedent);
    } else if (compound) {
        const Nesting nesting(*this);
        header_only_ = true;
        const bool good = nesting.ok() && compound_stmt() != nullptr;
        header_only_ = false;
        if (!good) diagnose_statement(start, true);
        pos_ = start;
        clear_error();
        recovering_ = true;
        StmtNode* node = compound_stmt();
        if (node == nullptr) {
            if (pos_ == start) advance();
            node = make<ErrorStmt>(tokens_[start].range);
            end_broken_statement(out, node);
        } else {
            out.add(node);
        }
    } else if (!simple_stmts(out)) {
        out.truncate(size);
        diagnose_statement(start, false);
        pos_ = start;
        clear_error();
        recovering_ = true;
        StmtNode* node = recovered_simple_stmt();
        end_broken_statement(out, node);
    }
    clear_error();
    recovering_ = recovering;
    clause_header_ = clause;
}

// What can be kept of a statement that does not parse.
StmtNode* Parser::recovered_simple_stmt() {
    const std::size_t start = pos_;
    const Range first = token().range;
    const bool stray_clause = at(TokenKind::KwElse) || at(TokenKind::KwElif) ||
                              at(TokenKind::KwExcept) || at(TokenKind::KwFinally);
    StmtNode* node = nullptr;
    if (!stray_clause && (starts_expression() || at(TokenKind::Star) || is_keyword(kind()) ||
                          at(TokenKind::Error))) {
        node = simple_stmt_rule();
        clear_error();
    }
    if (node != nullptr && pos_ > start) return node;
    pos_ = start;
    advance();
    return make<ErrorStmt>(first);
}

// Adds the statement and skips what is left of the line. Expressions in there are kept in an
// ErrorStmt, since an editor wants to know the names in them; so is the block of a header that was
// not understood.
void Parser::end_broken_statement(List<StmtNode>& out, StmtNode* node) {
    out.add(node);
    while (accept(TokenKind::Semicolon)) {
        if (at(TokenKind::Newline) || at(TokenKind::EndMarker)) break;
        StmtNode* next = recovered_simple_stmt();
        out.add(next);
    }
    if (!at(TokenKind::Newline) && !at(TokenKind::EndMarker)) {
        const Range first = token().range;
        Sequence<ExprNode*> found;
        {
            List<ExprNode> parts(*this);
            while (!at(TokenKind::Newline) && !at(TokenKind::EndMarker)) {
                const std::size_t before = pos_;
                if (starts_expression()) {
                    if (ExprNode* part = expression()) parts.add(part);
                    if (is_out_of_depth()) {
                        while (!at(TokenKind::Newline) && !at(TokenKind::EndMarker)) advance();
                    }
                    clear_error();
                }
                if (pos_ == before) advance();
                if (pos_ == before) break;
            }
            found = finish(parts);
        }
        auto* rest = make<ErrorStmt>(first);
        rest->parts = found;
        out.add(rest);
    }
    accept(TokenKind::Newline);
    if (at(TokenKind::Indent)) {
        advance();
        tolerant_statements(out, false);
        accept(TokenKind::Dedent);
    }
}

// Reports the error of the statement at `start`, worded by a diagnosing pass over it alone.
void Parser::diagnose_statement(std::size_t start, bool header_only) {
    const std::size_t failed_at = std::max(furthest_, start);
    // An error of the lexer in this statement has been reported and explains it.
    std::size_t line_end = start;
    while (line_end + 1 < tokens_.size() && tokens_[line_end].kind != TokenKind::Newline)
        ++line_end;
    for (const LexicalError& lexical : lexical_errors_) {
        if (lexical.token >= start && lexical.token <= line_end) return;
    }
    pos_ = start;
    header_only_ = header_only;
    search_error([&] {
        List<StmtNode> ignored(*this);
        if (header_only) {
            compound_stmt();
        } else {
            simple_stmts(ignored);
        }
    });
    header_only_ = false;
    Diagnostic found = error_ ? std::move(*error_) : generic_error(failed_at);
    clear_error();
    report(std::move(found));
}

}  // namespace refscope::syntax
