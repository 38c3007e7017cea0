#include "protocol/log.h"

#include <atomic>
#include <mutex>

namespace refscope::protocol {

namespace {

std::atomic<LogLevel> least_level{LogLevel::kOff};
std::mutex sink_mutex;
LogSink installed_sink;

}  // namespace

void set_log_sink(LogLevel least, LogSink sink) {
    std::lock_guard lock(sink_mutex);
    least_level = sink ? least : LogLevel::kOff;
    installed_sink = std::move(sink);
}

bool log_enabled(LogLevel level) {
    return level != LogLevel::kOff && level >= least_level.load(std::memory_order_relaxed);
}

void log(LogLevel level, std::string_view text) {
    if (!log_enabled(level)) return;
    std::lock_guard lock(sink_mutex);
    if (installed_sink) installed_sink(level, text);
}

}  // namespace refscope::protocol
