// Checks that carry a message. RS_CHECK always runs: it guards what would corrupt the heap.
// RS_ASSERT runs in the debug and asan presets only.
#pragma once

namespace refscope::base {

// Prints `file:line: message` to stderr and aborts. Never returns.
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const char* message);

}  // namespace refscope::base

#define RS_LIKELY(x) __builtin_expect(!!(x), 1)
#define RS_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define RS_CHECK(condition, message) \
    (RS_LIKELY(condition)            \
         ? (void)0                   \
         : ::refscope::base::check_failed(__FILE__, __LINE__, #condition, message))
#ifdef REFSCOPE_CHECKS
#define RS_ASSERT(condition, message) RS_CHECK(condition, message)
#else
#define RS_ASSERT(condition, message) ((void)0)
#endif
