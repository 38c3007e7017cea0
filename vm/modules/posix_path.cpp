#include "vm/modules/posix_path.h"

#include "vm/objects/abstract.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/str.h"

namespace refscope::vm {

Owned object_fspath(Object* path) {
    if (str_check(path) || bytes_check(path)) return newref(path);
    Ref<> method = own(object_lookup_special(path, ID(__fspath__)));
    if (!method) {
        if (err_occurred()) return nullptr;
        return err_format(exc::TypeError, "expected str, bytes or os.PathLike object, not %.200s", path->type->tp_name);
    }
    Ref<> result = own(object_call_noargs(method.get()));
    if (!result || str_check(result.get()) || bytes_check(result.get())) return result.release();
    return err_format(exc::TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s", path->type->tp_name,
                      result->type->tp_name);
}

bool path_argument(Object* argument, const char* function, std::string* result, const char* accepted) {
    Ref<> path;
    if (str_check(argument) || bytes_check(argument)) {
        path = share(argument);
    } else {
        Ref<> method = own(object_lookup_special(argument, ID(__fspath__)));
        if (!method) {
            if (err_occurred()) return false;
            if (function) {
                err_format(exc::TypeError, "%s: path should be %s, not %.200s", function,
                           accepted ? accepted : "string, bytes or os.PathLike", argument->type->tp_name);
            } else {
                err_format(exc::TypeError, "expected str, bytes or os.PathLike object, not %.200s", argument->type->tp_name);
            }
            return false;
        }
        path.reset_steal(object_fspath(argument));
        if (!path) return false;
    }
    *result = str_check(path.get()) ? str_to_filesystem(path.get()) : std::string(bytes_view(path.get()));
    if (result->find('\0') == std::string::npos) return true;
    err_set_string(exc::ValueError, "embedded null byte");
    return false;
}

}  // namespace refscope::vm
