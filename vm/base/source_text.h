// SourceText: the text of one Python file, decoded to UTF-8, with an index of its lines.
//
// Newlines are normalised to '\n' and a byte order mark is removed, as CPython's tokenizer does
// before it counts anything; the lines and the columns within them are the file's own. Lines count
// from 1. Columns are byte offsets in the line from 0 (as in CPython's ast), UTF-16 code units (as
// in LSP) or characters (as in SyntaxError.offset). Owns its text; immutable, so any thread may
// read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace refscope::base {

struct LineColumn {
    std::uint32_t line = 1;
    std::uint32_t column = 0;
};

class SourceText {
  public:
    SourceText() : SourceText(std::string(), {}) {}
    // `text` is UTF-8 already (lone surrogates may stand as three bytes).
    explicit SourceText(std::string text, std::string name = "<string>");

    std::string_view text() const { return text_; }
    const std::string& name() const { return name_; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(text_.size()); }

    // A text that ends in '\n' has no empty line after it, except that the empty text has one line.
    std::uint32_t line_count() const { return static_cast<std::uint32_t>(line_starts_.size()); }
    // Clamped: a line past the end starts and ends at the end of the text.
    std::uint32_t line_start(std::uint32_t line) const;
    std::string_view line_text(std::uint32_t line) const;  // without its '\n'

    LineColumn position(std::uint32_t offset) const;  // bytes
    std::uint32_t offset(std::uint32_t line, std::uint32_t byte_column) const;

    std::uint32_t utf16_column(std::uint32_t line, std::uint32_t byte_column) const;
    std::uint32_t byte_column_of_utf16(std::uint32_t line, std::uint32_t utf16_column) const;
    std::uint32_t character_column(std::uint32_t line, std::uint32_t byte_column) const;

  private:
    std::string text_;
    std::string name_;
    std::vector<std::uint32_t> line_starts_;
};

// Decodes the bytes of a file by its byte order mark or coding cookie (PEP 263); UTF-8 without
// either.
struct DecodedSource {
    SourceText source;
    std::string encoding = "utf-8";
    // Empty when all went well; else CPython's SyntaxError message. The source then holds a
    // readable approximation with U+FFFD for what could not be decoded, for an editor to go on
    // with.
    std::string error;
    std::uint32_t error_line = 0;
};
DecodedSource decode_source(std::string_view bytes, std::string name);

}  // namespace refscope::base
