#include "protocol/dap_peer.h"

#include <catch2/catch.hpp>
#include <optional>
#include <random>

#include "protocol/dap_dispatch.h"

using namespace refscope::protocol;
using namespace refscope::protocol::dap;

namespace {

struct Peer {
    std::vector<Json> sent;
    DapPeer peer{[this](const Json& message) { sent.push_back(message); }};

    std::size_t responses_to(std::int64_t seq) const {
        std::size_t count = 0;
        for (auto& message : sent) {
            count += message["type"] == "response" && message["request_seq"] == seq;
        }
        return count;
    }
    void ask(std::int64_t seq, const char* command, Json arguments = Json::object()) {
        peer.receive({{"seq", seq}, {"type", "request"}, {"command", command}, {"arguments", arguments}});
    }
};

}  // namespace

TEST_CASE("A handler that forgets, throws, or answers twice gives one response each") {
    Peer it;
    it.peer.on_request("forgets", [](const Json&, RawReply) {});
    it.peer.on_request("throws", [](const Json&, RawReply) { throw std::runtime_error("oh"); });
    it.peer.on_request("refuses", [](const Json&, RawReply) { throw RequestError("no", true); });
    it.peer.on_request("repeats", [](const Json&, RawReply reply) {
        reply.send({{"a", 1}});
        reply.error("late");
        reply.send();
    });
    it.peer.on_request("both", [](const Json&, RawReply reply) {
        reply.send();
        throw std::runtime_error("afterwards");
    });
    int seq = 1;
    for (const char* command : {"forgets", "throws", "refuses", "repeats", "both", "unknown"}) {
        it.ask(seq++, command);
    }
    for (int i = 1; i < seq; ++i) CHECK(it.responses_to(i) == 1);
    CHECK(it.sent[0]["success"] == false);
    CHECK(it.sent[1]["message"] == "throws: internal error: oh");
    CHECK(it.sent[2]["body"]["error"]["showUser"] == true);
    CHECK(it.sent[3]["body"]["a"] == 1);
    CHECK(it.sent[5]["message"] == "unknown command 'unknown'");
}

TEST_CASE("A reply may be kept, and outlives the peer") {
    std::vector<RawReply> kept;
    {
        Peer it;
        it.peer.on_request("slow", [&kept](const Json&, RawReply reply) { kept.push_back(reply); });
        it.ask(1, "slow");
        CHECK(it.sent.empty());
        kept.back().send();
        CHECK(it.responses_to(1) == 1);
        it.ask(2, "slow");
    }
    kept.back().send();
    kept.clear();
}

TEST_CASE("Typed handlers get typed arguments, and bad ones never reach them") {
    Peer it;
    bind_request<NextArguments, Nothing>(it.peer, "next", [](const NextArguments& a, Reply<Nothing> reply) {
        CHECK(a.threadId == 4);
        reply();
    });
    it.ask(1, "next", {{"threadId", 4}});
    it.ask(2, "next");
    CHECK(it.sent[0]["success"] == true);
    CHECK_FALSE(it.sent[0].contains("body"));
    CHECK(it.sent[1]["message"] == "next: arguments.threadId is missing");
}

TEST_CASE("Requests sent are matched with their responses, and none is left open") {
    Peer it;
    int good = 0, failed = 0;
    auto count = [&](const ResponseView& response) { ++(response.success ? good : failed); };
    auto first = it.peer.send_request("a", Json::object(), count);
    it.peer.send_request("b", Json(), count);
    it.peer.receive({{"seq", 9}, {"type", "response"}, {"request_seq", first}, {"success", true}, {"command", "a"}});
    it.peer.receive({{"seq", 10}, {"type", "response"}, {"request_seq", first}, {"success", true}, {"command", "a"}});
    it.peer.receive({{"seq", 11}, {"type", "response"}, {"request_seq", 77}, {"success", true}, {"command", "x"}});
    it.peer.fail_pending_requests("over");
    CHECK(good == 1);
    CHECK(failed == 1);
}

TEST_CASE("Any JSON at all is answered or ignored, never thrown at") {
    Peer it;
    it.peer.on_request("next", [](const Json& arguments, RawReply reply) {
        from_json_value<SetBreakpointsArguments>(arguments, "arguments");
        reply.send();
    });
    std::mt19937 random(7);
    auto pick = [&random](std::size_t below) { return random() % below; };
    const char* keys[] = {"seq", "type", "command", "arguments", "source", "breakpoints", "line", "request_seq", "event"};
    const Json leaves[] = {1, -1, 1.5, "request", "response", "event", "next", true, nullptr, "x", 1e300};
    std::function<Json(int)> make = [&](int depth) -> Json {
        if (depth == 0 || pick(3) == 0) return leaves[pick(std::size(leaves))];
        Json out = pick(4) == 0 ? Json::array() : Json::object();
        for (std::size_t i = 0, count = pick(6); i < count; ++i) {
            if (out.is_array()) {
                out.push_back(make(depth - 1));
            } else {
                out[keys[pick(std::size(keys))]] = make(depth - 1);
            }
        }
        return out;
    };
    for (int round = 0; round < 20000; ++round) {
        Json message = make(4);
        if (message.is_object() && pick(2)) {
            message["type"] = "request";
            message["command"] = "next";
            message["seq"] = round;
        }
        std::size_t before = it.sent.size();
        it.peer.receive(message);
        bool is_request = message.is_object() && message.value("type", Json()) == "request";
        REQUIRE(it.sent.size() - before <= 1);
        if (is_request) REQUIRE(it.sent.size() - before == 1);
    }
}
