#include "vm/modules/module_cache.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "vm/bytecode/serialize.h"
#include "vm/host/host.h"
#include "vm/modules/import.h"
#include "vm/modules/interpreter_flags.h"
#include "vm/objects/abstract.h"
#include "vm/objects/dict.h"
#include "vm/objects/module_object.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

constexpr std::string_view kLibrary = "/usr/lib/python3.11/";
constexpr std::string_view kTag = ".refscope-311";
constexpr std::string_view kMagic = "refscope module 1\n";

Object* sys_value(const char* name) {  // borrowed
    Object* sys = dict_get_item_string(modules_dict(), "sys");
    return sys && module_check(sys) ? dict_get_item_string(module_dict(sys), name) : nullptr;
}

// The compiler's output changes with the program: another build does not believe this one's files.
const std::string& program_identity() {
    static const std::string identity = [] {
        struct stat status {};
        if (host().status("/proc/self/exe", true, &status) != 0) return std::string();
        return std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) + " " + std::to_string(status.st_size);
    }();
    return identity;
}

std::string personal_folder() {
    const char* cache = host().variable("XDG_CACHE_HOME");
    if (cache && cache[0] == '/') return std::string(cache) + "/refscope/modules";
    const char* home = host().variable("HOME");
    return home && home[0] == '/' ? std::string(home) + "/.cache/refscope/modules" : std::string();
}

std::string place_of(const std::string& source) {
    size_t slash = source.rfind('/');
    if (slash == std::string::npos || source[0] != '/') return {};
    std::string stem = source.substr(slash + 1);
    if (stem.ends_with(".py")) stem.resize(stem.size() - 3);
    std::string folder = source.substr(0, slash);
    Object* prefix = sys_value("pycache_prefix");
    if (prefix && str_check(prefix)) {
        folder = str_to_filesystem(prefix) + folder;
    } else if (std::string_view(source).starts_with(kLibrary)) {
        folder = personal_folder();
        if (folder.empty()) return {};
        folder += source.substr(0, slash);
    } else {
        folder += "/__pycache__";
    }
    // What -O leaves out makes other code.
    const std::string level = interpreter_flags.optimize ? ".opt-" + std::to_string(std::min(interpreter_flags.optimize, 2)) : "";
    return folder + "/" + stem + std::string(kTag) + level + ".pyc";
}

void make_folders(const std::string& file) {
    size_t slash = file.rfind('/');
    std::string folder = file.substr(0, slash);
    struct stat status;
    if (folder.empty() || host().status(folder.c_str(), true, &status) == 0) return;
    make_folders(folder);
    host().make_directory(folder.c_str(), 0777);
}

bool write_file(const std::string& path, std::string_view bytes) {
    int descriptor = host().open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) return false;
    while (!bytes.empty()) {
        ssize_t written = host().write(descriptor, bytes.data(), bytes.size());
        if (written <= 0) break;
        bytes.remove_prefix(static_cast<size_t>(written));
    }
    host().close(descriptor);
    return bytes.empty();
}

}  // namespace

ModuleCache::ModuleCache(const std::string& source_path) {
    struct stat status {};
    if (program_identity().empty() || host().status(source_path.c_str(), true, &status) != 0) return;
    file = place_of(source_path);
    identity = std::string(kMagic) + program_identity() + "\n" + source_path + "\n" + std::to_string(status.st_mtim.tv_sec) + "." +
               std::to_string(status.st_mtim.tv_nsec) + " " + std::to_string(status.st_size) + "\n";
    Object* forbidden = sys_value("dont_write_bytecode");
    may_write = !(forbidden && object_is_true(forbidden) == 1);
}

bytecode::CodeUnitRef ModuleCache::load() const {
    std::string bytes;
    if (file.empty() || !read_file(file, &bytes) || !bytes.starts_with(identity)) return nullptr;
    return bytecode::deserialize(std::string_view(bytes).substr(identity.size()));
}

void ModuleCache::store(const bytecode::CodeUnit& code) const {
    if (file.empty() || !may_write) return;
    make_folders(file);
    // At once whole, whoever writes it at the same time.
    std::string unfinished = file + "." + std::to_string(host().process_id());
    if (!write_file(unfinished, identity + bytecode::serialize(code)) || host().rename(unfinished.c_str(), file.c_str()) != 0) {
        host().remove_file(unfinished.c_str());
    }
}

}  // namespace refscope::vm
