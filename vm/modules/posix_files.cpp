// posix: files by name.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "vm/host/host.h"
#include "vm/modules/posix_module.h"
#include "vm/modules/posix_path.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

Owned fail(Object* path) { return err_set_from_errno(exc::OSError, path); }
Owned fail2(Object* from, Object* to) {
    const int number = errno;
    Ref<> code = own(int_from_int(number));
    Ref<> text = own(str_from_filesystem(strerror(number)));
    if (!code || !text) return nullptr;
    Ref<> error = own(object_call_args(&exc::OSError, {code.get(), text.get(), from, none(), to}));
    return error ? err_set_object(error->type, error.get()) : nullptr;
}
Owned done(int status, Object* path) { return status < 0 ? fail(path) : new_none(); }

Owned posix_getcwd(Object*, Object*) {
    std::string folder;
    return host().working_directory(&folder) ? str_from_filesystem(folder) : fail(nullptr);
}
Owned posix_getcwdb(Object*, Object*) {
    std::string folder;
    return host().working_directory(&folder) ? bytes_from_view(folder) : fail(nullptr);
}
Owned posix_chdir(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", nullptr};
    static const KeywordParser parser{"chdir", names, 1, 1};
    Object* out[1] = {};
    std::string path;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "chdir", &path)) return nullptr;
    return done(host().change_directory(path.c_str()), out[0]);
}

Owned posix_listdir(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", nullptr};
    static const KeywordParser parser{"listdir", names, 0, 1};
    Object* out[1] = {};
    std::string path = ".";
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    const bool given = out[0] && !is_none(out[0]);
    if (given && !path_argument(out[0], "listdir", &path, "string, bytes, os.PathLike, integer or None")) return nullptr;
    const bool as_bytes = given && bytes_check(out[0]);
    std::vector<DirectoryEntry> entries;
    if (!host().list_directory(path.c_str(), &entries)) return fail(given ? out[0] : nullptr);
    Ref<> result = own(list_new(0));
    if (!result) return nullptr;
    for (const DirectoryEntry& entry : entries) {
        Ref<> name = own(as_bytes ? bytes_from_view(entry.name) : str_from_filesystem(entry.name));
        if (!name || list_append(result.get(), name.get()) < 0) return nullptr;
    }
    return result.release();
}

// Functions of a path, and of a path and a mode, with the keyword dir_fd that must be None.
bool no_directory(Object* descriptor) {
    if (!descriptor || is_none(descriptor)) return true;
    err_set_string(exc::NotImplementedError, "dir_fd unavailable on this platform");
    return false;
}

Owned posix_mkdir(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "mode", "dir_fd", nullptr};
    static const KeywordParser parser{"mkdir", names, 1, 2};
    Object* out[3] = {};
    std::string path;
    int mode = 0777;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "mkdir", &path) ||
        (out[1] && !argument_int(out[1], &mode)) || !no_directory(out[2])) {
        return nullptr;
    }
    return done(host().make_directory(path.c_str(), mode), out[0]);
}
template <int (Host::*kCall)(const char*)>
Owned one_path(const char* function, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "dir_fd", nullptr};
    const KeywordParser parser{function, names, 1, 1};
    Object* out[2] = {};
    std::string path;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], function, &path) || !no_directory(out[1])) return nullptr;
    return done((host().*kCall)(path.c_str()), out[0]);
}
Owned posix_rmdir(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    return one_path<&Host::remove_directory>("rmdir", args, nargs, kwnames);
}
Owned posix_unlink(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    return one_path<&Host::remove_file>("unlink", args, nargs, kwnames);
}
Owned posix_remove(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    return one_path<&Host::remove_file>("remove", args, nargs, kwnames);
}

Owned rename_as(const char* function, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"src", "dst", "src_dir_fd", "dst_dir_fd", nullptr};
    const KeywordParser parser{function, names, 2, 2};
    Object* out[4] = {};
    std::string from, to;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], function, &from) ||
        !path_argument(out[1], function, &to) || !no_directory(out[2]) || !no_directory(out[3])) {
        return nullptr;
    }
    return host().rename(from.c_str(), to.c_str()) < 0 ? fail2(out[0], out[1]) : new_none();
}
Owned posix_rename(Object*, Object* const* args, intptr_t nargs, Object* kwnames) { return rename_as("rename", args, nargs, kwnames); }
Owned posix_replace(Object*, Object* const* args, intptr_t nargs, Object* kwnames) { return rename_as("replace", args, nargs, kwnames); }

Owned posix_link(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"src", "dst", "src_dir_fd", "dst_dir_fd", "follow_symlinks", nullptr};
    static const KeywordParser parser{"link", names, 2, 2};
    Object* out[5] = {};
    std::string from, to;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "link", &from) || !path_argument(out[1], "link", &to)) return nullptr;
    return host().link(from.c_str(), to.c_str(), false) < 0 ? fail2(out[0], out[1]) : new_none();
}
Owned posix_symlink(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"src", "dst", "target_is_directory", "dir_fd", nullptr};
    static const KeywordParser parser{"symlink", names, 2, 3};
    Object* out[4] = {};
    std::string from, to;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "symlink", &from) || !path_argument(out[1], "symlink", &to)) return nullptr;
    return host().link(from.c_str(), to.c_str(), true) < 0 ? fail2(out[0], out[1]) : new_none();
}
Owned posix_readlink(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "dir_fd", nullptr};
    static const KeywordParser parser{"readlink", names, 1, 1};
    Object* out[2] = {};
    std::string path, target;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "readlink", &path)) return nullptr;
    if (!host().read_link(path.c_str(), &target)) return fail(out[0]);
    return bytes_check(out[0]) ? bytes_from_view(target) : str_from_filesystem(target);
}

Owned posix_access(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "mode", "dir_fd", "effective_ids", "follow_symlinks", nullptr};
    static const KeywordParser parser{"access", names, 2, 2};
    Object* out[5] = {};
    std::string path;
    int mode;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "access", &path) || !argument_int(out[1], &mode)) return nullptr;
    return bool_from(host().access(path.c_str(), mode) == 0);
}
Owned posix_chmod(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "mode", "dir_fd", "follow_symlinks", nullptr};
    static const KeywordParser parser{"chmod", names, 2, 2};
    Object* out[4] = {};
    std::string path;
    int mode;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "chmod", &path) || !argument_int(out[1], &mode)) return nullptr;
    return done(host().change_mode(path.c_str(), mode), out[0]);
}
Owned posix_truncate(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "length", nullptr};
    static const KeywordParser parser{"truncate", names, 2, 2};
    Object* out[2] = {};
    std::string path;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "truncate", &path)) return nullptr;
    Ref<> length = own(number_index(out[1]));
    if (!length) return nullptr;
    const int64_t size = int_as_int64(length.get());
    if (size == -1 && err_occurred()) return nullptr;
    const int descriptor = host().open(path.c_str(), O_WRONLY, 0);
    if (descriptor < 0) return fail(out[0]);
    const int status = host().truncate(descriptor, size);
    const int failure = errno;
    host().close(descriptor);
    errno = failure;
    return done(status, out[0]);
}

// One of the two times of utime: seconds (int or float), or nanoseconds.
bool time_value(Object* value, bool nanoseconds, struct timespec* result) {
    if (!nanoseconds && is_instance_of(value, &float_type)) {
        const double seconds = static_cast<FloatObject*>(value)->value;
        const double whole = std::floor(seconds);
        result->tv_sec = static_cast<time_t>(whole);
        result->tv_nsec = static_cast<long>(std::floor((seconds - whole) * 1e9));
        return true;
    }
    Ref<> index = own(number_index(value));
    if (!index) return false;
    const int64_t number = int_as_int64(index.get());
    if (number == -1 && err_occurred()) return false;
    result->tv_sec = nanoseconds ? number / 1000000000 : number;
    result->tv_nsec = nanoseconds ? static_cast<long>(number % 1000000000) : 0;
    return true;
}
Owned posix_utime(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "times", "ns", "dir_fd", "follow_symlinks", nullptr};
    static const KeywordParser parser{"utime", names, 1, 2};
    Object* out[5] = {};
    std::string path;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !path_argument(out[0], "utime", &path)) return nullptr;
    const bool has_times = out[1] && !is_none(out[1]);
    if (has_times && out[2]) return err_set_string(exc::ValueError, "utime: you may specify either 'times' or 'ns' but not both");
    struct timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    if (Object* given = has_times ? out[1] : out[2]) {
        if (!tuple_check_exact(given) || tuple_size(given) != 2) {
            return err_format(exc::TypeError, has_times ? "utime: 'times' must be either a tuple of two ints or None"
                                                        : "utime: 'ns' must be a tuple of two ints");
        }
        for (int i = 0; i < 2; ++i) {
            if (!time_value(tuple_get_item(given, i), !has_times, &times[i])) return nullptr;
        }
    }
    return done(host().set_times(path.c_str(), times), out[0]);
}

Owned posix_fspath(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", nullptr};
    static const KeywordParser parser{"fspath", names, 1, 1};
    Object* out[1] = {};
    return unpack_keywords(parser, args, nargs, kwnames, out) ? object_fspath(out[0]) : nullptr;
}

// os.path.normpath: without "." and "//", and ".." taken back where there is something to take back.
Owned posix_normpath(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", nullptr};
    static const KeywordParser parser{"_path_normpath", names, 1, 1};
    Object* out[1] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    if (!str_check(out[0])) {
        argument_bad("_path_normpath", "argument 'path'", "str", out[0]);
        return nullptr;
    }
    std::string path = str_to_utf8(out[0]);
    path = path.substr(0, path.find('\0'));  // as the C string that CPython works on
    if (path.empty()) return newref(out[0]);
    size_t slashes = 0;
    while (slashes < path.size() && path[slashes] == '/') ++slashes;
    const std::string root = slashes == 0 ? "" : slashes == 2 ? "//" : "/";  // POSIX: exactly two mean something else
    std::vector<std::string> parts;
    for (size_t begin = slashes; begin < path.size();) {
        const size_t end = std::min(path.find('/', begin), path.size());
        const std::string part = path.substr(begin, end - begin);
        begin = end + 1;
        if (part.empty() || part == ".") continue;
        if (part != ".." || (root.empty() && parts.empty()) || (!parts.empty() && parts.back() == "..")) parts.push_back(part);
        else if (!parts.empty()) parts.pop_back();
    }
    std::string result = root;
    for (size_t i = 0; i < parts.size(); ++i) result += (i ? "/" : "") + parts[i];
    return str_from_view(result.empty() ? "." : result);
}

}  // namespace

#define RS_KEYWORDS kMethFastcall | kMethKeywords
const MethodDef posix_file_functions[] = {
    method_def("getcwd", posix_getcwd, kMethNoargs),      method_def("getcwdb", posix_getcwdb, kMethNoargs),
    method_def("chdir", posix_chdir, RS_KEYWORDS),        method_def("listdir", posix_listdir, RS_KEYWORDS),
    method_def("mkdir", posix_mkdir, RS_KEYWORDS),        method_def("rmdir", posix_rmdir, RS_KEYWORDS),
    method_def("unlink", posix_unlink, RS_KEYWORDS),      method_def("remove", posix_remove, RS_KEYWORDS),
    method_def("rename", posix_rename, RS_KEYWORDS),      method_def("replace", posix_replace, RS_KEYWORDS),
    method_def("link", posix_link, RS_KEYWORDS),          method_def("symlink", posix_symlink, RS_KEYWORDS),
    method_def("readlink", posix_readlink, RS_KEYWORDS),  method_def("access", posix_access, RS_KEYWORDS),
    method_def("chmod", posix_chmod, RS_KEYWORDS),        method_def("truncate", posix_truncate, RS_KEYWORDS),
    method_def("utime", posix_utime, RS_KEYWORDS),        method_def("fspath", posix_fspath, RS_KEYWORDS),
    method_def("_path_normpath", posix_normpath, RS_KEYWORDS), {nullptr, nullptr, 0}};
#undef RS_KEYWORDS

}  // namespace refscope::vm
