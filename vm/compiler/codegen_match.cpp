// `match`. Every pattern consumes the subject on top of the stack. Captured values are rotated under everything that is still
// needed and bound only when the whole pattern has matched; on failure control goes to a ladder of POP_TOPs that removes
// captures and leftovers (`fail_pop`).
#include <algorithm>

#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace syntax;

namespace {

bool is_wildcard(const PatternNode* node) {
    auto* as = node_cast<MatchAs>(node);
    return as && as->name.empty();
}
bool is_star_wildcard(const PatternNode* node) {
    auto* star = node_cast<MatchStar>(node);
    return star && star->name.empty();
}
std::string quoted(std::string_view name) { return repr(*Constant::str(std::string(name))); }

}  // namespace

// ---- the ladder

void CodeGenerator::require_fail_pop(PatternContext& context, int count) {
    while (static_cast<int>(context.fail_pop.size()) < count + 1) context.fail_pop.push_back(new_block());
}

void CodeGenerator::jump_to_fail_pop(PatternContext& context, int opcode) {
    int count = context.on_top + static_cast<int>(context.stores.size());
    require_fail_pop(context, count);
    emit_jump(opcode, context.fail_pop[static_cast<size_t>(count)]);
}

void CodeGenerator::emit_fail_pops(PatternContext& context) {
    if (context.fail_pop.empty()) return;
    for (size_t i = context.fail_pop.size() - 1; i > 0; i--) {
        use(context.fail_pop[i]);
        emit(op::POP_TOP);
    }
    use(context.fail_pop[0]);
    context.fail_pop.clear();
}

/// Moves the top entry to depth `count`.
void CodeGenerator::rotate(int count) {
    for (; count > 1; count--) emit(op::SWAP, count);
}

void CodeGenerator::capture(std::string_view name, PatternContext& context) {
    if (name.empty()) {
        emit(op::POP_TOP);
        return;
    }
    refuse_debug(name, ExprContext::Store);
    if (std::find(context.stores.begin(), context.stores.end(), name) != context.stores.end()) {
        error("multiple assignments to name " + quoted(name) + " in pattern");
    }
    rotate(context.on_top + static_cast<int>(context.stores.size()) + 1);
    context.stores.push_back(name);
}

// ---- patterns

void CodeGenerator::pattern(const PatternNode* node, PatternContext& context) {
    NestingGuard guard(depth_);
    set_location(node);
    switch (node->kind) {
        case NodeKind::MatchValue: pattern_value(static_cast<const MatchValue*>(node), context); break;
        case NodeKind::MatchSingleton: pattern_singleton(static_cast<const MatchSingleton*>(node), context); break;
        case NodeKind::MatchSequence: pattern_sequence(static_cast<const MatchSequence*>(node), context); break;
        case NodeKind::MatchMapping: pattern_mapping(static_cast<const MatchMapping*>(node), context); break;
        case NodeKind::MatchClass: pattern_class(static_cast<const MatchClass*>(node), context); break;
        case NodeKind::MatchStar: capture(static_cast<const MatchStar*>(node)->name, context); break;
        case NodeKind::MatchAs: pattern_as(static_cast<const MatchAs*>(node), context); break;
        default: pattern_or(static_cast<const MatchOr*>(node), context); break;
    }
}

void CodeGenerator::subpattern(const PatternNode* node, PatternContext& context) {
    bool saved = context.allow_irrefutable;
    context.allow_irrefutable = true;
    pattern(node, context);
    context.allow_irrefutable = saved;
}

void CodeGenerator::pattern_value(const MatchValue* node, PatternContext& context) {
    if (node->value->kind != NodeKind::Constant && node->value->kind != NodeKind::Attribute) {
        error("patterns may only match literals and attribute lookups");
    }
    expression(node->value);
    compare_operator(CmpOperator::Eq);
    jump_to_fail_pop(context, op::POP_JUMP_IF_FALSE);
}

void CodeGenerator::pattern_singleton(const MatchSingleton* node, PatternContext& context) {
    switch (node->value) {
        case ConstantKind::True: load_const(Constant::boolean(true)); break;
        case ConstantKind::False: load_const(Constant::boolean(false)); break;
        default: load_none(); break;
    }
    compare_operator(CmpOperator::Is);
    jump_to_fail_pop(context, op::POP_JUMP_IF_FALSE);
}

void CodeGenerator::pattern_as(const MatchAs* node, PatternContext& context) {
    if (!node->pattern) {
        if (!context.allow_irrefutable) {
            if (!node->name.empty()) {
                error("name capture " + quoted(node->name) + " makes remaining patterns unreachable");
            }
            error("wildcard makes remaining patterns unreachable");
        }
        capture(node->name, context);
        return;
    }
    context.on_top++;
    emit(op::COPY, 1);
    pattern(node->pattern, context);
    context.on_top--;
    capture(node->name, context);
}

void CodeGenerator::pattern_sequence(const MatchSequence* node, PatternContext& context) {
    int size = static_cast<int>(node->patterns.size());
    int star = -1;
    bool only_wildcards = true;
    bool star_is_wildcard = false;
    for (int i = 0; i < size; i++) {
        const PatternNode* item = node->patterns[static_cast<size_t>(i)];
        if (item->kind == NodeKind::MatchStar) {
            if (star >= 0) error("multiple starred names in sequence pattern");
            star_is_wildcard = is_star_wildcard(item);
            only_wildcards = only_wildcards && star_is_wildcard;
            star = i;
        } else {
            only_wildcards = only_wildcards && is_wildcard(item);
        }
    }
    context.on_top++;
    emit(op::MATCH_SEQUENCE);
    jump_to_fail_pop(context, op::POP_JUMP_IF_FALSE);
    if (star < 0 || size > 1) {
        emit(op::GET_LEN);
        load_int(star < 0 ? size : size - 1);
        compare_operator(star < 0 ? CmpOperator::Eq : CmpOperator::GtE);
        jump_to_fail_pop(context, op::POP_JUMP_IF_FALSE);
    }
    context.on_top--;
    if (only_wildcards) {
        emit(op::POP_TOP);
    } else if (star_is_wildcard) {
        pattern_sequence_by_index(node->patterns, star, context);
    } else {
        pattern_sequence_items(node->patterns, context);
    }
}

void CodeGenerator::pattern_sequence_items(const Sequence<PatternNode*>& patterns, PatternContext& context) {
    size_t size = patterns.size();
    bool starred = false;
    for (size_t i = 0; i < size; i++) {
        if (patterns[i]->kind != NodeKind::MatchStar) continue;
        size_t after = size - i - 1;
        if (i >= 1 << 8 || after >= static_cast<size_t>(INT_MAX >> 8)) {
            error("too many expressions in star-unpacking sequence pattern");
        }
        emit(op::UNPACK_EX, static_cast<int>(i + (after << 8)));
        starred = true;
    }
    if (!starred) emit(op::UNPACK_SEQUENCE, static_cast<int>(size));
    context.on_top += static_cast<int>(size);
    for (PatternNode* item : patterns) {
        context.on_top--;
        subpattern(item, context);
    }
}

/// `[first, *_, last]`: only the items that matter are fetched.
void CodeGenerator::pattern_sequence_by_index(const Sequence<PatternNode*>& patterns, int star, PatternContext& context) {
    context.on_top++;
    int size = static_cast<int>(patterns.size());
    for (int i = 0; i < size; i++) {
        const PatternNode* item = patterns[static_cast<size_t>(i)];
        if (is_wildcard(item) || i == star) continue;
        emit(op::COPY, 1);
        if (i < star) {
            load_int(i);
        } else {
            // The subject need not know negative indices.
            emit(op::GET_LEN);
            load_int(size - i);
            binary_operator(Operator::Sub, false);
        }
        emit(op::BINARY_SUBSCR);
        subpattern(item, context);
    }
    context.on_top--;
    emit(op::POP_TOP);
}

void CodeGenerator::mapping_keys(const MatchMapping* node) {
    std::vector<ConstantRef> seen;
    for (ExprNode* key : node->keys) {
        if (key->kind == NodeKind::Constant) {
            const bytecode::Constant& value = constant_value(key);
            for (const ConstantRef& other : seen) {
                if (python_equal(*other, value)) error("mapping pattern checks duplicate key (" + repr(value) + ")");
            }
            seen.push_back(constant_ref(key));
        } else if (key->kind != NodeKind::Attribute) {
            error("mapping pattern keys may only match literals and attribute lookups");
        }
        expression(key);
    }
}

void CodeGenerator::pattern_mapping(const MatchMapping* node, PatternContext& context) {
    int size = static_cast<int>(node->keys.size());
    context.on_top++;
    emit(op::MATCH_MAPPING);
    jump_to_fail_pop(context, op::POP_JUMP_IF_FALSE);
    if (!size && node->rest.empty()) {
        context.on_top--;
        emit(op::POP_TOP);
        return;
    }
    if (size) {
        emit(op::GET_LEN);
        load_int(size);
        compare_operator(CmpOperator::GtE);
        jump_to_fail_pop(context, op::POP_JUMP_IF_FALSE);
    }
    mapping_keys(node);
    emit(op::BUILD_TUPLE, size);
    emit(op::MATCH_KEYS);
    context.on_top += 2;
    emit(op::COPY, 1);
    load_none();
    emit(op::IS_OP, 1);
    jump_to_fail_pop(context, op::POP_JUMP_IF_FALSE);
    emit(op::UNPACK_SEQUENCE, size);
    context.on_top += size - 1;
    for (PatternNode* item : node->patterns) {
        context.on_top--;
        subpattern(item, context);
    }
    context.on_top -= 2;
    if (node->rest.empty()) {
        emit(op::POP_TOP);
        emit(op::POP_TOP);
        return;
    }
    // rest = dict(subject) without the keys
    emit(op::BUILD_MAP, 0);
    emit(op::SWAP, 3);
    emit(op::DICT_UPDATE, 2);
    emit(op::UNPACK_SEQUENCE, size);
    for (; size > 0; size--) {
        emit(op::COPY, 1 + size);
        emit(op::SWAP, 2);
        emit(op::DELETE_SUBSCR);
    }
    capture(node->rest, context);
}

void CodeGenerator::check_class_keywords(const MatchClass* node) {
    for (size_t i = 0; i < node->kwd_attrs.size(); i++) {
        std::string_view name = node->kwd_attrs[i];
        set_location(node->kwd_patterns[i]);
        refuse_debug(name, ExprContext::Store);
        for (size_t j = i + 1; j < node->kwd_attrs.size(); j++) {
            if (node->kwd_attrs[j].text != name) continue;
            fail("attribute name repeated in class pattern: " + std::string(name), position_of(node->kwd_patterns[j]));
        }
    }
}

void CodeGenerator::pattern_class(const MatchClass* node, PatternContext& context) {
    int positional = static_cast<int>(node->patterns.size());
    int total = positional + static_cast<int>(node->kwd_patterns.size());
    if (!node->kwd_attrs.empty()) {
        check_class_keywords(node);
        set_location(node);
    }
    expression(node->cls);
    std::vector<std::string_view> names;
    for (const Identifier& name : node->kwd_attrs) names.push_back(name);
    load_const(name_tuple(names));
    emit(op::MATCH_CLASS, positional);
    emit(op::COPY, 1);
    load_none();
    emit(op::IS_OP, 1);
    context.on_top++;
    jump_to_fail_pop(context, op::POP_JUMP_IF_FALSE);
    emit(op::UNPACK_SEQUENCE, total);
    context.on_top += total - 1;
    for (int i = 0; i < total; i++) {
        context.on_top--;
        const PatternNode* item = i < positional ? node->patterns[static_cast<size_t>(i)]
                                                 : node->kwd_patterns[static_cast<size_t>(i - positional)];
        if (is_wildcard(item)) {
            emit(op::POP_TOP);
        } else {
            subpattern(item, context);
        }
    }
}

/// Brings the captures of one alternative into the order of the first one's.
void CodeGenerator::order_captures(const std::vector<std::string_view>& wanted, PatternContext& context) {
    for (size_t i = wanted.size(); i-- > 0;) {
        auto found = std::find(context.stores.begin(), context.stores.end(), wanted[i]);
        if (found == context.stores.end()) error("alternative patterns bind different names");
        size_t at = static_cast<size_t>(found - context.stores.begin());
        if (at == i) continue;
        size_t rotations = at + 1;
        auto moved = context.stores.begin() + static_cast<std::ptrdiff_t>(rotations);
        std::vector<std::string_view> front(context.stores.begin(), moved);
        context.stores.erase(context.stores.begin(), moved);
        context.stores.insert(context.stores.begin() + static_cast<std::ptrdiff_t>(i - at), front.begin(), front.end());
        for (; rotations > 0; rotations--) rotate(static_cast<int>(i) + 1);
    }
}

void CodeGenerator::pattern_or(const MatchOr* node, PatternContext& context) {
    Block* end = new_block();
    PatternContext outer = context;
    std::vector<std::string_view> captures;  // of the first alternative; the others must bind the same
    size_t size = node->patterns.size();
    for (size_t i = 0; i < size; i++) {
        const PatternNode* alternative = node->patterns[i];
        set_location(alternative);
        context.stores.clear();
        context.allow_irrefutable = i + 1 == size && outer.allow_irrefutable;
        context.fail_pop.clear();
        context.on_top = 0;
        emit(op::COPY, 1);
        pattern(alternative, context);
        if (i == 0) {
            captures = context.stores;
        } else if (context.stores.size() != captures.size()) {
            error("alternative patterns bind different names");
        } else {
            order_captures(captures, context);
        }
        emit_jump(op::JUMP, end);
        emit_fail_pops(context);
    }
    context = outer;
    emit(op::POP_TOP);
    jump_to_fail_pop(context, op::JUMP);
    use(end);
    // The captures lie above the subject's copy and what else is on top: each goes to its place below.
    int depth = static_cast<int>(captures.size()) + 1 + context.on_top + static_cast<int>(context.stores.size());
    for (std::string_view name : captures) {
        rotate(depth);
        if (std::find(context.stores.begin(), context.stores.end(), name) != context.stores.end()) {
            error("multiple assignments to name " + quoted(name) + " in pattern");
        }
        context.stores.push_back(name);
    }
    emit(op::POP_TOP);
}

void CodeGenerator::match(const Match* node) {
    expression(node->subject);
    Block* end = new_block();
    size_t count = node->cases.size();
    bool has_default = is_wildcard(node->cases[count - 1]->pattern) && count > 1;
    size_t tested = count - (has_default ? 1 : 0);
    PatternContext context;
    for (size_t i = 0; i < tested; i++) {
        const MatchCase* match_case = node->cases[i];
        bool last = i + 1 == tested;
        set_location(match_case->pattern);
        if (!last) emit(op::COPY, 1);
        context.stores.clear();
        context.allow_irrefutable = match_case->guard || i + 1 == count;
        context.fail_pop.clear();
        context.on_top = 0;
        pattern(match_case->pattern, context);
        for (std::string_view name : context.stores) name_operation(name, ExprContext::Store);
        if (match_case->guard) {
            require_fail_pop(context, 0);
            jump_if(match_case->guard, context.fail_pop[0], false);
        }
        if (!last) emit(op::POP_TOP);
        statements(match_case->body);
        emit_jump(op::JUMP, end);
        set_location(match_case->pattern);
        emit_fail_pops(context);
    }
    if (has_default) {
        const MatchCase* match_case = node->cases[count - 1];
        set_location(match_case->pattern);
        emit(op::NOP);  // shows that the default was reached
        if (match_case->guard) jump_if(match_case->guard, end, false);
        statements(match_case->body);
    }
    use(end);
}

}  // namespace refscope::compiler
