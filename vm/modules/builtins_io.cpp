// print, input, open, breakpoint.
#include "vm/modules/builtins_module.h"
#include "vm/modules/io_module.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/call.h"
#include "vm/objects/errors.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/tuple.h"
#include "vm/interpreter/builtins_support.h"

namespace refscope::vm {

namespace {

bool none_or_str(Object*& argument, const char* name) {
    if (argument && is_none(argument)) argument = nullptr;
    if (!argument || str_check(argument)) return true;
    err_format(exc::TypeError, "%s must be None or a string, not %.200s", name, argument->type->tp_name);
    return false;
}

Owned builtin_print(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    Object *separator = nullptr, *end = nullptr, *file = nullptr, *flush = nullptr;
    for (intptr_t index = 0; kwnames && index < tuple_size(kwnames); ++index) {
        Object* keyword = tuple_get_item(kwnames, index);
        Object* value = args[nargs + index];
        if (str_equal_ascii(keyword, "sep")) separator = value;
        else if (str_equal_ascii(keyword, "end")) end = value;
        else if (str_equal_ascii(keyword, "file")) file = value;
        else if (str_equal_ascii(keyword, "flush")) flush = value;
        else {
            err_format(exc::TypeError, "'%U' is an invalid keyword argument for print()", keyword);
            return nullptr;
        }
    }
    int flush_wanted = flush ? object_is_true(flush) : 0;
    if (flush_wanted < 0) return nullptr;
    if (!file || is_none(file)) {
        file = sys_get_object("stdout");
        if (!file) return err_set_string(exc::RuntimeError, "lost sys.stdout");
        // A process without standard output.
        if (is_none(file)) return new_none();
    }
    auto held = share(file);
    // CPython's argument parser packs what is to be printed.
    auto packed = own(tuple_from_array(args, nargs));
    if (!packed) return nullptr;
    if (!none_or_str(separator, "sep") || !none_or_str(end, "end")) return nullptr;
    for (intptr_t index = 0; index < nargs; ++index) {
        if (index > 0) {
            int result = separator ? file_write_object(separator, file, true) : file_write_string(" ", file);
            if (result < 0) return nullptr;
        }
        if (file_write_object(args[index], file, true) < 0) return nullptr;
    }
    int result = end ? file_write_object(end, file, true) : file_write_string("\n", file);
    if (result < 0) return nullptr;
    if (flush_wanted) {
        auto flushed = own(object_call_method_string(file, "flush"));
        if (!flushed) return nullptr;
    }
    return new_none();
}

Object* stream(const char* name) {
    Object* found = sys_get_object(name);
    if (found && !is_none(found)) return found;
    err_format(exc::RuntimeError, "input(): lost sys.%s", name);
    return nullptr;
}

Owned builtin_input(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("input", nargs, 0, 1)) return nullptr;
    auto in = share(stream("stdin"));
    auto out = share(in ? stream("stdout") : nullptr);
    auto errors = share(out ? stream("stderr") : nullptr);
    if (!errors) return nullptr;
    // What was written before must be seen before the prompt.
    auto flushed = own(object_call_method_string(errors.get(), "flush"));
    if (!flushed) err_clear();
    if (nargs == 1 && file_write_object(args[0], out.get(), true) < 0) return nullptr;
    flushed = own(object_call_method_string(out.get(), "flush"));
    if (!flushed) err_clear();
    auto line = own(object_call_method_string(in.get(), "readline"));
    if (!line) return nullptr;
    if (!str_check(line.get())) return err_set_string(exc::TypeError, "object.readline() returned non-string");
    intptr_t length = str_length(line.get());
    if (length == 0) return err_set_string(exc::EOFError, "EOF when reading a line");
    if (str_read(line.get(), length - 1) == '\n') return str_substring(line.get(), 0, length - 1);
    return line.release();
}

Owned builtin_breakpoint(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    Object* hook = sys_get_object("breakpointhook");
    if (!hook) return err_set_string(exc::RuntimeError, "lost sys.breakpointhook");
    auto held = share(hook);
    return object_vectorcall(hook, args, static_cast<size_t>(nargs), kwnames);
}

}  // namespace

const MethodDef builtins_io_functions[] = {
    method_def("breakpoint", builtin_breakpoint, kMethFastcall | kMethKeywords,
               "breakpoint(*args, **kws)\n\nCall sys.breakpointhook(*args, **kws).  sys.breakpointhook() must accept\nwhatever "
               "arguments are passed."),
    method_def("input", builtin_input, kMethFastcall,
               "input($module, prompt='', /)\n--\n\nRead a string from standard input.  The trailing newline is stripped."),
    method_def("open", io_open, kMethFastcall | kMethKeywords,
               "open($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, "
               "opener=None)\n--\n\nOpen file and return a stream.  Raise OSError upon failure."),
    method_def("print", builtin_print, kMethFastcall | kMethKeywords,
               "print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)\n--\n\nPrints the values to a stream, or to "
               "sys.stdout by default."),
    {},
};

}  // namespace refscope::vm
