// The module memory_profiler: the public package's decorator and functions, with the figures of this heap.
//
// The natives measure (line_profile.h); what is wrapped around them is Python, compiled when the module is imported.
#include "vm/base/source_text.h"
#include "vm/heap/allocator.h"
#include "vm/heap/block_trace.h"
#include "vm/interpreter/builtins_support.h"
#include "vm/modules/compile_source.h"
#include "vm/modules/line_profile.h"
#include "vm/objects/abstract.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/function_object.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

constexpr const char* kSource = R"python(
import functools as _functools

__all__ = ["profile", "memory_usage"]
_MIB = 1 << 20


def profile(func=None, stream=None, precision=1, backend=None):
    """Print what each line of the function does to the heap, whenever the function returns."""
    if func is None:
        return lambda func: profile(func, stream, precision, backend)

    @_functools.wraps(func)
    def wrapper(*args, **kwargs):
        lines = []
        try:
            return _measure_lines(func, args, kwargs, lines)
        finally:
            _show(func.__code__, lines, stream, precision)
    return wrapper


def _show(code, lines, stream, precision):
    import inspect
    import linecache
    import sys
    stream = sys.stdout if stream is None else stream
    form = "{:>6} {:>12} {:>12}  {:>10}  {:>12}   {:<}".format
    mib = "{:%d.%df} MiB" % (precision + 4, precision)
    header = form("Line #", "Mem usage", "Increment", "Occurrences", "Bytes", "Line Contents")
    stream.write("Filename: %s\n\n%s\n%s\n" % (code.co_filename, header, "=" * len(header)))
    source = linecache.getlines(code.co_filename)
    measured = {line: rest for line, *rest in lines}
    last = max(measured, default=code.co_firstlineno)
    if source:
        last = max(last, code.co_firstlineno + len(inspect.getblock(source[code.co_firstlineno - 1:])) - 1)
    for line in range(code.co_firstlineno, last + 1):
        text = source[line - 1] if line <= len(source) else "\n"
        if line in measured:
            increment, most, occurrences = measured[line]
            row = form(line, mib.format(most / _MIB), mib.format(increment / _MIB), occurrences, increment, text)
        else:
            row = form(line, "", "", "", "", text)
        stream.write(row if row.endswith("\n") else row + "\n")
    stream.write("\n\n")


def memory_usage(proc=-1, interval=.1, timeout=None, timestamps=False, include_children=False, multiprocess=False,
                 max_usage=False, retval=False, stream=None, backend=None, max_iterations=None):
    """The heap's size in MiB: now, or before a call (function, args, kwargs), at its most, and after it."""
    import os
    import time
    if isinstance(proc, int):
        if proc not in (-1, os.getpid()):
            raise ValueError("only the heap of this process can be measured")
        sizes, result = [_heap_bytes()], None
    else:
        function, args, kwargs = (*(proc if isinstance(proc, (list, tuple)) else (proc,)), (), {})[:3]
        if isinstance(proc, (list, tuple)) and len(proc) == 2:
            kwargs = {}
        sizes = []
        result = _measure_peak(function, args, kwargs, sizes)
    usage = [size / _MIB for size in sizes]
    if stream is not None:
        for size in usage:
            stream.write("MEM {0:.6f} {1:.4f}\n".format(size, time.time()))
        usage = None
    elif timestamps:
        usage = [(size, time.time()) for size in usage]
    if max_usage and usage is not None:
        usage = max(usage)
    return (usage, result) if retval else usage
)python";

int64_t heap_bytes() {
    const HeapStatistics now = heap_statistics();
    return static_cast<int64_t>(now.object_bytes + now.block_bytes);
}

bool four_arguments(const char* name, intptr_t nargs, Object* const* args) {
    if (nargs == 4 && tuple_check(args[1]) && dict_check(args[2]) && list_check(args[3])) return true;
    err_format(exc::TypeError, "%s() takes a function, a tuple, a dict and a list", name);
    return false;
}

// _measure_lines(function, args, kwargs, lines): appends (line, increment, most, occurrences), also when the call raises.
Owned measure_lines(Object*, Object* const* args, intptr_t nargs) {
    if (!four_arguments("_measure_lines", nargs, args)) return nullptr;
    if (args[0]->type != &function_type) return err_set_string(exc::TypeError, "only a Python function has lines to measure");
    Ref<> result;
    std::map<int, LineUse> lines;
    {
        LineProfile profile(as_code(as_function(args[0])->func_code));
        result = own(object_call(args[0], args[1], args[2]));
        lines = profile.finish();
    }
    Ref<> raised = own(err_fetch());
    for (const auto& [line, use] : lines) {
        Ref<> a = own(int_from_int(line)), b = own(int_from_int64(use.increment)), c = own(int_from_int64(use.most)),
              d = own(int_from_int64(use.occurrences));
        Ref<> row = own(a && b && c && d ? tuple_pack({a.get(), b.get(), c.get(), d.get()}) : nullptr);
        if (!row || list_append(args[3], row.get()) < 0) return nullptr;
    }
    if (raised) err_restore(raised.release());
    return result.release();
}

// _measure_peak(function, args, kwargs, sizes): appends the heap's bytes before the call, at most, and after it.
Owned measure_peak(Object*, Object* const* args, intptr_t nargs) {
    if (!four_arguments("_measure_peak", nargs, args)) return nullptr;
    begin_block_counting();
    reset_block_balance_peak();
    const int64_t before = heap_bytes(), balance = block_balance().current;
    Ref<> result = own(object_call(args[0], args[1], args[2]));
    const BlockBalance after = block_balance();
    end_block_counting();
    if (!result) return nullptr;
    for (int64_t size : {before, before + after.peak - balance, before + after.current - balance}) {
        Ref<> number = own(int_from_int64(size));
        if (!number || list_append(args[3], number.get()) < 0) return nullptr;
    }
    return result.release();
}

Owned module_heap_bytes(Object*, Object*) { return int_from_int64(heap_bytes()); }

const MethodDef functions[] = {method_def("_measure_lines", measure_lines, kMethFastcall), method_def("_measure_peak", measure_peak, kMethFastcall),
                               method_def("_heap_bytes", module_heap_bytes, kMethNoargs), {nullptr, nullptr, 0}};

}  // namespace

Owned create_memory_profiler_module() {
    Ref<> module = own(module_create("memory_profiler", "What each line of a function does to the heap.", functions));
    if (!module) return nullptr;
    Object* dict = module_dict(module.get());
    if (dict_set_item_string(dict, "__builtins__", builtins_namespace) < 0) return nullptr;
    Ref<> code = own(compile_bytes(kSource, "<memory_profiler>", nullptr));
    if (!code) return nullptr;
    Ref<> done = own(exec_code(code.get(), dict, dict, nullptr));
    return done ? module.release() : nullptr;
}

}  // namespace refscope::vm
