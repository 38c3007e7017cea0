// Items, slices by index, sequences and iteration (PyObject_GetItem, PySequence_*, PyMapping_*, PyIter_*).
#include <cstdint>

#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/int.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

Owned object_get_item(Object* container, Object* key) {
    Type* type = container->type;
    if (type->mp_subscript) return type->mp_subscript(container, key);
    if (type->sq_item) {
        if (index_check(key)) {
            intptr_t index = number_as_ssize(key, &exc::IndexError);
            if (index == -1 && err_occurred()) return nullptr;
            return sequence_get_item(container, index);
        }
        err_format(exc::TypeError, "sequence index must be integer, not '%.200s'", key->type->tp_name);
        return nullptr;
    }
    if (type_check(container)) {
        if (container == &type_type) return generic_alias_new(container, key);
        Object* found;
        if (object_lookup_attr(container, ID(__class_getitem__), &found) < 0) return nullptr;
        auto method = own(found);
        if (method && !is_none(method.get())) return object_call_onearg(method.get(), key);
        err_format(exc::TypeError, "type '%.200s' is not subscriptable", as_type(container)->tp_name);
        return nullptr;
    }
    err_format(exc::TypeError, "'%.200s' object is not subscriptable", type->tp_name);
    return nullptr;
}

namespace {

int assign_sequence_item(Object* container, intptr_t index, Object* value) {
    Type* type = container->type;
    if (index < 0 && type->sq_length) {
        intptr_t length = type->sq_length(container);
        if (length < 0) return -1;
        index += length;
    }
    return type->sq_ass_item(container, index, value);
}

int assign_item(Object* container, Object* key, Object* value, const char* error) {
    Type* type = container->type;
    if (type->mp_ass_subscript) return type->mp_ass_subscript(container, key, value);
    if (type->sq_ass_item) {
        if (index_check(key)) {
            intptr_t index = number_as_ssize(key, &exc::IndexError);
            if (index == -1 && err_occurred()) return -1;
            return assign_sequence_item(container, index, value);
        }
        err_format(exc::TypeError, "sequence index must be integer, not '%.200s'", key->type->tp_name);
        return -1;
    }
    err_format(exc::TypeError, error, type->tp_name);
    return -1;
}

}  // namespace

int object_set_item(Object* container, Object* key, Object* value) {
    return assign_item(container, key, value, "'%.200s' object does not support item assignment");
}
int object_del_item(Object* container, Object* key) {
    return assign_item(container, key, nullptr, "'%.200s' object doesn't support item deletion");
}

Owned sequence_get_item(Object* sequence, intptr_t index) {
    Type* type = sequence->type;
    if (type->sq_item) {
        if (index < 0 && type->sq_length) {
            intptr_t length = type->sq_length(sequence);
            if (length < 0) return nullptr;
            index += length;
        }
        return type->sq_item(sequence, index);
    }
    err_format(exc::TypeError,
               type->mp_subscript ? "%.200s is not a sequence" : "'%.200s' object does not support indexing", type->tp_name);
    return nullptr;
}

intptr_t sequence_iter_search(Object* iterable, Object* item, IterSearch operation) {
    auto iterator = own(object_get_iter(iterable));
    if (!iterator) {
        if (err_matches(exc::TypeError)) {
            err_clear();
            err_format(exc::TypeError, "argument of type '%.200s' is not iterable", iterable->type->tp_name);
        }
        return -1;
    }
    intptr_t count = 0;
    for (;;) {
        auto candidate = own(iter_next(iterator.get()));
        if (!candidate) {
            if (err_occurred()) return -1;
            break;
        }
        int equal = object_rich_compare_bool(candidate.get(), item, kEQ);
        if (equal < 0) return -1;
        if (equal && operation == kIterContains) return 1;
        if (equal && operation == kIterIndex) return count;
        if (operation == kIterIndex || equal) ++count;
    }
    if (operation != kIterIndex) return count;
    err_set_string(exc::ValueError, "sequence.index(x): x not in sequence");
    return -1;
}

int sequence_contains(Object* sequence, Object* item) {
    if (ContainsFn contains = sequence->type->sq_contains) return contains(sequence, item);
    return static_cast<int>(sequence_iter_search(sequence, item, kIterContains));
}

Owned sequence_list(Object* iterable) {
    auto list = own(list_new(0));
    if (!list || list_extend(list.get(), iterable) < 0) return nullptr;
    return list.release();
}

Owned sequence_tuple(Object* iterable) {
    if (tuple_check_exact(iterable)) return newref(iterable);
    if (list_check_exact(iterable)) return list_as_tuple(iterable);
    auto iterator = own(object_get_iter(iterable));
    if (!iterator) return nullptr;
    intptr_t room = object_length_hint(iterable, 10);
    if (room < 0) return nullptr;
    auto result = own(tuple_new(room));
    if (!result) return nullptr;
    intptr_t count = 0;
    for (;; ++count) {
        Object* item = iter_next(iterator.get());
        if (!item) {
            if (err_occurred()) return nullptr;
            break;
        }
        if (count >= room) {
            size_t more = static_cast<size_t>(room) + 10;
            more += more >> 2;
            Object* grown = result.release();
            room = static_cast<intptr_t>(more);
            int failed = tuple_resize(&grown, room);
            result.reset_steal(grown);
            if (failed < 0) {
                decref(item);
                return nullptr;
            }
        }
        tuple_init_item(result.get(), count, item);
    }
    if (count < room) {
        Object* shrunk = result.release();
        int failed = tuple_resize(&shrunk, count);
        result.reset_steal(shrunk);
        if (failed < 0) return nullptr;
    }
    return result.release();
}

Owned sequence_fast(Object* iterable, const char* error) {
    if (list_check_exact(iterable) || tuple_check_exact(iterable)) return newref(iterable);
    auto iterator = own(object_get_iter(iterable));
    if (!iterator) {
        if (err_matches(exc::TypeError)) {
            err_clear();
            err_set_string(exc::TypeError, error);
        }
        return nullptr;
    }
    return sequence_list(iterator.get());
}

Owned sequence_concat(Object* left, Object* right) {
    if (BinaryFn concat = left->type->sq_concat) return concat(left, right);
    if (sequence_check(left) && sequence_check(right)) {
        Object* result = number_add(left, right);
        if (result || !err_matches(exc::TypeError)) return result;
        err_clear();
    }
    err_format(exc::TypeError, "'%.200s' object can't be concatenated", left->type->tp_name);
    return nullptr;
}

Owned sequence_repeat(Object* sequence, intptr_t count) {
    if (IndexFn repeat = sequence->type->sq_repeat) return repeat(sequence, count);
    if (sequence_check(sequence)) {
        auto times = own(int_from_ssize(count));
        return times ? number_multiply(sequence, times.get()) : nullptr;
    }
    err_format(exc::TypeError, "'%.200s' object can't be repeated", sequence->type->tp_name);
    return nullptr;
}

bool sequence_check(Object* object) { return !dict_check(object) && object->type->sq_item; }
bool mapping_check(Object* object) { return object && object->type->mp_subscript; }

namespace {
Owned list_from_method(Object* mapping, Object* method) {
    auto result = own(object_call_method(mapping, method));
    if (!result) return nullptr;
    auto iterator = own(object_get_iter(result.get()));
    if (!iterator) {
        if (err_matches(exc::TypeError)) {
            err_clear();
            err_format(exc::TypeError, "%.200s.%U() returned a non-iterable (type %.200s)", mapping->type->tp_name, method,
                       result->type->tp_name);
        }
        return nullptr;
    }
    result.reset();
    return sequence_list(iterator.get());
}
}  // namespace

Owned mapping_keys(Object* mapping) {
    return dict_check_exact(mapping) ? dict_keys_list(mapping) : list_from_method(mapping, ID(keys));
}
Owned mapping_items(Object* mapping) {
    return dict_check_exact(mapping) ? dict_items_list(mapping) : list_from_method(mapping, ID(items));
}
Owned mapping_values(Object* mapping) {
    return dict_check_exact(mapping) ? dict_values_list(mapping) : list_from_method(mapping, ID(values));
}

bool iter_check(Object* object) {
    UnaryFn next = object->type->tp_iternext;
    return next && next != object_next_not_implemented;
}

Owned object_next_not_implemented(Object* object) {
    err_format(exc::TypeError, "'%.200s' object is not iterable", object->type->tp_name);
    return nullptr;
}

Owned object_get_iter(Object* object) {
    UnaryFn iter = object->type->tp_iter;
    if (!iter) {
        if (sequence_check(object)) return sequence_iterator_new(object);
        err_format(exc::TypeError, "'%.200s' object is not iterable", object->type->tp_name);
        return nullptr;
    }
    auto result = own(iter(object));
    if (result && !iter_check(result.get())) {
        err_format(exc::TypeError, "iter() returned non-iterator of type '%.100s'", result->type->tp_name);
        return nullptr;
    }
    return result.release();
}

Owned iter_next(Object* iterator) {
    Object* result = iterator->type->tp_iternext(iterator);
    if (!result && RS_UNLIKELY(err_occurred()) && err_matches(exc::StopIteration)) err_clear();
    return result;
}

int iter_send(Object* iterator, Object* value, Object** result) {
    if (SendFn send = iterator->type->am_send) return send(iterator, value, result);
    if (is_none(value) && iter_check(iterator))
        *result = iterator->type->tp_iternext(iterator);
    else
        *result = object_call_method(iterator, ID(send), {value});
    if (*result) return kSendNext;
    if (err_fetch_stop_iteration(result) == 0) return kSendReturn;
    return kSendError;
}

}  // namespace refscope::vm
