// Names while compiling: class-private mangling and storage for names that the source does not contain.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace refscope::compiler {

/// Keeps the text of names alive for one compilation.
class NameStore {
  public:
    std::string_view keep(std::string text) { return *texts_.insert(std::move(text)).first; }

    /// `__name` inside class `_Owner` is `_Owner__name`; the owner may be empty.
    std::string_view mangle(std::string_view owner, std::string_view name) {
        if (owner.empty() || name.size() < 2 || name[0] != '_' || name[1] != '_') return name;
        if (name.ends_with("__") || name.find('.') != std::string_view::npos) return name;
        size_t start = owner.find_first_not_of('_');
        if (start == std::string_view::npos) return name;
        return keep("_" + std::string(owner.substr(start)) + std::string(name));
    }

  private:
    std::unordered_set<std::string> texts_;
};

}  // namespace refscope::compiler
