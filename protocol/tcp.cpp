#include "protocol/tcp.h"

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <stdexcept>

namespace refscope::protocol {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string to_text(const tcp::endpoint& endpoint) {
    std::string host = endpoint.address().to_string();
    if (endpoint.address().is_v6()) host = "[" + host + "]";
    return host + ":" + std::to_string(endpoint.port());
}

// The connection leaves Asio once it is made: a plain descriptor has all that a transport needs.
int to_descriptor(tcp::socket socket) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.native_non_blocking(false, ignored);
    return socket.release(ignored);
}

std::unique_ptr<Transport> to_transport(int fd, const std::string& name) {
    return fd < 0 ? nullptr : make_fd_transport(fd, fd, true, name);
}

}  // namespace

ListenAddress parse_listen_address(const std::string& text) {
    std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) {
        throw std::invalid_argument("'" + text + "' is not HOST:PORT");
    }
    ListenAddress out;
    out.host = text.substr(0, colon);
    if (out.host.size() >= 2 && out.host.front() == '[' && out.host.back() == ']') {
        out.host = out.host.substr(1, out.host.size() - 2);
    }
    if (out.host.empty()) out.host = "127.0.0.1";
    std::string port = text.substr(colon + 1);
    auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (error != std::errc() || end != port.data() + port.size() || out.port < 0 ||
        out.port > 65535) {
        throw std::invalid_argument("'" + port + "' is not a port (0 to 65535)");
    }
    return out;
}

bool is_loopback_host(const std::string& host) {
    if (host == "localhost") return true;
    boost::system::error_code error;
    auto address = asio::ip::make_address(host, error);
    return !error && address.is_loopback();
}

struct TcpListener::Impl {
    asio::io_context io;
    tcp::acceptor acceptor{io};
    tcp::endpoint local;
    std::atomic<bool> closed{false};
};

TcpListener::TcpListener(const ListenAddress& address, bool allow_remote)
    : impl_(std::make_unique<Impl>()) {
    if (!allow_remote && !is_loopback_host(address.host)) {
        throw std::runtime_error(address.host +
                                 " can be reached from other machines; only the loopback address "
                                 "is allowed here");
    }
    std::string wanted = address.host + ":" + std::to_string(address.port);
    boost::system::error_code error;
    tcp::resolver resolver(impl_->io);
    auto found = resolver.resolve(address.host, std::to_string(address.port),
                                  tcp::resolver::passive, error);
    if (error || found.empty()) {
        throw std::runtime_error("cannot resolve " + wanted + ": " + error.message());
    }
    tcp::endpoint endpoint = found.begin()->endpoint();
    auto& acceptor = impl_->acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw std::runtime_error("cannot listen on " + wanted + ": " + error.message());
    impl_->local = acceptor.local_endpoint();
}

TcpListener::~TcpListener() = default;

std::string TcpListener::address() const { return to_text(impl_->local); }
int TcpListener::port() const { return impl_->local.port(); }
int TcpListener::native_handle() const { return impl_->acceptor.native_handle(); }

std::unique_ptr<Transport> TcpListener::accept() {
    return to_transport(accept_descriptor(), "client of " + address());
}

int TcpListener::accept_descriptor() {
    while (!impl_->closed) {
        boost::system::error_code error;
        tcp::socket socket(impl_->io);
        impl_->acceptor.accept(socket, error);
        if (!error) return to_descriptor(std::move(socket));
        if (error != boost::system::errc::connection_aborted) break;
    }
    return -1;
}

void TcpListener::close() {
    impl_->closed = true;
    // Wakes a thread inside accept, which closing the descriptor alone does not.
    ::shutdown(impl_->acceptor.native_handle(), SHUT_RDWR);
}

int connect_tcp_descriptor(const ListenAddress& address, std::string& problem) {
    asio::io_context io;
    tcp::resolver resolver(io);
    tcp::socket socket(io);
    boost::system::error_code error;
    auto found = resolver.resolve(address.host, std::to_string(address.port), error);
    if (!error) asio::connect(socket, found, error);
    if (error) {
        problem = address.host + ":" + std::to_string(address.port) + ": " + error.message();
        return -1;
    }
    return to_descriptor(std::move(socket));
}

std::unique_ptr<Transport> connect_tcp(const ListenAddress& address, std::string& problem) {
    return to_transport(connect_tcp_descriptor(address, problem),
                        address.host + ":" + std::to_string(address.port));
}

}  // namespace refscope::protocol
