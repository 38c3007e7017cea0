#include "vm/base/unicode_names.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace refscope::base {

namespace {

#include "vm/base/unicode_names.inc"

constexpr std::uint32_t kTwoByteWord = 192;

// Unicode, section 4.8: names made from the code point.
struct IdeographRange {
    char32_t first;
    char32_t last;
};
constexpr IdeographRange kIdeographs[] = {
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0x20000, 0x2A6DF}, {0x2A700, 0x2B738},
    {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0}, {0x30000, 0x3134A}};
constexpr std::string_view kIdeographPrefix = "CJK UNIFIED IDEOGRAPH-";
constexpr std::string_view kSyllablePrefix = "HANGUL SYLLABLE ";
constexpr std::string_view kLeads[] = {"G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
                                       "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H"};
constexpr std::string_view kVowels[] = {"A",   "AE", "YA", "YAE", "EO", "E",  "YEO",
                                        "YE",  "O",  "WA", "WAE", "OE", "YO", "U",
                                        "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
constexpr std::string_view kTails[] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D", "L",  "LG",
                                       "LM", "LB", "LS", "LT", "LP", "LH", "M",  "B", "BS", "S",
                                       "SS", "NG", "J",  "C",  "K",  "T",  "P",  "H"};
constexpr char32_t kHangulBase = 0xAC00;

struct Entry {
    std::uint32_t hash;
    char32_t code_point;
    std::uint32_t position;  // of its words in kNames
};

// All names, sorted by hash, and the words; built at the first look-up and kept.
struct Directory {
    std::vector<std::string_view> words;
    std::vector<Entry> entries;
    std::uint32_t first_alias = 0;  // position in kNames

    Directory() {
        const std::string_view all(kWords, sizeof kWords - 1);
        for (std::size_t at = 0; at < all.size();) {
            const std::size_t end = all.find(' ', at);
            words.push_back(all.substr(at, end - at));
            at = end + 1;
        }
        entries.reserve(kNameCount);
        std::uint32_t at = 0;
        char32_t code = 0;
        for (std::size_t i = 0; i < kNameCount; ++i) {
            if (i == kFirstAlias) {
                code = 0;
                first_alias = at;
            }
            std::uint32_t distance = 0;
            for (int shift = 0;; shift += 7) {
                const std::uint32_t byte = kNames[at++];
                distance |= (byte & 127) << shift;
                if (byte < 128) break;
            }
            code += distance;
            const std::uint32_t position = at;
            std::uint32_t hash = kHashStart;
            at = for_each_word(position, [&](std::string_view word, bool first) {
                if (!first) hash = mix(hash, ' ');
                for (char c : word) hash = mix(hash, c);
            });
            entries.push_back({hash, code, position});
        }
        std::sort(entries.begin(), entries.end(),
                  [](const Entry& a, const Entry& b) { return a.hash < b.hash; });
    }

    static constexpr std::uint32_t kHashStart = 2166136261U;
    static std::uint32_t mix(std::uint32_t hash, char c) {
        return (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }

    template <class F>
    std::uint32_t for_each_word(std::uint32_t at, F&& f) const {
        const std::uint32_t count = kNames[at++];
        for (std::uint32_t i = 0; i < count; ++i) {
            std::uint32_t word = kNames[at++];
            if (word >= kTwoByteWord)
                word = kTwoByteWord + ((word - kTwoByteWord) << 8) + kNames[at++];
            f(words[word], i == 0);
        }
        return at;
    }

    std::string name(std::uint32_t position) const {
        std::string result;
        for_each_word(position, [&](std::string_view word, bool first) {
            if (!first) result += ' ';
            result += word;
        });
        return result;
    }
};

const Directory& directory() {
    static const Directory instance;
    return instance;
}

template <std::size_t N>
int longest_prefix(std::string_view& rest, const std::string_view (&table)[N]) {
    int best = -1;
    for (std::size_t i = 0; i < N; ++i) {
        if (rest.starts_with(table[i]) &&
            (best < 0 || table[i].size() > table[static_cast<std::size_t>(best)].size())) {
            best = static_cast<int>(i);
        }
    }
    if (best >= 0) rest.remove_prefix(table[static_cast<std::size_t>(best)].size());
    return best;
}

}  // namespace

std::optional<char32_t> character_by_name(std::string_view name) {
    std::string upper(name);
    for (char& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    std::string_view rest(upper);
    if (rest.starts_with(kSyllablePrefix)) {
        rest.remove_prefix(kSyllablePrefix.size());
        const int lead = longest_prefix(rest, kLeads);
        const int vowel = longest_prefix(rest, kVowels);
        const int tail = longest_prefix(rest, kTails);
        if (lead < 0 || vowel < 0 || tail < 0 || !rest.empty()) return std::nullopt;
        return kHangulBase + static_cast<char32_t>((lead * 21 + vowel) * 28 + tail);
    }
    if (rest.starts_with(kIdeographPrefix)) {
        rest.remove_prefix(kIdeographPrefix.size());
        if (rest.size() != 4 && rest.size() != 5) return std::nullopt;
        char32_t code = 0;
        for (char c : rest) {
            const bool digit = c >= '0' && c <= '9';
            if (!digit && !(c >= 'A' && c <= 'F')) return std::nullopt;
            code = code * 16 + static_cast<char32_t>(digit ? c - '0' : c - 'A' + 10);
        }
        for (const IdeographRange& range : kIdeographs) {
            if (code >= range.first && code <= range.last) return code;
        }
        return std::nullopt;
    }
    std::uint32_t hash = Directory::kHashStart;
    for (char c : rest) hash = Directory::mix(hash, c);
    const Directory& all = directory();
    auto found = std::lower_bound(
        all.entries.begin(), all.entries.end(), hash,
        [](const Entry& entry, std::uint32_t value) { return entry.hash < value; });
    for (; found != all.entries.end() && found->hash == hash; ++found) {
        if (all.name(found->position) == rest) return found->code_point;
    }
    return std::nullopt;
}

std::string character_name(char32_t code) {
    if (code >= kHangulBase && code < kHangulBase + 11172) {
        const char32_t index = code - kHangulBase;
        return std::string(kSyllablePrefix) + std::string(kLeads[index / 588]) +
               std::string(kVowels[index % 588 / 28]) + std::string(kTails[index % 28]);
    }
    for (const IdeographRange& range : kIdeographs) {
        if (code < range.first || code > range.last) continue;
        char digits[8];
        std::snprintf(digits, sizeof digits, "%X", static_cast<unsigned>(code));
        return std::string(kIdeographPrefix) + digits;
    }
    // Walks the table, which stands in the order of code points up to the aliases.
    const Directory& all = directory();
    const Entry* best = nullptr;
    for (const Entry& entry : all.entries) {
        if (entry.code_point == code && (best == nullptr || entry.position < best->position))
            best = &entry;
    }
    if (best == nullptr || best->position >= all.first_alias) return {};
    return all.name(best->position);
}

}  // namespace refscope::base
