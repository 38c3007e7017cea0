// The module _bisect: binary search in sorted sequences.
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

struct Search {
    Object* sequence;
    Object* item;
    intptr_t low = 0, high = -1;  // -1: the length
    Object* key = nullptr;        // null: the items themselves
};

bool read_arguments(const char* function, Object* const* args, intptr_t nargs, Object* kwnames, Search* search) {
    static const char* const names[] = {"a", "x", "lo", "hi", "key", nullptr};
    KeywordParser parser{function, names, 2, 4, 0};
    Object* out[5] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return false;
    search->sequence = out[0];
    search->item = out[1];
    if (out[2] && !argument_ssize(out[2], &search->low)) return false;
    if (out[3] && !is_none(out[3]) && !argument_ssize(out[3], &search->high)) return false;
    if (out[4] && !is_none(out[4])) search->key = out[4];
    return true;
}

// Where `item` belongs: after its equals (kRight) or before them. -1 with an exception.
template <bool kRight>
intptr_t find(const Search& search, Object* item) {
    intptr_t low = search.low, high = search.high;
    if (low < 0) {
        err_set_string(exc::ValueError, "lo must be non-negative");
        return -1;
    }
    if (high == -1) {
        high = object_size(search.sequence);
        if (high < 0) return -1;
    }
    while (low < high) {
        auto middle = static_cast<intptr_t>((static_cast<size_t>(low) + static_cast<size_t>(high)) / 2);
        Ref<Object> other = own(sequence_get_item(search.sequence, middle));
        if (!other) return -1;
        if (search.key) {
            Ref<Object> key = own(object_call_onearg(search.key, other.get()));
            if (!key) return -1;
            other.reset_steal(key.release());
        }
        int less = kRight ? object_rich_compare_bool(item, other.get(), kLT) : object_rich_compare_bool(other.get(), item, kLT);
        if (less < 0) return -1;
        if ((less != 0) == kRight) high = middle;
        else low = middle + 1;
    }
    return low;
}

template <bool kRight>
Owned bisect(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    Search search;
    if (!read_arguments(kRight ? "bisect_right" : "bisect_left", args, nargs, kwnames, &search)) return nullptr;
    intptr_t index = find<kRight>(search, search.item);
    return index < 0 ? nullptr : int_from_ssize(index);
}

template <bool kRight>
Owned insort(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    Search search;
    if (!read_arguments(kRight ? "insort_right" : "insort_left", args, nargs, kwnames, &search)) return nullptr;
    intptr_t index;
    if (search.key) {
        Ref<Object> item_key = own(object_call_onearg(search.key, search.item));
        if (!item_key) return nullptr;
        index = find<kRight>(search, item_key.get());
    } else {
        index = find<kRight>(search, search.item);
    }
    if (index < 0) return nullptr;
    if (list_check_exact(search.sequence)) {
        return list_insert(search.sequence, index, search.item) < 0 ? nullptr : new_none();
    }
    Ref<Object> number = own(int_from_ssize(index));
    if (!number) return nullptr;
    Ref<Object> done = own(object_call_method(search.sequence, ID(insert), {number.get(), search.item}));
    return done ? new_none() : nullptr;
}

constexpr const char* kBisectRight =
    "bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\nReturn the index where to insert item x in list a, assuming a is sorted.";
constexpr const char* kBisectLeft =
    "bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\nReturn the index where to insert item x in list a, assuming a is sorted.";
constexpr const char* kInsortRight =
    "insort_right($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\nInsert item x in list a, and keep it sorted assuming a is sorted.";
constexpr const char* kInsortLeft =
    "insort_left($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\nInsert item x in list a, and keep it sorted assuming a is sorted.";

const MethodDef functions[] = {
    method_def("bisect_right", bisect<true>, kMethFastcall | kMethKeywords, kBisectRight),
    method_def("insort_right", insort<true>, kMethFastcall | kMethKeywords, kInsortRight),
    method_def("bisect_left", bisect<false>, kMethFastcall | kMethKeywords, kBisectLeft),
    method_def("insort_left", insort<false>, kMethFastcall | kMethKeywords, kInsortLeft),
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Owned create_bisect_module() {
    return module_create("_bisect", "Bisection algorithms.", functions);
}

}  // namespace refscope::vm
