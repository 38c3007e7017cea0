#include <cstdio>

#include "dap/cli/commands.h"

namespace refscope::cli {

int lsp_command(const std::string& listen) {
    std::fprintf(stderr, "refscope: this build has no language server\n");
    return 1;
}

}  // namespace refscope::cli
