// Character classes of the regular expression engine, and the check of compiled code.
#include <cctype>

#include "vm/base/characters.h"
#include "vm/modules/sre_engine.h"

namespace refscope::vm::sre {

namespace {

bool is_alnum_ascii(char32_t c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 128); }
bool is_alnum_unicode(char32_t c) {
    if (c < 128) return is_alnum_ascii(c);
    return base::character_flags(c) & (base::kAlpha | base::kDecimal | base::kDigit | base::kNumeric);
}
bool is_space_ascii(char32_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

char32_t lower_ascii(char32_t c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }
char32_t lower_locale(char32_t c) { return c < 256 ? static_cast<char32_t>(std::tolower(static_cast<int>(c))) : c; }
char32_t upper_locale(char32_t c) { return c < 256 ? static_cast<char32_t>(std::toupper(static_cast<int>(c))) : c; }
char32_t lower_unicode(char32_t c) { return c < 128 ? lower_ascii(c) : base::simple_lower(c); }
char32_t upper_unicode(char32_t c) { return c < 128 ? (c >= 'a' && c <= 'z' ? c & ~0x20u : c) : base::simple_upper(c); }

bool in_category(Code category, char32_t c) {
    switch (category) {
        case 0: return c >= '0' && c <= '9';
        case 1: return !(c >= '0' && c <= '9');
        case 2: return is_space_ascii(c);
        case 3: return !is_space_ascii(c);
        case 4: return is_alnum_ascii(c) || c == '_';
        case 5: return !(is_alnum_ascii(c) || c == '_');
        case 6: return c == '\n';
        case 7: return c != '\n';
        case 8: return (c < 256 && std::isalnum(static_cast<int>(c))) || c == '_';
        case 9: return !((c < 256 && std::isalnum(static_cast<int>(c))) || c == '_');
        case 10: return c < 128 ? c >= '0' && c <= '9' : base::character_is(c, base::kDecimal);
        case 11: return !in_category(10, c);
        case 12: return base::character_is(c, base::kSpace);
        case 13: return !base::character_is(c, base::kSpace);
        case 14: return is_alnum_unicode(c) || c == '_';
        case 15: return !(is_alnum_unicode(c) || c == '_');
        case 16: return base::character_is(c, base::kLineBreak);
        case 17: return !base::character_is(c, base::kLineBreak);
        default: return false;
    }
}

bool in_charset(const Code* set, char32_t c) {
    bool ok = true;
    for (;;) {
        switch (*set++) {
            case kFailure:
                return !ok;
            case kLiteral:
                if (c == set[0]) return ok;
                ++set;
                break;
            case kCategory:
                if (in_category(set[0], c)) return ok;
                ++set;
                break;
            case kCharset:
                if (c < 256 && (set[c / 32] & (1u << (c & 31)))) return ok;
                set += 8;
                break;
            case kRange:
                if (set[0] <= c && c <= set[1]) return ok;
                set += 2;
                break;
            case kRangeUniIgnore: {
                if (set[0] <= c && c <= set[1]) return ok;
                char32_t upper = upper_unicode(c);
                if (set[0] <= upper && upper <= set[1]) return ok;
                set += 2;
                break;
            }
            case kNegate:
                ok = !ok;
                break;
            case kBigCharset: {
                Code count = *set++;
                int block = c < 65536 ? reinterpret_cast<const uint8_t*>(set)[c >> 8] : -1;
                set += 64;
                if (block >= 0 && (set[(static_cast<unsigned>(block) * 256 + (c & 255)) / 32] & (1u << (c & 31)))) return ok;
                set += count * 8;
                break;
            }
            default:
                return false;
        }
    }
}

bool in_charset_locale_ignore(const Code* set, char32_t c) {
    char32_t lower = lower_locale(c);
    if (in_charset(set, lower)) return true;
    char32_t upper = upper_locale(c);
    return upper != lower && in_charset(set, upper);
}

namespace {

class Validator {
  public:
    explicit Validator(intptr_t groups) : groups_(groups) {}

    bool charset(const Code* code, const Code* end) {
        while (code < end) {
            switch (*code++) {
                case kNegate: break;
                case kLiteral: if (!skip(code, end, 1)) return false; break;
                case kRange: case kRangeUniIgnore: if (!skip(code, end, 2)) return false; break;
                case kCharset: if (!skip(code, end, 8)) return false; break;
                case kCategory:
                    if (code >= end || *code > 17) return false;
                    ++code;
                    break;
                case kBigCharset: {
                    if (code >= end) return false;
                    Code blocks = *code++;
                    if (end - code < 64) return false;
                    for (int i = 0; i < 256; ++i) {
                        if (reinterpret_cast<const uint8_t*>(code)[i] >= blocks) return false;
                    }
                    if (blocks > 0x10000) return false;
                    code += 64;
                    if (!skip(code, end, static_cast<intptr_t>(blocks) * 8)) return false;
                    break;
                }
                default: return false;
            }
        }
        return true;
    }

    bool run(const Code* code, const Code* end) {
        while (code < end) {
            Code op = *code++;
            switch (op) {
                case kMark:
                    if (code >= end || *code >= static_cast<Code>(2 * groups_)) return false;
                    ++code;
                    break;
                case kLiteral: case kNotLiteral: case kLiteralIgnore: case kNotLiteralIgnore: case kLiteralUniIgnore:
                case kNotLiteralUniIgnore: case kLiteralLocIgnore: case kNotLiteralLocIgnore:
                    if (!skip(code, end, 1)) return false;
                    break;
                case kSuccess: case kFailure: case kAny: case kAnyAll:
                    break;
                case kAt:
                    if (code >= end || *code > kAtUniNonBoundary) return false;
                    ++code;
                    break;
                case kIn: case kInIgnore: case kInUniIgnore: case kInLocIgnore: {
                    const Code* stop = target(code, end);
                    if (!stop || stop < code + 2 || stop[-1] != kFailure || !charset(code + 1, stop - 1)) return false;
                    code = stop;
                    break;
                }
                case kInfo: {
                    const Code* stop = target(code, end);
                    if (!stop || stop - code < 4) return false;
                    Code flags = code[1];
                    const Code* rest = code + 4;
                    if (flags & kInfoPrefix) {
                        if (stop - rest < 2) return false;
                        auto length = static_cast<intptr_t>(rest[0]);
                        if (rest[1] > rest[0] || stop - rest - 2 != 2 * length) return false;
                        for (intptr_t i = 0; i < length; ++i) {
                            if (rest[2 + length + i] >= rest[0] && length) return false;
                        }
                    } else if (flags & kInfoCharset) {
                        if (stop <= rest || stop[-1] != kFailure || !charset(rest, stop - 1)) return false;
                    }
                    code = stop;
                    break;
                }
                case kBranch: {
                    const Code* join = nullptr;
                    for (;;) {
                        if (code >= end) return false;
                        if (*code == 0) break;
                        const Code* stop = target(code, end);
                        if (!stop || stop - code < 3 || stop[-2] != kJump) return false;
                        if (!run(code + 1, stop - 2)) return false;
                        const Code* to = target(stop - 1, end + 1);
                        if (!to || (join && to != join)) return false;
                        join = to;
                        code = stop;
                    }
                    if (!join) return false;
                    code = join;
                    break;
                }
                case kRepeatOne: case kMinRepeatOne: case kPossessiveRepeatOne: {
                    const Code* stop = target(code, end);
                    if (!stop || stop - code < 4 || code[1] > code[2] || stop[-1] != kSuccess) return false;
                    if (!run(code + 3, stop - 1)) return false;
                    code = stop;
                    break;
                }
                case kRepeat: case kPossessiveRepeat: {
                    const Code* stop = target(code, end);
                    if (!stop || stop >= end || stop - code < 3 || code[1] > code[2]) return false;
                    if (!run(code + 3, stop)) return false;
                    Code last = *stop;
                    if (op == kPossessiveRepeat ? last != kSuccess : last != kMaxUntil && last != kMinUntil) return false;
                    code = stop + 1;
                    break;
                }
                case kAtomicGroup: {
                    const Code* stop = target(code, end);
                    if (!stop || stop - code < 2 || stop[-1] != kSuccess || !run(code + 1, stop - 1)) return false;
                    code = stop;
                    break;
                }
                case kGroupRef: case kGroupRefIgnore: case kGroupRefUniIgnore: case kGroupRefLocIgnore:
                    if (code >= end || *code >= static_cast<Code>(groups_)) return false;
                    ++code;
                    break;
                case kGroupRefExists: {
                    if (end - code < 2 || code[0] >= static_cast<Code>(groups_)) return false;
                    auto distance = static_cast<intptr_t>(code[1]);
                    if (distance < 2 || distance > end - code) return false;
                    const Code* no = code + distance;
                    // With an else part the yes part ends in a jump over it.
                    if (no - code >= 4 && no[-2] == kJump) {
                        const Code* after = target(no - 1, end + 1);
                        if (after && after >= no && after <= end && run(code + 2, no - 2) && run(no, after)) {
                            code = after;
                            break;
                        }
                    }
                    if (!run(code + 2, no)) return false;
                    code = no;
                    break;
                }
                case kAssert: case kAssertNot: {
                    const Code* stop = target(code, end);
                    if (!stop || stop - code < 3 || stop[-1] != kSuccess || (code[1] & 0x80000000u)) return false;
                    if (!run(code + 2, stop - 1)) return false;
                    code = stop;
                    break;
                }
                default:
                    return false;
            }
        }
        return code == end;
    }

  private:
    static bool skip(const Code*& code, const Code* end, intptr_t count) {
        if (end - code < count) return false;
        code += count;
        return true;
    }
    // Where the relative jump stored at `code` leads, or nullptr.
    static const Code* target(const Code* code, const Code* end) {
        if (code >= end) return nullptr;
        auto distance = static_cast<intptr_t>(*code);
        return distance >= 1 && distance <= end - code ? code + distance : nullptr;
    }

    intptr_t groups_;
};

}  // namespace

bool validate(const std::vector<Code>& code, intptr_t groups) {
    if (groups < 0 || code.empty() || code.back() != kSuccess) return false;
    return Validator(groups).run(code.data(), code.data() + code.size() - 1);
}

}  // namespace refscope::vm::sre
