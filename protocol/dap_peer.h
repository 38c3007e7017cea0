// One side of a Debug Adapter Protocol conversation, without I/O: messages come in through
// `receive`, go out through the send function. It numbers what it sends, matches responses, and
// sees to it that every request gets exactly one response, whatever its handler does: a reply that
// is dropped unanswered answers with an error by itself.
//
// `receive` and registration belong to one thread at a time (responses may be received on another:
// their handlers then run there); replies, events and requests may be
// sent from any thread. Replies stay usable after the peer is gone (they then go nowhere).
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace refscope::protocol::dap {

// Thrown by a handler: becomes the error response. `show_user` asks the client to show it.
class RequestError : public std::runtime_error {
  public:
    explicit RequestError(const std::string& message, bool show_user = false)
        : std::runtime_error(message), show_user(show_user) {}
    bool show_user;
};

class PeerCore;

// The right to answer one request, once. Copies share it; the last one to go answers if need be.
class RawReply {
  public:
    RawReply(std::shared_ptr<PeerCore> core, std::int64_t request_seq, std::string command);

    void send(const nlohmann::json& body) const;
    void send() const;  // success without a body
    void error(const std::string& message, bool show_user = false) const;
    // A response that another conversation gave to the same request.
    void pass_on(nlohmann::json response) const;
    bool answered() const;
    // The seq that the other side gave the request.
    std::int64_t request_seq() const;
    const std::string& command() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

struct ResponseView {
    bool success;
    const std::string& message;   // of a failed request
    const nlohmann::json& body;   // null when there is none
    const nlohmann::json& whole;  // the response as it came
};

class DapPeer {
  public:
    using Send = std::function<void(const nlohmann::json& message)>;
    using RequestHandler = std::function<void(const nlohmann::json& arguments, RawReply reply)>;
    using FallbackHandler = std::function<void(const nlohmann::json& request, RawReply reply)>;
    using EventHandler =
        std::function<void(const std::string& event, const nlohmann::json& message)>;
    using ResponseHandler = std::function<void(const ResponseView& response)>;

    explicit DapPeer(Send send);
    ~DapPeer();
    DapPeer(const DapPeer&) = delete;
    DapPeer& operator=(const DapPeer&) = delete;

    void on_request(std::string command, RequestHandler handler);
    // For commands without a handler; without a fallback they get "unknown command".
    void on_other_request(FallbackHandler handler);
    void on_event(EventHandler handler);

    void receive(const nlohmann::json& message);

    void send_event(std::string_view event, const nlohmann::json& body);
    void send_event(std::string_view event);
    // Passes on a message of another conversation, with a number of this one.
    void send_renumbered_event(nlohmann::json message);
    // Returns the seq; the handler is called once, with a failure if the conversation ends first.
    std::int64_t send_request(std::string_view command, const nlohmann::json& arguments,
                              ResponseHandler on_response);

    // Gives every request that was sent and not answered a failed response.
    void fail_pending_requests(const std::string& message);

  private:
    void receive_request(const nlohmann::json& message);
    void receive_response(const nlohmann::json& message);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace refscope::protocol::dap
