// A client of the session, and the conversation with it. Messages are handed to the session's mailbox, answers to requests of the session's
// own are taken on the reader's thread, since the interpreter's may be waiting for them. Shared between the two threads; the last to let go
// must not be the reader.
#pragma once

#include <memory>

#include "dap/session/mailbox.h"
#include "protocol/channel.h"
#include "protocol/dap_peer.h"

namespace refscope::dap {

struct Client : std::enable_shared_from_this<Client> {
    explicit Client(std::unique_ptr<protocol::Transport> transport);

    protocol::Channel::Callbacks callbacks(Mailbox& mailbox, std::function<void()> on_end);

    bool admitted = true;  // false: it has yet to show its token
    protocol::dap::DapPeer peer;
    protocol::Channel channel;  // its reader ends before the rest goes
};

}  // namespace refscope::dap
