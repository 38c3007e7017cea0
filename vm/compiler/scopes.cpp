#include "vm/compiler/scopes.h"

#include <algorithm>
#include <unordered_set>

namespace refscope::compiler {

using namespace syntax;
using bytecode::Position;

// ---- first pass: who mentions which name

class ScopeBuilder {
  public:
    ScopeBuilder(ScopeTable& table, NameStore& names, bool annotations_are_text)
        : table_(table), names_(names), annotations_are_text_(annotations_are_text) {}

    void build(const ModNode* tree) {
        enter(BlockKind::kModule, tree, Position{0, 0, 0, 0});
        global_ = current_;
        switch (tree->kind) {
            case NodeKind::Module: visit_all(static_cast<const Module*>(tree)->body); break;
            case NodeKind::Interactive: visit_all(static_cast<const Interactive*>(tree)->body); break;
            default: visit(static_cast<const Expression*>(tree)->body); break;
        }
        leave();
    }

  private:
    // ---- blocks

    void enter(BlockKind kind, const void* node, const Position& at) {
        table_.scopes_.push_back(std::make_unique<Scope>());
        Scope* scope = table_.scopes_.back().get();
        scope->block = kind;
        scope->at = at;
        if (current_) {
            scope->nested = current_->nested || current_->block == BlockKind::kFunction;
            scope->in_iterable = current_->in_iterable;
            // Annotations that stay text have no effect on the names around them.
            if (kind != BlockKind::kAnnotation) current_->children.push_back(scope);
        }
        table_.by_node_[node] = scope;
        stack_.push_back(scope);
        current_ = scope;
    }
    void leave() {
        stack_.pop_back();
        current_ = stack_.empty() ? nullptr : stack_.back();
    }

    // ---- names

    std::string_view mangle(std::string_view name) { return names_.mangle(private_, name); }

    void define(std::string_view name, uint32_t flag, const Position& at) { define_in(current_, name, flag, at); }

    void define_in(Scope* scope, std::string_view unmangled, uint32_t flag, const Position& at) {
        std::string_view name = mangle(unmangled);
        Symbol& symbol = scope->get(name);
        if ((flag & kParameter) && (symbol.flags & kParameter)) {
            fail("duplicate argument '" + std::string(unmangled) + "' in function definition", at);
        }
        symbol.flags |= flag;
        if (scope->in_target) {
            if (symbol.flags & (kGlobalStatement | kNonlocalStatement)) {
                fail("comprehension inner loop cannot rebind assignment expression target '" + std::string(unmangled) + "'", at);
            }
            symbol.flags |= kComprehensionTarget;
        }
        if (flag & kParameter) {
            scope->parameters.push_back(name);
        } else if (flag & kGlobalStatement) {
            global_->get(name).flags |= flag;
        }
    }

    void record_directive(std::string_view name, const Position& at) { current_->directives.emplace_back(mangle(name), at); }

    // ---- lists

    template <class T>
    void visit_all(const Sequence<T*>& items) {
        for (T* item : items) {
            if (item) visit(item);
        }
    }

    // ---- statements

    template <class Names>
    void declare(const Names& names, bool global, const StmtNode* statement) {
        Position at = position_of(statement);
        const char* word = global ? "global" : "nonlocal";
        for (const Identifier& identifier : names) {
            std::string name(identifier.text);
            uint32_t flags = current_->flags_of(mangle(identifier));
            if (flags & (kParameter | kAssigned | kUsed | kAnnotated)) {
                std::string message = "name '" + name + "' is ";
                if (flags & kParameter) {
                    message += std::string("parameter and ") + word;
                } else if (flags & kUsed) {
                    message += std::string("used prior to ") + word + " declaration";
                } else if (flags & kAnnotated) {
                    message = "annotated name '" + name + "' can't be " + word;
                } else {
                    message += std::string("assigned to before ") + word + " declaration";
                }
                fail(message, at);
            }
            define(identifier, global ? kGlobalStatement : kNonlocalStatement, at);
            record_directive(identifier, at);
        }
    }

    void function(const FunctionDef* node, bool is_async) {
        define(node->name, kAssigned, position_of(node));
        visit_all(node->args->defaults);
        visit_all(node->args->kw_defaults);
        annotations(node);
        visit_all(node->decorator_list);
        enter(BlockKind::kFunction, node, position_of(node));
        current_->coroutine = is_async;
        parameters(*node->args);
        visit_all(node->body);
        leave();
    }

    void annotations(const FunctionDef* node) {
        const Arguments& args = *node->args;
        if (annotations_are_text_) enter(BlockKind::kAnnotation, node->args, position_of(node));
        for (Arg* arg : args.posonlyargs) argument_annotation(arg);
        for (Arg* arg : args.args) argument_annotation(arg);
        argument_annotation(args.vararg);
        argument_annotation(args.kwarg);
        for (Arg* arg : args.kwonlyargs) argument_annotation(arg);
        if (annotations_are_text_) leave();
        if (node->returns) annotation(node->returns);
    }
    void argument_annotation(const Arg* arg) {
        if (arg && arg->annotation) visit(arg->annotation);
    }
    void annotation(const ExprNode* expression) {
        if (annotations_are_text_) enter(BlockKind::kAnnotation, expression, position_of(expression));
        visit(expression);
        if (annotations_are_text_) leave();
    }

    void parameters(const Arguments& args) {
        for (Arg* arg : args.posonlyargs) define(arg->arg, kParameter, position_of(arg));
        for (Arg* arg : args.args) define(arg->arg, kParameter, position_of(arg));
        for (Arg* arg : args.kwonlyargs) define(arg->arg, kParameter, position_of(arg));
        if (args.vararg) {
            define(args.vararg->arg, kParameter, position_of(args.vararg));
            current_->varargs = true;
        }
        if (args.kwarg) {
            define(args.kwarg->arg, kParameter, position_of(args.kwarg));
            current_->varkeywords = true;
        }
    }

    void annotated_assignment(const AnnAssign* node) {
        if (auto* name = node_cast<Name>(node->target)) {
            uint32_t flags = current_->flags_of(mangle(name->id));
            if ((flags & (kGlobalStatement | kNonlocalStatement)) && current_ != global_ && node->simple) {
                fail("annotated name '" + std::string(name->id) + "' can't be " +
                         (flags & kGlobalStatement ? "global" : "nonlocal"),
                     position_of(node));
            }
            if (node->simple) {
                define(name->id, kAnnotated | kAssigned, position_of(name));
            } else if (node->value) {
                define(name->id, kAssigned, position_of(name));
            }
        } else {
            visit(node->target);
        }
        annotation(node->annotation);
        if (node->value) visit(node->value);
    }

    void visit(const StmtNode* node) {
        NestingGuard guard(depth_);
        switch (node->kind) {
            case NodeKind::FunctionDef: function(static_cast<const FunctionDef*>(node), false); break;
            case NodeKind::AsyncFunctionDef: function(static_cast<const FunctionDef*>(node), true); break;
            case NodeKind::ClassDef: {
                auto* n = static_cast<const ClassDef*>(node);
                define(n->name, kAssigned, position_of(n));
                visit_all(n->bases);
                visit_all(n->keywords);
                visit_all(n->decorator_list);
                enter(BlockKind::kClass, n, position_of(n));
                std::string_view outer = private_;
                private_ = n->name;
                visit_all(n->body);
                private_ = outer;
                leave();
                break;
            }
            case NodeKind::Return: visit_optional(static_cast<const Return*>(node)->value); break;
            case NodeKind::Delete: visit_all(static_cast<const Delete*>(node)->targets); break;
            case NodeKind::Assign: {
                auto* n = static_cast<const Assign*>(node);
                visit_all(n->targets);
                visit(n->value);
                break;
            }
            case NodeKind::AugAssign: {
                auto* n = static_cast<const AugAssign*>(node);
                visit(n->target);
                visit(n->value);
                break;
            }
            case NodeKind::AnnAssign: annotated_assignment(static_cast<const AnnAssign*>(node)); break;
            case NodeKind::For:
            case NodeKind::AsyncFor: {
                auto* n = static_cast<const For*>(node);
                visit(n->target);
                visit(n->iter);
                visit_all(n->body);
                visit_all(n->orelse);
                break;
            }
            case NodeKind::While: {
                auto* n = static_cast<const While*>(node);
                visit(n->test);
                visit_all(n->body);
                visit_all(n->orelse);
                break;
            }
            case NodeKind::If: {
                auto* n = static_cast<const If*>(node);
                visit(n->test);
                visit_all(n->body);
                visit_all(n->orelse);
                break;
            }
            case NodeKind::With:
            case NodeKind::AsyncWith: {
                auto* n = static_cast<const With*>(node);
                for (WithItem* item : n->items) {
                    visit(item->context_expr);
                    visit_optional(item->optional_vars);
                }
                visit_all(n->body);
                break;
            }
            case NodeKind::Match: {
                auto* n = static_cast<const Match*>(node);
                visit(n->subject);
                for (MatchCase* match_case : n->cases) {
                    visit(match_case->pattern);
                    visit_optional(match_case->guard);
                    visit_all(match_case->body);
                }
                break;
            }
            case NodeKind::Raise: {
                auto* n = static_cast<const Raise*>(node);
                visit_optional(n->exc);
                visit_optional(n->cause);
                break;
            }
            case NodeKind::Try:
            case NodeKind::TryStar: {
                auto* n = static_cast<const Try*>(node);
                visit_all(n->body);
                visit_all(n->orelse);
                for (ExceptHandler* handler : n->handlers) {
                    visit_optional(handler->type);
                    if (!handler->name.empty()) define(handler->name, kAssigned, position_of(handler));
                    visit_all(handler->body);
                }
                visit_all(n->finalbody);
                break;
            }
            case NodeKind::Assert: {
                auto* n = static_cast<const Assert*>(node);
                visit(n->test);
                visit_optional(n->msg);
                break;
            }
            case NodeKind::Import:
                for (Alias* alias : static_cast<const Import*>(node)->names) import(alias);
                break;
            case NodeKind::ImportFrom:
                for (Alias* alias : static_cast<const ImportFrom*>(node)->names) import(alias);
                break;
            case NodeKind::Global: declare(static_cast<const Global*>(node)->names, true, node); break;
            case NodeKind::Nonlocal: declare(static_cast<const Nonlocal*>(node)->names, false, node); break;
            case NodeKind::Expr: visit(static_cast<const Expr*>(node)->value); break;
            default: break;
        }
    }

    void import(const Alias* alias) {
        std::string_view name = alias->asname.empty() ? alias->name.text : alias->asname.text;
        if (name == "*") {
            if (current_->block != BlockKind::kModule) fail("import * only allowed at module level", position_of(alias));
            return;
        }
        define(name.substr(0, name.find('.')), kImported, position_of(alias));
    }

    // ---- patterns

    void visit(const PatternNode* node) {
        NestingGuard guard(depth_);
        switch (node->kind) {
            case NodeKind::MatchValue: visit(static_cast<const MatchValue*>(node)->value); break;
            case NodeKind::MatchSequence: visit_all(static_cast<const MatchSequence*>(node)->patterns); break;
            case NodeKind::MatchStar: capture(static_cast<const MatchStar*>(node)->name, node); break;
            case NodeKind::MatchMapping: {
                auto* n = static_cast<const MatchMapping*>(node);
                visit_all(n->keys);
                visit_all(n->patterns);
                capture(n->rest, node);
                break;
            }
            case NodeKind::MatchClass: {
                auto* n = static_cast<const MatchClass*>(node);
                visit(n->cls);
                visit_all(n->patterns);
                visit_all(n->kwd_patterns);
                break;
            }
            case NodeKind::MatchAs: {
                auto* n = static_cast<const MatchAs*>(node);
                if (n->pattern) visit(n->pattern);
                capture(n->name, node);
                break;
            }
            case NodeKind::MatchOr: visit_all(static_cast<const MatchOr*>(node)->patterns); break;
            default: break;
        }
    }
    void capture(const Identifier& name, const PatternNode* pattern) {
        if (!name.empty()) define(name, kAssigned, position_of(pattern));
    }

    // ---- expressions

    void visit_optional(const ExprNode* node) {
        if (node) visit(node);
    }
    void visit(const Keyword* keyword) { visit(keyword->value); }

    void refuse_in_annotation(const char* what, const ExprNode* node) {
        if (current_->block == BlockKind::kAnnotation) {
            fail("'" + std::string(what) + "' can not be used within an annotation", position_of(node));
        }
    }

    void visit(const ExprNode* node) {
        NestingGuard guard(depth_);
        switch (node->kind) {
            case NodeKind::NamedExpr: named_expression(static_cast<const NamedExpr*>(node)); break;
            case NodeKind::BoolOp: visit_all(static_cast<const BoolOp*>(node)->values); break;
            case NodeKind::BinOp: {
                auto* n = static_cast<const BinOp*>(node);
                visit(n->left);
                visit(n->right);
                break;
            }
            case NodeKind::UnaryOp: visit(static_cast<const UnaryOp*>(node)->operand); break;
            case NodeKind::Lambda: {
                auto* n = static_cast<const Lambda*>(node);
                visit_all(n->args->defaults);
                visit_all(n->args->kw_defaults);
                enter(BlockKind::kFunction, n, position_of(n));
                parameters(*n->args);
                visit(n->body);
                leave();
                break;
            }
            case NodeKind::IfExp: {
                auto* n = static_cast<const IfExp*>(node);
                visit(n->test);
                visit(n->body);
                visit(n->orelse);
                break;
            }
            case NodeKind::Dict: {
                auto* n = static_cast<const Dict*>(node);
                visit_all(n->keys);
                visit_all(n->values);
                break;
            }
            case NodeKind::Set: visit_all(static_cast<const Set*>(node)->elts); break;
            case NodeKind::GeneratorExp:
            case NodeKind::ListComp:
            case NodeKind::SetComp: {
                auto* n = static_cast<const ListComp*>(node);
                comprehension(node, n->generators, n->elt, nullptr);
                break;
            }
            case NodeKind::DictComp: {
                auto* n = static_cast<const DictComp*>(node);
                comprehension(node, n->generators, n->key, n->value);
                break;
            }
            case NodeKind::Yield:
            case NodeKind::YieldFrom:
                refuse_in_annotation("yield expression", node);
                visit_optional(node->kind == NodeKind::Yield ? static_cast<const Yield*>(node)->value
                                                             : static_cast<const YieldFrom*>(node)->value);
                current_->generator = true;
                refuse_yield_in_comprehension(node);
                break;
            case NodeKind::Await:
                refuse_in_annotation("await expression", node);
                visit(static_cast<const Await*>(node)->value);
                current_->coroutine = true;
                break;
            case NodeKind::Compare: {
                auto* n = static_cast<const Compare*>(node);
                visit(n->left);
                visit_all(n->comparators);
                break;
            }
            case NodeKind::Call: {
                auto* n = static_cast<const Call*>(node);
                visit(n->func);
                visit_all(n->args);
                visit_all(n->keywords);
                break;
            }
            case NodeKind::FormattedValue: {
                auto* n = static_cast<const FormattedValue*>(node);
                visit(n->value);
                visit_optional(n->format_spec);
                break;
            }
            case NodeKind::JoinedStr: visit_all(static_cast<const JoinedStr*>(node)->values); break;
            case NodeKind::Attribute: visit(static_cast<const Attribute*>(node)->value); break;
            case NodeKind::Subscript: {
                auto* n = static_cast<const Subscript*>(node);
                visit(n->value);
                visit(n->slice);
                break;
            }
            case NodeKind::Starred: visit(static_cast<const Starred*>(node)->value); break;
            case NodeKind::Slice: {
                auto* n = static_cast<const Slice*>(node);
                visit_optional(n->lower);
                visit_optional(n->upper);
                visit_optional(n->step);
                break;
            }
            case NodeKind::Name: {
                auto* n = static_cast<const Name*>(node);
                define(n->id, n->ctx == ExprContext::Load ? kUsed : kAssigned, position_of(n));
                // `super()` finds its class through this cell.
                if (n->ctx == ExprContext::Load && current_->block == BlockKind::kFunction && n->id == "super") {
                    define("__class__", kUsed, position_of(n));
                }
                break;
            }
            case NodeKind::List: visit_all(static_cast<const List*>(node)->elts); break;
            case NodeKind::Tuple: visit_all(static_cast<const Tuple*>(node)->elts); break;
            default: break;
        }
    }

    void named_expression(const NamedExpr* node) {
        refuse_in_annotation("named expression", node);
        if (current_->in_iterable > 0) {
            fail("assignment expression cannot be used in a comprehension iterable expression", position_of(node));
        }
        if (current_->comprehension != ComprehensionKind::kNone) extend_target(static_cast<const Name*>(node->target));
        visit(node->value);
        visit(node->target);
    }

    /// `(x := …)` in a comprehension binds x in the block around it.
    void extend_target(const Name* target) {
        Position at = position_of(target);
        std::string_view mangled = mangle(target->id);
        for (size_t i = stack_.size(); i-- > 0;) {
            Scope* scope = stack_[i];
            if (scope->comprehension != ComprehensionKind::kNone) {
                if (scope->flags_of(mangled) & kComprehensionTarget) {
                    fail("assignment expression cannot rebind comprehension iteration variable '" +
                             std::string(target->id) + "'", at);
                }
                continue;
            }
            if (scope->block == BlockKind::kFunction) {
                bool global = scope->flags_of(mangled) & kGlobalStatement;
                define(target->id, global ? kGlobalStatement : kNonlocalStatement, at);
                record_directive(target->id, at);
                define_in(scope, target->id, kAssigned, at);
                return;
            }
            if (scope->block == BlockKind::kModule) {
                define(target->id, kGlobalStatement, at);
                record_directive(target->id, at);
                define_in(scope, target->id, kGlobalStatement, at);
                return;
            }
            if (scope->block == BlockKind::kClass) {
                fail("assignment expression within a comprehension cannot be used in a class body", at);
            }
        }
    }

    void refuse_yield_in_comprehension(const ExprNode* node) {
        const char* where = nullptr;
        switch (current_->comprehension) {
            case ComprehensionKind::kNone: return;
            case ComprehensionKind::kList: where = "list comprehension"; break;
            case ComprehensionKind::kSet: where = "set comprehension"; break;
            case ComprehensionKind::kDict: where = "dict comprehension"; break;
            case ComprehensionKind::kGenerator: where = "generator expression"; break;
        }
        fail(std::string("'yield' inside ") + where, position_of(node));
    }

    void comprehension(const ExprNode* node, const Sequence<Comprehension*>& generators, const ExprNode* element,
                       const ExprNode* value) {
        Comprehension* outermost = generators.front();
        // The first iterable is evaluated outside and comes in as an argument.
        current_->in_iterable++;
        visit(outermost->iter);
        current_->in_iterable--;
        enter(BlockKind::kFunction, node, position_of(node));
        switch (node->kind) {
            case NodeKind::ListComp: current_->comprehension = ComprehensionKind::kList; break;
            case NodeKind::SetComp: current_->comprehension = ComprehensionKind::kSet; break;
            case NodeKind::DictComp: current_->comprehension = ComprehensionKind::kDict; break;
            default: current_->comprehension = ComprehensionKind::kGenerator; break;
        }
        bool is_generator = current_->comprehension == ComprehensionKind::kGenerator;
        if (outermost->is_async) current_->coroutine = true;
        define(".0", kParameter, position_of(node));
        comprehension_target(outermost);
        visit_all(outermost->ifs);
        for (size_t i = 1; i < generators.size(); i++) {
            comprehension_target(generators[i]);
            current_->in_iterable++;
            visit(generators[i]->iter);
            current_->in_iterable--;
            visit_all(generators[i]->ifs);
            if (generators[i]->is_async) current_->coroutine = true;
        }
        if (value) visit(value);
        visit(element);
        current_->generator = is_generator;
        bool makes_caller_wait = current_->coroutine && !is_generator;
        leave();
        if (makes_caller_wait) current_->coroutine = true;
    }
    void comprehension_target(const Comprehension* generator) {
        current_->in_target = true;
        visit(generator->target);
        current_->in_target = false;
    }

    ScopeTable& table_;
    NameStore& names_;
    bool annotations_are_text_;
    std::vector<Scope*> stack_;
    Scope* current_ = nullptr;
    Scope* global_ = nullptr;
    std::string_view private_;
    int depth_ = 0;
};

// ---- second pass: what each name means

namespace {

using NameSet = std::unordered_set<std::string_view>;

[[noreturn]] void fail_at_directive(Scope* scope, std::string_view name, const std::string& message) {
    for (auto& [declared, at] : scope->directives) {
        if (declared == name) fail(message, at);
    }
    fail(message, scope->at);
}

class ReachAnalysis {
  public:
    void run(Scope* module) {
        NameSet free;
        NameSet global;
        block(module, nullptr, free, global);
    }

  private:
    /// `bound`: names that enclosing functions bind, null at module level. `free` receives the names that this block needs from
    /// outside. `bound` and `global` are the caller's copies for this block alone.
    void block(Scope* scope, NameSet* bound, NameSet& free, NameSet& global) {
        NestingGuard guard(depth_);
        NameSet local;
        NameSet new_bound;
        NameSet new_global;
        NameSet new_free;
        bool is_class = scope->block == BlockKind::kClass;
        if (is_class) {
            // Names of a class body are invisible to its methods.
            new_global = global;
            if (bound) new_bound = *bound;
        }
        for (Symbol& symbol : scope->symbols()) name(scope, symbol, bound, local, free, global);
        if (is_class) {
            new_bound.insert("__class__");
        } else {
            if (scope->block == BlockKind::kFunction) new_bound = local;
            if (bound) new_bound.insert(bound->begin(), bound->end());
            new_global.insert(global.begin(), global.end());
        }
        for (Scope* child : scope->children) {
            NameSet child_bound = new_bound;
            NameSet child_free;
            NameSet child_global = new_global;
            block(child, &child_bound, child_free, child_global);
            new_free.insert(child_free.begin(), child_free.end());
            if (child->has_free || child->child_has_free) scope->child_has_free = true;
        }
        if (scope->block == BlockKind::kFunction) {
            for (Symbol& symbol : scope->symbols()) {
                if (symbol.reach == Reach::kLocal && new_free.erase(symbol.name)) symbol.reach = Reach::kCell;
            }
        } else if (is_class && new_free.erase("__class__")) {
            scope->needs_class_cell = true;
        }
        for (std::string_view free_name : new_free) {
            if (Symbol* symbol = scope->find(free_name)) {
                if (is_class && (symbol->flags & (kBound | kGlobalStatement))) symbol->flags |= kFreeInClass;
            } else if (!bound || bound->count(free_name)) {
                scope->get(free_name).reach = Reach::kFree;
            }
        }
        free.insert(new_free.begin(), new_free.end());
    }

    void name(Scope* scope, Symbol& symbol, NameSet* bound, NameSet& local, NameSet& free, NameSet& global) {
        std::string text(symbol.name);
        if (symbol.flags & kGlobalStatement) {
            if (symbol.flags & kNonlocalStatement) {
                fail_at_directive(scope, symbol.name, "name '" + text + "' is nonlocal and global");
            }
            symbol.reach = Reach::kGlobalExplicit;
            global.insert(symbol.name);
            if (bound) bound->erase(symbol.name);
        } else if (symbol.flags & kNonlocalStatement) {
            if (!bound) fail_at_directive(scope, symbol.name, "nonlocal declaration not allowed at module level");
            if (!bound->count(symbol.name)) {
                fail_at_directive(scope, symbol.name, "no binding for nonlocal '" + text + "' found");
            }
            need_from_outside(scope, symbol, free);
        } else if (symbol.flags & kBound) {
            symbol.reach = Reach::kLocal;
            local.insert(symbol.name);
            global.erase(symbol.name);
        } else if (bound && bound->count(symbol.name)) {
            need_from_outside(scope, symbol, free);
        } else {
            if (!global.count(symbol.name) && scope->nested) scope->has_free = true;
            symbol.reach = Reach::kGlobalImplicit;
        }
    }

    static void need_from_outside(Scope* scope, Symbol& symbol, NameSet& free) {
        symbol.reach = Reach::kFree;
        scope->has_free = true;
        free.insert(symbol.name);
    }

    int depth_ = 0;
};

}  // namespace

ScopeTable::ScopeTable(const ModNode* tree, NameStore& names, bool annotations_are_text) {
    ScopeBuilder(*this, names, annotations_are_text).build(tree);
    ReachAnalysis().run(top());
}

}  // namespace refscope::compiler
