// `refscope dap`: the adapter as a server on standard input and output, or on a TCP port where it
// serves one client after the other. Runs on the calling thread until it is done.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace refscope::dap {

struct ServerOptions {
    // HOST:PORT; nothing: standard input and output.
    std::optional<std::string> listen;
    // What clients must send along. Without one only the loopback address can be listened on.
    std::string token;
    // How a debuggee is started, in front of the arguments of `run`: this executable and "run".
    std::vector<std::string> debuggee_command;
};

// The exit status. What went wrong is one line on standard error.
int run_server(const ServerOptions& options);

}  // namespace refscope::dap
