#include "dap/session/breakpoint_rules.h"

#include <charconv>

namespace refscope::dap {

namespace {

std::string without_blanks(const std::string& text) {
    size_t begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
    return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

// Where the brace at `begin` is closed; npos: nowhere.
size_t closing_brace(const std::string& text, size_t begin) {
    int depth = 0;
    char quote = 0;
    for (size_t i = begin; i < text.size(); ++i) {
        char c = text[i];
        if (quote) {
            if (c == '\\') ++i;
            else if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '{' || c == '[' || c == '(') {
            ++depth;
        } else if ((c == '}' || c == ']' || c == ')') && --depth == 0) {
            return i;
        }
    }
    return std::string::npos;
}

// "x is {x}" with what stands in braces worked out.
std::string fill_in(const std::string& message, vm::Frame* frame) {
    std::string out;
    for (size_t i = 0; i < message.size(); ++i) {
        char c = message[i];
        if ((c == '{' || c == '}') && i + 1 < message.size() && message[i + 1] == c) {
            out += c;
            ++i;
            continue;
        }
        size_t end = c == '{' ? closing_brace(message, i) : std::string::npos;
        if (end == std::string::npos) {
            out += c;
            continue;
        }
        out += vm::evaluate_to_text(frame, without_blanks(message.substr(i + 1, end - i - 1)));
        i = end;
    }
    return out;
}

}  // namespace

bool HitCondition::holds(long long hits) const {
    switch (kind) {
        case Kind::kEqual: return hits == number;
        case Kind::kGreater: return hits > number;
        case Kind::kGreaterEqual: return hits >= number;
        case Kind::kLess: return hits < number;
        case Kind::kLessEqual: return hits <= number;
        case Kind::kEvery: return number > 0 && hits % number == 0;
    }
    return false;
}

std::optional<HitCondition> parse_hit_condition(const std::string& given) {
    static constexpr std::pair<std::string_view, HitCondition::Kind> kSigns[] = {
        {">=", HitCondition::Kind::kGreaterEqual}, {"<=", HitCondition::Kind::kLessEqual}, {"==", HitCondition::Kind::kEqual},
        {">", HitCondition::Kind::kGreater},       {"<", HitCondition::Kind::kLess},       {"=", HitCondition::Kind::kEqual},
        {"%", HitCondition::Kind::kEvery}};
    std::string text = without_blanks(given);
    HitCondition condition;
    for (auto [sign, kind] : kSigns) {
        if (!text.starts_with(sign)) continue;
        condition.kind = kind;
        text = without_blanks(text.substr(sign.size()));
        break;
    }
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), condition.number);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return condition;
}

std::string BreakpointRules::set(int id, const std::string& place, const BreakpointRule& rule) {
    Kept kept;
    kept.place = place + "\n" + rule.condition + "\n" + rule.hit_condition;
    kept.rule = rule;
    for (auto known = rules_.begin(); known != rules_.end(); ++known) {
        if (known->second.place != kept.place) continue;
        kept.hits = known->second.hits;
        rules_.erase(known);
        break;
    }
    std::string problem;
    if (!rule.hit_condition.empty()) {
        kept.hit_condition = parse_hit_condition(rule.hit_condition);
        if (!kept.hit_condition) problem = "the hit condition '" + rule.hit_condition + "' is not understood: write 3, >= 3 or % 3";
    }
    if (problem.empty() && !rule.condition.empty()) problem = vm::problem_of_expression(rule.condition);
    kept.unusable = !problem.empty();
    if (!rule.plain()) rules_[id] = std::move(kept);
    return problem;
}

bool BreakpointRules::stops(Kept& kept, vm::Frame* frame, const Console& console) {
    if (kept.unusable) return false;
    if (!kept.rule.condition.empty()) {
        std::string error;
        bool holds = vm::condition_holds(frame, kept.rule.condition, &error);
        if (!error.empty()) {
            // It stops, so that the mistake is seen and the place is not missed.
            console("condition " + kept.rule.condition + ": " + error + "\n");
            return true;
        }
        if (!holds) return false;
    }
    ++kept.hits;
    if (kept.hit_condition && !kept.hit_condition->holds(kept.hits)) return false;
    if (kept.rule.log_message.empty()) return true;
    console(fill_in(kept.rule.log_message, frame) + "\n");
    return false;
}

std::vector<int> BreakpointRules::stopping(const std::vector<int>& ids, vm::Frame* frame, const Console& console) {
    std::vector<int> result;
    for (int id : ids) {
        auto found = rules_.find(id);
        if (found == rules_.end() || stops(found->second, frame, console)) result.push_back(id);
    }
    return result;
}

}  // namespace refscope::dap
