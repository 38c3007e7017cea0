// What a value expands to in a debugger's view: its own children, before `memory`. Read-only and without running any of the program's code;
// heap thread, at a stop.
#pragma once

#include <string>
#include <vector>

#include "vm/heap/object.h"

namespace refscope::vm {

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
