#include "vm/objects/bool.h"

#include "vm/heap/allocator.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

IntObject static_bool(uint32_t value) {
    IntObject object{};
    object.refcount = 1;
    object.type = &bool_type;
    object.size = static_cast<intptr_t>(value);
    object.digit[0] = value;
    return object;
}

Owned bool_repr(Object* self) { return newref(self == py_true() ? ID(True) : ID(False)); }

Owned bool_new(Type* type, Object* args, Object* kwargs) {
    if (!no_keyword_arguments("bool", kwargs)) return nullptr;
    if (!check_positional("bool", tuple_size(args), 0, 1)) return nullptr;
    if (tuple_size(args) == 0) return bool_from(false);
    int truth = object_is_true(tuple_get_item(args, 0));
    return truth < 0 ? nullptr : bool_from(truth != 0);
}

Owned bool_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (kwnames && !no_keyword_arguments("bool", kwnames)) return nullptr;
    auto count = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    if (!check_positional("bool", count, 0, 1)) return nullptr;
    if (count == 0) return bool_from(false);
    int truth = object_is_true(args[0]);
    return truth < 0 ? nullptr : bool_from(truth != 0);
}

Owned bool_and(Object* left, Object* right) {
    if (!bool_check(left) || !bool_check(right)) return int_and(left, right);
    return bool_from((left == py_true()) & (right == py_true()));
}
Owned bool_or(Object* left, Object* right) {
    if (!bool_check(left) || !bool_check(right)) return int_or(left, right);
    return bool_from((left == py_true()) | (right == py_true()));
}
Owned bool_xor(Object* left, Object* right) {
    if (!bool_check(left) || !bool_check(right)) return int_xor(left, right);
    return bool_from((left == py_true()) != (right == py_true()));
}

}  // namespace

Type bool_type = [] {
    Type t = static_type("bool", 32, 4, kLongSubclass);
    t.tp_base = &int_type;
    // Only True and False exist, and neither may die.
    t.tp_dealloc = [](Object* self) { self->refcount = 1; };
    t.tp_repr = bool_repr;
    t.tp_new = bool_new;
    t.tp_vectorcall = bool_vectorcall;
    t.tp_doc = "bool(x) -> bool\n\nTrue when the argument is true, False otherwise.";
    t.nb_and = bool_and;
    t.nb_or = bool_or;
    t.nb_xor = bool_xor;
    return t;
}();

IntObject true_object = static_bool(1);
IntObject false_object = static_bool(0);

int init_bool_types() {
    register_static_object(&true_object);
    register_static_object(&false_object);
    return type_ready(&bool_type);
}

}  // namespace refscope::vm
