#include "vm/modules/binascii_quoted.h"

#include <cctype>

namespace refscope::vm {

namespace {

constexpr size_t kLineLimit = 76;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
std::string quoted(unsigned char c) {
    constexpr const char* kDigits = "0123456789ABCDEF";
    return {'=', kDigits[c >> 4], kDigits[c & 15]};
}

}  // namespace

std::string decode_quoted_printable(std::string_view data, bool header) {
    std::string result;
    for (size_t i = 0; i < data.size();) {
        const char c = data[i];
        if (c == '=') {
            ++i;
            if (i >= data.size()) break;
            if (data[i] == '\n' || data[i] == '\r') {
                // A soft line break: up to the end of the line.
                while (i < data.size() && data[i] != '\n') ++i;
                if (i < data.size()) ++i;
            } else if (data[i] == '=') {
                result += '=';  // broken encoders write it twice
                ++i;
            } else if (i + 1 < data.size() && hex_value(data[i]) >= 0 && hex_value(data[i + 1]) >= 0) {
                result += static_cast<char>(hex_value(data[i]) << 4 | hex_value(data[i + 1]));
                i += 2;
            } else {
                result += '=';
            }
        } else {
            result += header && c == '_' ? ' ' : c;
            ++i;
        }
    }
    return result;
}

std::string encode_quoted_printable(std::string_view data, bool quote_tabs, bool is_text, bool header) {
    // Lines end as the first one of the data does.
    const size_t first_end = data.find('\n');
    const std::string line_end = first_end != std::string_view::npos && first_end > 0 && data[first_end - 1] == '\r' ? "\r\n" : "\n";
    std::string result;
    size_t column = 0;
    auto soft_break = [&] {
        result += '=';
        result += line_end;
        column = 0;
    };
    for (size_t i = 0; i < data.size();) {
        const char c = data[i];
        const bool last = i + 1 == data.size();
        const bool lone_dot = c == '.' && column == 0 && (last || data[i + 1] == '\n' || data[i + 1] == '\r' || data[i + 1] == '\0');
        const bool blank = c == '\t' || c == ' ';
        if (static_cast<unsigned char>(c) > 126 || c == '=' || (header && c == '_') || lone_dot || (!is_text && (c == '\r' || c == '\n')) ||
            (blank && last) || (static_cast<unsigned char>(c) < 33 && c != '\r' && c != '\n' && (quote_tabs || !blank))) {
            if (column + 3 >= kLineLimit) soft_break();
            result += quoted(static_cast<unsigned char>(c));
            ++i;
            column += 3;
        } else if (is_text && (c == '\n' || (c == '\r' && !last && data[i + 1] == '\n'))) {
            column = 0;
            // White space before the end of a line would be lost.
            if (!result.empty() && (result.back() == ' ' || result.back() == '\t')) {
                const auto space = static_cast<unsigned char>(result.back());
                result.pop_back();
                result += quoted(space);
            }
            result += line_end;
            i += c == '\r' ? 2 : 1;
        } else {
            if (!last && data[i + 1] != '\n' && column + 1 >= kLineLimit) soft_break();
            ++column;
            result += header && c == ' ' ? '_' : c;
            ++i;
        }
    }
    return result;
}

}  // namespace refscope::vm
