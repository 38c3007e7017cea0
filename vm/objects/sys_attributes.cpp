#include "vm/objects/sys_attributes.h"

#include "vm/heap/thread.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/error_seam.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

Object* sys_dict = nullptr;
ErrorSeam error_seam;

Object* sys_get_object(const char* name) {
    if (!sys_dict) return nullptr;
    Object* pending = err_fetch();
    Ref<> held = own(pending);
    Object* value = dict_get_item_string(sys_dict, name);
    if (held) err_restore(held.release());
    return value;
}

int sys_set_object(const char* name, Object* value) {
    if (!sys_dict) {
        err_set_string(exc::RuntimeError, "sys has no namespace");
        return -1;
    }
    if (value) return dict_set_item_string(sys_dict, name, value);
    if (!dict_get_item_string(sys_dict, name)) return 0;
    return dict_del_item_string(sys_dict, name);
}

int file_write_object(Object* object, Object* file, bool as_text) {
    if (!file) {
        err_set_string(exc::TypeError, "writeobject with NULL file");
        return -1;
    }
    Ref<> write = own(object_get_attr(file, ID(write)));
    if (!write) return -1;
    Ref<> text = own(as_text ? object_str(object) : object_repr(object));
    if (!text) return -1;
    Ref<> result = own(object_call_onearg(write.get(), text.get()));
    return result ? 0 : -1;
}

int file_write_string(std::string_view text, Object* file) {
    if (!file) {
        if (!err_occurred()) err_set_string(exc::SystemError, "null file for PyFile_WriteString");
        return -1;
    }
    if (err_occurred()) return -1;
    Ref<> object = own(str_from_view(text));
    return object ? file_write_object(object.get(), file, true) : -1;
}

int file_flush(Object* file) {
    Ref<> result = own(object_call_method(file, ID(flush)));
    return result ? 0 : -1;
}

void sys_write_stderr(std::string_view text) {
    Ref<> pending = own(err_fetch());
    Ref<> file = share(sys_get_object("stderr"));
    if (!file || is_none(file.get()) || file_write_string(text, file.get()) < 0) {
        err_clear();
        if (error_seam.write_stderr) error_seam.write_stderr(text);
    }
    if (pending) err_restore(pending.release());
}

}  // namespace refscope::vm
