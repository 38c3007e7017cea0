// The command line of python3.11 itself, for when Refscope is called by that name: `python3.11 -I -c CODE`. What sys.executable names is
// called so by programs that start themselves anew.
#pragma once

#include <string>
#include <vector>

#include "dap/cli/run_arguments.h"
#include "vm/modules/interpreter_flags.h"

namespace refscope::cli {

struct PythonArguments {
    RunArguments program;
    vm::InterpreterFlags flags;
    bool show_version = false, show_help = false;
    std::string problem;  // not empty: wrong usage
};

// `arguments` without the program's own name. The environment's PYTHON… variables are read unless -E or -I forbids it.
PythonArguments read_python_arguments(const std::vector<std::string>& arguments);

}  // namespace refscope::cli
