// Calls: arguments, functions of the file run in place, what is not known.
#include <algorithm>

#include "lsp/facts/run.h"

namespace refscope::lsp::facts {

using namespace syntax;

namespace {

constexpr int kMaxCallDepth = 8;

const FunctionDef* definition_of(const void* node) {
    const auto* base = static_cast<const Node*>(node);
    if (base == nullptr) return nullptr;
    if (base->kind != NodeKind::FunctionDef && base->kind != NodeKind::AsyncFunctionDef) return nullptr;
    return static_cast<const FunctionDef*>(base);
}

}  // namespace

Id Run::Arguments::keyword(std::string_view name) const {
    for (const auto& [key, value] : keywords) {
        if (key == name) return value;
    }
    return kUnbound;
}

Run::Arguments Run::arguments_of(const Call& node) {
    Arguments arguments;
    for (const auto* argument : node.args) {
        const auto* star = node_cast<Starred>(argument);
        if (star == nullptr) {
            arguments.positional.push_back(eval(argument));
            continue;
        }
        const Id value = eval(star->value);
        if (const auto items = items_of(value)) {
            arguments.positional.insert(arguments.positional.end(), items->begin(), items->end());
        } else {
            element_of(value);
            arguments.complete = false;
        }
    }
    for (const auto* keyword : node.keywords) {
        const Id value = eval(keyword->value);
        if (!keyword->arg.empty()) {
            arguments.keywords.emplace_back(keyword->arg.text, value);
            continue;
        }
        bool known = heap_.alive(value) && heap_.at(value).kind == Kind::kDict && !heap_.at(value).smeared;
        if (known) {
            const auto& slots = heap_.at(value).slots;
            for (std::size_t i = 0; i + 1 < slots.size(); i += 2) {
                const auto key = text_of(slots[i].target);
                if (key && slots[i].certain) {
                    arguments.keywords.emplace_back(*key, slots[i + 1].target);
                } else {
                    known = false;
                }
            }
        }
        if (!known) {
            escape(value);
            arguments.complete = false;
        }
    }
    return arguments;
}

Id Run::call(const Call& node) {
    if (const auto* access = node_cast<Attribute>(node.func)) {
        const Id receiver = eval(access->value);
        const Arguments arguments = arguments_of(node);
        return attribute_call(receiver, mangled(access->attr), arguments);
    }
    const Id callee = eval(node.func);
    const Arguments arguments = arguments_of(node);
    return call_value(callee, arguments);
}

Id Run::call_unknown(Id callee, const Arguments& arguments) {
    escape(callee);
    escape(arguments);
    unknown_call();
    return kUnknown;
}

Id Run::call_value(Id callee, const Arguments& arguments) {
    if (is_constant(callee)) {
        const auto& constant = constants_.at(callee);
        if (constant.sort != ConstantSort::kBuiltin) return call_unknown(callee, arguments);
        const std::string_view name = constant.text;
        return constant.type == "type" ? call_builtin_type(name, arguments) : call_builtin(name, arguments);
    }
    if (!heap_.alive(callee)) return call_unknown(callee, arguments);
    const Object object = heap_.at(callee);
    switch (object.kind) {
        case Kind::kFunction: return call_function(callee, arguments);
        case Kind::kClass: return instantiate(callee, arguments);
        case Kind::kWeakref: return dereference(callee);
        case Kind::kMethod: {
            Id receiver = kUnknown, function = kUnbound;
            for (const Slot& slot : object.slots) {
                if (slot.edge == Edge::kReceiver) receiver = slot.target;
                if (slot.edge == Edge::kFunction) function = slot.target;
            }
            if (object.smeared) return call_unknown(callee, arguments);
            if (function != kUnbound) {
                Arguments with_receiver = arguments;
                with_receiver.positional.insert(with_receiver.positional.begin(), receiver);
                return call_value(function, with_receiver);
            }
            if (object.text.empty()) return call_unknown(callee, arguments);
            return attribute_call(receiver, object.text, arguments);
        }
        case Kind::kInstance: {
            bool known = class_is_known(object.slots[0].target);
            const Id method = known ? find_in_class(object.slots[0].target, "__call__", known) : kUnknown;
            if (known && heap_.alive(method) && heap_.at(method).kind == Kind::kFunction) {
                Arguments with_receiver = arguments;
                with_receiver.positional.insert(with_receiver.positional.begin(), callee);
                return call_function(method, with_receiver);
            }
            return call_unknown(callee, arguments);
        }
        default: return call_unknown(callee, arguments);
    }
}

Id Run::make_function(const Node& node, const syntax::Arguments* parameters, const ExprNode* returns) {
    const Block* block = names_.of(&node);
    std::vector<Slot> slots;
    const auto hold = [&](Edge edge, std::string_view label, Id target) {
        Slot slot;
        slot.edge = edge;
        slot.label = label;
        slot.target = target;
        slots.push_back(slot);
    };
    if (parameters != nullptr) {
        std::vector<const Arg*> all(parameters->posonlyargs.begin(), parameters->posonlyargs.end());
        all.insert(all.end(), parameters->args.begin(), parameters->args.end());
        const std::size_t first = all.size() - std::min(all.size(), parameters->defaults.size());
        for (std::size_t i = 0; i < parameters->defaults.size() && first + i < all.size(); ++i) {
            hold(Edge::kDefault, all[first + i]->arg, eval(parameters->defaults[i]));
        }
        for (std::size_t i = 0; i < parameters->kw_defaults.size() && i < parameters->kwonlyargs.size(); ++i) {
            if (parameters->kw_defaults[i] == nullptr) continue;
            hold(Edge::kDefault, parameters->kwonlyargs[i]->arg, eval(parameters->kw_defaults[i]));
        }
        if (!lazy_annotations_) {
            all.insert(all.end(), parameters->kwonlyargs.begin(), parameters->kwonlyargs.end());
            all.push_back(parameters->vararg);
            all.push_back(parameters->kwarg);
            for (const auto* one : all) {
                if (one != nullptr && one->annotation != nullptr) hold(Edge::kAnnotation, one->arg, eval(one->annotation));
            }
            if (returns != nullptr) hold(Edge::kAnnotation, "return", eval(returns));
        }
    }
    if (block != nullptr) {
        for (const std::string_view name : block->frees) hold(Edge::kClosure, name, cell_of(*frame_, name));
    }
    const Id function = heap_.make(Kind::kFunction, "function");
    heap_.edit(function).node = &node;
    for (const Slot& slot : slots) heap_.add(function, slot.edge, slot.target, slot.label);
    return function;
}

void Run::define_function(const FunctionDef& node) {
    std::vector<Id> decorators;
    for (const auto* decorator : node.decorator_list) decorators.push_back(eval(decorator));
    Id value = make_function(node, node.args, node.returns);
    for (std::size_t i = decorators.size(); i > 0; --i) {
        Arguments one;
        one.positional = {value};
        value = call_value(decorators[i - 1], one);
    }
    store(node.name, value);
}

// Fills the frame's slots; false when the call would raise or is not known well enough.
bool Run::bind_parameters(Frame& frame, const syntax::Arguments* parameters, Id function, const Arguments& arguments) {
    Frame* const caller = frame_;
    frame_ = &frame;
    const auto default_of = [&](std::string_view name) {
        for (const Slot& slot : heap_.at(function).slots) {
            if (slot.edge == Edge::kDefault && slot.label == name) return slot.certain ? slot.target : kUnknown;
        }
        return kUnbound;
    };
    bool fits = true;
    std::vector<const Arg*> named(parameters->posonlyargs.begin(), parameters->posonlyargs.end());
    named.insert(named.end(), parameters->args.begin(), parameters->args.end());
    std::vector<bool> used(arguments.keywords.size(), false);
    const auto by_keyword = [&](std::string_view name) {
        for (std::size_t i = 0; i < arguments.keywords.size(); ++i) {
            if (arguments.keywords[i].first == name) {
                used[i] = true;
                return arguments.keywords[i].second;
            }
        }
        return kUnbound;
    };
    for (std::size_t i = 0; i < named.size(); ++i) {
        Id value = i < arguments.positional.size() ? arguments.positional[i] : kUnbound;
        if (value == kUnbound && i >= parameters->posonlyargs.size()) value = by_keyword(named[i]->arg.text);
        if (value == kUnbound) value = default_of(named[i]->arg.text);
        if (value == kUnbound) fits = false;
        store(named[i]->arg, value);
    }
    for (const auto* one : parameters->kwonlyargs) {
        Id value = by_keyword(one->arg.text);
        if (value == kUnbound) value = default_of(one->arg.text);
        if (value == kUnbound) fits = false;
        store(one->arg, value);
    }
    if (parameters->vararg != nullptr) {
        std::vector<Id> rest;
        for (std::size_t i = named.size(); i < arguments.positional.size(); ++i) rest.push_back(arguments.positional[i]);
        Id tuple = constants_.tuple({});
        if (!rest.empty()) {
            tuple = heap_.make(Kind::kTuple, "tuple");
            for (const Id one : rest) heap_.add(tuple, Edge::kItem, one);
        }
        store(parameters->vararg->arg, tuple);
    } else if (arguments.positional.size() > named.size()) {
        fits = false;
    }
    if (parameters->kwarg != nullptr) {
        const Id dict = heap_.make(Kind::kDict, "dict");
        for (std::size_t i = 0; i < used.size(); ++i) {
            if (used[i]) continue;
            heap_.add(dict, Edge::kKey, constants_.text(arguments.keywords[i].first));
            heap_.add(dict, Edge::kValue, arguments.keywords[i].second);
        }
        store(parameters->kwarg->arg, dict);
    } else if (std::find(used.begin(), used.end(), false) != used.end()) {
        fits = false;
    }
    frame_ = caller;
    return fits;
}

Id Run::call_function(Id function, const Arguments& arguments) {
    const auto* node = static_cast<const Node*>(heap_.at(function).node);
    const Block* block = names_.of(node);
    const auto* definition = definition_of(node);
    const auto* lambda = node_cast<Lambda>(node);
    if (block == nullptr || heap_.at(function).smeared || call_depth_ >= kMaxCallDepth || !arguments.complete || depth_ > 200) {
        heap_.code_escaped = true;
        return call_unknown(function, arguments);
    }
    Frame frame;
    const std::size_t caller_dead = heap_.dead_mark();
    enter(frame, *block);
    frame.function = function;
    frame.class_of_method = heap_.at(function).referent;
    for (const Block* at = block->parent; at != nullptr; at = at->parent) {
        if (at->kind != BlockKind::kClass) continue;
        frame.class_name = static_cast<const ClassDef*>(at->node)->name;
        break;
    }
    const auto* parameters = definition != nullptr ? definition->args : lambda->args;
    if (!bind_parameters(frame, parameters, function, arguments)) {
        leave(frame, caller_dead);
        return call_unknown(function, arguments);
    }
    // The running frame holds its function.
    heap_.add(frame.scope, Edge::kFunction, function, "(function)");
    if (block->generator || block->coroutine) {
        const Id generator = heap_.make(Kind::kGenerator, block->coroutine ? "coroutine" : "generator");
        heap_.edit(generator).node = node;
        const std::vector<Slot> slots = heap_.at(frame.scope).slots;
        for (const Slot& slot : slots) {
            if (slot.target == kUnbound) continue;
            heap_.add(generator, slot.edge == Edge::kFunction ? Edge::kFunction : Edge::kArgument, slot.target, slot.label);
        }
        leave(frame, caller_dead);
        return generator;
    }
    Frame* const caller = frame_;
    const bool recorded = recording_;
    recording_ = false;
    frame_ = &frame;
    ++call_depth_;
    ++depth_;
    if (definition != nullptr) {
        body(definition->body);
    } else {
        const Id value = eval(lambda->body);
        if (reached_) frame.returns.push_back({heap_, value});
        reached_ = false;
    }
    if (reached_) frame.returns.push_back({heap_, constants_.none()});
    --depth_;
    --call_depth_;
    frame_ = caller;
    recording_ = recorded;
    if (frame.returns.empty()) {
        // It raises, or never ends.
        reached_ = false;
        leave(frame, caller_dead);
        return kUnknown;
    }
    Id end = heap_.end();
    for (const auto& exit : frame.returns) end = std::max(end, exit.heap.end());
    heap_ = std::move(frame.returns.front().heap);
    heap_.reserve_ids_up_to(end);
    reached_ = true;
    Id value = frame.returns.front().value;
    for (std::size_t i = 1; i < frame.returns.size(); ++i) {
        Heap& other = frame.returns[i].heap;
        other.reserve_ids_up_to(heap_.end());
        heap_ = Heap::join(heap_, other);
        if (value != frame.returns[i].value) value = heap_.choice({value, frame.returns[i].value}, false, false);
    }
    leave(frame, caller_dead);
    return value;
}

}  // namespace refscope::lsp::facts
