#include "dap/adapter/debuggee_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "dap/adapter/session_link.h"
#include "protocol/log.h"

extern char** environ;

namespace refscope::dap {

namespace asio = boost::asio;

namespace {

struct Fd {
    int value = -1;
    ~Fd() { reset(); }
    void reset() {
        if (value >= 0) ::close(value);
        value = -1;
    }
    int release() { return std::exchange(value, -1); }
};

struct Pipe {
    Fd read, write;
    bool open() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return false;
        read.value = ends[0];
        write.value = ends[1];
        return true;
    }
};

std::vector<std::string> changed_environment(
    const std::map<std::string, std::optional<std::string>>& changes) {
    std::vector<std::string> out;
    for (char** entry = environ; *entry; ++entry) {
        std::string text = *entry;
        if (!changes.contains(text.substr(0, text.find('=')))) out.push_back(std::move(text));
    }
    for (const auto& [name, value] : changes) {
        if (value) out.push_back(name + "=" + *value);
    }
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

struct StartFailure {
    char step;  // 'c': cwd, 'x': exec
    int error;
};

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become_debuggee(int in, int out, int err, int session, int failure_fd,
                                  const char* cwd, char* const* argv, char* const* env) {
    ::setsid();
    for (int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    // Out of the way first: any of them may sit on a number that is about to be taken.
    constexpr int kAbove = kSessionDescriptor + 1;
    in = ::fcntl(in, F_DUPFD_CLOEXEC, kAbove);
    out = ::fcntl(out, F_DUPFD_CLOEXEC, kAbove);
    err = ::fcntl(err, F_DUPFD_CLOEXEC, kAbove);
    session = ::fcntl(session, F_DUPFD_CLOEXEC, kAbove);
    failure_fd = ::fcntl(failure_fd, F_DUPFD_CLOEXEC, kAbove);
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::dup2(session, kSessionDescriptor);
    StartFailure failure{'c', 0};
    if (::chdir(cwd) == 0) {
        failure.step = 'x';
        ::execve(argv[0], argv, env);
    }
    failure.error = errno;
    [[maybe_unused]] ssize_t ignored = ::write(failure_fd, &failure, sizeof failure);
    ::_exit(127);
}

ExitStatus read_status(int status) {
    ExitStatus out;
    if (WIFSIGNALED(status)) {
        out.signal = WTERMSIG(status);
        out.code = 128 + out.signal;
    } else {
        out.code = WEXITSTATUS(status);
    }
    return out;
}

}  // namespace

std::string describe_signal(int signal) {
    const char* name = ::sigabbrev_np(signal);
    const char* text = ::sigdescr_np(signal);
    std::string out = name ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
    if (text) out += " (" + std::string(text) + ")";
    return out;
}

struct DebuggeeProcess::Impl : std::enable_shared_from_this<DebuggeeProcess::Impl> {
    explicit Impl(asio::io_context& io) : exit_watch(io) {}

    void watch() {
        auto self = shared_from_this();
        exit_watch.async_wait(asio::posix::stream_descriptor::wait_read, [self](auto error) {
            if (error || !self->running) return;
            int status = 0;
            if (::waitpid(self->pid, &status, WNOHANG) != self->pid) {
                self->watch();
                return;
            }
            self->running = false;
            if (self->callback) self->callback(read_status(status));
        });
    }

    asio::posix::stream_descriptor exit_watch;
    pid_t pid = -1;
    bool running = false;
    bool kept = true;
    Fd session, out, err;
    std::function<void(ExitStatus)> callback;
};

DebuggeeProcess::DebuggeeProcess() = default;

std::unique_ptr<DebuggeeProcess> DebuggeeProcess::spawn(asio::io_context& io,
                                                        const ProcessSpec& spec,
                                                        std::string& problem) {
    auto impl = std::make_shared<Impl>(io);
    Pipe out, err, failure;
    Fd null_in, session_there;
    null_in.value = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    int ends[2];
    if (!out.open() || !err.open() || !failure.open() || null_in.value < 0 ||
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        problem = std::string("no descriptors left: ") + std::strerror(errno);
        return nullptr;
    }
    impl->session.value = ends[0];
    session_there.value = ends[1];

    std::vector<std::string> argv = spec.argv;
    std::vector<std::string> env = changed_environment(spec.env);
    std::vector<char*> argv_pointers = pointers(argv);
    std::vector<char*> env_pointers = pointers(env);
    pid_t pid = ::fork();
    if (pid < 0) {
        problem = std::string("cannot start a process: ") + std::strerror(errno);
        return nullptr;
    }
    if (pid == 0) {
        become_debuggee(null_in.value, out.write.value, err.write.value, session_there.value,
                        failure.write.value, spec.cwd.c_str(), argv_pointers.data(),
                        env_pointers.data());
    }
    failure.write.reset();
    StartFailure reason{};
    ssize_t count;
    do {
        count = ::read(failure.read.value, &reason, sizeof reason);
    } while (count < 0 && errno == EINTR);
    if (count == static_cast<ssize_t>(sizeof reason)) {
        ::waitpid(pid, nullptr, 0);
        problem = (reason.step == 'c' ? spec.cwd : spec.argv[0]) + ": " +
                  std::strerror(reason.error);
        return nullptr;
    }
    impl->pid = pid;
    impl->running = true;
    impl->out.value = out.read.release();
    impl->err.value = err.read.release();
    // Through the number: the C library's own header cannot be used from C++ here.
    int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (pidfd < 0) {
        problem = std::string("cannot watch the process: ") + std::strerror(errno);
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return nullptr;
    }
    impl->exit_watch.assign(pidfd);
    impl->watch();
    std::unique_ptr<DebuggeeProcess> process(new DebuggeeProcess());
    process->impl_ = std::move(impl);
    return process;
}

DebuggeeProcess::~DebuggeeProcess() {
    impl_->callback = nullptr;
    if (impl_->running && impl_->kept) {
        send_signal(SIGKILL);
        ::waitpid(impl_->pid, nullptr, 0);
    }
    impl_->running = false;
    boost::system::error_code ignored;
    impl_->exit_watch.close(ignored);
}

pid_t DebuggeeProcess::pid() const { return impl_->pid; }
int DebuggeeProcess::take_session_fd() { return impl_->session.release(); }
int DebuggeeProcess::take_stdout_fd() { return impl_->out.release(); }
int DebuggeeProcess::take_stderr_fd() { return impl_->err.release(); }

void DebuggeeProcess::on_exit(std::function<void(ExitStatus)> callback) {
    impl_->callback = std::move(callback);
}

void DebuggeeProcess::send_signal(int signal) {
    if (!impl_->running) return;
    // The group is what the program started; it has the program's number, for it leads a session.
    if (signal == SIGKILL) ::kill(-impl_->pid, signal);
    ::kill(impl_->pid, signal);
}

void DebuggeeProcess::let_go(int stdout_fd, int stderr_fd) {
    impl_->kept = false;
    pid_t drain = ::fork();
    if (drain != 0) return;
    ::setsid();
    ::signal(SIGPIPE, SIG_DFL);
    // Neither the client's pipes nor anything else must be held open by this helper.
    int out = ::dup2(stdout_fd, 0), err = ::dup2(stderr_fd, 1);
    ::closefrom(2);
    pollfd watched[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
    int open_count = 2;
    static char sink[65536];
    while (open_count > 0 && ::poll(watched, 2, -1) > 0) {
        for (auto& entry : watched) {
            if (entry.fd < 0 || entry.revents == 0) continue;
            ssize_t count = ::read(entry.fd, sink, sizeof sink);
            if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) continue;
            entry.fd = -1;
            --open_count;
        }
    }
    ::_exit(0);
}

}  // namespace refscope::dap
