#include <catch2/catch.hpp>

#include "vm/heap/thread.h"
#include "tests/unit/vm/runtime.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

using namespace refscope::vm;

namespace {

struct Runtime {
    Runtime() {
        start_runtime();
    }
};

Ref<ExceptionObject> caught() { return own(static_cast<ExceptionObject*>(err_fetch())); }

std::string text_of(Object* object) {
    Ref<> text = own(object_str(object));
    return text ? str_to_utf8(text.get()) : "?";
}
std::string repr_of(Object* object) {
    Ref<> text = own(object_repr(object));
    return text ? str_to_utf8(text.get()) : "?";
}

// `exception` counts as being handled while this lives.
struct Handling {
    explicit Handling(Object* exception) {
        entry.value = exception;
        entry.previous = thread->handled;
        thread->handled = &entry;
    }
    ~Handling() { thread->handled = entry.previous; }
    HandledException entry;
};

}  // namespace

TEST_CASE("sizes are CPython's") {
    CHECK(exc::BaseException.tp_basicsize == 72);
    CHECK(exc::StopIteration.tp_basicsize == 80);
    CHECK(exc::ImportError.tp_basicsize == 96);
    CHECK(exc::OSError.tp_basicsize == 112);
    CHECK(exc::SyntaxError.tp_basicsize == 136);
    CHECK(exc::UnicodeDecodeError.tp_basicsize == 112);
    CHECK(exc::ExceptionGroup.tp_basicsize == 96);
}

TEST_CASE("what is raised is an instance with its arguments") {
    Runtime runtime;
    err_format(exc::ValueError, "bad %s: %d", "number", 5);
    REQUIRE(err_occurred());
    CHECK(err_matches(exc::ValueError));
    CHECK(err_matches(exc::Exception));
    CHECK_FALSE(err_matches(exc::TypeError));
    auto exception = caught();
    CHECK(text_of(exception.get()) == "bad number: 5");
    CHECK(repr_of(exception.get()) == "ValueError('bad number: 5')");
    CHECK(refcount_of(exception.get()) == 1);
}

TEST_CASE("a KeyError shows its key's repr, and keeps a tuple as one argument") {
    Runtime runtime;
    Ref<> key = own(str_from_string("a"));
    err_set_key_error(key.get());
    CHECK(text_of(caught().get()) == "'a'");
    Ref<> pair = own(tuple_pack({key.get(), key.get()}));
    err_set_key_error(pair.get());
    auto exception = caught();
    CHECK(tuple_size(exception->args) == 1);
    CHECK(text_of(exception.get()) == "('a', 'a')");
}

TEST_CASE("the exception being handled becomes the context of a new one") {
    Runtime runtime;
    err_set_string(exc::KeyError, "first");
    auto first = caught();
    {
        Handling handling(first.get());
        err_set_string(exc::ValueError, "second");
    }
    auto second = caught();
    CHECK(second->context == first.get());
    CHECK(second->cause == nullptr);
    CHECK_FALSE(second->suppress_context);
}

TEST_CASE("raising what is being handled does not make it its own context") {
    Runtime runtime;
    err_set_string(exc::KeyError, "x");
    auto exception = caught();
    Handling handling(exception.get());
    err_raise(exception.get(), nullptr);
    auto again = caught();
    CHECK(again.get() == exception.get());
    CHECK(again->context == nullptr);
}

TEST_CASE("a context chain that would become a cycle is cut") {
    Runtime runtime;
    err_set_string(exc::KeyError, "a");
    auto a = caught();
    err_set_string(exc::KeyError, "b");
    auto b = caught();
    exception_set_context(b.get(), newref<Object>(a.get()));  // b was raised while a was handled
    Handling handling(b.get());
    err_raise(a.get(), nullptr);
    caught();
    CHECK(a->context == b.get());
    CHECK(b->context == nullptr);
}

TEST_CASE("raise … from sets the cause and hides the context") {
    Runtime runtime;
    err_set_string(exc::KeyError, "cause");
    auto cause = caught();
    err_raise(&exc::ValueError, cause.get());
    auto exception = caught();
    CHECK(is_type(exception.get(), &exc::ValueError));
    CHECK(exception->cause == cause.get());
    CHECK(exception->suppress_context);
    Ref<> number = own(int_from_int(5));
    err_raise(&exc::ValueError, number.get());
    CHECK(text_of(caught().get()) == "exception causes must derive from BaseException");
    err_raise(number.get(), nullptr);
    CHECK(text_of(caught().get()) == "exceptions must derive from BaseException");
    err_raise(nullptr, nullptr);
    CHECK(text_of(caught().get()) == "No active exception to reraise");
}

TEST_CASE("OSError picks the subclass of its errno") {
    Runtime runtime;
    Ref<> number = own(int_from_int(2));
    Ref<> text = own(str_from_string("No such file or directory"));
    Ref<> name = own(str_from_string("f.txt"));
    Ref<> error = own(object_call_args(&exc::OSError, {number.get(), text.get(), name.get()}));
    REQUIRE(error);
    CHECK(is_type(error.get(), &exc::FileNotFoundError));
    CHECK(text_of(error.get()) == "[Errno 2] No such file or directory: 'f.txt'");
    CHECK(repr_of(error.get()) == "FileNotFoundError(2, 'No such file or directory')");
}

TEST_CASE("StopIteration carries any value") {
    Runtime runtime;
    Ref<> pair = own(tuple_pack({none(), none()}));
    err_set_stop_iteration(pair.get());
    Object* value = nullptr;
    REQUIRE(err_fetch_stop_iteration(&value) == 0);
    CHECK(value == pair.get());
    decref(value);
    err_set_string(exc::ValueError, "other");
    CHECK(err_fetch_stop_iteration(&value) == -1);
    err_clear();
}

TEST_CASE("a group splits by type and keeps its structure") {
    Runtime runtime;
    err_set_string(exc::ValueError, "v");
    auto value_error = caught();
    err_set_string(exc::TypeError, "t");
    auto type_error = caught();
    Ref<> inner_list = own(tuple_pack({type_error.get()}));
    Ref<> name = own(str_from_string("g"));
    Ref<> inner = own(object_call_args(&exc::ExceptionGroup, {name.get(), inner_list.get()}));
    REQUIRE(inner);
    Ref<> outer_list = own(tuple_pack({value_error.get(), inner.get()}));
    Ref<> outer = own(object_call_args(&exc::BaseExceptionGroup, {name.get(), outer_list.get()}));
    REQUIRE(outer);
    CHECK(is_type(outer.get(), &exc::ExceptionGroup));
    CHECK(text_of(outer.get()) == "g (2 sub-exceptions)");
    Object *match = nullptr, *rest = nullptr;
    REQUIRE(exception_group_match(outer.get(), &exc::TypeError, &match, &rest) == 0);
    Ref<> matched = own(match), remaining = own(rest);
    CHECK(repr_of(matched.get()) == "ExceptionGroup('g', [ExceptionGroup('g', [TypeError('t')])])");
    CHECK(repr_of(remaining.get()) == "ExceptionGroup('g', [ValueError('v')])");
}

TEST_CASE("a long chain of contexts dies without deep recursion") {
    Runtime runtime;
    err_set_string(exc::ValueError, "0");
    auto newest = caught();
    for (int i = 0; i < 200000; ++i) {
        err_set_string(exc::ValueError, "n");
        auto next = caught();
        exception_set_context(next.get(), newest.release());
        newest = std::move(next);
    }
    newest.reset();
    SUCCEED();
}
