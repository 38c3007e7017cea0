// The recursive-descent parser behind parse(). Private to vm/syntax.
//
// The functions are CPython's grammar rules, and keep the discipline of its PEG: each returns its
// node, or null after which the caller resets the position or fails too. There are three ways to
// run them:
//
//   plain        the fast first pass; nothing is reported, `furthest_` remembers how far it read
//   diagnosing_  the second pass after a failure. It tries the same alternatives in CPython's order
//   and
//                at each place where CPython has an invalid_* rule asks parser_errors*.cpp, which
//                raise
//                (`raised_`): from then on every function returns null. Results are memoised, since
//                these questions parse the same text again and again
//   recovering_  for editors: nothing fails, gaps become ErrorExpr, missing tokens are noted and
//   skipped
//
// A Parser lives for one run over one token stream; an f-string's expressions get parsers of their
// own that share the context.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vm/base/source_text.h"
#include "vm/syntax/ast.h"
#include "vm/syntax/diagnostic.h"
#include "vm/syntax/interner.h"
#include "vm/syntax/lexer.h"
#include "vm/syntax/parse.h"

namespace refscope::syntax {

struct ParseContext {
    const base::SourceText& source;
    base::Arena& arena;
    ParseOptions options;
    Interner interner;
    int level = 0;
    int string_depth = 0;
};

enum class TargetKind : std::uint8_t { Assign, For, Delete };

struct StringToken {
    const Token* token;
    std::string_view text;
};

class Parser {
  public:
    Parser(ParseContext& context, TokenStream stream);

    ModNode* run(ParseMode mode, bool recovering);
    // The expression of an f-string, in its own parentheses; null after an error, see error().
    ExprNode* run_embedded(const EmbeddedExpression& place, bool recovering);

    const std::optional<Diagnostic>& error() const { return error_; }
    std::vector<Diagnostic> take_diagnostics() { return std::move(diagnostics_); }
    // After run() returned null: the error that CPython would raise.
    Diagnostic diagnose(ParseMode mode);

  private:
    // ---- tokens
    const Token& token() const { return tokens_[pos_]; }
    TokenKind kind() const { return tokens_[pos_].kind; }
    TokenKind peek(std::size_t ahead) const {
        return pos_ + ahead < tokens_.size() ? tokens_[pos_ + ahead].kind : TokenKind::EndMarker;
    }
    bool at(TokenKind wanted) const { return kind() == wanted; }
    void advance() {
        if (pos_ + 1 < tokens_.size()) ++pos_;
        if (pos_ > furthest_) furthest_ = pos_;
        if (second_pass_ && kind() == TokenKind::Error) meet_error_token();
    }
    void meet_error_token();
    bool accept(TokenKind wanted) {
        if (kind() != wanted) return false;
        advance();
        return true;
    }
    // In recovery a missing token is noted and taken as read.
    bool expect(TokenKind wanted) {
        if (kind() == wanted) {
            advance();
            return true;
        }
        return missing(token_spelling(wanted));
    }
    bool missing(std::string_view what);
    // CPython's forced token: its absence is reported as "expected '...'".
    bool expect_forced(TokenKind wanted);
    bool is_name(std::string_view text) const {
        return at(TokenKind::Name) && token_text(token()) == text;
    }
    std::string_view token_text(const Token& item) const {
        return context_.source.text().substr(item.range.begin, item.range.end - item.range.begin);
    }
    const Range& last_range() const { return tokens_[pos_ == 0 ? 0 : pos_ - 1].range; }
    static Range join(const Range& first, const Range& last) {
        return {first.lineno,        first.col_offset, last.end_lineno,
                last.end_col_offset, first.begin,      last.end};
    }
    bool failed() const { return raised_; }

    // ---- nodes
    template <class T>
    T* make(const Range& first) {
        return make_at<T>(join(first, last_range()));
    }
    template <class T>
    T* make_at(const Range& range) {
        T* node = context_.arena.make<T>();
        node->range = range;
        return node;
    }
    // A compound statement ends with its last code, not with the line break and dedent behind it.
    void end_at_code(Node* node) const {
        std::size_t last = pos_;
        while (last > 0 && tokens_[last - 1].kind <= TokenKind::Dedent) --last;
        if (last > 0 && tokens_[last - 1].range.end >= node->range.begin) {
            node->range = join(node->range, tokens_[last - 1].range);
        }
    }
    ErrorExpr* error_expr();
    Identifier identifier(const Token& item) { return {intern(item), item.range}; }
    std::string_view intern(const Token& item);

    // Collects a list on a stack shared by all lists under construction.
    template <class T>
    class List {
      public:
        explicit List(Parser& parser) : stack_(parser.scratch_), base_(stack_.size()) {}
        List(const List&) = delete;
        ~List() { stack_.resize(base_); }
        void truncate(std::size_t size) { stack_.resize(base_ + size); }
        void add(T* node) { stack_.push_back(const_cast<std::remove_const_t<T>*>(node)); }
        std::size_t size() const { return stack_.size() - base_; }
        bool empty() const { return size() == 0; }
        T* operator[](std::size_t index) const { return static_cast<T*>(stack_[base_ + index]); }
        T* back() const { return static_cast<T*>(stack_.back()); }
        Sequence<T*> finish(base::Arena& arena) const {
            if (empty()) return {};
            auto** target = static_cast<T**>(arena.allocate(size() * sizeof(T*), alignof(T*)));
            for (std::size_t i = 0; i < size(); ++i) target[i] = (*this)[i];
            return {target, size()};
        }

      private:
        std::vector<void*>& stack_;
        std::size_t base_;
    };
    template <class T>
    Sequence<T*> finish(const List<T>& list) {
        return list.finish(context_.arena);
    }
    template <class T>
    Sequence<T*> one(T* node) {
        return context_.arena.list<T*>({node});
    }

    // Counts nesting; at the limit CPython runs out of its own stack and raises MemoryError.
    class Nesting {
      public:
        explicit Nesting(Parser& parser) : parser_(parser) {
            if (++parser.context_.level > parser.context_.options.max_depth)
                parser.raise_too_deep();
        }
        Nesting(const Nesting&) = delete;
        ~Nesting() { --parser_.context_.level; }
        bool ok() const { return !parser_.raised_; }

      private:
        Parser& parser_;
    };
    void raise_too_deep();
    // A chain of operators or of attributes: each link makes the tree one level deeper.
    bool chain_is_too_long(int links);
    bool is_out_of_depth() const { return error_ && error_->kind >= DiagnosticKind::MemoryError; }
    bool code_follows(std::size_t at) const;

    // ---- memoisation in the diagnosing pass
    enum class Rule : std::uint8_t {
        Expression,
        NamedExpression,
        InvalidNamedExpression,
        Disjunction,
        Inversion,
        BitwiseOr,
        Primary,
        Atom,
        PlainAtom,
        StarExpressions,
        SimpleStmt,
        Block,
        Slices,
        Arguments,
        Target,
        Lambda,
        Pattern
    };
    struct Memo {
        void* result;
        std::size_t position;
    };
    template <class T, class F>
    T* memoise(Rule rule, F&& parse_rule);

    // ---- expressions (parser_expressions.cpp, parser_displays.cpp)
    bool starts_expression() const { return starts_expression(kind()); }
    static bool starts_expression(TokenKind kind);
    ExprNode* star_expressions();
    ExprNode* star_expression();
    ExprNode* star_named_expression();
    ExprNode* starred(bool bitwise_operand);  // after seeing '*'; calls take a whole expression
    ExprNode* named_expression();
    ExprNode* assignment_expression();  // NAME := expression, null when it is none
    ExprNode* expression();
    ExprNode* expression_rule();
    ExprNode* expression_without_invalid();
    ExprNode* conditional(const Range& first, ExprNode* body);
    ExprNode* disjunction();
    ExprNode* disjunction_rule();
    ExprNode* conjunction();
    ExprNode* inversion();
    ExprNode* comparison();
    ExprNode* bitwise_or();
    ExprNode* binary(int minimum);
    ExprNode* factor();
    ExprNode* power();
    ExprNode* await_primary();
    ExprNode* primary();
    ExprNode* primary_rule();
    ExprNode* atom();
    ExprNode* lambda();
    ExprNode* yield_expression();
    ExprNode* yield_or_star_expressions();
    ExprNode* name_expression();
    ExprNode* number();
    ExprNode* constant(ConstantKind value);
    bool accept_comparison(CmpOperator& op);

    ExprNode* parenthesized();
    ExprNode* list_display();
    ExprNode* brace_display();
    ExprNode* dict_display_rest(const Range& first, ExprNode* key, ExprNode* value);
    bool comprehension_clauses(Sequence<Comprehension*>& out);
    Comprehension* comprehension_clause();
    bool starts_comprehension() {
        if (at(TokenKind::KwFor)) return true;
        if (!at(TokenKind::KwAsync)) return false;
        // CPython has read what follows `async` when it gives up.
        if (pos_ + 1 < tokens_.size() && pos_ + 1 > furthest_) furthest_ = pos_ + 1;
        return peek(1) == TokenKind::KwFor;
    }
    ExprNode* slices();
    ExprNode* slice();
    // Skips to the next ',' or to `close` in this bracket; true when a ',' was taken.
    bool recover_item(TokenKind close);

    // ---- calls and parameters (parser_arguments.cpp)
    struct CallArguments {
        Sequence<ExprNode*> args;
        Sequence<Keyword*> keywords;
        Range range;
    };
    ExprNode* call(ExprNode* function);
    bool arguments(CallArguments& out,
                   bool lone_generator = false);  // up to the ')', which it does not take
    bool args(CallArguments& out, bool lone_generator = false);
    Keyword* keyword_argument();
    Arguments* parameters(bool is_lambda);
    Arg* parameter(bool is_lambda, bool star_annotation);
    ExprNode* parameter_default(bool is_lambda);

    // ---- targets (parser_targets.cpp)
    ExprNode* star_targets();
    ExprNode* star_target();
    ExprNode* star_atom();
    ExprNode* single_target();
    ExprNode* del_target();
    static bool is_target(const ExprNode* node, TargetKind target);
    static bool is_single_target(const ExprNode* node);
    static void set_context(ExprNode* node, ExprContext ctx);

    // ---- strings (parser_strings.cpp)
    ExprNode* strings();
    friend class StringBuilder;

    // ---- statements (parser_statements.cpp, parser_compound.cpp)
    bool statements(List<StmtNode>& out, bool at_top);
    bool statement(List<StmtNode>& out);
    bool simple_stmts(List<StmtNode>& out);
    StmtNode* simple_stmt();
    StmtNode* simple_stmt_rule();
    StmtNode* expression_stmt();
    StmtNode* assignment_in_order();  // CPython's order of alternatives, for the diagnosing pass
    StmtNode* annotated_assignment(ExprNode* target, const Range& first, bool simple);
    StmtNode* import_name();
    StmtNode* import_from();
    bool import_targets(Sequence<Alias*>& out);
    bool dotted_name(Identifier& out);
    StmtNode* name_list(bool global);
    StmtNode* delete_stmt();
    StmtNode* raise_stmt();
    StmtNode* assert_stmt();

    StmtNode* compound_stmt();
    static bool starts_compound(TokenKind kind);
    bool block(Sequence<StmtNode*>& out);
    bool block_rule(Sequence<StmtNode*>& out);
    StmtNode* if_stmt();
    StmtNode* while_stmt();
    StmtNode* for_stmt(const Range& first, bool is_async);
    StmtNode* with_stmt(const Range& first, bool is_async);
    bool with_items(Sequence<WithItem*>& out);
    WithItem* with_item();
    StmtNode* try_stmt();
    ExceptHandler* except_block(bool& is_star);
    bool else_block(Sequence<StmtNode*>& out);
    StmtNode* function_def(const Range& first, bool is_async, Sequence<ExprNode*> decorators);
    StmtNode* class_def(Sequence<ExprNode*> decorators);
    StmtNode* decorated();
    // The end of a header: ':' and, in the diagnosing pass, what CPython says when it is missing or
    // no block follows. `what` is "'if' statement"; `line` where that begins.
    bool header_end(std::string_view what, std::int32_t line, bool forced);

    // ---- match (parser_patterns.cpp)
    StmtNode* match_stmt();
    MatchCase* case_block();
    PatternNode* patterns();
    PatternNode* pattern();
    PatternNode* as_pattern();
    PatternNode* or_pattern();
    PatternNode* closed_pattern();
    PatternNode* star_pattern();
    PatternNode* maybe_star_pattern();
    PatternNode* sequence_pattern();
    PatternNode* mapping_pattern();
    PatternNode* class_pattern(ExprNode* cls, const Range& first);
    ExprNode* literal_expr();
    ExprNode* signed_number();
    ExprNode* name_or_attr();
    bool starts_pattern() const;

    // ---- errors as CPython words them (parser_errors.cpp, parser_errors_statements.cpp)
    std::nullptr_t raise(DiagnosticKind kind, const Range& where, std::string message);
    std::nullptr_t raise_at(const Range& where, std::string message) {
        return raise(DiagnosticKind::SyntaxError, where, std::move(message));
    }
    std::nullptr_t raise_between(const Range& first, const Range& last, std::string message) {
        return raise_at(join(first, last), std::move(message));
    }
    // From `first` to where the lexer has got.
    std::nullptr_t raise_from(const Range& first, std::string message);
    // At the last token read so far.
    std::nullptr_t raise_here(std::string message,
                              DiagnosticKind kind = DiagnosticKind::SyntaxError);
    std::nullptr_t raise_invalid_target(TargetKind target, const ExprNode* node);
    Diagnostic placed(DiagnosticKind kind, const Range& where, std::string message) const;
    Diagnostic unclosed_bracket(const OpenBracket& open) const;
    void place_without_column(Diagnostic& error, const Token& item) const;
    Diagnostic generic_error(std::size_t token_index) const;
    const LexicalError* lexical_error_at(std::size_t token_index) const;
    static const ExprNode* invalid_target(const ExprNode* node, TargetKind target);
    static std::string_view expression_name(const ExprNode* node);
    static bool is_legacy_name(const ExprNode* node);
    bool at_soft_keyword() const;

    void invalid_expression();
    void invalid_named_expression();
    void invalid_named_expression_rule();
    void invalid_assignment();
    void invalid_arguments();
    void invalid_keyword_argument();
    void invalid_group();
    void invalid_comprehension();
    void invalid_dict();
    void invalid_key_value();
    void invalid_for_target();
    void invalid_parameters(bool is_lambda);
    enum class DefaultPolicy : std::uint8_t { Without, With, Either };
    Arg* take_parameter(bool is_lambda, DefaultPolicy policy);
    bool take_slash(bool is_lambda);
    void invalid_star_parameters(bool is_lambda);
    void invalid_double_star_parameters(bool is_lambda);
    void invalid_mixed_except(bool has_star);
    void invalid_with();
    void invalid_with_item();
    void invalid_class_pattern();

    // ---- recovery (recovery.cpp)
    bool tolerant_statements(List<StmtNode>& out, bool at_top);
    void tolerant_statement(List<StmtNode>& out);
    StmtNode* recovered_simple_stmt();
    void end_broken_statement(List<StmtNode>& out, StmtNode* node);
    void diagnose_statement(std::size_t start, bool header_only);
    void report(Diagnostic diagnostic);
    void search_error(const std::function<void()>& read);
    void clear_error() {
        raised_ = false;
        error_.reset();
    }
    // A clause behind the first header (elif, else, except, finally, case) begins.
    void begin_clause() { clause_header_ = recovering_; }

    ParseContext& context_;
    std::vector<Token> tokens_;
    std::vector<LexicalError> lexical_errors_;
    std::vector<OpenBracket> open_brackets_;
    std::size_t pos_ = 0;
    std::size_t furthest_ = 0;
    bool diagnosing_ = false;
    bool second_pass_ = false;  // also while invalid_* rules are off for a moment
    bool recovering_ = false;
    bool header_only_ = false;  // blocks are taken as read: a header is being judged
    bool raised_ = false;
    bool clause_header_ = false;
    bool lexer_failed_ = false;  // error_ is the lexer's
    bool embedded_ = false;
    std::size_t recovered_at_ = SIZE_MAX;
    std::size_t noted_ = 0;     // gaps met in recovery
    EmbeddedExpression place_;  // of an embedded parser
    std::optional<Diagnostic> error_;
    std::vector<Diagnostic> diagnostics_;
    std::vector<void*> scratch_;
    std::unordered_map<std::uint64_t, Memo> memo_;
    std::unordered_map<std::size_t, std::pair<Sequence<StmtNode*>, std::size_t>> blocks_;
};

template <class T, class F>
T* Parser::memoise(Rule rule, F&& parse_rule) {
    if (raised_) return nullptr;
    const std::uint64_t key = static_cast<std::uint64_t>(rule) << 56 | pos_;
    if (const auto found = memo_.find(key); found != memo_.end()) {
        pos_ = found->second.position;
        return static_cast<T*>(found->second.result);
    }
    T* result = parse_rule();
    if (raised_) return nullptr;
    memo_[key] = {result, pos_};
    return result;
}

}  // namespace refscope::syntax
