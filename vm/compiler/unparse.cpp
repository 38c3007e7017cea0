#include "vm/compiler/unparse.h"

#include "vm/bytecode/code_unit.h"
#include "vm/compiler/folded_tree.h"

namespace refscope::compiler {

using namespace syntax;
using base::Sequence;

namespace {

/// How tightly an operator binds; an operand that binds less tightly than its place needs gets parentheses.
enum Level : int {
    kTuple,
    kTest,  // if-else, lambda
    kOr,
    kAnd,
    kNot,
    kCompare,
    kExpression,
    kBitOr = kExpression,
    kBitXor,
    kBitAnd,
    kShift,
    kArithmetic,
    kTerm,
    kFactor,
    kPower,
    kAwait,
    kAtom,
};

class Unparser {
  public:
    std::string text;

    void expression(const ExprNode* node, int level) {
        switch (node->kind) {
            case NodeKind::BoolOp: {
                auto* n = static_cast<const BoolOp*>(node);
                int own = n->op == BoolOperator::And ? kAnd : kOr;
                enclosed(level > own, [&] { joined(n->values, own + 1, n->op == BoolOperator::And ? " and " : " or "); });
                break;
            }
            case NodeKind::BinOp: binary(static_cast<const BinOp*>(node), level); break;
            case NodeKind::UnaryOp: {
                auto* n = static_cast<const UnaryOp*>(node);
                static constexpr const char* kTexts[] = {"~", "not ", "+", "-"};
                int own = n->op == UnaryOperator::Not ? kNot : kFactor;
                enclosed(level > own, [&] {
                    text += kTexts[static_cast<int>(n->op)];
                    expression(n->operand, own);
                });
                break;
            }
            case NodeKind::Lambda: {
                auto* n = static_cast<const Lambda*>(node);
                enclosed(level > kTest, [&] {
                    text += n->args->args.empty() && n->args->posonlyargs.empty() ? "lambda" : "lambda ";
                    arguments(*n->args);
                    text += ": ";
                    expression(n->body, kTest);
                });
                break;
            }
            case NodeKind::IfExp: {
                auto* n = static_cast<const IfExp*>(node);
                enclosed(level > kTest, [&] {
                    expression(n->body, kTest + 1);
                    text += " if ";
                    expression(n->test, kTest + 1);
                    text += " else ";
                    expression(n->orelse, kTest);
                });
                break;
            }
            case NodeKind::Dict: dict(static_cast<const Dict*>(node)); break;
            case NodeKind::Set:
                text += '{';
                joined(static_cast<const Set*>(node)->elts, kTest, ", ");
                text += '}';
                break;
            case NodeKind::GeneratorExp: comprehension(static_cast<const ListComp*>(node), "(", ")"); break;
            case NodeKind::ListComp: comprehension(static_cast<const ListComp*>(node), "[", "]"); break;
            case NodeKind::SetComp: comprehension(static_cast<const ListComp*>(node), "{", "}"); break;
            case NodeKind::DictComp: {
                auto* n = static_cast<const DictComp*>(node);
                text += '{';
                expression(n->key, kTest);
                text += ": ";
                expression(n->value, kTest);
                generators(n->generators);
                text += '}';
                break;
            }
            case NodeKind::Yield:
                if (auto* value = static_cast<const Yield*>(node)->value) {
                    text += "(yield ";
                    expression(value, kTest);
                    text += ')';
                } else {
                    text += "(yield)";
                }
                break;
            case NodeKind::YieldFrom:
                text += "(yield from ";
                expression(static_cast<const YieldFrom*>(node)->value, kTest);
                text += ')';
                break;
            case NodeKind::Await:
                enclosed(level > kAwait, [&] {
                    text += "await ";
                    expression(static_cast<const Await*>(node)->value, kAtom);
                });
                break;
            case NodeKind::Compare: compare(static_cast<const Compare*>(node), level); break;
            case NodeKind::Call: call(static_cast<const Call*>(node)); break;
            case NodeKind::FormattedValue:
            case NodeKind::JoinedStr: {
                Unparser inner;
                inner.format_part(node);
                text += 'f' + repr(*bytecode::Constant::str(inner.text));
                break;
            }
            case NodeKind::Constant: constant(static_cast<const syntax::Constant*>(node)); break;
            case NodeKind::Attribute: {
                auto* n = static_cast<const Attribute*>(node);
                expression(n->value, kAtom);
                auto* value = node_cast<syntax::Constant>(n->value);
                text += value && value->constant_kind == ConstantKind::Int ? " ." : ".";
                text += n->attr.text;
                break;
            }
            case NodeKind::Starred:
                text += '*';
                expression(static_cast<const Starred*>(node)->value, kExpression);
                break;
            case NodeKind::Name: text += static_cast<const Name*>(node)->id; break;
            case NodeKind::List:
                text += '[';
                joined(static_cast<const List*>(node)->elts, kTest, ", ");
                text += ']';
                break;
            case NodeKind::Tuple: {
                auto* n = static_cast<const Tuple*>(node);
                if (n->elts.empty()) {
                    text += "()";
                    break;
                }
                enclosed(level > kTuple, [&] {
                    joined(n->elts, kTest, ", ");
                    if (n->elts.size() == 1) text += ',';
                });
                break;
            }
            case NodeKind::Subscript: {
                auto* n = static_cast<const Subscript*>(node);
                expression(n->value, kAtom);
                text += '[';
                expression(n->slice, kTuple);
                text += ']';
                break;
            }
            case NodeKind::Slice: {
                auto* n = static_cast<const Slice*>(node);
                if (n->lower) expression(n->lower, kTest);
                text += ':';
                if (n->upper) expression(n->upper, kTest);
                if (n->step) {
                    text += ':';
                    expression(n->step, kTest);
                }
                break;
            }
            case NodeKind::NamedExpr: {
                auto* n = static_cast<const NamedExpr*>(node);
                enclosed(level > kTuple, [&] {
                    expression(n->target, kAtom);
                    text += " := ";
                    expression(n->value, kAtom);
                });
                break;
            }
            default: break;
        }
    }

  private:
    template <class Body>
    void enclosed(bool parentheses, Body body) {
        if (parentheses) text += '(';
        body();
        if (parentheses) text += ')';
    }

    void joined(const Sequence<ExprNode*>& items, int level, const char* separator) {
        for (size_t i = 0; i < items.size(); i++) {
            if (i) text += separator;
            expression(items[i], level);
        }
    }

    void binary(const BinOp* node, int level) {
        struct Row {
            const char* text;
            int level;
        };
        static constexpr Row kRows[] = {
            {" + ", kArithmetic}, {" - ", kArithmetic}, {" * ", kTerm},   {" @ ", kTerm},  {" / ", kTerm},
            {" % ", kTerm},       {" ** ", kPower},     {" << ", kShift}, {" >> ", kShift}, {" | ", kBitOr},
            {" ^ ", kBitXor},     {" & ", kBitAnd},     {" // ", kTerm},
        };
        const Row& row = kRows[static_cast<int>(node->op)];
        int right_associative = node->op == Operator::Pow ? 1 : 0;
        enclosed(level > row.level, [&] {
            expression(node->left, row.level + right_associative);
            text += row.text;
            expression(node->right, row.level + 1 - right_associative);
        });
    }

    void compare(const Compare* node, int level) {
        static constexpr const char* kTexts[] = {" == ", " != ", " < ",      " <= ", " > ",
                                                 " >= ", " is ", " is not ", " in ", " not in "};
        enclosed(level > kCompare, [&] {
            expression(node->left, kCompare + 1);
            for (size_t i = 0; i < node->ops.size(); i++) {
                text += kTexts[static_cast<int>(node->ops[i])];
                expression(node->comparators[i], kCompare + 1);
            }
        });
    }

    void argument(const Arg* arg) {
        text += arg->arg.text;
        if (arg->annotation) {
            text += ": ";
            expression(arg->annotation, kTest);
        }
    }

    void arguments(const Arguments& args) {
        bool first = true;
        auto separate = [&] {
            if (!first) text += ", ";
            first = false;
        };
        size_t positional = args.posonlyargs.size() + args.args.size();
        for (size_t i = 0; i < positional; i++) {
            separate();
            argument(i < args.posonlyargs.size() ? args.posonlyargs[i] : args.args[i - args.posonlyargs.size()]);
            if (i + args.defaults.size() >= positional) {
                text += '=';
                expression(args.defaults[i + args.defaults.size() - positional], kTest);
            }
            if (!args.posonlyargs.empty() && i + 1 == args.posonlyargs.size()) text += ", /";
        }
        if (args.vararg || !args.kwonlyargs.empty()) {
            separate();
            text += '*';
            if (args.vararg) argument(args.vararg);
        }
        for (size_t i = 0; i < args.kwonlyargs.size(); i++) {
            separate();
            argument(args.kwonlyargs[i]);
            if (args.kw_defaults[i]) {
                text += '=';
                expression(args.kw_defaults[i], kTest);
            }
        }
        if (args.kwarg) {
            separate();
            text += "**";
            argument(args.kwarg);
        }
    }

    void dict(const Dict* node) {
        text += '{';
        for (size_t i = 0; i < node->values.size(); i++) {
            if (i) text += ", ";
            if (node->keys[i]) {
                expression(node->keys[i], kTest);
                text += ": ";
                expression(node->values[i], kTest);
            } else {
                text += "**";
                expression(node->values[i], kExpression);
            }
        }
        text += '}';
    }

    void generators(const Sequence<Comprehension*>& parts) {
        for (Comprehension* part : parts) {
            text += part->is_async ? " async for " : " for ";
            expression(part->target, kTuple);
            text += " in ";
            expression(part->iter, kTest + 1);
            for (ExprNode* condition : part->ifs) {
                text += " if ";
                expression(condition, kTest + 1);
            }
        }
    }
    void comprehension(const ListComp* node, const char* open, const char* close) {
        text += open;
        expression(node->elt, kTest);
        generators(node->generators);
        text += close;
    }

    void call(const Call* node) {
        expression(node->func, kAtom);
        if (node->args.size() == 1 && node->keywords.empty() && node->args[0]->kind == NodeKind::GeneratorExp) {
            expression(node->args[0], kTest);  // has its own parentheses
            return;
        }
        text += '(';
        joined(node->args, kTest, ", ");
        bool first = node->args.empty();
        for (Keyword* keyword : node->keywords) {
            if (!first) text += ", ";
            first = false;
            if (keyword->arg.empty()) {
                text += "**";
            } else {
                text += keyword->arg.text;
                text += '=';
            }
            expression(keyword->value, kTest);
        }
        text += ')';
    }

    void constant(const syntax::Constant* node) {
        if (node->constant_kind == ConstantKind::Ellipsis) {
            text += "...";
            return;
        }
        if (node->has_u_prefix) text += 'u';
        std::string value = repr(*constant_of(*node));
        if (node->constant_kind == ConstantKind::Float || node->constant_kind == ConstantKind::Complex) {
            // An infinite literal is written as one that is too large.
            for (size_t at; (at = value.find("inf")) != std::string::npos;) value.replace(at, 3, "1e309");
        }
        text += value;
    }

    // ---- f-strings: the content, without prefix and quotes

    void format_part(const ExprNode* node) {
        switch (node->kind) {
            case NodeKind::JoinedStr:
                for (ExprNode* value : static_cast<const JoinedStr*>(node)->values) format_part(value);
                break;
            case NodeKind::FormattedValue: {
                auto* n = static_cast<const FormattedValue*>(node);
                Unparser inner;
                inner.expression(n->value, kTest + 1);
                text += inner.text.starts_with('{') ? "{ " : "{";
                text += inner.text;
                if (n->conversion > 0) {
                    text += '!';
                    text += static_cast<char>(n->conversion);
                }
                if (n->format_spec) {
                    text += ':';
                    format_part(n->format_spec);
                }
                text += '}';
                break;
            }
            default:
                for (char c : static_cast<const syntax::Constant*>(node)->text) {
                    text += c;
                    if (c == '{' || c == '}') text += c;
                }
                break;
        }
    }
};

}  // namespace

std::string unparse(const ExprNode* node) {
    Unparser unparser;
    unparser.expression(node, kTest);
    return std::move(unparser.text);
}

}  // namespace refscope::compiler
