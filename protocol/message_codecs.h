// The second expansion of a message table (see `message_structs.h`): the definitions of the codecs.
// Included without a guard, once before a table, in a source file that has `json_codec.h`.
#undef REQUIRED
#undef OPTIONAL
#undef REQUIRED_AS
#undef OPTIONAL_AS
#undef PROTOCOL_TYPE
#undef VALUE
#undef PROTOCOL_ENUM

#define REQUIRED(name, ...) FIELD(read_required, name, #name)
#define OPTIONAL(name, ...) FIELD(read_optional, name, #name)
#define REQUIRED_AS(member, key, ...) FIELD(read_required, member, key)
#define OPTIONAL_AS(member, key, ...) FIELD(read_optional, member, key)

// Each field is visited with both directions in reach; `io` picks one.
#define FIELD(reader, member, key)                                  \
    if constexpr (io.kWrites) {                                     \
        codec::write_field(io.json, key, value.member);             \
    } else {                                                        \
        codec::reader(io.json, key, value.member, io.at);           \
    }

#define PROTOCOL_TYPE(Name, ...)                                                             \
    template <class Io, class Value>                                                         \
    static void visit_fields([[maybe_unused]] Io& io, [[maybe_unused]] Value& value,         \
                             const Name*) {                                                  \
        __VA_ARGS__                                                                          \
    }                                                                                        \
    void encode(nlohmann::json& out, const Name& value) {                                    \
        out = nlohmann::json::object();                                                      \
        codec::FieldWriter io{out};                                                          \
        visit_fields(io, value, static_cast<const Name*>(nullptr));                          \
    }                                                                                        \
    void decode(const nlohmann::json& in, Name& out, const DecodePath& at) {                 \
        codec::require_object(in, at);                                                       \
        codec::FieldReader io{in, at};                                                       \
        visit_fields(io, out, static_cast<const Name*>(nullptr));                            \
    }

#define VALUE(name) #name,
#define PROTOCOL_ENUM(Name, ...)                                                             \
    static constexpr const char* kNamesOf##Name[] = {__VA_ARGS__};                           \
    void encode(nlohmann::json& out, Name value) {                                           \
        out = kNamesOf##Name[static_cast<int>(value)];                                       \
    }                                                                                        \
    void decode(const nlohmann::json& in, Name& out, const DecodePath& at) {                 \
        out = static_cast<Name>(codec::index_of_name(in, kNamesOf##Name, at));               \
    }
