// What the source alone says about reference counts: the question of a place in a file, answered
// by running its straight-line code over abstract objects (`abstract_run.h`) up to that line. The
// answer owns its strings. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vm/base/source_text.h"
#include "vm/syntax/ast.h"

namespace refscope::lsp::facts {

struct CountFact {
    std::string name;
    syntax::Range range;  // of the name that was asked about
    int line = 0;         // the facts hold after the statement on this line
    std::string type;     // "list"; empty when it is not known
    std::string count;    // "refcount 2", "refcount 2 → 1", "refcount ≥ 1", "refcount unknown", "shared"
    std::string note;     // the reason, where there is no number
    std::vector<std::string> holders;  // by the source's names
};

// Nothing when there is no name at this offset that the code binds.
std::optional<CountFact> count_at(const syntax::Module& module, const base::SourceText& source,
                                  std::uint32_t offset);

}  // namespace refscope::lsp::facts
