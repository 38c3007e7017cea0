// A frame as a debugger shows it: its place in the source, its names with their objects, its temporaries.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vm/interpreter/frame.h"

namespace refscope::vm {

struct FramePlace {
    std::string function;  // "main", "<module>"
    std::string file;      // as the code was compiled with
    int line;              // 0: none
    int first_line;        // of the code: where its `def` or first decorator stands
};
FramePlace frame_place(const Frame* frame);
// All frames of the thread, innermost first.
std::vector<Frame*> thread_frames();

using NamedObjects = std::vector<std::pair<std::string, Object*>>;  // borrowed
// Bound locals, cells' contents and, for module and class bodies, the namespace (special names last).
NamedObjects frame_names(Frame* frame);
NamedObjects frame_globals_list(Frame* frame);
// What stands on the evaluation stack, by depth.
NamedObjects frame_temporaries(Frame* frame);

}  // namespace refscope::vm
