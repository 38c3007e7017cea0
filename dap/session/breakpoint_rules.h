// When a breakpoint that is reached stops the program: its condition, its hit condition, or a log message in place of a stop. Used on the
// interpreter's thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vm/control/control.h"

namespace refscope::dap {

// "3" (that hit alone), "== 3", "> 3", ">= 3", "< 3", "<= 3", "% 3" (every third).
struct HitCondition {
    enum class Kind { kEqual, kGreater, kGreaterEqual, kLess, kLessEqual, kEvery } kind = Kind::kEqual;
    long long number = 0;

    bool holds(long long hits) const;
};
std::optional<HitCondition> parse_hit_condition(const std::string& text);

struct BreakpointRule {
    std::string condition;
    std::string hit_condition;
    std::string log_message;

    bool plain() const { return condition.empty() && hit_condition.empty() && log_message.empty(); }
};

class BreakpointRules {
  public:
    using Console = std::function<void(const std::string& text)>;

    // `place` is the same when a client sends the same breakpoint again: its hits go on being counted. What cannot be understood is told;
    // such a breakpoint never stops.
    std::string set(int id, const std::string& place, const BreakpointRule& rule);
    void clear() { rules_.clear(); }

    // Those of the breakpoints that stop the program; log messages are written to `console`.
    std::vector<int> stopping(const std::vector<int>& ids, vm::Frame* frame, const Console& console);

  private:
    struct Kept {
        std::string place;
        BreakpointRule rule;
        std::optional<HitCondition> hit_condition;
        bool unusable = false;
        long long hits = 0;
    };
    bool stops(Kept& kept, vm::Frame* frame, const Console& console);

    std::map<int, Kept> rules_;
};

}  // namespace refscope::dap
