#include "dap/session/mailbox.h"

#include "vm/control/control.h"

namespace refscope::dap {

void Mailbox::post(std::function<void()> job) {
    {
        std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    arrived_.notify_one();
    vm::Controller::instance().wake();
    vm::program_output.interrupt();
}

bool Mailbox::take(std::function<void()>* job, bool wait) {
    std::unique_lock lock(mutex_);
    if (wait) arrived_.wait(lock, [this] { return !jobs_.empty(); });
    if (jobs_.empty()) return false;
    *job = std::move(jobs_.front());
    jobs_.pop_front();
    return true;
}

void Mailbox::run_next() {
    std::function<void()> job;
    if (take(&job, true)) job();
}

void Mailbox::run_waiting() {
    std::function<void()> job;
    while (take(&job, false)) job();
}

}  // namespace refscope::dap
