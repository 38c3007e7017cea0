// The heap audit: for every object the named holders add up to its count.
#pragma once

#include <string>
#include <vector>

#include "vm/heap/object.h"

namespace refscope::vm {

struct AuditMismatch {
    Object* object;
    int32_t count;    // what the object says
    int32_t holders;  // what the traversal found; more: an over-release, fewer: a leak
    std::string text; // "list 0x7f…: count 3, holders 2", then the holders
};

// Empty: the ledger balances. At most `limit` mismatches are described.
std::vector<AuditMismatch> audit_heap(size_t limit = 20);
// Prints the mismatches to stderr. True: balanced.
bool report_audit(const char* when);

}  // namespace refscope::vm
