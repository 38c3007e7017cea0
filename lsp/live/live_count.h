// What a stopped program says about one of its variables, asked of the sessions of this machine (`protocol/session_files.h`).
// Blocking, for a few milliseconds at most; any one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace refscope::lsp::live {

struct LiveCount {
    int pid = 0;
    std::string function;         // where the variable lives, as the program names it: "main", "<module>"
    int line = 0;                 // where that frame stands
    std::string type;
    std::string value;
    long long size = 0;           // bytes, sys.getsizeof
    std::optional<long long> refcount;  // none for what the runtime shares
    std::vector<std::string> holders;
};

bool any_session();

// `scope_line` as in `variable_at.h`. Nothing when no session is stopped with that variable in sight.
std::optional<LiveCount> ask_sessions(const std::string& path, const std::string& name, int scope_line);

}  // namespace refscope::lsp::live
