// Traces of allocated blocks: for each its size, as it was asked for, and a number that stands for where.
//
// What tracemalloc shows. The allocator reports blocks while `blocks_traced` is set (and then `allocation_listened` is, so
// that no inline path takes a cell unseen). Cells given back by the inline paths are not reported at all: they lie on the free
// list of their size class above the head seen last, and are settled before the class is taken from, before a peak is
// believed and before anything is read. So a release costs nothing, traced or not. Interpreter thread only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/heap/object.h"

namespace refscope::vm {

extern bool blocks_traced;

struct BlockTrace {
    size_t size;
    uint32_t traceback;  // never 0
};
struct TraceTotals {
    size_t current = 0, peak = 0;
};

// Counting alone, without places, for as long as somebody wants it; blocks that were there before are counted when they go. Nests.
void begin_block_counting();
void end_block_counting();
// Bytes asked for less bytes given back since counting began, and the most that this was; the peak can begin anew.
struct BlockBalance {
    int64_t current = 0, peak = 0;
};
BlockBalance block_balance();
void reset_block_balance_peak();

bool blocks_have_places();  // started, and not stopped
// `traceback_of` names the place for an allocation at a site: not 0.
void start_block_tracing(uint32_t (*traceback_of)(uint32_t site));
void stop_block_tracing();
void clear_block_traces();
TraceTotals block_trace_totals();
void reset_block_trace_peak();
size_t block_trace_memory();  // what the traces themselves take
bool find_block_trace(const void* block, BlockTrace* trace);
void for_each_block_trace(void (*visit)(const void* block, BlockTrace trace, void* context), void* context);
// While one lives, what is allocated gets no trace.
class TracingSuspended {
  public:
    TracingSuspended();
    ~TracingSuspended();
};

// The allocator's, while blocks_traced is set.
void trace_block(const void* block, size_t size, uint32_t site);
void untrace_block(const void* block, size_t size);  // its size in the heap, for one that has no trace
// The block has come from a free list: another place, the same size. Nothing happens to a block without a trace.
void retrace_block(const void* block, uint32_t site);
void settle_freed_cells(size_t size_class);  // before a cell of the class is taken
void cell_was_taken(size_t size_class);      // and after
// An object's block, from its prefix on.
const void* block_of(const Object* object);

// For objects whose size here is not CPython's (code, classes): what CPython would have asked for, prefix included.
void correct_traced_size(const Object* object, size_t size);
inline void set_traced_size(const Object* object, size_t size) {
    if (RS_UNLIKELY(blocks_traced)) correct_traced_size(object, size);
}

}  // namespace refscope::vm
