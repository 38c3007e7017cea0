// `refscope demo`: a debug session on the terminal. It speaks to its own debug adapter as any client would, and prints
// what it is told: the stops, the holders and the reason of death of two lists in a cycle.
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dap/cli/commands.h"
#include "protocol/channel.h"

namespace refscope::cli {

namespace {

using nlohmann::json;

constexpr const char* kProgram = R"(import gc


def make_cycle():
    first = ['first']
    second = ['second', first]
    first.append(second)
    return first


a = make_cycle()
b = a[1]
print('made', a[0], 'and', b[0])
del b
del a
print('no name is left, but each list still holds the other')
found = gc.collect()
print('the collector found', found, 'objects')
)";

struct Colours {
    bool on = isatty(1);
    std::string operator()(const char* code, const std::string& text) const {
        return on ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
    }
};
const Colours colour;
std::string bold(const std::string& text) { return colour("1", text); }
std::string dim(const std::string& text) { return colour("2", text); }
std::string green(const std::string& text) { return colour("32", text); }
std::string yellow(const std::string& text) { return colour("33;1", text); }
std::string cyan(const std::string& text) { return colour("36", text); }

class Client {
  public:
    explicit Client(std::unique_ptr<protocol::Transport> transport) : channel_(std::move(transport)) {
        protocol::Channel::Callbacks callbacks;
        callbacks.on_message = [this](json&& message) {
            std::lock_guard lock(mutex_);
            messages_.push_back(std::move(message));
            arrived_.notify_one();
        };
        callbacks.on_end = [this] {
            std::lock_guard lock(mutex_);
            ended_ = true;
            arrived_.notify_one();
        };
        channel_.start(std::move(callbacks));
    }

    // The answer's body. What else comes meanwhile is kept, or printed if it is output.
    json request(const std::string& command, json arguments = json::object()) {
        int seq = next_++;
        channel_.send({{"seq", seq}, {"type", "request"}, {"command", command}, {"arguments", std::move(arguments)}});
        if (command == "launch") return {};  // answered when the program is configured
        for (;;) {
            json message = take();
            if (message.is_null()) fail("the debug adapter ended");
            if (message["type"] == "response" && message["request_seq"] == seq) {
                if (!message["success"].get<bool>()) fail(command + ": " + message.value("message", ""));
                return message.value("body", json::object());
            }
            keep(std::move(message));
        }
    }

    json event(const std::vector<std::string>& wanted) {
        for (size_t i = 0; i < kept_.size(); ++i) {
            if (std::find(wanted.begin(), wanted.end(), kept_[i]["event"].get<std::string>()) == wanted.end()) continue;
            json found = std::move(kept_[i]);
            kept_.erase(kept_.begin() + static_cast<ptrdiff_t>(i));
            return found;
        }
        for (;;) {
            json message = take();
            if (message.is_null()) fail("the debug adapter ended");
            if (message["type"] == "event" &&
                std::find(wanted.begin(), wanted.end(), message["event"].get<std::string>()) != wanted.end()) {
                return message;
            }
            keep(std::move(message));
        }
    }

  private:
    [[noreturn]] static void fail(const std::string& what) {
        std::fprintf(stderr, "refscope demo: %s\n", what.c_str());
        std::exit(1);
    }
    json take() {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait_for(lock, std::chrono::seconds(60), [this] { return ended_ || !messages_.empty(); })) fail("no answer");
        if (messages_.empty()) return nullptr;
        json message = std::move(messages_.front());
        messages_.pop_front();
        return message;
    }
    void keep(json message) {
        if (message["type"] != "event") return;
        if (message["event"] == "output") {
            std::string text = message["body"].value("output", "");
            bool console = message["body"].value("category", "") == "console";
            std::printf("%s", (console ? dim("console  ") + text : green("program  ") + text).c_str());
            return;
        }
        kept_.push_back(std::move(message));
    }

    protocol::Channel channel_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<json> messages_;
    std::vector<json> kept_;
    bool ended_ = false;
    int next_ = 1;
};

json children(Client& client, const json& row) {
    return client.request("variables", {{"variablesReference", row["variablesReference"]}})["variables"];
}
json child(Client& client, const json& row, const std::string& name) {
    for (const json& one : children(client, row)) {
        if (one["name"] == name) return one;
    }
    return {{"name", name}, {"value", "?"}, {"variablesReference", 0}};
}

void show_object(Client& client, const json& row, const std::string& indent) {
    json memory = child(client, row, "memory");
    for (const json& fact : children(client, memory)) {
        std::string name = fact["name"];
        if (name != "refcount" && name != "holders" && name != "generation" && name != "retained size" && name != "allocated at") continue;
        std::printf("%s%s %s\n", indent.c_str(), dim(name + std::string(14 - name.size(), ' ')).c_str(),
                    fact["value"].get<std::string>().c_str());
        if (name != "holders" || fact["variablesReference"] == 0) continue;
        for (const json& holder : children(client, fact)) {
            std::printf("%s    held by %s\n", indent.c_str(), cyan(holder["name"].get<std::string>()).c_str());
        }
    }
}

void show_stop(Client& client, const json& stopped, const std::vector<std::string>& lines) {
    json frames = client.request("stackTrace", {{"threadId", 1}})["stackFrames"];
    int line = frames[0]["line"];
    std::string reason = stopped["body"]["reason"];
    std::printf("\n%s at line %d", bold("stopped: " + reason).c_str(), line);
    if (line >= 1 && static_cast<size_t>(line) <= lines.size()) std::printf("   %s", dim(lines[static_cast<size_t>(line) - 1]).c_str());
    std::printf("\n");
    if (stopped["body"].contains("description")) std::printf("  %s\n", yellow(stopped["body"]["description"]).c_str());
    json scopes = client.request("scopes", {{"frameId", frames[0]["id"]}})["scopes"];
    for (const json& scope : scopes) {
        bool dying = scope["name"] == "Dying";
        if (!dying && scope["name"] != "Locals") continue;
        for (const json& row : children(client, scope)) {
            std::string name = row["name"];
            if (!dying && name != "a" && name != "b") continue;
            std::printf("  %s %s = %s\n", dying ? yellow("dying").c_str() : " ", bold(name).c_str(), row["value"].get<std::string>().c_str());
            show_object(client, row, "      ");
        }
        if (dying) break;
    }
}

// The adapter, as a child process on two pipes.
std::unique_ptr<protocol::Transport> start_adapter(pid_t* child) {
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0) return nullptr;
    std::string self = own_path();
    *child = fork();
    if (*child == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        for (int fd : {to[0], to[1], from[0], from[1]}) close(fd);
        execl(self.c_str(), self.c_str(), "dap", nullptr);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    return protocol::make_fd_transport(from[0], to[1], true, "adapter");
}

}  // namespace

int demo_command() {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / ("refscope-demo-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::string path = (folder / "cycle.py").string();
    std::ofstream(path) << kProgram;
    std::vector<std::string> lines;
    std::istringstream text(kProgram);
    for (std::string line; std::getline(text, line);) lines.push_back(line);

    std::printf("%s\n\n", bold("Two lists that hold each other: watch them die.").c_str());
    for (size_t i = 0; i < lines.size(); ++i) std::printf("%s %s\n", dim((i < 9 ? " " : "") + std::to_string(i + 1)).c_str(), lines[i].c_str());
    std::printf("\n");

    pid_t adapter = -1;
    auto transport = start_adapter(&adapter);
    if (!transport) {
        std::fprintf(stderr, "refscope demo: cannot start the debug adapter\n");
        return 1;
    }
    int status = 0;
    {
        Client client(std::move(transport));
        client.request("initialize", {{"adapterID", "refscope"}});
        client.request("launch", {{"program", path}, {"cwd", folder.string()}});
        client.event({"initialized"});
        client.request("setBreakpoints", {{"source", {{"path", path}}}, {"breakpoints", {{{"line", 13}}, {{"line", 15}}}}});
        client.request("configurationDone");
        bool asked = false;
        for (;;) {
            json event = client.event({"stopped", "exited"});
            if (event["event"] == "exited") {
                status = event["body"]["exitCode"];
                break;
            }
            show_stop(client, event, lines);
            if (!asked) {
                asked = true;
                json value = client.request("evaluate", {{"expression", "a"}, {"context", "watch"}});
                json id = client.request("dataBreakpointInfo", {{"variablesReference", child(client, value, "memory")["variablesReference"]}, {"name", "life"}});
                client.request("setDataBreakpoints", {{"breakpoints", {{{"dataId", id["dataId"]}}}}});
                std::printf("\n  %s\n", bold("→ break when the list `a` is collected, and go on").c_str());
            }
            client.request("continue", {{"threadId", 1}});
        }
        client.event({"terminated"});
        client.request("disconnect");
    }
    waitpid(adapter, nullptr, 0);
    std::filesystem::remove_all(folder);
    std::printf("\n%s\n", dim("The same in VS Code: ./dev vscode, open a Python file, press F5.").c_str());
    return status;
}

}  // namespace refscope::cli
