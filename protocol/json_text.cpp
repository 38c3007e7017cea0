#include "protocol/json_text.h"

#include <nlohmann/json.hpp>

namespace refscope::protocol {

namespace {

// Counted before parsing: the library's own structures are built without recursion, but they are
// printed, compared and decoded with it.
bool too_deep(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (in_string) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                in_string = false;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > kMaxJsonDepth) return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

}  // namespace

bool parse_json(std::string_view text, nlohmann::json& out, std::string& problem) {
    if (too_deep(text)) {
        problem = "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels";
        return false;
    }
    try {
        out = nlohmann::json::parse(text.begin(), text.end());
        return true;
    } catch (const nlohmann::json::exception& error) {
        problem = error.what();
        return false;
    }
}

std::string dump_json(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace refscope::protocol
