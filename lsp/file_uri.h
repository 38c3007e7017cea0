// Paths and the `file:` URIs that the protocol names documents by (RFC 8089, RFC 3986 for the escapes). Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace refscope::lsp {

// Nothing for other schemes and for files of other machines.
std::optional<std::string> path_of_uri(std::string_view uri);

}  // namespace refscope::lsp
