// Where protocol, adapter and language server write their diagnostics: one process-wide sink that
// the executable installs. Without a sink nothing is formatted or written. Safe from any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace refscope::protocol {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError, kOff };

using LogSink = std::function<void(LogLevel, std::string_view)>;

// To be called before other threads start, and again (with nothing) before the sink goes away.
void set_log_sink(LogLevel least, LogSink sink);

bool log_enabled(LogLevel level);
void log(LogLevel level, std::string_view text);

}  // namespace refscope::protocol
