// JSON from and to text, with the limits that a message from outside needs: a bounded depth (a
// deeply nested value would overflow the stack of whoever walks it) and output that is always
// valid UTF-8. Stateless; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace refscope::protocol {

inline constexpr int kMaxJsonDepth = 256;

// Whether `text` was JSON. If not, `problem` says why, in one line.
bool parse_json(std::string_view text, nlohmann::json& out, std::string& problem);

// Compact text. Bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string dump_json(const nlohmann::json& value);

}  // namespace refscope::protocol
