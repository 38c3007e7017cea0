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

// The named parts that a value expands to, before `memory`.
struct Child {
    std::string name;
    Object* value = nullptr;        // borrowed; nullptr: `text` is the value
    std::string text;
    std::string evaluate_name;      // an expression that gives it again, relative: ".next", "[0]"; empty: none
    bool group = false;             // a row that only groups `children_of` more (class attributes, closure …)
    std::string group_kind;
};
// Named children (attributes, closure …) without the indexed ones.
std::vector<Child> named_children(Object* object);
std::vector<Child> group_children(Object* object, const std::string& group_kind);
size_t indexed_count(Object* object);
// Items [start, start + count) of a sequence, set or dict, named "[0]" or by the key's repr.
std::vector<Child> indexed_children(Object* object, size_t start, size_t count);

}  // namespace refscope::vm
