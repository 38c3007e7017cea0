// Dominators by Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001): iterate over the nodes in reverse
// postorder until nothing changes; object graphs settle in a few rounds.
#include "vm/inspect/heap_graph.h"

#include <algorithm>
#include <memory>

#include "vm/heap/allocator.h"
#include "vm/inspect/facts.h"
#include "vm/inspect/references.h"

namespace refscope::vm {

namespace {

constexpr uint32_t kNone = UINT32_MAX;
std::unique_ptr<HeapGraph> current;

}  // namespace

const HeapGraph& heap_graph() {
    if (!current) current = std::make_unique<HeapGraph>();
    return *current;
}
void forget_heap_graph() { current.reset(); }

HeapGraph::HeapGraph() {
    number_objects();
    link_objects();
    find_dominators();
}

void HeapGraph::number_objects() {
    objects_.push_back(nullptr);
    walk_heap([](Object* object, void* graph) { static_cast<HeapGraph*>(graph)->objects_.push_back(object); }, this);
    index_.reserve(objects_.size() * 2);
    for (uint32_t i = 1; i < objects_.size(); ++i) index_.emplace(objects_[i], i);
    own_size_.assign(objects_.size(), 0);
    for (uint32_t i = 1; i < objects_.size(); ++i) own_size_[i] = size_of(objects_[i]);
}

void HeapGraph::link_objects() {
    auto add = [&](Object* referent) {
        auto at = index_.find(referent);
        if (at != index_.end()) edges_.push_back(at->second);
    };
    first_edge_.push_back(0);
    for_each_root_reference([&](Object* referent, const Reference&) { add(referent); });
    for (Object* object : objects_) {
        if (object && is_static_object(object)) add(object);
    }
    for (uint32_t i = 1; i < objects_.size(); ++i) {
        first_edge_.push_back(static_cast<uint32_t>(edges_.size()));
        for_each_referent(objects_[i], [&](Object* referent, const Reference&) { add(referent); });
    }
    first_edge_.push_back(static_cast<uint32_t>(edges_.size()));
}

void HeapGraph::find_dominators() {
    const auto count = static_cast<uint32_t>(objects_.size());
    std::vector<uint32_t> order, number(count, kNone);
    order.reserve(count);
    std::vector<char> seen(count, 0);
    std::vector<std::pair<uint32_t, uint32_t>> work{{0, first_edge_[0]}};
    seen[0] = 1;
    while (!work.empty()) {
        auto& [node, edge] = work.back();
        if (edge < first_edge_[node + 1]) {
            uint32_t to = edges_[edge++];
            if (!seen[to]) {
                seen[to] = 1;
                work.push_back({to, first_edge_[to]});
            }
            continue;
        }
        number[node] = static_cast<uint32_t>(order.size());
        order.push_back(node);
        work.pop_back();
    }
    reached_ = seen;
    // Predecessors of the reached nodes.
    std::vector<uint32_t> first(count + 1, 0), predecessors;
    for (uint32_t node : order) {
        for (uint32_t e = first_edge_[node]; e < first_edge_[node + 1]; ++e) ++first[edges_[e] + 1];
    }
    for (uint32_t i = 0; i < count; ++i) first[i + 1] += first[i];
    predecessors.assign(first[count], 0);
    std::vector<uint32_t> fill(first.begin(), first.end() - 1);
    for (uint32_t node : order) {
        for (uint32_t e = first_edge_[node]; e < first_edge_[node + 1]; ++e) predecessors[fill[edges_[e]]++] = node;
    }
    dominator_.assign(count, kNone);
    dominator_[0] = 0;
    auto common = [&](uint32_t a, uint32_t b) {
        while (a != b) {
            while (number[a] < number[b]) a = dominator_[a];
            while (number[b] < number[a]) b = dominator_[b];
        }
        return a;
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = order.size(); i-- > 0;) {
            uint32_t node = order[i];
            if (node == 0) continue;
            uint32_t dominator = kNone;
            for (uint32_t p = first[node]; p < first[node + 1]; ++p) {
                uint32_t predecessor = predecessors[p];
                if (dominator_[predecessor] == kNone) continue;
                dominator = dominator == kNone ? predecessor : common(predecessor, dominator);
            }
            if (dominator != dominator_[node]) {
                dominator_[node] = dominator;
                changed = true;
            }
        }
    }
    retained_ = own_size_;
    for (uint32_t node : order) {  // postorder: a node comes before its dominator
        if (node != 0 && dominator_[node] != kNone) retained_[dominator_[node]] += retained_[node];
    }
}

size_t HeapGraph::retained_size(Object* object) const {
    auto at = index_.find(object);
    if (at == index_.end()) return size_of(object);
    if (reached_[at->second]) return retained_[at->second];
    std::vector<uint32_t> work{at->second};
    std::vector<char> seen(objects_.size(), 0);
    seen[at->second] = 1;
    size_t bytes = 0;
    while (!work.empty()) {
        uint32_t node = work.back();
        work.pop_back();
        bytes += own_size_[node];
        for (uint32_t e = first_edge_[node]; e < first_edge_[node + 1]; ++e) {
            uint32_t to = edges_[e];
            if (!seen[to] && !reached_[to]) {
                seen[to] = 1;
                work.push_back(to);
            }
        }
    }
    return bytes;
}

}  // namespace refscope::vm
