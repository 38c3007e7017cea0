#include "protocol/dap_peer.h"

#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "protocol/json_types.h"
#include "protocol/log.h"

namespace refscope::protocol::dap {

using Json = nlohmann::json;

// What replies need to outlive the peer: the numbering and the way out.
class PeerCore {
  public:
    explicit PeerCore(DapPeer::Send send) : send_(std::move(send)) {}

    // One lock over numbering and sending, so that numbers leave in order.
    std::int64_t send(Json& message, const std::function<void(std::int64_t)>& before = nullptr) {
        std::lock_guard lock(mutex_);
        std::int64_t seq = next_seq_++;
        message["seq"] = seq;
        if (before) before(seq);
        if (send_) send_(message);
        return seq;
    }

    void cut() {
        std::lock_guard lock(mutex_);
        send_ = nullptr;
    }

  private:
    std::recursive_mutex mutex_;
    DapPeer::Send send_;
    std::int64_t next_seq_ = 1;
};

namespace {

Json make_response(std::int64_t request_seq, const std::string& command, bool success) {
    return {{"type", "response"},
            {"request_seq", request_seq},
            {"command", command},
            {"success", success}};
}

}  // namespace

struct RawReply::State {
    std::shared_ptr<PeerCore> core;
    std::int64_t request_seq;
    std::string command;
    std::atomic<bool> answered{false};

    void send_error(const std::string& message, bool show_user) {
        Json response = make_response(request_seq, command, false);
        response["message"] = message;
        // Braces have a meaning in the format; the text goes in as a variable.
        response["body"]["error"] = {{"id", 1},
                                     {"format", "{text}"},
                                     {"variables", {{"text", message}}},
                                     {"showUser", show_user}};
        core->send(response);
    }

    ~State() {
        if (!answered) send_error(command + ": the request was dropped without an answer", false);
    }
};

RawReply::RawReply(std::shared_ptr<PeerCore> core, std::int64_t request_seq, std::string command)
    : state_(new State{std::move(core), request_seq, std::move(command)}) {}

void RawReply::send(const Json& body) const {
    if (state_->answered.exchange(true)) return;
    Json response = make_response(state_->request_seq, state_->command, true);
    if (!body.is_null()) response["body"] = body;
    state_->core->send(response);
}

void RawReply::send() const { send(Json()); }

void RawReply::error(const std::string& message, bool show_user) const {
    if (state_->answered.exchange(true)) return;
    state_->send_error(message, show_user);
}

void RawReply::pass_on(Json response) const {
    if (state_->answered.exchange(true)) return;
    response["type"] = "response";
    response["request_seq"] = state_->request_seq;
    response["command"] = state_->command;
    state_->core->send(response);
}

bool RawReply::answered() const { return state_->answered; }
std::int64_t RawReply::request_seq() const { return state_->request_seq; }
const std::string& RawReply::command() const { return state_->command; }

struct DapPeer::Impl {
    std::shared_ptr<PeerCore> core;
    std::map<std::string, RequestHandler, std::less<>> handlers;
    FallbackHandler fallback;
    EventHandler event_handler;
    std::mutex pending_mutex;
    std::map<std::int64_t, ResponseHandler> pending;
};

DapPeer::DapPeer(Send send) : impl_(std::make_unique<Impl>()) {
    impl_->core = std::make_shared<PeerCore>(std::move(send));
}

DapPeer::~DapPeer() {
    fail_pending_requests("the conversation has ended");
    impl_->core->cut();
}

void DapPeer::on_request(std::string command, RequestHandler handler) {
    impl_->handlers[std::move(command)] = std::move(handler);
}
void DapPeer::on_other_request(FallbackHandler handler) { impl_->fallback = std::move(handler); }
void DapPeer::on_event(EventHandler handler) { impl_->event_handler = std::move(handler); }

void DapPeer::receive(const Json& message) {
    auto text_of = [&message](const char* key) {
        auto found = message.find(key);
        return found != message.end() && found->is_string() ? found->get<std::string>()
                                                            : std::string();
    };
    std::string type = message.is_object() ? text_of("type") : std::string();
    if (type == "response") {
        receive_response(message);
    } else if (type == "event") {
        std::string event = text_of("event");
        if (impl_->event_handler && !event.empty()) impl_->event_handler(event, message);
    } else {
        // Whatever else it is, somebody may be waiting for an answer.
        receive_request(message);
    }
}

void DapPeer::receive_request(const Json& message) {
    std::int64_t seq = 0;
    std::string command, problem;
    if (!message.is_object()) {
        problem = "a message must be a JSON object";
    } else {
        auto found = message.find("seq");
        if (found != message.end() && found->is_number_integer()) {
            seq = found->get<std::int64_t>();
        } else {
            problem = "seq must be an integer";
        }
        found = message.find("command");
        if (found != message.end() && found->is_string()) {
            command = found->get<std::string>();
        } else {
            problem = "command must be a string";
        }
        found = message.find("type");
        if (found == message.end() || *found != "request") {
            problem = "type must be request, response or event";
        }
    }
    RawReply reply(impl_->core, seq, command);
    if (!problem.empty()) {
        reply.error("malformed request: " + problem);
        return;
    }
    static const Json kNoArguments = Json::object();
    auto found = message.find("arguments");
    const Json& arguments =
        found == message.end() || found->is_null() ? kNoArguments : *found;
    try {
        auto handler = impl_->handlers.find(command);
        if (handler != impl_->handlers.end()) {
            handler->second(arguments, reply);
        } else if (impl_->fallback) {
            impl_->fallback(message, reply);
        } else {
            reply.error("unknown command '" + command + "'");
        }
    } catch (const DecodeError& error) {
        reply.error(command + ": " + error.what());
    } catch (const RequestError& error) {
        reply.error(error.what(), error.show_user);
    } catch (const std::exception& error) {
        log(LogLevel::kError, command + ": " + error.what());
        reply.error(command + ": internal error: " + error.what());
    }
}

void DapPeer::receive_response(const Json& message) {
    auto found = message.find("request_seq");
    if (found == message.end() || !found->is_number_integer()) return;
    ResponseHandler handler;
    {
        std::lock_guard lock(impl_->pending_mutex);
        auto entry = impl_->pending.find(found->get<std::int64_t>());
        if (entry == impl_->pending.end()) return;
        handler = std::move(entry->second);
        impl_->pending.erase(entry);
    }
    if (!handler) return;
    static const Json kNull;
    auto success = message.find("success");
    auto text = message.find("message");
    auto body = message.find("body");
    std::string reason =
        text != message.end() && text->is_string() ? text->get<std::string>() : std::string();
    handler({success != message.end() && *success == true, reason,
             body != message.end() ? *body : kNull, message});
}

void DapPeer::send_event(std::string_view event, const Json& body) {
    Json message = {{"type", "event"}, {"event", event}};
    if (!body.is_null()) message["body"] = body;
    impl_->core->send(message);
}

void DapPeer::send_event(std::string_view event) { send_event(event, Json()); }

void DapPeer::send_renumbered_event(Json message) { impl_->core->send(message); }

std::int64_t DapPeer::send_request(std::string_view command, const Json& arguments,
                                   ResponseHandler on_response) {
    Json message = {{"type", "request"}, {"command", command}};
    if (!arguments.is_null()) message["arguments"] = arguments;
    // Noted before it leaves: a quick answer must find its handler.
    return impl_->core->send(message, [&](std::int64_t seq) {
        std::lock_guard lock(impl_->pending_mutex);
        impl_->pending.emplace(seq, std::move(on_response));
    });
}

void DapPeer::fail_pending_requests(const std::string& message) {
    std::map<std::int64_t, ResponseHandler> pending;
    {
        std::lock_guard lock(impl_->pending_mutex);
        pending.swap(impl_->pending);
    }
    static const Json kNull;
    for (auto& [seq, handler] : pending) {
        if (handler) handler({false, message, kNull, kNull});
    }
}

}  // namespace refscope::protocol::dap
