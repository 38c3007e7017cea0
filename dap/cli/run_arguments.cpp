#include "dap/cli/run_arguments.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "dap/adapter/session_link.h"

namespace refscope::cli {

namespace {

bool takes_value(std::string_view option) {
    constexpr std::string_view kWithValue[] = {"--listen", "--token", "--log", "--log-level",
                                               "--memory-limit", dap::kSessionFlag, dap::kSessionConnectFlag};
    return std::find(std::begin(kWithValue), std::end(kWithValue), option) !=
           std::end(kWithValue);
}

}  // namespace

RunArguments split_run_arguments(const std::vector<std::string>& arguments) {
    RunArguments out;
    std::size_t i = 0;
    auto rest_from = [&](std::size_t from) {
        out.has_program = true;
        out.args.assign(arguments.begin() + static_cast<std::ptrdiff_t>(from), arguments.end());
        return out;
    };
    for (; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (word == "-") {
            out.kind = ProgramKind::kStdin;
            return rest_from(i + 1);
        }
        if (word.starts_with("-m") || word.starts_with("-c")) {
            out.kind = word[1] == 'm' ? ProgramKind::kModule : ProgramKind::kCode;
            if (word.size() > 2) {
                out.program = word.substr(2);
                return rest_from(i + 1);
            }
            if (i + 1 == arguments.size()) {
                throw std::invalid_argument(word + (word == "-m" ? " needs a module's name"
                                                                 : " needs the program's text"));
            }
            out.program = arguments[i + 1];
            return rest_from(i + 2);
        }
        if (word.empty() || word[0] != '-') {
            out.kind = ProgramKind::kFile;
            out.program = word;
            return rest_from(i + 1);
        }
        out.own.push_back(word);
        if (takes_value(word) && i + 1 < arguments.size()) out.own.push_back(arguments[++i]);
    }
    return out;
}

}  // namespace refscope::cli
