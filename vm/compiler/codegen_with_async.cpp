// `with` and `async with`: the exit function lies on the stack while the body runs.
#include "vm/compiler/codegen.h"

namespace refscope::compiler {

using namespace syntax;

/// After the exit function was called with an exception: its answer is on top.
void CodeGenerator::finish_with_exception(Block* cleanup) {
    clear_location();
    Block* suppressed = new_block();
    emit_jump(op::POP_JUMP_IF_TRUE, suppressed);
    emit(op::RERAISE, 2);
    use(cleanup);
    pop_except_and_reraise();
    use(suppressed);
    emit(op::POP_TOP);
    emit(op::POP_BLOCK);
    emit(op::POP_EXCEPT);
    emit(op::POP_TOP);
    emit(op::POP_TOP);
}

void CodeGenerator::with(const With* node, size_t index) {
    const WithItem* item = node->items[index];
    Block* block = new_block();
    Block* final = new_block();
    Block* exit = new_block();
    Block* cleanup = new_block();
    expression(item->context_expr);
    emit(op::BEFORE_WITH);
    emit_jump(op::SETUP_WITH, final);
    use(block);
    push_frame_block({FrameBlockKind::kWith, block, final, node});
    if (item->optional_vars) {
        expression(item->optional_vars);
    } else {
        emit(op::POP_TOP);
    }
    if (index + 1 == node->items.size()) {
        statements(node->body);
    } else {
        with(node, index + 1);
    }
    clear_location();
    emit(op::POP_BLOCK);
    pop_frame_block();
    set_location(node);
    call_exit_with_nones();
    emit(op::POP_TOP);
    emit_jump(op::JUMP, exit);
    use(final);
    emit_jump(op::SETUP_CLEANUP, cleanup);
    emit(op::PUSH_EXC_INFO);
    emit(op::WITH_EXCEPT_START);
    finish_with_exception(cleanup);
    use(exit);
}

void CodeGenerator::async_with(const With* node, size_t index) {
    const WithItem* item = node->items[index];
    if (allows_top_level_await()) {
        unit_->scope->coroutine = true;
    } else if (unit_->kind != UnitKind::kAsyncFunction) {
        error("'async with' outside async function");
    }
    Block* block = new_block();
    Block* final = new_block();
    Block* exit = new_block();
    Block* cleanup = new_block();
    expression(item->context_expr);
    emit(op::BEFORE_ASYNC_WITH);
    emit(op::GET_AWAITABLE, 1);
    load_none();
    yield_from(true);
    emit_jump(op::SETUP_WITH, final);
    use(block);
    push_frame_block({FrameBlockKind::kAsyncWith, block, final, node});
    if (item->optional_vars) {
        expression(item->optional_vars);
    } else {
        emit(op::POP_TOP);
    }
    if (index + 1 == node->items.size()) {
        statements(node->body);
    } else {
        async_with(node, index + 1);
    }
    pop_frame_block();
    emit(op::POP_BLOCK);
    set_location(node);
    call_exit_with_nones();
    emit(op::GET_AWAITABLE, 2);
    load_none();
    yield_from(true);
    emit(op::POP_TOP);
    emit_jump(op::JUMP, exit);
    use(final);
    emit_jump(op::SETUP_CLEANUP, cleanup);
    emit(op::PUSH_EXC_INFO);
    emit(op::WITH_EXCEPT_START);
    emit(op::GET_AWAITABLE, 2);
    load_none();
    yield_from(true);
    finish_with_exception(cleanup);
    use(exit);
}

}  // namespace refscope::compiler
