// Macros that turn a message table (`*.def`) into structs and the declarations of their codecs.
// Included without a guard, once before a table; `message_codecs.h` gives the definitions.
#define REQUIRED(name, ...) __VA_ARGS__ name{};
#define OPTIONAL(name, ...) std::optional<__VA_ARGS__> name{};
#define REQUIRED_AS(member, key, ...) __VA_ARGS__ member{};
#define OPTIONAL_AS(member, key, ...) std::optional<__VA_ARGS__> member{};
#define PROTOCOL_TYPE(Name, ...)                                \
    struct Name {                                               \
        __VA_ARGS__                                             \
    };                                                          \
    void encode(nlohmann::json& out, const Name& value);        \
    void decode(const nlohmann::json& in, Name& out, const DecodePath& at);
#define VALUE(name) name,
#define PROTOCOL_ENUM(Name, ...)                                \
    enum class Name { __VA_ARGS__ };                            \
    void encode(nlohmann::json& out, Name value);               \
    void decode(const nlohmann::json& in, Name& out, const DecodePath& at);
