// Who holds an object: one entry for each counted reference, in the words of the debugger's views.
#pragma once

#include <string>
#include <vector>

#include "vm/inspect/references.h"

namespace refscope::vm {

struct Holder {
    Reference reference;
    std::string name;  // "local `a` of main()", "list 0x7f… [1]", "attribute `next` of Node 0x7f…"
    // What a view opens: the holding object itself; nullptr: a frame, a native function or the runtime.
    Object* object = nullptr;
    bool is_static_runtime = false;
};

// In the order: frames from the innermost out, heap objects by address, the runtime.
std::vector<Holder> holders_of(Object* object);

// "Node 0x7f…", "list 0x7f…"; a function, class or module by its name.
std::string short_name(const Object* object);
std::string hex_id(const Object* object);
// "main()", "<module>" → the module's name
std::string frame_name(const Frame* frame);

}  // namespace refscope::vm
