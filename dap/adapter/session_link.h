// The wire between the adapter and the session inside the debuggee: plain Debug Adapter Protocol
// over one stream, the adapter being the client. A session that is attached to over TCP speaks the
// same, so there is one kind of session.
//
// - Started with `--session FD`, the debuggee has the stream as that inherited descriptor (a Unix
//   socket pair); with `--session-connect PATH` it connects to a Unix socket in a folder that only
//   this user can enter. The descriptor must not reach the program's own children.
// - The adapter sends `initialize` with its client's arguments, then `launch` with the client's, as
//   they came. The session answers, sends `initialized`, and begins to run the program at
//   `configurationDone`. When the stream ends without a `disconnect`, the debuggee ends at once.
// - Order of output: before the adapter passes on any message of the session it takes what is in the
//   program's stdout and stderr pipes. What was written before a stop therefore arrives before it.
//   Two pipes have no order between them: a session that switches from one to the other sends the
//   request `refscope/drain` first and writes after the answer; or it sends the program's output as
//   `output` events by itself, which pass in order with all else.
// - Last of all the session sends `exited`. The adapter does not pass it on but sends its own, from
//   what the system says of the process, and `terminated` after it.
// - A breakpoint whose arguments carry `refscopeId` has that id: it was set in an earlier run.
#pragma once

namespace refscope::dap {

inline constexpr int kSessionDescriptor = 3;
inline constexpr const char* kSessionFlag = "--session";
inline constexpr const char* kSessionConnectFlag = "--session-connect";
inline constexpr const char* kDrainRequest = "refscope/drain";
inline constexpr const char* kBreakpointIdField = "refscopeId";

}  // namespace refscope::dap
