#include <catch2/catch.hpp>

#include "tests/unit/vm/runtime.h"
#include "vm/inspect/audit.h"
#include "vm/objects/abstract.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/call.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

using namespace refscope::vm;

namespace {

int finalized = 0;
Object* kept = nullptr;

Owned self_finalizer(Object* self, Object*) {
    ++finalized;
    (void)self;
    return new_none();
}
Owned self_resurrector(Object* self, Object*) {
    ++finalized;
    kept = newref(self);
    return new_none();
}
const MethodDef self_finalizer_def = method_def("__del__", self_finalizer, kMethNoargs);
const MethodDef self_resurrector_def = method_def("__del__", self_resurrector, kMethNoargs);

// class Node, with a __del__ that is written in C++.
Ref<> make_class(const MethodDef* method) {
    auto name = own(str_from_string("Node"));
    auto dict = own(dict_new());
    REQUIRE(dict_set_item_string(dict.get(), "__module__", name.get()) == 0);
    auto type = own(type_new_from(&type_type, name.get(), empty_tuple(), dict.get(), nullptr));
    REQUIRE(type);
    if (method) {
        auto descriptor = own(method_descriptor_new(as_type(type.get()), method));
        REQUIRE(object_set_attr(type.get(), ID(__del__), descriptor.get()) == 0);
    }
    return type;
}

void check_audit(const char* when) {
    auto mismatches = audit_heap();
    for (const auto& mismatch : mismatches) WARN(when << ": " << mismatch.text);
    CHECK(mismatches.empty());
}

}  // namespace

TEST_CASE("a started runtime balances") {
    start_runtime();
    check_audit("after startup");
}

TEST_CASE("the last release runs __del__ once") {
    start_runtime();
    finalized = 0;
    auto type = make_class(&self_finalizer_def);
    auto node = own(object_call_noargs(type.get()));
    REQUIRE(node);
    CHECK(refcount_of(node.get()) == 1);
    CHECK(finalized == 0);
    node.reset();
    CHECK(finalized == 1);
    check_audit("after __del__");
}

TEST_CASE("a resurrected object stays, and dies without a second __del__") {
    start_runtime();
    finalized = 0;
    auto type = make_class(&self_resurrector_def);
    auto node = own(object_call_noargs(type.get()));
    node.reset();
    REQUIRE(kept != nullptr);
    CHECK(refcount_of(kept) == 1);
    clear_ref(kept);
    CHECK(finalized == 1);
}

TEST_CASE("attributes live in the values until the dict is asked for") {
    start_runtime();
    auto type = make_class(nullptr);
    auto node = own(object_call_noargs(type.get()));
    auto list = own(list_new(0));
    REQUIRE(object_set_attr(node.get(), ID(items), list.get()) == 0);
    CHECK(refcount_of(list.get()) == 2);
    auto dict = own(object_get_attr(node.get(), ID(__dict__)));
    REQUIRE(dict);
    CHECK(dict_size(dict.get()) == 1);
    CHECK(refcount_of(list.get()) == 2);
    check_audit("with a dict");
    node.reset();
    CHECK(refcount_of(list.get()) == 2);
    dict.reset();
    CHECK(refcount_of(list.get()) == 1);
}

TEST_CASE("an absent attribute is an AttributeError with CPython's words") {
    start_runtime();
    auto type = make_class(nullptr);
    auto node = own(object_call_noargs(type.get()));
    auto value = own(object_get_attr(node.get(), ID(nothing)));
    CHECK_FALSE(value);
    REQUIRE(err_matches(exc::AttributeError));
    auto error = own(err_fetch());
    auto text = own(object_str(error.get()));
    CHECK(str_to_utf8(text.get()) == "'Node' object has no attribute 'nothing'");
}
