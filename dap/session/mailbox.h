// What other threads want done on the interpreter's: a queue of jobs, run while the program is stopped and at its safe points.
// Posting from any thread; running on the interpreter's thread alone. Lives as long as the session.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace refscope::dap {

class Mailbox {
  public:
    // Also asks a running program for attention, which runs what is there.
    void post(std::function<void()> job);
    void run_next();     // waits for one
    void run_waiting();  // all that are there

  private:
    bool take(std::function<void()>* job, bool wait);

    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::function<void()>> jobs_;
};

}  // namespace refscope::dap
