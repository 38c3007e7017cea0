#include <catch2/catch.hpp>

#include "tests/unit/vm/runtime.h"
#include "vm/objects/abstract.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"

using namespace refscope::vm;

namespace {

Ref<> set_up_to(int count) {
    Ref<> set = own(set_new(nullptr));
    for (int i = 0; i < count; ++i) {
        Ref<> item = own(int_from_int(i));
        REQUIRE(set_add(set.get(), item.get()) == 0);
    }
    return set;
}

}  // namespace

TEST_CASE("A set grows fourfold when three fifths of it are full", "[set]") {
    start_runtime();
    CHECK(as_set(set_up_to(4).get())->mask == 7);
    CHECK(as_set(set_up_to(5).get())->mask == 31);
    CHECK(as_set(set_up_to(18).get())->mask == 31);
    CHECK(as_set(set_up_to(19).get())->mask == 127);
}

TEST_CASE("What was added is found, what was discarded is not", "[set]") {
    start_runtime();
    Ref<> set = set_up_to(3000);
    for (int i = 0; i < 3000; i += 3) {
        Ref<> item = own(int_from_int(i));
        CHECK(set_discard(set.get(), item.get()) == 1);
        CHECK(set_discard(set.get(), item.get()) == 0);
    }
    for (int i = 0; i < 3000; ++i) {
        Ref<> item = own(int_from_int(i));
        CHECK(set_contains(set.get(), item.get()) == (i % 3 != 0));
    }
    CHECK(set_size(set.get()) == 2000);
}

TEST_CASE("The hash of a frozenset is CPython's whatever the order", "[set]") {
    start_runtime();
    Ref<> up = set_up_to(3);
    Ref<> first = own(frozenset_new(up.get()));
    Ref<> down = own(set_new(nullptr));
    for (int i = 2; i >= 0; --i) set_add(down.get(), small_int(i));
    Ref<> second = own(frozenset_new(down.get()));
    CHECK(object_hash(first.get()) == -4850097147344926394);
    CHECK(object_hash(first.get()) == object_hash(second.get()));
}

TEST_CASE("A list cannot be in a set", "[set]") {
    start_runtime();
    Ref<> set = own(set_new(nullptr)), list = own(list_new(0));
    CHECK(set_add(set.get(), list.get()) == -1);
    CHECK(err_matches(exc::TypeError));
    err_clear();
}

TEST_CASE("Popping empties a set and gives each item once", "[set]") {
    start_runtime();
    Ref<> set = set_up_to(50);
    int64_t sum = 0;
    while (set_size(set.get()) > 0) {
        Ref<> item = own(set_pop(set.get()));
        sum += int_as_int64(item.get());
    }
    CHECK(sum == 49 * 50 / 2);
    CHECK(set_pop(set.get()) == nullptr);
    CHECK(err_matches(exc::KeyError));
    err_clear();
}
