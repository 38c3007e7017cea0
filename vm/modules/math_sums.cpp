// math: functions of many numbers.
#include <algorithm>
#include <cmath>
#include <vector>

#include "vm/modules/math_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

// Shewchuk's exact summation: partials that do not overlap, in increasing order.
Owned math_fsum(Object*, Object* iterable) {
    Ref<> iterator = own(object_get_iter(iterable));
    if (!iterator) return nullptr;
    std::vector<double> partials;
    double special_sum = 0, infinite_sum = 0;
    while (Ref<> item = own(iter_next(iterator.get()))) {
        double x;
        if (!math_double(item.get(), &x)) return nullptr;
        const double given = x;
        size_t kept = 0;
        for (double y : partials) {
            if (std::fabs(x) < std::fabs(y)) std::swap(x, y);
            const double high = x + y;
            const double low = y - (high - x);
            if (low != 0) partials[kept++] = low;
            x = high;
        }
        partials.resize(kept);
        if (x == 0) continue;
        if (std::isfinite(x)) {
            partials.push_back(x);
            continue;
        }
        if (std::isfinite(given)) return err_set_string(exc::OverflowError, "intermediate overflow in fsum");
        if (std::isinf(given)) infinite_sum += given;
        special_sum += given;
        partials.clear();
    }
    if (err_occurred()) return nullptr;
    if (special_sum != 0) {
        if (std::isnan(infinite_sum)) return err_set_string(exc::ValueError, "-inf + inf in fsum");
        return float_new(special_sum);
    }
    double high = 0, low = 0;
    size_t n = partials.size();
    if (n > 0) {
        high = partials[--n];
        while (n > 0) {
            const double x = high;
            const double y = partials[--n];
            high = x + y;
            low = y - (high - x);
            if (low != 0) break;
        }
        // Half-way cases are decided by the sign of the next partial.
        if (n > 0 && ((low < 0 && partials[n - 1] < 0) || (low > 0 && partials[n - 1] > 0))) {
            const double y = low * 2;
            const double x = high + y;
            if (y == x - high) high = x;
        }
    }
    return float_new(high);
}

struct DoubleDouble {
    double high, low;
};
DoubleDouble fast_sum(double a, double b) {
    const double x = a + b;
    return {x, (a - x) + b};
}
DoubleDouble split(double x) {
    const double t = x * 134217729.0;  // 2**27 + 1
    const double high = t - (t - x);
    return {high, x - high};
}
DoubleDouble product(double x, double y) {
    const DoubleDouble a = split(x), b = split(y);
    const double p = a.high * b.high;
    const double q = a.high * b.low + a.low * b.high;
    const double z = p + q;
    return {z, p - z + q + a.low * b.low};
}

// The Euclidean norm: scaled by a power of two, summed with what rounding loses, and corrected once.
double vector_norm(const std::vector<double>& values, double largest, bool found_nan) {
    if (std::isinf(largest)) return largest;
    if (found_nan) return std::nan("");
    if (largest == 0 || values.size() <= 1) return largest;
    int exponent;
    std::frexp(largest, &exponent);
    double sum = 1, fraction1 = 0, fraction2 = 0;
    if (exponent < -1023) {
        for (double x : values) {
            x /= largest;
            x *= x;
            const double before = sum;
            sum += x;
            fraction1 += (before - sum) + x;
        }
        return largest * std::sqrt(sum - 1.0 + fraction1);
    }
    const double scale = std::ldexp(1.0, -exponent);
    auto add = [&](DoubleDouble square) {
        const DoubleDouble total = fast_sum(sum, square.high);
        sum = total.high;
        fraction1 += square.low;
        fraction2 += total.low;
    };
    for (double x : values) add(product(x * scale, x * scale));
    double root = std::sqrt(sum - 1.0 + (fraction1 + fraction2));
    add(product(-root, root));
    root += (sum - 1.0 + (fraction1 + fraction2)) / (2.0 * root);
    return root / scale;
}

Owned math_hypot(Object*, Object* const* args, intptr_t nargs) {
    std::vector<double> values;
    double largest = 0;
    bool found_nan = false;
    for (intptr_t i = 0; i < nargs; ++i) {
        double x;
        if (!math_double(args[i], &x)) return nullptr;
        x = std::fabs(x);
        found_nan |= std::isnan(x);
        if (x > largest) largest = x;
        values.push_back(x);
    }
    return float_new(vector_norm(values, largest, found_nan));
}
Owned math_dist(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("dist", nargs, 2, 2)) return nullptr;
    Ref<> p = own(tuple_check(args[0]) ? newref(args[0]) : sequence_tuple(args[0]));
    Ref<> q = p ? own(tuple_check(args[1]) ? newref(args[1]) : sequence_tuple(args[1])) : Ref<>();
    if (!q) return nullptr;
    if (tuple_size(p.get()) != tuple_size(q.get())) {
        return err_set_string(exc::ValueError, "both points must have the same number of dimensions");
    }
    std::vector<double> values;
    double largest = 0;
    bool found_nan = false;
    for (intptr_t i = 0; i < tuple_size(p.get()); ++i) {
        double x, y;
        if (!math_double(tuple_get_item(p.get(), i), &x) || !math_double(tuple_get_item(q.get(), i), &y)) return nullptr;
        x = std::fabs(x - y);
        found_nan |= std::isnan(x);
        if (x > largest) largest = x;
        values.push_back(x);
    }
    return float_new(vector_norm(values, largest, found_nan));
}

Owned math_prod(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"", "start", nullptr};
    static const KeywordParser parser{"prod", names, 1, 1};
    Object* out[2] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    Ref<> iterator = own(object_get_iter(out[0]));
    Ref<> result = out[1] ? share(out[1]) : own(int_from_int(1));
    if (!iterator || !result) return nullptr;
    while (Ref<> item = own(iter_next(iterator.get()))) {
        result.reset_steal(number_multiply(result.get(), item.get()));
        if (!result) return nullptr;
    }
    return err_occurred() ? nullptr : result.release();
}

}  // namespace

const MethodDef math_sum_functions[] = {method_def("fsum", math_fsum, kMethO), method_def("hypot", math_hypot, kMethFastcall),
                                        method_def("dist", math_dist, kMethFastcall),
                                        method_def("prod", math_prod, kMethFastcall | kMethKeywords),
                                        {nullptr, nullptr, 0}};

}  // namespace refscope::vm
