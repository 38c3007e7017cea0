#include "vm/modules/math_module.h"

#include <cerrno>
#include <cfloat>
#include <climits>
#include <cmath>
#include <limits>

#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

bool math_double(Object* argument, double* result) {
    if (argument->type == &float_type) {
        *result = static_cast<FloatObject*>(argument)->value;
        return true;
    }
    if (int_check_exact(argument)) {
        *result = int_as_double(argument);
        return !(*result == -1.0 && err_occurred());
    }
    if (!is_instance_of(argument, &float_type) && !argument->type->nb_float && !argument->type->nb_index) {
        err_format(exc::TypeError, "must be real number, not %.50s", argument->type->tp_name);
        return false;
    }
    Ref<> value = own(number_float(argument));
    if (!value) return false;
    *result = static_cast<FloatObject*>(value.get())->value;
    return true;
}
Owned err_math_domain() { return err_set_string(exc::ValueError, "math domain error"); }
Owned err_math_range() { return err_set_string(exc::OverflowError, "math range error"); }

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A function of one float. An infinite result of a finite argument is an overflow where that can be, else a pole.
template <double (*kFunction)(double), bool kCanOverflow>
Owned one(Object*, Object* argument) {
    double x;
    if (!math_double(argument, &x)) return nullptr;
    const double result = kFunction(x);
    if (std::isnan(result) && !std::isnan(x)) return err_math_domain();
    if (std::isinf(result) && std::isfinite(x)) return kCanOverflow ? err_math_range() : err_math_domain();
    return float_new(result);
}

// ---- gamma, by Lanczos' approximation (g and coefficients of N=13, as in Boost and CPython)

constexpr double kLanczosG = 6.024680040776729583740234375;
constexpr double kLanczosGMinusHalf = 5.524680040776729583740234375;
constexpr double kLanczosNumerator[] = {23531376880.410759688572007674451636754734846804940,
                                        42919803642.649098768957899047001988850926355848959,
                                        35711959237.355668049440185451547166705960488635843,
                                        17921034426.037209699919755754458931112671403265390,
                                        6039542586.3520280050642916443072979210699388420708,
                                        1439720407.3117216736632230727949123939715485786772,
                                        248874557.86205415651146038641322942321632125127801,
                                        31426415.585400194380614231628318205362874684987640,
                                        2876370.6289353724412254090516208496135991145378768,
                                        186056.26539522349504029498971604569928220784236328,
                                        8071.6720023658162106380029022722506138218516325024,
                                        210.82427775157934587250973392071336271166969580291,
                                        2.5066282746310002701649081771338373386264310793408};
constexpr double kLanczosDenominator[] = {0.0,     39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0,
                                          2637558.0, 357423.0,   32670.0,     1925.0,      66.0,        1.0};
constexpr int kLanczosN = 13;

double lanczos_sum(double x) {
    double numerator = 0, denominator = 0;
    if (x < 5.0) {
        for (int i = kLanczosN; --i >= 0;) {
            numerator = numerator * x + kLanczosNumerator[i];
            denominator = denominator * x + kLanczosDenominator[i];
        }
    } else {
        for (int i = 0; i < kLanczosN; ++i) {
            numerator = numerator / x + kLanczosNumerator[i];
            denominator = denominator / x + kLanczosDenominator[i];
        }
    }
    return numerator / denominator;
}
double sin_pi(double x) {
    const double y = std::fmod(std::fabs(x), 2.0);
    double result = 0;
    switch (static_cast<int>(std::round(2.0 * y))) {
        case 0: result = std::sin(M_PI * y); break;
        case 1: result = std::cos(M_PI * (y - 0.5)); break;
        case 2: result = std::sin(M_PI * (1.0 - y)); break;
        case 3: result = -std::cos(M_PI * (y - 1.5)); break;
        case 4: result = std::sin(M_PI * (y - 2.0)); break;
    }
    return std::copysign(1.0, x) * result;
}
double gamma_of(double x) {
    if (!std::isfinite(x)) {
        if (std::isnan(x) || x > 0) return x;
        errno = EDOM;
        return kNan;
    }
    if (x == 0) {
        errno = EDOM;
        return std::copysign(kInfinity, x);
    }
    if (x == std::floor(x)) {
        if (x < 0) {
            errno = EDOM;
            return kNan;
        }
        if (x <= 23) {
            double product = 1;
            for (double i = 2; i < x; ++i) product *= i;
            return product;
        }
    }
    const double absolute = std::fabs(x);
    if (absolute < 1e-20) {
        const double result = 1.0 / x;
        if (std::isinf(result)) errno = ERANGE;
        return result;
    }
    if (absolute > 200) {
        if (x < 0) return 0.0 / sin_pi(x);
        errno = ERANGE;
        return kInfinity;
    }
    const double y = absolute + kLanczosGMinusHalf;
    double z;
    if (absolute > kLanczosGMinusHalf) {
        const double q = y - absolute;
        z = q - kLanczosGMinusHalf;
    } else {
        const double q = y - kLanczosGMinusHalf;
        z = q - absolute;
    }
    z = z * kLanczosG / y;
    double result;
    if (x < 0) {
        result = -M_PI / sin_pi(absolute) / absolute * std::exp(y) / lanczos_sum(absolute);
        result -= z * result;
        if (absolute < 140) {
            result /= std::pow(y, absolute - 0.5);
        } else {
            const double root = std::pow(y, absolute / 2.0 - 0.25);
            result /= root;
            result /= root;
        }
    } else {
        result = lanczos_sum(absolute) / std::exp(y);
        result += z * result;
        if (absolute < 140) {
            result *= std::pow(y, absolute - 0.5);
        } else {
            const double root = std::pow(y, absolute / 2.0 - 0.25);
            result *= root;
            result *= root;
        }
    }
    if (std::isinf(result)) errno = ERANGE;
    return result;
}
double log_gamma_of(double x) {
    if (!std::isfinite(x)) return std::isnan(x) ? x : kInfinity;
    if (x == std::floor(x) && x <= 2) {
        if (x <= 0) {
            errno = EDOM;
            return kInfinity;
        }
        return 0;
    }
    const double absolute = std::fabs(x);
    if (absolute < 1e-20) return -std::log(absolute);
    double result = std::log(lanczos_sum(absolute)) - kLanczosG;
    result += (absolute - 0.5) * (std::log(absolute + kLanczosG - 0.5) - 1);
    if (x < 0) result = std::log(M_PI) - std::log(std::fabs(sin_pi(absolute))) - std::log(absolute) - result;
    if (std::isinf(result)) errno = ERANGE;
    return result;
}
template <double (*kFunction)(double)>
Owned with_errno(Object*, Object* argument) {
    double x;
    if (!math_double(argument, &x)) return nullptr;
    errno = 0;
    const double result = kFunction(x);
    if (errno == EDOM) return err_math_domain();
    if (errno == ERANGE && std::isinf(result)) return err_math_range();
    return float_new(result);
}

// ---- logarithms: of ints of any size too

double log_checked(double x) {
    if (std::isfinite(x)) {
        if (x > 0) return std::log(x);
        errno = EDOM;
        return x == 0 ? -kInfinity : kNan;
    }
    if (std::isnan(x) || x > 0) return x;
    errno = EDOM;
    return kNan;
}
double log2_checked(double x) {
    if (std::isfinite(x) && x > 0) return std::log2(x);
    return log_checked(x);
}
double log10_checked(double x) {
    if (std::isfinite(x) && x > 0) return std::log10(x);
    return log_checked(x);
}
bool logarithm(Object* argument, double (*function)(double), double* result) {
    errno = 0;
    if (int_check(argument)) {
        if (int_sign(argument) <= 0) {
            err_math_domain();
            return false;
        }
        const double x = int_as_double(argument);
        if (x == -1.0 && err_occurred()) {
            if (!err_matches(exc::OverflowError)) return false;
            err_clear();
            intptr_t exponent;
            const double mantissa = int_frexp(argument, &exponent);
            *result = function(mantissa) + function(2.0) * static_cast<double>(exponent);
            return true;
        }
        *result = function(x);
        return true;
    }
    double x;
    if (!math_double(argument, &x)) return false;
    *result = function(x);
    if (errno != EDOM) return true;
    err_math_domain();
    return false;
}
Owned math_log(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("log", nargs, 1, 2)) return nullptr;
    double numerator, denominator;
    if (!logarithm(args[0], log_checked, &numerator)) return nullptr;
    if (nargs == 1) return float_new(numerator);
    if (!logarithm(args[1], log_checked, &denominator)) return nullptr;
    if (denominator == 0) return err_set_string(exc::ZeroDivisionError, "float division by zero");
    return float_new(numerator / denominator);
}
Owned math_log2(Object*, Object* argument) {
    double result;
    return logarithm(argument, log2_checked, &result) ? float_new(result) : nullptr;
}
Owned math_log10(Object*, Object* argument) {
    double result;
    return logarithm(argument, log10_checked, &result) ? float_new(result) : nullptr;
}

// ---- two arguments

double atan2_of(double y, double x) { return std::atan2(y, x); }
double copysign_of(double x, double y) { return std::copysign(x, y); }
double nextafter_of(double x, double y) { return std::nextafter(x, y); }
template <double (*kFunction)(double, double)>
Owned two(const char* name, Object* const* args, intptr_t nargs) {
    double x, y;
    if (!check_positional(name, nargs, 2, 2) || !math_double(args[0], &x) || !math_double(args[1], &y)) return nullptr;
    return float_new(kFunction(x, y));
}
Owned math_atan2(Object*, Object* const* args, intptr_t nargs) { return two<atan2_of>("atan2", args, nargs); }
Owned math_copysign(Object*, Object* const* args, intptr_t nargs) { return two<copysign_of>("copysign", args, nargs); }
Owned math_nextafter(Object*, Object* const* args, intptr_t nargs) { return two<nextafter_of>("nextafter", args, nargs); }

Owned math_fmod(Object*, Object* const* args, intptr_t nargs) {
    double x, y;
    if (!check_positional("fmod", nargs, 2, 2) || !math_double(args[0], &x) || !math_double(args[1], &y)) return nullptr;
    if (std::isinf(y) && std::isfinite(x)) return float_new(x);
    const double result = std::fmod(x, y);
    if (std::isnan(result) && !std::isnan(x) && !std::isnan(y)) return err_math_domain();
    return float_new(result);
}
Owned math_remainder(Object*, Object* const* args, intptr_t nargs) {
    double x, y;
    if (!check_positional("remainder", nargs, 2, 2) || !math_double(args[0], &x) || !math_double(args[1], &y)) return nullptr;
    if (std::isnan(x)) return float_new(x);
    if (std::isnan(y)) return float_new(y);
    if (std::isinf(x) || y == 0) return err_math_domain();
    return float_new(std::isinf(y) ? x : std::remainder(x, y));
}
Owned math_pow(Object*, Object* const* args, intptr_t nargs) {
    double x, y;
    if (!check_positional("pow", nargs, 2, 2) || !math_double(args[0], &x) || !math_double(args[1], &y)) return nullptr;
    const double result = std::pow(x, y);
    if (std::isfinite(x) && std::isfinite(y)) {
        if (std::isnan(result)) return err_math_domain();
        if (std::isinf(result)) return x == 0 ? err_math_domain() : err_math_range();
    }
    return float_new(result);
}
Owned math_ldexp(Object*, Object* const* args, intptr_t nargs) {
    double x;
    if (!check_positional("ldexp", nargs, 2, 2) || !math_double(args[0], &x)) return nullptr;
    if (!int_check(args[1])) return err_set_string(exc::TypeError, "Expected an int as second argument to ldexp.");
    int overflow = 0;
    int64_t exponent = int_as_int64_overflow(args[1], &overflow);
    if (overflow) exponent = overflow < 0 ? INT64_MIN : INT64_MAX;
    if (x == 0 || !std::isfinite(x)) return float_new(x);
    if (exponent > INT_MAX) return err_math_range();
    if (exponent < INT_MIN) return float_new(std::copysign(0.0, x));
    const double result = std::ldexp(x, static_cast<int>(exponent));
    return std::isinf(result) ? err_math_range() : float_new(result);
}
Owned math_frexp(Object*, Object* argument) {
    double x;
    if (!math_double(argument, &x)) return nullptr;
    int exponent = 0;
    if (x != 0 && std::isfinite(x)) x = std::frexp(x, &exponent);
    Ref<> mantissa = own(float_new(x)), power = own(int_from_int(exponent));
    return mantissa && power ? tuple_pack({mantissa.get(), power.get()}) : nullptr;
}
Owned math_modf(Object*, Object* argument) {
    double x, whole;
    if (!math_double(argument, &x)) return nullptr;
    double fraction;
    if (std::isinf(x)) {
        fraction = std::copysign(0.0, x);
        whole = x;
    } else {
        fraction = std::modf(x, &whole);
    }
    Ref<> first = own(float_new(fraction)), second = own(float_new(whole));
    return first && second ? tuple_pack({first.get(), second.get()}) : nullptr;
}

Owned math_degrees(Object*, Object* argument) {
    double x;
    return math_double(argument, &x) ? float_new(x * (180.0 / M_PI)) : nullptr;
}
Owned math_radians(Object*, Object* argument) {
    double x;
    return math_double(argument, &x) ? float_new(x * (M_PI / 180.0)) : nullptr;
}
Owned math_ulp(Object*, Object* argument) {
    double x;
    if (!math_double(argument, &x)) return nullptr;
    if (std::isnan(x)) return float_new(x);
    x = std::fabs(x);
    if (std::isinf(x)) return float_new(x);
    double next = std::nextafter(x, kInfinity);
    if (std::isinf(next)) return float_new(x - std::nextafter(x, -kInfinity));
    return float_new(next - x);
}
template <int kWhich>
Owned classify(Object*, Object* argument) {
    double x;
    if (!math_double(argument, &x)) return nullptr;
    return bool_from(kWhich == 0 ? std::isfinite(x) : kWhich == 1 ? std::isinf(x) : std::isnan(x));
}
Owned math_isclose(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"a", "b", "rel_tol", "abs_tol", nullptr};
    static const KeywordParser parser{"isclose", names, 2, 2};
    Object* out[4] = {};
    double a, b, relative = 1e-09, absolute = 0;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !math_double(out[0], &a) || !math_double(out[1], &b) ||
        (out[2] && !math_double(out[2], &relative)) || (out[3] && !math_double(out[3], &absolute))) {
        return nullptr;
    }
    if (relative < 0 || absolute < 0) return err_set_string(exc::ValueError, "tolerances must be non-negative");
    if (a == b) return bool_from(true);
    if (std::isinf(a) || std::isinf(b)) return bool_from(false);
    const double difference = std::fabs(b - a);
    return bool_from(difference <= std::fabs(relative * b) || difference <= std::fabs(relative * a) || difference <= absolute);
}

double sqrt_of(double x) { return std::sqrt(x); }
double fabs_of(double x) { return std::fabs(x); }
double exp2_of(double x) { return std::exp2(x); }
double log1p_of(double x) { return x == 0 ? x : std::log1p(x); }
#define RS_PLAIN(name) \
    double name##_of(double x) { return std::name(x); }
RS_PLAIN(acos) RS_PLAIN(acosh) RS_PLAIN(asin) RS_PLAIN(asinh) RS_PLAIN(atan) RS_PLAIN(atanh) RS_PLAIN(cbrt) RS_PLAIN(cos)
RS_PLAIN(cosh) RS_PLAIN(erf) RS_PLAIN(erfc) RS_PLAIN(exp) RS_PLAIN(expm1) RS_PLAIN(sin) RS_PLAIN(sinh) RS_PLAIN(tan) RS_PLAIN(tanh)
#undef RS_PLAIN

const MethodDef math_functions[] = {
#define RS_ONE(name, overflows) method_def(#name, one<name##_of, overflows>, kMethO)
    RS_ONE(acos, false), RS_ONE(acosh, false), RS_ONE(asin, false), RS_ONE(asinh, false), RS_ONE(atan, false), RS_ONE(atanh, false),
    RS_ONE(cbrt, false), RS_ONE(cos, false), RS_ONE(cosh, true), RS_ONE(erf, false), RS_ONE(erfc, false), RS_ONE(exp, true),
    RS_ONE(exp2, true), RS_ONE(expm1, true), RS_ONE(fabs, false), RS_ONE(log1p, false), RS_ONE(sin, false), RS_ONE(sinh, true),
    RS_ONE(sqrt, false), RS_ONE(tan, false), RS_ONE(tanh, false),
#undef RS_ONE
    method_def("gamma", with_errno<gamma_of>, kMethO), method_def("lgamma", with_errno<log_gamma_of>, kMethO),
    method_def("log", math_log, kMethFastcall), method_def("log2", math_log2, kMethO), method_def("log10", math_log10, kMethO),
    method_def("atan2", math_atan2, kMethFastcall), method_def("copysign", math_copysign, kMethFastcall),
    method_def("nextafter", math_nextafter, kMethFastcall), method_def("fmod", math_fmod, kMethFastcall),
    method_def("remainder", math_remainder, kMethFastcall), method_def("pow", math_pow, kMethFastcall),
    method_def("ldexp", math_ldexp, kMethFastcall), method_def("frexp", math_frexp, kMethO), method_def("modf", math_modf, kMethO),
    method_def("degrees", math_degrees, kMethO), method_def("radians", math_radians, kMethO), method_def("ulp", math_ulp, kMethO),
    method_def("isfinite", classify<0>, kMethO), method_def("isinf", classify<1>, kMethO), method_def("isnan", classify<2>, kMethO),
    method_def("isclose", math_isclose, kMethFastcall | kMethKeywords),
    {nullptr, nullptr, 0}};

}  // namespace

Owned create_math_module() {
    Ref<> module = own(module_create("math", "Functions of real numbers.", math_functions));
    if (!module || module_add_functions(module.get(), math_integer_functions) < 0 ||
        module_add_functions(module.get(), math_sum_functions) < 0) {
        return nullptr;
    }
    const struct {
        const char* name;
        double value;
    } constants[] = {{"pi", M_PI}, {"e", M_E}, {"tau", 2 * M_PI}, {"inf", kInfinity}, {"nan", kNan}};
    for (const auto& constant : constants) {
        if (module_add_object_steal(module.get(), constant.name, float_new(constant.value)) < 0) return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
