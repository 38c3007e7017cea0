// What is known of values: types, numbers, texts, truth, contents, keys.
#include <algorithm>

#include "lsp/facts/run.h"

namespace refscope::lsp::facts {

using namespace syntax;

std::string_view Run::type_of(Id value) const {
    if (is_constant(value)) return constants_.at(value).type;
    if (!heap_.alive(value)) return {};
    const Object& object = heap_.at(value);
    if (object.kind == Kind::kInstance && !object.slots.empty() && heap_.alive(object.slots[0].target)) {
        return heap_.at(object.slots[0].target).type;
    }
    if (object.kind == Kind::kClass) return "type";
    return object.type;
}

std::optional<Run::Number> Run::number_of(Id value) const {
    Number number;
    if (is_constant(value)) {
        const auto& constant = constants_.at(value);
        if (constant.type != "int" && constant.type != "float" && constant.type != "bool") return std::nullopt;
        number.is_float = constant.type == "float";
        number.known = constant.known && !number.is_float;
        number.value = constant.number;
        return number;
    }
    if (!heap_.alive(value) || heap_.at(value).kind != Kind::kNumber) return std::nullopt;
    const Object& object = heap_.at(value);
    number.is_float = object.type == "float";
    number.known = object.known;
    number.value = object.number;
    return number;
}

std::optional<std::string_view> Run::text_of(Id value) const {
    if (is_constant(value)) {
        const auto& constant = constants_.at(value);
        if (constant.sort == ConstantSort::kText && constant.type == "str" && constant.known) return constant.text;
        return std::nullopt;
    }
    if (heap_.alive(value) && heap_.at(value).kind == Kind::kText && heap_.at(value).known &&
        heap_.at(value).type == "str") {
        return heap_.at(value).text;
    }
    return std::nullopt;
}

Id Run::new_integer(std::optional<std::int64_t> value) {
    if (!value) return constants_.result("int");
    if (*value >= -5 && *value <= 256) return constants_.integer(*value);
    const Id id = heap_.make(Kind::kNumber, "int");
    heap_.edit(id).known = true;
    heap_.edit(id).number = *value;
    return id;
}

// A text of two characters or more is new; shorter ones may be cached.
Id Run::new_text(std::optional<std::string> value, std::string_view type) {
    if (!value) return constants_.result(type);
    std::size_t length = 0;
    for (const char c : *value) length += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    const std::string_view kept = constants_.keep(*value);
    if (length == 0) return constants_.text(kept, type);
    if (length == 1) return constants_.result(type);
    const Id id = heap_.make(Kind::kText, type);
    heap_.edit(id).known = true;
    heap_.edit(id).text = kept;
    return id;
}

Id Run::list_of(const std::vector<Id>& items) {
    const Id list = heap_.make(Kind::kList, "list");
    for (const Id item : items) heap_.add(list, Edge::kItem, item);
    return list;
}

Id Run::unknown_content(Kind kind, std::string_view type) {
    const Id id = heap_.make(kind, type);
    heap_.edit(id).smeared = true;
    return id;
}

std::optional<bool> Run::truth(Id value) {
    if (is_constant(value)) {
        const auto& constant = constants_.at(value);
        switch (constant.sort) {
            case ConstantSort::kNone: return false;
            case ConstantSort::kBool:
            case ConstantSort::kInt:
                if (constant.known) return constant.number != 0;
                return std::nullopt;
            case ConstantSort::kText:
                if (constant.known) return !constant.text.empty();
                return std::nullopt;
            case ConstantSort::kTuple: return !constant.items.empty();
            case ConstantSort::kModule:
            case ConstantSort::kBuiltin:
            case ConstantSort::kEllipsis: return true;
            default: return std::nullopt;
        }
    }
    if (!heap_.alive(value)) {
        unknown_call();
        return std::nullopt;
    }
    const Object& object = heap_.at(value);
    switch (object.kind) {
        case Kind::kList:
        case Kind::kTuple:
        case Kind::kDict:
        case Kind::kSet:
            if (object.smeared) return std::nullopt;
            return !object.slots.empty();
        case Kind::kText:
            if (object.known) return !object.text.empty();
            return std::nullopt;
        case Kind::kNumber:
            if (object.known) return object.number != 0;
            return std::nullopt;
        case Kind::kFunction:
        case Kind::kMethod:
        case Kind::kClass:
        case Kind::kWeakref:
        case Kind::kGenerator:
        case Kind::kWrapper: return true;
        case Kind::kInstance:
            if (reaches_user_code(value, {"__bool__", "__len__"})) {
                observe(value, {"__bool__", "__len__"});
                return std::nullopt;
            }
            return true;
        default:
            if (object.kind == Kind::kChoice) unknown_call();
            return std::nullopt;
    }
}

std::optional<std::vector<Id>> Run::items_of(Id value) const {
    std::vector<Id> items;
    if (is_constant(value)) {
        const auto& constant = constants_.at(value);
        if (constant.sort != ConstantSort::kTuple) return std::nullopt;
        return constant.items;
    }
    if (!heap_.alive(value)) return std::nullopt;
    const Object& object = heap_.at(value);
    const bool known = object.kind == Kind::kList || object.kind == Kind::kTuple || object.kind == Kind::kDict;
    if (!known || object.smeared) return std::nullopt;
    for (std::size_t i = 0; i < object.slots.size(); ++i) {
        if (!object.slots[i].certain) return std::nullopt;
        if (object.kind == Kind::kDict && i % 2 == 1) continue;
        items.push_back(object.slots[i].target);
    }
    return items;
}

std::optional<bool> Run::same_key(Id a, Id b) const {
    if (a == b && a != kUnknown) return true;
    const auto number_a = number_of(a), number_b = number_of(b);
    const auto text_a = text_of(a), text_b = text_of(b);
    if (text_a && text_b) return *text_a == *text_b;
    if (number_a && number_b && number_a->known && number_b->known) return number_a->value == number_b->value;
    if ((text_a && number_b) || (number_a && text_b)) return false;
    const auto plain = [&](Id id) {
        if (is_none(id)) return true;
        if (!heap_.alive(id)) return false;
        const Object& object = heap_.at(id);
        if (object.kind == Kind::kFunction || object.kind == Kind::kClass) return true;
        return object.kind == Kind::kInstance && !reaches_user_code(id, {"__eq__", "__hash__"});
    };
    if ((plain(a) && (plain(b) || text_b || number_b)) || (plain(b) && (text_a || number_a))) return false;
    return std::nullopt;
}

std::optional<std::size_t> Run::find_key(Id dict, Id key) const {
    const Object& object = heap_.at(dict);
    if (object.smeared) return std::nullopt;
    for (std::size_t i = 0; i + 1 < object.slots.size(); i += 2) {
        const auto same = same_key(object.slots[i].target, key);
        if (!same || !object.slots[i].certain) return std::nullopt;
        if (*same) return i;
    }
    // Alone in the dict a key still must be one that compares without code of the file.
    if (object.slots.empty() && (key == kUnknown || reaches_user_code(key, {"__hash__"}))) return std::nullopt;
    return object.slots.size();
}

Id Run::iterator_over(Id value) {
    if (heap_.alive(value)) {
        const Object& object = heap_.at(value);
        switch (object.kind) {
            case Kind::kList:
            case Kind::kTuple:
            case Kind::kDict:
            case Kind::kSet: {
                const std::string_view type = object.kind == Kind::kList    ? "list_iterator"
                                              : object.kind == Kind::kTuple ? "tuple_iterator"
                                              : object.kind == Kind::kDict  ? "dict_keyiterator"
                                                                            : "set_iterator";
                const Id iterator = heap_.make(Kind::kIterator, type);
                heap_.add(iterator, Edge::kSource, value);
                return iterator;
            }
            case Kind::kIterator:
                if (object.type.substr(0, 5) != "dict_" || object.type.find("iterator") != std::string_view::npos) return value;
                [[fallthrough]];
            case Kind::kText:
            case Kind::kOther: {
                if (object.type == "file") return value;
                if (object.type == "range") return heap_.make(Kind::kIterator, "range_iterator");
                if (object.kind == Kind::kOther) return unknown_operation({value});
                // A view's iterator holds the dict, not the view.
                const Id iterator = heap_.make(Kind::kIterator, "iterator");
                const Id source = object.kind == Kind::kIterator && !heap_.at(value).slots.empty()
                                      ? heap_.at(value).slots[0].target
                                      : value;
                heap_.add(iterator, Edge::kSource, source);
                return iterator;
            }
            default: break;
        }
    }
    if (is_constant(value)) {
        const auto& constant = constants_.at(value);
        if (constant.sort == ConstantSort::kTuple || constant.type == "str" || constant.type == "bytes") {
            const Id iterator = heap_.make(Kind::kIterator, "iterator");
            heap_.add(iterator, Edge::kSource, value);
            return iterator;
        }
    }
    return unknown_operation({value});
}

Id Run::element_of(Id iterated, bool to_the_end) {
    if (is_constant(iterated)) {
        const auto& constant = constants_.at(iterated);
        if (constant.type == "str") return constants_.result("str");
        if (constant.type == "bytes") return constants_.result("int");
        return kUnknown;
    }
    if (!heap_.alive(iterated)) {
        unknown_call();
        return kUnknown;
    }
    const Object object = heap_.at(iterated);
    switch (object.kind) {
        case Kind::kList:
        case Kind::kTuple:
        case Kind::kDict:
        case Kind::kSet: {
            for (const Slot& slot : object.slots) escape(slot.target);
            return kUnknown;
        }
        case Kind::kText: return constants_.result(object.type == "str" ? "str" : "int");
        case Kind::kOther:
            if (object.type == "range") return constants_.result("int");
            if (object.type == "file") return constants_.result("str");
            return unknown_operation({iterated});
        case Kind::kIterator: {
            // At its end an iterator lets go what it iterates.
            if (to_the_end) heap_.doubt(iterated);
            if (object.type == "range_iterator") return constants_.result("int");
            if (object.slots.empty()) {
                unknown_call();
                return kUnknown;
            }
            // Of one built-in container: its elements; `enumerate`, `zip` and their kin run what they iterate.
            if (object.type == "list_iterator" || object.type == "tuple_iterator" || object.type == "set_iterator" ||
                object.type == "dict_keyiterator" || object.type == "iterator") {
                return element_of(object.slots[0].target, to_the_end);
            }
            for (const Slot& slot : object.slots) element_of(slot.target, to_the_end);
            if (object.type == "map" || object.type == "filter") unknown_operation({iterated});
            return kUnknown;
        }
        default: return unknown_operation({iterated});
    }
}

// Whether an operation that calls these special methods of what it meets, down into built-in containers, may run code
// of the file or code that is not known.
bool Run::reaches_user_code(Id value, const std::vector<std::string_view>& methods) const {
    std::vector<Id> work{value};
    std::set<Id> seen;
    while (!work.empty()) {
        const Id id = work.back();
        work.pop_back();
        if (is_constant(id)) {
            if (constants_.at(id).sort == ConstantSort::kOtherShared && constants_.at(id).type.empty()) return true;
            continue;
        }
        if (!heap_.alive(id)) return true;
        if (!seen.insert(id).second) continue;
        if (seen.size() > 200) return true;
        const Object& object = heap_.at(id);
        switch (object.kind) {
            case Kind::kChoice:
                if (object.smeared) return true;
                [[fallthrough]];
            case Kind::kList:
            case Kind::kTuple:
            case Kind::kDict:
            case Kind::kSet:
            case Kind::kException:
                if (object.smeared) return true;
                for (const Slot& slot : object.slots) work.push_back(slot.target);
                break;
            case Kind::kInstance: {
                const Id cls = object.slots.empty() ? kUnknown : object.slots[0].target;
                if (!class_is_known(cls)) return true;
                for (const std::string_view method : methods) {
                    bool known = true;
                    if (find_in_class(cls, method, known) != kUnbound || !known) return true;
                }
                break;
            }
            case Kind::kIterator:
            case Kind::kGenerator:
            case Kind::kMethod: {
                // Their own representation and comparison go by identity, but a method compares its receiver.
                if (object.kind == Kind::kMethod) {
                    for (const Slot& slot : object.slots) {
                        if (slot.edge == Edge::kReceiver) work.push_back(slot.target);
                    }
                }
                break;
            }
            default: break;
        }
    }
    return false;
}

void Run::observe(Id value, const std::vector<std::string_view>& methods) {
    if (!reaches_user_code(value, methods)) return;
    // An object of the file's own class: its methods are run here.
    if (heap_.alive(value) && heap_.at(value).kind == Kind::kInstance && !heap_.at(value).slots.empty() &&
        class_is_known(heap_.at(value).slots[0].target) && methods.size() <= 3) {
        for (const std::string_view method : methods) {
            bool known = true;
            const Id found = find_in_class(heap_.at(value).slots[0].target, method, known);
            if (!known) break;
            if (!heap_.alive(found) || heap_.at(found).kind != Kind::kFunction) continue;
            Arguments arguments;
            arguments.positional = {value};
            if (method == "__format__") arguments.positional.push_back(constants_.text(""));
            call_function(found, arguments);
            return;
        }
    }
    const auto items = items_of(value);
    if (items && items->size() <= 50) {
        std::vector<Id> all = *items;
        if (heap_.alive(value) && heap_.at(value).kind == Kind::kDict) {
            all.clear();
            for (const Slot& slot : heap_.at(value).slots) all.push_back(slot.target);
        }
        bool simple = true;
        for (const Id one : all) {
            simple = simple && (!reaches_user_code(one, methods) || (heap_.alive(one) && heap_.at(one).kind == Kind::kInstance));
        }
        if (simple) {
            // Inside a container `repr` alone is asked.
            for (const Id one : all) {
                if (heap_.alive(one)) observe(one, methods.front() == "__str__" ? std::vector<std::string_view>{"__repr__"} : methods);
            }
            return;
        }
    }
    // The elements meet code that is not known; a built-in container around them does not.
    const bool container = heap_.alive(value) && (heap_.at(value).kind == Kind::kList || heap_.at(value).kind == Kind::kTuple ||
                                                  heap_.at(value).kind == Kind::kDict || heap_.at(value).kind == Kind::kSet);
    if (container) {
        for (const Slot& slot : std::vector<Slot>(heap_.at(value).slots)) escape(slot.target);
    } else {
        escape(value);
    }
    unknown_call();
}

}  // namespace refscope::lsp::facts
