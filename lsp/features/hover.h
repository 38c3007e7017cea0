// The hover on a name: what is certain about the references to its object after that line, as
// markdown with the name's range. Stateless; the server's thread.
#pragma once

#include <optional>

#include "lsp/documents.h"

namespace refscope::lsp {

std::optional<protocol::lsp::Hover> hover(Document& document, const protocol::lsp::Position& position);

}  // namespace refscope::lsp
