// TCP for servers and clients of a conversation: addresses as people type them, a listener, and a
// transport for each connection. Blocking, from any one thread; closing from any other wakes it.
#pragma once

#include <memory>
#include <string>

#include "protocol/transport.h"

namespace refscope::protocol {

struct ListenAddress {
    std::string host;
    int port = 0;
};

// "HOST:PORT", "[IPV6]:PORT" or ":PORT" (the loopback address). Throws std::invalid_argument.
ListenAddress parse_listen_address(const std::string& text);

// Whether the name or number can only mean this machine.
bool is_loopback_host(const std::string& host);

class TcpListener {
  public:
    // Throws std::runtime_error with a readable reason. An address that others can reach is refused
    // unless `allow_remote` says that it was asked for.
    TcpListener(const ListenAddress& address, bool allow_remote);
    ~TcpListener();
    TcpListener(const TcpListener&) = delete;
    TcpListener& operator=(const TcpListener&) = delete;

    // With the port that the system picked for port 0: "127.0.0.1:40312".
    std::string address() const;
    int port() const;
    int native_handle() const;

    // The next connection, or null after close().
    std::unique_ptr<Transport> accept();
    // The same as a bare descriptor, which the caller owns; -1 after close().
    int accept_descriptor();
    void close();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Null with a reason when that fails.
std::unique_ptr<Transport> connect_tcp(const ListenAddress& address, std::string& problem);
int connect_tcp_descriptor(const ListenAddress& address, std::string& problem);

}  // namespace refscope::protocol
