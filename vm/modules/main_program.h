// Running a program from start to end: what `refscope run` does.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace refscope::vm {

enum class ProgramKind { kFile, kModule, kCode, kStdin };

struct MainProgram {
    ProgramKind kind = ProgramKind::kFile;
    std::string program;             // path, module name or code
    std::vector<std::string> args;   // sys.argv[1:]
    std::string executable;          // sys.executable
    std::vector<std::string> original_argv;  // sys.orig_argv; empty: executable and what became sys.argv
    std::string shown_name = "refscope";     // of the executable, in messages
    size_t memory_limit = 0;         // bytes; 0: none
    bool line_buffered_output = false;  // somebody watches: lines leave as they are written
    // Called on the interpreter thread when the runtime is up and before the program is compiled, when its main code has ended (its
    // exceptions are reported already), and when everything is torn down.
    std::function<void()> started;
    std::function<void()> main_ended;
    std::function<void(int exit_code)> finished;
};

// The exit status. Runs once in a process.
int run_main_program(const MainProgram& program);

}  // namespace refscope::vm
