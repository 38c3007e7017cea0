#include "dap/session/client.h"

#include <nlohmann/json.hpp>

namespace refscope::dap {

namespace {

std::string text_at(const nlohmann::json& message, const char* key) {
    auto found = message.find(key);
    return found != message.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

Client::Client(std::unique_ptr<protocol::Transport> transport)
    : peer([this](const nlohmann::json& message) { channel.send(message); }), channel(std::move(transport)) {}

protocol::Channel::Callbacks Client::callbacks(Mailbox& mailbox, std::function<void()> on_end) {
    protocol::Channel::Callbacks callbacks;
    callbacks.on_message = [this, &mailbox](nlohmann::json&& message) {
        if (message.is_object() && text_at(message, "type") == "response") {
            peer.receive(message);
            return;
        }
        mailbox.post([client = shared_from_this(), kept = std::make_shared<nlohmann::json>(std::move(message))] {
            std::string command = kept->is_object() ? text_at(*kept, "command") : "";
            if (!client->admitted && command != "initialize" && command != "attach" && command != "disconnect") {
                client->channel.close();
                return;
            }
            client->peer.receive(*kept);
        });
    };
    callbacks.on_end = std::move(on_end);
    return callbacks;
}

}  // namespace refscope::dap
