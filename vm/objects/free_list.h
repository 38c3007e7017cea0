// Free lists of objects, as CPython 3.11 keeps them: the cell stays with its type and the collector does not count
// its reuse. A cell on the list has a null type, so that heap walks pass over it.
#pragma once

#include "vm/heap/allocator.h"
#include "vm/heap/small_alloc.h"
#include "vm/heap/thread.h"

namespace refscope::vm {

void forget_watched(const Object* object);  // vm/heap/release.cpp

template <int kCapacity>
class FreeList {
  public:
    // An object with its header set (count 1) and the rest as it was when it was put here; nullptr: empty.
    Object* take(Type* type) {
        if (count_ == 0) return nullptr;
        Object* object = cells_[--count_];
        object->refcount = 1;
        object->site = current_site();
        object->type = type;
        if (RS_UNLIKELY(allocation_listened)) notify_allocated(object);
        return object;
    }
    // Puts an untracked object away; false: the list is full, free it otherwise.
    bool put(Object* object) {
        if (count_ == kCapacity) return false;
        if (RS_UNLIKELY(object->refcount < 0)) forget_watched(object);
        object->type = nullptr;
        cells_[count_++] = object;
        return true;
    }
    // Gives every cell back to the allocator.
    void clear(Type* type) {
        while (count_ > 0) {
            Object* object = cells_[--count_];
            object->refcount = 0;
            object->type = type;
            free_object_uncounted(object);
        }
    }

  private:
    Object* cells_[kCapacity];
    int count_ = 0;
};

}  // namespace refscope::vm
