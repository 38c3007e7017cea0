#include "lsp/documents.h"

#include <algorithm>

namespace refscope::lsp {

namespace protocol_lsp = protocol::lsp;

Document::Document(std::string uri, std::int64_t version, std::string text)
    : uri_(std::move(uri)), version_(version), raw_(std::move(text)) {}

void Document::forget() {
    count_facts_.reset();
    parsed_.reset();
    source_.reset();
}

// An end of line is "\n", "\r\n" or "\r", as the protocol counts lines.
std::size_t Document::raw_offset(const protocol_lsp::Position& position) const {
    std::size_t at = 0;
    for (std::int64_t line = 0; line < position.line; ++line) {
        at = raw_.find_first_of("\r\n", at);
        if (at == std::string::npos) return raw_.size();
        at += raw_.compare(at, 2, "\r\n") == 0 ? 2 : 1;
    }
    for (std::int64_t units = 0; units < position.character && at < raw_.size();) {
        const auto lead = static_cast<unsigned char>(raw_[at]);
        if (lead == '\r' || lead == '\n') break;
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        const std::int64_t width = length == 4 ? 2 : 1;
        if (units + width > position.character) break;  // between the halves of a pair
        units += width;
        at = std::min(at + length, raw_.size());
    }
    return at;
}

void Document::apply(const protocol_lsp::TextDocumentContentChangeEvent& change) {
    if (!change.range) {
        raw_ = change.text;
    } else {
        const std::size_t begin = raw_offset(change.range->start);
        const std::size_t end = std::max(begin, raw_offset(change.range->end));
        raw_.replace(begin, end - begin, change.text);
    }
    forget();
}

const base::SourceText& Document::source() {
    if (!source_) source_ = std::make_unique<base::SourceText>(raw_, uri_);
    return *source_;
}

const syntax::ParseResult& Document::parsed() {
    if (!parsed_) {
        syntax::ParseOptions options;
        options.tolerant = true;
        parsed_ = std::make_unique<syntax::ParseResult>(syntax::parse(source(), options));
    }
    return *parsed_;
}

const facts::CountFacts* Document::count_facts() {
    if (!count_facts_) {
        const auto* module = syntax::node_cast<syntax::Module>(parsed().tree);
        if (module == nullptr) return nullptr;
        count_facts_ = std::make_unique<facts::CountFacts>(*module);
    }
    return count_facts_.get();
}

std::uint32_t Document::offset_of(const protocol_lsp::Position& position) {
    const auto line = static_cast<std::uint32_t>(std::clamp<std::int64_t>(position.line, 0, 1 << 30)) + 1;
    const auto column = static_cast<std::uint32_t>(std::clamp<std::int64_t>(position.character, 0, 1 << 30));
    return source().offset(line, source().byte_column_of_utf16(line, column));
}

protocol_lsp::Position Document::position_of(std::uint32_t offset) {
    const base::LineColumn at = source().position(std::min(offset, source().size()));
    protocol_lsp::Position result;
    result.line = at.line - 1;
    result.character = source().utf16_column(at.line, at.column);
    return result;
}

protocol_lsp::Range Document::range_of(const syntax::Range& range) {
    protocol_lsp::Range result;
    result.start = position_of(range.begin);
    result.end = position_of(std::max(range.begin, range.end));
    return result;
}

Document& Documents::open(std::string uri, std::int64_t version, std::string text) {
    documents_.erase(uri);
    std::string key = uri;
    return documents_.emplace(std::move(key), Document(std::move(uri), version, std::move(text)))
        .first->second;
}

Document* Documents::find(const std::string& uri) {
    auto found = documents_.find(uri);
    return found == documents_.end() ? nullptr : &found->second;
}

}  // namespace refscope::lsp
