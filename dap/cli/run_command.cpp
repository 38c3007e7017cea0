#include <fcntl.h>

#include <cstdio>
#include <memory>

#include "dap/cli/commands.h"
#include "dap/session/session.h"
#include "protocol/tcp.h"
#include "protocol/transport.h"
#include "protocol/unix_socket.h"
#include "vm/control/control.h"
#include "vm/host/host.h"
#include "vm/inspect/audit.h"
#include "vm/modules/main_program.h"
#include "vm/modules/sys_module.h"

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

// The session, if there is to be one. False: it was asked for and cannot be had.
bool open_session(const DebugOptions& debug, std::unique_ptr<dap::Session>* session) {
    if (debug.session_fd >= 0) {
        fcntl(debug.session_fd, F_SETFD, FD_CLOEXEC);
        *session = std::make_unique<dap::Session>(
            protocol::make_fd_transport(debug.session_fd, debug.session_fd, true, "adapter"));
    } else if (!debug.session_connect.empty()) {
        std::string problem;
        auto transport = protocol::connect_unix_socket(debug.session_connect, problem);
        if (!transport) {
            std::fprintf(stderr, "refscope: cannot reach the debug adapter: %s\n", problem.c_str());
            return false;
        }
        *session = std::make_unique<dap::Session>(std::move(transport));
    } else if (!debug.listen.empty()) {
        try {
            auto listener = std::make_unique<protocol::TcpListener>(protocol::parse_listen_address(debug.listen), !debug.token.empty());
            std::fprintf(stderr, "refscope: listening on %s\n", listener->address().c_str());
            *session = std::make_unique<dap::Session>(std::move(listener), debug.token, debug.wait);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "refscope: --listen: %s\n", error.what());
            return false;
        }
    }
    return true;
}

}  // namespace

int run_command(const RunArguments& arguments, const DebugOptions& debug) {
    vm::MainProgram program;
    program.kind = to_vm(arguments.kind);
    program.program = arguments.program;
    program.args = arguments.args;
    program.executable = python_path();
    program.shown_name = arguments.shown_name;
    program.original_argv = arguments.original_argv;
    program.memory_limit = debug.memory_limit;

    std::unique_ptr<dap::Session> session;
    if (!open_session(debug, &session)) return debug.listen.empty() ? 1 : 2;
    program.line_buffered_output = session != nullptr && debug.listen.empty();
    bool balanced = true;
    vm::program_output.flush = [] { vm::sys_flush_standard_streams(); };
    vm::program_output.interrupt = [] { vm::host().interrupt(); };
    vm::before_standard_write = [](int descriptor) {
        if (vm::program_output.before_write) vm::program_output.before_write(descriptor);
    };
    program.started = [&] {
        if (session) session->begin(arguments.program);
    };
    program.main_ended = [&] {
        if (session) session->main_ended();
#ifdef REFSCOPE_CHECKS
        balanced = vm::report_audit("at the end of the program");
#endif
    };
    program.finished = [&](int exit_code) {
        if (session) session->finished(exit_code);
    };
    int status = vm::run_main_program(program);
    // A ledger that does not balance is a failure of the VM, whatever the program did.
    return balanced ? status : 70;
}

}  // namespace refscope::cli
