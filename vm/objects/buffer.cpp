#include "vm/objects/buffer.h"

#include <cstring>

#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"

namespace refscope::vm {

int buffer_get(Object* exporter, BufferView* view, int flags) {
    view->obj = nullptr;
    if (!buffer_check(exporter)) {
        err_format(exc::TypeError, "a bytes-like object is required, not '%.100s'", exporter->type->tp_name);
        return -1;
    }
    return exporter->type->bf_getbuffer(exporter, view, flags);
}

bool buffer_get_writable_argument(Object* argument, const char* what, BufferView* view) {
    if (buffer_get(argument, view, kBufferWritable) == 0) return true;
    err_clear();
    err_format(exc::TypeError, "%s must be read-write bytes-like object, not %.50s", what, is_none(argument) ? "None" : argument->type->tp_name);
    return false;
}

void buffer_release(BufferView* view) {
    Object* exporter = view->obj;
    if (!exporter) return;
    if (exporter->type->bf_releasebuffer) exporter->type->bf_releasebuffer(exporter, view);
    view->obj = nullptr;
    decref(exporter);
}

int buffer_fill_info(BufferView* view, Object* exporter, void* data, intptr_t length, bool readonly, int flags) {
    if ((flags & kBufferWritable) && readonly) {
        err_set_string(exc::BufferError, "Object is not writable.");
        return -1;
    }
    view->obj = exporter ? newref(exporter) : nullptr;
    view->buf = data;
    view->len = length;
    view->readonly = readonly;
    view->itemsize = 1;
    view->format = flags & kBufferFormat ? "B" : nullptr;
    view->ndim = 1;
    view->shape = flags & kBufferNd ? &view->len : nullptr;
    view->strides = (flags & kBufferStrides) == kBufferStrides ? &view->itemsize : nullptr;
    view->suboffsets = nullptr;
    view->internal = nullptr;
    return 0;
}

namespace {

bool contiguous_in(const BufferView* view, bool fortran) {
    if (view->len == 0) return true;
    if (!view->strides) return !fortran || view->ndim <= 1;
    intptr_t expected = view->itemsize;
    for (int n = 0; n < view->ndim; ++n) {
        int dimension = fortran ? n : view->ndim - 1 - n;
        intptr_t extent = view->shape ? view->shape[dimension] : view->len / view->itemsize;
        if (extent > 1 && view->strides[dimension] != expected) return false;
        expected *= extent;
    }
    return true;
}

void copy_dimension(char*& out, const BufferView* view, int dimension, const char* from) {
    if (dimension == view->ndim) {
        std::memcpy(out, from, static_cast<size_t>(view->itemsize));
        out += view->itemsize;
        return;
    }
    for (intptr_t i = 0; i < view->shape[dimension]; ++i) {
        const char* at = from + i * view->strides[dimension];
        if (view->suboffsets && view->suboffsets[dimension] >= 0) at = *reinterpret_cast<char* const*>(at) + view->suboffsets[dimension];
        copy_dimension(out, view, dimension + 1, at);
    }
}

}  // namespace

bool buffer_is_contiguous(const BufferView* view, char order) {
    if (view->suboffsets) return false;
    if (order == 'C') return contiguous_in(view, false);
    if (order == 'F') return contiguous_in(view, true);
    return contiguous_in(view, false) || contiguous_in(view, true);
}

void buffer_to_contiguous(void* target, const BufferView* view) {
    if (buffer_is_contiguous(view, 'C')) {
        std::memcpy(target, view->buf, static_cast<size_t>(view->len));
        return;
    }
    char* out = static_cast<char*>(target);
    copy_dimension(out, view, 0, static_cast<const char*>(view->buf));
}

}  // namespace refscope::vm
