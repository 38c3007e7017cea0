// Quoted-printable text (RFC 1521), as binascii.a2b_qp and b2a_qp treat it. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace refscope::vm {

std::string decode_quoted_printable(std::string_view data, bool header);
std::string encode_quoted_printable(std::string_view data, bool quote_tabs, bool is_text, bool header);

}  // namespace refscope::vm
