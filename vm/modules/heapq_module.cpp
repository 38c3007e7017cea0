// The module _heapq: heaps in lists, smallest first, and the few largest-first functions that heapq.py uses.
//
// The order of comparisons is CPython's; each comparison holds both items, and notices when code has changed the list.
#include <bit>

#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/compare_items.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

// a < b for a smallest-first heap, b < a for a largest-first one. 1, 0, -1 with an exception.
template <bool kLargestFirst>
int before(Object* a, Object* b) {
    Object *left = kLargestFirst ? b : a, *right = kLargestFirst ? a : b;
    if (int_check_exact(left) && int_check_exact(right) && int_is_compact(left) && int_is_compact(right)) {
        return int_compact_value(left) < int_compact_value(right);
    }
    Ref<Object> held_a = share(a), held_b = share(b);
    return object_rich_compare_bool(left, right, kLT);
}

int changed_size() {
    err_set_string(exc::RuntimeError, "list changed size during iteration");
    return -1;
}

// Moves the item at `position` up to where its parent is not after it.
template <bool kLargestFirst>
int sift_down(ListObject* heap, intptr_t start, intptr_t position) {
    intptr_t size = heap->size;
    if (position >= size) {
        err_set_string(exc::IndexError, "index out of range");
        return -1;
    }
    while (position > start) {
        intptr_t parent = (position - 1) >> 1;
        int less = before<kLargestFirst>(heap->items[position], heap->items[parent]);
        if (less < 0) return -1;
        if (size != heap->size) return changed_size();
        if (less == 0) break;
        std::swap(heap->items[parent], heap->items[position]);
        position = parent;
    }
    return 0;
}

// Moves the item at `position` down along the smaller children to a leaf, then up to its place.
template <bool kLargestFirst>
int sift_up(ListObject* heap, intptr_t position) {
    intptr_t size = heap->size, start = position;
    if (position >= size) {
        err_set_string(exc::IndexError, "index out of range");
        return -1;
    }
    intptr_t first_leaf = size >> 1;
    while (position < first_leaf) {
        intptr_t child = 2 * position + 1;
        if (child + 1 < size) {
            int less = before<kLargestFirst>(heap->items[child], heap->items[child + 1]);
            if (less < 0) return -1;
            child += less ^ 1;
            if (size != heap->size) return changed_size();
        }
        std::swap(heap->items[child], heap->items[position]);
        position = child;
    }
    return sift_down<kLargestFirst>(heap, start, position);
}

template <bool kLargestFirst>
Owned pop(ListObject* heap) {
    intptr_t size = heap->size;
    if (size == 0) return err_set_string(exc::IndexError, "index out of range");
    Ref<Object> last = share(heap->items[size - 1]);
    if (list_set_slice(heap, size - 1, size, nullptr) < 0) return nullptr;
    if (--size == 0) return last.release();
    Ref<Object> result = own(std::exchange(heap->items[0], last.release()));
    return sift_up<kLargestFirst>(heap, 0) < 0 ? nullptr : result.release();
}

template <bool kLargestFirst>
Owned replace(ListObject* heap, Object* item) {
    if (heap->size == 0) return err_set_string(exc::IndexError, "index out of range");
    Ref<Object> result = own(std::exchange(heap->items[0], newref(item)));
    return sift_up<kLargestFirst>(heap, 0) < 0 ? nullptr : result.release();
}

// Visits parents in an order that keeps to few cache lines: for large heaps.
template <bool kLargestFirst>
int heapify_large(ListObject* heap, intptr_t n) {
    intptr_t middle = n >> 1;
    auto leftmost = static_cast<intptr_t>(std::bit_floor(static_cast<size_t>(middle + 1))) - 1;
    auto chain = [&](intptr_t j) {
        for (;; j >>= 1) {
            if (sift_up<kLargestFirst>(heap, j) < 0) return -1;
            if (!(j & 1)) return 0;
        }
    };
    for (intptr_t i = leftmost - 1; i >= middle >> 1; --i) {
        if (chain(i) < 0) return -1;
    }
    for (intptr_t i = middle - 1; i >= leftmost; --i) {
        if (chain(i) < 0) return -1;
    }
    return 0;
}

template <bool kLargestFirst>
int heapify(ListObject* heap) {
    intptr_t n = heap->size;
    if (n > 2500) return heapify_large<kLargestFirst>(heap, n);
    for (intptr_t i = (n >> 1) - 1; i >= 0; --i) {
        if (sift_up<kLargestFirst>(heap, i) < 0) return -1;
    }
    return 0;
}

// The list of a function with two arguments; nullptr with an exception.
ListObject* heap_of_two(const char* function, Object* const* args, intptr_t nargs) {
    if (!check_positional(function, nargs, 2, 2)) return nullptr;
    if (list_check(args[0])) return as_list(args[0]);
    argument_bad(function, "argument 1", "list", args[0]);
    return nullptr;
}
ListObject* heap_of_one(const char* function, Object* heap) {
    if (list_check(heap)) return as_list(heap);
    argument_bad(function, "argument", "list", heap);
    return nullptr;
}

Owned heappush(Object*, Object* const* args, intptr_t nargs) {
    ListObject* heap = heap_of_two("heappush", args, nargs);
    if (!heap || list_append(heap, args[1]) < 0 || sift_down<false>(heap, 0, heap->size - 1) < 0) return nullptr;
    return new_none();
}
Owned heappop(Object*, Object* object) {
    ListObject* heap = heap_of_one("heappop", object);
    return heap ? pop<false>(heap) : nullptr;
}
Owned heapreplace(Object*, Object* const* args, intptr_t nargs) {
    ListObject* heap = heap_of_two("heapreplace", args, nargs);
    return heap ? replace<false>(heap, args[1]) : nullptr;
}
Owned heappushpop(Object*, Object* const* args, intptr_t nargs) {
    ListObject* heap = heap_of_two("heappushpop", args, nargs);
    if (!heap) return nullptr;
    if (heap->size == 0) return newref(args[1]);
    Ref<Object> top = share(heap->items[0]);
    int less = object_rich_compare_bool(top.get(), args[1], kLT);
    top.reset();
    if (less < 0) return nullptr;
    return less == 0 ? newref(args[1]) : replace<false>(heap, args[1]);
}
Owned heapify_function(Object*, Object* object) {
    ListObject* heap = heap_of_one("heapify", object);
    return heap && heapify<false>(heap) == 0 ? new_none() : nullptr;
}
Owned heappop_max(Object*, Object* object) {
    ListObject* heap = heap_of_one("_heappop_max", object);
    return heap ? pop<true>(heap) : nullptr;
}
Owned heapreplace_max(Object*, Object* const* args, intptr_t nargs) {
    ListObject* heap = heap_of_two("_heapreplace_max", args, nargs);
    return heap ? replace<true>(heap, args[1]) : nullptr;
}
Owned heapify_max(Object*, Object* object) {
    ListObject* heap = heap_of_one("_heapify_max", object);
    return heap && heapify<true>(heap) == 0 ? new_none() : nullptr;
}

const MethodDef functions[] = {
    method_def("heappush", heappush, kMethFastcall,
               "heappush($module, heap, item, /)\n--\n\nPush item onto heap, maintaining the heap invariant."),
    method_def("heappushpop", heappushpop, kMethFastcall,
               "heappushpop($module, heap, item, /)\n--\n\nPush item on the heap, then pop and return the smallest item from the heap.\n\n"
               "The combined action runs more efficiently than heappush() followed by\na separate call to heappop()."),
    method_def("heappop", heappop, kMethO,
               "heappop($module, heap, /)\n--\n\nPop the smallest item off the heap, maintaining the heap invariant."),
    method_def("heapreplace", heapreplace, kMethFastcall,
               "heapreplace($module, heap, item, /)\n--\n\nPop and return the current smallest value, and add the new item."),
    method_def("heapify", heapify_function, kMethO,
               "heapify($module, heap, /)\n--\n\nTransform list into a heap, in-place, in O(len(heap)) time."),
    method_def("_heappop_max", heappop_max, kMethO, "_heappop_max($module, heap, /)\n--\n\nMaxheap variant of heappop."),
    method_def("_heapify_max", heapify_max, kMethO, "_heapify_max($module, heap, /)\n--\n\nMaxheap variant of heapify."),
    method_def("_heapreplace_max", heapreplace_max, kMethFastcall,
               "_heapreplace_max($module, heap, item, /)\n--\n\nMaxheap variant of heapreplace."),
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Owned create_heapq_module() {
    Ref<Object> module = own(module_create("_heapq", "Heap queue algorithm (a.k.a. priority queue).", functions));
    if (!module || module_add_string(module.get(), "__about__", "Heaps: arrays in which each item is before its two children.") < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
