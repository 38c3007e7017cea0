#include <catch2/catch.hpp>

#include "tests/unit/vm/runtime.h"
#include "vm/objects/bytes.h"
#include "vm/objects/codecs.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/str_writer.h"

using namespace refscope::vm;

namespace {

Ref<> text(const char* utf8) { return own(str_from_string(utf8)); }
std::string utf8(Object* stolen) {
    Ref<> value = own(stolen);
    REQUIRE(value);
    return str_to_utf8(value.get());
}
size_t size_of(const Ref<>& value) { return str_type.tp_sizeof(value.get()); }

}  // namespace

TEST_CASE("a string is as wide as its widest character") {
    start_runtime();
    CHECK(size_of(text("")) == 49);
    CHECK(size_of(text("abc")) == 52);
    CHECK(size_of(text("é")) == 74);
    CHECK(size_of(text("€")) == 76);
    CHECK(size_of(text("😀")) == 80);
    // What is cut from a wide string is narrow again.
    Ref<> mixed = text("ab€");
    Ref<> part = own(str_substring(mixed.get(), 0, 2));
    CHECK(str_is_ascii(part.get()));
}

TEST_CASE("single latin-1 characters and the empty string are shared") {
    start_runtime();
    CHECK(text("a").get() == str_character('a'));
    CHECK(text("é").get() == str_character(0xe9));
    CHECK(text("").get() == str_empty());
    CHECK(own(str_from_ordinal('a')).get() == str_character('a'));
}

TEST_CASE("appending to a string that nobody else has grows it in place") {
    start_runtime();
    Object* grown = text("a string of some length").release();
    Ref<> more = text("!");
    Object* before = grown;
    str_append(&grown, more.get());
    CHECK(grown == before);
    Ref<> other = share(grown);
    str_append(&grown, more.get());
    CHECK(grown != other.get());
    CHECK(utf8(grown) == "a string of some length!!");
}

TEST_CASE("equal texts are interned to one object, which is forgotten when it dies") {
    start_runtime();
    Object* first = text("interned by this test").release();
    Object* second = text("interned by this test").release();
    CHECK(first != second);
    str_intern_in_place(&first);
    str_intern_in_place(&second);
    CHECK(first == second);
    CHECK(refcount_of(first) == 2);
    decref(first);
    decref(second);
    Object* third = text("interned by this test").release();
    str_intern_in_place(&third);
    CHECK(refcount_of(third) == 1);
    decref(third);
}

TEST_CASE("splitting, joining and replacing") {
    start_runtime();
    Ref<> line = text("  a bé  c ");
    Ref<> words = own(str_split(line.get(), nullptr, -1));
    REQUIRE(list_size(words.get()) == 3);
    Ref<> comma = text(",");
    CHECK(utf8(str_join(comma.get(), words.get())) == "a,bé,c");
    Ref<> from = text("é"), to = text("ee");
    Ref<> plain = own(str_replace(line.get(), from.get(), to.get(), -1));
    CHECK(str_is_ascii(plain.get()));
    CHECK(utf8(plain.release()) == "  a bee  c ");
    CHECK(str_find(line.get(), from.get(), 0, INTPTR_MAX, 1) == 5);
    CHECK(str_count(line.get(), str_empty(), 0, INTPTR_MAX) == 11);
}

TEST_CASE("repr chooses quotes and escapes what is not printable") {
    start_runtime();
    CHECK(utf8(str_repr(text("it's").get())) == "\"it's\"");
    CHECK(utf8(str_repr(text("'\"\\\n\x7f").get())) == "'\\'\"\\\\\\n\\x7f'");
    CHECK(utf8(str_repr(text("é\u200b").get())) == "'é\\u200b'");
}

TEST_CASE("UTF-8 errors name the bytes at fault, and handlers replace them") {
    start_runtime();
    CHECK_FALSE(own(utf8_decode("a\xe1\x80", 3, nullptr)));
    CHECK(err_matches(exc::UnicodeDecodeError));
    err_clear();
    CHECK(utf8(utf8_decode("a\xff\xc3(", 4, "replace")) == "a\xef\xbf\xbd\xef\xbf\xbd(");
    Ref<> escaped = own(utf8_decode("a\xff", 2, "surrogateescape"));
    CHECK(str_read(escaped.get(), 1) == 0xdcff);
    Ref<> back = own(utf8_encode(escaped.get(), "surrogateescape"));
    CHECK(bytes_view(back.get()) == "a\xff");
}

TEST_CASE("a writer widens what it has when a wider character comes") {
    start_runtime();
    StrWriter writer;
    REQUIRE(writer.put_ascii("abc"));
    REQUIRE(writer.put(0x20ac));
    REQUIRE(writer.put_repeated('-', 2));
    REQUIRE(writer.put(0x1f600));
    CHECK(utf8(writer.finish()) == "abc€--😀");
    StrWriter single;
    REQUIRE(single.put('x'));
    CHECK(own(single.finish()).get() == str_character('x'));
}

TEST_CASE("messages are built with precision in characters and objects by their repr") {
    start_runtime();
    Ref<> name = text("näme");
    CHECK(utf8(str_from_format("%.2U|%5d|%-4d|%05zd|%x|%R|%.3s|%%", name.get(), 7, 7, intptr_t{-42}, 255u, name.get(), "abcdef")) ==
          "nä|    7|7   |-0042|ff|'näme'|abc|%");
}
