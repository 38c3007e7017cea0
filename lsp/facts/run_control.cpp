// Branches, loops, handlers: each way is run on a heap of its own, and the heaps are joined.
#include <algorithm>

#include "lsp/facts/run.h"
#include "vm/syntax/ast_visitor.h"

namespace refscope::lsp::facts {

using namespace syntax;

namespace {

constexpr int kRounds = 4;  // after which a loop's state is given up as a whole

}  // namespace

// Joins this path, if it is reached, with the states of others that were.
void Run::join_with(std::vector<Heap>& others) {
    for (Heap& other : others) {
        heap_ = reached_ ? Heap::join(heap_, other) : std::move(other);
        reached_ = true;
    }
    others.clear();
}

Id Run::either(const std::function<Id()>& one, const std::function<Id()>& other) {
    const Heap before = heap_;
    const Id first = one();
    const Heap after_first = heap_;
    const bool first_reached = reached_;
    heap_ = before;
    heap_.reserve_ids_up_to(after_first.end());
    reached_ = true;
    const Id second = other();
    if (!first_reached) return second;
    if (!reached_) {
        heap_ = after_first;
        reached_ = true;
        return first;
    }
    heap_ = Heap::join(after_first, heap_);
    if (first == second) return first;
    return heap_.choice({first, second}, false, false);
}

void Run::branch(const If& node) {
    begin_statement(node);
    const Id condition = eval(node.test);
    const std::optional<bool> holds = truth(condition);
    release_dead(frame_->dead_base);
    end_statement(node);
    if (recording_) flush_mentions();
    if (!reached_) return;
    // `if __name__ == '__main__'`: the numbers are those of the program when it is run.
    if (holds) {
        body(*holds ? node.body : node.orelse);
        return;
    }
    either(
        [&] {
            body(node.body);
            if (recording_) flush_mentions();
            return kUnknown;
        },
        [&] {
            body(node.orelse);
            if (recording_) flush_mentions();
            return kUnknown;
        });
}

void Run::loop(const std::function<void()>& once, const Sequence<StmtNode*>& orelse, bool can_end) {
    Heap start = heap_;
    std::vector<Heap> breaks;
    const std::size_t returns_before = frame_->returns.size();
    for (int round = 0;; ++round) {
        heap_ = start;
        reached_ = true;
        frame_->returns.erase(frame_->returns.begin() + static_cast<std::ptrdiff_t>(returns_before), frame_->returns.end());
        frame_->loops.emplace_back();
        once();
        Loop ways = std::move(frame_->loops.back());
        frame_->loops.pop_back();
        if (reached_) ways.boundaries.push_back(heap_);
        Id end = heap_.end();
        for (const auto* heaps : {&ways.boundaries, &ways.breaks}) {
            for (const Heap& heap : *heaps) end = std::max(end, heap.end());
        }
        for (const auto& exit : frame_->returns) end = std::max(end, exit.heap.end());
        Heap next = start;
        next.reserve_ids_up_to(end);
        bool changed = false;
        for (const Heap& heap : ways.boundaries) changed = next.give_up_difference(start, heap) || changed;
        breaks = std::move(ways.breaks);
        if (!changed || exhausted_) {
            start.reserve_ids_up_to(end);
            break;
        }
        if (round == kRounds) {
            next.open_everything(true);
            next.code_escaped = true;
        }
        start = std::move(next);
        if (round > kRounds) break;
    }
    heap_ = start;
    reached_ = can_end;
    if (reached_) body(orelse);
    join_with(breaks);
}

void Run::loop_for(const For& node) {
    begin_statement(node);
    const Id source = eval(node.iter);
    const bool asynchronous = node.kind == NodeKind::AsyncFor;
    Id iterator = asynchronous ? unknown_operation({source}) : iterator_over(source);
    // The running loop holds its iterator.
    const std::size_t place = heap_.at(frame_->scope).slots.size();
    heap_.add(frame_->scope, Edge::kSource, iterator, "for");
    release_dead(frame_->dead_base);
    end_statement(node);
    if (recording_) flush_mentions();
    loop(
        [&] {
            const Id running = heap_.at(frame_->scope).slots[place].target;
            assign(node.target, element_of(asynchronous ? kUnknown : running, false));
            release_dead(frame_->dead_base);
            begin_statement(node);
            end_statement(node);
            body(node.body);
            if (recording_) flush_mentions();
        },
        {}, true);
    if (!reached_) return;
    element_of(asynchronous ? kUnknown : heap_.at(frame_->scope).slots[place].target);  // the step that finds the end
    heap_.set(frame_->scope, place, kUnbound);
    heap_.remove(frame_->scope, place);
    release_dead(frame_->dead_base);
    if (node.orelse.empty()) return;
    // After a `break` the `else` part has not run.
    either(
        [&] {
            body(node.orelse);
            return kUnknown;
        },
        [] { return kUnknown; });
}

void Run::loop_while(const While& node) {
    bool endless = false;
    loop(
        [&] {
            begin_statement(node);
            const std::optional<bool> holds = truth(eval(node.test));
            release_dead(frame_->dead_base);
            end_statement(node);
            if (recording_) flush_mentions();
            frame_->loops.back().boundaries.push_back(heap_);  // the loop may end here
            endless = holds && *holds && is_constant_tree(node.test);
            body(node.body);
            if (recording_) flush_mentions();
        },
        {}, true);
    if (endless && reached_) {
        // Left by `break` alone, or never; the state at the loop's head stands for both.
        bool leaves = false;
        std::vector<const Node*> work(node.body.begin(), node.body.end());
        while (!work.empty() && !leaves) {
            const Node* at = work.back();
            work.pop_back();
            leaves = at->kind == NodeKind::Break;
            if (at->kind == NodeKind::FunctionDef || at->kind == NodeKind::ClassDef || at->kind == NodeKind::While ||
                at->kind == NodeKind::For) {
                continue;
            }
            for_each_child(*at, [&](const Node& child) { work.push_back(&child); });
        }
        reached_ = leaves;
    }
    if (!reached_ || node.orelse.empty()) return;
    either(
        [&] {
            body(node.orelse);
            return kUnknown;
        },
        [] { return kUnknown; });
}

Heap Run::interruptible(const std::function<void()>& code) {
    Heap before = heap_;
    std::vector<Heap::Change> changes;
    auto* const outer = heap_.journal;
    heap_.journal = &changes;
    code();
    heap_.journal = outer;
    for (auto& exit : frame_->returns) exit.heap.journal = outer;
    for (auto& loop : frame_->loops) {
        for (auto* heaps : {&loop.boundaries, &loop.breaks}) {
            for (Heap& heap : *heaps) heap.journal = outer;
        }
    }
    if (outer != nullptr) outer->insert(outer->end(), changes.begin(), changes.end());
    before.reserve_ids_up_to(heap_.end());
    for (const auto& exit : frame_->returns) before.reserve_ids_up_to(exit.heap.end());
    before.code_escaped = before.code_escaped || heap_.code_escaped;
    before.give_up_changes(changes);
    if (heap_.lost && !before.lost) {
        before.open_everything(true);
        before.lost = true;
    }
    return before;
}

// What leaves by `return`, `break` or `continue` runs code on its way out that is not followed.
void Run::give_up_exits(const std::vector<std::size_t>& before, Id end) {
    const auto give_up = [&](Heap& heap) {
        heap.reserve_ids_up_to(end);
        heap.open_everything(true);
        heap.code_escaped = true;
    };
    for (std::size_t i = before[0]; i < frame_->returns.size(); ++i) give_up(frame_->returns[i].heap);
    if (frame_->loops.empty()) return;
    auto& loop = frame_->loops.back();
    for (std::size_t i = before[1]; i < loop.boundaries.size(); ++i) give_up(loop.boundaries[i]);
    for (std::size_t i = before[2]; i < loop.breaks.size(); ++i) give_up(loop.breaks[i]);
}

std::vector<std::size_t> Run::exits() const {
    if (frame_->loops.empty()) return {frame_->returns.size(), 0, 0};
    const auto& loop = frame_->loops.back();
    return {frame_->returns.size(), loop.boundaries.size(), loop.breaks.size()};
}

void Run::try_parts(const Try& node) {
    std::vector<Heap> ends;
    Heap interrupted = interruptible([&] {
        body(node.body);
        if (recording_) flush_mentions();
    });
    if (reached_) {
        body(node.orelse);
        if (recording_) flush_mentions();
    }
    Id end = std::max(heap_.end(), interrupted.end());
    if (reached_) ends.push_back(heap_);
    for (const auto* handler : node.handlers) {
        heap_ = interrupted;
        heap_.reserve_ids_up_to(end);
        reached_ = true;
        frames_escape();
        eval(handler->type);
        if (!handler->name.empty()) store(handler->name, kUnknown);
        release_dead(frame_->dead_base);
        body(handler->body);
        if (recording_) flush_mentions();
        if (reached_) {
            if (!handler->name.empty()) unbind(handler->name);
            release_dead(frame_->dead_base);
            ends.push_back(heap_);
        }
        end = std::max(end, heap_.end());
    }
    reached_ = false;
    if (ends.empty()) heap_ = interrupted;
    for (Heap& heap : ends) heap.reserve_ids_up_to(end);
    heap_.reserve_ids_up_to(end);
    join_with(ends);
}

void Run::try_statement(const Try& node) {
    if (node.finalbody.empty()) return try_parts(node);
    const auto exits_before = exits();
    Heap interrupted = interruptible([&] { try_parts(node); });
    const Heap normal = heap_;
    const bool goes_on = reached_;
    // The last part runs after an exception too: what is said of its lines holds for both.
    heap_ = interrupted;
    heap_.reserve_ids_up_to(normal.end());
    if (goes_on) heap_ = Heap::join(normal, heap_);
    reached_ = true;
    body(node.finalbody);
    if (recording_) flush_mentions();
    const Id end = heap_.end();
    give_up_exits(exits_before, end);
    if (!goes_on) {
        reached_ = false;
        return;
    }
    const bool recorded = recording_;
    recording_ = false;
    heap_ = normal;
    heap_.reserve_ids_up_to(end);
    reached_ = true;
    body(node.finalbody);
    recording_ = recorded;
}

void Run::with(const With& node, std::size_t index) {
    if (index == node.items.size()) {
        body(node.body);
        if (recording_) flush_mentions();
        return;
    }
    const auto* item = node.items[index];
    begin_statement(node);
    const Id manager = eval(item->context_expr);
    Id entered = kUnknown, exit = kUnknown;
    const bool of_file = type_of(manager) == "file";
    // A manager of the file whose `__exit__` never returns a value does not swallow exceptions.
    bool swallows = !of_file;
    if (heap_.alive(manager) && heap_.at(manager).kind == Kind::kInstance && node.kind == NodeKind::With) {
        bool known = true;
        exit = find_in_class(heap_.at(manager).slots[0].target, "__exit__", known);
        if (known && heap_.alive(exit) && heap_.at(exit).kind == Kind::kFunction) {
            const auto* definition = static_cast<const Node*>(heap_.at(exit).node);
            swallows = false;
            std::vector<const Node*> work{definition};
            while (!work.empty() && !swallows) {
                const Node* at = work.back();
                work.pop_back();
                if (const auto* back = node_cast<Return>(at)) {
                    const auto* value = node_cast<Constant>(back->value);
                    swallows = back->value != nullptr && !(value != nullptr && (value->constant_kind == ConstantKind::None ||
                                                                                value->constant_kind == ConstantKind::False));
                }
                for_each_child(*at, [&](const Node& child) { work.push_back(&child); });
            }
            exit = bind_method(exit, manager);
            entered = attribute_call(manager, "__enter__", {});
        } else {
            exit = unknown_operation({manager});
        }
    } else if (of_file) {
        exit = heap_.make(Kind::kMethod, "builtin_function_or_method");
        heap_.add(exit, Edge::kReceiver, manager);
        entered = manager;
    } else {
        exit = unknown_operation({manager});
    }
    // The block holds the bound `__exit__`, and with it the manager.
    const std::size_t place = heap_.at(frame_->scope).slots.size();
    heap_.add(frame_->scope, Edge::kReceiver, exit, "with");
    if (item->optional_vars != nullptr) assign(item->optional_vars, entered);
    release_dead(frame_->dead_base);
    end_statement(node);
    if (recording_) flush_mentions();

    const auto exits_before = exits();
    Heap interrupted = interruptible([&] { with(node, index + 1); });
    if (!of_file) give_up_exits(exits_before, std::max(heap_.end(), interrupted.end()));
    if (swallows) {
        std::vector<Heap> others;
        others.push_back(std::move(interrupted));
        const Id end = heap_.end();
        others.back().reserve_ids_up_to(end);
        join_with(others);
    }
    if (!reached_) return;
    heap_.set(frame_->scope, place, kUnbound);
    heap_.remove(frame_->scope, place);
    if (heap_.alive(exit) && heap_.at(exit).kind == Kind::kMethod && !of_file) {
        Arguments nothing;
        nothing.positional = {constants_.none(), constants_.none(), constants_.none()};
        call_value(exit, nothing);
    } else {
        unknown_call();
    }
    release_dead(frame_->dead_base);
}

void Run::match(const Match& node) {
    begin_statement(node);
    const Id subject = eval(node.subject);
    heap_.add(frame_->scope, Edge::kSource, subject, "match");
    const std::size_t place = heap_.at(frame_->scope).slots.size() - 1;
    release_dead(frame_->dead_base);
    end_statement(node);
    if (recording_) flush_mentions();
    // Patterns call code of the subject's; what they bind is part of it.
    if (!is_constant(subject)) unknown_operation({subject});
    const Heap before = heap_;
    std::vector<Heap> ends;
    ends.push_back(heap_);
    Id end = heap_.end();
    for (const auto* one : node.cases) {
        heap_ = before;
        heap_.reserve_ids_up_to(end);
        reached_ = true;
        bind_pattern(one->pattern);
        if (one->guard != nullptr) eval(one->guard);
        release_dead(frame_->dead_base);
        body(one->body);
        if (recording_) flush_mentions();
        if (reached_) ends.push_back(heap_);
        end = std::max(end, heap_.end());
    }
    reached_ = false;
    for (Heap& heap : ends) heap.reserve_ids_up_to(end);
    join_with(ends);
    heap_.set(frame_->scope, place, kUnbound);
    heap_.remove(frame_->scope, place);
}

void Run::bind_pattern(const Node* first) {
    std::vector<const Node*> work{first};
    while (!work.empty()) {
        const Node* pattern = work.back();
        work.pop_back();
        if (pattern == nullptr) continue;
        if (const auto* as = node_cast<MatchAs>(pattern)) store(as->name, kUnknown);
        if (const auto* star = node_cast<MatchStar>(pattern)) store(star->name, kUnknown);
        if (const auto* mapping = node_cast<MatchMapping>(pattern)) store(mapping->rest, kUnknown);
        for_each_child(*pattern, [&](const Node& child) {
            if (is_pattern(child.kind)) work.push_back(&child);
        });
    }
}

}  // namespace refscope::lsp::facts
