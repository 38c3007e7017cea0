// The standard streams: text files over a descriptor with a buffer of their own.
//
// stdout is line buffered on a terminal and block buffered otherwise, stderr line buffered always; both encode
// UTF-8. What is written appears in the order of the flushes. The object owns its buffers, not the descriptor.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

// `name` as repr shows it ("<stdout>"); `mode` "r" or "w".
Owned open_standard_stream(int descriptor, const char* name, const char* mode);

}  // namespace refscope::vm
