// range and its two iterators: machine integers, and ints of any size.
#pragma once

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct RangeObject : Object {
    Object *start, *stop, *step, *length;  // owned ints
};
struct RangeIterator : Object {
    int64_t index, start, step, length;
};
struct LongRangeIterator : Object {
    Object *index, *start, *step, *length;  // owned ints
};

extern Type range_type;
extern Type range_iterator_type;
extern Type longrange_iterator_type;

inline bool range_check(const Object* object) { return object->type == &range_type; }
// The bounds when all three fit int64 (and so does the length).
bool range_as_int64(Object* range, int64_t* start, int64_t* stop, int64_t* step, int64_t* length);

int init_range_types();

}  // namespace refscope::vm
