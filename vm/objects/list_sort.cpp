// list.sort: CPython 3.11's timsort with the powersort merge policy.
//
// The sequence of comparisons is CPython's exactly, because programs can watch it in `__lt__`. The list looks empty while
// it is sorted; what it holds is named by a RefArray over a copy of the array, since a merge keeps some
// items in a scratch area for a while. Before sorting, one pass looks whether all keys have one type that a cheaper
// comparison serves.
//
// MergeSort is generic over the comparison, so that the cheap ones are inlined.
#include <cstring>
#include <memory>

#include "vm/heap/allocator.h"
#include "vm/heap/ref_array.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list_internal.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

// Keys, and the values that move along with them (null when the list is its own keys).
struct Slice {
    Object** keys;
    Object** values;

    void advance(intptr_t n) {
        keys += n;
        if (values) values += n;
    }
    Slice at(intptr_t n) const { return {keys + n, values ? values + n : nullptr}; }
};

inline void copy_one(Slice target, Slice source) {
    *target.keys = *source.keys;
    if (target.values) *target.values = *source.values;
}
inline void move_many(Slice target, Slice source, intptr_t count) {
    std::memmove(target.keys, source.keys, static_cast<size_t>(count) * sizeof(Object*));
    if (target.values) std::memmove(target.values, source.values, static_cast<size_t>(count) * sizeof(Object*));
}

void reverse_array(Object** low, intptr_t count) {
    Object** high = low + count;
    if (low == high) return;
    for (--high; low < high; ++low, --high) std::swap(*low, *high);
}
void reverse_slice(Slice slice, intptr_t count) {
    reverse_array(slice.keys, count);
    if (slice.values) reverse_array(slice.values, count);
}

// --- comparisons: 1 left < right, 0 not, -1 exception ---

struct LessGeneral {
    int operator()(Object* left, Object* right) const { return object_rich_compare_bool(left, right, kLT); }
};

// All keys have one type with its own tp_richcompare.
struct LessSameType {
    CompareFn compare;
    int operator()(Object* left, Object* right) const {
        // A comparison may have changed the type of later keys.
        if (left->type->tp_richcompare != compare) return object_rich_compare_bool(left, right, kLT);
        Object* result = compare(left, right, kLT);
        if (!result) return -1;
        if (result == not_implemented()) {
            decref(result);
            return object_rich_compare_bool(left, right, kLT);
        }
        if (bool_check(result)) {
            int less = result == py_true();
            decref(result);
            return less;
        }
        Ref<Object> held = own(result);
        return object_is_true(result);
    }
};

struct LessSmallInt {
    int operator()(Object* left, Object* right) const { return int_compact_value(left) < int_compact_value(right); }
};

struct LessLatin {
    int operator()(Object* left, Object* right) const {
        intptr_t left_length = str_length(left), right_length = str_length(right);
        int order = std::memcmp(str_latin1(left), str_latin1(right),
                                static_cast<size_t>(left_length < right_length ? left_length : right_length));
        return order != 0 ? order < 0 : left_length < right_length;
    }
};

struct LessFloat {
    int operator()(Object* left, Object* right) const { return float_value(left) < float_value(right); }
};

template <class ElementLess>
struct LessTuple {
    ElementLess element;
    int operator()(Object* left, Object* right) const {
        intptr_t left_size = tuple_size(left), right_size = tuple_size(right), i = 0;
        for (; i < left_size && i < right_size; ++i) {
            int equal = object_rich_compare_bool(tuple_get_item(left, i), tuple_get_item(right, i), kEQ);
            if (equal < 0) return -1;
            if (!equal) break;
        }
        if (i >= left_size || i >= right_size) return left_size < right_size;
        if (i == 0) return element(tuple_get_item(left, 0), tuple_get_item(right, 0));
        return object_rich_compare_bool(tuple_get_item(left, i), tuple_get_item(right, i), kLT);
    }
};

// --- the sort ---

constexpr int kMaxPending = 85;  // runs on the stack for any array that fits the address space
constexpr intptr_t kMinGallop = 7;

template <class Less>
class MergeSort {
  public:
    MergeSort(Less less, Slice all, intptr_t count) : less_(less), all_(all), count_(count) {}

    // 0, or -1 with an exception; the array then holds its items in some order.
    int run() {
        intptr_t remaining = count_;
        Slice low = all_;
        intptr_t min_run = compute_min_run(remaining);
        do {
            bool descending;
            intptr_t n = count_run(low.keys, low.keys + remaining, &descending);
            if (n < 0) return -1;
            if (descending) reverse_slice(low, n);
            if (n < min_run) {
                intptr_t forced = remaining <= min_run ? remaining : min_run;
                if (binary_sort(low, forced, n) < 0) return -1;
                n = forced;
            }
            if (found_new_run(n) < 0) return -1;
            pending_[runs_] = {low, n, 0};
            ++runs_;
            low.advance(n);
            remaining -= n;
        } while (remaining);
        return collapse_all();
    }

  private:
    struct Run {
        Slice base;
        intptr_t length;
        int power;
    };

    static intptr_t compute_min_run(intptr_t n) {
        intptr_t rest = 0;
        while (n >= 64) {
            rest |= n & 1;
            n >>= 1;
        }
        return n + rest;
    }

    intptr_t count_run(Object** low, Object** high, bool* descending) {
        *descending = false;
        ++low;
        if (low == high) return 1;
        intptr_t n = 2;
        int less = less_(low[0], low[-1]);
        if (less < 0) return -1;
        *descending = less != 0;
        for (++low; low < high; ++low, ++n) {
            int next = less_(low[0], low[-1]);
            if (next < 0) return -1;
            if ((next != 0) != *descending) break;
        }
        return n;
    }

    // Sorts base[0:count], of which the first `sorted` are in order.
    int binary_sort(Slice base, intptr_t count, intptr_t sorted) {
        if (sorted == 0) ++sorted;
        for (; sorted < count; ++sorted) {
            intptr_t left = 0, right = sorted;
            Object* pivot = base.keys[sorted];
            do {
                intptr_t middle = left + ((right - left) >> 1);
                int less = less_(pivot, base.keys[middle]);
                if (less < 0) return -1;
                if (less) right = middle;
                else left = middle + 1;
            } while (left < right);
            std::memmove(base.keys + left + 1, base.keys + left, static_cast<size_t>(sorted - left) * sizeof(Object*));
            base.keys[left] = pivot;
            if (base.values) {
                Object* value = base.values[sorted];
                std::memmove(base.values + left + 1, base.values + left, static_cast<size_t>(sorted - left) * sizeof(Object*));
                base.values[left] = value;
            }
        }
        return 0;
    }

    // Depth in the merge tree of the boundary between two neighbouring runs (powersort).
    static int boundary_power(intptr_t start, intptr_t n1, intptr_t n2, intptr_t total) {
        int result = 0;
        intptr_t a = 2 * start + n1, b = a + n1 + n2;
        for (;;) {
            ++result;
            if (a >= total) {
                a -= total;
                b -= total;
            } else if (b >= total) {
                return result;
            }
            a <<= 1;
            b <<= 1;
        }
    }

    int found_new_run(intptr_t length) {
        if (!runs_) return 0;
        Run& top = pending_[runs_ - 1];
        int power = boundary_power(top.base.keys - all_.keys, top.length, length, count_);
        while (runs_ > 1 && pending_[runs_ - 2].power > power) {
            if (merge_at(runs_ - 2) < 0) return -1;
        }
        pending_[runs_ - 1].power = power;
        return 0;
    }

    int collapse_all() {
        while (runs_ > 1) {
            int n = runs_ - 2;
            if (n > 0 && pending_[n - 1].length < pending_[n + 1].length) --n;
            if (merge_at(n) < 0) return -1;
        }
        return 0;
    }

    int merge_at(int i) {
        Slice a = pending_[i].base, b = pending_[i + 1].base;
        intptr_t na = pending_[i].length, nb = pending_[i + 1].length;
        pending_[i].length = na + nb;
        if (i == runs_ - 3) pending_[i + 1] = pending_[i + 2];
        --runs_;
        intptr_t k = gallop_right(*b.keys, a.keys, na, 0);
        if (k < 0) return -1;
        a.advance(k);
        na -= k;
        if (na == 0) return 0;
        nb = gallop_left(a.keys[na - 1], b.keys, nb, nb - 1);
        if (nb <= 0) return static_cast<int>(nb);
        return na <= nb ? merge_low(a, na, b, nb) : merge_high(a, na, b, nb);
    }

    // Where `key` belongs in a sorted array, before its equals; the search starts at `hint`. -1: exception.
    intptr_t gallop_left(Object* key, Object** array, intptr_t n, intptr_t hint) {
        Object** a = array + hint;
        intptr_t last = 0, offset = 1;
        int less = less_(*a, key);
        if (less < 0) return -1;
        if (less) {
            intptr_t limit = n - hint;
            while (offset < limit) {
                less = less_(a[offset], key);
                if (less < 0) return -1;
                if (!less) break;
                last = offset;
                offset = (offset << 1) + 1;
            }
            if (offset > limit) offset = limit;
            last += hint;
            offset += hint;
        } else {
            intptr_t limit = hint + 1;
            while (offset < limit) {
                less = less_(*(a - offset), key);
                if (less < 0) return -1;
                if (less) break;
                last = offset;
                offset = (offset << 1) + 1;
            }
            if (offset > limit) offset = limit;
            intptr_t near = last;
            last = hint - offset;
            offset = hint - near;
        }
        ++last;
        while (last < offset) {
            intptr_t middle = last + ((offset - last) >> 1);
            less = less_(array[middle], key);
            if (less < 0) return -1;
            if (less) last = middle + 1;
            else offset = middle;
        }
        return offset;
    }

    // The same, after its equals.
    intptr_t gallop_right(Object* key, Object** array, intptr_t n, intptr_t hint) {
        Object** a = array + hint;
        intptr_t last = 0, offset = 1;
        int less = less_(key, *a);
        if (less < 0) return -1;
        if (less) {
            intptr_t limit = hint + 1;
            while (offset < limit) {
                less = less_(key, *(a - offset));
                if (less < 0) return -1;
                if (!less) break;
                last = offset;
                offset = (offset << 1) + 1;
            }
            if (offset > limit) offset = limit;
            intptr_t near = last;
            last = hint - offset;
            offset = hint - near;
        } else {
            intptr_t limit = n - hint;
            while (offset < limit) {
                less = less_(key, a[offset]);
                if (less < 0) return -1;
                if (less) break;
                last = offset;
                offset = (offset << 1) + 1;
            }
            if (offset > limit) offset = limit;
            last += hint;
            offset += hint;
        }
        ++last;
        while (last < offset) {
            intptr_t middle = last + ((offset - last) >> 1);
            less = less_(key, array[middle]);
            if (less < 0) return -1;
            if (less) offset = middle;
            else last = middle + 1;
        }
        return offset;
    }

    bool need_scratch(intptr_t count) {
        if (count <= scratch_room_) return true;
        scratch_.reset(new (std::nothrow) Object*[static_cast<size_t>(all_.values ? 2 * count : count)]);
        scratch_room_ = scratch_ ? count : 0;
        if (!scratch_) err_no_memory();
        return scratch_ != nullptr;
    }
    Slice scratch() { return {scratch_.get(), all_.values ? scratch_.get() + scratch_room_ : nullptr}; }

    // Merges neighbours of which the left is the shorter: it goes to the scratch area.
    int merge_low(Slice a, intptr_t na, Slice b, intptr_t nb) {
        if (!need_scratch(na)) return -1;
        Slice target = a;
        a = scratch();
        move_many(a, target, na);
        int result = -1, less;
        intptr_t min_gallop = min_gallop_, k, a_count, b_count;

        copy_one(target, b);
        target.advance(1);
        b.advance(1);
        if (--nb == 0) goto succeed;
        if (na == 1) goto copy_b;
        for (;;) {
            a_count = b_count = 0;
            for (;;) {  // one pair at a time, until one run appears to win consistently
                less = less_(b.keys[0], a.keys[0]);
                if (less < 0) goto fail;
                if (less) {
                    copy_one(target, b);
                    target.advance(1);
                    b.advance(1);
                    ++b_count;
                    a_count = 0;
                    if (--nb == 0) goto succeed;
                    if (b_count >= min_gallop) break;
                } else {
                    copy_one(target, a);
                    target.advance(1);
                    a.advance(1);
                    ++a_count;
                    b_count = 0;
                    if (--na == 1) goto copy_b;
                    if (a_count >= min_gallop) break;
                }
            }
            ++min_gallop;
            do {
                min_gallop -= min_gallop > 1;
                min_gallop_ = min_gallop;
                k = gallop_right(b.keys[0], a.keys, na, 0);
                if (k < 0) goto fail;
                a_count = k;
                if (k) {
                    move_many(target, a, k);
                    target.advance(k);
                    a.advance(k);
                    na -= k;
                    if (na == 1) goto copy_b;
                    if (na == 0) goto succeed;  // only with an inconsistent comparison
                }
                copy_one(target, b);
                target.advance(1);
                b.advance(1);
                if (--nb == 0) goto succeed;
                k = gallop_left(a.keys[0], b.keys, nb, 0);
                if (k < 0) goto fail;
                b_count = k;
                if (k) {
                    move_many(target, b, k);
                    target.advance(k);
                    b.advance(k);
                    nb -= k;
                    if (nb == 0) goto succeed;
                }
                copy_one(target, a);
                target.advance(1);
                a.advance(1);
                if (--na == 1) goto copy_b;
            } while (a_count >= kMinGallop || b_count >= kMinGallop);
            ++min_gallop;
            min_gallop_ = min_gallop;
        }
    succeed:
        result = 0;
    fail:
        if (na) move_many(target, a, na);
        return result;
    copy_b:  // the last element of a goes after what is left of b
        move_many(target, b, nb);
        copy_one(target.at(nb), a);
        return 0;
    }

    // Merges neighbours of which the right is the shorter, from the end.
    int merge_high(Slice a, intptr_t na, Slice b, intptr_t nb) {
        if (!need_scratch(nb)) return -1;
        Slice target = b.at(nb - 1);
        move_many(scratch(), b, nb);
        Slice base_a = a, base_b = scratch();
        b = base_b.at(nb - 1);
        a.advance(na - 1);
        int result = -1, less;
        intptr_t min_gallop = min_gallop_, k, a_count, b_count;

        copy_one(target, a);
        target.advance(-1);
        a.advance(-1);
        if (--na == 0) goto succeed;
        if (nb == 1) goto copy_a;
        for (;;) {
            a_count = b_count = 0;
            for (;;) {
                less = less_(b.keys[0], a.keys[0]);
                if (less < 0) goto fail;
                if (less) {
                    copy_one(target, a);
                    target.advance(-1);
                    a.advance(-1);
                    ++a_count;
                    b_count = 0;
                    if (--na == 0) goto succeed;
                    if (a_count >= min_gallop) break;
                } else {
                    copy_one(target, b);
                    target.advance(-1);
                    b.advance(-1);
                    ++b_count;
                    a_count = 0;
                    if (--nb == 1) goto copy_a;
                    if (b_count >= min_gallop) break;
                }
            }
            ++min_gallop;
            do {
                min_gallop -= min_gallop > 1;
                min_gallop_ = min_gallop;
                k = gallop_right(b.keys[0], base_a.keys, na, na - 1);
                if (k < 0) goto fail;
                k = na - k;
                a_count = k;
                if (k) {
                    target.advance(-k);
                    a.advance(-k);
                    move_many(target.at(1), a.at(1), k);
                    na -= k;
                    if (na == 0) goto succeed;
                }
                copy_one(target, b);
                target.advance(-1);
                b.advance(-1);
                if (--nb == 1) goto copy_a;
                k = gallop_left(a.keys[0], base_b.keys, nb, nb - 1);
                if (k < 0) goto fail;
                k = nb - k;
                b_count = k;
                if (k) {
                    target.advance(-k);
                    b.advance(-k);
                    move_many(target.at(1), b.at(1), k);
                    nb -= k;
                    if (nb == 1) goto copy_a;
                    if (nb == 0) goto succeed;  // only with an inconsistent comparison
                }
                copy_one(target, a);
                target.advance(-1);
                a.advance(-1);
                if (--na == 0) goto succeed;
            } while (a_count >= kMinGallop || b_count >= kMinGallop);
            ++min_gallop;
            min_gallop_ = min_gallop;
        }
    succeed:
        result = 0;
    fail:
        if (nb) move_many(target.at(-(nb - 1)), base_b, nb);
        return result;
    copy_a:  // the first element of b goes before what is left of a
        move_many(target.at(1 - na), a.at(1 - na), na);
        copy_one(target.at(-na), b);
        return 0;
    }

    Less less_;
    Slice all_;
    intptr_t count_;
    intptr_t min_gallop_ = kMinGallop;
    int runs_ = 0;
    Run pending_[kMaxPending];
    std::unique_ptr<Object*[]> scratch_;
    intptr_t scratch_room_ = 0;
};

template <class Less>
int sort_slice(Less less, Slice slice, intptr_t count) {
    return MergeSort<Less>(less, slice, count).run();
}

enum class KeyClass { kGeneral, kSameType, kSmallInt, kLatin, kFloat };

struct KeyScan {
    KeyClass element = KeyClass::kGeneral;
    bool in_tuples = false;
    CompareFn compare = nullptr;
};

KeyScan scan_keys(Object* const* keys, intptr_t count) {
    KeyScan scan;
    bool in_tuples = tuple_check_exact(keys[0]) && tuple_size(keys[0]) > 0;
    Type* type = in_tuples ? tuple_get_item(keys[0], 0)->type : keys[0]->type;
    bool same_type = true, latin = true, small = true;
    for (intptr_t i = 0; i < count; ++i) {
        if (in_tuples && !(tuple_check_exact(keys[i]) && tuple_size(keys[i]) != 0)) {
            in_tuples = same_type = false;
            break;
        }
        Object* key = in_tuples ? tuple_get_item(keys[i], 0) : keys[i];
        if (key->type != type) {
            same_type = false;
            if (!in_tuples) break;
        }
        if (same_type) {
            if (type == &int_type) small = small && int_is_compact(key);
            else if (type == &str_type) latin = latin && str_kind(key) == 1;
        }
    }
    scan.in_tuples = in_tuples;
    if (!same_type) return scan;
    if (type == &str_type && latin) scan.element = KeyClass::kLatin;
    else if (type == &int_type && small) scan.element = KeyClass::kSmallInt;
    else if (type == &float_type) scan.element = KeyClass::kFloat;
    else if ((scan.compare = type->tp_richcompare) != nullptr) scan.element = KeyClass::kSameType;
    // The first items of tuples are compared in full when they are tuples themselves.
    if (in_tuples && type == &tuple_type) scan.element = KeyClass::kGeneral;
    return scan;
}

template <class Less>
int sort_as(const KeyScan& scan, Less less, Slice slice, intptr_t count) {
    if (scan.in_tuples) return sort_slice(LessTuple<Less>{less}, slice, count);
    return sort_slice(less, slice, count);
}

int sort_scanned(const KeyScan& scan, Slice slice, intptr_t count) {
    switch (scan.element) {
        case KeyClass::kSmallInt: return sort_as(scan, LessSmallInt{}, slice, count);
        case KeyClass::kLatin: return sort_as(scan, LessLatin{}, slice, count);
        case KeyClass::kFloat: return sort_as(scan, LessFloat{}, slice, count);
        case KeyClass::kSameType: return sort_as(scan, LessSameType{scan.compare}, slice, count);
        default: return sort_as(scan, LessGeneral{}, slice, count);
    }
}

using Array = std::unique_ptr<Object*[]>;
Array new_array(intptr_t count) { return Array(new (std::nothrow) Object*[static_cast<size_t>(count)]()); }

// Sorts the items that were taken out of a list.
int sort_items(Object** items, intptr_t count, Object* key_function, bool reverse) {
    // The copies name the references while merges have them in two places or none.
    Array item_names = new_array(count), keys, key_names;
    if (!item_names) {
        err_no_memory();
        return -1;
    }
    std::memcpy(item_names.get(), items, static_cast<size_t>(count) * sizeof(Object*));
    RefArray named_items(item_names.get(), count, "list being sorted");
    Slice slice{items, nullptr};
    if (key_function) {
        keys = new_array(count);
        key_names = new_array(count);
        if (!keys || !key_names) {
            err_no_memory();
            return -1;
        }
        slice = {keys.get(), items};
    }
    RefArray named_keys(key_names.get(), key_function ? count : 0, "keys of a list being sorted");
    if (key_function) {
        for (intptr_t i = 0; i < count; ++i) {
            keys[i] = key_names[i] = object_call_onearg(key_function, items[i]);
            if (keys[i]) continue;
            while (--i >= 0) clear_ref(key_names[i]);
            return -1;
        }
    }
    int result = 0;
    if (count > 1) {
        KeyScan scan = scan_keys(slice.keys, count);
        // Reversed before and after, so that equal items keep their order.
        if (reverse) reverse_slice(slice, count);
        result = sort_scanned(scan, slice, count);
        if (reverse) reverse_array(items, count);
    }
    if (key_function) {
        // Released in the order in which the keys stand now; the names follow.
        std::memcpy(key_names.get(), keys.get(), static_cast<size_t>(count) * sizeof(Object*));
        for (intptr_t i = 0; i < count; ++i) clear_ref(key_names[i]);
    }
    return result;
}

}  // namespace

int list_sort_with(Object* object, Object* key_function, bool reverse) {
    ListObject* list = as_list(object);
    intptr_t count = list->size;
    Object** items = list->items;
    intptr_t allocated = list->allocated;
    list->size = 0;
    list->items = nullptr;
    list->allocated = -1;  // any change of the list while it is being sorted sets it

    int result = count ? sort_items(items, count, key_function, reverse) : 0;
    if (list->allocated != -1 && result == 0) {
        err_set_string(exc::ValueError, "list modified during sort");
        result = -1;
    }
    Object** new_items = list->items;
    intptr_t new_count = list->size;
    list->items = items;
    list->size = count;
    list->allocated = allocated;
    if (new_items) {
        {
            RefArray named(new_items, new_count, "list being cleared");
            while (--new_count >= 0) clear_ref(new_items[new_count]);
        }
        free_block(new_items);
    }
    return result;
}

int list_sort(Object* list) { return list_sort_with(list, nullptr, false); }

}  // namespace refscope::vm
