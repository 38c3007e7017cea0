#include "vm/modules/startup.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "vm/gc/gc.h"
#include "vm/heap/allocator.h"
#include "vm/heap/release.h"
#include "vm/heap/thread.h"
#include "vm/host/host.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/interpreter/interpreter.h"
#include "vm/modules/builtins_module.h"
#include "vm/modules/import.h"
#include "vm/modules/interpreter_flags.h"
#include "vm/modules/seams.h"
#include "vm/modules/sys_module.h"
#include "vm/modules/tracemalloc_module.h"
#include "vm/objects/bool.h"
#include "vm/objects/bound_method.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/bytearray.h"
#include "vm/objects/bytes.h"
#include "vm/objects/cell.h"
#include "vm/objects/class_method.h"
#include "vm/objects/code_object.h"
#include "vm/objects/codecs.h"
#include "vm/objects/complex.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/enumerate.h"
#include "vm/objects/error_report.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/float.h"
#include "vm/objects/format.h"
#include "vm/objects/function_object.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/hash.h"
#include "vm/objects/int.h"
#include "vm/objects/iterators.h"
#include "vm/objects/list.h"
#include "vm/objects/map_filter.h"
#include "vm/objects/mapping_proxy.h"
#include "vm/objects/memoryview.h"
#include "vm/objects/module_object.h"
#include "vm/objects/object.h"
#include "vm/objects/property.h"
#include "vm/objects/range.h"
#include "vm/objects/reversed.h"
#include "vm/objects/set.h"
#include "vm/objects/simple_namespace.h"
#include "vm/objects/singletons.h"
#include "vm/objects/slice.h"
#include "vm/objects/static_method.h"
#include "vm/objects/str.h"
#include "vm/objects/super.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/traceback_object.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/union_type.h"
#include "vm/objects/weakref.h"
#include "vm/objects/zip.h"

namespace refscope::vm {

namespace {

bool initialized = false;

bool set_hash_key() {
    const char* seed = python_variable("PYTHONHASHSEED");
    if (!seed || !*seed || std::strcmp(seed, "random") == 0) {
        unsigned char key[24];
        if (host().entropy(key, sizeof key) < 0) return false;
        hash_set_random_key(key);
        return true;
    }
    char* end;
    unsigned long value = std::strtoul(seed, &end, 10);
    if (*end || value > 4294967295ul) {
        std::fprintf(stderr, "Fatal Python error: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]\n");
        return false;
    }
    hash_set_seed(static_cast<uint32_t>(value));
    return true;
}

struct Step {
    const char* name;
    int (*run)();
};
// Types are readied in an order in which a type's base comes first; what readying itself makes (dicts, tuples,
// strings, ints, weak references, descriptors) works from its static slots before its own turn.
const Step steps[] = {
    {"type", init_type_types},
    {"weakref", init_weakref_types},
    {"descriptor", init_descriptor_types},
    {"builtin function", init_builtin_function_types},
    // Static methods in the tables of the types below are wrapped by the one, __init_subclass__ and its like by the other.
    {"static method", init_static_method_type},
    {"class method", init_class_method_type},
    {"singletons", init_singleton_types},
    {"int", init_int_types},
    {"bool", init_bool_types},
    {"float", init_float_types},
    {"complex", init_complex_types},
    {"bytes", init_bytes_types},
    {"str", init_str_types},
    {"bytearray", init_bytearray_types},
    {"tuple", init_tuple_types},
    {"list", init_list_types},
    {"iterators", init_iterator_types},
    {"dict", init_dict_types},
    {"set", init_set_types},
    {"slice", init_slice_types},
    {"range", init_range_types},
    {"property", init_property_type},
    {"super", init_super_type},
    {"method", init_bound_method_type},
    {"cell", init_cell_type},
    {"function", init_function_type},
    {"module", init_module_type},
    {"mapping proxy", init_mapping_proxy_types},
    {"enumerate", init_enumerate_types},
    {"reversed", init_reversed_types},
    {"zip", init_zip_types},
    {"map and filter", init_map_filter_types},
    {"memoryview", init_memoryview_types},
    {"generic alias", init_generic_alias_type},
    {"union", init_union_type},
    {"namespace", init_simple_namespace_type},
    {"format", init_format_types},
    {"exceptions", init_exception_types},
    {"traceback", init_traceback_types},
    {"error report", init_error_report_types},
    {"code", init_code_type},
    {"interpreter", init_interpreter},
    {"codecs", init_codec_registry},
};

bool report_failure(const char* what) {
    std::fprintf(stderr, "refscope: the runtime could not start: %s\n", what);
    if (err_occurred()) err_print();
    return false;
}

int super_arguments(Type** type, Object** object) { return current_super_arguments(type, object) ? 0 : -1; }

}  // namespace

bool runtime_is_initialized() { return initialized; }

bool initialize_runtime(const StartupOptions& options) {
    RS_CHECK(!initialized, "the runtime is started once in a process");
    if (!set_hash_key()) return report_failure("no hash key");
    install_seams();
    // Collections wait until every type is ready.
    collector.enabled = false;
    for (const Step& step : steps)
        if (step.run() < 0) return report_failure(step.name);
    super_frame_arguments = super_arguments;
    object_import = import_module;
    auto sys = own(create_sys_module(options));
    if (!sys) return report_failure("sys");
    auto builtins = own(create_builtins_module());
    if (!builtins) return report_failure("builtins");
    Object* modules = modules_dict();
    if (!modules || dict_set_item_string(modules, "sys", sys.get()) < 0 ||
        dict_set_item_string(modules, "builtins", builtins.get()) < 0)
        return report_failure("sys.modules");
    if (sys_open_standard_streams(options.line_buffered_output) < 0) return report_failure("standard streams");
    collector.enabled = true;
    if (!start_tracemalloc_if_asked()) return false;
    initialized = true;
    return true;
}

namespace {

void forget_standard_streams(Object* sys) {
    constexpr const char* kForgotten[] = {"path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback",
                                          "path_hooks", "path_importer_cache", "meta_path", "__interactivehook__"};
    for (const char* name : kForgotten)
        if (dict_get_item_string(sys, name) && dict_set_item_string(sys, name, none()) < 0) err_clear();
    constexpr const char* kStreams[][2] = {{"stdin", "__stdin__"}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"}};
    for (const auto& stream : kStreams) {
        Object* original = dict_get_item_string(sys, stream[1]);
        auto value = share(original ? original : none());
        if (dict_set_item_string(sys, stream[0], value.get()) < 0) err_clear();
    }
}

// Names with weak references to the modules, whose last strong ones sys.modules gives up (finalize_remove_modules).
Owned remove_modules(Object* modules) {
    auto list = own(list_new(0));
    auto copy = own(list ? dict_copy(modules) : nullptr);
    if (!copy) return nullptr;
    intptr_t position = 0;
    Object *name, *module;
    while (dict_next(copy.get(), &position, &name, &module)) {
        if (module_check(module)) {
            auto reference = own(weakref_new_ref(module, nullptr));
            auto pair = own(reference ? tuple_pack({name, reference.get()}) : nullptr);
            if (!pair || list_append(list.get(), pair.get()) < 0) err_clear();
        }
        if (dict_set_item(modules, name, none()) < 0) err_clear();
    }
    return list.release();
}

// Modules that are still alive lose their contents, the youngest first; sys and builtins come last.
void clear_surviving_modules(Object* list, Object* sys, Object* builtins) {
    for (intptr_t index = list_size(list) - 1; index >= 0; --index) {
        auto module = share(weakref_get_object(tuple_get_item(list_get_item(list, index), 1)));
        if (!module_check(module.get())) continue;
        Object* dict = module_dict(module.get());
        if (dict == sys || dict == builtins || !dict) continue;
        auto held = share(dict);
        module_clear_dict(dict);
    }
}

}  // namespace

// CPython's Py_FinalizeEx from the collection on (pylifecycle.c): with modules whole, then module by module.
void finalize_runtime() {
    if (!initialized) return;
    DeathCauseScope cause(DeathCause::kShutdown);
    gc_collect_if_enabled();
    auto sys = share(sys_dict);
    auto builtins = share(builtins_dict());
    forget_standard_streams(sys.get());
    auto modules = share(modules_dict());
    auto survivors = own(remove_modules(modules.get()));
    dict_clear(modules.get());
    gc_collect_no_fail();
    if (survivors) clear_surviving_modules(survivors.get(), sys.get(), builtins.get());
    survivors.reset();
    module_clear_dict(sys.get());
    module_clear_dict(builtins.get());
    err_clear();
    initialized = false;
}

}  // namespace refscope::vm
