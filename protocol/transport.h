// A transport moves bytes between two peers. Reading blocks and belongs to one thread; writing and
// closing may be done from any thread; closing wakes a blocked reader. An instance is owned by its
// channel (`channel.h`); whoever else needs one while testing wraps it in a spy.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace refscope::protocol {

class Transport {
  public:
    virtual ~Transport() = default;
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    // At least one byte, or 0 at the end of the stream (closed here or there, or broken).
    virtual std::size_t read_some(char* into, std::size_t size) = 0;
    // False when the other side is gone.
    virtual bool write_all(std::string_view bytes) = 0;
    virtual void close() = 0;
    // For logs: "stdio", "127.0.0.1:40312".
    virtual std::string name() const = 0;
};

// File descriptors. `owned`: they are closed with the transport.
std::unique_ptr<Transport> make_fd_transport(int read_fd, int write_fd, bool owned,
                                             std::string name);
std::unique_ptr<Transport> make_stdio_transport();

// Two ends of a conversation within the process.
std::pair<std::unique_ptr<Transport>, std::unique_ptr<Transport>> make_pipe_pair();

// Hands each chunk of traffic to `observe` ("read" or "write") and passes it on.
using TrafficObserver = std::function<void(std::string_view direction, std::string_view bytes)>;
std::unique_ptr<Transport> make_spy_transport(std::unique_ptr<Transport> inner,
                                              TrafficObserver observe);

}  // namespace refscope::protocol
