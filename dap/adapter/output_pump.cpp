#include "dap/adapter/output_pump.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace refscope::dap {

namespace asio = boost::asio;

std::size_t incomplete_utf8_tail(std::string_view text) {
    for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
        auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xC0) == 0x80) continue;
        std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;

// One of the two pipes.
struct Source {
    Source(asio::io_context& io, int fd, const char* name) : pipe(io, fd), category(name) {}

    asio::posix::stream_descriptor pipe;
    const char* category;
    std::string tail;  // the beginning of a character
    bool waiting = false;
    bool ended = false;
};

}  // namespace

struct OutputPump::Impl : std::enable_shared_from_this<OutputPump::Impl> {
    Impl(asio::io_context& io, int out, int err, OnText callback)
        : sources{Source(io, out, "stdout"), Source(io, err, "stderr")},
          on_text(std::move(callback)) {}

    void wait(Source& source) {
        if (source.waiting || source.ended || paused || closed) return;
        source.waiting = true;
        auto self = shared_from_this();
        source.pipe.async_wait(asio::posix::stream_descriptor::wait_read,
                               [self, &source](auto error) {
                                   source.waiting = false;
                                   if (error || self->closed || self->paused) return;
                                   self->read(source, kChunkBytes);
                                   self->wait(source);
                               });
    }

    // Reads what is there, at most `limit` bytes; the pipe is known to have something or to be
    // at its end, so that this does not block.
    void read(Source& source, std::size_t limit) {
        std::string text = std::move(source.tail);
        source.tail.clear();
        std::size_t before = text.size();
        text.resize(before + limit);
        ssize_t count;
        do {
            count = ::read(source.pipe.native_handle(), text.data() + before, limit);
        } while (count < 0 && errno == EINTR);
        if (count <= 0) {
            text.resize(before);
            source.tail = std::move(text);
            if (count == 0 || errno != EAGAIN) end(source);
            return;
        }
        text.resize(before + static_cast<std::size_t>(count));
        std::size_t cut = incomplete_utf8_tail(text);
        source.tail = text.substr(text.size() - cut);
        text.resize(text.size() - cut);
        if (!text.empty()) on_text(source.category, std::move(text));
    }

    void end(Source& source) {
        source.ended = true;
        flush_tail(source);
    }

    void flush_tail(Source& source) {
        if (source.tail.empty()) return;
        on_text(source.category, std::exchange(source.tail, {}));
    }

    void drain(Source& source) {
        if (source.ended || closed) return;
        int available = 0;
        // Bounded by what is there now: a child of the program may go on writing for ever.
        if (::ioctl(source.pipe.native_handle(), FIONREAD, &available) != 0) return;
        while (available > 0 && !source.ended) {
            int part = std::min<int>(available, kChunkBytes);
            read(source, static_cast<std::size_t>(part));
            available -= part;
        }
    }

    Source sources[2];
    OnText on_text;
    bool paused = false;
    bool closed = false;
};

OutputPump::OutputPump(asio::io_context& io, int stdout_fd, int stderr_fd, OnText on_text)
    : impl_(std::make_shared<Impl>(io, stdout_fd, stderr_fd, std::move(on_text))) {
    for (auto& source : impl_->sources) impl_->wait(source);
}

OutputPump::~OutputPump() {
    impl_->closed = true;
    boost::system::error_code ignored;
    for (auto& source : impl_->sources) source.pipe.close(ignored);
}

void OutputPump::drain() {
    for (auto& source : impl_->sources) impl_->drain(source);
}

void OutputPump::drain_to_end() {
    drain();
    for (auto& source : impl_->sources) impl_->flush_tail(source);
}

void OutputPump::pause(bool paused) {
    impl_->paused = paused;
    if (paused) return;
    for (auto& source : impl_->sources) impl_->wait(source);
}

int OutputPump::stdout_fd() const { return impl_->sources[0].pipe.native_handle(); }
int OutputPump::stderr_fd() const { return impl_->sources[1].pipe.native_handle(); }

}  // namespace refscope::dap
