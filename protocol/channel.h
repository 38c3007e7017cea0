// A conversation over a transport: a reader that turns bytes into JSON messages, and a sender that
// may be used from any thread. The channel owns its transport. `start` reads on a thread of its own
// (the callbacks then run there), `run` on the caller's.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <thread>

#include "protocol/framing.h"
#include "protocol/transport.h"

namespace refscope::protocol {

class Channel {
  public:
    struct Callbacks {
        std::function<void(nlohmann::json&&)> on_message;
        std::function<void(FrameProblem, const std::string&)> on_problem;  // may be empty
        std::function<void()> on_end;                                      // may be empty
    };

    explicit Channel(std::unique_ptr<Transport> transport);
    ~Channel();  // closes, and waits for the reader
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    void start(Callbacks callbacks);
    void run(Callbacks callbacks);

    // One whole message at a time; false when the other side is gone.
    bool send_text(std::string_view body);
    bool send(const nlohmann::json& message);

    void close();
    std::string name() const { return transport_->name(); }

  private:
    std::unique_ptr<Transport> transport_;
    std::thread reader_;
};

}  // namespace refscope::protocol
