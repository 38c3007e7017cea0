// How other programs find the sessions of one person: each leaves `PID.json` in `$XDG_RUNTIME_DIR/refscope` (without that
// variable in `/tmp/refscope-UID`), which names the Unix socket that it answers on. The folder and the files are their
// owner's alone. The form and the requests are described in `protocol/README.md`.
#pragma once

#include <string>
#include <vector>

namespace refscope::protocol {

struct SessionFile {
    int pid = 0;
    std::string program;  // absolute path, or what was given in place of one
    std::string socket;
};

std::string sessions_folder();
// The same, made if need be. Throws std::runtime_error when it cannot be made or others can use it.
std::string make_sessions_folder();

// Writes the file of this process, at once whole. Throws std::runtime_error.
void write_session_file(const SessionFile& session);
void remove_session_file(int pid);

// The sessions of processes that live; files of dead ones are skipped.
std::vector<SessionFile> list_sessions();

}  // namespace refscope::protocol
