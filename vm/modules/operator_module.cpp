// The module _operator: the operators as functions. itemgetter, attrgetter and methodcaller are in operator_getters.cpp.
#include <string_view>

#include "vm/modules/operator_types.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Owned sequence_error(Object* object) {
    err_format(exc::TypeError, "'%.200s' object can't be concatenated", object->type->tp_name);
    return nullptr;
}
Owned concatenate(Object* left, Object* right) { return sequence_concat(left, right); }
Owned inplace_concatenate(Object* left, Object* right) {
    if (BinaryFn concat = left->type->sq_inplace_concat) return concat(left, right);
    if (left->type->sq_concat) return left->type->sq_concat(left, right);
    if (!sequence_check(left) || !sequence_check(right)) return sequence_error(left);
    return number_inplace_add(left, right);
}
Owned power(Object* left, Object* right) { return number_power(left, right, none()); }
Owned inplace_power(Object* left, Object* right) { return number_inplace_power(left, right, none()); }
Owned contains(Object* left, Object* right) {
    int result = sequence_contains(left, right);
    return result < 0 ? nullptr : bool_from(result != 0);
}
Owned is_same(Object* left, Object* right) { return bool_from(left == right); }
Owned is_other(Object* left, Object* right) { return bool_from(left != right); }
Owned delete_item(Object* left, Object* right) { return object_del_item(left, right) < 0 ? nullptr : new_none(); }
Owned search(Object* left, Object* right, IterSearch operation) {
    intptr_t result = sequence_iter_search(left, right, operation);
    return result < 0 ? nullptr : int_from_ssize(result);
}
Owned index_of(Object* left, Object* right) { return search(left, right, kIterIndex); }
Owned count_of(Object* left, Object* right) { return search(left, right, kIterCount); }
Owned truth(Object* object) {
    int result = object_is_true(object);
    return result < 0 ? nullptr : bool_from(result != 0);
}
Owned negation(Object* object) {
    int result = object_is_true(object);
    return result < 0 ? nullptr : bool_from(result == 0);
}

template <Owned (*operation)(Object*)>
Owned unary(Object*, Object* operand) {
    return operation(operand);
}
template <int op>
Owned compare(Object* left, Object* right) {
    return object_rich_compare(left, right, op);
}

// The count of arguments is checked here, with each function's own name.
#define BINARY(name, operation)                                            \
    Owned operator_##name(Object*, Object* const* args, intptr_t nargs) {  \
        if (!check_positional(#name, nargs, 2, 2)) return nullptr;         \
        return operation(args[0], args[1]);                                \
    }
BINARY(add, number_add)
BINARY(sub, number_subtract)
BINARY(mul, number_multiply)
BINARY(matmul, number_matrix_multiply)
BINARY(floordiv, number_floor_divide)
BINARY(truediv, number_true_divide)
BINARY(mod, number_remainder)
BINARY(lshift, number_lshift)
BINARY(rshift, number_rshift)
BINARY(and_, number_and)
BINARY(or_, number_or)
BINARY(xor, number_xor)
BINARY(iadd, number_inplace_add)
BINARY(isub, number_inplace_subtract)
BINARY(imul, number_inplace_multiply)
BINARY(imatmul, number_inplace_matrix_multiply)
BINARY(ifloordiv, number_inplace_floor_divide)
BINARY(itruediv, number_inplace_true_divide)
BINARY(imod, number_inplace_remainder)
BINARY(ilshift, number_inplace_lshift)
BINARY(irshift, number_inplace_rshift)
BINARY(iand, number_inplace_and)
BINARY(ior, number_inplace_or)
BINARY(ixor, number_inplace_xor)
BINARY(concat, concatenate)
BINARY(iconcat, inplace_concatenate)
BINARY(getitem, object_get_item)
BINARY(pow, power)
BINARY(ipow, inplace_power)
BINARY(contains, contains)
BINARY(is_, is_same)
BINARY(is_not, is_other)
BINARY(delitem, delete_item)
BINARY(indexOf, index_of)
BINARY(countOf, count_of)
BINARY(lt, compare<kLT>)
BINARY(le, compare<kLE>)
BINARY(eq, compare<kEQ>)
BINARY(ne, compare<kNE>)
BINARY(gt, compare<kGT>)
BINARY(ge, compare<kGE>)
#undef BINARY

Owned operator_setitem(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("setitem", nargs, 3, 3)) return nullptr;
    return object_set_item(args[0], args[1], args[2]) < 0 ? nullptr : new_none();
}

Owned operator_length_hint(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("length_hint", nargs, 1, 2)) return nullptr;
    intptr_t fallback = 0;
    if (nargs == 2) {
        if (!int_check(args[1])) {
            err_format(exc::TypeError, "'%.200s' object cannot be interpreted as an integer", args[1]->type->tp_name);
            return nullptr;
        }
        fallback = int_as_ssize(args[1]);
        if (fallback == -1 && err_occurred()) return nullptr;
    }
    intptr_t hint = object_length_hint(args[0], fallback);
    return hint == -1 && err_occurred() ? nullptr : int_from_ssize(hint);
}

Owned operator_call(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    if (nargs < 1) return err_set_string(exc::TypeError, "call expected at least 1 argument, got 0");
    return object_vectorcall(args[0], args + 1, static_cast<size_t>(nargs - 1) | kVectorcallArgumentsOffset, kwnames);
}

// In a time that does not tell where the two differ.
Owned operator_compare_digest(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("_compare_digest", nargs, 2, 2)) return nullptr;
    std::string_view left, right;
    if (str_check(args[0]) && str_check(args[1])) {
        if (!str_is_ascii(args[0]) || !str_is_ascii(args[1]))
            return err_set_string(exc::TypeError, "comparing strings with non-ASCII characters is not supported");
        left = {static_cast<const char*>(str_data(args[0])), static_cast<size_t>(str_length(args[0]))};
        right = {static_cast<const char*>(str_data(args[1])), static_cast<size_t>(str_length(args[1]))};
    } else if (bytes_check(args[0]) && bytes_check(args[1])) {
        left = {bytes_data(args[0]), static_cast<size_t>(bytes_size(args[0]))};
        right = {bytes_data(args[1]), static_cast<size_t>(bytes_size(args[1]))};
    } else {
        err_format(exc::TypeError, "unsupported operand types(s) or combination of types: '%.100s' and '%.100s'",
                   args[0]->type->tp_name, args[1]->type->tp_name);
        return nullptr;
    }
    unsigned char difference = left.size() != right.size();
    for (size_t index = 0; index < right.size(); ++index)
        difference |= static_cast<unsigned char>((index < left.size() ? left[index] : right[index] ^ 1) ^ right[index]);
    return bool_from(difference == 0);
}

const MethodDef functions[] = {
    method_def("neg", unary<number_negative>, kMethO, "neg($module, a, /)\n--\n\nSame as -a."),
    method_def("pos", unary<number_positive>, kMethO, "pos($module, a, /)\n--\n\nSame as +a."),
    method_def("inv", unary<number_invert>, kMethO, "inv($module, a, /)\n--\n\nSame as ~a."),
    method_def("invert", unary<number_invert>, kMethO, "invert($module, a, /)\n--\n\nSame as ~a."),
    method_def("abs", unary<number_absolute>, kMethO, "abs($module, a, /)\n--\n\nSame as abs(a)."),
    method_def("index", unary<number_index>, kMethO, "index($module, a, /)\n--\n\nSame as a.__index__()."),
    method_def("truth", unary<truth>, kMethO, "truth($module, a, /)\n--\n\nTrue if a is true, False otherwise."),
    method_def("not_", unary<negation>, kMethO, "not_($module, a, /)\n--\n\nSame as not a."),
    method_def("add", operator_add, kMethFastcall, "add($module, a, b, /)\n--\n\nSame as a + b."),
    method_def("sub", operator_sub, kMethFastcall, "sub($module, a, b, /)\n--\n\nSame as a - b."),
    method_def("mul", operator_mul, kMethFastcall, "mul($module, a, b, /)\n--\n\nSame as a * b."),
    method_def("matmul", operator_matmul, kMethFastcall, "matmul($module, a, b, /)\n--\n\nSame as a @ b."),
    method_def("floordiv", operator_floordiv, kMethFastcall, "floordiv($module, a, b, /)\n--\n\nSame as a // b."),
    method_def("truediv", operator_truediv, kMethFastcall, "truediv($module, a, b, /)\n--\n\nSame as a / b."),
    method_def("mod", operator_mod, kMethFastcall, "mod($module, a, b, /)\n--\n\nSame as a % b."),
    method_def("lshift", operator_lshift, kMethFastcall, "lshift($module, a, b, /)\n--\n\nSame as a << b."),
    method_def("rshift", operator_rshift, kMethFastcall, "rshift($module, a, b, /)\n--\n\nSame as a >> b."),
    method_def("and_", operator_and_, kMethFastcall, "and_($module, a, b, /)\n--\n\nSame as a & b."),
    method_def("or_", operator_or_, kMethFastcall, "or_($module, a, b, /)\n--\n\nSame as a | b."),
    method_def("xor", operator_xor, kMethFastcall, "xor($module, a, b, /)\n--\n\nSame as a ^ b."),
    method_def("iadd", operator_iadd, kMethFastcall, "iadd($module, a, b, /)\n--\n\nSame as a += b."),
    method_def("isub", operator_isub, kMethFastcall, "isub($module, a, b, /)\n--\n\nSame as a -= b."),
    method_def("imul", operator_imul, kMethFastcall, "imul($module, a, b, /)\n--\n\nSame as a *= b."),
    method_def("imatmul", operator_imatmul, kMethFastcall, "imatmul($module, a, b, /)\n--\n\nSame as a @= b."),
    method_def("ifloordiv", operator_ifloordiv, kMethFastcall, "ifloordiv($module, a, b, /)\n--\n\nSame as a //= b."),
    method_def("itruediv", operator_itruediv, kMethFastcall, "itruediv($module, a, b, /)\n--\n\nSame as a /= b."),
    method_def("imod", operator_imod, kMethFastcall, "imod($module, a, b, /)\n--\n\nSame as a %= b."),
    method_def("ilshift", operator_ilshift, kMethFastcall, "ilshift($module, a, b, /)\n--\n\nSame as a <<= b."),
    method_def("irshift", operator_irshift, kMethFastcall, "irshift($module, a, b, /)\n--\n\nSame as a >>= b."),
    method_def("iand", operator_iand, kMethFastcall, "iand($module, a, b, /)\n--\n\nSame as a &= b."),
    method_def("ior", operator_ior, kMethFastcall, "ior($module, a, b, /)\n--\n\nSame as a |= b."),
    method_def("ixor", operator_ixor, kMethFastcall, "ixor($module, a, b, /)\n--\n\nSame as a ^= b."),
    method_def("concat", operator_concat, kMethFastcall, "concat($module, a, b, /)\n--\n\nSame as a + b, for a and b sequences."),
    method_def("iconcat", operator_iconcat, kMethFastcall, "iconcat($module, a, b, /)\n--\n\nSame as a += b, for a and b sequences."),
    method_def("getitem", operator_getitem, kMethFastcall, "getitem($module, a, b, /)\n--\n\nSame as a[b]."),
    method_def("pow", operator_pow, kMethFastcall, "pow($module, a, b, /)\n--\n\nSame as a ** b."),
    method_def("ipow", operator_ipow, kMethFastcall, "ipow($module, a, b, /)\n--\n\nSame as a **= b."),
    method_def("contains", operator_contains, kMethFastcall, "contains($module, a, b, /)\n--\n\nSame as b in a (note reversed operands)."),
    method_def("is_", operator_is_, kMethFastcall, "is_($module, a, b, /)\n--\n\nSame as a is b."),
    method_def("is_not", operator_is_not, kMethFastcall, "is_not($module, a, b, /)\n--\n\nSame as a is not b."),
    method_def("delitem", operator_delitem, kMethFastcall, "delitem($module, a, b, /)\n--\n\nSame as del a[b]."),
    method_def("indexOf", operator_indexOf, kMethFastcall, "indexOf($module, a, b, /)\n--\n\nReturn the first index of b in a."),
    method_def("countOf", operator_countOf, kMethFastcall, "countOf($module, a, b, /)\n--\n\nReturn the number of items in a which are, or which equal, b."),
    method_def("lt", operator_lt, kMethFastcall, "lt($module, a, b, /)\n--\n\nSame as a < b."),
    method_def("le", operator_le, kMethFastcall, "le($module, a, b, /)\n--\n\nSame as a <= b."),
    method_def("eq", operator_eq, kMethFastcall, "eq($module, a, b, /)\n--\n\nSame as a == b."),
    method_def("ne", operator_ne, kMethFastcall, "ne($module, a, b, /)\n--\n\nSame as a != b."),
    method_def("gt", operator_gt, kMethFastcall, "gt($module, a, b, /)\n--\n\nSame as a > b."),
    method_def("ge", operator_ge, kMethFastcall, "ge($module, a, b, /)\n--\n\nSame as a >= b."),
    method_def("setitem", operator_setitem, kMethFastcall, "setitem($module, a, b, c, /)\n--\n\nSame as a[b] = c."),
    method_def("length_hint", operator_length_hint, kMethFastcall,
               "length_hint($module, obj, default=0, /)\n--\n\nReturn an estimate of the number of items in obj."),
    method_def("call", operator_call, kMethFastcall | kMethKeywords,
               "call($module, obj, /, *args, **kwargs)\n--\n\nSame as obj(*args, **kwargs)."),
    method_def("_compare_digest", operator_compare_digest, kMethFastcall,
               "_compare_digest($module, a, b, /)\n--\n\nReturn 'a == b'."),
    {},
};

}  // namespace

Owned create_operator_module() {
    if (init_operator_types() < 0) return nullptr;
    auto module = own(module_create("_operator",
                                    "Operator interface.\n\nThis module exports a set of functions implemented in C "
                                    "corresponding\nto the intrinsic operators of Python.",
                                    functions));
    for (Type* type : {&item_getter_type, &attribute_getter_type, &method_caller_type})
        if (!module || module_add_type(module.get(), type) < 0) return nullptr;
    return module.release();
}

}  // namespace refscope::vm
