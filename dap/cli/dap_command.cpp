#include "dap/adapter/server.h"
#include "dap/cli/commands.h"

namespace refscope::cli {

int dap_command(const std::string& listen, const std::string& token) {
    dap::ServerOptions options;
    if (!listen.empty()) options.listen = listen;
    options.token = token;
    options.debuggee_command = {own_path(), "run"};
    return dap::run_server(options);
}

}  // namespace refscope::cli
