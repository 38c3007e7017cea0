#include <cstdio>
#include <exception>
#include <memory>

#include "dap/cli/commands.h"
#include "lsp/server.h"
#include "protocol/tcp.h"

namespace refscope::cli {

int lsp_command(const std::string& listen) {
    lsp::ServerOptions options;
    options.version = REFSCOPE_VERSION;
    if (listen.empty()) return lsp::serve(protocol::make_stdio_transport(), options);

    std::unique_ptr<protocol::TcpListener> listener;
    try {
        listener = std::make_unique<protocol::TcpListener>(protocol::parse_listen_address(listen), false);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "refscope: --listen: %s\n", error.what());
        return 2;
    }
    std::fprintf(stderr, "refscope: listening on %s\n", listener->address().c_str());
    // One client, as an editor that starts its server wants it: the conversation's end is the process's.
    auto transport = listener->accept();
    if (transport == nullptr) return 1;
    return lsp::serve(std::move(transport), options);
}

}  // namespace refscope::cli
