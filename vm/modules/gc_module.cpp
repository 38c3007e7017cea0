#include "vm/modules/gc_module.h"

#include "vm/gc/gc.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/tuple.h"

namespace refscope::vm {

namespace {

Owned gc_enable(Object*, Object*) {
    collector.enabled = true;
    return new_none();
}
Owned gc_disable(Object*, Object*) {
    collector.enabled = false;
    return new_none();
}
Owned gc_isenabled(Object*, Object*) { return bool_from(collector.enabled); }

Owned gc_collect_function(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"generation", nullptr};
    static const KeywordParser parser{"collect", names, 0, 1};
    Object* out[1] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    int generation = kGenerations - 1;
    if (out[0] && !argument_int(out[0], &generation)) return nullptr;
    if (generation < 0 || generation >= kGenerations) return err_set_string(exc::ValueError, "invalid generation");
    return int_from_ssize(gc_collect(generation));
}

Owned gc_set_debug(Object*, Object* argument) {
    int flags;
    if (!argument_int(argument, &flags)) return nullptr;
    collector.debug = flags;
    return new_none();
}
Owned gc_get_debug(Object*, Object*) { return int_from_int(collector.debug); }

Owned gc_set_threshold(Object*, Object* args) {
    const intptr_t given = tuple_size(args);
    if (given < 1 || given > kGenerations) {
        return err_format(exc::TypeError, "set_threshold() takes at %s %d argument%s (%zd given)", given < 1 ? "least" : "most",
                          given < 1 ? 1 : kGenerations, given < 1 ? "" : "s", given);
    }
    int thresholds[kGenerations] = {collector.thresholds[0], collector.thresholds[1], collector.thresholds[2]};
    for (intptr_t i = 0; i < given; ++i) {
        if (!argument_int(tuple_get_item(args, i), &thresholds[i])) return nullptr;
    }
    for (intptr_t i = 0; i < given; ++i) collector.thresholds[i] = thresholds[i];
    return new_none();
}

Owned three_ints(const int (&values)[kGenerations]) {
    const int copy[] = {values[0], values[1], values[2]};  // as they are before the tuple is allocated
    Owned result = tuple_new(kGenerations);
    if (!result) return nullptr;
    for (int i = 0; i < kGenerations; ++i) tuple_init_item(result, i, int_from_int(copy[i]));
    return result;
}
Owned gc_get_threshold(Object*, Object*) { return three_ints(collector.thresholds); }
Owned gc_get_count(Object*, Object*) { return three_ints(collector.counts); }

Owned gc_get_stats(Object*, Object*) {
    const GenerationStatistics now[] = {collector.statistics[0], collector.statistics[1], collector.statistics[2]};
    Ref<> result = own(list_new(0));
    if (!result) return nullptr;
    for (const GenerationStatistics& statistics : now) {
        Ref<> entry = own(dict_new());
        if (!entry) return nullptr;
        const struct {
            const char* name;
            intptr_t value;
        } fields[] = {{"collections", statistics.collections},
                      {"collected", statistics.collected},
                      {"uncollectable", statistics.uncollectable}};
        for (const auto& field : fields) {
            Ref<> value = own(int_from_ssize(field.value));
            if (!value || dict_set_item_string(entry.get(), field.name, value.get()) < 0) return nullptr;
        }
        if (list_append(result.get(), entry.get()) < 0) return nullptr;
    }
    return result.release();
}

struct Referrers {
    Object* targets;  // tuple
    Object* result;   // list
};

int is_target(Object* referent, Edge edge, void* context) {
    if (edge.hidden) return 0;
    Object* targets = static_cast<Referrers*>(context)->targets;
    for (intptr_t i = 0; i < tuple_size(targets); ++i) {
        if (tuple_get_item(targets, i) == referent) return 1;
    }
    return 0;
}
Owned gc_get_referrers(Object*, Object* args) {
    Ref<> result = own(list_new(0));
    if (!result) return nullptr;
    Referrers search{args, result.get()};
    auto visit = [](Object* object, void* context) {
        auto* search = static_cast<Referrers*>(context);
        if (object == search->targets || object == search->result) return 0;
        if (!object->type->tp_traverse(object, is_target, search)) return 0;
        return list_append(search->result, object);
    };
    if (gc_for_each(-1, visit, &search) < 0) return nullptr;
    return result.release();
}

int append_referent(Object* referent, Edge edge, void* list) {
    return edge.hidden ? 0 : list_append(static_cast<Object*>(list), referent) < 0;
}
Owned gc_get_referents(Object*, Object* args) {
    Ref<> result = own(list_new(0));
    if (!result) return nullptr;
    for (intptr_t i = 0; i < tuple_size(args); ++i) {
        Object* object = tuple_get_item(args, i);
        if (!is_collected(object) || !object->type->tp_traverse) continue;
        if (object->type->tp_traverse(object, append_referent, result.get())) return nullptr;
    }
    return result.release();
}

Owned gc_get_objects(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"generation", nullptr};
    static const KeywordParser parser{"get_objects", names, 0, 1};
    Object* out[1] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    intptr_t generation = -1;
    if (out[0] && !is_none(out[0])) {
        if (!argument_optional_ssize(out[0], &generation)) return nullptr;
        if (generation >= kGenerations) {
            return err_format(exc::ValueError, "generation parameter must be less than the number of available generations (%i)",
                              kGenerations);
        }
        if (generation < 0) return err_set_string(exc::ValueError, "generation parameter cannot be negative");
    }
    Ref<> result = own(list_new(0));
    if (!result) return nullptr;
    auto visit = [](Object* object, void* list) {
        return object == list ? 0 : list_append(static_cast<Object*>(list), object);
    };
    if (gc_for_each(static_cast<int>(generation), visit, result.get()) < 0) return nullptr;
    return result.release();
}

Owned gc_is_tracked_function(Object*, Object* object) { return bool_from(is_collected(object) && gc_is_tracked(object)); }
Owned gc_is_finalized_function(Object*, Object* object) {
    return bool_from(is_collected(object) && gc_is_finalized(object));
}
Owned gc_freeze_function(Object*, Object*) {
    gc_freeze();
    return new_none();
}
Owned gc_unfreeze_function(Object*, Object*) {
    gc_unfreeze();
    return new_none();
}
Owned gc_get_freeze_count(Object*, Object*) { return int_from_ssize(gc_freeze_count()); }

const MethodDef gc_functions[] = {
    method_def("enable", gc_enable, kMethNoargs, "enable($module, /)\n--\n\nTurn automatic collection on."),
    method_def("disable", gc_disable, kMethNoargs, "disable($module, /)\n--\n\nTurn automatic collection off."),
    method_def("isenabled", gc_isenabled, kMethNoargs, "isenabled($module, /)\n--\n\nTell whether automatic collection is on."),
    method_def("set_debug", gc_set_debug, kMethO, "set_debug($module, flags, /)\n--\n\nSet what is reported on stderr."),
    method_def("get_debug", gc_get_debug, kMethNoargs, "get_debug($module, /)\n--\n\nThe flags set by set_debug."),
    method_def("get_count", gc_get_count, kMethNoargs, "get_count($module, /)\n--\n\nThe counters of the three generations."),
    method_def("set_threshold", gc_set_threshold, kMethVarargs,
               "set_threshold(threshold0, [threshold1, threshold2])\n\nSet when generations are collected; 0 turns it off."),
    method_def("get_threshold", gc_get_threshold, kMethNoargs, "get_threshold($module, /)\n--\n\nThe thresholds in force."),
    method_def("collect", gc_collect_function, kMethFastcall | kMethKeywords,
               "collect($module, /, generation=2)\n--\n\nCollect a generation and those below it; the number of unreachable objects."),
    method_def("get_objects", gc_get_objects, kMethFastcall | kMethKeywords,
               "get_objects($module, /, generation=None)\n--\n\nA list of the tracked objects."),
    method_def("get_stats", gc_get_stats, kMethNoargs, "get_stats($module, /)\n--\n\nWhat each generation's collections found."),
    method_def("is_tracked", gc_is_tracked_function, kMethO, "is_tracked($module, obj, /)\n--\n\nTell whether the collector tracks it."),
    method_def("get_referrers", gc_get_referrers, kMethVarargs, "get_referrers(*objs) -> list\n\nThe tracked objects that refer to any of them."),
    method_def("get_referents", gc_get_referents, kMethVarargs, "get_referents(*objs) -> list\n\nThe objects that they refer to."),
    method_def("is_finalized", gc_is_finalized_function, kMethO,
               "is_finalized($module, obj, /)\n--\n\nTell whether the collector has finalized it already."),
    method_def("freeze", gc_freeze_function, kMethNoargs, "freeze($module, /)\n--\n\nMove all tracked objects to a generation that is never collected."),
    method_def("unfreeze", gc_unfreeze_function, kMethNoargs, "unfreeze($module, /)\n--\n\nMove the frozen objects to the oldest generation."),
    method_def("get_freeze_count", gc_get_freeze_count, kMethNoargs, "get_freeze_count($module, /)\n--\n\nThe number of frozen objects."),
    {nullptr, nullptr, 0}};

}  // namespace

Owned create_gc_module() {
    Ref<> module = own(module_create("gc", "The cyclic garbage collector of the reference-counted heap.", gc_functions));
    if (!module) return nullptr;
    if (!collector.garbage && !(collector.garbage = list_new(0))) return nullptr;
    if (!collector.callbacks && !(collector.callbacks = list_new(0))) return nullptr;
    if (module_add_object(module.get(), "garbage", collector.garbage) < 0 ||
        module_add_object(module.get(), "callbacks", collector.callbacks) < 0) {
        return nullptr;
    }
    const struct {
        const char* name;
        int value;
    } constants[] = {{"DEBUG_STATS", kGcDebugStats},
                     {"DEBUG_COLLECTABLE", kGcDebugCollectable},
                     {"DEBUG_UNCOLLECTABLE", kGcDebugUncollectable},
                     {"DEBUG_SAVEALL", kGcDebugSaveAll},
                     {"DEBUG_LEAK", kGcDebugLeak}};
    for (const auto& constant : constants) {
        if (module_add_int(module.get(), constant.name, constant.value) < 0) return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
