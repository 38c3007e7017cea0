#include <catch2/catch.hpp>

#include "tests/unit/vm/runtime.h"
#include "vm/base/bigint.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/int_digits.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

using namespace refscope::vm;

namespace {

std::string text(Object* stolen) {
    Ref<> number = own(stolen);
    REQUIRE(number);
    Ref<> shown = own(int_repr(number.get()));
    return str_to_utf8(shown.get());
}
Ref<> number(const char* digits) { return own(int_from_string(digits, 10)); }
size_t size_of(Object* object) { return int_type.tp_sizeof(object); }

}  // namespace

TEST_CASE("ints from -5 to 256 are shared objects, others are not") {
    start_runtime();
    for (int64_t value : {-5, 0, 256}) {
        Ref<> first = own(int_from_int64(value)), second = own(int_from_int64(value));
        CHECK(first.get() == second.get());
    }
    for (int64_t value : {-6, 257}) {
        Ref<> first = own(int_from_int64(value)), second = own(int_from_int64(value));
        CHECK(first.get() != second.get());
    }
    // Also when arithmetic on large ones leads back to them.
    Ref<> large = number("100000000000000000000"), below = number("99999999999999999995");
    Ref<> five = own(int_subtract(large.get(), below.get()));
    CHECK(five.get() == small_int(5));
}

TEST_CASE("sizes grow by four bytes for each 30-bit digit") {
    start_runtime();
    CHECK(size_of(small_int(0)) == 28);
    CHECK(size_of(number("1073741823").get()) == 28);
    CHECK(size_of(number("1073741824").get()) == 32);
    CHECK(size_of(number("1152921504606846976").get()) == 36);
    CHECK(size_of(number("-1152921504606846976").get()) == 36);
}

TEST_CASE("division rounds to minus infinity at every size") {
    start_runtime();
    struct Case {
        const char *left, *right, *quotient, *remainder;
    };
    for (const Case& c : {Case{"-7", "2", "-4", "1"}, Case{"7", "-2", "-4", "-1"},
                          Case{"-100000000000000000001", "7", "-14285714285714285715", "4"},
                          Case{"100000000000000000001", "-30000000000000000000", "-4", "-19999999999999999999"}}) {
        Ref<> left = number(c.left), right = number(c.right);
        CHECK(text(int_floor_divide(left.get(), right.get())) == c.quotient);
        CHECK(text(int_remainder(left.get(), right.get())) == c.remainder);
    }
}

TEST_CASE("powers of values of one, two and three digits agree with multiplication") {
    start_runtime();
    for (const char* digits : {"3", "-1073741825", "1152921504606846976", "-99999999999999999999999"}) {
        Ref<> base = number(digits), product = own(newref(small_int(1)));
        for (int exponent = 0; exponent < 6; ++exponent) {
            Ref<> power = own(int_power(base.get(), small_int(exponent), none()));
            CHECK(int_compare(power.get(), product.get()) == 0);
            product = own(int_multiply(product.get(), base.get()));
        }
    }
}

TEST_CASE("bit operations see infinite two's complement") {
    start_runtime();
    Ref<> left = number("-1267650600228229401496703205376"), right = number("1152921504606846975");
    CHECK(text(int_and(left.get(), right.get())) == "0");
    CHECK(text(int_or(left.get(), right.get())) == "-1267650600227076479992096358401");
    CHECK(text(int_xor(left.get(), small_int(-1))) == "1267650600228229401496703205375");
    CHECK(text(int_rshift(number("-4611686018427387905").get(), small_int(1))) == "-2305843009213693953");
    CHECK(text(int_lshift(small_int(-3), small_int(70))) == "-3541774862152233910272");
}

TEST_CASE("hashes are modulo 2**61 - 1 and never -1") {
    start_runtime();
    CHECK(int_hash(small_int(-1)) == -2);
    CHECK(int_hash(number("2305843009213693951").get()) == 0);
    CHECK(int_hash(number("2305843009213693952").get()) == 1);
    CHECK(int_hash(number("-2305843009213693952").get()) == -2);
}

TEST_CASE("a double rounds half to even, also far beyond 64 bits") {
    start_runtime();
    CHECK(int_as_double(number("9007199254740993").get()) == 9007199254740992.0);
    CHECK(int_as_double(number("9007199254740995").get()) == 9007199254740996.0);
    CHECK(int_as_double(number("36893488147419107329").get()) == 36893488147419111424.0);
}

TEST_CASE("texts that are no literals are refused by name") {
    start_runtime();
    for (const char* bad : {"", "1__0", "_1", "1_", "0x", "12a"}) {
        CHECK_FALSE(own(int_from_string(bad, 10)));
        CHECK(err_matches(exc::ValueError));
        err_clear();
    }
    CHECK(text(int_from_string(" -0b1_01 ", 0)) == "-5");
}

TEST_CASE("bytes round-trip in both orders and signs") {
    start_runtime();
    for (const char* digits : {"0", "-1", "127", "-128", "128", "-170141183460469231731687303715884105728"}) {
        Ref<> value = number(digits);
        unsigned char bytes[17];
        for (bool little : {false, true}) {
            REQUIRE(int_to_bytes(value.get(), bytes, sizeof bytes, little, true));
            CHECK(text(int_from_bytes(bytes, sizeof bytes, little, true)) == digits);
        }
    }
    unsigned char byte;
    CHECK_FALSE(int_to_bytes(small_int(128), &byte, 1, true, true));
    err_clear();
    CHECK_FALSE(int_to_bytes(small_int(-1), &byte, 1, true, false));
    err_clear();
}
