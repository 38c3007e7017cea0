// The request table (`dap_requests.def`) as data: for a dispatcher that looks up a command by its
// name, and for the answer to `initialize`. Constant; any thread.
#pragma once

#include <string_view>

#include "protocol/dap_types.h"

namespace refscope::protocol::dap {

enum class Server { kAdapter, kSession, kBoth, kLater };

struct RequestInfo {
    std::string_view command;
    Server server;
};

// Null for a command that the protocol does not have.
const RequestInfo* find_request(std::string_view command);

// What is announced: a flag for each request that is served, the features that are on, the modes of
// data breakpoints and the exception filters.
Capabilities capabilities();

}  // namespace refscope::protocol::dap
