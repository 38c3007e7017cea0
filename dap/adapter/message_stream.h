// Framed JSON messages over descriptors, asynchronous on one io_context: the adapter's streams to
// its client and to the session. Belongs to the io_context's thread. Owns its descriptors; callbacks
// are not called after it is destroyed.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "protocol/framing.h"

namespace boost::asio {
class io_context;
}

namespace refscope::dap {

class MessageStream {
  public:
    struct Callbacks {
        std::function<void(nlohmann::json&&)> on_message;
        std::function<void(protocol::FrameProblem, const std::string&)> on_problem;
        std::function<void()> on_end;  // once
    };

    // The two descriptors may be one.
    MessageStream(boost::asio::io_context& io, int read_fd, int write_fd, std::string name);
    ~MessageStream();
    MessageStream(const MessageStream&) = delete;
    MessageStream& operator=(const MessageStream&) = delete;

    void start(Callbacks callbacks);
    void send(const nlohmann::json& message);

    // What the other side has not taken yet; `on_room` is called when that has become little.
    std::size_t queued_bytes() const;
    void on_room(std::function<void()> callback);
    void pause_reading(bool paused);

    // Sends what is queued, then closes; `done` is called at the end or after a second.
    void finish(std::function<void()> done);

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace refscope::dap
