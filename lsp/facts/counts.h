// What the source alone says about reference counts: for each name on a line of the file, the count after that line,
// found by an abstract run of the file (run.h). Made once for a version of a document and asked many times; it owns its
// strings, so the tree may go. Immutable when made; any thread may read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "vm/syntax/ast.h"

namespace refscope::lsp::facts {

struct CountFact {
    std::string name;
    syntax::Range range;  // of the name that was asked about
    int line = 0;         // the facts hold after the statement that ends on this line
    std::string type;     // "list"; empty when it is not known
    std::string count;    // "refcount 2", "refcount 2 → 1", "refcount ≥ 1", "references 1–2", "refcount unknown", "shared"
    std::string note;     // the reason, where there is no number; else what happens here
    std::vector<std::string> holders;  // by the source's names
};

class CountFacts {
  public:
    explicit CountFacts(const syntax::Module& module);

    // Nothing when no name that the code binds stands at this offset.
    const CountFact* at(std::uint32_t offset) const;
    const std::map<std::uint32_t, CountFact>& all() const { return facts_; }  // by where the name begins

  private:
    std::map<std::uint32_t, CountFact> facts_;
};

}  // namespace refscope::lsp::facts
