#include <catch2/catch.hpp>

#include <cmath>

#include "tests/unit/vm/runtime.h"
#include "vm/objects/float.h"
#include "vm/objects/hash.h"

using namespace refscope::vm;

TEST_CASE("the text of a double is the shortest that reads back the same") {
    struct Case {
        double value;
        const char* text;
    };
    for (const Case& c : {Case{0.1, "0.1"}, Case{1.0, "1.0"}, Case{-0.0, "-0.0"}, Case{1e16, "1e+16"}, Case{1e15, "1000000000000000.0"},
                          Case{1e-5, "1e-05"}, Case{0.0001, "0.0001"}, Case{5e-324, "5e-324"}, Case{1.7976931348623157e308, "1.7976931348623157e+308"},
                          Case{HUGE_VAL, "inf"}, Case{-HUGE_VAL, "-inf"}}) {
        CHECK(double_repr(c.value) == c.text);
        size_t used;
        CHECK(double_from_text(c.text, &used) == c.value);
        CHECK(used == std::string(c.text).size());
    }
}

TEST_CASE("formats with a precision follow printf, with Python's additions") {
    DoubleFormat fixed{'f', 1};
    CHECK(double_to_text(0.25, fixed) == "0.2");
    CHECK(double_to_text(0.35, fixed) == "0.3");
    DoubleFormat whole{'f', 0};
    whole.alternate = true;
    CHECK(double_to_text(2.5, whole) == "2.");
    DoubleFormat general{'g', 2};
    general.add_dot_0 = true;
    CHECK(double_to_text(12.0, general) == "1.2e+01");
    DoubleFormat no_minus{'f', 1};
    no_minus.no_negative_zero = true;
    CHECK(double_to_text(-0.01, no_minus) == "0.0");
    DoubleFormat exponent{'E', 3};
    CHECK(double_to_text(12345.678, exponent) == "1.235E+04");
}

TEST_CASE("remainder and floor division take the divisor's sign") {
    CHECK(float_modulo(-7, 2) == 1.0);
    CHECK(float_modulo(7, -2) == -1.0);
    CHECK(std::signbit(float_modulo(4, -2)));
    CHECK(float_floor_divide(-7, 2) == -4.0);
    CHECK(float_floor_divide(3.0, 0.7) == 4.0);
}

TEST_CASE("freed floats come back last in, first out") {
    start_runtime();
    Object* first = float_new(1.5);
    Object* second = float_new(2.5);
    decref(first);
    decref(second);
    Ref<> third = own(float_new(3.5)), fourth = own(float_new(4.5));
    CHECK(third.get() == second);
    CHECK(fourth.get() == first);
}

TEST_CASE("a float that is an int hashes like it") {
    start_runtime();
    Ref<> value = own(float_new(2305843009213693952.0));
    CHECK(hash_double(value.get(), float_value(value.get())) == 1);
    CHECK(hash_double(value.get(), -1.0) == -2);
    CHECK(hash_double(value.get(), HUGE_VAL) == 314159);
    CHECK(hash_double(value.get(), 0.5) == 1152921504606846976);
}
