// The allocator's inline fast path for small objects without a prefix: a free list for each size class.
//
// Cells freed last are reused first. A free cell has a null type, which is how the walk tells it from an object.
// allocate_small_at leaves everything behind the header unset.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/base/check.h"
#include "vm/heap/object.h"

namespace refscope::vm {

struct FreeCell {
    FreeCell* next;
    Type* type;  // always nullptr
};

inline constexpr size_t kSmallGranule = 16, kSmallLimit = 512;
// Index: size / 16. Only cells of pages without a prefix.
extern FreeCell* small_free_cells[kSmallLimit / kSmallGranule + 1];
// Someone listens to allocations (events.allocated): the fast paths tell it.
extern bool allocation_listened;
void notify_allocated(Object* object);
// Takes a cell from a page with room or a new page, header set; nullptr with MemoryError pending.
Object* allocate_small_slow(Type* type, size_t size, uint32_t site);
void free_small_slow(Object* object, size_t size);
#ifdef REFSCOPE_SANITIZE
inline constexpr bool kPoisonFreeCells = true;  // the slow paths do it
#else
inline constexpr bool kPoisonFreeCells = false;
#endif

// `size` is a constant multiple of 16, at most 512; `type` is a static type without prefix.
[[gnu::always_inline]] inline Object* allocate_small_at(Type* type, size_t size, uint32_t site) {
    FreeCell*& head = small_free_cells[size / kSmallGranule];
    FreeCell* cell = head;
    if (RS_UNLIKELY(kPoisonFreeCells || !cell || allocation_listened)) return allocate_small_slow(type, size, site);
    head = cell->next;
    auto* object = reinterpret_cast<Object*>(cell);
    object->refcount = 1;
    object->site = site;
    object->type = type;
    return object;
}
[[gnu::always_inline]] inline void free_small(Object* object, size_t size) {
    if (kPoisonFreeCells) return free_small_slow(object, size);
    auto* cell = reinterpret_cast<FreeCell*>(object);
    FreeCell*& head = small_free_cells[size / kSmallGranule];
    cell->next = head;
    cell->type = nullptr;
    head = cell;
}

}  // namespace refscope::vm
