// itertools: groupby and tee.
#include "vm/modules/itertools_types.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/str.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

// --- groupby ---

struct GroupbyObject : Object {
    Object* iterator;
    Object* key_function;
    Object* target_key;       // of the group that was given out last
    Object* current_key;
    Object* current_value;    // read, but not given out yet
    const Object* current_grouper;  // borrowed; only compared
    static constexpr const char* kEdges[] = {"iterator", "key function", "target key", "current key", "current value"};
};
static_assert(sizeof(GroupbyObject) == 64);

struct GrouperObject : Object {
    Object* parent;
    Object* target_key;
    static constexpr const char* kEdges[] = {"parent", "target key"};
};

Owned groupby_new(Type* type, Object* args, Object* kwargs) {
    static const char* const names[] = {"iterable", "key", nullptr};
    static const KeywordParser parser{"groupby", names, 1, 2, 0};
    Object* out[2] = {};
    if (!unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    Ref<Object> self = own(type->tp_alloc(type, 0));
    if (!self) return nullptr;
    auto* groupby = self_as<GroupbyObject>(self.get());
    groupby->key_function = newref(out[1] ? out[1] : none());
    groupby->iterator = object_get_iter(out[0]);
    return groupby->iterator ? self.release() : nullptr;
}

// Reads the next value and its key. False: exhausted or an exception.
bool step(GroupbyObject* groupby) {
    Ref<Object> value = own(iter_next(groupby->iterator));
    if (!value) return false;
    Ref<Object> key = is_none(groupby->key_function) ? share(value.get())
                                                     : own(object_call_onearg(groupby->key_function, value.get()));
    if (!key) return false;
    Ref<Object> old_value = own(std::exchange(groupby->current_value, value.release()));
    Object* old_key = std::exchange(groupby->current_key, key.release());
    xdecref(old_key);
    return true;
}

Owned groupby_next(Object* self) {
    auto* groupby = self_as<GroupbyObject>(self);
    groupby->current_grouper = nullptr;
    for (;;) {
        if (groupby->current_key) {
            if (!groupby->target_key) break;
            int same = object_rich_compare_bool(groupby->target_key, groupby->current_key, kEQ);
            if (same < 0) return nullptr;
            if (!same) break;
        }
        if (!step(groupby)) return nullptr;
    }
    set_ref(groupby->target_key, newref(groupby->current_key));
    auto* grouper = new_object<GrouperObject>(&itertools_grouper_type);
    if (!grouper) return nullptr;
    grouper->parent = newref(self);
    grouper->target_key = newref(groupby->target_key);
    groupby->current_grouper = grouper;
    gc_track(grouper);
    Ref<Object> held = own<Object>(grouper);
    return tuple_pack({groupby->current_key, grouper});
}

Owned grouper_next(Object* self) {
    auto* grouper = self_as<GrouperObject>(self);
    auto* groupby = self_as<GroupbyObject>(grouper->parent);
    if (groupby->current_grouper != self) return nullptr;
    if (!groupby->current_value && !step(groupby)) return nullptr;
    int same = object_rich_compare_bool(grouper->target_key, groupby->current_key, kEQ);
    if (same <= 0) return nullptr;
    Ref<Object> value = own(std::exchange(groupby->current_value, nullptr));
    clear_ref(groupby->current_key);
    return value.release();
}

Owned grouper_new(Type* type, Object* args, Object*) {
    if (!check_positional("_grouper", tuple_size(args), 2, 2)) return nullptr;
    Object* parent = tuple_get_item(args, 0);
    if (!is_instance_of(parent, &itertools_groupby_type)) {
        return err_format(exc::TypeError, "_grouper() argument 1 must be itertools.groupby, not %.50s", parent->type->tp_name);
    }
    auto* grouper = new_object<GrouperObject>(&itertools_grouper_type);
    if (!grouper) return nullptr;
    grouper->parent = newref(parent);
    grouper->target_key = newref(tuple_get_item(args, 1));
    self_as<GroupbyObject>(parent)->current_grouper = grouper;
    gc_track(grouper);
    return grouper;
}

void grouper_dealloc(Object* self) {
    gc_untrack(self);
    auto* grouper = self_as<GrouperObject>(self);
    auto* groupby = self_as<GroupbyObject>(grouper->parent);
    if (groupby && groupby->current_grouper == self) groupby->current_grouper = nullptr;
    clear_ref(grouper->parent);
    clear_ref(grouper->target_key);
    free_object(self);
}

Owned groupby_reduce(Object* self, Object*) {
    auto* groupby = self_as<GroupbyObject>(self);
    Ref<Object> arguments = own(tuple_pack({groupby->iterator, groupby->key_function}));
    if (!groupby->target_key || !groupby->current_key || !groupby->current_value) return reduce_pair(self, arguments);
    return reduce_triple(self, arguments,
                         own(tuple_pack({groupby->current_key, groupby->current_value, groupby->target_key})));
}
Owned groupby_setstate(Object* self, Object* state) {
    if (!tuple_check(state)) return err_set_string(exc::TypeError, "state is not a tuple");
    if (!check_positional("__setstate__", tuple_size(state), 3, 3)) return nullptr;
    auto* groupby = self_as<GroupbyObject>(self);
    set_ref(groupby->current_key, newref(tuple_get_item(state, 0)));
    set_ref(groupby->current_value, newref(tuple_get_item(state, 1)));
    set_ref(groupby->target_key, newref(tuple_get_item(state, 2)));
    return new_none();
}
Owned grouper_reduce(Object* self, Object*) {
    auto* grouper = self_as<GrouperObject>(self);
    if (self_as<GroupbyObject>(grouper->parent)->current_grouper != self) {
        Ref<Object> arguments = own(tuple_pack({empty_tuple()}));
        Ref<Object> iterator = own(object_get_iter(empty_tuple()));
        return arguments && iterator ? tuple_pack({iterator->type, arguments.get()}) : nullptr;
    }
    return reduce_pair(self, own(tuple_pack({grouper->parent, grouper->target_key})));
}

const MethodDef groupby_methods[] = {method_def("__reduce__", groupby_reduce, kMethNoargs, kReduceDoc),
                                     method_def("__setstate__", groupby_setstate, kMethO, kSetstateDoc), kNoMethod};
const MethodDef grouper_methods[] = {method_def("__reduce__", grouper_reduce, kMethNoargs, kReduceDoc), kNoMethod};

// --- tee: iterators over a chain of blocks of values that they share ---

constexpr int kCells = 57;

struct TeeData : Object {
    Object* iterator;
    int count;    // values read
    int running;  // the iterator is being run
    TeeData* next;
    Object* values[kCells];
};
static_assert(sizeof(TeeData) == 496);

struct TeeObject : Object {
    TeeData* data;
    int index;
    Object* weakrefs;
};
static_assert(sizeof(TeeObject) == 40);

TeeData* new_data(Object* iterator) {
    auto* data = new_object<TeeData>(&itertools_tee_data_type);
    if (!data) return nullptr;
    data->iterator = newref(iterator);
    gc_track(data);
    return data;
}

Owned data_item(TeeData* data, int i) {
    if (i < data->count) return newref(data->values[i]);
    if (data->running) return err_set_string(exc::RuntimeError, "cannot re-enter the tee iterator");
    data->running = 1;
    Object* value = iter_next(data->iterator);
    data->running = 0;
    if (!value) return nullptr;
    ++data->count;
    data->values[i] = value;
    return newref(value);
}

TeeData* next_data(TeeData* data) {
    if (!data->next) data->next = new_data(data->iterator);
    return xnewref(data->next);
}

// Releases a chain of blocks without deep recursion.
void release_chain(TeeData* data) {
    while (data && data->type == &itertools_tee_data_type && refcount_of(data) == 1) {
        TeeData* next = std::exchange(data->next, nullptr);
        RefNode named(next);
        decref(data);
        data = next;
    }
    xdecref(data);
}

int data_clear(Object* self) {
    auto* data = self_as<TeeData>(self);
    clear_ref(data->iterator);
    for (int i = 0; i < data->count; ++i) clear_ref(data->values[i]);
    release_chain(std::exchange(data->next, nullptr));
    return 0;
}
void data_dealloc(Object* self) {
    gc_untrack(self);
    data_clear(self);
    free_object(self);
}
int data_traverse(Object* self, Visit visit, void* context) {
    auto* data = self_as<TeeData>(self);
    RS_VISIT(data->iterator, Edge::field("iterator"));
    for (int i = 0; i < data->count; ++i) RS_VISIT(data->values[i], Edge::at(EdgeKind::kItem, static_cast<uint32_t>(i)));
    RS_VISIT(data->next, Edge::field("next block"));
    return 0;
}

Owned tee_over(TeeData* stolen_data, int index) {
    Ref<TeeData> data = own(stolen_data);
    if (!data) return nullptr;
    auto* tee = new_object<TeeObject>(&itertools_tee_type);
    if (!tee) return nullptr;
    tee->data = data.release();
    tee->index = index;
    gc_track(tee);
    return tee;
}

Owned tee_copy(Object* self, Object*) {
    auto* tee = self_as<TeeObject>(self);
    return tee_over(newref(tee->data), tee->index);
}

Owned tee_from_iterable(Object* iterable) {
    Ref<Object> iterator = own(object_get_iter(iterable));
    if (!iterator) return nullptr;
    if (is_instance_of(iterator.get(), &itertools_tee_type)) return tee_copy(iterator.get(), nullptr);
    return tee_over(new_data(iterator.get()), 0);
}

Owned tee_next(Object* self) {
    auto* tee = self_as<TeeObject>(self);
    if (tee->index >= kCells) {
        TeeData* next = next_data(tee->data);
        if (!next) return nullptr;
        set_ref(tee->data, next);
        tee->index = 0;
    }
    Object* value = data_item(tee->data, tee->index);
    if (value) ++tee->index;
    return value;
}

Owned tee_new(Type* type, Object* args, Object*) {
    if (!check_positional("_tee", tuple_size(args), 1, 1)) return nullptr;
    return tee_from_iterable(tuple_get_item(args, 0));
}

int tee_clear(Object* self) {
    auto* tee = self_as<TeeObject>(self);
    if (tee->weakrefs) object_clear_weakrefs(self);
    clear_ref(tee->data);
    return 0;
}
void tee_dealloc(Object* self) {
    gc_untrack(self);
    tee_clear(self);
    free_object(self);
}
int tee_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(self_as<TeeObject>(self)->data, Edge::field("block"));
    return 0;
}

const MethodDef tee_methods[] = {method_def("__copy__", tee_copy, kMethNoargs, "Returns an independent iterator."), kNoMethod};

}  // namespace

Owned itertools_tee(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("tee", nargs, 1, 2)) return nullptr;
    intptr_t count = 2;
    if (nargs > 1 && !argument_ssize(args[1], &count)) return nullptr;
    if (count < 0) return err_set_string(exc::ValueError, "n must be >= 0");
    Ref<Object> result = own(tuple_new(count));
    if (!result || count == 0) return result.release();
    Ref<Object> iterator = own(object_get_iter(args[0]));
    if (!iterator) return nullptr;
    Object* copy_function = nullptr;
    if (object_lookup_attr(iterator.get(), ID(__copy__), &copy_function) < 0) return nullptr;
    if (!copy_function) {
        iterator = own(tee_from_iterable(iterator.get()));
        if (!iterator) return nullptr;
        copy_function = object_get_attr(iterator.get(), ID(__copy__));
        if (!copy_function) return nullptr;
    }
    Ref<Object> copy = own(copy_function);
    tuple_init_item(result.get(), 0, iterator.release());
    for (intptr_t i = 1; i < count; ++i) {
        Object* other = object_call_noargs(copy.get());
        if (!other) return nullptr;
        tuple_init_item(result.get(), i, other);
    }
    return result.release();
}

Type itertools_groupby_type =
    iterator_type<GroupbyObject, &GroupbyObject::iterator, &GroupbyObject::key_function, &GroupbyObject::target_key,
                  &GroupbyObject::current_key, &GroupbyObject::current_value>(
        "itertools.groupby",
        "groupby(iterable, key=None)\n--\n\nmake an iterator that returns consecutive keys and groups from the iterable\n\n"
        "  iterable\n    Elements to divide into groups according to the key function.\n"
        "  key\n    A function for computing the group category for each element.\n"
        "    If the key function is not specified or is None, the element itself\n    is used for grouping.",
        groupby_next, groupby_methods, groupby_new);

Type itertools_grouper_type = [] {
    Type type = iterator_type<GrouperObject, &GrouperObject::parent, &GrouperObject::target_key>(
        "itertools._grouper", nullptr, grouper_next, grouper_methods, grouper_new);
    type.tp_flags &= ~static_cast<uint64_t>(kBaseType);
    type.tp_dealloc = grouper_dealloc;
    return type;
}();

Type itertools_tee_data_type = [] {
    Type type = static_type("itertools._tee_dataobject", sizeof(TeeData), 0, kHaveGc | kDisallowInstantiation);
    type.tp_doc = "Data container common to multiple tee objects.";
    type.tp_dealloc = data_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = data_traverse;
    type.tp_clear = data_clear;
    return type;
}();

Type itertools_tee_type = [] {
    Type type = static_type("itertools._tee", sizeof(TeeObject), 0, kHaveGc);
    type.tp_doc = "Iterator wrapped to make it copyable.";
    type.tp_dealloc = tee_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = tee_traverse;
    type.tp_clear = tee_clear;
    type.tp_weaklistoffset = sizeof(TeeObject) - sizeof(Object*);
    type.tp_iter = object_self_iter;
    type.tp_iternext = tee_next;
    type.tp_methods = tee_methods;
    type.tp_new = tee_new;
    return type;
}();

}  // namespace refscope::vm
