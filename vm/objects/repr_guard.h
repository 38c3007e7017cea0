// Which containers are being shown just now, so that a recursive repr ends with `...` (Py_ReprEnter).
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

int repr_enter(Object* object);  // 1: its repr is under way already; 0: entered; -1: exception
void repr_leave(Object* object);

class ReprGuard {
  public:
    explicit ReprGuard(Object* object) : object_(object), state_(repr_enter(object)) {}
    ~ReprGuard() {
        if (state_ == 0) repr_leave(object_);
    }
    ReprGuard(const ReprGuard&) = delete;
    ReprGuard& operator=(const ReprGuard&) = delete;
    bool recursive() const { return state_ > 0; }
    bool failed() const { return state_ < 0; }

  private:
    Object* object_;
    int state_;
};

}  // namespace refscope::vm
