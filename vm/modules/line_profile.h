// What each line of a function does to the heap: one activation of it at a time, by line events of the instrumented loop.
//
// A line's increment is the heap after it less the heap after the line before, so that what a call makes is its line's. Nested code
// of the function (comprehensions, but no generators) counts with it. Interpreter thread only.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "vm/interpreter/frame.h"

namespace refscope::vm {

struct LineUse {
    int64_t increment = 0, most = 0;  // bytes; `most`: of the heap after the line
    int64_t occurrences = 0;
};

class LineProfile {
  public:
    // Events come from here on; profiles nest.
    explicit LineProfile(CodeObject* code);
    // The activation has ended, if that has not been seen.
    ~LineProfile();
    LineProfile(const LineProfile&) = delete;
    LineProfile& operator=(const LineProfile&) = delete;

    // Ends it: by line.
    const std::map<int, LineUse>& finish();

  private:
    friend struct ProfileHooks;
    static constexpr int kNotResumed = -2;
    struct Activation {
        const Frame* frame;  // nullptr: the call has not begun
        int line;           // that is running
        int last_line = kNotResumed;  // of the instruction before, and its place
        uint32_t last_unit = 0;
    };
    bool covers(const CodeObject* code) const;
    void add_code(CodeObject* code);
    void at_instruction(Frame* frame);
    void returned(Frame* frame);
    void line_done(int line);

    std::vector<Ref<>> codes_;
    std::vector<Activation> activations_;
    std::map<int, LineUse> lines_;
    int64_t heap_at_start_, last_ = 0;
    bool finished_ = false;
    LineProfile* outer_;
};

}  // namespace refscope::vm
