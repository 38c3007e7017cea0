// What the abstract run treats as shared: constants of the code, what the runtime caches, built-in functions and types,
// modules; and results of which nothing but the type is known. They are not counted, so each needs no more than an
// entry here, with the reason that is told in place of a number. Owned by one run.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/facts/heap.h"

namespace refscope::lsp::facts {

enum class ConstantSort : std::uint8_t {
    kNone,
    kBool,
    kInt,
    kFloat,
    kText,     // str and bytes
    kTuple,
    kEllipsis,
    kModule,   // `text` is its name
    kBuiltin,  // a built-in function or type: `text` is "len", "sys.getrefcount"
    kResult,   // an object of this type, which may be a new or a shared one
    kOtherShared,
};

struct ConstantValue {
    ConstantSort sort = ConstantSort::kNone;
    std::string_view type;
    bool known = false;  // of numbers and texts
    std::int64_t number = 0;
    std::string_view text;
    std::vector<Id> items;
    std::string_view reason;
};

class Constants {
  public:
    Constants();

    Id none() const { return none_; }
    Id ellipsis() const { return ellipsis_; }
    Id boolean(bool value) const { return value ? true_ : false_; }
    Id integer(std::int64_t value);        // small: cached; others: constants of the code
    Id big_integer();
    Id floating();
    Id complex();
    Id text(std::string_view value, std::string_view type = "str");
    Id tuple(std::vector<Id> items);
    Id module(std::string_view name);
    Id builtin(std::string_view name, std::string_view type);
    Id result(std::string_view type);      // nothing but its type is known
    Id shared(std::string_view type, std::string_view reason);

    const ConstantValue& at(Id id) const { return values_[id & ~kConstantBit]; }
    std::string_view keep(std::string text);  // a string that lives as long as the table

  private:
    Id add(ConstantValue value);
    Id named(ConstantSort sort, std::string_view type, std::string_view name, std::string_view reason);

    std::deque<ConstantValue> values_;
    std::deque<std::string> strings_;
    std::map<std::pair<int, std::string>, Id> names_;
    std::map<std::int64_t, Id> integers_;
    Id none_, true_, false_, ellipsis_;
};

}  // namespace refscope::lsp::facts
