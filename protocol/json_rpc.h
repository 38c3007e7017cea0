// One side of a JSON-RPC 2.0 conversation as the Language Server Protocol uses it, without I/O.
// Every request gets exactly one response whatever its handler does; a reply that is dropped
// unanswered answers with an internal error. `$/cancelRequest` marks a running request as
// cancelled: its handler asks `RpcReply::cancelled` and answers with kRequestCancelled.
//
// `receive` and registration belong to one thread at a time; replies, notifications and requests
// may be sent from any thread. `cancel` may be called from a reader thread while handlers run.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace refscope::protocol {

enum RpcErrorCode {
    kParseError = -32700,
    kInvalidRequest = -32600,
    kMethodNotFound = -32601,
    kInvalidParams = -32602,
    kInternalError = -32603,
    kServerNotInitialized = -32002,
    kRequestFailed = -32803,
    kServerCancelled = -32802,
    kContentModified = -32801,
    kRequestCancelled = -32800,
};

// Thrown by a handler: becomes the error response.
class RpcError : public std::runtime_error {
  public:
    RpcError(int code, const std::string& message) : std::runtime_error(message), code(code) {}
    int code;
};

// Null stands for a request whose id could not be read.
using RpcId = std::variant<std::monostate, std::int64_t, std::string>;

class RpcCore;

// The right to answer one request, once. Copies share it; the last one to go answers if need be.
class RpcReply {
  public:
    RpcReply(std::shared_ptr<RpcCore> core, RpcId id, std::string method);

    void send(const nlohmann::json& result) const;  // null is a result too
    void error(int code, const std::string& message) const;
    bool answered() const;
    bool cancelled() const;
    const RpcId& id() const;

  private:
    friend class RpcCore;
    struct State;
    std::shared_ptr<State> state_;
};

class JsonRpcPeer {
  public:
    using Send = std::function<void(const nlohmann::json& message)>;
    using RequestHandler = std::function<void(const nlohmann::json& params, RpcReply reply)>;
    using NotificationHandler = std::function<void(const nlohmann::json& params)>;
    // Result, or error with its code; a null result and no error are told apart by `error`.
    struct Response {
        const nlohmann::json& result;
        const nlohmann::json* error;
    };
    using ResponseHandler = std::function<void(const Response& response)>;
    // Asked before a request is dispatched; what it returns becomes the error response. For
    // notifications (`is_request` false) a refusal drops the message.
    using Gate = std::function<std::optional<RpcError>(const std::string& method, bool is_request)>;

    explicit JsonRpcPeer(Send send);
    ~JsonRpcPeer();
    JsonRpcPeer(const JsonRpcPeer&) = delete;
    JsonRpcPeer& operator=(const JsonRpcPeer&) = delete;

    void on_request(std::string method, RequestHandler handler);
    void on_notification(std::string method, NotificationHandler handler);
    void set_gate(Gate gate);

    void receive(const nlohmann::json& message);
    // For what was framed as a message and is not JSON: the specification wants an answer.
    void receive_unparsable(const std::string& problem);
    // Marks a request as cancelled ahead of the queue in which its cancel notification waits.
    void cancel(const RpcId& id);

    void notify(std::string_view method, const nlohmann::json& params);
    void request(std::string_view method, const nlohmann::json& params,
                 ResponseHandler on_response);

  private:
    void receive_one(const nlohmann::json& message);
    void receive_request(const std::string& method, const RpcId& id, const nlohmann::json& params);
    void receive_notification(const std::string& method, const nlohmann::json& params);
    void receive_response(const nlohmann::json& message);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace refscope::protocol
