#include "lsp/server.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>

#include "lsp/documents.h"
#include "lsp/features/diagnostics.h"
#include "lsp/features/hover.h"
#include "lsp/features/live_hover.h"
#include "protocol/channel.h"
#include "protocol/lsp_dispatch.h"

namespace refscope::lsp {

namespace {

namespace types = protocol::lsp;
using Json = nlohmann::json;

// What the reader found, in order, for the thread that serves.
class Inbox {
  public:
    void push(std::function<void()> job) {
        std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
        ready_.notify_one();
    }
    void end() {
        std::lock_guard lock(mutex_);
        ended_ = true;
        ready_.notify_one();
    }
    // Empty at the end of the stream.
    std::function<void()> pop() {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [this] { return ended_ || !jobs_.empty(); });
        if (jobs_.empty()) return {};
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        return job;
    }

  private:
    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::function<void()>> jobs_;
    bool ended_ = false;
};

class Server {
  public:
    Server(std::unique_ptr<protocol::Transport> transport, const ServerOptions& options)
        : options_(options),
          channel_(std::move(transport)),
          peer_([this](const Json& message) { channel_.send(message); }) {
        peer_.set_gate([this](const std::string& method, bool is_request) {
            return gate(method, is_request);
        });
        bind_life_cycle();
        bind_documents();
        bind_features();
    }

    int run() {
        protocol::Channel::Callbacks callbacks;
        callbacks.on_message = [this](Json&& message) { received(std::move(message)); };
        callbacks.on_problem = [this](protocol::FrameProblem kind, const std::string& problem) {
            if (kind != protocol::FrameProblem::kBadJson) return;
            inbox_.push([this, problem] { peer_.receive_unparsable(problem); });
        };
        callbacks.on_end = [this] { inbox_.end(); };
        channel_.start(std::move(callbacks));
        while (!exiting_) {
            auto job = inbox_.pop();
            if (!job) break;
            job();
        }
        channel_.close();
        return shut_down_ ? 0 : 1;
    }

  private:
    void received(Json&& message) {
        if (message.is_object() && message.value("method", Json()) == "$/cancelRequest") {
            const Json params = message.value("params", Json::object());
            const Json id = params.is_object() ? params.value("id", Json()) : Json();
            if (id.is_number_integer()) peer_.cancel(id.get<std::int64_t>());
            if (id.is_string()) peer_.cancel(id.get<std::string>());
        }
        inbox_.push([this, kept = std::make_shared<Json>(std::move(message))] {
            peer_.receive(*kept);
        });
    }

    std::optional<protocol::RpcError> gate(const std::string& method, bool is_request) {
        if (method == "exit") return std::nullopt;
        if (!initialized_ && !(is_request && method == "initialize")) {
            return protocol::RpcError(protocol::kServerNotInitialized,
                                      method + ": the server has not been initialized");
        }
        if (shut_down_) {
            return protocol::RpcError(protocol::kInvalidRequest,
                                      method + ": the server has been shut down");
        }
        if (initialized_ && method == "initialize") {
            return protocol::RpcError(protocol::kInvalidRequest, "initialize may come once only");
        }
        return std::nullopt;
    }

    void bind_life_cycle() {
        types::bind_request<types::InitializeParams, types::InitializeResult>(
            peer_, "initialize",
            [this](const types::InitializeParams&, const types::Reply<types::InitializeResult>& reply) {
                types::InitializeResult result;
                auto& capabilities = result.capabilities;
                capabilities.positionEncoding = "utf-16";
                types::TextDocumentSyncOptions sync;
                sync.openClose = true;
                sync.change = types::TextDocumentSyncKind::kIncremental;
                capabilities.textDocumentSync = sync;
                capabilities.hoverProvider = true;
                types::ServerInfo info;
                info.name = "refscope";
                if (!options_.version.empty()) info.version = options_.version;
                result.serverInfo = info;
                initialized_ = true;
                reply(result);
            });
        peer_.on_request("shutdown", [this](const Json&, const protocol::RpcReply& reply) {
            shut_down_ = true;
            reply.send(nullptr);
        });
        peer_.on_notification("exit", [this](const Json&) { exiting_ = true; });
    }

    void bind_documents() {
        types::bind_notification<types::DidOpenTextDocumentParams>(
            peer_, "textDocument/didOpen", [this](const types::DidOpenTextDocumentParams& params) {
                const auto& item = params.textDocument;
                publish(documents_.open(item.uri, item.version, item.text));
            });
        types::bind_notification<types::DidChangeTextDocumentParams>(
            peer_, "textDocument/didChange", [this](const types::DidChangeTextDocumentParams& params) {
                Document* document = documents_.find(params.textDocument.uri);
                if (document == nullptr) return;
                for (const auto& change : params.contentChanges) document->apply(change);
                document->set_version(params.textDocument.version);
                publish(*document);
            });
        types::bind_notification<types::DidCloseTextDocumentParams>(
            peer_, "textDocument/didClose", [this](const types::DidCloseTextDocumentParams& params) {
                documents_.close(params.textDocument.uri);
                types::PublishDiagnosticsParams none;
                none.uri = params.textDocument.uri;
                types::notify(peer_, "textDocument/publishDiagnostics", none);
            });
    }

    void bind_features() {
        types::bind_request<types::TextDocumentPositionParams, std::optional<types::Hover>>(
            peer_, "textDocument/hover",
            [this](const types::TextDocumentPositionParams& params,
                   const types::Reply<std::optional<types::Hover>>& reply) {
                Document& document = opened(params.textDocument.uri);
                reply(with_live_count(document, params.position, hover(document, params.position)));
            });
    }

    Document& opened(const std::string& uri) {
        if (Document* document = documents_.find(uri)) return *document;
        throw protocol::RpcError(protocol::kInvalidParams, uri + " is not open");
    }

    void publish(Document& document) {
        types::PublishDiagnosticsParams params;
        params.uri = document.uri();
        params.version = document.version();
        params.diagnostics = diagnose(document);
        types::notify(peer_, "textDocument/publishDiagnostics", params);
    }

    ServerOptions options_;
    Documents documents_;
    Inbox inbox_;
    protocol::Channel channel_;
    protocol::JsonRpcPeer peer_;
    bool initialized_ = false;
    bool shut_down_ = false;
    bool exiting_ = false;
};

}  // namespace

int serve(std::unique_ptr<protocol::Transport> transport, const ServerOptions& options) {
    return Server(std::move(transport), options).run();
}

}  // namespace refscope::lsp
