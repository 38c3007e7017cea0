#include "vm/inspect/facts.h"

#include <algorithm>
#include <unordered_map>

#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/inspect/heap_graph.h"
#include "vm/inspect/references.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/code_object.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/function_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/objects/weakref.h"

namespace refscope::vm {

const char* generation_name(Generation generation) {
    switch (generation) {
        case Generation::kYoung: return "0";
        case Generation::kMiddle: return "1";
        case Generation::kOld: return "2";
        case Generation::kPermanent: return "permanent";
        case Generation::kUntracked: return "untracked";
    }
    return "";
}

bool is_shared_by_runtime(const Object* object) {
    if (is_type(object, &type_type)) return false;
    return is_static_object(object);
}

namespace {

bool is_in(GcHead* list, const GcHead* wanted) {
    for (auto* head = reinterpret_cast<GcHead*>(list->next & ~uintptr_t{1}); head != list;
         head = reinterpret_cast<GcHead*>(head->next & ~uintptr_t{1})) {
        if (head == wanted) return true;
    }
    return false;
}

}  // namespace

int generation_being_collected = -1;

Generation generation_of(Object* object) {
    if (!is_collected(object) || !gc_is_tracked(object)) return Generation::kUntracked;
    const GcHead* head = gc_head(object);
    for (int i = 0; i < kGenerations; ++i) {
        if (is_in(&collector.heads[i], head)) return static_cast<Generation>(i);
    }
    if (is_in(&collector.permanent, head)) return Generation::kPermanent;
    return generation_being_collected >= 0 ? static_cast<Generation>(generation_being_collected) : Generation::kUntracked;
}

bool is_alive(const Object* object) { return is_object_address(reinterpret_cast<uintptr_t>(object)); }

std::string refcount_text(const Object* object) {
    long long count = refcount_of(object);
    if (count == 0) return "0";
    if (is_static_object(object) && !type_check(object)) {
        return std::to_string(count) + " (getrefcount prints " + std::to_string(count + 1 + 999999999) +
               ": its argument counts, and a static part of 999999999)";
    }
    return std::to_string(count) + " (getrefcount prints " + std::to_string(count + 1) + ": its argument counts)";
}

bool has_attributes(const Object* object) { return object->type->has(kHeapType); }

bool collection_enabled() { return collector.enabled; }

namespace {

size_t objects_in_generation(int generation) {
    size_t count = 0;
    GcHead* list = &collector.heads[generation];
    for (auto* head = reinterpret_cast<GcHead*>(list->next & ~uintptr_t{1}); head != list;
         head = reinterpret_cast<GcHead*>(head->next & ~uintptr_t{1})) {
        ++count;
    }
    return count;
}

}  // namespace

GenerationFacts generation_facts(int generation) {
    const GenerationStatistics& statistics = collector.statistics[generation];
    return {collector.counts[generation],
            collector.thresholds[generation],
            objects_in_generation(generation),
            statistics.collections,
            statistics.collected,
            statistics.uncollectable};
}

size_t size_of(Object* object) {
    Type* type = object->type;
    size_t size;
    // A subclass may define __sizeof__: the native base's answer is the one that can be had without running it.
    if (type->tp_sizeof) {
        size = type->tp_sizeof(object);
    } else {
        size = static_cast<size_t>(type->tp_basicsize);
        if (type->tp_itemsize) {
            intptr_t items = static_cast<VarObject*>(object)->size;
            size += static_cast<size_t>(items < 0 ? -items : items) * static_cast<size_t>(type->tp_itemsize);
        }
    }
    return size + static_cast<size_t>(prefix_of(type));
}

size_t size_with_attributes(Object* object) {
    size_t size = size_of(object);
    if (object->type->has(kManagedDict)) {
        if (*managed_values_slot(object)) {
            // The block of values: a slot for each key the class has room for, and the bytes of the order.
            auto* keys = object->type->ht_cached_keys;
            auto slots = static_cast<size_t>(keys->usable + keys->nentries);
            size += slots * sizeof(Object*) + ((slots + 2 + 7) & ~size_t{7});
        } else if (Object* dict = *managed_dict_slot(object)) {
            size += size_of(dict);
        }
    } else if (object->type->tp_dictoffset > 0) {
        Object* dict = *reinterpret_cast<Object**>(reinterpret_cast<char*>(object) + object->type->tp_dictoffset);
        if (dict) size += size_of(dict);
    }
    return size;
}

size_t retained_size(Object* object) { return heap_graph().retained_size(object); }

AllocationSite allocation_site(const Object* object) {
    AllocationSite site;
    int line = 0;
    if (CodeObject* code = code_of_site(object->site, &line)) {
        site.file = code_unit(code).filename;
        site.line = line < 0 ? code_unit(code).firstlineno : line;
    }
    return site;
}

std::string type_name_of(const Object* object) {
    Type* type = object->type;
    std::string name = type->tp_name;
    if (type->has(kHeapType) && type->ht_qualname) {
        name = str_to_utf8(type->ht_qualname);
        Object* module = type->tp_dict ? dict_get_item(type->tp_dict, ID(__module__)) : nullptr;
        if (module && str_check(module) && !str_equal_ascii(module, "builtins")) name = str_to_utf8(module) + "." + name;
    }
    return name;
}

std::string finalizer_state(Object* object) {
    Object* method = type_lookup(object->type, ID(__del__));
    std::string text;
    if (method) {
        bool called = object->type->has(kHaveGc) && gc_is_finalized(object);
        text = called ? "__del__ has been called" : "__del__, not called yet";
    }
    for (const WeakReferenceFact& fact : weak_references(object)) {
        if (fact.reference->type->tp_name && std::string(fact.reference->type->tp_name) == "finalize") {
            text += text.empty() ? "weakref.finalize" : ", weakref.finalize";
        }
    }
    return text.empty() ? "none" : text;
}

std::vector<WeakReferenceFact> weak_references(Object* object) {
    std::vector<WeakReferenceFact> facts;
    if (object->type->tp_weaklistoffset <= 0) return facts;
    Object* list = *reinterpret_cast<Object**>(reinterpret_cast<char*>(object) + object->type->tp_weaklistoffset);
    for (auto* reference = static_cast<WeakrefObject*>(list); reference; reference = reference->next) {
        facts.push_back({reference, reference->callback});
    }
    return facts;
}

HeapTotals heap_totals() {
    struct Context {
        HeapTotals totals;
        std::unordered_map<Type*, TypeTotal> types;
        std::unordered_map<uint32_t, LineTotal> sites;
    } context;
    walk_heap(
        [](Object* object, void* pointer) {
            if (is_static_object(object)) return;
            auto* c = static_cast<Context*>(pointer);
            size_t size = size_of(object);
            ++c->totals.objects;
            c->totals.bytes += size;
            TypeTotal& type = c->types[object->type];
            ++type.objects;
            type.bytes += size;
            if (object->site) {
                LineTotal& line = c->sites[object->site];
                ++line.objects;
                line.bytes += size;
                if (line.objects == 1) line.site = allocation_site(object);
            }
        },
        &context);
    for (auto& [type, total] : context.types) {
        total.type = type;
        Object stand_in{1, 0, type};
        total.name = type_name_of(&stand_in);
        context.totals.by_type.push_back(total);
    }
    // Several instructions stand on one line.
    std::unordered_map<std::string, LineTotal> lines;
    for (auto& [site, total] : context.sites) {
        if (total.site.file.empty()) continue;
        LineTotal& line = lines[total.site.file + ":" + std::to_string(total.site.line)];
        line.site = total.site;
        line.objects += total.objects;
        line.bytes += total.bytes;
    }
    for (auto& [key, total] : lines) context.totals.by_line.push_back(total);
    auto by_bytes = [](const auto& a, const auto& b) { return a.bytes > b.bytes; };
    std::sort(context.totals.by_type.begin(), context.totals.by_type.end(), by_bytes);
    std::sort(context.totals.by_line.begin(), context.totals.by_line.end(), by_bytes);
    return context.totals;
}

std::vector<Object*> instances_of(Object* type, size_t offset, size_t limit) {
    struct Context {
        Object* type;
        size_t skip, limit;
        std::vector<Object*> found;
    } context{type, offset, limit, {}};
    walk_heap(
        [](Object* object, void* pointer) {
            auto* c = static_cast<Context*>(pointer);
            if (object->type != c->type || is_static_object(object)) return;
            if (c->skip) {
                --c->skip;
            } else if (c->found.size() < c->limit) {
                c->found.push_back(object);
            }
        },
        &context);
    return context.found;
}

}  // namespace refscope::vm
