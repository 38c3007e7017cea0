#include <catch2/catch.hpp>

#include "tests/unit/vm/runtime.h"
#include "vm/objects/abstract.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

using namespace refscope::vm;

TEST_CASE("There is one empty tuple", "[tuple]") {
    start_runtime();
    Ref<> a = own(tuple_new(0)), b = own(tuple_from_array(nullptr, 0));
    CHECK(a.get() == b.get());
    CHECK_FALSE(gc_is_tracked(a.get()));
}

TEST_CASE("A tuple's hash is CPython's", "[tuple]") {
    start_runtime();
    Ref<> tuple = own(tuple_pack({small_int(1), small_int(2), small_int(3)}));
    CHECK(tuple_hash(tuple.get()) == 529344067295497451);
    CHECK(tuple_hash(empty_tuple()) == 5740354900026072187);
}

TEST_CASE("A tuple of atomic items is untracked, one that holds a list is not", "[tuple]") {
    start_runtime();
    Ref<> atomic = own(tuple_pack({small_int(1), str_empty()}));
    Ref<> list = own(list_new(0));
    Ref<> holder = own(tuple_pack({list.get()}));
    Ref<> outer = own(tuple_pack({atomic.get()}));
    tuple_maybe_untrack(outer.get());
    CHECK(gc_is_tracked(outer.get()));  // its item is tracked still
    tuple_maybe_untrack(atomic.get());
    tuple_maybe_untrack(holder.get());
    tuple_maybe_untrack(outer.get());
    CHECK_FALSE(gc_is_tracked(atomic.get()));
    CHECK(gc_is_tracked(holder.get()));
    CHECK_FALSE(gc_is_tracked(outer.get()));
}

TEST_CASE("A freed tuple serves the next one of its length only", "[tuple]") {
    start_runtime();
    Object* pair = tuple_pack({small_int(1), small_int(2)});
    decref(pair);
    Ref<> triple = own(tuple_new(3));
    Ref<> next = own(tuple_new(2));
    CHECK(triple.get() != pair);
    CHECK(next.get() == pair);
}

TEST_CASE("Resizing a tuple keeps its first items and releases the rest", "[tuple]") {
    start_runtime();
    Ref<> list = own(list_new(0));
    int32_t before = refcount_of(list.get());
    Object* tuple = tuple_pack({small_int(1), list.get(), list.get()});
    REQUIRE(tuple_resize(&tuple, 2) == 0);
    CHECK(tuple_size(tuple) == 2);
    CHECK(refcount_of(list.get()) == before + 1);
    REQUIRE(tuple_resize(&tuple, 40) == 0);
    CHECK(tuple_get_item(tuple, 1) == list.get());
    CHECK(tuple_get_item(tuple, 39) == nullptr);
    decref(tuple);
    CHECK(refcount_of(list.get()) == before);
}
