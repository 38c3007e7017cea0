#include "vm/modules/warnings_module.h"

#include <string>

#include "vm/heap/allocator.h"
#include "vm/modules/import.h"
#include "vm/modules/source_lines.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/error_seam.h"
#include "vm/objects/errors.h"
#include "vm/objects/frame_info.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

Object* filters = nullptr;         // list of (action, message, category, module, lineno)
Object* once_registry = nullptr;   // dict
Object* default_action = nullptr;  // str
long filters_version = 0;          // registries of another version are stale

int add_filter(Type& category, const char* action, const char* module_or_null) {
    Ref<> action_text = own(str_intern_from_string(action));
    Ref<> module = module_or_null ? own(str_intern_from_string(module_or_null)) : share(none());
    Ref<> zero = own(int_from_int(0));
    if (!action_text || !module || !zero) return -1;
    Ref<> filter = own(tuple_pack({action_text.get(), none(), &category, module.get(), zero.get()}));
    return filter ? list_append(filters, filter.get()) : -1;
}

int initialize() {
    if (filters) return 0;
    filters = list_new(0);
    once_registry = dict_new();
    default_action = str_from_string("default");
    if (!filters || !once_registry || !default_action) return -1;
    register_root(&filters, "warnings.filters");
    register_root(&once_registry, "warnings.onceregistry");
    register_root(&default_action, "warnings.defaultaction");
    return add_filter(exc::DeprecationWarning, "default", "__main__") < 0 ||
                   add_filter(exc::DeprecationWarning, "ignore", nullptr) < 0 ||
                   add_filter(exc::PendingDeprecationWarning, "ignore", nullptr) < 0 ||
                   add_filter(exc::ImportWarning, "ignore", nullptr) < 0 ||
                   add_filter(exc::ResourceWarning, "ignore", nullptr) < 0
               ? -1
               : 0;
}

// An attribute of the library's warnings module, if that is loaded (or, with `import`, can be). A new reference; nullptr
// with or without an exception.
Owned library_attribute(const char* name, bool import) {
    Ref<> module;
    if (import) {
        module.reset_steal(import_module("warnings"));
        if (!module) {
            if (err_matches(exc::ImportError)) err_clear();
            return nullptr;
        }
    } else {
        module = share(dict_get_item_string(modules_dict(), "warnings"));
        if (!module) return nullptr;
    }
    Ref<> attribute_name = own(str_intern_from_string(name));
    if (!attribute_name) return nullptr;
    Object* found = nullptr;
    object_lookup_attr(module.get(), attribute_name.get(), &found);
    return found;
}

// The library's attribute replaces ours when it has been assigned anew.
Object* current(const char* name, Object*& ours, bool (*valid)(const Object*), const char* problem) {
    Ref<> theirs = own(library_attribute(name, false));
    if (!theirs) return err_occurred() ? nullptr : ours;
    if (!valid(theirs.get())) return err_set_string(exc::TypeError, problem);
    set_ref(ours, static_cast<Object*>(theirs.release()));
    return ours;
}

bool any_str(const Object* object) { return str_check(object); }
bool any_dict(const Object* object) { return dict_check(object); }

// None matches all, a plain string (of the default filters) exactly, else it is a regular expression.
int matches(Object* pattern, Object* text) {
    if (is_none(pattern)) return 1;
    if (str_check_exact(pattern)) return str_equal(pattern, text);
    Ref<> result = own(object_call_method(pattern, ID(match), {text}));
    return result ? object_is_true(result.get()) : -1;
}

// The action for a warning; *item becomes the filter that decided.
Owned find_action(Object* category, Object* text, intptr_t line, Object* module, Ref<>* item) {
    Ref<> library_filters = own(library_attribute("filters", false));
    if (!library_filters && err_occurred()) return nullptr;
    if (library_filters) set_ref(filters, newref(library_filters.get()));
    if (!list_check(filters)) return err_set_string(exc::ValueError, "_warnings.filters must be a list");
    Ref<> held = share(filters);
    for (intptr_t i = 0; i < list_size(held.get()); ++i) {
        Ref<> filter = share(list_get_item(held.get(), i));
        if (!tuple_check(filter.get()) || tuple_size(filter.get()) != 5) {
            return err_format(exc::ValueError, "_warnings.filters item %zd isn't a 5-tuple", i);
        }
        Object* action = tuple_get_item(filter.get(), 0);
        if (!str_check(action)) {
            return err_format(exc::TypeError, "action must be a string, not '%.200s'", action->type->tp_name);
        }
        const int message_fits = matches(tuple_get_item(filter.get(), 1), text);
        if (message_fits < 0) return nullptr;
        const int module_fits = matches(tuple_get_item(filter.get(), 3), module);
        if (module_fits < 0) return nullptr;
        const int category_fits = object_is_subclass(category, tuple_get_item(filter.get(), 2));
        if (category_fits < 0) return nullptr;
        const intptr_t filter_line = number_as_ssize(tuple_get_item(filter.get(), 4), nullptr);
        if (filter_line == -1 && err_occurred()) return nullptr;
        if (message_fits && module_fits && category_fits && (filter_line == 0 || filter_line == line)) {
            *item = filter;
            return newref(action);
        }
    }
    *item = share(none());
    return xnewref(current("defaultaction", default_action, any_str, "_warnings.defaultaction must be a string"));
}

// 1: warned already; 0: not yet (and noted if wanted); -1: error.
int already_warned(Object* registry, Object* key, bool note) {
    Object* version = dict_get_item_with_error(registry, ID(version));
    if (!version && err_occurred()) return -1;
    if (!version || !int_check_exact(version) || int_as_int64(version) != filters_version) {
        err_clear();
        dict_clear(registry);
        Ref<> now = own(int_from_int64(filters_version));
        if (!now || dict_set_item(registry, ID(version), now.get()) < 0) return -1;
    } else {
        Object* noted = dict_get_item_with_error(registry, key);
        if (!noted && err_occurred()) return -1;
        if (noted) {
            const int truth = object_is_true(noted);
            if (truth != 0) return truth;
        }
    }
    return note ? dict_set_item(registry, key, py_true()) : 0;
}

int note_in_registry(Object* registry, Object* text, Object* category, bool with_zero) {
    Ref<> zero = own(int_from_int(0));
    Ref<> key = own(with_zero ? tuple_pack({text, category, zero.get()}) : tuple_pack({text, category}));
    return key ? already_warned(registry, key.get(), true) : -1;
}

// As the library's formatwarning does, for when it is not loaded.
void show_plainly(Object* filename, intptr_t line, Object* text, Object* category, Object* source_line) {
    Ref<> name = own(object_get_attr(category, ID(__name__)));
    Ref<> file = share(sys_get_object("stderr"));
    if (!name || !file || is_none(file.get())) {
        err_clear();
        return;
    }
    Ref<> head = own(str_from_format("%S:%zd: %S: %S\n", filename, line, name.get(), text));
    if (!head || file_write_object(head.get(), file.get(), true) < 0) {
        err_clear();
        return;
    }
    std::string shown;
    bool found = false;
    if (source_line && str_check(source_line)) {
        shown = str_to_utf8(source_line);
        found = true;
    } else if (str_check(filename)) {
        found = find_source_line(str_to_filesystem(filename), static_cast<int>(line), &shown);
    }
    if (!found) return;
    const size_t begin = shown.find_first_not_of(" \t\f");
    if (begin == std::string::npos) shown.clear();
    else shown.erase(0, begin);
    if (file_write_string("  " + shown + "\n", file.get()) < 0) err_clear();
}

int show(Object* category, Object* text, Object* message, Object* filename, intptr_t line, Object* line_object,
         Object* source_line, Object* source) {
    Ref<> function = own(library_attribute("_showwarnmsg", source != nullptr));
    if (!function) {
        if (err_occurred()) return -1;
        show_plainly(filename, line, text, category, source_line);
        return 0;
    }
    if (!callable_check(function.get())) {
        err_set_string(exc::TypeError, "warnings._showwarnmsg() must be set to a callable");
        return -1;
    }
    Ref<> record_type = own(library_attribute("WarningMessage", false));
    if (!record_type) {
        if (!err_occurred()) err_set_string(exc::RuntimeError, "unable to get warnings.WarningMessage");
        return -1;
    }
    Ref<> record = own(object_call_args(record_type.get(), {message, category, filename, line_object, none(), none(),
                                                            source ? source : none()}));
    if (!record) return -1;
    Ref<> result = own(object_call_onearg(function.get(), record.get()));
    return result ? 0 : -1;
}

// The name of a file without ".py" serves as the module's name.
Owned module_of_file(Object* filename) {
    const intptr_t length = str_length(filename);
    if (length == 0) return str_from_string("<unknown>");
    Ref<> ending = own(str_from_string(".py"));
    if (!ending) return nullptr;
    return str_tail_match(filename, ending.get(), 0, length, 1) > 0 ? str_substring(filename, 0, length - 3)
                                                                    : newref(filename);
}

Owned warn_explicitly(Object* given_category, Object* given_message, Object* filename, intptr_t line, Object* given_module,
                      Object* registry, Object* source_line, Object* source) {
    if (given_module && is_none(given_module)) return new_none();
    if (registry && !dict_check(registry) && !is_none(registry)) {
        return err_set_string(exc::TypeError, "'registry' must be a dict or None");
    }
    if (registry && is_none(registry)) registry = nullptr;
    if (source && is_none(source)) source = nullptr;
    Ref<> module = given_module ? share(given_module) : own(module_of_file(filename));
    if (!module) return nullptr;
    Ref<> category = share(given_category), message, text;
    const int is_warning = object_is_instance(given_message, &exc::Warning);
    if (is_warning < 0) return nullptr;
    if (is_warning) {
        message = share(given_message);
        text.reset_steal(object_str(given_message));
        category = share<Object>(given_message->type);
    } else {
        text = share(given_message);
        message.reset_steal(object_call_onearg(category.get(), given_message));
    }
    if (!text || !message) return nullptr;
    Ref<> line_object = own(int_from_ssize(line));
    Ref<> key = line_object ? own(tuple_pack({text.get(), category.get(), line_object.get()})) : Ref<>();
    if (!key) return nullptr;
    if (registry) {
        const int warned = already_warned(registry, key.get(), false);
        if (warned < 0) return nullptr;
        if (warned) return new_none();
    }

    Ref<> item;
    Ref<> action = own(find_action(category.get(), text.get(), line, module.get(), &item));
    if (!action) return nullptr;
    if (str_equal_ascii(action.get(), "error")) return err_set_object(as_type(category.get()), message.get());
    if (str_equal_ascii(action.get(), "ignore")) return new_none();
    int noted = 0;
    if (!str_equal_ascii(action.get(), "always")) {
        if (registry && dict_set_item(registry, key.get(), py_true()) < 0) return nullptr;
        if (str_equal_ascii(action.get(), "once")) {
            Object* where = registry ? registry
                                     : current("onceregistry", once_registry, any_dict, "_warnings.onceregistry must be a dict");
            if (!where) return nullptr;
            noted = note_in_registry(where, text.get(), category.get(), false);
        } else if (str_equal_ascii(action.get(), "module")) {
            if (registry) noted = note_in_registry(registry, text.get(), category.get(), true);
        } else if (!str_equal_ascii(action.get(), "default")) {
            return err_format(exc::RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", action.get(), item.get());
        }
    }
    if (noted < 0) return nullptr;
    if (noted) return new_none();
    if (show(category.get(), text.get(), message.get(), filename, line, line_object.get(), source_line, source) < 0) return nullptr;
    return new_none();
}

// ---- The place that a stack level means

bool is_import_machinery(Object* frame) {
    Object* filename = code_filename(frame_code(frame));
    if (!str_check(filename)) return false;
    const std::string text = str_to_utf8(filename);
    return text.find("importlib") != std::string::npos && text.find("_bootstrap") != std::string::npos;
}

struct Place {
    Ref<> filename, module, registry;
    intptr_t line = 1;
};

bool find_place(intptr_t stack_level, Place* place) {
    Ref<> frame = own(current_frame_object(0));
    if (frame && (stack_level <= 0 || is_import_machinery(frame.get()))) {
        while (--stack_level > 0 && frame) frame.reset_steal(frame_back(frame.get()));
    } else {
        while (--stack_level > 0 && frame) {
            do {
                frame.reset_steal(frame_back(frame.get()));
            } while (frame && is_import_machinery(frame.get()));
        }
    }
    if (err_occurred()) return false;
    Ref<> globals;
    if (frame) {
        globals = share(frame_globals(frame.get()));
        place->filename = share(code_filename(frame_code(frame.get())));
        place->line = frame_lineno(frame.get());
    } else {
        globals = share(sys_dict);
        place->filename.reset_steal(str_from_string("sys"));
    }
    if (!place->filename) return false;
    Object* registry = dict_get_item_with_error(globals.get(), ID(__warningregistry__));
    if (registry) {
        place->registry = share(registry);
    } else {
        if (err_occurred()) return false;
        place->registry.reset_steal(dict_new());
        if (!place->registry || dict_set_item(globals.get(), ID(__warningregistry__), place->registry.get()) < 0) return false;
    }
    Object* name = dict_get_item_with_error(globals.get(), ID(__name__));
    if (name && (is_none(name) || str_check(name))) {
        place->module = share(name);
    } else {
        if (err_occurred()) return false;
        place->module.reset_steal(str_from_string("<string>"));
    }
    return static_cast<bool>(place->module);
}

Owned warn_at_level(Object* message, Object* category, intptr_t stack_level, Object* source) {
    Place place;
    if (initialize() < 0 || !find_place(stack_level, &place)) return nullptr;
    return warn_explicitly(category, message, place.filename.get(), place.line, place.module.get(), place.registry.get(),
                           nullptr, source);
}

Owned warnings_warn(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"message", "category", "stacklevel", "source", nullptr};
    static const KeywordParser parser{"warn", names, 1, 4};
    Object* out[4] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    intptr_t stack_level = 1;
    if (out[2]) {
        stack_level = number_as_ssize(out[2], &exc::OverflowError);
        if (stack_level == -1 && err_occurred()) return nullptr;
    }
    const int is_warning = object_is_instance(out[0], &exc::Warning);
    if (is_warning < 0) return nullptr;
    Object* category = is_warning ? out[0]->type : !out[1] || is_none(out[1]) ? &exc::UserWarning : out[1];
    const int fits = type_check(category) ? object_is_subclass(category, &exc::Warning) : 0;
    if (fits < 0) return nullptr;
    if (!fits) {
        return err_format(exc::TypeError, "category must be a Warning subclass, not '%s'", category->type->tp_name);
    }
    return warn_at_level(out[0], category, stack_level, out[3]);
}

// The line of a module that its loader can give: nullptr with or without an exception.
Owned line_from_loader(Object* module_globals, intptr_t line) {
    Ref<> loader = share(dict_get_item_with_error(module_globals, ID(__loader__)));
    Ref<> name = share(dict_get_item_with_error(module_globals, ID(__name__)));
    if (err_occurred() || !loader || !name) return nullptr;
    Object* found = nullptr;
    if (object_lookup_attr(loader.get(), ID(get_source), &found) <= 0) return nullptr;
    Ref<> get_source = own(found);
    Ref<> source = own(object_call_onearg(get_source.get(), name.get()));
    if (!source || !str_check(source.get())) return nullptr;
    Ref<> lines = own(str_split_lines(source.get(), false));
    return lines && line > 0 && line <= list_size(lines.get()) ? newref(list_get_item(lines.get(), line - 1)) : nullptr;
}

Owned warnings_warn_explicit(Object*, Object* args, Object* kwargs) {
    static const char* const names[] = {"message", "category", "filename",       "lineno", "module",
                                        "registry", "module_globals", "source", nullptr};
    static const KeywordParser parser{"warn_explicit", names, 4, 8};
    Object* out[8] = {};
    int line;
    if (initialize() < 0 || !unpack_keywords_tuple(parser, args, kwargs, out)) return nullptr;
    if (!str_check(out[2])) {
        argument_bad("warn_explicit", "argument 3", "str", out[2]);
        return nullptr;
    }
    if (!argument_int(out[3], &line)) return nullptr;
    Ref<> source_line;
    if (out[6] && !is_none(out[6])) {
        if (!dict_check(out[6])) {
            return err_format(exc::TypeError, "module_globals must be a dict, not '%.200s'", out[6]->type->tp_name);
        }
        source_line.reset_steal(line_from_loader(out[6], line));
        if (!source_line && err_occurred()) return nullptr;
    }
    return warn_explicitly(out[1], out[0], out[2], line, out[4], out[5], source_line.get(), out[7]);
}

Owned warnings_filters_mutated(Object*, Object*) {
    ++filters_version;
    return new_none();
}

}  // namespace

int warn_from_native(Type& category, Object* message, int stack_level, Object* source) {
    Ref<> result = own(warn_at_level(message, &category, stack_level, source));
    return result ? 0 : -1;
}

namespace {

const MethodDef warnings_functions[] = {
    method_def("warn", warnings_warn, kMethFastcall | kMethKeywords,
               "warn($module, /, message, category=None, stacklevel=1, source=None)\n--\n\nIssue a warning, or raise it."),
    method_def("warn_explicit", warnings_warn_explicit, kMethVarargs | kMethKeywords),
    method_def("_filters_mutated", warnings_filters_mutated, kMethNoargs),
    {nullptr, nullptr, 0}};

}  // namespace

Owned create_warnings_module() {
    Ref<> module = own(module_create("_warnings", "What happens to warnings.", warnings_functions));
    if (!module || initialize() < 0) return nullptr;
    if (module_add_object(module.get(), "filters", filters) < 0 ||
        module_add_object(module.get(), "_onceregistry", once_registry) < 0 ||
        module_add_object(module.get(), "_defaultaction", default_action) < 0) {
        return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
