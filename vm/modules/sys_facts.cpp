// The attributes of sys that are facts: versions, flags, limits of the number types, paths, names of modules.
#include <gnu/libc-version.h>

#include <algorithm>
#include <cfloat>
#include <cstring>
#include <string>
#include <vector>

#include "vm/host/host.h"
#include "vm/modules/interpreter_flags.h"
#include "vm/modules/startup.h"
#include "vm/modules/sys_module.h"
#include "vm/objects/bool.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/simple_namespace.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"
#include "vm/objects/sys_attributes.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

constexpr int kHexVersion = 0x030b02f0;
constexpr const char* kPrefix = "/usr";
constexpr const char* kLibrary = "/usr/lib/python3.11";

const char* const stdlib_names[] = {
#include "vm/modules/sys_stdlib_names.inc"
};

const StructField flags_fields[] = {{"debug", "-d"},
                                    {"inspect", "-i"},
                                    {"interactive", "-i"},
                                    {"optimize", "-O or -OO"},
                                    {"dont_write_bytecode", "-B"},
                                    {"no_user_site", "-s"},
                                    {"no_site", "-S"},
                                    {"ignore_environment", "-E"},
                                    {"verbose", "-v"},
                                    {"bytes_warning", "-b"},
                                    {"quiet", "-q"},
                                    {"hash_randomization", "-R"},
                                    {"isolated", "-I"},
                                    {"dev_mode", "-X dev"},
                                    {"utf8_mode", "-X utf8"},
                                    {"warn_default_encoding", "-X warn_default_encoding"},
                                    {"safe_path", "-P"},
                                    {"int_max_str_digits", "-X int_max_str_digits"},
                                    {nullptr, nullptr}};
const StructField version_fields[] = {{"major", nullptr}, {"minor", nullptr},  {"micro", nullptr}, {"releaselevel", nullptr},
                                      {"serial", nullptr}, {nullptr, nullptr}};
const StructField float_fields[] = {{"max", "largest finite value"},
                                    {"max_exp", nullptr},
                                    {"max_10_exp", nullptr},
                                    {"min", "smallest normal value"},
                                    {"min_exp", nullptr},
                                    {"min_10_exp", nullptr},
                                    {"dig", "decimal digits that survive"},
                                    {"mant_dig", nullptr},
                                    {"epsilon", "the step after 1"},
                                    {"radix", nullptr},
                                    {"rounds", nullptr},
                                    {nullptr, nullptr}};
const StructField int_fields[] = {{"bits_per_digit", nullptr},
                                  {"sizeof_digit", nullptr},
                                  {"default_max_str_digits", nullptr},
                                  {"str_digits_check_threshold", nullptr},
                                  {nullptr, nullptr}};
const StructField hash_fields[] = {{"width", nullptr},     {"modulus", nullptr},   {"inf", nullptr},
                                   {"nan", nullptr},       {"imag", nullptr},      {"algorithm", nullptr},
                                   {"hash_bits", nullptr}, {"seed_bits", nullptr}, {"cutoff", nullptr},
                                   {nullptr, nullptr}};
const StructField thread_fields[] = {{"name", nullptr}, {"lock", nullptr}, {"version", nullptr}, {nullptr, nullptr}};

const StructDescription flags_description{"sys.flags", "The command line's switches.", flags_fields, 18};
const StructDescription version_description{"sys.version_info", "The version of the language.", version_fields, 5};
const StructDescription float_description{"sys.float_info", "The limits of float.", float_fields, 11};
const StructDescription int_description{"sys.int_info", "How int is represented.", int_fields, 4};
const StructDescription hash_description{"sys.hash_info", "How hashes are computed.", hash_fields, 9};
const StructDescription thread_description{"sys.thread_info", "How threads are implemented.", thread_fields, 3};

Type flags_type = static_type("sys.flags", 0, 0, 0);
Type version_type = static_type("sys.version_info", 0, 0, 0);
Type float_info_type = static_type("sys.float_info", 0, 0, 0);
Type int_info_type = static_type("sys.int_info", 0, 0, 0);
Type hash_info_type = static_type("sys.hash_info", 0, 0, 0);
Type thread_info_type = static_type("sys.thread_info", 0, 0, 0);

// Adds one attribute after the other; the first failure makes all the rest fail too.
class Facts {
  public:
    explicit Facts(Object* dict) : dict_(dict) {}
    bool failed() const { return failed_; }

    void add(const char* name, Object* stolen) {
        Ref<> value = own(stolen);
        if (!value || dict_set_item_string(dict_, name, value.get()) < 0) failed_ = true;
    }
    void text(const char* name, const std::string& value) { add(name, str_from_filesystem(value)); }
    void number(const char* name, int64_t value) { add(name, int_from_int64(value)); }
    void nothing(const char* name) { add(name, new_none()); }

    void sequence(const char* name, Type* type, const StructDescription& description, std::initializer_list<Object*> stolen,
                  bool disallow_instantiation = true) {
        Owned result = struct_sequence_init_type(type, description, disallow_instantiation) < 0 ? nullptr
                                                                                                : struct_sequence_new(type);
        intptr_t index = 0;
        for (Object* item : stolen) {
            if (result && item) struct_sequence_set_item(result, index++, item);
            else xdecref(item);
        }
        add(name, result);
    }
    void list(const char* name, const std::vector<std::string>& items) {
        Owned result = list_new(0);
        for (const std::string& item : items) {
            if (!result) break;
            Ref<> text = own(str_from_filesystem(item));
            if (!text || list_append(result, text.get()) < 0) failed_ = true;
        }
        add(name, result);
    }

  private:
    Object* dict_;
    bool failed_ = false;
};

Owned text(const char* value) { return str_from_string(value); }
Owned number(int64_t value) { return int_from_int64(value); }

bool is_set(const char* variable) {
    const char* value = python_variable(variable);
    return value && *value;
}

std::vector<std::string> default_path() {
    std::vector<std::string> result{"/usr/lib/python311.zip", kLibrary, std::string(kLibrary) + "/lib-dynload"};
    for (const char* packages : {"/usr/local/lib/python3.11/dist-packages", "/usr/lib/python3/dist-packages"}) {
        struct stat status;
        if (host().status(packages, true, &status) == 0) result.push_back(packages);
    }
    if (const char* extra = python_variable("PYTHONPATH"); extra && *extra) {
        std::vector<std::string> first;
        const std::string value = extra;
        for (size_t begin = 0; begin <= value.size();) {
            const size_t end = std::min(value.find(':', begin), value.size());
            if (end > begin) first.push_back(value.substr(begin, end - begin));
            begin = end + 1;
        }
        result.insert(result.begin(), first.begin(), first.end());
    }
    return result;
}

void add_version(Facts& facts) {
    facts.sequence("version_info", &version_type, version_description,
                   {number(3), number(11), number(2), text("final"), number(0)});
    facts.text("version", "3.11.2 (refscope) [GCC " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__) +
                              ".0]");
    facts.number("hexversion", kHexVersion);
    facts.number("api_version", 1013);
    facts.text("copyright", "Refscope: Copyright (c) the Refscope authors. MIT licence.");
    Ref<> git_name = own(text("CPython"));
    facts.add("_git", tuple_pack({git_name.get(), str_empty(), str_empty()}));
    facts.text("_framework", "");
    facts.text("abiflags", "");
    facts.text("platform", "linux");
    facts.text("platlibdir", "lib");
    facts.text("byteorder", "little");
    facts.text("float_repr_style", "short");

    // "cpython", because the memory model that programs look for by this name is the one they get.
    Ref<> fields = own(dict_new());
    Ref<> version = share(sys_get_object("version_info"));
    if (!fields || !version) return;
    const struct {
        const char* name;
        Object* value;
    } entries[] = {{"name", text("cpython")},
                   {"cache_tag", text("cpython-311")},
                   {"version", newref(version.get())},
                   {"hexversion", number(kHexVersion)},
                   {"_multiarch", text("x86_64-linux-gnu")}};
    for (const auto& entry : entries) {
        Ref<> value = own(entry.value);
        if (value) dict_set_item_string(fields.get(), entry.name, value.get());
    }
    facts.add("implementation", simple_namespace_new(fields.get()));
}

void add_limits(Facts& facts) {
    facts.number("maxsize", INT64_MAX);
    facts.number("maxunicode", 0x10ffff);
    facts.sequence("float_info", &float_info_type, float_description,
                   {float_new(DBL_MAX), number(DBL_MAX_EXP), number(DBL_MAX_10_EXP), float_new(DBL_MIN), number(DBL_MIN_EXP),
                    number(DBL_MIN_10_EXP), number(DBL_DIG), number(DBL_MANT_DIG), float_new(DBL_EPSILON),
                    number(FLT_RADIX), number(1)},
                   false);
    facts.sequence("int_info", &int_info_type, int_description,
                   {number(kIntDigitBits), number(4), number(kIntMaxStrDigitsDefault), number(kIntMaxStrDigitsThreshold)},
                   false);
    facts.sequence("hash_info", &hash_info_type, hash_description,
                   {number(64), number((int64_t{1} << 61) - 1), number(314159), number(0), number(1000003),
                    text("siphash13"), number(64), number(128), number(0)},
                   false);
    facts.sequence("thread_info", &thread_info_type, thread_description,
                   {text("pthread"), text("semaphore"), text((std::string("NPTL ") + gnu_get_libc_version()).c_str())}, false);
}

// -X NAME or -X NAME=VALUE
Owned x_options() {
    Ref<> result = own(dict_new());
    for (const std::string& option : interpreter_flags.x_options) {
        const size_t equals = option.find('=');
        Ref<> name = own(str_from_filesystem(option.substr(0, equals)));
        Ref<> value = equals == std::string::npos ? share(py_true()) : own(str_from_filesystem(option.substr(equals + 1)));
        if (!result || !name || !value || dict_set_item(result.get(), name.get(), value.get()) < 0) return nullptr;
    }
    return result.release();
}

void add_flags(Facts& facts) {
    const InterpreterFlags& given = interpreter_flags;
    const char* seed = python_variable("PYTHONHASHSEED");
    const bool randomized = !seed || strcmp(seed, "0") != 0;
    const bool no_bytecode = given.dont_write_bytecode || is_set("PYTHONDONTWRITEBYTECODE");
    facts.sequence("flags", &flags_type, flags_description,
                   {number(given.debug), number(given.inspect), number(given.interactive), number(given.optimize), number(no_bytecode),
                    number(given.no_user_site), number(given.no_site), number(given.ignore_environment), number(given.verbose),
                    number(given.bytes_warning), number(given.quiet), number(randomized), number(given.isolated),
                    bool_from(given.dev_mode), number(given.utf8_mode), number(given.warn_default_encoding), bool_from(given.safe_path),
                    number(given.int_max_str_digits)});
    facts.add("dont_write_bytecode", bool_from(no_bytecode));
    facts.list("warnoptions", given.warn_options);
    facts.add("_xoptions", x_options());
}

void add_paths(Facts& facts, const StartupOptions& options) {
    facts.text("executable", options.program_name);
    facts.text("_base_executable", options.program_name);
    for (const char* name : {"prefix", "exec_prefix", "base_prefix", "base_exec_prefix"}) facts.text(name, kPrefix);
    facts.nothing("_home");
    facts.text("_stdlib_dir", kLibrary);
    if (is_set("PYTHONPYCACHEPREFIX")) {
        facts.add("pycache_prefix", str_from_filesystem(host().variable("PYTHONPYCACHEPREFIX")));
    } else {
        facts.nothing("pycache_prefix");
    }
    facts.list("argv", options.argv.empty() ? std::vector<std::string>{""} : options.argv);
    std::vector<std::string> original = options.original_argv;
    if (original.empty()) {
        original.push_back(options.program_name);
        original.insert(original.end(), options.argv.begin(), options.argv.end());
    }
    facts.list("orig_argv", original);
    std::vector<std::string> path = options.path.empty() ? default_path() : options.path;
    if (!interpreter_flags.safe_path) path.insert(path.begin(), options.main_folder);
    facts.list("path", path);
    facts.list("path_hooks", {});
    facts.list("meta_path", {});
    facts.add("path_importer_cache", dict_new());
}

void add_module_names(Facts& facts) {
    Owned standard = frozenset_new(nullptr);
    for (const char* name : stdlib_names) {
        Ref<> text = own(str_intern_from_string(name));
        if (standard && text) set_add(standard, text.get());
    }
    facts.add("stdlib_module_names", standard);

    std::vector<std::string> names;
    for (const BuiltinModule& module : builtin_modules()) names.push_back(module.name);
    std::sort(names.begin(), names.end());
    Owned builtin = tuple_new(static_cast<intptr_t>(names.size()));
    for (size_t i = 0; builtin && i < names.size(); ++i) {
        tuple_init_item(builtin, static_cast<intptr_t>(i), str_intern_from_string(names[i].c_str()));
    }
    facts.add("builtin_module_names", builtin);
}

}  // namespace

int sys_add_facts(Object* dict, const StartupOptions& options) {
    Facts facts(dict);
    add_version(facts);
    add_limits(facts);
    add_flags(facts);
    add_paths(facts, options);
    add_module_names(facts);
    return facts.failed() ? -1 : 0;
}

}  // namespace refscope::vm
