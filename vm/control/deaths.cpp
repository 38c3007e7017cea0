// Saying why an object dies: which reference was the last, or which cycle it belongs to.
#include <algorithm>
#include <unordered_map>

#include "vm/control/breakpoints.h"
#include "vm/inspect/holders.h"
#include "vm/inspect/references.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

using bytecode::RegisterOp;

std::string name_text(const Frame* frame, uint32_t index) {
    return str_to_utf8(tuple_get_item(frame->code->co_names, static_cast<intptr_t>(index)));
}
std::string local_text(const Frame* frame, int index) {
    const auto& names = code_unit(frame->code).localsplusnames;
    return index >= 0 && static_cast<size_t>(index) < names.size() ? names[static_cast<size_t>(index)] : "?";
}

// What the instruction at the frame's pc lets go of.
std::string dropped_by(const Frame* frame) {
    const Instruction* at = frame->at();
    const bool module = frame->locals == frame->globals;
    switch (at->op()) {
        case RegisterOp::DELETE_NAME:
        case RegisterOp::STORE_NAME: return std::string(module ? "global '" : "name '") + name_text(frame, at->imm) + "'";
        case RegisterOp::DELETE_GLOBAL:
        case RegisterOp::STORE_GLOBAL: return "global '" + name_text(frame, at->imm) + "'";
        case RegisterOp::DELETE_LOCAL: return "local '" + local_text(frame, at->a) + "'";
        case RegisterOp::STORE_LOCAL: return "local '" + local_text(frame, at->dst) + "'";
        case RegisterOp::STORE_DEREF:
        case RegisterOp::DELETE_DEREF: return "closure cell '" + local_text(frame, at->a) + "'";
        case RegisterOp::STORE_ATTR:
        case RegisterOp::DELETE_ATTR: return "attribute '" + name_text(frame, at->imm) + "'";
        case RegisterOp::STORE_SUBSCR:
        case RegisterOp::DELETE_SUBSCR: return "item";
        case RegisterOp::POP_EXCEPT: return "exception handled";
        case RegisterOp::RELEASE: return "temporary";
        default: break;
    }
    if ((at->dst & bytecode::kStoreBit) && bytecode::register_op_operands(at->op())[0] == 'D') {
        return "local '" + local_text(frame, at->dst & bytecode::kIndexMask) + "'";
    }
    return "temporary";
}

// Tarjan's algorithm on the subgraph of `members`.
struct Components {
    std::unordered_map<Object*, size_t> index;
    std::vector<std::vector<size_t>> edges;
    std::vector<int> component;

    Components(Object* const* objects, intptr_t count) {
        for (intptr_t i = 0; i < count; ++i) index.emplace(objects[i], static_cast<size_t>(i));
        edges.resize(static_cast<size_t>(count));
        for (intptr_t i = 0; i < count; ++i) {
            for_each_referent(objects[i], [&](Object* referent, const Reference&) {
                auto at = index.find(referent);
                if (at != index.end()) edges[static_cast<size_t>(i)].push_back(at->second);
            });
        }
        find(static_cast<size_t>(count));
    }

    void find(size_t count) {
        component.assign(count, -1);
        std::vector<int> number(count, -1), low(count, 0);
        std::vector<char> on_stack(count, 0);
        std::vector<size_t> stack;
        std::vector<std::pair<size_t, size_t>> work;
        int next = 0, components = 0;
        for (size_t root = 0; root < count; ++root) {
            if (number[root] >= 0) continue;
            work.push_back({root, 0});
            while (!work.empty()) {
                auto& [node, edge] = work.back();
                if (edge == 0) {
                    number[node] = low[node] = next++;
                    stack.push_back(node);
                    on_stack[node] = 1;
                }
                if (edge < edges[node].size()) {
                    size_t to = edges[node][edge++];
                    if (number[to] < 0) {
                        work.push_back({to, 0});
                    } else if (on_stack[to]) {
                        low[node] = std::min(low[node], number[to]);
                    }
                    continue;
                }
                if (low[node] == number[node]) {
                    for (;;) {
                        size_t member = stack.back();
                        stack.pop_back();
                        on_stack[member] = 0;
                        component[member] = components;
                        if (member == node) break;
                    }
                    ++components;
                }
                size_t done = node;
                work.pop_back();
                if (!work.empty()) low[work.back().first] = std::min(low[work.back().first], low[done]);
            }
        }
    }
};

}  // namespace

std::string describe_last_release(Object*) {
    if (clearing_frames) {
        const ClearingFrame* clearing = clearing_frames;
        std::string what = clearing->local >= 0 ? "local '" + local_text(clearing->frame, clearing->local) + "' of " + frame_name(clearing->frame)
                                                : "frame of " + frame_name(clearing->frame);
        return "last reference dropped (" + what + ", line " + std::to_string(frame_line(clearing->frame)) + ")";
    }
    Frame* frame = current_frame();
    if (!frame) return "last reference dropped (at shutdown)";
    return "last reference dropped (" + dropped_by(frame) + ", line " + std::to_string(frame_line(frame)) + ")";
}

std::vector<Object*> cycle_of(Object* object, Object* const* objects, intptr_t count) {
    Components components(objects, count);
    std::vector<Object*> cycle{object};
    auto at = components.index.find(object);
    if (at == components.index.end()) return cycle;
    int wanted = components.component[at->second];
    for (intptr_t i = 0; i < count; ++i) {
        if (objects[i] != object && components.component[static_cast<size_t>(i)] == wanted) cycle.push_back(objects[i]);
    }
    return cycle;
}

}  // namespace refscope::vm
