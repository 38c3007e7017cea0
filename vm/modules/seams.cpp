#include "vm/modules/seams.h"

#include <string_view>

#include "vm/gc/gc.h"
#include "vm/heap/allocator.h"
#include "vm/heap/calls.h"
#include "vm/host/host.h"
#include "vm/interpreter/interpreter.h"
#include "vm/modules/signal_module.h"
#include "vm/modules/source_lines.h"
#include "vm/modules/warnings_module.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/error_report.h"
#include "vm/objects/error_seam.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

void maybe_untrack(Object* object, bool full) {
    if (!full) {
        if (tuple_check_exact(object)) tuple_maybe_untrack(object);
    } else if (dict_check_exact(object)) {
        dict_maybe_untrack(object);
    }
}

void call_weakref_callback(Object* callback, Object* reference) {
    Ref<> result = own(object_call_onearg(callback, reference));
    if (!result) err_write_unraisable(callback);
}

Owned collection_info(int generation, intptr_t collected, intptr_t uncollectable) {
    Ref<> info = own(dict_new());
    if (!info) return nullptr;
    const struct {
        const char* name;
        intptr_t value;
    } entries[] = {{"generation", generation}, {"collected", collected}, {"uncollectable", uncollectable}};
    for (const auto& entry : entries) {
        Ref<> value = own(int_from_ssize(entry.value));
        if (!value || dict_set_item_string(info.get(), entry.name, value.get()) < 0) return nullptr;
    }
    return info.release();
}

void notify(const char* phase, int generation, intptr_t collected, intptr_t uncollectable) {
    Object* callbacks = collector.callbacks;
    if (!callbacks || list_size(callbacks) == 0) return;
    Ref<> info = own(collection_info(generation, collected, uncollectable));
    Ref<> phase_name = info ? own(str_from_string(phase)) : Ref<>();
    if (!phase_name) {
        err_write_unraisable(nullptr);
        return;
    }
    for (intptr_t i = 0; i < list_size(callbacks); ++i) {
        Ref<> callback = share(list_get_item(callbacks, i));
        Ref<> result = own(object_call_args(callback.get(), {phase_name.get(), info.get()}));
        if (!result) err_write_unraisable(callback.get());
    }
}

void append_garbage(Object* object) {
    if (!collector.garbage) collector.garbage = list_new(0);
    if (!collector.garbage || list_append(collector.garbage, object) < 0) err_clear();
}

void clear_free_lists() {
    tuple_clear_free_lists();
    float_clear_free_list();
    list_clear_free_list();
    dict_clear_free_lists();
}

}  // namespace

void install_seams() {
    gc_init();
    collector_seam.maybe_untrack = maybe_untrack;
    collector_seam.call_weakref_callback = call_weakref_callback;
    collector_seam.notify = notify;
    collector_seam.append_garbage = append_garbage;
    collector_seam.write_stderr = [](const char* text) { sys_write_stderr(text); };
    collector_seam.unraisable = [](Object* where, const char* message) { err_write_unraisable_message(message, where); };
    collector_seam.clear_free_lists = clear_free_lists;
    collector_seam.clock_ns = [] { return host().clock(CLOCK_MONOTONIC); };
    signal_handler = run_pending_signals;
    interrupt_host = [] { host().interrupt(); };
    call_seam.check_signals = serve_attention;
    error_seam.warn = warn_from_native;
    error_seam.source_line = find_source_line;
    error_seam.find_anchors = find_operator_anchors;
    error_seam.write_stderr = [](std::string_view text) { write_all(2, text.data(), text.size()); };
    register_root(&collector.garbage, "gc.garbage");
    register_root(&collector.callbacks, "gc.callbacks");
}

}  // namespace refscope::vm
