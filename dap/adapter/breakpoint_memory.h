// What the client has set, remembered for a restart: the new run gets the same breakpoints with the
// ids that the client knows, and the client hears only of those that came out differently.
// Belongs to the adapter's thread.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace refscope::dap {

// Whether the request says something that holds for every run (breakpoints and filters).
bool is_configuration_request(std::string_view command);

struct RememberedRequest {
    std::string command;
    std::string arguments;                 // JSON, with the ids in place
    std::vector<std::string> breakpoints;  // JSON, as the client last saw each
};

class BreakpointMemory {
  public:
    // A request of the client's and the answer that it got.
    void note(const std::string& command, const nlohmann::json& arguments,
              const nlohmann::json& response_body);
    // A `breakpoint` event's body on its way to the client.
    void note_event(const nlohmann::json& body);
    std::vector<RememberedRequest> to_replay() const;
    void clear() { requests_.clear(); }

  private:
    std::map<std::string, RememberedRequest> requests_;  // by command and source
};

}  // namespace refscope::dap
