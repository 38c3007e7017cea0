// What the subcommands do once the command line is understood. Each returns the exit status; an
// error that concerns the user is one line on standard error.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dap/cli/run_arguments.h"

namespace refscope::cli {

// How a program is run and debugged.
struct DebugOptions {
    std::string listen;           // HOST:PORT; empty: none
    std::string token;            // what a client from elsewhere must send
    bool wait = false;            // the program waits for a client
    int session_fd = -1;          // the adapter's socket, inherited
    std::string session_connect;  // or the path of one
    std::size_t memory_limit = 0;  // bytes; 0: none
};

int run_command(const RunArguments& program, const DebugOptions& debug);
// Under the name of python: its own command line.
int python_command(const std::string& called_as, const std::vector<std::string>& arguments);
int dap_command(const std::string& listen, const std::string& token);
int lsp_command(const std::string& listen);
int demo_command();

// This executable, by a path that stays good when the working folder changes.
std::string own_path();
// What sys.executable names: the link beside the executable under which it takes python's command line; without one, the executable.
inline constexpr const char* kPythonName = "python3.11";
std::string python_path();

}  // namespace refscope::cli
