// Small programs against the installed CPython: errors with their places, warnings, the three modes. The programs are in text
// files, between lines of dashes.
#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/vm/compiler/code_dump.h"

using namespace refscope::compiler::test;

namespace {

/// The programs of a text file, each in a file of its own.
class Programs {
  public:
    explicit Programs(const std::string& name) {
        folder_ = std::filesystem::temp_directory_path() / ("refscope-" + name + "-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
        std::string content = read_file(REFSCOPE_SOURCE_DIR "/tests/unit/vm/compiler/" + name + ".txt");
        constexpr std::string_view kSeparator = "\n----\n";
        for (size_t at = 0; at < content.size();) {
            size_t end = content.find(kSeparator, at);
            paths.push_back(folder_ / (std::to_string(paths.size()) + ".py"));
            std::ofstream(paths.back()) << content.substr(at, end == std::string::npos ? end : end - at + 1);
            at = end == std::string::npos ? content.size() : end + kSeparator.size();
        }
    }
    ~Programs() { std::filesystem::remove_all(folder_); }

    std::vector<std::string> paths;

  private:
    std::filesystem::path folder_;
};

void check_equal(const std::string& name, const std::string& mode, int optimize = 0) {
    Programs programs(name);
    std::vector<FileDump> theirs = oracle_dumps(programs.paths, mode, optimize);
    REQUIRE(theirs.size() == programs.paths.size());
    for (size_t i = 0; i < theirs.size(); i++) {
        FileDump ours = dump_file(programs.paths[i], mode, optimize);
        INFO(read_file(programs.paths[i]));
        CHECK(ours.error == theirs[i].error);
        CHECK(ours.warnings == theirs[i].warnings);
        REQUIRE(ours.codes.size() == theirs[i].codes.size());
        for (size_t c = 0; c < ours.codes.size(); c++) CHECK(ours.codes[c].fields == theirs[i].codes[c].fields);
    }
}

}  // namespace

TEST_CASE("compile-time errors have CPython's words and places") { check_equal("errors", "exec"); }
TEST_CASE("compile-time warnings are CPython's") { check_equal("warnings", "exec"); }
TEST_CASE("expressions compile for eval as in CPython") { check_equal("expressions", "eval"); }
TEST_CASE("interactive statements print their values as in CPython") { check_equal("interactive", "single"); }
TEST_CASE("annotations kept as text read as in CPython") { check_equal("annotations", "exec"); }
TEST_CASE("await outside functions compiles as in CPython where it is allowed") { check_equal("top_level_await", "await"); }
TEST_CASE("assertions and docstrings go with the levels of -O") {
    check_equal("warnings", "exec", 1);
    check_equal("warnings", "exec", 2);
}
