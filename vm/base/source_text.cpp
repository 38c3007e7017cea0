#include "vm/base/source_text.h"

#include <iconv.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "vm/base/utf8.h"

namespace refscope::base {

namespace {

void normalise_newlines(std::string& text) {
    std::size_t from = 0;
    while (from < text.size() && text[from] != '\r') ++from;
    if (from == text.size()) return;
    std::size_t to = from;
    for (; from < text.size(); ++from) {
        if (text[from] == '\r') {
            text[to++] = '\n';
            if (from + 1 < text.size() && text[from + 1] == '\n') ++from;
        } else {
            text[to++] = text[from];
        }
    }
    text.resize(to);
}

bool is_cookie_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
}

// The encoding named on a line by ^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+), or nothing.
std::string_view find_cookie(std::string_view line) {
    std::size_t i = line.find_first_not_of(" \t\f");
    if (i == std::string_view::npos || line[i] != '#') return {};
    for (i = line.find("coding", i); i != std::string_view::npos; i = line.find("coding", i + 1)) {
        std::size_t at = i + 6;
        if (at >= line.size() || (line[at] != ':' && line[at] != '=')) continue;
        at = line.find_first_not_of(" \t", at + 1);
        if (at == std::string_view::npos) return {};
        std::size_t end = at;
        while (end < line.size() && is_cookie_character(line[end])) ++end;
        if (end > at) return line.substr(at, end - at);
    }
    return {};
}

std::string normalise_encoding(std::string_view name) {
    std::string result;
    for (char c : name) {
        result.push_back(c == '_' ? '-'
                                  : static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
    const auto is = [&](std::string_view wanted) {
        return result == wanted ||
               result.compare(0, wanted.size() + 1, std::string(wanted) + "-") == 0;
    };
    if (is("utf-8") || result == "utf8") return "utf-8";
    if (is("latin-1") || is("iso-8859-1") || is("iso-latin-1") || result == "latin1" ||
        result == "l1" || result == "iso8859-1") {
        return "iso-8859-1";
    }
    if (result == "ascii" || result == "us-ascii" || result == "646") return "ascii";
    return result;
}

bool is_plain_utf8(std::string_view cookie) {
    std::string name;
    for (char c : cookie.substr(0, 6)) {
        name.push_back(c == '_' ? '-'
                                : static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
    return name == "utf-8" || name == "utf-8-";
}

// Other encodings are the C library's business.
bool decode_with_iconv(std::string_view bytes, const std::string& encoding, std::string& text) {
    const iconv_t converter = iconv_open("UTF-8", encoding.c_str());
    if (converter == reinterpret_cast<iconv_t>(-1)) return false;
    auto* from = const_cast<char*>(bytes.data());
    std::size_t left = bytes.size();
    bool good = true;
    while (left > 0) {
        char buffer[4096];
        char* to = buffer;
        std::size_t room = sizeof buffer;
        const std::size_t result = iconv(converter, &from, &left, &to, &room);
        text.append(buffer, static_cast<std::size_t>(to - buffer));
        if (result == static_cast<std::size_t>(-1) && errno != E2BIG) {
            good = false;
            break;
        }
    }
    iconv_close(converter);
    return good;
}

void decode_single_bytes(std::string_view bytes, std::string& text) {
    for (char c : bytes) append_utf8(text, static_cast<unsigned char>(c));
}

struct CookieSearch {
    std::string_view cookie;
};

CookieSearch search_cookie(std::string_view bytes) {
    for (int line = 0; line < 2; ++line) {
        const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
        const std::string_view text = bytes.substr(0, end);
        if (const std::string_view cookie = find_cookie(text); !cookie.empty()) return {cookie};
        // A second line counts only below a blank line or a comment.
        const std::size_t first = text.find_first_not_of(" \t\f");
        if (first != std::string_view::npos && text[first] != '#') return {};
        if (end == bytes.size()) return {};
        const bool both = bytes[end] == '\r' && end + 1 < bytes.size() && bytes[end + 1] == '\n';
        bytes.remove_prefix(end + (both ? 2 : 1));
    }
    return {};
}

}  // namespace

SourceText::SourceText(std::string text, std::string name)
    : text_(std::move(text)), name_(std::move(name)) {
    normalise_newlines(text_);
    line_starts_.push_back(0);
    const char* const data = text_.data();
    const char* const end = data + text_.size();
    for (const char* at = data; (at = static_cast<const char*>(std::memchr(
                                     at, '\n', static_cast<std::size_t>(end - at)))) != nullptr;) {
        ++at;
        if (at < end) line_starts_.push_back(static_cast<std::uint32_t>(at - data));
    }
}

std::uint32_t SourceText::line_start(std::uint32_t line) const {
    if (line == 0) return 0;
    return line <= line_starts_.size() ? line_starts_[line - 1] : size();
}

std::string_view SourceText::line_text(std::uint32_t line) const {
    const std::uint32_t begin = line_start(line);
    std::uint32_t end = line < line_starts_.size() ? line_starts_[line] : size();
    if (end > begin && text_[end - 1] == '\n') --end;
    return std::string_view(text_).substr(begin, end - begin);
}

LineColumn SourceText::position(std::uint32_t offset) const {
    offset = std::min(offset, size());
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const auto line = static_cast<std::uint32_t>(after - line_starts_.begin());
    return {line, offset - line_starts_[line - 1]};
}

std::uint32_t SourceText::offset(std::uint32_t line, std::uint32_t byte_column) const {
    return std::min(line_start(line) + byte_column, size());
}

std::uint32_t SourceText::utf16_column(std::uint32_t line, std::uint32_t byte_column) const {
    const std::string_view text = line_text(line);
    return static_cast<std::uint32_t>(
        count_utf16(text.substr(0, std::min<std::size_t>(byte_column, text.size()))));
}

std::uint32_t SourceText::byte_column_of_utf16(std::uint32_t line,
                                               std::uint32_t utf16_column) const {
    const std::string_view text = line_text(line);
    std::uint32_t units = 0;
    std::uint32_t at = 0;
    while (at < text.size() && units < utf16_column) {
        const DecodedCharacter character = decode_utf8(text.substr(at));
        units += character.code_point >= 0x10000 ? 2 : 1;
        at += character.length;
    }
    return at;
}

std::uint32_t SourceText::character_column(std::uint32_t line, std::uint32_t byte_column) const {
    const std::string_view text = line_text(line);
    return static_cast<std::uint32_t>(
        count_characters(text.substr(0, std::min<std::size_t>(byte_column, text.size()))));
}

DecodedSource decode_source(std::string_view bytes, std::string name) {
    DecodedSource result;
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    const bool has_mark = bytes.substr(0, 3) == kByteOrderMark;
    if (has_mark) bytes.remove_prefix(3);
    const std::string cookie(search_cookie(bytes).cookie);
    std::string encoding = cookie.empty() ? "utf-8" : normalise_encoding(cookie);
    // CPython compares the cookie's own spelling here, in which only `utf-8` is UTF-8.
    if (has_mark && !cookie.empty() && !is_plain_utf8(cookie)) {
        result.error = "encoding problem: " + cookie + " with BOM";
        encoding = "utf-8";
    }
    result.encoding = encoding;
    std::string text;
    text.reserve(bytes.size());
    if (encoding == "iso-8859-1") {
        decode_single_bytes(bytes, text);
    } else if (encoding != "utf-8" && encoding != "ascii" &&
               decode_with_iconv(bytes, encoding, text)) {
        // done
    } else {
        text.clear();
        const bool ascii_only = encoding == "ascii";
        if (encoding != "utf-8" && !ascii_only && result.error.empty()) {
            result.error = "unknown encoding: " + cookie;
        }
        std::size_t at = 0;
        while (at < bytes.size()) {
            std::size_t plain = at;
            while (plain < bytes.size() && static_cast<unsigned char>(bytes[plain]) < 0x80) ++plain;
            text.append(bytes.substr(at, plain - at));
            at = plain;
            if (at == bytes.size()) break;
            const DecodedCharacter character = decode_utf8(bytes.substr(at));
            const bool surrogate = character.code_point >= 0xD800 && character.code_point < 0xE000;
            if (character.valid && !surrogate && !ascii_only) {
                text.append(bytes.substr(at, character.length));
                at += character.length;
                continue;
            }
            if (result.error.empty()) {
                const auto line =
                    static_cast<std::uint32_t>(1 + std::count(text.begin(), text.end(), '\n'));
                char message[64];
                const auto byte = static_cast<unsigned char>(bytes[at]);
                result.error_line = line;
                if (ascii_only) {
                    std::snprintf(message, sizeof message,
                                  "'ascii' codec can't decode byte 0x%02x in position %zu: ", byte,
                                  at);
                    result.error =
                        std::string("(unicode error) ") + message + "ordinal not in range(128)";
                } else {
                    std::snprintf(message, sizeof message,
                                  "Non-UTF-8 code starting with '\\x%02x' in file ", byte);
                    result.error = message + name + " on line " + std::to_string(line) +
                                   ", but no encoding declared; see "
                                   "https://peps.python.org/pep-0263/ for details";
                }
            }
            append_utf8(text, kReplacementCharacter);
            at += 1;
        }
    }
    result.source = SourceText(std::move(text), std::move(name));
    return result;
}

}  // namespace refscope::base
