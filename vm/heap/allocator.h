// The heap: size-class pages that can be walked whole, and blocks for what objects own outside themselves.
//
// Objects of up to 512 bytes live in cells of 16 KiB pages, one size class (a multiple of 16) and one prefix kind
// for a page; larger ones are single blocks on a list. In both a free cell has a null type, so that the walk needs no
// list of objects. Freed cells are reused last-in-first-out within a size class, as pymalloc does, so that
// `id([]) == id([])`. Every function returns nullptr, with MemoryError pending, when the limit is reached.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

// What stands before an object's header.
enum class Prefix : uint8_t { kNone = 0, kGc = 16, kManagedDict = 32 };  // value: bytes

inline Prefix prefix_of(const Type* type) {
    if (!type->has(kHaveGc)) return Prefix::kNone;
    return type->has(kManagedDict) ? Prefix::kManagedDict : Prefix::kGc;
}

// Memory for one object of `type` with `size` bytes from the header on. Zero-filled; header set (count 1, site);
// untracked. A heap type is taken a reference to. Counts as an allocation of the collector when the type is collected,
// and may then run a collection first, as in CPython 3.11.
Object* allocate_object(Type* type, size_t size);
// The same without counting as an allocation: for CPython's paths that a free list serves.
Object* allocate_object_uncounted(Type* type, size_t size);
// Gives the memory back (the object must be untracked). Does not release the reference to a heap type.
void free_object(Object* object);           // PyObject_Free / PyObject_GC_Del
void free_object_uncounted(Object* object);  // for free lists: the collector's count stays
// Grows or shrinks an untracked object with no prefix or a collector's prefix; it may move. nullptr: failed, the old one is alive.
Object* reallocate_object(Object* object, size_t size);

template <class T>
inline T* new_object(Type* type) {
    return static_cast<T*>(allocate_object(type, static_cast<size_t>(type->tp_basicsize)));
}
// ob_size is set to `items`; the size is basicsize + items * itemsize.
template <class T>
inline T* new_var_object(Type* type, intptr_t items) {
    auto* object = static_cast<T*>(allocate_object(
        type, static_cast<size_t>(type->tp_basicsize) + static_cast<size_t>(items) * static_cast<size_t>(type->tp_itemsize)));
    if (object) object->size = items;
    return object;
}

// Blocks: item arrays, tables. No header; never seen by the walk; counted in heap_statistics.
void* allocate_block(size_t size);
void* reallocate_block(void* block, size_t size);
void free_block(void* block);
size_t block_size(const void* block);  // usable size

struct HeapStatistics {
    size_t objects, object_bytes, blocks, block_bytes;
};
HeapStatistics heap_statistics();
void set_memory_limit(size_t bytes);  // 0: none
// The range of addresses in which all pages lie: reserved, and in use so far.
struct HeapPages {
    const char* base;
    size_t reserved, used;
};
HeapPages heap_pages();

// Calls `visit` for every object on the heap, dying ones included, and for every registered static object. Must not allocate
// objects or free any but the one visited.
using WalkVisit = void (*)(Object* object, void* context);
void walk_heap(WalkVisit visit, void* context);
// True when `address` is that of an object on the heap or a static one (for `%holders 0x…`: never crashes).
bool is_object_address(uintptr_t address);

// Objects that are C++ globals (static types, None, small ints): their own reference is held by the static runtime.
void register_static_object(Object* object);
bool is_static_object(const Object* object);
// A C++ global that owns a reference (interned names, exception types, the module table). The slot is read at audit time.
void register_root(Object** slot, const char* name);
void for_each_root(void (*visit)(Object* object, const char* name, void* context), void* context);

}  // namespace refscope::vm
