// Owned references that native code keeps in an array across calls of Python code: the items of a list while it is
// being sorted, the entries of a dict that was cleared. Registered so that audit and holder views can name them.
//
// A null reference in the array is passed over. The array may change while it is registered, not move.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

class RefArray {
  public:
    // `count` groups of `run` references each, `stride` words from one group to the next.
    inline RefArray(Object* const* array, intptr_t count, const char* holder, int stride = 1, int run = 1);
    inline ~RefArray();
    RefArray(const RefArray&) = delete;
    RefArray& operator=(const RefArray&) = delete;

    struct Sentinel {};
    explicit RefArray(Sentinel) : next_(this), previous_(this) {}

    const char* name() const { return name_; }  // what holds the references
    template <class F>                          // f(Object*, index)
    void for_each(F&& f) const {
        for (intptr_t i = 0; i < count_; ++i)
            for (int j = 0; j < run_; ++j)
                if (Object* object = array_[i * stride_ + j]) f(object, i);
    }
    template <class F>  // f(const RefArray&)
    static inline void for_each_array(F&& f);

  private:
    Object* const* array_ = nullptr;
    intptr_t count_ = 0;
    const char* name_ = "";
    int stride_ = 1, run_ = 1;
    RefArray* next_;
    RefArray* previous_;
};

// All arrays of the thread, newest first.
inline RefArray native_arrays{RefArray::Sentinel{}};

inline RefArray::RefArray(Object* const* array, intptr_t count, const char* holder, int stride, int run)
    : array_(array), count_(count), name_(holder), stride_(stride), run_(run) {
    next_ = native_arrays.next_;
    previous_ = &native_arrays;
    next_->previous_ = this;
    native_arrays.next_ = this;
}
inline RefArray::~RefArray() {
    next_->previous_ = previous_;
    previous_->next_ = next_;
}
template <class F>
inline void RefArray::for_each_array(F&& f) {
    for (RefArray* array = native_arrays.next_; array != &native_arrays; array = array->next_) f(*array);
}

}  // namespace refscope::vm
