// How the compiler gives up: the first error is thrown as a CompileFailure and caught by compile(); nothing outside this
// folder sees it.
#pragma once

#include <string>
#include <utility>

#include "vm/bytecode/code_unit.h"
#include "vm/syntax/ast.h"

namespace refscope::compiler {

struct CompileFailure {
    std::string message;
    bytecode::Position at;
    const char* type = "SyntaxError";  // or RecursionError, which has no position
};

/// Nesting that CPython 3.11 accepts before "maximum recursion depth exceeded during compilation": the recursion limit
/// times three.
constexpr int kMaxNesting = 3000;

inline bytecode::Position position_of(const syntax::Range& range) {
    return {range.lineno, range.end_lineno, range.col_offset, range.end_col_offset};
}
inline bytecode::Position position_of(const syntax::Node* node) { return position_of(node->range); }

[[noreturn]] inline void fail(std::string message, const bytecode::Position& at) {
    throw CompileFailure{std::move(message), at};
}

class NestingGuard {
  public:
    explicit NestingGuard(int& depth) : depth_(depth) {
        if (++depth_ > kMaxNesting) {
            throw CompileFailure{"maximum recursion depth exceeded during compilation", {}, "RecursionError"};
        }
    }
    ~NestingGuard() { --depth_; }
    NestingGuard(const NestingGuard&) = delete;

  private:
    int& depth_;
};

}  // namespace refscope::compiler
