// dict as Python sees it: constructor, methods, operators, repr.
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict_internal.h"
#include "vm/objects/dict_views.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/list.h"
#include "vm/objects/repr_guard.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Owned dict_repr(Object* self) {
    ReprGuard guard(self);
    if (guard.failed()) return nullptr;
    if (guard.recursive()) return str_from_string("{...}");
    if (dict_size(self) == 0) return str_from_string("{}");
    StrWriter writer(1 + 4 + (2 + 4) * (dict_size(self) - 1) + 1);
    if (!writer.put('{')) return nullptr;
    intptr_t position = 0;
    Object *borrowed_key, *borrowed_value;
    bool first = true;
    while (dict_next(self, &position, &borrowed_key, &borrowed_value)) {
        Ref<Object> key = share(borrowed_key), value = share(borrowed_value);
        if (!first && !writer.put_ascii(", ")) return nullptr;
        first = false;
        Ref<Object> text = own(object_repr(key.get()));
        if (!text || !writer.put_str(text.get()) || !writer.put_ascii(": ")) return nullptr;
        text.reset();
        text = own(object_repr(value.get()));
        if (!text || !writer.put_str(text.get())) return nullptr;
        text.reset();
        key.reset();
        value.reset();
    }
    if (!writer.put('}')) return nullptr;
    return writer.finish();
}

intptr_t dict_length(Object* self) { return dict_size(self); }

Owned dict_subscript(Object* self, Object* key) {
    Hash hash = key_hash(key);
    if (hash == -1) return nullptr;
    Object* value;
    intptr_t index = dict_lookup(as_dict(self), key, hash, &value);
    if (index == kIndexError) return nullptr;
    if (value) return newref(value);
    if (!dict_check_exact(self)) {
        Ref<Object> missing = own(object_lookup_special(self, ID(__missing__)));
        if (missing) return object_call_onearg(missing.get(), key);
        if (err_occurred()) return nullptr;
    }
    dict_raise_key_error(key);
    return nullptr;
}

int dict_assign(Object* self, Object* key, Object* value) {
    return value ? dict_set_item(self, key, value) : dict_del_item(self, key);
}

int dict_equal(DictObject* left, DictObject* right) {
    if (left->used != right->used) return 0;
    for (intptr_t i = 0; i < left->keys->nentries; ++i) {
        Object *key, *left_value;
        Hash hash;
        if (keys_is_unicode(left->keys)) {
            UnicodeEntry& entry = keys_unicode_entries(left->keys)[i];
            key = entry.key;
            if (!key) continue;
            hash = as_str(key)->hash;
            left_value = left->values ? left->values->values[i] : entry.value;
        } else {
            DictEntry& entry = keys_entries(left->keys)[i];
            key = entry.key;
            hash = entry.hash;
            left_value = entry.value;
        }
        if (!left_value) continue;
        Ref<Object> held_value = share(left_value), held_key = share(key);
        Object* right_value;
        dict_lookup(right, key, hash, &right_value);
        if (!right_value) return err_occurred() ? -1 : 0;
        if (left_value == right_value) continue;
        Ref<Object> held_right = share(right_value);
        int equal = object_rich_compare_bool(left_value, right_value, kEQ);
        if (equal <= 0) return equal;
    }
    return 1;
}

Owned dict_rich_compare(Object* left, Object* right, int op) {
    if (!dict_check(left) || !dict_check(right) || (op != kEQ && op != kNE)) return new_not_implemented();
    int equal = dict_equal(as_dict(left), as_dict(right));
    if (equal < 0) return nullptr;
    return bool_from((equal != 0) == (op == kEQ));
}

Owned dict_or(Object* left, Object* right) {
    if (!dict_check(left) || !dict_check(right)) return new_not_implemented();
    Ref<Object> result = own(dict_copy(left));
    if (!result || dict_update_arg(result.get(), right) < 0) return nullptr;
    return result.release();
}

Owned dict_inplace_or(Object* self, Object* other) {
    if (dict_update_arg(self, other) < 0) return nullptr;
    return newref(self);
}

Owned dict_tp_new(Type* type, Object*, Object*) {
    Object* self = type->tp_alloc(type, 0);
    if (!self) return nullptr;
    DictObject* dict = as_dict(self);
    dict->used = 0;
    dict->version_tag = dict_next_version();
    keys_incref(empty_keys());
    dict->keys = empty_keys();
    if (type == &dict_type) gc_untrack(self);
    return self;
}

bool keywords_are_strings(Object* kwargs) {
    intptr_t position = 0;
    Object *key, *value;
    while (dict_next(kwargs, &position, &key, &value)) {
        if (!str_check(key)) {
            err_set_string(exc::TypeError, "keywords must be strings");
            return false;
        }
    }
    return true;
}

int update_common(Object* self, Object* args, Object* kwargs, const char* name) {
    intptr_t count = tuple_size(args);
    if (!check_positional(name, count, 0, 1)) return -1;
    if (count && dict_update_arg(self, tuple_get_item(args, 0)) < 0) return -1;
    if (!kwargs) return 0;
    return keywords_are_strings(kwargs) ? dict_update(self, kwargs) : -1;
}

int dict_tp_init(Object* self, Object* args, Object* kwargs) { return update_common(self, args, kwargs, "dict"); }

Owned dict_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    auto nargs = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    if (!check_positional("dict", nargs, 0, 1)) return nullptr;
    Ref<Object> self = own(dict_tp_new(as_type(type), nullptr, nullptr));
    if (!self) return nullptr;
    if (nargs == 1) {
        if (dict_update_arg(self.get(), args[0]) < 0) return nullptr;
        ++args;
    }
    if (kwnames) {
        for (intptr_t i = 0; i < tuple_size(kwnames); ++i) {
            if (dict_set_item(self.get(), tuple_get_item(kwnames, i), args[i]) < 0) return nullptr;
        }
    }
    return self.release();
}

Owned method_contains(Object* self, Object* key) {
    int present = dict_contains(self, key);
    return present < 0 ? nullptr : bool_from(present != 0);
}

Owned method_get(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("get", nargs, 1, 2)) return nullptr;
    Hash hash = key_hash(args[0]);
    if (hash == -1) return nullptr;
    Object* value;
    if (dict_lookup(as_dict(self), args[0], hash, &value) == kIndexError) return nullptr;
    if (!value) value = nargs > 1 ? args[1] : none();
    return newref(value);
}

Owned method_setdefault(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("setdefault", nargs, 1, 2)) return nullptr;
    return xnewref(dict_set_default(self, args[0], nargs > 1 ? args[1] : none()));
}

Owned method_pop(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("pop", nargs, 1, 2)) return nullptr;
    return dict_pop(self, args[0], nargs > 1 ? args[1] : nullptr);
}

Owned method_popitem(Object* self, Object*) {
    DictObject* dict = as_dict(self);
    // Made first: its allocation may run a collection that changes the dict.
    Ref<Object> pair = own(tuple_new(2));
    if (!pair) return nullptr;
    if (dict->used == 0) return err_set_string(exc::KeyError, "popitem(): dictionary is empty");
    if (dict->keys->kind == KeysKind::kSplit && dict_resize(dict, dict->keys->log2_size, true) < 0) return nullptr;
    DictKeys* keys = dict->keys;
    keys->version = 0;
    intptr_t index = keys->nentries - 1;
    Object *key, *value;
    Hash hash;
    if (keys_is_unicode(keys)) {
        UnicodeEntry* entries = keys_unicode_entries(keys);
        while (!entries[index].value) --index;
        key = entries[index].key;
        value = entries[index].value;
        hash = as_str(key)->hash;
        entries[index] = {nullptr, nullptr};
    } else {
        DictEntry* entries = keys_entries(keys);
        while (!entries[index].value) --index;
        key = entries[index].key;
        value = entries[index].value;
        hash = entries[index].hash;
        entries[index] = {-1, nullptr, nullptr};
    }
    keys_set_index(keys, static_cast<size_t>(keys_slot_of_index(keys, hash, index)), kIndexDummy);
    keys->nentries = index;
    --dict->used;
    dict->version_tag = dict_next_version();
    tuple_init_item(pair.get(), 0, key);
    tuple_init_item(pair.get(), 1, value);
    return pair.release();
}

Owned method_keys(Object* self, Object*) { return dict_view_new(self, &dict_keys_type); }
Owned method_items(Object* self, Object*) { return dict_view_new(self, &dict_items_type); }
Owned method_values(Object* self, Object*) { return dict_view_new(self, &dict_values_type); }

Owned method_update(Object* self, Object* args, Object* kwargs) {
    return update_common(self, args, kwargs, "update") < 0 ? nullptr : new_none();
}

Owned method_fromkeys(Object* type, Object* const* args, intptr_t nargs) {
    if (!check_positional("fromkeys", nargs, 1, 2)) return nullptr;
    return dict_from_keys(type, args[0], nargs > 1 ? args[1] : none());
}

Owned method_clear(Object* self, Object*) {
    dict_clear(self);
    return new_none();
}
Owned method_copy(Object* self, Object*) { return dict_copy(self); }
Owned method_sizeof(Object* self, Object*) { return int_from_size(dict_size_of(self)); }
Owned method_reversed(Object* self, Object*) {
    return dict_iterator_new(as_dict(self), &dict_reverse_key_iterator_type);
}

}  // namespace

const MethodDef dict_methods[] = {
    method_def("__contains__", method_contains, kMethO | kMethCoexist,
               "__contains__($self, key, /)\n--\n\nTrue if the dictionary has the specified key, else False."),
    method_def("__getitem__", dict_subscript, kMethO | kMethCoexist, "x.__getitem__(y) <==> x[y]"),
    method_def("__sizeof__", method_sizeof, kMethNoargs, "D.__sizeof__() -> size of D in memory, in bytes"),
    method_def("get", method_get, kMethFastcall,
               "get($self, key, default=None, /)\n--\n\nReturn the value for key if key is in the dictionary, else default."),
    method_def("setdefault", method_setdefault, kMethFastcall,
               "setdefault($self, key, default=None, /)\n--\n\nInsert key with a value of default if key is not in the dictionary."),
    method_def("pop", method_pop, kMethFastcall, "D.pop(k[,d]) -> v, remove specified key and return the corresponding value."),
    method_def("popitem", method_popitem, kMethNoargs,
               "popitem($self, /)\n--\n\nRemove and return a (key, value) pair as a 2-tuple."),
    method_def("keys", method_keys, kMethNoargs, "D.keys() -> a set-like object providing a view on D's keys"),
    method_def("items", method_items, kMethNoargs, "D.items() -> a set-like object providing a view on D's items"),
    method_def("values", method_values, kMethNoargs, "D.values() -> an object providing a view on D's values"),
    method_def("update", method_update, kMethVarargs | kMethKeywords, "D.update([E, ]**F) -> None.  Update D from dict/iterable E and F."),
    method_def("fromkeys", method_fromkeys, kMethFastcall | kMethClass,
               "fromkeys($type, iterable, value=None, /)\n--\n\nCreate a new dictionary with keys from iterable and values set to value."),
    method_def("clear", method_clear, kMethNoargs, "D.clear() -> None.  Remove all items from D."),
    method_def("copy", method_copy, kMethNoargs, "D.copy() -> a shallow copy of D"),
    method_def("__reversed__", method_reversed, kMethNoargs,
               "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the dict keys."),
    method_def("__class_getitem__", class_getitem, kMethO | kMethClass, "See PEP 585"),
    {nullptr, nullptr, 0, nullptr},
};

void dict_fill_methods(Type& type) {
    type.tp_doc =
        "dict() -> new empty dictionary\n"
        "dict(mapping) -> new dictionary initialized from a mapping object's\n"
        "    (key, value) pairs\n"
        "dict(iterable) -> new dictionary initialized as if via:\n"
        "    d = {}\n"
        "    for k, v in iterable:\n"
        "        d[k] = v\n"
        "dict(**kwargs) -> new dictionary initialized with the name=value pairs\n"
        "    in the keyword argument list.  For example:  dict(one=1, two=2)";
    type.tp_repr = dict_repr;
    type.tp_hash = object_hash_not_implemented;
    type.tp_getattro = object_generic_get_attr;
    type.tp_richcompare = dict_rich_compare;
    type.tp_iter = dict_iter;
    type.tp_methods = dict_methods;
    type.tp_init = dict_tp_init;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = dict_tp_new;
    type.tp_free = type_generic_free;
    type.tp_vectorcall = dict_vectorcall;
    type.nb_or = dict_or;
    type.nb_inplace_or = dict_inplace_or;
    type.sq_contains = dict_contains;
    type.mp_length = dict_length;
    type.mp_subscript = dict_subscript;
    type.mp_ass_subscript = dict_assign;
}

}  // namespace refscope::vm
