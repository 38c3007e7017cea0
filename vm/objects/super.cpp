#include "vm/objects/super.h"

#include <cstddef>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

int (*super_frame_arguments)(Type** type, Object** object) = nullptr;

namespace {

SuperObject* as_super(Object* object) { return static_cast<SuperObject*>(object); }

void super_dealloc(Object* self) {
    gc_untrack(self);
    auto* super = as_super(self);
    xdecref(super->super_obj);
    xdecref(super->super_type);
    xdecref(super->super_obj_type);
    self->type->tp_free(self);
}

int super_traverse(Object* self, Visit visit, void* context) {
    auto* super = as_super(self);
    RS_VISIT(super->super_obj, Edge::field("__self__"));
    RS_VISIT(super->super_type, Edge::field("__thisclass__"));
    RS_VISIT(super->super_obj_type, Edge::field("__self_class__"));
    return 0;
}

Owned super_repr(Object* self) {
    auto* super = as_super(self);
    const char* name = super->super_type ? super->super_type->tp_name : "NULL";
    if (super->super_obj_type)
        return str_from_format("<super: <class '%s'>, <%s object>>", name, super->super_obj_type->tp_name);
    return str_from_format("<super: <class '%s'>, NULL>", name);
}

Owned super_getattro(Object* self, Object* name) {
    auto* super = as_super(self);
    Type* start = super->super_obj_type;
    // __class__ of a super object is super itself.
    if (!start || (str_check(name) && str_equal_ascii(name, "__class__"))) return object_generic_get_attr(self, name);
    Object* mro = start->tp_mro;
    if (!mro) return object_generic_get_attr(self, name);
    intptr_t count = tuple_size(mro), index = 0;
    while (index + 1 < count && tuple_get_item(mro, index) != super->super_type) ++index;
    ++index;
    auto mro_held = share(mro);
    for (; index < count; ++index) {
        Object* dict = as_type(tuple_get_item(mro, index))->tp_dict;
        Object* found = dict_get_item_with_error(dict, name);
        if (!found) {
            if (err_occurred()) return nullptr;
            continue;
        }
        auto result = share(found);
        if (TernaryFn get = found->type->tp_descr_get) {
            // Through the class alone when it was super(C, C).
            Object* object = super->super_obj == start ? nullptr : super->super_obj;
            return get(found, object, start);
        }
        return result.release();
    }
    return object_generic_get_attr(self, name);
}

// The class whose mro is walked: the object itself if a subclass, else its type; __class__ may say otherwise. A new reference.
Owned super_check(Type* type, Object* object) {
    if (type_check(object) && type_is_subtype(as_type(object), type)) return newref(object);
    if (type_is_subtype(object->type, type)) return newref(static_cast<Object*>(object->type));
    Object* found;
    if (object_lookup_attr(object, ID(__class__), &found) < 0) return nullptr;
    auto shown = own(found);
    if (shown && type_check(shown.get()) && shown.get() != object->type && type_is_subtype(as_type(shown.get()), type))
        return shown.release();
    return err_set_string(exc::TypeError, "super(type, obj): obj must be an instance or subtype of type");
}

int super_fill(SuperObject* self, Type* type, Object* object) {
    Object* object_type = nullptr;
    if (object) {
        object_type = super_check(type, object);
        if (!object_type) return -1;
    }
    set_ref(self->super_type, newref(type));
    set_ref(self->super_obj, xnewref(object));
    set_ref(self->super_obj_type, as_type(object_type));
    return 0;
}

int super_set_up(Object* self, Object* const* args, intptr_t count) {
    if (!check_positional("super", count, 0, 2)) return -1;
    Type* type = nullptr;
    Object* object = nullptr;
    if (count == 0) {
        if (!super_frame_arguments) {
            err_set_string(exc::RuntimeError, "super(): no current frame");
            return -1;
        }
        if (super_frame_arguments(&type, &object) < 0) return -1;
    } else {
        Object* first = args[0];
        if (!type_check(first)) {
            err_format(exc::TypeError, "super() argument 1 must be a type, not %.200s", first->type->tp_name);
            return -1;
        }
        type = as_type(first);
        if (count == 2 && !is_none(args[1])) object = args[1];
    }
    return super_fill(as_super(self), type, object);
}

int super_init(Object* self, Object* args, Object* kwargs) {
    return no_keyword_arguments("super", kwargs) ? super_set_up(self, tuple_items(args), tuple_size(args)) : -1;
}

// Without a tuple of the arguments, as in CPython.
Owned super_vectorcall(Object*, Object* const* args, size_t nargsf, Object* kwnames) {
    if (!no_keyword_arguments("super", kwnames)) return nullptr;
    auto made = own(type_generic_alloc(&super_type, 0));
    if (!made || super_set_up(made.get(), args, static_cast<intptr_t>(vectorcall_nargs(nargsf))) < 0) return nullptr;
    return made.release();
}

Owned super_descr_get(Object* self, Object* object, Object*) {
    auto* super = as_super(self);
    if (!object || is_none(object) || super->super_obj) return newref(self);
    if (!is_type(self, &super_type)) return object_call_args(self->type, {super->super_type, object});
    auto made = own(type_generic_alloc(&super_type, 0));
    if (!made || super_fill(as_super(made.get()), super->super_type, object) < 0) return nullptr;
    return made.release();
}

const MemberDef super_members[] = {
    {"__thisclass__", MemberKind::kObject, offsetof(SuperObject, super_type), true, "the class invoking super()"},
    {"__self__", MemberKind::kObject, offsetof(SuperObject, super_obj), true, "the instance invoking super(); may be None"},
    {"__self_class__", MemberKind::kObject, offsetof(SuperObject, super_obj_type), true,
     "the type of the instance invoking super(); may be None"},
    {},
};

}  // namespace

Type super_type = [] {
    Type type = static_type("super", sizeof(SuperObject), 0, kHaveGc | kBaseType);
    type.tp_dealloc = super_dealloc;
    type.tp_repr = super_repr;
    type.tp_getattro = super_getattro;
    type.tp_doc =
        "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound "
        "super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, "
        "type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        "
        "super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n"
        "        super().cmeth(arg)\n";
    type.tp_traverse = super_traverse;
    type.tp_members = super_members;
    type.tp_descr_get = super_descr_get;
    type.tp_init = super_init;
    type.tp_vectorcall = super_vectorcall;
    type.tp_alloc = type_generic_alloc;
    type.tp_new = type_generic_new;
    type.tp_free = type_generic_free;
    return type;
}();

int init_super_type() { return type_ready(&super_type); }

}  // namespace refscope::vm
