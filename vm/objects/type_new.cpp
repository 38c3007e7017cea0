// type.__new__: makes a heap type from a name, bases and a namespace (CPython's type_new and its helpers).
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "vm/events/events.h"
#include "vm/heap/allocator.h"
#include "vm/heap/block_trace.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/cell.h"
#include "vm/objects/class_method.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/function_object.h"
#include "vm/objects/list.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/static_method.h"
#include "vm/objects/super.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/type_internal.h"
#include "vm/objects/type_slots.h"

namespace refscope::vm {

namespace {

bool adds_to_layout(Type* type, Type* base) {
    intptr_t size = type->tp_basicsize, base_size = base->tp_basicsize;
    if (type->tp_itemsize || base->tp_itemsize) return size != base_size || type->tp_itemsize != base->tp_itemsize;
    if (type->tp_weaklistoffset && !base->tp_weaklistoffset && type->has(kHeapType) &&
        type->tp_weaklistoffset + static_cast<intptr_t>(sizeof(Object*)) == size)
        size -= static_cast<intptr_t>(sizeof(Object*));
    return size != base_size;
}

// The nearest ancestor whose instances are laid out differently from its base's.
Type* solid_base(Type* type) {
    Type* base = type->tp_base ? solid_base(type->tp_base) : &object_type;
    return adds_to_layout(type, base) ? type : base;
}

}  // namespace

Type* type_best_base(Object* bases) {
    Type *base = nullptr, *winner = nullptr;
    for (intptr_t index = 0; index < tuple_size(bases); ++index) {
        Object* item = tuple_get_item(bases, index);
        if (!type_check(item)) {
            err_set_string(exc::TypeError, "bases must be types");
            return nullptr;
        }
        Type* candidate_base = as_type(item);
        if (!candidate_base->has(kBaseType)) {
            err_format(exc::TypeError, "type '%.100s' is not an acceptable base type", candidate_base->tp_name);
            return nullptr;
        }
        Type* candidate = solid_base(candidate_base);
        if (!winner || (candidate != winner && !type_is_subtype(winner, candidate))) {
            if (winner && !type_is_subtype(candidate, winner)) {
                err_set_string(exc::TypeError, "multiple bases have instance lay-out conflict");
                return nullptr;
            }
            winner = candidate;
            base = candidate_base;
        }
    }
    return base;
}

Type* type_calculate_metaclass(Type* metatype, Object* bases) {
    Type* winner = metatype;
    for (intptr_t index = 0; index < tuple_size(bases); ++index) {
        Type* candidate = tuple_get_item(bases, index)->type;
        if (type_is_subtype(winner, candidate)) continue;
        if (type_is_subtype(candidate, winner)) {
            winner = candidate;
            continue;
        }
        err_set_string(exc::TypeError,
                       "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the "
                       "metaclasses of all its bases");
        return nullptr;
    }
    return winner;
}

namespace {

bool same_slots_added(Type* left, Type* right) {
    Type* base = left->tp_base;
    if (base != right->tp_base) return false;
    intptr_t size = base->tp_basicsize;
    constexpr auto kWord = static_cast<intptr_t>(sizeof(Object*));
    if (left->tp_dictoffset == size && right->tp_dictoffset == size) size += kWord;
    if (left->tp_weaklistoffset == size && right->tp_weaklistoffset == size) size += kWord;
    auto slots_of = [](Type* type) { return type->has(kHeapType) ? type->ht_slots : nullptr; };
    if (slots_of(left) && slots_of(right)) {
        if (object_rich_compare_bool(slots_of(left), slots_of(right), kEQ) != 1) return false;
        size += kWord * tuple_size(slots_of(left));
    }
    return size == left->tp_basicsize && size == right->tp_basicsize;
}

bool compatible_with_base(Type* child) {
    Type* parent = child->tp_base;
    return parent && child->tp_basicsize == parent->tp_basicsize && child->tp_itemsize == parent->tp_itemsize &&
           child->tp_dictoffset == parent->tp_dictoffset && child->tp_weaklistoffset == parent->tp_weaklistoffset &&
           child->has(kHaveGc) == parent->has(kHaveGc) &&
           (child->tp_clear == subtype_clear || child->tp_clear == parent->tp_clear);
}

}  // namespace

bool compatible_for_assignment(Type* old_type, Type* new_type, const char* attribute) {
    if (new_type->tp_free != old_type->tp_free) {
        err_format(exc::TypeError, "%s assignment: '%s' deallocator differs from '%s'", attribute, new_type->tp_name,
                   old_type->tp_name);
        return false;
    }
    if (new_type->has(kManagedDict) != old_type->has(kManagedDict)) {
        err_format(exc::TypeError, "%s assignment: '%s' object layout differs from '%s'", attribute, new_type->tp_name,
                   old_type->tp_name);
        return false;
    }
    Type *new_base = new_type, *old_base = old_type;
    while (compatible_with_base(new_base)) new_base = new_base->tp_base;
    while (compatible_with_base(old_base)) old_base = old_base->tp_base;
    if (new_base != old_base && (new_base->tp_base != old_base->tp_base || !same_slots_added(new_base, old_base))) {
        err_format(exc::TypeError, "%s assignment: '%s' object layout differs from '%s'", attribute, new_type->tp_name,
                   old_type->tp_name);
        return false;
    }
    return true;
}

namespace {

struct NewType {
    Type* metatype;
    Type* base;
    Object* name;
    Object* bases;
    Ref<> dict;   // a copy of the namespace
    Ref<> slots;  // tuple, or empty
    intptr_t slot_count = 0;
    bool add_dict = false, add_weakref = false, may_add_dict = false, may_add_weakref = false;
};

Owned mangle(Object* class_name, Object* name) {
    intptr_t length = str_length(name);
    if (length < 2 || str_read(name, 0) != '_' || str_read(name, 1) != '_' ||
        (str_read(name, length - 1) == '_' && str_read(name, length - 2) == '_'))
        return newref(name);
    intptr_t skip = 0;
    while (skip < str_length(class_name) && str_read(class_name, skip) == '_') ++skip;
    if (skip == str_length(class_name)) return newref(name);
    auto bare = own(str_substring(class_name, skip, str_length(class_name)));
    return bare ? str_from_format("_%U%U", bare.get(), name) : nullptr;
}

bool check_slot_name(Object* name) {
    if (!str_check(name)) {
        err_format(exc::TypeError, "__slots__ items must be strings, not '%.200s'", name->type->tp_name);
        return false;
    }
    if (!str_is_identifier(name)) {
        err_set_string(exc::TypeError, "__slots__ must be identifiers");
        return false;
    }
    return true;
}

bool prepare_slots(NewType& made) {
    Object* given = dict_get_item_with_error(made.dict.get(), ID(__slots__));
    if (!given && err_occurred()) return false;
    made.may_add_dict = made.base->tp_dictoffset == 0;
    made.may_add_weakref = made.base->tp_weaklistoffset == 0 && made.base->tp_itemsize == 0;
    if (!given) {
        made.add_dict = made.may_add_dict;
        made.add_weakref = made.may_add_weakref;
        return true;
    }
    Ref<> slots = own(str_check(given) ? tuple_pack({given}) : sequence_tuple(given));
    if (!slots) return false;
    intptr_t count = tuple_size(slots.get());
    if (count > 0 && made.base->tp_itemsize != 0) {
        err_format(exc::TypeError, "nonempty __slots__ not supported for subtype of '%s'", made.base->tp_name);
        return false;
    }
    for (intptr_t index = 0; index < count; ++index) {
        Object* name = tuple_get_item(slots.get(), index);
        if (!check_slot_name(name)) return false;
        if (str_equal_ascii(name, "__dict__")) {
            if (!made.may_add_dict || made.add_dict) {
                err_set_string(exc::TypeError, "__dict__ slot disallowed: we already got one");
                return false;
            }
            made.add_dict = true;
        }
        if (str_equal_ascii(name, "__weakref__")) {
            if (!made.may_add_weakref || made.add_weakref) {
                err_set_string(exc::TypeError,
                               "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0");
                return false;
            }
            made.add_weakref = true;
        }
    }
    auto names = own(list_new(0));
    if (!names) return false;
    for (intptr_t index = 0; index < count; ++index) {
        Object* name = tuple_get_item(slots.get(), index);
        if (str_equal_ascii(name, "__dict__") || str_equal_ascii(name, "__weakref__")) continue;
        auto mangled = own(mangle(made.name, name));
        if (!mangled || list_append(names.get(), mangled.get()) < 0) return false;
        int known = dict_contains(made.dict.get(), mangled.get());
        if (known < 0) return false;
        if (known && !str_equal_ascii(mangled.get(), "__qualname__") && !str_equal_ascii(mangled.get(), "__classcell__")) {
            err_format(exc::ValueError, "%R in __slots__ conflicts with class variable", mangled.get());
            return false;
        }
    }
    if (list_sort(names.get()) < 0) return false;
    made.slot_count = list_size(names.get());
    made.slots = own(list_as_tuple(names.get()));
    if (!made.slots) return false;
    // Bases beside the chosen one may bring a dict or weak references.
    if (tuple_size(made.bases) > 1 && ((made.may_add_dict && !made.add_dict) || (made.may_add_weakref && !made.add_weakref))) {
        for (intptr_t index = 0; index < tuple_size(made.bases); ++index) {
            Type* base = as_type(tuple_get_item(made.bases, index));
            if (base == made.base) continue;
            if (made.may_add_dict && !made.add_dict && base->tp_dictoffset != 0) made.add_dict = true;
            if (made.may_add_weakref && !made.add_weakref && base->tp_weaklistoffset != 0) made.add_weakref = true;
        }
    }
    return true;
}

bool set_name(Type* type, Object* name) {
    intptr_t size;
    const char* text = str_as_utf8(name, &size);
    if (!text) return false;
    if (std::strlen(text) != static_cast<size_t>(size)) {
        err_set_string(exc::ValueError, "type name must not contain null characters");
        return false;
    }
    TracingSuspended suspended;  // CPython's types point into their names
    type->ht_owned_name = static_cast<char*>(allocate_block(static_cast<size_t>(size) + 1));
    if (!type->ht_owned_name) return false;
    std::memcpy(type->ht_owned_name, text, static_cast<size_t>(size) + 1);
    type->tp_name = type->ht_owned_name;
    return true;
}

bool set_module(Type* type) {
    int known = dict_contains(type->tp_dict, ID(__module__));
    if (known) return known > 0;
    Object* globals = current_globals();
    if (!globals) return true;
    Object* module = dict_get_item_with_error(globals, ID(__name__));
    if (!module) return !err_occurred();
    return dict_set_item(type->tp_dict, ID(__module__), module) == 0;
}

bool set_qualname(Type* type) {
    Object* qualname = dict_get_item_with_error(type->tp_dict, ID(__qualname__));
    if (!qualname) {
        if (err_occurred()) return false;
        type->ht_qualname = newref(type->ht_name);
        return true;
    }
    if (!str_check(qualname)) {
        err_format(exc::TypeError, "type __qualname__ must be a str, not %s", qualname->type->tp_name);
        return false;
    }
    type->ht_qualname = newref(qualname);
    return dict_del_item(type->tp_dict, ID(__qualname__)) == 0;
}

bool set_doc(Type* type) {
    Object* doc = dict_get_item_with_error(type->tp_dict, ID(__doc__));
    if (!doc) return !err_occurred();
    if (!str_check(doc)) return true;
    intptr_t size;
    const char* text = str_as_utf8(doc, &size);
    if (!text) return false;
    auto* copy = static_cast<char*>(allocate_block(static_cast<size_t>(size) + 1));
    if (!copy) return false;
    std::memcpy(copy, text, static_cast<size_t>(size) + 1);
    type->tp_doc = copy;
    return true;
}

// __new__ is a static method by default, __init_subclass__ and __class_getitem__ are class methods.
bool wrap_function(Type* type, Object* name, Owned (*wrap)(Object*)) {
    Object* function = dict_get_item_with_error(type->tp_dict, name);
    if (!function) return !err_occurred();
    if (!function_check(function)) return true;
    auto wrapped = own(wrap(function));
    return wrapped && dict_set_item(type->tp_dict, name, wrapped.get()) == 0;
}

bool set_class_cell(Type* type) {
    Object* cell = dict_get_item_with_error(type->tp_dict, ID(__classcell__));
    if (!cell) return !err_occurred();
    if (!cell_check(cell)) {
        err_format(exc::TypeError, "__classcell__ must be a nonlocal cell, not <%.200R>", cell->type);
        return false;
    }
    cell_set(cell, type);
    return dict_del_item(type->tp_dict, ID(__classcell__)) == 0;
}

bool lay_out(NewType& made, Type* type) {
    constexpr auto kWord = static_cast<intptr_t>(sizeof(Object*));
    intptr_t offset = made.base->tp_basicsize;
    MemberDef* member = heap_type_members(type);
    for (intptr_t index = 0; index < made.slot_count; ++index, ++member) {
        const char* name = str_as_utf8(tuple_get_item(made.slots.get(), index));
        if (!name) return false;
        *member = MemberDef{name, MemberKind::kObjectEx, offset, false, nullptr};
        offset += kWord;
    }
    if (made.add_dict && made.base->tp_itemsize) {
        type->tp_dictoffset = -kWord;
        offset += kWord;
    }
    if (made.add_weakref) {
        type->tp_weaklistoffset = offset;
        offset += kWord;
    }
    if (made.add_dict && !made.base->tp_itemsize) {
        type->tp_flags |= kManagedDict;
        type->tp_dictoffset = -offset - 3 * kWord;
    }
    type->tp_basicsize = offset;
    type->tp_itemsize = made.base->tp_itemsize;
    type->tp_members = heap_type_members(type);
    if (type->tp_weaklistoffset && type->tp_dictoffset) type->tp_getset = subtype_getset_full;
    else if (type->tp_weaklistoffset) type->tp_getset = subtype_getset_weakref;
    else if (type->tp_dictoffset) type->tp_getset = subtype_getset_dict;
    // Every class made in Python is collected, whatever its instances hold.
    type->tp_flags |= kHaveGc;
    type->tp_clear = subtype_clear;
    type->tp_traverse = subtype_traverse;
    type->tp_dealloc = subtype_dealloc;
    type->tp_alloc = type_generic_alloc;
    type->tp_free = type_generic_free;
    return true;
}

Type* allocate_type(NewType& made) {
    auto* type = static_cast<Type*>(made.metatype->tp_alloc(made.metatype, made.slot_count));
    if (!type) return nullptr;
    type->ht_slots = xnewref(made.slots.get());
    type->tp_flags = kHeapType | kBaseType;
    type->tp_bases = newref(made.bases);
    type->tp_base = newref(made.base);
    type->tp_dict = made.dict.release();
    type->ht_name = newref(made.name);
    return type;
}

bool call_set_names(Type* type) {
    // Over a copy: __set_name__ may change the class.
    auto names = own(dict_copy(type->tp_dict));
    if (!names) return false;
    intptr_t position = 0;
    Object *key, *value;
    while (dict_next(names.get(), &position, &key, &value)) {
        auto method = own(object_lookup_special(value, ID(__set_name__)));
        if (!method) {
            if (err_occurred()) return false;
            continue;
        }
        auto result = own(object_call_args(method.get(), {type, key}));
        if (result) continue;
        // RuntimeError from the error that was raised.
        auto cause = own(err_fetch());
        err_format(exc::RuntimeError, "Error calling __set_name__ on '%.100s' instance %R in '%.100s'", value->type->tp_name,
                   key, type->tp_name);
        auto raised = own(err_fetch());
        if (raised && cause) {
            object_set_attr(raised.get(), ID(__cause__), cause.get());
            object_set_attr(raised.get(), ID(__context__), cause.get());
        }
        err_restore(raised.release());
        return false;
    }
    return true;
}

bool call_init_subclass(Type* type, Object* kwargs) {
    auto super = own(object_call_args(&super_type, {type, type}));
    auto function = own(super ? object_get_attr(super.get(), ID(__init_subclass__)) : nullptr);
    super.reset();
    if (!function) return false;
    auto result = own(object_vectorcall_dict(function.get(), nullptr, 0, kwargs));
    return static_cast<bool>(result);
}

Owned make_type(NewType& made, Object* kwargs) {
    if (!prepare_slots(made)) return nullptr;
    auto type = own(allocate_type(made));
    if (!type) return nullptr;
    Type* self = type.get();
    if (!set_name(self, made.name) || !set_module(self) || !set_qualname(self) || !set_doc(self) ||
        !wrap_function(self, ID(__new__), static_method_new) ||
        !wrap_function(self, ID(__init_subclass__), class_method_new) ||
        !wrap_function(self, ID(__class_getitem__), class_method_new) || !lay_out(made, self) || !set_class_cell(self))
        return nullptr;
    if (type_ready_heap(self) < 0) return nullptr;
    type_fixup_slots(self);
    if (!call_set_names(self) || !call_init_subclass(self, kwargs)) return nullptr;
    if (RS_UNLIKELY(events.class_created != nullptr)) events.class_created(self);
    return type.release();
}

// Chooses metaclass and base. 1: *result is what another metaclass's __new__ made; 0: go on; -1: error.
int choose_bases(NewType& made, Ref<>& bases, Object* args, Object* kwargs, Object** result) {
    intptr_t count = tuple_size(made.bases);
    if (count == 0) {
        made.base = &object_type;
        bases = own(tuple_pack({&object_type}));
        if (!bases) return -1;
        made.bases = bases.get();
        return 0;
    }
    for (intptr_t index = 0; index < count; ++index) {
        Object* base = tuple_get_item(made.bases, index);
        if (type_check(base)) continue;
        Object* entries = nullptr;
        int found = object_lookup_attr(base, ID(__mro_entries__), &entries);
        if (found < 0) return -1;
        if (found) {
            decref(entries);
            err_set_string(exc::TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
            return -1;
        }
    }
    Type* winner = type_calculate_metaclass(made.metatype, made.bases);
    if (!winner) return -1;
    if (winner != made.metatype) {
        if (winner->tp_new != type_new) {
            *result = winner->tp_new(winner, args, kwargs);
            return *result ? 1 : -1;
        }
        made.metatype = winner;
    }
    made.base = type_best_base(made.bases);
    return made.base ? 0 : -1;
}

}  // namespace

Owned type_new(Type* metatype, Object* args, Object* kwargs) {
    intptr_t count = tuple_size(args);
    if (count != 3) {
        err_format(exc::TypeError, "type.__new__() takes exactly 3 arguments (%zd given)", count);
        return nullptr;
    }
    NewType made;
    made.metatype = metatype;
    made.name = tuple_get_item(args, 0);
    made.bases = tuple_get_item(args, 1);
    Object* dict = tuple_get_item(args, 2);
    if (!str_check(made.name)) {
        argument_bad("type.__new__", "argument 1", "str", made.name);
        return nullptr;
    }
    if (!tuple_check(made.bases)) {
        argument_bad("type.__new__", "argument 2", "tuple", made.bases);
        return nullptr;
    }
    if (!dict_check(dict)) {
        argument_bad("type.__new__", "argument 3", "dict", dict);
        return nullptr;
    }
    Ref<> bases;
    Object* result = nullptr;
    int chosen = choose_bases(made, bases, args, kwargs, &result);
    if (chosen) return chosen > 0 ? result : nullptr;
    made.dict = own(dict_copy(dict));
    return made.dict ? make_type(made, kwargs) : nullptr;
}

Owned type_new_from(Type* metatype, Object* name, Object* bases, Object* dict, Object* kwargs) {
    auto args = own(tuple_pack({name, bases, dict}));
    return args ? object_call(metatype, args.get(), kwargs) : nullptr;
}

}  // namespace refscope::vm
