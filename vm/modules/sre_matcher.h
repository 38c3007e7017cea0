// Matcher: the machine itself, for one width of characters. Included by sre_engine.cpp alone.
#pragma once

#include <deque>

#include "vm/heap/calls.h"
#include "vm/modules/sre_engine.h"
#include "vm/objects/str_find.h"

namespace refscope::vm::sre {

template <class C>
class Matcher {
  public:
    explicit Matcher(State& state) : state_(state), text_(static_cast<const C*>(state.data)), end_(state.end) {}

    Status match(const Code* code) {
        if (*code == kInfo) {
            // Too short to match at all.
            if (code[3] && end_ - state_.start < static_cast<intptr_t>(code[3])) return Status::kNoMatch;
            code += 1 + code[1];
        }
        return attempt(code, state_.start);
    }

    Status search(const Code* code) {
        intptr_t at = state_.start, last = end_;
        if (at > last) return Status::kNoMatch;
        const Code *prefix = nullptr, *charset = nullptr;
        intptr_t prefix_length = 0, prefix_skip = 0;
        bool literal_only = false;
        if (*code == kInfo) {
            Code flags = code[2];
            auto width = static_cast<intptr_t>(code[3]);
            if (width && last - at < width) return Status::kNoMatch;
            if (width > 1) last -= width - 1;
            if (last < at) last = at;
            if (flags & kInfoPrefix) {
                prefix_length = code[5];
                prefix_skip = code[6];
                prefix = code + 7;
                literal_only = flags & kInfoLiteral;
            } else if (flags & kInfoCharset) {
                charset = code + 5;
            }
            code += 1 + code[1];
        }
        if (prefix_length > 0) return search_prefix(code, prefix, prefix_length, prefix_skip, literal_only, at);
        // What must stand at the beginning of the text can match nowhere else.
        if (!charset && *code == kAt && (code[1] == kAtBeginning || code[1] == kAtBeginningString)) last = at;
        for (;; ++at) {
            if (charset) {
                while (at < last && !in_charset(charset, text_[at])) ++at;
                if (at >= last) return Status::kNoMatch;
            }
            state_.start = at;
            Status status = attempt(code, at);
            state_.must_advance = false;
            if (status != Status::kNoMatch || at >= last) return status;
            clear_marks();
        }
    }

  private:
    struct Repeat {
        const Code* pattern;  // at the skip word of REPEAT
        Repeat* previous;
        intptr_t count;
        intptr_t last_position;
    };
    enum class Kind : uint8_t { kAlternative, kGreedyOne, kLazyOne, kRepeatTail, kRepeatBody };
    struct Choice {
        Kind kind;
        const Code* code;
        intptr_t position;
        intptr_t count;
        Repeat* repeat;
        size_t trail, repeats;
    };
    struct Change {
        intptr_t* slot;
        intptr_t old;
    };

    void clear_marks() {
        for (intptr_t& mark : state_.marks) mark = -1;
        state_.last_index = -1;
    }

    Status attempt(const Code* code, intptr_t at) {
        choices_.clear();
        trail_.clear();
        repeat_ = nullptr;
        used_repeats_ = 0;
        return run(code, at, true);
    }

    Status search_prefix(const Code* code, const Code* prefix, intptr_t length, intptr_t skip, bool literal_only, intptr_t at) {
        std::vector<C> wanted;
        for (intptr_t i = 0; i < length; ++i) {
            if (prefix[i] != static_cast<C>(prefix[i])) return Status::kNoMatch;  // wider than the text
            wanted.push_back(static_cast<C>(prefix[i]));
        }
        // What precedes the prefix's first group is matched already.
        const Code* rest = code + 2 * skip;
        for (;; ++at) {
            intptr_t found = find_part(text_ + at, end_ - at, wanted.data(), length);
            if (found < 0) return Status::kNoMatch;
            at += found;
            state_.start = at;
            state_.position = at + (literal_only ? length : skip);
            if (literal_only) return Status::kMatch;
            Status status = attempt(rest, at + skip);
            state_.must_advance = false;
            if (status != Status::kNoMatch) return status;
            clear_marks();
        }
    }

    void set(intptr_t* slot, intptr_t value) {
        trail_.push_back({slot, *slot});
        *slot = value;
    }
    void undo(size_t size) {
        while (trail_.size() > size) {
            *trail_.back().slot = trail_.back().old;
            trail_.pop_back();
        }
    }
    void choose(Kind kind, const Code* code, intptr_t position, intptr_t count = 0) {
        choices_.push_back({kind, code, position, count, repeat_, trail_.size(), used_repeats_});
    }
    Repeat* new_repeat(const Code* pattern) {
        if (used_repeats_ == repeats_.size()) repeats_.emplace_back();
        Repeat* repeat = &repeats_[used_repeats_++];
        *repeat = {pattern, repeat_, -1, -1};
        return repeat;
    }

    bool is_word(intptr_t at, Code category) const { return in_category(category, text_[at]); }
    bool boundary(intptr_t at, Code category) const {
        bool before = at > state_.beginning && is_word(at - 1, category);
        bool after = at < end_ && is_word(at, category);
        return before != after;
    }
    bool is_at(Code where, intptr_t at) const {
        switch (where) {
            case kAtBeginning: case kAtBeginningString: return at == state_.beginning;
            case kAtBeginningLine: return at == state_.beginning || text_[at - 1] == '\n';
            case kAtEnd: return at == end_ || (end_ - at == 1 && text_[at] == '\n');
            case kAtEndLine: return at == end_ || text_[at] == '\n';
            case kAtEndString: return at == end_;
            default: break;
        }
        if (state_.beginning == end_) return false;
        switch (where) {
            case kAtBoundary: return boundary(at, 4);
            case kAtNonBoundary: return !boundary(at, 4);
            case kAtLocBoundary: return boundary(at, 8);
            case kAtLocNonBoundary: return !boundary(at, 8);
            case kAtUniBoundary: return boundary(at, 14);
            case kAtUniNonBoundary: return !boundary(at, 14);
            default: return false;
        }
    }
    static bool locale_equal(Code literal, char32_t c) {
        return c == literal || lower_locale(c) == literal || upper_locale(c) == literal;
    }
    // One item that matches exactly one character: `code` at its opcode.
    bool single(const Code* code, char32_t c) const {
        switch (*code) {
            case kAny: return c != '\n';
            case kAnyAll: return true;
            case kLiteral: return c == code[1];
            case kNotLiteral: return c != code[1];
            case kLiteralIgnore: return lower_ascii(c) == code[1];
            case kNotLiteralIgnore: return lower_ascii(c) != code[1];
            case kLiteralUniIgnore: return lower_unicode(c) == code[1];
            case kNotLiteralUniIgnore: return lower_unicode(c) != code[1];
            case kLiteralLocIgnore: return locale_equal(code[1], c);
            case kNotLiteralLocIgnore: return !locale_equal(code[1], c);
            case kIn: return in_charset(code + 2, c);
            case kInIgnore: return in_charset(code + 2, lower_ascii(c));
            case kInUniIgnore: return in_charset(code + 2, lower_unicode(c));
            case kInLocIgnore: return in_charset_locale_ignore(code + 2, c);
            case kCategory: return in_category(code[1], c);
            default: return false;
        }
    }
    // How often the item matches in a row, at most `most` times. A group may stand around it.
    intptr_t count_item(const Code* code, intptr_t at, Code most) {
        intptr_t limit = end_ - at;
        if (most != kMaxRepeat && static_cast<intptr_t>(most) < limit) limit = static_cast<intptr_t>(most);
        const C* begin = text_ + at;
        const C* stop = begin + limit;
        const C* p = begin;
        switch (*code) {
            case kAnyAll: return limit;
            case kAny:
                while (p < stop && *p != '\n') ++p;
                break;
            case kLiteral:
                while (p < stop && *p == code[1]) ++p;
                break;
            case kNotLiteral:
                while (p < stop && *p != code[1]) ++p;
                break;
            case kIn:
                while (p < stop && in_charset(code + 2, *p)) ++p;
                break;
            default:
                while (p < stop && single(code, *p)) ++p;
                break;
        }
        return p - begin;
    }

    // Goes back to the newest choice above `base`. False: there is none left.
    bool backtrack(size_t base, const Code** code, intptr_t* at) {
        while (choices_.size() > base) {
            Choice& choice = choices_.back();
            undo(choice.trail);
            repeat_ = choice.repeat;
            used_repeats_ = choice.repeats;
            switch (choice.kind) {
                case Kind::kAlternative: {
                    const Code* arm = choice.code;
                    *at = choice.position;
                    choices_.pop_back();
                    if (next_arm(arm, *at, code)) return true;
                    break;
                }
                case Kind::kGreedyOne: {
                    const Code* op = choice.code;  // at the skip word
                    const Code* tail = op + op[0];
                    intptr_t count = choice.count - 1, position = choice.position - 1;
                    auto least = static_cast<intptr_t>(op[1]);
                    if (*tail == kLiteral) {
                        while (count >= least && (position >= end_ || text_[position] != tail[1])) --count, --position;
                    }
                    if (count < least) {
                        choices_.pop_back();
                        break;
                    }
                    choice.count = count;
                    choice.position = position;
                    if (count == least) choices_.pop_back();
                    *code = tail;
                    *at = position;
                    return true;
                }
                case Kind::kLazyOne: {
                    const Code* op = choice.code;
                    intptr_t position = choice.position;
                    bool more = op[2] == kMaxRepeat || choice.count < static_cast<intptr_t>(op[2]);
                    if (!more || position >= end_ || !single(op + 3, text_[position])) {
                        choices_.pop_back();
                        break;
                    }
                    ++choice.count;
                    choice.position = position + 1;
                    *code = op + op[0];
                    *at = position + 1;
                    return true;
                }
                case Kind::kRepeatTail: {
                    // The body cannot be matched once more: the rest of the pattern must match here.
                    Repeat* repeat = repeat_;
                    *code = choice.code;
                    *at = choice.position;
                    choices_.pop_back();
                    repeat_ = repeat->previous;
                    return true;
                }
                case Kind::kRepeatBody: {
                    Repeat* repeat = repeat_;
                    intptr_t position = choice.position, count = choice.count;
                    choices_.pop_back();
                    bool more = repeat->pattern[2] == kMaxRepeat || count < static_cast<intptr_t>(repeat->pattern[2]);
                    if (!more || position == repeat->last_position) break;
                    set(&repeat->count, count);
                    set(&repeat->last_position, position);
                    *code = repeat->pattern + 3;
                    *at = position;
                    return true;
                }
            }
        }
        return false;
    }

    // The first arm of a branch, from `arm` on, that may match; leaves a choice for the ones after it.
    bool next_arm(const Code* arm, intptr_t at, const Code** code) {
        for (; arm[0]; arm += arm[0]) {
            if (arm[1] == kLiteral && (at >= end_ || text_[at] != arm[2])) continue;
            if (arm[1] == kIn && (at >= end_ || !in_charset(arm + 3, text_[at]))) continue;
            const Code* next = arm + arm[0];
            if (next[0]) choose(Kind::kAlternative, next, at);
            *code = arm + 1;
            return true;
        }
        return false;
    }

    // A pattern of its own inside the pattern: true leaves the position in state_.position, and no choices.
    Status run_inside(const Code* code, intptr_t at) {
        size_t base = choices_.size();
        Repeat* repeat = repeat_;
        Status status = run(code, at, false);
        if (choices_.size() > base) choices_.resize(base);
        repeat_ = repeat;
        return status;
    }

    bool group_bounds(Code group, intptr_t* begin, intptr_t* end) const {
        *begin = state_.marks[2 * group];
        *end = state_.marks[2 * group + 1];
        return *begin >= 0 && *end >= *begin;
    }
    template <class Map>
    bool same_group(Code group, intptr_t* at, Map map) const {
        intptr_t begin, stop;
        if (!group_bounds(group, &begin, &stop)) return false;
        for (; begin < stop; ++begin, ++*at) {
            if (*at >= end_ || map(text_[*at]) != map(text_[begin])) return false;
        }
        return true;
    }

    Status run(const Code* code, intptr_t at, bool top_level) {
        const size_t base = choices_.size();
        unsigned steps = 0;
        for (;;) {
            bool ok = true;
            switch (*code++) {
                case kMark: {
                    Code mark = *code++;
                    if (mark & 1) set(&state_.last_index, static_cast<intptr_t>(mark / 2 + 1));
                    set(&state_.marks[mark], at);
                    break;
                }
                case kLiteral: case kNotLiteral: case kLiteralIgnore: case kNotLiteralIgnore: case kLiteralUniIgnore:
                case kNotLiteralUniIgnore: case kLiteralLocIgnore: case kNotLiteralLocIgnore: case kCategory:
                    ok = at < end_ && single(code - 1, text_[at]);
                    ++code;
                    ++at;
                    break;
                case kAny: case kAnyAll:
                    ok = at < end_ && single(code - 1, text_[at]);
                    ++at;
                    break;
                case kIn: case kInIgnore: case kInUniIgnore: case kInLocIgnore:
                    ok = at < end_ && single(code - 1, text_[at]);
                    code += *code;
                    ++at;
                    break;
                case kAt:
                    ok = is_at(*code++, at);
                    break;
                case kJump: case kInfo:
                    code += *code;
                    break;
                case kSuccess:
                    if (top_level && ((state_.match_all && at != end_) || (state_.must_advance && at == state_.start))) {
                        ok = false;
                        break;
                    }
                    state_.position = at;
                    return Status::kMatch;
                case kFailure:
                    ok = false;
                    break;
                case kBranch:
                    ok = next_arm(code, at, &code);
                    break;
                case kRepeatOne: {
                    auto least = static_cast<intptr_t>(code[1]);
                    if (end_ - at < least) {
                        ok = false;
                        break;
                    }
                    intptr_t count = count_item(code + 3, at, code[2]);
                    if (count < least) {
                        ok = false;
                        break;
                    }
                    const Code* tail = code + code[0];
                    intptr_t position = at + count;
                    if (count > least) {
                        if (*tail == kLiteral && (position >= end_ || text_[position] != tail[1])) {
                            // Let the choice find the first place from the right where the literal stands.
                            choose(Kind::kGreedyOne, code, position, count);
                            ok = false;
                            break;
                        }
                        choose(Kind::kGreedyOne, code, position, count);
                    }
                    code = tail;
                    at = position;
                    break;
                }
                case kMinRepeatOne: {
                    auto least = static_cast<intptr_t>(code[1]);
                    intptr_t count = 0;
                    if (least > 0) {
                        count = end_ - at < least ? -1 : count_item(code + 3, at, code[1]);
                        if (count < least) {
                            ok = false;
                            break;
                        }
                        at += count;
                    }
                    choose(Kind::kLazyOne, code, at, count);
                    code += code[0];
                    break;
                }
                case kPossessiveRepeatOne: {
                    auto least = static_cast<intptr_t>(code[1]);
                    intptr_t count = end_ - at < least ? -1 : count_item(code + 3, at, code[2]);
                    ok = count >= least;
                    at += count;
                    code += code[0];
                    break;
                }
                case kRepeat:
                    repeat_ = new_repeat(code);
                    code += code[0];
                    break;
                case kMaxUntil: {
                    Repeat* repeat = repeat_;
                    intptr_t count = repeat->count + 1;
                    if (count < static_cast<intptr_t>(repeat->pattern[1])) {
                        set(&repeat->count, count);
                        code = repeat->pattern + 3;
                        break;
                    }
                    bool more = repeat->pattern[2] == kMaxRepeat || count < static_cast<intptr_t>(repeat->pattern[2]);
                    if (more && at != repeat->last_position) {
                        choose(Kind::kRepeatTail, code, at);
                        set(&repeat->count, count);
                        set(&repeat->last_position, at);
                        code = repeat->pattern + 3;
                        break;
                    }
                    repeat_ = repeat->previous;
                    break;
                }
                case kMinUntil: {
                    Repeat* repeat = repeat_;
                    intptr_t count = repeat->count + 1;
                    if (count < static_cast<intptr_t>(repeat->pattern[1])) {
                        set(&repeat->count, count);
                        code = repeat->pattern + 3;
                        break;
                    }
                    choose(Kind::kRepeatBody, code, at, count);
                    repeat_ = repeat->previous;
                    break;
                }
                case kPossessiveRepeat: {
                    intptr_t count = 0, last = -1;
                    auto least = static_cast<intptr_t>(code[1]);
                    while (ok && (count < least || ((code[2] == kMaxRepeat || count < static_cast<intptr_t>(code[2])) && at != last))) {
                        bool needed = count < least;
                        size_t trail = trail_.size();
                        if (!needed) last = at;
                        Status status = run_inside(code + 3, at);
                        if (status != Status::kMatch && status != Status::kNoMatch) return status;
                        if (status == Status::kNoMatch) {
                            undo(trail);
                            ok = !needed;
                            break;
                        }
                        at = state_.position;
                        ++count;
                    }
                    code += code[0] + 1;
                    break;
                }
                case kAtomicGroup: {
                    Status status = run_inside(code + 1, at);
                    if (status != Status::kMatch && status != Status::kNoMatch) return status;
                    ok = status == Status::kMatch;
                    at = state_.position;
                    code += code[0];
                    break;
                }
                case kAssert: case kAssertNot: {
                    bool negative = code[-1] == kAssertNot;
                    auto back = static_cast<intptr_t>(code[1]);
                    if (at - state_.beginning < back) {
                        ok = negative;
                    } else {
                        size_t trail = trail_.size();
                        Status status = run_inside(code + 2, at - back);
                        if (status != Status::kMatch && status != Status::kNoMatch) return status;
                        ok = (status == Status::kMatch) != negative;
                        if (negative) undo(trail);
                    }
                    code += code[0];
                    break;
                }
                case kGroupRef:
                    ok = same_group(*code++, &at, [](C c) { return static_cast<char32_t>(c); });
                    break;
                case kGroupRefIgnore:
                    ok = same_group(*code++, &at, [](C c) { return lower_ascii(c); });
                    break;
                case kGroupRefUniIgnore:
                    ok = same_group(*code++, &at, [](C c) { return lower_unicode(c); });
                    break;
                case kGroupRefLocIgnore:
                    ok = same_group(*code++, &at, [](C c) { return lower_locale(c); });
                    break;
                case kGroupRefExists: {
                    intptr_t begin, stop;
                    code += group_bounds(code[0], &begin, &stop) ? 2 : code[1];
                    break;
                }
                default:
                    ok = false;
                    break;
            }
            if (ok) continue;
            if ((++steps & 0xffff) == 0 && call_seam.check_signals && call_seam.check_signals() < 0) return Status::kInterrupted;
            if (!backtrack(base, &code, &at)) return Status::kNoMatch;
        }
    }

    State& state_;
    const C* text_;
    intptr_t end_;
    std::vector<Choice> choices_;
    std::vector<Change> trail_;
    std::deque<Repeat> repeats_;
    size_t used_repeats_ = 0;
    Repeat* repeat_ = nullptr;
};

}  // namespace refscope::vm::sre
