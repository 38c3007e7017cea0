// Methods of the built-in containers and texts.
#include <algorithm>

#include "lsp/facts/run.h"

namespace refscope::lsp::facts {

using namespace syntax;

std::optional<Id> Run::call_method(Id receiver, std::string_view name, const Arguments& arguments) {
    if (!arguments.complete) return std::nullopt;
    const std::string_view type = type_of(receiver);
    if (type == "str" || type == "bytes") return text_method(receiver, name, arguments);
    if (type == "int" || type == "float" || type == "bool") {
        if (name == "bit_length" || name == "is_integer" || name == "hex") return constants_.result("");
        return std::nullopt;
    }
    if (type == "tuple") {
        if (name == "count" || name == "index") {
            if (arguments.positional.size() == 1 &&
                (reaches_user_code(receiver, {"__eq__"}) || reaches_user_code(arguments.positional[0], {"__eq__"}))) {
                return unknown_operation({receiver, arguments.positional[0]});
            }
            return constants_.result("int");
        }
        return std::nullopt;
    }
    if (!heap_.alive(receiver)) return std::nullopt;
    switch (heap_.at(receiver).kind) {
        case Kind::kList: return list_method(receiver, name, arguments);
        case Kind::kDict: return dict_method(receiver, name, arguments);
        case Kind::kSet: return set_method(receiver, name, arguments);
        default: return std::nullopt;
    }
}

std::optional<Id> Run::list_method(Id list, std::string_view name, const Arguments& arguments) {
    const auto& given = arguments.positional;
    const bool known = !heap_.at(list).smeared;
    const std::size_t size = heap_.at(list).slots.size();
    if (name == "append" && arguments.plain(1)) {
        heap_.add(list, Edge::kItem, given[0]);
        return constants_.none();
    }
    if (name == "extend" && arguments.plain(1)) {
        if (const auto items = items_of(given[0])) {
            for (const Id one : std::vector<Id>(*items)) heap_.add(list, Edge::kItem, one);
        } else {
            element_of(iterator_over(given[0]));
            heap_.smear(list);
        }
        return constants_.none();
    }
    const auto index = [&](std::size_t argument) -> std::optional<std::int64_t> {
        const auto number = number_of(given[argument]);
        if (!number || !number->known || number->is_float) return std::nullopt;
        return number->value < 0 ? number->value + static_cast<std::int64_t>(size) : number->value;
    };
    if (name == "insert" && arguments.plain(2)) {
        const auto at = index(0);
        if (!at && reaches_user_code(given[0], {"__index__"})) return std::nullopt;
        if (at && known) {
            Slot slot;
            slot.target = given[1];
            heap_.insert(list, static_cast<std::size_t>(std::clamp<std::int64_t>(*at, 0, static_cast<std::int64_t>(size))), slot);
        } else {
            heap_.add(list, Edge::kItem, given[1]);
            heap_.smear(list);
        }
        return constants_.none();
    }
    if (name == "pop" && arguments.keywords.empty() && given.size() <= 1) {
        std::optional<std::int64_t> at = static_cast<std::int64_t>(size) - 1;
        if (given.size() == 1) at = index(0);
        if (known && at && *at >= 0 && *at < static_cast<std::int64_t>(size)) {
            const Id value = heap_.at(list).slots[static_cast<std::size_t>(*at)].target;
            if (heap_.at(list).slots[static_cast<std::size_t>(*at)].certain) {
                const Id kept = retained(value);
                heap_.remove(list, static_cast<std::size_t>(*at));
                return kept;
            }
        }
        if (given.size() == 1 && !at && reaches_user_code(given[0], {"__index__"})) return std::nullopt;
        heap_.smear(list);
        return kUnknown;
    }
    if (name == "clear" && arguments.plain(0)) {
        heap_.clear(list);
        // Whoever else knows the list may fill it again.
        if (!heap_.at(list).open) heap_.edit(list).smeared = false;
        return constants_.none();
    }
    if (name == "copy" && arguments.plain(0)) {
        if (const auto items = items_of(list)) return list_of(*items);
        for (const Slot& slot : std::vector<Slot>(heap_.at(list).slots)) escape(slot.target);
        return unknown_content(Kind::kList, "list");
    }
    if (name == "reverse" && arguments.plain(0)) {
        if (!known) return constants_.none();
        const std::vector<Slot> slots = heap_.at(list).slots;
        for (std::size_t i = 0; i < slots.size(); ++i) heap_.set(list, i, slots[size - 1 - i].target);
        return constants_.none();
    }
    if (name == "sort" && arguments.plain(0)) {
        if (reaches_user_code(list, {"__lt__", "__gt__"})) return std::nullopt;
        doubt_order(list);
        return constants_.none();
    }
    if ((name == "remove" || name == "index" || name == "count") && given.size() == 1 && arguments.keywords.empty()) {
        if (reaches_user_code(list, {"__eq__"}) || reaches_user_code(given[0], {"__eq__"})) return std::nullopt;
        if (name != "remove") return constants_.result("int");
        for (std::size_t i = 0; known && i < size; ++i) {
            const Slot& slot = heap_.at(list).slots[i];
            const auto same = same_key(slot.target, given[0]);
            if (!same || !slot.certain) break;
            if (!*same) continue;
            heap_.remove(list, i);
            return constants_.none();
        }
        heap_.smear(list);
        return constants_.none();
    }
    return std::nullopt;
}

// A value that is about to lose its slot: a choice among several dies with it, so what is left is not known.
Id Run::retained(Id value) {
    if (heap_.alive(value) && heap_.at(value).kind == Kind::kChoice) {
        escape(value);
        return kUnknown;
    }
    return value;
}

std::optional<Id> Run::dict_method(Id dict, std::string_view name, const Arguments& arguments) {
    const auto& given = arguments.positional;
    const auto hashes_by_code = [&](Id key) {
        return reaches_user_code(key, {"__hash__", "__eq__"}) || reaches_user_code(dict, {"__eq__"});
    };
    const auto lose_values = [&] {
        for (const Slot& slot : std::vector<Slot>(heap_.at(dict).slots)) escape(slot.target);
    };
    if (name == "__setitem__" && arguments.plain(2)) {
        const auto found = find_key(dict, given[0]);
        if (found && *found < heap_.at(dict).slots.size()) {
            heap_.set(dict, *found + 1, given[1]);  // the key stays the one that was there
        } else if (found) {
            heap_.add(dict, Edge::kKey, given[0]);
            heap_.add(dict, Edge::kValue, given[1]);
        } else {
            if (hashes_by_code(given[0])) unknown_operation({given[0]});
            heap_.smear(dict);
            heap_.add(dict, Edge::kKey, given[0], {}, false);
            heap_.add(dict, Edge::kValue, given[1], {}, false);
        }
        return constants_.none();
    }
    if (name == "update" && arguments.complete && given.size() <= 1) {
        if (given.size() == 1) {
            const Id other = given[0];
            if (heap_.alive(other) && heap_.at(other).kind == Kind::kDict && !heap_.at(other).smeared) {
                const std::vector<Slot> slots = heap_.at(other).slots;
                for (std::size_t i = 0; i + 1 < slots.size(); i += 2) {
                    Arguments pair;
                    pair.positional = {slots[i].target, slots[i + 1].target};
                    if (slots[i].certain && slots[i + 1].certain) {
                        dict_method(dict, "__setitem__", pair);
                    } else {
                        heap_.smear(dict);
                        escape(pair);
                    }
                }
            } else {
                element_of(other);
                if (!heap_.alive(other)) unknown_operation({other});
                heap_.smear(dict);
            }
        }
        for (const auto& [key, value] : arguments.keywords) {
            Arguments pair;
            pair.positional = {constants_.text(key), value};
            dict_method(dict, "__setitem__", pair);
        }
        return constants_.none();
    }
    if ((name == "get" || name == "pop" || name == "setdefault") && arguments.keywords.empty() && !given.empty() && given.size() <= 2) {
        const auto found = find_key(dict, given[0]);
        const Id otherwise = given.size() == 2 ? given[1] : constants_.none();
        if (found && *found < heap_.at(dict).slots.size()) {
            const Id value = heap_.at(dict).slots[*found + 1].target;
            if (name != "pop") return value;
            const Id kept = retained(value);
            heap_.remove(dict, *found + 1);
            heap_.remove(dict, *found);
            return kept;
        }
        if (found) {
            if (name == "setdefault") {
                heap_.add(dict, Edge::kKey, given[0]);
                heap_.add(dict, Edge::kValue, otherwise);
            }
            if (name == "pop" && given.size() == 1) return kUnknown;
            return otherwise;
        }
        if (hashes_by_code(given[0])) unknown_operation({given[0]});
        escape(otherwise);
        lose_values();
        if (name != "get") heap_.smear(dict);
        return kUnknown;
    }
    if (name == "clear" && arguments.plain(0)) {
        heap_.clear(dict);
        if (!heap_.at(dict).open) heap_.edit(dict).smeared = false;
        return constants_.none();
    }
    if (name == "copy" && arguments.plain(0)) {
        const Id copy = heap_.make(Kind::kDict, "dict");
        Arguments other;
        other.positional = {dict};
        dict_method(copy, "update", other);
        return copy;
    }
    if (name == "popitem" && arguments.plain(0)) {
        lose_values();
        heap_.smear(dict);
        return kUnknown;
    }
    if ((name == "keys" || name == "values" || name == "items") && arguments.plain(0)) {
        const Id view = heap_.make(Kind::kIterator, name == "keys" ? "dict_keys" : name == "values" ? "dict_values" : "dict_items");
        heap_.add(view, Edge::kSource, dict);
        return view;
    }
    return std::nullopt;
}

std::optional<Id> Run::set_method(Id set, std::string_view name, const Arguments& arguments) {
    const auto& given = arguments.positional;
    const auto smear = [&](Id key) {
        if (reaches_user_code(key, {"__hash__", "__eq__"}) || reaches_user_code(set, {"__eq__"})) unknown_operation({key});
        heap_.smear(set);
    };
    // Where the member is; the size when it is not there.
    const auto find = [&](Id key) -> std::optional<std::size_t> {
        const Object& object = heap_.at(set);
        if (object.smeared) return std::nullopt;
        if (object.slots.empty() && (key == kUnknown || reaches_user_code(key, {"__hash__"}))) return std::nullopt;
        for (std::size_t i = 0; i < object.slots.size(); ++i) {
            const auto same = same_key(object.slots[i].target, key);
            if (!same || !object.slots[i].certain) return std::nullopt;
            if (*same) return i;
        }
        return object.slots.size();
    };
    if (name == "add" && arguments.plain(1)) {
        const auto at = find(given[0]);
        if (!at) {
            smear(given[0]);
            heap_.add(set, Edge::kMember, given[0], {}, false);
        } else if (*at == heap_.at(set).slots.size()) {
            heap_.add(set, Edge::kMember, given[0]);
        }
        return constants_.none();
    }
    if ((name == "discard" || name == "remove") && arguments.plain(1)) {
        const auto at = find(given[0]);
        if (!at) {
            smear(given[0]);
        } else if (*at < heap_.at(set).slots.size()) {
            heap_.remove(set, *at);
        }
        return constants_.none();
    }
    if (name == "update" && arguments.plain(1)) {
        const bool other_set = heap_.alive(given[0]) && heap_.at(given[0]).kind == Kind::kSet && !heap_.at(given[0]).smeared;
        std::optional<std::vector<Id>> items = items_of(given[0]);
        if (other_set) {
            items.emplace();
            for (const Slot& slot : heap_.at(given[0]).slots) items->push_back(slot.target);
        }
        if (items) {
            for (const Id one : std::vector<Id>(*items)) {
                Arguments add;
                add.positional = {one};
                set_method(set, "add", add);
            }
        } else {
            element_of(iterator_over(given[0]));
            heap_.smear(set);
        }
        return constants_.none();
    }
    if (name == "clear" && arguments.plain(0)) {
        heap_.clear(set);
        if (!heap_.at(set).open) heap_.edit(set).smeared = false;
        return constants_.none();
    }
    if (name == "copy" && arguments.plain(0)) {
        const Id copy = heap_.make(Kind::kSet, "set");
        Arguments other;
        other.positional = {set};
        set_method(copy, "update", other);
        return copy;
    }
    if (name == "pop" && arguments.plain(0)) {
        if (heap_.at(set).slots.size() == 1 && !heap_.at(set).smeared && heap_.at(set).slots[0].certain) {
            const Id value = retained(heap_.at(set).slots[0].target);
            heap_.remove(set, 0);
            return value;
        }
        heap_.smear(set);
        return kUnknown;
    }
    return std::nullopt;
}

std::optional<Id> Run::text_method(Id text, std::string_view name, const Arguments& arguments) {
    const auto& given = arguments.positional;
    static const std::set<std::string_view> kTests{"startswith", "endswith", "isdigit", "isalpha", "isupper", "islower",
                                                   "isspace", "isalnum", "isidentifier", "isnumeric"};
    if (kTests.count(name) != 0) return constants_.result("bool");
    if (name == "find" || name == "index" || name == "count" || name == "rfind") return constants_.result("int");
    if (name == "encode" && given.empty()) return constants_.result("bytes");
    const auto value = text_of(text);
    const bool ascii = value && std::all_of(value->begin(), value->end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if ((name == "upper" || name == "lower") && given.empty() && ascii) {
        std::string changed(*value);
        for (char& c : changed) c = static_cast<char>(name == "upper" ? std::toupper(c) : std::tolower(c));
        return new_text(changed, "str");
    }
    // A method may give back the text itself, in a list too.
    escape(text);
    if (name == "split" || name == "rsplit" || name == "splitlines") {
        for (const Id one : given) escape(one);
        return unknown_content(Kind::kList, "list");
    }
    if (name == "join" && given.size() == 1) {
        const auto items = items_of(given[0]);
        if (!items) {
            element_of(iterator_over(given[0]));
        } else {
            for (const Id one : *items) escape(one);
        }
        return constants_.result("str");
    }
    if (name == "format") {
        for (const Id one : given) observe(one, {"__format__", "__str__", "__repr__"});
        for (const auto& [key, one] : arguments.keywords) observe(one, {"__format__", "__str__", "__repr__"});
        return constants_.result("str");
    }
    static const std::set<std::string_view> kTexts{"strip", "lstrip", "rstrip", "replace", "upper", "lower", "title",
                                                   "capitalize", "zfill", "center", "ljust", "rjust", "swapcase", "casefold",
                                                   "removeprefix", "removesuffix", "expandtabs", "decode"};
    if (kTexts.count(name) != 0) {
        for (const Id one : given) escape(one);
        return constants_.result(name == "decode" ? "str" : type_of(text));
    }
    return std::nullopt;
}

}  // namespace refscope::lsp::facts
