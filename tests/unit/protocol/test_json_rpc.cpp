#include "protocol/json_rpc.h"

#include <catch2/catch.hpp>
#include <optional>

#include "protocol/lsp_dispatch.h"

using namespace refscope::protocol;

namespace {

struct Peer {
    std::vector<Json> sent;
    JsonRpcPeer peer{[this](const Json& message) { sent.push_back(message); }};

    Json ask(Json id, const char* method, Json params = Json::object()) {
        peer.receive({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
        return sent.empty() ? Json() : sent.back();
    }
};

}  // namespace

TEST_CASE("Errors have the protocol's codes") {
    Peer it;
    lsp::bind_request<lsp::TextDocumentPositionParams, std::optional<lsp::Hover>>(
        it.peer, "textDocument/hover",
        [](const lsp::TextDocumentPositionParams&, lsp::Reply<std::optional<lsp::Hover>> reply) {
            reply(std::nullopt);
        });
    it.peer.on_request("forgets", [](const Json&, RpcReply) {});
    CHECK(it.ask(1, "nothing")["error"]["code"] == kMethodNotFound);
    CHECK(it.ask("two", "textDocument/hover")["error"]["code"] == kInvalidParams);
    CHECK(it.sent.back()["id"] == "two");
    CHECK(it.sent.back()["error"]["message"] == "textDocument/hover: params.textDocument is missing");
    CHECK(it.ask(3, "forgets")["error"]["code"] == kInternalError);
    it.peer.receive_unparsable("not JSON");
    CHECK(it.sent.back()["error"]["code"] == kParseError);
    CHECK(it.sent.back()["id"].is_null());
    it.peer.receive(Json::array());
    CHECK(it.sent.back()["error"]["code"] == kInvalidRequest);
    it.peer.receive({{"id", 4}, {"method", "x"}});
    CHECK(it.sent.back()["error"]["code"] == kInvalidRequest);
    CHECK(it.sent.back()["id"] == 4);
    Json position = {{"textDocument", {{"uri", "u"}}}, {"position", {{"line", 0}, {"character", 0}}}};
    Json answer = it.ask(5, "textDocument/hover", position);
    CHECK(answer.contains("result"));
    CHECK(answer["result"].is_null());
}

TEST_CASE("Notifications are never answered, however wrong") {
    Peer it;
    it.peer.on_notification("boom", [](const Json&) { throw std::runtime_error("x"); });
    it.peer.receive({{"jsonrpc", "2.0"}, {"method", "boom"}});
    it.peer.receive({{"jsonrpc", "2.0"}, {"method", "unknown"}});
    it.peer.receive({{"jsonrpc", "2.0"}, {"method", "$/cancelRequest"}, {"params", {{"id", 77}}}});
    CHECK(it.sent.empty());
}

TEST_CASE("A cancelled request learns of it, also when the cancel overtakes it") {
    Peer it;
    std::vector<RpcReply> kept;
    it.peer.on_request("slow", [&kept](const Json&, RpcReply reply) { kept.push_back(reply); });
    it.ask(1, "slow");
    it.peer.receive({{"jsonrpc", "2.0"}, {"method", "$/cancelRequest"}, {"params", {{"id", 1}}}});
    CHECK(kept.back().cancelled());
    kept.back().error(kRequestCancelled, "cancelled");
    CHECK(it.sent.back()["error"]["code"] == kRequestCancelled);
    it.peer.cancel(RpcId(std::int64_t{2}));
    CHECK(it.ask(2, "slow")["error"]["code"] == kRequestCancelled);
}

TEST_CASE("The gate decides before handlers do") {
    Peer it;
    it.peer.on_request("x", [](const Json&, RpcReply reply) { reply.send(1); });
    it.peer.set_gate([](const std::string&, bool) {
        return std::optional<RpcError>(RpcError(kServerNotInitialized, "initialize first"));
    });
    CHECK(it.ask(1, "x")["error"]["code"] == kServerNotInitialized);
}

TEST_CASE("Requests to the client are matched with their responses") {
    Peer it;
    int answers = 0;
    it.peer.request("workspace/configuration", Json::object(), [&](const JsonRpcPeer::Response& response) {
        ++answers;
        CHECK(response.error == nullptr);
        CHECK(response.result.is_array());
    });
    Json id = it.sent.back()["id"];
    it.peer.receive({{"jsonrpc", "2.0"}, {"id", id}, {"result", Json::array({nullptr})}});
    it.peer.receive({{"jsonrpc", "2.0"}, {"id", id}, {"result", nullptr}});
    CHECK(answers == 1);
}

TEST_CASE("A type that contains itself survives the way there and back") {
    const char* text = R"({"parent":{"parent":{"range":{"end":{"character":4,"line":3},"start":{"character":2,"line":1}}},"range":{"end":{"character":4,"line":3},"start":{"character":2,"line":1}}},"range":{"end":{"character":4,"line":3},"start":{"character":2,"line":1}}})";
    auto range = from_json_value<lsp::SelectionRange>(Json::parse(text), "range");
    CHECK(to_json_value(range).dump() == text);
}
