#include <catch2/catch.hpp>

#include "vm/base/source_text.h"
#include "vm/base/unicode.h"
#include "vm/base/unicode_names.h"
#include "vm/base/utf8.h"

using namespace refscope::base;

TEST_CASE("lines are counted as CPython counts them, whatever ends them") {
    const SourceText text("a\r\nbc\rd\n");
    CHECK(text.text() == "a\nbc\nd\n");
    CHECK(text.line_count() == 3);
    CHECK(text.line_text(2) == "bc");
    CHECK(text.line_text(9).empty());
    CHECK(SourceText("").line_count() == 1);
    CHECK(text.position(3).line == 2);
    CHECK(text.position(3).column == 1);
    CHECK(text.offset(2, 1) == 3);
}

TEST_CASE("columns are translated between bytes, UTF-16 units and characters") {
    const SourceText text("aé😀b\n");
    CHECK(text.utf16_column(1, 0) == 0);
    CHECK(text.utf16_column(1, 3) == 2);
    CHECK(text.utf16_column(1, 7) == 4);
    CHECK(text.byte_column_of_utf16(1, 4) == 7);
    CHECK(text.byte_column_of_utf16(1, 99) == 8);
    CHECK(text.character_column(1, 7) == 3);
}

TEST_CASE("a file is decoded by its mark or its cookie") {
    CHECK(decode_source("\xEF\xBB\xBFx = 1\n", "f").source.text() == "x = 1\n");
    const DecodedSource latin = decode_source("# -*- coding: latin-1 -*-\nx = '\xE9'\n", "f");
    CHECK(latin.error.empty());
    CHECK(latin.encoding == "iso-8859-1");
    CHECK(latin.source.line_text(2) == "x = 'é'");
    CHECK(decode_source("# coding: nope\n", "f").error == "unknown encoding: nope");
    CHECK(decode_source("\xEF\xBB\xBF# coding: latin-1\n", "f").error ==
          "encoding problem: latin-1 with BOM");
    CHECK(decode_source("x = 1\ny = '\xE9'\n", "f.py").error ==
          "Non-UTF-8 code starting with '\\xe9' in file f.py on line 2, but no encoding declared; "
          "see "
          "https://peps.python.org/pep-0263/ for details");
    CHECK(decode_source("x\n\n# coding: latin-1\n'\xE9'\n", "f").error_line == 4);
}

TEST_CASE("UTF-8 is decoded strictly, but lone surrogates pass") {
    CHECK(decode_utf8("\xC0\x80").valid == false);
    CHECK(decode_utf8("\xED\xA0\x80").code_point == 0xD800);
    CHECK(decode_utf8("\xF4\x90\x80\x80").valid == false);
    std::string text;
    append_utf8(text, 0x1F600);
    CHECK(text == "😀");
}

TEST_CASE("identifiers and normalisation follow Unicode 14") {
    CHECK(is_identifier_start(U'é'));
    CHECK_FALSE(is_identifier_start(U'·'));
    CHECK(is_identifier_continue(U'·'));
    CHECK(normalize_nfkc("ﬁ") == "fi");
    CHECK(normalize_nfkc("e\xCC\x81") == "é");
    CHECK(normalize_nfkc("ｘ²") == "x2");
    CHECK(normalize_nfkc("한글") == "한글");
    CHECK_FALSE(is_printable(0x200B));
}

TEST_CASE("characters are found by name and named") {
    CHECK(character_by_name("LATIN SMALL LETTER E WITH ACUTE") == U'é');
    CHECK(character_by_name("greek small letter alpha") == U'α');
    CHECK(character_by_name("NULL") == U'\0');
    CHECK(character_by_name("BOM") == char32_t{0xFEFF});
    CHECK(character_by_name("HANGUL SYLLABLE HAN") == U'한');
    CHECK(character_by_name("CJK UNIFIED IDEOGRAPH-4E2D") == U'中');
    CHECK_FALSE(character_by_name("NO SUCH NAME"));
    CHECK_FALSE(character_by_name(""));
    CHECK(character_name(U'é') == "LATIN SMALL LETTER E WITH ACUTE");
    CHECK(character_name(U'한') == "HANGUL SYLLABLE HAN");
    CHECK(character_name(0).empty());
}
