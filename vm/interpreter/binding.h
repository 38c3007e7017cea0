// Binding a call's arguments to a function's parameters.
#pragma once

#include <cstddef>

#include "vm/interpreter/frame.h"

namespace refscope::vm {

// Stores the arguments in the new frame's locals (all of which it sets). `args` are stolen, on failure too: positional ones, then the
// values of `kwnames` (a tuple, borrowed, or nullptr). False: TypeError pending and the locals released.
bool bind_arguments(Frame* frame, Object* const* args, intptr_t positional, Object* kwnames);

}  // namespace refscope::vm
