// What a stopped program adds to a hover: the count that holds now, told apart from what the source alone says.
#pragma once

#include <optional>

#include "lsp/documents.h"

namespace refscope::lsp {

std::optional<protocol::lsp::Hover> with_live_count(Document& document, const protocol::lsp::Position& position,
                                                    std::optional<protocol::lsp::Hover> from_source);

}  // namespace refscope::lsp
