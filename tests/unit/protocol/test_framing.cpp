#include "protocol/framing.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

using namespace refscope::protocol;
using Json = nlohmann::json;

namespace {

struct Collector {
    std::vector<Json> messages;
    std::vector<FrameProblem> problems;
    MessageDecoder decoder;

    explicit Collector(FrameLimits limits = {})
        : decoder({[this](Json&& message) { messages.push_back(std::move(message)); },
                   [this](FrameProblem kind, const std::string&) { problems.push_back(kind); }},
                  limits) {}
};

const std::string kGood = encode_frame(R"({"seq":1,"command":"initialize"})");

}  // namespace

TEST_CASE("A frame is found however it is cut into pieces") {
    std::string two = kGood + encode_frame(R"({"text":"€ \" Content-Length: 3"})");
    for (std::size_t piece = 1; piece <= two.size(); ++piece) {
        Collector out;
        for (std::size_t at = 0; at < two.size(); at += piece) {
            out.decoder.feed(std::string_view(two).substr(at, piece));
        }
        REQUIRE(out.messages.size() == 2);
        CHECK(out.messages[1]["text"] == "€ \" Content-Length: 3");
        CHECK(out.problems.empty());
        CHECK(out.decoder.pending_bytes() == 0);
    }
}

TEST_CASE("Header fields may come in any order and case") {
    Collector out;
    out.decoder.feed("Content-Type: a\r\ncontent-LENGTH:   2\r\n\r\n{}");
    out.decoder.feed("Content-Length: 2\n\n[]");
    CHECK(out.messages.size() == 2);
}

TEST_CASE("Damaged framing costs what is damaged and nothing after it") {
    auto damage = GENERATE(as<std::string>{}, "garbage\r\n\r\n", "\r\n\r\n", "Content-Length: x\r\n\r\n",
                           "Content-Length: -1\r\n\r\n", "Content-Length: 1e3\r\n\r\n",
                           "Content-Length: 99999999999999999999999\r\n\r\n{}",
                           "Content-Length: 700\r\n\r\n{\"cut\":", "Content-Length: 2\r\n\r\n{\"a\":1}",
                           "Content-Length: 0\r\n\r\n", "Content-Length: 4\r\n\r\nnull!!",
                           "half a header", "Content-Len", "{\"no\":\"header\"}",
                           "Content-Length: 30\r\n\r\n{\"reaches into the next\":1}");
    Collector out;
    out.decoder.feed(damage);
    out.decoder.feed(kGood);
    out.decoder.feed(kGood);
    REQUIRE_FALSE(out.messages.empty());
    CHECK(out.messages.back()["command"] == "initialize");
    std::size_t good = 0;
    for (auto& message : out.messages) good += message.is_object() && message.contains("command");
    CHECK(good == 2);
}

TEST_CASE("A body that is not JSON is reported, and reported once") {
    Collector out;
    out.decoder.feed(encode_frame("{nonsense"));
    out.decoder.feed(kGood);
    CHECK(out.problems == std::vector<FrameProblem>{FrameProblem::kBadJson});
    CHECK(out.messages.size() == 1);
}

TEST_CASE("A text that speaks of Content-Length is no header") {
    Collector out;
    out.decoder.feed(encode_frame(R"({"a":"Content-Length: 17","b":"Content-Length:"})"));
    out.decoder.feed(kGood);
    CHECK(out.messages.size() == 2);
    CHECK(out.problems.empty());
}

TEST_CASE("Nesting and length have limits") {
    FrameLimits limits;
    limits.max_body_bytes = 1000;
    Collector out(limits);
    out.decoder.feed(encode_frame(std::string(1001, ' ')));
    out.decoder.feed(encode_frame(std::string(500, '[') + std::string(500, ']')));
    out.decoder.feed(kGood);
    CHECK(out.messages.size() == 1);
    CHECK(out.problems == std::vector<FrameProblem>{FrameProblem::kBadLength, FrameProblem::kBadJson});
}

TEST_CASE("Endless garbage needs no memory") {
    Collector out;
    std::string noise(100000, 'x');
    for (int i = 0; i < 100; ++i) out.decoder.feed(noise);
    CHECK(out.decoder.pending_bytes() < 100000);
    CHECK(out.problems.size() == 1);
    out.decoder.feed(kGood);
    CHECK(out.messages.size() == 1);
}

TEST_CASE("Fuzzed streams never lose the messages that follow for good") {
    std::mt19937 random(20240601);
    auto pick = [&random](std::size_t below) { return random() % below; };
    const std::string pieces[] = {"Content-Length: ", "\r\n\r\n", "\r\n", "\n", "{}", "{\"a\":", "}", "[",
                                  "\"", "7", "12", "-3", "content-length:", "\xff", std::string(1, '\0')};
    for (int round = 0; round < 3000; ++round) {
        Collector out;
        std::string stream;
        for (std::size_t i = 0, count = pick(12); i < count; ++i) {
            if (pick(4) == 0) {
                std::string frame = encode_frame(R"({"k":[1,2,{"x":"y"}]})");
                if (pick(2)) frame.erase(pick(frame.size()), 1 + pick(5));
                if (pick(3) == 0) frame[pick(frame.size())] = static_cast<char>(pick(256));
                stream += frame;
            } else {
                stream += pieces[pick(std::size(pieces))];
            }
        }
        for (std::size_t at = 0; at < stream.size();) {
            std::size_t count = 1 + pick(40);
            out.decoder.feed(std::string_view(stream).substr(at, count));
            at += count;
        }
        // One message may be swallowed by a length that reaches into it; the next is not.
        for (int i = 0; i < 3; ++i) out.decoder.feed(kGood);
        REQUIRE_FALSE(out.messages.empty());
        INFO(stream);
        REQUIRE(out.messages.back() == Json::parse(R"({"seq":1,"command":"initialize"})"));
    }
}
