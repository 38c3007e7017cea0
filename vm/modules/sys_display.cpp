// The hooks that show things: displayhook, excepthook, unraisablehook, breakpointhook.
#include <cstring>
#include <string>

#include "vm/host/host.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/modules/import.h"
#include "vm/modules/interpreter_flags.h"
#include "vm/modules/sys_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/error_report.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/traceback_print.h"

namespace refscope::vm {

namespace {

Owned sys_displayhook(Object*, Object* object) {
    Ref<> builtins = share(dict_get_item_string(modules_dict(), "builtins"));
    if (!builtins) return err_set_string(exc::RuntimeError, "lost builtins module");
    if (is_none(object)) return new_none();
    if (object_set_attr(builtins.get(), ID(_), none()) < 0) return nullptr;
    Ref<> file = share(sys_get_object("stdout"));
    if (!file || is_none(file.get())) return err_set_string(exc::RuntimeError, "lost sys.stdout");
    if (file_write_object(object, file.get(), false) < 0 || file_write_string("\n", file.get()) < 0) return nullptr;
    return object_set_attr(builtins.get(), ID(_), object) < 0 ? nullptr : new_none();
}

Owned sys_excepthook(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("excepthook", nargs, 3, 3)) return nullptr;
    exception_display_parts(args[0], args[1], args[2]);
    return new_none();
}

Owned warn_unimportable(const char* name) {
    if (err_warn(exc::RuntimeWarning, 0, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", name) < 0) return nullptr;
    return new_none();
}

Owned sys_breakpointhook(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    const char* setting = python_variable("PYTHONBREAKPOINT");
    if (!setting || !*setting) setting = "pdb.set_trace";
    if (strcmp(setting, "0") == 0) return new_none();
    const std::string name = setting;
    const size_t dot = name.rfind('.');
    const std::string module_name = dot == std::string::npos ? "builtins" : name.substr(0, dot);
    const std::string function_name = dot == std::string::npos ? name : name.substr(dot + 1);
    Ref<> module = own(import_module(module_name.c_str()));
    if (!module) {
        if (!err_matches(exc::ImportError)) return nullptr;
        err_clear();
        return warn_unimportable(setting);
    }
    Ref<> hook = own(object_get_attr_string(module.get(), function_name.c_str()));
    if (!hook) {
        if (!err_matches(exc::AttributeError)) return nullptr;
        err_clear();
        return warn_unimportable(setting);
    }
    return object_vectorcall(hook.get(), args, static_cast<size_t>(nargs), kwnames);
}

}  // namespace

const MethodDef sys_display_functions[] = {
    method_def("breakpointhook", sys_breakpointhook, kMethFastcall | kMethKeywords),
    method_def("displayhook", sys_displayhook, kMethO, "displayhook($module, object, /)\n--\n\nPrint an object and keep it in builtins._"),
    method_def("excepthook", sys_excepthook, kMethFastcall, "excepthook($module, exctype, value, traceback, /)\n--\n\nShow an exception on sys.stderr."),
    method_def("unraisablehook", default_unraisable_hook, kMethO, "unraisablehook($module, unraisable, /)\n--\n\nShow an exception that cannot be raised."),
    {nullptr, nullptr, 0}};

}  // namespace refscope::vm
