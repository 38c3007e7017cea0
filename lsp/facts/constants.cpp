#include "lsp/facts/constants.h"

#include "vm/base/utf8.h"

namespace refscope::lsp::facts {

namespace {

constexpr std::int64_t kSmallest = -5;
constexpr std::int64_t kLargest = 256;
constexpr std::string_view kOfTheCode = "constant of the code: its `co_consts` hold it, with whatever else runs that code";

}  // namespace

Constants::Constants() {
    none_ = shared("NoneType", "the one None of the process");
    true_ = shared("bool", "the one True of the process");
    false_ = shared("bool", "the one False of the process");
    ellipsis_ = shared("ellipsis", "the one Ellipsis of the process");
    for (const auto& [id, sort] : {std::pair{none_, ConstantSort::kNone}, std::pair{true_, ConstantSort::kBool},
                                   std::pair{false_, ConstantSort::kBool}, std::pair{ellipsis_, ConstantSort::kEllipsis}}) {
        values_[id & ~kConstantBit].sort = sort;
        values_[id & ~kConstantBit].known = true;
    }
    values_[true_ & ~kConstantBit].number = 1;
}

Id Constants::add(ConstantValue value) {
    values_.push_back(std::move(value));
    return static_cast<Id>(values_.size() - 1) | kConstantBit;
}

std::string_view Constants::keep(std::string text) {
    strings_.push_back(std::move(text));
    return strings_.back();
}

Id Constants::shared(std::string_view type, std::string_view reason) {
    ConstantValue value;
    value.sort = ConstantSort::kOtherShared;
    value.type = type;
    value.reason = reason;
    return add(value);
}

Id Constants::integer(std::int64_t number) {
    const auto [found, inserted] = integers_.try_emplace(number, kUnbound);
    if (!inserted) return found->second;
    ConstantValue value;
    value.sort = ConstantSort::kInt;
    value.type = "int";
    value.known = true;
    value.number = number;
    value.reason = number >= kSmallest && number <= kLargest ? "cached: −5…256" : kOfTheCode;
    return found->second = add(value);
}

Id Constants::big_integer() {
    ConstantValue value;
    value.sort = ConstantSort::kInt;
    value.type = "int";
    value.reason = kOfTheCode;
    return add(value);
}

Id Constants::floating() {
    ConstantValue value;
    value.sort = ConstantSort::kFloat;
    value.type = "float";
    value.reason = kOfTheCode;
    return add(value);
}

Id Constants::complex() { return shared("complex", kOfTheCode); }

Id Constants::text(std::string_view characters, std::string_view type) {
    ConstantValue value;
    value.sort = ConstantSort::kText;
    value.type = type;
    value.known = true;
    value.text = characters;
    std::size_t length = 0;
    bool identifier = type == "str", latin = true;
    for (const char c : characters) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80) ++length;
        if (byte >= 0xC4) latin = false;
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) identifier = false;
    }
    if (type == "bytes") latin = true, length = characters.size();
    if (length == 0) {
        value.reason = "the one empty one of the process";
    } else if (length == 1 && latin) {
        value.reason = "cached: one character";
    } else {
        value.reason = identifier ? "interned: looks like an identifier" : kOfTheCode;
    }
    return add(value);
}

Id Constants::tuple(std::vector<Id> items) {
    ConstantValue value;
    value.sort = ConstantSort::kTuple;
    value.type = "tuple";
    value.reason = items.empty() ? "the one () of the process" : kOfTheCode;
    value.items = std::move(items);
    return add(value);
}

Id Constants::named(ConstantSort sort, std::string_view type, std::string_view name, std::string_view reason) {
    const auto [found, inserted] = names_.try_emplace({static_cast<int>(sort), std::string(name)}, kUnbound);
    if (!inserted) return found->second;
    ConstantValue value;
    value.sort = sort;
    value.type = type;
    value.text = found->first.second;
    value.known = true;
    value.reason = reason;
    return found->second = add(value);
}

Id Constants::module(std::string_view name) {
    return named(ConstantSort::kModule, "module", name, "held by `sys.modules` and by all who import it");
}

Id Constants::builtin(std::string_view name, std::string_view type) {
    return named(ConstantSort::kBuiltin, type, name, "built in: held by its module and the runtime");
}

Id Constants::result(std::string_view type) {
    ConstantValue value;
    value.sort = ConstantSort::kResult;
    value.type = type;
    return add(value);
}

}  // namespace refscope::lsp::facts
