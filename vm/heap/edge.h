// The names of references: what a type's traverse says about each object it refers to.
//
// One traverse per type serves the collector, gc.get_referents, holders, audit, snapshots and views. An edge says
// *how* the referrer holds the referent, in terms that a person reads: `list 0x… [1]`, `attribute next`.
#pragma once

#include <cstdint>

namespace refscope::vm {

struct Object;

enum class EdgeKind : uint8_t {
    kField,      // a named C++ field; text names it: "__closure__", "__class__"
    kItem,       // index: position in a sequence, set or deque
    kDictKey,    // index: position in insertion order; name: the key itself
    kDictValue,  // name: the key
    kAttribute,  // name: the attribute (instance values, module or class namespace)
    kSlot,       // text: the name of a __slots__ member
    kCell,       // what a closure cell contains
    kLocal,      // index: position in a frame's fast locals
    kTemporary,  // index: depth in a frame's evaluation stack
    kConstant,   // index: position in co_consts
    kType,       // the object's type (counted for instances of heap types only)
    kWeakrefCallback,
};

// Two machine words: it travels in registers.
struct Edge {
    EdgeKind kind;
    // CPython's tp_traverse does not report this reference (for example co_consts of a code
    // object): the collector and gc.get_referents/get_referrers must not see it, holders and audit must.
    bool hidden = false;
    uint32_t index = 0;
    union {
        const char* text;  // kField, kSlot: static string
        Object* name;      // kDictKey, kDictValue, kAttribute: borrowed, may be nullptr
    };

    static Edge field(const char* text, bool hidden = false) { return {EdgeKind::kField, hidden, 0, {text}}; }
    static Edge slot(const char* text) { return {EdgeKind::kSlot, false, 0, {text}}; }
    static Edge at(EdgeKind kind, uint32_t index, bool hidden = false) { return {kind, hidden, index, {nullptr}}; }
    static Edge named(EdgeKind kind, Object* name, uint32_t index = 0) {
        Edge edge{kind, false, index, {nullptr}};
        edge.name = name;
        return edge;
    }
};

// Called once for each counted reference. A result other than 0 ends the traversal and is returned.
using Visit = int (*)(Object* referent, Edge edge, void* context);

}  // namespace refscope::vm

// In a traverse function with parameters `visit` and `context`.
#define RS_VISIT(referent, edge)                                        \
    do {                                                                \
        if (referent) {                                                 \
            int visit_result_ = visit((referent), (edge), context);     \
            if (visit_result_) return visit_result_;                    \
        }                                                               \
    } while (0)
