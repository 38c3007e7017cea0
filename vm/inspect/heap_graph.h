// The heap as a graph, taken once for a stop: its dominator tree answers what would be freed if an object were gone.
//
// A snapshot of edges, not of objects: it is valid until the program, or the console, runs again (forget_heap_graph).
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "vm/heap/object.h"

namespace refscope::vm {

class HeapGraph {
  public:
    HeapGraph();
    // Bytes of everything that only this object leads to, itself included. An object that no root reaches (garbage that waits, or dies
    // just now) keeps what no root reaches and it does.
    size_t retained_size(Object* object) const;
    size_t object_count() const { return objects_.size(); }

  private:
    void number_objects();
    void link_objects();
    void find_dominators();

    std::unordered_map<Object*, uint32_t> index_;  // node 0 stands for the roots
    std::vector<Object*> objects_;
    std::vector<uint32_t> first_edge_, edges_;     // successors, node by node
    std::vector<uint32_t> dominator_;
    std::vector<size_t> own_size_, retained_;
    std::vector<char> reached_;
};

// The graph of this stop.
const HeapGraph& heap_graph();
void forget_heap_graph();

}  // namespace refscope::vm
