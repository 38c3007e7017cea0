#include "lsp/file_uri.h"

namespace refscope::lsp {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool take_prefix(std::string_view* text, std::string_view prefix) {
    if (!text->starts_with(prefix)) return false;
    text->remove_prefix(prefix.size());
    return true;
}

}  // namespace

std::optional<std::string> path_of_uri(std::string_view uri) {
    if (!take_prefix(&uri, "file:")) return std::nullopt;
    if (take_prefix(&uri, "//")) take_prefix(&uri, "localhost");
    if (uri.empty() || uri[0] != '/') return std::nullopt;
    std::string path;
    for (std::size_t i = 0; i < uri.size(); ++i) {
        int high = -1, low = -1;
        if (uri[i] == '%' && i + 2 < uri.size()) {
            high = hex_digit(uri[i + 1]);
            low = hex_digit(uri[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            path += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            path += uri[i];
        }
    }
    return path;
}

}  // namespace refscope::lsp
