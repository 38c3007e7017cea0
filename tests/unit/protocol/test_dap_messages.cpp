#include <catch2/catch.hpp>

#include "protocol/dap_table.h"
#include "protocol/dap_types.h"
#include "protocol/json_codec.h"

using namespace refscope::protocol;
using namespace refscope::protocol::dap;

namespace {

template <class T>
std::string why_not(const char* text) {
    try {
        from_json_value<T>(Json::parse(text), "arguments");
    } catch (const DecodeError& error) {
        return error.what();
    }
    return "decoded";
}

}  // namespace

TEST_CASE("What is missing or wrong is named by its place") {
    CHECK(why_not<SetBreakpointsArguments>("{}") == "arguments.source is missing");
    CHECK(why_not<SetBreakpointsArguments>("[]") == "arguments must be an object");
    CHECK(why_not<SetBreakpointsArguments>(R"({"source":{},"breakpoints":[{"line":1},{}]})") ==
          "arguments.breakpoints[1].line is missing");
    CHECK(why_not<SetBreakpointsArguments>(R"({"source":{"path":3}})") ==
          "arguments.source.path must be a string");
    CHECK(why_not<NextArguments>(R"({"threadId":1.5})") == "arguments.threadId must be an integer");
    CHECK(why_not<NextArguments>(R"({"threadId":1,"granularity":"word"})") ==
          "arguments.granularity must be one of statement, line, instruction");
    CHECK(why_not<NextArguments>(R"({"threadId":18446744073709551615})") ==
          "arguments.threadId is too large");
    CHECK(why_not<LaunchRequestArguments>(R"({"env":{"A":1}})") ==
          "arguments.env.A must be a string");
}

TEST_CASE("Null is absent, unknown fields are skipped, integral numbers are integers") {
    auto next = from_json_value<NextArguments>(
        Json::parse(R"({"threadId":1.0,"granularity":null,"future":[1]})"), "arguments");
    CHECK(next.threadId == 1);
    CHECK_FALSE(next.granularity);
}

TEST_CASE("Optional fields are left out, nullable ones are null") {
    Variable variable;
    variable.name = "a";
    CHECK(to_json_value(variable).dump() == R"({"name":"a","value":"","variablesReference":0})");
    DataBreakpointInfoResponseBody info;
    CHECK(to_json_value(info).dump() == R"({"dataId":null,"description":""})");
    info.dataId = std::string("x");
    CHECK(to_json_value(info)["dataId"] == "x");
    ExceptionBreakpointsFilter filter;
    filter.default_ = true;
    CHECK(to_json_value(filter)["default"] == true);
}

TEST_CASE("What passes through is kept as it was") {
    const char* text = R"({"adapterData":{"deep":[1,null,"x"]},"name":"a"})";
    auto source = from_json_value<Source>(Json::parse(text), "source");
    CHECK(to_json_value(source).dump() == text);
}

TEST_CASE("Text that is not UTF-8 is replaced, not thrown at") {
    Variable variable;
    variable.name = "\xff";
    CHECK(dump_json(to_json_value(variable)).find("\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("A flag is announced exactly when its request is served") {
    Json announced = to_json_value(capabilities());
    auto served = [](const char* command) {
        return find_request(command)->server != Server::kLater;
    };
    CHECK(announced.contains("supportsSetVariable") == served("setVariable"));
    CHECK(announced.contains("supportsDisassembleRequest") == served("disassemble"));
    CHECK(announced.contains("supportsRestartRequest") == served("restart"));
    CHECK(announced.contains("supportsStepBack") == served("stepBack"));
    CHECK(find_request("noSuchRequest") == nullptr);
}
