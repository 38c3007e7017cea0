// bytes: immutable; b'' and the 256 one-byte objects are static.
#pragma once

#include <cstddef>
#include <cstdarg>
#include <string_view>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct BytesObject : VarObject {
    Hash hash;  // -1: not computed yet
    char data[1];  // `size` bytes and a null
};
inline constexpr intptr_t kBytesHeader = 33;  // what sys.getsizeof(b'') prints

extern Type bytes_type;
extern Type bytes_iterator_type;

inline bool bytes_check(const Object* object) { return fast_subclass(object, kBytesSubclass); }
inline bool bytes_check_exact(const Object* object) { return object->type == &bytes_type; }
inline char* bytes_data(Object* object) { return static_cast<BytesObject*>(object)->data; }
inline intptr_t bytes_size(const Object* object) { return static_cast<const VarObject*>(object)->size; }
inline std::string_view bytes_view(Object* object) {
    return {bytes_data(object), static_cast<size_t>(bytes_size(object))};
}

Owned bytes_from_size(intptr_t size);  // contents unset (but for size 0 and 1: do not write to those shared objects)
Owned bytes_from_data(const char* data, intptr_t size);
inline Owned bytes_from_view(std::string_view view) {
    return bytes_from_data(view.data(), static_cast<intptr_t>(view.size()));
}
Owned bytes_from_string(const char* text);
Owned bytes_from_object(Object* object);  // bytes(object) for buffers and iterables of ints
Owned bytes_from_format(const char* format, ...);
// For one reference only: *bytes becomes the resized object, or nullptr with MemoryError.
int bytes_resize(Object** bytes, intptr_t size);
Owned bytes_concat(Object* left, Object* right);
Owned bytes_join(Object* separator, Object* iterable);
Owned bytes_repr_of(std::string_view data, bool smart_quotes = true);  // b'…'
Owned bytes_repr(Object* bytes);
Owned bytes_format_percent(std::string_view format, Object* arguments, bool as_bytearray);
// bytes literal contents with \n, \x41 … decoded (codecs.escape_decode).
Owned bytes_decode_escape(std::string_view text, const char* errors);

int init_bytes_types();

}  // namespace refscope::vm
