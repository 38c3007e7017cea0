// Frames, names and the statements that change them.
#include "lsp/facts/run.h"

#include <algorithm>

#include "vm/syntax/ast_visitor.h"

namespace refscope::lsp::facts {

using namespace syntax;

namespace {

constexpr int kMaxDepth = 300;             // of evaluation, in C++ frames
constexpr std::int64_t kMaxSteps = 400'000;  // statements and expressions in one run

}  // namespace

Run::Run(const Module& module) : module_(module), names_(module) {
    for (const auto* node : module.body) {
        const auto* from = node_cast<ImportFrom>(node);
        if (from == nullptr || from->module.text != "__future__") continue;
        for (const auto* alias : from->names) lazy_annotations_ = lazy_annotations_ || alias->name.text == "annotations";
    }
}

std::map<std::uint32_t, CountFact> Run::facts() {
    run_module();
    return std::move(facts_);
}

// ---- frames

void Run::enter(Frame& frame, const Block& block) {
    frame.block = &block;
    frame.caller = frame_;
    frame.scope = heap_.make(Kind::kScope, {});
    for (const std::string_view name : block.names) {
        const bool celled = block.kind != BlockKind::kModule && block.cells.count(name.data()) != 0;
        Id value = kUnbound;
        if (celled) {
            value = heap_.make(Kind::kCell, "cell");
            heap_.add(value, Edge::kCellValue, kUnbound, name);
        }
        heap_.add(frame.scope, Edge::kName, value, name);
    }
    if (block.kind == BlockKind::kModule || block.kind == BlockKind::kClass) {
        const Id annotations = heap_.make(Kind::kInstance, "dict");
        heap_.add(frame.scope, Edge::kAnnotation, annotations, "__annotations__");
    }
    frame.dead_base = heap_.dead_mark();
}

void Run::leave(Frame& frame, std::size_t) { heap_.drop_object(frame.scope); }

Id Run::cell_of(Frame& frame, std::string_view name) {
    for (Frame* at = &frame; at != nullptr; at = at->lexical) {
        if (at->block->cells.count(name.data()) != 0 && at->block->binds(name)) {
            return heap_.at(at->scope).slots[at->block->slots.at(name.data())].target;
        }
        if (at->lexical != nullptr || at->function == kUnbound || !heap_.alive(at->function)) continue;
        for (const Slot& slot : heap_.at(at->function).slots) {
            if (slot.edge == Edge::kClosure && slot.label.data() == name.data()) return slot.target;
        }
    }
    return kUnknown;
}

std::optional<std::pair<Id, std::uint32_t>> Run::place_of(std::string_view name) const {
    const Block& block = *frame_->block;
    if (block.kind != BlockKind::kModule && block.globals.count(name.data()) == 0) {
        if (block.binds(name)) {
            const std::uint32_t slot = block.slots.at(name.data());
            if (block.cells.count(name.data()) == 0) return std::pair{frame_->scope, slot};
            const Id cell = heap_.at(frame_->scope).slots[slot].target;
            if (heap_.alive(cell) && heap_.at(cell).kind == Kind::kCell) return std::pair{cell, 0u};
            return std::nullopt;
        }
        if (block.is_free(name)) {
            const Id cell = const_cast<Run*>(this)->cell_of(*frame_, name);
            if (heap_.alive(cell) && heap_.at(cell).kind == Kind::kCell) return std::pair{cell, 0u};
            return std::nullopt;
        }
    }
    const Block& top = names_.module();
    if (!top.binds(name)) return std::nullopt;
    return std::pair{module_scope_, top.slots.at(name.data())};
}

Id Run::peek(std::string_view name) const {
    const auto place = place_of(name);
    return place ? heap_.at(place->first).slots[place->second].target : kUnbound;
}

Id Run::load(std::string_view name) {
    const Block& block = *frame_->block;
    const bool own = block.kind != BlockKind::kModule && block.globals.count(name.data()) == 0 &&
                     (block.binds(name) || block.is_free(name));
    if (!own) return load_global(name);
    const auto place = place_of(name);
    if (!place) return kUnknown;
    const Object& holder = heap_.at(place->first);
    const Id value = holder.slots[place->second].target;
    if (holder.kind == Kind::kCell && holder.smeared) return kUnknown;
    if (value == kUnbound) {
        // A class body falls back on what is around it.
        if (block.kind == BlockKind::kClass) return load_global(name);
        return kUnknown;
    }
    return value;
}

Id Run::load_global(std::string_view name) {
    const Block& top = names_.module();
    if (!top.binds(name)) return load_builtin(name);
    const Id value = heap_.at(module_scope_).slots[top.slots.at(name.data())].target;
    if (heap_.code_escaped && names_.rebound_in_functions(name)) {
        escape(value);
        return kUnknown;
    }
    if (value == kUnbound) return load_builtin(name);
    return value;
}

void Run::store_at(Id scope, std::uint32_t slot, std::string_view name, Id value) {
    if (scope == module_scope_ && heap_.code_escaped && names_.read_in_functions(name)) escape(value);
    heap_.set(scope, slot, value == kUnbound ? kUnknown : value);
}

void Run::store(std::string_view name, Id value) {
    if (name.empty()) return;
    if (const auto place = place_of(name)) return store_at(place->first, place->second, name, value);
    escape(value);
}

void Run::unbind(std::string_view name) {
    if (const auto place = place_of(name)) heap_.set(place->first, place->second, kUnbound);
}

void Run::release_dead(std::size_t from) {
    while (true) {
        const Id dead = heap_.next_dead(from);
        if (dead == kUnbound) return;
        if (heap_.at(dead).kind == Kind::kInstance || heap_.at(dead).kind == Kind::kGenerator) {
            finalize(dead);
            if (!heap_.alive(dead)) continue;
            const Object& object = heap_.at(dead);
            if (object.certain > 0 || object.maybe > 0 || object.open) continue;
        }
        heap_.drop_object(dead);
    }
}

// ---- blocks

void Run::run_module() {
    Frame frame;
    enter(frame, names_.module());
    module_scope_ = frame.scope;
    frame_ = &frame;
    recording_ = true;
    body(module_.body);
    flush_mentions();

    // What a function finds in the module when it runs: the names that are bound once, to code. All else may have
    // changed by then.
    heap_.journal = nullptr;
    heap_.collecting = true;
    for (std::uint32_t i = 0; i < names_.module().names.size(); ++i) {
        const std::string_view name = names_.module().names[i];
        const Id value = heap_.at(module_scope_).slots[i].target;
        const bool code = is_constant(value)
                              ? constants_.at(value).sort == ConstantSort::kModule || constants_.at(value).sort == ConstantSort::kBuiltin
                              : heap_.alive(value) && (heap_.at(value).kind == Kind::kFunction ||
                                                       (heap_.at(value).kind == Kind::kClass && !heap_.at(value).flag));
        escape(value);
        const auto bindings = names_.module().bindings.find(name.data());
        const bool once = bindings != names_.module().bindings.end() && bindings->second == 1;
        if (!code || !once || names_.rebound_in_functions(name)) heap_.set(module_scope_, i, kUnknown);
    }
    heap_.code_escaped = true;
    release_dead(0);
    // What holds them at the end of the module need not hold them when the function runs.
    for (Id id = kFirstObject; id < heap_.end(); ++id) {
        if (heap_.alive(id) && heap_.at(id).kind != Kind::kScope) heap_.doubt(id);
    }
    Heap base = heap_;
    std::vector<const Block*> work(names_.module().children.rbegin(), names_.module().children.rend());
    while (!work.empty() && !exhausted_) {
        const Block* block = work.back();
        work.pop_back();
        if (block->kind == BlockKind::kFunction && block->node->kind != NodeKind::Lambda) {
            heap_ = base;
            reached_ = true;
            run_function_alone(*block);
            base.reserve_ids_up_to(heap_.end());
        }
        work.insert(work.end(), block->children.rbegin(), block->children.rend());
    }
}

void Run::run_function_alone(const Block& block) {
    Frame frame;
    frame_ = nullptr;
    enter(frame, block);
    for (const Block* at = block.parent; at != nullptr; at = at->parent) {
        if (at->kind != BlockKind::kClass) continue;
        frame.class_name = static_cast<const ClassDef*>(at->node)->name;
        break;
    }
    frame_ = &frame;
    const auto& function = static_cast<const FunctionDef&>(*block.node);
    const auto parameter = [&](const Arg* argument) {
        if (argument != nullptr) store(argument->arg, kUnknown);
    };
    const auto& parameters = *function.args;
    for (const auto* one : parameters.posonlyargs) parameter(one);
    for (const auto* one : parameters.args) parameter(one);
    for (const auto* one : parameters.kwonlyargs) parameter(one);
    // The tuple and dict of the rest are made for the call and held by the name alone.
    if (parameters.vararg != nullptr) store(parameters.vararg->arg, constants_.result("tuple"));
    if (parameters.kwarg != nullptr) store(parameters.kwarg->arg, unknown_content(Kind::kDict, "dict"));
    recording_ = true;
    const auto parameter_mentioned = [&](const Arg* argument) {
        if (argument != nullptr) mention_name(argument->arg, argument->arg.range);
    };
    for (const auto* one : parameters.posonlyargs) parameter_mentioned(one);
    for (const auto* one : parameters.args) parameter_mentioned(one);
    for (const auto* one : parameters.kwonlyargs) parameter_mentioned(one);
    parameter_mentioned(parameters.vararg);
    parameter_mentioned(parameters.kwarg);
    mentions_line_ = block.node->range.lineno;
    flush_mentions();
    body(function.body);
    flush_mentions();
    frame_ = nullptr;
}

void Run::body(const Sequence<StmtNode*>& statements) {
    for (const auto* node : statements) {
        if (!reached_ || exhausted_) return;
        statement(*node);
    }
}

// ---- statements

void Run::statement(const StmtNode& node) {
    if (++steps_ > kMaxSteps) exhausted_ = true;
    if (exhausted_) return;
    if (depth_ > kMaxDepth) return lose_everything(true);
    ++depth_;
    switch (node.kind) {
        case NodeKind::If:
        case NodeKind::For:
        case NodeKind::AsyncFor:
        case NodeKind::While:
        case NodeKind::Try:
        case NodeKind::TryStar:
        case NodeKind::With:
        case NodeKind::AsyncWith:
        case NodeKind::Match: {
            if (recording_) flush_mentions();
            switch (node.kind) {
                case NodeKind::If: branch(static_cast<const If&>(node)); break;
                case NodeKind::While: loop_while(static_cast<const While&>(node)); break;
                case NodeKind::Try:
                case NodeKind::TryStar: try_statement(static_cast<const Try&>(node)); break;
                case NodeKind::With:
                case NodeKind::AsyncWith: with(static_cast<const With&>(node), 0); break;
                case NodeKind::Match: match(static_cast<const Match&>(node)); break;
                default: loop_for(static_cast<const For&>(node)); break;
            }
            release_dead(frame_->dead_base);
            if (recording_) flush_mentions();
            break;
        }
        default:
            begin_statement(node);
            simple_statement(node);
            release_dead(frame_->dead_base);
            end_statement(node);
            break;
    }
    --depth_;
}

void Run::simple_statement(const StmtNode& node) {
    switch (node.kind) {
        case NodeKind::Expr: eval(static_cast<const Expr&>(node).value); return;
        case NodeKind::Assign: {
            const auto& assignment = static_cast<const Assign&>(node);
            const Id value = eval(assignment.value);
            for (const auto* target : assignment.targets) assign(target, value);
            return;
        }
        case NodeKind::AugAssign: return augmented(static_cast<const AugAssign&>(node));
        case NodeKind::AnnAssign: return annotated(static_cast<const AnnAssign&>(node));
        case NodeKind::Delete:
            for (const auto* target : static_cast<const Delete&>(node).targets) remove(target);
            return;
        case NodeKind::Import: return import(static_cast<const Import&>(node));
        case NodeKind::ImportFrom: return import_from(static_cast<const ImportFrom&>(node));
        case NodeKind::FunctionDef:
        case NodeKind::AsyncFunctionDef: return define_function(static_cast<const FunctionDef&>(node));
        case NodeKind::ClassDef: return define_class(static_cast<const ClassDef&>(node));
        case NodeKind::Return: {
            const auto* value_node = static_cast<const Return&>(node).value;
            const Id value = value_node != nullptr ? eval(value_node) : constants_.none();
            if (frame_->function != kUnbound) frame_->returns.push_back({heap_, value});
            reached_ = false;
            return;
        }
        case NodeKind::Raise:
            eval(static_cast<const Raise&>(node).exc);
            eval(static_cast<const Raise&>(node).cause);
            reached_ = false;
            return;
        case NodeKind::Assert: {
            const auto& assertion = static_cast<const Assert&>(node);
            truth(eval(assertion.test));
            return;
        }
        case NodeKind::Break:
        case NodeKind::Continue:
            if (!frame_->loops.empty()) {
                auto& loop = frame_->loops.back();
                (node.kind == NodeKind::Break ? loop.breaks : loop.boundaries).push_back(heap_);
            }
            reached_ = false;
            return;
        case NodeKind::ErrorStmt:
            // The line does not run as it stands; what it mentions is answered for as things are.
            return;
        default: return;
    }
}

void Run::assign(const ExprNode* target, Id value) {
    if (target == nullptr) return;
    switch (target->kind) {
        case NodeKind::Name: return store(static_cast<const Name*>(target)->id, value);
        case NodeKind::Attribute: {
            const auto* attribute_node = static_cast<const Attribute*>(target);
            const Id object = eval(attribute_node->value);
            return store_attribute(object, mangled(attribute_node->attr), value);
        }
        case NodeKind::Subscript: {
            const auto* place = static_cast<const Subscript*>(target);
            const Id container = eval(place->value);
            return store_item(container, place->slice, value);
        }
        case NodeKind::Tuple: return assign_unpacked(static_cast<const Tuple*>(target)->elts, value);
        case NodeKind::List: return assign_unpacked(static_cast<const List*>(target)->elts, value);
        case NodeKind::Starred: return assign(static_cast<const Starred*>(target)->value, value);
        default: escape(value); return;
    }
}

void Run::assign_unpacked(const Sequence<ExprNode*>& targets, Id value) {
    std::size_t star = targets.size();
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (targets[i]->kind == NodeKind::Starred) star = i;
    }
    const auto items = items_of(value);
    const bool fits = items && (star == targets.size() ? items->size() == targets.size()
                                                       : items->size() + 1 >= targets.size());
    if (!fits) {
        const Id element = element_of(value);
        for (std::size_t i = 0; i < targets.size(); ++i) {
            assign(targets[i], i == star ? unknown_content(Kind::kList, "list") : element);
        }
        return;
    }
    const std::vector<Id> all = *items;
    const std::size_t extra = star == targets.size() ? 0 : all.size() + 1 - targets.size();
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (i < star) {
            assign(targets[i], all[i]);
        } else if (i == star) {
            assign(targets[i], list_of({all.begin() + static_cast<std::ptrdiff_t>(i),
                                        all.begin() + static_cast<std::ptrdiff_t>(i + extra)}));
        } else {
            assign(targets[i], all[i + extra - 1]);
        }
    }
}

void Run::augmented(const AugAssign& node) {
    switch (node.target->kind) {
        case NodeKind::Name: {
            const std::string_view name = static_cast<const Name*>(node.target)->id;
            const Id old = load(name);
            const Id right = eval(node.value);
            return store(name, binary(node.op, old, right, true));
        }
        case NodeKind::Attribute: {
            const auto* place = static_cast<const Attribute*>(node.target);
            const Id object = eval(place->value);
            const std::string_view name = mangled(place->attr);
            const Id old = attribute(object, name);
            const Id right = eval(node.value);
            return store_attribute(object, name, binary(node.op, old, right, true));
        }
        case NodeKind::Subscript: {
            const auto* place = static_cast<const Subscript*>(node.target);
            const Id container = eval(place->value);
            const Id old = subscript(container, place->slice);
            const Id right = eval(node.value);
            return store_item(container, place->slice, binary(node.op, old, right, true));
        }
        default: eval(node.value); return;
    }
}

void Run::annotated(const AnnAssign& node) {
    if (node.value != nullptr) assign(node.target, eval(node.value));
    if (frame_->block->kind == BlockKind::kFunction || lazy_annotations_) return;
    const Id annotation = eval(node.annotation);
    const auto* name = node_cast<Name>(node.target);
    if (node.simple == 0 || name == nullptr) return;
    const Id holder = heap_.at(frame_->scope).slots[frame_->block->names.size()].target;
    const auto& slots = heap_.at(holder).slots;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (slots[i].label == name->id) return heap_.set(holder, i, annotation);
    }
    heap_.add(holder, Edge::kAnnotation, annotation, name->id);
}

void Run::remove(const ExprNode* target) {
    if (target == nullptr) return;
    switch (target->kind) {
        case NodeKind::Name: return unbind(static_cast<const Name*>(target)->id);
        case NodeKind::Attribute: {
            const auto* place = static_cast<const Attribute*>(target);
            return delete_attribute(eval(place->value), mangled(place->attr));
        }
        case NodeKind::Subscript: {
            const auto* place = static_cast<const Subscript*>(target);
            return delete_item(eval(place->value), place->slice);
        }
        case NodeKind::Tuple:
            for (const auto* one : static_cast<const Tuple*>(target)->elts) remove(one);
            return;
        case NodeKind::List:
            for (const auto* one : static_cast<const List*>(target)->elts) remove(one);
            return;
        default: return;
    }
}

// ---- imports

namespace {

// Modules whose import runs nothing that could meet this file's objects.
bool known_module(std::string_view name) {
    static const std::set<std::string_view> kNames{"sys",  "gc",     "weakref",  "math",        "copy",      "time", "os",
                                                   "re",   "json",   "random",   "collections", "itertools", "functools",
                                                   "types", "typing", "dataclasses", "enum", "abc", "string", "io",
                                                   "contextlib", "operator", "threading", "asyncio", "tracemalloc"};
    return kNames.count(name) != 0;
}

}  // namespace

void Run::import(const Import& node) {
    for (const auto* alias : node.names) {
        const std::string_view name = alias->name.text;
        const std::size_t dot = name.find('.');
        if (!known_module(name.substr(0, dot))) unknown_call();
        if (!alias->asname.empty()) {
            store(alias->asname, known_module(name) ? constants_.module(name) : kUnknown);
        } else if (dot == std::string_view::npos) {
            store(alias->name, known_module(name) ? constants_.module(name) : constants_.shared("module", constants_.at(constants_.module("sys")).reason));
        } else {
            // `import a.b` binds `a`, which this file may use for something else.
            for (const std::string_view bound : frame_->block->names) {
                if (bound == name.substr(0, dot)) store(bound, constants_.module(constants_.keep(std::string(bound))));
            }
        }
    }
}

void Run::import_from(const ImportFrom& node) {
    if (node.level != 0 || !known_module(node.module.text)) unknown_call();
    for (const auto* alias : node.names) {
        if (alias->name.text == "*") {
            if (node.module.text != "__future__") lose_everything(true);
            return;
        }
        Id value = kUnknown;
        if (node.level == 0 && known_module(node.module.text)) value = attribute(constants_.module(node.module.text), alias->name);
        store(alias->asname.empty() ? alias->name : alias->asname, value);
    }
}

void Run::lose_everything(bool names) {
    heap_.open_everything(names);
    heap_.code_escaped = true;
    heap_.lost = heap_.lost || names;
}

void Run::frames_escape() {
    for (Frame* frame = frame_; frame != nullptr; frame = frame->caller) {
        if (frame->block->kind == BlockKind::kModule || frame->scope == kUnbound || !heap_.alive(frame->scope)) continue;
        escape(frame->function);
        for (const Slot& slot : std::vector<Slot>(heap_.at(frame->scope).slots)) escape(slot.target);
    }
}

void Run::escape(const Arguments& arguments) {
    for (const Id one : arguments.positional) escape(one);
    for (const auto& [name, one] : arguments.keywords) escape(one);
}

// Code that is not known runs: it reaches the functions of the file that escaped, and they the module's names.
void Run::unknown_call() {
    if (heap_.lost) heap_.open_everything(true);
    if (heap_.lost || names_.mentions_frames()) frames_escape();
    if (!heap_.code_escaped || module_scope_ == kUnbound) return;
    const Block& top = names_.module();
    for (std::uint32_t i = 0; i < top.names.size(); ++i) {
        const std::string_view name = top.names[i];
        if (!names_.read_in_functions(name)) continue;
        const Id value = heap_.at(module_scope_).slots[i].target;
        escape(value);
        if (names_.rebound_in_functions(name) && !heap_.is_anything(value)) heap_.set(module_scope_, i, kUnknown);
    }
}

Id Run::unknown_operation(std::initializer_list<Id> operands) {
    for (const Id one : operands) escape(one);
    unknown_call();
    return kUnknown;
}

}  // namespace refscope::lsp::facts
