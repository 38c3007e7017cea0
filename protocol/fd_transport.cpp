// Transports over file descriptors: standard input and output, inherited sockets, Unix sockets.
// A self-made pipe is polled beside the descriptor, so that closing wakes the reader whatever kind
// of file it is blocked on.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>

#include "protocol/transport.h"

namespace refscope::protocol {

namespace {

class FdTransport : public Transport {
  public:
    FdTransport(int read_fd, int write_fd, bool owned, std::string name)
        : read_fd_(read_fd), write_fd_(write_fd), owned_(owned), name_(std::move(name)) {
        if (::pipe2(wake_, O_CLOEXEC) != 0) wake_[0] = wake_[1] = -1;
    }

    ~FdTransport() override {
        if (owned_) {
            ::close(read_fd_);
            if (write_fd_ != read_fd_) ::close(write_fd_);
        }
        for (int fd : wake_) {
            if (fd >= 0) ::close(fd);
        }
    }

    std::size_t read_some(char* into, std::size_t size) override {
        while (!closed_) {
            pollfd watched[2] = {{read_fd_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
            if (::poll(watched, 2, -1) < 0) {
                if (errno == EINTR) continue;
                return 0;
            }
            if (closed_) return 0;
            if (watched[0].revents == 0) continue;
            ssize_t count = ::read(read_fd_, into, size);
            if (count > 0) return static_cast<std::size_t>(count);
            if (count == 0) return 0;
            if (errno != EINTR && errno != EAGAIN) return 0;
        }
        return 0;
    }

    bool write_all(std::string_view bytes) override {
        std::lock_guard lock(write_mutex_);
        while (!bytes.empty()) {
            if (closed_) return false;
            // A peer that is gone is an answer, not a signal.
            ssize_t count = ::send(write_fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count < 0 && errno == ENOTSOCK) count = write_plain(bytes);
            if (count >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(count));
            } else if (errno == EAGAIN) {
                pollfd watched[2] = {{write_fd_, POLLOUT, 0}, {wake_[0], POLLIN, 0}};
                ::poll(watched, 2, -1);
            } else if (errno != EINTR) {
                return false;
            }
        }
        return true;
    }

    void close() override {
        if (closed_.exchange(true)) return;
        char byte = 0;
        if (wake_[1] >= 0) [[maybe_unused]] ssize_t ignored = ::write(wake_[1], &byte, 1);
        if (owned_) ::shutdown(read_fd_, SHUT_RDWR);
    }

    std::string name() const override { return name_; }

  private:
    // Pipes have no MSG_NOSIGNAL: the signal is blocked for this thread and taken back.
    ssize_t write_plain(std::string_view bytes) {
        sigset_t pipe_signal, before, pending;
        sigemptyset(&pipe_signal);
        sigaddset(&pipe_signal, SIGPIPE);
        sigpending(&pending);
        bool was_pending = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
        ssize_t count = ::write(write_fd_, bytes.data(), bytes.size());
        int error = errno;
        if (count < 0 && error == EPIPE && !was_pending) {
            timespec now{0, 0};
            sigtimedwait(&pipe_signal, nullptr, &now);
        }
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        errno = error;
        return count;
    }

    int read_fd_;
    int write_fd_;
    bool owned_;
    std::string name_;
    int wake_[2] = {-1, -1};
    std::atomic<bool> closed_{false};
    std::mutex write_mutex_;
};

}  // namespace

std::unique_ptr<Transport> make_fd_transport(int read_fd, int write_fd, bool owned,
                                             std::string name) {
    return std::make_unique<FdTransport>(read_fd, write_fd, owned, std::move(name));
}

std::unique_ptr<Transport> make_stdio_transport() {
    return make_fd_transport(STDIN_FILENO, STDOUT_FILENO, false, "stdio");
}

}  // namespace refscope::protocol
