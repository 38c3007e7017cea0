// Traces of cells lie in a table beside the pages, one word for 16 bytes of the heap: its memory is mapped when it is touched.
// Those of large blocks are hashed.
#include "vm/heap/block_trace.h"

#include <sys/mman.h>

#include <cstring>
#include <unordered_map>

#include "vm/heap/allocator.h"
#include "vm/heap/small_alloc.h"
#include "vm/heap/thread.h"

namespace refscope::vm {

bool blocks_traced = false;

namespace {

constexpr size_t kGranule = 16, kClassCount = kSmallLimit / kSmallGranule + 1;

struct Traces {
    uint64_t* cells = nullptr;  // traceback << 16 | size; 0: no trace
    size_t cell_words = 0;      // reserved
    HeapPages pages{};
    std::unordered_map<const void*, BlockTrace>* large = nullptr;  // never destroyed: blocks go after other globals
    TraceTotals totals;
    BlockBalance balance;
    bool places = false;
    int counting = 0;
    uint32_t (*traceback_of)(uint32_t site) = nullptr;
    int suspended = 0;
    FreeCell* seen[kClassCount] = {};  // the head of each class's free list when it was settled last
    bool listened_before = false;
};
constinit Traces traces;

// The word of a block in a page, nullptr: a large one.
inline uint64_t* word_of(const void* block) {
    auto offset = static_cast<size_t>(static_cast<const char*>(block) - traces.pages.base);
    return offset < traces.pages.reserved ? &traces.cells[offset / kGranule] : nullptr;
}

inline void forget(uint64_t* word, size_t size) {
    traces.totals.current -= *word & 0xffff;
    traces.balance.current -= static_cast<int64_t>(*word ? *word & 0xffff : size);
    *word = 0;
}
inline uint32_t traceback_now(uint32_t site) { return traces.places ? traces.traceback_of(site) : 1; }

inline void settle_all() {
    if (std::memcmp(small_free_cells, traces.seen, sizeof traces.seen) == 0) return;
    for (size_t i = 1; i < kClassCount; ++i)
        if (small_free_cells[i] != traces.seen[i]) settle_freed_cells(i);
}

// A new peak is believed once what has been given back unseen is off.
inline void raise_peaks() {
    if (RS_LIKELY(traces.totals.current <= traces.totals.peak && traces.balance.current <= traces.balance.peak)) return;
    settle_all();
    if (traces.totals.current > traces.totals.peak) traces.totals.peak = traces.totals.current;
    if (traces.balance.current > traces.balance.peak) traces.balance.peak = traces.balance.current;
}

void reserve_words() {
    HeapPages pages = heap_pages();
    if (traces.cells) return;
    traces.large = new std::unordered_map<const void*, BlockTrace>;
    traces.pages = pages;
    traces.cell_words = pages.reserved / kGranule;
    void* range = mmap(nullptr, traces.cell_words * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    RS_CHECK(range != MAP_FAILED, "cannot reserve address space for the traces of allocations");
    traces.cells = static_cast<uint64_t*>(range);
}

}  // namespace

namespace {

void activate() {
    if (blocks_traced) return;
    reserve_words();
    traces.totals = {};
    traces.balance = {};
    traces.listened_before = allocation_listened;
    std::memcpy(traces.seen, small_free_cells, sizeof traces.seen);
    allocation_listened = true;
    blocks_traced = true;
}

void deactivate() {
    if (traces.places || traces.counting > 0) return;
    blocks_traced = false;
    allocation_listened = traces.listened_before;
}

}  // namespace

bool blocks_have_places() { return traces.places; }

void start_block_tracing(uint32_t (*traceback_of)(uint32_t site)) {
    if (traces.places) return;
    if (blocks_traced) clear_block_traces();
    traces.traceback_of = traceback_of;
    activate();
    traces.places = true;
}

void stop_block_tracing() {
    if (!traces.places) return;
    clear_block_traces();
    traces.places = false;
    deactivate();
}

void begin_block_counting() {
    activate();
    if (traces.counting++ == 0) traces.balance = {};
}

void end_block_counting() {
    if (--traces.counting > 0) return;
    if (!traces.places) clear_block_traces();
    deactivate();
}

BlockBalance block_balance() {
    settle_all();
    return traces.balance;
}
void reset_block_balance_peak() {
    settle_all();
    traces.balance.peak = traces.balance.current;
}

void clear_block_traces() {
    settle_all();
    if (!traces.cells) return;
    // The pages of the table go back, and come again as zeros.
    madvise(traces.cells, traces.cell_words * sizeof(uint64_t), MADV_DONTNEED);
    traces.large->clear();
    traces.totals = {};
}

TraceTotals block_trace_totals() {
    if (blocks_traced) settle_all();
    return traces.totals;
}

void reset_block_trace_peak() {
    settle_all();
    traces.totals.peak = traces.totals.current;
}

size_t block_trace_memory() {
    if (!traces.places) return 0;
    return heap_pages().used / kGranule * sizeof(uint64_t) + traces.large->size() * (sizeof(BlockTrace) + 4 * sizeof(void*));
}

bool find_block_trace(const void* block, BlockTrace* trace) {
    if (!blocks_traced) return false;
    settle_all();
    if (const uint64_t* word = word_of(block)) {
        if (!*word) return false;
        *trace = {*word & 0xffff, static_cast<uint32_t>(*word >> 16)};
        return true;
    }
    auto found = traces.large->find(block);
    if (found == traces.large->end()) return false;
    *trace = found->second;
    return true;
}

void for_each_block_trace(void (*visit)(const void* block, BlockTrace trace, void* context), void* context) {
    if (!blocks_traced) return;
    settle_all();
    const size_t words = heap_pages().used / kGranule;
    for (size_t i = 0; i < words; ++i) {
        const uint64_t word = traces.cells[i];
        if (word) visit(traces.pages.base + i * kGranule, {word & 0xffff, static_cast<uint32_t>(word >> 16)}, context);
    }
    for (const auto& [block, trace] : *traces.large) visit(block, trace, context);
}

TracingSuspended::TracingSuspended() { ++traces.suspended; }
TracingSuspended::~TracingSuspended() { --traces.suspended; }

void trace_block(const void* block, size_t size, uint32_t site) {
    if (RS_UNLIKELY(traces.suspended > 0)) return;
    const uint32_t traceback = traceback_now(site);
    if (uint64_t* word = word_of(block)) {
        traces.totals.current -= *word & 0xffff;
        *word = uint64_t{traceback} << 16 | size;
    } else {
        BlockTrace& trace = (*traces.large)[block];
        traces.totals.current -= trace.size;
        trace = {size, traceback};
    }
    traces.totals.current += size;
    traces.balance.current += static_cast<int64_t>(size);
    raise_peaks();
}

void untrace_block(const void* block, size_t size) {
    if (uint64_t* word = word_of(block)) {
        forget(word, size);
        return;
    }
    auto found = traces.large->find(block);
    traces.balance.current -= static_cast<int64_t>(found == traces.large->end() ? size : found->second.size);
    if (found == traces.large->end()) return;
    traces.totals.current -= found->second.size;
    traces.large->erase(found);
}

void retrace_block(const void* block, uint32_t site) {
    if (RS_UNLIKELY(traces.suspended > 0)) return;
    if (uint64_t* word = word_of(block)) {
        if (*word) *word = uint64_t{traceback_now(site)} << 16 | (*word & 0xffff);
        return;
    }
    auto found = traces.large->find(block);
    if (found != traces.large->end()) found->second.traceback = traceback_now(site);
}

void settle_freed_cells(size_t size_class) {
    FreeCell*& seen = traces.seen[size_class];
    for (FreeCell* cell = small_free_cells[size_class]; cell != seen; cell = cell->next) forget(word_of(cell), size_class * kSmallGranule);
    seen = small_free_cells[size_class];
}

void cell_was_taken(size_t size_class) { traces.seen[size_class] = small_free_cells[size_class]; }

const void* block_of(const Object* object) {
    return reinterpret_cast<const char*>(object) - static_cast<size_t>(prefix_of(object->type));
}

void correct_traced_size(const Object* object, size_t size) {
    const void* block = block_of(object);
    uint64_t* word = word_of(block);
    auto found = word ? traces.large->end() : traces.large->find(block);
    if (word ? *word == 0 : found == traces.large->end()) return;
    // A cell's word has room for 16 bits: enough for what a class or a frame of that many bytes would be elsewhere.
    if (word && size > 0xffff) size = 0xffff;
    const size_t before = word ? *word & 0xffff : found->second.size;
    traces.totals.current += size - before;
    traces.balance.current += static_cast<int64_t>(size) - static_cast<int64_t>(before);
    if (word) *word = (*word & ~uint64_t{0xffff}) | size;
    else found->second.size = size;
    raise_peaks();
}

}  // namespace refscope::vm
