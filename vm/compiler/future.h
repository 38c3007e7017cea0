// `from __future__ import …` at the start of a module.
#pragma once

#include <cstdint>

#include "vm/syntax/ast.h"

namespace refscope::compiler {

struct FutureFeatures {
    uint32_t flags = 0;  // CodeFlags
    int last_line = -1;  // of the last such import
};

/// Throws CompileFailure for unknown features and for imports after other statements.
FutureFeatures find_future_features(const syntax::ModNode* tree);

}  // namespace refscope::compiler
