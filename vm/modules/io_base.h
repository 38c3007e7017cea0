// What the files of module _io share: the base object, its slots, and calls from one layer of a file to the next.
//
// A file is three objects: FileIO (a descriptor), a buffer over it, a text layer over that. Each may be a Python
// subclass or any object with the right methods, so layers call each other by name, except where both ends are known.
#pragma once

#include <string>
#include <string_view>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

inline constexpr intptr_t kDefaultBufferSize = 8192;

struct IoObject : Object {
    Object* dict;
    Object* weakrefs;
};
inline IoObject* as_io(Object* object) { return static_cast<IoObject*>(object); }

extern Type io_base_type, raw_io_base_type, buffered_io_base_type, text_io_base_type;
extern Type file_io_type, bytes_io_type, string_io_type, text_io_wrapper_type, newline_decoder_type;
extern Type buffered_reader_type, buffered_writer_type, buffered_random_type, buffered_rw_pair_type;
extern Object* unsupported_operation;  // io.UnsupportedOperation, a root

// A type of the module: dict, weak references, finalizer that closes. The caller adds what is its own.
Type io_static_type(const char* name, Type* base, intptr_t basicsize);
void io_dealloc_common(Object* self);  // after the type's own part: weak references, dict, memory
// True: the object was resurrected by its finalizer, and dealloc must return. Untracks.
bool io_dealloc_begin(Object* self);
int io_traverse_common(Object* self, Visit visit, void* context);
int io_clear_common(Object* self);

Owned err_unsupported(const char* message);
bool io_check_closed(Object* self);  // ValueError "I/O operation on closed file."
bool io_is_closed(Object* self, bool* closed);
Owned io_close_base(Object* self);   // _IOBase.close: flush, then mark as closed
// self.name(), true or false; -1: error.
int io_ask(Object* self, const char* method);
// int or None as a size; None and missing give -1.
bool io_size_argument(Object* const* args, intptr_t nargs, intptr_t* result);
// Runs pending signals and requests after EINTR. False: an exception is pending.
bool io_retry_after_interrupt();

// The descriptor of a FileIO that is exactly that; -1: go through its methods.
int file_io_descriptor(Object* raw);
// One read or write of the raw layer. -2: it would block; -1: error. 0 from read: the end.
intptr_t raw_read(Object* raw, char* buffer, intptr_t size);
intptr_t raw_write(Object* raw, const char* data, intptr_t size);
int64_t raw_seek(Object* raw, int64_t offset, int whence);  // -1: error

// Makes them, with their arguments already checked.
Owned file_io_new(Object* file, const char* mode, bool close_descriptor, Object* opener_or_null);
Owned buffered_new(Type* type, Object* raw, intptr_t buffer_size);
Owned text_io_new(Object* buffer, Object* encoding_or_none, Object* errors_or_none, const char* newline_or_null,
                  bool line_buffering, bool write_through);

// The C locale is in force, in which Python works in its UTF-8 mode.
bool locale_is_c();

int init_io_types();

}  // namespace refscope::vm
