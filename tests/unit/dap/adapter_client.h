// A client for the adapter's unit tests: the adapter runs on a thread of its own over a socket pair,
// the test speaks to it with blocking calls that give up after some seconds.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

struct AdapterFixture {
    AdapterFixture();
    explicit AdapterFixture(std::vector<std::string> debuggee_command, std::string token = "");
    ~AdapterFixture();

    std::int64_t send(const std::string& command, const nlohmann::json& arguments = {});
    void send_text(const std::string& bytes);
    nlohmann::json response(std::int64_t seq);
    nlohmann::json request(const std::string& command, const nlohmann::json& arguments = {});
    // The next event of that name that no call has returned yet.
    nlohmann::json event(const std::string& name);
    nlohmann::json reverse_request(const std::string& command);
    void answer(const nlohmann::json& request, bool success, const nlohmann::json& body = {});

    // initialize and launch a script of the fake session; the launch's response.
    nlohmann::json launch(const nlohmann::json& script, nlohmann::json more = {});
    void configure() { request("configurationDone"); }
    // All text of a category up to the `terminated` event.
    std::string output(const std::string& category);
    // Messages so far, in their order of arrival.
    std::vector<nlohmann::json> messages() const;
    void hang_up();
    bool wait_until_closed();

    struct Impl;
    std::unique_ptr<Impl> impl;
};
