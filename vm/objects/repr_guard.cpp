// The containers being shown, in a list as CPython's thread state has one: it counts as a holder of each.
#include "vm/objects/repr_guard.h"

#include "vm/heap/allocator.h"
#include "vm/objects/list.h"

namespace refscope::vm {

namespace {
Object* under_repr = nullptr;  // list, made when first needed
}

int repr_enter(Object* object) {
    if (!under_repr) {
        under_repr = list_new(0);
        if (!under_repr) return -1;
        register_root(&under_repr, "containers under repr");
    }
    for (intptr_t i = list_size(under_repr); --i >= 0;) {
        if (list_get_item(under_repr, i) == object) return 1;
    }
    return list_append(under_repr, object) < 0 ? -1 : 0;
}

void repr_leave(Object* object) {
    for (intptr_t i = list_size(under_repr); --i >= 0;) {
        if (list_get_item(under_repr, i) == object) {
            list_set_slice(under_repr, i, i + 1, nullptr);
            return;
        }
    }
}

}  // namespace refscope::vm
