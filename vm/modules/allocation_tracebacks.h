// Where allocations are made: numbers for tracebacks of up to a limit of frames, innermost first.
//
// Two allocations at the same places of the same depth have the same number. File names are held while a traceback names
// them. Interpreter thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vm/heap/object.h"

namespace refscope::vm {

struct AllocationPlace {
    Object* file;  // borrowed
    int line;      // 0: none
};

// The number for an allocation now, at this site of the innermost frame: what start_block_tracing is given.
uint32_t allocation_traceback(uint32_t site);
std::vector<AllocationPlace> places_of_traceback(uint32_t traceback);
int depth_of_traceback(uint32_t traceback);  // of the whole stack, also beyond the limit
void set_traceback_limit(int frames);        // before any number is given
int traceback_limit();
// Forgets all: numbers given before mean nothing any more.
void clear_allocation_tracebacks();
size_t allocation_traceback_memory();

}  // namespace refscope::vm
