// From CPython's stack code to register code with borrowed operands.
//
// Rules (what keeps counts exact): a computed result is an owned temporary. A load of a local or constant stays borrowed until its consumer
// takes it, unless the consumer keeps the reference, control leaves the block, or a call, yield or store to
// that local comes first: then it is copied at that place. Pure function of the unit; any thread.
#pragma once

#include "vm/bytecode/register_code.h"

namespace refscope::bytecode {

// The unit must have passed the validator. An empty instruction list: the unit has more locals or stack entries than operands reach.
RegisterCode translate(const CodeUnit& unit);

}  // namespace refscope::bytecode
