#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/unit/dap/adapter_client.h"

using Json = nlohmann::json;

namespace {

template <class... Words>
Json step(Words... words) {
    return Json::array({words...});
}

template <class... Steps>
Json steps(Steps... all) {
    Json out = Json::array();
    (out.push_back(all), ...);
    return out;
}

std::size_t position(const std::vector<Json>& messages, const Json& found) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (messages[i] == found) return i;
    }
    return messages.size();
}

std::string error_text(const Json& response) {
    REQUIRE(response["success"] == false);
    return response["message"].get<std::string>();
}

Json lines(std::initializer_list<int> numbers, const char* path = "/x/a.py") {
    Json list = Json::array();
    for (int line : numbers) list.push_back({{"line", line}});
    return {{"source", {{"path", path}}}, {"breakpoints", list}};
}

}  // namespace

TEST_CASE("initialize announces what the table serves, once") {
    AdapterFixture adapter;
    Json response = adapter.request("initialize", {{"adapterID", "refscope"}});
    CHECK(response["success"] == true);
    CHECK(response["body"]["supportsConfigurationDoneRequest"] == true);
    CHECK_FALSE(response["body"].contains("supportsStepBack"));
    CHECK(error_text(adapter.request("initialize", {{"adapterID", "x"}})) ==
          "initialize has been sent already");
}

TEST_CASE("A request that lacks a field is refused by its name") {
    AdapterFixture adapter;
    CHECK(error_text(adapter.request("initialize", Json::object())) ==
          "initialize: arguments.adapterID is missing");
    CHECK(error_text(adapter.request("initialize", {{"adapterID", 3}})) ==
          "initialize: arguments.adapterID must be a string");
}

TEST_CASE("Unknown and unsupported commands and requests out of order get errors") {
    AdapterFixture adapter;
    CHECK(error_text(adapter.request("threads")) == "initialize must come first");
    adapter.request("initialize", {{"adapterID", "refscope"}});
    CHECK(error_text(adapter.request("noSuchThing")) == "unknown command 'noSuchThing'");
    CHECK(error_text(adapter.request("stepBack", {{"threadId", 1}})) ==
          "the request 'stepBack' is not supported");
    CHECK(error_text(adapter.request("threads")) == "threads: no program has been launched");
}

TEST_CASE("A missing program or folder refuses the launch and names the path") {
    AdapterFixture adapter;
    adapter.request("initialize", {{"adapterID", "refscope"}});
    CHECK(error_text(adapter.request("launch", {{"program", "/no/such.py"}})) ==
          "launch: the program /no/such.py does not exist");
    CHECK(error_text(adapter.request("launch", {{"program", "a.py"}, {"cwd", "/no/where"}})) ==
          "launch: the folder /no/where does not exist");
    CHECK(error_text(adapter.request("launch", Json::object())) ==
          "launch: one of program, module or code is needed");
    CHECK(error_text(adapter.request("launch", {{"code", "1"}, {"console", "x"}}))
              .find("console must be") != std::string::npos);
    SECTION("and another launch may follow") {
        CHECK(adapter.request("launch", {{"code", "[]"}})["success"] == true);
    }
}

TEST_CASE("A program runs, and its exit code is reported before terminated") {
    AdapterFixture adapter;
    CHECK(adapter.launch(steps(step("out", "hello\n"), step("exit", 7)))["success"] == true);
    adapter.event("initialized");
    adapter.configure();
    Json exited = adapter.event("exited");
    CHECK(exited["body"]["exitCode"] == 7);
    CHECK(adapter.output("stdout") == "hello\n");
    CHECK(adapter.event("process")["body"]["startMethod"] == "launch");
}

TEST_CASE("Numbers of what the adapter sends rise by one") {
    AdapterFixture adapter;
    adapter.launch(steps(step("out", "a"), step("err", "b"), step("exit", 0)));
    adapter.configure();
    adapter.event("terminated");
    std::int64_t expected = 1;
    for (auto& message : adapter.messages()) CHECK(message["seq"] == expected++);
}

TEST_CASE("What was written before a stop arrives before it") {
    AdapterFixture adapter;
    std::string big(200000, 'x');
    adapter.launch(steps(step("fill", "x", big.size()), step("err", "e"), step("stop", "step"),
                         step("out", "after")));
    adapter.configure();
    Json stopped = adapter.event("stopped");
    std::string before;
    auto messages = adapter.messages();
    for (std::size_t i = 0; i < position(messages, stopped); ++i) {
        if (messages[i]["event"] == "output") before += messages[i]["body"]["output"];
    }
    CHECK(before.size() == big.size() + 1);
    adapter.request("continue", {{"threadId", 1}});
    CHECK(adapter.output("stdout") == big + "after");
}

TEST_CASE("With drains the order between the two streams is kept") {
    AdapterFixture adapter;
    Json script = Json::array();
    std::string expected;
    for (int i = 0; i < 20; ++i) {
        const char* stream = i % 2 ? "err" : "out";
        script.push_back(step(stream, std::to_string(i) + ","));
        script.push_back(step("drain"));
        expected += std::to_string(i) + ",";
    }
    adapter.launch(script);
    adapter.configure();
    adapter.event("terminated");
    std::string all;
    for (auto& message : adapter.messages()) {
        if (message["type"] == "event" && message["event"] == "output") {
            all += message["body"]["output"];
        }
    }
    CHECK(all == expected);
}

TEST_CASE("A character that is written in two halves arrives whole") {
    AdapterFixture adapter;
    adapter.launch(steps(step("bytes", step(0xE2, 0x82)), step("drain"),
                         step("bytes", step(0xAC, 0x0A))));
    adapter.configure();
    CHECK(adapter.output("stdout") == "€\n");
}

TEST_CASE("The program's input is empty; environment and folder are as asked") {
    AdapterFixture adapter;
    ::setenv("REFSCOPE_TEST_GONE", "1", 1);
    adapter.launch(steps(step("read"), step("env", "REFSCOPE_TEST_NEW"),
                         step("env", "REFSCOPE_TEST_GONE"), step("cwd")),
                   {{"cwd", "/usr"},
                    {"env", {{"REFSCOPE_TEST_NEW", "yes"}, {"REFSCOPE_TEST_GONE", nullptr}}}});
    adapter.configure();
    CHECK(adapter.output("stdout") ==
          "read 0 bytes\nREFSCOPE_TEST_NEW=yes\nREFSCOPE_TEST_GONE=undefined\n/usr\n");
}

TEST_CASE("Breakpoints set before the launch are kept for the session, in order") {
    AdapterFixture adapter;
    adapter.request("initialize", {{"adapterID", "refscope"}});
    auto early = adapter.send("setBreakpoints", lines({3, 5}));
    auto done = adapter.send("configurationDone");
    CHECK(adapter.request("launch", {{"code", R"([["stop","entry"]])"}})["success"] == true);
    CHECK(adapter.response(early)["body"]["breakpoints"][1]["id"] == 2);
    CHECK(adapter.response(done)["success"] == true);
    adapter.event("stopped");
}

TEST_CASE("A killed program gives a text with the signal, exited, terminated, and answers") {
    AdapterFixture adapter;
    adapter.launch(steps(step("out", "last words"), step("signal", "SIGSEGV")));
    adapter.configure();
    Json exited = adapter.event("exited");
    CHECK(exited["body"]["exitCode"] == 128 + SIGSEGV);
    Json terminated = adapter.event("terminated");
    auto messages = adapter.messages();
    bool named = false;
    for (std::size_t i = 0; i < position(messages, exited); ++i) {
        named |= messages[i]["event"] == "output" &&
                 messages[i].dump().find("SIGSEGV") != std::string::npos;
    }
    CHECK(named);
    CHECK(position(messages, exited) < position(messages, terminated));
    CHECK(adapter.request("threads")["body"]["threads"].empty());
    CHECK(error_text(adapter.request("evaluate", {{"expression", "1"}})) ==
          "evaluate: the program has ended");
    CHECK(adapter.request("setBreakpoints", lines({1}))["body"]["breakpoints"][0]["verified"] ==
          false);
    CHECK(adapter.request("disconnect")["success"] == true);
}

TEST_CASE("A request that the crash leaves open is answered with an error") {
    AdapterFixture adapter;
    adapter.launch(steps(step("stop", "entry")));
    adapter.configure();
    adapter.event("stopped");
    auto never = adapter.send("evaluate", {{"expression", "never"}});
    auto die = adapter.send("evaluate", {{"expression", "die"}});
    CHECK(error_text(adapter.response(never)) == "evaluate: the program has ended");
    adapter.response(die);
    adapter.event("terminated");
}

TEST_CASE("A program that dies at its start refuses the launch") {
    AdapterFixture adapter({"/bin/false"});
    CHECK(error_text(adapter.launch(Json::array())) ==
          "launch: the program ended with status 1 before it could be debugged");
}

TEST_CASE("An executable that is not there refuses the launch") {
    AdapterFixture adapter({"/no/such/refscope"});
    CHECK(error_text(adapter.launch(Json::array())) ==
          "launch: cannot start /no/such/refscope: No such file or directory");
}

TEST_CASE("disconnect ends the program and the conversation") {
    AdapterFixture adapter;
    adapter.launch(steps(step("hang")));
    adapter.configure();
    pid_t pid = adapter.event("process")["body"]["systemProcessId"].get<pid_t>();
    CHECK(adapter.request("disconnect")["success"] == true);
    CHECK(adapter.wait_until_closed());
    CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("A client that vanishes takes the program with it") {
    AdapterFixture adapter;
    adapter.launch(steps(step("hang")));
    adapter.configure();
    pid_t pid = adapter.event("process")["body"]["systemProcessId"].get<pid_t>();
    adapter.hang_up();
    bool ended = false;
    for (int i = 0; i < 500 && !ended; ++i) {
        ended = ::kill(pid, 0) != 0;
        ::usleep(10000);
    }
    CHECK(ended);
}

TEST_CASE("disconnect can leave the program running") {
    AdapterFixture adapter;
    adapter.launch(steps(step("hang")));
    adapter.configure();
    pid_t pid = adapter.event("process")["body"]["systemProcessId"].get<pid_t>();
    CHECK(adapter.request("disconnect", {{"terminateDebuggee", false}})["success"] == true);
    CHECK(adapter.wait_until_closed());
    // This debuggee ends with its session; what counts is that the adapter did not wait for it.
    ::kill(pid, SIGKILL);
}

TEST_CASE("terminate asks the session and reports the end") {
    AdapterFixture adapter;
    adapter.launch(steps(step("stop", "entry")));
    adapter.configure();
    adapter.event("stopped");
    CHECK(adapter.request("terminate")["success"] == true);
    CHECK(adapter.event("exited")["body"]["exitCode"] == 0);
    adapter.event("terminated");
}

TEST_CASE("restart runs again with the breakpoints and without a new initialized") {
    AdapterFixture adapter;
    adapter.launch(steps(step("out", "once\n"), step("stop", "entry")));
    adapter.event("initialized");
    auto before = adapter.request("setBreakpoints", lines({3, 5}))["body"]["breakpoints"];
    adapter.request("setFunctionBreakpoints", {{"breakpoints", step(Json{{"name", "f"}})}});
    adapter.configure();
    adapter.event("stopped");
    CHECK(adapter.request("restart")["success"] == true);
    adapter.event("stopped");
    std::size_t initialized = 0, ended = 0, changed = 0;
    for (auto& message : adapter.messages()) {
        if (message["type"] != "event") continue;
        initialized += message["event"] == "initialized";
        ended += message["event"] == "terminated";
        changed += message["event"] == "breakpoint";
    }
    CHECK(initialized == 1);
    CHECK(ended == 0);
    // The ids are the same: there was nothing to tell.
    CHECK(changed == 0);
    auto after = adapter.request("setBreakpoints", lines({3}))["body"]["breakpoints"];
    CHECK(after[0]["id"] != before[0]["id"]);
    adapter.request("continue", {{"threadId", 1}});
    CHECK(adapter.output("stdout") == "once\nonce\n");
}

TEST_CASE("restart after the end starts the program once more, with new arguments if given") {
    AdapterFixture adapter;
    adapter.launch(steps(step("exit", 1)));
    adapter.configure();
    adapter.event("terminated");
    CHECK(error_text(adapter.request("restart", {{"arguments", {{"program", "/no/x.py"}}}})) ==
          "launch: the program /no/x.py does not exist");
    CHECK(adapter.request("restart", {{"arguments", {{"code", R"([["exit",2]])"}}}})["success"] ==
          true);
    adapter.event("exited");
    CHECK(adapter.event("exited")["body"]["exitCode"] == 2);
}

TEST_CASE("A terminal starts the program through runInTerminal") {
    AdapterFixture adapter;
    adapter.request("initialize",
                    {{"adapterID", "refscope"}, {"supportsRunInTerminalRequest", true}});
    auto launch = adapter.send("launch", {{"code", R"([["stop","entry"],["exit",4]])"},
                                          {"console", "integratedTerminal"}});
    Json request = adapter.reverse_request("runInTerminal");
    CHECK(request["arguments"]["kind"] == "integrated");
    SECTION("which reports back over a socket") {
        std::string command;
        for (auto& word : request["arguments"]["args"]) {
            command += "'" + word.get<std::string>() + "' ";
        }
        CHECK(::system((command + "&").c_str()) == 0);
        adapter.answer(request, true, Json::object());
        CHECK(adapter.response(launch)["success"] == true);
        adapter.configure();
        adapter.event("stopped");
        adapter.request("continue", {{"threadId", 1}});
        CHECK(adapter.event("exited")["body"]["exitCode"] == 4);
        adapter.event("terminated");
    }
    SECTION("and when the client cannot, the launch is refused") {
        adapter.answer(request, false);
        CHECK(error_text(adapter.response(launch)).find("could not open a terminal") !=
              std::string::npos);
    }
}

TEST_CASE("Bad JSON and bad requests do not end the conversation") {
    AdapterFixture adapter;
    adapter.send_text("{nonsense");
    adapter.send_text("[1, 2]");
    adapter.send_text(R"({"seq": 90, "type": "request"})");
    CHECK(error_text(adapter.response(90)) == "malformed request: command must be a string");
    CHECK(adapter.request("initialize", {{"adapterID", "refscope"}})["success"] == true);
}

TEST_CASE("With a token, launch must carry it") {
    AdapterFixture adapter({"/bin/false"}, "secret");
    adapter.request("initialize", {{"adapterID", "refscope"}});
    CHECK(error_text(adapter.request("launch", {{"code", "1"}})) ==
          "the token is missing or wrong");
}

TEST_CASE("Output beyond what the queue holds arrives whole") {
    AdapterFixture adapter;
    constexpr std::size_t kEvents = 40, kChars = 100000;
    Json script = Json::array();
    for (std::size_t i = 0; i < kEvents; ++i) script.push_back(step("fill", "z", kChars));
    adapter.launch(script);
    adapter.configure();
    CHECK(adapter.output("stdout").size() == kEvents * kChars);
}
