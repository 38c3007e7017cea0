// Lets other programs of the same person look into a session (an editor's language server, for live counts in its hovers): a
// Unix socket, named in the session's file (`protocol/session_files.h`), which answers `refscope/live`. A question that comes while the
// program is stopped is answered on the interpreter's thread; while it runs, at once and without disturbing it.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <thread>

#include "dap/session/mailbox.h"
#include "protocol/unix_socket.h"

namespace refscope::dap {

class Lookout {
  public:
    // Called on the interpreter's thread, with the arguments of `refscope/live`; gives the body.
    using Answer = std::function<nlohmann::json(const nlohmann::json& arguments)>;

    // Null when the machine offers no place for it (the reason goes to the log): the session does without.
    static std::unique_ptr<Lookout> open(Mailbox& mailbox, std::string program, Answer answer);
    ~Lookout();
    Lookout(const Lookout&) = delete;
    Lookout& operator=(const Lookout&) = delete;

    void set_stopped(bool stopped) { stopped_ = stopped; }

  private:
    struct Visitor;
    Lookout(Mailbox& mailbox, std::unique_ptr<protocol::UnixListener> listener, Answer answer);
    void welcome();

    Mailbox& mailbox_;
    std::unique_ptr<protocol::UnixListener> listener_;
    std::shared_ptr<Answer> answer_;
    std::atomic<bool> stopped_{false};
    std::list<std::shared_ptr<Visitor>> visitors_;  // of the welcoming thread
    std::thread welcoming_;
};

}  // namespace refscope::dap
