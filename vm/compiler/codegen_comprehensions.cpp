// Comprehensions and generator expressions: a function that takes the outermost iterator.
#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace syntax;

void CodeGenerator::comprehension(const ExprNode* node, std::string_view name, const Sequence<Comprehension*>& generators,
                                  const ExprNode* element, const ExprNode* value) {
    UnitKind outer = unit_->kind;
    bool top_level_await = allows_top_level_await();
    bool is_generator = node->kind == NodeKind::GeneratorExp;
    const Comprehension* outermost = generators.front();
    enter(name, UnitKind::kComprehension, node, node->range.lineno);
    set_location(node);
    bool is_async = unit_->scope->coroutine;
    if (is_async && !is_generator && outer != UnitKind::kAsyncFunction && outer != UnitKind::kComprehension &&
        !top_level_await) {
        error("asynchronous comprehension outside of an asynchronous function");
    }
    switch (node->kind) {
        case NodeKind::ListComp: emit(op::BUILD_LIST, 0); break;
        case NodeKind::SetComp: emit(op::BUILD_SET, 0); break;
        case NodeKind::DictComp: emit(op::BUILD_MAP, 0); break;
        default: break;
    }
    generator(node, generators, 0, 0, element, value);
    if (!is_generator) emit(op::RETURN_VALUE);
    bytecode::CodeUnitRef code = finish(true);
    leave();
    if (top_level_await && is_async) unit_->scope->coroutine = true;
    make_closure(code, 0);
    expression(outermost->iter);
    emit(outermost->is_async ? op::GET_AITER : op::GET_ITER);
    emit_call(0);
    if (is_async && !is_generator) {
        emit(op::GET_AWAITABLE, 0);
        load_none();
        yield_from(true);
    }
}

void CodeGenerator::comprehension_element(const ExprNode* node, int depth, const ExprNode* element, const ExprNode* value) {
    expression(element);
    switch (node->kind) {
        case NodeKind::ListComp: emit(op::LIST_APPEND, depth + 1); break;
        case NodeKind::SetComp: emit(op::SET_ADD, depth + 1); break;
        case NodeKind::DictComp:
            expression(value);
            emit(op::MAP_ADD, depth + 1);
            break;
        default:
            emit_yield();
            emit(op::POP_TOP);
            break;
    }
}

void CodeGenerator::generator(const ExprNode* node, const Sequence<Comprehension*>& generators, size_t index, int depth,
                              const ExprNode* element, const ExprNode* value) {
    const Comprehension* gen = generators[index];
    if (gen->is_async) {
        async_generator(node, generators, index, depth, element, value);
        return;
    }
    Block* start = new_block();
    Block* if_cleanup = new_block();
    Block* anchor = new_block();
    if (index == 0) {
        unit_->argcount = 1;
        emit(op::LOAD_FAST, 0);
    } else {
        // `for y in [f(x)]` only gives a value a name.
        const Sequence<ExprNode*>* items = nullptr;
        if (auto* list = node_cast<List>(gen->iter)) items = &list->elts;
        if (auto* tuple = node_cast<Tuple>(gen->iter)) items = &tuple->elts;
        if (items && items->size() == 1 && items->front()->kind != NodeKind::Starred) {
            expression(items->front());
            start = nullptr;
        } else {
            expression(gen->iter);
            emit(op::GET_ITER);
        }
    }
    if (start) {
        depth++;
        use(start);
        emit_jump(op::FOR_ITER, anchor);
    }
    expression(gen->target);
    for (ExprNode* condition : gen->ifs) jump_if(condition, if_cleanup, false);
    if (index + 1 < generators.size()) {
        generator(node, generators, index + 1, depth, element, value);
    } else {
        comprehension_element(node, depth, element, value);
    }
    use(if_cleanup);
    if (start) {
        emit_jump(op::JUMP, start);
        use(anchor);
    }
}

void CodeGenerator::async_generator(const ExprNode* node, const Sequence<Comprehension*>& generators, size_t index,
                                    int depth, const ExprNode* element, const ExprNode* value) {
    const Comprehension* gen = generators[index];
    Block* start = new_block();
    Block* except = new_block();
    Block* if_cleanup = new_block();
    if (index == 0) {
        unit_->argcount = 1;
        emit(op::LOAD_FAST, 0);
    } else {
        expression(gen->iter);
        emit(op::GET_AITER);
    }
    use(start);
    push_frame_block({FrameBlockKind::kAsyncComprehension, start});
    emit_jump(op::SETUP_FINALLY, except);
    emit(op::GET_ANEXT);
    load_none();
    yield_from(true);
    emit(op::POP_BLOCK);
    expression(gen->target);
    for (ExprNode* condition : gen->ifs) jump_if(condition, if_cleanup, false);
    depth++;
    if (index + 1 < generators.size()) {
        generator(node, generators, index + 1, depth, element, value);
    } else {
        comprehension_element(node, depth, element, value);
    }
    use(if_cleanup);
    emit_jump(op::JUMP, start);
    pop_frame_block();
    use(except);
    emit(op::END_ASYNC_FOR);
}

}  // namespace refscope::compiler
