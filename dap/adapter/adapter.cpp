#include "dap/adapter/adapter.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <nlohmann/json.hpp>

#include "dap/adapter/session_link.h"
#include "protocol/dap_table.h"
#include "protocol/log.h"
#include "protocol/tcp.h"

namespace refscope::dap {

namespace asio = boost::asio;
using protocol::LogLevel;
using protocol::dap::DapPeer;
using protocol::dap::Nothing;
using protocol::dap::RawReply;
using protocol::dap::Reply;
using protocol::dap::RequestError;
using protocol::dap::ResponseView;
using protocol::dap::Server;
using Json = nlohmann::json;

namespace {

constexpr std::size_t kMuchQueuedBytes = 1024 * 1024;
constexpr int kTerminatePatienceMs = 3000;
constexpr int kKillPatienceMs = 2000;
constexpr int kDisconnectPatienceMs = 2000;

std::string text_field(const Json& object, const char* key) {
    auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json arguments_of(const Json& request) {
    auto found = request.find("arguments");
    return found == request.end() ? Json() : *found;
}

// Commands after which a stopped program runs.
bool resumes(const std::string& command) {
    return command == "continue" || command == "next" || command == "stepIn" ||
           command == "stepOut" || command == "stepBack" || command == "reverseContinue";
}

}  // namespace

Adapter::Adapter(asio::io_context& io, std::unique_ptr<MessageStream> client,
                 AdapterOptions options, std::function<void()> on_closed)
    : io_(io),
      stream_(std::move(client)),
      options_(std::move(options)),
      on_closed_(std::move(on_closed)),
      alive_(std::make_shared<bool>(true)) {
    client_ = std::make_unique<DapPeer>([this](const Json& message) {
        stream_->send(message);
        if (!output_paused_ && stream_->queued_bytes() > kMuchQueuedBytes) {
            output_paused_ = true;
            if (debuggee_) debuggee_->pause_output(true);
        }
    });
    protocol::dap::bind_adapter_requests(*client_, *this);
    client_->on_other_request(
        [this](const Json& request, RawReply reply) { other_request(request, std::move(reply)); });
    stream_->on_room([this] {
        if (!output_paused_) return;
        output_paused_ = false;
        if (debuggee_) debuggee_->pause_output(false);
    });
    stream_->start({[this](Json&& message) { receive_from_client(std::move(message)); },
                    {},
                    [this] { client_vanished(); }});
}

Adapter::~Adapter() {
    *alive_ = false;
    if (debuggee_) debuggee_->silence();
    debuggee_.reset();
    client_.reset();
}

void Adapter::receive_from_client(Json&& message) {
    current_message_ = &message;
    client_->receive(message);
    current_message_ = nullptr;
}

// As they came, with whatever the typed form does not know.
std::string Adapter::current_arguments() const {
    return protocol::dump_json(arguments_of(*current_message_));
}

void Adapter::later(int milliseconds, std::function<void()> action) {
    auto timer =
        std::make_shared<asio::steady_timer>(io_, std::chrono::milliseconds(milliseconds));
    timer->async_wait([alive = alive_, timer, action = std::move(action)](auto) {
        if (*alive) action();
    });
}

void Adapter::say(const std::string& text, const char* category) {
    client_->send_event("output", {{"category", category}, {"output", text + "\n"}});
}

void Adapter::check_token(const std::optional<std::string>& given) const {
    if (!options_.token.empty() && given.value_or("") != options_.token) {
        throw RequestError("the token is missing or wrong", true);
    }
}

// ---- The beginning

void Adapter::initialize(const protocol::dap::InitializeRequestArguments& arguments,
                         Reply<protocol::dap::Capabilities> reply) {
    if (state_ != State::kNew) throw RequestError("initialize has been sent already");
    if (arguments.pathFormat.value_or("path") != "path") {
        throw RequestError("only pathFormat 'path' is understood");
    }
    client_info_ = arguments;
    client_info_json_ = current_arguments();
    state_ = State::kIdle;
    reply(protocol::dap::capabilities());
}

void Adapter::launch(const protocol::dap::LaunchRequestArguments& arguments,
                     Reply<Nothing> reply) {
    if (state_ == State::kNew) throw RequestError("initialize must come first");
    if (state_ != State::kIdle) throw RequestError("a program has been launched already");
    check_token(arguments.token);
    plan_ = make_launch_plan(arguments);
    launch_json_ = current_arguments();
    start_ = Start{reply.raw()};
    start_program(*plan_);
}

void Adapter::attach(const protocol::dap::AttachRequestArguments& arguments,
                     Reply<Nothing> reply) {
    if (state_ == State::kNew) throw RequestError("initialize must come first");
    if (state_ != State::kIdle) throw RequestError("a program has been launched already");
    check_token(arguments.token);
    if (!arguments.port) throw RequestError("attach: arguments.port is missing", true);
    protocol::ListenAddress address{arguments.host.value_or("127.0.0.1"),
                                    static_cast<int>(*arguments.port)};
    std::string problem;
    int fd = protocol::connect_tcp_descriptor(address, problem);
    if (fd < 0) throw RequestError("attach: " + problem, true);
    plan_.reset();
    launch_json_ = current_arguments();
    start_ = Start{reply.raw()};
    start_->is_attach = true;
    state_ = State::kStarting;
    debuggee_ = std::make_unique<Debuggee>(io_, *this);
    debuggee_->adopt_session(fd, address.host + ":" + std::to_string(address.port));
    introduce_client();
}

void Adapter::start_program(const LaunchPlan& plan) {
    state_ = State::kStarting;
    configuration_done_ = configuration_done_ && start_->is_restart;
    end_was_asked_for_ = false;
    debuggee_ = std::make_unique<Debuggee>(io_, *this);
    if (plan.console != Console::kInternal) {
        if (client_info_.supportsRunInTerminalRequest.value_or(false)) {
            start_in_terminal(plan);
            return;
        }
        say("refscope: this client cannot open a terminal; the program runs without one, and its "
            "input is empty");
    }
    ProcessSpec spec{options_.debuggee_command, plan.cwd, plan.env};
    spec.argv.insert(spec.argv.end(), {kSessionFlag, std::to_string(kSessionDescriptor)});
    spec.argv.insert(spec.argv.end(), plan.program_args.begin(), plan.program_args.end());
    std::string problem;
    if (!debuggee_->spawn(spec, problem)) {
        start_failed("cannot start " + problem);
        return;
    }
    debuggee_->pause_output(output_paused_);
    introduce_client();
}

void Adapter::start_in_terminal(const LaunchPlan& plan) {
    std::string problem;
    auto alive = alive_;
    Debuggee* debuggee = debuggee_.get();
    std::string path =
        debuggee_->await_connection(problem, [this, debuggee](const std::string& failure) {
            if (debuggee_.get() != debuggee || state_ != State::kStarting) return;
            if (failure.empty()) {
                introduce_client();
            } else {
                start_failed(failure);
            }
        });
    if (path.empty()) {
        start_failed(problem);
        return;
    }
    protocol::dap::RunInTerminalRequestArguments request;
    request.kind = plan.console == Console::kIntegratedTerminal ? "integrated" : "external";
    request.title = "refscope: " + plan.title;
    request.cwd = plan.cwd;
    request.args = options_.debuggee_command;
    request.args.insert(request.args.end(), {kSessionConnectFlag, path});
    request.args.insert(request.args.end(), plan.program_args.begin(), plan.program_args.end());
    if (!plan.env.empty()) {
        request.env.emplace();
        for (const auto& [name, value] : plan.env) (*request.env)[name].value = value;
    }
    client_->send_request(
        "runInTerminal", protocol::to_json_value(request),
        [this, alive, debuggee](const ResponseView& response) {
            if (!*alive || response.success || debuggee_.get() != debuggee) return;
            if (state_ == State::kStarting) {
                start_failed("the client could not open a terminal: " + response.message);
            }
        });
}

// The session hears what the client said, first of itself and then of the program.
void Adapter::introduce_client() {
    auto alive = alive_;
    Debuggee* debuggee = debuggee_.get();
    auto is_current = [this, alive, debuggee] { return *alive && debuggee_.get() == debuggee; };
    DapPeer& session = debuggee_->session();
    session.send_request("initialize", Json::parse(client_info_json_),
                         [this, is_current](const ResponseView& response) {
                             if (response.success || !is_current()) return;
                             start_failed("the session refused: " + response.message);
                         });
    session.send_request(
        start_->is_attach ? "attach" : "launch", Json::parse(launch_json_),
        [this, is_current](const ResponseView& response) {
            if (!is_current() || !start_) return;
            if (!response.success) {
                // When the program died before it could answer, `on_gone` has more to say.
                if (!response.whole.is_null()) start_failed(response.message);
                return;
            }
            session_accepted();
            if (start_ && !start_->is_restart) {
                start_->reply.send();
                start_.reset();
            }
        });
}

// Called for the answer to `launch` and for `initialized`, whichever comes first.
void Adapter::session_accepted() {
    if (state_ != State::kStarting) return;
    if (start_->is_restart) {
        if (start_->replays_left == 0) replay_breakpoints();
        return;
    }
    state_ = State::kRunning;
    if (plan_) {
        protocol::dap::ProcessEventBody body{plan_->title};
        body.systemProcessId = debuggee_->pid();
        body.isLocalProcess = true;
        body.startMethod = "launch";
        send_event(*client_, "process", body);
    }
    run_waiting_requests();
}

void Adapter::start_failed(const std::string& problem) {
    if (!start_) return;
    Start start = std::move(*start_);
    start_.reset();
    retire_debuggee();
    if (start.is_restart) {
        state_ = State::kEnded;
        say("refscope: the restart failed: " + problem, "important");
        client_->send_event("terminated");
    } else {
        state_ = State::kIdle;
    }
    start.reply.error(start.reply.command() + ": " + problem, true);
    refuse_waiting_requests("the program was not started");
    for (auto& reply : std::exchange(waiting_for_end_, {})) reply.send();
}

// The debuggee may be in the middle of a callback: it is silenced now and destroyed afterwards.
void Adapter::retire_debuggee() {
    if (!debuggee_) return;
    debuggee_->silence();
    debuggee_->send_signal(SIGKILL);
    std::shared_ptr<Debuggee> retired = std::move(debuggee_);
    asio::post(io_, [retired] {});
}

// ---- Restart

void Adapter::restart(const protocol::dap::RestartArguments& arguments, Reply<Nothing> reply) {
    if (state_ != State::kRunning && state_ != State::kEnded) {
        throw RequestError("restart: no program has been launched");
    }
    if (!plan_) throw RequestError("restart: a program that was attached to cannot be restarted");
    if (arguments.arguments && !arguments.arguments->text.empty()) {
        Json changed = Json::parse(arguments.arguments->text);
        plan_ = make_launch_plan(protocol::from_json_value<protocol::dap::LaunchRequestArguments>(
            changed, "arguments.arguments"));
        launch_json_ = arguments.arguments->text;
    }
    if (debuggee_) {
        debuggee_->drain_output();
        if (debuggee_->has_session()) {
            debuggee_->session().fail_pending_requests("the program is being restarted");
        }
        retire_debuggee();
    }
    if (stopped_thread_) {
        client_->send_event("continued",
                            {{"threadId", *stopped_thread_}, {"allThreadsContinued", true}});
        stopped_thread_.reset();
    }
    start_ = Start{reply.raw()};
    start_->is_restart = true;
    start_program(*plan_);
}

void Adapter::replay_breakpoints() {
    auto requests = breakpoints_.to_replay();
    start_->replays_left = requests.size() + 1;
    auto alive = alive_;
    Debuggee* debuggee = debuggee_.get();
    auto one_done = [this, alive, debuggee] {
        if (!*alive || debuggee_.get() != debuggee || !start_) return;
        if (--start_->replays_left == 0) restart_done();
    };
    for (const auto& request : requests) {
        debuggee_->session().send_request(
            request.command, Json::parse(request.arguments),
            [this, alive, request, one_done](const ResponseView& response) {
                if (!*alive) return;
                if (response.success) compare_breakpoints(request, response.body);
                one_done();
            });
    }
    one_done();
}

// The client does not see these answers: it is told of each breakpoint that is not what it was.
void Adapter::compare_breakpoints(const RememberedRequest& request, const Json& body) {
    auto breakpoints = body.is_object() ? body.find("breakpoints") : body.end();
    if (breakpoints == body.end() || !breakpoints->is_array()) return;
    for (std::size_t i = 0; i < breakpoints->size() && i < request.breakpoints.size(); ++i) {
        const Json& now = (*breakpoints)[i];
        if (now == Json::parse(request.breakpoints[i]) || !now.contains("id")) continue;
        Json event = {{"reason", "changed"}, {"breakpoint", now}};
        breakpoints_.note_event(event);
        client_->send_event("breakpoint", event);
    }
}

void Adapter::restart_done() {
    if (configuration_done_) {
        debuggee_->session().send_request("configurationDone", Json::object(), nullptr);
    }
    state_ = State::kRunning;
    start_->reply.send();
    start_.reset();
    run_waiting_requests();
}

// ---- Passing on

void Adapter::other_request(const Json& request, RawReply reply) {
    const std::string& command = reply.command();
    const auto* info = protocol::dap::find_request(command);
    bool is_custom = command.starts_with("refscope/");
    if (!info && !is_custom) throw RequestError("unknown command '" + command + "'");
    if (info && info->server == Server::kLater) {
        throw RequestError("the request '" + command + "' is not supported");
    }
    bool configures = is_configuration_request(command) || command == "configurationDone";
    switch (state_) {
        case State::kNew:
            throw RequestError("initialize must come first");
        case State::kIdle:
            if (!configures) throw RequestError(command + ": no program has been launched");
            [[fallthrough]];
        case State::kStarting:
            waiting_.push_back({std::make_shared<Json>(request), std::move(reply)});
            return;
        case State::kRunning:
            pass_to_session(request, std::move(reply));
            return;
        case State::kEnded:
            answer_after_end(request, std::move(reply));
            return;
        case State::kClosing:
            throw RequestError(command + ": the conversation is ending");
    }
}

void Adapter::pass_to_session(const Json& request, RawReply reply) {
    Json arguments = arguments_of(request);
    const std::string command = reply.command();
    if (command == "cancel" && arguments.is_object()) {
        auto id = arguments.find("requestId");
        if (id != arguments.end() && id->is_number_integer()) {
            auto known = session_seq_of_.find(id->get<std::int64_t>());
            if (known == session_seq_of_.end()) {
                reply.send();  // it has been answered already
                return;
            }
            *id = known->second;
        }
    }
    std::int64_t client_seq = reply.request_seq();
    auto alive = alive_;
    std::int64_t seq = debuggee_->session().send_request(
        command, arguments,
        [this, alive, reply, command, arguments, client_seq](const ResponseView& response) {
            if (*alive) {
                session_seq_of_.erase(client_seq);
                if (response.success) {
                    if (command == "configurationDone") configuration_done_ = true;
                    if (resumes(command)) stopped_thread_.reset();
                    if (is_configuration_request(command)) {
                        breakpoints_.note(command, arguments, response.body);
                    }
                }
            }
            if (response.whole.is_null()) {
                reply.error(command + ": " + response.message);
            } else {
                reply.pass_on(response.whole);
            }
        });
    session_seq_of_[client_seq] = seq;
}

void Adapter::run_waiting_requests() {
    while (!waiting_.empty() && state_ == State::kRunning) {
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        pass_to_session(*next.request, std::move(next.reply));
    }
}

void Adapter::refuse_waiting_requests(const std::string& reason) {
    for (auto& waiting : std::exchange(waiting_, {})) {
        waiting.reply.error(waiting.reply.command() + ": " + reason);
    }
}

// The program is gone, the client still asks: breakpoints are kept for a restart.
void Adapter::answer_after_end(const Json& request, RawReply reply) {
    const std::string& command = reply.command();
    if (command == "threads") {
        reply.send({{"threads", Json::array()}});
    } else if (command == "configurationDone") {
        reply.send();
    } else if (is_configuration_request(command)) {
        Json arguments = arguments_of(request);
        Json answer = Json::array();
        auto asked = arguments.is_object() ? arguments.find("breakpoints") : arguments.end();
        if (asked != arguments.end() && asked->is_array()) {
            for (std::size_t i = 0; i < asked->size(); ++i) {
                answer.push_back({{"verified", false}, {"message", "the program has ended"}});
            }
        }
        Json body = {{"breakpoints", answer}};
        breakpoints_.note(command, arguments, body);
        reply.send(body);
    } else {
        reply.error(command + ": the program has ended");
    }
}

void Adapter::on_session_event(Json message) {
    std::string event = text_field(message, "event");
    auto body = message.find("body");
    if (event == "initialized") {
        bool is_restart = start_ && start_->is_restart;
        session_accepted();
        // A restarted program is configured from memory, not by the client once more.
        if (is_restart) return;
    } else if (event == "stopped" && body != message.end() && body->is_object()) {
        stopped_thread_ = body->value("threadId", 1);
    } else if (event == "continued") {
        stopped_thread_.reset();
    } else if (event == "breakpoint" && body != message.end()) {
        breakpoints_.note_event(*body);
    }
    client_->send_renumbered_event(std::move(message));
}

void Adapter::on_session_request(const Json& request, RawReply reply) {
    client_->send_request(reply.command(), arguments_of(request),
                          [reply](const ResponseView& response) {
                              if (response.whole.is_null()) {
                                  reply.error(response.message);
                              } else {
                                  reply.pass_on(response.whole);
                              }
                          });
}

void Adapter::on_program_output(const char* category, std::string text) {
    client_->send_event("output", {{"category", category}, {"output", std::move(text)}});
}

// ---- The end

void Adapter::on_gone(const Departure& departure) {
    const ExitStatus& status = departure.status;
    if (state_ == State::kStarting && !(start_ && start_->is_restart)) {
        std::string how = status.signal ? "was killed by " + describe_signal(status.signal)
                                        : "ended with status " + std::to_string(status.code);
        start_failed("the program " + how + " before it could be debugged");
        close_when_ended();
        return;
    }
    report_end(departure);
}

void Adapter::report_end(const Departure& departure) {
    const ExitStatus& status = departure.status;
    if (debuggee_->has_session()) {
        debuggee_->session().fail_pending_requests("the program has ended");
    }
    bool is_attached = !plan_;
    if (status.signal != 0 && !end_was_asked_for_) {
        say("refscope: the program was killed by " + describe_signal(status.signal), "important");
    } else if (!status.known && !end_was_asked_for_ && !departure.session_said_terminated) {
        say("refscope: the connection to the program has broken", "important");
    }
    if (start_) {
        start_->reply.error(start_->reply.command() + ": the program has ended", true);
        start_.reset();
    }
    if (!departure.session_said_terminated) {
        if (!is_attached) client_->send_event("exited", {{"exitCode", status.code}});
        client_->send_event("terminated");
    }
    stopped_thread_.reset();
    if (state_ != State::kClosing) state_ = State::kEnded;
    retire_debuggee();
    std::deque<Waiting> waiting = std::exchange(waiting_, {});
    for (auto& request : waiting) answer_after_end(*request.request, std::move(request.reply));
    for (auto& reply : std::exchange(waiting_for_end_, {})) reply.send();
    close_when_ended();
}

void Adapter::terminate(const protocol::dap::TerminateArguments&, Reply<Nothing> reply) {
    bool again = std::exchange(end_was_asked_for_, true);
    if (!debuggee_) {
        reply();
        client_->send_event("terminated");
        return;
    }
    if (state_ == State::kStarting || again) {
        waiting_for_end_.push_back(reply.raw());
        debuggee_->send_signal(SIGKILL);
        return;
    }
    RawReply raw = reply.raw();
    debuggee_->session().send_request("terminate", Json::object(),
                                      [raw](const ResponseView& response) {
                                          // Gone before it could answer is terminated as well.
                                          if (response.success || response.whole.is_null()) {
                                              raw.send();
                                          } else {
                                              raw.error(response.message);
                                          }
                                      });
    Debuggee* debuggee = debuggee_.get();
    later(kTerminatePatienceMs, [this, debuggee] {
        if (debuggee_.get() != debuggee) return;
        debuggee_->send_signal(SIGTERM);
        later(kKillPatienceMs, [this, debuggee] {
            if (debuggee_.get() == debuggee) debuggee_->send_signal(SIGKILL);
        });
    });
}

void Adapter::disconnect(const protocol::dap::DisconnectArguments& arguments,
                         Reply<Nothing> reply) {
    refuse_waiting_requests("the client has disconnected");
    bool ends_program = arguments.terminateDebuggee.value_or(plan_.has_value());
    waiting_for_end_.push_back(reply.raw());
    bool has_session = debuggee_ && debuggee_->has_session() && state_ == State::kRunning;
    state_ = State::kClosing;
    end_was_asked_for_ = true;
    later(kDisconnectPatienceMs, [this] { end_conversation(); });
    // Nothing runs yet when a terminal has been asked and has not answered.
    if (!debuggee_ || debuggee_->pid() == 0) {
        if (!has_session) {
            end_conversation();
            return;
        }
    }
    if (has_session && (!ends_program || !plan_)) {
        debuggee_->session().send_request(
            "disconnect", {{"terminateDebuggee", ends_program}},
            [this, alive = alive_, ends_program](const ResponseView&) {
                if (!*alive || !debuggee_) return;
                if (!ends_program) debuggee_->let_go();
                end_conversation();
            });
        return;
    }
    debuggee_->send_signal(SIGKILL);
}

void Adapter::client_vanished() {
    if (state_ == State::kClosing) return;
    log(LogLevel::kInfo, "the client has gone without a disconnect");
    state_ = State::kClosing;
    end_was_asked_for_ = true;
    end_conversation();
}

void Adapter::close_when_ended() {
    if (state_ == State::kClosing) end_conversation();
}

// Answers what is open, sends what is queued, and closes.
void Adapter::end_conversation() {
    if (!on_closed_) return;
    if (debuggee_) {
        if (debuggee_->has_session()) {
            debuggee_->session().fail_pending_requests("the client has disconnected");
        }
        debuggee_->silence();
        std::shared_ptr<Debuggee> retired = std::move(debuggee_);
        asio::post(io_, [retired] {});
    }
    if (start_) start_->reply.error(start_->reply.command() + ": the client has disconnected");
    start_.reset();
    refuse_waiting_requests("the client has disconnected");
    for (auto& reply : std::exchange(waiting_for_end_, {})) reply.send();
    stream_->finish(std::exchange(on_closed_, nullptr));
}

}  // namespace refscope::dap
