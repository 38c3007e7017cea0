// Expressions other than calls and comprehensions.
#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace syntax;

namespace {

/// More entries than this are not piled up on the stack: a container is built and added to.
constexpr size_t kStackGuideline = 30;

}  // namespace

void CodeGenerator::expression(const ExprNode* node) {
    NestingGuard guard(depth_);
    LocationScope saved(*this);
    set_location(node);
    expression_inner(node);
}

void CodeGenerator::expression_inner(const ExprNode* node) {
    switch (node->kind) {
        case NodeKind::Constant: load_const(constant_ref(node)); break;
        case NodeKind::Name: {
            auto* n = static_cast<const Name*>(node);
            name_operation(n->id, n->ctx);
            break;
        }
        case NodeKind::NamedExpr: {
            auto* n = static_cast<const NamedExpr*>(node);
            expression(n->value);
            emit(op::COPY, 1);
            expression(n->target);
            break;
        }
        case NodeKind::BoolOp: bool_operation(static_cast<const BoolOp*>(node)); break;
        case NodeKind::BinOp: {
            auto* n = static_cast<const BinOp*>(node);
            expression(n->left);
            expression(n->right);
            binary_operator(n->op, false);
            break;
        }
        case NodeKind::UnaryOp: {
            auto* n = static_cast<const UnaryOp*>(node);
            expression(n->operand);
            switch (n->op) {
                case UnaryOperator::Invert: emit(op::UNARY_INVERT); break;
                case UnaryOperator::Not: emit(op::UNARY_NOT); break;
                case UnaryOperator::UAdd: emit(op::UNARY_POSITIVE); break;
                case UnaryOperator::USub: emit(op::UNARY_NEGATIVE); break;
            }
            break;
        }
        case NodeKind::Lambda: lambda(static_cast<const Lambda*>(node)); break;
        case NodeKind::IfExp: conditional(static_cast<const IfExp*>(node)); break;
        case NodeKind::Dict: dict_display(static_cast<const Dict*>(node)); break;
        case NodeKind::Set:
            sequence_display(static_cast<const Set*>(node)->elts, 0, op::BUILD_SET, op::SET_ADD, op::SET_UPDATE, false);
            break;
        case NodeKind::GeneratorExp: {
            auto* n = static_cast<const GeneratorExp*>(node);
            comprehension(n, "<genexpr>", n->generators, n->elt, nullptr);
            break;
        }
        case NodeKind::ListComp: {
            auto* n = static_cast<const ListComp*>(node);
            comprehension(n, "<listcomp>", n->generators, n->elt, nullptr);
            break;
        }
        case NodeKind::SetComp: {
            auto* n = static_cast<const SetComp*>(node);
            comprehension(n, "<setcomp>", n->generators, n->elt, nullptr);
            break;
        }
        case NodeKind::DictComp: {
            auto* n = static_cast<const DictComp*>(node);
            comprehension(n, "<dictcomp>", n->generators, n->key, n->value);
            break;
        }
        case NodeKind::Yield: {
            auto* n = static_cast<const Yield*>(node);
            if (unit_->scope->block != BlockKind::kFunction) error("'yield' outside function");
            if (n->value) {
                expression(n->value);
            } else {
                load_none();
            }
            emit_yield();
            break;
        }
        case NodeKind::YieldFrom:
            if (unit_->scope->block != BlockKind::kFunction) error("'yield' outside function");
            if (unit_->kind == UnitKind::kAsyncFunction) error("'yield from' inside async function");
            expression(static_cast<const YieldFrom*>(node)->value);
            emit(op::GET_YIELD_FROM_ITER);
            load_none();
            yield_from(false);
            break;
        case NodeKind::Await:
            if (!allows_top_level_await()) {
                if (unit_->scope->block != BlockKind::kFunction) error("'await' outside function");
                if (unit_->kind != UnitKind::kAsyncFunction && unit_->kind != UnitKind::kComprehension) {
                    error("'await' outside async function");
                }
            }
            expression(static_cast<const Await*>(node)->value);
            emit(op::GET_AWAITABLE, 0);
            load_none();
            yield_from(true);
            break;
        case NodeKind::Compare: compare(static_cast<const Compare*>(node)); break;
        case NodeKind::Call: call(static_cast<const Call*>(node)); break;
        case NodeKind::JoinedStr: joined_string(static_cast<const JoinedStr*>(node)); break;
        case NodeKind::FormattedValue: formatted_value(static_cast<const FormattedValue*>(node)); break;
        case NodeKind::Attribute: attribute(static_cast<const Attribute*>(node)); break;
        case NodeKind::Subscript: subscript(static_cast<const Subscript*>(node)); break;
        case NodeKind::Slice: slice(static_cast<const Slice*>(node)); break;
        case NodeKind::Starred:
            if (static_cast<const Starred*>(node)->ctx == ExprContext::Store) {
                error("starred assignment target must be in a list or tuple");
            }
            error("can't use starred expression here");
        case NodeKind::List: {
            auto* n = static_cast<const List*>(node);
            if (n->ctx == ExprContext::Store) {
                unpack(n->elts);
            } else if (n->ctx == ExprContext::Load) {
                sequence_display(n->elts, 0, op::BUILD_LIST, op::LIST_APPEND, op::LIST_EXTEND, false);
            } else {
                expressions(n->elts);
            }
            break;
        }
        case NodeKind::Tuple: {
            auto* n = static_cast<const Tuple*>(node);
            if (n->ctx == ExprContext::Store) {
                unpack(n->elts);
            } else if (n->ctx == ExprContext::Load) {
                sequence_display(n->elts, 0, op::BUILD_LIST, op::LIST_APPEND, op::LIST_EXTEND, true);
            } else {
                expressions(n->elts);
            }
            break;
        }
        default: error("invalid syntax");
    }
}

void CodeGenerator::emit_yield() {
    if (unit_->scope->generator && unit_->scope->coroutine) emit(op::ASYNC_GEN_WRAP);
    emit(op::YIELD_VALUE);
    emit(op::RESUME, 1);
}

// ---- operators

void CodeGenerator::bool_operation(const BoolOp* node) {
    int jump = node->op == BoolOperator::And ? op::JUMP_IF_FALSE_OR_POP : op::JUMP_IF_TRUE_OR_POP;
    Block* end = new_block();
    for (size_t i = 0; i + 1 < node->values.size(); i++) {
        expression(node->values[i]);
        emit_jump(jump, end);
        use(new_block());
    }
    expression(node->values.back());
    use(end);
}

void CodeGenerator::conditional(const IfExp* node) {
    Block* end = new_block();
    Block* next = new_block();
    jump_if(node->test, next, false);
    expression(node->body);
    emit_jump_without_line(op::JUMP, end);
    use(next);
    expression(node->orelse);
    use(end);
}

void CodeGenerator::binary_operator(Operator op, bool inplace) {
    using B = bytecode::BinaryOperator;
    B code = B::kAdd;
    switch (op) {
        case Operator::Add: code = B::kAdd; break;
        case Operator::Sub: code = B::kSubtract; break;
        case Operator::Mult: code = B::kMultiply; break;
        case Operator::MatMult: code = B::kMatrixMultiply; break;
        case Operator::Div: code = B::kTrueDivide; break;
        case Operator::Mod: code = B::kRemainder; break;
        case Operator::Pow: code = B::kPower; break;
        case Operator::LShift: code = B::kLshift; break;
        case Operator::RShift: code = B::kRshift; break;
        case Operator::BitOr: code = B::kOr; break;
        case Operator::BitXor: code = B::kXor; break;
        case Operator::BitAnd: code = B::kAnd; break;
        case Operator::FloorDiv: code = B::kFloorDivide; break;
    }
    emit(op::BINARY_OP, static_cast<int>(code) + (inplace ? bytecode::kInplaceOffset : 0));
}

void CodeGenerator::compare_operator(CmpOperator op) {
    switch (op) {
        case CmpOperator::Lt: emit(op::COMPARE_OP, 0); break;
        case CmpOperator::LtE: emit(op::COMPARE_OP, 1); break;
        case CmpOperator::Eq: emit(op::COMPARE_OP, 2); break;
        case CmpOperator::NotEq: emit(op::COMPARE_OP, 3); break;
        case CmpOperator::Gt: emit(op::COMPARE_OP, 4); break;
        case CmpOperator::GtE: emit(op::COMPARE_OP, 5); break;
        case CmpOperator::Is: emit(op::IS_OP, 0); break;
        case CmpOperator::IsNot: emit(op::IS_OP, 1); break;
        case CmpOperator::In: emit(op::CONTAINS_OP, 0); break;
        case CmpOperator::NotIn: emit(op::CONTAINS_OP, 1); break;
    }
}

/// In `a < b < c` the middle value is kept under the first result; if that is false it has to go.
void CodeGenerator::compare(const Compare* node) {
    check_compare(node);
    expression(node->left);
    size_t last = node->ops.size() - 1;
    if (last == 0) {
        expression(node->comparators[0]);
        compare_operator(node->ops[0]);
        return;
    }
    Block* cleanup = new_block();
    for (size_t i = 0; i < last; i++) {
        expression(node->comparators[i]);
        emit(op::SWAP, 2);
        emit(op::COPY, 2);
        compare_operator(node->ops[i]);
        emit_jump(op::JUMP_IF_FALSE_OR_POP, cleanup);
    }
    expression(node->comparators[last]);
    compare_operator(node->ops[last]);
    Block* end = new_block();
    emit_jump_without_line(op::JUMP, end);
    use(cleanup);
    emit(op::SWAP, 2);
    emit(op::POP_TOP);
    use(end);
}

void CodeGenerator::jump_if_chain(const Compare* node, Block* next, bool condition) {
    check_compare(node);
    size_t last = node->ops.size() - 1;
    Block* cleanup = new_block();
    expression(node->left);
    for (size_t i = 0; i < last; i++) {
        expression(node->comparators[i]);
        emit(op::SWAP, 2);
        emit(op::COPY, 2);
        compare_operator(node->ops[i]);
        emit_jump(op::POP_JUMP_IF_FALSE, cleanup);
    }
    expression(node->comparators[last]);
    compare_operator(node->ops[last]);
    emit_jump(condition ? op::POP_JUMP_IF_TRUE : op::POP_JUMP_IF_FALSE, next);
    Block* end = new_block();
    emit_jump_without_line(op::JUMP, end);
    use(cleanup);
    emit(op::POP_TOP);
    if (!condition) emit_jump_without_line(op::JUMP, next);
    use(end);
}

/// Jumps to `next` if the truth of the expression is `condition`, without making the value where that can be helped.
void CodeGenerator::jump_if(const ExprNode* node, Block* next, bool condition) {
    NestingGuard guard(depth_);
    switch (node->kind) {
        case NodeKind::UnaryOp: {
            auto* n = static_cast<const UnaryOp*>(node);
            if (n->op != UnaryOperator::Not) break;
            jump_if(n->operand, next, !condition);
            return;
        }
        case NodeKind::BoolOp: {
            auto* n = static_cast<const BoolOp*>(node);
            bool stops_on = n->op == BoolOperator::Or;
            Block* stop = stops_on == condition ? next : new_block();
            for (size_t i = 0; i + 1 < n->values.size(); i++) jump_if(n->values[i], stop, stops_on);
            jump_if(n->values.back(), next, condition);
            if (stop != next) use(stop);
            return;
        }
        case NodeKind::IfExp: {
            auto* n = static_cast<const IfExp*>(node);
            Block* end = new_block();
            Block* otherwise = new_block();
            jump_if(n->test, otherwise, false);
            jump_if(n->body, next, condition);
            emit_jump_without_line(op::JUMP, end);
            use(otherwise);
            jump_if(n->orelse, next, condition);
            use(end);
            return;
        }
        case NodeKind::Compare: {
            auto* n = static_cast<const Compare*>(node);
            set_location(n);
            if (n->ops.size() == 1) break;
            jump_if_chain(n, next, condition);
            return;
        }
        default: break;
    }
    expression(node);
    emit_jump(condition ? op::POP_JUMP_IF_TRUE : op::POP_JUMP_IF_FALSE, next);
}

// ---- displays

/// A list, set or tuple, or the arguments of a call, of which `pushed` lie on the stack already.
void CodeGenerator::sequence_display(const Sequence<ExprNode*>& items, int pushed, int build, int add, int extend, bool tuple) {
    size_t count = items.size();
    bool constant = count > 2;
    bool starred = false;
    for (ExprNode* item : items) {
        constant = constant && item->kind == NodeKind::Constant;
        starred = starred || item->kind == NodeKind::Starred;
    }
    if (constant) {
        std::vector<ConstantRef> values;
        for (ExprNode* item : items) values.push_back(constant_ref(item));
        ConstantRef whole = add == op::SET_ADD ? make_frozenset(values) : Constant::tuple(values);
        if (tuple && !pushed) {
            load_const(whole);
            return;
        }
        emit(build, pushed);
        load_const(whole);
        emit(extend, 1);
        if (tuple) emit(op::LIST_TO_TUPLE);
        return;
    }
    bool big = count + static_cast<size_t>(pushed) > kStackGuideline;
    if (!starred && !big) {
        expressions(items);
        emit(tuple ? static_cast<int>(op::BUILD_TUPLE) : build, static_cast<int>(count) + pushed);
        return;
    }
    bool built = big;
    if (big) emit(build, pushed);
    for (size_t i = 0; i < count; i++) {
        if (auto* star = node_cast<Starred>(items[i])) {
            if (!built) {
                emit(build, static_cast<int>(i) + pushed);
                built = true;
            }
            expression(star->value);
            emit(extend, 1);
        } else {
            expression(items[i]);
            if (built) emit(add, 1);
        }
    }
    if (tuple) emit(op::LIST_TO_TUPLE);
}

void CodeGenerator::unpack(const Sequence<ExprNode*>& targets) {
    size_t count = targets.size();
    bool starred = false;
    for (size_t i = 0; i < count; i++) {
        if (targets[i]->kind != NodeKind::Starred) continue;
        if (starred) error("multiple starred expressions in assignment");
        size_t after = count - i - 1;
        if (i >= 1 << 8 || after >= static_cast<size_t>(INT_MAX >> 8)) {
            error("too many expressions in star-unpacking assignment");
        }
        emit(op::UNPACK_EX, static_cast<int>(i + (after << 8)));
        starred = true;
    }
    if (!starred) emit(op::UNPACK_SEQUENCE, static_cast<int>(count));
    for (ExprNode* target : targets) {
        auto* star = node_cast<Starred>(target);
        expression(star ? star->value : target);
    }
}

void CodeGenerator::dict_part(const Dict* node, size_t begin, size_t end) {
    size_t count = end - begin;
    bool big = count * 2 > kStackGuideline;
    bool constant = count > 1 && !big;
    for (size_t i = begin; i < end; i++) constant = constant && node->keys[i] && node->keys[i]->kind == NodeKind::Constant;
    if (constant) {
        std::vector<ConstantRef> keys;
        for (size_t i = begin; i < end; i++) {
            expression(node->values[i]);
            keys.push_back(constant_ref(node->keys[i]));
        }
        load_const(Constant::tuple(std::move(keys)));
        emit(op::BUILD_CONST_KEY_MAP, static_cast<int>(count));
        return;
    }
    if (big) emit(op::BUILD_MAP, 0);
    for (size_t i = begin; i < end; i++) {
        expression(node->keys[i]);
        expression(node->values[i]);
        if (big) emit(op::MAP_ADD, 1);
    }
    if (!big) emit(op::BUILD_MAP, static_cast<int>(count));
}

void CodeGenerator::dict_display(const Dict* node) {
    size_t pending = 0;
    bool have_dict = false;
    auto flush = [&](size_t end, size_t count) {
        dict_part(node, end - count, end);
        if (have_dict) emit(op::DICT_UPDATE, 1);
        have_dict = true;
        pending = 0;
    };
    for (size_t i = 0; i < node->values.size(); i++) {
        if (!node->keys[i]) {
            if (pending) flush(i, pending);
            if (!have_dict) {
                emit(op::BUILD_MAP, 0);
                have_dict = true;
            }
            expression(node->values[i]);
            emit(op::DICT_UPDATE, 1);
        } else if (pending * 2 > kStackGuideline) {
            flush(i + 1, pending + 1);
        } else {
            pending++;
        }
    }
    if (pending) flush(node->values.size(), pending);
    if (!have_dict) emit(op::BUILD_MAP, 0);
}

// ---- attributes, subscripts, strings

/// An attribute on a line of its own: errors point at its name.
void CodeGenerator::move_to_attribute_name(const Attribute* node) {
    Position& at = unit_->at;
    if (at.line == node->range.end_lineno) return;
    at.line = node->range.end_lineno;
    int length = 0;
    for (char byte : node->attr.text) length += (byte & 0xc0) != 0x80;
    if (length <= node->range.end_col_offset) {
        at.column = node->range.end_col_offset - length;
    } else {
        at.column = -1;
        at.end_column = -1;
    }
    at.end_line = std::max(at.line, at.end_line);
    if (at.line == at.end_line) at.end_column = std::max(at.column, at.end_column);
}

void CodeGenerator::attribute(const Attribute* node) {
    expression(node->value);
    move_to_attribute_name(node);
    switch (node->ctx) {
        case ExprContext::Load: emit_name(op::LOAD_ATTR, node->attr); break;
        case ExprContext::Store:
            refuse_debug(node->attr, ExprContext::Store);
            emit_name(op::STORE_ATTR, node->attr);
            break;
        case ExprContext::Del: emit_name(op::DELETE_ATTR, node->attr); break;
    }
}

void CodeGenerator::subscript(const Subscript* node) {
    if (node->ctx == ExprContext::Load) {
        check_subscripted(node->value);
        check_index(node->value, node->slice);
    }
    expression(node->value);
    expression(node->slice);
    switch (node->ctx) {
        case ExprContext::Load: emit(op::BINARY_SUBSCR); break;
        case ExprContext::Store: emit(op::STORE_SUBSCR); break;
        case ExprContext::Del: emit(op::DELETE_SUBSCR); break;
    }
}

void CodeGenerator::slice(const Slice* node) {
    auto part = [this](const ExprNode* bound) {
        if (bound) {
            expression(bound);
        } else {
            load_none();
        }
    };
    part(node->lower);
    part(node->upper);
    if (node->step) expression(node->step);
    emit(op::BUILD_SLICE, node->step ? 3 : 2);
}

void CodeGenerator::joined_string(const JoinedStr* node) {
    if (node->values.size() > kStackGuideline) {
        load_const(Constant::str("", true));
        emit_name(op::LOAD_METHOD, "join");
        emit(op::BUILD_LIST, 0);
        for (ExprNode* value : node->values) {
            expression(value);
            emit(op::LIST_APPEND, 1);
        }
        emit_call(1);
        return;
    }
    expressions(node->values);
    if (node->values.size() != 1) emit(op::BUILD_STRING, static_cast<int>(node->values.size()));
}

void CodeGenerator::formatted_value(const FormattedValue* node) {
    constexpr int kHasSpec = 4;
    expression(node->value);
    int arg = node->conversion == 's' ? 1 : node->conversion == 'r' ? 2 : node->conversion == 'a' ? 3 : 0;
    if (node->format_spec) {
        expression(node->format_spec);
        arg |= kHasSpec;
    }
    emit(op::FORMAT_VALUE, arg);
}

}  // namespace refscope::compiler
