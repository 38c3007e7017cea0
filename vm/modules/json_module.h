// What the files of module _json share: strings of JSON text, and the types of its two accelerators.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

extern Type json_scanner_type;  // json_scanner.cpp
extern Type json_encoder_type;  // json_encoder.cpp

// The string that begins behind the quote at `end` - 1; *next is the index behind its closing quote.
Owned json_scan_string(Object* text, intptr_t end, bool strict, intptr_t* next);
// Quoted and escaped; the first only with ASCII characters.
Owned json_encode_ascii(Object* text);
Owned json_encode(Object* text);
// The functions of the module with these names, which the encoder need not call by way of Python.
Owned json_encode_basestring_ascii(Object* module, Object* text);
Owned json_encode_basestring(Object* module, Object* text);
// json.decoder.JSONDecodeError(message, text, position)
Owned json_raise(const char* message, Object* text, intptr_t position);

}  // namespace refscope::vm
