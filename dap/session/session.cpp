#include "dap/session/session.h"

#include <unistd.h>

#include <cstdlib>
#include <future>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "dap/session/breakpoint_rules.h"
#include "dap/session/client.h"
#include "dap/session/lookout.h"
#include "dap/session/mailbox.h"
#include "dap/session/output_order.h"
#include "dap/session/variable_store.h"
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
    // --- Clients

    void take_client(std::shared_ptr<Client> arrived) {
        client = std::move(arrived);
        bind_session_requests(client->peer, *this);
        client->peer.on_request("refscope/objectId", [this](const nlohmann::json& arguments, RawReply reply) { object_id(arguments, reply); });
    }

    // The adapter that started the program, which goes with it.
    void serve_owner(std::unique_ptr<protocol::Transport> transport) {
        take_client(std::make_shared<Client>(std::move(transport)));
        output_order = std::make_unique<OutputOrder>(client->peer);
    }
    void start_reading() {
        client->channel.start(client->callbacks(mailbox, [this] {
            if (!detached) _exit(1);
        }));
    }

    // One client after the other; runs on a thread of its own.
    void serve_visitors() {
        while (auto transport = listener->accept()) {
            auto visitor = std::make_shared<Client>(std::move(transport));
            visitor->admitted = token.empty();
            mailbox.post([this, visitor] { take_client(visitor); });
            visitor->channel.run(visitor->callbacks(mailbox, {}));
            std::promise<void> gone;
            mailbox.post([this, &visitor, &gone] {
                visitor_left();
                visitor.reset();
                gone.set_value();
            });
            // What ends the session meanwhile ends the process; nothing of this thread is then needed.
            gone.get_future().wait();
        }
    }

    void visitor_left() {
        forget_client_state();
        client.reset();
        if (is_stopped) go_on(vm::Resume::kContinue);
    }

    // The breakpoints go with the client that set them.
    void forget_client_state() {
        vm::Controller::instance().detach();
        vm::Controller::instance().attach(this);
        rules.clear();
        function_ids.clear();
        data_ids.clear();
        no_debug = false;
    }

    template <class Body>
    void tell(const char* event, const Body& body) {
        if (client) send_event(client->peer, event, body);
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
        if (lookout) lookout->set_stopped(true);
        tell("stopped", body);
        while (is_stopped) mailbox.run_next();
        if (lookout) lookout->set_stopped(false);
        remember_totals();
        store.clear();
        store.stop = nullptr;
        frames.clear();
    }

    void attention() override {
        mailbox.run_waiting();
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
        tell("breakpoint", body);
    }

    std::vector<int> stopping(const std::vector<int>& ids, vm::Frame* frame) override {
        return rules.stopping(ids, frame, [this](const std::string& text) { console(text); });
    }

    void console(const std::string& text) override {
        vm::program_output.flush();
        OutputEventBody body;
        body.category = "console";
        body.output = text;
        tell("output", body);
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
        if (listener) return reply.error("launch: the program runs already; attach to it");
        store.display.counts = arguments.showCounts.value_or(true);
        stop_on_entry = arguments.stopOnEntry.value_or(false);
        no_debug = arguments.noDebug.value_or(false);
        reply();
        client->peer.send_event("initialized");
    }
    void attach(const AttachRequestArguments& arguments, Reply<Nothing> reply) {
        if (!client->admitted && arguments.token.value_or("") != token) {
            return reply.error("attach: the program asks for another token");
        }
        client->admitted = true;
        store.display.counts = arguments.showCounts.value_or(true);
        reply();
        client->peer.send_event("initialized");
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
        bool end = arguments.terminateDebuggee.value_or(!listener);
        reply();
        if (end) {
            vm::program_output.flush();
            _exit(0);
        }
        if (listener) {
            client->channel.close();  // whoever attaches next is waited for
            return;
        }
        detached = true;
        output_order->stop();
        lookout.reset();
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
            const SourceBreakpoint& asked = (*arguments.breakpoints)[body.breakpoints.size()];
            BreakpointRule rule{asked.condition.value_or(""), asked.hitCondition.value_or(""), asked.logMessage.value_or("")};
            std::string problem = rules.set(result.id, path + ":" + std::to_string(asked.line), rule);
            breakpoint.id = result.id;
            breakpoint.verified = result.verified && problem.empty();
            breakpoint.line = result.line;
            breakpoint.source = arguments.source;
            if (problem.empty()) problem = result.message;
            if (!problem.empty()) breakpoint.message = problem;
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
        for (auto result : vm::Controller::instance().set_function_breakpoints(wanted)) {
            const FunctionBreakpoint& asked = arguments.breakpoints[body.breakpoints.size()];
            std::string problem = rules.set(result.id, "function " + asked.name, {asked.condition.value_or(""), asked.hitCondition.value_or(""), ""});
            if (!problem.empty()) result = {result.id, false, problem};
            body.breakpoints.push_back(status(result));
        }
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

    // {path, name, scope} → the count of what that name is bound to now. `scope` is the first line of the function whose variable it is,
    // 0 for a global.
    nlohmann::json live(const nlohmann::json& arguments) {
        if (!is_stopped) return {{"state", "running"}};
        nlohmann::json body = {{"state", "stopped"}, {"found", false}};
        std::string path = arguments.value("path", ""), name = arguments.value("name", "");
        int scope = arguments.value("scope", 0);
        for (vm::Frame* frame : frames) {
            vm::FramePlace place = vm::frame_place(frame);
            if (absolute(place.file) != path || (scope != 0 && place.first_line != scope)) continue;
            vm::Object* object = nullptr;
            for (auto& [bound, value] : scope == 0 ? vm::frame_globals_list(frame) : vm::frame_names(frame)) {
                if (bound == name) object = value;
            }
            if (!object) continue;
            body["found"] = true;
            body["function"] = place.function;
            body["line"] = place.line;
            body["value"] = vm::display(object, store.display);
            body["type"] = vm::type_name_of(object);
            body["size"] = vm::size_of(object);
            if (vm::is_shared_by_runtime(object)) break;
            body["refcount"] = vm::refcount_of(object);
            for (const vm::Holder& holder : vm::holders_of(object)) body["holders"].push_back(holder.name);
            break;
        }
        return body;
    }

    Mailbox mailbox;
    std::unique_ptr<protocol::TcpListener> listener;  // null: the adapter started the program, and its conversation is the only one
    std::string token;
    std::unique_ptr<OutputOrder> output_order;  // outlives the client, whose last answers it may get
    std::shared_ptr<Client> client;             // null: nobody has attached
    std::unique_ptr<Lookout> lookout;

    VariableStore store;
    BreakpointRules rules;
    std::vector<vm::Frame*> frames;
    std::map<std::string, int> function_ids, data_ids;
    int next_id = 1;
    bool is_stopped = false, configured = false, stop_on_entry = false, no_debug = false, totals_seen = false;
    bool interrupt_program = false;
    std::atomic<bool> detached{false};
};

Session::Session(std::unique_ptr<protocol::Transport> adapter) : impl_(std::make_unique<Impl>()) {
    impl_->serve_owner(std::move(adapter));
}

Session::Session(std::unique_ptr<protocol::TcpListener> listener, std::string token, bool wait) : impl_(std::make_unique<Impl>()) {
    impl_->listener = std::move(listener);
    impl_->token = std::move(token);
    impl_->configured = !wait;
}

Session::~Session() = default;

void Session::begin(const std::string& program) {
    vm::Controller::instance().attach(impl_.get());
    impl_->lookout = Lookout::open(impl_->mailbox, absolute(program), [impl = impl_.get()](const nlohmann::json& arguments) { return impl->live(arguments); });
    if (impl_->listener) {
        std::thread([impl = impl_.get()] { impl->serve_visitors(); }).detach();
    } else {
        impl_->start_reading();
    }
    while (!impl_->configured) impl_->mailbox.run_next();
    if (impl_->stop_on_entry && !impl_->no_debug) vm::Controller::instance().stop_at_entry();
}

void Session::main_ended() { vm::program_output.flush(); }

void Session::finished(int exit_code) {
    impl_->lookout.reset();
    if (impl_->detached) return;
    vm::Controller::instance().detach();
    impl_->detached = true;
    if (impl_->output_order) impl_->output_order->stop();
    ExitedEventBody body;
    body.exitCode = exit_code;
    impl_->tell("exited", body);
    if (impl_->listener && impl_->client) impl_->client->peer.send_event("terminated");
}

}  // namespace refscope::dap
