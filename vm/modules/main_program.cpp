#include "vm/modules/main_program.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/host/host.h"
#include "vm/modules/atexit_module.h"
#include "vm/modules/compile_source.h"
#include "vm/modules/import.h"
#include "vm/modules/interpreter_flags.h"
#include "vm/modules/signal_module.h"
#include "vm/modules/startup.h"
#include "vm/modules/sys_module.h"
#include "vm/modules/thread_module.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

// The literals of the main program's syntax tree, which CPython keeps until the program has run.
Object* syntax_tree = nullptr;

std::string absolute(const std::string& path) {
    if (!path.empty() && path[0] == '/') return path;
    std::string folder;
    if (!host().working_directory(&folder)) return path;
    return folder + "/" + path;
}

std::string real_folder_of(const std::string& path) {
    char resolved[PATH_MAX];
    std::string full = realpath(path.c_str(), resolved) ? std::string(resolved) : absolute(path);
    size_t slash = full.rfind('/');
    return slash == std::string::npos ? "" : slash == 0 ? "/" : full.substr(0, slash);
}

std::string read_stdin() {
    std::string text;
    char buffer[65536];
    for (;;) {
        ssize_t count = host().read(0, buffer, sizeof buffer);
        if (count <= 0) break;
        text.append(buffer, static_cast<size_t>(count));
    }
    return text;
}

struct Source {
    std::string text, filename;
    std::string file;      // __file__; empty: none
    std::string argv0, path0;
};

// False: an exit status was decided (the file is missing).
bool locate(const MainProgram& program, Source* source, int* status) {
    switch (program.kind) {
        case ProgramKind::kFile:
            source->argv0 = program.program;
            source->filename = source->file = absolute(program.program);
            source->path0 = real_folder_of(program.program);
            if (!read_file(program.program, &source->text)) {
                std::fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", program.shown_name.c_str(),
                             absolute(program.program).c_str(), errno, std::strerror(errno));
                *status = 2;
                return false;
            }
            return true;
        case ProgramKind::kCode:
            source->text = program.program;
            source->filename = "<string>";
            source->argv0 = "-c";
            return true;
        case ProgramKind::kStdin:
            source->filename = "<stdin>";
            source->argv0 = "-";
            source->text = read_stdin();
            return true;
        case ProgramKind::kModule:
            source->argv0 = "-m";
            host().working_directory(&source->path0);
            return true;
    }
    return false;
}

bool locate_module(const MainProgram& program, Source* source, std::string* package) {
    bool is_package = false;
    std::string file = find_module_source(program.program, &is_package);
    if (is_package) {
        *package = program.program;
        file = find_module_source(program.program + ".__main__", &is_package);
        if (file.empty()) {
            std::fprintf(stderr, "%s: No module named %s.__main__; '%s' is a package and cannot be directly executed\n",
                         program.shown_name.c_str(), program.program.c_str(), program.program.c_str());
            return false;
        }
    } else {
        size_t dot = program.program.rfind('.');
        *package = dot == std::string::npos ? "" : program.program.substr(0, dot);
    }
    if (file.empty() || !read_file(file, &source->text)) {
        std::fprintf(stderr, "%s: No module named %s\n", program.shown_name.c_str(), program.program.c_str());
        return false;
    }
    source->filename = source->file = source->argv0 = file;
    if (!package->empty()) {
        Ref<> parent = own(import_module(package->c_str()));
        if (!parent) {
            err_print();
            return false;
        }
    }
    return true;
}

bool set_string(Object* dict, const char* name, const std::string& value) {
    Ref<> text = own(str_from_filesystem(value));
    return text && dict_set_item_string(dict, name, text.get()) == 0;
}

// The status for the pending exception: SystemExit's, or 1 after it was shown.
int report_exception() {
    if (err_matches(exc::SystemExit)) return sys_handle_system_exit();
    bool interrupt = err_matches(exc::KeyboardInterrupt);
    err_print();
    return interrupt ? 130 : 1;
}

Owned make_main(const Source& source, const std::string* package) {
    Ref<> module = own(module_new("__main__"));
    if (!module) return nullptr;
    Object* dict = module_dict(module.get());
    Ref<> annotations = own(dict_new());
    Object* builtins = dict_get_item_string(modules_dict(), "builtins");
    if (!annotations || dict_set_item_string(dict, "__annotations__", annotations.get()) < 0 ||
        dict_set_item_string(dict, "__builtins__", builtins) < 0) {
        return nullptr;
    }
    if (!source.file.empty() && (!set_string(dict, "__file__", source.file) || dict_set_item_string(dict, "__cached__", none()) < 0)) {
        return nullptr;
    }
    if (package && !set_string(dict, "__package__", *package)) return nullptr;
    if (dict_set_item_string(modules_dict(), "__main__", module.get()) < 0) return nullptr;
    return module.release();
}

void keep_literals() {
    syntax_tree = list_new(0);
    register_root(&syntax_tree, "syntax tree of __main__");
    // It is no part of the program: the collector must not count it.
    if (gc_is_tracked(syntax_tree)) gc_untrack(syntax_tree);
    if (collector.counts[0] > 0) --collector.counts[0];
}

int run_source(const Source& source, const std::string* package) {
    Ref<> module = own(make_main(source, package));
    if (!module) return report_exception();
    if (!package) keep_literals();
    Ref<> code = own(compile_bytes(source.text, source.filename, syntax_tree));
    if (!code) return report_exception();
    Object* dict = module_dict(module.get());
    module.reset();
    int status = 0;
    Ref<> result = own(exec_code(code.get(), dict, dict));
    if (!result) status = report_exception();
    result.reset();
    code.reset();
    if (syntax_tree) list_clear(syntax_tree);
    return status;
}

}  // namespace

int run_main_program(const MainProgram& program) {
    Source source;
    int status = 0;
    if (!locate(program, &source, &status)) return status;
    StartupOptions options;
    options.program_name = program.executable;
    options.original_argv = program.original_argv;
    options.argv.push_back(source.argv0);
    options.argv.insert(options.argv.end(), program.args.begin(), program.args.end());
    options.main_folder = source.path0;
    options.line_buffered_output = program.line_buffered_output;
    if (!initialize_runtime(options)) return 1;
    install_default_signal_handlers();
    // The library's module applies -W; without any, its start is left to the program.
    if (!interpreter_flags.warn_options.empty()) {
        Ref<> warnings = own(import_module("warnings"));
        if (!warnings) err_print();
    }
    if (program.memory_limit) set_memory_limit(program.memory_limit);
    if (program.started) program.started();
    std::string package;
    if (program.kind == ProgramKind::kModule) {
        if (locate_module(program, &source, &package)) {
            Object* argv = dict_get_item_string(module_dict(dict_get_item_string(modules_dict(), "sys")), "argv");
            Ref<> name = own(str_from_filesystem(source.file));
            if (argv && list_check(argv) && list_size(argv) > 0 && name) list_set_item_steal(argv, 0, name.release());
            status = run_source(source, &package);
        } else {
            status = 1;
        }
    } else {
        status = run_source(source, nullptr);
    }
    thread_module_shutdown();
    atexit_run();
    if (program.main_ended) program.main_ended();
    if (sys_flush_standard_streams() < 0 && status == 0) status = 120;
    finalize_runtime();
    if (program.finished) program.finished(status);
    return status;
}

}  // namespace refscope::vm
