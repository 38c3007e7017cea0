// Owned references that native code keeps in an array across calls of Python code: the items of a list while it is
// being sorted, when the list itself looks empty. Registered so that audit and holder views can name them.
#pragma once

#include "vm/heap/object.h"

namespace refscope::vm {

struct RefArray {
    Object* const* items;
    intptr_t count;
    const char* name;  // what holds them, for holder views
    RefArray* next;
    RefArray* previous;

    inline RefArray(Object* const* array, intptr_t length, const char* holder);
    ~RefArray() {
        next->previous = previous;
        previous->next = next;
    }
    RefArray(const RefArray&) = delete;
    RefArray& operator=(const RefArray&) = delete;

    struct Sentinel {};
    explicit RefArray(Sentinel)
        : items(nullptr), count(0), name(""), next(this), previous(this) {}
};

// All of the thread's, newest first.
inline RefArray native_arrays{RefArray::Sentinel{}};

inline RefArray::RefArray(Object* const* array, intptr_t length, const char* holder)
    : items(array), count(length), name(holder), next(native_arrays.next), previous(&native_arrays) {
    native_arrays.next->previous = this;
    native_arrays.next = this;
}

}  // namespace refscope::vm
