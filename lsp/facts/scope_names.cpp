#include "lsp/facts/scope_names.h"

#include <algorithm>

#include "vm/syntax/ast_visitor.h"

namespace refscope::lsp::facts {

using syntax::Node;
using syntax::NodeKind;

bool Block::is_free(std::string_view name) const {
    return std::any_of(frees.begin(), frees.end(), [&](std::string_view one) { return one.data() == name.data(); });
}

// Visits with a list of its own in place of recursion: the trees of hostile files are deep.
class BlockBuilder {
  public:
    explicit BlockBuilder(ScopeNames& names) : names_(names) {}

    void build(const syntax::Module& module) {
        Block* top = add(BlockKind::kModule, &module, nullptr);
        push_all(module.body, top);
        while (!work_.empty()) {
            const auto [node, block] = work_.back();
            work_.pop_back();
            visit(*node, block);
        }
    }

  private:
    Block* add(BlockKind kind, const Node* node, Block* parent) {
        names_.blocks_.push_back(std::make_unique<Block>());
        Block* block = names_.blocks_.back().get();
        block->kind = kind;
        block->node = node;
        block->parent = parent;
        if (parent != nullptr) parent->children.push_back(block);
        names_.by_node_[node] = block;
        return block;
    }

    void push(const Node* node, Block* block) {
        if (node != nullptr) work_.push_back({node, block});
    }
    template <class T>
    void push_all(const syntax::Sequence<T>& nodes, Block* block) {
        for (const auto& node : nodes) push(node, block);
    }

    static void bind(std::string_view name, Block* block) {
        if (name.empty()) return;
        if (block->slots.try_emplace(name.data(), static_cast<std::uint32_t>(block->names.size())).second) {
            block->names.push_back(name);
        }
        ++block->bindings[name.data()];
    }
    static void use(std::string_view name, Block* block) { block->used.emplace(name.data(), name); }

    void look_for_frames(std::string_view name) {
        for (const std::string_view one : {"_getframe", "currentframe", "inspect", "traceback", "exc_info", "tb_frame", "f_back",
                                           "__traceback__", "gi_frame", "settrace", "setprofile", "stack"}) {
            if (name == one) names_.mentions_frames_ = true;
        }
    }

    void parameters(const syntax::Arguments* arguments, Block* block, Block* inner) {
        if (arguments == nullptr) return;
        const auto one = [&](const syntax::Arg* argument) {
            if (argument == nullptr) return;
            bind(argument->arg, inner);
            push(argument->annotation, block);
        };
        for (const auto* argument : arguments->posonlyargs) one(argument);
        for (const auto* argument : arguments->args) one(argument);
        for (const auto* argument : arguments->kwonlyargs) one(argument);
        one(arguments->vararg);
        one(arguments->kwarg);
        push_all(arguments->defaults, block);
        push_all(arguments->kw_defaults, block);
    }

    void comprehension(const Node& node, const syntax::Sequence<syntax::Comprehension*>& generators, Block* block) {
        Block* inner = add(BlockKind::kComprehension, &node, block);
        bool first = true;
        for (const auto* generator : generators) {
            push(generator->iter, first ? block : inner);
            push(generator->target, inner);
            push_all(generator->ifs, inner);
            if (generator->is_async != 0) inner->coroutine = true;
            first = false;
        }
        syntax::visit(node, [&](const auto& typed) {
            using T = std::decay_t<decltype(typed)>;
            if constexpr (std::is_same_v<T, syntax::DictComp>) {
                push(typed.key, inner);
                push(typed.value, inner);
            } else if constexpr (std::is_base_of_v<syntax::ListComp, T> || std::is_same_v<T, syntax::SetComp> ||
                                 std::is_same_v<T, syntax::GeneratorExp>) {
                push(typed.elt, inner);
            }
        });
    }

    void visit(const Node& node, Block* block) {
        switch (node.kind) {
            case NodeKind::FunctionDef:
            case NodeKind::AsyncFunctionDef: {
                const auto& function = static_cast<const syntax::FunctionDef&>(node);
                bind(function.name, block);
                Block* inner = add(BlockKind::kFunction, &node, block);
                inner->coroutine = node.kind == NodeKind::AsyncFunctionDef;
                parameters(function.args, block, inner);
                push_all(function.decorator_list, block);
                push(function.returns, block);
                push_all(function.body, inner);
                return;
            }
            case NodeKind::Lambda: {
                const auto& lambda = static_cast<const syntax::Lambda&>(node);
                Block* inner = add(BlockKind::kFunction, &node, block);
                parameters(lambda.args, block, inner);
                push(lambda.body, inner);
                return;
            }
            case NodeKind::ClassDef: {
                const auto& definition = static_cast<const syntax::ClassDef&>(node);
                bind(definition.name, block);
                Block* inner = add(BlockKind::kClass, &node, block);
                push_all(definition.bases, block);
                push_all(definition.keywords, block);
                push_all(definition.decorator_list, block);
                push_all(definition.body, inner);
                return;
            }
            case NodeKind::ListComp: return comprehension(node, static_cast<const syntax::ListComp&>(node).generators, block);
            case NodeKind::SetComp: return comprehension(node, static_cast<const syntax::SetComp&>(node).generators, block);
            case NodeKind::DictComp: return comprehension(node, static_cast<const syntax::DictComp&>(node).generators, block);
            case NodeKind::GeneratorExp:
                return comprehension(node, static_cast<const syntax::GeneratorExp&>(node).generators, block);
            case NodeKind::NamedExpr: {
                const auto& named = static_cast<const syntax::NamedExpr&>(node);
                Block* owner = block;
                while (owner->kind == BlockKind::kComprehension) owner = owner->parent;
                if (const auto* name = syntax::node_cast<syntax::Name>(named.target)) {
                    bind(name->id, owner);
                    if (owner != block) use(name->id, block);
                }
                push(named.value, block);
                return;
            }
            case NodeKind::Name: {
                const auto& name = static_cast<const syntax::Name&>(node);
                if (name.ctx == syntax::ExprContext::Load) {
                    use(name.id, block);
                    if (name.id == "super" || name.id == "__class__") block->uses_class_cell = true;
                } else {
                    bind(name.id, block);
                }
                return;
            }
            case NodeKind::Global:
                for (const auto& name : static_cast<const syntax::Global&>(node).names) {
                    block->globals.insert(name.text.data());
                    bind(name, names_.blocks_.front().get());
                }
                return;
            case NodeKind::Nonlocal:
                for (const auto& name : static_cast<const syntax::Nonlocal&>(node).names) {
                    block->nonlocals.insert(name.text.data());
                    use(name, block);
                }
                return;
            case NodeKind::Import:
            case NodeKind::ImportFrom:
                syntax::for_each_child(node, [&](const Node& child) { push(&child, block); });
                return;
            case NodeKind::Attribute: look_for_frames(static_cast<const syntax::Attribute&>(node).attr.text); break;
            case NodeKind::Alias: {
                const auto& alias = static_cast<const syntax::Alias&>(node);
                look_for_frames(alias.name.text);
                if (!alias.asname.empty()) return bind(alias.asname, block);
                // Of a dotted name the first part is bound; the tree has no interned text of it, so such an import
                // binds by the whole: what is looked up is the part, which then is not this block's.
                if (alias.name.text != "*") bind(alias.name, block);
                return;
            }
            case NodeKind::ExceptHandler: bind(static_cast<const syntax::ExceptHandler&>(node).name, block); break;
            case NodeKind::MatchAs: bind(static_cast<const syntax::MatchAs&>(node).name, block); break;
            case NodeKind::MatchStar: bind(static_cast<const syntax::MatchStar&>(node).name, block); break;
            case NodeKind::MatchMapping: bind(static_cast<const syntax::MatchMapping&>(node).rest, block); break;
            case NodeKind::Yield:
            case NodeKind::YieldFrom: block->generator = true; break;
            case NodeKind::Await:
                if (block->kind == BlockKind::kComprehension) block->coroutine = true;
                break;
            default: break;
        }
        syntax::for_each_child(node, [&](const Node& child) { push(&child, block); });
    }

    ScopeNames& names_;
    std::vector<std::pair<const Node*, Block*>> work_;
};

ScopeNames::ScopeNames(const syntax::Module& module) {
    BlockBuilder(*this).build(module);
    resolve();
}

const Block* ScopeNames::of(const syntax::Node* node) const {
    const auto found = by_node_.find(node);
    return found == by_node_.end() ? nullptr : found->second;
}

void ScopeNames::resolve() {
    // What is declared global or nonlocal is no name of the block that declares it.
    for (const auto& block : blocks_) {
        for (const auto* declared : {&block->globals, &block->nonlocals}) {
            if (block->kind == BlockKind::kModule) continue;
            for (const char* name : *declared) block->slots.erase(name);
        }
    }
    for (const auto& block : blocks_) {
        if (block->kind == BlockKind::kModule) continue;
        bool in_function = false;
        for (const Block* at = block.get(); at != nullptr; at = at->parent) {
            in_function = in_function || at->kind == BlockKind::kFunction;
        }
        // In a generator expression a name may be looked up long after the line.
        in_function = in_function || block->kind == BlockKind::kComprehension;
        for (const char* name : block->globals) {
            read_.insert(name);
            rebound_.insert(name);
        }
        for (const auto& [key, name] : block->used) {
            if (block->globals.count(key) != 0) continue;
            if (block->slots.count(key) != 0 && block->kind != BlockKind::kClass) continue;
            std::vector<Block*> between{block.get()};
            Block* at = block->parent;
            for (; at != nullptr; at = at->parent) {
                const bool function = at->kind == BlockKind::kFunction || at->kind == BlockKind::kComprehension;
                if (function && at->globals.count(key) != 0) at = nullptr;
                if (at == nullptr || (function && at->slots.count(key) != 0)) break;
                between.push_back(at);
            }
            if (at == nullptr || at->kind == BlockKind::kModule) {
                if (in_function) read_.insert(key);
                continue;
            }
            at->cells.insert(key);
            for (Block* one : between) {
                if (one->kind != BlockKind::kModule && !one->is_free(name)) one->frees.push_back(name);
            }
        }
    }
}

}  // namespace refscope::lsp::facts
