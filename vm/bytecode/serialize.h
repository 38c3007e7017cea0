// Code units as bytes, for cached modules: a tag with the format's version, then each constant and code unit once, so that what
// was shared is shared again. Reading checks everything and refuses what is damaged or of another version.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "vm/bytecode/code_unit.h"

namespace refscope::bytecode {

/// Raised whenever the format or the compiler's output changes.
constexpr uint32_t kSerialVersion = 1;

std::string serialize(const CodeUnit& code);
/// Null if the bytes are not a whole, valid code unit of this version.
CodeUnitRef deserialize(std::string_view bytes);

}  // namespace refscope::bytecode
