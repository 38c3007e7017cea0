#include "lsp/facts/counts.h"

namespace refscope::lsp::facts {

std::optional<CountFact> count_at(const syntax::Module&, const base::SourceText&, std::uint32_t) {
    return std::nullopt;
}

}  // namespace refscope::lsp::facts
