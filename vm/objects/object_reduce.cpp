// object.__reduce_ex__ and __getstate__: how pickle and copy take an object apart.
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

Owned (*object_import)(const char* name) = nullptr;

namespace {

// copyreg._slotnames: cached in the class as __slotnames__. A list or None.
Owned slot_names(Type* type) {
    Object* known = dict_get_item_with_error(type->tp_dict, ID(__slotnames__));
    if (known) {
        if (is_none(known) || list_check(known)) return newref(known);
        err_format(exc::TypeError, "%.200s.__slotnames__ should be a list or None, not %.200s", type->tp_name,
                   known->type->tp_name);
        return nullptr;
    }
    if (err_occurred()) return nullptr;
    auto copyreg = own(object_import("copyreg"));
    if (!copyreg) return nullptr;
    auto names = own(object_call_method_string(copyreg.get(), "_slotnames", {type}));
    if (names && !is_none(names.get()) && !list_check(names.get()))
        return err_set_string(exc::TypeError, "copyreg._slotnames didn't return a list or None");
    return names.release();
}

// Whether the instance has C++ state that its dict and slots do not show.
bool has_hidden_state(Object* self, Object* names) {
    Type* type = self->type;
    if (type->tp_itemsize != 0) return true;
    intptr_t size = object_type.tp_basicsize;
    constexpr auto kWord = static_cast<intptr_t>(sizeof(Object*));
    if (type->tp_dictoffset != 0 && !type->has(kManagedDict)) size += kWord;
    if (type->tp_weaklistoffset > 0) size += kWord;
    if (!is_none(names)) size += kWord * list_size(names);
    return type->tp_basicsize > size;
}

Owned get_state_default(Object* self, bool required) {
    if (required && self->type->tp_itemsize) {
        err_format(exc::TypeError, "cannot pickle %.200s objects", self->type->tp_name);
        return nullptr;
    }
    Ref<> state;
    if (self->type->has(kManagedDict) && object_is_instance_dict_empty(self)) {
        state = share(none());
    } else {
        Object** slot = object_get_dict_ptr(self);
        if (!slot && err_occurred()) return nullptr;
        state = share(slot && *slot ? *slot : none());
    }
    auto names = own(slot_names(self->type));
    if (!names) return nullptr;
    if (required && has_hidden_state(self, names.get())) {
        err_format(exc::TypeError, "cannot pickle '%.200s' object", self->type->tp_name);
        return nullptr;
    }
    if (is_none(names.get()) || list_size(names.get()) == 0) return state.release();
    auto slots = own(dict_new());
    if (!slots) return nullptr;
    for (intptr_t index = 0; index < list_size(names.get()); ++index) {
        auto name = share(list_get_item(names.get(), index));
        Object* found;
        if (object_lookup_attr(self, name.get(), &found) < 0) return nullptr;
        auto value = own(found);
        if (value && dict_set_item(slots.get(), name.get(), value.get()) < 0) return nullptr;
    }
    if (dict_size(slots.get()) == 0) return state.release();
    return tuple_pack({state.get(), slots.get()});
}

Owned get_state(Object* self, bool required) {
    auto method = own(object_get_attr(self, ID(__getstate__)));
    if (!method) return nullptr;
    // object's own is not called through Python, which could not say whether the state is required.
    Object* standard = type_lookup(self->type, ID(__getstate__));
    if (standard == dict_get_item(object_type.tp_dict, ID(__getstate__))) return get_state_default(self, required);
    return object_call_noargs(method.get());
}

// Arguments for __new__: a tuple and a dict, each or both nullptr. False: error.
bool new_arguments(Object* self, Ref<>* args, Ref<>* kwargs) {
    auto extended = own(object_lookup_special(self, ID(__getnewargs_ex__)));
    if (extended) {
        auto pair = own(object_call_noargs(extended.get()));
        if (!pair) return false;
        if (!tuple_check(pair.get())) {
            err_format(exc::TypeError, "__getnewargs_ex__ should return a tuple, not '%.200s'", pair->type->tp_name);
            return false;
        }
        if (tuple_size(pair.get()) != 2) {
            err_format(exc::ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %zd", tuple_size(pair.get()));
            return false;
        }
        *args = share(tuple_get_item(pair.get(), 0));
        *kwargs = share(tuple_get_item(pair.get(), 1));
        if (!tuple_check(args->get()) || !dict_check(kwargs->get())) {
            err_format(exc::TypeError, "%s item of the tuple returned by __getnewargs_ex__ must be a %s, not '%.200s'",
                       tuple_check(args->get()) ? "second" : "first", tuple_check(args->get()) ? "dict" : "tuple",
                       tuple_check(args->get()) ? kwargs->get()->type->tp_name : args->get()->type->tp_name);
            return false;
        }
        return true;
    }
    if (err_occurred()) return false;
    auto plain = own(object_lookup_special(self, ID(__getnewargs__)));
    if (!plain) return !err_occurred();
    *args = own(object_call_noargs(plain.get()));
    if (!*args) return false;
    if (tuple_check(args->get())) return true;
    err_format(exc::TypeError, "__getnewargs__ should return a tuple, not '%.200s'", args->get()->type->tp_name);
    return false;
}

Owned reduce_newobj(Object* self) {
    Type* type = self->type;
    if (!type->tp_new) {
        err_format(exc::TypeError, "cannot pickle '%.200s' object", type->tp_name);
        return nullptr;
    }
    Ref<> args, kwargs;
    if (!new_arguments(self, &args, &kwargs)) return nullptr;
    auto copyreg = own(object_import("copyreg"));
    if (!copyreg) return nullptr;
    bool has_args = static_cast<bool>(args);
    Ref<> function, arguments;
    if (!kwargs || dict_size(kwargs.get()) == 0) {
        function = own(object_get_attr(copyreg.get(), ID(__newobj__)));
        auto first = own(tuple_pack({type}));
        arguments = own(first && args ? sequence_concat(first.get(), args.get()) : first.release());
    } else {
        function = own(object_get_attr(copyreg.get(), ID(__newobj_ex__)));
        arguments = own(tuple_pack({type, args.get(), kwargs.get()}));
    }
    if (!function || !arguments) return nullptr;
    bool required = !has_args && !list_check(self) && !dict_check(self);
    auto state = own(get_state(self, required));
    if (!state) return nullptr;
    Ref<> list_items = own(list_check(self) ? object_get_iter(self) : new_none());
    Ref<> dict_items;
    if (dict_check(self)) {
        auto items = own(object_call_method(self, ID(items)));
        dict_items = own(items ? object_get_iter(items.get()) : nullptr);
    } else {
        dict_items = own(new_none());
    }
    if (!list_items || !dict_items) return nullptr;
    return tuple_pack({function.get(), arguments.get(), state.get(), list_items.get(), dict_items.get()});
}

}  // namespace

Owned object_get_state(Object* self) { return get_state_default(self, false); }

Owned object_reduce(Object* self, int protocol) {
    if (protocol >= 2) return reduce_newobj(self);
    auto copyreg = own(object_import("copyreg"));
    auto number = own(copyreg ? int_from_int(protocol) : nullptr);
    return number ? object_call_method_string(copyreg.get(), "_reduce_ex", {self, number.get()}) : nullptr;
}

}  // namespace refscope::vm
