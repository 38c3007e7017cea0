// Reads the program's stdout and stderr pipes and hands out text, in the order in which it arrives
// and never with half a UTF-8 character. Belongs to the io_context's thread. Owns its descriptors;
// the callback is not called after it is destroyed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace refscope::dap {

// How many bytes at the end of `text` begin a character that more bytes may complete.
std::size_t incomplete_utf8_tail(std::string_view text);

class OutputPump {
  public:
    using OnText = std::function<void(const char* category, std::string text)>;

    OutputPump(boost::asio::io_context& io, int stdout_fd, int stderr_fd, OnText on_text);
    ~OutputPump();
    OutputPump(const OutputPump&) = delete;
    OutputPump& operator=(const OutputPump&) = delete;

    // Hands out what is in the pipes now, without waiting for more.
    void drain();
    // The last drain: a character that was cut off is handed out as it is.
    void drain_to_end();
    // While paused, the program waits once its pipes are full.
    void pause(bool paused);
    // The program goes on without us.
    int stdout_fd() const;
    int stderr_fd() const;

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace refscope::dap
