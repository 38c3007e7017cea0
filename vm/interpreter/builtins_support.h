// What the built-in functions need of the interpreter: the running frame's namespaces, compiling, executing, importing.
//
// Borrowed results unless `Owned`. (current_globals and current_builtins are declared in vm/objects/frame_info.h.)
#pragma once

#include "vm/heap/object.h"
#include "vm/objects/frame_info.h"

namespace refscope::vm {

// locals() of the innermost Python frame; for a function a snapshot dict kept by the frame object.
Owned current_locals();

// Runs a code object with these namespaces (PyEval_EvalCode). `closure`: tuple of cells or nullptr.
Owned exec_code(Object* code, Object* globals, Object* locals, Object* closure = nullptr);

// compile(): source is a str or bytes; mode "exec", "eval" or "single". nullptr: SyntaxError or ValueError pending.
// `inherited_flags`: future features of the calling code (co_flags bits).
Owned compile_source(Object* source, Object* filename, const char* mode, unsigned inherited_flags, int optimize);

// The same source as objects of the module `ast`.
Owned parse_source(Object* source, Object* filename, const char* mode);

// Runs the body of a class statement: a function whose locals are `namespace_`. Returns what the body returns: the
// __class__ cell or None.
Owned run_class_body(Object* function, Object* namespace_);

// __import__ (PyImport_ImportModuleLevelObject).
Owned import_module_level(Object* name, Object* globals, Object* locals, Object* fromlist, int level);
// An absolute import of a module by its dotted name; the module itself.
Owned import_module(const char* name);

// super() without arguments: the first argument and the __class__ cell of the running frame. False: RuntimeError pending.
bool current_super_arguments(Type** type, Object** object);

}  // namespace refscope::vm
