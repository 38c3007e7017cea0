#include "dap/adapter/server.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>

#include "dap/adapter/adapter.h"
#include "protocol/log.h"
#include "protocol/tcp.h"

namespace refscope::dap {

namespace asio = boost::asio;
using protocol::LogLevel;

namespace {

// Asynchronous input and output make a descriptor non-blocking for everyone who shares it, such as
// the shell that started us.
class BlockingModeGuard {
  public:
    explicit BlockingModeGuard(int fd)
        : fd_(::fcntl(fd, F_DUPFD_CLOEXEC, 3)), flags_(::fcntl(fd, F_GETFL)) {}
    ~BlockingModeGuard() {
        if (fd_ < 0) return;
        ::fcntl(fd_, F_SETFL, flags_);
        ::close(fd_);
    }
    BlockingModeGuard(const BlockingModeGuard&) = delete;
    BlockingModeGuard& operator=(const BlockingModeGuard&) = delete;

  private:
    int fd_;
    int flags_;
};

AdapterOptions adapter_options(const ServerOptions& options) {
    return {options.debuggee_command, options.token};
}

int serve_stdio(const ServerOptions& options) {
    BlockingModeGuard input_mode(STDIN_FILENO), output_mode(STDOUT_FILENO);
    asio::io_context io;
    // 0 and 1 must stay taken: by nothing, so that nobody prints into the protocol.
    int input = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    int output = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (input < 0 || output < 0) {
        std::fprintf(stderr, "refscope: standard input and output must be open\n");
        return 1;
    }
    int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(nothing, STDOUT_FILENO);
    if (nothing > STDERR_FILENO) ::close(nothing);
    auto stream = std::make_unique<MessageStream>(io, input, output, "client");
    Adapter adapter(io, std::move(stream), adapter_options(options), [&io] { io.stop(); });
    io.run();
    return 0;
}

// One client at a time; the next one waits in the listener's queue.
class TcpServer {
  public:
    TcpServer(asio::io_context& io, protocol::TcpListener& listener, const ServerOptions& options)
        : io_(io), listener_(listener), watch_(io, ::dup(listener.native_handle())),
          options_(options) {}

    void wait_for_client() {
        watch_.async_wait(asio::posix::stream_descriptor::wait_read, [this](auto error) {
            if (error) return;
            int fd = listener_.accept_descriptor();
            if (fd < 0) return;
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
            log(LogLevel::kInfo, "a client has connected");
            adapter_ = std::make_unique<Adapter>(
                io_, std::make_unique<MessageStream>(io_, fd, fd, "client"),
                adapter_options(options_), [this] {
                    // Not from within the adapter's own code.
                    asio::post(io_, [this] {
                        adapter_.reset();
                        log(LogLevel::kInfo, "waiting for the next client");
                        wait_for_client();
                    });
                });
        });
    }

  private:
    asio::io_context& io_;
    protocol::TcpListener& listener_;
    asio::posix::stream_descriptor watch_;
    const ServerOptions& options_;
    std::unique_ptr<Adapter> adapter_;
};

int serve_tcp(const ServerOptions& options) {
    std::unique_ptr<protocol::TcpListener> listener;
    try {
        listener = std::make_unique<protocol::TcpListener>(
            protocol::parse_listen_address(*options.listen), !options.token.empty());
    } catch (const std::invalid_argument& error) {
        std::fprintf(stderr, "refscope: --listen: %s\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "refscope: %s\n", error.what());
        return 1;
    }
    std::fprintf(stderr, "refscope: listening on %s\n", listener->address().c_str());
    std::fflush(stderr);
    asio::io_context io;
    TcpServer server(io, *listener, options);
    server.wait_for_client();
    io.run();
    return 0;
}

}  // namespace

int run_server(const ServerOptions& options) {
    ::signal(SIGPIPE, SIG_IGN);
    return options.listen ? serve_tcp(options) : serve_stdio(options);
}

}  // namespace refscope::dap
