// One run of a program under the adapter: its process (unless a terminal started it or it was
// attached to), its output, and the conversation with its session. Belongs to the io_context's
// thread. The listener outlives it or calls `silence` first; after `on_gone` nothing more comes.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dap/adapter/debuggee_process.h"
#include "protocol/dap_peer.h"

namespace refscope::dap {

struct Departure {
    ExitStatus status;
    bool session_said_terminated = false;  // it was attached to, and told the client itself
};

class DebuggeeListener {
  public:
    virtual ~DebuggeeListener() = default;
    virtual void on_session_event(nlohmann::json message) = 0;
    // What the session asks of the client (it passes through).
    virtual void on_session_request(const nlohmann::json& request,
                                    protocol::dap::RawReply reply) = 0;
    virtual void on_program_output(const char* category, std::string text) = 0;
    virtual void on_gone(const Departure& departure) = 0;
};

class Debuggee {
  public:
    Debuggee(boost::asio::io_context& io, DebuggeeListener& listener);
    ~Debuggee();
    Debuggee(const Debuggee&) = delete;
    Debuggee& operator=(const Debuggee&) = delete;

    // Starts the program here. False with a reason when that fails.
    bool spawn(const ProcessSpec& spec, std::string& problem);
    // Waits on a Unix socket for a program that a terminal starts; `connected` is called once,
    // with a reason if nobody came within the time.
    std::string await_connection(std::string& problem,
                                 std::function<void(const std::string& problem)> connected);
    // Takes over a connection to a program that runs by itself.
    void adopt_session(int fd, std::string name);

    protocol::dap::DapPeer& session() { return *session_; }
    bool has_session() const { return session_ != nullptr; }
    bool is_local_child() const { return process_ != nullptr; }
    pid_t pid() const { return pid_; }

    void send_signal(int signal);
    // Ends the conversation but not the program.
    void let_go();
    void pause_output(bool paused);
    // What the program has written so far goes to the listener.
    void drain_output();
    // No more calls to the listener.
    void silence() { listener_ = nullptr; }

  private:
    void start_session(int fd, std::string name, bool reports_itself);
    void receive(nlohmann::json&& message);
    void session_ended();
    void process_exited(ExitStatus status);
    void leave();
    void leave_soon();

    struct Waiting;
    boost::asio::io_context& io_;
    DebuggeeListener* listener_;
    std::unique_ptr<DebuggeeProcess> process_;
    std::unique_ptr<class OutputPump> output_;
    std::unique_ptr<class MessageStream> stream_;
    std::unique_ptr<protocol::dap::DapPeer> session_;
    std::shared_ptr<Waiting> waiting_;
    std::shared_ptr<bool> alive_;  // false for late timers
    pid_t pid_ = 0;
    ExitStatus status_;
    bool reports_itself_ = false;
    bool session_over_ = false;
    bool exited_ = false;
    bool said_exited_ = false;
    bool said_terminated_ = false;
    bool paused_ = false;
    bool gone_ = false;
};

}  // namespace refscope::dap
