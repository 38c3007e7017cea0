#include <catch2/catch.hpp>

#include "tests/unit/vm/runtime.h"
#include "vm/heap/ref_array.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"

using namespace refscope::vm;

namespace {

Ref<> list_of(std::initializer_list<int> numbers) {
    Ref<> list = own(list_new(0));
    for (int n : numbers) {
        Ref<> item = own(int_from_int(n));
        REQUIRE(list_append(list.get(), item.get()) == 0);
    }
    return list;
}
std::vector<int64_t> numbers_in(const Ref<>& list) {
    std::vector<int64_t> numbers;
    for (intptr_t i = 0; i < list_size(list.get()); ++i) numbers.push_back(int_as_int64(list_get_item(list.get(), i)));
    return numbers;
}

}  // namespace

TEST_CASE("Appending grows a list to 4, 8, 16, 24 and 32 places", "[list]") {
    start_runtime();
    Ref<> list = own(list_new(0));
    std::vector<intptr_t> rooms;
    for (int i = 0; i < 30; ++i) {
        list_append(list.get(), small_int(i));
        if (rooms.empty() || rooms.back() != as_list(list.get())->allocated) rooms.push_back(as_list(list.get())->allocated);
    }
    CHECK(rooms == std::vector<intptr_t>{4, 8, 16, 24, 32});
}

TEST_CASE("A list made from a tuple has an even number of places", "[list]") {
    start_runtime();
    Ref<> tuple = own(tuple_pack({small_int(1), small_int(2), small_int(3)}));
    Ref<> list = own(list_new(0));
    REQUIRE(list_extend(list.get(), tuple.get()) == 0);
    CHECK(as_list(list.get())->allocated == 4);
}

TEST_CASE("A freed list's cell serves the next list and is not counted by the collector", "[list]") {
    start_runtime();
    Object* first = list_new(0);
    decref(first);
    int before = collector.counts[0];
    Ref<> second = own(list_new(0));
    CHECK(second.get() == first);
    CHECK(collector.counts[0] == before);
}

TEST_CASE("Assigning a slice keeps the rest in order", "[list]") {
    start_runtime();
    Ref<> list = list_of({0, 1, 2, 3, 4});
    Ref<> part = list_of({7, 8, 9});
    REQUIRE(list_set_slice(list.get(), 1, 3, part.get()) == 0);
    CHECK(numbers_in(list) == std::vector<int64_t>{0, 7, 8, 9, 3, 4});
    REQUIRE(list_set_slice(list.get(), 0, 4, nullptr) == 0);
    CHECK(numbers_in(list) == std::vector<int64_t>{3, 4});
    REQUIRE(list_set_slice(list.get(), 1, 1, list.get()) == 0);
    CHECK(numbers_in(list) == std::vector<int64_t>{3, 3, 4, 4});
}

TEST_CASE("Sorting is stable forwards and backwards", "[list]") {
    start_runtime();
    Ref<> list = list_of({5, 3, 9, 1, 3, 7});
    REQUIRE(list_sort(list.get()) == 0);
    CHECK(numbers_in(list) == std::vector<int64_t>{1, 3, 3, 5, 7, 9});
    REQUIRE(list_sort_with(list.get(), nullptr, true) == 0);
    CHECK(numbers_in(list) == std::vector<int64_t>{9, 7, 5, 3, 3, 1});
}

TEST_CASE("A list is whole again after a comparison has failed", "[list]") {
    start_runtime();
    Ref<> list = list_of({2, 1});
    list_append(list.get(), list.get());
    CHECK(list_sort(list.get()) == -1);
    CHECK(err_matches(exc::TypeError));
    err_clear();
    CHECK(list_size(list.get()) == 3);
    list_clear(list.get());
}

TEST_CASE("An exhausted iterator drops its list", "[list]") {
    start_runtime();
    Ref<> list = list_of({1});
    Ref<> iterator = own(list_iterator_new(list.get()));
    int32_t held = refcount_of(list.get());
    Ref<> item = own(list_iterator_next(iterator.get()));
    CHECK(refcount_of(list.get()) == held);
    CHECK(list_iterator_next(iterator.get()) == nullptr);
    CHECK(refcount_of(list.get()) == held - 1);
}
