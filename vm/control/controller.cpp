// The controller's state and the hooks through which the VM reaches it.
#include "vm/control/control.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "vm/control/breakpoints.h"
#include "vm/events/events.h"
#include "vm/heap/allocator.h"
#include "vm/inspect/facts.h"
#include "vm/inspect/heap_graph.h"
#include "vm/inspect/holders.h"
#include "vm/inspect/references.h"
#include "vm/interpreter/interpreter.h"
#include "vm/objects/errors.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

CodeBreakpoints code_breakpoints;
DeathBreakpoints death_breakpoints;
std::atomic<bool> pause_wanted{false};
int quiet = 0;

// A step under way.
struct Step {
    bool active = false;
    Resume how = Resume::kContinue;
    Frame* frame = nullptr;     // where it began; nullptr: that frame has ended
    int depth = 0;              // of that frame
    int line = -1;
    const void* pc = nullptr;   // the instruction it began at: not a new line
    const void* last_pc = nullptr;  // the last instruction of that frame
    bool started = false;
};
Step step;
bool entry_wanted = false;
// The instruction at which the program was stopped last: going on must not stop there again.
const void* skip_pc = nullptr;
Frame* skip_frame = nullptr;

bool stop_on_raised = false, stop_on_uncaught = false;

// The collection under way: what it is about to free, and which matches have been shown.
struct Collection {
    std::vector<Object*> unreachable;
    std::vector<Object*> shown;
    int generation = -1;
    bool active = false;
};
Collection collection;

// Deallocations under way, by the stack address of the hook: an object that dies inside another's deallocation was held by that.
struct Dying {
    Object* object;
    std::string name;
    uintptr_t stack;
};
std::vector<Dying> dying_stack;

int frame_depth(const Frame* frame) {
    int depth = 0;
    for (; frame; frame = frame->caller()) ++depth;
    return depth;
}

}  // namespace

struct ControlHooks {
    static Controller& controller() { return Controller::instance(); }

    // The fast loop, which goes on with the instruction itself unless it is left: where it does, there is nothing to skip.
    static void at_breakpoint(Frame* frame) {
        reach_breakpoint(frame);
        if (!execution_hooks.instrumented) skip_pc = nullptr;
    }

    static void reach_breakpoint(Frame* frame) {
        if (quiet) return;
        if (frame->pc == skip_pc && frame == skip_frame) {
            skip_pc = nullptr;
            return;
        }
        bool function = false;
        std::vector<int> ids = code_breakpoints.at(frame, &function);
        if (!ids.empty()) ids = controller().listener_->stopping(ids, frame);
        if (ids.empty()) return;
        Stop stop;
        stop.reason = function ? StopReason::kFunctionBreakpoint : StopReason::kBreakpoint;
        stop.breakpoint_ids = ids;
        stop.frame = frame;
        controller().stop(stop);
    }

    static void at_instruction(Frame* frame) {
        if (quiet) return;
        if (frame->pc != skip_pc) skip_pc = nullptr;  // it has been left behind
        const bytecode::InstructionInfo& info = frame->info();
        if (entry_wanted) {
            if (!info.starts_line) return;
            entry_wanted = false;
            Stop stop;
            stop.reason = StopReason::kEntry;
            stop.frame = frame;
            controller().stop(stop);
            return;
        }
        // Breakpoints hold in this loop too, which does not look at patched handlers.
        if (is_patched(frame->code, instruction_index(frame->code, frame->pc))) {
            bool skipped = frame->pc == skip_pc && frame == skip_frame;
            reach_breakpoint(frame);
            if (skipped || !step.active) return;
            if (skip_pc == frame->pc) return;  // it stopped here just now
        }
        if (!step.active) return;
        if (!step.started) {
            step.started = true;
            if (frame->pc == step.pc && frame == step.frame) return;  // the loops have changed over before it ran
        }
        if (!wants_stop(frame, info)) return;
        step.active = false;
        Stop stop;
        stop.reason = StopReason::kStep;
        stop.frame = frame;
        controller().stop(stop);
    }

    static bool wants_stop(Frame* frame, const bytecode::InstructionInfo& info) {
        if (frame == step.frame) {
            if (step.how == Resume::kStepOut) return false;
            // A jump back begins a line anew, as CPython's line events have it.
            bool back = frame->pc <= step.last_pc;
            // (Waiting for a generator's next value is no new line.)
            bool waits = frame->at()->op() == bytecode::RegisterOp::JUMP_BACK_QUIET;
            step.last_pc = waits ? nullptr : frame->pc;
            return info.line >= 0 && (back || (info.starts_line && info.line != step.line));
        }
        int depth = frame_depth(frame);
        if (depth < step.depth) return info.line >= 0;  // returned to a caller
        if (step.how == Resume::kStepIn && depth > step.depth) return info.starts_line;
        // The frame ended, and another one stands at its depth (called from native code).
        return depth == step.depth && step.frame != frame && info.starts_line && step.how != Resume::kStepOut && !frame_lives(step.frame);
    }

    static bool frame_lives(const Frame* wanted) {
        for (Frame* frame = current_frame(); frame; frame = frame->caller()) {
            if (frame == wanted) return true;
        }
        return false;
    }

    static int attention() {
        Controller& c = controller();
        if (!c.listener_) return 0;
        if (quiet) return 0;
        if (pause_wanted.exchange(false)) {
            Stop stop;
            stop.reason = StopReason::kPause;
            stop.frame = current_frame();
            c.stop(stop);
        } else {
            c.listener_->attention();
        }
        return thread->pending ? -1 : 0;
    }

    static void before_death(Object* object, DeathCause cause) {
        if (quiet || !death_breakpoints.any()) return;
        auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
        // An object whose deallocation has ended is no object any more, or one that lives.
        while (!dying_stack.empty() && (dying_stack.back().stack <= here || !is_dying(dying_stack.back().object))) dying_stack.pop_back();
        std::vector<int> ids = death_breakpoints.matching(object);
        bool was_shown = std::find(collection.shown.begin(), collection.shown.end(), object) != collection.shown.end();
        if (!ids.empty() && !was_shown && current_frame()) ids = controller().listener_->stopping(ids, current_frame());
        if (!ids.empty() && !was_shown) {
            bool collected = collection.active &&
                             std::find(collection.unreachable.begin(), collection.unreachable.end(), object) != collection.unreachable.end();
            if (collected) {
                show_collected(object, ids);
            } else {
                std::string why = dying_stack.empty() ? describe_last_release(object)
                                                      : "last reference dropped (" + dying_stack.back().name + " died)";
                if (cause == DeathCause::kShutdown && !current_frame()) why = "released at shutdown";
                show(object, {object}, ids, short_name(object) + ", " + why);
            }
        }
        if (refcount_of(object) > 0) return;  // the debugger's console saved it
        for (int id : death_breakpoints.forget(object)) {
            controller().listener_->breakpoint_changed(id, false, "collect: the object has been collected");
        }
        dying_stack.push_back({object, short_name(object), here});
    }

    static bool is_dying(Object* object) {
        return is_object_address(reinterpret_cast<uintptr_t>(object)) && object->type && refcount_of(object) == 0;
    }

    static void show(Object*, std::vector<Object*> dying, const std::vector<int>& ids, const std::string& text) {
        Stop stop;
        stop.reason = StopReason::kCollect;
        stop.description = "collect: " + text;
        stop.breakpoint_ids = ids;
        stop.frame = current_frame();
        stop.dying = std::move(dying);
        controller().listener_->console(stop.description + "\n");
        controller().stop(stop);
    }

    static void show_collected(Object* object, const std::vector<int>& ids) {
        collection.shown.push_back(object);
        // What is left of the cycle: objects that have died meanwhile are gone from the list.
        std::vector<Object*> left;
        for (Object* member : collection.unreachable) {
            if (is_object_address(reinterpret_cast<uintptr_t>(member)) && member->type) left.push_back(member);
        }
        std::vector<Object*> cycle = cycle_of(object, left.data(), static_cast<intptr_t>(left.size()));
        std::string text = short_name(object) + ", generation " + std::to_string(collection.generation);
        bool self_loop = false;
        for_each_referent(object, [&](Object* referent, const Reference&) { self_loop |= referent == object; });
        text += cycle.size() > 1 || self_loop ? ", cycle of " + std::to_string(cycle.size()) : ", held by a cycle that is collected";
        show(object, cycle, ids, text);
    }

    static void before_collection_finalizes(Object* const* objects, intptr_t count, int generation) {
        if (quiet || !death_breakpoints.any()) return;
        collection.unreachable.assign(objects, objects + count);
        collection.shown.clear();
        collection.generation = generation;
        collection.active = true;
        generation_being_collected = generation;
        for (intptr_t i = 0; i < count; ++i) {
            std::vector<int> ids = death_breakpoints.matching(objects[i]);
            if (ids.empty()) continue;
            show_collected(objects[i], ids);
            return;
        }
    }

    static void before_finalizer(Object* object) {
        if (quiet || !collection.active) return;
        if (std::find(collection.shown.begin(), collection.shown.end(), object) != collection.shown.end()) return;
        std::vector<int> ids = death_breakpoints.matching(object);
        if (!ids.empty()) show_collected(object, ids);
    }

    static void collection_ended(int, intptr_t, intptr_t) {
        collection = {};
        generation_being_collected = -1;
    }

    static void class_created(Object* type) {
        for (auto& by : death_breakpoints.classes()) {
            if (by.verified) continue;
            std::string name = type_short_name(as_type(type));
            if (name != by.name) continue;
            by.verified = true;
            if (controller().listener_) controller().listener_->breakpoint_changed(by.id, true, "");
        }
    }

    static void exception_raised(Frame* frame, Object* exception, bool caught) {
        if (quiet || !exception) return;
        static Object* last = nullptr;
        bool first = exception != last;
        last = exception;
        bool wanted = stop_on_raised && first;
        if (stop_on_uncaught && !caught && !frame->caller() && !err_given_matches(exception, &exc::SystemExit)) wanted = true;
        if (!wanted) return;
        Stop stop;
        stop.reason = StopReason::kException;
        stop.description = type_short_name(exception->type);
        stop.exception = exception;
        stop.frame = frame;
        // The stop must not see the exception as raised by what it does itself.
        Ref<> held = own(std::exchange(thread->pending, nullptr));
        controller().stop(stop);
        thread->pending = held.release();
    }

    static void code_prepared(CodeObject* code) { code_breakpoints.code_prepared(code); }
};

ProgramOutput program_output;

Controller::Controller() = default;

Controller& Controller::instance() {
    static Controller controller;
    return controller;
}

void Controller::attach(Listener* listener) {
    listener_ = listener;
    execution_hooks.at_breakpoint = ControlHooks::at_breakpoint;
    execution_hooks.at_instruction = ControlHooks::at_instruction;
    execution_hooks.code_prepared = ControlHooks::code_prepared;
    attention_handler = ControlHooks::attention;
    events.before_death = ControlHooks::before_death;
    events.before_collection_finalizes = ControlHooks::before_collection_finalizes;
    events.before_finalizer = ControlHooks::before_finalizer;
    events.collection_ended = ControlHooks::collection_ended;
    events.class_created = ControlHooks::class_created;
    update_hooks();
}

void Controller::detach() {
    code_breakpoints.clear();
    death_breakpoints.set_classes({});
    death_breakpoints.set_objects({});
    death_breakpoints.set_named_objects({});
    stop_on_raised = stop_on_uncaught = false;
    step = {};
    entry_wanted = false;
    update_hooks();
    listener_ = nullptr;
}

void Controller::update_hooks() {
    execution_hooks.control_wants = step.active || entry_wanted;
    execution_hooks.refresh();
    execution_hooks.exception_raised = stop_on_raised || stop_on_uncaught ? ControlHooks::exception_raised : nullptr;
    deaths_wanted = death_breakpoints.any();
}

void Controller::request_pause() {
    pause_wanted = true;
    request_attention();
}
void Controller::wake() { request_attention(); }

void Controller::interrupt_program() { err_set_none(exc::KeyboardInterrupt); }

void Controller::stop_at_entry() {
    entry_wanted = true;
    update_hooks();
}

void Controller::stop(Stop stop) {
    if (!listener_ || stopped_) return;
    stop_ = std::move(stop);
    stopped_ = true;
    step.active = false;
    code_breakpoints.drain();
    pause_wanted = false;
    // A stop may come from inside native code whose exception is pending: it waits.
    Ref<> pending = own(std::exchange(thread->pending, nullptr));
    listener_->stopped(stop_);
    stopped_ = false;
    forget_heap_graph();
    for (Object* object : std::exchange(debugger_references, {})) decref(object);
    thread->pending = pending.release();
    bool at_instruction = stop_.frame && stop_.frame->state == FrameState::kAt;
    // The instruction that is stopped at runs next, without stopping again.
    at_instruction = at_instruction && is_patched(stop_.frame->code, instruction_index(stop_.frame->code, stop_.frame->pc));
    skip_pc = at_instruction ? stop_.frame->pc : nullptr;
    skip_frame = stop_.frame;
    stop_ = {};
    update_hooks();
    if (step.active) code_breakpoints.flood(current_frame());
}

void Controller::resume(Resume how) {
    step = {};
    step.how = how;
    if (how == Resume::kContinue) return;
    Frame* frame = current_frame();
    if (!frame) return;
    step.active = true;
    step.frame = frame;
    step.depth = frame_depth(frame);
    step.line = frame_line(frame);
    step.pc = step.last_pc = frame->pc;
    // From inside an instruction (a death, a call) the next instruction is a new one already.
    step.started = frame->state != FrameState::kAt;
}

std::vector<LineBreakpointResult> Controller::set_line_breakpoints(const std::string& path,
                                                                   const std::vector<std::pair<int, int>>& id_and_line) {
    return code_breakpoints.set_lines(path, id_and_line);
}

std::vector<Controller::BreakpointStatus> Controller::set_function_breakpoints(const std::vector<FunctionBreakpoint>& breakpoints) {
    std::vector<BreakpointStatus> statuses;
    std::vector<std::pair<int, std::string>> functions;
    std::vector<DeathBreakpoints::ByClass> classes;
    std::vector<DeathBreakpoints::ByObject> objects;
    for (const FunctionBreakpoint& breakpoint : breakpoints) {
        const std::string prefix = "collect:";
        if (breakpoint.name.compare(0, prefix.size(), prefix) != 0) {
            functions.push_back({breakpoint.id, breakpoint.name});
            statuses.push_back({breakpoint.id, true, ""});
            continue;
        }
        std::string what = breakpoint.name.substr(prefix.size());
        what.erase(0, what.find_first_not_of(' '));
        if (what.compare(0, 2, "0x") == 0) {
            uintptr_t address = std::strtoull(what.c_str(), nullptr, 16);
            if (is_object_address(address)) {
                objects.push_back({breakpoint.id, reinterpret_cast<Object*>(address)});
                statuses.push_back({breakpoint.id, true, ""});
            } else {
                statuses.push_back({breakpoint.id, false, "collect: there is no object at " + what});
            }
            continue;
        }
        struct Search {
            std::string name;
            bool found = false;
        } search{what};
        walk_heap(
            [](Object* object, void* context) {
                auto* s = static_cast<Search*>(context);
                if (type_check(object) && s->name == type_short_name(as_type(object))) s->found = true;
            },
            &search);
        classes.push_back({breakpoint.id, what, search.found});
        statuses.push_back({breakpoint.id, search.found, search.found ? "" : "collect: class " + what + " is not defined yet"});
    }
    code_breakpoints.set_functions(std::move(functions));
    death_breakpoints.set_classes(std::move(classes));
    death_breakpoints.set_named_objects(std::move(objects));
    update_hooks();
    return statuses;
}

std::vector<Controller::BreakpointStatus> Controller::set_life_breakpoints(const std::vector<LifeBreakpoint>& breakpoints) {
    std::vector<BreakpointStatus> statuses;
    std::vector<DeathBreakpoints::ByObject> objects;
    for (const LifeBreakpoint& breakpoint : breakpoints) {
        bool alive = is_object_address(reinterpret_cast<uintptr_t>(breakpoint.object));
        if (alive) objects.push_back({breakpoint.id, breakpoint.object});
        statuses.push_back({breakpoint.id, alive, alive ? "" : "collect: the object has been collected"});
    }
    death_breakpoints.set_objects(std::move(objects));
    update_hooks();
    return statuses;
}

void Controller::set_exception_breakpoints(bool raised, bool uncaught) {
    stop_on_raised = raised;
    stop_on_uncaught = uncaught;
    update_hooks();
}

Controller::Quiet::Quiet() { ++quiet; }
Controller::Quiet::~Quiet() { --quiet; }

}  // namespace refscope::vm
