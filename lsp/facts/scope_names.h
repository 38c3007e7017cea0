// Which names each block of a file binds, which live in cells, and which functions reach into the module's names: what
// the abstract run needs before it starts. Works on tolerant trees and on trees of any depth. Keyed by the tree's
// interned names and its nodes, which must outlive it; immutable when built, any thread may read.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "vm/syntax/ast.h"

namespace refscope::lsp::facts {

enum class BlockKind : std::uint8_t { kModule, kFunction, kClass, kComprehension };

struct Block {
    BlockKind kind = BlockKind::kModule;
    const syntax::Node* node = nullptr;
    Block* parent = nullptr;
    std::vector<Block*> children;

    std::vector<std::string_view> names;                     // a slot of the frame for each
    std::unordered_map<const char*, std::uint32_t> slots;    // by the interned text
    std::unordered_map<const char*, std::uint32_t> bindings;  // in how many places a name is bound
    std::unordered_set<const char*> globals;                 // declared so
    std::unordered_set<const char*> nonlocals;
    std::unordered_map<const char*, std::string_view> used;
    std::unordered_set<const char*> cells;                   // bound here, used by blocks inside
    std::vector<std::string_view> frees;                     // cells of blocks around
    bool generator = false;
    bool coroutine = false;
    bool uses_class_cell = false;  // `super` or `__class__`

    bool binds(std::string_view name) const { return slots.count(name.data()) != 0; }
    bool is_free(std::string_view name) const;
};

class ScopeNames {
  public:
    explicit ScopeNames(const syntax::Module& module);

    const Block& module() const { return *blocks_.front(); }
    const Block* of(const syntax::Node* node) const;

    // The module's names that functions read or rebind: what a call of code unknown may touch.
    bool read_in_functions(std::string_view name) const { return read_.count(name.data()) != 0; }
    bool rebound_in_functions(std::string_view name) const { return rebound_.count(name.data()) != 0; }

    // The file gets hold of running frames, by itself or through a module for that.
    bool mentions_frames() const { return mentions_frames_; }

  private:
    friend class BlockBuilder;
    void resolve();

    std::vector<std::unique_ptr<Block>> blocks_;
    std::unordered_map<const syntax::Node*, Block*> by_node_;
    std::unordered_set<const char*> read_, rebound_;
    bool mentions_frames_ = false;
};

}  // namespace refscope::lsp::facts
