// Source text for tracebacks and warnings: a line of a file, and the operator in an expression that failed.
//
// Reads through the host and parses with the VM's own front end; runs no Python code and allocates nothing on the
// program's heap.
#pragma once

#include <string>
#include <string_view>

namespace refscope::vm {

// ErrorSeam::source_line and find_anchors.
bool find_source_line(const std::string& filename, int number, std::string* line);
bool find_operator_anchors(std::string_view segment, int* left, int* right);

}  // namespace refscope::vm
