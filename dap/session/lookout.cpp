#include "dap/session/lookout.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "protocol/channel.h"
#include "protocol/dap_peer.h"
#include "protocol/log.h"
#include "protocol/session_files.h"

namespace refscope::dap {

// Answers may come from the interpreter's thread while this one sees that the visitor has left.
struct Lookout::Visitor {
    struct Line {
        std::mutex mutex;
        protocol::Channel* channel = nullptr;
    };

    explicit Visitor(std::unique_ptr<protocol::Transport> transport)
        : peer([line = line](const nlohmann::json& message) {
              std::lock_guard lock(line->mutex);
              if (line->channel) line->channel->send(message);
          }),
          channel(std::move(transport)) {
        line->channel = &channel;
    }
    ~Visitor() {
        std::lock_guard lock(line->mutex);
        line->channel = nullptr;
    }

    std::shared_ptr<Line> line = std::make_shared<Line>();
    std::atomic<bool> left{false};
    protocol::dap::DapPeer peer;
    protocol::Channel channel;  // its reader ends before the rest goes
};

std::unique_ptr<Lookout> Lookout::open(Mailbox& mailbox, std::string program, Answer answer) {
    try {
        protocol::SessionFile file;
        file.pid = ::getpid();
        file.program = std::move(program);
        file.socket = protocol::make_sessions_folder() + "/" + std::to_string(file.pid) + ".sock";
        auto listener = std::make_unique<protocol::UnixListener>(file.socket);
        protocol::write_session_file(file);
        return std::unique_ptr<Lookout>(new Lookout(mailbox, std::move(listener), std::move(answer)));
    } catch (const std::exception& error) {
        protocol::log(protocol::LogLevel::kWarning, std::string("others cannot find this session: ") + error.what());
        return nullptr;
    }
}

Lookout::Lookout(Mailbox& mailbox, std::unique_ptr<protocol::UnixListener> listener, Answer answer)
    : mailbox_(mailbox), listener_(std::move(listener)), answer_(std::make_shared<Answer>(std::move(answer))) {
    welcoming_ = std::thread([this] { welcome(); });
}

Lookout::~Lookout() {
    protocol::remove_session_file(::getpid());
    listener_->close();
    welcoming_.join();
    for (auto& visitor : visitors_) visitor->channel.close();
}

void Lookout::welcome() {
    while (auto transport = listener_->accept()) {
        visitors_.remove_if([](const std::shared_ptr<Visitor>& visitor) { return visitor->left.load(); });
        auto visitor = std::make_shared<Visitor>(std::move(transport));
        visitors_.push_back(visitor);
        visitor->peer.on_request("refscope/live", [this](const nlohmann::json& arguments, protocol::dap::RawReply reply) {
            if (!stopped_) return reply.send({{"state", "running"}});
            mailbox_.post([answer = answer_, arguments, reply] { reply.send((*answer)(arguments)); });
        });
        protocol::Channel::Callbacks callbacks;
        callbacks.on_message = [raw = visitor.get()](nlohmann::json&& message) { raw->peer.receive(message); };
        callbacks.on_end = [raw = visitor.get()] { raw->left = true; };
        visitor->channel.start(std::move(callbacks));
    }
}

}  // namespace refscope::dap
