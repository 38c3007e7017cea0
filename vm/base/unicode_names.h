// The names of Unicode characters, as \N{...} and unicodedata.lookup() know them (aliases
// included).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace refscope::base {

// Case-insensitive, as CPython; nothing for an unknown name. Named sequences are not characters.
std::optional<char32_t> character_by_name(std::string_view name);
// As unicodedata.name(); empty for a character without a name.
std::string character_name(char32_t code_point);

}  // namespace refscope::base
