// The module _io, and open().
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

Owned create_io_module();
// open() as builtins has it: kMethFastcall | kMethKeywords.
Owned io_open(Object* self, Object* const* args, intptr_t nargs, Object* kwnames);
// A standard stream over a descriptor that stays open: buffered, UTF-8; `name` as its repr shows it.
// `line_buffered`: as at a terminal, whatever the descriptor is.
Owned open_standard_stream(int descriptor, const char* name, bool writes, bool line_buffered = false);

}  // namespace refscope::vm
