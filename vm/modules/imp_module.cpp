// _imp, and the library's own importlib on top of it (_frozen_importlib, _frozen_importlib_external).
//
// The import statement is native (import.cpp). importlib is for programs that use it by name: its two bootstrap files are run
// from the installed library when they are first asked for, and find modules in the same sys.modules.
#include <cstring>
#include <string>

#include "vm/host/host.h"
#include "vm/modules/compile_source.h"
#include "vm/modules/import.h"
#include "vm/modules/startup.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

const BuiltinModule* builtin_named(Object* name) {
    return str_check(name) ? find_builtin_module(str_to_utf8(name).c_str()) : nullptr;
}
bool made_at_startup(Object* name) {
    return str_check(name) && (str_equal_ascii(name, "sys") || str_equal_ascii(name, "builtins"));
}

Owned imp_nothing(Object*, Object*) { return new_none(); }
Owned imp_false(Object*, Object*) { return bool_from(false); }
Owned imp_is_builtin(Object*, Object* name) {
    return int_from_int(made_at_startup(name) ? -1 : builtin_named(name) ? 1 : 0);
}
Owned imp_create_builtin(Object*, Object* spec) {
    Ref<> name = own(object_get_attr(spec, ID(name)));
    if (!name) return nullptr;
    if (Object* present = dict_get_item_with_error(modules_dict(), name.get())) return newref(present);
    if (err_occurred()) return nullptr;
    const BuiltinModule* module = builtin_named(name.get());
    return module ? module->create() : new_none();
}
Owned imp_exec_builtin(Object*, Object*) { return int_from_int(0); }
Owned imp_find_frozen(Object*, Object*, Object*) { return new_none(); }
Owned imp_no_frozen(Object*, Object* const* args, intptr_t nargs) {
    return err_format(exc::ImportError, "No such frozen object named %R", nargs ? args[0] : none());
}
Owned imp_extension_suffixes(Object*, Object*) { return list_new(0); }
Owned imp_fix_co_filename(Object*, Object* const*, intptr_t) { return new_none(); }
Owned imp_override(Object*, Object*) { return int_from_int(0); }
Owned imp_source_hash(Object*, Object* const* args, intptr_t nargs, Object*) {
    if (!check_positional("source_hash", nargs, 2, 2) || !bytes_check(args[1])) {
        return err_occurred() ? nullptr : err_set_string(exc::TypeError, "source_hash() argument 2 must be bytes");
    }
    // FNV-1a: no compiled files are shared with another implementation.
    uint64_t hash = 14695981039346656037ull;
    for (char c : bytes_view(args[1])) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    char text[8];
    memcpy(text, &hash, sizeof text);
    return bytes_from_data(text, sizeof text);
}

const MethodDef imp_functions[] = {
    method_def("acquire_lock", imp_nothing, kMethNoargs),
    method_def("release_lock", imp_nothing, kMethNoargs),
    method_def("lock_held", imp_false, kMethNoargs),
    method_def("is_builtin", imp_is_builtin, kMethO),
    method_def("create_builtin", imp_create_builtin, kMethO),
    method_def("exec_builtin", imp_exec_builtin, kMethO),
    method_def("is_frozen", imp_false, kMethO),
    method_def("is_frozen_package", imp_false, kMethO),
    method_def("find_frozen", imp_find_frozen, kMethVarargs | kMethKeywords),
    method_def("get_frozen_object", imp_no_frozen, kMethFastcall),
    method_def("init_frozen", imp_nothing, kMethO),
    method_def("extension_suffixes", imp_extension_suffixes, kMethNoargs),
    method_def("_fix_co_filename", imp_fix_co_filename, kMethFastcall),
    method_def("_override_frozen_modules_for_tests", imp_override, kMethO),
    method_def("source_hash", imp_source_hash, kMethFastcall | kMethKeywords),
    {nullptr, nullptr, 0}};

// A module that runs a file of the library's importlib; entered into sys.modules first, as its code looks itself up there.
Owned run_bootstrap(const char* name, const char* file, const char* shown) {
    Ref<> module = own(module_create(name, nullptr, nullptr));
    if (!module) return nullptr;
    const std::string path = std::string("/usr/lib/python3.11/importlib/") + file;
    std::string text;
    if (!read_file(path, &text)) return err_set_from_errno(exc::OSError);
    Ref<> code = own(compile_bytes(text, shown, nullptr));
    if (!code || dict_set_item_string(modules_dict(), name, module.get()) < 0) return nullptr;
    Object* builtins = dict_get_item_string(modules_dict(), "builtins");
    if (!builtins || dict_set_item_string(module_dict(module.get()), "__builtins__", builtins) < 0) return nullptr;
    return run_module_code(code.get(), module.get()) ? module.release() : nullptr;
}

}  // namespace

Owned create_imp_module() {
    Ref<> module = own(module_create("_imp", "What importlib needs of the interpreter.", imp_functions));
    Ref<> mode = own(str_from_string("default"));
    return module && mode && module_add_object(module.get(), "check_hash_based_pycs", mode.get()) == 0 ? module.release() : nullptr;
}

Owned create_frozen_importlib_module() {
    Ref<> module = own(run_bootstrap("_frozen_importlib", "_bootstrap.py", "<frozen importlib._bootstrap>"));
    Ref<> imp = module ? own(import_module("_imp")) : Ref<>();
    Ref<> sys = share(dict_get_item_string(modules_dict(), "sys"));
    if (!imp || !sys) return nullptr;
    Ref<> result = own(object_call_method_string(module.get(), "_install", {sys.get(), imp.get()}));
    return result ? module.release() : nullptr;
}

Owned create_frozen_importlib_external_module() {
    Ref<> bootstrap = own(import_module("_frozen_importlib"));
    if (!bootstrap) return nullptr;
    Ref<> module = own(run_bootstrap("_frozen_importlib_external", "_bootstrap_external.py", "<frozen importlib._bootstrap_external>"));
    if (!module) return nullptr;
    // Files compiled by CPython hold its bytecode: another magic number makes importlib pass over them.
    Ref<> magic = own(bytes_from_data("RSC\n", 4));
    if (!magic || module_add_object(module.get(), "MAGIC_NUMBER", magic.get()) < 0) return nullptr;
    if (module_add_object(bootstrap.get(), "_bootstrap_external", module.get()) < 0) return nullptr;
    Ref<> result = own(object_call_method_string(module.get(), "_install", {bootstrap.get()}));
    return result ? module.release() : nullptr;
}

}  // namespace refscope::vm
