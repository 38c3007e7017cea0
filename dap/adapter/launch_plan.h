// What a launch request asks for, checked before anything is started: which program, with which
// arguments, where, in which environment, at which console. A plain value.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/dap_types.h"

namespace refscope::dap {

enum class Console { kInternal, kIntegratedTerminal, kExternalTerminal };

struct LaunchPlan {
    std::string title;                      // what clients show as the process's name
    std::vector<std::string> program_args;  // FILE, -m MOD or -c CODE, then the program's own
    std::string cwd;                        // absolute
    std::map<std::string, std::optional<std::string>> env;  // changes; no value: unset
    Console console = Console::kInternal;
};

// Throws protocol::dap::RequestError in words meant for the user.
LaunchPlan make_launch_plan(const protocol::dap::LaunchRequestArguments& arguments);

}  // namespace refscope::dap
