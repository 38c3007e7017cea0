// What is wrong with a document, in CPython's words: the errors of the tolerant parse, or of a
// text that parses, the error that the compiler finds after it. Stateless; the server's thread.
#pragma once

#include <vector>

#include "lsp/documents.h"

namespace refscope::lsp {

std::vector<protocol::lsp::Diagnostic> diagnose(Document& document);

}  // namespace refscope::lsp
