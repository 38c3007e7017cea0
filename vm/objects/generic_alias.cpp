// types.GenericAlias. Type parameters are found and substituted by duck typing (__parameters__, __typing_subst__,
// __typing_prepare_subst__), as typing.py's TypeVar, ParamSpec and TypeVarTuple expect of 3.11.
#include "vm/objects/generic_alias.h"

#include <cstddef>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/hash.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/union_type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

namespace {

GenericAliasObject* as_alias(Object* object) { return static_cast<GenericAliasObject*>(object); }

void alias_dealloc(Object* self) {
    gc_untrack(self);
    auto* alias = as_alias(self);
    if (alias->weakreflist) object_clear_weakrefs(self);
    xdecref(alias->origin);
    xdecref(alias->args);
    xdecref(alias->parameters);
    self->type->tp_free(self);
}

int alias_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_alias(self)->origin, Edge::field("__origin__"));
    RS_VISIT(as_alias(self)->args, Edge::field("__args__"));
    RS_VISIT(as_alias(self)->parameters, Edge::field("__parameters__"));
    return 0;
}

}  // namespace

// The text of one argument: a class by its name, an alias by its repr, ... as such.
Owned type_argument_repr(Object* item) {
    if (item == ellipsis()) return str_from_string("...");
    Object* found;
    int has_origin = object_lookup_attr(item, ID(__origin__), &found);
    if (has_origin < 0) return nullptr;
    auto origin = own(found);
    if (has_origin) {
        int has_args = object_lookup_attr(item, ID(__args__), &found);
        if (has_args < 0) return nullptr;
        auto args = own(found);
        if (has_args) return object_repr(item);
    }
    int has_name = object_lookup_attr(item, ID(__qualname__), &found);
    if (has_name < 0) return nullptr;
    auto qualname = own(found);
    if (!has_name) return object_repr(item);
    int has_module = object_lookup_attr(item, ID(__module__), &found);
    if (has_module < 0) return nullptr;
    auto module = own(found);
    if (!has_module || is_none(module.get())) return object_repr(item);
    if (str_check(module.get()) && str_equal_ascii(module.get(), "builtins")) return object_str(qualname.get());
    return str_from_format("%S.%S", module.get(), qualname.get());
}

namespace {

Owned parameter_list_repr(Object* list) {
    auto parts = own(list_new(0));
    if (!parts) return nullptr;
    for (intptr_t index = 0; index < list_size(list); ++index) {
        auto part = own(type_argument_repr(list_get_item(list, index)));
        if (!part || list_append(parts.get(), part.get()) < 0) return nullptr;
    }
    auto separator = own(str_from_string(", "));
    auto joined = own(separator ? str_join(separator.get(), parts.get()) : nullptr);
    return joined ? str_from_format("[%U]", joined.get()) : nullptr;
}

Owned alias_repr(Object* self) {
    auto* alias = as_alias(self);
    auto origin = own(type_argument_repr(alias->origin));
    auto parts = own(origin ? list_new(0) : nullptr);
    if (!parts) return nullptr;
    for (intptr_t index = 0; index < tuple_size(alias->args); ++index) {
        Object* item = tuple_get_item(alias->args, index);
        auto part = own(list_check(item) ? parameter_list_repr(item) : type_argument_repr(item));
        if (!part || list_append(parts.get(), part.get()) < 0) return nullptr;
    }
    auto separator = own(str_from_string(", "));
    auto joined = own(separator ? str_join(separator.get(), parts.get()) : nullptr);
    if (!joined) return nullptr;
    // An alias of no arguments was made from ().
    if (tuple_size(alias->args) == 0) return str_from_format("%s%U[()]", alias->starred ? "*" : "", origin.get());
    return str_from_format("%s%U[%U]", alias->starred ? "*" : "", origin.get(), joined.get());
}

int add_unique(Object* list, Object* item) {
    for (intptr_t index = 0; index < list_size(list); ++index)
        if (list_get_item(list, index) == item) return 0;
    return list_append(list, item);
}

Hash alias_hash(Object* self) {
    Hash first = object_hash(as_alias(self)->origin);
    if (first == -1) return -1;
    Hash second = object_hash(as_alias(self)->args);
    return second == -1 ? -1 : first ^ second;
}

Owned alias_call(Object* callable, Object* args, Object* kwargs) {
    auto result = own(object_call(as_alias(callable)->origin, args, kwargs));
    if (!result) return nullptr;
    if (object_set_attr(result.get(), ID(__orig_class__), callable) < 0) {
        if (!err_matches(exc::AttributeError) && !err_matches(exc::TypeError)) return nullptr;
        err_clear();
    }
    return result.release();
}

Owned alias_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto result = own(object_vectorcall(as_alias(callable)->origin, args, nargsf, kwnames));
    if (!result) return nullptr;
    if (object_set_attr(result.get(), ID(__orig_class__), callable) < 0) {
        if (!err_matches(exc::AttributeError) && !err_matches(exc::TypeError)) return nullptr;
        err_clear();
    }
    return result.release();
}

constexpr const char* kOwnAttributes[] = {"__class__",     "__origin__",       "__args__",     "__unpacked__",
                                          "__parameters__", "__typing_unpacked_tuple_args__", "__mro_entries__",
                                          "__reduce_ex__", "__reduce__",       "__copy__",     "__deepcopy__"};

Owned alias_getattro(Object* self, Object* name) {
    if (str_check(name)) {
        bool mine = false;
        for (const char* attribute : kOwnAttributes) mine = mine || str_equal_ascii(name, attribute);
        if (!mine) return object_get_attr(as_alias(self)->origin, name);
    }
    return object_generic_get_attr(self, name);
}

Owned alias_compare(Object* left, Object* right, int op) {
    if (!generic_alias_check(left) || !generic_alias_check(right) || (op != kEQ && op != kNE)) return new_not_implemented();
    if (op == kNE) {
        auto equal = own(alias_compare(left, right, kEQ));
        if (!equal || equal.get() == not_implemented()) return equal.release();
        return bool_from(equal.get() != py_true());
    }
    if (as_alias(left)->starred != as_alias(right)->starred) return bool_from(false);
    int equal = object_rich_compare_bool(as_alias(left)->origin, as_alias(right)->origin, kEQ);
    if (equal < 0) return nullptr;
    if (!equal) return bool_from(false);
    return object_rich_compare(as_alias(left)->args, as_alias(right)->args, kEQ);
}

Object* alias_parameters(Object* self) {
    auto* alias = as_alias(self);
    if (!alias->parameters) alias->parameters = collect_type_parameters(alias->args);
    return alias->parameters;
}

Owned alias_subscript(Object* self, Object* item) {
    Object* parameters = alias_parameters(self);
    if (!parameters) return nullptr;
    auto args = own(substitute_type_parameters(self, as_alias(self)->args, parameters, item));
    if (!args) return nullptr;
    auto made = own(generic_alias_new(as_alias(self)->origin, args.get()));
    if (made) as_alias(made.get())->starred = as_alias(self)->starred;
    return made.release();
}

Owned get_parameters(Object* self, void*) { return xnewref(alias_parameters(self)); }
Owned get_unpacked(Object* self, void*) { return bool_from(as_alias(self)->starred); }
Owned get_unpacked_args(Object* self, void*) {
    auto* alias = as_alias(self);
    return newref(alias->starred && alias->origin == &tuple_type ? alias->args : none());
}

Owned mro_entries(Object* self, Object*) { return tuple_pack({as_alias(self)->origin}); }
Owned instancecheck(Object*, Object*) {
    return err_set_string(exc::TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
Owned subclasscheck(Object*, Object*) {
    return err_set_string(exc::TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}
Owned alias_dir(Object* self, Object*) {
    auto names = own(object_dir(as_alias(self)->origin));
    if (!names) return nullptr;
    for (const char* attribute : kOwnAttributes) {
        auto name = own(str_from_string(attribute));
        int known = name ? sequence_contains(names.get(), name.get()) : -1;
        if (known < 0 || (!known && list_append(names.get(), name.get()) < 0)) return nullptr;
    }
    return names.release();
}

struct StarIterator : Object {
    Object* alias;  // nullptr: exhausted
};

Owned alias_reduce(Object* self, Object*) {
    auto* alias = as_alias(self);
    if (alias->starred) {
        auto plain = own(generic_alias_new(alias->origin, alias->args));
        auto iterator = own(plain ? object_get_iter(plain.get()) : nullptr);
        Object* next = builtin_lookup(ID(next));
        auto arguments = own(iterator ? tuple_pack({iterator.get()}) : nullptr);
        return arguments && next ? tuple_pack({next, arguments.get()}) : nullptr;
    }
    auto arguments = own(tuple_pack({alias->origin, alias->args}));
    return arguments ? tuple_pack({&generic_alias_type, arguments.get()}) : nullptr;
}

Owned alias_new(Type* type, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("GenericAlias", kwargs) || !check_positional("GenericAlias", tuple_size(args), 2, 2))
        return nullptr;
    auto made = own(type->tp_alloc(type, 0));
    if (!made) return nullptr;
    Object* parameters = tuple_get_item(args, 1);
    as_alias(made.get())->origin = newref(tuple_get_item(args, 0));
    as_alias(made.get())->args = tuple_check(parameters) ? newref(parameters) : tuple_pack({parameters});
    as_alias(made.get())->vectorcall = vectorcall_function(tuple_get_item(args, 0)) ? alias_vectorcall : nullptr;
    return as_alias(made.get())->args ? made.release() : nullptr;
}

void star_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(static_cast<StarIterator*>(self)->alias);
    free_object(self);
}
int star_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(static_cast<StarIterator*>(self)->alias, Edge::field("alias"));
    return 0;
}
Owned star_next(Object* self) {
    auto* iterator = static_cast<StarIterator*>(self);
    if (!iterator->alias) return nullptr;
    auto* alias = as_alias(iterator->alias);
    Object* made = generic_alias_new(alias->origin, alias->args);
    if (made) as_alias(made)->starred = true;
    clear_ref(iterator->alias);
    return made;
}

Type star_iterator_type = [] {
    Type type = static_type("generic_alias_iterator", sizeof(StarIterator), 0, kHaveGc);
    type.tp_dealloc = star_dealloc;
    type.tp_traverse = star_traverse;
    type.tp_iter = object_self_iter;
    type.tp_iternext = star_next;
    return type;
}();

Owned alias_iter(Object* self) {
    auto* iterator = new_object<StarIterator>(&star_iterator_type);
    if (!iterator) return nullptr;
    iterator->alias = newref(self);
    gc_track(iterator);
    return iterator;
}

const MethodDef alias_methods[] = {
    method_def("__mro_entries__", mro_entries, kMethO),
    method_def("__instancecheck__", instancecheck, kMethO),
    method_def("__subclasscheck__", subclasscheck, kMethO),
    method_def("__reduce__", alias_reduce, kMethNoargs),
    method_def("__dir__", alias_dir, kMethNoargs),
    {},
};
const MemberDef alias_members[] = {
    {"__origin__", MemberKind::kObject, offsetof(GenericAliasObject, origin)},
    {"__args__", MemberKind::kObject, offsetof(GenericAliasObject, args)},
    {},
};
const GetSetDef alias_getset[] = {
    {"__parameters__", get_parameters, nullptr, "Type variables in the GenericAlias."},
    {"__unpacked__", get_unpacked},
    {"__typing_unpacked_tuple_args__", get_unpacked_args},
    {},
};

}  // namespace

Owned collect_type_parameters(Object* args) {
    auto found_parameters = own(list_new(0));
    if (!found_parameters) return nullptr;
    for (intptr_t index = 0; index < tuple_size(args); ++index) {
        Object* item = tuple_get_item(args, index);
        if (type_check(item)) continue;  // a class is no variable, whatever attributes it has
        Object* found;
        int has = object_lookup_attr(item, ID(__typing_subst__), &found);
        if (has < 0) return nullptr;
        if (has) {
            decref(found);
            if (add_unique(found_parameters.get(), item) < 0) return nullptr;
            continue;
        }
        if (object_lookup_attr(item, ID(__parameters__), &found) < 0) return nullptr;
        auto nested = own(found);
        if (!nested || !tuple_check(nested.get())) continue;
        for (intptr_t inner = 0; inner < tuple_size(nested.get()); ++inner)
            if (add_unique(found_parameters.get(), tuple_get_item(nested.get(), inner)) < 0) return nullptr;
    }
    return list_as_tuple(found_parameters.get());
}

namespace {

intptr_t index_of(Object* tuple, Object* item) {
    for (intptr_t index = 0; index < tuple_size(tuple); ++index)
        if (tuple_get_item(tuple, index) == item) return index;
    return -1;
}

// For an argument that is itself generic: obj[the values of its own parameters].
Owned substitute_nested(Object* object, Object* parameters, Object* values) {
    Object* found;
    if (object_lookup_attr(object, ID(__parameters__), &found) < 0) return nullptr;
    auto nested = own(found);
    if (!nested || !tuple_check(nested.get()) || tuple_size(nested.get()) == 0) return newref(object);
    auto chosen = own(list_new(0));
    if (!chosen) return nullptr;
    for (intptr_t index = 0; index < tuple_size(nested.get()); ++index) {
        Object* parameter = tuple_get_item(nested.get(), index);
        intptr_t position = index_of(parameters, parameter);
        Object* value = position >= 0 ? tuple_get_item(values, position) : parameter;
        // A TypeVarTuple's value is a tuple to be spread.
        bool spread = position >= 0 && parameter->type->tp_iter && tuple_check(value);
        if (spread ? list_extend(chosen.get(), value) < 0 : list_append(chosen.get(), value) < 0) return nullptr;
    }
    auto key = own(list_as_tuple(chosen.get()));
    return key ? object_get_item(object, key.get()) : nullptr;
}

Owned unpack_starred(Object* item) {
    auto result = own(list_new(0));
    if (!result) return nullptr;
    if (!tuple_check(item)) {
        if (list_append(result.get(), item) < 0) return nullptr;
        return list_as_tuple(result.get());
    }
    for (intptr_t index = 0; index < tuple_size(item); ++index) {
        Object* argument = tuple_get_item(item, index);
        Object* found = nullptr;
        if (!type_check(argument) && object_lookup_attr(argument, ID(__typing_unpacked_tuple_args__), &found) < 0) return nullptr;
        auto unpacked = own(found);
        bool spread = unpacked && tuple_check(unpacked.get());
        if (spread && tuple_size(unpacked.get()) > 0 &&
            tuple_get_item(unpacked.get(), tuple_size(unpacked.get()) - 1) == ellipsis())
            spread = false;
        if (spread ? list_extend(result.get(), unpacked.get()) < 0 : list_append(result.get(), argument) < 0) return nullptr;
    }
    return list_as_tuple(result.get());
}

}  // namespace

Owned substitute_type_parameters(Object* self, Object* args, Object* parameters, Object* item) {
    intptr_t parameter_count = tuple_size(parameters);
    if (parameter_count == 0) {
        err_format(exc::TypeError, "%R is not a generic class", self);
        return nullptr;
    }
    auto values = own(unpack_starred(item));
    if (!values) return nullptr;
    for (intptr_t index = 0; index < parameter_count; ++index) {
        Object* found;
        if (object_lookup_attr(tuple_get_item(parameters, index), ID(__typing_prepare_subst__), &found) < 0) return nullptr;
        auto prepare = own(found);
        if (!prepare || is_none(prepare.get())) continue;
        auto prepared = own(object_call_args(prepare.get(), {self, values.get()}));
        if (!prepared) return nullptr;
        values = own(tuple_check(prepared.get()) ? prepared.release() : tuple_pack({prepared.get()}));
        if (!values) return nullptr;
    }
    intptr_t given = tuple_size(values.get());
    if (given != parameter_count) {
        err_format(exc::TypeError, "Too %s arguments for %R; actual %zd, expected %zd", given > parameter_count ? "many" : "few",
                   self, given, parameter_count);
        return nullptr;
    }
    auto result = own(list_new(0));
    if (!result) return nullptr;
    for (intptr_t index = 0; index < tuple_size(args); ++index) {
        Object* argument = tuple_get_item(args, index);
        if (type_check(argument)) {
            if (list_append(result.get(), argument) < 0) return nullptr;
            continue;
        }
        Object* found = nullptr;
        int unpack = 0;
        if (object_lookup_attr(argument, ID(__typing_is_unpacked_typevartuple__), &found) < 0) return nullptr;
        if (found) {
            unpack = object_is_true(found);
            decref(found);
            if (unpack < 0) return nullptr;
        }
        if (object_lookup_attr(argument, ID(__typing_subst__), &found) < 0) return nullptr;
        auto substitute = own(found);
        Ref<> value;
        if (substitute) {
            value = own(object_call_onearg(substitute.get(), tuple_get_item(values.get(), index_of(parameters, argument))));
        } else {
            value = own(substitute_nested(argument, parameters, values.get()));
        }
        if (!value) return nullptr;
        bool spread = unpack && tuple_check(value.get());
        if (spread ? list_extend(result.get(), value.get()) < 0 : list_append(result.get(), value.get()) < 0) return nullptr;
    }
    return list_as_tuple(result.get());
}

Type generic_alias_type = [] {
    Type type = static_type("types.GenericAlias", sizeof(GenericAliasObject), 0, kHaveGc | kBaseType | kHaveVectorcall);
    static_assert(sizeof(GenericAliasObject) == 64);
    type.tp_dealloc = alias_dealloc;
    type.tp_vectorcall_offset = offsetof(GenericAliasObject, vectorcall);
    type.tp_repr = alias_repr;
    type.tp_hash = alias_hash;
    type.tp_call = alias_call;
    type.tp_getattro = alias_getattro;
    type.tp_setattro = object_generic_set_attr;
    type.tp_doc =
        "GenericAlias(origin, args, /)\n--\n\nRepresent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list "
        "and t.__args__ is (int,).";
    type.tp_traverse = alias_traverse;
    type.tp_richcompare = alias_compare;
    type.tp_weaklistoffset = offsetof(GenericAliasObject, weakreflist);
    type.tp_iter = alias_iter;
    type.tp_methods = alias_methods;
    type.tp_members = alias_members;
    type.tp_getset = alias_getset;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = alias_new;
    type.tp_free = type_generic_free;
    type.mp_subscript = alias_subscript;
    type.nb_or = union_type_or;
    return type;
}();

Owned generic_alias_new(Object* origin, Object* args) {
    auto made = own(type_generic_alloc(&generic_alias_type, 0));
    if (!made) return nullptr;
    auto* alias = as_alias(made.get());
    alias->origin = newref(origin);
    alias->args = tuple_check(args) ? newref(args) : tuple_pack({args});
    alias->vectorcall = vectorcall_function(origin) ? alias_vectorcall : nullptr;
    return alias->args ? made.release() : nullptr;
}

int init_generic_alias_type() {
    if (type_ready(&star_iterator_type) < 0) return -1;
    return type_ready(&generic_alias_type);
}

}  // namespace refscope::vm
