// The escapes of string and bytes literals. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace refscope::syntax {

struct DecodedLiteral {
    std::string text;  // WTF-8 for str, raw bytes for bytes
    std::string
        error;  // empty when good; else CPython's words: "(unicode error) ...", "(value error) ..."
};

// The body of a literal without prefix and quotes, which is no raw string.
DecodedLiteral decode_str_escapes(std::string_view body);
DecodedLiteral decode_bytes_escapes(std::string_view body);

}  // namespace refscope::syntax
