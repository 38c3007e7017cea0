#include "vm/base/unicode_names.h"
namespace refscope::base {
std::optional<char32_t> character_by_name(std::string_view) {
    return std::nullopt;
}
}  // namespace refscope::base
