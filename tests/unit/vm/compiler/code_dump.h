// Code units as text that can be compared with what dump_code.py writes for CPython's code objects.
#pragma once

#include <string>
#include <vector>

#include "vm/bytecode/code_unit.h"

namespace refscope::compiler::test {

struct CodeDump {
    std::vector<std::pair<std::string, std::string>> fields;  // the first one is the qualified name
};

struct FileDump {
    std::string path;
    std::string error;  // instead of code
    bool undecodable = false;  // the error is one of the encoding
    std::vector<std::string> warnings;  // "SyntaxWarning 3 message"
    std::vector<CodeDump> codes;  // parents first
};

std::vector<CodeDump> dump(const bytecode::CodeUnit& code);
std::string read_file(const std::string& path);
/// Parses and compiles a file.
FileDump dump_file(const std::string& path, const std::string& mode, int optimize);
/// The same by the installed CPython, for all paths in one process.
std::vector<FileDump> oracle_dumps(const std::vector<std::string>& paths, const std::string& mode, int optimize);

}  // namespace refscope::compiler::test
