// Unpacking the arguments of built-in functions, with CPython's error texts (_PyArg_UnpackKeywords).
//
// A function describes itself once in a static KeywordParser; unpack_keywords then fills `out` with borrowed references,
// nullptr where an optional argument was not given.
#pragma once

#include <initializer_list>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct KeywordParser {
    const char* function;        // as in messages, without parentheses; nullptr: "function"
    const char* const* names;    // all parameters in order, ended by nullptr; "" marks positional-only ones
    int minimum_positional = 0;  // required among those that may be positional
    int maximum_positional = 0;  // the rest are keyword-only
    int minimum_keyword = 0;     // required keyword-only
};

// Vectorcall style: values of kwnames follow the positional arguments.
bool unpack_keywords(const KeywordParser& parser, Object* const* args, intptr_t nargs, Object* kwnames_or_null,
                     Object** out);
// tp_new/tp_init style.
bool unpack_keywords_tuple(const KeywordParser& parser, Object* args_tuple, Object* kwargs_or_null, Object** out);

// Conversions of one argument; false: an exception is pending.
bool argument_int(Object* argument, int* result);               // format "i"
bool argument_ssize(Object* argument, intptr_t* result);        // format "n"
bool argument_optional_ssize(Object* object, intptr_t* value);  // None leaves the value alone (_Py_convert_optional_to_ssize_t)
bool argument_bool(Object* argument, bool* result);             // format "p"
// Format "s": a str without null characters; the text lives as long as the argument.
bool argument_text(const char* function, int position, Object* argument, const char** result);
// "f() argument 1 must be str, not int" (_PyArg_BadArgument).
void argument_bad(const char* function, const char* position, const char* expected, Object* argument);

}  // namespace refscope::vm
