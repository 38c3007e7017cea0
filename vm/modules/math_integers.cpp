// math: functions of ints, exact at any size.
#include <climits>

#include "vm/base/bigint.h"
#include "vm/modules/math_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

// __floor__ and its like, or the float's rounding.
Owned round_by(Object* argument, Object* method_name, double (*function)(double)) {
    if (argument->type != &float_type) {
        Ref<> method = own(object_lookup_special(argument, method_name));
        if (method) return object_call_noargs(method.get());
        if (err_occurred()) return nullptr;
    }
    double x;
    return math_double(argument, &x) ? int_from_double(function(x)) : nullptr;
}
Owned math_ceil(Object*, Object* argument) { return round_by(argument, ID(__ceil__), __builtin_ceil); }
Owned math_floor(Object*, Object* argument) { return round_by(argument, ID(__floor__), __builtin_floor); }
Owned math_trunc(Object*, Object* argument) {
    if (argument->type == &float_type) return int_from_double(static_cast<FloatObject*>(argument)->value);
    Ref<> method = own(object_lookup_special(argument, ID(__trunc__)));
    if (method) return object_call_noargs(method.get());
    if (err_occurred()) return nullptr;
    return err_format(exc::TypeError, "type %.100s doesn't define __trunc__ method", argument->type->tp_name);
}

Owned math_gcd(Object*, Object* const* args, intptr_t nargs) {
    Ref<> result = own(int_from_int(0));
    for (intptr_t i = 0; i < nargs; ++i) {
        Ref<> next = own(number_index(args[i]));
        if (!next || !result) return nullptr;
        result.reset_steal(int_gcd(result.get(), next.get()));
    }
    return result.release();
}
Owned math_lcm(Object*, Object* const* args, intptr_t nargs) {
    Ref<> result = own(int_from_int(1));
    for (intptr_t i = 0; i < nargs; ++i) {
        Ref<> next = own(number_index(args[i]));
        if (!next || !result) return nullptr;
        if (int_sign(result.get()) == 0 || int_sign(next.get()) == 0) {
            result.reset_steal(int_from_int(0));
            continue;
        }
        Ref<> divisor = own(int_gcd(result.get(), next.get()));
        Ref<> part = divisor ? own(int_floor_divide(result.get(), divisor.get())) : Ref<>();
        Ref<> product = part ? own(int_multiply(part.get(), next.get())) : Ref<>();
        if (!product) return nullptr;
        result.reset_steal(int_absolute(product.get()));
    }
    return result.release();
}

// The product of low + 1 … high, by halves so that the factors stay balanced.
Owned range_product(int64_t low, int64_t high) {
    if (high - low <= 8) {
        Ref<> result = own(int_from_int(1));
        for (int64_t i = low + 1; result && i <= high; ++i) {
            Ref<> factor = own(int_from_int64(i));
            result.reset_steal(factor ? int_multiply(result.get(), factor.get()) : nullptr);
        }
        return result.release();
    }
    const int64_t middle = low + (high - low) / 2;
    Ref<> left = own(range_product(low, middle));
    Ref<> right = left ? own(range_product(middle, high)) : Ref<>();
    return right ? int_multiply(left.get(), right.get()) : nullptr;
}
Owned math_factorial(Object*, Object* argument) {
    Ref<> index = own(number_index(argument));
    if (!index) return nullptr;
    int overflow = 0;
    const int64_t n = int_as_int64_overflow(index.get(), &overflow);
    if (overflow > 0) {
        return err_format(exc::OverflowError, "factorial() argument should not exceed %ld", LONG_MAX);
    }
    if (overflow < 0 || n < 0) return err_set_string(exc::ValueError, "factorial() not defined for negative values");
    return range_product(0, n);
}

bool count_argument(Object* argument, Ref<>* value, const char* negative) {
    value->reset_steal(number_index(argument));
    if (!*value) return false;
    if (int_sign(value->get()) >= 0) return true;
    err_set_string(exc::ValueError, negative);
    return false;
}
// n * (n-1) * … over k factors; with `divide` over k! at each step (exact: the partial results are binomials).
Owned falling(Object* n, int64_t k, bool divide) {
    Ref<> result = own(int_from_int(1));
    for (int64_t i = 0; result && i < k; ++i) {
        Ref<> step = own(int_from_int64(i));
        Ref<> factor = step ? own(int_subtract(n, step.get())) : Ref<>();
        result.reset_steal(factor ? int_multiply(result.get(), factor.get()) : nullptr);
        if (!divide || !result) continue;
        Ref<> divisor = own(int_from_int64(i + 1));
        result.reset_steal(divisor ? int_floor_divide(result.get(), divisor.get()) : nullptr);
    }
    return result.release();
}
Owned math_comb(Object*, Object* const* args, intptr_t nargs) {
    Ref<> n, k;
    if (!check_positional("comb", nargs, 2, 2) || !count_argument(args[0], &n, "n must be a non-negative integer") ||
        !count_argument(args[1], &k, "k must be a non-negative integer")) {
        return nullptr;
    }
    Ref<> rest = own(int_subtract(n.get(), k.get()));
    if (!rest) return nullptr;
    if (int_sign(rest.get()) < 0) return int_from_int(0);
    if (int_compare(rest.get(), k.get()) < 0) k = rest;
    int overflow = 0;
    const int64_t count = int_as_int64_overflow(k.get(), &overflow);
    if (overflow) return err_format(exc::OverflowError, "min(n - k, k) must not exceed %lld", LLONG_MAX);
    return falling(n.get(), count, true);
}
Owned math_perm(Object* self, Object* const* args, intptr_t nargs) {
    if (!check_positional("perm", nargs, 1, 2)) return nullptr;
    if (nargs == 1 || is_none(args[1])) return math_factorial(self, args[0]);
    Ref<> n, k;
    if (!count_argument(args[0], &n, "n must be a non-negative integer") ||
        !count_argument(args[1], &k, "k must be a non-negative integer")) {
        return nullptr;
    }
    if (int_compare(n.get(), k.get()) < 0) return int_from_int(0);
    int overflow = 0;
    const int64_t count = int_as_int64_overflow(k.get(), &overflow);
    if (overflow) return err_format(exc::OverflowError, "k must not exceed %lld", LLONG_MAX);
    return falling(n.get(), count, false);
}

Owned math_isqrt(Object*, Object* argument) {
    Ref<> n = own(number_index(argument));
    if (!n) return nullptr;
    if (int_sign(n.get()) < 0) return err_set_string(exc::ValueError, "isqrt() argument must be nonnegative");
    return int_from_big(int_to_big(n.get()).square_root());
}

}  // namespace

const MethodDef math_integer_functions[] = {
    method_def("ceil", math_ceil, kMethO),           method_def("floor", math_floor, kMethO),
    method_def("trunc", math_trunc, kMethO),         method_def("gcd", math_gcd, kMethFastcall),
    method_def("lcm", math_lcm, kMethFastcall),      method_def("factorial", math_factorial, kMethO),
    method_def("comb", math_comb, kMethFastcall),    method_def("perm", math_perm, kMethFastcall),
    method_def("isqrt", math_isqrt, kMethO),         {nullptr, nullptr, 0}};

}  // namespace refscope::vm
