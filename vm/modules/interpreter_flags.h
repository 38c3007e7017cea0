// The switches of python's own command line (-O, -W, -X …), as sys.flags shows them. Set before the runtime starts, then only read.
#pragma once

#include <string>
#include <vector>

namespace refscope::vm {

struct InterpreterFlags {
    int debug = 0, inspect = 0, interactive = 0, optimize = 0, verbose = 0, bytes_warning = 0, quiet = 0;
    int no_user_site = 0, no_site = 0, ignore_environment = 0, isolated = 0, warn_default_encoding = 0;
    bool dont_write_bytecode = false, safe_path = false, dev_mode = false, utf8_mode = false, unbuffered = false;
    int int_max_str_digits = -1;
    std::vector<std::string> warn_options;  // sys.warnoptions
    std::vector<std::string> x_options;     // NAME or NAME=VALUE: sys._xoptions
};
extern InterpreterFlags interpreter_flags;

// A PYTHON… variable of the environment; nullptr when it is not set or the environment is to be ignored (-E, -I).
const char* python_variable(const char* name);

}  // namespace refscope::vm
