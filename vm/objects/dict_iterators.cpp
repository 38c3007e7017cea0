// Iterators over dicts, forwards and backwards.
//
// A change of size is an error that stays; the items iterator uses its result tuple again while it is the only holder.
#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/dict_views.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

enum class Part { kKey, kValue, kItem };

DictIteratorObject* as_iterator(Object* object) { return static_cast<DictIteratorObject*>(object); }

bool is_reverse(const Type* type) {
    return type == &dict_reverse_key_iterator_type || type == &dict_reverse_value_iterator_type ||
           type == &dict_reverse_item_iterator_type;
}
bool is_item(const Type* type) { return type == &dict_item_iterator_type || type == &dict_reverse_item_iterator_type; }

Object* drop_dict(DictIteratorObject* iterator) {
    DictObject* dict = iterator->dict;
    iterator->dict = nullptr;
    decref(dict);
    return nullptr;
}

Owned pair_of(DictIteratorObject* iterator, Object* key, Object* value) {
    Object* result = iterator->result;
    if (refcount_of(result) == 1) {
        Object* old_key = tuple_get_item(result, 0);
        Object* old_value = tuple_get_item(result, 1);
        incref(result);
        tuple_init_item(result, 0, newref(key));
        tuple_init_item(result, 1, newref(value));
        // The collector may have untracked the tuple while it held atomic objects.
        if (!gc_is_tracked(result)) gc_track(result);
        decref_holding(old_key, old_value);
        decref(old_value);
        return result;
    }
    Ref<Object> held_key = share(key), held_value = share(value);
    Object* pair = tuple_new(2);
    if (!pair) return nullptr;
    tuple_init_item(pair, 0, held_key.release());
    tuple_init_item(pair, 1, held_value.release());
    return pair;
}

template <Part part>
Owned forward_next(Object* self) {
    DictIteratorObject* iterator = as_iterator(self);
    DictObject* dict = iterator->dict;
    if (!dict) return nullptr;
    if (RS_UNLIKELY(iterator->used != dict->used)) {
        iterator->used = -1;
        return err_set_string(exc::RuntimeError, "dictionary changed size during iteration");
    }
    Object *key, *value;
    intptr_t position = iterator->position;
    if (!dict_next(dict, &position, &key, &value)) return drop_dict(iterator);
    if (RS_UNLIKELY(iterator->remaining == 0)) {
        err_set_string(exc::RuntimeError, "dictionary keys changed during iteration");
        return drop_dict(iterator);
    }
    iterator->position = position;
    --iterator->remaining;
    if constexpr (part == Part::kKey) return newref(key);
    if constexpr (part == Part::kValue) return newref(value);
    return pair_of(iterator, key, value);
}

template <Part part>
Owned reverse_next(Object* self) {
    DictIteratorObject* iterator = as_iterator(self);
    DictObject* dict = iterator->dict;
    if (!dict) return nullptr;
    if (iterator->used != dict->used) {
        iterator->used = -1;
        return err_set_string(exc::RuntimeError, "dictionary changed size during iteration");
    }
    intptr_t i = iterator->position;
    if (i < 0) return drop_dict(iterator);
    DictKeys* keys = dict->keys;
    Object *key, *value;
    if (dict->values) {
        int index = values_order(dict->values, static_cast<int>(i));
        key = keys_unicode_entries(keys)[index].key;
        value = dict->values->values[index];
    } else if (keys_is_unicode(keys)) {
        UnicodeEntry* entries = keys_unicode_entries(keys);
        while (i >= 0 && !entries[i].value) --i;
        if (i < 0) return drop_dict(iterator);
        key = entries[i].key;
        value = entries[i].value;
    } else {
        DictEntry* entries = keys_entries(keys);
        while (i >= 0 && !entries[i].value) --i;
        if (i < 0) return drop_dict(iterator);
        key = entries[i].key;
        value = entries[i].value;
    }
    iterator->position = i - 1;
    --iterator->remaining;
    if constexpr (part == Part::kKey) return newref(key);
    if constexpr (part == Part::kValue) return newref(value);
    return pair_of(iterator, key, value);
}

void iterator_dealloc(Object* self) {
    DictIteratorObject* iterator = as_iterator(self);
    gc_untrack(self);
    clear_ref(iterator->dict);
    clear_ref(iterator->result);
    free_object(self);
}

int iterator_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_iterator(self)->dict, Edge::field("dict"));
    RS_VISIT(as_iterator(self)->result, Edge::field("result tuple"));
    return 0;
}

Owned iterator_length_hint(Object* self, Object*) {
    DictIteratorObject* iterator = as_iterator(self);
    intptr_t length = iterator->dict && iterator->used == iterator->dict->used ? iterator->remaining : 0;
    return int_from_ssize(length);
}

Owned iterator_reduce(Object* self, Object*) {
    // A copy is run to its end, so that the iterator itself stays where it is.
    DictIteratorObject* iterator = as_iterator(self);
    auto* copy = new_object<DictIteratorObject>(self->type);
    if (!copy) return nullptr;
    copy->dict = xnewref(iterator->dict);
    copy->used = iterator->used;
    copy->position = iterator->position;
    copy->remaining = iterator->remaining;
    copy->result = xnewref(iterator->result);
    Ref<Object> held = own<Object>(copy);
    gc_track(copy);
    Ref<Object> rest = own(sequence_list(copy));
    if (!rest) return nullptr;
    Object* builtins_iter = builtin_lookup(ID(iter));
    if (!builtins_iter) return nullptr;
    Ref<Object> function = share(builtins_iter), arguments = own(tuple_pack({rest.get()}));
    return arguments ? tuple_pack({function.get(), arguments.get()}) : nullptr;
}

const MethodDef iterator_methods[] = {
    method_def("__length_hint__", iterator_length_hint, kMethNoargs, "Private method returning an estimate of len(list(it))."),
    method_def("__reduce__", iterator_reduce, kMethNoargs, "Return state information for pickling."),
    {nullptr, nullptr, 0, nullptr},
};

Type iterator_type(const char* name, UnaryFn next) {
    Type type = static_type(name, sizeof(DictIteratorObject), 0, kHaveGc);
    type.tp_dealloc = iterator_dealloc;
    type.tp_getattro = object_generic_get_attr;
    type.tp_traverse = iterator_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = next;
    type.tp_methods = iterator_methods;
    return type;
}

}  // namespace

Type dict_key_iterator_type = iterator_type("dict_keyiterator", forward_next<Part::kKey>);
Type dict_value_iterator_type = iterator_type("dict_valueiterator", forward_next<Part::kValue>);
Type dict_item_iterator_type = iterator_type("dict_itemiterator", forward_next<Part::kItem>);
Type dict_reverse_key_iterator_type = iterator_type("dict_reversekeyiterator", reverse_next<Part::kKey>);
Type dict_reverse_value_iterator_type = iterator_type("dict_reversevalueiterator", reverse_next<Part::kValue>);
Type dict_reverse_item_iterator_type = iterator_type("dict_reverseitemiterator", reverse_next<Part::kItem>);

Owned dict_iterator_new(DictObject* dict, Type* type) {
    auto* iterator = new_object<DictIteratorObject>(type);
    if (!iterator) return nullptr;
    iterator->dict = newref(dict);
    iterator->used = iterator->remaining = dict->used;
    iterator->position = 0;
    if (is_reverse(type)) iterator->position = (dict->values ? dict->used : dict->keys->nentries) - 1;
    if (is_item(type)) {
        Ref<Object> held = own<Object>(iterator);
        iterator->result = tuple_pack({none(), none()});
        if (!iterator->result) return nullptr;
        (void)held.release();
    }
    gc_track(iterator);
    return iterator;
}

Owned dict_iter(Object* dict) { return dict_iterator_new(as_dict(dict), &dict_key_iterator_type); }

int init_dict_iterator_types() {
    for (Type* type : {&dict_key_iterator_type, &dict_value_iterator_type, &dict_item_iterator_type,
                       &dict_reverse_key_iterator_type, &dict_reverse_value_iterator_type,
                       &dict_reverse_item_iterator_type}) {
        if (type_ready(type) < 0) return -1;
    }
    return 0;
}

}  // namespace refscope::vm
