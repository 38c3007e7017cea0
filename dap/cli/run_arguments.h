// The command line of `refscope run`: what is Refscope's own and what is the program's. As with
// `python3.11`, everything after FILE, -m MOD, -c CODE or - belongs to the program, options included.
#pragma once

#include <string>
#include <vector>

namespace refscope::cli {

enum class ProgramKind { kFile, kModule, kCode, kStdin };

struct RunArguments {
    std::vector<std::string> own;  // to be parsed as options
    bool has_program = false;
    ProgramKind kind = ProgramKind::kFile;
    std::string program;            // path, module name or code
    std::vector<std::string> args;  // sys.argv[1:]
    std::string shown_name = "refscope";     // how messages name the executable
    std::vector<std::string> original_argv;  // sys.orig_argv, when it is not to be made up
};

// Throws std::invalid_argument for -m or -c without a value.
RunArguments split_run_arguments(const std::vector<std::string>& arguments);

}  // namespace refscope::cli
