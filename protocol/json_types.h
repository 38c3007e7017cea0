// The vocabulary of the typed messages: the few value types that JSON needs beside structs, and
// the error that a decoder throws. Plain values, no ownership to think of; any thread. The JSON
// library itself is only named here: whoever encodes or decodes includes `json_codec.h`.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace refscope::protocol {

using Int = std::int64_t;
using String = std::string;
template <class T>
using List = std::vector<T>;
template <class Key, class Value>
using Map = std::map<Key, Value>;
template <class... Alternatives>
using OneOf = std::variant<Alternatives...>;

// A value that is passed on without being looked into, kept as its text. Empty text: null.
struct RawJson {
    std::string text;
    bool operator==(const RawJson&) const = default;
};

// A field that is always there but may be null, unlike an optional one, which is left out.
template <class T>
struct Nullable {
    std::optional<T> value;
    Nullable() = default;
    Nullable(T from) : value(std::move(from)) {}
    bool operator==(const Nullable&) const = default;
};

// A value of a type that contains itself, such as a selection range's parent. Never empty where it
// is present; copies share it, for it does not change once it is built.
template <class T>
struct Boxed {
    std::shared_ptr<const T> value;
    Boxed() = default;
    Boxed(T from) : value(std::make_shared<const T>(std::move(from))) {}
};

// What a message lacks or has wrong, in words that name the place: "arguments.source is missing".
class DecodeError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Where a decoder stands in the message: a chain of frames on the C++ stack, turned into text
// only when something is wrong.
struct DecodePath {
    const DecodePath* parent = nullptr;
    std::string_view key;
    std::size_t index = 0;

    std::string text() const;
    [[noreturn]] void fail(std::string_view what) const;
};

}  // namespace refscope::protocol
