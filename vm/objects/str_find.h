// Substring search over characters of one width, for str, bytes and bytearray.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace refscope::vm {

template <class C>
inline intptr_t find_char(const C* text, intptr_t length, C wanted) {
    if constexpr (sizeof(C) == 1) {
        auto* found = static_cast<const C*>(std::memchr(text, static_cast<unsigned char>(wanted), static_cast<size_t>(length)));
        return found ? found - text : -1;
    } else {
        for (intptr_t i = 0; i < length; ++i) {
            if (text[i] == wanted) return i;
        }
        return -1;
    }
}
template <class C>
inline intptr_t rfind_char(const C* text, intptr_t length, C wanted) {
    for (intptr_t i = length; i-- > 0;) {
        if (text[i] == wanted) return i;
    }
    return -1;
}

// The first position of `part`, or -1. An empty part is found at 0.
template <class C>
inline intptr_t find_part(const C* text, intptr_t length, const C* part, intptr_t part_length) {
    if (part_length == 0) return 0;
    if (part_length > length) return -1;
    if (part_length == 1) return find_char(text, length, part[0]);
    if constexpr (sizeof(C) == 1) {
        // glibc's two-way search: linear also for repetitive texts.
        auto* found = static_cast<const C*>(memmem(text, static_cast<size_t>(length), part, static_cast<size_t>(part_length)));
        return found ? found - text : -1;
    } else {
        // Horspool's skip by the last character, with a small filter of the characters of the part.
        C last = part[part_length - 1];
        uint64_t filter = 0;
        intptr_t skip = part_length - 1;
        for (intptr_t i = 0; i < part_length; ++i) {
            filter |= uint64_t{1} << (part[i] & 63);
            if (part[i] == last && i < part_length - 1) skip = part_length - 2 - i;
        }
        intptr_t limit = length - part_length;
        for (intptr_t i = 0; i <= limit; ++i) {
            if (text[i + part_length - 1] == last) {
                if (std::memcmp(text + i, part, static_cast<size_t>(part_length - 1) * sizeof(C)) == 0) return i;
                if (i < limit && !(filter >> (text[i + part_length] & 63) & 1)) i += part_length;
                else i += skip;
            } else if (i < limit && !(filter >> (text[i + part_length] & 63) & 1)) {
                i += part_length;
            }
        }
        return -1;
    }
}

template <class C>
inline intptr_t rfind_part(const C* text, intptr_t length, const C* part, intptr_t part_length) {
    if (part_length > length) return -1;
    if (part_length == 0) return length;
    if (part_length == 1) return rfind_char(text, length, part[0]);
    for (intptr_t i = length - part_length; i >= 0; --i) {
        if (text[i] == part[0] && std::memcmp(text + i, part, static_cast<size_t>(part_length) * sizeof(C)) == 0) return i;
    }
    return -1;
}

// Occurrences that do not overlap, at most `limit`.
template <class C>
inline intptr_t count_part(const C* text, intptr_t length, const C* part, intptr_t part_length, intptr_t limit) {
    if (part_length == 0) return length + 1 < limit ? length + 1 : limit;
    intptr_t count = 0;
    if (part_length == 1) {
        C wanted = part[0];
        for (intptr_t i = 0; i < length && count < limit; ++i) count += text[i] == wanted;
        return count;
    }
    for (intptr_t at = 0; count < limit;) {
        intptr_t found = find_part(text + at, length - at, part, part_length);
        if (found < 0) break;
        ++count;
        at += found + part_length;
    }
    return count;
}

}  // namespace refscope::vm
