#include "protocol/dap_table.h"

namespace refscope::protocol::dap {

namespace {

[[maybe_unused]] constexpr Server adapter = Server::kAdapter, session = Server::kSession,
                                  both = Server::kBoth, later = Server::kLater;
[[maybe_unused]] constexpr bool on = true, off = false;

constexpr RequestInfo kRequests[] = {
#define DAP_REQUEST(command, handler, Arguments, Body, flag, server) {#command, server},
#define DAP_FEATURE(flag, state)
#include "protocol/dap_requests.def"
#undef DAP_REQUEST
#undef DAP_FEATURE
};

}  // namespace

const RequestInfo* find_request(std::string_view command) {
    for (const auto& request : kRequests) {
        if (request.command == command) return &request;
    }
    return nullptr;
}

Capabilities capabilities() {
    Capabilities out;
#define FLAG(name) out.name = true
#define NO_FLAG static_cast<void>(0)
#define DAP_REQUEST(command, handler, Arguments, Body, flag, server) \
    if constexpr (server != Server::kLater) flag;
#define DAP_FEATURE(flag, state) \
    if constexpr (state) out.flag = true;
#include "protocol/dap_requests.def"
#undef DAP_REQUEST
#undef DAP_FEATURE
#undef FLAG
#undef NO_FLAG
    out.breakpointModes = List<BreakpointMode>{
        {"collect", "Break when collected", "Stops just before the object dies.", {"data"}}};
    if (find_request("setExceptionBreakpoints")->server != Server::kLater) {
        ExceptionBreakpointsFilter raised{"raised", "Raised exceptions"};
        ExceptionBreakpointsFilter uncaught{"uncaught", "Uncaught exceptions"};
        raised.default_ = false;
        uncaught.default_ = true;
        out.exceptionBreakpointFilters = List<ExceptionBreakpointsFilter>{raised, uncaught};
    }
    return out;
}

}  // namespace refscope::protocol::dap
