#include "dap/adapter/debuggee.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "dap/adapter/message_stream.h"
#include "dap/adapter/output_pump.h"
#include "dap/adapter/session_link.h"
#include "protocol/log.h"

namespace refscope::dap {

namespace asio = boost::asio;
using protocol::LogLevel;
using protocol::dap::DapPeer;
using Json = nlohmann::json;

namespace {

constexpr auto kTerminalPatience = std::chrono::seconds(30);
// A process that has ended may have left its socket with a child; its last messages are here by now.
constexpr auto kLastMessagesPatience = std::chrono::milliseconds(250);
constexpr int kUnknownExitCode = 255;

std::string private_folder() {
    const char* runtime = ::getenv("XDG_RUNTIME_DIR");
    std::string pattern = std::string(runtime && *runtime ? runtime : "/tmp") + "/refscope-XXXXXX";
    return ::mkdtemp(pattern.data()) ? pattern : std::string();
}

}  // namespace

// The Unix socket on which a program that a terminal starts reports.
struct Debuggee::Waiting {
    explicit Waiting(asio::io_context& io) : socket(io), timer(io) {}
    ~Waiting() {
        ::unlink(path.c_str());
        ::rmdir(folder.c_str());
    }
    asio::posix::stream_descriptor socket;
    asio::steady_timer timer;
    std::string folder, path;
    std::function<void(const std::string&)> connected;
};

Debuggee::Debuggee(asio::io_context& io, DebuggeeListener& listener)
    : io_(io), listener_(&listener), alive_(std::make_shared<bool>(true)) {}

Debuggee::~Debuggee() {
    *alive_ = false;
    listener_ = nullptr;
    session_.reset();
}

bool Debuggee::spawn(const ProcessSpec& spec, std::string& problem) {
    process_ = DebuggeeProcess::spawn(io_, spec, problem);
    if (!process_) return false;
    pid_ = process_->pid();
    process_->on_exit([this](ExitStatus status) { process_exited(status); });
    output_ = std::make_unique<OutputPump>(io_, process_->take_stdout_fd(),
                                           process_->take_stderr_fd(),
                                           [this](const char* category, std::string text) {
                                               if (!listener_) return;
                                               listener_->on_program_output(category,
                                                                            std::move(text));
                                           });
    start_session(process_->take_session_fd(), "session", false);
    return true;
}

std::string Debuggee::await_connection(std::string& problem,
                                       std::function<void(const std::string&)> connected) {
    auto waiting = std::make_shared<Waiting>(io_);
    waiting->folder = private_folder();
    waiting->path = waiting->folder + "/session";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (waiting->folder.empty() || waiting->path.size() >= sizeof address.sun_path || fd < 0) {
        problem = std::string("cannot make a socket: ") + std::strerror(errno);
        if (fd >= 0) ::close(fd);
        return {};
    }
    waiting->path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, 1) != 0) {
        problem = waiting->path + ": " + std::strerror(errno);
        ::close(fd);
        return {};
    }
    waiting->socket.assign(fd);
    waiting->connected = std::move(connected);
    waiting_ = waiting;
    auto alive = alive_;
    waiting->timer.expires_after(kTerminalPatience);
    waiting->timer.async_wait([this, alive, waiting](auto error) {
        if (error || !*alive || waiting_ != waiting) return;
        waiting_.reset();
        waiting->connected("the terminal did not start the program within 30 seconds");
    });
    waiting->socket.async_wait(
        asio::posix::stream_descriptor::wait_read, [this, alive, waiting](auto error) {
            if (error || !*alive || waiting_ != waiting) return;
            int client = ::accept4(waiting->socket.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
            waiting->timer.cancel();
            waiting_.reset();
            ucred peer{};
            socklen_t size = sizeof peer;
            if (client < 0 ||
                ::getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
                if (client >= 0) ::close(client);
                waiting->connected(std::string("the program's connection failed: ") +
                                   std::strerror(errno));
                return;
            }
            pid_ = peer.pid;
            start_session(client, "session", false);
            waiting->connected({});
        });
    return waiting->path;
}

void Debuggee::adopt_session(int fd, std::string name) {
    start_session(fd, std::move(name), true);
}

void Debuggee::start_session(int fd, std::string name, bool reports_itself) {
    reports_itself_ = reports_itself;
    stream_ = std::make_unique<MessageStream>(io_, fd, fd, std::move(name));
    session_ = std::make_unique<DapPeer>(
        [this](const Json& message) { stream_->send(message); });
    session_->on_request(kDrainRequest, [this](const Json&, protocol::dap::RawReply reply) {
        if (output_) output_->drain();
        reply.send();
    });
    session_->on_other_request([this](const Json& request, protocol::dap::RawReply reply) {
        if (listener_) listener_->on_session_request(request, std::move(reply));
    });
    session_->on_event([this](const std::string& event, const Json& message) {
        if (event == "exited" && !reports_itself_) {
            // The system knows better, unless a terminal is the program's parent.
            said_exited_ = true;
            auto body = message.find("body");
            if (body != message.end() && body->is_object()) {
                auto code = body->find("exitCode");
                if (code != body->end() && code->is_number_integer()) {
                    status_.code = code->get<int>();
                }
            }
            return;
        }
        if (event == "terminated") {
            said_terminated_ = true;
            if (!reports_itself_) return;
        }
        if (listener_) listener_->on_session_event(message);
    });
    stream_->start({[this](Json&& message) { receive(std::move(message)); },
                    {},
                    [this] { session_ended(); }});
}

void Debuggee::receive(Json&& message) {
    if (output_) output_->drain();
    session_->receive(message);
}

void Debuggee::session_ended() {
    session_over_ = true;
    if (process_ && !exited_) {
        // Without its session nobody can stop the program: it is told to end, and given a moment
        // to be on its way out by itself.
        auto alive = alive_;
        auto timer = std::make_shared<asio::steady_timer>(io_, std::chrono::seconds(2));
        timer->async_wait([this, alive, timer](auto) {
            if (*alive && !exited_) send_signal(SIGKILL);
        });
        return;
    }
    leave();
}

void Debuggee::process_exited(ExitStatus status) {
    exited_ = true;
    status_ = status;
    if (session_over_) {
        leave();
        return;
    }
    leave_soon();
}

void Debuggee::leave_soon() {
    auto alive = alive_;
    auto timer = std::make_shared<asio::steady_timer>(io_, kLastMessagesPatience);
    timer->async_wait([this, alive, timer](auto) {
        if (!*alive || gone_) return;
        // A client that reads slowly has not been given the session's last messages yet.
        if (paused_) {
            leave_soon();
        } else {
            leave();
        }
    });
}

void Debuggee::leave() {
    if (gone_) return;
    gone_ = true;
    if (output_) output_->drain_to_end();
    Departure departure{status_, said_terminated_ && reports_itself_};
    if (!process_ && !said_exited_) {
        departure.status.known = false;
        departure.status.code = kUnknownExitCode;
    }
    if (listener_) listener_->on_gone(departure);
}

void Debuggee::send_signal(int signal) {
    if (process_) {
        process_->send_signal(signal);
    } else if (pid_ > 0 && !session_over_) {
        ::kill(pid_, signal);
    }
}

void Debuggee::let_go() {
    if (process_ && output_) process_->let_go(output_->stdout_fd(), output_->stderr_fd());
}

void Debuggee::drain_output() {
    if (output_) output_->drain_to_end();
}

void Debuggee::pause_output(bool paused) {
    paused_ = paused;
    if (output_) output_->pause(paused);
    if (stream_) stream_->pause_reading(paused);
}

}  // namespace refscope::dap
