// Walking trees without naming each node kind: visit() dispatches on the kind, for_each_child()
// goes one level down in the order of the ASDL's fields. Borrow the tree; nothing is allocated.
#pragma once

#include <type_traits>

#include "vm/syntax/ast.h"

namespace refscope::syntax {

// Calls f with the node as its own type.
template <class F>
decltype(auto) visit(const Node& node, F&& f) {
    switch (node.kind) {
#define REFSCOPE_X(kind, name) \
    case NodeKind::kind: return f(static_cast<const kind&>(node));
        REFSCOPE_AST_KINDS(REFSCOPE_X)
#undef REFSCOPE_X
    }
    __builtin_unreachable();
}

namespace detail {

template <class T>
inline constexpr bool kIsNodePointer =
    std::is_pointer_v<T>&& std::is_base_of_v<Node, std::remove_pointer_t<T>>;

template <class T, class F>
void visit_field(const T& value, F& f) {
    if constexpr (kIsNodePointer<T>) {
        if (value != nullptr) f(static_cast<const Node&>(*value));
    }
}
template <class T, class F>
void visit_field(const Sequence<T>& values, F& f) {
    if constexpr (kIsNodePointer<T>) {
        for (const T& value : values) visit_field(value, f);
    }
}

}  // namespace detail

// Calls f(const Node&) for each child that is there.
template <class F>
void for_each_child(const Node& node, F&& f) {
    visit(node, [&](const auto& typed) {
        using T = std::decay_t<decltype(typed)>;
        if constexpr (!std::is_same_v<T, Constant>) {
            typed.for_each_field(
                [&](const char*, const auto& value) { detail::visit_field(value, f); });
        }
    });
}

}  // namespace refscope::syntax
