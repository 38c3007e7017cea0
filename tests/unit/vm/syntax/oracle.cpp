#include "tests/unit/vm/syntax/oracle.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "vm/syntax/dump.h"

namespace refscope::syntax {

namespace {

constexpr const char* kOracle = "/usr/bin/python3.11";

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "refscope-syntax-XXXXXX").string();
        if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

void run(const std::string& arguments) {
    const std::string command = std::string(kOracle) +
                                " " REFSCOPE_SOURCE_DIR "/tests/unit/vm/syntax/oracle.py " +
                                arguments;
    if (std::system(command.c_str()) != 0)
        throw std::runtime_error("the oracle failed: " + command);
}

const char* mode_name(ParseMode mode) {
    return mode == ParseMode::Exec ? "exec" : (mode == ParseMode::Eval ? "eval" : "single");
}

}  // namespace

bool oracle_available() {
    return access(kOracle, X_OK) == 0;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> oracle_answers(const std::vector<std::string>& sources, ParseMode mode) {
    const TemporaryFolder folder;
    {
        std::ofstream file(folder.file("sources"), std::ios::binary);
        for (const std::string& source : sources) file << source << '\0';
    }
    run(std::string("errors ") + mode_name(mode) + " " + folder.file("sources") + " " +
        folder.file("out"));
    std::vector<std::string> answers;
    std::istringstream out(read_file(folder.file("out")));
    for (std::string line; std::getline(out, line);) answers.push_back(line);
    return answers;
}

std::vector<std::string> oracle_dumps(const std::vector<std::string>& paths) {
    const TemporaryFolder folder;
    {
        std::ofstream file(folder.file("paths"));
        for (const std::string& path : paths) file << path << '\n';
    }
    run("dumps " + folder.file("paths") + " " + folder.path());
    std::vector<std::string> dumps;
    for (std::size_t i = 0; i < paths.size(); ++i)
        dumps.push_back(read_file(folder.file(std::to_string(i))));
    return dumps;
}

std::string our_answer(std::string_view text, ParseMode mode) {
    const base::SourceText source{std::string(text)};
    ParseOptions options;
    options.mode = mode;
    const ParseResult result = parse(source, options);
    if (result.tree != nullptr) return "OK " + dump(*result.tree);
    const Diagnostic& error = result.diagnostics.at(0);
    if (error.kind == DiagnosticKind::MemoryError) return "MemoryError";
    std::ostringstream out;
    out << diagnostic_kind_name(error.kind) << '|' << error.message << '|' << error.lineno << '|'
        << error.offset << '|' << error.end_lineno << '|' << error.end_offset;
    return out.str();
}

}  // namespace refscope::syntax
