// The debug session: the Debug Adapter Protocol beside the heap that it shows.
//
// It runs on the interpreter's thread: while the program is stopped it serves requests in a loop, also from inside a deallocation; while
// the program runs it is called at the interpreter's safe points. A reader thread only queues messages and asks for attention.
// No request that only reads changes a count, allocates on the program's heap or runs code of the program.
#pragma once

#include <memory>

#include "protocol/transport.h"

namespace refscope::dap {

class Session {
  public:
    explicit Session(std::unique_ptr<protocol::Transport> transport);
    ~Session();

    // When the runtime is up: serves requests until the client has configured its breakpoints.
    void begin();
    void main_ended();
    // Tells the client; nothing is served afterwards.
    void finished(int exit_code);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace refscope::dap
