// The buffer protocol (PEP 3118): how bytes-like objects lend their memory.
//
// A BufferView that was filled owns one reference to its exporter until buffer_release. Field names and flag values are
// those of CPython's Py_buffer, so that struct formats and shapes mean the same.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct BufferView {
    void* buf = nullptr;
    Object* obj = nullptr;  // owned while filled
    intptr_t len = 0;
    intptr_t itemsize = 0;
    int readonly = 0;
    int ndim = 0;
    const char* format = nullptr;
    intptr_t* shape = nullptr;
    intptr_t* strides = nullptr;
    intptr_t* suboffsets = nullptr;
    void* internal = nullptr;
};

enum BufferFlag : int {
    kBufferSimple = 0,
    kBufferWritable = 1,
    kBufferFormat = 4,
    kBufferNd = 8,
    kBufferStrides = 0x10 | kBufferNd,
    kBufferCContiguous = 0x20 | kBufferStrides,
    kBufferFContiguous = 0x40 | kBufferStrides,
    kBufferAnyContiguous = 0x80 | kBufferStrides,
    kBufferIndirect = 0x100 | kBufferStrides,
    kBufferFull = kBufferIndirect | kBufferWritable | kBufferFormat,
    kBufferFullReadonly = kBufferIndirect | kBufferFormat,
};

inline bool buffer_check(const Object* object) { return object->type->bf_getbuffer != nullptr; }
int buffer_get(Object* exporter, BufferView* view, int flags);  // PyObject_GetBuffer: -1 with TypeError or BufferError
void buffer_release(BufferView* view);
// A function's argument that must be writable (format "w*"): TypeError "<what> must be read-write bytes-like object, not …".
bool buffer_get_writable_argument(Object* argument, const char* what, BufferView* view);
// For exporters of plain bytes (PyBuffer_FillInfo).
int buffer_fill_info(BufferView* view, Object* exporter, void* data, intptr_t length, bool readonly, int flags);
bool buffer_is_contiguous(const BufferView* view, char order);  // 'C', 'F' or 'A'
// Copies the items in C order to `target`, which has view->len bytes.
void buffer_to_contiguous(void* target, const BufferView* view);

// A view that is released at the end of the scope.
class BufferHold {
  public:
    BufferHold() = default;
    BufferHold(const BufferHold&) = delete;
    BufferHold& operator=(const BufferHold&) = delete;
    ~BufferHold() { buffer_release(&view_); }
    bool get(Object* exporter, int flags = kBufferSimple) { return buffer_get(exporter, &view_, flags) == 0; }
    bool get_writable_argument(Object* argument, const char* what) { return buffer_get_writable_argument(argument, what, &view_); }
    const char* data() const { return static_cast<const char*>(view_.buf); }
    char* writable_data() { return static_cast<char*>(view_.buf); }
    intptr_t size() const { return view_.len; }
    const BufferView& view() const { return view_; }

  private:
    BufferView view_;
};

}  // namespace refscope::vm
