// Text to bytes and back: the codecs that CPython implements in C, with their error handlers.
//
// `errors` is nullptr (strict) or a handler's name. Built-in handlers are applied directly; others are looked up in
// the registry and called.
#pragma once

#include <cstddef>
#include <string_view>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

Owned utf8_encode(Object* text, const char* errors);
Owned utf8_decode(const char* data, intptr_t size, const char* errors, intptr_t* consumed_or_null = nullptr);
Owned latin1_encode(Object* text, const char* errors);
Owned latin1_decode(const char* data, intptr_t size);
Owned ascii_encode(Object* text, const char* errors);
Owned ascii_decode(const char* data, intptr_t size, const char* errors);
// byte_order: -1 little, 1 big, 0 native with a BOM when encoding, and from the BOM when decoding.
Owned utf16_encode(Object* text, const char* errors, int byte_order);
Owned utf16_decode(const char* data, intptr_t size, const char* errors, int* byte_order, intptr_t* consumed_or_null = nullptr);
Owned utf32_encode(Object* text, const char* errors, int byte_order);
Owned utf32_decode(const char* data, intptr_t size, const char* errors, int* byte_order, intptr_t* consumed_or_null = nullptr);
Owned unicode_escape_encode(Object* text);
Owned unicode_escape_decode(const char* data, intptr_t size, const char* errors, intptr_t* consumed_or_null = nullptr);
Owned raw_unicode_escape_encode(Object* text);
Owned raw_unicode_escape_decode(const char* data, intptr_t size, const char* errors, intptr_t* consumed_or_null = nullptr);
Owned charmap_encode(Object* text, Object* mapping_or_null, const char* errors);
Owned charmap_decode(const char* data, intptr_t size, Object* mapping_or_null, const char* errors);

// str.encode and bytes.decode: the common encodings directly, the rest through the registry (vm/objects/codec_registry.cpp).
Owned str_as_encoded(Object* text, const char* encoding_or_null, const char* errors_or_null);     // must give bytes
Owned str_decode(const char* data, intptr_t size, const char* encoding_or_null, const char* errors_or_null);
Owned str_from_encoded_object(Object* bytes_like, const char* encoding_or_null, const char* errors_or_null);

// The registry.
int codec_register(Object* search_function);
int codec_unregister(Object* search_function);
Owned codec_lookup(const char* encoding);
Owned codec_encode(Object* object, const char* encoding, const char* errors);
Owned codec_decode(Object* object, const char* encoding, const char* errors);
int codec_register_error(const char* name, Object* handler);
Owned codec_lookup_error(const char* name_or_null);
int init_codec_registry();

}  // namespace refscope::vm
