#include "lsp/features/hover.h"

#include "lsp/facts/counts.h"

namespace refscope::lsp {

std::optional<protocol::lsp::Hover> hover(Document& document, const protocol::lsp::Position& position) {
    const auto* facts = document.count_facts();
    const auto* fact = facts != nullptr ? facts->at(document.offset_of(position)) : nullptr;
    if (fact == nullptr) return std::nullopt;

    std::string text = "`" + fact->name + "`";
    if (!fact->type.empty()) text += " — " + fact->type;
    text += "\n\n**" + fact->count + "**";
    if (!fact->note.empty()) text += " — " + fact->note;
    if (!fact->holders.empty()) {
        text += "\n\nheld by ";
        for (std::size_t i = 0; i < fact->holders.size(); ++i) {
            if (i > 0) text += ", ";
            text += fact->holders[i];
        }
    }
    text += "\n\n*from the source alone (CPython 3.11), after line " + std::to_string(fact->line) + "*";

    protocol::lsp::Hover result;
    result.contents.kind = "markdown";
    result.contents.value = text;
    result.range = document.range_of(fact->range);
    return result;
}

}  // namespace refscope::lsp
