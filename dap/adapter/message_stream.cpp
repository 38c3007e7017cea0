#include "dap/adapter/message_stream.h"

#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <nlohmann/json.hpp>

#include "protocol/json_text.h"
#include "protocol/log.h"

namespace refscope::dap {

namespace asio = boost::asio;
using protocol::LogLevel;

namespace {

constexpr std::size_t kLittleQueuedBytes = 256 * 1024;
constexpr auto kFinishPatience = std::chrono::seconds(1);

}  // namespace

struct MessageStream::Impl : std::enable_shared_from_this<MessageStream::Impl> {
    Impl(asio::io_context& io, int read_fd, int write_fd, std::string stream_name)
        : input(io, read_fd),
          output(io, write_fd == read_fd ? ::dup(write_fd) : write_fd),
          patience(io),
          name(std::move(stream_name)),
          decoder({[this](nlohmann::json&& message) {
                       if (closed) return;
                       if (log_enabled(LogLevel::kTrace)) {
                           log(LogLevel::kTrace, name + " > " + protocol::dump_json(message));
                       }
                       callbacks.on_message(std::move(message));
                   },
                   [this](protocol::FrameProblem kind, const std::string& text) {
                       log(LogLevel::kWarning, name + ": " + text);
                       if (!closed && callbacks.on_problem) callbacks.on_problem(kind, text);
                   }}) {}

    void read() {
        if (closed || paused || reading) return;
        reading = true;
        auto self = shared_from_this();
        input.async_read_some(asio::buffer(chunk), [self](auto error, std::size_t count) {
            self->reading = false;
            if (self->closed) return;
            if (error) {
                self->end();
                return;
            }
            self->decoder.feed({self->chunk.data(), count});
            self->read();
        });
    }

    void write() {
        if (writing || queue.empty() || broken) return;
        writing = true;
        auto self = shared_from_this();
        output.async_write_some(
            asio::buffer(queue.front().data() + sent, queue.front().size() - sent),
            [self](auto error, std::size_t count) { self->wrote(static_cast<bool>(error), count); });
    }

    void wrote(bool failed, std::size_t count) {
        writing = false;
        if (failed) {
            broken = true;
            queue.clear();
            queued = 0;
        } else {
            sent += count;
            queued -= count;
            if (sent == queue.front().size()) {
                queue.pop_front();
                sent = 0;
            }
        }
        if (queue.empty() && done) {
            finish_now();
            return;
        }
        if (queued <= kLittleQueuedBytes && room && !closed) room();
        if (failed) {
            end();
        } else {
            write();
        }
    }

    void end() {
        if (closed || ended) return;
        ended = true;
        log(LogLevel::kDebug, name + ": the other side has closed");
        if (callbacks.on_end) callbacks.on_end();
    }

    void finish_now() {
        patience.cancel();
        boost::system::error_code ignored;
        output.close(ignored);
        input.close(ignored);
        if (auto callback = std::exchange(done, nullptr)) callback();
    }

    asio::posix::stream_descriptor input;
    asio::posix::stream_descriptor output;
    asio::steady_timer patience;
    std::string name;
    protocol::MessageDecoder decoder;
    Callbacks callbacks;
    std::array<char, 64 * 1024> chunk;
    std::deque<std::string> queue;
    std::size_t sent = 0;    // of the front of the queue
    std::size_t queued = 0;  // bytes in the queue
    std::function<void()> room;
    std::function<void()> done;
    bool reading = false;
    bool writing = false;
    bool paused = false;
    bool broken = false;
    bool ended = false;
    bool closed = false;
};

MessageStream::MessageStream(asio::io_context& io, int read_fd, int write_fd, std::string name)
    : impl_(std::make_shared<Impl>(io, read_fd, write_fd, std::move(name))) {}

MessageStream::~MessageStream() {
    impl_->closed = true;
    impl_->room = nullptr;
    boost::system::error_code ignored;
    impl_->input.close(ignored);
    impl_->output.close(ignored);
}

void MessageStream::start(Callbacks callbacks) {
    impl_->callbacks = std::move(callbacks);
    impl_->read();
}

void MessageStream::send(const nlohmann::json& message) {
    if (impl_->broken || impl_->closed) return;
    std::string body = protocol::dump_json(message);
    if (log_enabled(LogLevel::kTrace)) log(LogLevel::kTrace, impl_->name + " < " + body);
    impl_->queue.push_back(protocol::encode_frame(body));
    impl_->queued += impl_->queue.back().size();
    impl_->write();
}

std::size_t MessageStream::queued_bytes() const { return impl_->queued; }

void MessageStream::on_room(std::function<void()> callback) { impl_->room = std::move(callback); }

void MessageStream::pause_reading(bool paused) {
    impl_->paused = paused;
    impl_->read();
}

void MessageStream::finish(std::function<void()> done) {
    auto impl = impl_;
    impl->closed = true;
    impl->done = std::move(done);
    if (impl->queue.empty()) {
        // Not from within the caller, which may be a callback of this very stream.
        asio::post(impl->output.get_executor(), [impl] { impl->finish_now(); });
        return;
    }
    impl->patience.expires_after(kFinishPatience);
    impl->patience.async_wait([impl](auto error) {
        if (!error) impl->finish_now();
    });
}

}  // namespace refscope::dap
