// Raising, testing and clearing the pending Python exception (CPython's PyErr_* under our names).
//
// The pending exception is always an instance (thread->pending). A function that fails returns nullptr or -1 and leaves it pending.
#pragma once

#include <cstdarg>

#include "vm/heap/object.h"
#include "vm/heap/thread.h"
#include "vm/heap/type.h"

namespace refscope::vm {

// The exception types: exc::TypeError and so on. One list, in CPython's order of definition.
#define RS_EXCEPTION_TYPES(X)                                                                          \
    X(BaseException) X(Exception) X(TypeError) X(StopAsyncIteration) X(StopIteration) X(GeneratorExit)  \
    X(SystemExit) X(KeyboardInterrupt) X(BaseExceptionGroup) X(ExceptionGroup) X(ImportError)           \
    X(ModuleNotFoundError) X(OSError) X(EOFError) X(RuntimeError) X(RecursionError)                     \
    X(NotImplementedError) X(NameError) X(UnboundLocalError) X(AttributeError) X(SyntaxError)           \
    X(IndentationError) X(TabError) X(LookupError) X(IndexError) X(KeyError) X(ValueError)              \
    X(UnicodeError) X(UnicodeEncodeError) X(UnicodeDecodeError) X(UnicodeTranslateError)                \
    X(AssertionError) X(ArithmeticError) X(FloatingPointError) X(OverflowError) X(ZeroDivisionError)    \
    X(SystemError) X(ReferenceError) X(MemoryError) X(BufferError) X(Warning) X(BytesWarning)           \
    X(UserWarning) X(EncodingWarning) X(DeprecationWarning) X(PendingDeprecationWarning)                \
    X(SyntaxWarning) X(RuntimeWarning) X(FutureWarning) X(ImportWarning) X(UnicodeWarning)              \
    X(ResourceWarning) X(ConnectionError) X(BlockingIOError) X(BrokenPipeError) X(ChildProcessError)    \
    X(ConnectionAbortedError) X(ConnectionRefusedError) X(ConnectionResetError) X(FileExistsError)      \
    X(FileNotFoundError) X(IsADirectoryError) X(NotADirectoryError) X(InterruptedError)                 \
    X(PermissionError) X(ProcessLookupError) X(TimeoutError)
namespace exc {
#define RS_DECLARE(name) extern Type name;
RS_EXCEPTION_TYPES(RS_DECLARE)
#undef RS_DECLARE
}  // namespace exc

// Each returns nullptr so that `return err_…(…)` reads well. Formats are those of PyErr_Format
// (%s %d %zd %c %x %p %U %V %S %R %A, precision included: %.200s). __context__ is set as CPython does.
Owned err_set_string(Type& type, const char* message);
Owned err_set_object(Type* type, Object* value);  // PyErr_SetObject: value may be an argument, a tuple of them or an instance
Owned err_set_none(Type& type);
[[gnu::format(gnu_printf, 2, 0)]] Owned err_format_v(Type& type, const char* format, va_list arguments);
Owned err_format(Type& type, const char* format, ...);
Owned err_no_memory();
Owned err_set_from_errno(Type& type, Object* filename_or_null = nullptr);
Owned err_bad_internal_call(const char* where);
inline bool err_occurred() { return thread->pending != nullptr; }
bool err_matches(const Type& type);                                // the pending exception
bool err_given_matches(Object* exception_or_type, Object* type_or_tuple);
void err_clear();
Owned err_fetch();                 // takes the pending exception (or nullptr)
void err_restore(Object* stolen);  // makes it pending again, replacing any
void err_chain(Object* stolen);    // _PyErr_ChainExceptions
void err_write_unraisable(Object* where_or_null);  // calls sys.unraisablehook; clears
// The pending exception was raised while `handled`, the innermost handled one, was: it becomes its context. Nothing for None or nullptr.
void err_chain_pending(Object* handled);
void err_print();  // PyErr_Print: excepthook, SystemExit handled by the caller (run_program)
int err_warn(Type& category, int stack_level, const char* format, ...);  // -1: the warning was raised as an exception

}  // namespace refscope::vm
