// Interner: one copy in the arena of each name of a tree, so that equal names have equal pointers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "vm/base/arena.h"

namespace refscope::syntax {

class Interner {
  public:
    explicit Interner(base::Arena& arena) : arena_(arena), slots_(256) {}

    std::string_view intern(std::string_view text) {
        const std::uint32_t hash = hash_of(text);
        for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
            Slot& slot = slots_[at];
            if (slot.text.data() == nullptr) {
                slot = {arena_.copy(text), hash};
                const std::string_view result = slot.text;
                if (++used_ * 2 > slots_.size()) grow();
                return result;
            }
            if (slot.hash == hash && slot.text == text) return slot.text;
        }
    }

  private:
    struct Slot {
        std::string_view text;
        std::uint32_t hash = 0;
    };
    static std::uint32_t hash_of(std::string_view text) {
        std::uint32_t hash = 2166136261U;
        for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
        return hash;
    }
    void grow() {
        std::vector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        for (const Slot& slot : old) {
            if (slot.text.data() == nullptr) continue;
            std::size_t at = slot.hash & (slots_.size() - 1);
            while (slots_[at].text.data() != nullptr) at = (at + 1) & (slots_.size() - 1);
            slots_[at] = slot;
        }
    }

    base::Arena& arena_;
    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

}  // namespace refscope::syntax
