#include "dap/adapter/breakpoint_memory.h"

#include <nlohmann/json.hpp>

#include "dap/adapter/session_link.h"
#include "protocol/json_text.h"

namespace refscope::dap {

using Json = nlohmann::json;

namespace {

// One set of breakpoints is replaced as a whole; with source breakpoints, one for each source.
std::string key_of(const std::string& command, const Json& arguments) {
    if (command != "setBreakpoints") return command;
    auto source = arguments.find("source");
    if (source == arguments.end() || !source->is_object()) return command;
    for (const char* field : {"path", "sourceReference", "name"}) {
        auto found = source->find(field);
        if (found != source->end()) return command + " " + protocol::dump_json(*found);
    }
    return command;
}

// Older clients send bare lines.
void lines_to_breakpoints(Json& arguments) {
    auto lines = arguments.find("lines");
    if (arguments.contains("breakpoints") || lines == arguments.end() || !lines->is_array()) return;
    Json breakpoints = Json::array();
    for (const auto& line : *lines) breakpoints.push_back({{"line", line}});
    arguments["breakpoints"] = breakpoints;
}

}  // namespace

bool is_configuration_request(std::string_view command) {
    return command == "setBreakpoints" || command == "setFunctionBreakpoints" ||
           command == "setExceptionBreakpoints" || command == "setDataBreakpoints" ||
           command == "setInstructionBreakpoints";
}

void BreakpointMemory::note(const std::string& command, const Json& arguments,
                            const Json& response_body) {
    RememberedRequest request{command, {}, {}};
    Json kept = arguments;
    if (!kept.is_object()) return;
    lines_to_breakpoints(kept);
    auto answered = response_body.is_object() ? response_body.find("breakpoints")
                                              : response_body.end();
    auto asked = kept.find("breakpoints");
    if (answered != response_body.end() && answered->is_array()) {
        for (std::size_t i = 0; i < answered->size(); ++i) {
            const Json& breakpoint = (*answered)[i];
            request.breakpoints.push_back(protocol::dump_json(breakpoint));
            bool matches = asked != kept.end() && asked->is_array() && i < asked->size() &&
                           (*asked)[i].is_object() && breakpoint.is_object();
            if (matches && breakpoint.contains("id")) {
                (*asked)[i][kBreakpointIdField] = breakpoint["id"];
            }
        }
    }
    request.arguments = protocol::dump_json(kept);
    requests_[key_of(command, kept)] = std::move(request);
}

void BreakpointMemory::note_event(const Json& body) {
    auto breakpoint = body.is_object() ? body.find("breakpoint") : body.end();
    if (breakpoint == body.end() || !breakpoint->is_object() || !breakpoint->contains("id")) return;
    for (auto& [key, request] : requests_) {
        for (auto& text : request.breakpoints) {
            Json known;
            std::string problem;
            if (!protocol::parse_json(text, known, problem) || !known.is_object()) continue;
            if (known.value("id", Json()) == (*breakpoint)["id"]) {
                text = protocol::dump_json(*breakpoint);
            }
        }
    }
}

std::vector<RememberedRequest> BreakpointMemory::to_replay() const {
    std::vector<RememberedRequest> out;
    for (const auto& [key, request] : requests_) out.push_back(request);
    return out;
}

}  // namespace refscope::dap
