#include "lsp/live/live_count.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>

#include "protocol/channel.h"
#include "protocol/dap_peer.h"
#include "protocol/session_files.h"
#include "protocol/unix_socket.h"

namespace refscope::lsp::live {

namespace {

using Json = nlohmann::json;

constexpr auto kPatience = std::chrono::milliseconds(300);

// The body of the answer, or null.
Json ask(const std::string& socket, const Json& question) {
    std::string problem;
    auto transport = protocol::connect_unix_socket(socket, problem);
    if (!transport) return nullptr;
    std::mutex mutex;
    std::condition_variable answered;
    bool done = false;
    Json body;
    protocol::Channel* line = nullptr;
    protocol::dap::DapPeer peer([&line](const Json& message) { line->send(message); });
    protocol::Channel channel(std::move(transport));  // its reader ends before what it uses
    line = &channel;
    auto finish = [&](Json answer) {
        std::lock_guard lock(mutex);
        if (done) return;
        body = std::move(answer);
        done = true;
        answered.notify_all();
    };
    protocol::Channel::Callbacks callbacks;
    callbacks.on_message = [&peer](Json&& message) { peer.receive(message); };
    callbacks.on_end = [&finish] { finish(nullptr); };
    channel.start(std::move(callbacks));
    peer.send_request("refscope/live", question, [&finish](const protocol::dap::ResponseView& response) {
        finish(response.success ? response.body : Json());
    });
    {
        std::unique_lock lock(mutex);
        answered.wait_for(lock, kPatience, [&done] { return done; });
        done = true;
    }
    channel.close();
    return body;
}

LiveCount read_answer(const Json& body) {
    LiveCount live;
    live.function = body.value("function", "");
    live.line = body.value("line", 0);
    live.type = body.value("type", "");
    live.value = body.value("value", "");
    live.size = body.value("size", 0LL);
    if (body.contains("refcount")) live.refcount = body.value("refcount", 0LL);
    for (const Json& holder : body.value("holders", Json::array())) live.holders.push_back(holder.get<std::string>());
    return live;
}

}  // namespace

bool any_session() { return !protocol::list_sessions().empty(); }

std::optional<LiveCount> ask_sessions(const std::string& path, const std::string& name, int scope_line) {
    for (const protocol::SessionFile& session : protocol::list_sessions()) {
        try {
            Json body = ask(session.socket, {{"path", path}, {"name", name}, {"scope", scope_line}});
            if (!body.is_object() || !body.value("found", false)) continue;
            LiveCount live = read_answer(body);
            live.pid = session.pid;
            return live;
        } catch (const Json::exception&) {
            continue;  // another version's form
        }
    }
    return std::nullopt;
}

}  // namespace refscope::lsp::live
