// The module errno.
#include <cerrno>

#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

const struct {
    const char* name;
    int value;
} errno_names[] = {
#define RS_ERRNO(name) {#name, name},
#include "vm/modules/errno_names.inc"
#undef RS_ERRNO
};

}  // namespace

Owned create_errno_module() {
    Ref<> module = own(module_create("errno", "The numbers of the system's errors.", nullptr));
    Ref<> names = own(dict_new());
    if (!module || !names) return nullptr;
    for (const auto& entry : errno_names) {
        Ref<> number = own(int_from_int(entry.value));
        Ref<> name = own(str_from_string(entry.name));
        if (!number || !name || dict_set_item_string(module_dict(module.get()), entry.name, number.get()) < 0 ||
            dict_set_item(names.get(), number.get(), name.get()) < 0) {
            return nullptr;
        }
    }
    return module_add_object(module.get(), "errorcode", names.get()) < 0 ? nullptr : module.release();
}

}  // namespace refscope::vm
