// The debug adapter: one conversation with one client. It answers for the process (launch, restart,
// disconnect, what became of it) and passes everything else between the client and the session in
// the debuggee, with numbers of its own on both sides. Belongs to the io_context's thread. Owns the
// client's stream and the debuggee; `on_closed` is called once, when the conversation is over and
// the debuggee has ended; the owner may then destroy the adapter.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dap/adapter/breakpoint_memory.h"
#include "dap/adapter/debuggee.h"
#include "dap/adapter/launch_plan.h"
#include "dap/adapter/message_stream.h"
#include "protocol/dap_dispatch.h"

namespace refscope::dap {

struct AdapterOptions {
    // How a debuggee is started: this executable and `run`, then the session's and the program's
    // arguments.
    std::vector<std::string> debuggee_command;
    // If not empty, launch and attach must carry it.
    std::string token;
};

class Adapter : public DebuggeeListener {
  public:
    Adapter(boost::asio::io_context& io, std::unique_ptr<MessageStream> client,
            AdapterOptions options, std::function<void()> on_closed);
    ~Adapter() override;

    // The adapter's rows of the request table.
    void initialize(const protocol::dap::InitializeRequestArguments& arguments,
                    protocol::dap::Reply<protocol::dap::Capabilities> reply);
    void launch(const protocol::dap::LaunchRequestArguments& arguments,
                protocol::dap::Reply<protocol::dap::Nothing> reply);
    void attach(const protocol::dap::AttachRequestArguments& arguments,
                protocol::dap::Reply<protocol::dap::Nothing> reply);
    void restart(const protocol::dap::RestartArguments& arguments,
                 protocol::dap::Reply<protocol::dap::Nothing> reply);
    void terminate(const protocol::dap::TerminateArguments& arguments,
                   protocol::dap::Reply<protocol::dap::Nothing> reply);
    void disconnect(const protocol::dap::DisconnectArguments& arguments,
                    protocol::dap::Reply<protocol::dap::Nothing> reply);

  private:
    enum class State {
        kNew,        // before `initialize`
        kIdle,       // nothing launched yet
        kStarting,   // until the session has taken the launch
        kRunning,    // the session is there
        kEnded,      // the program has ended
        kClosing     // the client has left or is leaving
    };
    struct Waiting {
        std::shared_ptr<nlohmann::json> request;
        protocol::dap::RawReply reply;
    };
    // A launch, attach or restart that is under way.
    struct Start {
        protocol::dap::RawReply reply;
        bool is_restart = false;
        bool is_attach = false;
        std::size_t replays_left = 0;
    };

    // The session and its program
    void start_program(const LaunchPlan& plan);
    void start_in_terminal(const LaunchPlan& plan);
    void introduce_client();
    void session_accepted();
    void replay_breakpoints();
    void compare_breakpoints(const RememberedRequest& request, const nlohmann::json& body);
    void restart_done();
    void start_failed(const std::string& problem);
    void run_waiting_requests();
    void refuse_waiting_requests(const std::string& reason);
    void retire_debuggee();

    // Passing on
    void other_request(const nlohmann::json& request, protocol::dap::RawReply reply);
    void pass_to_session(const nlohmann::json& request, protocol::dap::RawReply reply);
    void answer_after_end(const nlohmann::json& request, protocol::dap::RawReply reply);
    void on_session_event(nlohmann::json message) override;
    void on_session_request(const nlohmann::json& request,
                            protocol::dap::RawReply reply) override;
    void on_program_output(const char* category, std::string text) override;
    void on_gone(const Departure& departure) override;
    void report_end(const Departure& departure);

    void receive_from_client(nlohmann::json&& message);
    std::string current_arguments() const;
    void client_vanished();
    void end_conversation();
    void close_when_ended();
    void later(int milliseconds, std::function<void()> action);
    void check_token(const std::optional<std::string>& given) const;
    void say(const std::string& text, const char* category = "console");

    boost::asio::io_context& io_;
    std::unique_ptr<MessageStream> stream_;
    AdapterOptions options_;
    std::function<void()> on_closed_;
    std::unique_ptr<protocol::dap::DapPeer> client_;
    std::unique_ptr<Debuggee> debuggee_;
    std::shared_ptr<bool> alive_;
    State state_ = State::kNew;
    protocol::dap::InitializeRequestArguments client_info_;
    std::string client_info_json_;    // as it came
    std::string launch_json_;         // the arguments of launch or attach, as they came
    std::optional<LaunchPlan> plan_;  // nothing: attached
    std::optional<Start> start_;
    std::deque<Waiting> waiting_;
    std::map<std::int64_t, std::int64_t> session_seq_of_;  // by the client's seq, while unanswered
    BreakpointMemory breakpoints_;
    bool configuration_done_ = false;
    bool end_was_asked_for_ = false;
    bool output_paused_ = false;
    std::optional<std::int64_t> stopped_thread_;
    const nlohmann::json* current_message_ = nullptr;
    std::vector<protocol::dap::RawReply> waiting_for_end_;  // terminate, disconnect
};

}  // namespace refscope::dap
