// The trees of CPython's standard library, node for node and column for column.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>

#include "tests/unit/vm/syntax/oracle.h"
#include "vm/syntax/dump.h"

using namespace refscope;
using namespace refscope::syntax;

namespace {

constexpr const char* kLibrary = "/usr/lib/python3.11";

std::vector<std::string> library_files() {
    std::vector<std::string> files;
    std::error_code error;
    for (auto it = std::filesystem::recursive_directory_iterator(kLibrary, error);
         it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
        if (!error && it->is_regular_file(error) && it->path().extension() == ".py")
            files.push_back(it->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

void compare(const std::vector<std::string>& files) {
    const std::vector<std::string> wanted = oracle_dumps(files);
    std::size_t different = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const base::DecodedSource decoded = base::decode_source(read_file(files[i]), files[i]);
        if (!decoded.error.empty()) {
            INFO(files[i]);
            CHECK(wanted[i].starts_with("SyntaxError|"));
            continue;
        }
        const ParseResult result = parse(decoded.source);
        const std::string ours = result.tree != nullptr
                                     ? "OK " + dump(*result.tree)
                                     : our_answer(decoded.source.text(), ParseMode::Exec);
        if (ours == wanted[i]) continue;
        ++different;
        const auto [a, b] =
            std::mismatch(ours.begin(), ours.end(), wanted[i].begin(), wanted[i].end());
        const auto at = static_cast<std::size_t>(a - ours.begin());
        const std::size_t from = at > 80 ? at - 80 : 0;
        UNSCOPED_INFO(files[i] << "\n  ours   " << ours.substr(from, 160) << "\n  wanted "
                               << wanted[i].substr(from, 160));
    }
    CHECK(different == 0);
}

}  // namespace

TEST_CASE("a sample of the standard library gives CPython's trees with all positions") {
    if (!oracle_available()) return;
    const std::vector<std::string> all = library_files();
    std::vector<std::string> sample;
    for (std::size_t i = 0; i < all.size(); i += 25) sample.push_back(all[i]);
    for (const char* name : {"/ast.py", "/typing.py", "/asyncio/tasks.py", "/dataclasses.py"}) {
        sample.push_back(std::string(kLibrary) + name);
    }
    compare(sample);
}

TEST_CASE("the whole standard library gives CPython's trees with all positions", "[.all]") {
    if (!oracle_available()) return;
    compare(library_files());
}

TEST_CASE("parsing is faster than 5 MB a second", "[.all]") {
    std::size_t bytes = 0;
    std::vector<base::DecodedSource> sources;
    for (const std::string& path : library_files())
        sources.push_back(base::decode_source(read_file(path), path));
    const auto start = std::chrono::steady_clock::now();
    for (const base::DecodedSource& decoded : sources) {
        bytes += decoded.source.size();
        parse(decoded.source);
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    CHECK(static_cast<double>(bytes) / taken.count() > 5e6);
}
