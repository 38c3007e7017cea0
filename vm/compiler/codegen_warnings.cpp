// Code that is legal and surely a mistake.
#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace syntax;
using Kind = bytecode::Constant::Kind;

void CodeGenerator::warn(std::string message) {
    warnings_.push_back({"SyntaxWarning", std::move(message), unit_->at});
}

namespace {

bool is_named_singleton(const bytecode::Constant& value) {
    return value.kind == Kind::kNone || value.kind == Kind::kTrue || value.kind == Kind::kFalse ||
           value.kind == Kind::kEllipsis;
}

/// The type's name where it can be told from the expression; else empty.
std::string_view inferred_type(const ExprNode* node) {
    switch (node->kind) {
        case NodeKind::Tuple: return "tuple";
        case NodeKind::List:
        case NodeKind::ListComp: return "list";
        case NodeKind::Dict:
        case NodeKind::DictComp: return "dict";
        case NodeKind::Set:
        case NodeKind::SetComp: return "set";
        case NodeKind::GeneratorExp: return "generator";
        case NodeKind::Lambda: return "function";
        case NodeKind::JoinedStr:
        case NodeKind::FormattedValue: return "str";
        case NodeKind::Constant: return type_name(constant_value(node));
        default: return {};
    }
}

}  // namespace

void CodeGenerator::check_compare(const Compare* node) {
    auto is_literal = [](const ExprNode* operand) {
        return operand->kind == NodeKind::Constant && !is_named_singleton(constant_value(operand));
    };
    bool left = is_literal(node->left);
    for (size_t i = 0; i < node->ops.size(); i++) {
        bool right = is_literal(node->comparators[i]);
        if ((left || right) && node->ops[i] == CmpOperator::Is) {
            warn("\"is\" with a literal. Did you mean \"==\"?");
            return;
        }
        if ((left || right) && node->ops[i] == CmpOperator::IsNot) {
            warn("\"is not\" with a literal. Did you mean \"!=\"?");
            return;
        }
        left = right;
    }
}

void CodeGenerator::check_callee(const ExprNode* node) {
    if (node->kind == NodeKind::Lambda) return;
    std::string_view type = inferred_type(node);
    if (type.empty()) return;
    warn("'" + std::string(type) + "' object is not callable; perhaps you missed a comma?");
}

void CodeGenerator::check_subscripted(const ExprNode* node) {
    switch (node->kind) {
        case NodeKind::Constant:
            switch (constant_value(node).kind) {
                case Kind::kStr:
                case Kind::kBytes:
                case Kind::kTuple: return;
                default: break;
            }
            break;
        case NodeKind::Set:
        case NodeKind::SetComp:
        case NodeKind::GeneratorExp:
        case NodeKind::Lambda: break;
        default: return;
    }
    warn("'" + std::string(inferred_type(node)) + "' object is not subscriptable; perhaps you missed a comma?");
}

void CodeGenerator::check_index(const ExprNode* node, const ExprNode* index) {
    std::string_view index_type = inferred_type(index);
    if (index_type.empty() || index_type == "int" || index_type == "bool") return;
    switch (node->kind) {
        case NodeKind::Constant: {
            Kind kind = constant_value(node).kind;
            if (kind != Kind::kStr && kind != Kind::kBytes && kind != Kind::kTuple) return;
            break;
        }
        case NodeKind::Tuple:
        case NodeKind::List:
        case NodeKind::ListComp:
        case NodeKind::JoinedStr:
        case NodeKind::FormattedValue: break;
        default: return;
    }
    warn(std::string(inferred_type(node)) + " indices must be integers or slices, not " + std::string(index_type) +
         "; perhaps you missed a comma?");
}

}  // namespace refscope::compiler
