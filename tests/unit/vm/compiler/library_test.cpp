// The strongest test of the compiler: its code objects against CPython's, field by field, over the installed standard library.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include "tests/unit/vm/compiler/code_dump.h"

using namespace refscope::compiler::test;

namespace {

std::vector<std::string> library_files() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("/usr/lib/python3.11")) {
        if (entry.path().extension() == ".py" && entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

struct Score {
    int codes = 0;
    int equal = 0;
    std::map<std::string, int> differences;  // by field
    std::vector<std::string> first;          // the first differences, for people

    void note(const std::string& what) {
        if (first.size() < 40) first.push_back(what);
    }
};

void compare_file(const FileDump& ours, const FileDump& theirs, Score& score) {
    score.codes += static_cast<int>(std::max<size_t>(theirs.codes.size(), 1));
    if (!ours.error.empty() || !theirs.error.empty()) {
        // CPython words errors of the encoding differently for files and for bytes.
        if (ours.error == theirs.error || (ours.undecodable && !theirs.error.empty())) {
            score.equal++;
        } else {
            score.differences["error"]++;
            score.note(ours.path + ": ours: " + ours.error + " | CPython: " + theirs.error);
        }
        return;
    }
    if (ours.warnings != theirs.warnings) {
        score.differences["warnings"]++;
        score.note(ours.path + ": warnings: ours: " + (ours.warnings.empty() ? "" : ours.warnings.front()) + " | CPython: " +
                   (theirs.warnings.empty() ? "" : theirs.warnings.front()));
    }
    for (size_t i = 0; i < theirs.codes.size(); i++) {
        bool same = i < ours.codes.size();
        if (!same) score.differences["missing"]++;
        for (size_t f = 0; i < ours.codes.size() && f < theirs.codes[i].fields.size(); f++) {
            const auto& [key, expected] = theirs.codes[i].fields[f];
            const std::string& actual = ours.codes[i].fields[f].second;
            if (actual == expected) continue;
            same = false;
            score.differences[key]++;
            score.note(ours.path + ": " + theirs.codes[i].fields[0].second + ": " + key + "\n  ours    " +
                       actual.substr(0, 600) + "\n  CPython " + expected.substr(0, 600));
        }
        if (same) score.equal++;
    }
}

Score compare(const std::vector<std::string>& files, const std::string& mode, int optimize) {
    Score score;
    constexpr size_t kBatch = 200;
    for (size_t begin = 0; begin < files.size(); begin += kBatch) {
        std::vector<std::string> batch(files.begin() + static_cast<std::ptrdiff_t>(begin),
                                       files.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kBatch, files.size())));
        std::vector<FileDump> theirs = oracle_dumps(batch, mode, optimize);
        REQUIRE(theirs.size() == batch.size());
        for (size_t i = 0; i < batch.size(); i++) compare_file(dump_file(batch[i], mode, optimize), theirs[i], score);
    }
    return score;
}

void report(const Score& score) {
    std::cout << score.equal << " of " << score.codes << " code objects equal\n";
    for (const auto& [field, count] : score.differences) std::cout << "  " << field << ": " << count << "\n";
    for (const std::string& what : score.first) std::cout << what << "\n";
}

}  // namespace

TEST_CASE("code objects of a sample of the standard library equal CPython's in every field") {
    std::vector<std::string> files = library_files();
    std::vector<std::string> sample;
    for (size_t i = 0; i < files.size(); i += std::max<size_t>(files.size() / 60, 1)) sample.push_back(files[i]);
    Score score = compare(sample, "exec", 0);
    INFO((score.first.empty() ? std::string() : score.first.front()));
    CHECK(score.equal == score.codes);
    CHECK(score.differences.empty());
}

TEST_CASE("code objects of the sample equal CPython's with -OO") {
    std::vector<std::string> files = library_files();
    std::vector<std::string> sample;
    for (size_t i = 7; i < files.size(); i += std::max<size_t>(files.size() / 20, 1)) sample.push_back(files[i]);
    Score score = compare(sample, "exec", 2);
    INFO((score.first.empty() ? std::string() : score.first.front()));
    CHECK(score.equal == score.codes);
    CHECK(score.differences.empty());
}

// Takes minutes. REFSCOPE_FILES names a file with paths to compare instead of the library.
TEST_CASE("code objects of the whole standard library equal CPython's", "[.library]") {
    std::vector<std::string> files = library_files();
    if (const char* list = std::getenv("REFSCOPE_FILES")) {
        files.clear();
        std::string content = read_file(list);
        for (size_t at = 0; at < content.size();) {
            size_t end = content.find('\n', at);
            files.push_back(content.substr(at, end - at));
            at = end == std::string::npos ? content.size() : end + 1;
        }
    }
    const char* level = std::getenv("REFSCOPE_OPTIMIZE");
    const char* mode = std::getenv("REFSCOPE_MODE");
    Score score = compare(files, mode ? mode : "exec", level ? std::atoi(level) : 0);
    report(score);
    CHECK(score.equal == score.codes);
    CHECK(score.differences.empty());
}
