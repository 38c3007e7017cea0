// Keeps the order between what the program writes to standard output and to standard error: two pipes have none of their own.
// Before the program turns from one to the other, the adapter is asked to take what is there (`refscope/drain`), and the
// write waits for its answer. Lives as long as the session; there is one in a process. The waiting is done on the
// interpreter's thread, the answer comes on the reader's.
#pragma once

#include <condition_variable>
#include <mutex>

#include "protocol/dap_peer.h"

namespace refscope::dap {

class OutputOrder {
  public:
    explicit OutputOrder(protocol::dap::DapPeer& peer);
    ~OutputOrder();
    OutputOrder(const OutputOrder&) = delete;
    OutputOrder& operator=(const OutputOrder&) = delete;

    // The other side is gone, or is no adapter: nothing is asked any more.
    void stop();

  private:
    void before_write(int descriptor);
    void drain();

    protocol::dap::DapPeer& peer_;
    std::mutex mutex_;
    std::condition_variable answered_;
    bool waiting_ = false;
    bool stopped_ = false;
    int last_descriptor_ = 0;
};

}  // namespace refscope::dap
