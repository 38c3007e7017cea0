// Runs oracle.py under the reference CPython. For the tests of this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vm/syntax/parse.h"

namespace refscope::syntax {

bool oracle_available();

// "OK <dump>", "SyntaxError|message|lineno|offset|end_lineno|end_offset" or "MemoryError".
std::vector<std::string> oracle_answers(const std::vector<std::string>& sources, ParseMode mode);
std::vector<std::string> oracle_dumps(const std::vector<std::string>& paths);

// Our own answer, in the same form.
std::string our_answer(std::string_view source, ParseMode mode);

std::string read_file(const std::string& path);

}  // namespace refscope::syntax
