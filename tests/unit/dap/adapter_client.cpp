#include "tests/unit/dap/adapter_client.h"

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "dap/adapter/adapter.h"
#include "protocol/channel.h"

using namespace refscope;
using Json = nlohmann::json;

namespace {

constexpr auto kPatience = std::chrono::seconds(15);

}  // namespace

struct AdapterFixture::Impl {
    boost::asio::io_context io;
    std::unique_ptr<dap::Adapter> adapter;
    std::unique_ptr<protocol::Channel> channel;
    std::thread thread;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Json> received;
    std::vector<bool> taken;
    bool closed = false;
    std::int64_t next_seq = 1;

    Json take(const std::string& what, const std::function<bool(const Json&)>& matches) {
        std::unique_lock lock(mutex);
        std::size_t found = 0;
        bool ok = changed.wait_for(lock, kPatience, [&] {
            for (found = 0; found < received.size(); ++found) {
                if (!taken[found] && matches(received[found])) return true;
            }
            return false;
        });
        if (!ok) {
            std::string text = "no " + what + "; received so far:";
            for (auto& message : received) text += "\n  " + message.dump();
            throw std::runtime_error(text);
        }
        taken[found] = true;
        return received[found];
    }
};

AdapterFixture::AdapterFixture()
    : AdapterFixture({"/usr/bin/env", "node",
                      std::string(REFSCOPE_SOURCE_DIR) + "/tests/unit/dap/fake_session.mjs"}) {}

AdapterFixture::AdapterFixture(std::vector<std::string> debuggee_command, std::string token)
    : impl(std::make_unique<Impl>()) {
    ::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        throw std::runtime_error("socketpair");
    }
    impl->channel =
        std::make_unique<protocol::Channel>(protocol::make_fd_transport(ends[0], ends[0], true, "t"));
    impl->channel->start({[this](Json&& message) {
                              std::lock_guard lock(impl->mutex);
                              impl->received.push_back(std::move(message));
                              impl->taken.push_back(false);
                              impl->changed.notify_all();
                          },
                          {},
                          [this] {
                              std::lock_guard lock(impl->mutex);
                              impl->closed = true;
                              impl->changed.notify_all();
                          }});
    impl->adapter = std::make_unique<dap::Adapter>(
        impl->io, std::make_unique<dap::MessageStream>(impl->io, ends[1], ends[1], "client"),
        dap::AdapterOptions{std::move(debuggee_command), std::move(token)},
        [this] { impl->io.stop(); });
    impl->thread = std::thread([this] {
        auto work = boost::asio::make_work_guard(impl->io);
        impl->io.run();
        impl->adapter.reset();
    });
}

AdapterFixture::~AdapterFixture() {
    impl->channel->close();
    impl->thread.join();
    impl->channel.reset();
}

std::int64_t AdapterFixture::send(const std::string& command, const Json& arguments) {
    std::int64_t seq = impl->next_seq++;
    Json message = {{"seq", seq}, {"type", "request"}, {"command", command}};
    if (!arguments.is_null()) message["arguments"] = arguments;
    impl->channel->send(message);
    return seq;
}

void AdapterFixture::send_text(const std::string& body) { impl->channel->send_text(body); }

Json AdapterFixture::response(std::int64_t seq) {
    return impl->take("response to " + std::to_string(seq), [seq](const Json& message) {
        return message["type"] == "response" && message["request_seq"] == seq;
    });
}

Json AdapterFixture::request(const std::string& command, const Json& arguments) {
    return response(send(command, arguments));
}

Json AdapterFixture::event(const std::string& name) {
    return impl->take("event " + name, [&name](const Json& message) {
        return message["type"] == "event" && message["event"] == name;
    });
}

Json AdapterFixture::reverse_request(const std::string& command) {
    return impl->take("request " + command, [&command](const Json& message) {
        return message["type"] == "request" && message["command"] == command;
    });
}

void AdapterFixture::answer(const Json& request, bool success, const Json& body) {
    Json message = {{"seq", impl->next_seq++},
                    {"type", "response"},
                    {"request_seq", request["seq"]},
                    {"command", request["command"]},
                    {"success", success}};
    if (!body.is_null()) message["body"] = body;
    impl->channel->send(message);
}

Json AdapterFixture::launch(const Json& script, Json more) {
    request("initialize", {{"adapterID", "refscope"}, {"supportsRunInTerminalRequest", true}});
    Json arguments = {{"code", script.dump()}};
    if (!more.is_null()) arguments.update(more);
    return request("launch", arguments);
}

std::string AdapterFixture::output(const std::string& category) {
    event("terminated");
    std::string text;
    for (auto& message : messages()) {
        if (message["type"] == "event" && message["event"] == "output" &&
            message["body"]["category"] == category) {
            text += message["body"]["output"].get<std::string>();
        }
    }
    return text;
}

std::vector<Json> AdapterFixture::messages() const {
    std::lock_guard lock(impl->mutex);
    return impl->received;
}

void AdapterFixture::hang_up() { impl->channel->close(); }

bool AdapterFixture::wait_until_closed() {
    std::unique_lock lock(impl->mutex);
    return impl->changed.wait_for(lock, kPatience, [this] { return impl->closed; });
}
