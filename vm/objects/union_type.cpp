// types.UnionType (PEP 604). Arguments are flattened and made unique in order.
#include "vm/objects/union_type.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

Owned type_argument_repr(Object* item);  // generic_alias.cpp

namespace {

UnionObject* as_union(Object* object) { return static_cast<UnionObject*>(object); }
bool union_check(const Object* object) { return is_type(object, &union_type); }

void union_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_union(self)->args);
    xdecref(as_union(self)->parameters);
    free_object(self);
}
int union_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_union(self)->args, Edge::field("__args__"));
    RS_VISIT(as_union(self)->parameters, Edge::field("__parameters__"));
    return 0;
}

Owned make_union(Object* args) {
    auto* made = new_object<UnionObject>(&union_type);
    if (!made) return nullptr;
    made->args = newref(args);
    gc_track(made);
    return made;
}

int add_flat(Object* list, Object* item) {
    if (union_check(item)) {
        for (intptr_t index = 0; index < tuple_size(as_union(item)->args); ++index)
            if (add_flat(list, tuple_get_item(as_union(item)->args, index)) < 0) return -1;
        return 0;
    }
    if (is_none(item)) item = &none_type;
    for (intptr_t index = 0; index < list_size(list); ++index) {
        Object* known = list_get_item(list, index);
        // Aliases are equal by comparison, everything else by identity.
        int equal = generic_alias_check(known) && generic_alias_check(item) ? object_rich_compare_bool(known, item, kEQ)
                                                                            : known == item;
        if (equal != 0) return equal < 0 ? -1 : 0;
    }
    return list_append(list, item);
}

bool is_unionable(Object* object) {
    return is_none(object) || type_check(object) || generic_alias_check(object) || union_check(object);
}

Owned union_repr(Object* self) {
    auto parts = own(list_new(0));
    if (!parts) return nullptr;
    Object* args = as_union(self)->args;
    for (intptr_t index = 0; index < tuple_size(args); ++index) {
        Object* item = tuple_get_item(args, index);
        auto part = own(item == &none_type ? str_from_string("None") : type_argument_repr(item));
        if (!part || list_append(parts.get(), part.get()) < 0) return nullptr;
    }
    auto separator = own(str_from_string(" | "));
    return separator ? str_join(separator.get(), parts.get()) : nullptr;
}

Hash union_hash(Object* self) {
    auto args = own(frozenset_new(as_union(self)->args));
    return args ? object_hash(args.get()) : -1;
}

Owned union_compare(Object* left, Object* right, int op) {
    if ((op != kEQ && op != kNE) || !union_check(left) || !union_check(right)) return new_not_implemented();
    auto a = own(set_new(as_union(left)->args));
    auto b = own(a ? set_new(as_union(right)->args) : nullptr);
    return b ? object_rich_compare(a.get(), b.get(), op) : nullptr;
}


Owned check_members(Object* self, Object* object, int (*check)(Object*, Object*), const char* error) {
    Object* args = as_union(self)->args;
    for (intptr_t index = 0; index < tuple_size(args); ++index)
        if (generic_alias_check(tuple_get_item(args, index))) return err_set_string(exc::TypeError, error);
    for (intptr_t index = 0; index < tuple_size(args); ++index) {
        Object* item = tuple_get_item(args, index);
        if (!type_check(item)) continue;
        int result = check(object, item);
        if (result < 0) return nullptr;
        if (result) return bool_from(true);
    }
    return bool_from(false);
}
Owned instancecheck(Object* self, Object* object) {
    return check_members(self, object, object_is_instance, "isinstance() argument 2 cannot be a parameterized generic");
}
Owned subclasscheck(Object* self, Object* object) {
    if (!type_check(object)) return err_set_string(exc::TypeError, "issubclass() arg 1 must be a class");
    return check_members(self, object, object_is_subclass, "issubclass() argument 2 cannot be a parameterized generic");
}

Object* union_parameters(Object* self) {
    if (!as_union(self)->parameters) as_union(self)->parameters = collect_type_parameters(as_union(self)->args);
    return as_union(self)->parameters;
}
Owned get_parameters(Object* self, void*) { return xnewref(union_parameters(self)); }

Owned union_subscript(Object* self, Object* item) {
    Object* parameters = union_parameters(self);
    if (!parameters) return nullptr;
    auto args = own(substitute_type_parameters(self, as_union(self)->args, parameters, item));
    if (!args) return nullptr;
    // Joined by | so that typing's own unions take part.
    auto result = share(tuple_get_item(args.get(), 0));
    for (intptr_t index = 1; index < tuple_size(args.get()); ++index) {
        result = own(number_or(result.get(), tuple_get_item(args.get(), index)));
        if (!result) return nullptr;
    }
    return result.release();
}

const MethodDef union_methods[] = {
    method_def("__instancecheck__", instancecheck, kMethO),
    method_def("__subclasscheck__", subclasscheck, kMethO),
    {},
};
const MemberDef union_members[] = {{"__args__", MemberKind::kObject, offsetof(UnionObject, args)}, {}};
const GetSetDef union_getset[] = {{"__parameters__", get_parameters, nullptr, "Type variables in the types.UnionType."}, {}};

}  // namespace

Owned union_type_or(Object* left, Object* right) {
    if (!is_unionable(left) || !is_unionable(right)) return new_not_implemented();
    auto list = own(list_new(0));
    if (!list || add_flat(list.get(), left) < 0 || add_flat(list.get(), right) < 0) return nullptr;
    if (list_size(list.get()) == 1) return newref(list_get_item(list.get(), 0));
    auto args = own(list_as_tuple(list.get()));
    return args ? make_union(args.get()) : nullptr;
}

Type union_type = [] {
    Type type = static_type("types.UnionType", sizeof(UnionObject), 0, kHaveGc | kDisallowInstantiation);
    type.tp_dealloc = union_dealloc;
    type.tp_repr = union_repr;
    type.tp_hash = union_hash;
    type.tp_getattro = object_generic_get_attr;
    type.tp_doc = "Represent a PEP 604 union type\n\nE.g. for int | str";
    type.tp_traverse = union_traverse;
    type.tp_richcompare = union_compare;
    type.tp_methods = union_methods;
    type.tp_members = union_members;
    type.tp_getset = union_getset;
    type.mp_subscript = union_subscript;
    type.nb_or = union_type_or;
    return type;
}();

int init_union_type() { return type_ready(&union_type); }

}  // namespace refscope::vm
