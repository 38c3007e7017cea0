// Simple statements, and `if`.
#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace syntax;

void CodeGenerator::statement(const StmtNode* node) {
    set_location(node);
    switch (node->kind) {
        case NodeKind::FunctionDef: function(static_cast<const FunctionDef*>(node), false); break;
        case NodeKind::AsyncFunctionDef: function(static_cast<const FunctionDef*>(node), true); break;
        case NodeKind::ClassDef: class_definition(static_cast<const ClassDef*>(node)); break;
        case NodeKind::Return: return_statement(static_cast<const Return*>(node)); break;
        case NodeKind::Delete: expressions(static_cast<const Delete*>(node)->targets); break;
        case NodeKind::Assign: assign(static_cast<const Assign*>(node)); break;
        case NodeKind::AugAssign: augmented_assign(static_cast<const AugAssign*>(node)); break;
        case NodeKind::AnnAssign: annotated_assign(static_cast<const AnnAssign*>(node)); break;
        case NodeKind::For: for_statement(static_cast<const For*>(node)); break;
        case NodeKind::AsyncFor: async_for(static_cast<const For*>(node)); break;
        case NodeKind::While: while_statement(static_cast<const While*>(node)); break;
        case NodeKind::If: if_statement(static_cast<const If*>(node)); break;
        case NodeKind::With: with(static_cast<const With*>(node), 0); break;
        case NodeKind::AsyncWith: async_with(static_cast<const With*>(node), 0); break;
        case NodeKind::Match: match(static_cast<const Match*>(node)); break;
        case NodeKind::Raise: raise(static_cast<const Raise*>(node)); break;
        case NodeKind::Try:
        case NodeKind::TryStar: try_statement(static_cast<const Try*>(node)); break;
        case NodeKind::Assert: assert_statement(static_cast<const Assert*>(node)); break;
        case NodeKind::Import: import(static_cast<const Import*>(node)); break;
        case NodeKind::ImportFrom: import_from(static_cast<const ImportFrom*>(node)); break;
        case NodeKind::Expr: expression_statement(static_cast<const Expr*>(node)->value); break;
        case NodeKind::Pass: emit(op::NOP); break;
        case NodeKind::Break: break_statement(); break;
        case NodeKind::Continue: continue_statement(); break;
        default: break;  // global and nonlocal have done their work in the scopes
    }
}

void CodeGenerator::expression_statement(const ExprNode* value) {
    if (interactive_ && !unit_->parent) {
        expression(value);
        emit(op::PRINT_EXPR);
        return;
    }
    if (value->kind == NodeKind::Constant) {
        emit(op::NOP);  // keeps the line
        return;
    }
    expression(value);
    clear_location();
    emit(op::POP_TOP);
}

void CodeGenerator::assign(const Assign* node) {
    expression(node->value);
    for (size_t i = 0; i < node->targets.size(); i++) {
        if (i + 1 < node->targets.size()) emit(op::COPY, 1);
        expression(node->targets[i]);
    }
}

void CodeGenerator::augmented_assign(const AugAssign* node) {
    const ExprNode* target = node->target;
    {
        LocationScope saved(*this);
        set_location(target);
        switch (target->kind) {
            case NodeKind::Attribute: {
                auto* n = static_cast<const Attribute*>(target);
                expression(n->value);
                emit(op::COPY, 1);
                move_to_attribute_name(n);
                emit_name(op::LOAD_ATTR, n->attr);
                break;
            }
            case NodeKind::Subscript: {
                auto* n = static_cast<const Subscript*>(target);
                expression(n->value);
                expression(n->slice);
                emit(op::COPY, 2);
                emit(op::COPY, 2);
                emit(op::BINARY_SUBSCR);
                break;
            }
            default: name_operation(static_cast<const Name*>(target)->id, ExprContext::Load); break;
        }
    }
    expression(node->value);
    binary_operator(node->op, true);
    set_location(target);
    switch (target->kind) {
        case NodeKind::Attribute: {
            auto* n = static_cast<const Attribute*>(target);
            move_to_attribute_name(n);
            emit(op::SWAP, 2);
            emit_name(op::STORE_ATTR, n->attr);
            break;
        }
        case NodeKind::Subscript:
            emit(op::SWAP, 3);
            emit(op::SWAP, 2);
            emit(op::STORE_SUBSCR);
            break;
        default: name_operation(static_cast<const Name*>(target)->id, ExprContext::Store); break;
    }
}

void CodeGenerator::evaluate_and_drop(const ExprNode* node) {
    expression(node);
    emit(op::POP_TOP);
}

/// `a[i: j, k]: int` evaluates the parts, so that what is not defined shows.
void CodeGenerator::evaluate_annotated_subscript(const ExprNode* node) {
    if (auto* part = node_cast<Slice>(node)) {
        if (part->lower) evaluate_and_drop(part->lower);
        if (part->upper) evaluate_and_drop(part->upper);
        if (part->step) evaluate_and_drop(part->step);
    } else if (auto* tuple = node_cast<Tuple>(node)) {
        for (ExprNode* item : tuple->elts) evaluate_annotated_subscript(item);
    } else {
        evaluate_and_drop(node);
    }
}

void CodeGenerator::annotated_assign(const AnnAssign* node) {
    const ExprNode* target = node->target;
    bool keeps_annotations = unit_->kind == UnitKind::kModule || unit_->kind == UnitKind::kClass;
    if (node->value) {
        expression(node->value);
        expression(target);
    }
    switch (target->kind) {
        case NodeKind::Name: {
            std::string_view name = static_cast<const Name*>(target)->id;
            refuse_debug(name, ExprContext::Store);
            if (node->simple && keeps_annotations) {
                if (annotations_are_text()) {
                    text_annotation(node->annotation);
                } else {
                    expression(node->annotation);
                }
                emit_name(op::LOAD_NAME, "__annotations__");
                load_const(name_constant(mangle(name)));
                emit(op::STORE_SUBSCR);
            }
            break;
        }
        case NodeKind::Attribute: {
            auto* n = static_cast<const Attribute*>(target);
            refuse_debug(n->attr, ExprContext::Store);
            if (!node->value) evaluate_and_drop(n->value);
            break;
        }
        case NodeKind::Subscript:
            if (!node->value) {
                auto* n = static_cast<const Subscript*>(target);
                evaluate_and_drop(n->value);
                evaluate_annotated_subscript(n->slice);
            }
            break;
        default: break;
    }
    if (!node->simple && !annotations_are_text() && keeps_annotations) evaluate_and_drop(node->annotation);
}

void CodeGenerator::return_statement(const Return* node) {
    const ExprNode* value = node->value;
    bool preserve_top = value && value->kind != NodeKind::Constant;
    if (unit_->scope->block != BlockKind::kFunction) error("'return' outside function");
    if (value && unit_->scope->coroutine && unit_->scope->generator) {
        error("'return' with value in async generator");
    }
    if (preserve_top) {
        expression(value);
    } else if (value) {
        set_location(value);
        emit(op::NOP);
    }
    if (!value || value->range.lineno != node->range.lineno) {
        set_location(node);
        emit(op::NOP);
    }
    unwind_all(preserve_top, false);
    if (!value) {
        load_none();
    } else if (!preserve_top) {
        load_const(constant_ref(value));
    }
    emit(op::RETURN_VALUE);
}

void CodeGenerator::break_statement() {
    Position at = unit_->at;
    emit(op::NOP);  // the statement's line
    const FrameBlock* loop = unwind_all(false, true);
    if (!loop) fail("'break' outside loop", at);
    FrameBlock block = *loop;
    unwind(block, false);
    emit_jump(op::JUMP, block.exit);
}

void CodeGenerator::continue_statement() {
    Position at = unit_->at;
    emit(op::NOP);
    const FrameBlock* loop = unwind_all(false, true);
    if (!loop) fail("'continue' not properly in loop", at);
    emit_jump(op::JUMP, loop->block);
}

void CodeGenerator::raise(const Raise* node) {
    int count = 0;
    if (node->exc) {
        expression(node->exc);
        count++;
        if (node->cause) {
            expression(node->cause);
            count++;
        }
    }
    emit(op::RAISE_VARARGS, count);
}

void CodeGenerator::assert_statement(const Assert* node) {
    bool is_full_tuple = false;
    if (auto* tuple = node_cast<Tuple>(node->test)) {
        is_full_tuple = !tuple->elts.empty();
    } else if (node->test->kind == NodeKind::Constant) {
        const bytecode::Constant& value = constant_value(node->test);
        is_full_tuple = value.kind == bytecode::Constant::Kind::kTuple && !value.items.empty();
    }
    if (is_full_tuple) warn("assertion is always true, perhaps remove parentheses?");
    if (options_.optimize) return;
    Block* end = new_block();
    jump_if(node->test, end, true);
    emit(op::LOAD_ASSERTION_ERROR);
    if (node->msg) {
        expression(node->msg);
        emit_call(0);
    }
    emit(op::RAISE_VARARGS, 1);
    use(end);
}

void CodeGenerator::import(const Import* node) {
    for (Alias* alias : node->names) {
        std::string_view name = alias->name;
        load_int(0);
        load_none();
        emit_name(op::IMPORT_NAME, name);
        if (alias->asname.empty()) {
            name_operation(name.substr(0, name.find('.')), ExprContext::Store);
        } else {
            import_as(name, alias->asname);
        }
    }
}

/// `import a.b.c as d`: IMPORT_NAME has left `a`.
void CodeGenerator::import_as(std::string_view name, std::string_view asname) {
    size_t dot = name.find('.');
    if (dot == std::string_view::npos) {
        name_operation(asname, ExprContext::Store);
        return;
    }
    while (true) {
        size_t start = dot + 1;
        dot = name.find('.', start);
        std::string_view part = name.substr(start, dot == std::string_view::npos ? dot : dot - start);
        emit(op::IMPORT_FROM, unit_->names.index_of(part));
        if (dot == std::string_view::npos) break;
        emit(op::SWAP, 2);
        emit(op::POP_TOP);
    }
    name_operation(asname, ExprContext::Store);
    emit(op::POP_TOP);
}

void CodeGenerator::import_from(const ImportFrom* node) {
    load_int(node->level);
    std::vector<std::string_view> names;
    for (Alias* alias : node->names) names.push_back(alias->name);
    if (node->range.lineno > future_line_ && node->module.text == "__future__") {
        error("from __future__ imports must occur at the beginning of the file");
    }
    load_const(name_tuple(names));
    emit_name(op::IMPORT_NAME, node->module);
    for (Alias* alias : node->names) {
        if (alias->name.text == "*") {
            emit(op::IMPORT_STAR);
            return;
        }
        emit_name(op::IMPORT_FROM, alias->name);
        name_operation(alias->asname.empty() ? alias->name.text : alias->asname.text, ExprContext::Store);
    }
    emit(op::POP_TOP);
}

void CodeGenerator::if_statement(const If* node) {
    Block* end = new_block();
    Block* next = node->orelse.empty() ? end : new_block();
    jump_if(node->test, next, false);
    statements(node->body);
    if (!node->orelse.empty()) {
        emit_jump_without_line(op::JUMP, end);
        use(next);
        statements(node->orelse);
    }
    use(end);
}

}  // namespace refscope::compiler
