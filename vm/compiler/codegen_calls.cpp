// Calls.
#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace syntax;

namespace {

constexpr size_t kStackGuideline = 30;

bool has_unpacking(const Sequence<ExprNode*>& args, const Sequence<Keyword*>& keywords) {
    for (ExprNode* arg : args) {
        if (arg->kind == NodeKind::Starred) return true;
    }
    for (Keyword* keyword : keywords) {
        if (keyword->arg.empty()) return true;
    }
    return false;
}

}  // namespace

void CodeGenerator::check_keywords(const Sequence<Keyword*>& keywords) {
    for (size_t i = 0; i < keywords.size(); i++) {
        std::string_view name = keywords[i]->arg;
        if (name.empty()) continue;
        refuse_debug(name, ExprContext::Store);
        for (size_t j = i + 1; j < keywords.size(); j++) {
            if (keywords[j]->arg.text == name) {
                fail("keyword argument repeated: " + std::string(name), position_of(keywords[j]));
            }
        }
    }
}

void CodeGenerator::call(const Call* node) {
    check_keywords(node->keywords);
    if (method_call(node)) return;
    check_callee(node->func);
    set_location(node->func);
    emit(op::PUSH_NULL);
    set_location(node);
    expression(node->func);
    call_arguments(0, node->args, node->keywords);
}

/// `a.b(…)` without an object for the bound method, unless `a` is an imported module.
bool CodeGenerator::method_call(const Call* node) {
    auto* method = node_cast<Attribute>(node->func);
    if (!method || method->ctx != ExprContext::Load) return false;
    if (auto* name = node_cast<Name>(method->value)) {
        if (scopes_.top()->flags_of(name->id) & kImported) return false;
    }
    size_t nargs = node->args.size();
    size_t nkeywords = node->keywords.size();
    if (nargs + nkeywords + (nkeywords != 0) >= kStackGuideline) return false;
    if (has_unpacking(node->args, node->keywords)) return false;
    expression(method->value);
    set_location(method);
    move_to_attribute_name(method);
    emit_name(op::LOAD_METHOD, method->attr);
    expressions(node->args);
    if (nkeywords) keyword_names(node->keywords);
    set_location(node);
    move_to_attribute_name(method);
    emit_call(static_cast<int>(nargs + nkeywords));
    return true;
}

/// The values, and KW_NAMES for the call that follows.
void CodeGenerator::keyword_names(const Sequence<Keyword*>& keywords) {
    std::vector<std::string_view> names;
    for (Keyword* keyword : keywords) {
        expression(keyword->value);
        names.push_back(keyword->arg);
    }
    emit(op::KW_NAMES, add_const(name_tuple(names)));
}

void CodeGenerator::keyword_part(const Sequence<Keyword*>& keywords, size_t begin, size_t end) {
    size_t count = end - begin;
    bool big = count * 2 > kStackGuideline;
    if (count > 1 && !big) {
        std::vector<std::string_view> names;
        for (size_t i = begin; i < end; i++) {
            expression(keywords[i]->value);
            names.push_back(keywords[i]->arg);
        }
        load_const(name_tuple(names));
        emit(op::BUILD_CONST_KEY_MAP, static_cast<int>(count));
        return;
    }
    if (big) emit_without_line(op::BUILD_MAP, 0);
    for (size_t i = begin; i < end; i++) {
        load_const(name_constant(keywords[i]->arg));
        expression(keywords[i]->value);
        if (big) emit_without_line(op::MAP_ADD, 1);
    }
    if (!big) emit(op::BUILD_MAP, static_cast<int>(count));
}

/// Arguments and the call itself; `pushed` arguments lie on the stack already.
void CodeGenerator::call_arguments(int pushed, const Sequence<ExprNode*>& args, const Sequence<Keyword*>& keywords) {
    check_keywords(keywords);
    if (args.size() + keywords.size() * 2 <= kStackGuideline && !has_unpacking(args, keywords)) {
        expressions(args);
        if (!keywords.empty()) keyword_names(keywords);
        emit_call(pushed + static_cast<int>(args.size() + keywords.size()));
        return;
    }
    if (pushed == 0 && args.size() == 1 && args[0]->kind == NodeKind::Starred) {
        expression(static_cast<const Starred*>(args[0])->value);
    } else {
        sequence_display(args, pushed, op::BUILD_LIST, op::LIST_APPEND, op::LIST_EXTEND, true);
    }
    if (!keywords.empty()) {
        bool have_dict = false;
        size_t pending = 0;
        auto flush = [&](size_t end) {
            keyword_part(keywords, end - pending, end);
            if (have_dict) emit(op::DICT_MERGE, 1);
            have_dict = true;
            pending = 0;
        };
        for (size_t i = 0; i < keywords.size(); i++) {
            if (!keywords[i]->arg.empty()) {
                pending++;
                continue;
            }
            if (pending) flush(i);
            if (!have_dict) {
                emit(op::BUILD_MAP, 0);
                have_dict = true;
            }
            expression(keywords[i]->value);
            emit(op::DICT_MERGE, 1);
        }
        if (pending) flush(keywords.size());
    }
    emit(op::CALL_FUNCTION_EX, keywords.empty() ? 0 : 1);
}

}  // namespace refscope::compiler
