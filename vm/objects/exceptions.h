// Exception objects: the layouts of CPython 3.11's PyBaseExceptionObject family, and access to their parts.
//
// The types themselves are declared in vm/objects/errors.h (exc::TypeError …); raising and testing is there too. Every pointer in
// these structures is an owned reference or nullptr. Native code may build an exception with exception_new and fill its fields.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"
#include "vm/objects/errors.h"

namespace refscope::vm {

struct ExceptionObject : Object {
    Object* dict;
    Object* args;       // tuple, never nullptr once tp_new has run
    Object* notes;      // reserved by CPython's layout; __notes__ lives in the dict
    Object* traceback;  // TracebackObject
    Object* context;
    Object* cause;
    bool suppress_context;
};
struct StopIterationObject : ExceptionObject {
    Object* value;
};
struct SystemExitObject : ExceptionObject {
    Object* code;
};
struct ExceptionGroupObject : ExceptionObject {
    Object* message;
    Object* exceptions;  // tuple
};
struct ImportErrorObject : ExceptionObject {
    Object* message;
    Object* name;
    Object* path;
};
struct OsErrorObject : ExceptionObject {
    Object* error_number;
    Object* strerror;
    Object* filename;
    Object* filename2;
    intptr_t characters_written;  // BlockingIOError; -1: not set
};
struct NameErrorObject : ExceptionObject {
    Object* name;
};
struct AttributeErrorObject : ExceptionObject {
    Object* object;
    Object* name;
};
struct SyntaxErrorObject : ExceptionObject {
    Object* message;
    Object* filename;
    Object* lineno;
    Object* offset;
    Object* end_lineno;
    Object* end_offset;
    Object* text;
    Object* print_file_and_line;
};
struct UnicodeErrorObject : ExceptionObject {
    Object* encoding;
    Object* object;  // what was encoded or decoded
    intptr_t start;
    intptr_t end;
    Object* reason;
};

inline bool exception_instance_check(const Object* object) { return fast_subclass(object, kBaseExcSubclass); }
bool exception_class_check(const Object* object);

// PyException_*: results are new references or nullptr (absent, no error); set_… steal.
Owned exception_get_traceback(Object* exception);
int exception_set_traceback(Object* exception, Object* traceback_or_none);  // borrows; -1: not a traceback
Owned exception_get_context(Object* exception);
void exception_set_context(Object* exception, Object* stolen_or_null);
Owned exception_get_cause(Object* exception);
void exception_set_cause(Object* exception, Object* stolen_or_null);  // also sets __suppress_context__

// An instance of `type` made by calling it. `argument`: nullptr or None for no argument, a tuple for its items, an instance of
// `type` for itself, else the one argument. (What "raise" and PyErr_SetObject do.)
Owned exception_create(Type* type, Object* argument_or_null);

// "raise exception from cause", for the interpreter: `exception` may be a class or an instance, `cause` nullptr for no "from".
// Always leaves an exception pending. True: it is a bare "raise" (exception nullptr) of what is being handled, which adds no
// traceback entry of its own.
bool err_raise(Object* exception_or_null, Object* cause_or_null);
// The exception being handled (sys.exception()): borrowed, nullptr when there is none.
Object* handled_exception();

// StopIteration.value. The first makes StopIteration(value) pending without mistaking tuples and exceptions for arguments
// (_PyGen_SetStopIterationValue); the second takes the pending StopIteration's value (nullptr exception: None).
void err_set_stop_iteration(Object* value);
int err_fetch_stop_iteration(Object** value);  // 0: *value is a new reference; -1: another exception is pending

// "except T": checks that `type` is an exception class or a tuple of them, then matches. -1: TypeError pending.
int exception_match(Object* exception, Object* type_or_tuple);
// "except* T": splits. *match and *rest become new references or None. -1: error.
int exception_group_match(Object* exception, Object* type_or_tuple, Object** match, Object** rest);
bool exception_group_check(const Object* object);
// End of a "try … except*": what is to be raised again after `original` was handled in parts (list `raised`); None: nothing.
Owned exception_prepare_reraise_star(Object* original, Object* raised_list);

Owned err_set_key_error(Object* key);                                      // KeyError(key), whatever key is
Owned err_set_attribute_error(Object* object, Object* name, Object* message);  // fills obj and name
Owned err_set_name_error(Type& type, Object* name, const char* format);    // format has one %U/%.200s for the name
Owned err_set_import_error(Type& type, Object* message, Object* name_or_null, Object* path_or_null);
// SyntaxError with its details; columns from 1 in characters, 0 or -1 where unknown; text nullptr: unknown.
Owned err_set_syntax_error(Type& type, const char* message, Object* filename, int line, int column, int end_line,
                           int end_column, Object* text_or_null);
// UnicodeDecodeError etc. with fields; for the codecs.
Owned unicode_decode_error_new(const char* encoding, Object* bytes, intptr_t start, intptr_t end, const char* reason);
Owned unicode_encode_error_new(const char* encoding, Object* text, intptr_t start, intptr_t end, const char* reason);

int init_exception_types();               // readies every type of the list
int add_exceptions_to(Object* dict);      // name -> type for builtins, EnvironmentError and IOError included
void clear_exception_free_lists();

}  // namespace refscope::vm
