// How a value is shown: Python's repr, made without running any of the program's code and without touching its heap.
#pragma once

#include <string>
#include <vector>

#include "vm/heap/object.h"

namespace refscope::vm {

struct DisplayOptions {
    bool counts = true;       // "  rc N" behind the value, except for what the runtime shares
    size_t max_text = 1000;   // characters of one string
    size_t max_items = 100;   // of one container
    int max_depth = 4;
    bool hex = false;         // ints
};
std::string display(Object* object, const DisplayOptions& options = {});

}  // namespace refscope::vm
