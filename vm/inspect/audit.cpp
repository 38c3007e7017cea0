#include "vm/inspect/audit.h"

#include <cstdio>
#include <unordered_map>

#include "vm/heap/allocator.h"
#include "vm/inspect/holders.h"
#include "vm/inspect/references.h"

namespace refscope::vm {

std::vector<AuditMismatch> audit_heap(size_t limit) {
    std::unordered_map<Object*, int32_t> found;
    for_each_reference([&](Object* referent, const Reference&) { ++found[referent]; });
    struct Context {
        std::unordered_map<Object*, int32_t>* found;
        std::vector<AuditMismatch> mismatches;
        size_t limit, total = 0;
    } context{&found, {}, limit};
    walk_heap(
        [](Object* object, void* pointer) {
            auto* c = static_cast<Context*>(pointer);
            auto at = c->found->find(object);
            int32_t holders = at == c->found->end() ? 0 : at->second;
            if (at != c->found->end()) c->found->erase(at);
            if (holders == refcount_of(object)) return;
            ++c->total;
            if (c->mismatches.size() < c->limit) c->mismatches.push_back({object, refcount_of(object), holders, ""});
        },
        &context);
    // What is left is referred to and not on the heap: a reference to memory that is free.
    for (auto& [object, holders] : found) {
        if (context.mismatches.size() < limit) context.mismatches.push_back({object, 0, holders, "freed memory"});
    }
    for (AuditMismatch& mismatch : context.mismatches) {
        if (!mismatch.text.empty()) {
            mismatch.text = hex_id(mismatch.object) + ": freed, but referred to by:";
            for_each_reference([&](Object* referent, const Reference& reference) {
                if (referent != mismatch.object) return;
                mismatch.text += reference.holder ? " " + short_name(reference.holder) : " a root";
            });
            continue;
        }
        mismatch.text = short_name(mismatch.object) + ": count " + std::to_string(mismatch.count) + ", named holders " +
                        std::to_string(mismatch.holders);
        for (const Holder& holder : holders_of(mismatch.object)) mismatch.text += "\n    " + holder.name;
    }
    return context.mismatches;
}

bool report_audit(const char* when) {
    std::vector<AuditMismatch> mismatches = audit_heap();
    if (mismatches.empty()) return true;
    std::fprintf(stderr, "refscope: heap audit %s: %zu or more objects whose count is not the number of their holders\n", when,
                 mismatches.size());
    for (const AuditMismatch& mismatch : mismatches) std::fprintf(stderr, "  %s\n", mismatch.text.c_str());
    return false;
}

}  // namespace refscope::vm
