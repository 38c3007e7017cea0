// The heap audit finds what is seeded here, and nothing in a heap that is in order.
#include "vm/inspect/audit.h"

#include <catch2/catch.hpp>

#include "tests/unit/vm/runtime.h"
#include "vm/inspect/facts.h"
#include "vm/inspect/holders.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

#ifdef REFSCOPE_SANITIZE
#include <sanitizer/asan_interface.h>
#endif

using namespace refscope::vm;

TEST_CASE("a heap in order balances", "[audit]") {
    start_runtime();
    Ref<> list = own(list_new(0));
    Ref<> value = own(float_new(2.5));
    list_append(list.get(), value.get());
    CHECK(audit_heap().empty());
}

TEST_CASE("a leaked reference is reported", "[audit]") {
    start_runtime();
    Ref<> list = own(list_new(0));
    incref(list.get());
    std::vector<AuditMismatch> found = audit_heap();
    REQUIRE(found.size() == 1);
    CHECK(found[0].object == list.get());
    CHECK(found[0].count == 2);
    CHECK(found[0].holders == 1);
    CHECK(found[0].text.find("count 2, named holders 1") != std::string::npos);
    decref(list.get());
    CHECK(audit_heap().empty());
}

TEST_CASE("a reference released once too often is reported", "[audit]") {
    start_runtime();
    Ref<> value = own(float_new(7.25));
    Ref<> list = own(list_new(0));
    list_append(list.get(), value.get());
    --value.get()->refcount;
    std::vector<AuditMismatch> found = audit_heap();
    REQUIRE(found.size() == 1);
    CHECK(found[0].object == value.get());
    CHECK(found[0].count == 1);
    CHECK(found[0].holders == 2);
    ++value.get()->refcount;
    CHECK(audit_heap().empty());
}

TEST_CASE("each counted reference is a holder with a name", "[holders]") {
    start_runtime();
    Ref<> value = own(float_new(1.5)), list = own(list_new(0)), dict = own(dict_new());
    list_append(list.get(), value.get());
    list_append(list.get(), value.get());
    dict_set_item_string(dict.get(), "key", value.get());
    std::vector<Holder> holders = holders_of(value.get());
    CHECK(holders.size() == static_cast<size_t>(refcount_of(value.get())));
    std::vector<std::string> names;
    for (const Holder& holder : holders) names.push_back(holder.name);
    auto has = [&](const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); };
    CHECK(has(short_name(list.get()) + " [0]"));
    CHECK(has(short_name(list.get()) + " [1]"));
    CHECK(has("dict " + hex_id(dict.get()) + " ['key']"));
}

TEST_CASE("the retained size of a container has what only it holds", "[facts]") {
    start_runtime();
    Ref<> shared = own(float_new(3.5)), outer = own(list_new(0));
    Ref<> inner = own(list_new(0));
    list_append(inner.get(), shared.get());
    list_append(outer.get(), inner.get());
    size_t own_size = size_of(outer.get()), inner_size = size_of(inner.get());
    inner.reset();
    // `shared` is held by this function as well.
    CHECK(retained_size(outer.get()) == own_size + inner_size);
}

#ifdef REFSCOPE_SANITIZE
TEST_CASE("the cell of a freed object is poisoned", "[sanitizer]") {
    start_runtime();
    Object* text = str_from_ascii("a string that is long enough to have a size class of its own, all alone", 71);
    auto* byte = reinterpret_cast<char*>(text) + 60;
    CHECK(__asan_address_is_poisoned(byte) == 0);
    decref(text);
    CHECK(__asan_address_is_poisoned(byte) != 0);
}
#endif
