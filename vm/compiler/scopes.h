// Scopes: which variable each name of each block means, found before code is generated (CPython's symtable). Also the place of
// the errors that only a whole block shows: names used before `global`, `nonlocal` without a binding, duplicate
// arguments. Built once for a tree; keyed by the nodes of that tree.
#pragma once

#include <deque>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vm/compiler/failure.h"
#include "vm/compiler/names.h"
#include "vm/syntax/ast.h"

namespace refscope::compiler {

enum SymbolFlag : uint32_t {
    kGlobalStatement = 1 << 0,
    kAssigned = 1 << 1,
    kParameter = 1 << 2,
    kNonlocalStatement = 1 << 3,
    kUsed = 1 << 4,
    kFreeInClass = 1 << 5,  // local of a class body and free in a method
    kImported = 1 << 6,
    kAnnotated = 1 << 7,
    kComprehensionTarget = 1 << 8,
    kBound = kAssigned | kParameter | kImported,
};

/// Where a name's value lives, seen from one block.
enum class Reach : uint8_t { kUnknown, kLocal, kGlobalExplicit, kGlobalImplicit, kFree, kCell };

struct Symbol {
    std::string_view name;
    uint32_t flags = 0;
    Reach reach = Reach::kUnknown;
};

enum class BlockKind : uint8_t { kModule, kClass, kFunction, kAnnotation };
enum class ComprehensionKind : uint8_t { kNone, kList, kSet, kDict, kGenerator };

class Scope {
  public:
    BlockKind block = BlockKind::kModule;
    ComprehensionKind comprehension = ComprehensionKind::kNone;
    bool nested = false;
    bool has_free = false;
    bool child_has_free = false;
    bool generator = false;
    bool coroutine = false;
    bool varargs = false;
    bool varkeywords = false;
    bool needs_class_cell = false;
    bool in_target = false;   // while the target of a comprehension is visited
    int in_iterable = 0;      // depth of comprehension iterables around
    bytecode::Position at;
    std::vector<std::string_view> parameters;  // in the order of the slots
    std::vector<Scope*> children;
    std::vector<std::pair<std::string_view, bytecode::Position>> directives;  // of global and nonlocal statements

    Symbol* find(std::string_view name) {
        auto found = index_.find(name);
        return found == index_.end() ? nullptr : &symbols_[found->second];
    }
    Symbol& get(std::string_view name) {
        auto [found, inserted] = index_.try_emplace(name, symbols_.size());
        if (inserted) symbols_.push_back({name, 0, Reach::kUnknown});
        return symbols_[found->second];
    }
    uint32_t flags_of(std::string_view name) {
        Symbol* symbol = find(name);
        return symbol ? symbol->flags : 0;
    }
    Reach reach_of(std::string_view name) {
        Symbol* symbol = find(name);
        return symbol ? symbol->reach : Reach::kUnknown;
    }
    std::deque<Symbol>& symbols() { return symbols_; }

  private:
    std::deque<Symbol> symbols_;  // in the order of first mention; stable addresses
    std::unordered_map<std::string_view, size_t> index_;
};

class ScopeTable {
  public:
    /// Throws CompileFailure.
    ScopeTable(const syntax::ModNode* tree, NameStore& names, bool annotations_are_text);

    Scope* of(const void* node) const { return by_node_.at(node); }
    Scope* top() const { return scopes_.front().get(); }

  private:
    friend class ScopeBuilder;
    std::vector<std::unique_ptr<Scope>> scopes_;
    std::unordered_map<const void*, Scope*> by_node_;
};

}  // namespace refscope::compiler
