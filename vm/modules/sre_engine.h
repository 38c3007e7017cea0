// The regular expression matcher: runs the code that the library's re._compiler makes (MAGIC 20220615).
//
// A backtracking machine with an explicit stack of choices, so that long subjects need no deep C++ recursion; only
// assertions and atomic groups, which cut the choices made inside them, recurse, as deep as the pattern is nested.
// Everything that a choice may have to take back (marks, repeat counts) is logged on a trail.
// It knows no Python objects: subjects are arrays of characters of 1, 2 or 4 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace refscope::vm::sre {

using Code = uint32_t;
inline constexpr Code kMaxRepeat = 0xffffffff;

enum Op : Code {
    kFailure, kSuccess, kAny, kAnyAll, kAssert, kAssertNot, kAt, kBranch, kCategory, kCharset, kBigCharset, kGroupRef, kGroupRefExists,
    kIn, kInfo, kJump, kLiteral, kMark, kMaxUntil, kMinUntil, kNotLiteral, kNegate, kRange, kRepeat, kRepeatOne, kSubpattern,
    kMinRepeatOne, kAtomicGroup, kPossessiveRepeat, kPossessiveRepeatOne, kGroupRefIgnore, kInIgnore, kLiteralIgnore,
    kNotLiteralIgnore, kGroupRefLocIgnore, kInLocIgnore, kLiteralLocIgnore, kNotLiteralLocIgnore, kGroupRefUniIgnore, kInUniIgnore,
    kLiteralUniIgnore, kNotLiteralUniIgnore, kRangeUniIgnore,
};
enum At : Code {
    kAtBeginning, kAtBeginningLine, kAtBeginningString, kAtBoundary, kAtNonBoundary, kAtEnd, kAtEndLine, kAtEndString,
    kAtLocBoundary, kAtLocNonBoundary, kAtUniBoundary, kAtUniNonBoundary,
};
enum InfoFlag : Code { kInfoPrefix = 1, kInfoLiteral = 2, kInfoCharset = 4 };

char32_t lower_ascii(char32_t c);
char32_t lower_locale(char32_t c);
char32_t upper_locale(char32_t c);
char32_t lower_unicode(char32_t c);
char32_t upper_unicode(char32_t c);
bool in_category(Code category, char32_t c);
bool in_charset(const Code* set, char32_t c);
bool in_charset_locale_ignore(const Code* set, char32_t c);
// Checks the code that Python handed in: lengths, jumps, groups. False: it is not what re._compiler makes.
bool validate(const std::vector<Code>& code, intptr_t groups);

enum class Status { kNoMatch = 0, kMatch = 1, kMemory = -9, kInterrupted = -10 };

// The subject and what a match has found; positions are indices of characters.
struct State {
    int kind;  // bytes for each character
    const void* data;
    intptr_t beginning = 0;  // always 0: \A and lookbehind see the text before `start`
    intptr_t start;          // where the match begins
    intptr_t end;
    intptr_t position;       // where it ends
    bool must_advance = false;  // an empty match at `start` does not count
    bool match_all = false;     // fullmatch
    std::vector<intptr_t> marks;  // -1: not set
    intptr_t last_index = -1;     // the group closed last

    void reset(intptr_t groups) {
        marks.assign(static_cast<size_t>(2 * groups), -1);
        last_index = -1;
    }
};

Status match(State& state, const Code* code);   // at state.start
Status search(State& state, const Code* code);  // the first from state.start on; sets state.start

}  // namespace refscope::vm::sre
