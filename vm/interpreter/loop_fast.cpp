// The fast loop. See loop_body.inc.
#include "vm/events/events.h"
#include "vm/heap/small_alloc.h"
#include "vm/interpreter/attribute_cache.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/interpreter/generator.h"
#include "vm/interpreter/loop.h"
#include "vm/interpreter/ops.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/bound_method.h"
#include "vm/objects/call.h"
#include "vm/objects/cell.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/range.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/bytecode/opcode.h"

namespace refscope::vm {

using bytecode::RegisterOp;

#define LOOP_NAME loop_fast
#define LOOP_INSTRUMENTED 0
#include "vm/interpreter/loop_body.inc"

}  // namespace refscope::vm
