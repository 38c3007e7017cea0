#include "lsp/features/live_hover.h"

#include "lsp/file_uri.h"
#include "lsp/live/live_count.h"
#include "lsp/live/variable_at.h"

namespace refscope::lsp {

namespace {

std::string describe(const live::VariableAt& variable, const live::LiveCount& live) {
    std::string text = "`" + variable.name + "` — " + live.type + ", " + std::to_string(live.size) + " bytes\n\n**";
    text += live.refcount ? "refcount " + std::to_string(*live.refcount) : "shared by the runtime";
    text += "**";
    if (!live.holders.empty()) {
        text += " — held by ";
        for (std::size_t i = 0; i < live.holders.size(); ++i) {
            if (i == 10) {
                text += " and " + std::to_string(live.holders.size() - i) + " more";
                break;
            }
            text += (i > 0 ? ", " : "") + live.holders[i];
        }
    }
    std::string where = live.function == "<module>" ? "the module" : live.function + "()";
    return text + "\n\n*live: the program is stopped, " + where + " at line " + std::to_string(live.line) + " (process " +
           std::to_string(live.pid) + ")*";
}

}  // namespace

std::optional<protocol::lsp::Hover> with_live_count(Document& document, const protocol::lsp::Position& position,
                                                    std::optional<protocol::lsp::Hover> from_source) {
    const auto path = path_of_uri(document.uri());
    if (!path || !live::any_session()) return from_source;
    const auto* module = syntax::node_cast<syntax::Module>(document.parsed().tree);
    if (module == nullptr) return from_source;
    const auto variable = live::variable_at(*module, document.offset_of(position));
    if (!variable) return from_source;
    const auto live = live::ask_sessions(*path, variable->name, variable->scope_line);
    if (!live) return from_source;
    protocol::lsp::Hover result;
    result.contents.kind = "markdown";
    result.contents.value = describe(*variable, *live);
    if (from_source) result.contents.value += "\n\n---\n\n" + from_source->contents.value;
    result.range = document.range_of(variable->range);
    return result;
}

}  // namespace refscope::lsp
