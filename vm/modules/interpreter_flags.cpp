#include "vm/modules/interpreter_flags.h"

#include "vm/host/host.h"

namespace refscope::vm {

InterpreterFlags interpreter_flags;

const char* python_variable(const char* name) { return interpreter_flags.ignore_environment ? nullptr : host().variable(name); }

}  // namespace refscope::vm
