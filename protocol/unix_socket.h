// Unix sockets: how processes of one person on one machine find each other. Blocking, from any one thread; closing from any
// other wakes it.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "protocol/transport.h"

namespace refscope::protocol {

// Null with a reason when that fails.
std::unique_ptr<Transport> connect_unix_socket(const std::string& path, std::string& problem);

class UnixListener {
  public:
    // Throws std::runtime_error with a readable reason. The socket is its owner's alone (mode 0600), and goes with the
    // listener; what stood at the path is replaced.
    explicit UnixListener(std::string path);
    ~UnixListener();
    UnixListener(const UnixListener&) = delete;
    UnixListener& operator=(const UnixListener&) = delete;

    const std::string& path() const { return path_; }
    // The next connection, or null after close().
    std::unique_ptr<Transport> accept();
    void close();

  private:
    std::string path_;
    int descriptor_ = -1;
    std::atomic<bool> closed_{false};
};

}  // namespace refscope::protocol
