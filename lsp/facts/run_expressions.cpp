// Expressions: displays, operators, comparisons, subscripts, comprehensions.
#include <algorithm>

#include "lsp/facts/run.h"

namespace refscope::lsp::facts {

using namespace syntax;

namespace {

constexpr int kMaxDepth = 300;
constexpr std::int64_t kMaxSteps = 400'000;
constexpr std::int64_t kMostItems = 64;  // of a repetition or comprehension that is followed item by item

}  // namespace

Id Run::eval(const ExprNode* node) {
    if (node == nullptr) return kUnknown;
    if (++steps_ > kMaxSteps) exhausted_ = true;
    if (exhausted_) return kUnknown;
    if (depth_ > kMaxDepth) {
        lose_everything(true);
        return kUnknown;
    }
    ++depth_;
    const Id value = eval_kind(*node);
    --depth_;
    return value;
}

Id Run::eval_kind(const ExprNode& node) {
    switch (node.kind) {
        case NodeKind::Constant: return constant_of(static_cast<const Constant&>(node));
        case NodeKind::Name: return load(static_cast<const Name&>(node).id);
        case NodeKind::List: return display(Kind::kList, static_cast<const List&>(node).elts);
        case NodeKind::Tuple: {
            const auto& tuple = static_cast<const Tuple&>(node);
            if (is_constant_tree(&node)) {
                std::vector<Id> items;
                for (const auto* element : tuple.elts) items.push_back(eval(element));
                return constants_.tuple(std::move(items));
            }
            return display(Kind::kTuple, tuple.elts);
        }
        case NodeKind::Set: return display(Kind::kSet, static_cast<const Set&>(node).elts);
        case NodeKind::Dict: return dict_display(static_cast<const Dict&>(node));
        case NodeKind::BinOp: {
            const auto& operation = static_cast<const BinOp&>(node);
            const bool constant = is_constant_tree(&node);
            const Id left = eval(operation.left);
            const Id right = eval(operation.right);
            if (!constant) return binary(operation.op, left, right, false);
            // Folded by the compiler, unless the result is large or an error.
            const Id result = binary(operation.op, left, right, false);
            const auto number = number_of(result);
            if (number && number->known) return constants_.integer(number->value);
            if (const auto text = text_of(result)) {
                if (text->size() <= 128) return constants_.text(*text);
            }
            return constants_.result(type_of(result));
        }
        case NodeKind::UnaryOp: return unary(static_cast<const UnaryOp&>(node));
        case NodeKind::BoolOp: return boolean(static_cast<const BoolOp&>(node));
        case NodeKind::Compare: return compare(static_cast<const Compare&>(node));
        case NodeKind::IfExp: return conditional(static_cast<const IfExp&>(node));
        case NodeKind::NamedExpr: {
            const auto& named = static_cast<const NamedExpr&>(node);
            const Id value = eval(named.value);
            if (frame_->block->kind == BlockKind::kComprehension) {
                if (const auto* name = node_cast<Name>(named.target)) {
                    Frame* const inner = frame_;
                    while (frame_->block->kind == BlockKind::kComprehension && frame_->lexical != nullptr) frame_ = frame_->lexical;
                    store(name->id, value);
                    frame_ = inner;
                }
            } else {
                assign(named.target, value);
            }
            return value;
        }
        case NodeKind::Lambda: {
            const auto& lambda = static_cast<const Lambda&>(node);
            return make_function(node, lambda.args, nullptr);
        }
        case NodeKind::ListComp:
        case NodeKind::SetComp:
        case NodeKind::DictComp: return comprehension(node);
        case NodeKind::GeneratorExp: return generator_expression(static_cast<const GeneratorExp&>(node));
        case NodeKind::Await: return unknown_operation({eval(static_cast<const Await&>(node).value)});
        case NodeKind::Yield: {
            const auto* value = static_cast<const Yield&>(node).value;
            return unknown_operation({value != nullptr ? eval(value) : constants_.none()});
        }
        case NodeKind::YieldFrom: return unknown_operation({eval(static_cast<const YieldFrom&>(node).value)});
        case NodeKind::Call: return call(static_cast<const Call&>(node));
        case NodeKind::JoinedStr: return joined_text(static_cast<const JoinedStr&>(node));
        case NodeKind::FormattedValue: return constants_.result("str");
        case NodeKind::Attribute: {
            const auto& access = static_cast<const Attribute&>(node);
            const Id object = eval(access.value);
            return attribute(object, mangled(access.attr));
        }
        case NodeKind::Subscript: {
            const auto& access = static_cast<const Subscript&>(node);
            const Id container = eval(access.value);
            return subscript(container, access.slice);
        }
        case NodeKind::Starred: return unknown_operation({eval(static_cast<const Starred&>(node).value)});
        case NodeKind::Slice: {
            const auto& slice = static_cast<const Slice&>(node);
            const Id id = heap_.make(Kind::kTuple, "slice");
            for (const auto* part : {slice.lower, slice.upper, slice.step}) {
                heap_.add(id, Edge::kItem, part != nullptr ? eval(part) : constants_.none());
            }
            return id;
        }
        default: return kUnknown;
    }
}

Id Run::constant_of(const Constant& node) {
    switch (node.constant_kind) {
        case ConstantKind::None: return constants_.none();
        case ConstantKind::True: return constants_.boolean(true);
        case ConstantKind::False: return constants_.boolean(false);
        case ConstantKind::Ellipsis: return constants_.ellipsis();
        case ConstantKind::Int: {
            const auto value = node.integer != nullptr ? node.integer->to_int64() : std::optional<std::int64_t>();
            return value ? constants_.integer(*value) : constants_.big_integer();
        }
        case ConstantKind::Float: return constants_.floating();
        case ConstantKind::Complex: return constants_.complex();
        case ConstantKind::Str: return constants_.text(node.text);
        case ConstantKind::Bytes: return constants_.text(node.text, "bytes");
    }
    return kUnknown;
}

// Of constants alone, so that the compiler makes one constant of it.
bool Run::is_constant_tree(const ExprNode* first) const {
    std::vector<const ExprNode*> work{first};
    std::size_t count = 0;
    while (!work.empty()) {
        const ExprNode* node = work.back();
        work.pop_back();
        if (++count > 300) return false;
        switch (node->kind) {
            case NodeKind::Constant: break;
            case NodeKind::Tuple:
                for (const auto* one : static_cast<const Tuple*>(node)->elts) work.push_back(one);
                break;
            case NodeKind::BinOp:
                work.push_back(static_cast<const BinOp*>(node)->left);
                work.push_back(static_cast<const BinOp*>(node)->right);
                break;
            case NodeKind::UnaryOp: work.push_back(static_cast<const UnaryOp*>(node)->operand); break;
            default: return false;
        }
    }
    return true;
}

Id Run::display(Kind kind, const Sequence<ExprNode*>& elements) {
    std::vector<Id> values;
    std::vector<bool> starred;
    for (const auto* element : elements) {
        const auto* star = node_cast<Starred>(element);
        values.push_back(eval(star != nullptr ? star->value : element));
        starred.push_back(star != nullptr);
    }
    const std::string_view type = kind == Kind::kList ? "list" : kind == Kind::kTuple ? "tuple" : "set";
    std::vector<Id> items;
    bool known = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!starred[i]) {
            items.push_back(values[i]);
            continue;
        }
        const auto inside = items_of(values[i]);
        if (inside) {
            items.insert(items.end(), inside->begin(), inside->end());
        } else {
            element_of(values[i]);
            known = false;
        }
    }
    if (kind == Kind::kTuple && items.empty() && known) return constants_.tuple({});
    const Id id = heap_.make(kind, type);
    if (!known) heap_.edit(id).smeared = true;
    for (const Id item : items) {
        if (kind == Kind::kSet) {
            if (!heap_.alive(id)) break;
            Arguments one;
            one.positional = {item};
            set_method(id, "add", one);
        } else {
            heap_.add(id, Edge::kItem, item);
        }
    }
    return id;
}

Id Run::dict_display(const Dict& node) {
    const Id dict = heap_.make(Kind::kDict, "dict");
    for (std::size_t i = 0; i < node.values.size(); ++i) {
        if (i < node.keys.size() && node.keys[i] != nullptr) {
            const Id key = eval(node.keys[i]);
            const Id value = eval(node.values[i]);
            Arguments pair;
            pair.positional = {key, value};
            dict_method(dict, "__setitem__", pair);
        } else {
            Arguments other;
            other.positional = {eval(node.values[i])};
            dict_method(dict, "update", other);
        }
    }
    return dict;
}

Id Run::binary(Operator op, Id left, Id right, bool in_place) {
    const auto a = number_of(left), b = number_of(right);
    if (a && b) {
        if (a->is_float || b->is_float || op == Operator::Div) {
            if (op == Operator::Pow) return constants_.result("");
            const Id id = heap_.make(Kind::kNumber, "float");
            return id;
        }
        if (!a->known || !b->known) return constants_.result("int");
        const std::int64_t x = a->value, y = b->value;
        std::int64_t result = 0;
        const bool both_bool = type_of(left) == "bool" && type_of(right) == "bool";
        switch (op) {
            case Operator::Add:
                if (!__builtin_add_overflow(x, y, &result)) return new_integer(result);
                break;
            case Operator::Sub:
                if (!__builtin_sub_overflow(x, y, &result)) return new_integer(result);
                break;
            case Operator::Mult:
                if (!__builtin_mul_overflow(x, y, &result)) return new_integer(result);
                break;
            case Operator::FloorDiv:
                if (y > 0) return new_integer(x >= 0 ? x / y : -((-x + y - 1) / y));
                break;
            case Operator::Mod:
                if (y > 0) return new_integer(((x % y) + y) % y);
                break;
            case Operator::BitAnd:
            case Operator::BitOr:
            case Operator::BitXor:
                if (both_bool) return constants_.result("bool");
                return new_integer(op == Operator::BitAnd ? x & y : op == Operator::BitOr ? x | y : x ^ y);
            default: break;
        }
        return constants_.result("int");
    }
    const std::string_view type = type_of(left), other_type = type_of(right);
    const auto text = text_of(left), other_text = text_of(right);
    if (op == Operator::Add && text && other_text) {
        if (text->empty()) return right;
        if (other_text->empty()) return left;
        if (text->size() + other_text->size() > 4096) return fresh("str");
        return new_text(std::string(*text) + std::string(*other_text), "str");
    }
    if (op == Operator::Mod && type == "str") {
        observe(right, {"__str__", "__repr__"});
        escape(left);
        return constants_.result("str");
    }
    const Kind kind = heap_.alive(left) ? heap_.at(left).kind : Kind::kScope;
    const Kind other_kind = heap_.alive(right) ? heap_.at(right).kind : Kind::kScope;
    if (op == Operator::Mult && (kind == Kind::kList || kind == Kind::kTuple || text) && b) {
        if (text) {
            if (!b->known || b->value == 1 || b->value * static_cast<std::int64_t>(text->size()) > 4096) {
                if (b->known && b->value == 1) return left;
                escape(left);
                return constants_.result("str");
            }
            std::string repeated;
            for (std::int64_t i = 0; i < b->value; ++i) repeated += *text;
            return new_text(repeated, "str");
        }
        const auto items = items_of(left);
        if (!items || !b->known || b->value * static_cast<std::int64_t>(items->size()) > kMostItems) {
            if (kind == Kind::kList) {
                for (const Slot& slot : std::vector<Slot>(heap_.at(left).slots)) escape(slot.target);
                if (in_place) {
                    heap_.smear(left);
                    return left;
                }
                return unknown_content(Kind::kList, "list");
            }
            escape(left);
            return kUnknown;
        }
        if (kind == Kind::kTuple && b->value == 1) return left;
        std::vector<Id> repeated;
        for (std::int64_t i = 0; i < b->value; ++i) repeated.insert(repeated.end(), items->begin(), items->end());
        if (kind == Kind::kTuple) {
            if (repeated.empty()) return constants_.tuple({});
            const Id tuple = heap_.make(Kind::kTuple, "tuple");
            for (const Id one : repeated) heap_.add(tuple, Edge::kItem, one);
            return tuple;
        }
        if (!in_place) return list_of(repeated);
        heap_.clear(left);
        for (const Id one : repeated) heap_.add(left, Edge::kItem, one);
        return left;
    }
    if (op == Operator::Add && kind == Kind::kList && in_place) {
        Arguments other;
        other.positional = {right};
        list_method(left, "extend", other);
        return left;
    }
    if (op == Operator::Add && kind == Kind::kList && other_kind == Kind::kList) {
        const auto items = items_of(left), more = items_of(right);
        if (items && more) {
            std::vector<Id> all = *items;
            all.insert(all.end(), more->begin(), more->end());
            return list_of(all);
        }
        for (const Id one : {left, right}) {
            for (const Slot& slot : std::vector<Slot>(heap_.at(one).slots)) escape(slot.target);
        }
        return unknown_content(Kind::kList, "list");
    }
    if (op == Operator::Add && type == "tuple" && other_type == "tuple") {
        const auto items = items_of(left), more = items_of(right);
        if (items && more) {
            if (more->empty()) return left;
            if (items->empty()) return right;
            const Id tuple = heap_.make(Kind::kTuple, "tuple");
            for (const auto* part : {&*items, &*more}) {
                for (const Id one : *part) heap_.add(tuple, Edge::kItem, one);
            }
            return tuple;
        }
    }
    if (kind == Kind::kDict && other_kind == Kind::kDict && op == Operator::BitOr) {
        Id target = left;
        Arguments other;
        if (!in_place) {
            target = heap_.make(Kind::kDict, "dict");
            other.positional = {left};
            dict_method(target, "update", other);
        }
        other.positional = {right};
        dict_method(target, "update", other);
        return target;
    }
    if (kind == Kind::kSet && other_kind == Kind::kSet && in_place && op == Operator::BitOr && heap_.at(left).type == "set") {
        Arguments other;
        other.positional = {right};
        set_method(left, "update", other);
        return left;
    }
    // An operator of a class of the file.
    if (kind == Kind::kInstance && class_is_known(heap_.at(left).slots[0].target)) {
        static constexpr std::string_view kNames[] = {"add", "sub", "mul", "matmul", "truediv", "mod", "pow",
                                                      "lshift", "rshift", "or", "xor", "and", "floordiv"};
        const std::string base(kNames[static_cast<int>(op)]);
        bool known = true;
        Id method = kUnbound;
        if (in_place) method = find_in_class(heap_.at(left).slots[0].target, "__i" + base + "__", known);
        if (method == kUnbound && known) method = find_in_class(heap_.at(left).slots[0].target, "__" + base + "__", known);
        if (known && heap_.alive(method) && heap_.at(method).kind == Kind::kFunction && other_kind != Kind::kInstance &&
            right != kUnknown) {
            Arguments arguments;
            arguments.positional = {left, right};
            const Id result = call_function(method, arguments);
            return result;
        }
    }
    return unknown_operation({left, right});
}

Id Run::unary(const UnaryOp& node) {
    const Id operand = eval(node.operand);
    if (node.op == UnaryOperator::Not) {
        const auto holds = truth(operand);
        return holds ? constants_.boolean(!*holds) : constants_.result("bool");
    }
    const auto number = number_of(operand);
    if (!number) return unknown_operation({operand});
    if (number->is_float) {
        if (is_constant_tree(node.operand)) return constants_.floating();
        if (node.op == UnaryOperator::UAdd) return constants_.result("float");
        return heap_.make(Kind::kNumber, "float");
    }
    if (!number->known || number->value == INT64_MIN) {
        escape(operand);
        return constants_.result("int");
    }
    const std::int64_t value = number->value;
    if (node.op == UnaryOperator::UAdd) return type_of(operand) == "bool" ? constants_.integer(value) : operand;
    const std::int64_t result = node.op == UnaryOperator::USub ? -value : ~value;
    return is_constant_tree(node.operand) ? constants_.integer(result) : new_integer(result);
}

Id Run::boolean(const BoolOp& node) {
    Id value = eval(node.values.size() > 0 ? node.values[0] : nullptr);
    for (std::size_t i = 1; i < node.values.size(); ++i) {
        const auto holds = truth(value);
        const bool stops_when = node.op == BoolOperator::Or;
        if (holds && *holds == stops_when) return value;
        if (holds) {
            value = eval(node.values[i]);
            continue;
        }
        const Id first = value;
        value = either([&] { return first; }, [&] { return eval(node.values[i]); });
    }
    return value;
}

Id Run::compare(const Compare& node) {
    Id left = eval(node.left);
    std::optional<bool> all;
    for (std::size_t i = 0; i < node.ops.size(); ++i) {
        const Id right = eval(node.comparators[i]);
        std::optional<bool> holds;
        const auto identity = [&]() -> std::optional<bool> {
            const auto decided = [&](Id id) {
                return (heap_.alive(id) && heap_.at(id).kind != Kind::kChoice) || is_none(id) ||
                       id == constants_.boolean(true) || id == constants_.boolean(false);
            };
            if (decided(left) && decided(right)) return left == right;
            return std::nullopt;
        };
        switch (node.ops[i]) {
            case CmpOperator::Is: holds = identity(); break;
            case CmpOperator::IsNot:
                holds = identity();
                if (holds) holds = !*holds;
                break;
            default: {
                static const std::vector<std::string_view> kMethods{"__eq__", "__ne__", "__lt__", "__le__",
                                                                    "__gt__", "__ge__", "__contains__", "__iter__", "__hash__"};
                const auto a = number_of(left), b = number_of(right);
                const auto text_a = text_of(left), text_b = text_of(right);
                if (a && b && a->known && b->known) {
                    const auto x = a->value, y = b->value;
                    switch (node.ops[i]) {
                        case CmpOperator::Eq: holds = x == y; break;
                        case CmpOperator::NotEq: holds = x != y; break;
                        case CmpOperator::Lt: holds = x < y; break;
                        case CmpOperator::LtE: holds = x <= y; break;
                        case CmpOperator::Gt: holds = x > y; break;
                        case CmpOperator::GtE: holds = x >= y; break;
                        default: break;
                    }
                } else if (text_a && text_b && (node.ops[i] == CmpOperator::Eq || node.ops[i] == CmpOperator::NotEq)) {
                    holds = (*text_a == *text_b) == (node.ops[i] == CmpOperator::Eq);
                } else if (reaches_user_code(left, kMethods) || reaches_user_code(right, kMethods)) {
                    unknown_operation({left, right});
                }
                // Looking for an item in an iterator uses it up.
                if (heap_.alive(right) && heap_.at(right).kind == Kind::kIterator) escape(right);
                break;
            }
        }
        if (node.ops.size() == 1) all = holds;
        left = right;
    }
    return all ? constants_.boolean(*all) : constants_.result("bool");
}

Id Run::conditional(const IfExp& node) {
    const auto holds = truth(eval(node.test));
    if (holds) return eval(*holds ? node.body : node.orelse);
    return either([&] { return eval(node.body); }, [&] { return eval(node.orelse); });
}

Id Run::joined_text(const JoinedStr& node) {
    std::string text;
    bool known = true, long_enough = false;
    std::size_t pieces = 0, values = 0;
    Id only = kUnbound;
    for (const auto* part : node.values) {
        ++pieces;
        if (const auto* constant = node_cast<Constant>(part)) {
            text += std::string(constant->text);
            continue;
        }
        const auto* formatted = node_cast<FormattedValue>(part);
        if (formatted == nullptr) return kUnknown;
        ++values;
        const Id value = eval(formatted->value);
        observe(value, {"__format__", "__str__", "__repr__"});
        if (const auto* spec = node_cast<JoinedStr>(formatted->format_spec)) joined_text(*spec);
        only = value;
        const auto inner = text_of(value);
        const auto number = number_of(value);
        const bool plain = formatted->format_spec == nullptr && formatted->conversion == -1;
        if (plain && inner) {
            text += std::string(*inner);
        } else if (plain && number && number->known && type_of(value) == "int") {
            text += std::to_string(number->value);
        } else {
            known = false;
            if (type_of(value) == "list" || type_of(value) == "dict") long_enough = true;
        }
    }
    if (values == 0) return constants_.text(constants_.keep(text));
    if (pieces == 1) {
        // One value alone: a str is given back as it is.
        if (known && text_of(only)) return only;
        escape(only);
        return known ? new_text(text, "str") : constants_.result("str");
    }
    if (known) return new_text(text, "str");
    std::size_t characters = 0;
    for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    return characters >= 2 || long_enough ? heap_.make(Kind::kText, "str") : constants_.result("str");
}

Id Run::subscript(Id container, const ExprNode* index) {
    if (const auto* slice = node_cast<Slice>(index)) {
        std::optional<std::int64_t> bounds[3];
        bool known = true;
        const ExprNode* parts[3] = {slice->lower, slice->upper, slice->step};
        for (int i = 0; i < 3; ++i) {
            if (parts[i] == nullptr) continue;
            const Id value = eval(parts[i]);
            if (is_none(value)) continue;
            const auto number = number_of(value);
            if (!number || !number->known || number->is_float) {
                known = false;
            } else {
                bounds[i] = number->value;
            }
        }
        const std::string_view type = type_of(container);
        const bool list = type == "list", tuple = type == "tuple";
        if (list || tuple) {
            const auto items = items_of(container);
            if (items && known && (!bounds[2] || *bounds[2] == 1)) {
                const auto size = static_cast<std::int64_t>(items->size());
                const auto clamp = [&](std::optional<std::int64_t> at, std::int64_t otherwise) {
                    if (!at) return otherwise;
                    const std::int64_t from = *at < 0 ? *at + size : *at;
                    return std::clamp<std::int64_t>(from, 0, size);
                };
                const std::int64_t from = clamp(bounds[0], 0);
                const std::int64_t to = std::max(from, clamp(bounds[1], size));
                std::vector<Id> part(items->begin() + from, items->begin() + to);
                if (list) return list_of(part);
                if (from == 0 && to == size) return container;
                if (part.empty()) return constants_.tuple({});
                const Id result = heap_.make(Kind::kTuple, "tuple");
                for (const Id one : part) heap_.add(result, Edge::kItem, one);
                return result;
            }
            if (heap_.alive(container)) {
                for (const Slot& slot : std::vector<Slot>(heap_.at(container).slots)) escape(slot.target);
            }
            if (list) return unknown_content(Kind::kList, "list");
            escape(container);
            return kUnknown;
        }
        if (type == "str" || type == "bytes") {
            escape(container);
            return constants_.result(type);
        }
        return unknown_operation({container});
    }
    return item(container, eval(index));
}

Id Run::item(Id container, Id key) {
    const std::string_view type = type_of(container);
    const auto number = number_of(key);
    if (type == "list" || type == "tuple") {
        const auto items = items_of(container);
        if (items && number && number->known) {
            const auto size = static_cast<std::int64_t>(items->size());
            const std::int64_t at = number->value < 0 ? number->value + size : number->value;
            if (at >= 0 && at < size) return (*items)[static_cast<std::size_t>(at)];
            return kUnknown;
        }
        if (reaches_user_code(key, {"__index__"})) unknown_operation({key});
        if (!heap_.alive(container)) return kUnknown;
        for (const Slot& slot : std::vector<Slot>(heap_.at(container).slots)) escape(slot.target);
        return kUnknown;
    }
    if (heap_.alive(container) && heap_.at(container).kind == Kind::kDict && heap_.at(container).type == "dict") {
        const auto found = find_key(container, key);
        if (found && *found < heap_.at(container).slots.size()) return heap_.at(container).slots[*found + 1].target;
        if (!found) {
            if (reaches_user_code(key, {"__hash__", "__eq__"})) unknown_operation({key});
            for (const Slot& slot : std::vector<Slot>(heap_.at(container).slots)) escape(slot.target);
            if (reaches_user_code(container, {"__eq__"})) unknown_call();
        }
        return kUnknown;
    }
    if (type == "str") return constants_.result("str");
    if (type == "bytes") return constants_.result("int");
    if (type == "range") return constants_.result("int");
    if (heap_.alive(container) && heap_.at(container).kind == Kind::kInstance &&
        class_is_known(heap_.at(container).slots[0].target)) {
        bool known = true;
        const Id method = find_in_class(heap_.at(container).slots[0].target, "__getitem__", known);
        if (known && heap_.alive(method) && heap_.at(method).kind == Kind::kFunction) {
            Arguments arguments;
            arguments.positional = {container, key};
            return call_function(method, arguments);
        }
    }
    // `list[int]`: an alias object of the runtime's.
    if (is_constant(container) && constants_.at(container).sort == ConstantSort::kBuiltin) return kUnknown;
    return unknown_operation({container, key});
}

void Run::store_item(Id container, const ExprNode* index, Id value) {
    if (index != nullptr && index->kind == NodeKind::Slice) {
        const auto& slice = static_cast<const Slice&>(*index);
        const Id bounds = eval(index);
        if (!heap_.alive(container) || heap_.at(container).kind != Kind::kList) {
            unknown_operation({container, value, bounds});
            return;
        }
        const auto items = items_of(value);
        const auto size = static_cast<std::int64_t>(heap_.at(container).slots.size());
        std::int64_t from = 0, to = size;
        bool known = items.has_value() && slice.step == nullptr && !heap_.at(container).smeared;
        const auto bound = [&](const ExprNode* part, std::size_t place, std::int64_t& at) {
            if (part == nullptr) return;
            const auto number = number_of(heap_.at(bounds).slots[place].target);
            if (!number || !number->known) {
                known = false;
                return;
            }
            at = std::clamp<std::int64_t>(number->value < 0 ? number->value + size : number->value, 0, size);
        };
        bound(slice.lower, 0, from);
        bound(slice.upper, 1, to);
        if (!known) {
            element_of(value);
            heap_.smear(container);
            return;
        }
        to = std::max(from, to);
        const std::vector<Id> fresh_items = *items;
        for (std::int64_t i = to; i > from; --i) heap_.remove(container, static_cast<std::size_t>(i - 1));
        for (std::size_t i = 0; i < fresh_items.size(); ++i) {
            Slot slot;
            slot.target = fresh_items[i];
            heap_.insert(container, static_cast<std::size_t>(from) + i, slot);
        }
        return;
    }
    const Id key = eval(index);
    if (heap_.alive(container) && heap_.at(container).kind == Kind::kList) {
        const auto number = number_of(key);
        const auto size = static_cast<std::int64_t>(heap_.at(container).slots.size());
        if (number && number->known && !heap_.at(container).smeared) {
            const std::int64_t at = number->value < 0 ? number->value + size : number->value;
            if (at >= 0 && at < size) heap_.set(container, static_cast<std::size_t>(at), value);
            return;
        }
        if (reaches_user_code(key, {"__index__"})) unknown_operation({key});
        escape(value);
        heap_.smear(container);
        heap_.add(container, Edge::kItem, value, {}, false);
        return;
    }
    Arguments pair;
    pair.positional = {key, value};
    if (heap_.alive(container) && heap_.at(container).kind == Kind::kDict && heap_.at(container).type == "dict") {
        dict_method(container, "__setitem__", pair);
        return;
    }
    if (heap_.alive(container) && heap_.at(container).kind == Kind::kInstance &&
        class_is_known(heap_.at(container).slots[0].target)) {
        bool known = true;
        const Id method = find_in_class(heap_.at(container).slots[0].target, "__setitem__", known);
        if (known && heap_.alive(method) && heap_.at(method).kind == Kind::kFunction) {
            pair.positional.insert(pair.positional.begin(), container);
            call_function(method, pair);
            return;
        }
    }
    unknown_operation({container, key, value});
}

void Run::delete_item(Id container, const ExprNode* index) {
    if (index != nullptr && index->kind == NodeKind::Slice) {
        const auto& slice = static_cast<const Slice&>(*index);
        if (heap_.alive(container) && heap_.at(container).kind == Kind::kList && slice.lower == nullptr &&
            slice.upper == nullptr && slice.step == nullptr && !heap_.at(container).smeared) {
            return heap_.clear(container);
        }
        const Id bounds = eval(index);
        if (heap_.alive(container) && heap_.at(container).kind == Kind::kList) return heap_.smear(container);
        unknown_operation({container, bounds});
        return;
    }
    const Id key = eval(index);
    if (heap_.alive(container) && heap_.at(container).kind == Kind::kList) {
        const auto number = number_of(key);
        const auto size = static_cast<std::int64_t>(heap_.at(container).slots.size());
        if (number && number->known && !heap_.at(container).smeared) {
            const std::int64_t at = number->value < 0 ? number->value + size : number->value;
            if (at >= 0 && at < size) heap_.remove(container, static_cast<std::size_t>(at));
            return;
        }
        return heap_.smear(container);
    }
    if (heap_.alive(container) && heap_.at(container).kind == Kind::kDict && heap_.at(container).type == "dict") {
        const auto found = find_key(container, key);
        if (found && *found < heap_.at(container).slots.size()) {
            heap_.remove(container, *found + 1);
            heap_.remove(container, *found);
        } else if (!found) {
            if (reaches_user_code(key, {"__hash__", "__eq__"}) || reaches_user_code(container, {"__eq__"})) unknown_operation({key});
            heap_.smear(container);
        }
        return;
    }
    unknown_operation({container, key});
}

Id Run::comprehension(const ExprNode& node) {
    const Sequence<Comprehension*>* generators = nullptr;
    const ExprNode* element = nullptr;
    const ExprNode* value_node = nullptr;
    Kind kind = Kind::kList;
    if (const auto* list = node_cast<ListComp>(&node)) {
        generators = &list->generators;
        element = list->elt;
    } else if (const auto* set = node_cast<SetComp>(&node)) {
        generators = &set->generators;
        element = set->elt;
        kind = Kind::kSet;
    } else {
        const auto& dict = static_cast<const DictComp&>(node);
        generators = &dict.generators;
        element = dict.key;
        value_node = dict.value;
        kind = Kind::kDict;
    }
    const std::string_view type = kind == Kind::kList ? "list" : kind == Kind::kSet ? "set" : "dict";
    const Block* block = names_.of(&node);
    if (block == nullptr || generators->empty()) return kUnknown;
    const Id source = eval((*generators)[0]->iter);
    const Id result = heap_.make(kind, type);
    Frame frame;
    enter(frame, *block);
    frame.lexical = frame_;
    frame.function = frame_->function;
    frame.class_name = frame_->class_name;
    frame_ = &frame;
    heap_.add(frame.scope, Edge::kName, result, "(result)");
    heap_.add(frame.scope, Edge::kSource, source, ".0");

    const auto add = [&] {
        const Id one = eval(element);
        Arguments arguments;
        arguments.positional = {one};
        if (kind == Kind::kDict) {
            arguments.positional.push_back(eval(value_node));
            dict_method(result, "__setitem__", arguments);
        } else if (kind == Kind::kSet) {
            set_method(result, "add", arguments);
        } else {
            heap_.add(result, Edge::kItem, one);
        }
    };
    // One loop over what is known, item by item; the rest as a loop that is run any number of times.
    auto items = items_of(source);
    if (!items && type_of(source) == "range" && heap_.alive(source) && heap_.at(source).known) {
        items.emplace();
        for (std::int64_t i = 0; i < heap_.at(source).number; ++i) items->push_back(constants_.integer(i));
    }
    if (generators->size() == 1 && items && items->size() <= 40 && block->coroutine == false) {
        for (const Id one : *items) {
            assign((*generators)[0]->target, one);
            bool taken = true, certain = true;
            for (const auto* condition : (*generators)[0]->ifs) {
                const auto holds = truth(eval(condition));
                if (!holds) certain = false;
                if (holds && !*holds) taken = false;
                if (!taken) break;
            }
            if (!taken) continue;
            if (certain) {
                add();
            } else {
                either(
                    [&] {
                        add();
                        return kUnknown;
                    },
                    [] { return kUnknown; });
            }
        }
    } else {
        const std::function<void(std::size_t)> level = [&](std::size_t at) {
            if (at == generators->size()) return add();
            const auto* generator = (*generators)[at];
            const Id iterated = at == 0 ? source : eval(generator->iter);
            const Id iterator = generator->is_async != 0 ? unknown_operation({iterated}) : iterator_over(iterated);
            heap_.add(frame.scope, Edge::kSource, iterator, "for");
            const std::size_t place = heap_.at(frame.scope).slots.size() - 1;
            loop(
                [&] {
                    assign(generator->target, element_of(generator->is_async != 0 ? kUnknown : heap_.at(frame.scope).slots[place].target, false));
                    for (const auto* condition : generator->ifs) truth(eval(condition));
                    level(at + 1);
                },
                {}, true);
            heap_.set(frame.scope, place, kUnbound);
            heap_.remove(frame.scope, place);
        };
        level(0);
    }
    frame_ = frame.lexical;
    leave(frame, 0);
    return result;
}

Id Run::generator_expression(const GeneratorExp& node) {
    const Block* block = names_.of(&node);
    if (block == nullptr || node.generators.empty()) return kUnknown;
    const Id source = eval(node.generators[0]->iter);
    const Id iterator = node.generators[0]->is_async != 0 ? unknown_operation({source}) : iterator_over(source);
    const Id generator = heap_.make(Kind::kGenerator, "generator");
    heap_.edit(generator).node = &node;
    heap_.add(generator, Edge::kSource, iterator);
    for (const std::string_view name : block->frees) {
        const Id cell = cell_of(*frame_, name);
        heap_.add(generator, Edge::kClosure, cell, name);
    }
    return generator;
}

}  // namespace refscope::lsp::facts
