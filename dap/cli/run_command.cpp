#include <cstdio>

#include "dap/cli/commands.h"

namespace refscope::cli {

int run_command(const RunArguments& program, const DebugOptions& debug) {
    std::fprintf(stderr, "refscope: this build has no virtual machine\n");
    return 1;
}

}  // namespace refscope::cli
