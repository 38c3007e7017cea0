#include "vm/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace refscope::base {

void check_failed(const char* file, int line, const char* condition, const char* message) {
    std::fprintf(stderr, "refscope: %s:%d: %s (%s)\n", file, line, message, condition);
    std::fflush(stderr);
    std::abort();
}

}  // namespace refscope::base
