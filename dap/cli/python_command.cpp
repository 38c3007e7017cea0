#include <sys/stat.h>

#include <cstdio>

#include "dap/cli/commands.h"
#include "dap/cli/python_arguments.h"
#include "vm/objects/int.h"

namespace refscope::cli {

namespace {

constexpr const char* kUsage =
    "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n"
    "Options, with python's own meaning: -b -B -c -d -E -h -i -I -m -O -P -q -s -S -u -v -V -W -X\n";

}  // namespace

std::string python_path() {
    const std::string own = own_path();
    const std::string beside = own.substr(0, own.rfind('/') + 1) + kPythonName;
    struct stat status;
    return stat(beside.c_str(), &status) == 0 ? beside : own;
}

int python_command(const std::string& called_as, const std::vector<std::string>& arguments) {
    PythonArguments python = read_python_arguments(arguments);
    if (!python.problem.empty()) {
        std::fprintf(stderr, "%s\n", python.problem.c_str());
        std::fprintf(stderr, kUsage, called_as.c_str());
        return 2;
    }
    if (python.show_help) {
        std::printf(kUsage, called_as.c_str());
        return 0;
    }
    if (python.show_version) {
        std::printf("Python 3.11.2\n");
        return 0;
    }
    vm::interpreter_flags = python.flags;
    if (python.flags.int_max_str_digits >= 0) vm::int_max_str_digits = python.flags.int_max_str_digits;
    python.program.shown_name = python_path();
    python.program.original_argv = arguments;
    python.program.original_argv.insert(python.program.original_argv.begin(), called_as);
    return run_command(python.program, DebugOptions{});
}

}  // namespace refscope::cli
