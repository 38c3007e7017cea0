// The language server: one conversation over one transport. `serve` reads on a thread of its own,
// so that a cancellation overtakes the queue, and does everything else on the caller's thread;
// the documents and features are therefore used by one thread only.
#pragma once

#include <memory>
#include <string>

#include "protocol/transport.h"

namespace refscope::lsp {

struct ServerOptions {
    std::string version;
};

// Until `exit` or the end of the stream. The exit status: 0 after `shutdown`, 1 without.
int serve(std::unique_ptr<protocol::Transport> transport, const ServerOptions& options);

}  // namespace refscope::lsp
