// Evaluation without a trace: what watches, hovers and conditions ask for.
#include <cstring>
#include <optional>

#include "vm/control/control.h"
#include "vm/heap/allocator.h"
#include "vm/heap/collector_state.h"
#include "vm/inspect/children.h"
#include "vm/inspect/display.h"
#include "vm/inspect/facts.h"
#include "vm/objects/abstract.h"
#include "vm/objects/bool.h"
#include "vm/objects/cell.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/module_object.h"
#include "vm/objects/set.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"
#include "vm/syntax/parse.h"

namespace refscope::vm {

namespace {

// A key of exact str in a dict, found without hashing an object: nothing is allocated.
Object* find_text(Object* dict, std::string_view text) {
    if (!dict || !dict_check(dict)) return nullptr;
    intptr_t position = 0;
    Object *key, *value;
    while (dict_next(dict, &position, &key, &value)) {
        if (!str_check(key)) continue;
        if (static_cast<size_t>(str_length(key)) <= text.size() && str_to_utf8(key) == text) return value;
    }
    return nullptr;
}

// A value while an expression is worked out.
struct Value {
    Object* object = nullptr;
    std::optional<double> number;
    std::optional<long long> integer;
    std::optional<std::string> text;  // a str constant
    std::optional<bool> truth;
    std::string shown;  // of a value that is no object
};

class Evaluator {
  public:
    explicit Evaluator(Frame* frame) : frame_(frame) {}
    bool run(const syntax::ExprNode* node, Value* result);
    std::string error;
    bool needs_code = false;

  private:
    bool fail(std::string why) {
        error = std::move(why);
        return false;
    }
    bool would_run() {
        needs_code = true;
        return fail("this would run code of the program: use the debug console");
    }
    bool attribute(Object* owner, std::string_view name, Value* result);
    bool subscript(const Value& container, const Value& key, Value* result);
    bool call(const syntax::Call* call, Value* result);
    bool compare(const syntax::Compare* compare, Value* result);
    bool truth_of(const Value& value, bool* truth);
    static void set_integer(Value* value, long long integer) {
        value->integer = integer;
        value->number = static_cast<double>(integer);
        value->shown = std::to_string(integer);
    }
    static void set_truth(Value* value, bool truth) { value->object = truth ? py_true() : py_false(); }
    static Value load(Object* object);

    Frame* frame_;
};

Value Evaluator::load(Object* object) {
    Value value;
    value.object = object;
    if (int_check_exact(object) && int_is_medium(object)) {
        value.integer = int_medium_value(object);
        value.number = static_cast<double>(*value.integer);
    } else if (float_check_exact(object)) {
        value.number = float_value(object);
    } else if (str_check_exact(object)) {
        value.text = str_to_utf8(object);
    }
    return value;
}

bool Evaluator::attribute(Object* owner, std::string_view name, Value* result) {
    if (module_check(owner)) {
        Object* found = find_text(module_dict(owner), name);
        if (!found) return fail("module has no attribute '" + std::string(name) + "'");
        *result = load(found);
        return true;
    }
    if (name == "__class__") {
        *result = load(owner->type);
        return true;
    }
    for (const Child& child : named_children(owner)) {
        if (child.name == name && child.value) {
            *result = load(child.value);
            return true;
        }
    }
    Type* type = type_check(owner) ? as_type(owner) : owner->type;
    for (intptr_t i = 0; type->tp_mro && i < tuple_size(type->tp_mro); ++i) {
        Object* found = find_text(as_type(tuple_get_item(type->tp_mro, i))->tp_dict, name);
        if (!found) continue;
        if (found->type->tp_descr_get) return would_run();
        *result = load(found);
        return true;
    }
    return fail("'" + std::string(type_short_name(owner->type)) + "' object has no attribute '" + std::string(name) + "'");
}

bool Evaluator::subscript(const Value& container, const Value& key, Value* result) {
    Object* object = container.object;
    if (!object) return fail("object is not subscriptable");
    bool list = list_check_exact(object), tuple = tuple_check_exact(object);
    if (list || tuple) {
        if (!key.integer) return would_run();
        long long size = list ? list_size(object) : tuple_size(object), index = *key.integer;
        if (index < 0) index += size;
        if (index < 0 || index >= size) return fail("index out of range");
        *result = load(list ? list_get_item(object, index) : tuple_get_item(object, index));
        return true;
    }
    if (dict_check_exact(object)) {
        intptr_t position = 0;
        Object *at, *value;
        while (dict_next(object, &position, &at, &value)) {
            Value candidate = load(at);
            bool same = (key.object && at == key.object) || (key.text && candidate.text && *key.text == *candidate.text) ||
                        (key.number && candidate.number && *key.number == *candidate.number);
            if (!same) continue;
            *result = load(value);
            return true;
        }
        return fail("KeyError");
    }
    return would_run();
}

bool Evaluator::call(const syntax::Call* node, Value* result) {
    const auto* name = syntax::node_cast<syntax::Name>(node->func);
    const auto* method = syntax::node_cast<syntax::Attribute>(node->func);
    std::string function = name ? std::string(name->id) : method && method->attr.text == "getrefcount" ? "getrefcount" : "";
    if (node->args.size() != 1 || !node->keywords.empty()) return would_run();
    // A program's own function of that name is another matter.
    if (name && frame_ && lookup_name(frame_, function) && !is_static_object(lookup_name(frame_, function)) && function_check(lookup_name(frame_, function))) {
        return would_run();
    }
    if (function != "len" && function != "id" && function != "type" && function != "getrefcount" && function != "refcount") return would_run();
    Value argument;
    if (!run(node->args[0], &argument)) return false;
    if (!argument.object) return would_run();
    Object* object = argument.object;
    if (function == "id") {
        set_integer(result, static_cast<long long>(reinterpret_cast<intptr_t>(object)));
    } else if (function == "type") {
        *result = load(object->type);
    } else if (function == "getrefcount") {
        set_integer(result, static_cast<long long>(refcount_of(object)) + 1 + (is_static_object(object) && !type_check(object) ? 999999999 : 0));
    } else if (function == "refcount") {
        set_integer(result, refcount_of(object));
    } else if (str_check_exact(object)) {
        set_integer(result, str_length(object));
    } else if (list_check_exact(object) || tuple_check_exact(object) || dict_check_exact(object) || anyset_check_exact(object)) {
        set_integer(result, static_cast<long long>(indexed_count(object)));
    } else {
        return would_run();
    }
    return true;
}

bool Evaluator::truth_of(const Value& value, bool* truth) {
    if (value.object == none() || value.object == py_false()) {
        *truth = false;
    } else if (value.object == py_true()) {
        *truth = true;
    } else if (value.number) {
        *truth = *value.number != 0;
    } else if (value.text) {
        *truth = !value.text->empty();
    } else if (value.object && (list_check_exact(value.object) || tuple_check_exact(value.object) || dict_check_exact(value.object) ||
                                anyset_check_exact(value.object))) {
        *truth = indexed_count(value.object) != 0;
    } else {
        return would_run();
    }
    return true;
}

bool Evaluator::compare(const syntax::Compare* node, Value* result) {
    Value left;
    if (!run(node->left, &left)) return false;
    bool truth = true;
    for (size_t i = 0; i < node->ops.size() && truth; ++i) {
        Value right;
        if (!run(node->comparators[i], &right)) return false;
        using Op = syntax::CmpOperator;
        Op op = node->ops[i];
        if (op == Op::Is || op == Op::IsNot) {
            if (!left.object || !right.object) return would_run();
            truth = (left.object == right.object) == (op == Op::Is);
        } else {
            int order;
            if (left.number && right.number) {
                order = *left.number < *right.number ? -1 : *left.number > *right.number;
            } else if (left.text && right.text) {
                order = left.text->compare(*right.text);
            } else {
                return would_run();
            }
            switch (op) {
                case Op::Eq: truth = order == 0; break;
                case Op::NotEq: truth = order != 0; break;
                case Op::Lt: truth = order < 0; break;
                case Op::LtE: truth = order <= 0; break;
                case Op::Gt: truth = order > 0; break;
                case Op::GtE: truth = order >= 0; break;
                default: return would_run();
            }
        }
        left = right;
    }
    set_truth(result, truth);
    return true;
}

bool Evaluator::run(const syntax::ExprNode* node, Value* result) {
    if (const auto* name = syntax::node_cast<syntax::Name>(node)) {
        Object* found = frame_ ? lookup_name(frame_, std::string(name->id)) : nullptr;
        if (!found) return fail("name '" + std::string(name->id) + "' is not defined");
        *result = load(found);
        return true;
    }
    if (const auto* constant = syntax::node_cast<syntax::Constant>(node)) {
        switch (constant->constant_kind) {
            case syntax::ConstantKind::None: result->object = none(); return true;
            case syntax::ConstantKind::True: result->object = py_true(); return true;
            case syntax::ConstantKind::False: result->object = py_false(); return true;
            case syntax::ConstantKind::Int: {
                std::string digits = constant->integer->to_string();
                if (digits.size() > 17) return would_run();
                set_integer(result, std::strtoll(digits.c_str(), nullptr, 10));
                return true;
            }
            case syntax::ConstantKind::Float:
                result->number = constant->number;
                result->shown = double_repr(constant->number);
                return true;
            case syntax::ConstantKind::Str:
                result->text = std::string(constant->text);
                result->shown = "'" + *result->text + "'";
                return true;
            default: return would_run();
        }
    }
    if (const auto* attribute_node = syntax::node_cast<syntax::Attribute>(node)) {
        Value owner;
        if (!run(attribute_node->value, &owner)) return false;
        if (!owner.object) return would_run();
        return attribute(owner.object, attribute_node->attr.text, result);
    }
    if (const auto* subscript_node = syntax::node_cast<syntax::Subscript>(node)) {
        Value container, key;
        if (!run(subscript_node->value, &container) || !run(subscript_node->slice, &key)) return false;
        return subscript(container, key, result);
    }
    if (const auto* call_node = syntax::node_cast<syntax::Call>(node)) return call(call_node, result);
    if (const auto* compare_node = syntax::node_cast<syntax::Compare>(node)) return compare(compare_node, result);
    if (const auto* unary = syntax::node_cast<syntax::UnaryOp>(node)) {
        Value operand;
        if (!run(unary->operand, &operand)) return false;
        if (unary->op == syntax::UnaryOperator::Not) {
            bool truth;
            if (!truth_of(operand, &truth)) return false;
            set_truth(result, !truth);
            return true;
        }
        if (unary->op == syntax::UnaryOperator::USub && operand.integer) {
            set_integer(result, -*operand.integer);
            return true;
        }
        return would_run();
    }
    if (const auto* bool_op = syntax::node_cast<syntax::BoolOp>(node)) {
        for (size_t i = 0; i < bool_op->values.size(); ++i) {
            bool truth;
            *result = {};
            if (!run(bool_op->values[i], result) || !truth_of(*result, &truth)) return false;
            if (truth == (bool_op->op == syntax::BoolOperator::Or)) return true;
        }
        return true;
    }
    return would_run();
}

}  // namespace

Object* lookup_name(Frame* frame, const std::string& name) {
    const bytecode::CodeUnit& unit = code_unit(frame->code);
    bool started = frame->state != FrameState::kStarting;
    for (int i = 0; i < frame->code->nlocalsplus; ++i) {
        if (unit.localsplusnames[static_cast<size_t>(i)] != name) continue;
        Object* value = frame->registers[i];
        bool cell = unit.localspluskinds[static_cast<size_t>(i)] & (bytecode::kLocalCell | bytecode::kLocalFree);
        if (cell && started && value && cell_check(value)) value = static_cast<CellObject*>(value)->ob_ref;
        if (value) return value;
    }
    if (frame->locals) {
        if (Object* found = find_text(frame->locals, name)) return found;
    }
    if (Object* found = find_text(frame->globals, name)) return found;
    return find_text(frame->builtins, name);
}

Evaluated evaluate_quietly(Frame* frame, const std::string& expression) {
    Evaluated result;
    base::SourceText source(expression, "<watch>");
    syntax::ParseOptions options;
    options.mode = syntax::ParseMode::Eval;
    options.max_depth = 200;
    syntax::ParseResult parsed = syntax::parse(source, options);
    const auto* tree = parsed.ok() ? syntax::node_cast<syntax::Expression>(parsed.tree) : nullptr;
    if (!tree) {
        result.error = parsed.diagnostics.empty() ? "not an expression" : parsed.diagnostics.front().message;
        result.needs_code = true;  // it may be a statement
        return result;
    }
    Evaluator evaluator(frame);
    Value value;
    if (!evaluator.run(tree->body, &value)) {
        result.error = evaluator.error;
        result.needs_code = evaluator.needs_code;
        return result;
    }
    result.object = value.object;
    if (!value.object) result.text = value.shown;
    return result;
}

}  // namespace refscope::vm
