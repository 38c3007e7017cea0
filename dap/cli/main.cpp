// `refscope`: the one executable. This file turns the command line into a call; what the commands
// do lies in the libraries.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "dap/adapter/session_link.h"
#include "dap/cli/commands.h"
#include "dap/cli/logging.h"

namespace refscope::cli {

namespace {

constexpr int kWrongUsage = 2;

int wrong_usage(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::fprintf(stderr, "refscope: %s\n", text.c_str());
    return kWrongUsage;
}

struct CommandLine {
    CLI::App app{"Runs Python on a virtual machine that shows every reference."};
    CLI::App* run = nullptr;
    CLI::App* dap = nullptr;
    CLI::App* lsp = nullptr;
    CLI::App* demo = nullptr;
    LogOptions log;
    DebugOptions debug;
};

void add_log_options(CLI::App& app, LogOptions& log) {
    app.add_option("--log", log.file, "Write diagnostics to this file")->type_name("FILE");
    app.add_option("--log-level", log.level, "trace, debug, info, warning, error or off")
        ->type_name("LEVEL")
        ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}));
}

void describe(CommandLine& line) {
    CLI::App& app = line.app;
    app.name("refscope");
    app.set_version_flag("--version", "refscope " REFSCOPE_VERSION " (Python 3.11)");
    app.require_subcommand(1);
    add_log_options(app, line.log);

    line.run = app.add_subcommand("run", "Run a program as python3.11 does");
    line.run->footer("Then FILE, -m MOD, -c CODE or - (standard input), and the program's "
                     "arguments.");
    add_log_options(*line.run, line.log);
    auto* listen = line.run
                       ->add_option("--listen", line.debug.listen,
                                    "Let debuggers attach at this address; port 0 picks one")
                       ->type_name("HOST:PORT");
    line.run->add_flag("--wait", line.debug.wait, "Begin when a debugger has attached")
        ->needs(listen);
    line.run
        ->add_option("--token", line.debug.token,
                     "What a debugger must know; needed for other than the loopback address")
        ->type_name("T")
        ->needs(listen);
    line.run
        ->add_option("--memory-limit", line.debug.memory_limit,
                     "The program's heap is at most this large (512MB); beyond it, MemoryError")
        ->type_name("SIZE")
        ->transform(CLI::AsSizeValue(false));
    // Between the adapter and the debuggee; not for people.
    line.run->add_option(dap::kSessionFlag, line.debug.session_fd)->group("");
    line.run->add_option(dap::kSessionConnectFlag, line.debug.session_connect)->group("");

    line.dap = app.add_subcommand("dap", "Speak the Debug Adapter Protocol");
    add_log_options(*line.dap, line.log);
    line.dap->add_option("--listen", line.debug.listen, "On TCP instead of standard input")
        ->type_name("HOST:PORT");
    line.dap
        ->add_option("--token", line.debug.token,
                     "What a client must send; needed for other than the loopback address")
        ->type_name("T");

    line.lsp = app.add_subcommand("lsp", "Speak the Language Server Protocol");
    add_log_options(*line.lsp, line.log);
    line.lsp->add_option("--listen", line.debug.listen, "On TCP instead of standard input")
        ->type_name("HOST:PORT");
    // Editors' clients add it by habit; standard input and output it is anyway.
    line.lsp->add_flag("--stdio")->group("");

    line.demo = app.add_subcommand("demo", "Debug a program with a reference cycle on the terminal");
}

int dispatch(const CommandLine& line, const RunArguments& program) {
    if (*line.dap) return dap_command(line.debug.listen, line.debug.token);
    if (*line.lsp) return lsp_command(line.debug.listen);
    if (*line.demo) return demo_command();
    if (!program.has_program) {
        return wrong_usage("run needs a program: FILE, -m MOD, -c CODE or - (see refscope run "
                           "--help)");
    }
    return run_command(program, line.debug);
}

int main(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    if (std::filesystem::path(argv[0]).filename().string().starts_with("python")) return python_command(argv[0], words);
    if (words.empty()) {
        return wrong_usage("a command is needed: run, dap or lsp (see refscope --help)");
    }
    RunArguments program;
    auto run = std::find(words.begin(), words.end(), "run");
    // Options of the program itself may precede the command; none of them takes "run" as a value.
    if (run != words.end() &&
        std::all_of(words.begin(), run, [](auto& word) { return word != "dap" && word != "lsp"; })) {
        try {
            program = split_run_arguments({run + 1, words.end()});
        } catch (const std::exception& error) {
            return wrong_usage(error.what());
        }
        words.erase(run + 1, words.end());
        words.insert(words.end(), program.own.begin(), program.own.end());
    }

    auto command = std::find_if(words.begin(), words.end(),
                                [](const std::string& word) { return !word.starts_with("-"); });
    bool is_first = command == words.begin();
    if (is_first && *command != "run" && *command != "dap" && *command != "lsp" && *command != "demo") {
        return wrong_usage("there is no command '" + *command + "': run, dap, lsp or demo");
    }

    CommandLine line;
    describe(line);
    std::reverse(words.begin(), words.end());  // the form in which the parser takes them
    try {
        line.app.parse(words);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return line.app.exit(error);
        return wrong_usage(error.what());
    }
    try {
        start_logging(line.log);
    } catch (const std::exception& error) {
        return wrong_usage("--log: " + std::string(error.what()));
    }
    int status = dispatch(line, program);
    stop_logging();
    return status;
}

}  // namespace

std::string own_path() {
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::string("/proc/self/exe") : path.string();
}

}  // namespace refscope::cli

int main(int argc, char** argv) { return refscope::cli::main(argc, argv); }
