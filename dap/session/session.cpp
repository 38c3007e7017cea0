#include "dap/session/session.h"

#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "dap/session/output_order.h"
#include "dap/session/variable_store.h"
#include "protocol/channel.h"
#include "protocol/dap_dispatch.h"
#include "protocol/dap_peer.h"
#include "protocol/dap_table.h"
#include "vm/control/control.h"
#include "vm/inspect/facts.h"
#include "vm/inspect/frame_view.h"
#include "vm/inspect/holders.h"

namespace refscope::dap {

using namespace protocol::dap;
using protocol::Int;

namespace {

constexpr Int kThread = 1;

const char* reason_text(vm::StopReason reason) {
    switch (reason) {
        case vm::StopReason::kEntry: return "entry";
        case vm::StopReason::kBreakpoint: return "breakpoint";
        case vm::StopReason::kFunctionBreakpoint: return "function breakpoint";
        case vm::StopReason::kStep: return "step";
        case vm::StopReason::kPause: return "pause";
        case vm::StopReason::kException: return "exception";
        case vm::StopReason::kCollect: return "collect";
    }
    return "pause";
}

std::string file_name(const std::string& path) {
    size_t slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string absolute(const std::string& path) {
    if (path.empty() || path[0] == '/' || path[0] == '<') return path;
    char folder[4096];
    return getcwd(folder, sizeof folder) ? std::string(folder) + "/" + path : path;
}

}  // namespace

struct Session::Impl : vm::Listener {
    explicit Impl(std::unique_ptr<protocol::Transport> transport)
        : channel(std::move(transport)), peer([this](const nlohmann::json& message) { channel.send(message); }) {
        bind_session_requests(peer, *this);
        peer.on_request("refscope/objectId", [this](const nlohmann::json& arguments, RawReply reply) { object_id(arguments, reply); });
    }

    // --- The queue between the reader thread and the interpreter's

    void start_reading() {
        protocol::Channel::Callbacks callbacks;
        callbacks.on_message = [this](nlohmann::json&& message) {
            // Answers are awaited by the interpreter's thread (see OutputOrder), so it is not the one to take them.
            if (message.is_object() && message.value("type", nlohmann::json()) == "response") {
                peer.receive(message);
                return;
            }
            {
                std::lock_guard lock(mutex);
                queue.push_back(std::move(message));
            }
            arrived.notify_one();
            vm::Controller::instance().wake();
            vm::program_output.interrupt();
        };
        callbacks.on_end = [this] {
            if (detached) return;
            // The client is gone: the program goes with it.
            _exit(1);
        };
        channel.start(std::move(callbacks));
    }

    bool take(nlohmann::json* message, bool wait) {
        std::unique_lock lock(mutex);
        if (wait) arrived.wait(lock, [this] { return !queue.empty(); });
        if (queue.empty()) return false;
        *message = std::move(queue.front());
        queue.pop_front();
        return true;
    }

    void serve_waiting() {
        nlohmann::json message;
        while (take(&message, false)) peer.receive(message);
    }

    // --- vm::Listener

    void stopped(const vm::Stop& stop) override {
        vm::program_output.flush();
        store.clear();
        store.stop = &stop;
        frames.clear();
        frames = vm::thread_frames();
        StoppedEventBody body;
        body.reason = reason_text(stop.reason);
        if (!stop.description.empty()) {
            body.description = stop.description;
            body.text = stop.description;
        }
        body.threadId = kThread;
        body.allThreadsStopped = true;
        if (!stop.breakpoint_ids.empty()) {
            body.hitBreakpointIds = protocol::List<Int>(stop.breakpoint_ids.begin(), stop.breakpoint_ids.end());
        }
        is_stopped = true;
        send_event(peer, "stopped", body);
        while (is_stopped) {
            nlohmann::json message;
            if (take(&message, true)) peer.receive(message);
        }
        remember_totals();
        store.clear();
        store.stop = nullptr;
        frames.clear();
    }

    void attention() override {
        serve_waiting();
        if (interrupt_program) {
            interrupt_program = false;
            vm::Controller::instance().interrupt_program();
        }
    }

    void breakpoint_changed(int id, bool verified, const std::string& message) override {
        BreakpointEventBody body;
        body.reason = "changed";
        body.breakpoint.id = id;
        body.breakpoint.verified = verified;
        if (!message.empty()) body.breakpoint.message = message;
        send_event(peer, "breakpoint", body);
    }

    void console(const std::string& text) override {
        vm::program_output.flush();
        OutputEventBody body;
        body.category = "console";
        body.output = text;
        send_event(peer, "output", body);
    }

    void remember_totals() {
        // Only somebody who looked at the scope wants to know what has grown since.
        if (!totals_seen) return;
        vm::HeapTotals totals = vm::heap_totals();
        store.before = {};
        for (const vm::TypeTotal& total : totals.by_type) {
            store.before.by_type.push_back({total.name, {static_cast<long long>(total.objects), static_cast<long long>(total.bytes)}});
        }
        for (const vm::LineTotal& total : totals.by_line) {
            store.before.by_line.push_back({total.site.file + ":" + std::to_string(total.site.line),
                                            {static_cast<long long>(total.objects), static_cast<long long>(total.bytes)}});
        }
    }

    // --- Start and end

    void initialize(const InitializeRequestArguments&, Reply<Capabilities> reply) { reply(capabilities()); }
    void launch(const LaunchRequestArguments& arguments, Reply<Nothing> reply) {
        store.display.counts = arguments.showCounts.value_or(true);
        stop_on_entry = arguments.stopOnEntry.value_or(false);
        no_debug = arguments.noDebug.value_or(false);
        reply();
        peer.send_event("initialized");
    }
    void attach(const AttachRequestArguments& arguments, Reply<Nothing> reply) {
        store.display.counts = arguments.showCounts.value_or(true);
        reply();
        peer.send_event("initialized");
    }
    void configuration_done(const Nothing&, Reply<Nothing> reply) {
        reply();
        configured = true;
    }
    void terminate(const TerminateArguments&, Reply<Nothing> reply) {
        reply();
        interrupt_program = true;
        no_debug = true;
        vm::Controller::instance().set_exception_breakpoints(false, false);
        go_on(vm::Resume::kContinue);
        vm::Controller::instance().wake();
    }
    void disconnect(const DisconnectArguments& arguments, Reply<Nothing> reply) {
        bool end = arguments.terminateDebuggee.value_or(true);
        reply();
        if (end) {
            vm::program_output.flush();
            _exit(0);
        }
        detached = true;
        output_order.stop();
        vm::Controller::instance().detach();
        go_on(vm::Resume::kContinue);
    }

    void go_on(vm::Resume how) {
        vm::Controller::instance().resume(how);
        is_stopped = false;
    }

    // --- Breakpoints

    int new_id(const std::optional<Int>& wanted) {
        if (wanted) {
            next_id = std::max(next_id, static_cast<int>(*wanted) + 1);
            return static_cast<int>(*wanted);
        }
        return next_id++;
    }

    void set_breakpoints(const SetBreakpointsArguments& arguments, Reply<SetBreakpointsResponseBody> reply) {
        if (!arguments.source.path) return reply.error("setBreakpoints: arguments.source.path is missing");
        std::string path = *arguments.source.path;
        std::vector<std::pair<int, int>> wanted;
        for (const SourceBreakpoint& breakpoint : arguments.breakpoints.value_or(protocol::List<SourceBreakpoint>{})) {
            wanted.push_back({new_id(breakpoint.refscopeId), static_cast<int>(breakpoint.line)});
        }
        SetBreakpointsResponseBody body;
        for (const vm::LineBreakpointResult& result : vm::Controller::instance().set_line_breakpoints(path, no_debug ? std::vector<std::pair<int, int>>{} : wanted)) {
            Breakpoint breakpoint;
            breakpoint.id = result.id;
            breakpoint.verified = result.verified;
            breakpoint.line = result.line;
            breakpoint.source = arguments.source;
            if (!result.message.empty()) breakpoint.message = result.message;
            body.breakpoints.push_back(breakpoint);
        }
        if (no_debug) {
            for (auto [id, line] : wanted) {
                Breakpoint breakpoint;
                breakpoint.id = id;
                breakpoint.verified = false;
                breakpoint.line = line;
                body.breakpoints.push_back(breakpoint);
            }
        }
        reply(body);
    }

    static Breakpoint status(const vm::Controller::BreakpointStatus& from) {
        Breakpoint breakpoint;
        breakpoint.id = from.id;
        breakpoint.verified = from.verified;
        if (!from.message.empty()) breakpoint.message = from.message;
        return breakpoint;
    }

    void set_function_breakpoints(const SetFunctionBreakpointsArguments& arguments, Reply<SetFunctionBreakpointsResponseBody> reply) {
        std::vector<vm::Controller::FunctionBreakpoint> wanted;
        // A breakpoint that stays keeps its id.
        std::map<std::string, int> kept;
        for (const FunctionBreakpoint& breakpoint : arguments.breakpoints) {
            auto known = function_ids.find(breakpoint.name);
            int id = breakpoint.refscopeId || known == function_ids.end() ? new_id(breakpoint.refscopeId) : known->second;
            kept[breakpoint.name] = id;
            wanted.push_back({id, breakpoint.name});
        }
        function_ids = std::move(kept);
        SetFunctionBreakpointsResponseBody body;
        if (no_debug) wanted.clear();
        for (const auto& result : vm::Controller::instance().set_function_breakpoints(wanted)) body.breakpoints.push_back(status(result));
        while (body.breakpoints.size() < arguments.breakpoints.size()) body.breakpoints.push_back(status({next_id++, false, ""}));
        reply(body);
    }

    void set_exception_breakpoints(const SetExceptionBreakpointsArguments& arguments, Reply<SetExceptionBreakpointsResponseBody> reply) {
        bool raised = false, uncaught = false;
        SetExceptionBreakpointsResponseBody body;
        body.breakpoints = protocol::List<Breakpoint>{};
        for (const std::string& filter : arguments.filters) {
            raised |= filter == "raised";
            uncaught |= filter == "uncaught";
            Breakpoint breakpoint;
            breakpoint.verified = filter == "raised" || filter == "uncaught";
            body.breakpoints->push_back(breakpoint);
        }
        if (!no_debug) vm::Controller::instance().set_exception_breakpoints(raised, uncaught);
        reply(body);
    }

    void data_breakpoint_info(const DataBreakpointInfoArguments& arguments, Reply<DataBreakpointInfoResponseBody> reply) {
        DataBreakpointInfoResponseBody body;
        vm::Object* object = nullptr;
        bool life = false;
        if (arguments.variablesReference) {
            const Reference* reference = store.find(*arguments.variablesReference);
            if (!reference) return reply.error("dataBreakpointInfo: the variables reference is not valid at this stop");
            life = reference->place == Place::kMemory && arguments.name == "life";
            if (!reference->object || vm::is_alive(reference->object)) object = store.child_object(*reference, arguments.name);
        } else if (is_stopped) {
            vm::Evaluated value = vm::evaluate_quietly(frame_of(arguments.frameId), arguments.name);
            object = value.object;
        }
        life |= arguments.mode.value_or("") == "collect";
        if (!object || !life) {
            body.description = object ? "choose the row `life` of its memory, or the mode `collect`" : "there is no object to watch";
            return reply(body);
        }
        body.dataId = protocol::Nullable<std::string>("collect:" + vm::hex_id(object));
        body.description = "collect: " + vm::short_name(object);
        body.accessTypes = protocol::List<DataBreakpointAccessType>{DataBreakpointAccessType::write};
        body.canPersist = false;
        reply(body);
    }

    void set_data_breakpoints(const SetDataBreakpointsArguments& arguments, Reply<SetDataBreakpointsResponseBody> reply) {
        std::vector<vm::Controller::LifeBreakpoint> wanted;
        std::map<std::string, int> kept;
        SetDataBreakpointsResponseBody body;
        for (const DataBreakpoint& breakpoint : arguments.breakpoints) {
            auto known = data_ids.find(breakpoint.dataId);
            int id = breakpoint.refscopeId || known == data_ids.end() ? new_id(breakpoint.refscopeId) : known->second;
            kept[breakpoint.dataId] = id;
            uintptr_t address = 0;
            if (breakpoint.dataId.compare(0, 10, "collect:0x") == 0) address = std::strtoull(breakpoint.dataId.c_str() + 8, nullptr, 16);
            wanted.push_back({id, reinterpret_cast<vm::Object*>(address)});
        }
        data_ids = std::move(kept);
        for (const auto& result : vm::Controller::instance().set_life_breakpoints(wanted)) body.breakpoints.push_back(status(result));
        reply(body);
    }

    // --- Going on

    void continue_(const ContinueArguments&, Reply<ContinueResponseBody> reply) {
        if (!is_stopped) return reply.error("the program is running");
        ContinueResponseBody body;
        body.allThreadsContinued = true;
        reply(body);
        go_on(vm::Resume::kContinue);
    }
    void step(const Reply<Nothing>& reply, vm::Resume how) {
        if (!is_stopped) return reply.error("the program is running");
        reply();
        go_on(how);
    }
    void next(const NextArguments&, Reply<Nothing> reply) { step(reply, vm::Resume::kNext); }
    void step_in(const StepInArguments&, Reply<Nothing> reply) { step(reply, vm::Resume::kStepIn); }
    void step_out(const StepOutArguments&, Reply<Nothing> reply) { step(reply, vm::Resume::kStepOut); }
    void pause(const PauseArguments&, Reply<Nothing> reply) {
        reply();
        if (!is_stopped) vm::Controller::instance().request_pause();
    }

    // --- Looking

    vm::Frame* frame_of(const std::optional<Int>& id) {
        if (!id) return frames.empty() ? nullptr : frames[0];
        return *id >= 1 && static_cast<size_t>(*id) <= frames.size() ? frames[static_cast<size_t>(*id) - 1] : nullptr;
    }

    void threads(const Nothing&, Reply<ThreadsResponseBody> reply) {
        ThreadsResponseBody body;
        body.threads.push_back({kThread, "MainThread"});
        reply(body);
    }

    void stack_trace(const StackTraceArguments& arguments, Reply<StackTraceResponseBody> reply) {
        if (!is_stopped) return reply.error("the program is running");
        StackTraceResponseBody body;
        body.totalFrames = static_cast<Int>(frames.size());
        auto start = static_cast<size_t>(std::max<Int>(0, arguments.startFrame.value_or(0)));
        Int levels = arguments.levels.value_or(0);
        size_t end = levels > 0 ? std::min(frames.size(), start + static_cast<size_t>(levels)) : frames.size();
        for (size_t i = start; i < end; ++i) {
            vm::FramePlace place = vm::frame_place(frames[i]);
            StackFrame row;
            row.id = static_cast<Int>(i) + 1;
            row.name = place.function;
            row.line = place.line;
            row.column = row.line > 0 ? 1 : 0;
            if (place.file.empty() || place.file[0] != '<') {
                Source source;
                source.path = absolute(place.file);
                source.name = file_name(place.file);
                row.source = source;
            }
            body.stackFrames.push_back(row);
        }
        reply(body);
    }

    void scopes(const ScopesArguments& arguments, Reply<ScopesResponseBody> reply) {
        vm::Frame* frame = is_stopped ? frame_of(arguments.frameId) : nullptr;
        if (!frame) return reply.error("scopes: there is no frame " + std::to_string(arguments.frameId) + " at this stop");
        ScopesResponseBody body;
        if (store.stop && !store.stop->dying.empty()) {
            Scope dying;
            dying.name = "Dying";
            dying.variablesReference = store.add({Place::kDying});
            body.scopes.push_back(dying);
        }
        Scope locals;
        locals.name = "Locals";
        locals.presentationHint = "locals";
        locals.variablesReference = store.add({Place::kLocals, nullptr, frame});
        body.scopes.push_back(locals);
        Scope globals;
        globals.name = "Globals";
        globals.presentationHint = "globals";
        globals.variablesReference = store.add({Place::kGlobals, nullptr, frame});
        globals.expensive = true;
        body.scopes.push_back(globals);
        Scope memory;
        memory.name = "Memory";
        memory.variablesReference = store.add({Place::kMemoryScope});
        memory.expensive = true;
        body.scopes.push_back(memory);
        reply(body);
    }

    void variables(const VariablesArguments& arguments, Reply<VariablesResponseBody> reply) {
        const Reference* reference = is_stopped ? store.find(arguments.variablesReference) : nullptr;
        if (!reference) return reply.error("variables: the reference " + std::to_string(arguments.variablesReference) + " is not valid at this stop");
        if (reference->place == Place::kMemoryScope) totals_seen = true;
        bool hex = arguments.format && arguments.format->hex.value_or(false);
        store.display.hex = hex;
        VariablesResponseBody body;
        body.variables = store.children(*reference, arguments);
        store.display.hex = false;
        reply(body);
    }

    void evaluate(const EvaluateArguments& arguments, Reply<EvaluateResponseBody> reply) {
        if (!is_stopped) return reply.error("the program is running");
        vm::Frame* frame = frame_of(arguments.frameId);
        if (!frame) return reply.error("evaluate: there is no such frame at this stop");
        std::string context = arguments.context.value_or("");
        vm::Evaluated value = vm::evaluate_quietly(frame, arguments.expression);
        if (value.needs_code && (context == "repl" || context == "clipboard" || context == "variables")) {
            value = vm::evaluate_freely(frame, arguments.expression);
        }
        if (!value.error.empty()) return reply.error(value.error);
        EvaluateResponseBody body;
        body.variablesReference = 0;
        if (value.object) {
            if (context == "clipboard") {
                vm::DisplayOptions plain = store.display;
                plain.counts = false;
                plain.max_text = 100000;
                body.result = vm::display(value.object, plain);
            } else {
                Variable row = store.variable("", value.object, arguments.expression);
                body.result = row.value;
                body.variablesReference = row.variablesReference;
                body.indexedVariables = row.indexedVariables;
                body.namedVariables = row.namedVariables;
            }
            body.type = vm::type_name_of(value.object);
        } else {
            body.result = value.text;
        }
        reply(body);
    }

    // {variablesReference, name} → {id, type}: which object a row of the Variables view is.
    void object_id(const nlohmann::json& arguments, const RawReply& reply) {
        if (!is_stopped) return reply.error("the program is running");
        if (!arguments.is_object() || !arguments.contains("variablesReference") || !arguments["variablesReference"].is_number_integer() ||
            !arguments.contains("name") || !arguments["name"].is_string()) {
            return reply.error("refscope/objectId: arguments.variablesReference and arguments.name are needed");
        }
        const Reference* reference = store.find(arguments["variablesReference"].get<Int>());
        vm::Object* object = reference ? store.child_object(*reference, arguments["name"].get<std::string>()) : nullptr;
        if (!object || !vm::is_alive(object)) return reply.error("refscope/objectId: no object stands behind that row");
        reply.send({{"id", vm::hex_id(object)}, {"type", vm::type_name_of(object)}});
    }

    protocol::Channel channel;
    OutputOrder output_order{peer};  // outlives the peer, whose last answers it may get
    DapPeer peer;
    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<nlohmann::json> queue;

    VariableStore store;
    std::vector<vm::Frame*> frames;
    std::map<std::string, int> function_ids, data_ids;
    int next_id = 1;
    bool is_stopped = false, configured = false, stop_on_entry = false, no_debug = false, totals_seen = false;
    bool interrupt_program = false;
    std::atomic<bool> detached{false};
};

Session::Session(std::unique_ptr<protocol::Transport> transport) : impl_(std::make_unique<Impl>(std::move(transport))) {}
Session::~Session() = default;

void Session::begin() {
    vm::Controller::instance().attach(impl_.get());
    impl_->start_reading();
    while (!impl_->configured) {
        nlohmann::json message;
        if (impl_->take(&message, true)) impl_->peer.receive(message);
    }
    if (impl_->stop_on_entry && !impl_->no_debug) vm::Controller::instance().stop_at_entry();
}

void Session::main_ended() { vm::program_output.flush(); }

void Session::finished(int exit_code) {
    if (impl_->detached) return;
    vm::Controller::instance().detach();
    impl_->detached = true;
    impl_->output_order.stop();
    ExitedEventBody body;
    body.exitCode = exit_code;
    send_event(impl_->peer, "exited", body);
}

}  // namespace refscope::dap
