// Comparisons of items of sequences: the cheap cases inline, the others with the item held as CPython holds it.
#pragma once

#include "vm/objects/abstract.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"

namespace refscope::vm {

// 1 or 0 when no code can run (both small exact ints, both exact strs), else -1.
inline int items_equal_fast(Object* left, Object* right) {
    if (left->type == &int_type && right->type == &int_type && int_is_compact(left) && int_is_compact(right)) {
        return int_compact_value(left) == int_compact_value(right);
    }
    if (left->type == &str_type && right->type == &str_type) return str_equal(left, right);
    return -1;
}

// item == value, item first; the item is held, since code may take it out of its container. 1, 0, -1 with an exception.
inline int item_equals(Object* item, Object* value) {
    if (item == value) return 1;
    int equal = items_equal_fast(item, value);
    if (equal >= 0) return equal;
    Ref<Object> held = share(item);
    return object_rich_compare_bool(item, value, kEQ);
}

inline bool compare_sizes(intptr_t left, intptr_t right, int op) {
    switch (op) {
        case kLT: return left < right;
        case kLE: return left <= right;
        case kEQ: return left == right;
        case kNE: return left != right;
        case kGT: return left > right;
        default: return left >= right;
    }
}

}  // namespace refscope::vm
