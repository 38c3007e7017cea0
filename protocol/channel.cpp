#include "protocol/channel.h"

#include <nlohmann/json.hpp>

#include "protocol/json_text.h"
#include "protocol/log.h"

namespace refscope::protocol {

Channel::Channel(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}

Channel::~Channel() {
    close();
    if (!reader_.joinable()) return;
    if (reader_.get_id() == std::this_thread::get_id()) {
        reader_.detach();
    } else {
        reader_.join();
    }
}

void Channel::start(Callbacks callbacks) {
    reader_ = std::thread([this, callbacks = std::move(callbacks)] { run(callbacks); });
}

void Channel::run(Callbacks callbacks) {
    MessageDecoder decoder({[&](nlohmann::json&& message) {
                                if (log_enabled(LogLevel::kTrace)) {
                                    log(LogLevel::kTrace, name() + " > " + dump_json(message));
                                }
                                callbacks.on_message(std::move(message));
                            },
                            [&](FrameProblem kind, const std::string& text) {
                                log(LogLevel::kWarning, name() + ": " + text);
                                if (callbacks.on_problem) callbacks.on_problem(kind, text);
                            }});
    constexpr std::size_t kChunkBytes = 64 * 1024;
    std::string chunk(kChunkBytes, '\0');
    while (std::size_t count = transport_->read_some(chunk.data(), chunk.size())) {
        decoder.feed({chunk.data(), count});
    }
    log(LogLevel::kDebug, name() + ": the other side has closed");
    if (callbacks.on_end) callbacks.on_end();
}

bool Channel::send_text(std::string_view body) {
    if (log_enabled(LogLevel::kTrace)) log(LogLevel::kTrace, name() + " < " + std::string(body));
    return transport_->write_all(encode_frame(body));
}

bool Channel::send(const nlohmann::json& message) { return send_text(dump_json(message)); }

void Channel::close() { transport_->close(); }

}  // namespace refscope::protocol
