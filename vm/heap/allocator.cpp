// Pages of cells, as pymalloc lays them out: a page serves one size class and one prefix kind, has its own LIFO list of
// freed cells and hands out cells that were never used in ascending order; a class takes from the page that got a
// cell back last. An empty page can serve another class. All pages lie in one reserved range of addresses, so that one
// comparison tells a cell from a large block.
//
//   page:   [PageHeader][cell][cell]…            16 KiB, aligned to its size
//   cell:   [prefix 0/16/32][Object …]           a free cell: link in the object's first word (FreeCell), type nullptr
//   large:  [LargeHeader][prefix][Object …]      malloc, in a doubly linked list
#include "vm/heap/allocator.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <unordered_set>
#include <vector>

#include "vm/events/events.h"
#include "vm/heap/block_trace.h"
#include "vm/heap/calls.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/small_alloc.h"
#include "vm/heap/thread.h"

#ifdef REFSCOPE_SANITIZE
#include <sanitizer/asan_interface.h>
#define RS_POISON(address, size) ASAN_POISON_MEMORY_REGION(address, size)
#define RS_UNPOISON(address, size) ASAN_UNPOISON_MEMORY_REGION(address, size)
#define RS_READS_POISONED [[gnu::no_sanitize("address")]]
#else
#define RS_POISON(address, size) ((void)(address), (void)(size))
#define RS_UNPOISON(address, size) ((void)(address), (void)(size))
#define RS_READS_POISONED
#endif

#ifdef REFSCOPE_SANITIZE
// The leak checker does not see into the heap's pages; what the program leaks is the heap audit's business.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

namespace refscope::vm {

CollectorState collector;
FreeCell* small_free_cells[kSmallLimit / kSmallGranule + 1];
bool allocation_listened = false;

void forget_watched(const Object* object);  // release.cpp

namespace {

constexpr size_t kPageSize = 16 * 1024, kSmallest = 16, kLargestCell = 512, kChunkSize = 1024 * 1024;
constexpr size_t kClasses = kLargestCell / kSmallest;
// Lists of a size class: one for each prefix, and one for the pages of blocks.
constexpr size_t kPrefixes = 4, kBlockList = 3;

struct PageHeader {
    PageHeader* next;  // pages of the class with free cells; for empty pages the list of empties
    PageHeader* previous;
    Object* free;      // LIFO, linked through the first word
    uint32_t used;     // cells in use
    uint32_t fresh;    // offset of the first cell never used
    uint32_t cell_size;
    uint16_t prefix;   // bytes
    uint16_t list;     // index into lists
    uint32_t limit;    // cells start below this offset
    bool in_list;
    bool blocks;       // cells are blocks, no objects: the walk passes over them
};
constexpr size_t kFirstCell = (sizeof(PageHeader) + 15) & ~size_t{15};

struct LargeHeader {
    LargeHeader* next;
    LargeHeader* previous;
    size_t size;    // of prefix and object
    size_t prefix;  // bytes
};
static_assert(sizeof(LargeHeader) % 16 == 0);

struct Heap {
    char* base = nullptr;
    size_t reserved = 0, committed = 0, page_count = 0;
    PageHeader* lists[kClasses * kPrefixes] = {};
    PageHeader* empties = nullptr;
    LargeHeader large{&large, &large, 0, 0};
    size_t large_objects = 0, large_bytes = 0, blocks = 0, block_bytes = 0, limit = 0;
    size_t small_blocks = 0, small_block_bytes = 0;  // those in pages
    std::vector<Object*> statics;
    std::unordered_set<const Object*> static_set;
    struct Root {
        Object** slot;
        const char* name;
    };
    std::vector<Root> roots;
};
// Never destroyed: objects may be released by destructors of other globals.
Heap& make_heap() {
    static Heap* instance = new Heap;
    return *instance;
}
Heap& heap = make_heap();

bool reserve() {
    for (size_t size = size_t{1} << 37; size >= (size_t{1} << 28); size >>= 1) {
        void* range = mmap(nullptr, size + kPageSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (range == MAP_FAILED) continue;
        auto address = (reinterpret_cast<uintptr_t>(range) + kPageSize - 1) & ~(kPageSize - 1);
        heap.base = reinterpret_cast<char*>(address);
        heap.reserved = size;
        return true;
    }
    return false;
}

bool within_limit(size_t more) {
    if (heap.limit == 0) return true;
    return heap.page_count * kPageSize + heap.large_bytes + heap.block_bytes + more <= heap.limit;
}

[[gnu::noinline]] PageHeader* new_page(size_t list, size_t cell_size, size_t prefix) {
    PageHeader* page = heap.empties;
    if (page) {
        heap.empties = page->next;
    } else {
        if (!heap.base && !reserve()) return nullptr;
        size_t offset = heap.page_count * kPageSize;
        if (!within_limit(kPageSize) || offset + kPageSize > heap.reserved) return nullptr;
        if (offset + kPageSize > heap.committed) {
            if (mprotect(heap.base + heap.committed, kChunkSize, PROT_READ | PROT_WRITE) != 0) return nullptr;
            heap.committed += kChunkSize;
        }
        page = reinterpret_cast<PageHeader*>(heap.base + offset);
        ++heap.page_count;
    }
    page->next = page->previous = nullptr;
    page->free = nullptr;
    page->used = 0;
    page->fresh = kFirstCell;
    page->cell_size = static_cast<uint32_t>(cell_size);
    page->prefix = static_cast<uint16_t>(prefix);
    page->list = static_cast<uint16_t>(list);
    page->limit = static_cast<uint32_t>(kPageSize - cell_size + 1);
    page->in_list = true;
    page->blocks = list % kPrefixes == kBlockList;
    heap.lists[list] = page;
    RS_POISON(reinterpret_cast<char*>(page) + kFirstCell, kPageSize - kFirstCell);
    return page;
}

void link_page(PageHeader* page) {
    page->previous = nullptr;
    page->next = heap.lists[page->list];
    if (page->next) page->next->previous = page;
    heap.lists[page->list] = page;
    page->in_list = true;
}

void unlink_page(PageHeader* page) {
    if (page->previous)
        page->previous->next = page->next;
    else
        heap.lists[page->list] = page->next;
    if (page->next) page->next->previous = page->previous;
    page->in_list = false;
}

bool in_pages(const void* address) {
    return static_cast<size_t>(static_cast<const char*>(address) - heap.base) < heap.page_count * kPageSize;
}
PageHeader* page_of(const void* address) {
    return reinterpret_cast<PageHeader*>(reinterpret_cast<uintptr_t>(address) & ~(kPageSize - 1));
}
LargeHeader* large_of(const Object* object, size_t prefix) {
    return reinterpret_cast<LargeHeader*>(reinterpret_cast<uintptr_t>(object) - prefix - sizeof(LargeHeader));
}

void link_large(LargeHeader* header) {
    header->next = heap.large.next;
    header->previous = &heap.large;
    header->next->previous = header;
    heap.large.next = header;
    ++heap.large_objects;
    heap.large_bytes += header->size;
}
void unlink_large(LargeHeader* header) {
    header->next->previous = header->previous;
    header->previous->next = header->next;
    --heap.large_objects;
    heap.large_bytes -= header->size;
}

// A free cell of the list's pages, nullptr: no memory. Its free-list link is `prefix` bytes into it.
inline Object* take_cell(size_t list, size_t cell_size, size_t prefix) {
    PageHeader* page = heap.lists[list];
    if (RS_UNLIKELY(!page)) {
        page = new_page(list, cell_size, prefix);
        if (!page) return nullptr;
    }
    Object* object = page->free;
    if (object) {
        RS_UNPOISON(reinterpret_cast<char*>(object) - prefix, page->cell_size);
        std::memcpy(&page->free, object, sizeof(Object*));
    } else {
        char* cell = reinterpret_cast<char*>(page) + page->fresh;
        page->fresh += page->cell_size;
        object = reinterpret_cast<Object*>(cell + prefix);
        RS_UNPOISON(cell, page->cell_size);
    }
    ++page->used;
    if (RS_UNLIKELY(!page->free && page->fresh >= page->limit)) unlink_page(page);
    return object;
}

inline void give_cell(PageHeader* page, Object* object) {
    std::memcpy(static_cast<void*>(object), &page->free, sizeof(Object*));
    page->free = object;
    RS_POISON(reinterpret_cast<char*>(object) - page->prefix, page->cell_size);
    if (RS_UNLIKELY(!page->in_list)) link_page(page);
    if (RS_UNLIKELY(--page->used == 0)) {
        unlink_page(page);
        page->free = nullptr;
        page->fresh = kFirstCell;
        page->next = heap.empties;
        heap.empties = page;
    }
}

// Zeroes a cell. Most are so small that a call of memset costs more than the stores; the barrier keeps them from becoming one.
inline void zero_cell(void* cell, size_t size) {
    if (RS_UNLIKELY(size > 128)) {
        std::memset(cell, 0, size);
        return;
    }
    for (size_t offset = 0; offset < size; offset += 16) {
        std::memset(static_cast<char*>(cell) + offset, 0, 16);
        asm volatile("" ::: "memory");
    }
}

// The memory, zeroed; the address of the object in it. nullptr: no memory, nothing pending.
Object* allocate_memory(size_t prefix, size_t size) {
    size_t total = prefix + size;
    if (RS_LIKELY(total <= kLargestCell)) {
        size_t size_class = (total - 1) / kSmallest;
        size_t list = size_class * kPrefixes + prefix / 16;
        if (prefix == 0) {
            if (RS_UNLIKELY(blocks_traced)) settle_freed_cells(size_class + 1);
            if (FreeCell* cell = small_free_cells[size_class + 1]) {
                small_free_cells[size_class + 1] = cell->next;
                if (RS_UNLIKELY(blocks_traced)) cell_was_taken(size_class + 1);
                RS_UNPOISON(cell, (size_class + 1) * kSmallest);
                zero_cell(cell, (size_class + 1) * kSmallest);
                return reinterpret_cast<Object*>(cell);
            }
        }
        Object* object = take_cell(list, (size_class + 1) * kSmallest, prefix);
        if (RS_UNLIKELY(!object)) return nullptr;
        zero_cell(reinterpret_cast<char*>(object) - prefix, (size_class + 1) * kSmallest);
        return object;
    }
    if (total > static_cast<size_t>(PTRDIFF_MAX) - sizeof(LargeHeader) || !within_limit(total)) return nullptr;
    auto* header = static_cast<LargeHeader*>(std::calloc(1, sizeof(LargeHeader) + total));
    if (!header) return nullptr;
    header->size = total;
    header->prefix = prefix;
    link_large(header);
    return reinterpret_cast<Object*>(reinterpret_cast<char*>(header + 1) + prefix);
}

void free_memory(Object* object) {
    if (RS_UNLIKELY(object->refcount < 0)) forget_watched(object);
    if (RS_LIKELY(in_pages(object))) {
        PageHeader* page = page_of(object);
        object->type = nullptr;
        if (page->prefix == 0) {
            size_t size_class = page->cell_size / kSmallGranule;
            auto* cell = reinterpret_cast<FreeCell*>(object);
            cell->next = small_free_cells[size_class];
            small_free_cells[size_class] = cell;
            RS_POISON(reinterpret_cast<char*>(object) + sizeof(FreeCell), page->cell_size - sizeof(FreeCell));
            return;
        }
        if (RS_UNLIKELY(blocks_traced)) untrace_block(reinterpret_cast<char*>(object) - page->prefix, page->cell_size);
        give_cell(page, object);
        return;
    }
    LargeHeader* header = large_of(object, static_cast<size_t>(prefix_of(object->type)));
    if (RS_UNLIKELY(blocks_traced)) untrace_block(block_of(object), header->size);
    RS_ASSERT(header->prefix == static_cast<size_t>(prefix_of(object->type)), "an object's prefix does not fit its type");
    unlink_large(header);
    std::free(header);
}

Object* allocate(Type* type, size_t size, bool counted) {
    auto prefix = static_cast<size_t>(prefix_of(type));
    Object* object = allocate_memory(prefix, size);
    if (RS_UNLIKELY(!object)) {
        call_seam.raise_memory_error();
        return nullptr;
    }
    if (prefix && counted) {
        // The object has no type yet: a collection that starts here cannot see it.
        if (RS_UNLIKELY(++collector.counts[0] > collector.thresholds[0]) && collector.enabled &&
            collector.thresholds[0] && !collector.collecting && !thread->pending && collector.collect_generations) {
            collector.collecting = true;
            collector.collect_generations();
            collector.collecting = false;
        }
    }
    object->refcount = 1;
    object->site = current_site();
    object->type = type;
    if (type->has(kHeapType)) incref(type);
    if (RS_UNLIKELY(blocks_traced)) trace_block(block_of(object), prefix + size, object->site);
    if (RS_UNLIKELY(events.allocated != nullptr)) events.allocated(object);
    return object;
}

RS_READS_POISONED Type* type_in_cell(Object* object) { return object->type; }

void check_untracked(Object* object) {
    RS_ASSERT(!object->type->has(kHaveGc) || !gc_is_tracked(object), "memory of a tracked object was given back");
    (void)object;
}

}  // namespace

Object* allocate_object(Type* type, size_t size) { return allocate(type, size, true); }
Object* allocate_object_uncounted(Type* type, size_t size) { return allocate(type, size, false); }

Object* allocate_small_slow(Type* type, size_t size, uint32_t site) {
    Object* object = allocate_memory(0, size);
    if (RS_UNLIKELY(!object)) {
        call_seam.raise_memory_error();
        return nullptr;
    }
    object->refcount = 1;
    object->site = site;
    object->type = type;
    // Sizes are rounded up by the caller; what the object needs is known for types of one size.
    if (RS_UNLIKELY(blocks_traced)) trace_block(object, type->tp_itemsize ? size : static_cast<size_t>(type->tp_basicsize), site);
    if (RS_UNLIKELY(events.allocated != nullptr)) events.allocated(object);
    return object;
}

void free_small_slow(Object* object, size_t) { free_memory(object); }

void notify_allocated(Object* object) {
    if (blocks_traced) retrace_block(block_of(object), object->site);
    if (events.allocated) events.allocated(object);
}

void free_object(Object* object) {
    check_untracked(object);
    if (object->type->has(kHaveGc) && collector.counts[0] > 0) --collector.counts[0];
    free_memory(object);
}

void free_object_uncounted(Object* object) {
    check_untracked(object);
    free_memory(object);
}

namespace {

Object* resize_object(Object* object, size_t size) {
    auto prefix = static_cast<size_t>(prefix_of(object->type));
    size_t total = prefix + size;
    if (in_pages(object)) {
        PageHeader* page = page_of(object);
        size_t old_total = page->cell_size;
        if (total <= old_total && total + kSmallest > old_total) return object;
        Object* moved = allocate_memory(prefix, size);
        if (!moved) {
            call_seam.raise_memory_error();
            return nullptr;
        }
        std::memcpy(reinterpret_cast<char*>(moved) - prefix, reinterpret_cast<char*>(object) - prefix,
                    total < old_total ? total : old_total);
        free_memory(object);
        return moved;
    }
    LargeHeader* header = large_of(object, prefix);
    if (total <= kLargestCell || !within_limit(total > header->size ? total - header->size : 0)) {
        Object* moved = total <= kLargestCell ? allocate_memory(prefix, size) : nullptr;
        if (!moved) {
            call_seam.raise_memory_error();
            return nullptr;
        }
        std::memcpy(reinterpret_cast<char*>(moved) - prefix, reinterpret_cast<char*>(object) - prefix, total);
        free_memory(object);
        return moved;
    }
    size_t old_total = header->size;
    unlink_large(header);
    auto* grown = static_cast<LargeHeader*>(std::realloc(header, sizeof(LargeHeader) + total));
    if (!grown) {
        link_large(header);
        call_seam.raise_memory_error();
        return nullptr;
    }
    grown->size = total;
    link_large(grown);
    if (total > old_total) std::memset(reinterpret_cast<char*>(grown + 1) + old_total, 0, total - old_total);
    return reinterpret_cast<Object*>(reinterpret_cast<char*>(grown + 1) + prefix);
}

}  // namespace

Object* reallocate_object(Object* object, size_t size) {
    check_untracked(object);
    if (RS_LIKELY(!blocks_traced)) return resize_object(object, size);
    const void* old_block = block_of(object);
    const bool in_page = in_pages(object);
    const size_t old_size = in_page ? page_of(object)->cell_size : large_of(object, static_cast<size_t>(prefix_of(object->type)))->size;
    Object* resized = resize_object(object, size);
    if (!resized) return nullptr;
    const void* block = block_of(resized);
    // A cell that was left has been settled by free_memory, or will be.
    if (block == old_block || (!in_page && !in_pages(resized))) untrace_block(old_block, old_size);
    trace_block(block, static_cast<size_t>(prefix_of(resized->type)) + size, current_site());
    return resized;
}

namespace {

inline void* take_block(size_t size) {
    if (RS_LIKELY(size <= kLargestCell)) {
        size_t size_class = size ? (size - 1) / kSmallest : 0;
        if (void* cell = take_cell(size_class * kPrefixes + kBlockList, (size_class + 1) * kSmallest, 0)) {
            ++heap.small_blocks;
            heap.small_block_bytes += (size_class + 1) * kSmallest;
            return cell;
        }
        call_seam.raise_memory_error();
        return nullptr;
    }
    void* block = nullptr;
    if (size <= static_cast<size_t>(PTRDIFF_MAX) && within_limit(size)) block = std::malloc(size);
    if (RS_UNLIKELY(!block)) {
        call_seam.raise_memory_error();
        return nullptr;
    }
    ++heap.blocks;
    heap.block_bytes += malloc_usable_size(block);
    return block;
}

inline void give_block(void* block) {
    if (RS_LIKELY(in_pages(block))) {
        PageHeader* page = page_of(block);
        --heap.small_blocks;
        heap.small_block_bytes -= page->cell_size;
        give_cell(page, static_cast<Object*>(block));
        return;
    }
    --heap.blocks;
    heap.block_bytes -= malloc_usable_size(block);
    std::free(block);
}

void* resize_block(void* block, size_t size) {
    bool small = in_pages(block);
    if (small || size <= kLargestCell) {
        size_t before = block_size(block);
        if (small && size <= before && size + kSmallest > before) return block;
        void* moved = take_block(size);
        if (!moved) return nullptr;
        std::memcpy(moved, block, before < size ? before : size);
        give_block(block);
        return moved;
    }
    size_t before = malloc_usable_size(block);
    void* moved = nullptr;
    if (size <= static_cast<size_t>(PTRDIFF_MAX) && within_limit(size > before ? size - before : 0)) moved = std::realloc(block, size);
    if (RS_UNLIKELY(!moved)) {
        call_seam.raise_memory_error();
        return nullptr;
    }
    heap.block_bytes += malloc_usable_size(moved) - before;
    return moved;
}

}  // namespace

void* allocate_block(size_t size) {
    void* block = take_block(size);
    if (RS_UNLIKELY(blocks_traced) && block) trace_block(block, size, current_site());
    return block;
}

void* reallocate_block(void* block, size_t size) {
    if (!block) return allocate_block(size);
    if (RS_LIKELY(!blocks_traced)) return resize_block(block, size);
    const size_t old_size = block_size(block);
    void* resized = resize_block(block, size);
    if (!resized) return nullptr;
    untrace_block(block, old_size);
    trace_block(resized, size, current_site());
    return resized;
}

void free_block(void* block) {
    if (!block) return;
    if (RS_UNLIKELY(blocks_traced)) untrace_block(block, block_size(block));
    give_block(block);
}

size_t block_size(const void* block) {
    return in_pages(block) ? page_of(block)->cell_size : malloc_usable_size(const_cast<void*>(block));
}

HeapStatistics heap_statistics() {
    HeapStatistics statistics{heap.large_objects, heap.large_bytes, heap.blocks + heap.small_blocks,
                              heap.block_bytes + heap.small_block_bytes};
    for (size_t index = 0; index < heap.page_count; ++index) {
        auto* page = reinterpret_cast<PageHeader*>(heap.base + index * kPageSize);
        if (page->blocks) continue;
        for (uint32_t offset = kFirstCell; offset < page->fresh; offset += page->cell_size) {
            if (!type_in_cell(reinterpret_cast<Object*>(reinterpret_cast<char*>(page) + offset + page->prefix))) continue;
            ++statistics.objects;
            statistics.object_bytes += page->cell_size;
        }
    }
    return statistics;
}

HeapPages heap_pages() {
    if (!heap.base) reserve();
    return {heap.base, heap.reserved, heap.page_count * kPageSize};
}

void set_memory_limit(size_t bytes) { heap.limit = bytes; }

void walk_heap(WalkVisit visit, void* context) {
    for (size_t index = 0; index < heap.page_count; ++index) {
        auto* page = reinterpret_cast<PageHeader*>(heap.base + index * kPageSize);
        if (page->blocks) continue;
        for (uint32_t offset = kFirstCell; offset < page->fresh; offset += page->cell_size) {
            auto* object = reinterpret_cast<Object*>(reinterpret_cast<char*>(page) + offset + page->prefix);
            if (type_in_cell(object)) visit(object, context);
        }
    }
    for (LargeHeader* header = heap.large.next; header != &heap.large;) {
        LargeHeader* next = header->next;
        auto* object = reinterpret_cast<Object*>(reinterpret_cast<char*>(header + 1) + header->prefix);
        if (object->type) visit(object, context);
        header = next;
    }
    for (Object* object : heap.statics) visit(object, context);
}

bool is_object_address(uintptr_t address) {
    auto* object = reinterpret_cast<Object*>(address);
    if (in_pages(object)) {
        PageHeader* page = page_of(object);
        if (page->blocks) return false;
        size_t offset = address - reinterpret_cast<uintptr_t>(page);
        if (offset < kFirstCell + page->prefix || offset >= page->fresh) return false;
        if ((offset - page->prefix - kFirstCell) % page->cell_size != 0) return false;
        return type_in_cell(object) != nullptr;
    }
    for (LargeHeader* header = heap.large.next; header != &heap.large; header = header->next)
        if (reinterpret_cast<uintptr_t>(header + 1) + header->prefix == address) return object->type != nullptr;
    return heap.static_set.contains(object);
}

void register_static_object(Object* object) {
    if (heap.static_set.insert(object).second) heap.statics.push_back(object);
}

bool is_static_object(const Object* object) { return heap.static_set.contains(object); }

void register_root(Object** slot, const char* name) { heap.roots.push_back({slot, name}); }

void for_each_root(void (*visit)(Object*, const char*, void*), void* context) {
    for (const Heap::Root& root : heap.roots)
        if (*root.slot) visit(*root.slot, root.name, context);
}

}  // namespace refscope::vm
