// A child process in a session of its own, with pipes for its output, nothing on its input, and a
// socket to the debug session in it. Belongs to the io_context's thread. Owns the process: it is
// killed, with its process group, when this object goes while it runs.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace refscope::dap {

struct ProcessSpec {
    std::vector<std::string> argv;  // argv[0] is a path
    std::string cwd;
    std::map<std::string, std::optional<std::string>> env;  // changes; no value: unset
};

struct ExitStatus {
    int code = 0;    // as a shell would report it: 128 + signal for a killed process
    int signal = 0;  // 0: it ended by itself
    bool known = true;
};

// "SIGSEGV (segmentation fault)"
std::string describe_signal(int signal);

class DebuggeeProcess {
  public:
    // Null with a reason when it cannot be started.
    static std::unique_ptr<DebuggeeProcess> spawn(boost::asio::io_context& io,
                                                  const ProcessSpec& spec, std::string& problem);
    ~DebuggeeProcess();
    DebuggeeProcess(const DebuggeeProcess&) = delete;
    DebuggeeProcess& operator=(const DebuggeeProcess&) = delete;

    pid_t pid() const;
    // Each can be taken once; the taker owns the descriptor.
    int take_session_fd();
    int take_stdout_fd();
    int take_stderr_fd();

    void on_exit(std::function<void(ExitStatus)> callback);
    void send_signal(int signal);
    // It goes on by itself; its output is read into nothing by a process that ends with it.
    void let_go(int stdout_fd, int stderr_fd);

  private:
    DebuggeeProcess();
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace refscope::dap
