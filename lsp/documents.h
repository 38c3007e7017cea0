// The open documents as the client has them: raw text with the client's own line ends, and what is
// read from it on demand (lines, syntax tree). Owned by the server and used on its thread alone;
// a Document's references stay good until its next change.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "lsp/facts/counts.h"
#include "protocol/lsp_types.h"
#include "vm/base/source_text.h"
#include "vm/syntax/parse.h"

namespace refscope::lsp {

class Document {
  public:
    Document(std::string uri, std::int64_t version, std::string text);

    const std::string& uri() const { return uri_; }
    std::int64_t version() const { return version_; }

    // Positions count UTF-16 code units; what lies outside the text is clamped to it.
    void apply(const protocol::lsp::TextDocumentContentChangeEvent& change);
    void set_version(std::int64_t version) { version_ = version; }

    const base::SourceText& source();
    const syntax::ParseResult& parsed();  // tolerant: always a tree
    const facts::CountFacts* count_facts();

    // Positions of the source text, which has '\n' for every end of line.
    std::uint32_t offset_of(const protocol::lsp::Position& position);
    protocol::lsp::Position position_of(std::uint32_t offset);
    protocol::lsp::Range range_of(const syntax::Range& range);

  private:
    std::size_t raw_offset(const protocol::lsp::Position& position) const;
    void forget();

    std::string uri_;
    std::int64_t version_;
    std::string raw_;
    std::unique_ptr<base::SourceText> source_;
    std::unique_ptr<syntax::ParseResult> parsed_;
    std::unique_ptr<facts::CountFacts> count_facts_;
};

class Documents {
  public:
    Document& open(std::string uri, std::int64_t version, std::string text);
    void close(const std::string& uri) { documents_.erase(uri); }
    Document* find(const std::string& uri);

  private:
    std::map<std::string, Document> documents_;
};

}  // namespace refscope::lsp
