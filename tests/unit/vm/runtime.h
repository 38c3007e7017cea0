// A started runtime for unit tests: once for the process, without a program.
#pragma once

#include <catch2/catch.hpp>

#include "vm/modules/startup.h"

namespace refscope::vm {

inline void start_runtime() {
    if (runtime_is_initialized()) return;
    StartupOptions options;
    options.program_name = "refscope";
    options.argv = {"test"};
    REQUIRE(initialize_runtime(options));
}

}  // namespace refscope::vm
