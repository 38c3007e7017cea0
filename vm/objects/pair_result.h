// The result tuple that some iterators keep and use again while nobody else holds it.
#pragma once

#include "vm/heap/collector_state.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

// True when the tuple may be filled anew: its owner is the only holder.
inline bool result_is_free(const Object* result) { return refcount_of(result) == 1; }

// The pair (first, second), both stolen: in `result` if it is free, else in a new tuple.
inline Owned pair_result(Object* result, Object* first, Object* second) {
    if (!result_is_free(result)) {
        Object* items[] = {first, second};
        return tuple_from_array_steal(items, 2);
    }
    incref(result);
    Object* old_first = tuple_get_item(result, 0);
    Object* old_second = tuple_get_item(result, 1);
    tuple_init_item(result, 0, first);
    tuple_init_item(result, 1, second);
    // The collector may have untracked the tuple while it held atomic objects only.
    if (!gc_is_tracked(result)) gc_track(result);
    if (RS_UNLIKELY(--old_first->refcount <= 0)) {
        RefNode named(old_second);
        release_slow(old_first);
    }
    decref(old_second);
    return result;
}

}  // namespace refscope::vm
