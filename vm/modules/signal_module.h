// The module _signal: handlers in Python for signals of the process.
//
// The C handler only notes the signal and asks for attention; Python handlers run on the interpreter thread when it polls.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

Owned create_signal_module();
// As CPython does when it starts: SIGINT raises KeyboardInterrupt, SIGPIPE is ignored. For programs run from the command line.
void install_default_signal_handlers();
// Runs the handlers of the signals that came. -1: one raised.
int run_pending_signals();

}  // namespace refscope::vm
