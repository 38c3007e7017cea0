#include "vm/base/unicode.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

#include "vm/base/utf8.h"

namespace refscope::base {

namespace {

struct CodeRange {
    char32_t first;
    char32_t last;
};
struct CombiningClass {
    char32_t first;
    char32_t last;
    std::uint8_t value;
};
struct Decomposition {
    char32_t code_point;
    const char* text;
};
struct Composition {
    char32_t first;
    char32_t second;
    char32_t composed;
};

#include "vm/base/unicode_tables.inc"

// Hangul syllables decompose and compose by arithmetic (Unicode, section 3.12).
constexpr char32_t kHangulBase = 0xAC00;
constexpr char32_t kLeadBase = 0x1100;
constexpr char32_t kVowelBase = 0x1161;
constexpr char32_t kTailBase = 0x11A7;
constexpr char32_t kLeadCount = 19;
constexpr char32_t kVowelCount = 21;
constexpr char32_t kTailCount = 28;
constexpr char32_t kHangulCount = kLeadCount * kVowelCount * kTailCount;

template <std::size_t N>
bool contains(const CodeRange (&table)[N], char32_t code) {
    const auto* found = std::upper_bound(
        std::begin(table), std::end(table), code,
        [](char32_t value, const CodeRange& range) { return value < range.first; });
    return found != std::begin(table) && code <= std::prev(found)->last;
}

int combining_class(char32_t code) {
    if (code < 0x300) return 0;
    const auto* found = std::upper_bound(
        std::begin(kCombiningClasses), std::end(kCombiningClasses), code,
        [](char32_t value, const CombiningClass& item) { return value < item.first; });
    if (found == std::begin(kCombiningClasses)) return 0;
    found = std::prev(found);
    return code <= found->last ? found->value : 0;
}

void decompose(char32_t code, std::vector<char32_t>& out) {
    if (code >= kHangulBase && code < kHangulBase + kHangulCount) {
        const char32_t index = code - kHangulBase;
        out.push_back(kLeadBase + index / (kVowelCount * kTailCount));
        out.push_back(kVowelBase + index % (kVowelCount * kTailCount) / kTailCount);
        if (index % kTailCount != 0) out.push_back(kTailBase + index % kTailCount);
        return;
    }
    const auto* found = std::lower_bound(
        std::begin(kDecompositions), std::end(kDecompositions), code,
        [](const Decomposition& item, char32_t value) { return item.code_point < value; });
    if (found == std::end(kDecompositions) || found->code_point != code) {
        out.push_back(code);
        return;
    }
    for (std::string_view rest = found->text; !rest.empty();) {
        const DecodedCharacter character = decode_utf8(rest);
        out.push_back(character.code_point);
        rest.remove_prefix(character.length);
    }
}

// The composed character, or 0.
char32_t compose(char32_t first, char32_t second) {
    if (first >= kLeadBase && first < kLeadBase + kLeadCount && second >= kVowelBase &&
        second < kVowelBase + kVowelCount) {
        return kHangulBase +
               ((first - kLeadBase) * kVowelCount + (second - kVowelBase)) * kTailCount;
    }
    if (first >= kHangulBase && first < kHangulBase + kHangulCount &&
        (first - kHangulBase) % kTailCount == 0 && second > kTailBase &&
        second < kTailBase + kTailCount) {
        return first + (second - kTailBase);
    }
    const auto* found = std::lower_bound(
        std::begin(kCompositions), std::end(kCompositions), std::pair(first, second),
        [](const Composition& item, const std::pair<char32_t, char32_t>& value) {
            return std::pair(item.first, item.second) < value;
        });
    if (found == std::end(kCompositions) || found->first != first || found->second != second)
        return 0;
    return found->composed;
}

}  // namespace

bool is_identifier_start(char32_t code) {
    return contains(kIdentifierStart, code);
}
bool is_identifier_continue(char32_t code) {
    return contains(kIdentifierContinue, code);
}
bool is_printable(char32_t code) {
    return !contains(kNotPrintable, code);
}

std::string normalize_nfkc(std::string_view text) {
    std::vector<char32_t> codes;
    while (!text.empty()) {
        const DecodedCharacter character = decode_utf8(text);
        decompose(character.code_point, codes);
        text.remove_prefix(character.length);
    }
    // Canonical order: combining marks sort by class within each run.
    for (std::size_t begin = 0; begin < codes.size();) {
        if (combining_class(codes[begin]) == 0) {
            ++begin;
            continue;
        }
        std::size_t end = begin;
        while (end < codes.size() && combining_class(codes[end]) != 0) ++end;
        std::stable_sort(
            codes.begin() + static_cast<std::ptrdiff_t>(begin),
            codes.begin() + static_cast<std::ptrdiff_t>(end),
            [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
        begin = end;
    }
    std::vector<char32_t> composed;
    std::ptrdiff_t starter = -1;
    int last_class = 0;
    for (char32_t code : codes) {
        const int combining = combining_class(code);
        const bool adjacent =
            starter >= 0 && starter == static_cast<std::ptrdiff_t>(composed.size()) - 1;
        if (starter >= 0 && (adjacent || (last_class != 0 && last_class < combining))) {
            if (const char32_t joined = compose(composed[static_cast<std::size_t>(starter)], code);
                joined != 0) {
                composed[static_cast<std::size_t>(starter)] = joined;
                continue;
            }
        }
        if (combining == 0) starter = static_cast<std::ptrdiff_t>(composed.size());
        last_class = combining;
        composed.push_back(code);
    }
    std::string result;
    for (char32_t code : composed) append_utf8(result, code);
    return result;
}

}  // namespace refscope::base
