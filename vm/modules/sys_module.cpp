#include "vm/modules/sys_module.h"

#include <cstdlib>

#include "vm/heap/allocator.h"
#include "vm/host/host.h"
#include "vm/modules/import.h"
#include "vm/modules/io_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

Object* asyncgen_first_iter = nullptr;
Object* asyncgen_finalizer = nullptr;
int coroutine_origin_depth = 0;

namespace {

// __displayhook__ and its like are the functions as they were at the start.
int keep_original(Object* dict, const char* name, const char* original) {
    Object* function = dict_get_item_string(dict, name);
    return function ? dict_set_item_string(dict, original, function) : 0;
}

int flush_stream(const char* name) {
    Ref<> file = share(sys_get_object(name));
    if (!file || is_none(file.get())) return 0;
    Ref<> closed = own(object_get_attr_string(file.get(), "closed"));
    const int is_closed = closed ? object_is_true(closed.get()) : -1;
    if (is_closed < 0) err_clear();
    if (is_closed > 0) return 0;
    return file_flush(file.get());
}

}  // namespace

Owned create_sys_module(const StartupOptions& options) {
    Ref<> module = own(module_create("sys", "What the interpreter tells of itself, and its switches.", sys_functions));
    if (!module || module_add_functions(module.get(), sys_display_functions) < 0) return nullptr;
    Object* dict = module_dict(module.get());
    sys_dict = newref(dict);
    register_root(&sys_dict, "sys");
    Object* modules = modules_dict();
    if (!modules) return nullptr;
    register_root(&asyncgen_first_iter, "asyncgen hooks");
    register_root(&asyncgen_finalizer, "asyncgen hooks");
    if (dict_set_item_string(dict, "modules", modules) < 0 ||
        dict_set_item_string(modules, "sys", module.get()) < 0 || sys_add_facts(dict, options) < 0 ||
        keep_original(dict, "displayhook", "__displayhook__") < 0 ||
        keep_original(dict, "excepthook", "__excepthook__") < 0 ||
        keep_original(dict, "breakpointhook", "__breakpointhook__") < 0 ||
        keep_original(dict, "unraisablehook", "__unraisablehook__") < 0) {
        return nullptr;
    }
    return module.release();
}

int sys_open_standard_streams(bool line_buffered) {
    const struct {
        const char *name, *original;
        int descriptor;
    } streams[] = {{"stdin", "__stdin__", 0}, {"stdout", "__stdout__", 1}, {"stderr", "__stderr__", 2}};
    for (const auto& stream : streams) {
        struct stat status;
        Ref<> file;
        if (host().status_of_descriptor(stream.descriptor, &status) < 0) {
            file = share(none());  // the process was started with it closed
        } else {
            const std::string shown = std::string("<") + stream.name + ">";
            file.reset_steal(open_standard_stream(stream.descriptor, shown.c_str(), stream.descriptor != 0, line_buffered));
        }
        if (!file || sys_set_object(stream.original, file.get()) < 0 || sys_set_object(stream.name, file.get()) < 0) return -1;
    }
    return 0;
}

int sys_flush_standard_streams() {
    Ref<> pending = own(err_fetch());
    int status = 0;
    if (flush_stream("stdout") < 0) {
        err_write_unraisable(sys_get_object("stdout"));
        status = -1;
    }
    if (flush_stream("stderr") < 0) {
        err_clear();
        status = -1;
    }
    if (pending) err_restore(pending.release());
    return status;
}

int sys_handle_system_exit() {
    Ref<> exception = own(err_fetch());
    Ref<> code = share(static_cast<SystemExitObject*>(exception.get())->code);
    if (flush_stream("stdout") < 0) err_clear();
    if (!code || is_none(code.get())) return 0;
    if (int_check(code.get())) {
        int overflow = 0;
        const int64_t value = int_as_int64_overflow(code.get(), &overflow);
        return overflow ? -1 : static_cast<int>(value);
    }
    Ref<> file = share(sys_get_object("stderr"));
    if (file && !is_none(file.get())) {
        if (file_write_object(code.get(), file.get(), true) < 0) err_clear();
    } else if (Ref<> text = own(object_str(code.get())); text) {
        const std::string utf8 = str_to_utf8(text.get());
        write_all(2, utf8.data(), utf8.size());
    }
    err_clear();
    sys_write_stderr("\n");
    return 1;
}

}  // namespace refscope::vm
