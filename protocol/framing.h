// Base protocol framing of DAP and LSP: `Content-Length: N`, an empty line, N bytes of JSON.
// `MessageDecoder` is fed whatever bytes arrive and hands out whole messages; it owns only its
// buffer, never does I/O, and belongs to one thread.
//
// A peer that frames badly must neither hang the conversation nor end it:
// - header lines without a usable length are skipped up to the next `Content-Length:`;
// - a length that is too long shows itself by the next message's header inside the body (a JSON
//   text cannot contain one: raw line breaks are not allowed in its strings), and decoding goes on
//   there;
// - a length that is too short leaves a body that is not JSON and a rest that is skipped as above.
// Every such place is reported once through `on_problem`.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace refscope::protocol {

struct FrameLimits {
    std::size_t max_header_bytes = 16 * 1024;
    std::size_t max_body_bytes = 128 * 1024 * 1024;
};

enum class FrameProblem { kBadHeader, kBadLength, kBadJson };

class MessageDecoder {
  public:
    struct Callbacks {
        std::function<void(nlohmann::json&&)> on_message;
        std::function<void(FrameProblem, const std::string&)> on_problem;
    };

    explicit MessageDecoder(Callbacks callbacks, FrameLimits limits = {});

    void feed(std::string_view bytes);

    // Bytes of an unfinished message: at the end of a stream, what was cut off.
    std::size_t pending_bytes() const { return buffer_.size() - start_; }

  private:
    bool step();
    bool step_header();
    bool step_body();
    void skip_to_next_header(std::size_t from);
    void problem(FrameProblem kind, const std::string& text);
    std::string_view rest() const { return std::string_view(buffer_).substr(start_); }

    Callbacks callbacks_;
    FrameLimits limits_;
    std::string buffer_;
    std::size_t start_ = 0;         // what lies before has been used
    std::size_t body_length_ = 0;   // of the message whose header has been read
    std::size_t body_scanned_ = 0;  // no header begins in these first bytes of the body
    bool in_body_ = false;
    bool skipping_ = false;  // garbage was reported and more of it follows
};

// The message with its header, ready to be written.
std::string encode_frame(std::string_view body);

}  // namespace refscope::protocol
