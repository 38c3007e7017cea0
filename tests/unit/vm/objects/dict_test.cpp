#include <catch2/catch.hpp>

#include <string>

#include "tests/unit/vm/runtime.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

using namespace refscope::vm;

namespace {

Ref<> text(const std::string& characters) { return own(str_from_string(characters.c_str())); }

}  // namespace

TEST_CASE("A dict of strs has smaller entries than any other", "[dict]") {
    start_runtime();
    Ref<> strs = own(dict_new()), ints = own(dict_new());
    CHECK(dict_size_of(strs.get()) == 48);
    dict_set_item(strs.get(), text("a").get(), none());
    dict_set_item(ints.get(), small_int(1), none());
    CHECK(dict_size_of(strs.get()) == 168);
    CHECK(dict_size_of(ints.get()) == 208);
}

TEST_CASE("A key of another type makes a dict of strs general and keeps its order", "[dict]") {
    start_runtime();
    Ref<> dict = own(dict_new());
    for (int i = 0; i < 4; ++i) dict_set_item(dict.get(), text("k" + std::to_string(i)).get(), small_int(i));
    CHECK(as_dict(dict.get())->keys->kind == KeysKind::kUnicode);
    dict_set_item(dict.get(), small_int(9), small_int(4));
    CHECK(as_dict(dict.get())->keys->kind == KeysKind::kGeneral);
    intptr_t position = 0, expected = 0;
    Object *key, *value;
    while (dict_next(dict.get(), &position, &key, &value)) CHECK(int_as_int64(value) == expected++);
    CHECK(expected == 5);
}

TEST_CASE("What was stored is found, what was deleted is not, over many resizes", "[dict]") {
    start_runtime();
    Ref<> dict = own(dict_new());
    constexpr int kCount = 5000;
    for (int i = 0; i < kCount; ++i) {
        Ref<> key = own(int_from_int(i * 7919));
        REQUIRE(dict_set_item(dict.get(), key.get(), key.get()) == 0);
    }
    for (int i = 0; i < kCount; i += 2) {
        Ref<> key = own(int_from_int(i * 7919));
        REQUIRE(dict_del_item(dict.get(), key.get()) == 0);
    }
    CHECK(dict_size(dict.get()) == kCount / 2);
    for (int i = 0; i < kCount; ++i) {
        Ref<> key = own(int_from_int(i * 7919));
        Object* found = dict_get_item_with_error(dict.get(), key.get());
        CHECK((found != nullptr) == (i % 2 == 1));
    }
}

TEST_CASE("A missing key is a KeyError with the key", "[dict]") {
    start_runtime();
    Ref<> dict = own(dict_new());
    CHECK(dict_del_item(dict.get(), small_int(1)) == -1);
    CHECK(err_matches(exc::KeyError));
    err_clear();
    CHECK(dict_get_item_with_error(dict.get(), small_int(1)) == nullptr);
    CHECK_FALSE(err_occurred());
}

TEST_CASE("A dict is tracked once it holds something that may be in a cycle", "[dict]") {
    start_runtime();
    Ref<> dict = own(dict_new()), list = own(list_new(0));
    dict_set_item(dict.get(), small_int(1), small_int(2));
    CHECK_FALSE(gc_is_tracked(dict.get()));
    dict_set_item(dict.get(), small_int(2), list.get());
    CHECK(gc_is_tracked(dict.get()));
    dict_del_item(dict.get(), small_int(2));
    dict_maybe_untrack(dict.get());
    CHECK_FALSE(gc_is_tracked(dict.get()));
}

TEST_CASE("A table's version ends with a new key, not with a new value", "[dict]") {
    start_runtime();
    Ref<> dict = own(dict_new());
    dict_set_item(dict.get(), text("a").get(), small_int(1));
    uint32_t version = keys_get_version(as_dict(dict.get())->keys);
    CHECK(version != 0);
    dict_set_item(dict.get(), text("a").get(), small_int(2));
    CHECK(as_dict(dict.get())->keys->version == version);
    dict_set_item(dict.get(), text("b").get(), small_int(2));
    CHECK(as_dict(dict.get())->keys->version != version);
}

TEST_CASE("Dicts that share their names keep their own values and order", "[dict]") {
    start_runtime();
    DictKeys* keys = dict_new_keys_for_class();
    REQUIRE(keys);
    Ref<> first = own(dict_new_with_shared_keys(keys)), second = own(dict_new_with_shared_keys(keys));
    Ref<> a = text("a"), b = text("b");
    dict_set_item(first.get(), a.get(), small_int(1));
    dict_set_item(first.get(), b.get(), small_int(2));
    dict_set_item(second.get(), b.get(), small_int(3));
    dict_set_item(second.get(), a.get(), small_int(4));
    CHECK(as_dict(first.get())->keys == as_dict(second.get())->keys);
    intptr_t position = 0;
    Object *key, *value;
    REQUIRE(dict_next(second.get(), &position, &key, &value));
    CHECK(key == b.get());
    CHECK(value == small_int(3));
    CHECK(dict_size_of(second.get()) == 48 + 30 * 8);
    Ref<> copy = own(dict_copy(second.get()));
    CHECK(as_dict(copy.get())->keys == keys);
    dict_set_item(second.get(), small_int(1), none());
    CHECK(as_dict(second.get())->values == nullptr);
    CHECK(dict_size(second.get()) == 3);
    dict_keys_free_for_class(keys);
    CHECK(dict_get_item_with_error(first.get(), b.get()) == small_int(2));
}

TEST_CASE("Merging for keyword arguments refuses a name that is there", "[dict]") {
    start_runtime();
    Ref<> left = own(dict_new()), right = own(dict_new()), name = text("n");
    dict_set_item(left.get(), name.get(), none());
    dict_set_item(right.get(), name.get(), none());
    CHECK(dict_merge_unique(left.get(), right.get()) == -1);
    CHECK(err_matches(exc::KeyError));
    err_clear();
    CHECK(dict_merge(left.get(), right.get(), false) == 0);
}
