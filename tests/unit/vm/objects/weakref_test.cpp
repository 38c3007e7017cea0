#include <catch2/catch.hpp>

#include "vm/gc/gc.h"
#include "tests/unit/vm/runtime.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/weakref.h"

using namespace refscope::vm;

namespace {

struct Heap {
    Heap() {
        start_runtime();
        collector.enabled = false;
    }
};

// A callback that appends what it is given to a list (its self).
Owned note_call(Object* list, Object* reference) {
    REQUIRE(is_none(weakref_get_object(reference)));
    return list_append(list, reference) < 0 ? nullptr : new_none();
}
const MethodDef note_call_method = method_def("note", note_call, kMethO);

}  // namespace

TEST_CASE("a weak reference without callback is shared and does not keep its object alive") {
    Heap heap;
    Ref<> object = own(set_new(nullptr));
    Ref<> first = own(weakref_new_ref(object.get(), nullptr));
    Ref<> second = own(weakref_new_ref(object.get(), none()));
    CHECK(first.get() == second.get());
    CHECK(refcount_of(object.get()) == 1);
    CHECK(weakref_get_object(first.get()) == object.get());
    CHECK(weakref_count(object.get()) == 1);
    object.reset();
    CHECK(is_none(weakref_get_object(first.get())));
}

TEST_CASE("objects of a type without the slot cannot be weakly referenced") {
    Heap heap;
    Ref<> list = own(list_new(0));
    CHECK(weakref_new_ref(list.get(), nullptr) == nullptr);
    REQUIRE(err_matches(exc::TypeError));
    Ref<> error = own(err_fetch());
    Ref<> text = own(str_from_format("%S", error.get()));
    CHECK(str_to_utf8(text.get()) == "cannot create weak reference to 'list' object");
}

TEST_CASE("callbacks run newest first, when all references are dead already") {
    Heap heap;
    Ref<> calls = own(list_new(0));
    Ref<> callback = own(builtin_function_new(&note_call_method, calls.get(), nullptr));
    Ref<> object = own(set_new(nullptr));
    Ref<> plain = own(weakref_new_ref(object.get(), nullptr));
    Ref<> first = own(weakref_new_ref(object.get(), callback.get()));
    Ref<> second = own(weakref_new_ref(object.get(), callback.get()));
    CHECK(weakref_count(object.get()) == 3);
    object.reset();
    REQUIRE(list_size(calls.get()) == 2);
    CHECK(list_get_item(calls.get(), 0) == second.get());
    CHECK(list_get_item(calls.get(), 1) == first.get());
    CHECK(is_none(weakref_get_object(plain.get())));
}

TEST_CASE("a reference that dies before its object does not call back") {
    Heap heap;
    Ref<> calls = own(list_new(0));
    Ref<> callback = own(builtin_function_new(&note_call_method, calls.get(), nullptr));
    Ref<> object = own(set_new(nullptr));
    Ref<> reference = own(weakref_new_ref(object.get(), callback.get()));
    reference.reset();
    CHECK(weakref_count(object.get()) == 0);
    object.reset();
    CHECK(list_size(calls.get()) == 0);
}

TEST_CASE("a proxy passes operations on and refuses them when its referent is dead") {
    Heap heap;
    Ref<> object = own(set_new(nullptr));
    Ref<> number = own(int_from_int(7));
    set_add(object.get(), number.get());
    Ref<> proxy = own(weakref_new_proxy(object.get(), nullptr));
    CHECK(proxy->type->mp_length(proxy.get()) == 1);
    CHECK(proxy->type->sq_contains(proxy.get(), number.get()) == 1);
    object.reset();
    CHECK(proxy->type->mp_length(proxy.get()) == -1);
    CHECK(err_matches(exc::ReferenceError));
    err_clear();
}
