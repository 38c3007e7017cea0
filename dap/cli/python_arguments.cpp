#include "dap/cli/python_arguments.h"

#include <algorithm>
#include <cstdlib>

namespace refscope::cli {

namespace {

using Flags = vm::InterpreterFlags;

// Numbers raise a switch to at least their value, other texts to 1.
void raise_by_variable(const char* name, int* flag) {
    const char* text = vm::python_variable(name);
    if (!text || !*text) return;
    char* end;
    const long value = std::strtol(text, &end, 10);
    *flag = std::max(*flag, *end || value < 0 ? 1 : static_cast<int>(value));
}
bool variable_is_set(const char* name) {
    const char* text = vm::python_variable(name);
    return text && *text;
}

bool digits_option(const char* text, int* result) {
    char* end;
    const long value = std::strtol(text, &end, 10);
    if (!*text || *end || (value != 0 && value < 640) || value > INT32_MAX) return false;
    *result = static_cast<int>(value);
    return true;
}

// What -X options say about the switches.
void apply_x_options(PythonArguments& result) {
    for (const std::string& option : result.flags.x_options) {
        const std::string name = option.substr(0, option.find('='));
        const bool bare = name == option;
        const std::string value = bare ? "" : option.substr(name.size() + 1);
        if (name == "dev") result.flags.dev_mode = true;
        if (name == "utf8") result.flags.utf8_mode = bare || value == "1";
        if (name == "warn_default_encoding") result.flags.warn_default_encoding = 1;
        if (name == "int_max_str_digits" && !digits_option(value.c_str(), &result.flags.int_max_str_digits)) {
            result.problem = "-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.";
        }
    }
}

void read_environment(PythonArguments& result) {
    Flags& flags = result.flags;
    vm::interpreter_flags.ignore_environment = flags.ignore_environment;  // for python_variable
    raise_by_variable("PYTHONDEBUG", &flags.debug);
    raise_by_variable("PYTHONVERBOSE", &flags.verbose);
    raise_by_variable("PYTHONOPTIMIZE", &flags.optimize);
    if (variable_is_set("PYTHONINSPECT")) flags.inspect = 1;
    if (variable_is_set("PYTHONNOUSERSITE")) flags.no_user_site = 1;
    flags.dont_write_bytecode |= variable_is_set("PYTHONDONTWRITEBYTECODE");
    flags.unbuffered |= variable_is_set("PYTHONUNBUFFERED");
    flags.safe_path |= variable_is_set("PYTHONSAFEPATH");
    flags.dev_mode |= variable_is_set("PYTHONDEVMODE");
    if (const char* digits = vm::python_variable("PYTHONINTMAXSTRDIGITS"); digits && *digits && flags.int_max_str_digits < 0) {
        if (!digits_option(digits, &flags.int_max_str_digits)) {
            result.problem = "PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.";
        }
    }
    // Weakest first: -X dev, the environment, -W, -b.
    std::vector<std::string> warnings;
    if (flags.dev_mode) warnings.emplace_back("default");
    if (const char* text = vm::python_variable("PYTHONWARNINGS"); text) {
        const std::string all = text;
        for (size_t begin = 0; begin < all.size();) {
            const size_t end = std::min(all.find(',', begin), all.size());
            if (end > begin) warnings.push_back(all.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    warnings.insert(warnings.end(), flags.warn_options.begin(), flags.warn_options.end());
    if (flags.bytes_warning) warnings.emplace_back(flags.bytes_warning > 1 ? "error::BytesWarning" : "default::BytesWarning");
    flags.warn_options = std::move(warnings);
}

// One letter without a value. False: there is no such switch.
bool apply_switch(char letter, PythonArguments& result) {
    Flags& flags = result.flags;
    switch (letter) {
        case 'b': ++flags.bytes_warning; return true;
        case 'B': flags.dont_write_bytecode = true; return true;
        case 'd': ++flags.debug; return true;
        case 'E': flags.ignore_environment = 1; return true;
        case 'h':
        case '?': result.show_help = true; return true;
        case 'i':
            ++flags.inspect;
            ++flags.interactive;
            return true;
        case 'I':
            flags.isolated = flags.ignore_environment = flags.no_user_site = 1;
            flags.safe_path = true;
            return true;
        case 'O': ++flags.optimize; return true;
        case 'P': flags.safe_path = true; return true;
        case 'q': ++flags.quiet; return true;
        case 'R': return true;
        case 's': flags.no_user_site = 1; return true;
        case 'S': flags.no_site = 1; return true;
        case 'u': flags.unbuffered = true; return true;
        case 'v': ++flags.verbose; return true;
        case 'V': result.show_version = true; return true;
        default: return false;
    }
}

// Reads the options; the index of the first word that is none of them.
size_t read_options(const std::vector<std::string>& arguments, PythonArguments& result) {
    size_t at = 0;
    for (; at < arguments.size(); ++at) {
        const std::string& word = arguments[at];
        if (word.size() < 2 || word[0] != '-') return at;
        if (word == "--") return at + 1;
        if (word.starts_with("--")) {
            if (word == "--version") result.show_version = true;
            else if (word == "--help" || word == "--help-env" || word == "--help-xoptions" || word == "--help-all") result.show_help = true;
            else if (word == "--check-hash-based-pycs" && at + 1 < arguments.size()) ++at;
            else result.problem = "unknown option " + word;
            continue;
        }
        for (size_t i = 1; i < word.size(); ++i) {
            const char letter = word[i];
            if (apply_switch(letter, result)) continue;
            if (letter != 'c' && letter != 'm' && letter != 'W' && letter != 'X') {
                result.problem = std::string("Unknown option: -") + letter;
                break;
            }
            // The value: the rest of the word, or the next one.
            if (i + 1 == word.size() && at + 1 == arguments.size()) {
                result.problem = std::string("Argument expected for the -") + letter + " option";
                break;
            }
            const std::string value = i + 1 < word.size() ? word.substr(i + 1) : arguments[++at];
            if (letter == 'W') {
                result.flags.warn_options.push_back(value);
            } else if (letter == 'X') {
                result.flags.x_options.push_back(value);
            } else {
                result.program.has_program = true;
                result.program.kind = letter == 'c' ? ProgramKind::kCode : ProgramKind::kModule;
                result.program.program = value;
                return at + 1;
            }
            break;
        }
    }
    return at;
}

}  // namespace

PythonArguments read_python_arguments(const std::vector<std::string>& arguments) {
    PythonArguments result;
    size_t at = read_options(arguments, result);
    RunArguments& program = result.program;
    if (!program.has_program) {
        // Without a program it is standard input's.
        program.has_program = true;
        program.kind = at < arguments.size() && arguments[at] != "-" ? ProgramKind::kFile : ProgramKind::kStdin;
        if (at < arguments.size()) program.program = arguments[at++];
    }
    program.args.assign(arguments.begin() + static_cast<std::ptrdiff_t>(std::min(at, arguments.size())), arguments.end());
    apply_x_options(result);
    read_environment(result);
    return result;
}

}  // namespace refscope::cli
