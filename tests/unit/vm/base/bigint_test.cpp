#include <catch2/catch.hpp>
#include <limits>

#include "vm/base/bigint.h"

using refscope::base::BigInt;

namespace {

BigInt big(const char* digits) {
    return *BigInt::parse(digits);
}

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("integers keep one form: what fits 64 bits is small") {
    CHECK((BigInt(kMax) + 1).to_string() == "9223372036854775808");
    CHECK_FALSE((BigInt(kMax) + 1).is_small());
    CHECK((BigInt(kMax) + 1 - 1).is_small());
    CHECK((-BigInt(kMin)).to_string() == "9223372036854775808");
    CHECK((-(-BigInt(kMin))).is_small());
    CHECK(BigInt::floor_divide(BigInt(kMin), BigInt(-1)).to_string() == "9223372036854775808");
    CHECK(BigInt::parse("-9223372036854775808")->to_string() == "-9223372036854775808");
    CHECK_FALSE(BigInt::parse("12x"));
    CHECK_FALSE(BigInt::parse(""));
    CHECK(BigInt::parse("ff", 16) == BigInt(255));
}

TEST_CASE("division rounds to minus infinity") {
    CHECK(BigInt::floor_divide(BigInt(-7), BigInt(2)) == BigInt(-4));
    CHECK(BigInt::modulo(BigInt(-7), BigInt(2)) == BigInt(1));
    CHECK(BigInt::modulo(BigInt(7), BigInt(-2)) == BigInt(-1));
    const BigInt huge = BigInt::power(BigInt(10), 30);
    const auto [quotient, remainder] = BigInt::divide_modulo(-huge, BigInt(7));
    CHECK(quotient * BigInt(7) + remainder == -huge);
    CHECK(remainder.sign() >= 0);
}

TEST_CASE("powers, shifts and bits are Python's") {
    CHECK(BigInt::power(BigInt(-3), 41).to_string() == "-36472996377170786403");
    CHECK(BigInt::power(BigInt(2), 62).is_small());
    CHECK(BigInt(1).shift_left(100).to_string(16) == "10000000000000000000000000");
    CHECK(BigInt(-1).shift_right(1000) == BigInt(-1));
    CHECK(BigInt(-5).shift_left(62).to_string() == "-23058430092136939520");
    CHECK((BigInt(-1) & BigInt::power(BigInt(2), 70)) == BigInt::power(BigInt(2), 70));
    CHECK((~BigInt::power(BigInt(2), 70)).to_string() == "-1180591620717411303425");
    CHECK(BigInt(-255).bit_length() == 8);
    CHECK(BigInt(0).bit_length() == 0);
    CHECK(BigInt::power(BigInt(2), 60).digit_count() == 3);
    CHECK(*BigInt::power_modulo(BigInt(3), BigInt(-1), BigInt(7)) == BigInt(5));
    CHECK(*BigInt::power_modulo(BigInt(3), BigInt(2), BigInt(-7)) == BigInt(-5));
    CHECK_FALSE(BigInt::power_modulo(BigInt(2), BigInt(-1), BigInt(4)));
    CHECK(big("1000000000000000000000").square_root() == big("31622776601"));
}

TEST_CASE("doubles are rounded half to even and compared exactly") {
    CHECK(*big("9007199254740993").to_double() == 9007199254740992.0);
    CHECK(*big("18446744073709551617").to_double() == 18446744073709551616.0);
    CHECK(*big("36893488147419107329").to_double() == 36893488147419111424.0);
    CHECK_FALSE(BigInt::power(BigInt(2), 1024).to_double());
    CHECK(*BigInt::true_divide(BigInt(1), BigInt(3)) == 1.0 / 3);
    CHECK(*BigInt::true_divide(BigInt::power(BigInt(10), 400), BigInt::power(BigInt(10), 399)) ==
          10.0);
    CHECK(*BigInt::true_divide(BigInt(1), BigInt::power(BigInt(2), 1074)) == 5e-324);
    CHECK(*BigInt::true_divide(BigInt(1), BigInt::power(BigInt(2), 1076)) == 0.0);
    CHECK_FALSE(BigInt::true_divide(BigInt::power(BigInt(10), 400), BigInt(1)));
    CHECK(BigInt(kMax).compare(9223372036854775808.0) == -1);
    CHECK(BigInt(3).compare(3.5) == -1);
    CHECK(BigInt(-3).compare(-3.5) == 1);
    CHECK(BigInt::from_double(1e20).to_string() == "100000000000000000000");
}

TEST_CASE("hashes are CPython's") {
    CHECK(BigInt(-1).hash() == -2);
    CHECK(BigInt((std::int64_t{1} << 61) - 1).hash() == 0);
    CHECK(BigInt::power(BigInt(10), 30).hash() == 465258685558744706);
    CHECK(BigInt(kMin).hash() == -4);
}

TEST_CASE("bytes go both ways") {
    CHECK(BigInt::from_bytes(std::string_view("\xff\x7f", 2), true, true) == BigInt(32767));
    CHECK(BigInt::from_bytes(std::string_view("\xff\x00", 2), false, true) == BigInt(-256));
    CHECK(*BigInt(-256).to_bytes(2, false, true) == std::string("\xff\x00", 2));
    CHECK(*BigInt(1).to_bytes(3, true, false) == std::string("\x01\x00\x00", 3));
    CHECK_FALSE(BigInt(256).to_bytes(1, true, false));
    CHECK_FALSE(BigInt(128).to_bytes(1, true, true));
    CHECK(*BigInt(-128).to_bytes(1, true, true) == std::string("\x80", 1));
}
