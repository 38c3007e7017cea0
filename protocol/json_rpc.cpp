#include "protocol/json_rpc.h"

#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "protocol/json_types.h"
#include "protocol/log.h"

namespace refscope::protocol {

using Json = nlohmann::json;

namespace {

Json id_to_json(const RpcId& id) {
    if (auto number = std::get_if<std::int64_t>(&id)) return *number;
    if (auto text = std::get_if<std::string>(&id)) return *text;
    return nullptr;
}

std::optional<RpcId> id_from_json(const Json& json) {
    if (json.is_number_integer()) return RpcId(json.get<std::int64_t>());
    if (json.is_string()) return RpcId(json.get<std::string>());
    return std::nullopt;
}

}  // namespace

struct RpcReply::State {
    std::shared_ptr<RpcCore> core;
    RpcId id;
    std::string method;
    std::atomic<bool> answered{false};
    std::atomic<bool> cancelled{false};

    ~State();
};

// What replies need to outlive the peer: the way out, and the requests that run.
class RpcCore {
  public:
    explicit RpcCore(JsonRpcPeer::Send send) : send_(std::move(send)) {}

    void send(Json message) {
        message["jsonrpc"] = "2.0";
        std::lock_guard lock(mutex_);
        if (send_) send_(message);
    }

    void cut() {
        std::lock_guard lock(mutex_);
        send_ = nullptr;
    }

    void began(const std::shared_ptr<RpcReply::State>& state) {
        std::lock_guard lock(mutex_);
        running_[state->id] = state;
        auto early = cancelled_early_.find(state->id);
        if (early == cancelled_early_.end()) return;
        state->cancelled = true;
        cancelled_early_.erase(early);
    }

    void ended(const RpcId& id) {
        std::lock_guard lock(mutex_);
        running_.erase(id);
    }

    void cancel(const RpcId& id, bool remember) {
        std::lock_guard lock(mutex_);
        auto found = running_.find(id);
        if (found != running_.end()) {
            if (auto state = found->second.lock()) state->cancelled = true;
        } else if (remember && cancelled_early_.size() < kMostEarlyCancels) {
            cancelled_early_[id] = true;
        }
    }

    // The notification has come through the queue too: the request before it was served.
    void forget_cancel(const RpcId& id) {
        std::lock_guard lock(mutex_);
        cancelled_early_.erase(id);
    }

  private:
    static constexpr std::size_t kMostEarlyCancels = 10000;
    std::recursive_mutex mutex_;
    JsonRpcPeer::Send send_;
    std::map<RpcId, std::weak_ptr<RpcReply::State>> running_;
    std::map<RpcId, bool> cancelled_early_;
};

RpcReply::State::~State() {
    if (answered) return;
    core->ended(id);
    core->send({{"id", id_to_json(id)},
                {"error",
                 {{"code", kInternalError}, {"message", method + " was dropped without an answer"}}}});
}

RpcReply::RpcReply(std::shared_ptr<RpcCore> core, RpcId id, std::string method)
    : state_(new State{std::move(core), std::move(id), std::move(method)}) {
    state_->core->began(state_);
}

void RpcReply::send(const Json& result) const {
    if (state_->answered.exchange(true)) return;
    state_->core->ended(state_->id);
    state_->core->send({{"id", id_to_json(state_->id)}, {"result", result}});
}

void RpcReply::error(int code, const std::string& message) const {
    if (state_->answered.exchange(true)) return;
    state_->core->ended(state_->id);
    state_->core->send(
        {{"id", id_to_json(state_->id)}, {"error", {{"code", code}, {"message", message}}}});
}

bool RpcReply::answered() const { return state_->answered; }
bool RpcReply::cancelled() const { return state_->cancelled; }
const RpcId& RpcReply::id() const { return state_->id; }

struct JsonRpcPeer::Impl {
    std::shared_ptr<RpcCore> core;
    std::map<std::string, RequestHandler> requests;
    std::map<std::string, NotificationHandler> notifications;
    Gate gate;
    std::mutex pending_mutex;
    std::int64_t next_id = 1;
    std::map<std::int64_t, ResponseHandler> pending;
};

JsonRpcPeer::JsonRpcPeer(Send send) : impl_(std::make_unique<Impl>()) {
    impl_->core = std::make_shared<RpcCore>(std::move(send));
}

JsonRpcPeer::~JsonRpcPeer() { impl_->core->cut(); }

void JsonRpcPeer::on_request(std::string method, RequestHandler handler) {
    impl_->requests[std::move(method)] = std::move(handler);
}
void JsonRpcPeer::on_notification(std::string method, NotificationHandler handler) {
    impl_->notifications[std::move(method)] = std::move(handler);
}
void JsonRpcPeer::set_gate(Gate gate) { impl_->gate = std::move(gate); }

void JsonRpcPeer::receive_unparsable(const std::string& problem) {
    RpcReply(impl_->core, RpcId{}, "").error(kParseError, problem);
}

void JsonRpcPeer::cancel(const RpcId& id) { impl_->core->cancel(id, true); }

void JsonRpcPeer::receive(const Json& message) {
    if (!message.is_array()) {
        receive_one(message);
        return;
    }
    // A batch is legal in JSON-RPC; each part is answered by itself, as the protocol above has it.
    if (message.empty()) {
        RpcReply(impl_->core, RpcId{}, "").error(kInvalidRequest, "an empty batch");
        return;
    }
    for (const auto& part : message) receive_one(part);
}

void JsonRpcPeer::receive_one(const Json& message) {
    auto refuse = [this](const RpcId& id, const std::string& problem) {
        RpcReply(impl_->core, id, "").error(kInvalidRequest, problem);
    };
    if (!message.is_object()) {
        refuse({}, "a message must be a JSON object");
        return;
    }
    auto id_field = message.find("id");
    bool has_method = message.contains("method");
    if (!has_method && (message.contains("result") || message.contains("error"))) {
        receive_response(message);
        return;
    }
    RpcId id;
    if (id_field != message.end()) {
        auto read = id_from_json(*id_field);
        if (!read) {
            refuse({}, "id must be an integer or a string");
            return;
        }
        id = *read;
    }
    if (!has_method || !message["method"].is_string()) {
        refuse(id, "method must be a string");
        return;
    }
    auto version = message.find("jsonrpc");
    if (version == message.end() || *version != "2.0") {
        if (id_field != message.end()) refuse(id, "jsonrpc must be \"2.0\"");
        return;
    }
    const std::string method = message["method"].get<std::string>();
    static const Json kNull;
    auto params = message.find("params");
    const Json& given = params == message.end() ? kNull : *params;
    if (id_field == message.end()) {
        receive_notification(method, given);
    } else if (!given.is_null() && !given.is_object() && !given.is_array()) {
        refuse(id, "params must be an object or an array");
    } else {
        receive_request(method, id, given);
    }
}

void JsonRpcPeer::receive_request(const std::string& method, const RpcId& id, const Json& params) {
    RpcReply reply(impl_->core, id, method);
    try {
        if (impl_->gate) {
            if (auto refusal = impl_->gate(method, true)) {
                reply.error(refusal->code, refusal->what());
                return;
            }
        }
        auto handler = impl_->requests.find(method);
        if (handler == impl_->requests.end()) {
            reply.error(kMethodNotFound, "unknown method '" + method + "'");
        } else if (reply.cancelled()) {
            reply.error(kRequestCancelled, method + " was cancelled");
        } else {
            handler->second(params, reply);
        }
    } catch (const DecodeError& error) {
        reply.error(kInvalidParams, method + ": " + error.what());
    } catch (const RpcError& error) {
        reply.error(error.code, error.what());
    } catch (const std::exception& error) {
        log(LogLevel::kError, method + ": " + error.what());
        reply.error(kInternalError, method + ": " + error.what());
    }
}

void JsonRpcPeer::receive_notification(const std::string& method, const Json& params) {
    if (method == "$/cancelRequest") {
        if (!params.is_object() || !params.contains("id")) return;
        if (auto id = id_from_json(params["id"])) {
            impl_->core->cancel(*id, false);
            impl_->core->forget_cancel(*id);
        }
        return;
    }
    if (impl_->gate && impl_->gate(method, false)) return;
    auto handler = impl_->notifications.find(method);
    if (handler == impl_->notifications.end()) return;
    try {
        handler->second(params);
    } catch (const std::exception& error) {
        // A notification has no answer; the log is the only place to say it.
        log(LogLevel::kWarning, method + ": " + error.what());
    }
}

void JsonRpcPeer::receive_response(const Json& message) {
    auto id = message.find("id");
    if (id == message.end() || !id->is_number_integer()) return;
    ResponseHandler handler;
    {
        std::lock_guard lock(impl_->pending_mutex);
        auto entry = impl_->pending.find(id->get<std::int64_t>());
        if (entry == impl_->pending.end()) return;
        handler = std::move(entry->second);
        impl_->pending.erase(entry);
    }
    if (!handler) return;
    static const Json kNull;
    auto result = message.find("result");
    auto error = message.find("error");
    bool failed = error != message.end() && !error->is_null();
    try {
        handler({result != message.end() ? *result : kNull, failed ? &*error : nullptr});
    } catch (const std::exception& problem) {
        log(LogLevel::kWarning, std::string("a response could not be used: ") + problem.what());
    }
}

void JsonRpcPeer::notify(std::string_view method, const Json& params) {
    Json message = {{"method", method}};
    if (!params.is_null()) message["params"] = params;
    impl_->core->send(std::move(message));
}

void JsonRpcPeer::request(std::string_view method, const Json& params,
                          ResponseHandler on_response) {
    std::int64_t id;
    {
        std::lock_guard lock(impl_->pending_mutex);
        id = impl_->next_id++;
        impl_->pending.emplace(id, std::move(on_response));
    }
    Json message = {{"id", id}, {"method", method}};
    if (!params.is_null()) message["params"] = params;
    impl_->core->send(std::move(message));
}

}  // namespace refscope::protocol
