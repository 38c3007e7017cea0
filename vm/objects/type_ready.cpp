// PyType_Ready: a type's dict from its tables, its mro, and the slots it inherits.
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/call.h"
#include "vm/objects/class_method.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/static_method.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/type_internal.h"
#include "vm/objects/type_slots.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

std::vector<Type*>& static_types() {
    static std::vector<Type*> types;
    return types;
}

// T.__new__ of a static type: checks that the class asked for is a subtype whose nearest static base has this very tp_new.
Owned tp_new_wrapper(Object* self, Object* args, Object* kwargs) {
    if (!self || !type_check(self)) return err_bad_internal_call("__new__() called with non-type 'self'");
    Type* type = as_type(self);
    intptr_t count = tuple_size(args);
    if (count < 1) {
        err_format(exc::TypeError, "%s.__new__(): not enough arguments", type->tp_name);
        return nullptr;
    }
    Object* first = tuple_get_item(args, 0);
    if (!type_check(first)) {
        err_format(exc::TypeError, "%s.__new__(X): X is not a type object (%s)", type->tp_name, first->type->tp_name);
        return nullptr;
    }
    Type* subtype = as_type(first);
    if (!type_is_subtype(subtype, type)) {
        err_format(exc::TypeError, "%s.__new__(%s): %s is not a subtype of %s", type->tp_name, subtype->tp_name,
                   subtype->tp_name, type->tp_name);
        return nullptr;
    }
    Type* base = subtype;
    while (base && base->tp_new == slot_tp_new) base = base->tp_base;
    if (base && base->tp_new != type->tp_new) {
        err_format(exc::TypeError, "%s.__new__(%s) is not safe, use %s.__new__()", type->tp_name, subtype->tp_name,
                   base->tp_name);
        return nullptr;
    }
    auto rest = own(tuple_get_slice(args, 1, count));
    return rest ? type->tp_new(subtype, rest.get(), kwargs) : nullptr;
}

int add_to_dict(Type* type, const char* name, Object* stolen, bool replace) {
    auto value = own(stolen);
    auto key = own(value ? str_intern_from_string(name) : nullptr);
    if (!key) return -1;
    if (replace) return dict_set_item(type->tp_dict, key.get(), value.get());
    return dict_set_default(type->tp_dict, key.get(), value.get()) ? 0 : -1;
}

int add_method(Type* type, const MethodDef& method) {
    Object* descriptor;
    if (method.flags & kMethClass) {
        descriptor = class_method_descriptor_new(type, &method);
    } else if (method.flags & kMethStatic) {
        auto function = own(builtin_function_new(&method, type, nullptr));
        descriptor = function ? static_method_new(function.get()) : nullptr;
    } else {
        descriptor = method_descriptor_new(type, &method);
    }
    return add_to_dict(type, method.name, descriptor, (method.flags & kMethCoexist) != 0);
}

int fill_dict(Type* type) {
    if (type_add_operators(type) < 0) return -1;
    if (type->tp_methods)
        for (const MethodDef* method = type->tp_methods; method->name; ++method)
            if (add_method(type, *method) < 0) return -1;
    if (type->tp_members)
        for (const MemberDef* member = type->tp_members; member->name; ++member)
            if (add_to_dict(type, member->name, member_descriptor_new(type, member), false) < 0) return -1;
    if (type->tp_getset)
        for (const GetSetDef* getset = type->tp_getset; getset->name; ++getset)
            if (add_to_dict(type, getset->name, getset_descriptor_new(type, getset), false) < 0) return -1;
    int known = dict_contains(type->tp_dict, ID(__doc__));
    if (known) return known < 0 ? -1 : 0;
    auto doc = own(type->tp_doc ? doc_without_signature(type->tp_name, type->tp_doc) : new_none());
    return doc ? dict_set_item(type->tp_dict, ID(__doc__), doc.get()) : -1;
}

void inherit_special(Type* type, Type* base) {
    if (!type->has(kHaveGc) && base->has(kHaveGc) && !type->tp_traverse && !type->tp_clear) {
        type->tp_flags |= kHaveGc;
        type->tp_clear = base->tp_clear;
    }
    // Types that are not collected have one too, for audit and holder views.
    if (!type->tp_traverse) type->tp_traverse = base->tp_traverse;
    type->tp_flags |= base->tp_flags & kManagedDict;
    if (type->tp_basicsize == 0) type->tp_basicsize = base->tp_basicsize;
    if (type->tp_itemsize == 0) type->tp_itemsize = base->tp_itemsize;
    if (type->tp_weaklistoffset == 0) type->tp_weaklistoffset = base->tp_weaklistoffset;
    if (type->tp_dictoffset == 0) type->tp_dictoffset = base->tp_dictoffset;
    constexpr uint64_t kInherited = kLongSubclass | kListSubclass | kTupleSubclass | kBytesSubclass | kUnicodeSubclass |
                                    kDictSubclass | kBaseExcSubclass | kTypeSubclass | kMatchSelf | kItemsInline;
    type->tp_flags |= base->tp_flags & kInherited;
}

// Slots that are inherited one by one, each when the base defines it itself.
const size_t plain_slots[] = {
#define OFFSET(field) offsetof(Type, field),
    OFFSET(nb_add) OFFSET(nb_subtract) OFFSET(nb_multiply) OFFSET(nb_remainder) OFFSET(nb_divmod) OFFSET(nb_power)
    OFFSET(nb_negative) OFFSET(nb_positive) OFFSET(nb_absolute) OFFSET(nb_bool) OFFSET(nb_invert) OFFSET(nb_lshift)
    OFFSET(nb_rshift) OFFSET(nb_and) OFFSET(nb_xor) OFFSET(nb_or) OFFSET(nb_int) OFFSET(nb_float) OFFSET(nb_inplace_add)
    OFFSET(nb_inplace_subtract) OFFSET(nb_inplace_multiply) OFFSET(nb_inplace_remainder) OFFSET(nb_inplace_power)
    OFFSET(nb_inplace_lshift) OFFSET(nb_inplace_rshift) OFFSET(nb_inplace_and) OFFSET(nb_inplace_xor)
    OFFSET(nb_inplace_or) OFFSET(nb_floor_divide) OFFSET(nb_true_divide) OFFSET(nb_inplace_floor_divide)
    OFFSET(nb_inplace_true_divide) OFFSET(nb_index) OFFSET(nb_matrix_multiply) OFFSET(nb_inplace_matrix_multiply)
    OFFSET(am_await) OFFSET(am_aiter) OFFSET(am_anext) OFFSET(am_send) OFFSET(bf_getbuffer) OFFSET(bf_releasebuffer)
    OFFSET(sq_length) OFFSET(sq_concat) OFFSET(sq_repeat) OFFSET(sq_item) OFFSET(sq_ass_item) OFFSET(sq_contains)
    OFFSET(sq_inplace_concat) OFFSET(sq_inplace_repeat) OFFSET(mp_length) OFFSET(mp_subscript) OFFSET(mp_ass_subscript)
    OFFSET(tp_dealloc) OFFSET(tp_repr) OFFSET(tp_vectorcall_offset)
#undef OFFSET
};
const size_t later_slots[] = {
#define OFFSET(field) offsetof(Type, field),
    OFFSET(tp_descr_set) OFFSET(tp_dictoffset) OFFSET(tp_init) OFFSET(tp_alloc) OFFSET(tp_is_gc) OFFSET(tp_finalize)
    OFFSET(tp_sizeof)
#undef OFFSET
};

void*& word(Type* type, size_t offset) {
    return *reinterpret_cast<void**>(reinterpret_cast<char*>(type) + offset);
}

void inherit_slot(Type* type, Type* base, size_t offset) {
    void*& mine = word(type, offset);
    if (mine) return;
    void* theirs = word(base, offset);
    if (!theirs) return;
    Type* beyond = base->tp_base;
    if (beyond && word(beyond, offset) == theirs) return;
    mine = theirs;
}

bool overrides_hash(Type* type) {
    int found = dict_contains(type->tp_dict, ID(__eq__));
    if (found == 0) found = dict_contains(type->tp_dict, ID(__hash__));
    return found != 0;
}

void inherit_slots(Type* type, Type* base) {
    for (size_t offset : plain_slots) inherit_slot(type, base, offset);
    if (!type->tp_getattro) type->tp_getattro = base->tp_getattro;
    if (!type->tp_setattro) type->tp_setattro = base->tp_setattro;
    if (!type->tp_call && base->has(kHaveVectorcall) && type->has(kImmutableType)) type->tp_flags |= kHaveVectorcall;
    inherit_slot(type, base, offsetof(Type, tp_call));
    inherit_slot(type, base, offsetof(Type, tp_str));
    if (!type->tp_richcompare && !type->tp_hash && !overrides_hash(type)) {
        type->tp_richcompare = base->tp_richcompare;
        type->tp_hash = base->tp_hash;
    }
    inherit_slot(type, base, offsetof(Type, tp_iter));
    inherit_slot(type, base, offsetof(Type, tp_iternext));
    inherit_slot(type, base, offsetof(Type, tp_descr_get));
    if (base->tp_descr_get && type->tp_descr_get == base->tp_descr_get && type->has(kImmutableType) &&
        base->has(kMethodDescriptor))
        type->tp_flags |= kMethodDescriptor;
    for (size_t offset : later_slots) inherit_slot(type, base, offset);
    inherit_slot(type, base, offsetof(Type, tp_free));
}

int set_hash(Type* type) {
    if (type->tp_hash) return 0;
    int known = dict_contains(type->tp_dict, ID(__hash__));
    if (known) return known < 0 ? -1 : 0;
    if (dict_set_item(type->tp_dict, ID(__hash__), none()) < 0) return -1;
    type->tp_hash = object_hash_not_implemented;
    return 0;
}

int set_new(Type* type) {
    if (!type->tp_new && type->tp_base == &object_type && !type->has(kHeapType)) type->tp_flags |= kDisallowInstantiation;
    if (type->has(kDisallowInstantiation)) {
        type->tp_new = nullptr;
        return 0;
    }
    if (!type->tp_new) {
        type->tp_new = type->tp_base->tp_new;
        return 0;
    }
    if (type->has(kHeapType)) return 0;
    int known = dict_contains(type->tp_dict, ID(__new__));
    if (known) return known < 0 ? -1 : 0;
    auto function = own(builtin_function_new(&tp_new_method_def, type, nullptr));
    return function ? dict_set_item(type->tp_dict, ID(__new__), function.get()) : -1;
}

int set_bases(Type* type) {
    if (!type->tp_base && type != &object_type) type->tp_base = &object_type;
    if (type->tp_base && !type->tp_base->tp_dict && type_ready(type->tp_base) < 0) return -1;
    if (!type->type) type->type = type->tp_base ? type->tp_base->type : &type_type;
    if (!type->type) type->type = &type_type;
    if (type->tp_bases) return 0;
    type->tp_bases = type->tp_base ? tuple_pack({type->tp_base}) : newref(empty_tuple());
    return type->tp_bases ? 0 : -1;
}

int ready(Type* type) {
    if (type->has(kReady)) return 0;
    type->tp_flags |= kReadying;
    if (!type->has(kHeapType)) {
        type->tp_flags |= kImmutableType;
        if (!is_static_object(type)) {
            register_static_object(type);
            static_types().push_back(type);
        }
    }
    if (!type->tp_dict && !(type->tp_dict = dict_new())) return -1;
    if (set_bases(type) < 0 || type_mro_internal(type, nullptr) < 0 || set_new(type) < 0 || fill_dict(type) < 0) return -1;
    type_inherit_from_bases(type);
    if (set_hash(type) < 0) return -1;
    for (intptr_t index = 0; index < tuple_size(type->tp_bases); ++index)
        if (type_add_subclass(as_type(tuple_get_item(type->tp_bases, index)), type) < 0) return -1;
    if (type->has(kManagedDict) && type->has(kHeapType)) {
        type->ht_cached_keys = dict_new_keys_for_class();
        if (!type->ht_cached_keys) {
            err_no_memory();
            return -1;
        }
    }
    type->tp_flags = (type->tp_flags & ~uint64_t{kReadying}) | kReady;
    return 0;
}

}  // namespace

const MethodDef tp_new_method_def =
    method_def("__new__", tp_new_wrapper, kMethVarargs | kMethKeywords,
               "__new__($type, *args, **kwargs)\n--\n\nCreate and return a new object.  See help(type) for accurate signature.");

void type_inherit_from_bases(Type* type) {
    if (type->tp_base) inherit_special(type, type->tp_base);
    constexpr uint64_t kPatterns = kSequencePattern | kMappingPattern;
    for (intptr_t index = 1; index < tuple_size(type->tp_mro); ++index) {
        Type* base = as_type(tuple_get_item(type->tp_mro, index));
        inherit_slots(type, base);
        if (!(type->tp_flags & kPatterns)) type->tp_flags |= base->tp_flags & kPatterns;
    }
}

int type_ready_heap(Type* type) { return ready(type); }

int type_ready(Type* type) {
    if (ready(type) == 0) return 0;
    std::fprintf(stderr, "refscope: type '%s' could not be readied\n", type->tp_name);
    return -1;
}

int type_add_subclass(Type* base, Type* type) {
    if (!base->tp_subclasses && !(base->tp_subclasses = dict_new())) return -1;
    auto key = own(int_from_pointer(type));
    auto reference = own(key ? weakref_new_ref(type, nullptr) : nullptr);
    return reference ? dict_set_item(base->tp_subclasses, key.get(), reference.get()) : -1;
}

void type_remove_all_subclasses(Type* type, Object* bases) {
    if (!bases) return;
    auto pending = own(err_fetch());
    auto key = own(int_from_pointer(type));
    for (intptr_t index = 0; key && index < tuple_size(bases); ++index) {
        Object* base = tuple_get_item(bases, index);
        if (!type_check(base) || !as_type(base)->tp_subclasses) continue;
        Object* subclasses = as_type(base)->tp_subclasses;
        if (dict_contains(subclasses, key.get()) > 0) dict_del_item(subclasses, key.get());
        if (dict_size(subclasses) == 0) clear_ref(as_type(base)->tp_subclasses);
    }
    err_clear();
    err_restore(pending.release());
}

void release_static_types() {
    // Youngest first: subtypes before their bases. The dicts' contents may refer to any type, so the types' memory stays.
    auto& types = static_types();
    for (auto type = types.rbegin(); type != types.rend(); ++type) {
        (*type)->tp_flags &= ~uint64_t{kValidVersionTag};
        (*type)->tp_version_tag = 0;
    }
    for (auto type = types.rbegin(); type != types.rend(); ++type) {
        clear_ref((*type)->tp_dict);
        clear_ref((*type)->tp_subclasses);
        clear_ref((*type)->tp_cache);
    }
    for (auto type = types.rbegin(); type != types.rend(); ++type) {
        clear_ref((*type)->tp_bases);
        clear_ref((*type)->tp_mro);
        (*type)->tp_flags &= ~uint64_t{kReady};
    }
    types.clear();
}

}  // namespace refscope::vm
