#include "lsp/facts/counts.h"

#include "lsp/facts/run.h"

namespace refscope::lsp::facts {

CountFacts::CountFacts(const syntax::Module& module) : facts_(Run(module).facts()) {}

const CountFact* CountFacts::at(std::uint32_t offset) const {
    auto after = facts_.upper_bound(offset);
    if (after == facts_.begin()) return nullptr;
    const CountFact& fact = std::prev(after)->second;
    // The place behind the last character belongs to the name too.
    return offset <= fact.range.end ? &fact : nullptr;
}

}  // namespace refscope::lsp::facts
