// What raising and showing errors needs from above vm/objects: warnings, source files, the syntax of a line.
//
// Filled in by vm/modules when the runtime starts. A missing function means: there is nothing to be had.
#pragma once

#include <string>
#include <string_view>

#include "vm/heap/object.h"
#include "vm/heap/type.h"

namespace refscope::vm {

struct ErrorSeam {
    // Issues a warning; -1: it was raised. `source`: the object a ResourceWarning is about, or nullptr.
    int (*warn)(Type& category, Object* message, int stack_level, Object* source) = nullptr;
    // The text of line `number` of a source file, without its end, decoded by its coding cookie; false: not found. Looks
    // for a relative name along sys.path too. Runs no Python code.
    bool (*source_line)(const std::string& filename, int number, std::string* line) = nullptr;
    // Where in an expression the operator or subscript is that failed: byte offsets within `segment`. False: no single
    // binary operation or subscript.
    bool (*find_anchors)(std::string_view segment, int* left, int* right) = nullptr;
    // To the process's stderr, past sys.stderr.
    void (*write_stderr)(std::string_view text) = nullptr;
};
extern ErrorSeam error_seam;

}  // namespace refscope::vm
