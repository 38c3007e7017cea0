#include "dap/session/variable_store.h"

#include <algorithm>
#include <cstdio>

#include "vm/inspect/facts.h"
#include "vm/inspect/frame_view.h"
#include "vm/inspect/holders.h"

namespace refscope::dap {

using protocol::Int;
using protocol::dap::Variable;
using protocol::dap::VariablePresentationHint;
using protocol::dap::VariablesArguments;

Variable text_row(const std::string& name, const std::string& value, Int reference) {
    Variable row;
    row.name = name;
    row.value = value;
    row.variablesReference = reference;
    return row;
}

namespace {

Variable virtual_row(const std::string& name, const std::string& value, Int reference = 0) {
    Variable row = text_row(name, value, reference);
    VariablePresentationHint hint;
    hint.kind = "virtual";
    row.presentationHint = hint;
    return row;
}

std::string bytes_text(size_t bytes) { return std::to_string(bytes) + " bytes"; }

std::string growth_text(long long now, const std::vector<std::pair<std::string, std::pair<long long, long long>>>& before, const std::string& key,
                        bool any) {
    if (!any) return "";
    long long old = 0;
    for (const auto& [name, values] : before) {
        if (name == key) old = values.first;
    }
    long long grown = now - old;
    if (grown == 0) return "";
    return grown > 0 ? "  +" + std::to_string(grown) + " since the last stop" : "  −" + std::to_string(-grown) + " since the last stop";
}

}  // namespace

Int VariableStore::add(Reference reference) {
    references_.push_back(std::move(reference));
    return static_cast<Int>(references_.size());
}

const Reference* VariableStore::find(Int reference) const {
    if (reference < 1 || static_cast<size_t>(reference) > references_.size()) return nullptr;
    return &references_[static_cast<size_t>(reference) - 1];
}

Variable VariableStore::variable(const std::string& name, vm::Object* object, const std::string& evaluate_name) {
    Variable row;
    row.name = name;
    row.value = vm::display(object, display);
    row.type = vm::type_name_of(object);
    if (!evaluate_name.empty()) row.evaluateName = evaluate_name;
    row.variablesReference = add({Place::kObject, object, nullptr, 0, evaluate_name});
    size_t indexed = vm::indexed_count(object);
    if (indexed > 100) {
        row.indexedVariables = static_cast<Int>(indexed);
        row.namedVariables = static_cast<Int>(vm::named_children(object).size() + 1);
    }
    row.memoryReference = vm::hex_id(object);
    return row;
}

std::vector<Variable> VariableStore::child_variables(const std::vector<vm::Child>& children) {
    Variables rows;
    for (const vm::Child& child : children) {
        if (child.value) {
            rows.push_back(variable(child.name, child.value, child.evaluate_name));
        } else {
            rows.push_back(text_row(child.name, child.text));
        }
    }
    return rows;
}

std::vector<Variable> VariableStore::children(const Reference& given, const VariablesArguments& arguments) {
    Reference reference = given;  // adding to the store may move it
    bool needs_object = reference.object != nullptr;
    if (needs_object && !vm::is_alive(reference.object)) return {text_row("freed", "the object is gone")};
    switch (reference.place) {
        case Place::kLocals: return locals(reference.frame);
        case Place::kGlobals: return globals(reference.frame);
        case Place::kTemporaries: {
            Variables rows;
            for (auto& [name, value] : vm::frame_temporaries(reference.frame)) rows.push_back(variable(name, value, ""));
            return rows;
        }
        case Place::kDying: {
            Variables rows;
            size_t i = 0;
            for (vm::Object* object : stop ? stop->dying : std::vector<vm::Object*>{}) {
                if (!vm::is_alive(object)) continue;
                rows.push_back(variable(i == 0 ? "object" : "[" + std::to_string(i) + "]", object, ""));
                ++i;
            }
            return rows;
        }
        case Place::kObject: return object_children(reference.object, arguments);
        case Place::kGroup: return child_variables(vm::group_children(reference.object, reference.text));
        case Place::kMemory: return memory_rows(reference.object);
        case Place::kHolders: return holders(reference.object);
        case Place::kWeakReferences: return weak_references(reference.object);
        case Place::kMemoryScope: return memory_scope();
        case Place::kGeneration: return generation(reference.index);
        case Place::kByType: return by_type(arguments);
        case Place::kByLine: return by_line(arguments);
        case Place::kInstances: {
            Variables rows;
            size_t start = static_cast<size_t>(arguments.start.value_or(0)), count = static_cast<size_t>(arguments.count.value_or(0));
            size_t i = start;
            for (vm::Object* object : vm::instances_of(reference.object, start, count ? count : 100)) {
                rows.push_back(variable("[" + std::to_string(i++) + "]", object, ""));
            }
            return rows;
        }
    }
    return {};
}

std::vector<Variable> VariableStore::locals(vm::Frame* frame) {
    Variables rows;
    for (auto& [name, value] : vm::frame_names(frame)) rows.push_back(variable(name, value, name));
    if (size_t temporaries = vm::frame_temporaries(frame).size()) {
        rows.push_back(virtual_row("(temporaries)", std::to_string(temporaries) + " on the evaluation stack",
                                   add({Place::kTemporaries, nullptr, frame})));
    }
    return rows;
}

std::vector<Variable> VariableStore::globals(vm::Frame* frame) {
    Variables rows;
    for (auto& [name, value] : vm::frame_globals_list(frame)) rows.push_back(variable(name, value, name));
    return rows;
}

std::vector<Variable> VariableStore::object_children(vm::Object* object, const VariablesArguments& arguments) {
    std::string filter = arguments.filter.value_or("");
    Variables rows;
    if (filter != "indexed") {
        for (const vm::Child& child : vm::named_children(object)) {
            if (child.group) {
                rows.push_back(virtual_row(child.name, child.text, add({Place::kGroup, object, nullptr, 0, child.group_kind})));
            } else if (child.value) {
                rows.push_back(variable(child.name, child.value, child.evaluate_name));
            } else {
                rows.push_back(text_row(child.name, child.text));
            }
        }
    }
    if (filter != "named") {
        size_t start = static_cast<size_t>(std::max<Int>(0, arguments.start.value_or(0)));
        size_t count = static_cast<size_t>(std::max<Int>(0, arguments.count.value_or(0)));
        if (filter.empty() && count == 0) count = 1000;
        for (Variable& row : child_variables(vm::indexed_children(object, start, count))) rows.push_back(std::move(row));
    }
    if (filter != "indexed") {
        rows.push_back(virtual_row("memory", "refcount " + std::to_string(vm::refcount_of(object)) + ", " + bytes_text(vm::size_of(object)),
                                   add({Place::kMemory, object})));
    }
    return rows;
}

std::vector<Variable> VariableStore::memory_rows(vm::Object* object) {
    Variables rows;
    std::vector<vm::Holder> all = vm::holders_of(object);
    rows.push_back(text_row("refcount", vm::refcount_text(object)));
    rows.push_back(text_row("holders", std::to_string(all.size()), all.empty() ? 0 : add({Place::kHolders, object})));
    rows.push_back(text_row("id", std::to_string(reinterpret_cast<uintptr_t>(object)) + " (" + vm::hex_id(object) + ")"));
    rows.push_back(text_row("type", vm::type_name_of(object)));
    rows.push_back(text_row("size", bytes_text(vm::size_of(object))));
    if (vm::has_attributes(object)) rows.push_back(text_row("size with attributes", bytes_text(vm::size_with_attributes(object))));
    rows.push_back(text_row("retained size", bytes_text(vm::retained_size(object))));
    rows.push_back(text_row("generation", vm::generation_name(vm::generation_of(object))));
    size_t weak = vm::weak_references(object).size();
    rows.push_back(text_row("weak references", std::to_string(weak), weak ? add({Place::kWeakReferences, object}) : 0));
    rows.push_back(text_row("finalizer", vm::finalizer_state(object)));
    vm::AllocationSite site = vm::allocation_site(object);
    rows.push_back(text_row("allocated at", site.file.empty() ? "the runtime" : site.file + ":" + std::to_string(site.line)));
    std::string same;
    if (stop && stop->frame) {
        int names = 0;
        for (auto& [name, value] : vm::frame_names(stop->frame)) {
            if (value != object) continue;
            same += (same.empty() ? "" : ", ") + name;
            ++names;
        }
        if (names < 2 && std::find(stop->dying.begin(), stop->dying.end(), object) == stop->dying.end()) same.clear();
    }
    rows.push_back(text_row("same object as", same.empty() ? "none" : same));
    std::string life = "alive";
    if (stop && std::find(stop->dying.begin(), stop->dying.end(), object) != stop->dying.end()) life = "dying: " + stop->description;
    Variable row = virtual_row("life", life);
    rows.push_back(row);
    return rows;
}

std::vector<Variable> VariableStore::holders(vm::Object* object) {
    Variables rows;
    size_t runtime = 0;
    for (const vm::Holder& holder : vm::holders_of(object)) {
        if (holder.is_static_runtime) {
            ++runtime;
            continue;
        }
        if (holder.object && vm::is_alive(holder.object)) {
            Variable row = variable(holder.name, holder.object, "");
            rows.push_back(std::move(row));
        } else if (holder.reference.frame) {
            rows.push_back(text_row(holder.name, "frame at line " + std::to_string(vm::frame_line(holder.reference.frame)),
                                    add({Place::kLocals, nullptr, holder.reference.frame})));
        } else {
            rows.push_back(text_row(holder.name, ""));
        }
    }
    if (runtime) rows.push_back(text_row("static runtime × " + std::to_string(runtime), "held by the runtime itself"));
    return rows;
}

std::vector<Variable> VariableStore::weak_references(vm::Object* object) {
    Variables rows;
    int i = 0;
    for (const vm::WeakReferenceFact& fact : vm::weak_references(object)) {
        Variable row = variable("[" + std::to_string(i++) + "]", fact.reference, "");
        if (fact.callback) {
            vm::DisplayOptions plain = display;
            plain.counts = false;
            row.value += ", callback " + vm::display(fact.callback, plain);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<Variable> VariableStore::memory_scope() {
    Variables rows;
    for (int i = 0; i < vm::kGenerationCount; ++i) {
        vm::GenerationFacts facts = vm::generation_facts(i);
        rows.push_back(text_row("generation " + std::to_string(i),
                                std::to_string(facts.count) + " of " + std::to_string(facts.threshold) + ", " +
                                    std::to_string(facts.objects) + " objects",
                                add({Place::kGeneration, nullptr, nullptr, i})));
    }
    rows.push_back(text_row("collection enabled", vm::collection_enabled() ? "True" : "False"));
    vm::HeapTotals totals = vm::heap_totals();
    rows.push_back(text_row("objects", std::to_string(totals.objects)));
    rows.push_back(text_row("bytes", std::to_string(totals.bytes)));
    Variable types = text_row("by type", std::to_string(totals.by_type.size()) + " types", add({Place::kByType}));
    Variable lines = text_row("by line", std::to_string(totals.by_line.size()) + " lines", totals.by_line.empty() ? 0 : add({Place::kByLine}));
    if (totals.by_type.size() > 100) types.indexedVariables = static_cast<Int>(totals.by_type.size());
    if (totals.by_line.size() > 100) lines.indexedVariables = static_cast<Int>(totals.by_line.size());
    rows.push_back(types);
    rows.push_back(lines);
    return rows;
}

std::vector<Variable> VariableStore::generation(int index) {
    vm::GenerationFacts facts = vm::generation_facts(index);
    return {text_row("count", std::to_string(facts.count)),
            text_row("threshold", std::to_string(facts.threshold)),
            text_row("objects", std::to_string(facts.objects)),
            text_row("collections", std::to_string(facts.collections)),
            text_row("collected", std::to_string(facts.collected)),
            text_row("uncollectable", std::to_string(facts.uncollectable))};
}

namespace {

template <class T>
std::pair<size_t, size_t> page(const T& all, const VariablesArguments& arguments) {
    size_t start = static_cast<size_t>(std::max<Int>(0, arguments.start.value_or(0)));
    size_t count = static_cast<size_t>(std::max<Int>(0, arguments.count.value_or(0)));
    if (count == 0) count = 100;
    start = std::min(start, all.size());
    return {start, std::min(all.size(), start + count)};
}

}  // namespace

std::vector<Variable> VariableStore::by_type(const VariablesArguments& arguments) {
    if (arguments.filter.value_or("") == "named") return {};
    Variables rows;
    vm::HeapTotals totals = vm::heap_totals();
    auto [begin, end] = page(totals.by_type, arguments);
    for (size_t i = begin; i < end; ++i) {
        const vm::TypeTotal& total = totals.by_type[i];
        Variable row = text_row(total.name, std::to_string(total.objects) + " objects, " + bytes_text(total.bytes) +
                                                growth_text(static_cast<long long>(total.objects), before.by_type, total.name, !before.by_type.empty()),
                                add({Place::kInstances, total.type}));
        if (total.objects > 100) row.indexedVariables = static_cast<Int>(total.objects);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<Variable> VariableStore::by_line(const VariablesArguments& arguments) {
    if (arguments.filter.value_or("") == "named") return {};
    Variables rows;
    vm::HeapTotals totals = vm::heap_totals();
    auto [begin, end] = page(totals.by_line, arguments);
    for (size_t i = begin; i < end; ++i) {
        const vm::LineTotal& total = totals.by_line[i];
        std::string key = total.site.file + ":" + std::to_string(total.site.line);
        rows.push_back(text_row(key, bytes_text(total.bytes) + " in " + std::to_string(total.objects) + " objects" +
                                         growth_text(static_cast<long long>(total.objects), before.by_line, key, !before.by_line.empty())));
    }
    return rows;
}

vm::Object* VariableStore::child_object(const Reference& reference, const std::string& name) {
    switch (reference.place) {
        case Place::kLocals:
        case Place::kGlobals:
            if (reference.place == Place::kGlobals) {
                for (auto& [key, value] : vm::frame_names(reference.frame)) {
                    if (key == name) return value;
                }
                return vm::lookup_name(reference.frame, name);
            }
            return vm::lookup_name(reference.frame, name);
        case Place::kObject:
            for (const vm::Child& child : vm::named_children(reference.object)) {
                if (child.name == name) return child.value;
            }
            for (const vm::Child& child : vm::indexed_children(reference.object, 0, 100000)) {
                if (child.name == name) return child.value;
            }
            return nullptr;
        case Place::kGroup:
            for (const vm::Child& child : vm::group_children(reference.object, reference.text)) {
                if (child.name == name) return child.value;
            }
            return nullptr;
        case Place::kMemory: return name == "life" || name == "refcount" ? reference.object : nullptr;
        case Place::kHolders:
            for (const vm::Holder& holder : vm::holders_of(reference.object)) {
                if (holder.name == name) return holder.object;
            }
            return nullptr;
        case Place::kDying:
            if (!stop || stop->dying.empty()) return nullptr;
            if (name == "object") return stop->dying[0];
            for (size_t i = 1; i < stop->dying.size(); ++i) {
                if (name == "[" + std::to_string(i) + "]") return stop->dying[i];
            }
            return nullptr;
        default: return nullptr;
    }
}

}  // namespace refscope::dap
