// `--log FILE --log-level LEVEL`: where diagnostics go. The one place that knows spdlog.
#pragma once

#include <string>

namespace refscope::cli {

struct LogOptions {
    std::string file;  // empty: none
    std::string level = "info";
};

// Throws std::runtime_error with a readable reason when the file cannot be opened.
void start_logging(const LogOptions& options);
void stop_logging();

}  // namespace refscope::cli
