#include "vm/syntax/ast.h"

#include "vm/syntax/diagnostic.h"

namespace refscope::syntax {

std::string_view node_name(NodeKind kind) {
    static constexpr std::string_view kNames[] = {
#define REFSCOPE_X(kind, name) name,
        REFSCOPE_AST_KINDS(REFSCOPE_X)
#undef REFSCOPE_X
    };
    return kNames[static_cast<std::size_t>(kind)];
}

std::string_view operator_name(BoolOperator op) {
    return op == BoolOperator::And ? "And" : "Or";
}

std::string_view operator_name(Operator op) {
    static constexpr std::string_view kNames[] = {"Add",    "Sub",    "Mult",    "MatMult", "Div",
                                                  "Mod",    "Pow",    "LShift",  "RShift",  "BitOr",
                                                  "BitXor", "BitAnd", "FloorDiv"};
    return kNames[static_cast<std::size_t>(op)];
}

std::string_view operator_name(UnaryOperator op) {
    static constexpr std::string_view kNames[] = {"Invert", "Not", "UAdd", "USub"};
    return kNames[static_cast<std::size_t>(op)];
}

std::string_view operator_name(CmpOperator op) {
    static constexpr std::string_view kNames[] = {"Eq",  "NotEq", "Lt",    "LtE", "Gt",
                                                  "GtE", "Is",    "IsNot", "In",  "NotIn"};
    return kNames[static_cast<std::size_t>(op)];
}

std::string_view context_name(ExprContext ctx) {
    static constexpr std::string_view kNames[] = {"Load", "Store", "Del"};
    return kNames[static_cast<std::size_t>(ctx)];
}

bool is_stmt(NodeKind kind) {
    return kind >= NodeKind::FunctionDef && kind <= NodeKind::ErrorStmt;
}

bool is_expr(NodeKind kind) {
    return kind >= NodeKind::BoolOp && kind <= NodeKind::ErrorExpr;
}

bool is_pattern(NodeKind kind) {
    return kind >= NodeKind::MatchValue && kind <= NodeKind::MatchOr;
}

std::string_view diagnostic_kind_name(DiagnosticKind kind) {
    static constexpr std::string_view kNames[] = {"SyntaxError", "IndentationError", "TabError",
                                                  "MemoryError", "RecursionError"};
    return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace refscope::syntax
