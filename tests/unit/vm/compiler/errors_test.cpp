// Errors that only the compiler finds: message and position against the installed CPython's. The programs are in errors.txt,
// between lines of dashes.
#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/vm/compiler/code_dump.h"

using namespace refscope::compiler::test;

TEST_CASE("compile-time errors have CPython's words and places") {
    std::string content = read_file(REFSCOPE_SOURCE_DIR "/tests/unit/vm/compiler/errors.txt");
    std::filesystem::path folder = std::filesystem::temp_directory_path() / ("refscope-errors-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::vector<std::string> paths;
    constexpr std::string_view kSeparator = "\n----\n";
    for (size_t at = 0; at < content.size();) {
        size_t end = content.find(kSeparator, at);
        std::string path = folder / (std::to_string(paths.size()) + ".py");
        std::ofstream(path) << content.substr(at, end - at);
        paths.push_back(path);
        at = end == std::string::npos ? content.size() : end + kSeparator.size();
    }
    std::vector<FileDump> theirs = oracle_dumps(paths, "exec", 0);
    REQUIRE(theirs.size() == paths.size());
    for (size_t i = 0; i < paths.size(); i++) {
        INFO(read_file(paths[i]));
        CHECK(!theirs[i].error.empty());
        CHECK(dump_file(paths[i], "exec", 0).error == theirs[i].error);
    }
    std::filesystem::remove_all(folder);
}
