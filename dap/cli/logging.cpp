#include "dap/cli/logging.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include <stdexcept>

#include "protocol/log.h"

namespace refscope::cli {

using protocol::LogLevel;

namespace {

struct LevelName {
    const char* name;
    LogLevel level;
    spdlog::level::level_enum spdlog_level;
};

constexpr LevelName kLevels[] = {
    {"trace", LogLevel::kTrace, spdlog::level::trace},
    {"debug", LogLevel::kDebug, spdlog::level::debug},
    {"info", LogLevel::kInfo, spdlog::level::info},
    {"warning", LogLevel::kWarning, spdlog::level::warn},
    {"error", LogLevel::kError, spdlog::level::err},
    {"off", LogLevel::kOff, spdlog::level::off},
};

spdlog::level::level_enum to_spdlog(LogLevel level) {
    for (const auto& known : kLevels) {
        if (known.level == level) return known.spdlog_level;
    }
    return spdlog::level::info;
}

}  // namespace

void start_logging(const LogOptions& options) {
    if (options.file.empty()) return;
    LogLevel least = LogLevel::kInfo;
    for (const auto& known : kLevels) {
        if (options.level == known.name) least = known.level;
    }
    std::shared_ptr<spdlog::logger> logger;
    try {
        logger = spdlog::basic_logger_mt("refscope", options.file);
    } catch (const spdlog::spdlog_ex& error) {
        throw std::runtime_error(error.what());
    }
    logger->set_level(to_spdlog(least));
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %P %l %v");
    // A crash must not take the last lines with it.
    logger->flush_on(spdlog::level::trace);
    protocol::set_log_sink(least, [logger](LogLevel level, std::string_view text) {
        logger->log(to_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
    });
}

void stop_logging() {
    protocol::set_log_sink(LogLevel::kOff, nullptr);
    spdlog::shutdown();
}

}  // namespace refscope::cli
