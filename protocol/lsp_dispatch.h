// Typed handlers on a JSON-RPC peer, for source files only:
//
//     bind_request<HoverParams, std::optional<Hover>>(peer, "textDocument/hover", handler);
//
// where the handler takes the parameters and a reply that may be kept and answered later.
#pragma once

#include "protocol/json_codec.h"
#include "protocol/json_rpc.h"
#include "protocol/lsp_types.h"

namespace refscope::protocol::lsp {

template <class Result>
class Reply {
  public:
    explicit Reply(RpcReply raw) : raw_(std::move(raw)) {}
    void operator()(const Result& result) const { raw_.send(to_json_value(result)); }
    void error(int code, const std::string& message) const { raw_.error(code, message); }
    bool cancelled() const { return raw_.cancelled(); }
    const RpcReply& raw() const { return raw_; }

  private:
    RpcReply raw_;
};

template <class Params, class Result, class Handler>
void bind_request(JsonRpcPeer& peer, std::string method, Handler handler) {
    peer.on_request(std::move(method), [handler](const nlohmann::json& json, RpcReply reply) {
        handler(from_json_value<Params>(json, "params"), Reply<Result>(std::move(reply)));
    });
}

template <class Params, class Handler>
void bind_notification(JsonRpcPeer& peer, std::string method, Handler handler) {
    peer.on_notification(std::move(method), [handler](const nlohmann::json& json) {
        handler(from_json_value<Params>(json, "params"));
    });
}

template <class Params>
void notify(JsonRpcPeer& peer, std::string_view method, const Params& params) {
    peer.notify(method, to_json_value(params));
}

}  // namespace refscope::protocol::lsp
