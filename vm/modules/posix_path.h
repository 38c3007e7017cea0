// File names as arguments: str, bytes, os.PathLike, and for some functions descriptors.
#pragma once

#include <string>

#include "vm/heap/object.h"

namespace refscope::vm {

// os.fspath: a str or bytes.
Owned object_fspath(Object* path);
// The name in the file system's encoding; null characters are refused. `function`: named in the TypeError, or nullptr.
bool path_argument(Object* argument, const char* function, std::string* result, const char* accepted = nullptr);

}  // namespace refscope::vm
