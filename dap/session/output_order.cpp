#include "dap/session/output_order.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "vm/control/control.h"

namespace refscope::dap {

namespace {

// An adapter that does not answer is busy with a client that does not read; the order is then given up, not the program.
constexpr auto kPatience = std::chrono::seconds(5);

}  // namespace

OutputOrder::OutputOrder(protocol::dap::DapPeer& peer) : peer_(peer) {
    vm::program_output.before_write = [this](int descriptor) { before_write(descriptor); };
}

OutputOrder::~OutputOrder() {
    vm::program_output.before_write = nullptr;
}

void OutputOrder::stop() {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    answered_.notify_all();
}

void OutputOrder::before_write(int descriptor) {
    if (last_descriptor_ == descriptor) return;
    bool is_first = last_descriptor_ == 0;
    last_descriptor_ = descriptor;
    if (!is_first) drain();
}

void OutputOrder::drain() {
    {
        std::lock_guard lock(mutex_);
        if (stopped_) return;
        waiting_ = true;
    }
    peer_.send_request("refscope/drain", nlohmann::json(), [this](const protocol::dap::ResponseView& response) {
        std::lock_guard lock(mutex_);
        waiting_ = false;
        if (!response.success) stopped_ = true;
        answered_.notify_all();
    });
    std::unique_lock lock(mutex_);
    answered_.wait_for(lock, kPatience, [this] { return !waiting_ || stopped_; });
}

}  // namespace refscope::dap
