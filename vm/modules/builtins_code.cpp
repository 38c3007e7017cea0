// Built-in functions about code: compile, eval, exec, namespaces, import, and the class statement's __build_class__.
#include <cstring>
#include <vector>

#include "vm/modules/builtins_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/call.h"
#include "vm/objects/cell.h"
#include "vm/objects/code_object.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/function_object.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/memoryview.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/interpreter/builtins_support.h"

namespace refscope::vm {

namespace {

Owned builtin_globals(Object*, Object*) { return xnewref(current_globals()); }
Owned builtin_locals(Object*, Object*) { return current_locals(); }

Owned builtin_import(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"name", "globals", "locals", "fromlist", "level", nullptr};
    static const KeywordParser parser{"__import__", names, 1, 5, 0};
    Object* given[5];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    int level = 0;
    if (given[4] && !argument_int(given[4], &level)) return nullptr;
    return import_module_level(given[0], given[1], given[2], given[3], level);
}

constexpr unsigned kFutureFlags = 0x1ff0000;
constexpr unsigned kKnownFlags = kFutureFlags | 0x10 | 0x200 | 0x400 | 0x1000 | 0x2000 | 0x4000;

unsigned calling_code_flags() {
    auto frame = own(current_frame_object(0));
    if (!frame) return 0;
    return static_cast<unsigned>(code_flags(frame_code(frame.get()))) & kFutureFlags;
}

// Source as a str or bytes; a bytearray or memoryview becomes bytes. nullptr: TypeError.
Owned source_text(Object* source, const char* function, const char* what) {
    if (str_check(source) || bytes_check(source)) return newref(source);
    if (bytearray_check(source) || memoryview_check(source)) return bytes_from_object(source);
    err_format(exc::TypeError, "%s() arg 1 must be a %s object", function, what);
    return nullptr;
}

Owned builtin_compile(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"source",       "filename", "mode", "flags", "dont_inherit", "optimize",
                                        "_feature_version", nullptr};
    static const KeywordParser parser{"compile", names, 3, 6, 0};
    Object* given[7];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    Ref<> filename;
    if (str_check(given[1])) {
        filename = share(given[1]);
    } else if (bytes_check(given[1])) {
        auto* bytes = static_cast<BytesObject*>(given[1]);
        filename = own(str_from_filesystem(std::string_view(bytes->data, static_cast<size_t>(bytes->size))));
    } else {
        auto method = own(object_lookup_special(given[1], ID(__fspath__)));
        if (!method) {
            if (!err_occurred())
                err_format(exc::TypeError, "expected str, bytes or os.PathLike object, not %.200s", given[1]->type->tp_name);
            return nullptr;
        }
        filename = own(object_call_noargs(method.get()));
    }
    const char* mode;
    int flags = 0, optimize = -1;
    bool dont_inherit = false;
    if (!filename || !argument_text("compile", 3, given[2], &mode) || (given[3] && !argument_int(given[3], &flags)) ||
        (given[4] && !argument_bool(given[4], &dont_inherit)) || (given[5] && !argument_int(given[5], &optimize)))
        return nullptr;
    if (static_cast<unsigned>(flags) & ~kKnownFlags) return err_set_string(exc::ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2) return err_set_string(exc::ValueError, "compile(): invalid optimize value");
    if (std::strcmp(mode, "exec") != 0 && std::strcmp(mode, "eval") != 0 && std::strcmp(mode, "single") != 0)
        return err_set_string(exc::ValueError, "compile() mode must be 'exec', 'eval' or 'single'");
    unsigned inherited = static_cast<unsigned>(flags) & kFutureFlags;
    if (!dont_inherit) inherited |= calling_code_flags();
    auto source = own(source_text(given[0], "compile", "string, bytes or AST"));
    if (!source) return nullptr;
    constexpr int kOnlyAst = 0x400;
    if (flags & kOnlyAst) return parse_source(source.get(), filename.get(), mode);
    return compile_source(source.get(), filename.get(), mode, inherited, optimize);
}

int ensure_builtins(Object* globals) {
    int known = dict_contains(globals, ID(__builtins__));
    if (known) return known < 0 ? -1 : 0;
    Object* builtins = current_builtins();
    return dict_set_item(globals, ID(__builtins__), builtins ? builtins : builtins_dict());
}

// The two namespaces of eval and exec; locals default to globals, globals to the caller's.
bool namespaces(Object* globals, Object* locals, const char* function, Ref<>* out_globals, Ref<>* out_locals) {
    if (globals && is_none(globals)) globals = nullptr;
    if (locals && is_none(locals)) locals = nullptr;
    if (locals && !mapping_check(locals)) {
        if (std::strcmp(function, "eval") == 0) err_set_string(exc::TypeError, "locals must be a mapping");
        else err_format(exc::TypeError, "locals must be a mapping or None, not %.100s", locals->type->tp_name);
        return false;
    }
    if (globals && !dict_check(globals)) {
        if (std::strcmp(function, "eval") == 0)
            err_set_string(exc::TypeError, mapping_check(globals) ? "globals must be a real dict; try eval(code, {}, mapping)"
                                                                  : "globals must be a dict");
        else
            err_format(exc::TypeError, "exec() globals must be a dict, not %.100s", globals->type->tp_name);
        return false;
    }
    if (globals) {
        *out_globals = share(globals);
        *out_locals = share(locals ? locals : globals);
    } else {
        *out_globals = share(current_globals());
        *out_locals = locals ? share(locals) : own(current_locals());
        if (!*out_globals || !*out_locals) {
            if (!err_occurred())
                err_format(exc::TypeError, "%s must be given globals and locals when called without a frame", function);
            return false;
        }
    }
    return ensure_builtins(out_globals->get()) == 0;
}

// Source of eval without its leading blanks.
Owned strip_blanks(Object* source) {
    if (str_check(source)) {
        intptr_t start = 0;
        while (start < str_length(source) && (str_read(source, start) == ' ' || str_read(source, start) == '\t')) ++start;
        return start ? str_substring(source, start, str_length(source)) : newref(source);
    }
    auto* bytes = static_cast<BytesObject*>(source);
    intptr_t start = 0;
    while (start < bytes->size && (bytes->data[start] == ' ' || bytes->data[start] == '\t')) ++start;
    return start ? bytes_from_data(bytes->data + start, bytes->size - start) : newref(source);
}

Owned compile_given(Object* source, const char* function, const char* mode) {
    auto text = own(source_text(source, function, "string, bytes or code"));
    if (text && std::strcmp(mode, "eval") == 0) text = own(strip_blanks(text.get()));
    auto filename = own(text ? str_from_string("<string>") : nullptr);
    return filename ? compile_source(text.get(), filename.get(), mode, calling_code_flags(), -1) : nullptr;
}

Owned builtin_eval(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("eval", nargs, 1, 3)) return nullptr;
    Ref<> globals, locals;
    if (!namespaces(nargs > 1 ? args[1] : nullptr, nargs > 2 ? args[2] : nullptr, "eval", &globals, &locals)) return nullptr;
    Ref<> code = code_check(args[0]) ? share(args[0]) : own(compile_given(args[0], "eval", "eval"));
    if (!code) return nullptr;
    if (code_facts(code.get()).free_variables > 0)
        return err_set_string(exc::TypeError, "code object passed to eval() may not contain free variables");
    return exec_code(code.get(), globals.get(), locals.get());
}

bool check_closure(Object* closure, intptr_t wanted) {
    if (!closure || !tuple_check_exact(closure) || tuple_size(closure) != wanted) return false;
    for (intptr_t index = 0; index < wanted; ++index)
        if (!cell_check(tuple_get_item(closure, index))) return false;
    return true;
}

Owned builtin_exec(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"", "", "", "closure", nullptr};
    static const KeywordParser parser{"exec", names, 1, 3, 0};
    Object* given[4];
    if (!unpack_keywords(parser, args, nargs, kwnames, given)) return nullptr;
    Ref<> globals, locals;
    if (!namespaces(given[1], given[2], "exec", &globals, &locals)) return nullptr;
    Object* closure = given[3] && !is_none(given[3]) ? given[3] : nullptr;
    Ref<> code;
    if (code_check(given[0])) {
        intptr_t wanted = code_facts(given[0]).free_variables;
        if (wanted == 0) {
            if (closure) return err_set_string(exc::TypeError, "cannot use a closure with this code object");
        } else if (!check_closure(closure, wanted)) {
            err_format(exc::TypeError, "code object requires a closure of exactly length %zd", wanted);
            return nullptr;
        }
        code = share(given[0]);
    } else {
        if (closure) return err_set_string(exc::TypeError, "closure can only be used when source is a code object");
        code = own(compile_given(given[0], "exec", "exec"));
    }
    if (!code) return nullptr;
    auto result = own(exec_code(code.get(), globals.get(), locals.get(), closure));
    return result ? new_none() : nullptr;
}

// ---- class statement

// Bases with what __mro_entries__ puts in the place of things that are no classes; the same tuple when nothing changes.
Owned update_bases(Object* bases) {
    Ref<> result;
    for (intptr_t index = 0; index < tuple_size(bases); ++index) {
        Object* base = tuple_get_item(bases, index);
        Ref<> entries;
        if (!type_check(base)) {
            Object* found;
            if (object_lookup_attr(base, ID(__mro_entries__), &found) < 0) return nullptr;
            auto method = own(found);
            if (method) {
                entries = own(object_call_onearg(method.get(), bases));
                if (!entries) return nullptr;
                if (!tuple_check(entries.get())) return err_set_string(exc::TypeError, "__mro_entries__ must return a tuple");
            }
        }
        if (!entries) {
            if (result && list_append(result.get(), base) < 0) return nullptr;
            continue;
        }
        if (!result) {
            result = own(list_from_array(tuple_items(bases), index));
            if (!result) return nullptr;
        }
        if (list_extend(result.get(), entries.get()) < 0) return nullptr;
    }
    return result ? list_as_tuple(result.get()) : newref(bases);
}

Owned check_class_cell(Object* type, Object* cell, Object* name) {
    auto made = own(type);
    if (!made || !type_check(made.get()) || !cell_check(cell)) return made.release();
    Object* in_cell = static_cast<CellObject*>(cell)->ob_ref;
    if (in_cell == made.get()) return made.release();
    if (!in_cell)
        err_format(exc::RuntimeError,
                   "__class__ not set defining %.200R as %.200R. Was __classcell__ propagated to type.__new__?", name, made.get());
    else
        err_format(exc::TypeError, "__class__ set to %.200R defining %.200R as %.200R", in_cell, name, made.get());
    return nullptr;
}

Owned builtin_build_class(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    if (nargs < 2) return err_set_string(exc::TypeError, "__build_class__: not enough arguments");
    Object *function = args[0], *name = args[1];
    if (!function_check(function)) return err_set_string(exc::TypeError, "__build_class__: func must be a function");
    if (!str_check(name)) return err_set_string(exc::TypeError, "__build_class__: name is not a string");
    auto original = own(tuple_from_array(args + 2, nargs - 2));
    auto bases = own(original ? update_bases(original.get()) : nullptr);
    if (!bases) return nullptr;
    Ref<> metaclass, keywords;
    bool is_class = false;
    if (kwnames) {
        keywords = own(dict_from_items(tuple_items(kwnames), 1, args + nargs, 1, tuple_size(kwnames)));
        if (!keywords) return nullptr;
        metaclass = share(dict_get_item_with_error(keywords.get(), ID(metaclass)));
        if (metaclass) {
            if (dict_del_item(keywords.get(), ID(metaclass)) < 0) return nullptr;
            is_class = type_check(metaclass.get());
        } else if (err_occurred()) {
            return nullptr;
        }
    }
    if (!metaclass) {
        Object* chosen = tuple_size(bases.get()) ? static_cast<Object*>(tuple_get_item(bases.get(), 0)->type) : &type_type;
        metaclass = share(chosen);
        is_class = true;
    }
    if (is_class) {
        Type* winner = type_calculate_metaclass(as_type(metaclass.get()), bases.get());
        if (!winner) return nullptr;
        metaclass = share(static_cast<Object*>(winner));
    }
    Object* found;
    if (object_lookup_attr(metaclass.get(), ID(__prepare__), &found) < 0) return nullptr;
    auto prepare = own(found);
    Object* prepare_arguments[2] = {name, bases.get()};
    auto space = own(prepare ? object_vectorcall_dict(prepare.get(), prepare_arguments, 2, keywords.get()) : dict_new());
    if (!space) return nullptr;
    prepare.reset();
    if (!mapping_check(space.get())) {
        err_format(exc::TypeError, "%.200s.__prepare__() must return a mapping, not %.200s",
                   is_class ? as_type(metaclass.get())->tp_name : "<metaclass>", space->type->tp_name);
        return nullptr;
    }
    auto cell = own(run_class_body(function, space.get()));
    if (!cell) return nullptr;
    if (bases.get() != original.get() && object_set_item(space.get(), ID(__orig_bases__), original.get()) < 0) return nullptr;
    Object* class_arguments[3] = {name, bases.get(), space.get()};
    return check_class_cell(object_vectorcall_dict(metaclass.get(), class_arguments, 3, keywords.get()), cell.get(), name);
}

}  // namespace

const MethodDef builtins_code_functions[] = {
    method_def("__build_class__", builtin_build_class, kMethFastcall | kMethKeywords,
               "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nInternal helper function used by the "
               "class statement."),
    method_def("__import__", builtin_import, kMethFastcall | kMethKeywords,
               "__import__(name, globals=None, locals=None, fromlist=(), level=0) -> module\n\nImport a module."),
    method_def("compile", builtin_compile, kMethFastcall | kMethKeywords,
               "compile($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, "
               "_feature_version=-1)\n--\n\nCompile source into a code object that can be executed by exec() or eval()."),
    method_def("eval", builtin_eval, kMethFastcall,
               "eval($module, source, globals=None, locals=None, /)\n--\n\nEvaluate the given source in the context of globals "
               "and locals."),
    method_def("exec", builtin_exec, kMethFastcall | kMethKeywords,
               "exec($module, source, globals=None, locals=None, /, *, closure=None)\n--\n\nExecute the given source in the "
               "context of globals and locals."),
    method_def("globals", builtin_globals, kMethNoargs,
               "globals($module, /)\n--\n\nReturn the dictionary containing the current scope's global variables."),
    method_def("locals", builtin_locals, kMethNoargs,
               "locals($module, /)\n--\n\nReturn a dictionary containing the current scope's local variables."),
    {},
};

}  // namespace refscope::vm
