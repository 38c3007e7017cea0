#include "lsp/live/variable_at.h"

#include <vector>

#include "vm/compiler/scopes.h"
#include "vm/syntax/ast_visitor.h"

namespace refscope::lsp::live {

namespace {

using syntax::Node;
using syntax::NodeKind;

bool opens_scope(const Node& node) {
    switch (node.kind) {
        case NodeKind::FunctionDef:
        case NodeKind::AsyncFunctionDef:
        case NodeKind::ClassDef:
        case NodeKind::Lambda:
        case NodeKind::ListComp:
        case NodeKind::SetComp:
        case NodeKind::DictComp:
        case NodeKind::GeneratorExp: return true;
        default: return false;
    }
}

int first_line(const Node& node) {
    int line = node.range.lineno;
    auto decorated = [&line](const auto& definition) {
        if (definition.decorator_list.size() > 0) line = (*definition.decorator_list.begin())->range.lineno;
    };
    if (const auto* function = syntax::node_cast<syntax::FunctionDef>(&node)) decorated(*function);
    if (const auto* function = syntax::node_cast<syntax::AsyncFunctionDef>(&node)) decorated(*function);
    if (const auto* definition = syntax::node_cast<syntax::ClassDef>(&node)) decorated(*definition);
    return line;
}

// The parts that are evaluated outside the scope which the node opens.
bool is_outside(const Node& scope, const Node& child) {
    auto among = [&child](const auto& nodes) {
        for (const auto* node : nodes) {
            if (node == &child) return true;
        }
        return false;
    };
    auto of_function = [&](const auto& function) { return among(function.decorator_list) || function.returns == &child; };
    if (const auto* function = syntax::node_cast<syntax::FunctionDef>(&scope)) return of_function(*function);
    if (const auto* function = syntax::node_cast<syntax::AsyncFunctionDef>(&scope)) return of_function(*function);
    if (const auto* definition = syntax::node_cast<syntax::ClassDef>(&scope)) {
        return among(definition->decorator_list) || among(definition->bases) || among(definition->keywords);
    }
    return false;
}

bool is_default(const syntax::Arguments& arguments, const Node& child) {
    for (const auto* node : arguments.defaults) {
        if (node == &child) return true;
    }
    for (const auto* node : arguments.kw_defaults) {
        if (node == &child) return true;
    }
    return false;
}

struct Finder {
    std::uint32_t offset;
    std::vector<const Node*> scopes;        // innermost last
    std::vector<const Node*> found_scopes;  // around what was found
    std::optional<VariableAt> found;

    bool touches(const syntax::Range& range) const { return range.begin <= offset && offset <= range.end; }

    void note(std::string_view name, const syntax::Range& range) {
        found = VariableAt{std::string(name), range, 0};
        found_scopes = scopes;
    }

    void visit(const Node& node) {
        // What has no place of its own (arguments, comprehension clauses) is looked through.
        if (!node.range.empty() && !touches(node.range) && !has_decorators(node)) return;
        if (const auto* name = syntax::node_cast<syntax::Name>(&node)) {
            if (touches(name->range)) note(name->id, name->range);
            return;
        }
        if (const auto* parameter = syntax::node_cast<syntax::Arg>(&node)) {
            if (touches(parameter->arg.range)) note(parameter->arg.text, parameter->arg.range);
        }
        bool opens = opens_scope(node);
        const auto* arguments = syntax::node_cast<syntax::Arguments>(&node);
        syntax::for_each_child(node, [&](const Node& child) {
            bool inside = opens && !is_outside(node, child);
            const Node* left = nullptr;
            if (arguments && !scopes.empty() && is_default(*arguments, child)) {
                left = scopes.back();
                scopes.pop_back();
            }
            if (inside) scopes.push_back(&node);
            visit(child);
            if (inside) scopes.pop_back();
            if (left) scopes.push_back(left);
        });
    }

    static bool has_decorators(const Node& node) {
        return node.kind == NodeKind::FunctionDef || node.kind == NodeKind::AsyncFunctionDef || node.kind == NodeKind::ClassDef;
    }
};

}  // namespace

std::optional<VariableAt> variable_at(const syntax::Module& module, std::uint32_t offset) {
    Finder finder{offset, {}, {}, {}};
    finder.visit(module);
    if (!finder.found) return std::nullopt;
    try {
        compiler::NameStore names;
        compiler::ScopeTable table(&module, names, false);
        for (std::size_t i = finder.found_scopes.size(); i-- > 0;) {
            const Node* node = finder.found_scopes[i];
            switch (table.of(node)->reach_of(finder.found->name)) {
                case compiler::Reach::kLocal:
                case compiler::Reach::kCell: finder.found->scope_line = first_line(*node); return finder.found;
                case compiler::Reach::kGlobalExplicit:
                case compiler::Reach::kGlobalImplicit: return finder.found;
                default: break;  // it belongs further out
            }
        }
    } catch (const compiler::CompileFailure&) {
        return std::nullopt;
    } catch (const std::out_of_range&) {
        return std::nullopt;
    }
    return finder.found;
}

}  // namespace refscope::lsp::live
