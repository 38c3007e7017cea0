// posix: stat and its relatives, scandir.
#include <dirent.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <vector>

#include "vm/heap/allocator.h"
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
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Type stat_result_type = static_type("os.stat_result", 0, 0, 0);

int init_stat_result() {
    if (stat_result_type.has(kReady)) return 0;
    static const StructField fields[] = {{"st_mode", "protection bits"},
                                         {"st_ino", "inode"},
                                         {"st_dev", "device"},
                                         {"st_nlink", "number of hard links"},
                                         {"st_uid", "user ID of owner"},
                                         {"st_gid", "group ID of owner"},
                                         {"st_size", "total size, in bytes"},
                                         {kUnnamedField, "integer time of last access"},
                                         {kUnnamedField, "integer time of last modification"},
                                         {kUnnamedField, "integer time of last change"},
                                         {"st_atime", "time of last access"},
                                         {"st_mtime", "time of last modification"},
                                         {"st_ctime", "time of last change"},
                                         {"st_atime_ns", "time of last access in nanoseconds"},
                                         {"st_mtime_ns", "time of last modification in nanoseconds"},
                                         {"st_ctime_ns", "time of last change in nanoseconds"},
                                         {"st_blksize", "blocksize for filesystem I/O"},
                                         {"st_blocks", "number of blocks allocated"},
                                         {"st_rdev", "device type (if inode device)"},
                                         {nullptr, nullptr}};
    static const StructDescription description{"os.stat_result", "What stat tells of a file.", fields, 10};
    return struct_sequence_init_type(&stat_result_type, description);
}

Owned stat_object(const struct stat& status) {
    Owned result = init_stat_result() < 0 ? nullptr : struct_sequence_new(&stat_result_type);
    if (!result) return nullptr;
    intptr_t at = 0;
    auto add = [&](Object* stolen) { struct_sequence_set_item(result, at++, stolen); };
    const struct timespec times[] = {status.st_atim, status.st_mtim, status.st_ctim};
    add(int_from_int64(status.st_mode));
    add(int_from_uint64(status.st_ino));
    add(int_from_uint64(status.st_dev));
    add(int_from_uint64(status.st_nlink));
    add(int_from_int64(status.st_uid));
    add(int_from_int64(status.st_gid));
    add(int_from_int64(status.st_size));
    for (const timespec& time : times) add(int_from_int64(time.tv_sec));
    for (const timespec& time : times) add(float_new(static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec)));
    for (const timespec& time : times) add(int_from_int64(time.tv_sec * 1000000000 + time.tv_nsec));
    add(int_from_int64(status.st_blksize));
    add(int_from_int64(status.st_blocks));
    add(int_from_uint64(status.st_rdev));
    return result;
}

Owned status_of(Object* name, const char* function, bool follow) {
    struct stat status;
    if (int_check(name)) {
        int descriptor;
        if (!argument_int(name, &descriptor)) return nullptr;
        return host().status_of_descriptor(descriptor, &status) < 0 ? err_set_from_errno(exc::OSError, name) : stat_object(status);
    }
    std::string path;
    if (!path_argument(name, function, &path, "string, bytes, os.PathLike or integer")) return nullptr;
    return host().status(path.c_str(), follow, &status) < 0 ? err_set_from_errno(exc::OSError, name) : stat_object(status);
}

Owned posix_stat(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "dir_fd", "follow_symlinks", nullptr};
    static const KeywordParser parser{"stat", names, 1, 1};
    Object* out[3] = {};
    bool follow = true;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || (out[2] && !argument_bool(out[2], &follow))) return nullptr;
    return status_of(out[0], "stat", follow);
}
Owned posix_lstat(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", "dir_fd", nullptr};
    static const KeywordParser parser{"lstat", names, 1, 1};
    Object* out[2] = {};
    return unpack_keywords(parser, args, nargs, kwnames, out) ? status_of(out[0], "lstat", false) : nullptr;
}
Owned posix_fstat(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"fd", nullptr};
    static const KeywordParser parser{"fstat", names, 1, 1};
    Object* out[1] = {};
    int descriptor;
    struct stat status;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || !argument_int(out[0], &descriptor)) return nullptr;
    return host().status_of_descriptor(descriptor, &status) < 0 ? err_set_from_errno(exc::OSError) : stat_object(status);
}

// ---- scandir

struct DirEntryObject : Object {
    Object* name;
    Object* path;
    Object* status;         // os.stat_result once asked for
    Object* link_status;
    unsigned char kind;     // DT_…
    uint64_t inode;
};
DirEntryObject* as_entry(Object* object) { return static_cast<DirEntryObject*>(object); }

struct ScanObject : Object {
    std::vector<DirectoryEntry>* entries;
    size_t at;
    std::string* folder;
    bool as_bytes;
};
ScanObject* as_scan(Object* object) { return static_cast<ScanObject*>(object); }

bool entry_status(DirEntryObject* self, bool follow, struct stat* status) {
    std::string path;
    return path_argument(self->path, "DirEntry", &path) && host().status(path.c_str(), follow, status) == 0;
}
Owned entry_stat(Object* object, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"follow_symlinks", nullptr};
    static const KeywordParser parser{"stat", names, 0, 0};
    Object* out[1] = {};
    bool follow = true;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || (out[0] && !argument_bool(out[0], &follow))) return nullptr;
    DirEntryObject* self = as_entry(object);
    Object*& cached = follow && self->kind == DT_LNK ? self->status : self->link_status;
    if (!cached) {
        struct stat status;
        if (!entry_status(self, follow, &status)) return err_occurred() ? nullptr : err_set_from_errno(exc::OSError, self->path);
        if (!(cached = stat_object(status))) return nullptr;
    }
    return newref(cached);
}
Owned entry_is(Object* object, Object* const* args, intptr_t nargs, Object* kwnames, unsigned char kind, mode_t mode) {
    static const char* const names[] = {"follow_symlinks", nullptr};
    static const KeywordParser parser{"is_dir", names, 0, 0};
    Object* out[1] = {};
    bool follow = true;
    if (!unpack_keywords(parser, args, nargs, kwnames, out) || (out[0] && !argument_bool(out[0], &follow))) return nullptr;
    DirEntryObject* self = as_entry(object);
    if (self->kind != DT_UNKNOWN && !(self->kind == DT_LNK && follow)) return bool_from(self->kind == kind);
    struct stat status;
    if (!entry_status(self, follow, &status)) {
        if (err_occurred()) return nullptr;
        return errno == ENOENT ? bool_from(false) : err_set_from_errno(exc::OSError, self->path);
    }
    return bool_from((status.st_mode & S_IFMT) == mode);
}
Owned entry_is_dir(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    return entry_is(self, args, nargs, kwnames, DT_DIR, S_IFDIR);
}
Owned entry_is_file(Object* self, Object* const* args, intptr_t nargs, Object* kwnames) {
    return entry_is(self, args, nargs, kwnames, DT_REG, S_IFREG);
}
Owned entry_is_symlink(Object* object, Object*) {
    DirEntryObject* self = as_entry(object);
    if (self->kind != DT_UNKNOWN) return bool_from(self->kind == DT_LNK);
    struct stat status;
    return bool_from(entry_status(self, false, &status) && S_ISLNK(status.st_mode));
}
Owned entry_inode(Object* self, Object*) { return int_from_uint64(as_entry(self)->inode); }
Owned entry_fspath(Object* self, Object*) { return newref(as_entry(self)->path); }
Owned entry_repr(Object* self) { return str_from_format("<DirEntry %R>", as_entry(self)->name); }
int entry_traverse(Object* self, Visit visit, void* context) {
    RS_VISIT(as_entry(self)->name, Edge::field("name", true));
    RS_VISIT(as_entry(self)->path, Edge::field("path", true));
    RS_VISIT(as_entry(self)->status, Edge::field("stat", true));
    RS_VISIT(as_entry(self)->link_status, Edge::field("lstat", true));
    return 0;
}
void entry_dealloc(Object* self) {
    xdecref(as_entry(self)->name);
    xdecref(as_entry(self)->path);
    xdecref(as_entry(self)->status);
    xdecref(as_entry(self)->link_status);
    type_generic_free(self);
}
const MethodDef entry_methods[] = {method_def("is_dir", entry_is_dir, kMethFastcall | kMethKeywords),
                                   method_def("is_file", entry_is_file, kMethFastcall | kMethKeywords),
                                   method_def("is_symlink", entry_is_symlink, kMethNoargs),
                                   method_def("stat", entry_stat, kMethFastcall | kMethKeywords),
                                   method_def("inode", entry_inode, kMethNoargs),
                                   method_def("__fspath__", entry_fspath, kMethNoargs),
                                   {nullptr, nullptr, 0}};
const MemberDef entry_members[] = {{"name", MemberKind::kObject, offsetof(DirEntryObject, name), true},
                                   {"path", MemberKind::kObject, offsetof(DirEntryObject, path), true},
                                   {nullptr, MemberKind::kNone, 0}};
Type dir_entry_type = [] {
    Type type = static_type("posix.DirEntry", sizeof(DirEntryObject), 0, kDisallowInstantiation);
    type.tp_dealloc = entry_dealloc;
    type.tp_repr = entry_repr;
    type.tp_traverse = entry_traverse;
    type.tp_methods = entry_methods;
    type.tp_members = entry_members;
    return type;
}();

Owned scan_next(Object* object) {
    ScanObject* self = as_scan(object);
    if (self->at >= self->entries->size()) return nullptr;
    const DirectoryEntry& entry = (*self->entries)[self->at++];
    std::string path = *self->folder;
    if (!path.empty() && path.back() != '/') path += '/';
    path += entry.name;
    Ref<> result = own<Object>(new_object<DirEntryObject>(&dir_entry_type));
    if (!result) return nullptr;
    DirEntryObject* made = as_entry(result.get());
    made->name = self->as_bytes ? bytes_from_view(entry.name) : str_from_filesystem(entry.name);
    made->path = self->as_bytes ? bytes_from_view(path) : str_from_filesystem(path);
    made->kind = entry.type;
    made->inode = entry.inode;
    return made->name && made->path ? result.release() : nullptr;
}
Owned scan_close(Object* self, Object*) {
    as_scan(self)->entries->clear();
    return new_none();
}
Owned scan_enter(Object* self, Object*) { return newref(self); }
Owned scan_exit(Object* self, Object*) { return scan_close(self, nullptr); }
void scan_dealloc(Object* self) {
    delete as_scan(self)->entries;
    delete as_scan(self)->folder;
    type_generic_free(self);
}
const MethodDef scan_methods[] = {method_def("close", scan_close, kMethNoargs),
                                  method_def("__enter__", scan_enter, kMethNoargs),
                                  method_def("__exit__", scan_exit, kMethVarargs),
                                  {nullptr, nullptr, 0}};
Type scan_type = [] {
    Type type = static_type("posix.ScandirIterator", sizeof(ScanObject), 0, kDisallowInstantiation);
    type.tp_dealloc = scan_dealloc;
    type.tp_iter = object_self_iter;
    type.tp_iternext = scan_next;
    type.tp_methods = scan_methods;
    return type;
}();

Owned posix_scandir(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", nullptr};
    static const KeywordParser parser{"scandir", names, 0, 1};
    Object* out[1] = {};
    std::string path = ".";
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    const bool given = out[0] && !is_none(out[0]);
    if (given && !path_argument(out[0], "scandir", &path, "string, bytes, os.PathLike, integer or None")) return nullptr;
    std::vector<DirectoryEntry> entries;
    if (!host().list_directory(path.c_str(), &entries)) return err_set_from_errno(exc::OSError, given ? out[0] : nullptr);
    auto* scan = new_object<ScanObject>(&scan_type);
    if (!scan) return nullptr;
    scan->entries = new std::vector<DirectoryEntry>(std::move(entries));
    scan->folder = new std::string(path);
    scan->as_bytes = given && bytes_check(out[0]);
    return scan;
}

}  // namespace

const MethodDef posix_status_functions[] = {method_def("stat", posix_stat, kMethFastcall | kMethKeywords),
                                            method_def("lstat", posix_lstat, kMethFastcall | kMethKeywords),
                                            method_def("fstat", posix_fstat, kMethFastcall | kMethKeywords),
                                            method_def("scandir", posix_scandir, kMethFastcall | kMethKeywords),
                                            {nullptr, nullptr, 0}};

int posix_add_status_types(Object* module) {
    if (init_stat_result() < 0) return -1;
    if (!dir_entry_type.has(kReady) && (type_ready(&dir_entry_type) < 0 || type_ready(&scan_type) < 0)) return -1;
    return module_add_object(module, "stat_result", &stat_result_type) < 0 ||
                   module_add_object(module, "DirEntry", &dir_entry_type) < 0
               ? -1
               : 0;
}

}  // namespace refscope::vm
