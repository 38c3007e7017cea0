// How a reference gets its name.
//
// A dict may be a module's globals, a class's namespace or an instance's attributes, a tuple the constants of a code object, a cell a
// variable of a function: the owners of such containers are looked up in one further walk, only for the holders of the
// object asked about.
#include "vm/inspect/holders.h"

#include <algorithm>
#include <cstdio>
#include <unordered_map>

#include "vm/bytecode/opcode.h"
#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/inspect/display.h"
#include "vm/interpreter/generator.h"
#include "vm/objects/builtin_function.h"
#include "vm/objects/cell.h"
#include "vm/objects/descriptor.h"
#include "vm/objects/dict.h"
#include "vm/objects/dict_instance.h"
#include "vm/objects/module_object.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

std::string hex_id(const Object* object) {
    char text[32];
    std::snprintf(text, sizeof text, "0x%zx", reinterpret_cast<size_t>(object));
    return text;
}

namespace {

std::string text_of(const Object* object) { return object && str_check(object) ? str_to_utf8(const_cast<Object*>(object)) : "?"; }

std::string module_text(Object* module) {
    Object* name = static_cast<ModuleObject*>(module)->md_name;
    if (!name || !str_check(name)) name = dict_get_item_string(module_dict(module), "__name__");
    return text_of(name);
}

std::string callable_name(Object* callable) {
    if (!callable) return "native code";
    if (function_check(callable)) return text_of(as_function(callable)->func_qualname) + "()";
    if (builtin_function_check(callable)) {
        auto* function = static_cast<BuiltinFunctionObject*>(callable);
        std::string name = function->m_ml->name;
        if (function->m_self && !module_check(function->m_self)) name = type_short_name(function->m_self->type) + ("." + name);
        return name + "()";
    }
    if (callable->type == &method_descriptor_type || callable->type == &wrapper_descriptor_type) {
        auto* descriptor = static_cast<DescriptorObject*>(callable);
        return type_short_name(descriptor->d_type) + ("." + text_of(descriptor->d_name)) + "()";
    }
    if (type_check(callable)) return type_short_name(as_type(callable)) + std::string("()");
    return short_name(callable);
}

// Owners of the containers among the holders.
struct Owners {
    struct Owner {
        enum Kind { kModule, kClass, kInstance, kConstants, kCell } kind;
        Object* object;
        int index;
    };
    std::unordered_map<Object*, Owner> map;

    const Owner* find(Object* container) const {
        auto at = map.find(container);
        return at == map.end() || !at->second.object ? nullptr : &at->second;
    }
};

void find_owner(Object* object, void* pointer) {
    auto& map = static_cast<Owners*>(pointer)->map;
    auto claim = [&](Object* container, Owners::Owner::Kind kind, int index = 0) {
        auto at = container ? map.find(container) : map.end();
        if (at != map.end() && !at->second.object) at->second = {kind, object, index};
    };
    Type* type = object->type;
    if (module_check(object)) {
        claim(static_cast<ModuleObject*>(object)->md_dict, Owners::Owner::kModule);
    } else if (type_check(object)) {
        claim(as_type(object)->tp_dict, Owners::Owner::kClass);
    } else if (type == &code_type) {
        claim(as_code(object)->co_consts, Owners::Owner::kConstants);
    } else if (type == &function_type) {
        Object* closure = as_function(object)->func_closure;
        for (intptr_t i = 0; closure && i < tuple_size(closure); ++i) claim(tuple_get_item(closure, i), Owners::Owner::kCell, static_cast<int>(i));
    } else if (type->has(kManagedDict)) {
        if (!*managed_values_slot(object)) claim(*managed_dict_slot(object), Owners::Owner::kInstance);
    }
}

std::string outer_function(const std::string& qualname) {
    size_t at = qualname.rfind(".<locals>");
    return at == std::string::npos ? qualname : qualname.substr(0, at);
}

std::string cell_name(Object* cell, const Owners& owners) {
    if (const Owners::Owner* owner = owners.find(cell); owner && owner->kind == Owners::Owner::kCell) {
        FunctionObject* function = as_function(owner->object);
        std::vector<std::string> names = code_unit(as_code(function->func_code)).freevars();
        if (static_cast<size_t>(owner->index) < names.size()) {
            return "closure cell `" + names[static_cast<size_t>(owner->index)] + "` of " + outer_function(text_of(function->func_qualname)) + "()";
        }
    }
    for (Frame* frame = current_frame(); frame; frame = frame->caller()) {
        for (int i = 0; i < frame->code->nlocalsplus; ++i) {
            if (frame->registers[i] == cell) {
                return "closure cell `" + code_unit(frame->code).localsplusnames[static_cast<size_t>(i)] + "` of " + frame_name(frame);
            }
        }
    }
    return "cell " + hex_id(cell);
}

std::string key_text(Object* key) {
    DisplayOptions options;
    options.counts = false;
    options.max_text = 60;
    return key ? display(key, options) : "?";
}

std::string item_of_dict(Object* dict, const Edge& edge, const Owners& owners) {
    const Owners::Owner* owner = owners.find(dict);
    std::string name = edge.name ? text_of(edge.name) : "?";
    if (owner && edge.name && str_check(edge.name)) {
        switch (owner->kind) {
            case Owners::Owner::kModule: return "global `" + name + "` of " + module_text(owner->object);
            case Owners::Owner::kClass: return "attribute `" + name + "` of class " + type_short_name(as_type(owner->object));
            case Owners::Owner::kInstance: return "attribute `" + name + "` of " + short_name(owner->object);
            default: break;
        }
    }
    return "dict " + hex_id(dict) + " [" + key_text(edge.name) + "]";
}

std::string frame_edge_name(Frame* frame, const Edge& edge) {
    const bytecode::CodeUnit& unit = code_unit(frame->code);
    if (edge.kind == EdgeKind::kLocal && edge.index < unit.localsplusnames.size()) {
        return "local `" + unit.localsplusnames[edge.index] + "` of " + frame_name(frame);
    }
    if (edge.kind == EdgeKind::kTemporary) {
        const Instruction* at = frame->at();
        if (frame->state == FrameState::kInside && at->op() == bytecode::RegisterOp::CALL) {
            int base = at->a - frame->code->nlocalsplus;
            int position = static_cast<int>(edge.index) - base - 1;  // 0: callable or self
            Object* method = frame->registers[at->a];
            bool has_self = frame_stack_entry(frame, base) != nullptr;
            Object* callable = has_self ? method : frame->registers[at->a + 1];
            int argument = has_self ? position + 1 : position;
            if (position >= 0 && argument >= 1) return "argument " + std::to_string(argument) + " of " + callable_name(callable);
        }
        return "temporary of " + frame_name(frame) + ", line " + std::to_string(frame_line(frame));
    }
    return "frame of " + frame_name(frame) + (edge.text ? std::string(" ") + edge.text : "");
}

std::string object_edge_name(Object* holder, const Edge& edge, const Owners& owners) {
    Type* type = holder->type;
    if (holder->type == &generator_type || holder->type == &coroutine_type || holder->type == &async_generator_type) {
        if (edge.kind == EdgeKind::kLocal || edge.kind == EdgeKind::kTemporary) return frame_edge_name(&as_generator(holder)->frame, edge);
    }
    if (type == &frame_type && (edge.kind == EdgeKind::kLocal || edge.kind == EdgeKind::kTemporary)) {
        return frame_edge_name(as_frame(holder)->frame, edge);
    }
    switch (edge.kind) {
        case EdgeKind::kItem:
            if (const Owners::Owner* owner = owners.find(holder); owner && owner->kind == Owners::Owner::kConstants) {
                return "constant of " + text_of(as_code(owner->object)->co_qualname) + "()";
            }
            if (std::string(type->tp_name) == "set" || std::string(type->tp_name) == "frozenset") return short_name(holder) + " item";
            return short_name(holder) + " [" + std::to_string(edge.index) + "]";
        case EdgeKind::kDictKey: return "dict " + hex_id(holder) + " key";
        case EdgeKind::kDictValue: return item_of_dict(holder, edge, owners);
        case EdgeKind::kAttribute: return "attribute `" + text_of(edge.name) + "` of " + short_name(holder);
        case EdgeKind::kSlot: return std::string("attribute `") + (edge.text ? edge.text : "?") + "` of " + short_name(holder);
        case EdgeKind::kCell: return cell_name(holder, owners);
        case EdgeKind::kConstant: return "constant of " + short_name(holder);
        case EdgeKind::kType: return "class of " + short_name(holder);
        case EdgeKind::kWeakrefCallback: return "callback of " + short_name(holder);
        case EdgeKind::kField:
            if (cell_check(holder)) return cell_name(holder, owners);
            return short_name(holder) + (edge.text && *edge.text ? std::string(" ") + edge.text : "");
        default: return short_name(holder);
    }
}

}  // namespace

std::string frame_name(const Frame* frame) {
    const std::string& name = code_unit(frame->code).name;
    return name == "<module>" ? name : name + "()";
}

std::string short_name(const Object* object) {
    auto* o = const_cast<Object*>(object);
    if (!o->type) return "freed memory " + hex_id(o);
    if (type_check(o)) return std::string("class ") + type_short_name(as_type(o));
    if (function_check(o)) return "function " + text_of(as_function(o)->func_qualname) + " " + hex_id(o);
    if (module_check(o)) return "module " + module_text(o);
    if (o->type == &code_type) return "code of " + text_of(as_code(o)->co_qualname) + "()";
    return std::string(type_short_name(o->type)) + " " + hex_id(o);
}

std::vector<Holder> holders_of(Object* object) {
    std::vector<Reference> references;
    for_each_reference([&](Object* referent, const Reference& reference) {
        if (referent == object) references.push_back(reference);
    });
    Owners owners;
    for (const Reference& reference : references) {
        if (reference.source != ReferenceSource::kObject || !reference.holder) continue;
        Object* holder = reference.holder;
        if (dict_check(holder) || tuple_check(holder) || cell_check(holder)) owners.map.emplace(holder, Owners::Owner{});
    }
    if (!owners.map.empty()) walk_heap(find_owner, &owners);
    std::vector<Holder> holders;
    for (const Reference& reference : references) {
        Holder holder{reference, "", nullptr, false};
        switch (reference.source) {
            case ReferenceSource::kObject:
                holder.name = object_edge_name(reference.holder, reference.edge, owners);
                holder.object = reference.holder;
                break;
            case ReferenceSource::kFrame: holder.name = frame_edge_name(reference.frame, reference.edge); break;
            case ReferenceSource::kNative:
                holder.name = reference.text ? reference.text : "temporary of " + callable_name(reference.holder);
                break;
            case ReferenceSource::kRoot:
                holder.name = reference.text;
                holder.is_static_runtime = holder.name != "syntax tree of __main__";
                break;
            case ReferenceSource::kStatic:
                holder.name = "static runtime";
                holder.is_static_runtime = true;
                break;
            case ReferenceSource::kDebugger: holder.name = "debugger"; break;
        }
        holders.push_back(std::move(holder));
    }
    auto rank = [](const Holder& holder) {
        if (holder.is_static_runtime) return 2;
        return holder.reference.source == ReferenceSource::kFrame ? 0 : 1;
    };
    std::stable_sort(holders.begin(), holders.end(), [&](const Holder& a, const Holder& b) { return rank(a) < rank(b); });
    return holders;
}

}  // namespace refscope::vm
