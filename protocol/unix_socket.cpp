#include "protocol/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace refscope::protocol {

namespace {

// False: longer than an address can be.
bool fill_address(const std::string& path, sockaddr_un* address) {
    *address = {};
    address->sun_family = AF_UNIX;
    if (path.size() >= sizeof address->sun_path) return false;
    std::memcpy(address->sun_path, path.c_str(), path.size() + 1);
    return true;
}

}  // namespace

std::unique_ptr<Transport> connect_unix_socket(const std::string& path, std::string& problem) {
    sockaddr_un address;
    if (!fill_address(path, &address)) {
        problem = "the socket's path is too long: " + path;
        return nullptr;
    }
    int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        problem = path + ": " + std::strerror(errno);
        if (fd >= 0) ::close(fd);
        return nullptr;
    }
    return make_fd_transport(fd, fd, true, path);
}

UnixListener::UnixListener(std::string path) : path_(std::move(path)) {
    sockaddr_un address;
    if (!fill_address(path_, &address)) throw std::runtime_error("the socket's path is too long: " + path_);
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::unlink(path_.c_str());
    // Whoever connects between bind and chmod waits in a queue that does not exist before listen.
    if (descriptor_ < 0 || ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::chmod(path_.c_str(), 0600) != 0 || ::listen(descriptor_, 8) != 0) {
        std::string problem = path_ + ": " + std::strerror(errno);
        if (descriptor_ >= 0) ::close(descriptor_);
        throw std::runtime_error(problem);
    }
}

UnixListener::~UnixListener() {
    ::close(descriptor_);
    ::unlink(path_.c_str());
}

std::unique_ptr<Transport> UnixListener::accept() {
    while (!closed_) {
        int fd = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd >= 0) return make_fd_transport(fd, fd, true, "client of " + path_);
        if (errno != EINTR && errno != ECONNABORTED) break;
    }
    return nullptr;
}

void UnixListener::close() {
    closed_ = true;
    ::shutdown(descriptor_, SHUT_RDWR);  // wakes a thread inside accept
}

}  // namespace refscope::protocol
