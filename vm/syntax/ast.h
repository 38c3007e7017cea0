// The abstract syntax tree: the node kinds and field names of CPython 3.11's Python.asdl.
//
// Nodes are plain structs in the arena of the ParseResult that returned them; they own nothing and
// live as long as it does. Optional children are null pointers. Where the ASDL has a bare
// identifier the tree also keeps where it stands in the source (`Identifier`). `ErrorExpr` and
// `ErrorStmt` occur only in trees parsed in tolerant mode. Lower-case ASDL names (arguments, arg,
// withitem ...) are PascalCase here; node_name() gives the ASDL spelling. The bases ModNode,
// StmtNode, ExprNode and PatternNode are ASDL's sum types; `Expr` is the expression statement.
// type_comment and type_ignores are always empty and left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vm/base/arena.h"
#include "vm/base/bigint.h"

namespace refscope::syntax {

using base::Sequence;

// Lines count from 1; columns are UTF-8 bytes from 0, as in CPython; begin and end are byte offsets
// into the (decoded, UTF-8) source text.
struct Range {
    std::int32_t lineno = 0;
    std::int32_t col_offset = 0;
    std::int32_t end_lineno = 0;
    std::int32_t end_col_offset = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    bool empty() const { return begin == end; }
    bool contains(std::uint32_t offset) const { return begin <= offset && offset < end; }
};

// A name in the source. The text is NFKC-normalised (as Python sees it), lies in the arena and is
// interned: within one tree equal names have equal data pointers. An absent name is empty.
struct Identifier {
    std::string_view text;
    Range range;

    operator std::string_view() const { return text; }
    bool empty() const { return text.empty(); }
};

// kind, ASDL spelling; in the order of is_stmt(), is_expr() and is_pattern()
// clang-format off
#define REFSCOPE_AST_KINDS(X) \
    X(Module, "Module") X(Interactive, "Interactive") X(Expression, "Expression") \
    X(FunctionDef, "FunctionDef") X(AsyncFunctionDef, "AsyncFunctionDef") \
    X(ClassDef, "ClassDef") X(Return, "Return") X(Delete, "Delete") \
    X(Assign, "Assign") X(AugAssign, "AugAssign") X(AnnAssign, "AnnAssign") X(For, "For") \
    X(AsyncFor, "AsyncFor") X(While, "While") \
    X(If, "If") X(With, "With") X(AsyncWith, "AsyncWith") X(Match, "Match") X(Raise, "Raise") \
    X(Try, "Try") \
    X(TryStar, "TryStar") X(Assert, "Assert") X(Import, "Import") X(ImportFrom, "ImportFrom") \
    X(Global, "Global") X(Nonlocal, "Nonlocal") \
    X(Expr, "Expr") X(Pass, "Pass") X(Break, "Break") X(Continue, "Continue") \
    X(ErrorStmt, "ErrorStmt") \
    X(BoolOp, "BoolOp") X(NamedExpr, "NamedExpr") X(BinOp, "BinOp") X(UnaryOp, "UnaryOp") \
    X(Lambda, "Lambda") X(IfExp, "IfExp") \
    X(Dict, "Dict") X(Set, "Set") X(ListComp, "ListComp") X(SetComp, "SetComp") \
    X(DictComp, "DictComp") X(GeneratorExp, "GeneratorExp") \
    X(Await, "Await") X(Yield, "Yield") X(YieldFrom, "YieldFrom") X(Compare, "Compare") \
    X(Call, "Call") \
    X(FormattedValue, "FormattedValue") X(JoinedStr, "JoinedStr") X(Constant, "Constant") \
    X(Attribute, "Attribute") \
    X(Subscript, "Subscript") X(Starred, "Starred") X(Name, "Name") X(List, "List") \
    X(Tuple, "Tuple") X(Slice, "Slice") X(ErrorExpr, "ErrorExpr") \
    X(Comprehension, "comprehension") X(ExceptHandler, "ExceptHandler") \
    X(Arguments, "arguments") X(Arg, "arg") \
    X(Keyword, "keyword") X(Alias, "alias") X(WithItem, "withitem") X(MatchCase, "match_case") \
    X(MatchValue, "MatchValue") X(MatchSingleton, "MatchSingleton") \
    X(MatchSequence, "MatchSequence") X(MatchMapping, "MatchMapping") \
    X(MatchClass, "MatchClass") X(MatchStar, "MatchStar") X(MatchAs, "MatchAs") \
    X(MatchOr, "MatchOr")
// clang-format on

enum class NodeKind : std::uint8_t {
#define REFSCOPE_X(kind, name) kind,
    REFSCOPE_AST_KINDS(REFSCOPE_X)
#undef REFSCOPE_X
};

enum class ExprContext : std::uint8_t { Load, Store, Del };
enum class BoolOperator : std::uint8_t { And, Or };
enum class Operator : std::uint8_t {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv
};
enum class UnaryOperator : std::uint8_t { Invert, Not, UAdd, USub };
enum class CmpOperator : std::uint8_t { Eq, NotEq, Lt, LtE, Gt, GtE, Is, IsNot, In, NotIn };
enum class ConstantKind : std::uint8_t {
    None,
    True,
    False,
    Ellipsis,
    Int,
    Float,
    Complex,
    Str,
    Bytes
};

struct Node {
    NodeKind kind;
    Range range;

  protected:
    explicit Node(NodeKind node_kind) : kind(node_kind) {}
};

struct ModNode : Node {
    using Node::Node;
};
struct StmtNode : Node {
    using Node::Node;
};
struct ExprNode : Node {
    using Node::Node;
};
struct PatternNode : Node {
    using Node::Node;
};

struct Arguments;
struct Comprehension;
struct ExceptHandler;
struct Keyword;
struct Alias;
struct WithItem;
struct MatchCase;

// Each node lists its ASDL fields once, in ASDL order, for visitor and dump: visit(name, value).
#define REFSCOPE_AST_NODE(type, base_type)            \
    static constexpr NodeKind kKind = NodeKind::type; \
    type() : base_type(kKind) {}
#define REFSCOPE_AST_FIELDS(fields)            \
    template <class Visit>                     \
    void for_each_field(Visit&& visit) const { \
        fields                                 \
    }
#define REFSCOPE_F(name) visit(#name, name);

// ---- modules

struct Module : ModNode {
    REFSCOPE_AST_NODE(Module, ModNode)
    Sequence<StmtNode*> body;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(body))
};

struct Interactive : ModNode {
    REFSCOPE_AST_NODE(Interactive, ModNode)
    Sequence<StmtNode*> body;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(body))
};

struct Expression : ModNode {
    REFSCOPE_AST_NODE(Expression, ModNode)
    ExprNode* body = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(body))
};

// ---- statements

struct FunctionDef : StmtNode {
    REFSCOPE_AST_NODE(FunctionDef, StmtNode)
    Identifier name;
    Arguments* args = nullptr;
    Sequence<StmtNode*> body;
    Sequence<ExprNode*> decorator_list;
    ExprNode* returns = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(name) REFSCOPE_F(args) REFSCOPE_F(body)
                            REFSCOPE_F(decorator_list) REFSCOPE_F(returns))

  protected:
    explicit FunctionDef(NodeKind node_kind) : StmtNode(node_kind) {}
};

struct AsyncFunctionDef : FunctionDef {
    REFSCOPE_AST_NODE(AsyncFunctionDef, FunctionDef)
};

struct ClassDef : StmtNode {
    REFSCOPE_AST_NODE(ClassDef, StmtNode)
    Identifier name;
    Sequence<ExprNode*> bases;
    Sequence<Keyword*> keywords;
    Sequence<StmtNode*> body;
    Sequence<ExprNode*> decorator_list;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(name) REFSCOPE_F(bases) REFSCOPE_F(keywords) REFSCOPE_F(body)
                            REFSCOPE_F(decorator_list))
};

struct Return : StmtNode {
    REFSCOPE_AST_NODE(Return, StmtNode)
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value))
};

struct Delete : StmtNode {
    REFSCOPE_AST_NODE(Delete, StmtNode)
    Sequence<ExprNode*> targets;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(targets))
};

struct Assign : StmtNode {
    REFSCOPE_AST_NODE(Assign, StmtNode)
    Sequence<ExprNode*> targets;
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(targets) REFSCOPE_F(value))
};

struct AugAssign : StmtNode {
    REFSCOPE_AST_NODE(AugAssign, StmtNode)
    ExprNode* target = nullptr;
    Operator op = Operator::Add;
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(target) REFSCOPE_F(op) REFSCOPE_F(value))
};

struct AnnAssign : StmtNode {
    REFSCOPE_AST_NODE(AnnAssign, StmtNode)
    ExprNode* target = nullptr;
    ExprNode* annotation = nullptr;
    ExprNode* value = nullptr;
    int simple = 0;  // 1: a bare name, not in parentheses
    REFSCOPE_AST_FIELDS(REFSCOPE_F(target) REFSCOPE_F(annotation) REFSCOPE_F(value)
                            REFSCOPE_F(simple))
};

struct For : StmtNode {
    REFSCOPE_AST_NODE(For, StmtNode)
    ExprNode* target = nullptr;
    ExprNode* iter = nullptr;
    Sequence<StmtNode*> body;
    Sequence<StmtNode*> orelse;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(target) REFSCOPE_F(iter) REFSCOPE_F(body) REFSCOPE_F(orelse))

  protected:
    explicit For(NodeKind node_kind) : StmtNode(node_kind) {}
};

struct AsyncFor : For {
    REFSCOPE_AST_NODE(AsyncFor, For)
};

struct While : StmtNode {
    REFSCOPE_AST_NODE(While, StmtNode)
    ExprNode* test = nullptr;
    Sequence<StmtNode*> body;
    Sequence<StmtNode*> orelse;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(test) REFSCOPE_F(body) REFSCOPE_F(orelse))
};

struct If : StmtNode {
    REFSCOPE_AST_NODE(If, StmtNode)
    ExprNode* test = nullptr;
    Sequence<StmtNode*> body;
    Sequence<StmtNode*> orelse;  // an elif is an If in here
    REFSCOPE_AST_FIELDS(REFSCOPE_F(test) REFSCOPE_F(body) REFSCOPE_F(orelse))
};

struct With : StmtNode {
    REFSCOPE_AST_NODE(With, StmtNode)
    Sequence<WithItem*> items;
    Sequence<StmtNode*> body;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(items) REFSCOPE_F(body))

  protected:
    explicit With(NodeKind node_kind) : StmtNode(node_kind) {}
};

struct AsyncWith : With {
    REFSCOPE_AST_NODE(AsyncWith, With)
};

struct Match : StmtNode {
    REFSCOPE_AST_NODE(Match, StmtNode)
    ExprNode* subject = nullptr;
    Sequence<MatchCase*> cases;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(subject) REFSCOPE_F(cases))
};

struct Raise : StmtNode {
    REFSCOPE_AST_NODE(Raise, StmtNode)
    ExprNode* exc = nullptr;
    ExprNode* cause = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(exc) REFSCOPE_F(cause))
};

struct Try : StmtNode {
    REFSCOPE_AST_NODE(Try, StmtNode)
    Sequence<StmtNode*> body;
    Sequence<ExceptHandler*> handlers;
    Sequence<StmtNode*> orelse;
    Sequence<StmtNode*> finalbody;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(body) REFSCOPE_F(handlers) REFSCOPE_F(orelse)
                            REFSCOPE_F(finalbody))

  protected:
    explicit Try(NodeKind node_kind) : StmtNode(node_kind) {}
};

struct TryStar : Try {
    REFSCOPE_AST_NODE(TryStar, Try)
};

struct Assert : StmtNode {
    REFSCOPE_AST_NODE(Assert, StmtNode)
    ExprNode* test = nullptr;
    ExprNode* msg = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(test) REFSCOPE_F(msg))
};

struct Import : StmtNode {
    REFSCOPE_AST_NODE(Import, StmtNode)
    Sequence<Alias*> names;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(names))
};

struct ImportFrom : StmtNode {
    REFSCOPE_AST_NODE(ImportFrom, StmtNode)
    Identifier module;  // empty in `from . import x`; the range covers the whole dotted name
    Sequence<Alias*> names;
    int level = 0;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(module) REFSCOPE_F(names) REFSCOPE_F(level))
};

struct Global : StmtNode {
    REFSCOPE_AST_NODE(Global, StmtNode)
    Sequence<Identifier> names;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(names))
};

struct Nonlocal : StmtNode {
    REFSCOPE_AST_NODE(Nonlocal, StmtNode)
    Sequence<Identifier> names;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(names))
};

struct Expr : StmtNode {
    REFSCOPE_AST_NODE(Expr, StmtNode)
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value))
};

struct Pass : StmtNode {
    REFSCOPE_AST_NODE(Pass, StmtNode)
    REFSCOPE_AST_FIELDS()
};

struct Break : StmtNode {
    REFSCOPE_AST_NODE(Break, StmtNode)
    REFSCOPE_AST_FIELDS()
};

struct Continue : StmtNode {
    REFSCOPE_AST_NODE(Continue, StmtNode)
    REFSCOPE_AST_FIELDS()
};

// Source text that recovery could not make a statement of; `parts` are the expressions found in it.
struct ErrorStmt : StmtNode {
    REFSCOPE_AST_NODE(ErrorStmt, StmtNode)
    Sequence<ExprNode*> parts;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(parts))
};

// ---- expressions

struct BoolOp : ExprNode {
    REFSCOPE_AST_NODE(BoolOp, ExprNode)
    BoolOperator op = BoolOperator::And;
    Sequence<ExprNode*> values;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(op) REFSCOPE_F(values))
};

struct NamedExpr : ExprNode {
    REFSCOPE_AST_NODE(NamedExpr, ExprNode)
    ExprNode* target = nullptr;
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(target) REFSCOPE_F(value))
};

struct BinOp : ExprNode {
    REFSCOPE_AST_NODE(BinOp, ExprNode)
    ExprNode* left = nullptr;
    Operator op = Operator::Add;
    ExprNode* right = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(left) REFSCOPE_F(op) REFSCOPE_F(right))
};

struct UnaryOp : ExprNode {
    REFSCOPE_AST_NODE(UnaryOp, ExprNode)
    UnaryOperator op = UnaryOperator::Not;
    ExprNode* operand = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(op) REFSCOPE_F(operand))
};

struct Lambda : ExprNode {
    REFSCOPE_AST_NODE(Lambda, ExprNode)
    Arguments* args = nullptr;
    ExprNode* body = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(args) REFSCOPE_F(body))
};

struct IfExp : ExprNode {
    REFSCOPE_AST_NODE(IfExp, ExprNode)
    ExprNode* test = nullptr;
    ExprNode* body = nullptr;
    ExprNode* orelse = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(test) REFSCOPE_F(body) REFSCOPE_F(orelse))
};

struct Dict : ExprNode {
    REFSCOPE_AST_NODE(Dict, ExprNode)
    Sequence<ExprNode*> keys;  // null: `**value`
    Sequence<ExprNode*> values;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(keys) REFSCOPE_F(values))
};

struct Set : ExprNode {
    REFSCOPE_AST_NODE(Set, ExprNode)
    Sequence<ExprNode*> elts;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(elts))
};

struct ListComp : ExprNode {
    REFSCOPE_AST_NODE(ListComp, ExprNode)
    ExprNode* elt = nullptr;
    Sequence<Comprehension*> generators;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(elt) REFSCOPE_F(generators))

  protected:
    explicit ListComp(NodeKind node_kind) : ExprNode(node_kind) {}
};

struct SetComp : ListComp {
    REFSCOPE_AST_NODE(SetComp, ListComp)
};

struct GeneratorExp : ListComp {
    REFSCOPE_AST_NODE(GeneratorExp, ListComp)
};

struct DictComp : ExprNode {
    REFSCOPE_AST_NODE(DictComp, ExprNode)
    ExprNode* key = nullptr;
    ExprNode* value = nullptr;
    Sequence<Comprehension*> generators;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(key) REFSCOPE_F(value) REFSCOPE_F(generators))
};

struct Await : ExprNode {
    REFSCOPE_AST_NODE(Await, ExprNode)
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value))
};

struct Yield : ExprNode {
    REFSCOPE_AST_NODE(Yield, ExprNode)
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value))
};

struct YieldFrom : ExprNode {
    REFSCOPE_AST_NODE(YieldFrom, ExprNode)
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value))
};

struct Compare : ExprNode {
    REFSCOPE_AST_NODE(Compare, ExprNode)
    ExprNode* left = nullptr;
    Sequence<CmpOperator> ops;
    Sequence<ExprNode*> comparators;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(left) REFSCOPE_F(ops) REFSCOPE_F(comparators))
};

struct Call : ExprNode {
    REFSCOPE_AST_NODE(Call, ExprNode)
    ExprNode* func = nullptr;
    Sequence<ExprNode*> args;  // positional ones and Starred, in source order
    Sequence<Keyword*> keywords;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(func) REFSCOPE_F(args) REFSCOPE_F(keywords))
};

struct FormattedValue : ExprNode {
    REFSCOPE_AST_NODE(FormattedValue, ExprNode)
    ExprNode* value = nullptr;
    int conversion = -1;  // -1, 's', 'r' or 'a'
    ExprNode* format_spec = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value) REFSCOPE_F(conversion) REFSCOPE_F(format_spec))
};

struct JoinedStr : ExprNode {
    REFSCOPE_AST_NODE(JoinedStr, ExprNode)
    Sequence<ExprNode*> values;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(values))
};

// Does not list fields: its value has a type of its own in each case.
struct Constant : ExprNode {
    REFSCOPE_AST_NODE(Constant, ExprNode)
    ConstantKind constant_kind = ConstantKind::None;
    bool has_u_prefix = false;              // ASDL's kind is 'u'
    const base::BigInt* integer = nullptr;  // Int
    double number = 0;      // Float; the imaginary part of Complex (its real part is 0)
    std::string_view text;  // Str: UTF-8 in which lone surrogates may stand (WTF-8); Bytes: raw
};

struct Attribute : ExprNode {
    REFSCOPE_AST_NODE(Attribute, ExprNode)
    ExprNode* value = nullptr;
    Identifier attr;  // empty in a tolerant tree after `name.`
    ExprContext ctx = ExprContext::Load;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value) REFSCOPE_F(attr) REFSCOPE_F(ctx))
};

struct Subscript : ExprNode {
    REFSCOPE_AST_NODE(Subscript, ExprNode)
    ExprNode* value = nullptr;
    ExprNode* slice = nullptr;
    ExprContext ctx = ExprContext::Load;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value) REFSCOPE_F(slice) REFSCOPE_F(ctx))
};

struct Starred : ExprNode {
    REFSCOPE_AST_NODE(Starred, ExprNode)
    ExprNode* value = nullptr;
    ExprContext ctx = ExprContext::Load;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value) REFSCOPE_F(ctx))
};

struct Name : ExprNode {
    REFSCOPE_AST_NODE(Name, ExprNode)
    std::string_view id;  // interned like Identifier::text; stands at `range`
    ExprContext ctx = ExprContext::Load;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(id) REFSCOPE_F(ctx))
};

struct List : ExprNode {
    REFSCOPE_AST_NODE(List, ExprNode)
    Sequence<ExprNode*> elts;
    ExprContext ctx = ExprContext::Load;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(elts) REFSCOPE_F(ctx))
};

struct Tuple : ExprNode {
    REFSCOPE_AST_NODE(Tuple, ExprNode)
    Sequence<ExprNode*> elts;
    ExprContext ctx = ExprContext::Load;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(elts) REFSCOPE_F(ctx))
};

struct Slice : ExprNode {
    REFSCOPE_AST_NODE(Slice, ExprNode)
    ExprNode* lower = nullptr;
    ExprNode* upper = nullptr;
    ExprNode* step = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(lower) REFSCOPE_F(upper) REFSCOPE_F(step))
};

// Stands where an expression is missing or was skipped.
struct ErrorExpr : ExprNode {
    REFSCOPE_AST_NODE(ErrorExpr, ExprNode)
    Sequence<ExprNode*> parts;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(parts))
};

// ---- the parts of statements and expressions

struct Comprehension
    : Node {  // no position in CPython; the range here covers `for ... in ... if ...`
    REFSCOPE_AST_NODE(Comprehension, Node)
    ExprNode* target = nullptr;
    ExprNode* iter = nullptr;
    Sequence<ExprNode*> ifs;
    int is_async = 0;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(target) REFSCOPE_F(iter) REFSCOPE_F(ifs) REFSCOPE_F(is_async))
};

struct ExceptHandler : Node {
    REFSCOPE_AST_NODE(ExceptHandler, Node)
    ExprNode* type = nullptr;
    Identifier name;
    Sequence<StmtNode*> body;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(type) REFSCOPE_F(name) REFSCOPE_F(body))
};

struct Arg : Node {
    REFSCOPE_AST_NODE(Arg, Node)
    Identifier arg;
    ExprNode* annotation = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(arg) REFSCOPE_F(annotation))
};

struct Arguments : Node {  // no position in CPython
    REFSCOPE_AST_NODE(Arguments, Node)
    Sequence<Arg*> posonlyargs;
    Sequence<Arg*> args;
    Arg* vararg = nullptr;
    Sequence<Arg*> kwonlyargs;
    Sequence<ExprNode*> kw_defaults;  // parallel to kwonlyargs; null: required
    Arg* kwarg = nullptr;
    Sequence<ExprNode*> defaults;  // of the last parameters in posonlyargs + args
    REFSCOPE_AST_FIELDS(REFSCOPE_F(posonlyargs) REFSCOPE_F(args) REFSCOPE_F(vararg)
                            REFSCOPE_F(kwonlyargs) REFSCOPE_F(kw_defaults) REFSCOPE_F(kwarg)
                                REFSCOPE_F(defaults))
};

struct Keyword : Node {
    REFSCOPE_AST_NODE(Keyword, Node)
    Identifier arg;  // empty: `**value`
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(arg) REFSCOPE_F(value))
};

struct Alias : Node {
    REFSCOPE_AST_NODE(Alias, Node)
    Identifier name;  // may be dotted, or "*"
    Identifier asname;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(name) REFSCOPE_F(asname))
};

struct WithItem : Node {  // no position in CPython
    REFSCOPE_AST_NODE(WithItem, Node)
    ExprNode* context_expr = nullptr;
    ExprNode* optional_vars = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(context_expr) REFSCOPE_F(optional_vars))
};

struct MatchCase : Node {  // no position in CPython
    REFSCOPE_AST_NODE(MatchCase, Node)
    PatternNode* pattern = nullptr;
    ExprNode* guard = nullptr;
    Sequence<StmtNode*> body;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(pattern) REFSCOPE_F(guard) REFSCOPE_F(body))
};

// ---- patterns

struct MatchValue : PatternNode {
    REFSCOPE_AST_NODE(MatchValue, PatternNode)
    ExprNode* value = nullptr;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value))
};

struct MatchSingleton : PatternNode {
    REFSCOPE_AST_NODE(MatchSingleton, PatternNode)
    ConstantKind value = ConstantKind::None;  // None, True or False
    REFSCOPE_AST_FIELDS(REFSCOPE_F(value))
};

struct MatchSequence : PatternNode {
    REFSCOPE_AST_NODE(MatchSequence, PatternNode)
    Sequence<PatternNode*> patterns;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(patterns))
};

struct MatchMapping : PatternNode {
    REFSCOPE_AST_NODE(MatchMapping, PatternNode)
    Sequence<ExprNode*> keys;
    Sequence<PatternNode*> patterns;
    Identifier rest;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(keys) REFSCOPE_F(patterns) REFSCOPE_F(rest))
};

struct MatchClass : PatternNode {
    REFSCOPE_AST_NODE(MatchClass, PatternNode)
    ExprNode* cls = nullptr;
    Sequence<PatternNode*> patterns;
    Sequence<Identifier> kwd_attrs;
    Sequence<PatternNode*> kwd_patterns;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(cls) REFSCOPE_F(patterns) REFSCOPE_F(kwd_attrs)
                            REFSCOPE_F(kwd_patterns))
};

struct MatchStar : PatternNode {
    REFSCOPE_AST_NODE(MatchStar, PatternNode)
    Identifier name;  // empty: `*_`
    REFSCOPE_AST_FIELDS(REFSCOPE_F(name))
};

struct MatchAs : PatternNode {
    REFSCOPE_AST_NODE(MatchAs, PatternNode)
    PatternNode* pattern = nullptr;
    Identifier name;  // empty: `_`
    REFSCOPE_AST_FIELDS(REFSCOPE_F(pattern) REFSCOPE_F(name))
};

struct MatchOr : PatternNode {
    REFSCOPE_AST_NODE(MatchOr, PatternNode)
    Sequence<PatternNode*> patterns;
    REFSCOPE_AST_FIELDS(REFSCOPE_F(patterns))
};

#undef REFSCOPE_AST_NODE
#undef REFSCOPE_AST_FIELDS
#undef REFSCOPE_F

// The node as T, or null when it is null or of another kind. FunctionDef, For, With, Try and
// ListComp do not accept their async, star and other variants: ask for the exact kind, or use the
// base fields through static_cast after looking at `kind`.
template <class T, class N>
T* node_cast(N* node) {
    return node != nullptr && node->kind == T::kKind ? static_cast<T*>(node) : nullptr;
}
template <class T, class N>
const T* node_cast(const N* node) {
    return node != nullptr && node->kind == T::kKind ? static_cast<const T*>(node) : nullptr;
}

// The ASDL spelling: "FunctionDef", "arguments".
std::string_view node_name(NodeKind kind);
std::string_view operator_name(BoolOperator op);
std::string_view operator_name(Operator op);
std::string_view operator_name(UnaryOperator op);
std::string_view operator_name(CmpOperator op);
std::string_view context_name(ExprContext ctx);

bool is_stmt(NodeKind kind);
bool is_expr(NodeKind kind);
bool is_pattern(NodeKind kind);

}  // namespace refscope::syntax
