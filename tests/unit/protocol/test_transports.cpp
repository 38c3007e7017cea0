#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>

#include "protocol/channel.h"
#include "protocol/tcp.h"
#include "protocol/transport.h"

using namespace refscope::protocol;
using Json = nlohmann::json;

namespace {

// Collects what a channel reads.
struct Inbox {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Json> messages;
    bool ended = false;

    Channel::Callbacks callbacks() {
        return {[this](Json&& message) {
                    std::lock_guard lock(mutex);
                    messages.push_back(std::move(message));
                    changed.notify_all();
                },
                {},
                [this] {
                    std::lock_guard lock(mutex);
                    ended = true;
                    changed.notify_all();
                }};
    }
    bool wait(std::size_t count) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(10), [&] { return messages.size() >= count; });
    }
    bool wait_for_end() {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(10), [&] { return ended; });
    }
};

void check_conversation(std::unique_ptr<Transport> a, std::unique_ptr<Transport> b) {
    Inbox inbox_a, inbox_b;
    Channel one(std::move(a)), two(std::move(b));
    one.start(inbox_a.callbacks());
    two.start(inbox_b.callbacks());
    // From several threads at once: messages must not mix.
    std::vector<std::thread> senders;
    for (int t = 0; t < 4; ++t) {
        senders.emplace_back([&one, t] {
            for (int i = 0; i < 50; ++i) one.send(Json{{"t", t}, {"text", std::string(2000, 'x')}});
        });
    }
    for (auto& sender : senders) sender.join();
    CHECK(two.send(Json{{"back", true}}));
    CHECK(inbox_b.wait(200));
    CHECK(inbox_a.wait(1));
    one.close();
    CHECK(inbox_a.wait_for_end());
    CHECK(inbox_b.wait_for_end());
}

}  // namespace

TEST_CASE("In memory, both ends hear each other and the end") {
    auto [a, b] = make_pipe_pair();
    check_conversation(std::move(a), std::move(b));
}

TEST_CASE("Over TCP likewise, on the loopback address") {
    TcpListener listener(parse_listen_address("127.0.0.1:0"), false);
    CHECK(listener.port() > 0);
    std::string problem;
    auto client = connect_tcp({"127.0.0.1", listener.port()}, problem);
    REQUIRE(client);
    check_conversation(std::move(client), listener.accept());
}

TEST_CASE("A spy sees what passes") {
    auto [a, b] = make_pipe_pair();
    std::string seen;
    auto spied = make_spy_transport(std::move(a), [&seen](std::string_view direction, std::string_view bytes) {
        seen += std::string(direction) + ":" + std::string(bytes) + ";";
    });
    spied->write_all("out");
    b->write_all("in");
    char buffer[10];
    CHECK(spied->read_some(buffer, sizeof buffer) == 2);
    CHECK(seen == "write:out;read:in;");
}

TEST_CASE("Closing wakes a reader that waits on a descriptor") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    auto transport = make_fd_transport(ends[0], ends[1], false, "pipe");
    std::thread closer([&transport] {
        ::usleep(20000);
        transport->close();
    });
    char buffer[10];
    CHECK(transport->read_some(buffer, sizeof buffer) == 0);
    closer.join();
    ::close(ends[0]);
    // Nobody reads any more: an answer, not a signal.
    auto broken = make_fd_transport(ends[1], ends[1], false, "broken");
    CHECK_FALSE(broken->write_all("x"));
    ::close(ends[1]);
}

TEST_CASE("A listener that is closed stops accepting") {
    TcpListener listener(parse_listen_address(":0"), false);
    std::thread closer([&listener] {
        ::usleep(20000);
        listener.close();
    });
    CHECK(listener.accept() == nullptr);
    closer.join();
}

TEST_CASE("Addresses are read as people write them, and others' reach is refused") {
    CHECK(parse_listen_address("localhost:80").port == 80);
    CHECK(parse_listen_address("[::1]:5").host == "::1");
    CHECK_THROWS_AS(parse_listen_address("nothing"), std::invalid_argument);
    CHECK_THROWS_AS(parse_listen_address("h:70000"), std::invalid_argument);
    CHECK_THROWS_AS(parse_listen_address("h:"), std::invalid_argument);
    CHECK(is_loopback_host("127.8.8.8"));
    CHECK_FALSE(is_loopback_host("0.0.0.0"));
    CHECK_THROWS(TcpListener(parse_listen_address("0.0.0.0:0"), false));
}
