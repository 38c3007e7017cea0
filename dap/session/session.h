// The debug session: the Debug Adapter Protocol beside the heap that it shows.
//
// It runs on the interpreter's thread: while the program is stopped it serves requests in a loop, also from inside a deallocation; while
// the program runs it is called at the interpreter's safe points. A reader thread only queues messages and asks for attention.
// No request that only reads changes a count, allocates on the program's heap or runs code of the program.
#pragma once

#include <memory>
#include <string>

#include "protocol/tcp.h"
#include "protocol/transport.h"

namespace refscope::dap {

class Session {
  public:
    // With the adapter that started the program.
    explicit Session(std::unique_ptr<protocol::Transport> adapter);
    // With whoever attaches, one after the other; `wait`: the program begins when the first has configured its breakpoints. A token
    // that is not empty must be shown.
    Session(std::unique_ptr<protocol::TcpListener> listener, std::string token, bool wait);
    ~Session();

    // When the runtime is up: serves requests until the client has configured its breakpoints. `program` is what other programs find
    // the session by.
    void begin(const std::string& program);
    void main_ended();
    // Tells the client; nothing is served afterwards.
    void finished(int exit_code);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace refscope::dap
