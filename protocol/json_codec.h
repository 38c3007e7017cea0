// How the typed messages become JSON and back: `encode_value` and `decode_value` for the value
// types of `json_types.h`, and for every struct that has `encode` and `decode` beside it (found by
// argument-dependent lookup). Included by source files only, for it brings the whole JSON library.
//
// Reading is lenient where clients differ without meaning anything by it: a null stands for an
// absent optional field, and an integral 3.0 for 3. Everything else that is wrong is a DecodeError
// which names the place.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>

#include "protocol/json_text.h"
#include "protocol/json_types.h"

namespace refscope::protocol {

using Json = nlohmann::json;

template <class T>
void encode_value(Json& out, const T& value);
template <class T>
void decode_value(const Json& in, T& out, const DecodePath& at);

namespace codec {

template <class T>
struct Codec {  // structs and enums of the message tables
    static void write(Json& out, const T& value) { encode(out, value); }
    static void read(const Json& in, T& out, const DecodePath& at) { decode(in, out, at); }
};

template <>
struct Codec<bool> {
    static void write(Json& out, bool value) { out = value; }
    static void read(const Json& in, bool& out, const DecodePath& at) {
        if (!in.is_boolean()) at.fail("must be true or false");
        out = in.get<bool>();
    }
};

template <>
struct Codec<std::int64_t> {
    static void write(Json& out, std::int64_t value) { out = value; }
    static void read(const Json& in, std::int64_t& out, const DecodePath& at) {
        if (in.is_number_unsigned()) {
            auto value = in.get<std::uint64_t>();
            if (value > static_cast<std::uint64_t>(INT64_MAX)) at.fail("is too large");
            out = static_cast<std::int64_t>(value);
        } else if (in.is_number_integer()) {
            out = in.get<std::int64_t>();
        } else if (in.is_number_float() && std::trunc(in.get<double>()) == in.get<double>() &&
                   std::fabs(in.get<double>()) < 9e15) {
            out = static_cast<std::int64_t>(in.get<double>());
        } else {
            at.fail("must be an integer");
        }
    }
};

template <>
struct Codec<double> {
    static void write(Json& out, double value) { out = value; }
    static void read(const Json& in, double& out, const DecodePath& at) {
        if (!in.is_number()) at.fail("must be a number");
        out = in.get<double>();
    }
};

template <>
struct Codec<std::string> {
    static void write(Json& out, const std::string& value) { out = value; }
    static void read(const Json& in, std::string& out, const DecodePath& at) {
        if (!in.is_string()) at.fail("must be a string");
        out = in.get_ref<const std::string&>();
    }
};

template <>
struct Codec<RawJson> {
    static void write(Json& out, const RawJson& value) {
        std::string problem;
        if (value.text.empty() || !parse_json(value.text, out, problem)) out = nullptr;
    }
    static void read(const Json& in, RawJson& out, const DecodePath&) { out.text = dump_json(in); }
};

template <>
struct Codec<std::monostate> {
    static void write(Json& out, std::monostate) { out = nullptr; }
    static void read(const Json&, std::monostate&, const DecodePath&) {}
};

template <class T>
struct Codec<Nullable<T>> {
    static void write(Json& out, const Nullable<T>& value) {
        if (value.value) {
            encode_value(out, *value.value);
        } else {
            out = nullptr;
        }
    }
    static void read(const Json& in, Nullable<T>& out, const DecodePath& at) {
        out.value.reset();
        if (!in.is_null()) decode_value(in, out.value.emplace(), at);
    }
};

template <class T>
struct Codec<Boxed<T>> {
    static void write(Json& out, const Boxed<T>& value) {
        if (value.value) encode_value(out, *value.value);
    }
    static void read(const Json& in, Boxed<T>& out, const DecodePath& at) {
        auto value = std::make_shared<T>();
        decode_value(in, *value, at);
        out.value = std::move(value);
    }
};

// Only for whole results ("a hover or nothing"): as a field an optional is left out instead.
template <class T>
struct Codec<std::optional<T>> {
    static void write(Json& out, const std::optional<T>& value) {
        if (value) {
            encode_value(out, *value);
        } else {
            out = nullptr;
        }
    }
    static void read(const Json& in, std::optional<T>& out, const DecodePath& at) {
        out.reset();
        if (!in.is_null()) decode_value(in, out.emplace(), at);
    }
};

template <class T>
struct Codec<std::vector<T>> {
    static void write(Json& out, const std::vector<T>& values) {
        out = Json::array();
        for (const auto& value : values) {
            out.emplace_back();
            encode_value<T>(out.back(), value);
        }
    }
    static void read(const Json& in, std::vector<T>& out, const DecodePath& at) {
        if (!in.is_array()) at.fail("must be an array");
        out.clear();
        out.reserve(in.size());
        for (std::size_t i = 0; i < in.size(); ++i) {
            T value{};
            decode_value(in[i], value, DecodePath{&at, {}, i});
            out.push_back(std::move(value));
        }
    }
};

template <class T>
struct Codec<std::map<std::string, T>> {
    static void write(Json& out, const std::map<std::string, T>& values) {
        out = Json::object();
        for (const auto& [key, value] : values) encode_value(out[key], value);
    }
    static void read(const Json& in, std::map<std::string, T>& out, const DecodePath& at) {
        if (!in.is_object()) at.fail("must be an object");
        out.clear();
        for (const auto& [key, value] : in.items()) {
            decode_value(value, out[key], DecodePath{&at, key, 0});
        }
    }
};

// The first alternative that fits.
template <class... Alternatives>
struct Codec<std::variant<Alternatives...>> {
    using Variant = std::variant<Alternatives...>;
    static void write(Json& out, const Variant& value) {
        std::visit([&out](const auto& held) { encode_value(out, held); }, value);
    }
    static void read(const Json& in, Variant& out, const DecodePath& at) {
        if (!(try_one<Alternatives>(in, out, at) || ...)) at.fail("has a value of the wrong kind");
    }

  private:
    template <class One>
    static bool try_one(const Json& in, Variant& out, const DecodePath& at) {
        try {
            One value{};
            decode_value(in, value, at);
            out = std::move(value);
            return true;
        } catch (const DecodeError&) {
            return false;
        }
    }
};

template <class T>
void write_field(Json& object, const char* key, const T& value) {
    encode_value(object[key], value);
}
template <class T>
void write_field(Json& object, const char* key, const std::optional<T>& value) {
    if (value) encode_value(object[key], *value);
}

template <class T>
void read_required(const Json& object, const char* key, T& out, const DecodePath& at) {
    DecodePath place{&at, key, 0};
    auto found = object.find(key);
    if (found == object.end()) place.fail("is missing");
    decode_value(*found, out, place);
}
template <class T>
void read_optional(const Json& object, const char* key, std::optional<T>& out,
                   const DecodePath& at) {
    out.reset();
    auto found = object.find(key);
    if (found == object.end() || found->is_null()) return;
    decode_value(*found, out.emplace(), DecodePath{&at, key, 0});
}

struct FieldWriter {
    static constexpr bool kWrites = true;
    Json& json;
};
struct FieldReader {
    static constexpr bool kWrites = false;
    const Json& json;
    const DecodePath& at;
};

template <std::size_t count>
std::size_t index_of_name(const Json& in, const char* const (&names)[count],
                          const DecodePath& at) {
    if (!in.is_string()) at.fail("must be a string");
    const auto& text = in.get_ref<const std::string&>();
    std::string known;
    for (std::size_t i = 0; i < count; ++i) {
        if (text == names[i]) return i;
        known += (i ? ", " : "") + std::string(names[i]);
    }
    at.fail("must be one of " + known);
}

inline void require_object(const Json& in, const DecodePath& at) {
    if (in.is_null()) at.fail("is missing");
    if (!in.is_object()) at.fail("must be an object");
}

}  // namespace codec

template <class T>
void encode_value(Json& out, const T& value) {
    codec::Codec<T>::write(out, value);
}
template <class T>
void decode_value(const Json& in, T& out, const DecodePath& at) {
    codec::Codec<T>::read(in, out, at);
}

template <class T>
Json to_json_value(const T& value) {
    Json out;
    encode_value(out, value);
    return out;
}

// `root` begins the place in error messages: "arguments", "params".
template <class T>
T from_json_value(const Json& in, std::string_view root) {
    T out{};
    decode_value(in, out, DecodePath{nullptr, root, 0});
    return out;
}

}  // namespace refscope::protocol
