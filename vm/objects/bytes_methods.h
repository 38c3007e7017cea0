// The methods that bytes and bytearray share, written once over views of bytes.
//
// Results are made by the caller's maker, so that bytearray's methods give bytearrays. `self` is borrowed; its
// memory must not move while a method runs (bytearray counts an export meanwhile).
#pragma once

#include <string>
#include <string_view>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

// Adds the shared methods' entries, one function for each, instantiated for bytes and bytearray.
extern const MethodDef bytes_methods[];
extern const MethodDef bytearray_methods[];

// For both types' slots.
int bytes_like_contains(std::string_view self, Object* part);
// The class-independent parts of the modules' other users (codecs, binascii).
bool bytes_from_hex_text(Object* text, std::string* out);
Owned bytes_to_hex(std::string_view data, Object* separator_or_null, int group);
// Reads bytes from an iterable of ints; `message` is the ValueError for values outside 0..255.
bool bytes_from_iterable(Object* iterable, const char* message, std::string* out);
// One byte from an int-like object: -1 with TypeError or ValueError ("byte must be in range(0, 256)").
int byte_value(Object* object);

}  // namespace refscope::vm
