// The names of Unicode characters, as \N{...} and unicodedata.lookup() know them (aliases
// included).
#pragma once

#include <optional>
#include <string_view>

namespace refscope::base {

// Case-insensitive, as CPython; nothing for an unknown name. Named sequences are not characters.
std::optional<char32_t> character_by_name(std::string_view name);

}  // namespace refscope::base
