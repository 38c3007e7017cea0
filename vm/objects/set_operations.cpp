// The algebra of sets: union, intersection, difference, comparison.
//
// Which operand is walked and how results are sized follow CPython, since comparisons and sizes show.
#include "vm/objects/set_operations.h"

#include <utility>

#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/errors.h"
#include "vm/objects/set_internal.h"
#include "vm/objects/singletons.h"

namespace refscope::vm {

namespace {

// Calls f(key, hash) for each key, held meanwhile, until it returns other than 0.
template <class F>
int for_each_key(Object* set, F&& f) {
    intptr_t position = 0;
    Object* key;
    Hash hash;
    while (set_next(set, &position, &key, &hash)) {
        Ref<Object> held = share(key);
        if (int result = f(key, hash)) return result;
    }
    return 0;
}

template <class F>
int for_each_item(Object* iterable, F&& f) {
    Ref<Object> iterator = own(object_get_iter(iterable));
    if (!iterator) return -1;
    while (Ref<Object> key = own(iter_next(iterator.get()))) {
        Hash hash = key_hash(key.get());
        if (hash == -1) return -1;
        if (int result = f(key.get(), hash)) return result;
    }
    return err_occurred() ? -1 : 0;
}

Owned copy_and_difference(Object* self, Object* other) {
    Ref<Object> result = own(set_copy(self));
    if (!result || set_difference_update(result.get(), other) < 0) return nullptr;
    return result.release();
}

// Takes `key` out, or puts it in when it was absent.
int toggle(SetObject* set, Object* key, Hash hash) {
    int removed = set_discard_entry(set, key, hash);
    if (removed < 0) return -1;
    return removed ? 0 : set_add_entry(set, key, hash);
}

}  // namespace

Owned set_copy(Object* self) { return set_make_base(self->type, self); }

Owned set_intersection(Object* self, Object* other) {
    if (self == other) return set_copy(self);
    Ref<Object> result = own(set_make_base(self->type, nullptr));
    if (!result) return nullptr;
    if (anyset_check(other) && set_size(other) > set_size(self)) std::swap(self, other);
    auto keep_common = [&](Object* key, Hash hash) {
        int present = set_contains_entry(as_set(self), key, hash);
        if (present <= 0) return present;
        return set_add_entry(as_set(result.get()), key, hash);
    };
    int status = anyset_check(other) ? for_each_key(other, keep_common) : for_each_item(other, keep_common);
    return status < 0 ? nullptr : result.release();
}

Owned set_difference(Object* self, Object* other) {
    intptr_t other_size;
    if (anyset_check(other)) other_size = set_size(other);
    else if (dict_check_exact(other)) other_size = dict_size(other);
    else return copy_and_difference(self, other);
    if ((set_size(self) >> 2) > other_size) return copy_and_difference(self, other);
    Ref<Object> result = own(set_make_base(self->type, nullptr));
    if (!result) return nullptr;
    bool is_dict = dict_check_exact(other);
    int status = for_each_key(self, [&](Object* key, Hash hash) {
        int present = is_dict ? dict_contains_known_hash(other, key, hash) : set_contains_entry(as_set(other), key, hash);
        if (present < 0) return -1;
        return present ? 0 : set_add_entry(as_set(result.get()), key, hash);
    });
    return status < 0 ? nullptr : result.release();
}

int set_difference_update(Object* self, Object* other) {
    if (self == other) return set_clear(self);
    SetObject* set = as_set(self);
    auto discard = [&](Object* key, Hash hash) { return set_discard_entry(set, key, hash) < 0 ? -1 : 0; };
    if (anyset_check(other)) {
        // Much larger than this one: only the common keys matter.
        Ref<Object> keys = (set_size(other) >> 3) > set_size(self) ? own(set_intersection(self, other)) : share(other);
        if (!keys || for_each_key(keys.get(), discard) < 0) return -1;
    } else if (for_each_item(other, discard) < 0) {
        return -1;
    }
    if (static_cast<size_t>(set->fill - set->used) <= static_cast<size_t>(set->mask) / 4) return 0;
    return set_resize(set, set->used > 50000 ? set->used * 2 : set->used * 4);
}

int set_symmetric_difference_update(Object* self, Object* other) {
    if (self == other) return set_clear(self);
    SetObject* set = as_set(self);
    if (dict_check_exact(other)) {
        intptr_t position = 0;
        Object *key, *value;
        Hash hash;
        while (dict_next(other, &position, &key, &value, &hash)) {
            Ref<Object> held = share(key);
            if (toggle(set, key, hash) < 0) return -1;
        }
        return 0;
    }
    Ref<Object> keys = anyset_check(other) ? share(other) : own(set_make_base(self->type, other));
    if (!keys) return -1;
    return for_each_key(keys.get(), [&](Object* key, Hash hash) { return toggle(set, key, hash); });
}

Owned set_symmetric_difference(Object* self, Object* other) {
    Ref<Object> result = own(set_make_base(self->type, other));
    if (!result || set_symmetric_difference_update(result.get(), self) < 0) return nullptr;
    return result.release();
}

int set_is_disjoint(Object* self, Object* other) {
    if (self == other) return set_size(self) == 0;
    bool both_sets = anyset_check_exact(other);
    if (both_sets && set_size(other) > set_size(self)) std::swap(self, other);
    auto common = [&](Object* key, Hash hash) { return set_contains_entry(as_set(self), key, hash); };
    int status = both_sets ? for_each_key(other, common) : for_each_item(other, common);
    return status < 0 ? -1 : status == 0;
}

int set_is_subset(Object* self, Object* other) {
    if (!anyset_check(other)) {
        Ref<Object> common = own(set_intersection(self, other));
        return common ? set_size(common.get()) == set_size(self) : -1;
    }
    if (set_size(self) > set_size(other)) return 0;
    int status = for_each_key(self, [&](Object* key, Hash hash) {
        int present = set_contains_entry(as_set(other), key, hash);
        return present < 0 ? -1 : !present;
    });
    return status < 0 ? -1 : status == 0;
}

int set_is_superset(Object* self, Object* other) {
    if (anyset_check(other)) return set_is_subset(other, self);
    int status = for_each_item(other, [&](Object* key, Hash hash) {
        int present = set_contains_entry(as_set(self), key, hash);
        return present < 0 ? -1 : !present;
    });
    return status < 0 ? -1 : status == 0;
}

Owned set_rich_compare(Object* left, Object* right, int op) {
    if (!anyset_check(right)) return new_not_implemented();
    intptr_t left_size = set_size(left), right_size = set_size(right);
    Hash left_hash = as_set(left)->hash, right_hash = as_set(right)->hash;
    int result = 0;
    switch (op) {
        case kEQ:
        case kNE:
            if (left_size == right_size && (left_hash == -1 || right_hash == -1 || left_hash == right_hash)) {
                result = set_is_subset(left, right);
            }
            if (op == kNE && result >= 0) result = !result;
            break;
        case kLE: result = set_is_subset(left, right); break;
        case kGE: result = set_is_superset(left, right); break;
        case kLT: result = left_size >= right_size ? 0 : set_is_subset(left, right); break;
        case kGT: result = left_size <= right_size ? 0 : set_is_superset(left, right); break;
    }
    return result < 0 ? nullptr : bool_from(result != 0);
}

}  // namespace refscope::vm
