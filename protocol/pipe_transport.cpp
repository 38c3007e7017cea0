// In-memory transports: a pair of connected ends, and a spy around any other.
#include <condition_variable>
#include <deque>
#include <mutex>

#include "protocol/transport.h"

namespace refscope::protocol {

namespace {

// One direction of a pair.
struct ByteQueue {
    std::mutex mutex;
    std::condition_variable changed;
    std::string bytes;
    bool closed = false;

    void close() {
        std::lock_guard lock(mutex);
        closed = true;
        changed.notify_all();
    }
};

class PipeEnd : public Transport {
  public:
    PipeEnd(std::shared_ptr<ByteQueue> in, std::shared_ptr<ByteQueue> out)
        : in_(std::move(in)), out_(std::move(out)) {}
    ~PipeEnd() override { PipeEnd::close(); }

    std::size_t read_some(char* into, std::size_t size) override {
        std::unique_lock lock(in_->mutex);
        in_->changed.wait(lock, [this] { return in_->closed || !in_->bytes.empty(); });
        std::size_t count = in_->bytes.copy(into, size);
        in_->bytes.erase(0, count);
        return count;
    }

    bool write_all(std::string_view bytes) override {
        std::lock_guard lock(out_->mutex);
        if (out_->closed) return false;
        out_->bytes.append(bytes);
        out_->changed.notify_all();
        return true;
    }

    void close() override {
        in_->close();
        out_->close();
    }

    std::string name() const override { return "pipe"; }

  private:
    std::shared_ptr<ByteQueue> in_;
    std::shared_ptr<ByteQueue> out_;
};

class SpyTransport : public Transport {
  public:
    SpyTransport(std::unique_ptr<Transport> inner, TrafficObserver observe)
        : inner_(std::move(inner)), observe_(std::move(observe)) {}

    std::size_t read_some(char* into, std::size_t size) override {
        std::size_t count = inner_->read_some(into, size);
        tell("read", {into, count});
        return count;
    }
    bool write_all(std::string_view bytes) override {
        tell("write", bytes);
        return inner_->write_all(bytes);
    }
    void close() override { inner_->close(); }
    std::string name() const override { return inner_->name(); }

  private:
    void tell(std::string_view direction, std::string_view bytes) {
        std::lock_guard lock(mutex_);
        observe_(direction, bytes);
    }

    std::unique_ptr<Transport> inner_;
    TrafficObserver observe_;
    std::mutex mutex_;
};

}  // namespace

std::pair<std::unique_ptr<Transport>, std::unique_ptr<Transport>> make_pipe_pair() {
    auto there = std::make_shared<ByteQueue>();
    auto back = std::make_shared<ByteQueue>();
    return {std::make_unique<PipeEnd>(back, there), std::make_unique<PipeEnd>(there, back)};
}

std::unique_ptr<Transport> make_spy_transport(std::unique_ptr<Transport> inner,
                                              TrafficObserver observe) {
    return std::make_unique<SpyTransport>(std::move(inner), std::move(observe));
}

}  // namespace refscope::protocol
