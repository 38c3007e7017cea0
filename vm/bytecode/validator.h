// Checks that a code unit can be run: every index in range, jumps land on instructions, the stack has one depth at each
// instruction whatever the way there, tables cover what they should. Run after each compile in debug builds and on files
// read back from a cache.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vm/bytecode/code_unit.h"

namespace refscope::bytecode {

/// What is wrong, or nothing. Nested units are checked too.
std::optional<std::string> validate(const CodeUnit& code);

/// Stack depth before each code unit that starts an instruction; -1 where none starts or nothing gets there. Only for valid
/// code.
std::vector<int> stack_depths(const CodeUnit& code);

}  // namespace refscope::bytecode
