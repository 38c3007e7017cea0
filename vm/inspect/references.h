// Every counted reference of the process, with its holder: the one enumeration behind audit, holders, paths and retained sizes.
//
// References are found by traversing (heap walk, frames, native references, roots), never from counters kept beside the counts.
// Read-only: nothing here changes a count, allocates on the program's heap or runs Python code. Heap thread only, at a stop.
#pragma once

#include <functional>

#include "vm/heap/edge.h"
#include "vm/interpreter/frame.h"

namespace refscope::vm {

enum class ReferenceSource : uint8_t {
    kObject,   // `holder` refers to it by `edge`
    kFrame,    // a frame of the thread: `frame`, `edge`
    kNative,   // a C++ function that is running: `text` says which
    kRoot,     // a C++ global of the runtime: `text`
    kStatic,   // the static runtime's own reference to a static object
    kDebugger, // held for the debugger's console until the program goes on
};

struct Reference {
    ReferenceSource source;
    Object* holder = nullptr;
    Frame* frame = nullptr;
    Edge edge = Edge::field("");
    const char* text = nullptr;
};

using ReferenceVisit = std::function<void(Object* referent, const Reference& reference)>;

void for_each_reference(const ReferenceVisit& visit);
// The same without those that heap objects hold: the roots of reachability.
void for_each_root_reference(const ReferenceVisit& visit);
// What one object refers to.
void for_each_referent(Object* holder, const ReferenceVisit& visit);

// Objects that the debugger's console made or was given (they count, and are named `debugger`). Owned.
extern std::vector<Object*> debugger_references;

}  // namespace refscope::vm
