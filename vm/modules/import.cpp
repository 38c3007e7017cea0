// How a name becomes a module: sys.modules, then the built-in table, then the parent's __path__ or sys.path, where a folder with
// __init__.py, a .py file, and a plain folder (a namespace package) are looked for in that order.
#include "vm/modules/import.h"

#include <sys/stat.h>

#include "vm/heap/allocator.h"
#include "vm/host/host.h"
#include "vm/modules/compile_source.h"
#include "vm/modules/startup.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/simple_namespace.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

Object* modules = nullptr;

struct Found {
    enum class Kind { kNone, kSource, kPackage, kNamespace } kind = Kind::kNone;
    std::string file;                  // source file
    std::vector<std::string> folders;  // __path__
};

bool is_file(const std::string& path) {
    struct stat status;
    return host().status(path.c_str(), true, &status) == 0 && S_ISREG(status.st_mode);
}
bool is_folder(const std::string& path) {
    struct stat status;
    return host().status(path.c_str(), true, &status) == 0 && S_ISDIR(status.st_mode);
}

Found find_on_path(Object* path, const std::string& tail) {
    Found found;
    if (!path || !(list_check(path) || tuple_check(path))) return found;
    intptr_t count = object_size(path);
    for (intptr_t i = 0; i < count; ++i) {
        Ref<> entry = own(sequence_get_item(path, i));
        if (!entry) {
            err_clear();
            break;
        }
        if (!str_check(entry.get())) continue;
        std::string folder = str_to_filesystem(entry.get());
        std::string base = folder.empty() ? tail : folder.back() == '/' ? folder + tail : folder + "/" + tail;
        if (is_file(base + "/__init__.py")) {
            found.kind = Found::Kind::kPackage;
            found.file = base + "/__init__.py";
            found.folders = {base};
            return found;
        }
        if (is_file(base + ".py")) {
            found.kind = Found::Kind::kSource;
            found.file = base + ".py";
            return found;
        }
        if (is_folder(base)) {
            found.kind = Found::Kind::kNamespace;
            found.folders.push_back(base);
        }
    }
    return found;
}

Object* sys_attribute(const char* name) {  // borrowed
    Object* sys = dict_get_item_string(modules_dict(), "sys");
    return sys && module_check(sys) ? dict_get_item_string(module_dict(sys), name) : nullptr;
}

Owned not_found(Object* full_name, const char* why = "") {
    err_format(exc::ModuleNotFoundError, "No module named %R%s", full_name, why);
    if (err_occurred() && err_matches(exc::ImportError)) {
        auto* error = static_cast<ImportErrorObject*>(thread->pending);
        set_ref(error->name, newref(full_name));
    }
    return nullptr;
}

Owned path_list(const std::vector<std::string>& folders) {
    Ref<> list = own(list_new(0));
    for (const std::string& folder : folders) {
        Ref<> item = own(str_from_filesystem(folder));
        if (!list || !item || list_append(list.get(), item.get()) < 0) return nullptr;
    }
    return list.release();
}

bool set_attribute(Object* module, const char* name, Owned stolen_value) {
    Ref<> value = own(stolen_value);
    return value && dict_set_item_string(module_dict(module), name, value.get()) == 0;
}

// __spec__: what code that asks for it most often reads.
Owned make_spec(Object* name, const Found& found) {
    Ref<> spec = own(simple_namespace_new(nullptr));
    if (!spec) return nullptr;
    Ref<> origin = found.file.empty() ? share(none()) : own(str_from_filesystem(found.file));
    Ref<> folders = found.folders.empty() ? share(none()) : own(path_list(found.folders));
    Ref<> parent = found.folders.empty() ? own(str_from_string("")) : share(name);
    if (found.folders.empty()) {
        std::string text = str_to_utf8(name);
        size_t dot = text.rfind('.');
        if (dot != std::string::npos) parent = own(str_from_view(text.substr(0, dot)));
    }
    if (!origin || !folders || !parent) return nullptr;
    if (object_set_attr(spec.get(), ID(name), name) < 0 || object_set_attr(spec.get(), ID(origin), origin.get()) < 0 ||
        object_set_attr(spec.get(), ID(loader), none()) < 0 || object_set_attr(spec.get(), ID(parent), parent.get()) < 0 ||
        object_set_attr(spec.get(), ID(submodule_search_locations), folders.get()) < 0 ||
        object_set_attr(spec.get(), ID(cached), none()) < 0 || object_set_attr(spec.get(), ID(has_location), py_true()) < 0 ||
        object_set_attr(spec.get(), ID(_initializing), py_true()) < 0) {
        return nullptr;
    }
    return spec.release();
}

Owned load_source(Object* full_name, const Found& found) {
    Ref<> module = own(module_new_object(full_name));
    if (!module) return nullptr;
    Ref<> spec = own(make_spec(full_name, found));
    if (!spec) return nullptr;
    Ref<> package = own(object_get_attr(spec.get(), ID(parent)));
    if (!package || dict_set_item_string(module_dict(module.get()), "__package__", package.get()) < 0 ||
        dict_set_item_string(module_dict(module.get()), "__loader__", none()) < 0 ||
        dict_set_item_string(module_dict(module.get()), "__spec__", spec.get()) < 0) {
        return nullptr;
    }
    if (!found.folders.empty() && !set_attribute(module.get(), "__path__", path_list(found.folders))) return nullptr;
    if (!found.file.empty() && !set_attribute(module.get(), "__file__", str_from_filesystem(found.file))) return nullptr;
    if (dict_set_item_string(module_dict(module.get()), "__cached__", none()) < 0) return nullptr;
    if (dict_set_item(modules_dict(), full_name, module.get()) < 0) return nullptr;
    if (found.kind != Found::Kind::kNamespace) {
        Ref<> code = own(compile_file(found.file));
        if (!code || !run_module_code(code.get(), module.get())) {
            Ref<> pending = own(err_fetch());
            if (dict_contains(modules_dict(), full_name) > 0) dict_del_item(modules_dict(), full_name);
            err_clear();
            err_restore(pending.release());
            return nullptr;
        }
    }
    if (object_set_attr(spec.get(), ID(_initializing), py_false()) < 0) return nullptr;
    // A module may have put something else in its place.
    Object* now = dict_get_item_with_error(modules_dict(), full_name);
    return now ? newref(now) : err_occurred() ? nullptr : module.release();
}

// One component: `full_name` under `parent` (a module, or nullptr at the top).
Owned import_one(Object* full_name, const std::string& tail, Object* parent, Object* parent_name) {
    Object* present = dict_get_item_with_error(modules_dict(), full_name);
    if (present) {
        if (present == none()) {
            return err_format(exc::ModuleNotFoundError, "import of %U halted; None in sys.modules", full_name);
        }
        return newref(present);
    }
    if (err_occurred()) return nullptr;
    Ref<> module;
    if (!parent) {
        if (const BuiltinModule* builtin = find_builtin_module(tail.c_str())) {
            module = own(builtin->create());
            if (!module) return nullptr;
            if (dict_set_item(modules_dict(), full_name, module.get()) < 0) return nullptr;
            return module.release();
        }
        Found found = find_on_path(sys_attribute("path"), tail);
        if (found.kind == Found::Kind::kNone) return not_found(full_name);
        return load_source(full_name, found);
    }
    std::string dotted = str_to_utf8(full_name);
    if (const BuiltinModule* builtin = find_builtin_module(dotted.c_str())) {
        module = own(builtin->create());
        if (!module || dict_set_item(modules_dict(), full_name, module.get()) < 0) return nullptr;
    } else {
        Object* path = nullptr;
        if (object_lookup_attr(parent, ID(__path__), &path) < 0) return nullptr;
        Ref<> folders = own(path);
        if (!folders) {
            std::string why = "; '" + str_to_utf8(parent_name) + "' is not a package";
            return not_found(full_name, why.c_str());
        }
        if (!list_check(folders.get()) && !tuple_check(folders.get())) {
            folders = own(sequence_list(folders.get()));
            if (!folders) return nullptr;
        }
        Found found = find_on_path(folders.get(), tail);
        if (found.kind == Found::Kind::kNone) return not_found(full_name);
        module = own(load_source(full_name, found));
        if (!module) return nullptr;
    }
    Ref<> tail_name = own(str_intern_from_string(tail.c_str()));
    if (object_set_attr(parent, tail_name.get(), module.get()) < 0) return nullptr;
    return module.release();
}

// Imports every component of a dotted name; the last one, and with `top` the first.
Owned import_dotted(Object* name, Ref<>* top) {
    Object* present = dict_get_item_with_error(modules_dict(), name);
    if (err_occurred()) return nullptr;
    if (present && present != none() && !top) return newref(present);
    std::string text = str_to_utf8(name);
    Ref<> parent, parent_name;
    for (size_t begin = 0;;) {
        size_t dot = text.find('.', begin);
        std::string tail = text.substr(begin, dot == std::string::npos ? std::string::npos : dot - begin);
        Ref<> full = dot == std::string::npos ? share(name) : own(str_intern_from_string(text.substr(0, dot).c_str()));
        Ref<> module = own(import_one(full.get(), tail, parent.get(), parent_name.get()));
        if (!module) return nullptr;
        if (begin == 0 && top) *top = module;
        if (dot == std::string::npos) return module.release();
        parent = std::move(module);
        parent_name = std::move(full);
        begin = dot + 1;
    }
}

// The package that a relative import starts from.
Owned package_of(Object* globals) {
    Object* package = globals ? dict_get_item_with_error(globals, ID(__package__)) : nullptr;
    if (package && package != none()) {
        if (!str_check(package)) return err_set_string(exc::TypeError, "package must be a string");
        return newref(package);
    }
    if (err_occurred()) return nullptr;
    Object* name = globals ? dict_get_item_with_error(globals, ID(__name__)) : nullptr;
    if (!name) return err_occurred() ? nullptr : err_set_string(exc::KeyError, "'__name__' not in globals");
    if (dict_contains(globals, ID(__path__)) > 0) return newref(name);
    std::string text = str_to_utf8(name);
    size_t dot = text.rfind('.');
    return str_from_view(dot == std::string::npos ? "" : text.substr(0, dot));
}

Owned resolve_relative(Object* name, Object* globals, int level) {
    Ref<> package = own(package_of(globals));
    if (!package) return nullptr;
    if (str_length(package.get()) == 0) {
        return err_set_string(exc::ImportError, "attempted relative import with no known parent package");
    }
    std::string base = str_to_utf8(package.get());
    for (int i = 1; i < level; ++i) {
        size_t dot = base.rfind('.');
        if (dot == std::string::npos) return err_set_string(exc::ImportError, "attempted relative import beyond top-level package");
        base.resize(dot);
    }
    return str_length(name) ? str_from_format("%s.%U", base.c_str(), name) : str_from_view(base);
}

bool import_from_list(Object* module, Object* fromlist) {
    Object* path = nullptr;
    if (object_lookup_attr(module, ID(__path__), &path) < 0) return false;
    if (!path) return true;
    decref(path);
    Ref<> iterator = own(object_get_iter(fromlist));
    if (!iterator) return false;
    while (Owned next = iter_next(iterator.get())) {
        Ref<> item = own(next);
        if (!str_check(item.get())) {
            err_format(exc::TypeError, "Item in ``from list'' must be str, not %s", item->type->tp_name);
            return false;
        }
        if (str_equal_ascii(item.get(), "*")) {
            Object* all = nullptr;
            if (object_lookup_attr(module, ID(__all__), &all) < 0) return false;
            Ref<> names = own(all);
            if (names && !import_from_list(module, names.get())) return false;
            continue;
        }
        if (object_has_attr(module, item.get())) continue;
        Ref<> package = own(object_get_attr(module, ID(__name__)));
        Ref<> full = package ? own(str_from_format("%U.%U", package.get(), item.get())) : Ref<>();
        if (!full) return false;
        Ref<> submodule = own(import_dotted(full.get(), nullptr));
        if (submodule) continue;
        // Absent: the import statement says so itself. An error inside the submodule comes through.
        if (!err_matches(exc::ModuleNotFoundError)) return false;
        auto* error = static_cast<ImportErrorObject*>(thread->pending);
        if (!error->name || !str_check(error->name) || !str_equal(error->name, full.get())) return false;
        err_clear();
    }
    return !err_occurred();
}

}  // namespace

Object* modules_dict() {
    if (!modules) {
        modules = dict_new();
        register_root(&modules, "sys.modules");
    }
    return modules;
}

bool run_module_code(Object* code, Object* module) {
    Object* dict = module_dict(module);
    if (dict_contains(dict, ID(__builtins__)) <= 0) {
        Object* builtins = dict_get_item_string(modules_dict(), "builtins");
        if (builtins && dict_set_item(dict, ID(__builtins__), module_dict(builtins)) < 0) return false;
    }
    Ref<> result = own(exec_code(code, dict, dict));
    return static_cast<bool>(result);
}

Owned import_module(const char* name) {
    Ref<> text = own(str_intern_from_string(name));
    return text ? import_dotted(text.get(), nullptr) : nullptr;
}

Owned import_module_level(Object* name, Object* globals, Object*, Object* fromlist, int level) {
    if (!str_check(name)) return err_set_string(exc::TypeError, "module name must be a string");
    if (level < 0) return err_set_string(exc::ValueError, "level must be >= 0");
    Ref<> full = share(name);
    if (level > 0) {
        if (globals && !dict_check(globals)) return err_set_string(exc::TypeError, "globals must be a dict");
        full = own(resolve_relative(name, globals, level));
        if (!full) return nullptr;
    } else if (str_length(name) == 0) {
        return err_set_string(exc::ValueError, "Empty module name");
    }
    int has_list = fromlist && fromlist != none() ? object_is_true(fromlist) : 0;
    if (has_list < 0) return nullptr;
    Ref<> top;
    Ref<> module = own(import_dotted(full.get(), &top));
    if (!module) return nullptr;
    if (has_list) return import_from_list(module.get(), fromlist) ? module.release() : nullptr;
    if (level == 0) return top.release();
    // `import .a.b` through __import__: the first component of what was asked for.
    std::string asked = str_to_utf8(name);
    size_t dot = asked.find('.');
    if (asked.empty() || dot == std::string::npos) return module.release();
    std::string whole = str_to_utf8(full.get());
    Ref<> first = own(str_from_view(whole.substr(0, whole.size() - (asked.size() - dot))));
    return first ? import_dotted(first.get(), nullptr) : nullptr;
}

std::string find_module_source(const std::string& dotted_name, bool* is_package) {
    Object* path = sys_attribute("path");
    Ref<> folders = path ? share(path) : Ref<>();
    for (size_t begin = 0;;) {
        size_t dot = dotted_name.find('.', begin);
        std::string tail = dotted_name.substr(begin, dot == std::string::npos ? std::string::npos : dot - begin);
        Found found = find_on_path(folders.get(), tail);
        *is_package = !found.folders.empty();
        if (dot == std::string::npos) return found.file;
        if (found.folders.empty()) return "";
        folders = own(path_list(found.folders));
        begin = dot + 1;
    }
}

}  // namespace refscope::vm
