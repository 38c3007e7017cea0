#include "vm/compiler/folded_tree.h"

#include "vm/compiler/format_fold.h"

namespace refscope::compiler {

using namespace syntax;
using base::Sequence;

ConstantRef constant_of(const syntax::Constant& node) {
    switch (node.constant_kind) {
        case ConstantKind::None: return Constant::none();
        case ConstantKind::True: return Constant::boolean(true);
        case ConstantKind::False: return Constant::boolean(false);
        case ConstantKind::Ellipsis: return Constant::ellipsis();
        case ConstantKind::Int: return Constant::of_int(*node.integer);
        case ConstantKind::Float: return Constant::of_float(node.number);
        case ConstantKind::Complex: return Constant::of_complex(0, node.number);
        case ConstantKind::Str: return Constant::str(std::string(node.text));
        case ConstantKind::Bytes: return Constant::bytes(std::string(node.text));
    }
    return Constant::none();
}

const FoldedConstant* docstring_of(const Sequence<StmtNode*>& body) {
    if (body.empty()) return nullptr;
    auto* statement = node_cast<Expr>(body.front());
    if (!statement || statement->value->kind != NodeKind::Constant) return nullptr;
    auto* constant = static_cast<const FoldedConstant*>(statement->value);
    return constant->value->kind == bytecode::Constant::Kind::kStr ? constant : nullptr;
}

namespace {

/// Copies a tree node by node and folds each node after its children.
class Folder {
  public:
    Folder(base::Arena& arena, const FoldOptions& options, const LiteralVisitor& literal)
        : arena_(arena), options_(options), literal_(literal) {}

    ModNode* module(const ModNode* tree) {
        switch (tree->kind) {
            case NodeKind::Module: {
                auto* copy = copy_of<Module>(tree);
                copy->body = body(copy->body);
                return copy;
            }
            case NodeKind::Interactive: {
                auto* copy = copy_of<Interactive>(tree);
                visit(copy->body);
                return copy;
            }
            default: {
                auto* copy = copy_of<Expression>(tree);
                visit(copy->body);
                return copy;
            }
        }
    }

  private:
    template <class T>
    T* copy_of(const Node* node) {
        return arena_.make<T>(*static_cast<const T*>(node));
    }

    template <class T>
    void visit(Sequence<T*>& items) {
        items = arena_.copy(items.data(), items.size());
        for (T*& item : items) visit(item);
    }
    template <class T>
    void visit(T*&) {
        static_assert(sizeof(T) == 0, "no rule for this node");
    }

    /// A string that only folding made of the first expression must not become the docstring.
    Sequence<StmtNode*> body(Sequence<StmtNode*> statements) {
        bool had_docstring = starts_with_string(statements);
        visit(statements);
        if (!had_docstring && docstring_of(statements)) {
            auto* statement = static_cast<Expr*>(statements.front());
            auto* joined = arena_.make<JoinedStr>();
            joined->range = statement->value->range;
            joined->values = arena_.list<ExprNode*>({statement->value});
            statement->value = joined;
        }
        return statements;
    }
    static bool starts_with_string(const Sequence<StmtNode*>& statements) {
        if (statements.empty()) return false;
        auto* statement = node_cast<Expr>(statements.front());
        auto* constant = statement ? node_cast<syntax::Constant>(statement->value) : nullptr;
        return constant && constant->constant_kind == ConstantKind::Str;
    }

    void annotation(ExprNode*& expression) {
        if (!expression) return;
        // One that becomes text stays as it was written, but its literals are still looked at.
        ExprNode* folded = expression;
        visit(folded);
        if (!options_.annotations_are_text) expression = folded;
    }

    // ---- parts

    void visit(Arg*& node) {
        if (!node) return;
        node = copy_of<Arg>(node);
        annotation(node->annotation);
    }
    void visit(Arguments*& node) {
        node = copy_of<Arguments>(node);
        visit(node->posonlyargs);
        visit(node->args);
        visit(node->vararg);
        visit(node->kwonlyargs);
        visit(node->kw_defaults);
        visit(node->kwarg);
        visit(node->defaults);
    }
    void visit(Keyword*& node) {
        node = copy_of<Keyword>(node);
        visit(node->value);
    }
    void visit(Comprehension*& node) {
        node = copy_of<Comprehension>(node);
        visit(node->target);
        visit(node->iter);
        visit(node->ifs);
        fold_iterated(node->iter);
    }
    void visit(ExceptHandler*& node) {
        node = copy_of<ExceptHandler>(node);
        visit(node->type);
        visit(node->body);
    }
    void visit(WithItem*& node) {
        node = copy_of<WithItem>(node);
        visit(node->context_expr);
        visit(node->optional_vars);
    }
    void visit(MatchCase*& node) {
        node = copy_of<MatchCase>(node);
        visit(node->pattern);
        visit(node->guard);
        visit(node->body);
    }

    // ---- patterns

    void visit(PatternNode*& node) {
        if (!node) return;
        NestingGuard guard(depth_);
        switch (node->kind) {
            case NodeKind::MatchValue: visit(replace<MatchValue>(node)->value); break;
            case NodeKind::MatchSequence: visit(replace<MatchSequence>(node)->patterns); break;
            case NodeKind::MatchMapping: {
                auto* n = replace<MatchMapping>(node);
                visit(n->keys);
                visit(n->patterns);
                break;
            }
            case NodeKind::MatchClass: {
                auto* n = replace<MatchClass>(node);
                visit(n->cls);
                visit(n->patterns);
                visit(n->kwd_patterns);
                break;
            }
            case NodeKind::MatchAs: visit(replace<MatchAs>(node)->pattern); break;
            case NodeKind::MatchOr: visit(replace<MatchOr>(node)->patterns); break;
            default: break;
        }
    }

    template <class T, class N>
    T* replace(N*& node) {
        T* copy = copy_of<T>(node);
        node = copy;
        return copy;
    }

    // ---- statements

    template <class T>
    void function(StmtNode*& node) {
        auto* n = replace<T>(node);
        visit(n->args);
        n->body = body(n->body);
        visit(n->decorator_list);
        annotation(n->returns);
    }
    template <class T>
    void loop(StmtNode*& node) {
        auto* n = replace<T>(node);
        visit(n->target);
        visit(n->iter);
        visit(n->body);
        visit(n->orelse);
        if (n->kind == NodeKind::For) fold_iterated(n->iter);
    }
    template <class T>
    void with(StmtNode*& node) {
        auto* n = replace<T>(node);
        visit(n->items);
        visit(n->body);
    }
    template <class T>
    void attempt(StmtNode*& node) {
        auto* n = replace<T>(node);
        visit(n->body);
        visit(n->handlers);
        visit(n->orelse);
        visit(n->finalbody);
    }

    void visit(StmtNode*& node) {
        NestingGuard guard(depth_);
        switch (node->kind) {
            case NodeKind::FunctionDef: function<FunctionDef>(node); break;
            case NodeKind::AsyncFunctionDef: function<AsyncFunctionDef>(node); break;
            case NodeKind::ClassDef: {
                auto* n = replace<ClassDef>(node);
                visit(n->bases);
                visit(n->keywords);
                n->body = body(n->body);
                visit(n->decorator_list);
                break;
            }
            case NodeKind::Return: visit(replace<Return>(node)->value); break;
            case NodeKind::Delete: visit(replace<Delete>(node)->targets); break;
            case NodeKind::Assign: {
                auto* n = replace<Assign>(node);
                visit(n->targets);
                visit(n->value);
                break;
            }
            case NodeKind::AugAssign: {
                auto* n = replace<AugAssign>(node);
                visit(n->target);
                visit(n->value);
                break;
            }
            case NodeKind::AnnAssign: {
                auto* n = replace<AnnAssign>(node);
                visit(n->target);
                annotation(n->annotation);
                visit(n->value);
                break;
            }
            case NodeKind::For: loop<For>(node); break;
            case NodeKind::AsyncFor: loop<AsyncFor>(node); break;
            case NodeKind::While: {
                auto* n = replace<While>(node);
                visit(n->test);
                visit(n->body);
                visit(n->orelse);
                break;
            }
            case NodeKind::If: {
                auto* n = replace<If>(node);
                visit(n->test);
                visit(n->body);
                visit(n->orelse);
                break;
            }
            case NodeKind::With: with<With>(node); break;
            case NodeKind::AsyncWith: with<AsyncWith>(node); break;
            case NodeKind::Match: {
                auto* n = replace<Match>(node);
                visit(n->subject);
                visit(n->cases);
                break;
            }
            case NodeKind::Raise: {
                auto* n = replace<Raise>(node);
                visit(n->exc);
                visit(n->cause);
                break;
            }
            case NodeKind::Try: attempt<Try>(node); break;
            case NodeKind::TryStar: attempt<TryStar>(node); break;
            case NodeKind::Assert: {
                auto* n = replace<Assert>(node);
                visit(n->test);
                visit(n->msg);
                break;
            }
            case NodeKind::Expr: visit(replace<Expr>(node)->value); break;
            default: break;  // nothing inside
        }
    }

    // ---- expressions

    void set_constant(ExprNode*& node, ConstantRef value) {
        value = Constant::held_by_tree(value);
        auto* constant = arena_.make<FoldedConstant>();
        constant->range = node->range;
        constant->value = std::move(value);
        node = constant;
    }

    template <class T>
    void comprehension(ExprNode*& node) {
        auto* n = replace<T>(node);
        visit(n->elt);
        visit(n->generators);
    }

    void visit(ExprNode*& node) {
        if (!node) return;
        NestingGuard guard(depth_);
        switch (node->kind) {
            case NodeKind::Constant: {
                auto* n = static_cast<syntax::Constant*>(node);
                bool is_text = n->constant_kind == ConstantKind::Str || n->constant_kind == ConstantKind::Bytes;
                if (!is_text || !in_joined_string_) literal_(n);
                set_constant(node, constant_of(*n));
                break;
            }
            case NodeKind::BoolOp: visit(replace<BoolOp>(node)->values); break;
            case NodeKind::NamedExpr: {
                auto* n = replace<NamedExpr>(node);
                visit(n->target);
                visit(n->value);
                break;
            }
            case NodeKind::BinOp: {
                auto* n = replace<BinOp>(node);
                visit(n->left);
                visit(n->right);
                fold_binary_node(node, *n);
                break;
            }
            case NodeKind::UnaryOp: {
                auto* n = replace<UnaryOp>(node);
                visit(n->operand);
                fold_unary_node(node, *n);
                break;
            }
            case NodeKind::Lambda: {
                auto* n = replace<Lambda>(node);
                visit(n->args);
                visit(n->body);
                break;
            }
            case NodeKind::IfExp: {
                auto* n = replace<IfExp>(node);
                visit(n->test);
                visit(n->body);
                visit(n->orelse);
                break;
            }
            case NodeKind::Dict: {
                auto* n = replace<Dict>(node);
                visit(n->keys);
                visit(n->values);
                break;
            }
            case NodeKind::Set: visit(replace<Set>(node)->elts); break;
            case NodeKind::ListComp: comprehension<ListComp>(node); break;
            case NodeKind::SetComp: comprehension<SetComp>(node); break;
            case NodeKind::GeneratorExp: comprehension<GeneratorExp>(node); break;
            case NodeKind::DictComp: {
                auto* n = replace<DictComp>(node);
                visit(n->key);
                visit(n->value);
                visit(n->generators);
                break;
            }
            case NodeKind::Await: visit(replace<Await>(node)->value); break;
            case NodeKind::Yield: visit(replace<Yield>(node)->value); break;
            case NodeKind::YieldFrom: visit(replace<YieldFrom>(node)->value); break;
            case NodeKind::Compare: {
                auto* n = replace<Compare>(node);
                visit(n->left);
                visit(n->comparators);
                CmpOperator last = n->ops.back();
                if (last == CmpOperator::In || last == CmpOperator::NotIn) fold_iterated(n->comparators.back());
                break;
            }
            case NodeKind::Call: {
                auto* n = replace<Call>(node);
                visit(n->func);
                visit(n->args);
                visit(n->keywords);
                break;
            }
            case NodeKind::FormattedValue: {
                auto* n = replace<FormattedValue>(node);
                visit(n->value);
                visit(n->format_spec);
                break;
            }
            case NodeKind::JoinedStr: {
                if (!in_joined_string_) literal_(node);
                bool outer = in_joined_string_;
                in_joined_string_ = true;
                visit(replace<JoinedStr>(node)->values);
                in_joined_string_ = outer;
                break;
            }
            case NodeKind::Attribute: visit(replace<Attribute>(node)->value); break;
            case NodeKind::Subscript: {
                auto* n = replace<Subscript>(node);
                visit(n->value);
                visit(n->slice);
                if (n->ctx == ExprContext::Load && n->value->kind == NodeKind::Constant &&
                    n->slice->kind == NodeKind::Constant) {
                    if (ConstantRef item = fold_subscript(constant_value(n->value), constant_value(n->slice))) {
                        set_constant(node, std::move(item));
                    }
                }
                break;
            }
            case NodeKind::Starred: visit(replace<Starred>(node)->value); break;
            case NodeKind::Slice: {
                auto* n = replace<Slice>(node);
                visit(n->lower);
                visit(n->upper);
                visit(n->step);
                break;
            }
            case NodeKind::List: visit(replace<List>(node)->elts); break;
            case NodeKind::Tuple: {
                auto* n = replace<Tuple>(node);
                visit(n->elts);
                fold_tuple(node, *n);
                break;
            }
            case NodeKind::Name: {
                auto* n = static_cast<Name*>(node);
                if (n->ctx == ExprContext::Load && n->id == "__debug__") {
                    set_constant(node, Constant::boolean(options_.optimize == 0));
                }
                break;
            }
            default: break;
        }
    }

    static bool all_constant(const Sequence<ExprNode*>& items, std::vector<ConstantRef>& values) {
        for (ExprNode* item : items) {
            if (item->kind != NodeKind::Constant) return false;
        }
        for (ExprNode* item : items) values.push_back(constant_ref(item));
        return true;
    }

    void fold_tuple(ExprNode*& node, const Tuple& tuple) {
        std::vector<ConstantRef> values;
        if (tuple.ctx == ExprContext::Load && all_constant(tuple.elts, values)) {
            set_constant(node, Constant::tuple(std::move(values)));
        }
    }

    /// What is only iterated over or searched needs no list and no set.
    void fold_iterated(ExprNode*& node) {
        if (auto* list = node_cast<List>(node)) {
            for (ExprNode* item : list->elts) {
                if (item->kind == NodeKind::Starred) return;
            }
            auto* tuple = arena_.make<Tuple>();
            tuple->range = list->range;
            tuple->elts = list->elts;
            tuple->ctx = list->ctx;
            node = tuple;
            fold_tuple(node, *tuple);
        } else if (auto* set = node_cast<Set>(node)) {
            std::vector<ConstantRef> values;
            if (all_constant(set->elts, values)) set_constant(node, make_frozenset(values));
        }
    }

    void fold_unary_node(ExprNode*& node, const UnaryOp& unary) {
        if (unary.operand->kind == NodeKind::Constant) {
            if (ConstantRef value = fold_unary(unary.op, constant_value(unary.operand))) set_constant(node, std::move(value));
            return;
        }
        if (unary.op != UnaryOperator::Not) return;
        auto* compare = node_cast<Compare>(unary.operand);
        if (!compare || compare->ops.size() != 1) return;
        CmpOperator inverse;
        switch (compare->ops[0]) {
            case CmpOperator::Is: inverse = CmpOperator::IsNot; break;
            case CmpOperator::IsNot: inverse = CmpOperator::Is; break;
            case CmpOperator::In: inverse = CmpOperator::NotIn; break;
            case CmpOperator::NotIn: inverse = CmpOperator::In; break;
            default: return;
        }
        compare->ops = arena_.list<CmpOperator>({inverse});  // the copy's own list, not the parsed one's
        node = compare;
    }

    void fold_binary_node(ExprNode*& node, const BinOp& binary) {
        if (binary.left->kind != NodeKind::Constant) return;
        const ConstantRef& left = constant_ref(binary.left);
        if (binary.op == Operator::Mod && binary.right->kind == NodeKind::Tuple &&
            left->kind == bytecode::Constant::Kind::kStr) {
            if (JoinedStr* joined = fold_format(*left, static_cast<Tuple*>(binary.right)->elts, arena_)) {
                joined->range = node->range;
                node = joined;
            }
            return;
        }
        if (binary.right->kind != NodeKind::Constant) return;
        if (ConstantRef value = fold_binary(binary.op, left, constant_ref(binary.right))) {
            set_constant(node, std::move(value));
        }
    }

    base::Arena& arena_;
    FoldOptions options_;
    const LiteralVisitor& literal_;
    bool in_joined_string_ = false;
    int depth_ = 0;
};

}  // namespace

ModNode* fold_tree(const ModNode* tree, base::Arena& arena, const FoldOptions& options,
                   const LiteralVisitor& literal) {
    return Folder(arena, options, literal).module(tree);
}

}  // namespace refscope::compiler
