// The module _tracemalloc: what the library's tracemalloc stands on.
#include "vm/modules/tracemalloc_module.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <vector>

#include "vm/heap/allocator.h"
#include "vm/heap/block_trace.h"
#include "vm/modules/allocation_tracebacks.h"
#include "vm/modules/interpreter_flags.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

constexpr int kMostFrames = UINT16_MAX;

// ((file, line), …), innermost first.
Owned traceback_tuple(uint32_t traceback) {
    const std::vector<AllocationPlace> places = places_of_traceback(traceback);
    Ref<> result = own(tuple_new(static_cast<intptr_t>(places.size())));
    if (!result) return nullptr;
    for (size_t i = 0; i < places.size(); ++i) {
        Ref<> line = own(int_from_int(places[i].line));
        Object* pair = line ? tuple_pack({places[i].file, line.get()}) : nullptr;
        if (!pair) return nullptr;
        tuple_init_item(result.get(), static_cast<intptr_t>(i), pair);
    }
    return result.release();
}

Owned module_start(Object*, Object* const* args, intptr_t nargs) {
    int frames = 1;
    if (nargs > 1) return err_format(exc::TypeError, "start expected at most 1 argument, got %zd", nargs);
    if (nargs == 1 && !argument_int(args[0], &frames)) return nullptr;
    if (frames < 1 || frames > kMostFrames) {
        return err_format(exc::ValueError, "the number of frames must be in range [1; %d]", kMostFrames);
    }
    start_tracemalloc(frames);
    return new_none();
}

Owned module_stop(Object*, Object*) {
    if (!blocks_have_places()) return new_none();
    stop_block_tracing();
    clear_allocation_tracebacks();
    return new_none();
}

Owned module_clear_traces(Object*, Object*) {
    if (!blocks_have_places()) return new_none();
    clear_block_traces();
    clear_allocation_tracebacks();
    return new_none();
}

Owned module_is_tracing(Object*, Object*) { return bool_from(blocks_have_places()); }

Owned module_get_traced_memory(Object*, Object*) {
    const TraceTotals totals = blocks_have_places() ? block_trace_totals() : TraceTotals{};
    Ref<> current = own(int_from_size(totals.current)), peak = own(int_from_size(totals.peak));
    return current && peak ? tuple_pack({current.get(), peak.get()}) : nullptr;
}

Owned module_reset_peak(Object*, Object*) {
    if (blocks_have_places()) reset_block_trace_peak();
    return new_none();
}

Owned module_get_traceback_limit(Object*, Object*) { return int_from_int(traceback_limit()); }

Owned module_get_tracemalloc_memory(Object*, Object*) {
    return int_from_size(block_trace_memory() + (blocks_have_places() ? allocation_traceback_memory() : 0));
}

Owned module_get_traces(Object*, Object*) {
    Ref<> list = own(list_new(0));
    if (!list || !blocks_have_places()) return list.release();
    // Copied first: what is made below is not to be seen, and takes and frees cells.
    std::vector<BlockTrace> copied;
    for_each_block_trace([](const void*, BlockTrace trace, void* context) { static_cast<std::vector<BlockTrace>*>(context)->push_back(trace); },
                         &copied);
    TracingSuspended suspended;
    std::unordered_map<uint32_t, Ref<>> tracebacks;
    for (const BlockTrace& trace : copied) {
        Ref<>& traceback = tracebacks[trace.traceback];
        if (!traceback) traceback = own(traceback_tuple(trace.traceback));
        Ref<> domain = own(int_from_int(0)), size = own(int_from_size(trace.size)), depth = own(int_from_int(depth_of_traceback(trace.traceback)));
        if (!traceback || !size || !depth) return nullptr;
        Ref<> entry = own(tuple_pack({domain.get(), size.get(), traceback.get(), depth.get()}));
        if (!entry || list_append(list.get(), entry.get()) < 0) return nullptr;
    }
    return list.release();
}

Owned module_get_object_traceback(Object*, Object* object) {
    BlockTrace trace;
    // Where the collector's header begins, also for an instance with more in front of it: CPython 3.11 does not find those.
    const char* block = reinterpret_cast<const char*>(object) - (object->type->has(kHaveGc) ? static_cast<size_t>(Prefix::kGc) : 0);
    if (!find_block_trace(block, &trace)) return new_none();
    return traceback_tuple(trace.traceback);
}

const MethodDef functions[] = {
    method_def("is_tracing", module_is_tracing, kMethNoargs,
               "is_tracing($module, /)\n--\n\nReturn True if allocations are being traced."),
    method_def("clear_traces", module_clear_traces, kMethNoargs, "clear_traces($module, /)\n--\n\nForget all traces collected so far."),
    method_def("_get_traces", module_get_traces, kMethNoargs,
               "_get_traces($module, /)\n--\n\nReturn a list of (domain, size, traceback, depth), one for each traced block."),
    method_def("_get_object_traceback", module_get_object_traceback, kMethO,
               "_get_object_traceback($module, obj, /)\n--\n\nReturn where the object was allocated, or None."),
    method_def("start", module_start, kMethFastcall,
               "start($module, nframe=1, /)\n--\n\nStart tracing allocations, with up to nframe frames of traceback each."),
    method_def("stop", module_stop, kMethNoargs, "stop($module, /)\n--\n\nStop tracing and forget all traces."),
    method_def("get_traceback_limit", module_get_traceback_limit, kMethNoargs,
               "get_traceback_limit($module, /)\n--\n\nReturn the number of frames kept for a trace."),
    method_def("get_tracemalloc_memory", module_get_tracemalloc_memory, kMethNoargs,
               "get_tracemalloc_memory($module, /)\n--\n\nReturn the bytes that the traces themselves take."),
    method_def("get_traced_memory", module_get_traced_memory, kMethNoargs,
               "get_traced_memory($module, /)\n--\n\nReturn (current, peak): the bytes of traced blocks now and at most."),
    method_def("reset_peak", module_reset_peak, kMethNoargs, "reset_peak($module, /)\n--\n\nLet the peak begin anew at the current size."),
    {nullptr, nullptr, 0}};

}  // namespace

void start_tracemalloc(int frames) {
    if (blocks_have_places()) return;
    set_traceback_limit(frames);
    start_block_tracing(allocation_traceback);
}

bool start_tracemalloc_if_asked() {
    std::string wanted;
    const char* from = nullptr;
    if (const char* variable = python_variable("PYTHONTRACEMALLOC"); variable && *variable) {
        wanted = variable;
        from = "PYTHONTRACEMALLOC";
    }
    for (const std::string& option : interpreter_flags.x_options) {
        const size_t equals = option.find('=');
        if (option.substr(0, equals) != "tracemalloc") continue;
        wanted = equals == std::string::npos ? "1" : option.substr(equals + 1);
        from = "-X tracemalloc=NFRAME";
    }
    if (!from) return true;
    char* end = nullptr;
    errno = 0;
    const long frames = std::strtol(wanted.c_str(), &end, 10);
    if (wanted.empty() || *end || errno || frames < 0 || frames > kMostFrames) {
        std::fprintf(stderr, "Fatal Python error: %s: invalid number of frames\n", from);
        return false;
    }
    if (frames > 0) start_tracemalloc(static_cast<int>(frames));
    return true;
}

Owned create_tracemalloc_module() {
    return module_create("_tracemalloc", "Traces of the blocks of memory that the program has allocated.", functions);
}

}  // namespace refscope::vm
