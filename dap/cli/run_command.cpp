#include <cstdio>

#include "dap/cli/commands.h"
#include "vm/modules/main_program.h"

namespace refscope::cli {

namespace {

vm::ProgramKind to_vm(ProgramKind kind) {
    switch (kind) {
        case ProgramKind::kFile: return vm::ProgramKind::kFile;
        case ProgramKind::kModule: return vm::ProgramKind::kModule;
        case ProgramKind::kCode: return vm::ProgramKind::kCode;
        case ProgramKind::kStdin: return vm::ProgramKind::kStdin;
    }
    return vm::ProgramKind::kFile;
}

}  // namespace

int run_command(const RunArguments& arguments, const DebugOptions& debug) {
    vm::MainProgram program;
    program.kind = to_vm(arguments.kind);
    program.program = arguments.program;
    program.args = arguments.args;
    program.executable = own_path();
    program.memory_limit = debug.memory_limit;
    return vm::run_main_program(program);
}

}  // namespace refscope::cli
