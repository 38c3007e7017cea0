// The facts of Unicode that the front end needs: identifiers (PEP 3131), printability, NFKC.
//
// The tables are generated from CPython 3.11's own (Unicode 14). Pure functions over immutable
// data.
#pragma once

#include <string>
#include <string_view>

namespace refscope::base {

// As str.isidentifier() of CPython sees the first and the following characters.
bool is_identifier_start(char32_t code_point);
bool is_identifier_continue(char32_t code_point);
bool is_printable(char32_t code_point);  // str.isprintable()

// Normalisation form KC of well-formed UTF-8.
std::string normalize_nfkc(std::string_view text);

}  // namespace refscope::base
