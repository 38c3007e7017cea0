// Binds the request table to a class that serves it: for each row that the given side serves, the
// class must have the method named there,
//
//     void set_breakpoints(const SetBreakpointsArguments&, Reply<SetBreakpointsResponseBody>);
//
// which answers at once or keeps the reply and answers later, from any thread. A row moved from
// `later` to a server does not compile until its method exists. For source files only.
#pragma once

#include "protocol/dap_peer.h"
#include "protocol/dap_types.h"
#include "protocol/json_codec.h"

namespace refscope::protocol::dap {

template <class Body>
class Reply {
  public:
    explicit Reply(RawReply raw) : raw_(std::move(raw)) {}
    void operator()(const Body& body) const { raw_.send(to_json_value(body)); }
    void error(const std::string& message, bool show_user = false) const {
        raw_.error(message, show_user);
    }
    const RawReply& raw() const { return raw_; }

  private:
    RawReply raw_;
};

template <>
class Reply<Nothing> {
  public:
    explicit Reply(RawReply raw) : raw_(std::move(raw)) {}
    void operator()() const { raw_.send(); }
    void error(const std::string& message, bool show_user = false) const {
        raw_.error(message, show_user);
    }
    const RawReply& raw() const { return raw_; }

  private:
    RawReply raw_;
};

template <class Arguments, class Body, class Method>
void bind_request(DapPeer& peer, const char* command, Method method) {
    peer.on_request(command, [method](const nlohmann::json& json, RawReply reply) {
        method(from_json_value<Arguments>(json, "arguments"), Reply<Body>(std::move(reply)));
    });
}

#define DAP_BIND(command, method, Arguments, Body)                                     \
    bind_request<Arguments, Body>(peer, #command,                                      \
                                  [&server](const Arguments& a, Reply<Body> reply) {   \
                                      server.method(a, std::move(reply));              \
                                  });
#define DAP_FEATURE(flag, state)
#define DAP_REQUEST(command, method, Arguments, Body, flag, server) \
    DAP_BIND_##server(command, method, Arguments, Body)
#define DAP_BIND_both(...) DAP_BIND(__VA_ARGS__)
#define DAP_BIND_later(...)

template <class Session>
void bind_session_requests(DapPeer& peer, Session& server) {
#define DAP_BIND_session(...) DAP_BIND(__VA_ARGS__)
#define DAP_BIND_adapter(...)
#include "protocol/dap_requests.def"
#undef DAP_BIND_session
#undef DAP_BIND_adapter
}

template <class Adapter>
void bind_adapter_requests(DapPeer& peer, Adapter& server) {
#define DAP_BIND_session(...)
#define DAP_BIND_adapter(...) DAP_BIND(__VA_ARGS__)
#include "protocol/dap_requests.def"
#undef DAP_BIND_session
#undef DAP_BIND_adapter
}

#undef DAP_BIND_both
#undef DAP_BIND_later
#undef DAP_REQUEST
#undef DAP_FEATURE
#undef DAP_BIND

template <class Body>
void send_event(DapPeer& peer, std::string_view event, const Body& body) {
    peer.send_event(event, to_json_value(body));
}

}  // namespace refscope::protocol::dap
