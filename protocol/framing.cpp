#include "protocol/framing.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "protocol/json_text.h"

namespace refscope::protocol {

namespace {

constexpr std::string_view kLengthField = "content-length:";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t find_length_field(std::string_view text, std::size_t from) {
    if (from >= text.size()) return std::string_view::npos;
    auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(),
                             kLengthField.begin(), kLengthField.end(),
                             [](char a, char b) { return lower(a) == b; });
    if (found == text.end()) return std::string_view::npos;
    return static_cast<std::size_t>(found - text.begin());
}

// How many bytes at the end of `text` could be the beginning of a length field.
std::size_t partial_field_at_end(std::string_view text) {
    for (std::size_t n = std::min(text.size(), kLengthField.size() - 1); n > 0; --n) {
        std::string_view tail = text.substr(text.size() - n);
        if (std::equal(tail.begin(), tail.end(), kLengthField.begin(),
                       [](char a, char b) { return lower(a) == b; })) {
            return n;
        }
    }
    return 0;
}

struct HeaderEnd {
    std::size_t length;  // of the header without its terminator
    std::size_t total;
};

// Lines end with CR LF; a bare LF is what people type by hand.
std::optional<HeaderEnd> find_header_end(std::string_view text) {
    for (std::size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1)) {
        std::size_t next = i + 1;
        if (next < text.size() && text[next] == '\r') ++next;
        if (next < text.size() && text[next] == '\n') return HeaderEnd{i, next + 1};
    }
    return std::nullopt;
}

// The number after the last length field: what stands before it may be the rest of a bad message.
std::optional<std::uint64_t> read_length(std::string_view header) {
    std::optional<std::uint64_t> length;
    for (std::size_t at = find_length_field(header, 0); at != std::string_view::npos;
         at = find_length_field(header, at + 1)) {
        std::size_t digits = at + kLengthField.size();
        while (digits < header.size() && (header[digits] == ' ' || header[digits] == '\t')) {
            ++digits;
        }
        std::uint64_t value = 0;
        auto [end, error] =
            std::from_chars(header.data() + digits, header.data() + header.size(), value);
        auto after = static_cast<std::size_t>(end - header.data());
        while (after < header.size() && (header[after] == ' ' || header[after] == '\t')) ++after;
        bool line_ends =
            after == header.size() || header[after] == '\r' || header[after] == '\n';
        length.reset();
        if (error == std::errc() && line_ends) length = value;
    }
    return length;
}

// Whether a whole header with a length begins at `at`: then it is one, not a text that talks of it.
// Returns nothing while that cannot be told yet.
std::optional<bool> header_begins(std::string_view text, std::size_t at) {
    std::size_t i = at + kLengthField.size();
    while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
    std::size_t digits = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    if (i == text.size()) return std::nullopt;
    return i > digits && (text[i] == '\r' || text[i] == '\n');
}

std::string excerpt(std::string_view text) {
    constexpr std::size_t kShown = 60;
    std::string out;
    for (char c : text.substr(0, kShown)) {
        out += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ? '.' : c;
    }
    return text.size() > kShown ? out + "..." : out;
}

}  // namespace

MessageDecoder::MessageDecoder(Callbacks callbacks, FrameLimits limits)
    : callbacks_(std::move(callbacks)), limits_(limits) {}

void MessageDecoder::feed(std::string_view bytes) {
    buffer_.append(bytes);
    while (step()) {
    }
    if (start_ == buffer_.size()) {
        buffer_.clear();
        start_ = 0;
        if (buffer_.capacity() > limits_.max_header_bytes * 64) buffer_.shrink_to_fit();
    } else if (start_ > buffer_.size() / 2) {
        buffer_.erase(0, start_);
        start_ = 0;
    }
}

bool MessageDecoder::step() { return in_body_ ? step_body() : step_header(); }

bool MessageDecoder::step_header() {
    std::string_view text = rest();
    if (text.empty()) return false;
    auto end = find_header_end(text);
    if (!end) {
        if (text.size() <= limits_.max_header_bytes) return false;
        problem(FrameProblem::kBadHeader, "a header that does not end: " + excerpt(text));
        skip_to_next_header(1);
        return false;
    }
    std::string_view header = text.substr(0, end->length);
    auto length = read_length(header);
    if (!length) {
        problem(FrameProblem::kBadHeader, "no Content-Length in: " + excerpt(header));
        start_ += end->total;
        return true;
    }
    if (*length > limits_.max_body_bytes) {
        problem(FrameProblem::kBadLength,
                "a message of " + std::to_string(*length) + " bytes is over the limit of " +
                    std::to_string(limits_.max_body_bytes));
        start_ += end->total;
        return true;
    }
    start_ += end->total;
    body_length_ = static_cast<std::size_t>(*length);
    body_scanned_ = 0;
    in_body_ = true;
    return true;
}

bool MessageDecoder::step_body() {
    std::string_view text = rest();
    std::string_view body = text.substr(0, body_length_);
    for (std::size_t at = find_length_field(body, body_scanned_); at != std::string_view::npos;
         at = find_length_field(body, at + 1)) {
        // Judged with what follows the body too, for the header may straddle its end.
        auto header = header_begins(text, at);
        if (!header) {
            if (text.size() >= body_length_) break;  // the body is whole: its JSON decides
            body_scanned_ = at;
            return false;
        }
        if (!*header) continue;
        problem(FrameProblem::kBadLength, "the length announced reaches into the next message");
        in_body_ = false;
        start_ += at;
        return true;
    }
    if (text.size() < body_length_) {
        body_scanned_ = body.size() - partial_field_at_end(body);
        return false;
    }
    in_body_ = false;
    nlohmann::json message;
    std::string reason;
    if (parse_json(body, message, reason)) {
        skipping_ = false;
        start_ += body_length_;
        callbacks_.on_message(std::move(message));
        return true;
    }
    // If the length was wrong, the next header may have been swallowed in part.
    std::size_t keep = partial_field_at_end(body);
    std::size_t field = find_length_field(body, 0);
    std::string shown = excerpt(body);
    start_ += field != std::string_view::npos ? field : body_length_ - keep;
    problem(FrameProblem::kBadJson, reason + "; the message began: " + shown);
    return true;
}

// Drops the garbage at hand. What could be the beginning of a header stays.
void MessageDecoder::skip_to_next_header(std::size_t from) {
    std::string_view text = rest();
    std::size_t at = find_length_field(text, from);
    start_ += at != std::string_view::npos ? at : text.size() - partial_field_at_end(text);
    skipping_ = true;
}

void MessageDecoder::problem(FrameProblem kind, const std::string& text) {
    if (skipping_ && kind == FrameProblem::kBadHeader) return;
    skipping_ = kind == FrameProblem::kBadHeader;
    if (callbacks_.on_problem) callbacks_.on_problem(kind, text);
}

std::string encode_frame(std::string_view body) {
    std::string out = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    out += body;
    return out;
}

}  // namespace refscope::protocol
