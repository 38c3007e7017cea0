#include "dap/adapter/launch_plan.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "protocol/dap_peer.h"

namespace refscope::dap {

namespace fs = std::filesystem;
using protocol::dap::LaunchRequestArguments;

namespace {

[[noreturn]] void refuse(const std::string& text) {
    throw protocol::dap::RequestError("launch: " + text, true);
}

std::string checked_folder(const LaunchRequestArguments& arguments) {
    std::error_code error;
    fs::path here = fs::current_path(error);
    if (!arguments.cwd || arguments.cwd->empty()) return here.string();
    fs::path folder = here / *arguments.cwd;
    if (!fs::exists(folder, error)) refuse("the folder " + folder.string() + " does not exist");
    if (!fs::is_directory(folder, error)) refuse(folder.string() + " is not a folder");
    if (::access(folder.c_str(), X_OK) != 0) {
        refuse("the folder " + folder.string() + " cannot be entered");
    }
    return folder.string();
}

std::string checked_program(const std::string& program, const std::string& cwd) {
    if (program.empty()) refuse("program is empty");
    std::error_code error;
    fs::path path = fs::path(cwd) / program;
    if (!fs::exists(path, error)) refuse("the program " + path.string() + " does not exist");
    if (fs::is_directory(path, error) && !fs::exists(path / "__main__.py", error)) {
        refuse("the program " + path.string() + " is a folder without a __main__.py");
    }
    if (::access(path.c_str(), R_OK) != 0) {
        refuse("the program " + path.string() + " cannot be read");
    }
    return program;
}

Console checked_console(const std::string& name) {
    if (name == "internalConsole") return Console::kInternal;
    if (name == "integratedTerminal") return Console::kIntegratedTerminal;
    if (name == "externalTerminal") return Console::kExternalTerminal;
    refuse("console must be internalConsole, integratedTerminal or externalTerminal, not '" +
           name + "'");
}

}  // namespace

LaunchPlan make_launch_plan(const LaunchRequestArguments& arguments) {
    int kinds = static_cast<int>(arguments.program.has_value()) +
                static_cast<int>(arguments.module.has_value()) +
                static_cast<int>(arguments.code.has_value());
    if (kinds == 0) refuse("one of program, module or code is needed");
    if (kinds > 1) refuse("only one of program, module and code can be given");

    LaunchPlan plan;
    plan.cwd = checked_folder(arguments);
    if (arguments.program) {
        plan.title = fs::path(*arguments.program).filename().string();
        plan.program_args = {checked_program(*arguments.program, plan.cwd)};
    } else if (arguments.module) {
        if (arguments.module->empty()) refuse("module is empty");
        plan.title = *arguments.module;
        plan.program_args = {"-m", *arguments.module};
    } else {
        plan.title = "-c";
        plan.program_args = {"-c", *arguments.code};
    }
    if (arguments.args) {
        for (const auto& arg : *arguments.args) plan.program_args.push_back(arg);
    }
    for (const auto& text : plan.program_args) {
        if (text.find('\0') != std::string::npos) refuse("an argument contains a NUL character");
    }
    if (arguments.env) {
        for (const auto& [name, value] : *arguments.env) {
            if (name.empty() || name.find('=') != std::string::npos) {
                refuse("'" + name + "' is not a name for an environment variable");
            }
            plan.env[name] = value.value;
        }
    }
    if (arguments.console) plan.console = checked_console(*arguments.console);
    return plan;
}

}  // namespace refscope::dap
