// collections.deque: a doubly linked list of blocks of 64 items, filled from the middle, as CPython 3.11 lays it out.
//
// Releases run from the left. An iterator notices changes by the deque's state number; it does not let go of the deque when
// it is exhausted.
#include "vm/modules/collections_types.h"

#include <climits>
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

constexpr intptr_t kBlockLength = 64, kCenter = (kBlockLength - 1) / 2;
constexpr int kKeptBlocks = 16;

struct Block {
    Block* left;
    Object* data[kBlockLength];
    Block* right;
};

struct DequeObject : VarObject {
    Block* left_block;
    Block* right_block;
    intptr_t left_index;   // in the left block: the first item
    intptr_t right_index;  // in the right block: the last item
    size_t state;          // changes with each change of the length
    intptr_t maximum;      // -1: none
    Block* kept[kKeptBlocks];
    intptr_t kept_count;
    Object* weakrefs;
};
DequeObject* as_deque(Object* object) { return static_cast<DequeObject*>(object); }
bool deque_check(const Object* object) { return is_instance_of(object, &deque_type); }

Block* new_block(DequeObject* deque) {
    if (deque->kept_count) return deque->kept[--deque->kept_count];
    return static_cast<Block*>(allocate_block(sizeof(Block)));
}
void free_one(DequeObject* deque, Block* block) {
    if (deque->kept_count < kKeptBlocks) deque->kept[deque->kept_count++] = block;
    else free_block(block);
}

Owned deque_new(Type* type, Object*, Object*) {
    auto made = own(type->tp_alloc(type, 0));
    if (!made) return nullptr;
    auto* deque = as_deque(made.get());
    Block* block = new_block(deque);
    if (!block) return nullptr;
    block->left = block->right = nullptr;
    deque->left_block = deque->right_block = block;
    deque->left_index = kCenter + 1;
    deque->right_index = kCenter;
    deque->maximum = -1;
    return made.release();
}

bool push_right(DequeObject* deque, Object* stolen) {
    if (deque->right_index == kBlockLength - 1) {
        Block* block = new_block(deque);
        if (!block) {
            decref(stolen);
            return false;
        }
        block->left = deque->right_block;
        block->right = nullptr;
        deque->right_block->right = block;
        deque->right_block = block;
        deque->right_index = -1;
    }
    ++deque->size;
    deque->right_block->data[++deque->right_index] = stolen;
    return true;
}
bool push_left(DequeObject* deque, Object* stolen) {
    if (deque->left_index == 0) {
        Block* block = new_block(deque);
        if (!block) {
            decref(stolen);
            return false;
        }
        block->right = deque->left_block;
        block->left = nullptr;
        deque->left_block->left = block;
        deque->left_block = block;
        deque->left_index = kBlockLength;
    }
    ++deque->size;
    deque->left_block->data[--deque->left_index] = stolen;
    return true;
}

void center(DequeObject* deque) {
    deque->left_index = kCenter + 1;
    deque->right_index = kCenter;
}

// nullptr: empty, nothing pending.
Owned take_right(DequeObject* deque) {
    if (deque->size == 0) return nullptr;
    Object* item = deque->right_block->data[deque->right_index--];
    --deque->size;
    ++deque->state;
    if (deque->right_index < 0) {
        if (deque->size) {
            Block* block = deque->right_block->left;
            free_one(deque, deque->right_block);
            block->right = nullptr;
            deque->right_block = block;
            deque->right_index = kBlockLength - 1;
        } else {
            center(deque);
        }
    }
    return item;
}
Owned take_left(DequeObject* deque) {
    if (deque->size == 0) return nullptr;
    Object* item = deque->left_block->data[deque->left_index++];
    --deque->size;
    ++deque->state;
    if (deque->left_index == kBlockLength) {
        if (deque->size) {
            Block* block = deque->left_block->right;
            free_one(deque, deque->left_block);
            block->left = nullptr;
            deque->left_block = block;
            deque->left_index = 0;
        } else {
            center(deque);
        }
    }
    return item;
}

bool append_right(DequeObject* deque, Object* stolen) {
    if (!push_right(deque, stolen)) return false;
    if (deque->maximum >= 0 && deque->size > deque->maximum) decref(take_left(deque));
    else ++deque->state;
    return true;
}
bool append_left(DequeObject* deque, Object* stolen) {
    if (!push_left(deque, stolen)) return false;
    if (deque->maximum >= 0 && deque->size > deque->maximum) decref(take_right(deque));
    else ++deque->state;
    return true;
}

Object*& item_at(DequeObject* deque, intptr_t index) {
    intptr_t position = deque->left_index + index;
    Block* block;
    if (index < deque->size / 2) {
        block = deque->left_block;
        for (; position >= kBlockLength; position -= kBlockLength) block = block->right;
    } else {
        intptr_t blocks = (deque->left_index + deque->size - 1) / kBlockLength - position / kBlockLength;
        block = deque->right_block;
        while (blocks-- > 0) block = block->left;
        position %= kBlockLength;
    }
    return block->data[position];
}

Owned pop(Object* self, Object*) {
    Object* item = take_right(as_deque(self));
    return item ? item : err_set_string(exc::IndexError, "pop from an empty deque");
}
Owned popleft(Object* self, Object*) {
    Object* item = take_left(as_deque(self));
    return item ? item : err_set_string(exc::IndexError, "pop from an empty deque");
}
Owned append(Object* self, Object* item) { return append_right(as_deque(self), newref(item)) ? new_none() : nullptr; }
Owned appendleft(Object* self, Object* item) { return append_left(as_deque(self), newref(item)) ? new_none() : nullptr; }

bool extend_with(Object* self, Object* iterable, bool (*put)(DequeObject*, Object*)) {
    // An empty deque is filled from the end of its block, which saves one.
    auto* deque = as_deque(self);
    if (deque->size == 0 && iterable != self) {
        deque->left_index = put == append_right ? 1 : kBlockLength - 1;
        deque->right_index = deque->left_index - 1;
    }
    Ref<> copy;
    if (iterable == self) {
        copy = own(sequence_list(iterable));
        if (!copy) return false;
        iterable = copy.get();
    }
    auto iterator = own(object_get_iter(iterable));
    if (!iterator) return false;
    while (Object* item = iter_next(iterator.get()))
        if (!put(as_deque(self), item)) return false;
    return !err_occurred();
}
Owned extend(Object* self, Object* iterable) { return extend_with(self, iterable, append_right) ? new_none() : nullptr; }
Owned extendleft(Object* self, Object* iterable) { return extend_with(self, iterable, append_left) ? new_none() : nullptr; }
Owned inplace_concat(Object* self, Object* other) { return extend_with(self, other, append_right) ? newref(self) : nullptr; }

// Items go first to a list of their own, so that code that their release runs sees an empty deque.
int clear_items(Object* self) {
    auto* deque = as_deque(self);
    while (deque->size) {
        Object* item = take_left(deque);
        decref(item);
    }
    return 0;
}
Owned clear_method(Object* self, Object*) {
    clear_items(self);
    return new_none();
}

void rotate_by(DequeObject* deque, intptr_t count) {
    intptr_t length = deque->size;
    if (length <= 1) return;
    intptr_t half = length >> 1;
    if (count > half || count < -half) {
        count %= length;
        if (count > half) count -= length;
        else if (count < -half) count += length;
    }
    for (; count > 0; --count) push_left(deque, take_right(deque));
    for (; count < 0; ++count) push_right(deque, take_left(deque));
    ++deque->state;
}
Owned rotate(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("rotate", nargs, 0, 1)) return nullptr;
    intptr_t count = 1;
    if (nargs == 1 && !argument_ssize(args[0], &count)) return nullptr;
    rotate_by(as_deque(self), count);
    return new_none();
}

Owned reverse(Object* self, Object*) {
    auto* deque = as_deque(self);
    for (intptr_t low = 0, high = deque->size - 1; low < high; ++low, --high) std::swap(item_at(deque, low), item_at(deque, high));
    return new_none();
}

// Where an equal item is, from `start` on; -1 absent, -2 error.
intptr_t find(DequeObject* deque, Object* value, intptr_t start, intptr_t stop, const char* mutated) {
    size_t state = deque->state;
    for (intptr_t index = start; index < stop && index < deque->size; ++index) {
        auto item = share(item_at(deque, index));
        int equal = object_rich_compare_bool(item.get(), value, kEQ);
        if (equal < 0) return -2;
        if (equal) return index;
        if (state != deque->state) {
            err_set_string(exc::RuntimeError, mutated);
            return -2;
        }
    }
    return -1;
}
Owned count(Object* self, Object* value) {
    auto* deque = as_deque(self);
    intptr_t total = 0;
    for (intptr_t index = 0;; ++index) {
        index = find(deque, value, index, deque->size, "deque mutated during iteration");
        if (index == -2) return nullptr;
        if (index < 0) return int_from_ssize(total);
        ++total;
    }
}
int contains(Object* self, Object* value) {
    intptr_t index = find(as_deque(self), value, 0, as_deque(self)->size, "deque mutated during iteration");
    return index == -2 ? -1 : index >= 0;
}
Owned index_method(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("index", nargs, 1, 3)) return nullptr;
    auto* deque = as_deque(self);
    intptr_t bounds[2] = {0, deque->size};
    for (intptr_t position = 1; position < nargs; ++position) {
        intptr_t value = number_as_ssize(args[position], nullptr);
        if (value == -1 && err_occurred()) return nullptr;
        if (value < 0) value = value + deque->size < 0 ? 0 : value + deque->size;
        bounds[position - 1] = value;
    }
    intptr_t index = find(deque, args[0], bounds[0], bounds[1] < deque->size ? bounds[1] : deque->size,
                          "deque mutated during iteration");
    if (index == -2) return nullptr;
    if (index >= 0) return int_from_ssize(index);
    err_format(exc::ValueError, "%R is not in deque", args[0]);
    return nullptr;
}

int delete_at(DequeObject* deque, intptr_t index) {
    rotate_by(deque, -index);
    Object* item = take_left(deque);
    rotate_by(deque, index);
    decref(item);
    return 0;
}
Owned remove(Object* self, Object* value) {
    auto* deque = as_deque(self);
    intptr_t index = find(deque, value, 0, deque->size, "deque mutated during remove().");
    if (index == -2) {
        if (err_matches(exc::RuntimeError)) {
            err_clear();
            err_set_string(exc::IndexError, "deque mutated during remove().");
        }
        return nullptr;
    }
    if (index < 0) {
        err_format(exc::ValueError, "%R is not in deque", value);
        return nullptr;
    }
    delete_at(deque, index);
    return new_none();
}
Owned insert(Object* self, Object* const* args, intptr_t nargs) {
    intptr_t index;
    if (!check_positional("insert", nargs, 2, 2) || !argument_ssize(args[0], &index)) return nullptr;
    auto* deque = as_deque(self);
    if (deque->size == deque->maximum) return err_set_string(exc::IndexError, "deque already at its maximum size");
    if (index >= deque->size) return append(self, args[1]);
    if (index <= -deque->size || index == 0) return appendleft(self, args[1]);
    rotate_by(deque, -index);
    bool put = index < 0 ? append_right(deque, newref(args[1])) : append_left(deque, newref(args[1]));
    if (!put) return nullptr;
    rotate_by(deque, index);
    return new_none();
}

intptr_t length(Object* self) { return as_deque(self)->size; }
Owned get_item(Object* self, intptr_t index) {
    auto* deque = as_deque(self);
    if (index < 0 || index >= deque->size) return err_set_string(exc::IndexError, "deque index out of range");
    return newref(item_at(deque, index));
}
int set_item(Object* self, intptr_t index, Object* value) {
    auto* deque = as_deque(self);
    if (index < 0 || index >= deque->size) {
        err_set_string(exc::IndexError, "deque index out of range");
        return -1;
    }
    if (!value) return delete_at(deque, index);
    set_ref(item_at(deque, index), newref(value));
    return 0;
}

Owned copy(Object* self, Object*) {
    auto* deque = as_deque(self);
    if (is_type(self, &deque_type)) {
        auto made = own(deque_new(&deque_type, nullptr, nullptr));
        if (!made) return nullptr;
        as_deque(made.get())->maximum = deque->maximum;
        return extend_with(made.get(), self, append_right) ? made.release() : nullptr;
    }
    auto maximum = own(deque->maximum < 0 ? nullptr : int_from_ssize(deque->maximum));
    return maximum ? object_call_args(self->type, {self, maximum.get()}) : object_call_onearg(self->type, self);
}

Owned concat(Object* self, Object* other) {
    if (!deque_check(other)) {
        err_format(exc::TypeError, "can only concatenate deque (not \"%.200s\") to deque", other->type->tp_name);
        return nullptr;
    }
    auto made = own(copy(self, nullptr));
    if (!made || !extend_with(made.get(), other, append_right)) return nullptr;
    return made.release();
}

Owned inplace_repeat(Object* self, intptr_t times) {
    auto* deque = as_deque(self);
    if (times <= 0) clear_items(self);
    if (times <= 1 || deque->size == 0) return newref(self);
    auto items = own(sequence_list(self));
    if (!items) return nullptr;
    if (deque->maximum < 0 && times > PTRDIFF_MAX / deque->size) return err_no_memory();
    while (--times > 0)
        if (!extend_with(self, items.get(), append_right)) return nullptr;
    return newref(self);
}
Owned repeat(Object* self, intptr_t times) {
    auto made = own(copy(self, nullptr));
    return made ? inplace_repeat(made.get(), times) : nullptr;
}

void dealloc(Object* self) {
    gc_untrack(self);
    auto* deque = as_deque(self);
    if (deque->weakrefs) object_clear_weakrefs(self);
    if (deque->left_block) {
        clear_items(self);
        free_block(deque->left_block);
    }
    while (deque->kept_count) free_block(deque->kept[--deque->kept_count]);
    self->type->tp_free(self);
}
int traverse(Object* self, Visit visit, void* context) {
    auto* deque = as_deque(self);
    for (intptr_t index = 0; index < deque->size; ++index)
        RS_VISIT(item_at(deque, index), Edge::at(EdgeKind::kItem, static_cast<uint32_t>(index)));
    return 0;
}
size_t size_of(Object* self) {
    auto* deque = as_deque(self);
    intptr_t blocks = (deque->left_index + deque->size + kBlockLength - 1) / kBlockLength;
    return static_cast<size_t>(self->type->tp_basicsize) + static_cast<size_t>(blocks) * sizeof(Block);
}

Owned repr(Object* self) {
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return str_from_string("[...]");
    auto items = own(sequence_list(self));
    if (!items) return nullptr;
    const char* name = type_short_name(self->type);
    if (as_deque(self)->maximum >= 0) return str_from_format("%s(%R, maxlen=%zd)", name, items.get(), as_deque(self)->maximum);
    return str_from_format("%s(%R)", name, items.get());
}

Owned compare(Object* left, Object* right, int op) {
    if (!deque_check(left) || !deque_check(right)) return new_not_implemented();
    if ((op == kEQ || op == kNE) && as_deque(left)->size != as_deque(right)->size) return bool_from(op == kNE);
    if ((op == kEQ || op == kNE) && left == right) return bool_from(op == kEQ);
    auto a = own(sequence_list(left)), b = own(sequence_list(right));
    return a && b ? object_rich_compare(a.get(), b.get(), op) : nullptr;
}

int init(Object* self, Object* args, Object* kwargs) {
    static const char* const names[] = {"iterable", "maxlen", nullptr};
    static const KeywordParser parser{"deque", names, 0, 2, 0};
    Object* given[2];
    if (!unpack_keywords_tuple(parser, args, kwargs, given)) return -1;
    auto* deque = as_deque(self);
    intptr_t maximum = -1;
    if (given[1] && !is_none(given[1])) {
        if (!argument_ssize(given[1], &maximum)) return -1;
        if (maximum < 0) {
            err_set_string(exc::ValueError, "maxlen must be non-negative");
            return -1;
        }
    }
    deque->maximum = maximum;
    if (deque->size) clear_items(self);
    return !given[0] || extend_with(self, given[0], append_right) ? 0 : -1;
}

Owned reduce(Object* self, Object*) {
    auto* deque = as_deque(self);
    auto state = own(object_get_state(self));
    auto iterator = own(state ? object_get_iter(self) : nullptr);
    if (!iterator) return nullptr;
    Ref<> arguments;
    if (deque->maximum < 0) {
        arguments = share(empty_tuple());
    } else {
        auto maximum = own(int_from_ssize(deque->maximum));
        arguments = own(maximum ? tuple_pack({empty_tuple(), maximum.get()}) : nullptr);
    }
    return arguments ? tuple_pack({self->type, arguments.get(), state.get(), iterator.get()}) : nullptr;
}

Owned get_maxlen(Object* self, void*) {
    return as_deque(self)->maximum < 0 ? new_none() : int_from_ssize(as_deque(self)->maximum);
}

// ---- iterators

struct DequeIterator : Object {
    DequeObject* deque;
    intptr_t index;  // of the next item, from the side where it began
    size_t state;
    intptr_t remaining;
};
DequeIterator* as_iterator(Object* object) { return static_cast<DequeIterator*>(object); }
extern Type iterator_type, reverse_iterator_type;

void iterator_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_iterator(self)->deque);
    free_object(self);
}
int iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_iterator(self)->deque, Edge::field("deque"));
    return 0;
}
Owned next(Object* self, bool backwards) {
    auto* iterator = as_iterator(self);
    DequeObject* deque = iterator->deque;
    if (deque->state != iterator->state) {
        iterator->remaining = 0;
        return err_set_string(exc::RuntimeError, "deque mutated during iteration");
    }
    if (iterator->remaining == 0) return nullptr;
    --iterator->remaining;
    intptr_t index = iterator->index++;
    return newref(item_at(deque, backwards ? deque->size - 1 - index : index));
}
Owned iterator_next(Object* self) { return next(self, false); }
Owned reverse_next(Object* self) { return next(self, true); }
Owned length_hint(Object* self, Object*) { return int_from_ssize(as_iterator(self)->remaining); }

Owned make_iterator(Object* deque, Type* type) {
    auto* iterator = new_object<DequeIterator>(type);
    if (!iterator) return nullptr;
    iterator->deque = as_deque(newref(deque));
    iterator->state = as_deque(deque)->state;
    iterator->remaining = as_deque(deque)->size;
    gc_track(iterator);
    return iterator;
}
Owned iterate(Object* self) { return make_iterator(self, &iterator_type); }
Owned reversed(Object* self, Object*) { return make_iterator(self, &reverse_iterator_type); }

const MethodDef iterator_methods[] = {
    method_def("__length_hint__", length_hint, kMethNoargs, "Private method returning an estimate of len(list(it))."),
    {},
};
Type make_iterator_type(const char* name, UnaryFn next_function) {
    // CPython's points to the block that it is in as well.
    constexpr intptr_t kShownSize = 56;
    static_assert(sizeof(DequeIterator) <= kShownSize);
    Type type = static_type(name, kShownSize, 0, kHaveGc | kDisallowInstantiation);
    type.tp_dealloc = iterator_dealloc;
    type.tp_traverse = iterator_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = next_function;
    type.tp_methods = iterator_methods;
    return type;
}
Type iterator_type = make_iterator_type("_collections._deque_iterator", iterator_next);
Type reverse_iterator_type = make_iterator_type("_collections._deque_reverse_iterator", reverse_next);

const MethodDef methods[] = {
    method_def("append", append, kMethO, "Add an element to the right side of the deque."),
    method_def("appendleft", appendleft, kMethO, "Add an element to the left side of the deque."),
    method_def("clear", clear_method, kMethNoargs, "Remove all elements from the deque."),
    method_def("__copy__", copy, kMethNoargs, "Return a shallow copy of a deque."),
    method_def("copy", copy, kMethNoargs, "Return a shallow copy of a deque."),
    method_def("count", count, kMethO, "D.count(value) -> integer -- return number of occurrences of value"),
    method_def("extend", extend, kMethO, "Extend the right side of the deque with elements from the iterable"),
    method_def("extendleft", extendleft, kMethO, "Extend the left side of the deque with elements from the iterable"),
    method_def("index", index_method, kMethFastcall,
               "D.index(value, [start, [stop]]) -> integer -- return first index of value.\nRaises ValueError if the value is "
               "not present."),
    method_def("insert", insert, kMethFastcall, "D.insert(index, object) -- insert object before index"),
    method_def("pop", pop, kMethNoargs, "Remove and return the rightmost element."),
    method_def("popleft", popleft, kMethNoargs, "Remove and return the leftmost element."),
    method_def("__reduce__", reduce, kMethNoargs, "Return state information for pickling."),
    method_def("remove", remove, kMethO, "D.remove(value) -- remove first occurrence of value."),
    method_def("__reversed__", reversed, kMethNoargs, "D.__reversed__() -- return a reverse iterator over the deque"),
    method_def("reverse", reverse, kMethNoargs, "D.reverse() -- reverse *IN PLACE*"),
    method_def("rotate", rotate, kMethFastcall,
               "Rotate the deque n steps to the right (default n=1).  If n is negative, rotates left."),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"),
    {},
};
const GetSetDef getset[] = {{"maxlen", get_maxlen, nullptr, "maximum size of a deque or None if unbounded"}, {}};

}  // namespace

Type deque_type = [] {
    Type type = static_type("collections.deque", sizeof(DequeObject), 0, kHaveGc | kBaseType | kSequencePattern);
    type.tp_dealloc = dealloc;
    type.tp_repr = repr;
    type.tp_hash = object_hash_not_implemented;
    type.tp_getattro = object_generic_get_attr;
    type.tp_doc = "deque([iterable[, maxlen]]) --> deque object\n\nA list-like sequence optimized for data accesses near its endpoints.";
    type.tp_traverse = traverse;
    type.tp_clear = clear_items;
    type.tp_richcompare = compare;
    type.tp_weaklistoffset = offsetof(DequeObject, weakrefs);
    type.tp_iter = iterate;
    type.tp_methods = methods;
    type.tp_getset = getset;
    type.tp_init = init;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = deque_new;
    type.tp_free = type_generic_free;
    type.tp_sizeof = size_of;
    type.sq_length = length;
    type.sq_concat = concat;
    type.sq_repeat = repeat;
    type.sq_item = get_item;
    type.sq_ass_item = set_item;
    type.sq_contains = contains;
    type.sq_inplace_concat = inplace_concat;
    type.sq_inplace_repeat = inplace_repeat;
    return type;
}();

int init_deque_types() {
    for (Type* type : {&deque_type, &iterator_type, &reverse_iterator_type})
        if (type_ready(type) < 0) return -1;
    return 0;
}

}  // namespace refscope::vm
